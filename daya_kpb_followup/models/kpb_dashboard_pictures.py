from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..rules.measures import FunnelStep, LadderStep

#: Days of planned calls in the funnel, today included.
FUNNEL_DAYS = 30
#: Months of purchases in the ladder, the present one included.
LADDER_MONTHS = 12
#: Steps of the ladder that a unit reaches within these months.
LADDER_STEPS = (LadderStep.KPB1, LadderStep.KPB2, LadderStep.KPB3, LadderStep.KPB4)
#: Weeks of the load, the present one included.
LOAD_WEEKS = 6
#: So many lines of the load, those with the most calls first.
LOAD_LINES = 20


class KpbDashboard(models.AbstractModel):
    """The pictures of the start page: funnel, ladder and load, from the reports' own figures."""

    _inherit = "kpb.dashboard"

    @api.model
    @api.readonly
    def pictures(self, names, branch_id=False):
        """Return what some pictures of the start page show.

        They are calls of their own because the load looks ``LOAD_WEEKS`` weeks ahead: nothing else
        need wait for it.

        :param list names: out of ``funnel``, ``ladder``, ``load``
        :param int branch_id: as for ``figures``
        :return: dict name → picture, false for a reader without branches
        :raises AccessError: the reader is not a manager
        :raises UserError: there is no picture of that name
        """
        self._check_manager()
        makers = {"funnel": self._funnel, "ladder": self._ladder, "load": self._load}
        for name in names:
            if name not in makers:
                raise UserError(
                    self.env._("Picture: “%s” is not known. Use funnel, ladder or load.", name)
                )
        mine = self._my_branches()
        scope = self._scope(mine, mine.filtered("active") & mine.browse(branch_id or ()))
        if not scope.branches:
            return dict.fromkeys(names, False)
        today = max(branch._today() for branch in scope.branches)
        return {name: makers[name](scope, today) for name in names}

    @api.model
    def _words(self, model, name):
        return dict(self.env[model]._fields[name]._description_selection(self.env))

    @api.model
    def _funnel(self, scope, today):
        """Return the steps due → called → reached → appointment → came of the last days."""
        model = "kpb.funnel.report"
        first = today - timedelta(days=FUNNEL_DAYS - 1)
        period = Domain("planned_date", ">=", first) & Domain("planned_date", "<=", today)
        rows = self.env[model]._read_group(
            scope.domain() & period, ["step"], ["customers:count_distinct", "__count"]
        )
        counted = {step: (customers, calls) for step, customers, calls in rows}
        words = self._words(model, "step")
        steps = []
        for step in FunnelStep:
            customers, calls = counted.get(step.value, (0, 0))
            domain = scope.domain() & period & Domain("step", "=", step.value)
            steps.append(
                {
                    "key": step.value,
                    "label": words[step.value],
                    "customers": customers,
                    "calls": calls,
                    "action": "daya_kpb_followup.kpb_funnel_report_action",
                    "domain": list(domain),
                }
            )
        return {"days": FUNNEL_DAYS, "steps": steps if counted else []}

    @api.model
    def _ladder(self, scope, today):
        """Return purchase month × KPB: how many units were due, and where they came."""
        model = "kpb.ladder.report"
        first = today.replace(day=1) - relativedelta(months=LADDER_MONTHS - 1)
        steps = [step.value for step in LADDER_STEPS]
        sold = scope.domain() & Domain("purchase_date", ">=", first) & Domain("step", "in", steps)
        sums = ["__count", "units_group:sum", "units_own:sum", "units_elsewhere:sum"]
        rows = self.env[model]._read_group(sold, ["purchase_date:month", "step"], sums)
        cells = {}
        for month, step, due, group, own, elsewhere in rows:
            domain = scope.domain() & Domain("step", "=", step)
            domain &= Domain("purchase_date", ">=", month)
            domain &= Domain("purchase_date", "<", month + relativedelta(months=1))
            cells.setdefault(month, {})[step] = {
                "due": due,
                "group": group,
                "own": own,
                "elsewhere": elsewhere,
                "action": "daya_kpb_followup.kpb_ladder_report_action",
                "domain": list(domain),
            }
        words = self._words(model, "step")
        return {
            "steps": [{"key": step, "label": words[step]} for step in steps],
            "months": [
                {
                    "key": str(month),
                    "label": format_date(self.env, month, date_format="MMM y"),
                    "cells": cells[month],
                }
                for month in sorted(cells)
            ],
        }

    @api.model
    def _load(self, scope, today):
        """Return the calls of the coming weeks beside what people can do.

        Per person for one branch, per branch for several.
        """
        monday = today - timedelta(days=today.weekday())
        weeks = [monday + timedelta(weeks=number) for number in range(LOAD_WEEKS)]
        line_field = "user_id" if len(scope.branches.filtered("active")) == 1 else "branch_id"
        report = self.env["kpb.load.report"].with_context(kpb_forecast_weeks=LOAD_WEEKS - 1)
        rows = report._read_group(
            scope.domain(),
            [line_field, "week:day"],
            ["calls:sum", "capacity:sum", "is_limited:bool_or"],
        )
        lines = {}
        for owner, week, calls, capacity, is_limited in rows:
            if week not in weeks:  # not asked for: PostgreSQL would expect hardly any row
                continue
            domain = (
                scope.domain()
                & Domain("series", "in", ["open", "coming"])
                & Domain(line_field, "=", owner.id)
                & Domain("day", ">=", week)
                & Domain("day", "<", week + timedelta(weeks=1))
            )
            lines.setdefault(owner, {})[str(week)] = {
                "calls": calls or 0,
                "capacity": capacity or 0,
                "limited": is_limited,
                "over": is_limited and calls > capacity,
                "action": "daya_kpb_followup.kpb_forecast_report_action",
                "domain": list(domain),
            }
        most = sorted(
            lines.items(),
            key=lambda line: -sum(cell["calls"] for cell in line[1].values()),
        )
        return {
            "by": line_field,
            "weeks": [
                {
                    "key": str(week),
                    "label": format_date(self.env, week, date_format="d MMM"),
                    "calls": sum(
                        line.get(str(week), {}).get("calls", 0) for line in lines.values()
                    ),
                    "capacity": sum(
                        line.get(str(week), {}).get("capacity", 0) for line in lines.values()
                    ),
                }
                for week in weeks
            ],
            "lines": [
                {
                    "key": owner.id or 0,
                    # sudo: the name of a colleague only
                    "label": owner.sudo().display_name or self.env._("No owner"),
                    "cells": cells,
                }
                for owner, cells in most[:LOAD_LINES]
            ],
            "left_out": max(len(most) - LOAD_LINES, 0),
        }
