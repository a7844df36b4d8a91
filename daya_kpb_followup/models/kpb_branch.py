from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ..rules.schedule import local_day, working_day_before, working_day_on_or_after

TIMEZONES = [
    ("Asia/Jakarta", "WIB (Asia/Jakarta)"),
    ("Asia/Makassar", "WITA (Asia/Makassar)"),
    ("Asia/Jayapura", "WIT (Asia/Jayapura)"),
]
#: A leave that covers this part of the local day makes the whole day a day off.
CORE_HOURS = (time(9), time(15))
OPENING, NOON = time(8), time(12)
#: How far ahead a free place for an appointment is looked for.
SEARCHED = timedelta(days=28)
EVERY_DAY = frozenset(range(7))
#: How far around a day its nearest working day is looked for.
HORIZON = timedelta(days=40)


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
        return local_day(fields.Datetime.now(), TIMEZONES[0][0])

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
    capacity_morning = fields.Integer(
        "Places Before Noon", help="Appointments the workshop takes before noon; 0: no limit."
    )
    capacity_afternoon = fields.Integer(
        "Places After Noon", help="Appointments the workshop takes after noon; 0: no limit."
    )
    daily_cap = fields.Integer(
        "Calls per Person and Day",
        help="What exceeds it moves to the next working days while it is still useful;"
        " 0: no limit.",
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
        help="Members of this branch while it is open, and of the branches above it.",
    )

    _code_unique = models.UniqueIndex("(code)", "A branch with this code exists already.")

    @api.depends("active", "member_ids.user_id", "member_ids.active", "parent_id.access_user_ids")
    def _compute_access_user_ids(self):
        for branch in self:
            # a line that has just ended may still be in the cache of the members
            lines = branch.member_ids.filtered("active") if branch.active else branch.member_ids[:0]
            members = lines.user_id
            branch.access_user_ids = members | branch.parent_id.access_user_ids

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("Parent Branch: a branch cannot lie below itself. Choose another one.")
            )

    def _today(self):
        """Return the local day of the branch."""
        self.ensure_one()
        return local_day(fields.Datetime.now(), self.tz)

    @api.model
    def _todays(self):
        """Return branch → its local day, for every branch, closed ones too."""
        branches = self.with_context(active_test=False).search([])
        return {branch: branch._today() for branch in branches}

    @api.model
    def _reached_domain(self, name, as_of_by_branch):
        """Return the domain of rows of which a day has come by the clock of their branch.

        :param str name: the field with the day; the rows have a ``branch_id`` as well
        :param dict as_of_by_branch: ``kpb.branch`` record → its local day
        """
        branches_of_day = {}
        for branch, day in as_of_by_branch.items():
            branches_of_day.setdefault(day, []).append(branch.id)
        return Domain.OR(
            Domain(name, "<=", day) & Domain("branch_id", "in", ids)
            for day, ids in branches_of_day.items()
        )

    @api.model
    def _passed_domain(self, name, as_of_by_branch):
        """Return the domain of rows of which a day is over by the clock of their branch.

        :param str name: as for ``_reached_domain``
        :param dict as_of_by_branch: as for ``_reached_domain``
        """
        day_before = {branch: day - timedelta(days=1) for branch, day in as_of_by_branch.items()}
        return self._reached_domain(name, day_before)

    def _local(self, moment):
        """Return a moment by the clock on the branch's wall.

        :param datetime moment: naive UTC, as Odoo stores it
        :return: naive local time
        """
        self.ensure_one()
        zone = pytz.timezone(self.tz)
        return moment.replace(tzinfo=pytz.utc).astimezone(zone).replace(tzinfo=None)

    def _utc(self, local):
        """Return naive UTC for a naive time on the branch's wall."""
        self.ensure_one()
        return pytz.timezone(self.tz).localize(local).astimezone(pytz.utc).replace(tzinfo=None)

    def _working_day(self, day):
        """Return the first working day on or after a day."""
        return working_day_on_or_after(day, *self._working_days(day, day + HORIZON))

    @api.model
    def _working_day_finder(self):
        """Return a function (branch, day) → the first working day on or after it.

        For many days: the calendar of a branch is read once a month that is asked for.
        """
        known = {}

        def find(branch, day):
            month = day.replace(day=1)
            if (branch, month) not in known:
                known[branch, month] = branch._working_days(month, month + 2 * HORIZON)
            return working_day_on_or_after(day, *known[branch, month])

        return find

    def _working_day_before(self, day):
        """Return the last working day before a day."""
        return working_day_before(day, *self._working_days(day - HORIZON, day))

    def _working_days_ahead(self, day, number):
        """Return the working day so many working days after a day."""
        for _step in range(number):
            day = self._working_day(day + timedelta(days=1))
        return day

    def _working_days_back(self, day, number):
        """Return the working day so many working days before a day."""
        for _step in range(number):
            day = self._working_day_before(day)
        return day

    def _lineage(self):
        """Return the open ones of the branch, its parent, … up to head office, nearest first."""
        self.ensure_one()
        ids = [int(number) for number in (self.parent_path or "").split("/") if number]
        return self.browse(reversed(ids or self.ids)).filtered("active")

    def _leaves(self, start, end):
        """Return the ``resource.calendar.leaves`` of the whole branch between two dates."""
        self.ensure_one()
        calendar = self.sudo().resource_calendar_id  # sudo: callers need no right on calendars
        return calendar.env["resource.calendar.leaves"].search(
            [
                ("resource_id", "=", False),
                ("calendar_id", "in", (calendar.id, False)),
                ("company_id", "in", (self.company_id.id, False)),
                ("date_to", ">=", datetime.combine(start, time.min) - timedelta(days=1)),
                ("date_from", "<=", datetime.combine(end, time.max) + timedelta(days=1)),
            ]
        )

    def _working_days(self, start, end, leaves=None):
        """Return what ``rules.schedule`` needs to find working days between two dates.

        :param date start: first day of interest
        :param date end: last day of interest
        :param leaves: what ``_leaves`` gave for these dates
        :return: (working weekdays with Monday = 0, days off)
        :rtype: tuple[frozenset[int], frozenset[date]]
        """
        self.ensure_one()
        calendar = self.sudo().resource_calendar_id  # sudo: callers need no right on calendars
        weekdays = frozenset(int(line.dayofweek) for line in calendar.attendance_ids)
        leaves = self._leaves(start, end) if leaves is None else leaves
        holidays = set()
        for leave in leaves:
            first, last = self._local(leave.date_from), self._local(leave.date_to)
            day = first.date()
            while day <= last.date():
                opening, closing = (datetime.combine(day, hour) for hour in CORE_HOURS)
                if first <= opening and last >= closing:
                    holidays.add(day)
                day += timedelta(days=1)
        return weekdays or EVERY_DAY, frozenset(holidays)

    def _working_days_each(self, start, end):
        """Return branch → its ``_working_days``, read once for the branches that are alike."""
        found = {}
        for alike in self.grouped(
            # sudo: callers need no right on calendars
            lambda branch: (branch.sudo().resource_calendar_id, branch.company_id)
        ).values():
            leaves = alike[:1]._leaves(start, end)
            for branches in alike.grouped("tz").values():
                days = branches[:1]._working_days(start, end, leaves)
                found |= dict.fromkeys(branches, days)
        return found

    def _check_capacity(self, moment, followup):
        """Refuse an appointment on a half-day that is full.

        :param datetime moment: naive UTC
        :param followup: the follow-up it is for; its own earlier appointment does not count
        :raises UserError: saying how many there are, and when the next place is free
        """
        self.ensure_one()
        if self._places_left(moment, followup) > 0:
            return
        free = self._next_free_half_day(moment, followup)
        raise UserError(
            self.env._(
                "Appointment: %(branch)s is full then. Next free: %(free)s.",
                branch=self.name,
                free=free or self.env._("none within %s days", SEARCHED.days),
            )
        )

    def _next_free_half_day(self, moment, followup):
        """Return in words the first half-day after a moment with a place on a working day."""
        asked = self._local(moment)
        weekdays, holidays = self._working_days(asked.date(), asked.date() + SEARCHED)
        for ahead in range(SEARCHED.days):
            day = asked.date() + timedelta(days=ahead)
            if day.weekday() not in weekdays or day in holidays:
                continue
            for hour, words in (
                (OPENING, self.env._("before noon")),
                (NOON, self.env._("after noon")),
            ):
                local = datetime.combine(day, hour)
                if local > asked and self._places_left(self._utc(local), followup) > 0:
                    return f"{format_date(self.env, day, date_format='EEEE d MMMM y')}, {words}"
        return None

    def _places_left(self, moment, followup):
        """Return how many places the half-day of a moment has left; infinite without a limit."""
        local = self._local(moment)
        noon = datetime.combine(local.date(), NOON)
        morning = local < noon
        places = self.capacity_morning if morning else self.capacity_afternoon
        if not places:
            return float("inf")
        start = noon - timedelta(hours=12) if morning else noon
        offset = local - moment
        # sudo: a place is taken whoever took it
        taken = (
            self.env["kpb.followup"]
            .sudo()
            .search_count(
                [
                    ("branch_id", "=", self.id),
                    ("state", "=", "appointment"),
                    ("appointment_at", ">=", start - offset),
                    ("appointment_at", "<", start - offset + timedelta(hours=12)),
                    ("id", "!=", followup.id),
                ]
            )
        )
        return places - taken
