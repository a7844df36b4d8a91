"""How good are a customer's data? (P3: success rises through valid data)

Complete: all five items are there. Fresh: the customer confirmed them within the last year.
"""

from collections.abc import Collection
from datetime import date, timedelta

ITEM_COUNT = 5
#: After so long without a word from the customer an item is stale.
FRESH_FOR = timedelta(days=365)


def completeness(missing: Collection[str]) -> int:
    """Return how much of a customer's data is there, 0 to 100.

    :param missing: the items that are empty
    """
    return 100 * (ITEM_COUNT - len(missing)) // ITEM_COUNT


def is_fresh(confirmed_on: date | None, as_of: date) -> bool:
    """Return whether an item was confirmed lately."""
    return confirmed_on is not None and as_of - confirmed_on <= FRESH_FOR


def freshness(confirmed_on: Collection[date | None], as_of: date) -> int:
    """Return how much of a customer's data was confirmed lately, 0 to 100.

    :param confirmed_on: per item that is there, the day it was last confirmed
    """
    fresh = sum(is_fresh(day, as_of) for day in confirmed_on)
    return 100 * fresh // ITEM_COUNT
