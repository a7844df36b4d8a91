from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError

from ..rules.freshness import FRESH_FOR
from .call_case import TODAY, CallCase, utc

NIK, OTHER_NIK = "3273014105900001", "3273010105900002"
RIGHT = {
    "name": "Siti Aminah",
    "street": "Jl. Cihampelas 1",
    "nik": NIK,
    "phone": "+628123456789",
    "birth_place": "Bandung",
    "birth_date": date(1990, 5, 1),
}


class TestValidation(CallCase):
    """P3, P6: what the customer confirmed or corrected, item by item, and never a NIK in clear."""

    def setUp(self):
        super().setUp()
        self.unit = self.make_purchase()
        self.partner = self.unit.partner_id
        self.partner.write(RIGHT)

    def validate(self, values, channel="phone", user=None, **more):
        """Validate as a person, by default the caller."""
        unit = self.unit.with_user(user or self.admin_crm).with_context(lang="en_US")
        return unit.validate_customer(channel, values, **more)

    # confirmed
    def test_confirmed_unchanged(self):
        for values in (
            {
                "name": "Siti Aminah",
                "address": "Jl. Cihampelas 1",
                "nik": NIK,
                "phone": "+628123456789",
                "birth": {"place": "Bandung", "date": "1990-05-01"},
            },
            {
                "name": "  Siti   Aminah ",
                "address": "Jl. Cihampelas  1",
                "nik": "3273 0141 0590 0001",
                "phone": "0812-3456-789",
                "birth": "Bandung, 01/05/1990",
            },
            dict.fromkeys(("name", "address", "nik", "phone", "birth"), True),
        ):
            with self.subTest(values=values):
                rows = self.validate(values)
                self.assertEqual(rows.mapped("item"), list(values))
                self.assertEqual(rows.mapped("changed"), [False] * 5)
                for row in rows:
                    self.assertEqual(row.old_value, row.new_value)
                    self.assertEqual((row.partner_id, row.purchase_id), (self.partner, self.unit))
                    self.assertEqual((row.user_id, row.channel), (self.admin_crm, "phone"))
                self.assertEqual({name: self.partner[name] for name in RIGHT}, RIGHT)

    def test_a_number_written_another_way_is_no_change(self):
        self.partner.phone = "0812-3456-789"
        row = self.validate({"phone": "+62 812 3456 789"})
        self.assertFalse(row.changed)
        self.assertEqual(self.partner.phone, "+628123456789")

    def test_nothing_on_file_cannot_be_confirmed(self):
        self.partner.write({"nik": False, "street": False, "birth_place": False})
        for item in ("nik", "address", "birth"):
            self.assertRefused(lambda item=item: self.validate({item: True}), "nothing on file")

    def test_what_is_wrong_on_file_cannot_be_confirmed(self):
        self.partner.phone = "123"
        self.assertRefused(lambda: self.validate({"phone": True}), "0812")

    # corrected
    def test_corrected(self):
        rows = self.validate(
            {
                "name": "Siti Aminah Dewi",
                "address": "Jl. Riau 5",
                "nik": OTHER_NIK,
                "phone": "0857 1234 5678",
                "birth": {"place": "Garut", "date": date(1991, 12, 31)},
            },
            channel="odm",
            reference="ODM/2026/0815",
        )
        self.assertEqual(rows.mapped("changed"), [True] * 5)
        self.assertEqual(set(rows.mapped("reference")), {"ODM/2026/0815"})
        self.assertEqual(set(rows.mapped("channel")), {"odm"})
        found = {row.item: (row.old_value, row.new_value) for row in rows}
        self.assertEqual(found["name"], ("Siti Aminah", "Siti Aminah Dewi"))
        self.assertEqual(found["phone"], ("+628123456789", "+6285712345678"))
        self.assertEqual(found["birth"], ("Bandung, 1990-05-01", "Garut, 1991-12-31"))
        self.assertEqual(
            (self.partner.name, self.partner.street, self.partner.nik, self.partner.phone),
            ("Siti Aminah Dewi", "Jl. Riau 5", OTHER_NIK, "+6285712345678"),
        )
        self.assertEqual(
            (self.partner.birth_place, self.partner.birth_date), ("Garut", date(1991, 12, 31))
        )

    def test_birth_as_people_write_it(self):
        for value in (
            "Garut, 1991-12-31",
            "Garut,31/12/1991",
            " Garut , 31-12-1991",
            {"place": " Garut ", "date": "1991-12-31"},
            {"place": "Garut", "date": date(1991, 12, 31)},
        ):
            with self.subTest(value=value):
                self.partner.write({"birth_place": "Lama", "birth_date": date(1950, 1, 1)})
                row = self.validate({"birth": value})
                self.assertEqual(row.new_value, "Garut, 1991-12-31")
        row = self.validate({"birth": "Kota Bandung, Jawa Barat, 1991-12-31"})
        self.assertEqual(self.partner.birth_place, "Kota Bandung, Jawa Barat")

    # privacy
    def test_a_nik_is_kept_by_its_last_digits_only(self):
        before = self.env["mail.message"].search([], order="id desc", limit=1).id
        rows = self.validate({"nik": OTHER_NIK}) | self.validate({"nik": NIK})
        chatter = self.env["mail.message"].search([("id", ">", before)])
        tracked = chatter.tracking_value_ids
        told = [
            *chatter.mapped("body"),
            *tracked.mapped("old_value_char"),
            *tracked.mapped("new_value_char"),
            *rows.mapped("display_name"),
            str(rows.read()),
        ]
        for nik in (NIK, OTHER_NIK):
            self.assertNotIn(nik[:12], "\n".join(filter(None, told)))
        self.assertEqual(
            [value[-4:] for value in rows.mapped("new_value")], [OTHER_NIK[-4:], NIK[-4:]]
        )

    def test_whoever_may_not_read_a_nik_confirms_it_all_the_same(self):
        with self.assertRaises(AccessError):
            self.partner.with_user(self.admin_crm).read(["nik"])
        self.assertFalse(self.validate({"nik": True}).changed)
        self.assertTrue(self.validate({"nik": OTHER_NIK}).changed)

    def test_a_refusal_does_not_repeat_the_number(self):
        for value in ("3273014105900", NIK + "9", "3273019905900001"):
            try:
                self.validate({"nik": value})
            except UserError as refusal:
                self.assertNotIn(value, str(refusal))
            else:
                self.fail(value)

    # refused
    def test_what_cannot_be_right(self):
        for values, words in (
            ({"name": ""}, ["Name"]),
            ({"name": "   "}, ["Name"]),
            ({"address": None}, ["Address"]),
            ({"nik": "327301"}, ["KTP Number", "3273"]),
            ({"nik": 3273014105900001}, ["numeric cell"]),
            ({"nik": None}, ["KTP Number"]),
            ({"nik": "3273013219900001"}, ["date of birth"]),
            ({"phone": "123"}, ["too short", "0812"]),
            ({"phone": "nol delapan"}, ["Phone", "0812"]),
            ({"phone": None}, ["Phone"]),
            ({"birth": "Bandung"}, ["Bandung, 1990-12-31"]),
            ({"birth": "1990-12-31"}, ["Bandung, 1990-12-31"]),
            ({"birth": "Bandung, 31 Des"}, ["Bandung, 1990-12-31"]),
            ({"birth": ["Bandung", "1990-12-31"]}, ["Bandung, 1990-12-31"]),
            ({"birth": 7}, ["Bandung, 1990-12-31"]),
            ({"birth": {"place": "Bandung"}}, ["Bandung, 1990-12-31"]),
            ({"birth": "Bandung, 2099-01-01"}, ["future"]),
            ({"ktp": NIK}, ["ktp", "name, address, nik, phone, birth"]),
            ({}, ["at least one item"]),
            (None, ["at least one item"]),
            (["name"], ["at least one item"]),
            ("name", ["at least one item"]),
            # one bad item spoils the lot
            ({"name": "Siti Dewi", "phone": "1"}, ["Phone"]),
        ):
            with self.subTest(values=values):
                self.assertRefused(lambda values=values: self.validate(values), *words)

    def test_unknown_channels(self):
        for channel in ("fax", "", None, [], {}):
            self.assertRefused(
                lambda channel=channel: self.validate({"name": True}, channel=channel),
                "Channel",
                "phone, odm",
            )

    def test_other_branches_may_not(self):
        self.assertRefused(
            lambda: self.validate({"name": "Orang Lain"}, user=self.sister_admin),
            error=AccessError,
        )
        self.assertTrue(self.validate({"name": True}, user=self.pic_crm))

    # the five items
    def test_missing_items_in_the_order_of_the_form(self):
        self.assertFalse(self.unit._missing_items())
        for vals, expected in (
            ({"birth_date": False}, ["birth"]),
            ({"nik": False}, ["nik", "birth"]),
            ({"street": False, "phone": False}, ["address", "nik", "phone", "birth"]),
        ):
            self.partner.write(vals)
            self.assertEqual(self.unit._missing_items(), expected)

    # when
    def test_the_day_of_a_validation_is_the_branch_s(self):
        """Half past midnight at the branch is the new day, whatever the server's clock says."""
        self.go_to(utc(TODAY + timedelta(days=1), 0, 30))
        self.validate({"name": True})
        tomorrow = TODAY + timedelta(days=1)
        self.assertEqual(self.partner.kpb_validated_on, tomorrow)
        self.assertEqual(self.partner.kpb_phone_validated_on, tomorrow)
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET kpb_phone_validated_on = NULL")
        self.partner._fill_kpb_customer()
        self.partner.invalidate_recordset()
        self.assertEqual(self.partner.kpb_phone_validated_on, tomorrow)

    def test_data_grow_stale_by_the_clock_of_the_branch(self):
        makassar = self.make_branch("Makassar Uji", "TST-M", tz="Asia/Makassar")
        other = self.make_purchase(branch=makassar, salesperson_id=False).partner_id
        (self.partner + other).kpb_validated_on = TODAY - timedelta(days=FRESH_FOR.days)
        report = self.env["kpb.data.quality.report"].with_context(tz="UTC")

        def fresh():
            rows = report.search([("partner_id", "in", (self.partner + other).ids)])
            return rows.filtered("is_fresh").partner_id

        self.go_to(utc(TODAY, 22, 30))
        self.assertEqual(fresh(), self.partner + other)
        self.go_to(utc(TODAY, 23, 30))  # half past midnight in Makassar
        self.env.invalidate_all()
        self.assertEqual(fresh(), self.partner)
        self.go_to(utc(TODAY + timedelta(days=1), 0, 30))
        self.env.invalidate_all()
        self.assertFalse(fresh())
