from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from ..rules import assignment
from ..rules.assignment import spread
from ..rules.outcomes import State
from .kpb_quiet import QUIET


class KpbAssignment(models.AbstractModel):
    """Finds who makes a call, by ``rules.assignment`` over the branches' members (S1).

    One finder serves one chunk of work: it reads members and loads once and keeps count of what
    it hands out, so that a chunk spreads evenly.
    """

    _name = "kpb.assignment"
    _description = "Assignment of Calls"

    @api.model
    def _finder(self, load=None, members=None):
        """Return a function (branch, role, salesperson, previous) → (user, reason for nobody).

        :param dict load: what ``_open_load`` gave before; what is handed out is added
        :param dict members: what ``_members`` gave before
        """
        members = self._members() if members is None else members
        load = self._open_load() if load is None else load
        lineages = {}

        def find(branch, role, salesperson, previous=None):
            if branch.id not in lineages:
                lineages[branch.id] = branch._lineage().ids
            assignee = assignment.assign(
                role.code,
                lineages[branch.id],
                lambda code, branch_id: members[branch_id, code],
                load,
                salesperson.id if salesperson.active else None,
                previous and previous.id,
            )
            if assignee is None:
                return self.env["res.users"], self._nobody(branch, role)
            load[assignee.user] += 1
            return self.env["res.users"].browse(assignee.user), False

        return find

    @api.model
    def _members(self):
        """Return (branch id, role code) → ids of users who can be given work today."""
        members = defaultdict(set)
        lines = self.env["kpb.branch.member"].search([("user_id.active", "=", True)])
        for line in lines.filtered(lambda line: not line.leave_from or line._is_available()):
            members[line.branch_id.id, line.role_id.code].add(line.user_id.id)
        return members

    @api.model
    def _open_load(self):
        """Return user id → number of open follow-ups."""
        followup = self.env["kpb.followup"]
        groups = followup._read_group(followup._open_domain(), ["user_id"], ["__count"])
        return defaultdict(int, {user.id: count for user, count in groups if user})

    @api.model
    def _day_planner(self, today, leaving=None):
        """Return a function (user, branch, deadline, last useful day) → day within the cap.

        Calls that are late count for today, because that is when they are made.

        :param dict today: branch → its local day
        :param leaving: follow-ups about to be planned, which take no place until they are
        """
        followup = self.env["kpb.followup"]
        capped = any(branch.daily_cap for branch in today)
        counted = followup._open_domain() & Domain("id", "not in", (leaving or followup).ids)
        groups = (
            followup._read_group(counted, ["user_id", "deadline:day"], ["__count"])
            if capped
            else []
        )
        find_working_day = self.env["kpb.branch"]._working_day_finder()
        latest = max(today.values(), default=None)
        taken = defaultdict(lambda: defaultdict(int))
        for user, day, count in groups:
            taken[user.id][max(day, latest)] += count

        def plan(user, branch, deadline, last):
            if not branch.daily_cap or not user:
                return deadline
            calls = taken[user.id]
            first = max(deadline, today[branch])
            day = spread(
                first,
                last,
                calls,
                branch.daily_cap,
                lambda day: find_working_day(branch, day + timedelta(days=1)),
            )
            calls[day] += 1
            return deadline if day == first else day

        return plan

    @api.model
    def _nobody(self, branch, role):
        return self.env._(
            "Nobody fills %(role)s, PIC CRM or Kacab in %(branches)s. Add a member to the branch.",
            role=role.name,
            branches=" → ".join(branch._lineage().mapped("name")),
        )

    @api.model
    def _hand_over(self, followups):
        """Find a new owner for open follow-ups, move their activities along and keep a log."""
        find = self._finder()
        callers = followups.purchase_id._last_callers()
        before = {followup: followup.user_id for followup in followups}
        for followup in followups:
            user, reason = find(
                followup.branch_id,
                followup.role_id,
                followup.purchase_id.salesperson_id,
                callers.get((followup.purchase_id, followup.role_id)),
            )
            followup.write({"user_id": user.id, "no_owner_reason": reason})
        self._level(followups)
        self._move_along(followups, before)

    @api.model
    def _level(self, followups):
        """Move calls off days that are full for their new owners, while they are still useful.

        What must be made first keeps its day first. An appointment keeps its day in any case.

        :param followups: open follow-ups that have just changed hands or days
        :return: those that moved
        """
        movable = followups.filtered(
            lambda call: call.user_id and call.branch_id.daily_cap and call.state == State.TODO
        )
        if not movable:
            return movable
        last = movable._useful_until()
        plan = self._day_planner(
            {branch: branch._today() for branch in movable.branch_id}, leaving=movable
        )
        moved = movable.browse()
        for call in movable.sorted(lambda call: (last[call], call.deadline, call.id)):
            day = plan(call.user_id, call.branch_id, call.deadline, last[call])
            if day != call.deadline:
                call.write({"deadline": day, "levelled_from": call.deadline})
                moved |= call
        return moved

    @api.model
    def _move_along(self, followups, before, why=""):
        """Bring activities and calendar in line with new owners, and log who had the calls before.

        :param dict before: follow-up → its owner until now
        :param str why: in words
        """
        followups._own_activities().with_context(**QUIET).unlink()
        followups._project_activities()
        followups.filtered("event_id")._project_event()
        self._log_hand_over(followups, before, why)

    @api.model
    def _log_hand_over(self, followups, before, why=""):
        nobody = self.env._("nobody")
        bodies = {
            followup.id: self.env._(
                "Handed over: %(before)s → %(after)s. %(why)s",
                before=before[followup].name or nobody,
                after=followup.user_id.name or nobody,
                why=why or self._why_handed_over(followup, before[followup]),
            )
            for followup in followups
            if followup.user_id != before[followup]
        }
        followups.filtered(lambda followup: followup.id in bodies)._message_log_batch(bodies)

    @api.model
    def _why_handed_over(self, followup, before):
        """Return in words why a call left its owner."""
        if not before:
            return ""
        if not before.active:
            return self.env._("The person's account is closed.")
        if not followup.branch_id.active:
            return self.env._("The branch is closed.")
        if before in followup.branch_id.access_user_ids:
            return self.env._("The person is on leave.")
        return self.env._("The person does not work for the branch any more.")
