from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError

TIMEZONES = [
    ("Asia/Jakarta", "WIB (Asia/Jakarta)"),
    ("Asia/Makassar", "WITA (Asia/Makassar)"),
    ("Asia/Jayapura", "WIT (Asia/Jayapura)"),
]
#: A leave that covers this part of the local day makes the whole day a day off.
CORE_HOURS = (time(9), time(15))
EVERY_DAY = frozenset(range(7))


class KpbBranch(models.Model):
    """A dealer branch: its people by role, its clock, its working days, its schedule (P4).

    Head office is the branch at the top. Its members, and the members of every branch between,
    see what lies below them; nobody sees what lies beside.
    """

    _name = "kpb.branch"
    _description = "Dealer Branch"
    _parent_store = True
    _order = "parent_path, name, id"

    def _default_go_live_date(self):
        return datetime.now(pytz.timezone(TIMEZONES[0][0])).date()

    name = fields.Char(required=True)
    code = fields.Char(required=True, help="Code of the branch in the dealer system.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    parent_id = fields.Many2one(
        "kpb.branch", "Parent Branch", index="btree_not_null", ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    # when
    tz = fields.Selection(TIMEZONES, "Time Zone", required=True, default=TIMEZONES[0][0])
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Days",
        required=True,
        default=lambda self: self.env.company.resource_calendar_id,
    )
    go_live_date = fields.Date(
        "Go-live",
        required=True,
        default=lambda self: self._default_go_live_date(),
        help="The branch answers for every call planned from this day on. What was planned "
        "before and is no longer useful is skipped.",
    )
    generated_as_of = fields.Date(
        "Generated up to", readonly=True, copy=False, help="Last local day fully generated."
    )
    # what
    schedule_id = fields.Many2one(
        "kpb.schedule",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.ref("daya_kpb_followup.kpb_schedule_sop", False),
        help="Schedule of units sold from now on. Units sold before keep theirs.",
    )
    # who
    member_ids = fields.One2many("kpb.branch.member", "branch_id", "Members")
    access_user_ids = fields.Many2many(
        "res.users",
        "kpb_branch_access_rel",
        "branch_id",
        "user_id",
        string="May See This Branch",
        compute="_compute_access_user_ids",
        store=True,
        recursive=True,
        compute_sudo=True,
        help="Members of this branch and of the branches above it.",
    )

    _code_unique = models.UniqueIndex("(code)", "A branch with this code exists already.")

    @api.depends("member_ids.user_id", "member_ids.active", "parent_id.access_user_ids")
    def _compute_access_user_ids(self):
        for branch in self:
            branch.access_user_ids = branch.member_ids.user_id | branch.parent_id.access_user_ids

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("Parent Branch: a branch cannot lie below itself. Choose another one.")
            )

    def _local_now(self):
        """Return the time by the clock on the branch's wall, naive."""
        self.ensure_one()
        zone = pytz.timezone(self.tz)
        return fields.Datetime.now().replace(tzinfo=pytz.utc).astimezone(zone).replace(tzinfo=None)

    def _today(self):
        """Return the local day of the branch."""
        return self._local_now().date()

    def _lineage(self):
        """Return the branch, its parent, … up to head office, nearest first."""
        self.ensure_one()
        ids = [int(number) for number in (self.parent_path or "").split("/") if number]
        return self.browse(reversed(ids or self.ids))

    def _working_days(self, start, end):
        """Return what ``rules.schedule`` needs to find working days between two dates.

        :param date start: first day of interest
        :param date end: last day of interest
        :return: (working weekdays with Monday = 0, days off)
        :rtype: tuple[frozenset[int], frozenset[date]]
        """
        self.ensure_one()
        calendar = self.sudo().resource_calendar_id  # sudo: callers need no right on calendars
        weekdays = frozenset(int(line.dayofweek) for line in calendar.attendance_ids)
        zone = pytz.timezone(self.tz)
        leaves = calendar.env["resource.calendar.leaves"].search(
            [
                ("resource_id", "=", False),
                ("calendar_id", "in", (calendar.id, False)),
                ("company_id", "in", (self.company_id.id, False)),
                ("date_to", ">=", datetime.combine(start, time.min) - timedelta(days=1)),
                ("date_from", "<=", datetime.combine(end, time.max) + timedelta(days=1)),
            ]
        )
        holidays = set()
        for leave in leaves:
            first = leave.date_from.replace(tzinfo=pytz.utc).astimezone(zone).replace(tzinfo=None)
            last = leave.date_to.replace(tzinfo=pytz.utc).astimezone(zone).replace(tzinfo=None)
            day = first.date()
            while day <= last.date():
                opening, closing = (datetime.combine(day, hour) for hour in CORE_HOURS)
                if first <= opening and last >= closing:
                    holidays.add(day)
                day += timedelta(days=1)
        return weekdays or EVERY_DAY, frozenset(holidays)
