from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.fields import Domain

from ..rules.outcomes import OPEN_STATES, Result, State
from .kpb_attempt import OUTCOMES
from .kpb_quiet import QUIET

#: A calendar entry is for the people of the branch: no mail to anybody.
NO_INVITATION = {"dont_notify": True, "no_mail_to_attendees": True, **QUIET}
APPOINTMENT_LENGTH = timedelta(hours=1)


class KpbFollowup(models.Model):
    """One call to one customer about one milestone: the truth behind the activity (S1, S2).

    Created when it is due, once per (purchase, milestone, occurrence). While it is open it hangs
    in its owner's activity list; the activity is a projection and is rebuilt when somebody, or
    Odoo itself, takes it away. Without an owner it stands on the "No owner" list with the reason.
    """

    _name = "kpb.followup"
    _description = "Follow-up"
    _inherit = [
        "kpb.quiet",
        "kpb.entrusted",
        "kpb.parkable",
        "kpb.conversation",
        "kpb.reachable",
    ]
    _order = "deadline, id"
    _mail_post_access = "read"

    # what
    purchase_id = fields.Many2one(
        "kpb.purchase", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    branch_id = fields.Many2one(
        "kpb.branch", required=True, readonly=True, index=True, ondelete="restrict"
    )
    milestone_id = fields.Many2one(
        "kpb.milestone", required=True, readonly=True, ondelete="restrict"
    )
    milestone_code = fields.Char(related="milestone_id.code")
    occurrence = fields.Integer(default=1, required=True, readonly=True)
    # who
    role_id = fields.Many2one("kpb.role", required=True, readonly=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", "Caller", readonly=True, index="btree_not_null")
    no_owner_reason = fields.Char("Why Nobody", readonly=True, copy=False)
    # when
    planned_date = fields.Date(required=True, readonly=True)
    first_deadline = fields.Date(
        "Deadline by Procedure", readonly=True, help="First working day on or after the plan."
    )
    deadline = fields.Date(
        required=True,
        readonly=True,
        help="Day of the next step: the first call, the next try, the confirmation.",
    )
    appointment_at = fields.Datetime("Appointment", readonly=True, copy=False)
    appointment_confirmed = fields.Boolean("Confirmed", readonly=True, copy=False)
    weekend_reason = fields.Char(
        readonly=True,
        copy=False,
        help="Why the customer truly cannot come from Monday to Friday (S4).",
    )
    no_show_count = fields.Integer("No-shows", readonly=True, copy=False)
    event_id = fields.Many2one(
        "calendar.event", "Calendar Entry", readonly=True, copy=False, index="btree_not_null"
    )
    # what was said
    attempt_ids = fields.One2many("kpb.attempt", "followup_id", "Attempts")
    attempt_count = fields.Integer("Tries", compute="_compute_attempts", store=True)
    unsuccessful_count = fields.Integer(
        "Tries Without Success", compute="_compute_attempts", store=True
    )
    last_outcome = fields.Selection(OUTCOMES, compute="_compute_attempts", store=True)
    # how it stands
    state = fields.Selection(
        [
            (State.TODO.value, "To Call"),
            (State.APPOINTMENT.value, "Appointment"),
            (State.DONE.value, "Done"),
            (State.FAILED.value, "Failed"),
            (State.CANCELLED.value, "Cancelled"),
        ],
        required=True,
        readonly=True,
        default=State.TODO.value,
        group_expand=True,
        tracking=True,
    )
    result = fields.Selection(
        [
            (Result.CAME.value, "Came to the branch"),
            (Result.SERVED_SISTER.value, "Serviced at a sister branch"),
            (Result.SERVED_ELSEWHERE.value, "Serviced at another dealer"),
            (Result.PICKED_UP.value, "STNK picked up"),
            (Result.INTERESTED.value, "Interested in a new unit"),
            (Result.NOT_INTERESTED.value, "Not interested"),
            (Result.REFUSED.value, "Refused"),
            (Result.UNIT_SOLD.value, "Unit sold on"),
            (Result.DO_NOT_CONTACT.value, "Does not want to be contacted"),
            (Result.EXHAUSTED.value, "Attempts exhausted"),
            (Result.EXPIRED.value, "Too late to be useful"),
            (Result.LOST.value, "Customer LOST"),
            (Result.WITHDRAWN.value, "Withdrawn"),
        ],
        readonly=True,
        tracking=True,
    )
    result_note = fields.Char(readonly=True)
    closed_at = fields.Datetime("Closed", readonly=True)
    visit_id = fields.Many2one("kpb.visit", readonly=True, index="btree_not_null")
    # where it climbed
    escalation_ids = fields.One2many("kpb.escalation", "followup_id", "Escalations")
    # what the caller needs in front of him
    product_id = fields.Many2one(related="purchase_id.product_id")
    license_plate = fields.Char(related="purchase_id.license_plate")
    purchase_date = fields.Date(related="purchase_id.purchase_date")
    call_script = fields.Html(related="milestone_id.call_script")
    color = fields.Integer(related="milestone_id.color")
    days_overdue = fields.Integer(
        compute="_compute_days_overdue", help="Days since the deadline; negative: still to come."
    )
    coupon_end = fields.Date("Coupon Ends", compute="_compute_coupon_end", compute_sudo=True)
    coupon_days_left = fields.Integer(compute="_compute_coupon_end", compute_sudo=True)

    _once = models.UniqueIndex(
        "(purchase_id, milestone_id, occurrence)",
        "This follow-up exists already: one per purchase, milestone and occurrence.",
    )
    _my_list = models.Index("(user_id, deadline) WHERE state IN ('todo', 'appointment')")
    _open_days = models.Index(
        "(deadline, id) INCLUDE (user_id) WHERE state IN ('todo', 'appointment')"
    )
    _closed_as = models.Index("(result, closed_at) WHERE result IS NOT NULL")
    _branch_list = models.Index(
        "(branch_id, deadline, user_id) WHERE state IN ('todo', 'appointment')"
    )

    @api.depends("milestone_id", "occurrence", "partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for followup in self:
            customer = followup.partner_id.sudo()  # sudo: who reads a call reads whom it is to
            followup.display_name = f"{followup._step_name()} · {customer.name or ''}"

    @api.depends("attempt_ids.undone")
    def _compute_attempts(self):
        for followup in self:
            answered = followup.attempt_ids.filtered(
                lambda attempt: attempt.outcome and not attempt.undone
            )
            followup.attempt_count = len(answered)
            followup.unsuccessful_count = len(answered.filtered("unsuccessful"))
            followup.last_outcome = answered.sorted("id")[-1:].outcome

    @api.depends("deadline", "state", "branch_id")
    def _compute_days_overdue(self):
        today = {branch: branch._today() for branch in self.branch_id}
        for followup in self:
            still_open = followup.state in OPEN_STATES and followup.deadline
            followup.days_overdue = (
                (today[followup.branch_id] - followup.deadline).days if still_open else 0
            )

    @api.depends("purchase_id", "milestone_id")
    def _compute_coupon_end(self):
        today = {branch: branch._today() for branch in self.branch_id}
        ends = self.purchase_id._coupon_ends()
        for followup in self:
            end = ends[followup.purchase_id].get(followup.milestone_id.kpb_number)
            followup.coupon_end = end
            followup.coupon_days_left = (end - today[followup.branch_id]).days if end else 0

    # actions
    def action_view_purchase(self):
        """Open the customer's unit."""
        self.ensure_one()
        return self.purchase_id._get_records_action()

    # business
    @api.model
    def _open_domain(self):
        """Return the domain of follow-ups on which somebody still has to act."""
        return Domain("state", "in", [state.value for state in OPEN_STATES])

    def _step_name(self):
        """Return what people call the step, for example "KPB 2" or "Regular Service 3"."""
        self.ensure_one()
        return self.milestone_id._step_name(self.occurrence)

    def _project_activities(self):
        """Bring the activities of open follow-ups in line: one each, of the right type and day.

        The texts are in the language of the person who reads them.
        """
        owned = self.filtered(lambda followup: followup.state in OPEN_STATES and followup.user_id)
        present = owned.filtered(lambda followup: followup._own_activities())
        for followup in present:
            activities = followup._own_activities().with_context(**QUIET)
            activities[1:].unlink()
            activities[:1].write(
                {"date_deadline": followup.deadline, "user_id": followup.user_id.id}
            )
        (owned - present)._create_activities()

    def _create_activities(self):
        for lang, followups in self.grouped(lambda followup: followup.user_id.lang).items():
            spoken = followups.with_context(lang=lang or "en_US")
            self.env["kpb.activity.batch"]._create(
                spoken,
                [
                    {
                        "activity_type_id": followup.milestone_id.activity_type_id.id,
                        "automated": True,
                        "date_deadline": followup.deadline,
                        "summary": followup.display_name,
                        "user_id": followup.user_id.id,
                    }
                    for followup in spoken
                ],
            )

    def _project_event(self):
        """Bring the calendar entry in line: one while there is an appointment, else none.

        The customer is not invited, so nobody gets a mail.
        """
        for followup in self:
            if followup.state != State.APPOINTMENT:
                followup.event_id.unlink()
                continue
            vals = {
                "name": followup.display_name,
                "start": followup.appointment_at,
                "stop": followup.appointment_at + APPOINTMENT_LENGTH,
                "partner_ids": [Command.set(followup.user_id.partner_id.ids)],
                "user_id": followup.user_id.id,
            }
            if followup.event_id:
                followup.event_id.with_context(**NO_INVITATION).write(vals)
            else:
                followup.event_id = (
                    self.env["calendar.event"]
                    .with_context(**NO_INVITATION)
                    .create(
                        {
                            **vals,
                            "location": followup.branch_id.name,
                            "res_id": followup.id,
                            "res_model_id": self.env["ir.model"]._get_id(self._name),
                        }
                    )
                )

    def _call_on(self, day):
        """Move the next step of open follow-ups to a day."""
        self.write({"deadline": day})
        self._project_activities()

    def _close(self, state, result, note=False, visit=None):
        """End follow-ups and take their activities off everybody's list.

        :param State state: done, failed or cancelled
        :param Result result: how it ended
        :param str note: in words, where the result alone does not say it
        :param visit: the ``kpb.visit`` that answered it
        """
        calls = self.sudo()  # sudo: engine fields are readonly, activities may be a colleague's
        calls.write(
            {
                "state": state.value,
                "result": result.value,
                "result_note": note,
                "closed_at": fields.Datetime.now(),
                "visit_id": visit.id if visit else False,
            }
        )
        calls._own_activities().with_context(**QUIET).action_archive()
        calls.event_id.unlink()

    def _close_by_visit(self, visit):
        """End follow-ups because the customer had the service done."""
        self._close(State.DONE, Result(visit._result()), visit=visit)
