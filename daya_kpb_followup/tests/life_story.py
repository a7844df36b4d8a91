"""A customer's five years, invented at random, and what must become of him by plain reasoning.

Nothing here uses the addon's rules: the story is a list of dated facts, and :func:`standing_by_day`
walks through it day by day as a person would, with the calendar in hand.
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
INSIDE, OUTSIDE = ("own", "sister"), "elsewhere"
#: Days after the offer's day during which it is still made.
OFFER_USEFUL = 60


@dataclass
class Story:
    """One customer: what he does, and what people decide about him.

    :param visits: (day, place, coupon or 0), at most one a day
    :param manner: how he answers calls about services
    :param offer: his answer to the offer: yes, no, or none (never reached)
    :param given_up_on: day on which a person sets LOST
    :param reopened_on: day on which a person takes him back, if he is LOST or stopped then
    :param sold_on: day on which the caller of the STNK call learns that the unit is sold
    """

    number: int
    bought: date
    engine: str
    visits: list = field(default_factory=list)
    manner: str = "ignored"
    offer: str = "none"
    stnk_ready: date = None
    given_up_on: date = None
    reopened_on: date = None
    sold_on: date = None

    @property
    def last_coupon(self):
        """Return the last day of the last coupon."""
        return self.bought + timedelta(days=ENGINES[self.engine][3])

    @property
    def offered(self):
        """Return the day of the offer."""
        return self.bought + relativedelta(months=36)


def invent(number, random: Random, bought: date) -> Story:
    """Return a story; the same random source tells the same story."""
    story = Story(number, bought, random.choice(list(ENGINES)))
    faithful = random.random()
    used = set()
    for days in sorted(random.sample(range(20, 365 * YEARS - 40, 5), random.randint(0, 14))):
        place = random.choice(INSIDE) if random.random() < faithful else OUTSIDE
        ends = ENGINES[story.engine]
        valid = [number for number in (1, 2, 3, 4) if ends[number - 1] >= days]
        coupon = next((number for number in valid if number not in used), 0)
        used.add(coupon)
        story.visits.append((bought + timedelta(days=days), place, coupon))
    story.manner = random.choice(["ignored", "no_answer", "refused", "will_come", "call_back"])
    story.offer = random.choice(["yes", "no", "none"])
    story.stnk_ready = bought + timedelta(days=random.randrange(10, 45))
    if random.random() < 0.15:
        story.given_up_on = bought + timedelta(days=random.randrange(20, 1200, 5))
    if random.random() < 0.3:
        story.reopened_on = bought + timedelta(days=random.randrange(400, 1500, 5))
    if random.random() < 0.08:
        story.sold_on = bought + timedelta(days=15)
    return story


def working_day(day: date) -> date:
    """Return the first day from Monday to Friday on or after a day."""
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


class Life:
    """A customer's standing, lived through day by day.

    The order of a day: in the morning the scheduled jobs, then calls, then visits, at last what
    people decide.
    """

    def __init__(self, story: Story):
        self.story = story
        self.status = "active"
        self.told = []
        self.taken_back = date.min
        self.offer_due = None
        self.answer = None

    @property
    def is_called(self):
        """Return whether calls are made."""
        return self.status in ("active", "at_risk")

    def live(self, day: date) -> str:
        """Live through a day; return the status at its close."""
        self.morning(day)
        self.calls(day)
        for visit in self.story.visits:
            if visit[0] == day:
                self.visit(*visit)
        self.people(day)
        return self.status

    def morning(self, day):
        """The jobs: LOST when the period is over, the offer when its day has come."""
        inside = [when for when, place, _coupon in self.told if place in INSIDE]
        clean = max([*inside, self.taken_back])
        against = [when for when, place, _coupon in self.told if place == OUTSIDE and when > clean]
        if self.is_called and against and day > self.story.last_coupon:
            self.lose()
        offered = self.story.offered
        still_useful = offered <= day <= offered + timedelta(days=OFFER_USEFUL)
        if self.is_called and still_useful and not self.offer_due and not self.answer:
            self.offer_due = working_day(offered)

    def calls(self, day):
        """The calls on which something is decided: the unit is sold, the offer is answered."""
        if self.is_called and self.story.sold_on and day == working_day(self.story.sold_on):
            self.status = "stopped"
        if self.is_called and self.offer_due and day >= self.offer_due and not self.answer:
            self.answer = self.story.offer
            self.status = {"yes": "prospect", "no": "stopped"}.get(self.answer, self.status)

    def visit(self, day, place, coupon):
        """The unit is serviced."""
        self.told.append((day, place, coupon))
        if place in INSIDE:
            if self.status in ("at_risk", "lost"):
                self.status = "active"
        elif self.is_called and day > self.taken_back:
            if day > self.story.last_coupon:
                self.lose()
            else:
                self.status = "at_risk"

    def people(self, day):
        """Somebody gives the customer up, or takes him back."""
        if day == self.story.given_up_on and self.status not in ("lost", "stopped"):
            self.lose()
        if day == self.story.reopened_on and self.status in ("lost", "stopped"):
            self.status, self.taken_back = "active", day
            if self.answer == "no":
                self.answer, self.offer_due = None, working_day(day)

    def lose(self):
        """Make the customer LOST; his calls are cancelled."""
        self.status, self.offer_due = "lost", None


def standing_by_day(story: Story, end: date):
    """Yield (day, status at its close) from the purchase to the end."""
    life = Life(story)
    day = story.bought
    while day <= end:
        yield day, life.live(day)
        day += timedelta(days=1)


STAGE = {"active": "renewal", "at_risk": "renewal"}


def last_stage(status: str) -> str:
    """Return the stage in which a customer ends after five years."""
    return STAGE.get(status, status)
