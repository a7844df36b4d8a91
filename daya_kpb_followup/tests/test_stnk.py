from .common import KpbCase, at_noon


class TestStnk(KpbCase):
    """P5 and decision 4: who waits for a certificate, and when the customer is called."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin_stnk = cls.make_member(cls.branch, "admin_stnk")
        cls.unit = cls.make_purchase()

    def chase_tasks(self):
        """Return the open tasks for Admin STNK on the unit."""
        chase = self.env.ref("daya_kpb_followup.mail_activity_type_stnk_chase")
        return self.unit.activity_ids.filtered(lambda task: task.activity_type_id == chase)

    def stnk(self, state, days, **vals):
        """Say how the certificate stands, on a day, as Admin STNK."""
        with at_noon(self.after(days)):
            self.unit.with_user(self.admin_stnk).write({"stnk_state": state, **vals})

    @property
    def call(self):
        """Return the call about the certificate."""
        return self.followup(self.unit, "stnk")

    def test_not_ready_becomes_a_task_for_admin_stnk(self):
        self.generate(self.after(15))
        self.assertOneCall(self.call, self.sales, self.after(15))
        self.assertEqual(self.chase_tasks().user_id, self.admin_stnk)
        with at_noon(self.after(15)):
            self.call.with_user(self.sales).log_attempt("stnk_not_ready")
        self.assertEqual(len(self.chase_tasks()), 1)
        self.assertGreater(self.call.deadline, self.after(15))

    def test_admin_stnk_finds_his_tasks_beside_the_calls(self):
        self.generate(self.after(15))
        mine = self.env["kpb.purchase"].with_user(self.admin_stnk)
        tasks = [("activity_ids.user_id", "=", self.admin_stnk.id)]
        self.assertEqual(mine.search(tasks), self.unit)
        self.stnk("ready", 16)
        self.assertFalse(mine.search(tasks))

    def test_the_call_that_waits_is_what_is_next(self):
        self.generate(self.after(15))
        self.assertEqual(self.unit.next_step, self.call.step)
        self.assertEqual(self.unit.next_step_date, self.after(15))
        self.stnk("collected", 17)
        self.assertEqual(self.unit.next_step, "KPB 1")
        self.assertEqual(self.unit.next_step_date, self.unit.next_followup_date)

    def test_the_customer_is_called_the_day_it_is_ready(self):
        self.generate(self.after(15))
        with at_noon(self.after(15)):
            self.call.with_user(self.sales).log_attempt("stnk_not_ready")
        self.stnk("ready", 16)
        self.assertOneCall(self.call, self.sales, self.after(16))
        self.assertEqual(self.unit.stnk_ready_date, self.after(16))
        self.assertFalse(self.chase_tasks())

    def test_ready_before_the_call_is_due_waits_for_it(self):
        self.stnk("ready", 10)
        self.assertFalse(self.call)
        self.generate(self.after(15))
        self.assertOneCall(self.call, self.sales, self.after(15))
        self.assertFalse(self.chase_tasks())

    def test_collected_closes_it(self):
        self.generate(self.after(15))
        self.stnk("collected", 17, stnk_collected_by="Istri")
        self.assertEqual((self.call.state, self.call.result), ("done", "picked_up"))
        self.assertEqual(self.unit.stnk_collected_date, self.after(17))
        self.assertFalse(self.call.activity_ids)
        self.assertFalse(self.chase_tasks())

    def test_collected_before_the_call_is_due_means_no_call(self):
        self.stnk("collected", 12)
        self.generate(self.after(15))
        self.assertEqual((self.call.state, self.call.result), ("done", "picked_up"))

    def test_a_call_given_up_while_it_was_not_there_opens_when_it_is(self):
        self.generate(self.after(15))
        self.call.milestone_id.attempt_limit = 1
        with at_noon(self.after(15)):
            self.call.with_user(self.sales).log_attempt("no_answer")
        self.assertEqual(self.call.result, "exhausted")
        self.stnk("ready", 22)
        self.assertOneCall(self.call, self.sales, self.after(22))

    def test_a_slip_is_taken_back_with_its_dates(self):
        self.stnk("collected", 12)
        self.stnk("in_process", 12)
        self.assertFalse(self.unit.stnk_collected_date or self.unit.stnk_ready_date)

    def test_dates_that_people_enter_stay(self):
        self.stnk("ready", 20, stnk_ready_date=self.after(18), bpkb_ready_date=self.after(19))
        self.assertEqual(self.unit.stnk_ready_date, self.after(18))
        self.assertEqual(self.unit.bpkb_ready_date, self.after(19))

    def test_a_waiting_certificate_is_never_too_late(self):
        self.generate(self.after(15))
        self.run_cron("lifecycle", self.after(150))
        self.assertEqual(self.call.state, "todo")
