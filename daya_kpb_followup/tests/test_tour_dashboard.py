from collections import Counter
from datetime import timedelta
from functools import wraps
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .common import KpbCase


@tagged("post_install", "-at_install")
class TestTourDashboard(KpbCase, HttpCase):
    """In Chromium: a branch manager starts at the page, follows a tile, turns the ladder."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("id_ID")
        cls.kacab.lang = "id_ID"
        today = cls.branch._today()
        for name, days in (("Uji Telat Satu", 1), ("Uji Telat Dua", 2), ("Uji Nanti", -1)):
            unit = cls.make_purchase(
                today - timedelta(days=95),
                partner_id=cls.env["res.partner"].create({"name": name}).id,
            )
            cls.env["kpb.visit"].create(
                {
                    "purchase_id": unit.id,
                    "date": today - timedelta(days=60),
                    "kpb_number": 1,
                    "place": "sister",
                    "branch_id": cls.sister.id,
                }
            )
            milestone = unit.schedule_id.milestone_ids.filtered(lambda line: line.code == "kpb2")
            cls.env["kpb.followup"].create(
                {
                    "purchase_id": unit.id,
                    "partner_id": unit.partner_id.id,
                    "branch_id": unit.branch_id.id,
                    "milestone_id": milestone.id,
                    "role_id": milestone.role_id.id,
                    "user_id": cls.admin_crm.id,
                    "planned_date": today - timedelta(days=5),
                    "first_deadline": today - timedelta(days=days),
                    "deadline": today - timedelta(days=days),
                }
            )

    def test_a_kacab_starts_the_day(self):
        menus = self.env["ir.ui.menu"].with_user(self.kacab)
        app = menus.load_menus(False)[self.env.ref("daya_kpb_followup.kpb_menu").id]
        start = self.env.ref("daya_kpb_followup.kpb_dashboard_menu")
        self.assertEqual(app["children"][0], start.id)
        self.start_tour("/odoo/kpb-today", "kpb_dashboard_kacab", login=self.kacab.login)

    def test_a_caller_starts_at_his_own_calls(self):
        menus = self.env["ir.ui.menu"].with_user(self.admin_crm)
        app = menus.load_menus(False)[self.env.ref("daya_kpb_followup.kpb_menu").id]
        self.assertEqual(
            app["children"][0], self.env.ref("daya_kpb_followup.kpb_followup_menu_my").id
        )

    def test_a_picture_that_fails_is_asked_for_again(self):
        dashboard = self.registry["kpb.dashboard"]
        pictures, asked = dashboard.pictures, []

        @wraps(pictures)
        def at_first_without_load(records, names, branch_id=False):
            asked.append(names)
            if asked.count(["load"]) == 1 and names == ["load"]:
                raise UserError(records.env._("No."))
            return pictures(records, names, branch_id)

        with patch.object(dashboard, "pictures", at_first_without_load):
            self.start_tour("/odoo/kpb-today", "kpb_dashboard_retry", login=self.kacab.login)
        self.assertEqual(asked.count(["load"]), 2)
        self.assertEqual(asked.count(["funnel", "ladder"]), 1)

    def test_a_counter_reads_once_what_it_shows(self):
        followups = self.registry["kpb.followup"]
        asked = Counter()

        def counted(name):
            method = getattr(followups, name)

            @wraps(method)
            def count(records, *args, **kwargs):
                asked[name] += 1
                return method(records, *args, **kwargs)

            return patch.object(followups, name, count)

        unit = self.env["kpb.purchase"].search([("partner_id.name", "=", "Uji Telat Satu")])
        unit.activity_schedule(summary="STNK", user_id=self.admin_crm.id)
        with counted("web_search_read"), counted("call_counts"):
            self.start_tour(
                "/odoo/kpb-my-followups", "kpb_counters_once", login=self.admin_crm.login
            )
        # the list as it opens, and once for each click
        self.assertEqual(asked, {"web_search_read": 3, "call_counts": 3})

    def test_a_list_opens_without_its_numbers(self):
        followups = self.registry["kpb.followup"]

        @wraps(followups.call_counts)
        def refused(records, domains):
            raise UserError(records.env._("No."))

        with patch.object(followups, "call_counts", refused):
            self.start_tour(
                "/odoo/kpb-my-followups", "kpb_counters_failed", login=self.admin_crm.login
            )
