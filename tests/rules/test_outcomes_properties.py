"""Whatever customers say, in whatever order: a call always has its next day, and it ends.

Some hundreds of histories by default; ``KPB_LONG=1`` tries ten thousand of each.
"""

import os
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.outcomes import (
    DEFAULT_RETRY_DAYS,
    MAX_DAYS_AHEAD,
    OPEN_STATES,
    TABLE,
    Need,
    Outcome,
    OutcomeRefused,
    Policy,
    RefusalCode,
    Result,
    State,
    Trigger,
    decide,
    fitting,
    unsaid,
)
from rules.schedule import Kind, working_day_on_or_after

thorough = settings(
    max_examples=10_000 if os.environ.get("KPB_LONG") == "1" else 300, deadline=None
)
MON_TO_SAT = frozenset(range(6))
#: One thing that happens: (what was said or None, days until it happens, days the customer names).
events = st.tuples(
    st.none() | st.sampled_from(Outcome), st.integers(0, 20), st.integers(0, MAX_DAYS_AHEAD)
)
histories = st.lists(events, max_size=40)
policies = st.builds(
    Policy,
    attempt_limit=st.integers(1, 8),
    retry_days=st.dictionaries(st.sampled_from(list(DEFAULT_RETRY_DAYS)), st.integers(1, 30)),
)


class Call:
    """A follow-up as the rules see it, lived through day by day."""

    def __init__(self, kind, policy):
        self.kind, self.policy = kind, policy
        self.state, self.today, self.next_day = State.TODO, date(2026, 1, 5), date(2026, 1, 5)
        self.unsuccessful, self.results, self.climbed = 0, [], 0

    def hear(self, outcome, wait, named):
        """Let days pass and log what was said; return whether it was taken."""
        self.today += timedelta(days=wait)
        try:
            after = (
                unsaid(self.state)
                if outcome is None
                else decide(self.kind, self.state, outcome, self.unsuccessful, self.policy)
            )
        except OutcomeRefused as refused:
            closed = self.state not in OPEN_STATES
            assert (refused.code is RefusalCode.CLOSED) is closed
            return False
        self.unsuccessful += after.unsuccessful
        self.climbed += Trigger.ESCALATE_EXHAUSTED in after.triggers
        if after.result:
            self.results.append(after.result)
        self.state, self.next_day = after.state, self.day_after(after, named)
        return True

    def day_after(self, after, named):
        """Return the next day that somebody acts, None when nobody has to."""
        if after.state not in OPEN_STATES:
            return None
        if after.needs & {Need.APPOINTMENT, Need.CALL_BACK_DAY}:
            return self.today + timedelta(days=named)
        later = self.today + timedelta(days=after.retry_days)
        return working_day_on_or_after(later, MON_TO_SAT)


def check(call):
    """Assert what holds after every event."""
    is_open = call.state in OPEN_STATES
    assert (call.next_day is not None) is is_open
    assert len(call.results) == (0 if is_open else 1)
    assert call.unsuccessful <= call.policy.attempt_limit
    gave_up = call.results == [Result.EXHAUSTED]
    assert gave_up is (call.unsuccessful == call.policy.attempt_limit)
    assert call.climbed == gave_up
    if is_open:
        assert call.next_day >= call.today


@thorough
@given(st.sampled_from(Kind), policies, histories)
def test_every_history_keeps_the_promises(kind, policy, history):
    call = Call(kind, policy)
    for outcome, wait, named in history:
        before = (call.state, call.next_day, call.unsuccessful, list(call.results))
        was_open = call.state in OPEN_STATES
        fits = outcome is None or outcome in TABLE[kind, State.TODO]
        assert call.hear(outcome, wait, named) is (was_open and fits)
        if not (was_open and fits):
            assert before == (call.state, call.next_day, call.unsuccessful, call.results)
        else:
            check(call)


@thorough
@given(st.sampled_from(Kind), policies, histories)
def test_a_customer_who_is_never_reached_is_given_up_after_the_limit(kind, policy, history):
    """The hardest way not to end: nobody ever answers, and there is no appointment."""
    call = Call(kind, policy)
    silence = [Outcome.NO_ANSWER, Outcome.UNREACHABLE, Outcome.WRONG_NUMBER]
    tries = 0
    while call.state in OPEN_STATES:
        wait = history[tries % len(history)][1] if history else 0
        call.hear(silence[tries % 3], wait, 0)
        tries += 1
        check(call)
    assert (tries, call.results) == (policy.attempt_limit, [Result.EXHAUSTED])


@thorough
@given(st.sampled_from(Kind), policies, histories, st.sampled_from(Outcome))
def test_what_is_offered_is_never_refused(kind, policy, history, outcome):
    call = Call(kind, policy)
    for heard in history:
        call.hear(*heard)
    offered = fitting(kind, call.state)
    assert call.hear(outcome, 0, 0) is (outcome in offered)


@thorough
@given(policies, st.integers(0, 20), st.sampled_from(Outcome))
def test_no_policy_changes_what_an_outcome_means(policy, before, outcome):
    """A milestone sets days and the limit; states, needs and triggers stay the table's."""
    for (kind, state), row in TABLE.items():
        if outcome not in row:
            continue
        plain, after = row[outcome], decide(kind, state, outcome, before, policy)
        assert after.triggers >= plain.triggers
        assert after.unsuccessful == plain.unsuccessful
        if after.result is not Result.EXHAUSTED:
            assert (after.state, after.needs, after.result) == (
                plain.state,
                plain.needs,
                plain.result,
            )
