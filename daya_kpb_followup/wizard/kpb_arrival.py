import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ..models.kpb_visit_arrival import RELATIONS
from ..rules import odometer
from ..rules.identity import IdentityRefused, parse_phone
from ..rules.outcomes import OPEN_STATES, Place, State
from ..rules.schedule import Kind

#: More units than this are no choice any more: the entry has to be longer.
SHOWN = 8
#: Shorter entries would find half the register.
SHORTEST = 3
#: A chassis number (VIN) has this many letters and digits; an engine number at least so many.
CHASSIS_LENGTH, ENGINE_LENGTH = 17, 10
ITEMS = ("name", "address", "nik", "phone", "birth")


class KpbArrival(models.TransientModel):
    """The front desk's one screen: a unit arrives, who it is, what is due, what is done.

    A unit of the user's own branches is found by plate, engine, chassis, phone or name. A unit of
    another branch of the group is found by its exact number only, shows no personal data, and
    becomes a visit at a sister branch (decision 5).
    """

    _name = "kpb.arrival"
    _description = "Arrival at the Workshop"

    # which unit
    entry = fields.Char("Plate, Engine, Chassis or Phone")
    purchase_id = fields.Many2one("kpb.purchase", "Unit Found")
    candidate_ids = fields.Many2many("kpb.purchase", compute="_compute_found")
    found = fields.Selection(
        [("none", "None"), ("one", "One"), ("several", "Several"), ("sister", "Another Branch's")],
        compute="_compute_found",
    )
    # what is known of it
    customer = fields.Char(compute="_compute_glance")
    unit = fields.Char(compute="_compute_glance")
    unit_branch = fields.Char("Sold By", compute="_compute_glance")
    due = fields.Char("What Is Due", compute="_compute_glance")
    appointment = fields.Char(compute="_compute_glance")
    coupons = fields.Json(compute="_compute_glance")
    answers_call = fields.Boolean(compute="_compute_answers_call")
    warning = fields.Text(compute="_compute_warning")
    # what is recorded
    date = fields.Date(default=fields.Date.context_today)
    service = fields.Selection(
        [("1", "KPB 1"), ("2", "KPB 2"), ("3", "KPB 3"), ("4", "KPB 4"), ("0", "Regular Service")]
    )
    place = fields.Selection(
        [
            (Place.OWN.value, "Own Branch"),
            (Place.SISTER.value, "Sister Branch"),
            (Place.ELSEWHERE.value, "Other Dealer"),
        ],
        default=Place.OWN.value,
    )
    branch_id = fields.Many2one("kpb.branch", "Serviced At")
    dealer_name = fields.Char("Dealer")
    odometer = fields.Integer("Odometer (km)")
    relation = fields.Selection(RELATIONS, "Brought By", default="owner")
    brought_by = fields.Char("Name of Who Brought It")
    brought_by_phone = fields.Char("Phone of Who Brought It")
    note = fields.Char()
    # validation in ODM
    odm_validated = fields.Boolean("Validated in ODM")
    odm_reference = fields.Char("ODM Number")
    odm_skipped = fields.Char("Why Not Validated")
    odm_name = fields.Boolean("Name")
    odm_address = fields.Boolean("Address")
    odm_nik = fields.Boolean("KTP Number")
    odm_phone = fields.Boolean("Phone")
    odm_birth = fields.Boolean("Place and Date of Birth")

    @api.depends("unit")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for arrival in self:
            arrival.display_name = arrival.unit or self.env._("Arrival")

    @api.constrains("purchase_id")
    def _check_purchase_id(self):
        # sudo off: constraints run with the engine's rights, the unit has to be the user's
        self.purchase_id.sudo(False).check_access("read")

    # finding
    @api.depends("entry", "purchase_id")
    def _compute_found(self):
        for arrival in self:
            units = arrival._own_units()
            arrival.candidate_ids = units
            if arrival.purchase_id or len(units) == 1:
                arrival.found = "several" if len(units) > 1 else "one"
            elif units:
                arrival.found = "several"
            elif arrival._sister_unit():
                arrival.found = "sister"
            else:
                arrival.found = "none" if arrival.entry else False

    def _own_units(self):
        """Return the units of the user's branches that the entry may mean, exact numbers first."""
        self.ensure_one()
        entry = " ".join((self.entry or "").split())
        units = self.env["kpb.purchase"]
        if len(entry) < SHORTEST:
            return units
        exact = units.search(self._number_domain(entry), limit=SHOWN)
        return exact or units.search(self._loose_domain(entry), limit=SHOWN)

    def _sister_unit(self):
        """Return the one unit of another branch that has exactly the number that was entered."""
        self.ensure_one()
        entry = " ".join((self.entry or "").split())
        # sudo: only the exact number leads to a unit of another branch, and to no personal data
        units = self.env["kpb.purchase"].sudo()
        return units.search(self._number_domain(entry), limit=1) if entry else units

    @api.model
    def _number_domain(self, entry):
        """Return the domain of units with exactly this plate, engine or chassis number."""
        number = self._as_number(entry)
        exact = Domain("engine_number", "=", number) | Domain("chassis_number", "=", number)
        if plate := self._as_plate(number):
            exact |= Domain("license_plate", "in", [plate, number])
        return exact

    @api.model
    def _as_number(self, entry):
        return re.sub(r"[\s.-]", "", entry or "").upper()

    @api.model
    def _as_plate(self, number):
        """Return a plate as it is written on the unit; None for what is no plate."""
        plate = re.match(r"^([A-Z]{1,2})(\d{1,4})([A-Z]{0,3})$", number)
        return " ".join(filter(None, plate.groups())) if plate else None

    @api.model
    def _loose_domain(self, entry):
        number = self._as_number(entry)
        loose = Domain.OR(
            Domain(name, "ilike", value)
            for name, value in (
                ("license_plate", entry),
                ("engine_number", number),
                ("chassis_number", number),
                ("partner_id.name", entry),
            )
        )
        try:
            phone = parse_phone(entry).e164
        except IdentityRefused:
            return loose
        return (
            loose
            | Domain("partner_id.phone_sanitized", "=", phone)
            | Domain("partner_id.phone", "=", phone)
        )

    def _arrived(self):
        """Return the unit at hand, with the engine's rights; empty while it is not found."""
        self.ensure_one()
        if not self._is_foreign():
            # sudo: calls and visits of other branches on the unit count as well
            return self.purchase_id.sudo()
        # sudo: see _sister_unit
        return self._sister_unit() if self.found == "sister" else self.env["kpb.purchase"].sudo()

    def _is_foreign(self):
        return not self.purchase_id or not self.purchase_id.has_access("read")

    @api.onchange("entry")
    def _onchange_entry(self):
        units = self._own_units()
        self.purchase_id = units if len(units) == 1 else False
        self._suggest()

    @api.onchange("purchase_id")
    def _onchange_purchase_id(self):
        self._suggest()

    def _suggest(self):
        """Fill in what is most likely: the coupon, the place, what can be validated."""
        unit = self._arrived()
        self.service = self._suggested_service(unit) if unit else False
        here = self.env.user.kpb_member_ids.branch_id
        own = not unit or not here or unit.branch_id._lineage() & here
        self.place = Place.OWN.value if own else Place.SISTER.value
        self.branch_id = here[:1] if self.place == Place.SISTER.value else False
        missing = unit._missing_items() if unit and not self._is_foreign() else ITEMS
        for item in ITEMS:
            self[f"odm_{item}"] = item not in missing

    @api.model
    def _suggested_service(self, unit):
        """Return the service of the open call, else the lowest coupon that is unused and valid."""
        used = set(unit.visit_ids.mapped("kpb_number"))
        calls = self._service_calls(unit).filtered(
            lambda call: (
                not call.milestone_id.kpb_number or call.milestone_id.kpb_number not in used
            )
        )
        if calls:
            return str(calls.sorted("planned_date")[:1].milestone_id.kpb_number)
        today = unit.branch_id._today()
        ends = unit._coupon_ends()[unit]
        valid = [
            number for number, end in sorted(ends.items()) if number not in used and end >= today
        ]
        return str(valid[0]) if valid else "0"

    @api.model
    def _service_calls(self, unit):
        return unit.followup_ids.filtered(
            lambda call: (
                call.state in OPEN_STATES and call.milestone_id.kind in (Kind.KPB, Kind.REGULAR)
            )
        )

    # what is shown
    @api.depends("entry", "purchase_id", "found")
    @api.depends_context("lang")
    def _compute_glance(self):
        for arrival in self:
            unit = arrival._arrived()
            arrival.unit = unit.unit
            arrival.unit_branch = unit.branch_id.name
            arrival.customer = False if arrival._is_foreign() else unit.partner_id.name
            arrival.coupons = unit.coupons if unit else []
            calls = arrival._service_calls(unit)
            arrival.due = ", ".join(calls.mapped("step")) or (
                unit._step_to_come() if not arrival._is_foreign() else False
            )
            agreed = calls.filtered(lambda call: call.state == State.APPOINTMENT)[:1]
            arrival.appointment = (
                format_datetime(
                    self.env, agreed.appointment_at, tz=agreed.branch_id.tz, dt_format="short"
                )
                if agreed
                else False
            )

    @api.depends("entry", "purchase_id", "found", "service", "place")
    def _compute_answers_call(self):
        for arrival in self:
            number = int(arrival.service or 0)
            arrival.answers_call = arrival.place == Place.OWN.value and any(
                call.milestone_id.kpb_number == number
                for call in arrival._service_calls(arrival._arrived())
            )

    @api.depends("entry", "purchase_id", "found", "service", "odometer", "date")
    @api.depends_context("lang")
    def _compute_warning(self):
        for arrival in self:
            unit = arrival._arrived()
            told = arrival._warnings(unit) if unit and arrival.date else []
            arrival.warning = "\n".join(told)

    def _warnings(self, unit):
        """Return sentences about what does not fit; none of them stops the visit."""
        told = []
        number = int(self.service or 0)
        validity = unit._coupon_validities()[unit].get(number)
        window = unit._coupon_windows()[unit].get(number)
        if number in unit.visit_ids.mapped("kpb_number") and number:
            told.append(self.env._("This coupon has been used already."))
        elif validity and self.date > validity.grace_end:
            told.append(self.env._("This coupon has ended, grace included."))
        elif window and self.odometer > window.max_km:
            told.append(
                self.env._(
                    "This coupon is valid up to %s km.", f"{window.max_km:,}".replace(",", ".")
                )
            )
        visits = unit.visit_ids.filtered(lambda visit: visit.odometer and not visit.odometer_doubt)
        readings = [(visit.date, visit.odometer) for visit in visits]
        if odometer.doubt(unit.purchase_date, readings, self.date, self.odometer):
            last = visits.sorted("date")[-1:].odometer or 0
            told.append(
                self.env._(
                    "Look at the odometer again: it does not fit the reading before (%s km).", last
                )
            )
        return told

    # recording
    def action_register(self):
        """Open a new unit with the number that was not found in the field it belongs to."""
        number = self._as_number(self.entry)
        known = {}
        if plate := self._as_plate(number):
            known["default_license_plate"] = plate
        elif len(number) == CHASSIS_LENGTH:
            known["default_chassis_number"] = number
        elif len(number) >= ENGINE_LENGTH and re.match(r"^(?=.*\d)(?=.*[A-Z])[A-Z0-9]+$", number):
            known["default_engine_number"] = number
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Unit"),
            "res_model": "kpb.purchase",
            "views": [(False, "form")],
            "context": known,
        }

    def action_save_next(self):
        """Record the visit and make room for the next customer."""
        visit = self._record()
        # sudo: the front desk of a sister branch is told what it has just recorded
        told = visit.sudo()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Recorded: %(service)s, %(unit)s",
                    service=told.display_name,
                    unit=told.purchase_id.unit,
                ),
                "next": self.env["ir.actions.act_window"]._for_xml_id(
                    "daya_kpb_followup.kpb_arrival_action"
                ),
            },
        }

    def _record(self):
        """Write the visit; return it.

        :raises UserError: saying what is missing
        """
        self.ensure_one()
        unit = self._arrived()
        foreign = self._is_foreign()
        if not unit:
            raise UserError(
                self.env._("Unit: enter its plate, engine or chassis number, and choose it.")
            )
        self._refuse_incomplete(foreign)
        visits = self.env["kpb.visit"]
        if foreign:
            visits = visits.sudo()  # sudo: a unit of another branch, found by its exact number
        return visits.with_context(kpb_odm_items=self._confirmed_items(foreign)).create(
            {
                "purchase_id": unit.id,
                "date": self.date,
                "place": Place.SISTER.value if foreign else self.place,
                "branch_id": self._branch_of_visit(foreign).id,
                "dealer_name": self.dealer_name,
                "kpb_number": int(self.service),
                "odometer": self.odometer,
                "note": self.note,
                "relation": self.relation,
                "brought_by": self.brought_by,
                "brought_by_phone": self.brought_by_phone,
                "odm_validated": self.odm_validated,
                "odm_reference": self.odm_reference if self.odm_validated else False,
                "odm_skipped": False if self.odm_validated else self.odm_skipped,
            }
        )

    def _refuse_incomplete(self, foreign):
        if not self.service:
            raise UserError(self.env._("Service: choose the coupon, or a regular service."))
        if not self.date:
            raise UserError(self.env._("Date: enter the day of the visit."))
        came_here = foreign or self.place != Place.ELSEWHERE.value
        if came_here and not self.odometer and not (self.note or "").strip():
            raise UserError(
                self.env._(
                    "Odometer: enter the kilometres, or write in the note why they cannot be read."
                )
            )
        if foreign and not self.env.user.kpb_member_ids:
            raise UserError(
                self.env._("You are no member of a branch, so a sister branch's unit is not yours.")
            )
        if self.answers_call and not self.odm_validated and not (self.odm_skipped or "").strip():
            raise UserError(
                self.env._(
                    "The customer came for his appointment or call: validate his data in ODM and"
                    " enter the number, or write why that was not possible."
                )
            )

    def _branch_of_visit(self, foreign):
        if foreign:
            return self.env.user.kpb_member_ids.branch_id[:1]
        return self.branch_id if self.place == Place.SISTER.value else self.env["kpb.branch"]

    def _confirmed_items(self, foreign):
        """Return the items that were confirmed; None for all, where they are not shown."""
        return None if foreign else [item for item in ITEMS if self[f"odm_{item}"]]
