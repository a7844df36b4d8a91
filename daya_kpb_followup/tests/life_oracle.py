"""What must become of a customer, by plain reasoning.

Nothing here uses the addon's rules. :class:`Life` is told day by day what people do and what the
customer does, and says from the domain's words alone how he stands at the end of each day.
"""

from datetime import date, timedelta

from .life_story import Story

INSIDE = ("own", "sister")
#: Days after the offer's day during which it is still made.
OFFER_USEFUL = 60


def working_day(day: date) -> date:
    """Return the first day from Monday to Friday on or after a day."""
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


class Life:
    """A customer's standing, lived through day by day.

    The order of a day: in the morning the scheduled jobs, if they run, then calls, then visits, at
    last what people decide.
    """

    def __init__(self, story: Story, never_came_is_lost: bool):
        self.story = story
        self.never_came_is_lost = never_came_is_lost
        self.status = "active"
        self.came_inside = date.min
        self.went_outside = date.min
        self.taken_back = date.min
        self.offer_due = None
        self.answer = None
        self.refuses_contact = False
        self.visits = 0
        self.was_always_called = True

    @property
    def is_called(self):
        """Return whether calls are made."""
        return self.status in ("active", "at_risk")

    @property
    def is_tempted(self):
        """Return whether he was serviced outside, and not inside or taken back since."""
        return self.went_outside > max(self.came_inside, self.taken_back)

    def morning(self, day):
        """The jobs: LOST when the period is over, the offer when its day has come."""
        if not self.is_called:
            return
        over = day > self.story.last_coupon
        never_came = max(self.came_inside, self.taken_back) == date.min
        if over and (self.is_tempted or (self.never_came_is_lost and never_came)):
            self.lose()
            return
        offered = self.story.offered
        if (
            offered <= day <= offered + timedelta(days=OFFER_USEFUL)
            and not self.offer_due
            and not self.answer
            and not self.refuses_contact
        ):
            # made late, it begins on the day it is made
            last = offered + timedelta(days=OFFER_USEFUL)
            self.offer_due = min(working_day(max(day, offered)), last)

    def offer(self, day):
        """The offer is on the caller's list: the customer answers it, if he can be reached."""
        if self.is_called and self.offer_due and day >= self.offer_due and not self.answer:
            if self.story.offer == "none":
                return
            self.answer = self.story.offer
            self.status = {"yes": "prospect", "no": "stopped"}[self.answer]

    def says_sold(self):
        """He tells a caller that he has the unit no more."""
        self.stop("stopped")

    def says_do_not_contact(self):
        """He wants no more calls."""
        self.refuses_contact, self.offer_due = True, None

    def visit(self, day, place):
        """The unit is serviced."""
        self.visits += 1
        if place in INSIDE:
            self.came_inside = day
            if self.status in ("at_risk", "lost"):
                self.status = "active"
        else:
            self.went_outside = day
            if self.is_called and self.is_tempted:
                self.status = "at_risk"
                if day > self.story.last_coupon:
                    self.lose()

    def give_up(self):
        """Somebody sets LOST, unless he was given up already."""
        if self.status not in ("lost", "stopped"):
            self.lose()

    def reopen(self, day):
        """Somebody takes back a customer who was given up; a turned-down offer is made again."""
        if self.status in ("lost", "stopped"):
            self.status, self.taken_back = "active", day
            if self.answer == "no" and not self.refuses_contact:
                self.answer, self.offer_due = None, working_day(day)

    def hand_over(self, day):
        """The unit gets a new owner, against whom nothing speaks."""
        self.status, self.taken_back, self.refuses_contact = "active", day, False

    def lose(self):
        """Make the customer LOST."""
        self.stop("lost")

    def stop(self, status):
        """End the calls; the offer is cancelled with them, turned down it is not."""
        self.status, self.offer_due, self.was_always_called = status, None, False

    def last_stage(self):
        """Return the stage in which he ends when no call is left."""
        return "renewal" if self.is_called else self.status
