from datetime import date

from odoo import api, fields, models

from ..rules import coupon

#: Any day will do to compare the days of a schedule with those of the coupons.
SAMPLE_DAY = date(2025, 1, 1)


class KpbSchedule(models.Model):
    """The guard on a procedure: for which engines it calls after the coupon has ended (S2)."""

    _inherit = "kpb.schedule"

    coupon_conflict = fields.Text(
        "Calls After the Coupon's End",
        compute="_compute_coupon_conflict",
        help="Engines whose coupons end before the day of the call, by the coupon windows.",
    )

    @api.depends("call_before_end", "milestone_ids.offset_days", "milestone_ids.offset_months")
    @api.depends_context("lang")
    def _compute_coupon_conflict(self):
        table = self.env["kpb.coupon.window"]._rule_table()
        for schedule in self:
            schedule.coupon_conflict = (
                False if schedule.call_before_end else schedule._conflict_lines(table)
            )

    def _conflict_lines(self, table):
        """Return one line for each way in which calls come too late, naming the engines."""
        engines = {}
        for prefix in sorted({window.engine_prefix for window in table}):
            found = coupon.conflicts(
                SAMPLE_DAY, self._rule_milestones(), coupon.windows_for(prefix, table)
            )
            if found:
                engines.setdefault(tuple(sorted(found.items())), []).append(prefix or "*")
        return "\n".join(
            self.env._(
                "%(engines)s: %(calls)s",
                engines=", ".join(prefixes),
                calls="; ".join(
                    self.env._(
                        "KPB %(number)s called on day %(call)s, coupon ends on day %(end)s",
                        number=number,
                        call=(call - SAMPLE_DAY).days,
                        end=(end - SAMPLE_DAY).days,
                    )
                    for number, (call, end) in late
                ),
            )
            for late, prefixes in engines.items()
        )
