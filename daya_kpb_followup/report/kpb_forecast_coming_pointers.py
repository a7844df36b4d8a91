from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..models.kpb_next_call import CALLED_STATUSES
from ..rules.measures import NOT_YET
from ..rules.schedule import EARLY_SERVICE_DAYS, Kind
from .kpb_forecast_coming import STEPS_A_UNIT


class KpbForecastComing(models.AbstractModel):
    """The next call of each unit, the one it points at."""

    _inherit = "kpb.forecast.coming"

    @api.model
    def _pointers(self, places, tables):
        """Return the SQL query of the calls that units point at: the next one of each.

        Most of what is to come; the engine has counted its day by all the options. Without joins
        and lookups, so that processes share the work however the reader filters it.

        :param places: a ``Place`` per branch
        :param tables: ``Tables`` of the milestones
        """
        milestone = SQL("unit.next_milestone_id")
        return SQL(
            """
            SELECT unit.id::bigint * %(room)s AS id, unit.id AS purchase_id, unit.partner_id,
                   unit.branch_id, unit.salesperson_id, %(role)s AS role_id,
                   unit.next_milestone_id AS milestone_id, %(kind)s AS kind,
                   unit.next_followup_date AS planned_date
              FROM kpb_purchase AS unit
             WHERE unit.next_followup_date <= %(until)s AND unit.branch_id = ANY(%(branches)s)
               AND unit.status = ANY(%(statuses)s)
               AND CASE %(kind)s
                   WHEN 'stnk' THEN unit.stnk_state <> 'collected' AND %(stnk)s
                   WHEN 'kpb' THEN substr(unit.ladder, %(number)s, 1) = %(not_yet)s
                        AND %(service)s
                   WHEN 'regular' THEN %(service)s
                        AND unit.id NOT IN (SELECT id FROM unnest(%(answered)s::int[]) AS id)
                   ELSE %(offer)s END
            """,
            kind=tables.kind(milestone),
            role=tables.role(milestone),
            number=tables.kpb_number(milestone),
            room=STEPS_A_UNIT,
            until=places[0].until,
            branches=[place.branch_id for place in places],
            statuses=list(CALLED_STATUSES),
            stnk=self._is_not_refused(Kind.STNK),
            service=self._is_not_refused(Kind.KPB),
            offer=self._is_not_refused(Kind.RENEWAL),
            not_yet=NOT_YET,
            answered=self._answered(places),
        )

    def _answered(self, places):
        """Return ids of the units that a service answers before their next call is made."""
        today = min(place.today for place in places)
        self.env["kpb.purchase"].flush_model(["branch_id", "next_followup_date"])
        self.env["kpb.visit"].flush_model(["purchase_id", "date", "kpb_number"])
        self.env["kpb.followup"].flush_model(["visit_id"])
        [[earliest]] = self.env.execute_query(
            SQL("SELECT min(next_followup_date) FROM kpb_purchase")
        )
        found = self.env.execute_query(
            SQL(
                """
                SELECT unit.id FROM kpb_visit AS visit
                  JOIN kpb_purchase AS unit ON unit.id = visit.purchase_id
                 WHERE unit.branch_id = ANY(%(branches)s)
                   AND visit.kpb_number = 0 AND visit.date >= %(since)s
                   AND visit.date >= unit.next_followup_date - %(early)s
                   AND %(waits)s
                """,
                branches=[place.branch_id for place in places],
                since=min(earliest or today, today) - timedelta(days=EARLY_SERVICE_DAYS),
                early=EARLY_SERVICE_DAYS,
                waits=self._is_waiting(),
            )
        )
        return [unit_id for [unit_id] in found]
