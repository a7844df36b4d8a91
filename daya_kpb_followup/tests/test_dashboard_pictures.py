from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .call_case import BOUGHT, TODAY, CallCase


@tagged("post_install", "-at_install")
class TestDashboardPictures(CallCase):
    """Funnel, ladder and load: the reports' own figures, each with the rows behind it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chief = cls.make_member(cls.head_office, "pic_crm", groups="kpb_group_manager")

    def setUp(self):
        super().setUp()
        self.unit = self.make_purchase(BOUGHT)
        self.reached = self.make_call("kpb2", purchase=self.unit)
        self.log(self.reached, "call_back", call_back_on=str(TODAY + timedelta(days=1)))
        self.log(self.make_call("kpb2"), "no_answer")
        self.make_call("kpb2")
        self.make_call("kpb2", branch=self.sister, user=self.sister_admin)
        self.env["kpb.visit"].create(
            {
                "purchase_id": self.unit.id,
                "date": BOUGHT + timedelta(days=20),
                "kpb_number": 1,
                "place": "sister",
                "branch_id": self.sister.id,
            }
        )

    def pictures(self, user=None, branch=None):
        self.env.flush_all()
        dashboard = self.env["kpb.dashboard"].with_user(user or self.kacab)
        return dashboard.with_context(lang="en_US").pictures(
            ["funnel", "ladder", "load"], branch.id if branch else False
        )

    def funnel(self, user=None, branch=None):
        return [step["customers"] for step in self.pictures(user, branch)["funnel"]["steps"]]

    def cells(self, pictures):
        """Yield each number of a page's pictures with the rows it promises."""
        for step in pictures["funnel"]["steps"]:
            yield step, step["calls"]
        for month in pictures["ladder"]["months"]:
            for cell in month["cells"].values():
                yield cell, cell["due"]
        for line in pictures["load"]["lines"]:
            for cell in line["cells"].values():
                yield cell, cell["calls"]

    def test_the_funnel_counts_customers(self):
        self.assertEqual(self.funnel(), [3, 2, 1, 0, 0])

    def test_the_branches_add_up_to_head_office(self):
        own, other = self.funnel(branch=self.branch), self.funnel(self.chief, self.sister)
        self.assertEqual(other, [1, 0, 0, 0, 0])
        self.assertEqual(self.funnel(self.chief), [a + b for a, b in zip(own, other, strict=True)])

    def test_the_ladder_tells_the_group_from_the_own_branch(self):
        [month] = [
            month for month in self.pictures()["ladder"]["months"] if month["key"] == "2026-05-01"
        ]
        cell = month["cells"]["kpb1"]
        self.assertEqual(
            [cell[name] for name in ("due", "group", "own", "elsewhere")], [3, 1, 0, 0]
        )

    def test_every_number_is_the_length_of_the_list_it_opens(self):
        for person in (self.kacab, self.chief):
            seen = 0
            for number, promised in self.cells(self.pictures(person)):
                with self.subTest(person=person.login, domain=number["domain"]):
                    action = self.env.ref(number["action"])
                    rows = self.env[action.res_model].with_user(person)
                    self.assertEqual(rows.search_count(number["domain"]), promised)
                seen += promised
            self.assertGreater(seen, 8)

    def test_the_load_is_per_person_in_one_branch_and_per_branch_in_several(self):
        own, whole = self.pictures()["load"], self.pictures(self.chief)["load"]
        self.assertEqual((own["by"], whole["by"]), ("user_id", "branch_id"))
        self.assertIn(self.admin_crm.name, [line["label"] for line in own["lines"]])
        self.assertEqual(
            {line["label"] for line in whole["lines"]}, {self.branch.name, self.sister.name}
        )

    def test_too_many_calls_are_marked(self):
        self.branch.daily_cap = 1
        lines = {line["label"]: line for line in self.pictures()["load"]["lines"]}
        cells = lines[self.admin_crm.name]["cells"]
        self.assertTrue(
            all(cell["over"] == (0 < cell["capacity"] < cell["calls"]) for cell in cells.values())
        )
        self.assertTrue(any(cell["capacity"] for cell in cells.values()))

    def test_calls_of_a_person_on_leave_are_too_many(self):
        self.branch.daily_cap = 50
        line = self.branch.member_ids.filtered(lambda line: line.user_id == self.admin_crm)
        line.write({"leave_from": TODAY - timedelta(days=1), "leave_to": TODAY + timedelta(days=6)})
        lines = {line["label"]: line for line in self.pictures()["load"]["lines"]}
        cells = lines[self.admin_crm.name]["cells"]
        week = cells[str(TODAY - timedelta(days=TODAY.weekday()))]
        self.assertEqual((week["capacity"], week["limited"], week["over"]), (0, True, True))

    def test_an_unknown_picture_is_refused_with_a_sentence(self):
        with self.assertRaisesRegex(UserError, "Picture"):
            self.env["kpb.dashboard"].with_user(self.kacab).pictures(["figures"])

    def test_callers_and_strangers(self):
        with self.assertRaises(AccessError):
            self.pictures(self.admin_crm)
        stranger = self.make_member(self.head_office, "pic_crm", groups="kpb_group_manager")
        self.env["kpb.branch.member"].search([("user_id", "=", stranger.id)]).unlink()
        self.assertFalse(any(self.pictures(stranger).values()))
