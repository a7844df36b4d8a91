import json

from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestSpreadsheetDashboard(TransactionCase):
    """The dashboard is for managers, and asks the reports for fields that they have."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env.ref("daya_kpb_followup_spreadsheet.spreadsheet_dashboard_kpb")

    def user(self, group):
        return new_test_user(self.env, group, groups=f"daya_kpb_followup.{group}")

    def test_it_is_for_managers(self):
        dashboards = self.env["spreadsheet.dashboard"]
        for group, seen in (("kpb_group_manager", True), ("kpb_group_user", False)):
            found = dashboards.with_user(self.user(group)).search([("id", "=", self.dashboard.id)])
            self.assertEqual(bool(found), seen, group)

    def test_every_figure_asks_for_what_there_is(self):
        manager = self.user("kpb_group_manager")
        data = json.loads(self.dashboard.spreadsheet_data)
        asked = [
            (
                chart["data"]["metaData"]["resModel"],
                chart["data"]["metaData"]["groupBy"],
                [chart["data"]["metaData"]["measure"]],
                chart["data"]["searchParams"]["domain"],
            )
            for chart in data["sheets"][0]["figures"]
        ]
        asked += [
            (
                pivot["model"],
                [row["fieldName"] for row in pivot["rows"]],
                [measure["fieldName"] for measure in pivot["measures"]],
                pivot["domain"],
            )
            for pivot in data["pivots"].values()
        ]
        self.assertEqual(len(asked), 5)
        for model, groups, measures, domain in asked:
            with self.subTest(model=model, groups=groups):
                report = self.env[model].with_user(manager)
                fields = report.fields_get()
                aggregates = [f"{name}:{fields[name]['aggregator']}" for name in measures]
                report.formatted_read_group(domain, groups, aggregates)

    def test_every_chart_leads_to_its_menu(self):
        data = json.loads(self.dashboard.spreadsheet_data)
        menus = data["chartOdooMenusReferences"]
        self.assertEqual(set(menus), {chart["id"] for chart in data["sheets"][0]["figures"]})
        for menu in menus.values():
            self.assertEqual(self.env.ref(menu)._name, "ir.ui.menu")
