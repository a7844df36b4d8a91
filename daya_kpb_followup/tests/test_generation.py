from datetime import date, timedelta

from .common import PURCHASE_DAY, KpbCase, at_noon

#: (days after purchase, what exists by then), the SOP's days and the days before them (S2, P5).
BY_DAY = [
    (14, []),
    (15, ["stnk"]),
    (29, ["stnk"]),
    (30, ["stnk", "kpb1"]),
    (89, ["stnk", "kpb1"]),
    (90, ["stnk", "kpb1", "kpb2"]),
    (209, ["stnk", "kpb1", "kpb2"]),
    (210, ["stnk", "kpb1", "kpb2", "kpb3"]),
    (329, ["stnk", "kpb1", "kpb2", "kpb3"]),
    (330, ["stnk", "kpb1", "kpb2", "kpb3", "kpb4"]),
]
REGULAR_DAYS = [
    date(2026, 5, 3),
    date(2026, 8, 3),
    date(2026, 11, 3),
    date(2027, 2, 3),
    date(2027, 5, 3),
    date(2027, 8, 3),
    date(2027, 11, 3),
    date(2028, 2, 3),
]
RENEWAL_DAY = date(2028, 3, 10)


class TestGeneration(KpbCase):
    """S1, S2, P5, P8, P9: the right call, on the right day, for the right person, once."""

    def codes(self, purchase):
        return purchase.followup_ids.sorted("planned_date").mapped("milestone_id.code")

    def test_each_day_of_the_first_year(self):
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase()
        for days, expected in BY_DAY:
            for _again in range(2):
                self.generate(self.after(days))
                self.assertEqual(self.codes(purchase), expected, f"H+{days}")

    def test_regular_services_and_offer(self):
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase()
        self.generate(self.after(330))
        self.assertEqual(len(purchase.followup_ids), 5)
        for number, day in enumerate([*REGULAR_DAYS, RENEWAL_DAY], 6):
            self.generate(day - timedelta(days=1))
            self.assertEqual(len(purchase.followup_ids), number - 1, day)
            self.generate(day)
            self.assertEqual(len(purchase.followup_ids), number, day)
        self.assertFalse(purchase.next_milestone_id)
        self.generate(RENEWAL_DAY + timedelta(days=400))
        self.assertEqual(len(purchase.followup_ids), 14)

    def test_right_person_and_activity(self):
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase()
        self.generate(self.after(30))
        self.generate(self.after(90))
        self.assertOneCall(self.followup(purchase, "stnk"), self.sales, date(2025, 3, 25))
        self.assertOneCall(self.followup(purchase, "kpb1"), self.sales, date(2025, 4, 9))
        # H+90 is Sunday 8 June: the call is due on Monday
        self.assertOneCall(self.followup(purchase, "kpb2"), self.admin_crm, date(2025, 6, 9))
