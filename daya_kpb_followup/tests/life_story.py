"""Customers' five years, invented at random: what they do, say and leave undone.

A story holds dates and habits only. What must become of the customer is for
:mod:`life_oracle` to say; how the addon is told is for the simulation.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from dateutil.relativedelta import relativedelta

YEARS = 5
#: Engine → days after purchase on which its coupons 1 to 4 end, grace included.
ENGINES = {
    "JFB1": (75, 135, 255, 375),
    "JB01": (75, 135, 195, 315),
    "JFP1": (75, 135, 225, 375),
    "JFL1": (75, 135, 195, 315),
    "MC41": (75, 195, 375, 555),
    "KC71": (75, 135, 255, 375),
}
#: Call → days after purchase on which the procedure makes it (S2, P5).
SERVICES = {"stnk": 15, "kpb1": 30, "kpb2": 90, "kpb3": 210, "kpb4": 330}
#: Procedure → how many in a hundred units are sold under it.
SCHEDULES = {"sop": 50, "pcd": 20, "options": 30}
#: How a customer takes a call about a service → how many in a hundred do.
MANNERS = {
    "ignored": 18,  # nobody calls him
    "no_answer": 12,
    "unreachable": 8,
    "wrong_number": 5,
    "refused": 9,
    "call_back": 8,  # three times, then he is not called any more
    "no_show": 10,
    "comes": 15,
    "served_own": 4,
    "served_sister": 4,
    "served_elsewhere": 4,
    "do_not_contact": 3,
}
PLACES = ("own", "sister", "elsewhere")
#: Customer → shares of own branch, sister branch, elsewhere, in percent.
LOYALTIES = {
    "faithful": (85, 10, 5),
    "sister": (15, 75, 10),
    "fickle": (35, 20, 45),
    "elsewhere": (0, 0, 100),
}


@dataclass
class Story:
    """One customer: what he does, and what people decide about him.

    :param schedule: the procedure that his unit follows, of :data:`SCHEDULES`
    :param visits: (day, place) on which he comes unasked
    :param loyalty: where he comes when he is asked to
    :param manner: how he takes calls about services, of :data:`MANNERS`
    :param offer: his answer to the offer: yes, no, or none (never reached)
    :param has_data: whether his five data items are on file; else he is asked with the offer
    :param says_not_ready: whether somebody calls him about a certificate that is not there yet
    :param given_up_on: day on which a person sets LOST
    :param reopened_on: day on which a person takes him back, if he is LOST or stopped then
    :param sold_from: day from which he answers every call that he has sold the unit
    :param handed_over_on: day on which the branch learns who has the unit now
    """

    number: int
    bought: date
    engine: str
    schedule: str
    loyalty: str
    manner: str
    offer: str
    stnk_ready: date
    visits: list = field(default_factory=list)
    has_data: bool = True
    says_not_ready: bool = False
    given_up_on: date = None
    reopened_on: date = None
    sold_from: date = None
    handed_over_on: date = None

    @property
    def engine_number(self):
        """Return the number that stands on the engine."""
        return f"{self.engine}S{self.number:07d}"

    @property
    def last_coupon(self):
        """Return the last day of the last coupon."""
        return self.bought + timedelta(days=ENGINES[self.engine][3])

    @property
    def offered(self):
        """Return the day of the offer."""
        return self.bought + relativedelta(months=36)

    def coupons_valid_on(self, day):
        """Return the numbers of the coupons that are valid on a day."""
        ends = ENGINES[self.engine]
        return [n for n in (1, 2, 3, 4) if self.bought + timedelta(days=ends[n - 1]) >= day]

    def steps(self):
        """Return (day, stage) of the fourteen calls by the procedure, first to last."""
        begin = self.bought + timedelta(days=330)
        plain = [(self.bought + timedelta(days=days), code) for code, days in SERVICES.items()]
        regular = [(begin + relativedelta(months=3 * n), "regular") for n in range(1, 9)]
        return [*plain, *regular, (self.offered, "renewal")]

    def next_step(self, day):
        """Return the stage of the first call later than a day, the last one's when none is left."""
        return next((code for planned, code in self.steps() if planned > day), "renewal")

    def place_of(self, visit):
        """Return where he comes for the so-and-so-manieth time when he is asked to."""
        shares = LOYALTIES[self.loyalty]
        roll = Random(f"{self.number} {visit}").randrange(100)
        return next(place for place, upto in zip(PLACES, _sums(shares), strict=True) if roll < upto)


def _sums(shares):
    return [sum(shares[: number + 1]) for number in range(len(shares))]


def _one_of(random: Random, shares: dict):
    return random.choices(list(shares), list(shares.values()))[0]


def invent(number: int, random: Random, bought: date) -> Story:
    """Return a story; the same random source tells the same story."""

    def later(first, last):
        return bought + timedelta(days=random.randrange(first, last, 5))

    story = Story(
        number,
        bought,
        engine=random.choice(list(ENGINES)),
        schedule=_one_of(random, SCHEDULES),
        loyalty=random.choice(list(LOYALTIES)),
        manner=_one_of(random, MANNERS),
        offer=random.choice(["yes", "no", "none"]),
        stnk_ready=bought + timedelta(days=random.randrange(8, 25)),
    )
    if random.random() < 0.7:
        days = random.sample(range(20, 365 * YEARS - 40, 5), random.randint(1, 12))
        story.visits = [
            (bought + timedelta(days=day), story.place_of(-day)) for day in sorted(days)
        ]
    story.has_data = random.random() < 0.7
    if random.random() < 0.15:
        story.stnk_ready = later(25, 120)
        story.says_not_ready = True
    if random.random() < 0.15:
        story.given_up_on = later(20, 1200)
    if random.random() < 0.3:
        story.reopened_on = later(400, 1500)
    if random.random() < 0.12:
        story.sold_from = later(15, 1000)
    if random.random() < 0.10:
        story.handed_over_on = later(60, 1500)
    return story
