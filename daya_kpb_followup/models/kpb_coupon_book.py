from odoo import api, fields, models

from ..rules import coupon


class KpbCouponBook(models.AbstractModel):
    """The four free-service coupons of a unit: until when each is valid, and which are used.

    The guard (S2 against the coupon table): where the procedure calls after a coupon's end, the
    unit says so, with both dates.
    """

    _name = "kpb.coupon.book"
    _description = "Coupons of a Unit"

    coupons = fields.Json(compute="_compute_coupons")
    coupon_conflict = fields.Char(
        compute="_compute_coupons", help="Calls that the procedure makes after the coupon's end."
    )

    @api.depends("purchase_date", "engine_number", "schedule_id", "branch_id", "visit_ids")
    @api.depends_context("lang")
    def _compute_coupons(self):
        validities = self._coupon_validities()
        for unit in self:
            lines = unit._coupon_lines(validities[unit]) if unit._has_plan() else []
            unit.coupons = lines
            late = [line["name"] for line in lines if line["conflict"]]
            unit.coupon_conflict = (
                self.env._(
                    "%(coupons)s: the procedure calls after the coupon has ended.",
                    coupons=", ".join(late),
                )
                if late
                else False
            )

    def _coupon_windows(self):
        """Return unit → {KPB number: ``rules.coupon.Window`` of its engine}."""
        table = self.env["kpb.coupon.window"]._rule_table()
        known = {}
        longest = max((len(window.engine_prefix) for window in table), default=0)
        for unit in self:
            engine = (unit.engine_number or "").strip()[:longest]
            if engine not in known:
                known[engine] = coupon.windows_for(engine, table)
        return {unit: known[(unit.engine_number or "").strip()[:longest]] for unit in self}

    def _coupon_ends(self):
        """Return unit → {KPB number: last valid day of the coupon by days, grace included}."""
        return {
            unit: {number: window.grace_end(unit.purchase_date) for number, window in of.items()}
            for unit, of in self._coupon_windows().items()
        }

    def _coupon_validities(self):
        """Return unit → {KPB number: ``rules.coupon.Validity``}, kilometres estimated."""
        windows = self._coupon_windows()
        return {
            unit: coupon.validities(
                unit.purchase_date,
                windows[unit],
                [
                    (visit.date, visit.odometer)
                    for visit in unit.visit_ids
                    if visit.odometer and not visit.odometer_doubt
                ],
            )
            for unit in self
            if unit.purchase_date
        } | {unit: {} for unit in self if not unit.purchase_date}

    def _coupon_lines(self, validities):
        """Return the unit's coupons for the screen, KPB 1 first.

        Each: ``number name nominal grace km_end days_left used used_on call conflict moved``.
        """
        self.ensure_one()
        today = self.branch_id._today()
        used = {visit.kpb_number: visit.date for visit in self.visit_ids if visit.kpb_number}
        calls = {
            step.milestone.kpb_number: step
            for step in self._plans()[self]
            if step.milestone.kpb_number and step.occurrence == 1
        }
        text = fields.Date.to_string
        lines = []
        for number, validity in sorted(validities.items()):
            call = calls.get(number)
            by_procedure = call and (call.moved_from or call.planned)
            lines.append(
                {
                    "number": number,
                    "name": f"KPB {number}",
                    "nominal": text(validity.nominal_end),
                    "grace": text(validity.grace_end),
                    "km_end": text(validity.km_end) if validity.km_end else False,
                    "days_left": (validity.end - today).days,
                    "used": number in used,
                    "used_on": text(used[number]) if number in used else False,
                    "call": text(call.planned) if call else False,
                    "by_procedure": text(by_procedure) if by_procedure else False,
                    "moved": bool(call and call.moved_from),
                    "conflict": bool(call and validity.ends_before(call.planned)),
                }
            )
        return lines
