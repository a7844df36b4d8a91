from collections import defaultdict
from functools import cache, partial

from odoo import api, fields, models

from ..rules.outcomes import OPEN_STATES, Result, State
from ..rules.schedule import (
    LAST_TOUCH,
    Kind,
    Verdict,
    nearest,
    progress,
    useful_until,
    working_day_on_or_after,
)
from .kpb_branch import HORIZON
from .kpb_next_call import CALLED_STATUSES
from .kpb_quiet import QUIET


class KpbGenerator(models.AbstractModel):
    """Turns every milestone whose day has come into one follow-up (S1, S2, P5, P8, P9).

    For each branch's local day, every purchase whose next call is due gets a follow-up, its
    activity, and a pointer to the call after it, in one transaction. A day missed by an outage is
    caught up; a call that is no longer useful is recorded as failed, or skipped when it was
    planned before the branch went live; a service that has been done already is recorded as done.
    """

    _name = "kpb.generator"
    _description = "Generation of Follow-ups"

    @api.model
    def _cron_generate(self):
        """Scheduled action: generate what is due in every branch."""
        if self.env["kpb.job"]._may_run():
            self._generate()

    @api.model
    def _generate(self):
        """Generate all that is due as of now, in each branch's time zone.

        :return: how many purchases were handled
        """
        job = self.env["kpb.job"]
        job._require_indexes("kpb_followup_once")
        as_of, handled = self.env["kpb.branch"]._todays(), []
        job._each(
            lambda: handled.append(
                job._work_off(*self._due_work(as_of), shared_as="kpb.generator")
            ),
            lambda: job._with_retries(lambda: self._mark_complete(as_of)),
        )
        return sum(handled)

    @api.model
    def _due_work(self, as_of=None):
        """Return what ``kpb.job`` needs: records, what is due, the work on it, its order.

        :param dict as_of: branch → its local day; None: today
        """
        as_of = as_of or self.env["kpb.branch"]._todays()
        purchases = self.env["kpb.purchase"]
        load = cache(self.env["kpb.assignment"]._open_load)
        work = partial(self.with_context(kpb_open_load=load)._generate_chunk, as_of)
        return purchases, purchases._due_domain(as_of), work, "next_followup_date, id"

    @api.model
    def _mark_complete(self, as_of):
        """Note how far each branch is generated; what is parked is listed and holds up nothing."""
        purchases = self.env["kpb.purchase"]
        waiting = purchases._read_group(purchases._due_domain(as_of), ["branch_id"])
        waiting = {branch for (branch,) in waiting}
        for branch, day in as_of.items():
            if branch not in waiting and branch.generated_as_of != day:
                branch.generated_as_of = day
        self.env["ir.cron"]._commit_progress()

    @api.model
    def _generate_chunk(self, as_of, purchases):
        """Generate for purchases that are locked and due.

        :param dict as_of: branch → its local day
        """
        purchases = purchases.with_context(**QUIET)
        called = purchases.filtered(lambda purchase: purchase.status in CALLED_STATUSES)
        following = dict.fromkeys(purchases - called)
        milestones = {
            (line.schedule_id, line.code): line for line in called.schedule_id.milestone_ids
        }
        taken = called._taken_keys()
        coupon_ends = called._coupon_ends()
        answering = self._visit_finder(called)
        plans = called._plans()
        working_days = self._working_days(called, as_of)
        first_days = {
            branch: working_day_on_or_after(as_of[branch], *days)
            for branch, days in working_days.items()
        }
        members = self.env["kpb.assignment"]._members()
        load = self.env.context.get("kpb_open_load")  # counted once per run
        find = self.env["kpb.assignment"]._finder(load and load(), members)
        plan_day = self.env["kpb.assignment"]._day_planner(
            {branch: as_of[branch] for branch in called.branch_id}
        )
        callers = called._last_callers()
        self._read_together(members, called.salesperson_id)

        vals_list = []
        for purchase in called:
            branch = purchase.branch_id
            plan = progress(
                purchase._pending(plans[purchase], taken[purchase]),
                as_of[branch],
                purchase._answers_from(),
                coupon_ends[purchase],
            )
            visits = answering(purchase, plan.due)
            for step, verdict in plan.due:
                visit = visits.get(step.key)
                if verdict == Verdict.SKIPPED or self._is_idle_reminder(
                    step, visit, taken[purchase]
                ):
                    continue
                milestone = milestones[purchase.schedule_id, step.milestone.code]
                deadline = working_day_on_or_after(step.planned, *working_days[branch])
                vals = {
                    "purchase_id": purchase.id,
                    "partner_id": purchase.partner_id.id,
                    "branch_id": branch.id,
                    "milestone_id": milestone.id,
                    "occurrence": step.occurrence,
                    "role_id": milestone.role_id.id,
                    "planned_date": step.planned,
                    "deadline": deadline,
                    "first_deadline": deadline,
                }
                if visit:
                    vals |= self._closed(State.DONE, visit._result()) | {"visit_id": visit.id}
                elif step.milestone.kind == Kind.STNK and purchase.stnk_state == "collected":
                    vals |= self._closed(State.DONE, Result.PICKED_UP.value)
                elif purchase.partner_id._kpb_refuses(step.milestone.kind):
                    vals |= self._closed(State.CANCELLED, Result.DO_NOT_CONTACT.value)
                elif verdict == Verdict.EXPIRED:
                    vals |= self._closed(State.FAILED, Result.EXPIRED.value)
                else:
                    user, reason = find(
                        branch,
                        milestone.role_id,
                        purchase.salesperson_id,
                        callers.get((purchase, milestone.role_id)),
                    )
                    last = useful_until(step, coupon_ends[purchase].get(milestone.kpb_number))
                    # nobody is late with a call that was not there before
                    first = max(deadline, min(first_days[branch], last))
                    day = plan_day(user, branch, first, last)
                    vals |= {
                        "user_id": user.id,
                        "no_owner_reason": reason,
                        "deadline": day,
                        "levelled_from": first if day != first else False,
                    }
                vals_list.append(vals)
            following[purchase] = plan.following
        purchases._set_pointers(following)
        followups = self.env["kpb.rows"]._create(
            self.env["kpb.followup"].with_context(**QUIET), vals_list
        )
        followups.filtered(
            lambda call: call.state in OPEN_STATES and call.user_id
        )._create_activities()
        self._chase_certificates(followups, find, members)

    @api.model
    def _read_together(self, members, sellers):
        """Read at once the people who may get a call, and not one role after the other."""
        ids = {user_id for users in members.values() for user_id in users}
        (self.env["res.users"].browse(ids) | sellers).mapped("tz")

    @api.model
    def _chase_certificates(self, followups, find, members):
        """Let Admin STNK chase the certificates that customers are called for and are not back.

        :param find: finds who does it
        :param dict members: (branch id, role code) → who fills it
        """
        waiting = followups.filtered(
            lambda call: (
                call.milestone_id.kind == Kind.STNK
                and call.state in OPEN_STATES
                and call.purchase_id.stnk_state == "in_process"
            )
        )
        if waiting:
            self.env["kpb.purchase"]._chase_stnk(waiting, find, members)

    @api.model
    def _closed(self, state, result):
        return {"state": state.value, "result": result, "closed_at": fields.Datetime.now()}

    @api.model
    def _is_idle_reminder(self, step, visit, taken):
        """Return whether a last reminder says nothing new: he came, or the call is still open."""
        if step.occurrence != LAST_TOUCH or step.milestone.interval_months:
            return False
        return bool(visit) or taken.get((step.milestone.code, 1)) in OPEN_STATES

    @api.model
    def _visit_finder(self, purchases):
        """Return a function (purchase, due steps) → {step key: the visit that answers it}.

        A coupon that is used answers its KPB; a regular service answers the step nearest to it,
        unless it has answered another call. What is skipped needs no answer.
        """
        visits = self.env["kpb.visit"]
        query = visits._search([("purchase_id", "in", purchases.ids)], order="date")
        names = ("id", "purchase_id", "kpb_number", "date")
        rows = self.env.execute_query(
            query.select(*(visits._field_to_sql(query.table, name) for name in names))
        )
        coupons = {(unit_id, number): id_ for id_, unit_id, number, _day in rows if number}
        answered = self.env["kpb.followup"].search_fetch(
            [("visit_id", "in", [row[0] for row in rows if not row[2]])], ["visit_id"]
        )
        answered = set(answered.visit_id.ids)
        regular = defaultdict(list)
        for id_, unit_id, number, day in rows:
            if not number and id_ not in answered:
                regular[unit_id].append((id_, day))

        def answering(purchase, due):
            steps = [step for step, verdict in due if verdict != Verdict.SKIPPED]
            services = regular.get(purchase.id, ())
            pairs = nearest(
                [step for step in steps if step.milestone.kind == Kind.REGULAR],
                [day for _id, day in services],
            )
            used = {
                step.key: coupons.get((purchase.id, step.milestone.kpb_number))
                for step in steps
                if step.milestone.kind == Kind.KPB
            } | {key: services[place][0] for key, place in pairs.items()}
            return {key: visits.browse(id_) for key, id_ in used.items() if id_}

        return answering

    @api.model
    def _working_days(self, purchases, as_of):
        """Return branch → working weekdays and days off around the due dates."""
        if not purchases:
            return {}
        return purchases.branch_id._working_days_each(
            min(purchases.mapped("next_followup_date")), max(as_of.values()) + HORIZON
        )
