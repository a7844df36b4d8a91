from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..rules.outcomes import Channel, Outcome

OUTCOMES = [
    (Outcome.NO_ANSWER.value, "No answer"),
    (Outcome.UNREACHABLE.value, "Phone off or out of reach"),
    (Outcome.WRONG_NUMBER.value, "Wrong number"),
    (Outcome.CALL_BACK.value, "Call back later"),
    (Outcome.WILL_COME.value, "Will come"),
    (Outcome.REFUSED.value, "Refused"),
    (Outcome.SERVED_OWN.value, "Already serviced at our branch"),
    (Outcome.SERVED_SISTER.value, "Already serviced at a sister branch"),
    (Outcome.SERVED_ELSEWHERE.value, "Already serviced at another dealer"),
    (Outcome.UNIT_SOLD.value, "Unit sold on"),
    (Outcome.DO_NOT_CONTACT.value, "Does not want to be contacted"),
    (Outcome.PICKED_UP.value, "STNK picked up"),
    (Outcome.STNK_NOT_READY.value, "STNK not ready yet"),
    (Outcome.INTERESTED.value, "Interested in a new unit"),
    (Outcome.NOT_INTERESTED.value, "Not interested"),
]
CHANNELS = [
    (Channel.PHONE.value, "Phone"),
    (Channel.WHATSAPP.value, "WhatsApp"),
    (Channel.SMS.value, "SMS"),
    (Channel.EMAIL.value, "E-mail"),
    (Channel.IN_PERSON.value, "In person"),
]


class KpbAttempt(models.Model):
    """One try to reach a customer, and what came out of it (P6). Written once, kept for ever.

    An attempt without an outcome is a message that was sent and not answered yet, or a call that
    was ticked off without saying what came of it. A slip of the hand is not removed either: a
    further row undoes it (``docs/adr/0005``).
    """

    _name = "kpb.attempt"
    _description = "Contact Attempt"
    _order = "date desc, id desc"

    followup_id = fields.Many2one("kpb.followup", required=True, index=True, ondelete="restrict")
    purchase_id = fields.Many2one(related="followup_id.purchase_id")
    branch_id = fields.Many2one(related="followup_id.branch_id")
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users", "By", required=True, default=lambda self: self.env.user, ondelete="restrict"
    )
    channel = fields.Selection(CHANNELS, required=True, default=Channel.PHONE.value)
    outcome = fields.Selection(OUTCOMES)
    note = fields.Char()
    unsuccessful = fields.Boolean(help="Counts against the limit of attempts.")
    # undoing
    way_back = fields.Json(help="How the call stood before; empty: it cannot be undone.")
    undoes_id = fields.Many2one("kpb.attempt", index="btree_not_null", ondelete="restrict")
    undone_by_ids = fields.One2many("kpb.attempt", "undoes_id")
    undone = fields.Boolean(compute="_compute_undone", store=True)

    _day = models.Index("(date, followup_id) WHERE outcome IS NOT NULL")
    _undone_once = models.UniqueIndex(
        "(undoes_id) WHERE undoes_id IS NOT NULL", "This result has been undone already."
    )

    @api.depends("undone_by_ids")
    def _compute_undone(self):
        for attempt in self:
            attempt.undone = bool(attempt.undone_by_ids)

    @api.depends("outcome", "channel", "date", "undoes_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        outcomes = dict(self._fields["outcome"]._description_selection(self.env))
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for attempt in self:
            told = attempt.undoes_id or attempt
            said = outcomes.get(told.outcome) or channels.get(told.channel)
            if attempt.undoes_id:
                said = self.env._("Undone: %s", said)
            when = format_datetime(self.env, attempt.date, tz=attempt.branch_id.tz)
            attempt.display_name = f"{said} · {when}"

    def write(self, vals):  # pylint: disable=method-required-super
        """Refuse: what happened, happened."""
        raise UserError(self.env._("An attempt is a record of what happened. Log a new one."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A contact attempt is kept. Log a new one to correct it."))
