"""Coupon windows: the longest engine prefix decides, for each coupon on its own."""

from datetime import date

import pytest

from rules.coupon import Window, grace_ends, windows_for

BOUGHT = date(2026, 1, 2)

DEFAULT = tuple(
    Window("", number, days, km)
    for number, days, km in ((1, 75, 1_100), (2, 135, 4_250), (3, 255, 8_250), (4, 375, 12_250))
)
SUPRA = tuple(
    Window("JB01", number, days, km)
    for number, days, km in ((1, 75, 600), (2, 135, 2_250), (3, 195, 4_250), (4, 315, 8_250))
)
CBR = tuple(
    Window("MC41", number, days, km)
    for number, days, km in ((1, 75, 1_100), (2, 195, 6_250), (3, 375, 12_250), (4, 555, 18_250))
)
TABLE = (*SUPRA, *DEFAULT, *CBR)


@pytest.mark.parametrize(
    ("nominal", "grace", "number"),
    [
        (date(2026, 3, 3), date(2026, 3, 18), 1),
        (date(2026, 5, 2), date(2026, 5, 17), 2),
        (date(2026, 8, 30), date(2026, 9, 14), 3),
        (date(2026, 12, 28), date(2027, 1, 12), 4),
    ],
)
def test_the_grace_is_inside_the_days_of_the_table(nominal, grace, number):
    window = DEFAULT[number - 1]
    assert window.nominal_end(BOUGHT) == nominal
    assert window.grace_end(BOUGHT) == grace


def test_a_window_without_grace_ends_once():
    window = Window("", 1, 75, 1_100, grace_days=0)
    assert window.nominal_end(BOUGHT) == window.grace_end(BOUGHT) == date(2026, 3, 18)


@pytest.mark.parametrize(
    ("expected", "engine"),
    [
        (SUPRA, "JB01E1234567"),
        (SUPRA, "  jb01e1234567 "),
        (SUPRA, "JB01"),
        (CBR, "MC41E1000001"),
        (DEFAULT, "JFB1E1234567"),
        (DEFAULT, "JB0"),
        (DEFAULT, "XJB01E12345"),
        (DEFAULT, ""),
        (DEFAULT, None),
        (DEFAULT, False),
    ],
)
@pytest.mark.parametrize("table", [TABLE, TABLE[::-1]], ids=["as written", "reversed"])
def test_the_longest_prefix_wins_whatever_the_order_of_the_rows(expected, engine, table):
    assert windows_for(engine, table) == {window.kpb_number: window for window in expected}


def test_each_coupon_looks_for_its_own_longest_prefix():
    only_third = Window("JB01E9", 3, 200, 5_000)
    found = windows_for("JB01E9000001", (*TABLE, only_third))
    assert found == {1: SUPRA[0], 2: SUPRA[1], 3: only_third, 4: SUPRA[3]}


def test_an_engine_outside_the_table_has_no_coupons():
    assert windows_for("JFB1E1234567", SUPRA) == {}
    assert grace_ends(BOUGHT, "JFB1E1234567", SUPRA) == {}


@pytest.mark.parametrize(
    ("expected", "engine"),
    [
        ((75, 135, 255, 375), "KF12E1234567"),
        ((75, 135, 195, 315), "JB01E1234567"),
        ((75, 195, 375, 555), "MC41E1234567"),
    ],
)
def test_the_last_day_of_each_coupon(expected, engine):
    ends = grace_ends(BOUGHT, engine, iter(TABLE))
    assert {number: (day - BOUGHT).days for number, day in ends.items()} == dict(
        enumerate(expected, start=1)
    )
