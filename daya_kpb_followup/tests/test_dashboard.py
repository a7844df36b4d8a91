from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .call_case import TODAY, CallCase, utc


@tagged("post_install", "-at_install")
class TestDashboard(CallCase):
    """The managers' start page: every number is the length of the list that it opens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chief = cls.make_member(cls.head_office, "pic_crm", groups="kpb_group_manager")

    def page(self, user=None, branch=None):
        """Return the page as a person sees it, a branch manager by default."""
        self.env.flush_all()
        dashboard = self.env["kpb.dashboard"].with_user(user or self.kacab)
        return dashboard.with_context(lang="en_US").figures(branch.id if branch else False)

    def values(self, user=None, branch=None):
        """Return tile → its numbers."""
        return {
            tile["key"]: tuple(number["value"] for number in tile["numbers"])
            for tile in self.page(user, branch)["tiles"]
        }

    def make_story(self):
        """Let a bit of everything stand in the branch, and less of it in the sister branch."""
        self.make_call("kpb2")
        self.make_call("kpb2", deadline=TODAY - timedelta(days=1))
        self.make_call("kpb3", deadline=TODAY - timedelta(days=9))
        self.make_call("kpb3", deadline=TODAY + timedelta(days=1)).user_id = False
        self.make_call("kpb2", deadline=TODAY + timedelta(days=3))
        self.log(self.make_call("kpb2"), "no_answer")
        for hour, result in ((9, "came"), (16, False)):
            call = self.make_call("kpb4", state="appointment", appointment_at=utc(TODAY, hour))
            call.deadline = TODAY + timedelta(days=1)
            if result:
                call.write({"state": "done", "result": result})
        lost = self.make_purchase()
        reason = self.env.ref("daya_kpb_followup.kpb_lost_reason_no_visit")
        lost.action_set_lost(reason.id)
        long_ago = self.make_purchase()
        long_ago.action_set_lost(reason.id)
        long_ago.lost_date = TODAY.replace(day=1) - timedelta(days=1)
        at_risk = self.make_purchase()
        at_risk.status = "at_risk"
        at_risk.partner_id.write(
            {
                "street": "Jl. Cihampelas 1",
                "nik": "3273015204900001",
                "phone": "081234567890",
                "birth_place": "Bandung",
                "birth_date": "1990-04-12",
            }
        )
        at_risk.validate_customer("phone", {"name": True})
        self.make_purchase().write({"park_count": 1, "park_error": "ValueError: uji"})
        self.make_call("kpb2", branch=self.sister, user=self.sister_admin)

    def test_the_tiles_tell_the_story(self):
        self.make_story()
        self.assertEqual(
            self.values(),
            {
                "due": (1, 1),
                "late": (2,),
                "appointments": (2, 1),
                "escalations": (0, 0, 0),
                "no_owner": (1,),
                "attention": (1,),
                "lost": (1, 1),
                "data": (8, 11),  # one of twelve
            },
        )

    def test_what_waits_for_the_reader_is_told_apart(self):
        call = self.make_call("kpb2")
        rule = self.env.ref("daya_kpb_followup.kpb_escalation_rule_overdue")
        for user, level in zip((self.kacab, self.chief), rule.level_ids, strict=False):
            self.env["kpb.escalation"].create(
                {
                    "followup_id": call.id,
                    "rule_id": rule.id,
                    "level_id": level.id,
                    "user_id": user.id,
                    "branch_id": self.branch.id,
                    "raised_on": TODAY,
                    "due_on": TODAY,
                }
            )
        self.assertEqual(self.values()["escalations"], (2, 1, 0))

    def test_every_number_is_the_length_of_the_list_it_opens(self):
        self.make_story()
        for person in (self.kacab, self.chief, self.env.ref("base.user_admin")):
            for tile in self.page(person)["tiles"]:
                for number in tile["numbers"]:
                    with self.subTest(person=person.login, tile=tile["key"], of=number["label"]):
                        action = self.env.ref(number["action"])
                        rows = self.env[action.res_model].with_user(person)
                        found = rows.web_search_read(number["domain"], {"display_name": {}})
                        self.assertEqual(found["length"], number.get("rows", number["value"]))

    def test_branches_add_up_and_nobody_sees_beside_his_own(self):
        self.make_story()
        whole, own = self.values(self.chief), self.values(self.chief, self.branch)
        other = self.values(self.chief, self.sister)
        self.assertEqual(own, self.values(self.kacab))
        self.assertEqual(other["due"], (1, 0))
        for values in (whole, own, other):
            values["data"] = values["data"][1:]  # a share does not add up
        self.assertEqual(
            whole,
            {key: tuple(a + b for a, b in zip(own[key], other[key], strict=True)) for key in own},
        )
        self.assertEqual([line["id"] for line in self.page()["branches"]], self.branch.ids)

    def test_a_branch_that_is_not_mine_is_not_shown(self):
        self.make_story()
        page = self.page(self.kacab, self.sister)
        self.assertFalse(page["branch_id"])
        self.assertEqual(self.values(self.kacab, self.sister), self.values(self.kacab))

    def test_a_day_is_the_branch_s_own(self):
        makassar = self.make_branch("Makassar Uji", "TST-M", tz="Asia/Makassar")
        self.add_member(makassar, "kacab", self.kacab)
        self.go_to(utc(TODAY, 23, 30))  # half past midnight in Makassar
        self.make_call("kpb2")
        tomorrow = TODAY + timedelta(days=1)
        unit = self.make_purchase(branch=makassar, salesperson_id=False)
        self.make_call("kpb2", purchase=unit, user=self.kacab, deadline=tomorrow)
        self.make_call("kpb3", purchase=unit, user=self.kacab, deadline=TODAY)
        self.assertEqual(self.values()["due"][0], 2)
        self.assertEqual(self.values()["late"], (1,))
        self.assertEqual(self.values(branch=makassar)["due"][0], 1)

    def test_callers_are_told_that_it_is_not_for_them(self):
        with self.assertRaisesRegex(AccessError, "for managers"):
            self.page(self.admin_crm)

    def test_a_manager_without_a_branch_sees_nothing_and_no_error(self):
        stranger = self.make_member(self.head_office, "pic_crm", groups="kpb_group_manager")
        self.env["kpb.branch.member"].search([("user_id", "=", stranger.id)]).unlink()
        page = self.page(stranger)
        self.assertEqual((page["branches"], page["tiles"], page["day"]), ([], [], False))

    def test_more_rows_ask_no_more_of_the_database(self):
        self.make_story()
        self.page()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.page()
        few = self.env.cr.sql_log_count - before
        for _each in range(10):
            self.make_call("kpb2")
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.page()
        self.assertEqual(self.env.cr.sql_log_count - before, few)
