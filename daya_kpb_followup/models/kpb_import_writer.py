from odoo import api, models

from ..rules import dms
from ..rules.dms import STNK_STATES, Column
from .kpb_import_matcher import plain

#: Column → field of the customer, and of the unit.
PARTNER_FIELDS = {
    Column.NAME: "name",
    Column.PHONE: "phone",
    Column.STREET: "street",
    Column.CITY: "city",
    Column.NIK: "nik",
    Column.BIRTH_PLACE: "birth_place",
    Column.BIRTH_DATE: "birth_date",
}
PURCHASE_FIELDS = {
    Column.ENGINE: "engine_number",
    Column.PLATE: "license_plate",
    Column.PURCHASE_DATE: "purchase_date",
    Column.BRANCH: "branch_id",
    Column.PRODUCT: "product_id",
    Column.SALES: "salesperson_id",
    Column.STNK: "stnk_state",
}
#: Item of the validation ledger → columns that it covers.
VALIDATED_COLUMNS = {
    "name": (Column.NAME,),
    "address": (Column.STREET, Column.CITY),
    "nik": (Column.NIK,),
    "phone": (Column.PHONE,),
    "birth": (Column.BIRTH_PLACE, Column.BIRTH_DATE),
}
#: A first registration is no news to anybody.
SILENT = {"tracking_disable": True, "mail_notrack": True}


