"""What may happen to a worker: it dies at a chosen point, or meets a record that cannot be done.

Each fault wraps methods of the registry in the worker's own process.
"""

import os
import signal
import time


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def countdown(nth):
    """A function that ends the process when it is called for the nth time."""
    left = [nth]

    def call():
        left[0] -= 1
        if not left[0]:
            die()

    return call


def after(owner, name, call, when=lambda *args: True):
    """Let a method be followed by a call, where its arguments are of interest."""
    original = getattr(owner, name)

    def method(self, *args, **kwargs):
        found = original(self, *args, **kwargs)
        if when(self, *args):
            call()
        return found

    setattr(owner, name, method)


def before(owner, name, call, when=lambda *args: True):
    """Let a method be preceded by a call, where its arguments are of interest."""
    original = getattr(owner, name)

    def method(self, *args, **kwargs):
        if when(self, *args):
            call()
        return original(self, *args, **kwargs)

    setattr(owner, name, method)


def die_after_followup(registry, nth=1):
    """The follow-ups are written, their activities are not."""
    before(registry["kpb.followup"], "_create_activities", countdown(nth), lambda self: self)


def die_after_activity(registry, nth=1):
    after(registry["kpb.followup"], "_create_activities", countdown(nth), lambda self: self)


def die_before_commit(registry, nth=1):
    before(registry["ir.cron"], "_commit_progress", countdown(nth))


def die_after_commit(registry, nth=1):
    after(registry["ir.cron"], "_commit_progress", countdown(nth))


def die_in_progress_write(registry, nth=1):
    after(registry["ir.cron.progress"], "write", countdown(nth))


def die_before_postcommit(registry, nth=1):
    """The database has committed; what Odoo does after it never happens."""
    dying = countdown(nth)
    commit_progress = registry["ir.cron"]._commit_progress

    def _commit_progress(self, *args, **kwargs):
        self.env.cr.postcommit.add(dying)
        return commit_progress(self, *args, **kwargs)

    registry["ir.cron"]._commit_progress = _commit_progress


def poison(registry, units):
    """These units raise when they are generated."""
    bad = set(units)
    generate = registry["kpb.generator"]._generate_chunk

    def _generate_chunk(self, as_of, purchases):
        generate(self, as_of, purchases)
        if bad.intersection(purchases.ids):
            raise ValueError("poisoned")

    registry["kpb.generator"]._generate_chunk = _generate_chunk


def slow(registry, seconds):
    """Every chunk takes so much longer, its locks held."""
    after(registry["kpb.generator"], "_generate_chunk", lambda: time.sleep(seconds))


FAULTS = {
    "die after the follow-up": die_after_followup,
    "die after the activity": die_after_activity,
    "die before the commit": die_before_commit,
    "die after the commit": die_after_commit,
    "die in the progress write": die_in_progress_write,
    "die before the postcommit": die_before_postcommit,
    "poison": poison,
    "slow": slow,
}
POINTS = [name for name in FAULTS if name.startswith("die")]
