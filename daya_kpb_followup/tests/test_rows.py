from datetime import timedelta
from unittest.mock import patch

from ..models.kpb_rows import KpbRows
from .common import PURCHASE_DAY, KpbCase, at_noon

#: What differs between two rows that were made one after the other.
OF_ITS_OWN = ("id", "res_id", "create_date", "write_date")


class TestRows(KpbCase):
    """A chunk's rows are those that Odoo's own create makes, and what listens to it is heard."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin_stnk = cls.make_member(cls.branch, "admin_stnk")
        cls.env["res.lang"]._activate_lang("id_ID")
        cls.sales.lang = "id_ID"
        cls.admin_crm.tz = False
        days = [PURCHASE_DAY + timedelta(days=7 * number) for number in range(13)]
        with at_noon(days[-1]):
            cls.units = [cls.make_purchase(day) for day in days]

    def rows_of(self, table, where):
        """Return the rows of a table as dicts, in the order of their ids."""
        self.env.flush_all()
        self.env.cr.execute(f"SELECT * FROM {table} WHERE {where} ORDER BY id")
        return [
            {name: row[name] for name in row if name not in OF_ITS_OWN}
            for row in self.env.cr.dictfetchall()
        ]

    def generated(self):
        """Return what a run writes, as rows: follow-ups, activities, units, counters told."""
        told = []
        bus = type(self.env["bus.bus"])

        def sendone(bus, target, kind, message):
            if kind == "mail.activity/updated":
                told.append((target.id, message["count_diff"]))

        with self.cr.savepoint() as savepoint, patch.object(bus, "_sendone", sendone):
            self.env.cr.execute("SELECT COALESCE(max(id), 0) FROM mail_activity")
            (last,) = self.env.cr.fetchone()
            self.generate(self.after(100))
            ids = tuple(unit.id for unit in self.units)
            found = (
                self.rows_of("kpb_followup", f"purchase_id IN {ids}"),
                self.rows_of("mail_activity", f"id > {last}"),
                self.rows_of("kpb_purchase", f"id IN {ids}"),
                sorted(told),
                self.env["mail.followers"].search_count([("res_model", "=", "kpb.followup")]),
            )
            savepoint.rollback()
        self.env.invalidate_all()
        return found

    def test_every_column_is_as_odoo_writes_it(self):
        quick = self.generated()
        with patch.object(KpbRows, "_is_alone", lambda *_args: False):
            thorough = self.generated()
        followups, activities, _units, told, _followers = quick
        self.assertGreater(len(followups), 20)
        self.assertGreater(len(activities), 10)
        self.assertTrue(told)
        self.assertIn("in_process", [unit.stnk_state for unit in self.units])
        for row in thorough[1]:
            # Odoo names the call in the language of whoever flushes; here it is its caller's
            row["res_name"] = (
                row["summary"] if row["res_model"] == "kpb.followup" else row["res_name"]
            )
        for mine, theirs in zip(quick, thorough, strict=True):
            self.assertEqual(mine, theirs)

    def test_the_new_records_are_in_the_cache_as_in_the_database(self):
        with self.job_env(self.after(100)) as env:
            made = []
            insert = KpbRows._insert

            def noted(rows, *arguments):
                made.append(insert(rows, *arguments))
                return made[-1]

            with patch.object(KpbRows, "_insert", noted):
                env["kpb.generator"]._generate()
            for records in made:
                stored = [name for name, field in records._fields.items() if field.store]
                before = records.read(stored, load=None)
                env.invalidate_all()
                self.assertEqual(before, records.read(stored, load=None))

    def test_whoever_listens_to_the_creation_is_heard(self):
        heard = []
        for name in ("kpb.followup", "mail.activity"):
            kind = type(self.env[name])
            create = kind.create

            def listening(records, vals_list, create=create):
                heard.append((records._name, len(vals_list)))
                return create(records, vals_list)

            # an automation rule puts itself at this place
            self.patch(kind, "create", listening)
        self.generate(self.after(100))
        self.assertEqual({name for name, _count in heard}, {"kpb.followup", "mail.activity"})

    def test_a_computed_column_that_is_not_known_is_computed(self):
        rows = self.env["kpb.rows"]
        activities = self.env["mail.activity"]
        known = {"date_done": None, "res_model": None, "res_name": None, "user_tz": None}
        self.assertTrue(rows._is_alone(activities, known))
        known.pop("user_tz")
        self.assertFalse(rows._is_alone(activities, known))
