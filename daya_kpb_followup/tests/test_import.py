from datetime import date

from ..rules.dms import Column
from .import_case import SALE, ImportCase, sale

WRITTEN = ("kpb_purchase", "res_partner", "product_product", "mail_message")


class TestImport(ImportCase):
    """A morning's export brings units and customers up to date, and nothing else."""

    def test_a_sale_becomes_a_purchase(self):
        job = self.run_import(SALE)
        self.assertCounts(job, created=1)
        purchase = job.row_ids.purchase_id
        self.assertEqual(purchase.engine_number, "JFB1E1900001")
        self.assertEqual(purchase.license_plate, "D 4512 AB")
        self.assertEqual(purchase.purchase_date, date(2025, 3, 10))
        self.assertEqual(purchase.branch_id, self.branch)
        self.assertEqual(purchase.salesperson_id, self.sales)
        self.assertEqual(purchase.stnk_state, "in_process")
        self.assertEqual(purchase.product_id.name, "Vario 125 Uji Impor")
        self.assertTrue(purchase.next_followup_date)
        partner = purchase.partner_id
        self.assertEqual(partner.name, "Siti Aminah")
        self.assertEqual(partner.phone, "+628123456789")
        self.assertEqual(partner.nik, "3273014105900001")
        self.assertEqual(partner.birth_date, date(1990, 5, 1))
        self.assertEqual((partner.street, partner.city), ("Jl. Cihampelas No. 1", "Kota Bandung"))

    def test_a_row_that_went_in_forgets_the_customer(self):
        job = self.run_import(SALE, sale(2, engine=""))
        taken, rejected = job.row_ids.sorted("line")
        self.assertFalse(any(taken[name] for name in ("customer_name", "phone", "nik", "street")))
        self.assertEqual(rejected.customer_name, "Siti Aminah 2")
        self.assertFalse(job.data_file)
        job._gc_rejected()
        self.assertTrue(rejected.customer_name)
        self.env.cr.execute("UPDATE kpb_import_row SET write_date = '2020-01-01'")
        job._gc_rejected()
        self.assertFalse(rejected.customer_name or rejected.nik)

    def test_the_same_file_again_writes_nothing(self):
        lines = [sale(number) for number in range(1, 21)]
        self.assertCounts(self.run_import(*lines), created=20)
        before = self.rows_as_written(*WRITTEN)
        for _again in range(2):
            self.assertCounts(self.run_import(*lines), unchanged=20)
        self.assertEqual(self.rows_as_written(*WRITTEN), before)

    def test_other_ways_to_write_the_same_are_no_change(self):
        self.run_import(SALE)
        again = SALE | {
            Column.PHONE: "+62 812 3456 789",
            Column.PLATE: "d4512ab",
            Column.PURCHASE_DATE: "2025-03-10",
            Column.NAME: "SITI  AMINAH",
            Column.CHASSIS: "mh1jfb111tk900001",
            Column.PRODUCT: "VARIO 125 UJI IMPOR",
        }
        self.assertCounts(self.run_import(again), unchanged=1)
        self.assertEqual(self.unit().partner_id.name, "Siti Aminah")

    def test_only_what_changed_is_taken_over(self):
        self.run_import(SALE)
        partner = self.unit().partner_id
        partner.write({"phone": "+628999999999", "street": "Jl. Baru No. 5"})
        job = self.run_import(SALE | {Column.CITY: "Kab. Bandung", Column.STNK: "Siap"})
        self.assertCounts(job, updated=1)
        self.assertEqual(partner.city, "Kab. Bandung")
        self.assertEqual(self.unit().stnk_state, "ready")
        self.assertEqual(partner.phone, "+628999999999", "corrected here after the last export")
        self.assertEqual(partner.street, "Jl. Baru No. 5")
        self.assertCounts(self.run_import(SALE | {Column.PHONE: "0813-1111-222"}), updated=1)
        self.assertEqual(partner.phone, "+628131111222", "corrected there")

    def test_an_empty_cell_empties_nothing(self):
        self.run_import(SALE)
        emptied = {
            column: ""
            for column in Column
            if column
            not in (Column.CHASSIS, Column.ENGINE, Column.NAME, Column.PURCHASE_DATE, Column.BRANCH)
        }
        self.assertCounts(self.run_import(SALE | emptied), unchanged=1)
        self.assertEqual(self.unit().partner_id.phone, "+628123456789")
        self.assertEqual(self.unit().salesperson_id, self.sales)
        self.assertCounts(self.run_import(SALE), unchanged=1)

    def test_an_stnk_never_goes_back(self):
        self.run_import(SALE)
        self.unit().stnk_state = "collected"
        self.assertCounts(self.run_import(SALE | {Column.STNK: "Siap"}), unchanged=1)
        self.assertEqual(self.unit().stnk_state, "collected")

    def test_a_unit_registered_by_hand_is_recognised(self):
        purchase = self.make_purchase(
            chassis_number=SALE[Column.CHASSIS], engine_number=SALE[Column.ENGINE]
        )
        self.assertCounts(self.run_import(SALE), updated=1)
        self.assertEqual(purchase.partner_id.name, "Siti Aminah")
        self.assertCounts(self.run_import(SALE), unchanged=1)

    def test_what_the_customer_confirmed_stays(self):
        purchase = self.make_purchase(
            chassis_number=SALE[Column.CHASSIS], engine_number=SALE[Column.ENGINE]
        )
        purchase.validate_customer("phone", {"name": "Aminah Putri"})
        job = self.run_import(SALE)
        self.assertEqual(purchase.partner_id.name, "Aminah Putri")
        self.assertEqual(purchase.partner_id.phone, "+628123456789")
        self.assertIn("Nama Konsumen", job.row_ids.note)

    def test_a_unit_moves_to_another_branch(self):
        self.run_import(SALE)
        self.assertCounts(self.run_import(SALE | {Column.BRANCH: "TST-B"}), updated=1)
        self.assertEqual(self.unit().branch_id, self.sister)
        self.assertFalse(self.unit().salesperson_id)

    def test_two_lines_about_one_unit(self):
        job = self.run_import(SALE, SALE | {Column.CITY: "Cimahi"}, SALE | {Column.CITY: "Cimahi"})
        self.assertCounts(job, created=1, updated=1, unchanged=1)
        self.assertEqual(self.unit().partner_id.city, "Cimahi")

    def test_lines_that_contradict_each_other_come_to_rest(self):
        lines = [
            SALE,
            SALE | {Column.CITY: "Cimahi"},
            SALE | {Column.CITY: "Garut"},
            SALE | {Column.CITY: "Rusak", Column.PURCHASE_DATE: "kapan"},
        ]
        self.assertCounts(self.run_import(*lines), created=1, updated=1, unchanged=1, rejected=1)
        before = self.rows_as_written(*WRITTEN)
        job = self.run_import(*lines)
        self.assertCounts(job, unchanged=3, rejected=1)
        self.assertEqual(self.rows_as_written(*WRITTEN), before)
        self.assertEqual(self.unit().partner_id.city, "Garut")
        self.assertIn("4", job.row_ids.sorted("line")[0].note)
