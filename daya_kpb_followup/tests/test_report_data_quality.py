from datetime import timedelta

from odoo.tests import tagged

from .report_case import ReportCase, share
from .report_life import LAST_DAY

COUNTS = ("customers", "complete", "by_phone", "in_odm", "validated", "stale", "duplicates")


@tagged("post_install", "-at_install")
class TestReportDataQuality(ReportCase):
    """How many customers, and how good their data are: counted customer by customer (P2, P3)."""

    def home(self, partner):
        """Return the unit that a customer bought last."""
        units = self.life.units.filtered(lambda unit: unit.partner_id == partner)
        return max(units, key=lambda unit: (unit.purchase_date, unit.id))

    def told(self, partner):
        rows = self.env["kpb.validation"].search([("partner_id", "=", partner.id)])
        named = all((partner.name, partner.street, partner.nik, partner.phone))
        complete = named and bool(partner.birth_place and partner.birth_date)
        fresh = any(row.date.date() >= LAST_DAY - timedelta(days=365) for row in rows)
        others = self.life.units.partner_id - partner
        same = (partner.nik and partner.nik in others.mapped("nik")) or (
            partner.phone and partner.phone in others.mapped("phone")
        )
        return {
            "customers": True,
            "complete": complete,
            "by_phone": "phone" in rows.mapped("channel"),
            "in_odm": "odm" in rows.mapped("channel"),
            "validated": complete and fresh,
            "stale": not fresh,
            "duplicates": bool(same),
        }

    def count(self, key_of):
        groups = {}
        for partner in self.life.units.partner_id:
            groups.setdefault(key_of(partner), []).append(self.told(partner))
        found = {}
        for key, rows in groups.items():
            total = {name: sum(row[name] for row in rows) for name in COUNTS}
            for rate, name in (
                ("complete_rate", "complete"),
                ("phone_rate", "by_phone"),
                ("odm_rate", "in_odm"),
                ("valid_rate", "validated"),
                ("stale_rate", "stale"),
            ):
                total[rate] = share(total[name], len(rows))
            found[key] = total
        return found

    def test_every_figure_by_every_group(self):
        mine = [("partner_id", "in", self.life.units.partner_id.ids)]
        groups = {
            (): lambda partner: (),
            ("branch_id",): lambda partner: (self.home(partner).branch_id.id,),
            ("salesperson_id",): lambda partner: (self.home(partner).salesperson_id.id,),
            ("customer_since:month",): lambda partner: (
                min(
                    unit.purchase_date for unit in self.life.units if unit.partner_id == partner
                ).replace(day=1),
            ),
        }
        for group, key_of in groups.items():
            with self.subTest(group=group):
                expected = self.count(key_of)
                measures = list(next(iter(expected.values())))
                found = self.figures_of("kpb.data.quality.report", list(group), measures, mine)
                self.assertFigures(found, expected, group)
        total = self.count(lambda partner: ())[()]
        self.assertTrue(all(0 < total[name] < total["customers"] for name in COUNTS[1:]), total)

    def test_filled_by_one_statement_as_by_the_orm(self):
        partners = self.life.units.partner_id
        names = (
            "kpb_branch_id",
            "kpb_salesperson_id",
            "kpb_customer_since",
            "kpb_phone_validated_on",
            "kpb_odm_validated_on",
        )
        by_orm = [[partner[name] for name in names] for partner in partners]
        self.env.cr.execute(
            "UPDATE res_partner SET kpb_branch_id = NULL, kpb_salesperson_id = NULL,"
            " kpb_customer_since = NULL, kpb_phone_validated_on = NULL, kpb_odm_validated_on = NULL"
        )
        partners._fill_kpb_customer()
        partners.invalidate_recordset(names)
        self.assertEqual([[partner[name] for name in names] for partner in partners], by_orm)

    def test_merged_customers_are_one(self):
        first, second = (
            self.make_purchase(LAST_DAY),
            self.make_purchase(LAST_DAY - timedelta(days=9)),
        )
        second.validate_customer("odm", {"name": True})
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        kept = first.partner_id
        wizard._merge((first + second).partner_id.ids, kept)
        self.env.invalidate_all()
        self.assertEqual(kept.kpb_customer_since, LAST_DAY - timedelta(days=9))
        self.assertEqual(kept.kpb_odm_validated_on, LAST_DAY)

    def test_a_manager_sees_his_branch(self):
        found = self.figures_of("kpb.data.quality.report", ["branch_id"], [], user=self.kacab)
        self.assertEqual(set(found), {(self.branch.id,)})
