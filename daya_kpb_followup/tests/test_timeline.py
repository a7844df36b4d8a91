from .call_case import BOUGHT, FRIDAY, NOW, TODAY, CallCase, utc


class TestTimeline(CallCase):
    """The whole story of a unit in one glance: planned, called, appointed, came, where, by whom."""

    def step(self, unit, key):
        """Return one step of the unit's timeline."""
        unit.invalidate_recordset()
        return next(step for step in unit.timeline if step["key"] == key)

    def test_fourteen_steps_with_their_names_once_each(self):
        unit = self.make_purchase(BOUGHT)
        self.assertEqual(len(unit.timeline), 14)
        self.assertEqual(len({step["name"] for step in unit.timeline}), 14)

    def test_what_was_said_and_agreed(self):
        call = self.make_call("kpb2")
        self.log(call, "no_answer")
        self.log(call, "will_come", appointment_at=utc(FRIDAY, 9))
        step = self.step(call.purchase_id, "kpb2-1")
        self.assertEqual((step["tries"], step["called"][:10]), (2, str(NOW.date())))
        self.assertEqual(step["appointment"], str(utc(FRIDAY, 9)))
        self.assertEqual(step["caller"], self.admin_crm.name)
        self.assertEqual(step["coupon_left"], 135 - (TODAY - BOUGHT).days)
        self.assertNotIn("came", step)

    def test_what_was_undone_was_not_called(self):
        call = self.make_call("kpb2")
        self.log(call, "no_answer")
        self.assertEqual(self.step(call.purchase_id, "kpb2-1")["called"], str(NOW))
        call.with_user(self.admin_crm).action_undo_last_attempt()
        step = self.step(call.purchase_id, "kpb2-1")
        self.assertEqual((step["called"], step["tries"]), (False, 0))

    def test_who_came_where_brought_by_whom(self):
        call = self.make_call("kpb2")
        self.env["kpb.visit"].create(
            {
                "purchase_id": call.purchase_id.id,
                "date": TODAY,
                "place": "sister",
                "branch_id": self.sister.id,
                "kpb_number": 2,
                "brought_by": "Budi",
            }
        )
        step = self.step(call.purchase_id, "kpb2-1")
        self.assertEqual(
            (step["state"], step["came"], step["where"], step["brought_by"]),
            ("done", str(TODAY), self.sister.name, "Budi"),
        )
        self.assertEqual((step["coupon_used"], step["coupon_left"]), (str(TODAY), False))

    def test_a_coupon_used_before_its_call_counts_as_done(self):
        unit = self.make_purchase(BOUGHT)
        self.env["kpb.visit"].create({"purchase_id": unit.id, "date": TODAY, "kpb_number": 4})
        self.assertEqual(self.step(unit, "kpb4-1")["state"], "done")
