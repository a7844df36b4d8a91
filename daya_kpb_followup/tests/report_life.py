"""Half a year at two branches, lived at random: what the reports are counted against.

The life is led through the addon's own doors (calls, visits, decisions) and keeps a diary of its
own: :attr:`ReportLife.said` and :attr:`ReportLife.turned` are what was done, not what was stored.
"""

from datetime import date, timedelta
from random import Random

from odoo.exceptions import UserError

from ..rules.outcomes import OPEN_STATES
from .call_case import utc

FIRST_DAY, LAST_DAY = date(2026, 3, 2), date(2026, 8, 12)
UNITS = 44
CITIES = ("Bandung", "Cimahi", "Garut")
DEALERS = ("Bengkel Maju", "Jaya Motor")
#: What customers say about a service, about the STNK, about the offer.
ANSWERS = {
    "kpb": (
        "no_answer",
        "no_answer",
        "will_come",
        "will_come",
        "call_back",
        "refused",
        "unreachable",
    ),
    "stnk": ("picked_up", "no_answer", "will_come", "stnk_not_ready"),
    "renewal": ("not_interested", "interested", "no_answer", "call_back"),
}
CHANNELS = ("phone", "phone", "whatsapp", "in_person")


class ReportLife:
    """Leads the life of a case's units; the same random source leads the same life."""

    def __init__(self, case, seed=20230707):
        self.case, self.env, self.random = case, case.env, Random(seed)
        self.units = case.env["kpb.purchase"]
        self.said = []
        self.turned = []
        self.standing = {}
        self.day = FIRST_DAY

    def sell(self, products, schedules):
        """Sell units over the three years before, some of them twice to one customer."""
        case, partners = self.case, []
        for number in range(UNITS):
            branch = (case.branch, case.sister)[number % 2]
            bought = LAST_DAY - timedelta(days=self.random.randrange(10, 1290))
            vals = {
                "product_id": products[number % len(products)].id,
                "schedule_id": schedules[number % len(schedules)].id,
                "engine_number": f"{('JFB1', 'JB01', 'MC41')[number % 3]}R{number:07d}",
            }
            if number % 11 == 5:
                vals["partner_id"] = self.random.choice(partners)
            unit = case.make_purchase(min(bought, FIRST_DAY), branch, **vals)
            unit.partner_id.city = CITIES[number % len(CITIES)]
            if number % 4 == 0:
                unit.partner_id.write(FIVE)
            partners.append(unit.partner_id.id)
            self.units += unit
        self.standing = {unit: unit.status for unit in self.units}

    def live(self, day):
        """Live through a day: the jobs, the callers, the desk, the people who decide."""
        self.day = day
        self.env["kpb.lifecycle"]._return_no_shows()
        self.env["kpb.lifecycle"]._judge_customers()
        self.env["kpb.followup"]._give_up_too_late()
        self.env["kpb.generator"]._generate()
        self.look()
        due = self.env["kpb.followup"].search(
            [
                ("state", "in", list(OPEN_STATES)),
                ("deadline", "<=", day),
                ("purchase_id", "in", self.units.ids),
            ]
        )
        for call in due:
            if self.random.random() < 0.7 and call.state in OPEN_STATES:
                self.call(call, day)
                self.look()
        for unit in self.random.sample(list(self.units), 6):
            self.act(unit, day)
            self.look()
        self.env.flush_all()

    def call(self, call, day):
        """Make a call; now and then the caller slips and takes the result back."""
        kind = call.milestone_id.kind
        outcome = self.random.choice(ANSWERS.get(kind, ANSWERS["kpb"]))
        channel = self.random.choice(CHANNELS)
        details = {}
        if outcome == "will_come":
            ahead = self.random.randrange(1, 9)
            details["appointment_at"] = utc(day + timedelta(days=ahead), 9)
            details["weekend_reason"] = "Bekerja di luar kota"
        elif outcome == "call_back":
            details["call_back_on"] = day + timedelta(days=self.random.randrange(2, 12))
        try:
            with self.env.cr.savepoint():
                attempt = call.log_attempt(outcome, channel=channel, **details)
        except UserError:
            return
        entry = {
            "call": call.id,
            "day": day,
            "outcome": outcome,
            "channel": channel,
            "weekend": bool(details.get("appointment_at"))
            and (day + timedelta(days=ahead)).weekday() >= 5,
        }
        if attempt.way_back and self.random.random() < 0.15:
            call.action_undo_last_attempt()
            return
        self.said.append(entry)

    def act(self, unit, day):
        """Let something happen to a unit: a visit, a validation, a decision."""
        die = self.random.random()
        used = set(unit.visit_ids.mapped("kpb_number"))
        if die < 0.6:
            place = self.random.choice(("own", "own", "sister", "elsewhere"))
            number = self.random.choice([n for n in (1, 2, 3, 4) if n not in used] or [0])
            if self.random.random() < 0.4:
                number = 0
            other = self.case.sister if unit.branch_id == self.case.branch else self.case.branch
            self.env["kpb.visit"].create(
                {
                    "purchase_id": unit.id,
                    "date": day,
                    "place": place,
                    "branch_id": other.id if place == "sister" else False,
                    "dealer_name": self.random.choice(DEALERS),
                    "kpb_number": number,
                }
            )
        elif die < 0.8:
            channel = self.random.choice(("phone", "odm"))
            unit.validate_customer(channel, {"name": True})
        elif die < 0.9 and unit.status not in ("lost", "stopped"):
            unit.action_set_lost(self.case.unhappy.id)
        elif unit.status in ("lost", "stopped"):
            unit.action_reopen()

    def look(self):
        """Note in the diary whose standing has turned."""
        for unit in self.units:
            before, now = self.standing[unit], unit.status
            if before != now:
                self.turned.append((unit, before, now, self.day))
                self.standing[unit] = now


FIVE = {
    "street": "Jl. Merdeka 1",
    "nik": "3273014105900001",
    "phone": "+6281277665544",
    "birth_place": "Bandung",
    "birth_date": date(1990, 5, 1),
}
