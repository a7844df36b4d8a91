import logging
import random
import time
from dataclasses import dataclass, field
from functools import partial

import psycopg2
from psycopg2.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

#: No chunk has more records. The first is smaller; how large the next one is, its time tells.
CHUNK, FIRST_CHUNK = 500, 100
#: No chunk should take longer: what it has locked, nobody else can change meanwhile.
CHUNK_SECONDS = 2.0
#: Workers look at this many chunks' worth of candidates, so that they find unlocked ones.
LOOK_AHEAD = 8
#: What is left is counted up to here: enough to see that a run goes on, and how many can help.
COUNTED = 100 * CHUNK
MAX_TRIES = 5
#: A look at what is due fails when somebody commits meanwhile; it costs little to look again.
CLAIM_TRIES, CLAIM_PAUSE = 50, 0.2
#: Conflicts with somebody else's transaction: the same work may well succeed a moment later.
RETRIED = (SerializationFailure, DeadlockDetected, LockNotAvailable)
#: The connection is gone, which says nothing about the record at hand.
CONNECTION_LOST = (psycopg2.OperationalError, psycopg2.InterfaceError)


@dataclass
class Chunk:
    """What became of a chunk so far.

    ``begun``: a moment on the monotonic clock; ``seconds``: after them it should be over.
    """

    begun: float
    seconds: float
    handled: list[int] = field(default_factory=list)
    unparkable: set[int] = field(default_factory=set)
    failure: Exception | None = None

    def took(self):
        """Return the seconds since it has begun."""
        return time.monotonic() - self.begun


@dataclass
class Crowd:
    """Whether others were met at the same work, and whether the order may be left for them."""

    may_spread: bool
    was_met: bool = False


