from bisect import bisect_left, bisect_right
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..models.kpb_next_call import CALLED_STATUSES
from ..models.res_partner import FIELD_OF_REFUSED
from ..rules.contact import PURPOSE_OF_KIND, Refused
from ..rules.coupon import EARLY_DAYS
from ..rules.measures import NOT_YET
from ..rules.schedule import EARLY_SERVICE_DAYS, LAST_KPB, LAST_TOUCH, Kind, planned_date
from .kpb_forecast_scenario import CATCH_UP, Sought

#: Room in the number of a call for every step of a unit.
STEPS_A_UNIT = 64
#: Months are 28 to 31 days long: so far a day may lie from what 30.44 days a month say.
SLACK = 5
MONTH = 365.25 / 12


class KpbForecastComing(models.AbstractModel):
    """The calls that generation will make, told before it makes them: ``rules.schedule`` in SQL.

    The next call of each unit is the one it points at; the calls behind it are one query per step
    of a schedule, over the units whose day of purchase puts the step into the weeks ahead. Left
    out is what generation would record as done or refused: coupons that are used, collected
    certificates, regular services done up to 45 days before, customers who do not want the call.
    """

    _name = "kpb.forecast.coming"
    _description = "Calls to Come"

    @api.model
    def _queries(self, plan, places):
        """Return one SQL query per step of a plan: number, unit, role, milestone, day, ….

        :param plan: ``Plan`` of the units of one schedule
        :param places: a ``Place`` per branch
        """
        windows = self.env["kpb.coupon.window"]._rule_table()
        codes = self._ids_by_code()
        today = min(place.today for place in places)
        until = places[0].until
        branch_ids = [place.branch_id for place in places]
        queries, number = [], 1
        for line in plan.lines:
            for occurrence in self._occurrences(line):
                planned, days = self._planned(plan, line, occurrence, windows)
                step = Sought(plan, line, occurrence, number, planned, days)
                first = self._first_day(step, today)
                queries += [
                    self._query(step, branch_ids, codes, *part)
                    for part in self._parts(step, first, today, until)
                    if part[0] <= part[1]
                ]
                number += 1
        return queries

    def _first_day(self, step, today):
        """Return the first day on which a step may lie that is not the one a unit points at.

        The call before it lies in the weeks ahead as well, and so far before it as the schedule
        says: most steps of most units are left out by that.
        """
        if step.plan.scenario != "present":
            return today + timedelta(days=1)
        return today - CATCH_UP + timedelta(days=self._gap(step))

    def _gap(self, step):
        """Return how many days at least lie between a step and the one before it."""
        plan = step.plan
        reminds = any(line.last_touch_days for line in plan.lines)
        if step.days is not None or reminds or plan.call_before_end or plan.regular_from_visit:
            return 0
        after = sorted(
            (
                _days_after(line.rule, occurrence)
                for line in step.plan.lines
                for occurrence in self._occurrences(line)
            ),
        )
        own = _days_after(step.line.rule, step.occurrence)
        before = [days for days in after if days < own]
        return max(int(own - before[-1]) - SLACK, 0) if before else 0

    def _parts(self, step, first, today, until):
        """Return (first day, last day, whether a service may have answered it) of a step's days.

        A regular service done already answers a call of the next 45 days only: looked for there,
        it is a plain join; looked for everywhere, it costs more than all the rest.
        """
        if step.line.rule.kind != Kind.REGULAR:
            return [(first, until, False)]
        if step.days is False:
            return [(first, until, True)]
        soon = min(today + timedelta(days=EARLY_SERVICE_DAYS + 1), until)
        return [(first, soon, True), (max(first, soon + timedelta(days=1)), until, False)]

    def _occurrences(self, line):
        if not line.rule.interval_months:
            return (1, LAST_TOUCH) if line.last_touch_days and line.rule.kpb_number else (1,)
        numbers = range(1, line.rule.end_months // line.rule.interval_months + 2)
        return [number for number in numbers if self._may_repeat(line.rule, number) is not False]

    def _ids_by_code(self):
        # sudo: units that changed their schedule keep the calls of the former one
        lines = self.env["kpb.milestone"].sudo().search_read([], ["code"])
        codes = {}
        for line in lines:
            codes.setdefault(line["code"], []).append(line["id"])
        return codes

    # when
    def _procedure(self, line, occurrence):
        """Return SQL of the day that the schedule names."""
        rule = line.rule
        day = SQL("unit.purchase_date + %s", rule.offset_days)
        if rule.offset_months:
            day = SQL(
                "(unit.purchase_date + make_interval(months => %s, days => %s))::date",
                rule.offset_months,
                rule.offset_days,
            )
        if rule.interval_months:
            months = rule.interval_months * occurrence
            day = SQL("(%s + make_interval(months => %s))::date", day, months)
        return SQL("(%s)", day)

    def _planned(self, plan, line, occurrence, windows):
        """Return SQL of a step's day, and how many days after purchase it may lie.

        :return: SQL and (first, last) days; None where the schedule's own day is meant; False
            where the unit's services decide
        """
        rule = line.rule
        procedure = self._procedure(line, occurrence)
        of_kpb = sorted(
            (window for window in windows if window.kpb_number == rule.kpb_number),
            key=lambda window: -len(window.engine_prefix),
        )
        if rule.interval_months and plan.regular_from_visit:
            return self._restarted(line, occurrence, procedure), False
        early = plan.call_before_end and rule.kind == Kind.KPB
        if not rule.kpb_number or not of_kpb or not (early or occurrence == LAST_TOUCH):
            return procedure, None
        grace_end = self._by_engine(of_kpb, lambda window: window.max_days)
        nominal_end = self._by_engine(of_kpb, lambda window: window.max_days - window.grace_days)
        ends = [window.max_days - window.grace_days for window in of_kpb]
        first = procedure
        if early:
            first = SQL(
                "(CASE WHEN %(day)s > unit.purchase_date + %(grace)s"
                " THEN LEAST(%(day)s, unit.purchase_date + %(end)s - %(early)s) ELSE %(day)s END)",
                day=procedure,
                grace=grace_end,
                end=nominal_end,
                early=EARLY_DAYS,
            )
        if occurrence == LAST_TOUCH:
            touch = SQL("(unit.purchase_date + %s - %s)", nominal_end, line.last_touch_days)
            days = [end - line.last_touch_days for end in ends]
            day = SQL("(CASE WHEN %s > %s THEN %s END)", touch, first, touch)
            return day, (min(days), max(days))
        nominal = rule.offset_days + round(rule.offset_months * MONTH)
        days = [nominal - SLACK, nominal + SLACK, *(end - EARLY_DAYS for end in ends)]
        return first, (min(days), max(days))

    def _by_engine(self, windows, figure):
        """Return SQL of a figure of the coupon table: the longest fitting prefix decides."""
        cases = SQL(" ").join(
            SQL(
                "WHEN unit.engine_number LIKE %s THEN %s",
                f"{window.engine_prefix}%",
                figure(window),
            )
            for window in windows
        )
        return SQL("(CASE %s END)", cases)

    def _restarted(self, line, occurrence, procedure):
        """Return SQL of the day of a regular service that counts from the last service."""
        rule = line.rule
        return SQL(
            """
            (SELECT CASE WHEN last.day IS NULL OR %(occurrence)s <= behind.steps THEN %(procedure)s
                    ELSE (last.day + make_interval(months => %(months)s
                          * (%(occurrence)s - behind.steps)))::date END
               FROM (SELECT max(visit.date) AS day FROM kpb_visit AS visit
                      WHERE visit.purchase_id = unit.id AND visit.kpb_number IN (0, %(last_kpb)s)
                        AND visit.date >= COALESCE(
                            (SELECT min(four.date) FROM kpb_visit AS four
                              WHERE four.purchase_id = unit.id AND four.kpb_number = %(last_kpb)s),
                            %(anchor)s)) AS last
              CROSS JOIN LATERAL (
                    SELECT COALESCE(max(done.occurrence), 0) AS steps FROM kpb_followup AS done
                     WHERE done.purchase_id = unit.id AND done.milestone_id = ANY(%(ids)s)
                       AND (done.visit_id IS NOT NULL OR done.planned_date <= last.day)) AS behind)
            """,
            occurrence=occurrence,
            procedure=procedure,
            months=rule.interval_months,
            last_kpb=LAST_KPB,
            anchor=SQL(
                "(unit.purchase_date + make_interval(months => %s, days => %s))::date",
                rule.offset_months,
                rule.offset_days,
            ),
            ids=self._ids_by_code().get(rule.code, []),
        )

    # which units
    def _query(self, step, branch_ids, codes, first, until, may_be_answered):
        line, rule, planned = step.line, step.line.rule, step.planned
        within = SQL("%s BETWEEN %s AND %s", planned, first, until)
        if step.days is None:
            # nothing but the day of purchase: its index leads there, and its statistics are true
            within = self._bought(rule, step.occurrence, first, until)
        elif step.days:
            bought = (first - timedelta(days=step.days[1]), until - timedelta(days=step.days[0]))
            within = SQL("%s AND unit.purchase_date BETWEEN %s AND %s", within, *bought)
        return SQL(
            """
            SELECT unit.id::bigint * %(room)s + %(number)s AS id, unit.id AS purchase_id,
                   unit.partner_id, unit.branch_id, unit.salesperson_id,
                   %(role)s::int AS role_id, %(milestone)s::int AS milestone_id,
                   %(kind)s::text AS kind, %(planned)s AS planned_date
              FROM kpb_purchase AS unit
             WHERE unit.schedule_id = %(schedule)s AND %(within)s
               AND unit.branch_id = ANY(%(branches)s) AND unit.status = ANY(%(statuses)s)
               AND %(pending)s AND %(wanted)s
            """,
            room=STEPS_A_UNIT,
            number=step.number,
            role=line.role_id,
            milestone=line.milestone_id,
            kind=rule.kind.value,
            planned=planned,
            schedule=step.plan.schedule_id,
            within=within,
            branches=branch_ids,
            statuses=list(CALLED_STATUSES),
            pending=self._is_pending(step, codes),
            wanted=self._is_wanted(rule, planned, may_be_answered),
        )

    def _bought(self, rule, occurrence, first, until):
        """Return SQL of the days of purchase for which a step lies between two days, inclusive."""
        start = first - timedelta(days=int(_days_after(rule, occurrence)) + SLACK)
        span = range((until - first).days + 2 * SLACK + 1)

        def planned(day):
            return planned_date(start + timedelta(days=day), rule, occurrence)

        return SQL(
            "unit.purchase_date >= %s AND unit.purchase_date < %s",
            start + timedelta(days=bisect_left(span, first, key=planned)),
            start + timedelta(days=bisect_right(span, until, key=planned)),
        )

    def _may_repeat(self, rule, occurrence):
        """Return whether a repetition lies before its end: True, False, or None: by the unit."""
        if not rule.interval_months:
            return True
        months = rule.end_months - rule.offset_months - rule.interval_months * occurrence
        spare = months * MONTH - rule.offset_days
        return None if abs(spare) <= SLACK else spare > 0

    def _is_pending(self, step, codes):
        """Return SQL of whether a step is still to come: beyond the pointer, without a record."""
        plan, rule, planned = step.plan, step.line.rule, step.planned
        # COALESCE keeps the index of all pointers out of it: it holds every unit that is called
        pointer = SQL("COALESCE(unit.next_followup_date, 'infinity'::date)")
        conditions = [
            SQL("%s < %s", pointer, planned)
            if plan.scenario == "present"
            else SQL("%s < 'infinity'", pointer)
        ]
        restarted = rule.interval_months and plan.regular_from_visit
        if restarted or self._may_repeat(rule, step.occurrence) is None:
            conditions.append(
                SQL(
                    "GREATEST(%s, %s) < (unit.purchase_date + make_interval(months => %s))::date",
                    planned,
                    self._procedure(step.line, step.occurrence),
                    rule.end_months,
                )
            )
        conditions.append(
            SQL(
                "NOT EXISTS (SELECT 1 FROM kpb_followup AS made WHERE made.purchase_id = unit.id"
                " AND made.milestone_id = ANY(%s) AND made.occurrence = %s)",
                codes.get(rule.code, []),
                step.occurrence,
            )
        )
        return SQL(" AND ").join(conditions)

    def _is_wanted(self, rule, planned, may_be_answered):
        """Return SQL of whether generation would make a call, not a record of what is done."""
        conditions = [self._is_not_refused(rule.kind)]
        if rule.kind == Kind.STNK:
            conditions.append(SQL("unit.stnk_state <> 'collected'"))
        elif rule.kind == Kind.KPB:
            conditions.append(
                # as an inequality: of an equality PostgreSQL would expect one unit in two hundred
                SQL("strpos(%s, substr(unit.ladder, %s, 1)) > 0", NOT_YET, rule.kpb_number)
            )
        elif may_be_answered:
            conditions.append(self._is_unanswered(planned))
        return SQL(" AND ").join(conditions)

    def _is_unanswered(self, planned):
        """Return SQL of whether no regular service of the unit waits for a call of that day."""
        return SQL(
            """
            NOT EXISTS (
                SELECT 1 FROM kpb_visit AS visit
                 WHERE visit.purchase_id = unit.id AND visit.kpb_number = 0
                   AND visit.date >= %s - %s AND %s)
            """,
            planned,
            EARLY_SERVICE_DAYS,
            self._is_waiting(),
        )

    def _is_waiting(self):
        """Return SQL of whether a visit has answered no call yet."""
        return SQL(
            "NOT EXISTS (SELECT 1 FROM kpb_followup AS answered WHERE answered.visit_id = visit.id)"
        )

    def _is_not_refused(self, kind):
        refused = {Refused.EVERYTHING, PURPOSE_OF_KIND[kind]} - {None}
        return SQL(
            "unit.partner_id NOT IN (SELECT who.id FROM res_partner AS who"
            " WHERE (who.kpb_do_not_contact OR who.kpb_no_service_calls OR who.kpb_no_offer_calls)"
            " AND (%s))",
            SQL(" OR ").join(
                SQL("who.%s", SQL.identifier(FIELD_OF_REFUSED[wish])) for wish in sorted(refused)
            ),
        )


def _days_after(rule, occurrence):
    """Return about how many days after purchase a step lies."""
    return rule.offset_days + (rule.offset_months + rule.interval_months * occurrence) * MONTH
