from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product

from odoo import api, models
from odoo.tools import SQL

from ..models.kpb_branch import HORIZON
from ..rules.assignment import stations
from ..rules.schedule import Milestone, working_day_on_or_after

WEEKS = 13
#: Steps behind a call that generation has not made yet are told while it is so late at most.
CATCH_UP = timedelta(days=7)


@dataclass(frozen=True)
class Line:
    """One line of a schedule as the forecast reads it.

    :param rule: its days, as the rules know them
    :param milestone_id: the row it stands for; None for a line that exists in a "what if" only
    :param role_id: who is to call
    :param last_touch_days: days before the coupon's nominal end for a last reminder, or 0
    """

    rule: Milestone
    milestone_id: int | None
    role_id: int
    last_touch_days: int = 0


@dataclass(frozen=True)
class Plan:
    """By what the units of a schedule are called.

    :param scenario: "present" or "what_if"
    :param schedule_id: schedule of the units
    :param lines: its lines, or those that are tried out
    :param call_before_end: see ``kpb.schedule``
    :param regular_from_visit: see ``kpb.schedule``
    """

    scenario: str
    schedule_id: int
    lines: tuple[Line, ...]
    call_before_end: bool = False
    regular_from_visit: bool = False


@dataclass(frozen=True)
class Sought:
    """A step of a schedule that is looked for among the units.

    :param number: tells it from the unit's other steps
    :param planned: SQL of its day
    :param days: (first, last) days after purchase on which it may lie; None where the schedule's
        own day is meant; False where the unit's services decide
    """

    plan: Plan
    line: Line
    occurrence: int
    number: int
    planned: SQL
    days: tuple[int, int] | bool | None


@dataclass(frozen=True)
class Place:
    """A branch as the forecast reads it.

    :param today: its local day
    :param until: the Sunday with which the last week that is looked at ends, for all branches
    :param working: for today and each day ahead, the first working day on or after it
    """

    branch_id: int
    today: date
    until: date
    working: tuple[date, ...]


class Tables:
    """What is looked up for hundreds of thousands of rows: constant arrays, not joins.

    PostgreSQL cannot know how many rows of a forecast there are, and would loop over a joined
    table for each; an element of an array costs nothing.

    :param places: a :class:`Place` per branch
    :param callers: (branch, role) → its own salespeople, and who shares the calls of the role
    :param role_ids: of the schedules
    :param milestones: milestone → its kind, role and number of KPB
    """

    def __init__(self, places, callers, role_ids, milestones):
        numbers = range(1, max(milestones, default=0) + 1)
        known = [milestones.get(number, (None, None, None)) for number in numbers]
        self.kinds, self.roles, self.kpb_numbers = ([row[i] for row in known] for i in range(3))
        self.branch_ids = [place.branch_id for place in places]
        self.role_ids = list(role_ids)
        self.place_of = _places_of(self.branch_ids)
        self.number_of = _places_of(self.role_ids)
        self.todays = [place.today for place in places]
        self.working = [day for place in places for day in place.working]
        self.days = len(places[0].working)
        self.sales, self.people, self.first, self.number = [], [], [], []
        places_and_roles = product(self.branch_ids, self.role_ids)
        for row, (branch_id, role_id) in enumerate(places_and_roles, 1):
            sales, people = callers[branch_id, role_id]
            self.sales += [(row << 32) + user_id for user_id in sales]
            self.first.append(len(self.people))
            self.number.append(len(people))
            self.people += people

    def today(self, branch):
        """Return SQL of the local day of a branch."""
        return SQL("(%s::date[])[%s]", self.todays, self._place(branch))

    def working_day(self, branch, day):
        """Return SQL of the first working day of a branch on or after a day ahead, or today."""
        return SQL(
            "(%s::date[])[(%s - 1) * %s + GREATEST(%s - %s, 0) + 1]",
            self.working,
            self._place(branch),
            self.days,
            day,
            self.today(branch),
        )

    def kind(self, milestone):
        """Return SQL of the kind of a milestone.

        Not even a join that PostgreSQL leaves out later would let it read an index alone.
        """
        return SQL("(%s::text[])[%s]", self.kinds, milestone)

    def role(self, milestone):
        """Return SQL of the id of the role that a milestone is called by."""
        return SQL("(%s::int[])[%s]", self.roles, milestone)

    def kpb_number(self, milestone):
        """Return SQL of the coupon a milestone is about, 0 for none."""
        return SQL("(%s::int[])[%s]", self.kpb_numbers, milestone)

    def caller(self, branch, role, salesperson, unit):
        """Return SQL of who makes a call: the salesperson, or one of those who share the role."""
        row = SQL(
            "((%s - 1) * %s + (%s::int[])[%s])",
            self._place(branch),
            len(self.role_ids),
            self.number_of,
            role,
        )
        return SQL(
            """
            (CASE WHEN (%(row)s::bigint << 32) + %(salesperson)s = ANY(%(sales)s::bigint[])
                  THEN %(salesperson)s
                  ELSE (%(people)s::int[])[(%(first)s::int[])[%(row)s] + 1
                       + (hashint4(%(unit)s) & 65535) %% NULLIF((%(number)s::int[])[%(row)s], 0)]
             END)
            """,
            salesperson=salesperson,
            sales=self.sales,
            people=self.people,
            first=self.first,
            number=self.number,
            row=row,
            unit=unit,
        )

    def _place(self, branch):
        return SQL("(%s::int[])[%s]", self.place_of, branch)


