"""Odometer readings are questioned where they cannot be right, and only there."""

from datetime import date, timedelta

import pytest

from rules.odometer import LEEWAY_KM, MAX_KM_PER_DAY, Doubt, doubt

BOUGHT = date(2026, 1, 2)


def day(number):
    """Return the day so many days after the purchase."""
    return BOUGHT + timedelta(days=number)


#: Other visits: day after purchase, kilometres.
KNOWN = ((30, 900), (100, 3_900))


@pytest.mark.parametrize(
    ("expected", "number", "km"),
    [
        (None, 120, 0),
        (None, 120, 3_900),
        (None, 100, 3_900),
        (None, 120, 5_000),
        (Doubt.FALLING, 120, 3_899),
        (Doubt.FALLING, 120, 390),
        (None, 60, 2_000),
        (None, 60, 3_900),
        (Doubt.FALLING, 60, 3_901),
        (Doubt.FALLING, 60, 899),
        (None, 100 + 10, 3_900 + LEEWAY_KM + 10 * MAX_KM_PER_DAY),
        (Doubt.JUMP, 100 + 10, 3_901 + LEEWAY_KM + 10 * MAX_KM_PER_DAY),
        (Doubt.JUMP, 120, 39_000),
        (None, 10, 850),
    ],
)
def test_readings_among_others(expected, number, km):
    readings = [(day(when), reading) for when, reading in KNOWN]
    assert doubt(BOUGHT, readings, day(number), km) == expected
    assert doubt(BOUGHT, readings[::-1], day(number), km) == expected


@pytest.mark.parametrize(
    ("expected", "number", "km"),
    [
        (None, 0, LEEWAY_KM),
        (Doubt.JUMP, 0, LEEWAY_KM + 1),
        (None, 30, 9_000),
        (Doubt.JUMP, 30, 12_000),
    ],
)
def test_the_first_reading_counts_from_the_purchase(expected, number, km):
    assert doubt(BOUGHT, [], day(number), km) == expected
