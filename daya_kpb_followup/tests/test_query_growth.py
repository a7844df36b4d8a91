from unittest.mock import patch

from lxml import etree

from odoo.sql_db import Cursor
from odoo.tests import tagged

from .common import PURCHASE_DAY, KpbCase, at_noon

#: How many records a view shows, and how many more queries that may cost than five.
FEW, MANY, MOST_MORE = 5, 50, 3
#: (model, views whose records are read together)
VIEWS = (
    ("kpb.followup", ("list", "kanban")),
    ("kpb.purchase", ("list", "kanban")),
    ("kpb.visit", ("list",)),
    ("kpb.validation", ("list",)),
    ("kpb.escalation", ("list", "kanban")),
)
#: Relations whose lines a form reads: the more there are, the same number of queries.
FORMS = (("kpb.purchase", "followup_ids"), ("kpb.followup", "earlier_ids"))


@tagged("post_install", "-at_install")
class TestQueryGrowth(KpbCase):
    """Fifty records cost as many queries as five, whichever view reads them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with at_noon(PURCHASE_DAY):
            cls.units = cls.env["kpb.purchase"].browse(
                cls.make_purchase().id for _number in range(MANY)
            )
        for unit in cls.units:
            unit.partner_id.phone = f"+6281200{unit.id:06d}"
        cls.generate_all()

    @classmethod
    def generate_all(cls):
        """Give every unit calls with attempts, a visit, an escalation and a confirmed item."""
        with at_noon(cls.after(cls, 40)):
            as_of = {branch: branch._today() for branch in cls.branch}
            cls.env["kpb.generator"]._generate_chunk(as_of, cls.units)
            rule = cls.env["kpb.escalation.rule"].search([("level_ids", "!=", False)], limit=1)
            for unit in cls.units:
                call = unit.followup_ids[:1]
                call.log_attempt("no_answer")
                unit.validate_customer("phone", {"name": True})
                cls.env["kpb.visit"].create(
                    {"purchase_id": unit.id, "date": cls.after(cls, 35), "kpb_number": 1}
                )
                cls.env["kpb.escalation"].create(
                    {
                        "followup_id": call.id,
                        "rule_id": rule.id,
                        "level_id": rule.level_ids[0].id,
                        "user_id": cls.kacab.id,
                        "branch_id": cls.branch.id,
                        "raised_on": cls.after(cls, 40),
                        "due_on": cls.after(cls, 42),
                    }
                )
        cls.env.flush_all()

    def specification(self, model, view):
        """Return what the web client asks for when it shows a view."""
        views = self.env[model].with_user(self.kacab).get_views([(False, view)])
        fields = {name: data["fields"] for name, data in views["models"].items()}
        return self._wanted(etree.fromstring(views["views"][view]["arch"]), model, fields)

    def _wanted(self, arch, model, fields):
        wanted, waiting = {}, list(arch)
        while waiting:
            node = waiting.pop()
            name = node.get("name")
            if node.tag != "field":
                waiting.extend(node)
            elif name in fields[model]:
                inner = next((child for child in node if child.tag in ("list", "kanban")), None)
                kind = fields[model][name]
                if kind["type"] == "many2one":
                    wanted[name] = {"fields": {"display_name": {}}}
                elif inner is not None:
                    wanted[name] = {"fields": self._wanted(inner, kind["relation"], fields)}
                else:
                    wanted[name] = {}
        return wanted

    def queries(self, work):
        """Return how many queries something costs with a cold cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        return self.env.cr.sql_log_count - before

    def assertSameCost(self, read):
        """Assert that reading many costs about as much as reading few.

        :param read: called with how many records
        """
        read(FEW)  # what the first look at a model costs is nobody's
        few, many = (self.queries(lambda number=number: read(number)) for number in (FEW, MANY))
        self.assertLessEqual(many, few + MOST_MORE, f"{few} queries for {FEW}, {many} for {MANY}")

    def test_lists_and_boards(self):
        for model, views in VIEWS:
            records = self.env[model].with_user(self.kacab)
            self.assertGreaterEqual(records.search_count([]), MANY)
            for view in views:
                specification = self.specification(model, view)
                with self.subTest(model=model, view=view), at_noon(self.after(40)):
                    self.assertSameCost(
                        lambda number, records=records, specification=specification: (
                            records.web_search_read([], specification, limit=number)
                        )
                    )

    def test_columns_of_a_board(self):
        for model, group_by in (("kpb.followup", "state"), ("kpb.purchase", "stage_id")):
            records = self.env[model].with_user(self.kacab)
            specification = self.specification(model, "kanban")
            with self.subTest(model=model), at_noon(self.after(40)):
                self.assertSameCost(
                    lambda number, records=records, by=group_by, specification=specification: (
                        records.web_read_group(
                            [],
                            [by],
                            ["__count"],
                            auto_unfold=True,
                            unfold_read_specification=specification,
                            unfold_read_default_limit=number,
                        )
                    )
                )

    def test_counters_of_a_board(self):
        units = self.env["kpb.purchase"].with_user(self.kacab)
        bar = {"field": "status", "colors": {"active": "success", "lost": "danger"}}
        self.assertSameCost(
            lambda number: units.read_progress_bar(
                [("id", "in", self.units[:number].ids)], "stage_id", bar
            )
        )

    def test_a_form_reads_its_lines_together(self):
        """The lines of a form; five calls about a unit or fourteen, the same number of queries."""
        young, old = self.units[0], self.units[1]
        with at_noon(self.after(400)):
            self.env["kpb.generator"]._generate_chunk({self.branch: self.branch._today()}, old)
        self.assertGreater(len(old.followup_ids), len(young.followup_ids) + 2)
        for model, _lines in FORMS:
            specification = self.specification(model, "form")
            records = [
                unit if model == "kpb.purchase" else unit.followup_ids.sorted("planned_date")[-1:]
                for unit in (young, old)
            ]
            few, many = records
            with self.subTest(model=model), at_noon(self.after(400)):
                costs = [
                    self.queries(
                        lambda record=record, specification=specification: record.with_user(
                            self.kacab
                        ).web_read(specification)
                    )
                    for record in (few, few, many)
                ][1:]
                self.assertLessEqual(costs[1], costs[0] + MOST_MORE)

    def test_a_form_asks_for_nothing_twice(self):
        """Whose branch it is, and the unit's row; the calls' attempts come as one figure each."""
        unit = self.units[0].with_user(self.kacab)
        specification = self.specification("kpb.purchase", "form")
        asked, execute = [], Cursor.execute

        def note(cursor, query, *args, **kwargs):
            done = execute(cursor, query, *args, **kwargs)
            asked.append(cursor._obj.query.decode())
            return done

        with at_noon(self.after(40)), patch.object(Cursor, "execute", note):
            self.queries(lambda: unit.web_read(specification))
        for words in ('"kpb_branch_access_rel"', '"kpb_attempt"', 'WHERE "kpb_purchase"."id" IN'):
            self.assertEqual(sum(words in query for query in asked), 1, words)

    def test_finding_a_unit(self):
        units = self.env["kpb.purchase"].with_user(self.kacab)
        self.assertSameCost(lambda number: units.name_search("Konsumen", limit=number))