class KpbJob(models.AbstractModel):
    """How every scheduled job of this addon works through what is due.

    Chunk by chunk: lock what nobody else holds, look again whether it is still due, do the work,
    commit work and progress together. A conflict with somebody else's transaction is tried again.
    A record that fails alone is parked and the others go on; the run still reports the failure at
    its end. Killed at any moment, it goes on where the last commit was. Any number of workers may
    do the same work at the same time: each claims records that no other has claimed.
    """

    _name = "kpb.job"
    _description = "Scheduled Work"

    @api.model
    def _work_off(self, records, domain, work, order="id", shared_as=None):
        """Do ``work`` on every record of a model that matches ``domain``, each exactly once.

        ``work`` must take what it handles out of the domain. What is parked waits for its next
        try, whatever the domain says.

        :param records: any recordset of the model, which inherits ``kpb.parkable``
        :param Domain domain: what is due
        :param work: called with a recordset of at most ``CHUNK`` locked records
        :param str shared_as: the name under which other workers may help, see ``kpb.helper``
        :return: how many records were handled, parked ones included
        :raises Exception: the last first-time failure of a record, after everything else is done;
            a record that fails again only waits longer, or Odoo would switch the job off
        """
        total, failure, seen, unparkable = 0, None, set(), set()
        domain = domain & records._not_parked_domain()
        left, size = self._left_by_earlier_work(), min(CHUNK, FIRST_CHUNK)
        is_shared = shared_as and not self.env["kpb.helper"]._is_planned_by_one(shared_as)
        crowd = Crowd(may_spread=bool(is_shared))
        while True:
            due = domain & Domain("id", "not in", sorted(unparkable))
            claim = partial(self._claim_among_others, records, due, order, size, crowd)
            chunk = self._with_retries(lambda claim=claim: self._work_chunk(claim(), work))
            handled = chunk.handled
            size = self._next_size(len(handled), chunk.took())
            failure = chunk.failure or failure
            if not handled:
                break
            unparkable |= chunk.unparkable
            if seen.issuperset(handled):
                self.env.cr.rollback()
                raise RuntimeError(f"{records._name}: a chunk was handled and is still due")
            seen.update(handled)
            total += len(handled)
            remaining = records.search_count(
                domain & Domain("id", "not in", sorted(unparkable)), limit=COUNTED
            )
            if shared_as:
                self.env["kpb.helper"]._call(shared_as, remaining)
                shared_as = None
            if not self.env["ir.cron"]._commit_progress(len(handled), remaining=remaining + left):
                break
            if not remaining:
                break
        if failure:
            raise failure
        return total

    @api.model
    def _work_claim(self, records, domain, work, order="id"):
        """Do the work on one chunk, in a transaction that somebody else commits.

        :return: the ids of the records that were handled, parked ones included
        """
        due = domain & records._not_parked_domain()
        return self._work_chunk(self._claim(records, due, order, CHUNK), work).handled

    @api.model
    def _next_size(self, count, seconds):
        """Return how many records to claim next, so that half of a chunk's time is used.

        :param int count: records in the last chunk
        :param float seconds: how long it took
        """
        return max(1, min(CHUNK, int(count * CHUNK_SECONDS / 2 / max(seconds, 0.001))))

    @api.model
    def _left_by_earlier_work(self):
        """Return what earlier work of the same run had no time for, so that the run goes on."""
        progress = self.env["ir.cron.progress"].sudo()  # sudo: the scheduler's own record
        return progress.browse(self.env.context.get("ir_cron_progress_id")).remaining

    @api.model
    def _each(self, *steps):
        """Do all steps of a scheduled action, also those after one that has failed.

        :param steps: functions without arguments
        :raises Exception: the first failure, after every step
        """
        failure = None
        for step in steps:
            try:
                step()
            except Exception as error:  # noqa: BLE001 - told at the end
                failure = failure or error
        if failure:
            raise failure

    @api.model
    def _claim(self, records, domain, order, size, spread=False):
        """Return so many due records, locked for this transaction; none that others hold.

        :param bool spread: begin at any place among the first ones instead of at the first
        """
        candidates = records.search(domain, limit=CHUNK * LOOK_AHEAD, order=order)
        if spread and candidates:
            start = random.randrange(len(candidates))
            candidates = candidates[start:] + candidates[:start]
        locked = candidates.try_lock_for_update(allow_referencing=True, limit=size)
        return locked.filtered_domain(domain)

    @api.model
    def _claim_among_others(self, records, domain, order, size, crowd):
        """Claim; who meets others at the head of the line looks elsewhere from then on.

        The database refuses a lock on what somebody has committed since the look, and at the head
        of the line that is likely. Who is refused again and again leaves the work to the others.
        """
        for _try in range(CLAIM_TRIES):
            try:
                spread = crowd.was_met and crowd.may_spread
                return self._claim(records, domain, order, size, spread)
            except RETRIED:
                self.env.cr.rollback()
                crowd.was_met = True
                time.sleep(random.uniform(0, CLAIM_PAUSE))
        _logger.warning("%s: refused %s times, left to others", records._name, CLAIM_TRIES)
        return records.browse()

    @api.model
    def _work_chunk(self, due, work):
        """Do the work on records that are locked and due; return the :class:`Chunk`."""
        chunk = Chunk(time.monotonic(), CHUNK_SECONDS)
        if due:
            self._work_halving(due, work, chunk)
        self.env.flush_all()
        return chunk

    @api.model
    def _work_halving(self, due, work, chunk):
        """Do the work on all, else on each half, so that a single bad record stands alone."""
        try:
            with self.env.cr.savepoint():
                work(due)
                due._unpark()
        except Exception as error:  # whatever a single record raises must not stop the others
            if self._is_nobodys_fault(error):
                raise
            self._isolate(due, work, chunk, error)
        else:
            chunk.handled += due.ids

    @api.model
    def _is_nobodys_fault(self, error):
        lost = isinstance(error, CONNECTION_LOST) and error.pgcode is None
        return isinstance(error, RETRIED) or lost

    @api.model
    def _isolate(self, due, work, chunk, error):
        """Halve what fails; park what fails alone. What there is no time for stays due."""
        if len(due) == 1:
            chunk.failure = self._set_aside(due, chunk, error) or chunk.failure
            return
        middle = len(due) // 2
        for half in (due[:middle], due[middle:]):
            if not chunk.handled or chunk.took() < chunk.seconds:
                self._work_halving(half, work, chunk)

    @api.model
    def _set_aside(self, due, chunk, error):
        """Park a record; return its error when it is the record's first."""
        _logger.warning("%s %s is parked: %s", due._name, due.id, type(error).__name__)
        is_known = bool(due.park_count)
        try:
            with self.env.cr.savepoint():
                due._park(error)
        except Exception as refusal:  # a row that takes no note of its problem waits all the same
            if self._is_nobodys_fault(refusal):
                raise
            _logger.warning("%s %s cannot be parked: %s", due._name, due.id, refusal)
            chunk.unparkable.add(due.id)
        chunk.handled.append(due.id)
        return None if is_known else error

    @api.model
    def _with_retries(self, attempt):
        for number in range(1, MAX_TRIES + 1):
            try:
                return attempt()
            except psycopg2.Error as error:
                self.env.cr.rollback()
                if not isinstance(error, RETRIED) or number == MAX_TRIES:
                    raise
                time.sleep(random.uniform(0, 0.05 * 2**number))
        raise AssertionError("unreachable")

    @api.model
    def _may_run(self):
        """Refuse anybody but the scheduler; return whether today's date can be relied on."""
        self._require_system()
        return self.env["kpb.clock"]._is_plausible()

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
            SELECT c.relname, i.indisvalid AND i.indisready
              FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
             WHERE c.relname = ANY(%s) AND i.indisunique
            """,
            [list(indexes)],
        )
        found = dict(self.env.cr.fetchall())
        missing = sorted(set(indexes) - found.keys())
        if missing:
            raise UserError(
                self.env._(
                    "Unique index missing: %s. Remove duplicates, then update the addon"
                    " (odoo -u daya_kpb_followup) to build it again.",
                    ", ".join(missing),
                )
            )
        invalid = sorted(name for name, is_valid in found.items() if not is_valid)
        if invalid:
            raise UserError(
                self.env._(
                    "Unique index invalid: %(names)s. Remove duplicates, then build it again in"
                    " the database (%(commands)s).",
                    names=", ".join(invalid),
                    commands=" ".join(f"REINDEX INDEX {name};" for name in invalid),
                )
            )
