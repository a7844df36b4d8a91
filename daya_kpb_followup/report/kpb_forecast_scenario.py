from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta

from odoo import api, models

from ..models.kpb_branch import HORIZON
from ..rules.assignment import stations
from ..rules.schedule import Milestone, working_day_on_or_after

WEEKS = 13
#: Calls that generation has not made yet are looked for so far back.
CATCH_UP = timedelta(days=31)


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
class Place:
    """A branch as the forecast reads it.

    :param today: its local day
    :param moved: (day off, first working day after it) within the weeks ahead
    """

    branch_id: int
    today: date
    moved: tuple[tuple[date, date], ...]


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
        for branch in branches:
            today = branch._today()
            end = today + timedelta(weeks=WEEKS)
            weekdays, holidays = branch._working_days(today, end + HORIZON)
            days = [today + timedelta(days=ahead) for ahead in range((end - today).days + 1)]
            moved = tuple(
                (day, working_day_on_or_after(day, weekdays, holidays))
                for day in days
                if day.weekday() not in weekdays or day in holidays
            )
            found.append(Place(branch.id, today, moved))
        return found

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
    def _callers(self, branches, role_ids):
        """Return rows (branch, role, its own salespeople, who shares the calls of the role)."""
        members = defaultdict(list)
        for line in self._lines():
            members[line.branch_id.id, line.role_id.code].append(line.user_id.id)
        rows = []
        for branch in branches:
            lineage = branch._lineage().ids or branch.ids
            for role in self.env["kpb.role"].browse(role_ids):
                at = [members[place, code] for code, place in stations(role.code, lineage)]
                sales = members[branch.id, role.code] if role.code == "salesforce" else []
                rows.append((branch.id, role.id, sorted(sales), sorted(next(filter(None, at), []))))
        return rows

    @api.model
    def _lines(self):
        # sudo: members of branches above, whom a forecast names as stand-ins
        return self.env["kpb.branch.member"].sudo().search([("user_id.active", "=", True)])

    @api.model
    def _capacities(self, branches, role_ids):
        """Return rows (branch, role, person, day, calls): what people can do, week by week.

        The branch's calls per person and day, times the person's working days of the week. Who
        fills several calling roles has one capacity, shared equally among them.
        """
        lines = self._lines().filtered(lambda line: line.role_id.id in role_ids)
        shares = lines.grouped("user_id")
        rows = []
        for branch in branches.filtered("daily_cap"):
            today = branch._today()
            end = today + timedelta(weeks=WEEKS)
            weekdays, holidays = branch._working_days(today, end)
            for line in lines.filtered(lambda line, branch=branch: line.branch_id == branch):
                worked = defaultdict(list)
                for ahead in range((end - today).days + 1):
                    day = today + timedelta(days=ahead)
                    if day.weekday() in weekdays and day not in holidays and not _away(line, day):
                        worked[day - timedelta(days=day.weekday())].append(day)
                share = branch.daily_cap / len(shares[line.user_id])
                rows += [
                    (branch.id, line.role_id.id, line.user_id.id, days[0], share * len(days))
                    for days in worked.values()
                ]
        return rows


def _away(line, day):
    """Return whether a member is on leave on a day."""
    return bool(
        line.leave_from and line.leave_from <= day and (not line.leave_to or day <= line.leave_to)
    )
