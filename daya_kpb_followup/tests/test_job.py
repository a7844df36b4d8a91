from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import new_test_user

from ..models import kpb_job
from ..models.kpb_parkable import RETRY_HOURS
from .common import ADDON, PURCHASE_DAY, KpbCase, at_noon

GENERATOR = f"{ADDON}.models.kpb_generator.KpbGenerator"
CRON_METHODS = {
    "generate": ("kpb.generator", "_cron_generate"),
    "reconcile": ("kpb.reconciler", "_cron_reconcile"),
    "lifecycle": ("kpb.lifecycle", "_cron_lifecycle"),
    "summary": ("kpb.daily.summary", "_cron_send"),
}
WRITTEN = ("kpb_purchase", "kpb_followup", "mail_activity", "kpb_branch", "mail_mail", "res_users")
#: SQL that ends as a conflict between two transactions does.
CONFLICT = "DO $$ BEGIN RAISE EXCEPTION 'could not serialize' USING ERRCODE = '40001'; END $$"
DEADLOCK = "DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$"


def python_error(records):
    raise KeyError("nothing there")


def sql_error(records):
    records.env.cr.execute("SELECT 1 / 0")


def broken_reference(records):
    records.env.cr.execute(
        "UPDATE kpb_purchase SET branch_id = 2147483647 WHERE id IN %s",
        [tuple(records.ids)],
    )


def nul_character(records):
    records.env.cr.execute("SELECT %s", ["\0"])


def unknown_type(records):
    records.env.cr.execute("SELECT %s", [object()])


def out_of_memory(records):
    raise MemoryError


