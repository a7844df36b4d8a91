"""The working day before an appointment: when the customer is called to confirm it."""

from datetime import date, timedelta

import pytest

from rules.schedule import working_day_before

MON_TO_FRI = frozenset(range(5))
MON_TO_SAT = frozenset(range(6))
FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 8, day) for day in (14, 15, 16, 17))


@pytest.mark.parametrize(
    ("day", "weekdays", "holidays", "expected"),
    [
        (date(2026, 8, 13), MON_TO_FRI, (), date(2026, 8, 12)),
        (SATURDAY, MON_TO_FRI, (), FRIDAY),
        (SUNDAY, MON_TO_FRI, (), FRIDAY),
        (MONDAY, MON_TO_FRI, (), FRIDAY),
        (MONDAY, MON_TO_SAT, (), SATURDAY),
        (date(2026, 8, 18), MON_TO_FRI, (MONDAY,), FRIDAY),
        (date(2026, 8, 18), MON_TO_FRI, (MONDAY, FRIDAY), date(2026, 8, 13)),
        (MONDAY, MON_TO_FRI, (MONDAY,), FRIDAY),  # the day itself does not matter
        (date(2027, 1, 1), MON_TO_FRI, (), date(2026, 12, 31)),
        (date(2028, 3, 1), MON_TO_FRI, (), date(2028, 2, 29)),
        (MONDAY, frozenset(), (), SUNDAY),  # nobody ever works: the day before
    ],
)
def test_the_working_day_before(day, weekdays, holidays, expected):
    assert working_day_before(day, weekdays, frozenset(holidays)) == expected


def test_a_year_of_holidays_still_gives_an_earlier_day():
    holidays = frozenset(MONDAY - timedelta(days=back) for back in range(1, 400))
    assert working_day_before(MONDAY, MON_TO_FRI, holidays) == SUNDAY
