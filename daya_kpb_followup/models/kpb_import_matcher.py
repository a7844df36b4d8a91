from collections import defaultdict
from dataclasses import dataclass, field

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import escape_psql

from ..rules import dms
from ..rules.dms import Column


@dataclass(eq=False)
class Line:
    """A row on its way into the database.

    :param row: the ``kpb.import.row``
    :param values: column → what is to be stored, records as their ids
    :param marks: column → mark of the value in the export
    :param later: number of a later line of the file about the same known unit, which counts
    :param purchase: the unit, empty when it is new
    :param partner: the customer, empty when he is new
    """

    row: object
    values: dict = field(default_factory=dict)
    marks: dict = field(default_factory=dict)
    rejections: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    later: int = 0
    branch: object = None
    purchase: object = None
    partner: object = None

    @property
    def contact(self):
        """Return what two rows about one customer without NIK share, if they tell it."""
        phone, name = self.values.get(Column.PHONE), plain(self.values.get(Column.NAME))
        return (phone, name) if phone and name else None


def plain(text):
    """Return text such that two ways to write the same compare equal."""
    return " ".join((text or "").casefold().split())


class KpbImportMatcher(models.AbstractModel):
    """Finds what a row of an export is about: branch, unit, customer, type, salesperson.

    A unit is recognised by its chassis number; a customer by the NIK, else by phone and name
    together, else he is new: two people are never made one on a guess. Everything is looked up
    for all rows at once.
    """

    _name = "kpb.import.matcher"
    _description = "Matching of Imported Rows"

    @api.model
    def _match(self, rows):
        """Return a :class:`Line` for each row.

        :param rows: ``kpb.import.row`` records about different units
        """
        lines = self._read_rows(rows)
        self._find_units([line for line in lines if not line.rejections])
        taken = [line for line in lines if not line.rejections]
        self._find_later_lines(rows, [line for line in taken if line.purchase])
        self._find_products(taken)
        self._find_salespeople(taken)
        self._find_customers(taken)
        return lines

    @api.model
    def _read_rows(self, rows):
        all_branches = self.env["kpb.branch"].search([])
        branches = {plain(branch.name): branch for branch in all_branches}
        branches |= {plain(branch.code): branch for branch in all_branches}
        nowhere = self.env["kpb.branch"].new()  # by the clock of Jakarta
        today = {branch: branch._today() for branch in {*branches.values(), nowhere}}
        sentence = self.env["kpb.import.sentence"]
        # sudo: the secret is nobody's to read, and nobody reads it from the marks
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret").encode()
        lines = []
        for row in rows:
            texts = row._texts()
            branch = branches.get(plain(texts[Column.BRANCH]), nowhere)
            reading = dms.read_line(texts, today[branch])
            line = Line(
                row,
                values=dict(reading.values),
                marks=dms.marks(reading.values, secret),
                rejections=[sentence._of_finding(finding) for finding in reading.rejections],
                notes=[sentence._of_finding(finding) for finding in reading.notes],
                branch=branch,
                purchase=self.env["kpb.purchase"],
                partner=self.env["res.partner"],
            )
            if Column.BRANCH in line.values:
                line.values[Column.BRANCH] = branch.id
                if branch == nowhere:
                    line.rejections.append(sentence._unknown_branch(reading.values[Column.BRANCH]))
            lines.append(line)
        return lines

    @api.model
    def _find_units(self, lines):
        """Find units by chassis number; refuse an engine number that belongs to another unit."""
        units = self.env["kpb.purchase"].search(
            Domain("chassis_number", "in", [line.values[Column.CHASSIS] for line in lines])
            | Domain("engine_number", "in", [line.values[Column.ENGINE] for line in lines])
        )
        by_chassis = {unit.chassis_number: unit for unit in units}
        engines = {unit.engine_number: unit.chassis_number for unit in units}
        for line in lines:
            chassis, engine = line.values[Column.CHASSIS], line.values[Column.ENGINE]
            line.purchase = by_chassis.get(chassis, line.purchase)
            if engines.setdefault(engine, chassis) != chassis:
                line.rejections.append(
                    self.env["kpb.import.sentence"]._engine_taken(engines[engine])
                )

    @api.model
    def _find_later_lines(self, rows, lines):
        """Find lines that a later one of their file, about the same unit, puts out of date.

        Without it two lines that contradict each other would undo each other every morning.
        """
        by_chassis = rows.search(
            [
                ("import_id", "in", rows.import_id.ids),
                ("chassis_number", "in", [line.row.chassis_number for line in lines]),
            ]
        ).grouped("chassis_number")
        for line in lines:
            same = by_chassis[line.row.chassis_number]
            after = same.filtered(lambda row, line=line: row.id > line.row.id)
            gone_in = after.filtered(lambda row: row.state not in ("waiting", "rejected"))
            good = [
                other.row
                for other in self._read_rows(after.filtered(lambda row: row.state == "waiting"))
                if not other.rejections
            ]
            line.later = max((row.line for row in [*gone_in, *good]), default=0)

    @api.model
    def _find_products(self, lines):
        """Find unit types by name in any case; what is missing is created."""
        names = {}
        for line in lines:
            if name := line.values.get(Column.PRODUCT):
                names.setdefault(plain(name), name)
        if not names:
            return
        products = self.env["product.product"].search(
            Domain.OR(Domain("name", "=ilike", escape_psql(name)) for name in names.values()),
            order="id desc",
        )
        found = {plain(product.name): product for product in products}
        missing = [key for key in names if key not in found]
        created = self.env["product.product"].create(
            [{"name": names[key], "type": "consu"} for key in missing]
        )
        found |= dict(zip(missing, created, strict=True))
        for line in lines:
            if name := line.values.get(Column.PRODUCT):
                line.values[Column.PRODUCT] = found[plain(name)].id

    @api.model
    def _find_salespeople(self, lines):
        """Find salespeople by login or name among the members of the row's branch."""
        people = {}
        for line in lines:
            name = line.values.pop(Column.SALES, None)
            if not name:
                continue
            if line.branch not in people:
                people[line.branch] = self._people(line.branch)
            found = people[line.branch].get(plain(name), ())
            if len(found) == 1:
                line.values[Column.SALES] = next(iter(found)).id
            else:
                line.marks.pop(Column.SALES)
                line.notes.append(
                    self.env["kpb.import.sentence"]._unknown_salesperson(
                        name, line.branch, several=bool(found)
                    )
                )

    @api.model
    def _people(self, branch):
        """Return login or name → the branch's active members who bear it."""
        people = defaultdict(set)
        for user in branch.member_ids.user_id.filtered("active"):
            for word in (user.login, user.name):
                people[plain(word)].add(user)
        return people

    @api.model
    def _find_customers(self, lines):
        """Find customers by NIK, and those of new units also by phone and name together."""
        partners = self.env["res.partner"]
        niks = [line.values[Column.NIK] for line in lines if Column.NIK in line.values]
        phones = [
            line.values[Column.PHONE]
            for line in lines
            if not line.purchase and Column.PHONE in line.values
        ]
        by_nik, by_contact = {}, {}
        for partner in partners.search([("nik", "in", niks)], order="id desc") if niks else ():
            by_nik[partner.nik] = partner
        for partner in (
            partners.search([("phone_sanitized", "in", phones)], order="id desc") if phones else ()
        ):
            by_contact[partner.phone_sanitized, plain(partner.name)] = partner
        for line in lines:
            nik = line.values.get(Column.NIK)
            if line.purchase:
                line.partner = line.purchase.partner_id
                self._refuse_foreign_nik(line, by_nik.get(nik))
                continue
            same_contact = by_contact.get(line.contact, partners)
            if nik and same_contact.nik and same_contact.nik != nik:
                same_contact = partners  # two people of one name who share a phone
            line.partner = by_nik.get(nik, same_contact) if nik else same_contact

    @api.model
    def _refuse_foreign_nik(self, line, bearer):
        """Leave a NIK out that belongs to somebody else."""
        if bearer and bearer != line.partner:
            del line.values[Column.NIK]
            line.marks.pop(Column.NIK)
            line.notes.append(self.env["kpb.import.sentence"]._foreign_nik())