class TestJob(KpbCase):
    """The engine that works through what is due: nothing twice, nothing lost, nothing hidden."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with at_noon(PURCHASE_DAY):
            cls.purchases = cls.env["kpb.purchase"].union(
                *(cls.make_purchase() for _number in range(7))
            )
        cls.day = PURCHASE_DAY + timedelta(days=15)

    @contextmanager
    def poisoned(self, bad, poison=python_error):
        """Let the generation of some purchases fail."""
        bad_ids, generate = set(bad.ids), self.registry["kpb.generator"]._generate_chunk

        def generate_chunk(self, as_of, purchases):
            generate(self, as_of, purchases)
            hit = purchases.filtered(lambda purchase: purchase.id in bad_ids)
            if hit:
                poison(hit)

        with patch.object(self.registry["kpb.generator"], "_generate_chunk", generate_chunk):
            yield

    @contextmanager
    def failing_first(self, times, sql=CONFLICT):
        """Let the first chunks fail as a conflict with another transaction does."""
        generate = self.registry["kpb.generator"]._generate_chunk
        calls = []

        def generate_chunk(self, as_of, purchases):
            generate(self, as_of, purchases)
            calls.append(len(purchases))
            if len(calls) <= times:
                self.env.cr.execute(sql)

        with (
            patch.object(self.registry["kpb.generator"], "_generate_chunk", generate_chunk),
            patch.object(kpb_job.time, "sleep"),
        ):
            yield calls

    def assertCalled(self, purchases):
        for purchase in purchases:
            self.assertEqual(purchase.followup_ids.mapped("milestone_code"), ["stnk"])
            self.assertEqual(len(purchase.followup_ids.activity_ids), 1)
            self.assertFalse(purchase.park_error)
            self.assertEqual(purchase.next_milestone_id.code, "kpb1")

    def assertParked(self, purchases):
        for purchase in purchases:
            self.assertFalse(purchase.followup_ids)
            self.assertTrue(purchase.park_error)
            self.assertEqual(purchase.park_count, 1)
            self.assertEqual(purchase.next_milestone_id.code, "stnk")

    # records that cannot be handled
    def test_a_poisoned_record_stops_nobody_else_wherever_it_stands(self):
        for name, places in {
            "first": [0],
            "middle": [3],
            "last": [6],
            "first and last": [0, 6],
            "neighbours": [2, 3, 4],
            "all but one": [0, 1, 2, 4, 5, 6],
        }.items():
            for chunk in (3, 500):
                bad = self.purchases.browse(self.purchases[place].id for place in places)
                with self.subTest(name, chunk=chunk), self.cr.savepoint() as savepoint:
                    with self.poisoned(bad), patch.object(kpb_job, "CHUNK", chunk):
                        self.run_failing_cron("generate", self.day)
                    self.assertCalled(self.purchases - bad)
                    self.assertParked(bad)
                    savepoint.rollback()

    def test_every_kind_of_poison_is_isolated(self):
        bad = self.purchases[3]
        for poison in (
            python_error,
            sql_error,
            broken_reference,
            nul_character,
            unknown_type,
            out_of_memory,
        ):
            with self.subTest(poison.__name__), self.cr.savepoint() as savepoint:
                with self.poisoned(bad, poison):
                    self.run_failing_cron("generate", self.day)
                self.assertCalled(self.purchases - bad)
                self.assertParked(bad)
                savepoint.rollback()

    def test_a_record_that_cannot_even_be_parked_stops_nobody_else(self):
        bad = self.purchases[3]
        parkable = self.registry["kpb.purchase"]
        park = parkable._park

        def refuse(records, error):
            if bad.id in records.ids:
                records.env.cr.execute("SELECT 1 / 0")
            park(records, error)

        with self.poisoned(bad), patch.object(parkable, "_park", refuse):
            self.run_failing_cron("generate", self.day)
        self.assertCalled(self.purchases - bad)
        self.assertFalse(bad.followup_ids)

    def test_the_failure_shows_and_tells_what_it_was(self):
        with self.poisoned(self.purchases[3]):
            shown = self.run_failing_cron("generate", self.day)
        self.assertIn("nothing there", shown)
        self.assertEqual(self.purchases[3].park_error, "KeyError: 'nothing there'")

    def test_a_parked_record_is_not_tried_before_its_time(self):
        bad = self.purchases[3]
        with self.poisoned(bad), self.assertLogs(f"{ADDON}.models.kpb_job", "WARNING") as logs:
            self.run_failing_cron("generate", self.day)
        self.assertEqual(len(logs.output), 1, "one try per run")
        with self.poisoned(bad):
            before = self.rows_as_written("kpb_purchase", "kpb_followup", "mail_activity")
            self.generate(self.day)
            after = self.rows_as_written("kpb_purchase", "kpb_followup", "mail_activity")
            self.assertEqual(after, before)

    def test_the_gaps_between_tries_grow_and_only_the_first_failure_shows(self):
        """A job that fails at every retry for a week would be switched off by Odoo."""
        bad = self.purchases[3]
        for number, hours in enumerate([*RETRY_HOURS, RETRY_HOURS[-1]], 1):
            with self.poisoned(bad), at_noon(self.day + timedelta(days=number)):
                bad.action_retry()
                start = fields.Datetime.now()
                if number == 1:
                    self.run_failing_cron("generate")
                else:
                    self.generate()
                gap = bad.park_retry_at - start
            self.assertEqual(bad.park_count, number)
            self.assertAlmostEqual(gap, timedelta(hours=hours), delta=timedelta(minutes=1))
        self.assertEqual(sorted(RETRY_HOURS), list(RETRY_HOURS))

    def test_a_parked_record_is_done_once_when_its_time_has_come(self):
        bad = self.purchases[3]
        with self.poisoned(bad):
            self.run_failing_cron("generate", self.day)
        self.generate(self.day + timedelta(days=1))
        self.assertCalled(self.purchases)
        self.assertFalse(bad.park_count)
        self.assertFalse(bad.park_retry_at)

    def test_retry_by_hand_lets_the_next_run_try_at_once(self):
        bad = self.purchases[3]
        with self.poisoned(bad):
            self.run_failing_cron("generate", self.day)
        with at_noon(self.day):
            bad.with_user(self.kacab).action_retry()
            with self.assertRaises(AccessError):
                bad.with_user(self.sister_admin).action_retry()
        self.generate(self.day)
        self.assertCalled(self.purchases)

    # conflicts with other transactions
    def test_a_conflict_is_tried_again(self):
        for times, sql in [(1, CONFLICT), (1, DEADLOCK), (kpb_job.MAX_TRIES - 1, CONFLICT)]:
            with self.subTest(times=times, sql=sql), self.cr.savepoint() as savepoint:
                with self.failing_first(times, sql) as calls:
                    self.generate(self.day)
                self.assertEqual(len(calls), times + 1)
                self.assertCalled(self.purchases)
                savepoint.rollback()

    def test_a_conflict_that_stays_leaves_nothing_half_done(self):
        with self.failing_first(kpb_job.MAX_TRIES) as calls:
            self.run_failing_cron("generate", self.day)
        self.assertEqual(len(calls), kpb_job.MAX_TRIES)
        self.assertFalse(self.purchases.followup_ids)
        self.assertFalse(any(self.purchases.mapped("park_count")), "a conflict is nobody's fault")
        self.generate(self.day)
        self.assertCalled(self.purchases)

    def test_a_conflict_raised_by_the_driver_itself_is_tried_again(self):
        tries = []

        def attempt():
            tries.append(1)
            if len(tries) < 3:
                raise psycopg2.errors.SerializationFailure
            return "done"

        with patch.object(kpb_job.time, "sleep"), self.job_env(self.day) as env:
            self.assertEqual(env["kpb.job"]._with_retries(attempt), "done")
        self.assertEqual(len(tries), 3)

    @contextmanager
    def refused_claims(self, times):
        """Refuse the first claims; gives for each claim whether it looked elsewhere."""
        claim = self.registry["kpb.job"]._claim
        spreads = []

        def claim_after_refusals(job, records, domain, order, size, spread=False):
            spreads.append(spread)
            if len(spreads) <= times:
                job.env.cr.execute(CONFLICT)
            return claim(job, records, domain, order, size, spread)

        with (
            patch.object(self.registry["kpb.job"], "_claim", claim_after_refusals),
            patch.object(kpb_job.time, "sleep"),
        ):
            yield spreads

    def test_who_meets_others_at_the_head_of_the_line_looks_elsewhere(self):
        with self.refused_claims(2 * kpb_job.MAX_TRIES) as spreads:
            self.generate(self.day)
        self.assertCalled(self.purchases)
        self.assertFalse(spreads[0])
        self.assertTrue(all(spreads[1:]))

    def test_where_days_are_given_out_in_order_nobody_looks_elsewhere(self):
        self.branch.daily_cap = 5
        with self.refused_claims(1) as spreads:
            self.generate(self.day)
        self.assertCalled(self.purchases)
        self.assertGreater(len(spreads), 1)
        self.assertFalse(any(spreads))

    def test_a_claim_elsewhere_begins_in_the_middle_of_the_line(self):
        line = self.purchases.sorted("id")
        claim = self.env["kpb.job"]._claim
        domain = Domain("id", "in", line.ids)
        self.assertEqual(claim(line, domain, "id", 2), line[:2])
        with patch.object(kpb_job.random, "randrange", lambda stop: stop - 1):
            self.assertEqual(claim(line, domain, "id", 2, spread=True), line[-1] | line[0])

    def test_who_is_refused_every_time_leaves_the_work_to_the_others(self):
        def refuse(job, *_arguments):
            job.env.cr.execute(CONFLICT)

        with (
            patch.object(self.registry["kpb.job"], "_claim", refuse),
            patch.object(kpb_job.time, "sleep"),
            self.assertLogs(kpb_job._logger, "WARNING") as logs,
        ):
            self.generate(self.day)
        self.assertEqual(len(logs.output), 1)
        self.assertFalse(self.purchases.followup_ids)
        self.generate(self.day)
        self.assertCalled(self.purchases)

    def test_chunks_before_a_conflict_are_kept(self):
        with patch.object(kpb_job, "CHUNK", 3), patch.object(kpb_job.time, "sleep"):
            generate = self.registry["kpb.generator"]._generate_chunk
            done = []

            def generate_chunk(generator, as_of, purchases):
                generate(generator, as_of, purchases)
                if len(done) == 2:
                    generator.env.cr.execute(CONFLICT)
                done.append(purchases.ids)

            with patch.object(self.registry["kpb.generator"], "_generate_chunk", generate_chunk):
                self.run_failing_cron("generate", self.day)
        self.assertEqual(len(self.purchases.followup_ids), 6)
        self.generate(self.day)
        self.assertCalled(self.purchases)

    # pieces
    def test_out_of_time_means_the_rest_comes_in_the_next_run(self):
        cron_class = self.registry["ir.cron"]
        commit_progress = cron_class._commit_progress

        def no_time_left(cron, *args, **kwargs):
            commit_progress(cron, *args, **kwargs)
            return 0

        with (
            patch.object(kpb_job, "CHUNK", 2),
            patch.object(cron_class, "_commit_progress", no_time_left),
            self.job_env(self.day) as env,
        ):
            self.assertEqual(env["kpb.generator"]._generate(), 2)
        self.assertFalse(self.branch.generated_as_of)
        self.generate(self.day)
        self.assertCalled(self.purchases)
        self.assertEqual(self.branch.generated_as_of, self.day)

    def test_work_that_leaves_its_records_due_is_stopped(self):
        with self.job_env(self.day) as env:
            purchases = env["kpb.purchase"]
            domain = purchases._due_domain({self.branch.with_env(env): self.day})
            with self.assertRaisesRegex(RuntimeError, "still due"):
                env["kpb.job"]._work_off(purchases, domain, lambda chunk: None)

    def test_a_second_run_writes_nothing(self):
        for name in CRON_METHODS:
            with at_noon(self.day):
                self.run_cron("generate")
                self.run_cron(name)
                before = self.rows_as_written(*WRITTEN)
                self.run_cron(name)
                self.assertEqual(self.rows_as_written(*WRITTEN), before, name)

    # who may start it, and under which conditions
    def test_without_its_unique_index_the_generation_refuses_with_the_repair(self):
        self.env.cr.execute("ALTER INDEX kpb_followup_once RENAME TO kpb_followup_else")
        shown = self.run_failing_cron("generate", self.day)
        self.assertIn("kpb_followup_once", shown)
        self.assertIn("odoo -u daya_kpb_followup", shown)
        self.assertFalse(self.purchases.followup_ids)

    def test_an_index_that_is_not_unique_does_not_count(self):
        self.env.cr.execute("CREATE INDEX kpb_test_plain ON kpb_followup (id)")
        with self.assertRaisesRegex(UserError, "kpb_test_plain"):
            self.env["kpb.job"]._require_indexes("kpb_followup_once", "kpb_test_plain")

    def test_scheduled_jobs_refuse_people(self):
        plain = new_test_user(self.env, login="kpb_plain_person", groups="base.group_user")
        before = self.rows_as_written(*WRITTEN)
        for name, (model, method) in CRON_METHODS.items():
            action = self.env.ref(f"daya_kpb_followup.ir_cron_kpb_{name}").ir_actions_server_id
            for user in (plain, self.sales, self.kacab):
                with self.subTest(name, user=user.login):
                    with self.assertRaisesRegex(AccessError, "run by themselves"):
                        getattr(self.env[model].with_user(user), method)()
                    with self.assertRaises(AccessError):
                        action.with_user(user).run()
        self.assertEqual(self.rows_as_written(*WRITTEN), before)

    def test_scheduled_jobs_have_no_public_door(self):
        for model, method in CRON_METHODS.values():
            self.assertTrue(method.startswith("_"))
            public = [
                name
                for name in vars(type(self.env[model]).__mro__[1])
                if not name.startswith("_")
                and callable(vars(type(self.env[model]).__mro__[1])[name])
            ]
            self.assertFalse(public, model)
