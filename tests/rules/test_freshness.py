"""Completeness and freshness of a customer's data."""

from datetime import date, timedelta

import pytest

from rules.freshness import completeness, freshness, is_fresh

TODAY = date(2026, 8, 12)


@pytest.mark.parametrize(
    ("percent", "missing"),
    [(100, []), (80, ["nik"]), (0, ["name", "address", "nik", "phone", "birth"])],
)
def test_completeness(percent, missing):
    assert completeness(missing) == percent


@pytest.mark.parametrize(("fresh", "days"), [(True, 0), (True, 365), (False, 366), (False, None)])
def test_fresh_for_a_year(fresh, days):
    day = None if days is None else TODAY - timedelta(days=days)
    assert is_fresh(day, TODAY) is fresh


def test_freshness_counts_what_is_missing_as_stale():
    assert freshness([TODAY, TODAY - timedelta(days=400), None], TODAY) == 20
    assert freshness([TODAY] * 5, TODAY) == 100
