from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..models.kpb_next_call import CALLED_STATUSES
from ..models.res_partner import FIELD_OF_REFUSED
from ..rules.contact import PURPOSE_OF_KIND, Refused
from ..rules.coupon import EARLY_DAYS
from ..rules.measures import NOT_YET
from ..rules.schedule import EARLY_SERVICE_DAYS, LAST_KPB, LAST_TOUCH, Kind
from .kpb_forecast_scenario import CATCH_UP, WEEKS

#: Room in the number of a call for every step of a unit.
STEPS_A_UNIT = 64
#: Months are 28 to 31 days long: so much wider is looked for than the plain difference says.
SLACK = timedelta(days=5)


class KpbForecastComing(models.AbstractModel):
    """The calls that generation will make, told before it makes them: ``rules.schedule`` in SQL.

    One query per step of a schedule, over the units whose day of purchase puts the step into the
    weeks ahead; an index on that day leads there. Left out is what generation would record as
    done or refused: coupons that are used, collected certificates, regular services done up to 45
    days before, customers who do not want the call.
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
        queries = []
        for line in plan.lines:
            for occurrence in self._occurrences(line):
                number = len(queries)
                planned, days = self._planned(plan, line, occurrence, windows)
                queries.append(
                    self._query(plan, line, occurrence, number, planned, days, places, codes)
                )
        return queries[:STEPS_A_UNIT]

    def _occurrences(self, line):
        if not line.rule.interval_months:
            return (1, LAST_TOUCH) if line.last_touch_days and line.rule.kpb_number else (1,)
        return range(1, line.rule.end_months // line.rule.interval_months + 2)

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

        :return: (SQL; None where the unit decides) and (first, last) or None for any
        """
        rule = line.rule
        procedure = self._procedure(line, occurrence)
        nominal = rule.offset_days + 30 * (
            rule.offset_months + rule.interval_months * (occurrence if rule.interval_months else 0)
        )
        of_kpb = sorted(
            (window for window in windows if window.kpb_number == rule.kpb_number),
            key=lambda window: -len(window.engine_prefix),
        )
        if rule.interval_months and plan.regular_from_visit:
            return self._restarted(line, occurrence, procedure), None
        if not rule.kpb_number or not of_kpb:
            return procedure, (nominal, nominal)
        grace_end = self._by_engine(of_kpb, lambda window: window.max_days)
        nominal_end = self._by_engine(of_kpb, lambda window: window.max_days - window.grace_days)
        ends = [window.max_days - window.grace_days for window in of_kpb]
        first = procedure
        if plan.call_before_end and rule.kind == Kind.KPB:
            first = SQL(
                "(CASE WHEN %(day)s > unit.purchase_date + %(grace)s"
                " THEN LEAST(%(day)s, unit.purchase_date + %(end)s - %(early)s) ELSE %(day)s END)",
                day=procedure,
                grace=grace_end,
                end=nominal_end,
                early=EARLY_DAYS,
            )
        if occurrence != LAST_TOUCH:
            return first, (min(nominal, *(end - EARLY_DAYS for end in ends)), nominal)
        touch = SQL("(unit.purchase_date + %s - %s)", nominal_end, line.last_touch_days)
        days = [end - line.last_touch_days for end in ends]
        return SQL("(CASE WHEN %s > %s THEN %s END)", touch, first, touch), (min(days), max(days))

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
    def _query(self, plan, line, occurrence, number, planned, days, places, codes):
        rule = line.rule
        today = min(place.today for place in places)
        until = max(place.today for place in places) + timedelta(weeks=WEEKS)
        bought = SQL("true")
        if days:
            bought = SQL(
                "unit.purchase_date BETWEEN %s AND %s",
                today - CATCH_UP - timedelta(days=days[1]) - SLACK - self._drift(line),
                until - timedelta(days=days[0]) + SLACK,
            )
        return SQL(
            """
            SELECT unit.id::bigint * %(room)s + %(number)s AS id, unit.id AS purchase_id,
                   unit.partner_id, unit.branch_id, unit.salesperson_id,
                   %(role)s::int AS role_id, %(milestone)s::int AS milestone_id,
                   %(kind)s AS kind, %(planned)s AS planned_date
              FROM kpb_purchase AS unit
             WHERE unit.schedule_id = %(schedule)s AND %(bought)s
               AND unit.branch_id = ANY(%(branches)s) AND unit.status = ANY(%(statuses)s)
               AND %(planned)s BETWEEN %(first)s AND %(until)s AND %(pending)s AND %(wanted)s
            """,
            room=STEPS_A_UNIT,
            number=number,
            role=line.role_id,
            milestone=line.milestone_id,
            kind=rule.kind.value,
            planned=planned,
            schedule=plan.schedule_id,
            bought=bought,
            branches=[place.branch_id for place in places],
            statuses=list(CALLED_STATUSES),
            first=today - CATCH_UP if plan.scenario == "present" else today + timedelta(days=1),
            until=until,
            pending=self._is_pending(plan, line, occurrence, planned, codes),
            wanted=self._is_wanted(line, planned, today),
        )

    def _drift(self, line):
        """Return by how much months may be longer than 30 days on the way to a line's last call."""
        months = line.rule.offset_months + line.rule.end_months
        return timedelta(days=months // 2 + 1)

    def _is_pending(self, plan, line, occurrence, planned, codes):
        """Return SQL of whether a step is still to come: beyond the pointer, without a record."""
        rule = line.rule
        conditions = [SQL("unit.next_followup_date IS NOT NULL")]
        if plan.scenario == "present":
            conditions.append(SQL("%s >= unit.next_followup_date", planned))
        if rule.interval_months:
            conditions.append(
                SQL(
                    "GREATEST(%s, %s) < (unit.purchase_date + make_interval(months => %s))::date",
                    planned,
                    self._procedure(line, occurrence),
                    rule.end_months,
                )
            )
        conditions.append(
            SQL(
                "NOT EXISTS (SELECT 1 FROM kpb_followup AS made WHERE made.purchase_id = unit.id"
                " AND made.milestone_id = ANY(%s) AND made.occurrence = %s)",
                codes.get(rule.code, []),
                occurrence,
            )
        )
        return SQL(" AND ").join(conditions)

    def _is_wanted(self, line, planned, today):
        """Return SQL of whether generation would make a call, not a record of what is done."""
        rule = line.rule
        conditions = [self._is_not_refused(rule.kind)]
        if rule.kind == Kind.STNK:
            conditions.append(SQL("unit.stnk_state <> 'collected'"))
        elif rule.kind == Kind.KPB:
            conditions.append(
                SQL("substr(unit.ladder, %s, 1) IS NOT DISTINCT FROM %s", rule.kpb_number, NOT_YET)
            )
        elif rule.kind == Kind.REGULAR:
            conditions.append(
                SQL(
                    """
                    (unit.ladder LIKE %(never)s OR %(planned)s > %(soon)s OR NOT EXISTS (
                        SELECT 1 FROM kpb_visit AS visit
                         WHERE visit.purchase_id = unit.id AND visit.kpb_number = 0
                           AND visit.date >= %(planned)s - %(early)s
                           AND NOT EXISTS (SELECT 1 FROM kpb_followup AS answered
                                            WHERE answered.visit_id = visit.id)))
                    """,
                    never=f"%{NOT_YET}",
                    planned=planned,
                    soon=today + timedelta(days=EARLY_SERVICE_DAYS + 1),
                    early=EARLY_SERVICE_DAYS,
                )
            )
        return SQL(" AND ").join(conditions)

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
