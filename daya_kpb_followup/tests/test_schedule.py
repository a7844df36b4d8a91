from datetime import date

from odoo import Command
from odoo.exceptions import UserError, ValidationError

from .common import PURCHASE_DAY, KpbCase, at_noon

REVISED_DAY = date(2025, 6, 1)


class TestSchedule(KpbCase):
    """S6, P10: a procedure in use is revised by copy and reviewed once a year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.schedule = cls.sop.copy(
            {
                "name": "Prosedur Uji",
                "document_number": "TST/1",
                "date_effective": "2025-01-01",
                "date_review": False,
            }
        )
        cls.schedule.action_publish()
        cls.branch.schedule_id = cls.schedule
        with at_noon(PURCHASE_DAY):
            cls.sold = cls.make_purchase()
        cls.kpb1 = cls.schedule.milestone_ids.filtered(lambda line: line.code == "kpb1")

    def revise(self, day=REVISED_DAY):
        """Return the published next revision, in which KPB 1 is called ten days earlier."""
        draft = self.env["kpb.schedule"].browse(self.schedule.action_revise()["res_id"])
        draft.milestone_ids.filtered(lambda line: line.code == "kpb1").offset_days = 20
        draft.date_effective = day
        draft.action_publish()
        return draft

    # what ships
    def test_both_procedures_ship_with_their_document_control(self):
        for schedule, number in [
            (self.sop, "QSP/OP-MKT/0004"),
            (self.pcd, "PCD/OP-MKT/0003"),
        ]:
            self.assertEqual(schedule.document_number, number)
            self.assertEqual(schedule.state, "published")
            for name in ("date_effective", "date_review", "prepared_by", "approved_by"):
                self.assertTrue(schedule[name], name)
            self.assertEqual(
                schedule.milestone_ids.mapped("code"),
                ["stnk", "kpb1", "kpb2", "kpb3", "kpb4", "regular", "renewal"],
            )
            self.assertEqual(len(schedule.milestone_ids.activity_type_id), 7)
            for kind in schedule.milestone_ids.activity_type_id:
                self.assertEqual(kind.res_model, "kpb.followup")
                self.assertTrue(kind.icon)
                self.assertIn("Bapak/Ibu", kind.default_note)

    # revisions
    def test_the_next_revision_is_a_draft_copy(self):
        draft = self.env["kpb.schedule"].browse(self.schedule.action_revise()["res_id"])
        self.assertEqual(
            (draft.state, draft.revision, draft.name, draft.previous_id, draft.document_number),
            ("draft", 1, "Prosedur Uji", self.schedule, "TST/1"),
        )
        self.assertFalse(draft.date_effective)
        self.assertEqual(len(draft.milestone_ids), len(self.schedule.milestone_ids))
        self.assertEqual(self.schedule.action_revise()["res_id"], draft.id, "one draft at a time")
        self.assertEqual(self.branch.schedule_id, self.schedule)

    def test_publishing_moves_the_branches_and_not_the_units_sold(self):
        revised = self.revise()
        self.assertEqual(self.schedule.state, "superseded")
        self.assertEqual(self.branch.schedule_id, revised)
        self.assertEqual(self.sold.schedule_id, self.schedule)
        self.assertEqual(self.sister.schedule_id, self.sop)
        self.assertEqual(revised.date_review, date(2026, 6, 1))
        self.generate(self.after(30))
        self.assertEqual(self.followup(self.sold, "kpb1").planned_date, self.after(30))

    def test_a_unit_follows_the_revision_of_the_day_it_was_sold(self):
        revised = self.revise()
        with at_noon(date(2025, 6, 10)):
            for day, expected in [
                (date(2025, 5, 31), self.schedule),
                (date(2025, 6, 1), revised),
                (date(2025, 6, 10), revised),
            ]:
                self.assertEqual(self.make_purchase(day).schedule_id, expected, day)

    def test_publishing_asks_for_what_is_missing(self):
        draft = self.env["kpb.schedule"].browse(self.schedule.action_revise()["res_id"])
        with self.assertRaisesRegex(UserError, "Effective From"):
            draft.action_publish()
        draft.date_effective = REVISED_DAY
        draft.milestone_ids = [Command.clear()]
        with self.assertRaisesRegex(UserError, "Milestones"):
            draft.action_publish()
        self.assertEqual(draft.state, "draft")
        with self.assertRaisesRegex(UserError, "not a draft"):
            self.schedule.action_publish()

    def test_a_review_lies_after_the_effective_date(self):
        with self.assertRaisesRegex(ValidationError, "Prosedur Uji"):
            self.schedule.date_review = self.schedule.date_effective

    # locked
    def test_dates_and_roles_of_a_revision_in_use_are_locked(self):
        kabeng = self.roles["kabeng"].id
        for change in (
            lambda: self.kpb1.write({"offset_days": 31}),
            lambda: self.kpb1.write({"role_id": kabeng}),
            lambda: self.kpb1.write({"code": "kpb9"}),
            lambda: self.kpb1.unlink(),
            lambda: self.kpb1.copy({"code": "kpb1b"}),
            lambda: self.schedule.write({"milestone_ids": [Command.delete(self.kpb1.id)]}),
        ):
            with self.assertRaisesRegex(UserError, "Prosedur Uji.*in use"), self.cr.savepoint():
                change()
        self.assertEqual(self.kpb1.offset_days, 30)
        self.assertEqual(self.kpb1.code, "kpb1")

    def test_texts_of_a_revision_in_use_are_not(self):
        self.kpb1.write({"name": "KPB Pertama", "sequence": 21, "useful_days": 45, "color": 9})
        self.kpb1.write({"offset_days": 30, "call_script": "<p>Halo</p>"})
        self.assertEqual(self.kpb1.name, "KPB Pertama")

    def test_nonsense_in_a_milestone_is_refused(self):
        draft = self.env["kpb.schedule"].browse(self.schedule.action_revise()["res_id"])
        line = draft.milestone_ids.filtered(lambda line: line.code == "kpb1")
        for vals in (
            {"kpb_number": 0},
            {"kpb_number": 5},
            {"kind": "regular"},
            {"interval_months": 3, "end_months": 0},
        ):
            with self.subTest(vals), self.assertRaises(ValidationError), self.cr.savepoint():
                line.write(vals)

    # the yearly review
    def review(self, day):
        with at_noon(day), self.enter_registry_test_mode():
            self.env.ref("daya_kpb_followup.ir_cron_kpb_lifecycle").method_direct_trigger()
        return self.schedule.activity_ids

    def test_the_owner_is_asked_to_review_once(self):
        self.schedule.owner_id = self.kacab
        self.assertEqual(self.schedule.date_review, date(2026, 1, 1))
        self.assertFalse(self.review(date(2025, 12, 31)))
        for day in (date(2026, 1, 1), date(2026, 1, 2)):
            activity = self.review(day)
            self.assertEqual(len(activity), 1)
            self.assertEqual(activity.user_id, self.kacab)
            self.assertEqual(activity.date_deadline, date(2026, 1, 1))

    def test_without_owner_pic_crm_of_a_head_office_is_asked(self):
        owner = self.review(date(2026, 1, 1)).user_id
        self.assertIn(
            owner,
            self.env["kpb.branch"]
            .search([("parent_id", "=", False)])
            .member_ids.filtered(lambda member: member.role_id.code == "pic_crm")
            .user_id,
        )

    def test_an_archived_owner_is_not_asked(self):
        self.schedule.owner_id = self.kacab
        self.kacab.action_archive()
        self.assertNotEqual(self.review(date(2026, 1, 1)).user_id, self.kacab)

    def test_a_superseded_revision_is_not_reviewed(self):
        self.revise()
        self.assertFalse(self.review(date(2026, 1, 1)))
