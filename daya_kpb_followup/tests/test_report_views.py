from datetime import date

from lxml import etree

from odoo.tools.safe_eval import safe_eval

from .common import KpbCase, at_noon

REPORTS = (
    "kpb.followup.report",
    "kpb.funnel.report",
    "kpb.ladder.report",
    "kpb.lost.report",
    "kpb.forecast.report",
    "kpb.load.report",
    "kpb.data.quality.report",
)
TODAY = date(2026, 8, 12)


class TestReportViews(KpbCase):
    """Whatever a report's screens offer can be read: measures, groups, filters, favourites."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch.daily_cap = 10
        with at_noon(date(2026, 7, 1)):
            cls.make_purchase(date(2026, 6, 1))
            cls.make_purchase(date(2026, 6, 2))
            cls.make_purchase(date(2026, 6, 3), branch=cls.sister)

    def setUp(self):
        super().setUp()
        with at_noon(TODAY), self.job_env(TODAY) as env:
            env["kpb.generator"]._generate()
        self.env.invalidate_all()

    def arches(self, report):
        """Yield the parsed views of a report as they reach the browser."""
        for view in self.env["ir.ui.view"].search([("model", "=", report)]):
            yield view.type, etree.fromstring(view.arch)

    def groups(self, arch):
        """Return what a search view groups by."""
        contexts = [node.get("context") for node in arch.iter("filter") if node.get("context")]
        return [safe_eval(context)["group_by"] for context in contexts]

    def test_every_measure_by_every_group(self):
        for name in REPORTS:
            report = self.env[name].with_user(self.kacab)
            measures = [
                f"{field.name}:{field.aggregator}"
                for field in report._fields.values()
                if field.type in ("integer", "float") and field.aggregator and field.name != "id"
            ]
            groups = [
                group
                for kind, arch in self.arches(name)
                if kind == "search"
                for group in self.groups(arch)
            ]
            self.assertTrue(measures, name)
            self.assertTrue(groups, name)
            for group in groups:
                with self.subTest(report=name, group=group), at_noon(TODAY):
                    rows = report.formatted_read_group([], [group], [*measures, "__count"])
                    total = report.search_count([])
                    self.assertEqual(sum(row["__count"] for row in rows), total)
                    sets = report.formatted_read_grouping_sets([], [[], [group]], measures)
                    self.assertEqual(len(sets[1]), len(rows))

    def test_every_filter(self):
        for name in REPORTS:
            for kind, arch in self.arches(name):
                for node in arch.iter("filter") if kind == "search" else ():
                    domain = safe_eval(node.get("domain") or "[]", {"uid": self.kacab.id})
                    with self.subTest(report=name, filter=node.get("name")), at_noon(TODAY):
                        self.env[name].with_user(self.kacab).search_count(domain)

    def test_every_list_opens_the_record_behind(self):
        for name in REPORTS:
            report = self.env[name].with_user(self.kacab)
            with self.subTest(report=name), at_noon(TODAY):
                arch = next(arch for kind, arch in self.arches(name) if kind == "list")
                fields = {node.get("name"): {} for node in arch.iter("field")}
                rows = report.web_search_read([], fields, limit=80)
                if name != "kpb.lost.report":
                    self.assertTrue(rows["records"], name)
                for row in rows["records"][:3]:
                    action = report.browse(row["id"]).action_open()
                    self.assertIn("res_model", action)
                self.assertEqual(arch.get("action"), "action_open")

    def test_favourites_name_fields_that_exist(self):
        filters = self.env["ir.filters"].search([("model_id", "in", REPORTS)])
        self.assertGreater(len(filters), 5)
        for line in filters:
            report = self.env[line.model_id].with_user(self.kacab)
            context = safe_eval(line.context)
            groups = context.get("pivot_row_groupby", []) + context.get("pivot_column_groupby", [])
            measures = [
                f"{name}:{report._fields[name].aggregator}" for name in context["pivot_measures"]
            ]
            with self.subTest(favourite=line.name), at_noon(TODAY):
                self.assertFalse(line.user_ids)
                report.formatted_read_group(line._get_eval_domain(), groups, measures)
