from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..rules import odometer
from ..rules.odometer import Doubt
from ..rules.outcomes import OPEN_STATES, RESULT_OF_PLACE, Place
from ..rules.schedule import Kind, answers


class KpbVisit(models.Model):
    """A unit was serviced: here, at a sister branch, or elsewhere. A fact, written once.

    A visit closes the open follow-up for the same service, with or without an appointment; a
    visit before its milestone is due means that no call is made. A coupon is used once per
    engine and number (decision 5). An odometer that falls or jumps is questioned, not refused.
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
    kpb_number = fields.Integer(
        "KPB", default=0, help="Coupon used, 1 to 4; 0 for a regular service."
    )
    odometer = fields.Integer("Odometer (km)")
    odometer_doubt = fields.Selection(
        [
            (Doubt.FALLING.value, "Does not fit the other readings"),
            (Doubt.JUMP.value, "Too far for the time"),
        ],
        "Odometer Questioned",
        readonly=True,
        help="The reading is kept, and left out when kilometres are estimated.",
    )
    note = fields.Char()

    _coupon_once = models.UniqueIndex(
        "(purchase_id, kpb_number) WHERE kpb_number > 0",
        "This coupon has been used already. A coupon is used once per engine.",
    )
    _regular = models.Index("(date, purchase_id) WHERE kpb_number = 0")
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
        """Record visits and close the follow-ups they answer.

        :raises ValidationError: a coupon that is used already, a date or place that cannot be
        """
        self._refuse_used_coupons(vals_list)
        visits = super().create([self._dated(self._placed(vals)) for vals in vals_list])
        visits._question_odometers()
        visits._close_followups()
        units = visits.purchase_id.sudo()  # sudo: standing and pointer are the engine's
        units._judge(news=visits)
        units._restart_regular()
        return visits

    def write(self, vals):
        """Correct visits; what follows from them follows from the corrected facts.

        A call that a visit does not answer any more opens again; the right one is closed, and
        says where the unit was serviced.

        :raises ValidationError: a coupon that is used already, a date or place that cannot be
        """
        if {"kpb_number", "purchase_id"} & vals.keys():
            self._refuse_used_coupons(
                [
                    {
                        "purchase_id": vals.get("purchase_id", visit.purchase_id.id),
                        "kpb_number": vals.get("kpb_number", visit.kpb_number),
                    }
                    for visit in self
                ]
            )
        units = self.purchase_id
        done = super().write(vals)
        if {"date", "odometer", "purchase_id"} & vals.keys():
            self._question_odometers()
        if {"date", "kpb_number", "place", "purchase_id"} & vals.keys():
            units = (self.purchase_id | units).sudo()  # sudo: standing and calls are the engine's
            units._judge()
            if {"date", "kpb_number", "purchase_id"} & vals.keys():
                calls = units.followup_ids.filtered(lambda call: call.visit_id in self)
                calls.filtered(lambda call: not call.visit_id._still_answers(call))._lose_visit()
                self._close_followups()
            self._correct_results()
            units._restart_regular()
        return done

    def unlink(self):
        """Remove visits that never were; the calls they had answered open again."""
        # sudo: calls, standing and pointer are the engine's
        units = self.purchase_id.sudo()
        # sudo: as above
        calls = self.env["kpb.followup"].sudo().search([("visit_id", "in", self.ids)])
        done = super().unlink()
        units._judge()
        calls._lose_visit()
        units._point_to_next_call()
        return done

    @api.model
    def _placed(self, vals):
        """Return the values without a branch that contradicts the place."""
        if vals.get("place", Place.OWN.value) == Place.SISTER:
            return vals
        return {name: value for name, value in vals.items() if name != "branch_id"}

    @api.model
    def _dated(self, vals):
        """Return the values with today by the unit's branch, where they name no day."""
        # sudo: only the clock of the branch is read
        unit = self.env["kpb.purchase"].sudo().browse(vals.get("purchase_id")).exists()
        if not unit or "date" in vals or "default_date" in self.env.context:
            return vals
        return {**vals, "date": unit.branch_id._today()}

    def _refuse_used_coupons(self, vals_list):
        """Refuse a coupon that was used, naming when and where (once per engine and number)."""
        seen = set()
        for vals in vals_list:
            unit_id, number = vals.get("purchase_id"), vals.get("kpb_number")
            if not unit_id or not number:
                continue
            # sudo: a coupon is used whoever may see where
            earlier = self.sudo().search(
                [
                    ("purchase_id", "=", unit_id),
                    ("kpb_number", "=", number),
                    ("id", "not in", self.ids),
                ],
                limit=1,
            )
            if earlier or (unit_id, number) in seen:
                unit = self.env["kpb.purchase"].sudo().browse(unit_id)  # sudo: its name only
                raise ValidationError(
                    self.env._(
                        "KPB %(number)s of %(unit)s has been used already: %(where)s. A coupon is"
                        " used once; record a regular service, or the coupon that was handed in.",
                        number=number,
                        unit=unit.license_plate or unit.engine_number,
                        where=earlier._where_and_when() or self.env._("twice in this entry"),
                    )
                )
            seen.add((unit_id, number))

    def _where_and_when(self):
        """Return in words when and where a visit was, empty for none."""
        if not self:
            return ""
        place = self.branch_id.name or self.dealer_name or self._place_name()
        return f"{format_date(self.env, self.date)}, {place}"

    def _place_name(self):
        return dict(self._fields["place"]._description_selection(self.env))[self.place]

    def _question_odometers(self):
        for visit in self:
            others = (visit.purchase_id.visit_ids - visit).filtered(
                lambda other: other.odometer and not other.odometer_doubt
            )
            doubt = odometer.doubt(
                visit.purchase_id.purchase_date,
                [(other.date, other.odometer) for other in others],
                visit.date,
                visit.odometer,
            )
            if visit.odometer_doubt != (doubt or False):
                # sudo: whoever records a visit may not correct it
                visit.sudo().odometer_doubt = doubt

    def _close_followups(self):
        for visit in self:
            # sudo: the call may be one of another branch
            visit.sudo().purchase_id.followup_ids.filtered(visit._is_answer_to)._close_by_visit(
                visit
            )

    def _correct_results(self):
        """Let the calls that these visits answered say where the unit was serviced."""
        # sudo: the call may be one of another branch
        calls = self.env["kpb.followup"].sudo().search([("visit_id", "in", self.ids)])
        for call in calls.filtered(lambda call: call.result != call.visit_id._result()):
            call.result = call.visit_id._result()
            call.escalation_ids._end_moot()

    def _is_answer_to(self, call):
        """Return whether an open call is needless after this visit."""
        return call.state in OPEN_STATES and self._is_about(call)

    def _is_about(self, call):
        """Return whether a call of the unit is about the service that was done."""
        self.ensure_one()
        milestone = call.milestone_id
        return (
            milestone.kind in (Kind.KPB, Kind.REGULAR)
            and milestone.kpb_number == self.kpb_number
            and (milestone.kind == Kind.KPB or answers(call._as_step(), self.date))
        )

    def _still_answers(self, call):
        """Return whether a corrected visit is about the call it closed; a regular one, nearest."""
        self.ensure_one()
        if call.purchase_id != self.purchase_id or not self._is_about(call):
            return False
        calls = call.purchase_id.followup_ids.filtered(self._is_about)
        nearest = min(calls, key=lambda other: abs(other.planned_date - self.date))
        return bool(self.kpb_number) or call == nearest

    def _result(self):
        """Return how a follow-up ends that this visit answers."""
        self.ensure_one()
        return RESULT_OF_PLACE[Place(self.place)].value
