from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError, UserError

from ..models import kpb_job
from ..rules.dms import Column
from .import_case import SALE, ImportCase, as_csv, sale


class TestImportRun(ImportCase):
    """However the work is cut, every row is accounted for, once (I9)."""

    def test_goes_on_where_it_stopped(self):
        lines = [sale(number) for number in range(1, 11)]
        job = self.drop(as_csv(*lines)).sudo()
        rows = type(self.env["kpb.import.row"])
        work, runs = rows._import_chunk, []

        def dying(records):
            runs.append(records)
            if len(runs) >= 3:
                raise psycopg2.OperationalError("the connection is gone")
            work(records)

        with patch.object(kpb_job, "CHUNK", 3):
            with patch.object(rows, "_import_chunk", dying):
                self.assertIn("the connection is gone", self.run_failing_cron("import"))
            self.env.invalidate_all()
            done = job.row_ids.filtered(lambda row: row.state == "created")
            self.assertEqual(len(done), 6)
            self.assertEqual((job.state, job.row_waiting), ("running", 4))
            self.run_cron("import")
        self.assertCounts(job, created=10)

    def test_a_unit_registered_meanwhile_is_looked_up_again(self):
        rows = self.drop(as_csv(SALE)).sudo().row_ids
        self.make_purchase(chassis_number=SALE[Column.CHASSIS])
        matcher, purchases = self.env["kpb.import.matcher"], self.env["kpb.purchase"]
        with (
            patch.object(type(matcher), "_find_units", lambda *args: None),
            patch.object(type(purchases), "_refuse_taken_numbers", lambda *args: None),
            self.assertRaises(psycopg2.errors.SerializationFailure),
        ):
            rows._import_chunk()

    def test_files_are_worked_off_in_their_order(self):
        first = self.drop(as_csv(SALE | {Column.CITY: "Satu"})).sudo()
        second = self.drop(as_csv(SALE | {Column.CITY: "Dua"})).sudo()
        self.run_cron("import")
        self.assertCounts(first, created=1)
        self.assertCounts(second, updated=1)
        self.assertEqual(self.unit().partner_id.city, "Dua")

    def test_a_file_is_started_once(self):
        job = self.drop(as_csv(SALE))
        with self.assertRaises(UserError):
            job.action_start()
        self.assertEqual(len(job.sudo().row_ids), 1)

    def test_queries_do_not_grow_with_rows(self):
        def queries(count, start):
            job = self.drop(as_csv(*(sale(start + n) for n in range(count)))).sudo()
            self.env.flush_all()
            self.env.invalidate_all()
            rows = job.row_ids
            before = self.env.cr.sql_log_count
            rows._import_chunk()
            return self.env.cr.sql_log_count - before

        queries(5, 1)
        few, many = queries(5, 100), queries(50, 200)
        self.assertLessEqual(many, few + 5)

    def test_only_administrators_see_imports(self):
        job = self.run_import(SALE)
        for user in (self.kacab, self.sales, self.admin_crm):
            with self.assertRaises(AccessError):
                job.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                job.row_ids.with_user(user).read(["line"])
            with self.assertRaises(AccessError):
                self.env["kpb.import"].with_user(user).create({})
        self.assertNotIn("nik", job.row_ids.with_user(self.importer).fields_get())

    def test_the_scheduler_alone_runs_it(self):
        with self.assertRaises(AccessError):
            self.env["kpb.import"].with_user(self.importer)._cron_import()
