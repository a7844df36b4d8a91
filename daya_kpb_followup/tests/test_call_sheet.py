from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .call_case import TODAY, CallCase, utc

REPORT = "daya_kpb_followup.kpb_call_sheet"


@tagged("post_install", "-at_install")
class TestCallSheet(CallCase, HttpCase):
    """A day's calls on paper: per person, in the order of the calls, without what is secret."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("id_ID")

    def html(self, calls, user=None):
        """Return the sheet as the browser gets it."""
        reports = self.env["ir.actions.report"].with_user(user or self.admin_crm)
        return reports._render_qweb_html(REPORT, calls.ids)[0].decode()

    def test_one_sheet_per_person_in_the_order_of_the_calls(self):
        late = self.make_call("kpb3", deadline=TODAY - timedelta(days=2))
        today = self.make_call("kpb2")
        confirm = self.make_call("kpb4", state="appointment", appointment_at=utc(TODAY, 15))
        salesman = self.make_call("kpb1", user=self.sales)
        nobody = self.make_call("kpb1")
        nobody.user_id = False
        pages = (salesman | today | nobody | late | confirm)._call_sheet_pages()
        self.assertEqual(
            [page["caller"] for page in pages],
            [*sorted([self.admin_crm.name, self.sales.name]), "No owner"],
        )
        mine = next(page for page in pages if page["caller"] == self.admin_crm.name)
        self.assertEqual([line["step"] for line in mine["lines"]], ["KPB 4", "KPB 3", "KPB 2"])
        self.assertIn("15:00", mine["lines"][0]["appointment"])
        self.assertEqual([line["late"] for line in mine["lines"]], [0, 2, 0])

    def test_closed_calls_are_left_out(self):
        first, second = self.make_call("kpb2"), self.make_call("kpb3")
        self.log(first, "refused", note="tidak mau")
        self.assertEqual(first.state, "failed")
        lines = (first | second)._call_sheet_pages()[0]["lines"]
        self.assertEqual([line["customer"] for line in lines], [second.partner_id.name])

    def test_nothing_to_call_is_said(self):
        call = self.make_call("kpb2")
        self.log(call, "refused", note="tidak mau")
        with self.assertRaisesRegex(UserError, "none of these calls is open"):
            call.with_user(self.admin_crm).with_context(lang="en_US").action_print_call_sheet()

    def test_paper_knows_no_nik_and_no_number_of_who_refuses(self):
        call, refusing = self.make_call("kpb2"), self.make_call("kpb2")
        for each, phone in ((call, "0812 1111 2222"), (refusing, "0812 3333 4444")):
            each.partner_id.write(
                {"nik": "3273015204900001", "phone": phone, "street": "Jl. Rahasia 9"}
            )
        refusing.partner_id.kpb_do_not_contact = True
        sheet = self.html(call | refusing)
        self.assertIn("0812-1111-2222", sheet)
        self.assertIn(call.license_plate or call.partner_id.name, sheet)
        self.assertNotIn("3333", sheet)
        self.assertNotIn("3273015204900001", sheet)
        self.assertNotIn("Jl. Rahasia", sheet)
        self.assertIn("o_kpb_box", sheet)

    def test_a_name_stays_a_name(self):
        call = self.make_call("kpb2")
        call.partner_id.name = "<script>alert(1)</script>"
        self.assertNotIn("<script>alert", self.html(call))

    def test_another_branch_s_calls_are_not_printed(self):
        foreign = self.make_call("kpb2", branch=self.sister, user=self.sister_admin)
        with self.assertRaises(AccessError):
            self.html(foreign, user=self.admin_crm)
        with self.assertRaises(AccessError):
            foreign.with_user(self.admin_crm).action_print_call_sheet()

    def test_the_print_view_needs_no_program_on_the_server(self):
        call = self.make_call("kpb2")
        action = call.with_user(self.admin_crm).action_print_call_sheet()
        self.assertEqual(action["type"], "ir.actions.act_url")
        self.authenticate(self.admin_crm.login, self.admin_crm.login)
        page = self.url_open(action["url"])
        self.assertEqual(page.status_code, 200)
        self.assertIn(call.partner_id.name, page.text)
        self.assertIn("window.print()", page.text)

    def test_both_ways_stand_in_the_print_menu(self):
        bindings = self.env["ir.actions.actions"].with_user(self.admin_crm)
        names = [
            action["name"] for action in bindings.get_bindings("kpb.followup").get("report", ())
        ]
        self.assertEqual(len(names), 2)
