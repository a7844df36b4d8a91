"""Which day is it at the branch? Around midnight the three Indonesian zones disagree."""

import time
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.schedule import SOP, local_day, progress, steps

#: Indonesia knows no daylight saving: the hours ahead of UTC are all there is to know.
HOURS = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}

MIDNIGHTS = [
    datetime(2026, 1, 1),
    datetime(2024, 2, 29),
    datetime(2024, 3, 1),
    datetime(2025, 3, 1),
    datetime(2026, 3, 29),
    datetime(2026, 10, 25),
    datetime(2040, 12, 31),
]


@pytest.mark.parametrize("midnight", MIDNIGHTS, ids=lambda moment: moment.date().isoformat())
@pytest.mark.parametrize(("tz", "hours"), HOURS.items())
def test_every_minute_from_ten_before_to_ten_past_midnight(tz, hours, midnight):
    for minute in range(-10, 11):
        stored = midnight - timedelta(hours=hours) + timedelta(minutes=minute)
        expected = midnight.date() if minute >= 0 else midnight.date() - timedelta(days=1)
        assert local_day(stored, tz) == expected
        assert local_day(stored.replace(tzinfo=UTC), tz) == expected
        assert local_day(stored.replace(tzinfo=UTC).astimezone(ZoneInfo(tz)), tz) == expected


#: (zone, midnight at the beginning of a day, hours ahead of UTC at that moment): also the days on
#: which summer time begins and ends there, and the day that Apia left out.
ELSEWHERE = [
    ("UTC", datetime(2026, 5, 10), 0),
    ("UTC", datetime(2024, 2, 29), 0),
    ("America/New_York", datetime(2026, 1, 15), -5),
    ("America/New_York", datetime(2026, 3, 8), -5),
    ("America/New_York", datetime(2026, 3, 9), -4),
    ("America/New_York", datetime(2026, 11, 1), -4),
    ("America/New_York", datetime(2026, 11, 2), -5),
    ("America/New_York", datetime(2027, 1, 1), -5),
    ("Europe/Brussels", datetime(2026, 3, 29), 1),
    ("Europe/Brussels", datetime(2026, 3, 30), 2),
    ("Europe/Brussels", datetime(2026, 10, 25), 2),
    ("Europe/Brussels", datetime(2026, 10, 26), 1),
    ("Pacific/Apia", datetime(2011, 12, 29), -10),
    ("Pacific/Apia", datetime(2012, 1, 1), 14),
    ("Pacific/Apia", datetime(2026, 5, 10), 13),
    ("Pacific/Apia", datetime(2026, 12, 31), 13),
]


@pytest.mark.parametrize(("tz", "midnight", "hours"), ELSEWHERE)
def test_every_minute_around_midnight_in_zones_with_summer_time(tz, midnight, hours):
    for minute in range(-10, 11):
        stored = midnight - timedelta(hours=hours) + timedelta(minutes=minute)
        expected = midnight.date() if minute >= 0 else midnight.date() - timedelta(days=1)
        assert local_day(stored, tz) == expected
        assert local_day(stored.replace(tzinfo=UTC), tz) == expected


def test_a_day_that_a_zone_leaves_out_is_nobodys_today():
    """Apia went from 29 to 31 December 2011; what was planned for the 30th is due on the 31st."""
    midnight = datetime(2011, 12, 30, 10)
    days = [local_day(midnight + timedelta(minutes=minute), "Pacific/Apia") for minute in (-1, 0)]
    assert days == [date(2011, 12, 29), date(2011, 12, 31)]
    plan = steps(date(2011, 12, 15), SOP)
    assert plan[0].planned == date(2011, 12, 30)
    assert [len(progress(plan, day).due) for day in days] == [0, 1]


def test_two_servers_five_minutes_apart_see_each_call_once():
    """One clock is past midnight, the other is not: what one has taken is not due on the other."""
    bought = date(2026, 1, 2)
    midnight = datetime(2026, 1, 16, 17)
    plan = steps(bought, SOP)
    seen = []
    for minute in range(-6, 12):
        for ahead in (0, 5):
            as_of = local_day(midnight + timedelta(minutes=minute + ahead), "Asia/Jakarta")
            due = progress(plan[len(seen) :], as_of).due
            seen += [step.key for step, _verdict in due]
    assert seen == [("stnk", 1)]


@pytest.mark.parametrize(
    ("expected", "moment"),
    [
        # 23:30 in Jakarta is already tomorrow in Makassar and Jayapura.
        ((9, 10, 10), datetime(2026, 5, 9, 16, 30)),
        # 23:30 in Makassar: tomorrow in Jayapura only.
        ((9, 9, 10), datetime(2026, 5, 9, 15, 30)),
        # 06:00 in Jakarta: UTC is still yesterday, no branch is.
        ((10, 10, 10), datetime(2026, 5, 9, 23, 0)),
        ((9, 9, 9), datetime(2026, 5, 9, 14, 59, 59, 999_999)),
    ],
)
def test_one_moment_in_three_branches(expected, moment):
    assert tuple(local_day(moment, tz).day for tz in HOURS) == expected


@pytest.mark.parametrize(("tz", "hours"), HOURS.items())
def test_a_call_becomes_due_at_the_branches_own_midnight(tz, hours):
    bought = date(2026, 1, 2)
    midnight = datetime(2026, 1, 17) - timedelta(hours=hours)
    before = progress(steps(bought, SOP), local_day(midnight - timedelta(seconds=1), tz))
    after = progress(steps(bought, SOP), local_day(midnight, tz))
    assert [step.key for step, _ in before.due] == []
    assert [step.key for step, _ in after.due] == [("stnk", 1)]


@pytest.mark.parametrize("server", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_the_servers_own_zone_plays_no_part(server, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("TZ", server)
        time.tzset()
        found = local_day(datetime(2026, 5, 9, 17, 0), "Asia/Jakarta")
        before = local_day(datetime(2026, 5, 9, 16, 59), "Asia/Jakarta")
    time.tzset()
    assert (before, found) == (date(2026, 5, 9), date(2026, 5, 10))


@given(
    moment=st.datetimes(datetime(2000, 1, 1), datetime(2045, 1, 1)),
    tz=st.sampled_from(sorted(HOURS)),
    written_in=st.integers(-12, 14),
)
def test_the_day_is_the_moment_plus_the_zones_hours(moment, tz, written_in):
    expected = (moment + timedelta(hours=HOURS[tz])).date()
    elsewhere = moment.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=written_in)))
    assert local_day(moment, tz) == local_day(elsewhere, tz) == expected


@pytest.mark.parametrize(
    "tz", ["Asia/Bandung", "WIB", "", " Asia/Jakarta", "Asia", "/etc/passwd", "../UTC", None, False]
)
def test_an_unknown_zone_is_refused_with_names_that_are_right(tz):
    with pytest.raises(
        ValueError, match=r"There is no time zone .*: give a name such as Asia/Jakarta"
    ):
        local_day(datetime(2026, 1, 1), tz)
