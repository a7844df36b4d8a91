import logging
import random
import time

import psycopg2
from psycopg2.errorcodes import DEADLOCK_DETECTED, LOCK_NOT_AVAILABLE, SERIALIZATION_FAILURE

from odoo import api, models
from odoo.exceptions import AccessError, UserError

_logger = logging.getLogger(__name__)

CHUNK = 500
#: Workers look at this many chunks' worth of candidates, so that they find unlocked ones.
LOOK_AHEAD = 8
MAX_TRIES = 5
RETRIED = (SERIALIZATION_FAILURE, DEADLOCK_DETECTED, LOCK_NOT_AVAILABLE)


class KpbJob(models.AbstractModel):
    """How every scheduled job of this addon works through what is due.

    Chunk by chunk: lock what nobody else holds, look again whether it is still due, do the work,
    commit work and progress together. A conflict with somebody else's transaction is tried again.
    A record that fails alone is parked and the others go on; the run still reports the failure at
    its end. Killed at any moment, it goes on where the last commit was.
    """

    _name = "kpb.job"
    _description = "Scheduled Work"

    @api.model
    def _work_off(self, records, domain, work, order="id"):
        """Do ``work`` on every record of a model that matches ``domain``, each exactly once.

        ``work`` must take what it handles out of the domain.

        :param records: any recordset of the model, which inherits ``kpb.parkable``
        :param Domain domain: what is due
        :param work: called with a recordset of at most ``CHUNK`` locked records
        :return: how many records were handled, parked ones included
        :raises Exception: the last failure of a record, after everything else is done
        """
        total, failure, seen = 0, None, set()
        while True:
            chunk, chunk_failure = self._with_retries(
                lambda: self._work_chunk(records, domain, work, order)
            )
            failure = chunk_failure or failure
            if not chunk:
                break
            if seen.issuperset(chunk):
                raise RuntimeError(f"{records._name}: a chunk was handled and is still due")
            seen.update(chunk)
            total += len(chunk)
            remaining = records.search_count(domain)
            if not self.env["ir.cron"]._commit_progress(len(chunk), remaining=remaining):
                break
            if not remaining:
                break
        if failure:
            raise failure
        return total

    @api.model
    def _work_chunk(self, records, domain, work, order):
        candidates = records.search(domain, limit=CHUNK * LOOK_AHEAD, order=order)
        locked = candidates.try_lock_for_update(allow_referencing=True, limit=CHUNK)
        due = locked.filtered_domain(domain)
        failure = self._work_halving(due, work) if due else None
        self.env.flush_all()
        return due.ids, failure

    @api.model
    def _work_halving(self, due, work):
        """Do the work on all, else on each half, so that a single bad record stands alone."""
        try:
            with self.env.cr.savepoint():
                work(due)
            due._unpark()
        except psycopg2.Error as error:
            if error.pgcode is None or error.pgcode in RETRIED:
                raise  # a lost connection or a conflict is nobody's fault in particular
            return self._isolate(due, work, error)
        except Exception as error:  # noqa: BLE001  one bad record must not stop the others
            return self._isolate(due, work, error)
        return None

    @api.model
    def _isolate(self, due, work, error):
        if len(due) > 1:
            middle = len(due) // 2
            first = self._work_halving(due[:middle], work)
            return self._work_halving(due[middle:], work) or first
        _logger.warning("%s %s is parked: %s", due._name, due.id, type(error).__name__)
        due._park(error)
        return error

    @api.model
    def _with_retries(self, attempt):
        for number in range(1, MAX_TRIES + 1):
            try:
                return attempt()
            except psycopg2.Error as error:
                self.env.cr.rollback()
                if error.pgcode not in RETRIED or number == MAX_TRIES:
                    raise
                time.sleep(random.uniform(0, 0.05 * 2**number))
        raise AssertionError("unreachable")

    @api.model
    def _require_system(self):
        """Refuse anybody but the scheduler.

        :raises AccessError: when called by a person
        """
        if not self.env.su:
            raise AccessError(
                self.env._("Scheduled jobs run by themselves; ask an administrator to start one.")
            )

    @api.model
    def _require_indexes(self, *indexes):
        """Refuse to work without the unique indexes that make the work happen once.

        :param indexes: names of unique indexes
        :raises UserError: naming what is missing and how to repair it
        """
        self.env.cr.execute(
            """
            SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
             WHERE c.relname = ANY(%s) AND i.indisunique AND i.indisvalid
            """,
            [list(indexes)],
        )
        missing = set(indexes) - {name for (name,) in self.env.cr.fetchall()}
        if missing:
            raise UserError(
                self.env._(
                    "Unique index missing or invalid: %s. Remove duplicates, then update the addon"
                    " (odoo -u daya_kpb_followup) to build it again.",
                    ", ".join(sorted(missing)),
                )
            )
