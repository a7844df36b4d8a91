from contextlib import contextmanager
from datetime import timedelta
from itertools import islice

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .kpb_import_row import UNIT_INDEXES

#: What a person gives.
FILE_FIELDS = frozenset({"filename", "data_file"})
#: How many rows are written at once while a file is taken in.
STAGING = 2000
#: Rejected rows that nobody has corrected by then forget the customer's data.
KEEP_REJECTED_DAYS = 30


class KpbImport(models.Model):
    """One export of the dealer system, as head office drops it every morning.

    Starting it takes the whole file in, or refuses it with nothing changed. A scheduled action
    then works the rows off, so that a large file keeps nobody waiting and a power cut loses
    nothing: read = created + updated + unchanged + rejected, whatever happened in between. The
    file is not kept, and a row that went in forgets the customer's data: they live in one place.
    """

    _name = "kpb.import"
    _description = "Import from the Dealer System"
    _order = "id desc"

    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, precompute=True, required=True
    )
    filename = fields.Char()
    data_file = fields.Binary(
        "File", attachment=True, copy=False, help="CSV or XLSX, as the dealer system exports it."
    )
    state = fields.Selection(
        [("draft", "Draft"), ("queued", "Queued"), ("running", "Running"), ("done", "Done")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
    )
    started_at = fields.Datetime("Started", readonly=True, copy=False)
    done_at = fields.Datetime("Finished", readonly=True, copy=False)
    # how many rows came to what: counted again after every chunk
    row_read = fields.Integer("Read", default=0, readonly=True, copy=False)
    row_created = fields.Integer("Created", default=0, readonly=True, copy=False)
    row_updated = fields.Integer("Updated", default=0, readonly=True, copy=False)
    row_unchanged = fields.Integer("Unchanged", default=0, readonly=True, copy=False)
    row_rejected = fields.Integer("Rejected", default=0, readonly=True, copy=False)
    row_waiting = fields.Integer("Waiting", compute="_compute_progress")
    row_noted = fields.Integer("With a Note", default=0, readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")
    row_ids = fields.One2many("kpb.import.row", "import_id", "Rows", copy=False)
    rejected_row_ids = fields.One2many(
        "kpb.import.row",
        "import_id",
        "Rejected Rows",
        domain=[("state", "=", "rejected")],
        copy=False,
    )
    noted_row_ids = fields.One2many(
        "kpb.import.row",
        "import_id",
        "Rows with a Note",
        domain=[("note", "!=", False), ("state", "!=", "rejected")],
        copy=False,
    )

    # compute
    @api.depends("filename")
    def _compute_name(self):
        today = format_date(self.env, fields.Date.context_today(self))
        for job in self:
            if not job.name:
                job.name = job.filename or self.env._("Export of %s", today)

    @api.depends("row_read", "row_created", "row_updated", "row_unchanged", "row_rejected")
    def _compute_progress(self):
        for job in self:
            handled = job.row_created + job.row_updated + job.row_unchanged + job.row_rejected
            job.row_waiting = job.row_read - handled
            job.progress = 100 * handled / job.row_read if job.row_read else 0

    # CRUD
    @api.model_create_multi
    def create(self, vals_list):
        """Make imports that wait for their start.

        :raises UserError: when anything but the file and its name is given
        """
        for vals in vals_list:
            self._refuse_results(vals)
        return super().create(vals_list)

    def write(self, vals):
        """Change the name, and the file as long as it was not started.

        :raises UserError: for anything else
        """
        self._refuse_results(vals)
        if not self.env.su and vals.keys() & FILE_FIELDS:
            for job in self:
                job._refuse_second_start()
        return super().write(vals)

    def _refuse_results(self, vals):
        if not self.env.su and vals.keys() - FILE_FIELDS - {"name", "rejected_row_ids"}:
            raise UserError(
                self.env._("Give an import a name and a file only. The rest comes from its rows.")
            )

    # actions
    def action_start(self):
        """Take the file in and queue its rows.

        :raises UserError: when the file cannot be read, or was taken in before; nothing is changed
        """
        self.check_access("write")
        for job in self:
            job.lock_for_update()  # two people may press the button at once
            job._refuse_second_start()
            job._take_in()
        self._trigger()

    def action_preview(self):
        """Show what the file would do, row by row; nothing is changed.

        :raises UserError: when the file cannot be read, or was taken in before
        """
        self.ensure_one()
        self.check_access("write")
        self._refuse_second_start()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What will happen"),
            "res_model": "kpb.import.preview",
            "res_id": self.env["kpb.import.preview"]._prepare(self).id,
            "view_mode": "form",
            "target": "new",
        }

    def action_refresh(self):
        """Show how far the work has come: the form is read again after any button."""
        self.check_access("read")

    def action_retry_rejected(self):
        """Run all rejected rows again, with what was corrected in them."""
        self.check_access("write")
        self.rejected_row_ids.action_retry()

    def action_view_rows(self):
        """Open all rows of the file, the rejected ones first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "daya_kpb_followup.kpb_import_row_action"
        )
        return {**action, "domain": [("import_id", "=", self.id)]}

    # business
    def _refuse_second_start(self):
        self.ensure_one()
        if self.state != "draft":
            raise UserError(
                self.env._("%s was started before. Make a new import for the next file.", self.name)
            )

    def _file(self):
        """Return the attachment that holds the file."""
        self.ensure_one()
        # sudo: the attachment of a field is reached through the record, which was checked
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "data_file"),
                    ("res_id", "=", self.id),
                ]
            )
        )

    def _lines(self):
        """Return an iterator over the file: (line number, {column: text}).

        :raises UserError: when there is no file; while iterating, when it cannot be read
        """
        file = self._file()
        if not file:
            raise UserError(self.env._("File: choose the export of the dealer system first."))
        return self.env["kpb.import.reader"]._lines_of(file.raw, self.filename)

    def _take_in(self):
        """Write the file's lines as waiting rows, all of them or none."""
        self.ensure_one()
        rows = self.env["kpb.import.row"]
        lines = self._lines()
        count = 0
        while batch := list(islice(lines, STAGING)):
            rows._stage(self, batch)
            count += len(batch)
        rows.invalidate_model()
        self.sudo().write(  # sudo: readonly for people
            {
                "state": "queued",
                "row_read": count,
                "started_at": fields.Datetime.now(),
                "data_file": False,
            }
        )

    def _trigger(self):
        # sudo: starting an import is enough of a right to have it worked on
        self.env.ref("daya_kpb_followup.ir_cron_kpb_import").sudo()._trigger()

    def _recount(self):
        """Count the rows by what became of them; tell the owner when none is waiting any more."""
        rows = self.env["kpb.import.row"]
        states = rows._fields["state"].get_values(self.env)
        counts = {job: dict.fromkeys(states, 0) for job in self}
        for job, state, count in rows._read_group(
            [("import_id", "in", self.ids)], ["import_id", "state"], ["__count"]
        ):
            counts[job][state] = count
        noted = dict(
            rows._read_group(
                [("import_id", "in", self.ids), ("note", "!=", False)], ["import_id"], ["__count"]
            )
        )
        for job, by_state in counts.items():
            waiting = by_state.pop("waiting")
            job.write(
                {
                    "row_read": sum(by_state.values()) + waiting,
                    **{f"row_{state}": count for state, count in by_state.items()},
                    "row_noted": noted.get(job, 0),
                }
            )
            if waiting:
                job.write({"state": "running", "done_at": False})
            elif job.state != "done":
                job.write({"state": "done", "done_at": fields.Datetime.now()})
                job._tell_owner()

    def _tell_owner(self):
        spoken = self.with_context(lang=self.create_uid.lang)
        self.create_uid._bus_send(
            "simple_notification",
            {
                "title": self.name,
                "message": spoken.env._(
                    "%(read)s rows read: %(created)s new, %(updated)s updated, %(unchanged)s"
                    " unchanged, %(rejected)s rejected.",
                    read=self.row_read,
                    created=self.row_created,
                    updated=self.row_updated,
                    unchanged=self.row_unchanged,
                    rejected=self.row_rejected,
                ),
                "type": "warning" if self.row_rejected else "success",
                "sticky": True,
            },
        )

    # crons
    @api.model
    def _cron_import(self):
        """Scheduled action: work the rows of all queued files off."""
        self.env["kpb.job"]._require_system()
        self._import()

    @api.model
    def _import(self):
        """Work off every waiting row, in the order of files and lines.

        :return: how many rows were handled
        """
        job, rows = self.env["kpb.job"], self.env["kpb.import.row"]
        job._require_indexes(*UNIT_INDEXES)
        with self._alone() as alone:
            if not alone:
                return 0
            return job._work_off(rows, rows._waiting_domain(), lambda due: due._import_chunk())

    @contextmanager
    def _alone(self):
        """Hold the right to work on imports for as long as this connection lives.

        The rows of a file, and files among each other, must be taken in order, even when the
        scheduler lost its own lock and started twice.

        :return: whether the right was free
        """
        cr = self.env.cr
        cr.execute("SELECT pg_try_advisory_lock(hashtext('kpb_import'))")
        alone = cr.fetchone()[0]
        try:
            yield alone
        except BaseException:
            cr.rollback()
            raise
        finally:
            if alone:
                cr.execute("SELECT pg_advisory_unlock(hashtext('kpb_import'))")

    @api.autovacuum
    def _gc_rejected(self):
        """Let old rejected rows forget the customer's data."""
        before = fields.Datetime.now() - timedelta(days=KEEP_REJECTED_DAYS)
        self.env["kpb.import.row"].search(
            [
                ("state", "=", "rejected"),
                ("write_date", "<", before),
                ("customer_name", "!=", False),
            ]
        )._forget_customer()
