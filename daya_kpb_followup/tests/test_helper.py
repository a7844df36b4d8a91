from contextlib import suppress
from unittest.mock import patch

from ..models import kpb_helper, kpb_job
from .common import PURCHASE_DAY, KpbCase, at_noon


class TestHelper(KpbCase):
    """Much work is shared among workers; little work bothers nobody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with at_noon(PURCHASE_DAY):
            cls.purchases = cls.env["kpb.purchase"].union(
                *(cls.make_purchase() for _number in range(7))
            )
        cls.helpers = cls.env["ir.cron"].union(
            *(
                cls.env.ref(f"daya_kpb_followup.ir_cron_kpb_helper_{number}")
                for number in range(1, kpb_helper.HELPERS + 1)
            )
        )

    def called(self):
        return self.env["ir.cron.trigger"].search([("cron_id", "in", self.helpers.ids)]).cron_id

    def test_little_work_calls_nobody(self):
        self.generate(self.after(15))
        self.assertFalse(self.called())

    def test_much_work_calls_every_helper_once(self):
        with patch.object(kpb_job, "CHUNK", 2), patch.object(kpb_helper, "CHUNK", 2):
            self.generate(self.after(15))
        if "queue.job" not in self.env:
            self.assertEqual(self.called(), self.helpers)
        self.assertEqual(len(self.purchases.followup_ids), 7)

    def test_capped_days_are_given_out_by_one_worker(self):
        self.branch.daily_cap = 1
        with patch.object(kpb_job, "CHUNK", 2), patch.object(kpb_helper, "CHUNK", 2):
            self.generate(self.after(15))
        self.assertFalse(self.called())
        self.assertEqual(len(self.purchases.followup_ids), 7)

    def test_a_helper_that_was_deleted_is_not_missed(self):
        self.helpers[-1].unlink()
        with patch.object(kpb_job, "CHUNK", 2), patch.object(kpb_helper, "CHUNK", 2):
            self.generate(self.after(15))
        self.assertEqual(len(self.purchases.followup_ids), 7)

    def test_a_helper_does_what_is_due(self):
        self.run_cron("helper_1", self.after(15))
        self.assertEqual(len(self.purchases.followup_ids), 7)
        before = self.rows_as_written("kpb_purchase", "kpb_followup", "mail_activity")
        self.run_cron("helper_2", self.after(15))
        self.assertEqual(
            self.rows_as_written("kpb_purchase", "kpb_followup", "mail_activity"), before
        )

    def test_a_claim_is_one_chunk_and_commits_nothing(self):
        with at_noon(self.after(15)), patch.object(kpb_job, "CHUNK", 3):
            self.purchases.invalidate_recordset()
            with patch.object(type(self.env.cr), "commit", side_effect=AssertionError):
                handled = self.env["kpb.helper"]._claim("kpb.generator")
        self.assertEqual(handled, 3)

    def test_a_claim_goes_round_what_fails(self):
        bad = self.purchases[0]
        generate = self.registry["kpb.generator"]._generate_chunk

        def generate_chunk(generator, as_of, purchases):
            generate(generator, as_of, purchases)
            if bad in purchases:
                raise ValueError("poison")

        with (
            at_noon(self.after(15)),
            patch.object(self.registry["kpb.generator"], "_generate_chunk", generate_chunk),
            self.assertLogs(kpb_job._logger, "WARNING"),
        ):
            self.env["kpb.helper"]._claim("kpb.generator")
        self.assertEqual(len((self.purchases - bad).followup_ids), 6)
        self.assertEqual(bad.park_count, 1)


class TestChunks(KpbCase):
    """How much is claimed at once follows from how long the last chunk took."""

    def test_half_of_the_time_is_used(self):
        sizes = self.env["kpb.job"]._next_size
        self.assertEqual(sizes(100, 0.01), kpb_job.CHUNK, "never more")
        self.assertEqual(sizes(100, 1.0), 100)
        self.assertEqual(sizes(500, 4.0), 125)
        self.assertEqual(sizes(3, 60.0), 1, "never less")
        self.assertEqual(sizes(0, 0.0), 1)

    def test_a_slow_chunk_makes_the_next_one_smaller(self):
        with at_noon(PURCHASE_DAY):
            for _number in range(12):
                self.make_purchase()
        generate = self.registry["kpb.generator"]._generate_chunk
        sizes, clock = [], [0.0]

        def generate_chunk(generator, as_of, purchases):
            sizes.append(len(purchases))
            clock[0] += len(purchases) * 0.5
            generate(generator, as_of, purchases)

        with (
            self.job_env(self.after(15)) as env,
            patch.object(kpb_job, "FIRST_CHUNK", 6),
            patch.object(kpb_job.time, "monotonic", lambda: clock[0]),
            patch.object(self.registry["kpb.generator"], "_generate_chunk", generate_chunk),
        ):
            env["kpb.generator"]._generate()
        self.assertEqual(sizes, [6, 2, 2, 2])

    def test_poison_makes_no_chunk_much_longer(self):
        """What there is no time for is left to the next chunk, and done."""
        with at_noon(PURCHASE_DAY):
            units = self.env["kpb.purchase"].union(*(self.make_purchase() for _n in range(16)))
        bad = units[3] | units[12]
        generate = self.registry["kpb.generator"]._generate_chunk
        lengths, clock, begun = [], [0.0], [0.0]

        def generate_chunk(generator, as_of, purchases):
            generate(generator, as_of, purchases)
            clock[0] += len(purchases) * 0.2
            if set(bad.ids) & set(purchases.ids):
                raise ValueError("poison")

        def commit_progress(cron, *args, **kwargs):
            lengths.append(clock[0] - begun[0])
            begun[0] = clock[0]
            cron.env.cr.commit()
            return float("inf")

        with (
            self.job_env(self.after(15)) as env,
            self.assertLogs(kpb_job._logger, "WARNING"),
            suppress(ValueError),
            patch.object(kpb_job.time, "monotonic", lambda: clock[0]),
            patch.object(self.registry["kpb.generator"], "_generate_chunk", generate_chunk),
            patch.object(self.registry["ir.cron"], "_commit_progress", commit_progress),
        ):
            env["kpb.generator"]._generate()
        self.env.invalidate_all()
        self.assertEqual(len((units - bad).followup_ids), 14)
        self.assertEqual(bad.mapped("park_count"), [1, 1])
        # without its limit the first chunk would have tried everything in halves: 9.6 seconds
        self.assertLess(max(lengths), 6.5)
