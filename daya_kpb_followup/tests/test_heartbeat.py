from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import HttpCase

from ..controllers import kpb_health
from ..models.kpb_branch_heartbeat import LATEST
from ..models.kpb_heartbeat import JOBS
from .common import ADDON, PURCHASE_DAY, KpbCase

KPB = "daya_kpb_followup"
#: Midnight in Jakarta at the beginning of the last complete day.
BEGUN = datetime(PURCHASE_DAY.year, PURCHASE_DAY.month, PURCHASE_DAY.day) - timedelta(hours=7)
MINUTE = timedelta(minutes=1)


class HeartbeatCase(KpbCase):
    """All branches of the database are complete for one day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        everywhere = cls.env["kpb.branch"].with_context(active_test=False).search([])
        everywhere.write({"generated_as_of": PURCHASE_DAY, "tz": "Asia/Jakarta"})
        jobs = [cls.env.ref(f"{KPB}.ir_cron_kpb_{job}") for job in JOBS]
        cls.jobs = cls.env["ir.cron"].union(*jobs)
        cls.jobs.nextcall = datetime.now() + timedelta(hours=1)


class TestHeartbeat(HeartbeatCase):
    """A generation that stands still does not stay unnoticed."""

    def look(self, moment):
        with freeze_time(moment):
            return self.env["kpb.heartbeat"]._look()

    def alarms(self, active=True):
        kind = self.env.ref("daya_kpb_followup.mail_activity_type_heartbeat")
        return (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search([("activity_type_id", "=", kind.id), ("active", "=", active)])
        )

    def test_twenty_six_hours_by_the_branch_s_own_clock(self):
        for tz, hours in (("Asia/Jakarta", 7), ("Asia/Makassar", 8), ("Asia/Jayapura", 9)):
            self.branch.tz = tz
            midnight = datetime.combine(PURCHASE_DAY, datetime.min.time()) - timedelta(hours=hours)
            with freeze_time(midnight + LATEST):
                self.assertFalse(self.branch._is_late(), tz)
            with freeze_time(midnight + LATEST + MINUTE):
                self.assertTrue(self.branch._is_late(), tz)

    def test_a_branch_without_a_complete_day_is_measured_from_its_creation(self):
        with freeze_time(BEGUN):
            new = self.make_branch("Cabang Baru Uji", "TST-NEW")
        self.env.cr.execute("UPDATE kpb_branch SET create_date = %s WHERE id = %s", [BEGUN, new.id])
        new.invalidate_recordset()
        with freeze_time(BEGUN + LATEST):
            self.assertFalse(new._is_late())
        with freeze_time(BEGUN + LATEST + MINUTE):
            self.assertTrue(new._is_late())

    def test_a_day_that_has_not_come_is_no_sign_of_life(self):
        self.branch.generated_as_of = self.after(300)
        with freeze_time(BEGUN + timedelta(hours=12)):
            self.assertTrue(self.branch._is_late())

    def test_a_closed_branch_beats_for_nobody(self):
        self.branch.active = False
        self.assertNotIn(self.branch, self.look(BEGUN + LATEST + MINUTE))

    def test_pic_crm_is_told_once_and_it_ends_by_itself(self):
        own = self.head_office | self.branch | self.sister
        others = self.env["kpb.branch"].search([]) - own
        others.generated_as_of = self.after(2)
        late = BEGUN + LATEST + MINUTE
        with self.assertLogs(f"{ADDON}.models.kpb_heartbeat", "WARNING"):
            self.assertEqual(self.look(late), own)
            alarm = self.alarms()
            self.assertEqual(alarm.user_id, self.pic_crm)
            for branch in own:
                self.assertIn(branch.name, alarm.note)
            for hours in range(1, 5):
                self.look(late + timedelta(hours=hours))
            self.assertEqual(self.alarms(), alarm, "once, not each hour")
            alarm.action_feedback(feedback="Sudah diberitahu")
            self.look(late + timedelta(hours=5))
            self.assertFalse(self.alarms(), "who has read it is not told again")
        own.generated_as_of = self.after(1)
        self.assertFalse(self.look(late + timedelta(hours=6)))

    def test_the_next_standstill_is_told_anew(self):
        own = self.head_office | self.branch | self.sister
        others = self.env["kpb.branch"].search([]) - own
        others.generated_as_of = self.after(1)
        with self.assertLogs(f"{ADDON}.models.kpb_heartbeat", "WARNING"):
            self.look(BEGUN + LATEST + MINUTE)
            first = self.alarms()
            own.generated_as_of = self.after(4)
            others.generated_as_of = self.after(5)
            self.look(BEGUN + timedelta(days=4, hours=8))
            self.assertFalse(self.alarms(), "it ends by itself")
            self.env.cr.execute(
                "UPDATE mail_activity SET create_date = %s WHERE id = %s",
                [BEGUN + LATEST + MINUTE, first.id],
            )
            self.env.invalidate_all()
            self.look(BEGUN + timedelta(days=4) + LATEST + MINUTE)
            self.assertEqual(len(self.alarms()), 1)
            self.assertNotEqual(self.alarms(), first)

    def test_without_pic_crm_an_administrator_is_told(self):
        (self.pic_crm | self.kacab).action_archive()
        with self.assertLogs(f"{ADDON}.models.kpb_heartbeat", "WARNING"):
            self.look(BEGUN + LATEST + MINUTE)
        admins = self.env.ref(f"{KPB}.kpb_group_admin").all_user_ids
        notes = self.alarms().filtered(lambda alarm: alarm.user_id in admins).mapped("note")
        self.assertTrue(any(self.branch.name in note for note in notes))

    def test_the_generation_is_started_again(self):
        cron = self.env.ref(f"{KPB}.ir_cron_kpb_generate")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        with self.assertLogs(f"{ADDON}.models.kpb_heartbeat", "WARNING"):
            self.look(BEGUN + LATEST + MINUTE)
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - triggers)

    def stop(self, job, moment, **values):
        """Let a scheduled action stand still, as if it had been so for a while at a moment."""
        job.write(values)
        self.env.flush_all()
        self.env.cr.execute("UPDATE ir_cron SET write_date = %s WHERE id = %s", [moment, job.id])
        self.env.invalidate_all()

    def test_a_job_that_stands_still_is_told_to_an_administrator(self):
        lifecycle = self.env.ref(f"{KPB}.ir_cron_kpb_lifecycle")
        self.env["kpb.branch"].search([]).generated_as_of = self.after(1)
        moment = BEGUN + timedelta(days=1)
        before = moment - LATEST - MINUTE
        for values in ({"active": False}, {"nextcall": before}, {"first_failure_date": before}):
            with self.subTest(**values), self.cr.savepoint() as savepoint:
                self.look(moment)
                self.assertFalse(self.alarms())
                self.stop(lifecycle, moment, **values)
                for minutes in (30, 60):
                    self.assertFalse(self.look(moment + minutes * MINUTE), "no branch is late")
                alarm = self.alarms()
                self.assertEqual(len(alarm), 1)
                admins = self.env.ref(f"{KPB}.kpb_group_admin").all_user_ids
                self.assertIn(alarm.user_id, admins)
                self.assertIn(lifecycle.cron_name, alarm.note)
                alarm.action_feedback(feedback="Sengaja dimatikan")
                self.look(moment + timedelta(hours=20))
                self.assertFalse(self.alarms(), "who has read it is not told again")
                summary = self.env.ref(f"{KPB}.ir_cron_kpb_summary")
                self.stop(summary, moment, active=False)
                self.look(moment + timedelta(hours=20))
                self.assertIn(summary.cron_name, self.alarms().note, "another one is told")
                summary.active = True
                self.look(moment + timedelta(hours=20))
                self.assertFalse(self.alarms(), "it ends by itself")
                savepoint.rollback()

    def test_a_deleted_job_is_missed_and_breaks_nothing(self):
        self.env["kpb.branch"].search([]).generated_as_of = self.after(1)
        with freeze_time(BEGUN + timedelta(days=1)):
            self.assertTrue(self.env["kpb.heartbeat"]._is_well())
            self.env.ref(f"{KPB}.ir_cron_kpb_import").unlink()
            self.assertFalse(self.env["kpb.heartbeat"]._is_well())
        self.assertFalse(self.look(BEGUN + timedelta(days=1)))

    def test_nobody_gets_a_mail(self):
        before = self.rows_as_written("mail_mail", "mail_message", "mail_notification")
        with self.assertLogs(f"{ADDON}.models.kpb_heartbeat", "WARNING"):
            self.look(BEGUN + LATEST + MINUTE)
        after = self.rows_as_written("mail_mail", "mail_message", "mail_notification")
        self.assertEqual(after, before)

    def test_generation_marks_each_branch_that_is_complete(self):
        with freeze_time(BEGUN):
            purchase = self.make_purchase()
        generate = self.registry["kpb.generator"]._generate_chunk

        def refuse(generator, as_of, purchases):
            if purchase in purchases:
                generator.env.cr.execute(
                    "DO $$ BEGIN RAISE EXCEPTION 'busy' USING ERRCODE = '55P03'; END $$"
                )
            generate(generator, as_of, purchases)

        with (
            patch.object(self.registry["kpb.generator"], "_generate_chunk", refuse),
            patch(f"{ADDON}.models.kpb_job.time.sleep"),
        ):
            self.run_failing_cron("generate", self.after(15))
        self.assertEqual(self.branch.generated_as_of, PURCHASE_DAY)
        self.assertEqual(self.sister.generated_as_of, self.after(15))
        self.generate(self.after(15))
        self.assertEqual(self.branch.generated_as_of, self.after(15))


class TestHealth(HttpCase, HeartbeatCase):
    """Monitoring is told one word, and nothing else."""

    def setUp(self):
        super().setUp()
        kpb_health._answers.clear()
        self.addCleanup(kpb_health._answers.clear)

    def ask(self):
        return self.url_open("/kpb/health")

    def set_heartbeat(self, ago):
        for branch in self.env["kpb.branch"].search([]):
            branch.generated_as_of = branch._today() - ago
        self.env.flush_all()

    def test_it_passes_and_fails_for_anybody_without_a_login(self):
        self.set_heartbeat(timedelta())
        answer = self.ask()
        self.assertEqual((answer.status_code, answer.json()), (200, {"status": "pass"}))
        self.assertEqual(answer.headers["Content-Type"], "application/health+json")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.set_heartbeat(timedelta(days=3))
        kpb_health._answers.clear()
        answer = self.ask()
        self.assertEqual((answer.status_code, answer.json()), (503, {"status": "fail"}))

    def test_it_fails_when_a_job_is_switched_off(self):
        self.set_heartbeat(timedelta())
        self.env.ref(f"{KPB}.ir_cron_kpb_escalate").active = False
        self.env.flush_all()
        self.assertEqual(self.ask().status_code, 503)

    def test_many_questions_ask_the_database_once(self):
        self.set_heartbeat(timedelta())
        late = self.registry["kpb.heartbeat"]._late
        asked = []

        def count(heartbeat):
            asked.append(1)
            return late(heartbeat)

        with patch.object(self.registry["kpb.heartbeat"], "_late", count):
            for _number in range(20):
                self.ask()
        self.assertEqual(len(asked), 1)

    def test_it_takes_no_other_method(self):
        self.assertEqual(self.url_open("/kpb/health", data={"any": "thing"}).status_code, 405)
