from .common import PURCHASE_DAY, KpbCase, at_noon

TABLES = ("kpb_escalation", "kpb_followup", "mail_activity")


class TestEscalationStopped(KpbCase):
    """A rule with nobody to ask says so, hides no call from another, and waits without writing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kabeng = cls.make_member(cls.branch, "kabeng", groups="kpb_group_manager")
        cls.overdue = cls.env.ref("daya_kpb_followup.kpb_escalation_rule_overdue")
        cls.kacab_only = cls.overdue.copy({"name": "Kacab saja"})
        cls.kacab_only.level_ids.filtered(lambda level: level.role_id.code != "kacab").unlink()
        cls.kacab_only.sequence = cls.overdue.sequence - 1

    def calls(self, count=1):
        """Return calls that are late for both rules."""
        with at_noon(PURCHASE_DAY):
            units = self.env["kpb.purchase"].union(
                *(self.make_purchase() for _number in range(count))
            )
        self.generate(self.after(30))
        return units.followup_ids.filtered(lambda call: call.milestone_code == "kpb1")

    def escalate(self, days=45):
        self.run_cron("escalate", self.after(days))

    def as_written(self):
        """Return every row that a run could write, the stops included, with its version."""
        found = self.rows_as_written(*TABLES)
        self.env.cr.execute("SELECT xmin::text, ctid::text, * FROM kpb_followup_stopped_rel")
        return found | {"stops": sorted(self.env.cr.fetchall())}

    def stop_kacab(self):
        self.kacab.action_archive()
        self.run_cron("reconcile", self.after(40))

    def test_a_rule_with_nobody_hides_no_call_from_the_next(self):
        self.stop_kacab()
        call = self.calls()
        self.escalate()
        self.assertEqual(call.stopped_rule_ids, self.kacab_only)
        self.assertEqual(call.escalation_ids.rule_id, self.overdue)
        self.assertIn("Kacab saja: nobody left to ask", call.escalation_stop)
        self.assertNotIn(self.overdue.name, call.escalation_stop)

    def test_while_nothing_changes_nothing_is_written(self):
        self.stop_kacab()
        calls = self.calls(3)
        self.escalate()
        self.assertEqual(len(calls.stopped_rule_ids), 1)
        before = self.as_written()
        self.escalate()
        self.assertEqual(self.as_written(), before)

    def test_once_somebody_is_there_the_call_climbs(self):
        self.stop_kacab()
        calls = self.calls(3)
        self.escalate()
        kacab = self.make_member(self.branch, "kacab", login="kpb_new_kacab")
        self.escalate()
        self.assertFalse(calls.stopped_rule_ids)
        for call in calls:
            raised = call.escalation_ids.filtered(lambda line: line.rule_id == self.kacab_only)
            self.assertEqual(raised.user_id, kacab)

    def test_another_branch_s_people_change_nothing(self):
        self.stop_kacab()
        call = self.calls()
        self.escalate()
        self.make_member(self.sister, "kacab", login="kpb_new_sister_kacab")
        before = self.as_written()
        self.escalate()
        self.assertEqual(self.as_written(), before)
        self.assertTrue(call.stopped_rule_ids)

    def test_a_call_that_was_made_has_no_stop_any_more(self):
        self.stop_kacab()
        call = self.calls()
        self.escalate()
        with at_noon(self.after(45)):
            call.with_user(self.sales).log_attempt("no_answer")
        self.escalate()
        self.assertFalse(call.stopped_rule_ids)
        self.assertFalse(call.escalation_stop)

    def test_a_rule_that_is_switched_off_stops_nothing(self):
        self.stop_kacab()
        call = self.calls()
        self.escalate()
        self.kacab_only.active = False
        self.escalate()
        self.assertFalse(call.stopped_rule_ids)
