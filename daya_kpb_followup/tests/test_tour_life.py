from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import KpbCase


@tagged("post_install", "-at_install")
class TestTourLife(KpbCase, HttpCase):
    """In a real browser: an arrival in one screen; LOST from the board."""

    #: All columns of the board in sight, LOST is the last.
    browser_size = "3600x1000"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        today = cls.branch._today()
        cls.unit = cls.make_purchase(
            today - timedelta(days=92),
            license_plate="D 4512 AB",
            partner_id=cls.env["res.partner"].create({"name": "Siti Uji"}).id,
        )
        milestone = cls.unit.schedule_id.milestone_ids.filtered(lambda line: line.code == "kpb2")
        cls.call = cls.env["kpb.followup"].create(
            {
                "purchase_id": cls.unit.id,
                "partner_id": cls.unit.partner_id.id,
                "branch_id": cls.unit.branch_id.id,
                "milestone_id": milestone.id,
                "role_id": milestone.role_id.id,
                "user_id": cls.admin_crm.id,
                "planned_date": today - timedelta(days=2),
                "first_deadline": today - timedelta(days=2),
                "deadline": today,
            }
        )

    def test_the_front_desk_records_an_arrival_by_plate(self):
        self.start_tour("/odoo/kpb-arrival", "kpb_arrival", login=self.admin_crm.login)
        self.env.invalidate_all()
        visit = self.unit.visit_ids
        self.assertEqual((visit.kpb_number, visit.odometer, visit.place), (2, 3_500, "own"))
        self.assertEqual((visit.odm_reference, visit.brought_by), ("ODM-2026-17", "Budi"))
        self.assertEqual((self.call.state, self.call.result), ("done", "came"))
        self.assertEqual(set(self.unit.validation_ids.mapped("channel")), {"odm"})

    def test_a_card_dragged_elsewhere_stays_where_it_was(self):
        self.start_tour("/odoo/kpb-customers", "kpb_board_refused", login=self.kacab.login)
        self.assertEqual(self.unit.status, "active")

    def test_the_manager_drags_a_card_to_lost(self):
        self.start_tour("/odoo/kpb-customers", "kpb_board_lost", login=self.kacab.login)
        self.env.invalidate_all()
        self.assertEqual(self.unit.status, "lost")
        self.assertEqual(
            self.unit.lost_reason_id,
            self.env.ref("daya_kpb_followup.kpb_lost_reason_unhappy"),
        )
        self.assertEqual((self.call.state, self.call.result), ("cancelled", "lost"))
