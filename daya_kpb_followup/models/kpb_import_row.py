from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..rules.dms import Column

#: What makes a unit one: their breach means that somebody registered it while we did.
UNIT_INDEXES = ("kpb_purchase_chassis_unique", "kpb_purchase_engine_unique")
#: What a row says about the customer; forgotten as soon as the row went in.
PERSONAL = ("customer_name", "phone", "street", "city", "nik", "birth_place", "birth_date")


class KpbImportRow(models.Model):
    """One line of an export: what it says, and what became of it.

    The cells are kept as text, as they were read, so that a rejected row can be corrected in
    place and run again. The unit is recognised by its chassis number.
    """

    _name = "kpb.import.row"
    _description = "Row of an Import"
    _inherit = ["kpb.parkable"]
    _order = "import_id desc, id"

    import_id = fields.Many2one("kpb.import", required=True, ondelete="cascade")
    line = fields.Integer(readonly=True, aggregator=None)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("created", "Created"),
            ("updated", "Updated"),
            ("unchanged", "Unchanged"),
            ("rejected", "Rejected"),
        ],
        required=True,
        default="waiting",
        readonly=True,
    )
    needs_attention = fields.Boolean(
        compute="_compute_needs_attention", store=True, precompute=True
    )
    reason = fields.Text(readonly=True, help="Why the row was rejected, and what to do.")
    note = fields.Text(readonly=True, help="What was left out of the row, or looks wrong.")
    purchase_id = fields.Many2one("kpb.purchase", "Unit", readonly=True, ondelete="set null")
    # the cells
    chassis_number = fields.Char()
    engine_number = fields.Char()
    license_plate = fields.Char()
    customer_name = fields.Char()
    phone = fields.Char()
    street = fields.Char()
    city = fields.Char()
    nik = fields.Char("NIK", groups="daya_kpb_followup.kpb_group_privacy")
    birth_place = fields.Char()
    birth_date = fields.Char()
    product_name = fields.Char("Unit Type")
    purchase_date = fields.Char()
    branch_code = fields.Char()
    salesperson = fields.Char()
    stnk_status = fields.Char("STNK Status")

    _waiting = models.Index("(id) WHERE state = 'waiting'")
    _by_state = models.Index("(import_id, state)")
    _by_unit = models.Index("(import_id, chassis_number)")

    # compute
    @api.depends("line")
    def _compute_display_name(self):
        for row in self:
            row.display_name = self.env._("Line %s", row.line)

    # CRUD
    def write(self, vals):
        """Correct the cells of rejected rows.

        :raises UserError: when another row, or anything but a cell, is changed by hand
        """
        if not self.env.su:
            cells = {column.value for column in Column}
            if vals.keys() - cells or any(row.state != "rejected" for row in self):
                raise UserError(
                    self.env._(
                        "Only the cells of rejected rows can be corrected; the other rows have"
                        " gone in."
                    )
                )
        return super().write(vals)

    # actions
    def action_retry(self):
        """Run rejected rows again, with what was corrected in them."""
        self.check_access("write")
        if not self.env.user.has_group("daya_kpb_followup.kpb_group_admin"):
            raise AccessError(self.env._("Ask a KPB administrator to run the rows again."))
        rejected = self.sudo().filtered(lambda row: row.state == "rejected")  # sudo: readonly
        rejected.write({"state": "waiting", "reason": False, "note": False})
        jobs = rejected.import_id
        jobs._recount()
        jobs.write({"state": "queued"})
        if jobs:
            jobs._trigger()

    def action_open_purchase(self):
        """Open the unit that the row is about."""
        self.ensure_one()
        return self.purchase_id._get_records_action(name=self.env._("Unit"))

    # business
    @api.model
    def _waiting_domain(self):
        return Domain("state", "=", "waiting")

    @api.model
    def _stage(self, job, lines):
        """Write lines of a file as waiting rows.

        Written in SQL: a row has neither computed fields nor followers, and whoever drops a file
        waits for this.

        :param job: the ``kpb.import``
        :param lines: list of (line number, {column: text})
        """
        cells = [column.value for column in Column]
        names = [
            *("import_id", "line", "state"),
            *("create_uid", "write_uid", "create_date", "write_date"),
            *cells,
        ]
        now, uid = self.env.cr.now(), self.env.uid
        self.env.cr.execute_values(
            f"INSERT INTO kpb_import_row ({', '.join(names)}) VALUES %s",
            [
                [job.id, number, "waiting", uid, uid, now, now]
                + [texts.get(name) or None for name in cells]
                for number, texts in lines
            ],
            page_size=len(lines) or 1,
        )

    def _texts(self):
        """Return the cells, in the words of the rules."""
        self.ensure_one()
        return {column: self[column.value] or "" for column in Column}

    def _settle(self, state, purchase=None, reason=None, notes=()):
        """Write down what became of a row; one that went in forgets the customer."""
        vals = {
            "state": state,
            "reason": reason or False,
            "note": "\n".join(notes) or False,
            "purchase_id": purchase.id if purchase else False,
        }
        if state != "rejected":
            vals |= dict.fromkeys(PERSONAL, False)
        self.write(vals)

    def _forget_customer(self):
        """Delete what the rows say about people."""
        self.write(dict.fromkeys(PERSONAL, False))

    def _park(self, error):
        """Reject rows that could not be handled; a person corrects them and runs them again."""
        for row in self._spoken():
            row._settle("rejected", reason=row.env["kpb.import.sentence"]._of_error(error))
        self.import_id._recount()

    def _import_chunk(self):
        """Bring waiting rows into the database and write down what became of each.

        A row that the registry refuses is rejected: that is a result, not a failure of the job.
        """
        try:
            with self.env.cr.savepoint():
                self._import_rows()
                self.env.flush_all()
        except UserError as error:
            if len(self) > 1:
                raise
            self._park(error)
        except UniqueViolation as error:
            if error.diag.constraint_name not in UNIT_INDEXES:
                raise
            raise SerializationFailure("a unit was registered meanwhile") from error

    def _import_rows(self):
        for job, rows in self.grouped("import_id").items():
            for wave in rows._spoken()._waves():
                lines = self.env["kpb.import.matcher"].with_env(wave.env)._match(wave)
                self.env["kpb.import.writer"].with_env(wave.env)._store(lines)
            job._recount()

    def _spoken(self):
        """Return the rows as their import's owner would handle them, in his language."""
        owner = self.import_id.create_uid
        # sudo: the job's own rights
        return (
            self.with_user(owner)
            .sudo()
            .with_context(
                lang=owner.lang or "en_US", mail_create_nolog=True, mail_create_nosubscribe=True
            )
        )

    def _waves(self):
        """Return the rows of one file in groups in which no unit stands twice.

        Where a file has several lines about one unit, each is looked at after the one before.
        """
        waves = []
        seen = {}
        for row in self.sorted("id"):
            chassis = "".join((row.chassis_number or "").upper().split())
            seen[chassis] = seen.get(chassis, -1) + 1
            if seen[chassis] == len(waves):
                waves.append(self.browse())
            waves[seen[chassis]] |= row
        return waves
