from .common import PURCHASE_DAY, KpbCase, at_noon


class TestReachable(KpbCase):
    """A phone is stored once, shown the Indonesian way, and found however it is typed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with at_noon(PURCHASE_DAY):
            cls.purchase = cls.make_purchase()
        cls.purchase.partner_id.phone = "+6281299887766"

    def test_shown_as_people_write_it(self):
        self.assertEqual(self.purchase.phone, "0812-9988-7766")
        self.purchase.partner_id.phone = "rumah Pak RT"
        self.assertEqual(self.purchase.phone, "rumah Pak RT")
        self.purchase.partner_id.phone = False
        self.assertFalse(self.purchase.phone)

    def test_found_however_it_is_typed(self):
        for typed in ("0812-9988-7766", "081299887766", "+62 812 9988 7766", "9988 77", "812-9988"):
            with self.subTest(typed=typed):
                found = self.env["kpb.purchase"].search([("phone", "ilike", typed)])
                self.assertIn(self.purchase, found)
        self.assertFalse(self.env["kpb.purchase"].search([("phone", "ilike", "0899-9988-7766")]))