def _places_of(ids):
    """Return a list that tells by an id, less one, its place among the ids; counted from one.

    Without gaps, so that PostgreSQL reads an element in one step.
    """
    places = [0] * max(ids, default=0)
    for place, number in enumerate(ids, 1):
        places[number - 1] = place
    return places


class KpbForecastScenario(models.AbstractModel):
    """What the forecast has to know beside the units: branches, people, schedules, capacity."""

    _name = "kpb.forecast.scenario"
    _description = "What a Forecast Is Made Of"

    @api.model
    def _branches(self):
        """Return the branches whose rows the reader may see, in superuser mode."""
        branches = self.env["kpb.branch"]
        everything = self.env.su or self.env.user.has_group("daya_kpb_followup.kpb_group_admin")
        mine = [] if everything else [("access_user_ids", "in", self.env.uid)]
        # sudo: people and calendars of a branch are not for everybody to read, its figures are
        return branches.sudo().with_context(active_test=False).search(mine)

    @api.model
    def _places(self, branches):
        """Return a :class:`Place` for each branch."""
        found = []
        todays = {branch: branch._today() for branch in branches}
        earliest = min(todays.values())
        latest = max(todays.values())  # where it is Monday already, a week more lies ahead
        end = latest + timedelta(weeks=self._weeks() + 1, days=-latest.weekday() - 1)
        for branch, today in todays.items():
            weekdays, holidays = branch._working_days(today, end + HORIZON)
            days = [today + timedelta(days=ahead) for ahead in range((end - earliest).days + 1)]
            working = tuple(working_day_on_or_after(day, weekdays, holidays) for day in days)
            found.append(Place(branch.id, today, end, working))
        return found

    @api.model
    def _weeks(self):
        """Return how many weeks after this one to look at: fewer where the reader shows fewer."""
        asked = self.env.context.get("kpb_forecast_weeks")
        return asked if type(asked) is int and 0 <= asked < WEEKS else WEEKS

    @api.model
    def _plans(self, what_if=None):
        """Return by what the units are called now and, where asked for, by what they might be.

        :param what_if: ``kpb.what.if`` record, or None
        """
        # sudo: units follow schedules that were archived since
        schedules = self.env["kpb.schedule"].sudo().with_context(active_test=False).search([])
        present = [
            Plan(
                "present",
                schedule.id,
                tuple(
                    Line(line._as_rule(), line.id, line.role_id.id, line.last_touch_days)
                    for line in schedule.milestone_ids
                ),
                schedule.call_before_end,
                schedule.regular_from_visit,
            )
            for schedule in schedules
        ]
        if not what_if:
            return present
        tried = [
            what_if._as_plan(plan)
            if plan.schedule_id == what_if.schedule_id.id
            else replace(plan, scenario="what_if")
            for plan in present
        ]
        return present + tried

    @api.model
    def _milestones(self):
        """Return milestone id → kind, role id and KPB number, also of lines no schedule has."""
        # sudo: units that changed their schedule keep the calls of the former one
        lines = self.env["kpb.milestone"].sudo().with_context(active_test=False).search([])
        return {line.id: (line.kind, line.role_id.id, line.kpb_number) for line in lines}

    @api.model
    def _callers(self, branches, role_ids):
        """Return (branch, role) → its own salespeople, and who shares the calls of the role."""
        members = defaultdict(list)
        for line in self._lines():
            members[line.branch_id.id, line.role_id.code].append(line.user_id.id)
        found = {}
        for branch in branches:
            lineage = branch._lineage().ids or branch.ids
            for role in self.env["kpb.role"].browse(role_ids):
                at = [members[place, code] for code, place in stations(role.code, lineage)]
                sales = members[branch.id, role.code] if role.code == "salesforce" else []
                sharing = sorted(next(filter(None, at), []))
                found[branch.id, role.id] = (sorted(sales), sharing)
        return found

    @api.model
    def _lines(self):
        # sudo: members of branches above, whom a forecast names as stand-ins
        return self.env["kpb.branch.member"].sudo().search([("user_id.active", "=", True)])

    @api.model
    def _capacities(self, branches, places, role_ids):
        """Return rows (branch, role, person, day, calls): what people can do, week by week.

        The branch's calls per person and day, times the person's working days of the week: none
        in a week of leave, which is not the same as having no limit. Who fills several calling
        roles has one capacity, shared equally among them.
        """
        lines = self._lines().filtered(lambda line: line.role_id.id in role_ids)
        shares = lines.grouped("user_id")
        of_branch = lines.grouped("branch_id")
        rows = []
        for branch, place in zip(branches, places, strict=True):
            days = [place.today + timedelta(days=ahead) for ahead in range(len(place.working))]
            open_days = [
                day for day, first in zip(days, place.working, strict=True) if day == first
            ]
            weeks = defaultdict(list)
            for day in open_days:
                weeks[day - timedelta(days=day.weekday())].append(day)
            for line in of_branch.get(branch, ()) if branch.daily_cap else ():
                share = branch.daily_cap / len(shares[line.user_id])
                rows += [
                    (
                        branch.id,
                        line.role_id.id,
                        line.user_id.id,
                        week[0],
                        share * sum(not _away(line, day) for day in week),
                    )
                    for week in weeks.values()
                ]
        return rows


def _away(line, day):
    """Return whether a member is on leave on a day."""
    return bool(
        line.leave_from and line.leave_from <= day and (not line.leave_to or day <= line.leave_to)
    )
