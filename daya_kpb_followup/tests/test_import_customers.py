from ..rules.dms import Column
from .import_case import SALE, ImportCase, sale


class TestImportCustomers(ImportCase):
    """Who is the customer? Two people are never made one on a guess."""

    def customers(self, *lines):
        self.assertCounts(self.run_import(*lines), created=len(lines))
        return (
            self.env["kpb.purchase"]
            .search([("chassis_number", "in", [line[Column.CHASSIS] for line in lines])])
            .partner_id
        )

    def test_same_nik_is_one_customer(self):
        nik = SALE[Column.NIK]
        self.assertEqual(len(self.customers(sale(1, nik=nik), sale(2, nik=nik))), 1)
        known = self.unit(1).partner_id
        self.customers(sale(3, nik=nik, name="Siti A.", phone=""))
        self.assertEqual(self.unit(3).partner_id, known)

    def test_same_phone_and_name_is_one_customer(self):
        same = {"nik": "", "phone": "081234567890"}
        self.assertEqual(
            len(self.customers(sale(1, name="Asep", **same), sale(2, name="ASEP", **same))), 1
        )

    def test_same_phone_or_name_alone_is_not(self):
        self.assertEqual(
            len(
                self.customers(
                    sale(1, nik="", name="Asep", phone="081234567890"),
                    sale(2, nik="", name="Asep", phone="081234567891"),
                    sale(3, nik="", name="Ujang", phone="081234567890"),
                )
            ),
            3,
        )

    def test_same_phone_and_name_with_another_nik_is_not(self):
        same = {"name": "Asep", "phone": "081234567890"}
        self.assertEqual(len(self.customers(sale(1, **same), sale(2, **same))), 2)
        self.customers(sale(3, **same))
        self.assertEqual(len((self.unit(1) | self.unit(2) | self.unit(3)).partner_id), 3)

    def test_the_newest_unit_tells_the_data_in_any_order(self):
        nik = SALE[Column.NIK]
        old = sale(1, nik=nik, purchase_date="01/02/2024", city="Lama")
        new = sale(2, nik=nik, purchase_date="01/02/2025", city="Baru")
        for first, second in ((old, new), (new, old)):
            with self.env.cr.savepoint() as savepoint:
                self.run_import(first)
                self.run_import(second)
                self.assertEqual(self.unit(1).partner_id.city, "Baru")
                self.assertCounts(self.run_import(first, second), unchanged=2)
                savepoint.rollback()
            self.env.invalidate_all()

    def test_a_nik_of_somebody_else_is_left_out(self):
        self.run_import(sale(1), sale(2))
        job = self.run_import(sale(2, nik=sale(1)[Column.NIK]))
        self.assertCounts(job, unchanged=1)
        self.assertIn("No KTP", job.row_ids.note)
        self.assertEqual(self.unit(2).partner_id.nik, sale(2)[Column.NIK])
