import ast

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import Form

from .common import PURCHASE_DAY, KpbCase, at_noon

ADDON_PREFIX = "daya_kpb_followup."
FEW, MANY = 5, 50
#: Fields of a list that are more than a value get these beside their id.
RELATIONAL = ("many2one", "many2many", "one2many")


def list_specification(view):
    """Return what the web client asks of the rows of a list view.

    :param dict view: ``{"arch", "fields"}``, a list as ``get_views`` gives it and its model's
        fields
    """
    specification = {}
    for node in etree.fromstring(view["arch"]).iterchildren("field"):
        name = node.get("name")
        wanted = {"display_name": {}} if view["fields"][name]["type"] in RELATIONAL else None
        context = ast.literal_eval(node.get("context", "{}"))
        specification[name] = {"fields": wanted, "context": context} if wanted else {}
    return specification


class TestViews(KpbCase):
    """Every screen opens for every group that reaches it, and stays quick when data grows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.make_member(cls.head_office, "pic_crm_h1", groups="kpb_group_admin")
        cls.people = {"caller": cls.admin_crm, "manager": cls.kacab, "administrator": cls.admin}

    def addon_records(self, model):
        """Return the records of a model that the addon brings."""
        ids = self.env["ir.model.data"].search(
            [("module", "=", "daya_kpb_followup"), ("model", "=", model)]
        )
        return self.env[model].browse(ids.mapped("res_id")).exists()

    def menus_of(self, user):
        """Return the menus that a person can reach."""
        loaded = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        return self.env["ir.ui.menu"].browse(key for key in loaded if key != "root")

    def rows(self, user, xmlid, domain):
        """Read the rows of a list as the web client does; return them and the queries it took."""
        view = self.env.ref(ADDON_PREFIX + xmlid)
        model = self.env[view.model].with_user(user)
        answer = model.get_views([(view.id, "list")])
        asked = list_specification(
            {
                "arch": answer["views"]["list"]["arch"],
                "fields": answer["models"][view.model]["fields"],
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        found = model.web_search_read(domain, asked, limit=10 * MANY)
        return found["records"], self.env.cr.sql_log_count - before

    def make_due_purchases(self, count, **vals):
        """Return units of the branch whose KPB 2 is due."""
        with at_noon(PURCHASE_DAY):
            purchases = self.env["kpb.purchase"].concat(
                *(self.make_purchase(**vals) for _number in range(count))
            )
        self.generate(self.after(90))
        with at_noon(self.after(90)):
            self.env["kpb.visit"].create(
                [
                    {
                        "purchase_id": purchase.id,
                        "date": self.after(40),
                        "kpb_number": 1,
                        "place": "elsewhere",
                        "dealer_name": "Bengkel Uji",
                    }
                    for purchase in purchases
                ]
            )
        return purchases

    def test_every_view_opens_for_every_group(self):
        views = self.addon_records("ir.ui.view").filtered(
            lambda view: view.model and view.model in self.env and view.mode == "primary"
        )
        self.assertGreater(len(views), 20)
        for name, user in self.people.items():
            for view in views:
                model = self.env[view.model].with_user(user)
                if not model.has_access("read"):
                    continue
                with self.subTest(group=name, view=view.name):
                    answer = model.get_views([(view.id, view.type)])
                    self.assertTrue(answer["views"][view.type]["arch"])

    def test_every_form_opens_empty_for_who_may_create(self):
        forms = self.addon_records("ir.ui.view").filtered(
            lambda view: view.type == "form" and view.mode == "primary"
        )
        opened = 0
        for name, user in self.people.items():
            for view in forms:
                model = self.env[view.model].with_user(user)
                if model._abstract or not model.has_access("create"):
                    continue
                with self.subTest(group=name, view=view.name):
                    Form(model, view=view)
                    opened += 1
        self.assertGreater(opened, 20)

    def test_every_action_opens_for_those_who_see_its_menu(self):
        actions = self.addon_records("ir.actions.act_window")
        menus = self.addon_records("ir.ui.menu")
        for name, user in self.people.items():
            reached = [menu.action for menu in menus & self.menus_of(user)]
            self.assertTrue(reached)
            for action in actions.filtered(lambda action, reached=reached: action in reached):
                with self.subTest(group=name, action=action.name):
                    model = self.env[action.res_model].with_user(user)
                    model.get_views([*action.views, (action.search_view_id.id, "search")])

    def test_who_sees_which_menu(self):
        expected = {
            "kpb_followup_menu_my": {"caller", "manager", "administrator"},
            "kpb_followup_menu_no_owner": {"manager", "administrator"},
            "kpb_branch_menu": {"administrator"},
        }
        for xmlid, groups in expected.items():
            menu = self.env.ref(ADDON_PREFIX + xmlid)
            who = {name for name, user in self.people.items() if menu in self.menus_of(user)}
            self.assertEqual(who, groups, xmlid)

    def test_filters_find_what_they_say(self):
        purchase = self.make_due_purchases(1)
        with at_noon(self.after(91)):
            followup = self.followup(purchase, "kpb2")
            view = self.env.ref(ADDON_PREFIX + "kpb_followup_view_search")
            answer = self.env["kpb.followup"].get_views([(view.id, "search")])
            filters = {
                node.get("name"): node.get("domain")
                for node in etree.fromstring(answer["views"]["search"]["arch"]).iter("filter")
                if node.get("domain")
            }
            self.assertEqual(followup.deadline, self.after(91))
            found = {
                name
                for name, domain in filters.items()
                if followup.with_user(self.admin_crm).filtered_domain(
                    ast.literal_eval(domain.replace("uid", str(self.admin_crm.id)))
                )
            }
            self.assertEqual(found, {"mine", "open", "today", "this_week", "kpb2"})

    def test_calendar_finds_calls_by_day_and_appointments_by_hour(self):
        purchase = self.make_due_purchases(1)
        followup = self.followup(purchase, "kpb2")
        week = [
            ("calendar_at", ">=", "2025-06-08 17:00:00"),
            ("calendar_at", "<=", "2025-06-15 16:59:59"),
            ("id", "=", followup.id),
        ]
        self.assertEqual(self.env["kpb.followup"].search(week), followup)
        self.assertTrue(followup.calendar_all_day)
        followup.write({"state": "appointment", "appointment_at": "2025-06-17 02:00:00"})
        self.assertFalse(self.env["kpb.followup"].search(week))
        self.assertFalse(followup.calendar_all_day)

    def test_activity_view_has_one_column_per_milestone(self):
        data = self.env["mail.activity"].get_activity_data("kpb.followup", [])
        types = self.env["mail.activity.type"].search([("res_model", "=", "kpb.followup")])
        self.assertEqual([column["id"] for column in data["activity_types"]], types.ids)
        self.assertEqual(len(types), 7)

    def test_script_speaks_of_this_call(self):
        purchase = self.make_due_purchases(1, license_plate="D 1234 <b>")
        script = self.followup(purchase, "kpb2").with_user(self.admin_crm).script
        for words in (purchase.partner_id.name, self.admin_crm.name, "Vario 125 Uji"):
            self.assertIn(f"<b>{words}</b>", script)
        self.assertIn("D 1234 &lt;B&gt;", script)
        self.assertNotIn("[Unit]", script)

    def test_administrator_writes_the_scripts_of_kpb_only(self):
        milestone = self.sop.milestone_ids[0].with_user(self.admin)
        milestone.call_script = "<p>Selamat pagi</p>"
        self.assertEqual(milestone.activity_type_id.default_note, "<p>Selamat pagi</p>")
        to_do = self.env.ref("mail.mail_activity_data_todo").with_user(self.admin)
        with self.assertRaises(AccessError):
            to_do.name = "Anything"

    def test_visit_form_asks_for_the_service_by_name(self):
        purchase = self.make_due_purchases(1)
        with at_noon(self.after(91)), Form(self.env["kpb.visit"].with_user(self.admin_crm)) as form:
            form.purchase_id = purchase
            form.service = "2"
        self.assertEqual(purchase.visit_ids[0].kpb_number, 2)
        self.assertEqual(self.followup(purchase, "kpb2").state, "done")

    def test_timeline_tells_done_due_and_coming(self):
        purchase = self.make_due_purchases(1)
        with at_noon(self.after(91)):
            steps = {step["key"]: step for step in purchase.with_user(self.admin_crm).timeline}
        self.assertEqual(len(steps), 14)
        self.assertEqual(steps["kpb2-1"]["state"], "todo")
        self.assertEqual(steps["kpb2-1"]["followup_id"], self.followup(purchase, "kpb2").id)
        self.assertEqual(steps["kpb3-1"]["state"], "coming")
        self.assertEqual(steps["kpb1-1"]["coupon_used"], "2025-04-19")
        self.assertFalse(steps["kpb3-1"]["conflict"])

    def test_board_shows_open_columns_and_those_in_use(self):
        purchase = self.make_due_purchases(1)
        domain = [("purchase_id", "=", purchase.id)]
        followups = self.env["kpb.followup"]
        columns = [
            group["state"]
            for group in followups.formatted_read_group(domain, ["state"], ["__count"])
        ]
        self.assertEqual(sorted(columns), ["failed", "todo"])
        self.assertEqual(
            followups._group_expand_state(columns, domain), ["todo", "appointment", "failed"]
        )

    def test_lists_take_the_same_queries_for_many_rows(self):
        self.make_due_purchases(FEW)
        lists = {
            "kpb_followup_view_list": [("branch_id", "=", self.branch.id)],
            "kpb_purchase_view_list": [("branch_id", "=", self.branch.id)],
            "kpb_visit_view_list": [("purchase_id.branch_id", "=", self.branch.id)],
        }
        few = {}
        for name, domain in lists.items():
            self.rows(self.admin_crm, name, domain)
            rows, few[name] = self.rows(self.admin_crm, name, domain)
            self.assertGreaterEqual(len(rows), FEW)
        self.make_due_purchases(MANY - FEW)
        for name, domain in lists.items():
            rows, many = self.rows(self.admin_crm, name, domain)
            self.assertGreaterEqual(len(rows), MANY)
            self.assertLessEqual(many, few[name], f"{name}: {few[name]} queries, then {many}")
