from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: How the procedure may be softened or sharpened without a new revision.
OPTIONS = frozenset({"call_before_end", "regular_from_visit", "lost_without_visit"})


class KpbSchedule(models.Model):
    """One revision of a procedure: its document control (S6) and its milestones (S2, P5, P8, P9).

    A revision in use is never changed, because units sold under it keep it. It is revised by
    copy: *Revise* makes a draft, *Publish* lets the branches sell by it from then on. Once a year
    the owner is asked to review it (P10).
    """

    _name = "kpb.schedule"
    _description = "Follow-up Schedule"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "document_number, revision desc, id desc"

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [("draft", "Draft"), ("published", "In Force"), ("superseded", "Superseded")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    # document control (S6)
    document_number = fields.Char(tracking=True)
    revision = fields.Integer(default=0, tracking=True)
    date_document = fields.Date("Document Date")
    date_effective = fields.Date("Effective From", tracking=True)
    date_review = fields.Date("Review Due", tracking=True)
    prepared_by = fields.Char()
    approved_by = fields.Char()
    owner_id = fields.Many2one(
        "res.users", "Standard Owner", help="Is asked once a year to review the procedure (P10)."
    )
    note = fields.Text("Remarks", translate=True)
    # what it says
    milestone_ids = fields.One2many("kpb.milestone", "schedule_id", "Milestones", copy=True)
    # options
    call_before_end = fields.Boolean(
        "Call Before the Coupon Ends",
        help="Where a call would come after its coupon's end, make it 30 days before the nominal"
        " end. Both dates are kept.",
    )
    regular_from_visit = fields.Boolean(
        "Count Regular Services From the Last Visit",
        help="Off: from the purchase, whenever the customer came.",
    )
    lost_without_visit = fields.Boolean(
        "Never Came Is LOST",
        help="Also count a customer as LOST who never came during the whole coupon period.",
    )
    # its place among the revisions, and its use
    previous_id = fields.Many2one("kpb.schedule", "Previous Revision", readonly=True, copy=False)
    branch_ids = fields.One2many("kpb.branch", "schedule_id", "Branches")
    purchase_count = fields.Integer("Units", compute="_compute_purchase_count")

    @api.depends("document_number", "revision", "name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for schedule in self:
            number = schedule.document_number
            control = f" · {number} rev. {schedule.revision:02d}" if number else ""
            schedule.display_name = f"{schedule.name or ''}{control}"

    def _compute_purchase_count(self):
        counts = dict(
            self.env["kpb.purchase"]._read_group(
                [("schedule_id", "in", self.ids)], ["schedule_id"], ["__count"]
            )
        )
        for schedule in self:
            schedule.purchase_count = counts.get(schedule, 0)

    @api.constrains("date_effective", "date_review")
    def _check_dates(self):
        for schedule in self:
            effective, review = schedule.date_effective, schedule.date_review
            if effective and review and review <= effective:
                raise ValidationError(
                    self.env._(
                        "Review Due of %s: choose a day later than Effective From.", schedule.name
                    )
                )

    def write(self, vals):
        """Change a schedule; changed options reach the units already sold with the next day."""
        done = super().write(vals)
        if OPTIONS & vals.keys():
            # sudo: units of every branch follow the procedure
            self.env["kpb.purchase"].sudo()._look_again_at_units_of(self)
        return done

    def copy_data(self, default=None):
        """Copy a schedule; the copy is a draft, and a copy of a copy stays readable."""
        vals_list = super().copy_data(default)
        for schedule, vals in zip(self, vals_list, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%s (copy)", schedule.name)
        return vals_list

    # actions
    def action_revise(self):
        """Make a draft of the next revision and open it; this one stays as it is (S6)."""
        self.ensure_one()
        self.check_access("write")
        draft = self.search([("previous_id", "=", self.id), ("state", "=", "draft")], limit=1)
        draft = draft or self.copy(
            {
                "name": self.name,
                "revision": self.revision + 1,
                "previous_id": self.id,
                "date_effective": False,
                "date_review": False,
                "approved_by": False,
            }
        )
        return draft._get_records_action(name=self.env._("Next Revision"))

    def action_publish(self):
        """Put a draft in force: branches on the previous revision sell by this one from now on.

        :raises UserError: when it is not a draft, has no milestones, or no effective date
        """
        self.check_access("write")
        for schedule in self:
            if schedule.state != "draft":
                raise UserError(
                    self.env._("%s is not a draft. Revise it to change it.", schedule.display_name)
                )
            if not schedule.milestone_ids:
                raise UserError(
                    self.env._("Milestones of %s: add at least one.", schedule.display_name)
                )
            if not schedule.date_effective:
                raise UserError(
                    self.env._("Effective From of %s: enter the day.", schedule.display_name)
                )
            schedule.state = "published"
            schedule.date_review = schedule.date_review or (
                schedule.date_effective + relativedelta(years=1)
            )
            if schedule.previous_id:
                schedule.previous_id.state = "superseded"
                schedule.previous_id.branch_ids.schedule_id = schedule

    def action_view_purchases(self):
        """Open the units that follow this revision."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "daya_kpb_followup.kpb_purchase_action"
        )
        return {**action, "domain": [("schedule_id", "=", self.id)], "context": {}}

    # business
    def _revision_at(self, day):
        """Return the revision that was in force on a day: this one, or one it replaced."""
        self.ensure_one()
        schedule = self
        while schedule.previous_id and schedule.date_effective and day < schedule.date_effective:
            schedule = schedule.previous_id
        return schedule

    def _has_options(self):
        """Return whether the units' steps differ from the plain schedule."""
        self.ensure_one()
        return bool(self.call_before_end or self.regular_from_visit or self._last_touch_days())

    def _last_touch_days(self):
        """Return KPB number → days before the nominal end for a last reminder."""
        self.ensure_one()
        return {
            line.kpb_number: line.last_touch_days
            for line in self.milestone_ids
            if line.kpb_number and line.last_touch_days
        }

    def _rule_milestones(self):
        """Return the schedule as the rules know it: a tuple of ``rules.schedule.Milestone``."""
        self.ensure_one()
        return tuple(milestone._as_rule() for milestone in self.milestone_ids)

    def _remind_owner(self, today):
        """Ask the owner of every schedule whose yearly review is due, once (P10).

        :param date today: the day by the clock of head office
        """
        due = self.search([("state", "=", "published"), ("date_review", "<=", today)])
        review = self.env.ref("daya_kpb_followup.mail_activity_type_review")
        for schedule in due - due.filtered(
            lambda schedule: review in schedule.activity_ids.activity_type_id
        ):
            owner = schedule._review_owner()
            schedule.with_context(lang=owner.lang).activity_schedule(
                activity_type_id=review.id,
                date_deadline=schedule.date_review,
                summary=review.with_context(lang=owner.lang).summary,
                user_id=owner.id,
            )

    def _review_owner(self):
        owner = self.owner_id.filtered("active")
        if owner:
            return owner
        heads = self.env["kpb.branch"].search([("parent_id", "=", False)])
        members = heads.member_ids.filtered(lambda member: member.user_id.active)
        pic_crm = members.filtered(lambda member: member.role_id.code == "pic_crm")
        return (pic_crm or members).user_id[:1] or self.env.ref("base.user_admin")
