"""Who does not want to be called, and about what? (UU PDP 27/2022: opt-out of contact)

A customer refuses everything, or one purpose. The STNK is not a purpose to be refused by itself:
the customer waits for it. Whoever refuses everything is not called about it either.
"""

from collections.abc import Set
from enum import StrEnum

from .schedule import Kind


class Refused(StrEnum):
    """What a customer asked not to be called about."""

    EVERYTHING = "everything"
    SERVICE = "service"  #: reminders of free and regular services
    OFFERS = "offers"  #: offers of a new unit


#: What has to be refused for a call not to be made; :attr:`Refused.EVERYTHING` always counts.
PURPOSE_OF_KIND = {
    Kind.STNK: None,
    Kind.KPB: Refused.SERVICE,
    Kind.REGULAR: Refused.SERVICE,
    Kind.RENEWAL: Refused.OFFERS,
}


def refuses(refused: Set[Refused], kind: Kind) -> bool:
    """Return whether somebody who refused these things refuses calls of a kind."""
    return Refused.EVERYTHING in refused or PURPOSE_OF_KIND[kind] in refused
