from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..rules.script import Gap, greeting, merge_message, unknown_gaps

#: What the preview shows, so that whoever writes the text sees a whole message.
EXAMPLE = {
    Gap.CUSTOMER: "Siti Aminah",
    Gap.CALLER: "Rina",
    Gap.BRANCH: "Cabang Cihampelas",
    Gap.UNIT: "Vario 125",
    Gap.PLATE: "D 4512 AB",
}


class KpbMilestone(models.Model):
    """The WhatsApp message of a milestone: a text with gaps, always in Indonesian."""

    _inherit = "kpb.milestone"

    whatsapp_template = fields.Text(
        "WhatsApp Message",
        help="Gaps in square brackets are filled for each customer. A part in braces is left out"
        " when one of its gaps is not known, for example the plate of a new unit. The coupon's end"
        " is not known once it has passed: what holds only before it belongs into its braces.",
    )
    whatsapp_preview = fields.Text(
        "Preview", compute="_compute_whatsapp_preview", help="With an example customer."
    )
    whatsapp_gaps = fields.Char("Gaps", compute="_compute_whatsapp_preview")

    @api.depends("whatsapp_template")
    def _compute_whatsapp_preview(self):
        format_day = self.env["kpb.followup"]._indonesian_day
        today = fields.Date.context_today(self)
        words = {
            **EXAMPLE,
            Gap.GREETING: greeting(9),
            Gap.COUPON_END: format_day(today + timedelta(days=30)),
            Gap.APPOINTMENT: False,
        }
        for milestone in self:
            milestone.whatsapp_preview = merge_message(milestone.whatsapp_template or "", words)
            milestone.whatsapp_gaps = " ".join(Gap)

    @api.constrains("whatsapp_template")
    def _check_whatsapp_template(self):
        for milestone in self:
            unknown = unknown_gaps(milestone.whatsapp_template or "")
            if unknown:
                raise ValidationError(
                    self.env._(
                        "WhatsApp message of %(milestone)s: %(unknown)s cannot be filled. Use one"
                        " of: %(known)s.",
                        milestone=milestone.name,
                        unknown=", ".join(unknown),
                        known=" ".join(Gap),
                    )
                )
