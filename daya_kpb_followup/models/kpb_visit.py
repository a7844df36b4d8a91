from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..rules.outcomes import OPEN_STATES, RESULT_OF_PLACE, Place


class KpbVisit(models.Model):
    """A unit was serviced: here, at a sister branch, or elsewhere. A fact, written once.

    A visit closes the open follow-up for the same service, with or without an appointment; a
    visit before its milestone is due means that no call is made. A coupon is used once per
    engine and number (decision 5).
    """

    _name = "kpb.visit"
    _description = "Service Visit"
    _order = "date desc, id desc"

    purchase_id = fields.Many2one("kpb.purchase", required=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one(related="purchase_id.partner_id")
    date = fields.Date(required=True, default=fields.Date.context_today)
    place = fields.Selection(
        [
            (Place.OWN.value, "Own Branch"),
            (Place.SISTER.value, "Sister Branch"),
            (Place.ELSEWHERE.value, "Other Dealer"),
        ],
        required=True,
        default=Place.OWN.value,
    )
    branch_id = fields.Many2one(
        "kpb.branch",
        compute="_compute_branch_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        help="Where the unit was serviced, within the group.",
    )
    dealer_name = fields.Char("Dealer", help="Where the unit was serviced, outside the group.")
    kpb_number = fields.Integer("KPB", help="Coupon used, 1 to 4; 0 for a regular service.")
    odometer = fields.Integer("Odometer (km)")
    note = fields.Char()

    _coupon_once = models.UniqueIndex(
        "(purchase_id, kpb_number) WHERE kpb_number > 0",
        "This coupon has been used already. A coupon is used once per engine.",
    )
    _figures_sensible = models.Constraint(
        "CHECK(kpb_number BETWEEN 0 AND 4 AND odometer >= 0)",
        "KPB is 0 (regular service) to 4, and the odometer is zero or more.",
    )

    @api.depends("place", "purchase_id")
    def _compute_branch_id(self):
        for visit in self:
            if visit.place == Place.OWN:
                visit.branch_id = visit.purchase_id.branch_id
            elif visit.place == Place.ELSEWHERE or visit.branch_id == visit.purchase_id.branch_id:
                visit.branch_id = False

    @api.depends("date", "kpb_number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for visit in self:
            service = f"KPB {visit.kpb_number}" if visit.kpb_number else self.env._("Regular")
            visit.display_name = f"{service} · {format_date(self.env, visit.date)}"

    @api.constrains("date", "place", "branch_id", "dealer_name", "kpb_number", "purchase_id")
    def _check_facts(self):
        for visit in self:
            purchase = visit.purchase_id
            if visit.date > purchase.branch_id._today():
                raise ValidationError(
                    self.env._(
                        "Date of the visit of %s: it lies in the future. Enter the day on which"
                        " the unit was serviced.",
                        purchase.display_name,
                    )
                )
            if visit.date < purchase.purchase_date:
                raise ValidationError(
                    self.env._(
                        "Date of the visit of %(unit)s: it lies before the purchase on %(date)s.",
                        unit=purchase.display_name,
                        date=purchase.purchase_date,
                    )
                )
            if visit.place == Place.ELSEWHERE and not (visit.dealer_name or "").strip():
                raise ValidationError(
                    self.env._(
                        "Dealer of the visit of %s: write where the unit was serviced.",
                        purchase.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Record visits and close the follow-ups they answer."""
        visits = super().create(vals_list)
        visits._close_followups()
        # sudo: standing and pointer are the engine's
        units = visits.purchase_id.sudo()
        units._judge()
        units.filtered("schedule_id.regular_from_visit")._point_to_next_call()
        return visits

    def _close_followups(self):
        for visit in self:
            open_followups = visit.purchase_id.followup_ids.filtered(
                lambda followup, visit=visit: (
                    followup.state in OPEN_STATES
                    and followup.milestone_id.kind in ("kpb", "regular")
                    and followup.milestone_id.kpb_number == visit.kpb_number
                )
            )
            open_followups._close_by_visit(visit)

    def _result(self):
        """Return how a follow-up ends that this visit answers."""
        self.ensure_one()
        return RESULT_OF_PLACE[Place(self.place)].value
