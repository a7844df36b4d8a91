from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..models.kpb_attention import PARKED
from .common import PURCHASE_DAY, KpbCase, at_noon


class TestAttention(KpbCase):
    """What scheduled work could not do stands on one list, with the reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with at_noon(PURCHASE_DAY):
            cls.unit = cls.make_purchase()
            cls.foreign = cls.make_purchase(branch=cls.sister)
        cls.sister_kacab = cls.make_member(cls.sister, "kacab", groups="kpb_group_manager")

    def park(self, records):
        for record in records:
            record.sudo()._park(ValueError(f"{record._name} is poisoned"))
        self.env.flush_all()

    def lines(self, user):
        found = self.env["kpb.attention"].with_user(user).search([("kind", "!=", "kpb.branch")])
        return {(line.kind, line.record): line for line in found}

    def test_everything_that_was_parked_is_listed_with_its_problem(self):
        self.generate(self.after(15))
        call = self.unit.followup_ids
        self.park([self.unit, call])
        with at_noon(self.after(15)):
            lines = self.lines(self.kacab)
        self.assertEqual(set(lines), {("kpb.purchase", self.unit.id), ("kpb.followup", call.id)})
        line = lines["kpb.followup", call.id]
        self.assertEqual(line.name, call.display_name)
        self.assertEqual(line.advice, "ValueError: kpb.followup is poisoned")
        self.assertEqual((line.tries, line.branch_id), (1, self.branch))
        self.assertEqual(line.action_open()["res_id"], call.id)

    def test_everybody_sees_his_own_branches(self):
        self.park(self.unit | self.foreign)
        self.assertEqual(set(self.lines(self.kacab)), {("kpb.purchase", self.unit.id)})
        self.assertEqual(set(self.lines(self.sister_kacab)), {("kpb.purchase", self.foreign.id)})
        with self.assertRaises(AccessError):
            self.lines(self.sales)

    def test_retry_from_the_list(self):
        self.park([self.unit])
        line = self.lines(self.kacab)["kpb.purchase", self.unit.id]
        with at_noon(self.after(15)):
            line.action_retry()
        self.generate(self.after(15))
        self.assertTrue(self.unit.followup_ids)
        self.assertFalse(self.lines(self.kacab))

    def test_a_branch_that_stands_still_is_listed_for_its_managers(self):
        everywhere = self.env["kpb.branch"].search([])
        everywhere.generated_as_of = self.after(15)
        self.sister.generated_as_of = self.after(10)
        with at_noon(self.after(15)):
            standing = self.env["kpb.attention"].search([("kind", "=", "kpb.branch")])
            self.assertEqual(standing.branch_id, self.sister)
            self.assertIn("26 hours", standing.advice)
            self.assertFalse(self.env["kpb.attention"].with_user(self.kacab).search([]))

    def test_managers_read_in_their_summary_how_much_it_is(self):
        self.kacab.write({"email": "kacab@example.com", "lang": "en_US"})
        mails = self.env["mail.mail"]
        known = mails.search([])
        everywhere = self.env["kpb.branch"].with_context(active_test=False).search([])
        everywhere.generated_as_of = self.after(1)
        self.park([self.unit])
        self.run_cron("summary", self.after(1))
        mail = (mails.search([]) - known).filtered(
            lambda mail: mail.recipient_ids == self.kacab.partner_id
        )
        self.assertEqual(len(mail), 1)
        self.assertRegex(mail.body_html, r"/odoo/kpb-attention[^/]*<b>1</b>")
        self.run_cron("summary", self.after(1))
        again = (mails.search([]) - known).filtered(
            lambda mail: mail.recipient_ids == self.kacab.partner_id
        )
        self.assertEqual(again, mail, "once a day")

    def test_a_summary_without_parked_work_does_not_speak_of_it(self):
        template = self.env.ref("daya_kpb_followup.mail_template_daily_summary")
        body = template.with_context(kpb_today=1, kpb_overdue=0, lang="en_US")._render_field(
            "body_html", self.sales.ids
        )[self.sales.id]
        self.assertNotIn("kpb-attention", body)

    def test_the_list_asks_no_model_that_a_person_may_not_read(self):
        self.park([self.unit])
        with patch.object(
            self.registry["kpb.followup"], "has_access", lambda records, operation: False
        ):
            self.assertEqual(set(self.lines(self.kacab)), {("kpb.purchase", self.unit.id)})

    def test_what_is_parked_is_found_by_an_index(self):
        """Among millions of records hardly one is parked; each user's start page counts them."""
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        for model in PARKED:
            table = self.env[model]._table
            with self.subTest(model=model):
                self.env.cr.execute(
                    SQL("EXPLAIN SELECT id FROM %s WHERE park_count > 0", SQL.identifier(table))
                )
                plan = " ".join(line for (line,) in self.env.cr.fetchall())
                self.assertIn(f"{table}_parked", plan)
