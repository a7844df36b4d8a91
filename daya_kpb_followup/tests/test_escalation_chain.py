from datetime import timedelta

from .common import PURCHASE_DAY, KpbCase, at_noon


class TestEscalationChain(KpbCase):
    """S5: the hand-over chain exactly as written, with replies and with silence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kabeng = cls.make_member(cls.branch, "kabeng", groups="kpb_group_manager")
        cls.sister_kacab = cls.make_member(cls.sister, "kacab", groups="kpb_group_manager")
        cls.sister_kabeng = cls.make_member(cls.sister, "kabeng", groups="kpb_group_manager")
        cls.stations = (
            cls.pic_crm,
            cls.kacab,
            cls.sister_kacab,
            cls.sister_kabeng,
            cls.kabeng,
            cls.pic_crm,
        )

    def served_at_sister(self):
        """Return a call whose customer had KPB 1 done at the sister branch."""
        with at_noon(PURCHASE_DAY):
            purchase = self.make_purchase()
        self.generate(self.after(30))
        with at_noon(self.after(31)):
            self.env["kpb.visit"].create(
                {
                    "purchase_id": purchase.id,
                    "date": self.after(31),
                    "place": "sister",
                    "branch_id": self.sister.id,
                    "kpb_number": 1,
                }
            )
        followup = self.followup(purchase, "kpb1")
        self.assertEqual(followup.result, "served_sister")
        return followup

    def escalations(self, followup):
        return followup.escalation_ids.sorted("id")

    def test_six_stations_by_reply(self):
        followup = self.served_at_sister()
        self.run_cron("escalate", self.after(31))
        for number, person in enumerate(self.stations, 1):
            lines = self.escalations(followup)
            self.assertEqual(len(lines), number)
            self.assertEqual(lines[-1].user_id, person)
            self.assertEqual(lines[-1].state, "open")
            self.assertEqual(lines[-1].activity_ids.user_id, person)
            with at_noon(self.after(31)):
                lines[-1].with_user(person).reply(f"Belum selesai {number}", resolved=False)
        lines = self.escalations(followup)
        self.assertEqual(lines.mapped("user_id"), followup.env["res.users"].union(*self.stations))
        self.assertEqual(lines.mapped("state"), ["passed_on"] * 5 + ["concluded"])
        self.run_cron("escalate", self.after(60))
        self.assertEqual(self.escalations(followup), lines)

    def test_six_stations_by_silence(self):
        followup = self.served_at_sister()
        day = self.after(31)
        for _day in range(40):
            self.run_cron("escalate", day)
            day += timedelta(days=1)
        lines = self.escalations(followup)
        self.assertEqual([line.user_id for line in lines], list(self.stations))
        self.assertEqual(lines.mapped("state"), ["silent"] * 5 + ["concluded"])
