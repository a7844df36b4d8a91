from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.addons.base.models.ir_cron import IrCron

from ..models.kpb_quiet import QUIET
from .call_case import utc
from .common import KpbCase
from .report_life import FIRST_DAY, LAST_DAY, ReportLife


class ReportCase(KpbCase):
    """Two branches after half a year of calls, visits and decisions; today is its last day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **QUIET, "tz": "Asia/Jakarta"})
        for branch in cls.branch + cls.sister:
            cls.make_member(branch, "admin_stnk")
            branch.go_live_date = FIRST_DAY
        cls.make_member(cls.branch, "admin_crm_h2")
        cls.unhappy = cls.env.ref("daya_kpb_followup.kpb_lost_reason_unhappy")
        products = cls.product + cls.env["product.product"].create({"name": "BeAT Uji"})
        cls.life = ReportLife(cls)
        with (
            patch.object(IrCron, "_commit_progress", lambda *_args, **_more: float("inf")),
            freeze_time(utc(FIRST_DAY, 12)) as clock,
        ):
            cls.life.sell(list(products), cls.make_schedules())
            day = FIRST_DAY
            while day <= LAST_DAY:
                clock.move_to(utc(day, 12))
                cls.life.live(day)
                day += timedelta(days=4)
            clock.move_to(utc(LAST_DAY, 12))
            cls.life.look()
        cls.calls = cls.env["kpb.followup"].search([("purchase_id", "in", cls.life.units.ids)])

    @classmethod
    def make_schedules(cls):
        """Return the schedules of the units that are sold in turn."""
        return [cls.sop, cls.pcd]

    def setUp(self):
        super().setUp()
        clock = freeze_time(utc(LAST_DAY, 13))
        clock.start()
        self.addCleanup(clock.stop)
        self.env.flush_all()
        self.env.invalidate_all()

    def figures_of(self, report, groups, measures, domain=(), user=None):
        """Return group keys → measures of a report over the units of this life.

        :param groups: names of many2one, selection, boolean or "date:month" groups
        """
        model = self.env[report].with_user(user or self.env.user)
        fields = model._fields
        specs = [f"{name}:{fields[name].aggregator}" for name in measures]
        rows = model._read_group(list(domain), groups, specs)
        found = {}
        for row in rows:
            key = tuple(getattr(part, "id", part) or False for part in row[: len(groups)])
            found[key] = dict(zip(measures, row[len(groups) :], strict=True))
        return found

    def assertFigures(self, found, expected, what):
        """Assert that two tables are the same, rates within the last digits of a float."""
        self.assertEqual(set(found), set(expected), what)
        for key, figures in expected.items():
            for name, figure in figures.items():
                got = found[key][name]
                message = f"{what} {key} {name}"
                if isinstance(figure, float):
                    self.assertAlmostEqual(got, figure, 6, message)
                else:
                    self.assertEqual(got or 0, figure or 0, message)


def share(part, whole):
    """Return a part of a whole in percent, None of nothing."""
    return 100.0 * part / whole if whole else None
