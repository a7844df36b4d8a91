"""The people who call, and what the customers of the stories answer."""

from collections import Counter
from datetime import timedelta

from odoo.exceptions import UserError

from ..rules.outcomes import OPEN_STATES
from .call_case import utc
from .life_oracle import working_day

CALL_BACKS = 3


class Callers:
    """Works off what is on the lists of a day, and tells the oracle what a customer has said.

    :param case: the simulation
    """

    def __init__(self, case):
        self.case = case
        self.counts = Counter()
        self.sold = set()
        self.call_backs = Counter()
        self.coming = {}

    def work(self, day):
        """Let the callers work off their lists, offers first, and the desk receive who comes."""
        for number, life in enumerate(self.case.lives):
            if number in self.case.unit_ids:
                life.offer(day)
        due = self.case.env["kpb.followup"].search(
            [("state", "in", list(OPEN_STATES)), ("deadline", "<=", day)]
        )
        for call in due.sorted(lambda call: call.milestone_id.kind != "renewal"):
            number = self.case.story_of.get(call.purchase_id.id)
            if number is not None and call.state in OPEN_STATES:
                self.make(call, number, day)
        for when in [when for when in self.coming if when <= day]:
            for number, coupon in self.coming.pop(when):
                story, life = self.case.stories[number], self.case.lives[number]
                self.case.visit(number, day, story.place_of(life.visits), coupon)

    def make(self, call, number, day):
        """Let the customer of a story take a call in his manner."""
        story, life = self.case.stories[number], self.case.lives[number]
        kind = call.milestone_id.kind
        if kind == "renewal":
            self.offer(call, story)
        elif (
            story.sold_from and story.sold_from <= day < story.offered and (number not in self.sold)
        ):
            self.sold.add(number)
            self.log(call, "unit_sold")
            life.says_sold()
        elif kind == "stnk":
            if story.says_not_ready and call.purchase_id.stnk_state == "in_process":
                self.log(call, "stnk_not_ready")
        elif story.manner != "ignored" and day < story.offered:
            getattr(self, f"take_{story.manner}", self.take_plainly)(call, number, day)

    def offer(self, call, story):
        """Offer a new unit; what is missing of the five items is asked for right there."""
        if story.offer == "no":
            self.log(call, "not_interested")
        elif story.offer == "yes":
            missing = call.purchase_id._missing_items()
            if missing:
                with self.case.assertRaises(UserError):
                    call.log_attempt("interested")
                items = self.case.data_items(story.number)
                call.purchase_id.validate_customer("phone", {item: items[item] for item in missing})
                self.counts["asked for data"] += 1
            self.log(call, "interested")

    def take_plainly(self, call, number, day):
        """Answer with the word that the manner is named after; a service told about counts."""
        manner = self.case.stories[number].manner
        told = len(call.purchase_id.visit_ids)
        self.log(call, manner)
        if manner.startswith("served_") and len(call.purchase_id.visit_ids) > told:
            self.case.lives[number].visit(day, manner.removeprefix("served_"))

    def take_do_not_contact(self, call, number, _day):
        """Ask not to be called again."""
        self.log(call, "do_not_contact")
        self.case.lives[number].says_do_not_contact()

    def take_call_back(self, call, _number, day):
        """Ask to be called later, three times; then nobody calls him."""
        if self.call_backs[call.id] < CALL_BACKS:
            self.call_backs[call.id] += 1
            self.log(call, "call_back", call_back_on=day + timedelta(days=20))

    def take_no_show(self, call, _number, day):
        """Agree to come the next working day, and do not."""
        if call.state == "todo" and not call.no_show_count:
            self.agree(call, day)

    def take_comes(self, call, number, day):
        """Agree to come the next working day, and come."""
        if call.state == "todo":
            when = self.agree(call, day)
            coupon = call.milestone_id.kpb_number
            self.coming.setdefault(when, []).append((number, coupon))

    def agree(self, call, day):
        """Agree on nine o'clock of the next working day; return the day."""
        when = working_day(day + timedelta(days=1))
        self.log(call, "will_come", appointment_at=utc(when, 9))
        return when

    def log(self, call, outcome, **details):
        """Log an outcome, and count it."""
        call.log_attempt(outcome, **details)
        self.counts[outcome] += 1