class KpbImportWriter(models.AbstractModel):
    """Brings what an export says into the database, and changes only what changed.

    Of a known unit it takes over what differs from the last export, so that a correction made
    here is not undone every morning. Nothing is emptied, and an STNK never goes a step back. The
    data of a customer with several units are those of the newest one.
    """

    _name = "kpb.import.writer"
    _description = "Writing of Imported Rows"

    @api.model
    def _store(self, lines):
        """Store each line and settle its row.

        :param lines: of ``kpb.import.matcher``
        """
        fresh = []
        for line in lines:
            if line.rejections:
                reason = "\n".join(line.rejections)
                line.row._settle("rejected", line.purchase, reason, line.notes)
            elif line.later:
                note = self.env["kpb.import.sentence"]._later_line(line.later)
                line.row._settle("unchanged", line.purchase, notes=[*line.notes, note])
            elif line.purchase:
                state = "updated" if self._update(line) else "unchanged"
                line.row._settle(state, line.purchase, notes=line.notes)
            else:
                fresh.append(line)
        self._register_new(fresh)

    # known units
    @api.model
    def _update(self, line):
        """Take over what is new in the export; return whether anything else than marks changed."""
        purchase = line.purchase
        known = dms.unpack_marks(purchase.dms_marks)
        news = {
            column: value
            for column, value in line.values.items()
            if line.marks.get(column) != known.get(column)
        }
        partner_vals = self._differing(line.partner, PARTNER_FIELDS, news)
        if not known:
            self._keep_validated(line, partner_vals)
        purchase_vals = self._differing(purchase, PURCHASE_FIELDS, news)
        self._keep_stnk_forward(purchase, purchase_vals)
        self._drop_foreign_salesperson(line, purchase_vals)
        changed = bool(partner_vals or purchase_vals)
        marks = dms.pack_marks(known | line.marks)
        if marks != purchase.dms_marks:
            purchase_vals["dms_marks"] = marks
        if partner_vals:
            line.partner.write(partner_vals)
        if purchase_vals:
            purchase.write(purchase_vals)
        return changed

    @api.model
    def _differing(self, record, fields_of, values):
        """Return field → value of what is not yet so in a record."""
        vals = {}
        for column, name in fields_of.items():
            if column in values and not self._is_same(record, name, values[column]):
                vals[name] = values[column]
        return vals

    @api.model
    def _is_same(self, record, name, value):
        current = record[name]
        if name == "phone":
            return value in (current, record.phone_sanitized)
        if record._fields[name].type == "many2one":
            return current.id == value
        if isinstance(value, str):
            return plain(current) == plain(value)
        return current == value

    @api.model
    def _keep_stnk_forward(self, purchase, vals):
        state = vals.get("stnk_state")
        if state and STNK_STATES.index(state) < STNK_STATES.index(purchase.stnk_state):
            del vals["stnk_state"]

    @api.model
    def _drop_foreign_salesperson(self, line, vals):
        """Leave a unit that moved to another branch without the former branch's salesperson."""
        if "branch_id" not in vals or "salesperson_id" in vals:
            return
        if line.purchase.salesperson_id not in line.branch.access_user_ids:
            vals["salesperson_id"] = False

    # new units
    @api.model
    def _register_new(self, lines):
        """Register new units, and those of their customers who are new."""
        customers = self._customers(lines)
        vals_list = [
            {
                "partner_id": customers[line].id,
                "dms_marks": dms.pack_marks(line.marks),
                **self._vals(PURCHASE_FIELDS, line.values),
                "chassis_number": line.values[Column.CHASSIS],
            }
            for line in lines
        ]
        purchases = self.env["kpb.purchase"].with_context(**SILENT).create(vals_list)
        for line, purchase in zip(lines, purchases, strict=True):
            line.row._settle("created", purchase, notes=line.notes)

    @api.model
    def _vals(self, fields_of, values):
        return {name: values[column] for column, name in fields_of.items() if column in values}

    @api.model
    def _customers(self, lines):
        """Return line → customer, created where nobody was found.

        Rows of one file may be about one new customer: the same tests hold among them.
        """
        country = self.env.ref("base.id").id
        fresh, by_nik, by_contact, place = [], {}, {}, {}
        for line in lines:
            if line.partner:
                self._bring_up_to_date(line)
                continue
            nik = line.values.get(Column.NIK)
            entry = by_nik.get(nik) if nik else None
            if entry is None and (same := by_contact.get(line.contact)):
                entry = None if nik and same["nik"] not in (None, nik) else same
            if entry is None:
                entry = {"nik": nik, "sales": []}
                fresh.append(entry)
            entry["nik"] = entry["nik"] or nik
            entry["sales"].append(line)
            place[line] = entry
            if nik:
                by_nik.setdefault(nik, entry)
            if line.contact:
                by_contact.setdefault(line.contact, entry)
        for entry in fresh:
            entry["vals"] = {"country_id": country}
            for line in sorted(entry["sales"], key=lambda line: line.values[Column.PURCHASE_DATE]):
                entry["vals"] |= self._vals(PARTNER_FIELDS, line.values)
        created = (
            self.env["res.partner"]
            .with_context(**SILENT)
            .create([entry["vals"] for entry in fresh])
        )
        for entry, partner in zip(fresh, created, strict=True):
            entry["partner"] = partner
        return {line: place[line]["partner"] if line in place else line.partner for line in lines}

    @api.model
    def _bring_up_to_date(self, line):
        """Complete a known customer; from his newest unit also take what differs."""
        vals = self._differing(line.partner, PARTNER_FIELDS, line.values)
        sales = line.partner.kpb_purchase_ids.mapped("purchase_date")
        if sales and line.values[Column.PURCHASE_DATE] < max(sales):
            vals = {name: value for name, value in vals.items() if not line.partner[name]}
        self._keep_validated(line, vals)
        if vals:
            line.partner.write(vals)

    @api.model
    def _keep_validated(self, line, vals):
        """Leave what the customer has confirmed to us, and say that the export differs."""
        if not vals:
            return
        validated = self.env["kpb.validation"]._read_group(
            [("partner_id", "=", line.partner.id)], ["item"]
        )
        for (item,) in validated:
            for column in VALIDATED_COLUMNS[item]:
                name = PARTNER_FIELDS[column]
                if name in vals and line.partner[name]:
                    del vals[name]
                    line.notes.append(self.env["kpb.import.sentence"]._validated(column))
