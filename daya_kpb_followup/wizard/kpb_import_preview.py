import math
import time
from itertools import islice

from odoo import Command, api, fields, models

from ..models.kpb_job import Chunk
from ..rules.dms import MANDATORY, TITLES, Column
from .kpb_import_preview_line import OUTCOME_ORDER

#: A longer file is tried on its first rows.
LIMIT = 1000


class KpbImportPreview(models.TransientModel):
    """What an import would do with each row, before anything is done.

    The rows go through the import itself, in a transaction that is taken back: what is shown is
    what will happen, unless the registry changes in between.
    """

    _name = "kpb.import.preview"
    _description = "Preview of an Import"

    import_id = fields.Many2one("kpb.import", required=True, readonly=True, ondelete="cascade")
    row_read = fields.Integer("Read", readonly=True)
    row_created = fields.Integer("New", readonly=True)
    row_updated = fields.Integer("Updated", readonly=True)
    row_unchanged = fields.Integer("Unchanged", readonly=True)
    row_rejected = fields.Integer("Rejected", readonly=True)
    is_partial = fields.Boolean(readonly=True)
    columns_found = fields.Char("Columns Recognised", readonly=True)
    columns_missing = fields.Char("Columns Not in the File", readonly=True)
    line_ids = fields.One2many("kpb.import.preview.line", "preview_id", readonly=True)

    # actions
    def action_start(self):
        """Start the import that was looked at.

        :raises UserError: when it was started meanwhile
        """
        self.ensure_one()
        self.import_id.action_start()

    # business
    @api.model
    def _prepare(self, job):
        """Return what the file of an import would do.

        :param job: a ``kpb.import`` that was not started
        :raises UserError: when the file cannot be read
        """
        lines = list(islice(job._lines(), LIMIT + 1))
        found = {column for _number, texts in lines for column in texts}
        outcomes = self._rehearse(job, lines[:LIMIT])
        count = [outcome["state"] for outcome in outcomes].count
        return self.create(
            {
                "import_id": job.id,
                "row_read": len(outcomes),
                "is_partial": len(lines) > LIMIT,
                **{f"row_{state}": count(state) for state in OUTCOME_ORDER},
                "columns_found": self._titles(found),
                "columns_missing": self._titles(set(Column) - found - set(MANDATORY)),
                "line_ids": [Command.create(outcome) for outcome in outcomes],
            }
        )

    @api.model
    def _titles(self, columns):
        return ", ".join(title for column, title in TITLES.items() if column in columns)

    @api.model
    def _rehearse(self, job, lines):
        """Import lines, note what became of each, and take everything back.

        :return: list of values for ``kpb.import.preview.line``
        """
        with self.env.cr.savepoint() as trial:
            self.env["kpb.import.row"]._stage(job, lines)
            job.invalidate_recordset(["row_ids"])
            rows = job.row_ids.sudo()  # sudo: as the job works on them
            said = {row.id: (row.customer_name, row.chassis_number) for row in rows}
            unhurried = Chunk(begun=time.monotonic(), seconds=math.inf)
            self.env["kpb.job"]._work_halving(rows, lambda due: due._import_chunk(), unhurried)
            outcomes = [
                {
                    "line": row.line,
                    "state": row.state,
                    "order": OUTCOME_ORDER.index(row.state),
                    "customer_name": said[row.id][0],
                    "chassis_number": said[row.id][1],
                    "text": "\n".join(filter(None, (row.reason, row.note))),
                }
                for row in rows
            ]
            trial.rollback()
        return outcomes
