"""What is said and written to a customer: scripts and messages with names and dates filled in.

Texts carry gaps such as ``[Nama Konsumen]`` (:class:`Gap`). A script is HTML for the caller: a gap
that cannot be filled stays, because the caller has to know what is missing. A message goes to the
customer: what cannot be filled is left out, with the part in braces around it:
``Motor {[Unit] }sudah waktunya servis.``
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from html import escape


class Gap(StrEnum):
    """A place in a text that is filled for each call, as the writer of the text sees it."""

    GREETING = "[Salam]"
    CUSTOMER = "[Nama Konsumen]"
    CALLER = "[Nama Petugas]"
    BRANCH = "[Cabang]"
    UNIT = "[Unit]"
    PLATE = "[No. Polisi]"
    COUPON_END = "[Akhir Kupon]"
    APPOINTMENT = "[Janji]"


Words = Mapping[Gap, str | None]

_GAP = re.compile("|".join(re.escape(gap) for gap in Gap))
_ANY_GAP = re.compile(r"\[[^\[\]\n]+\]")
_OPTIONAL = re.compile(r"\{([^{}]*)\}")
_BLANKS = re.compile(r"[ \t]{2,}")


def greeting(hour: int) -> str:
    """Return how Indonesians greet at an hour of the day, 0 to 23."""
    if 4 <= hour < 11:
        return "Selamat pagi"
    if 11 <= hour < 15:
        return "Selamat siang"
    if 15 <= hour < 18:
        return "Selamat sore"
    return "Selamat malam"


def merge_script(script: str, words: Words) -> str:
    """Return a call script, HTML, with its gaps filled; the filled words are escaped and bold.

    :param script: sanitised HTML
    :param words: gap → plain text, nothing where it is not known
    """

    def fill(match: re.Match) -> str:
        word = words.get(Gap(match[0]))
        return f"<b>{escape(word)}</b>" if word else match[0]

    return _GAP.sub(fill, script)


def merge_message(template: str, words: Words) -> str:
    """Return a message, plain text, with its gaps filled and without what cannot be filled.

    :param template: text with gaps; a part in braces is left out when one of its gaps is empty
    :param words: gap → plain text, nothing where it is not known
    """

    def keep(match: re.Match) -> str:
        gaps = _GAP.findall(match[1])
        return match[1] if all(words.get(Gap(gap)) for gap in gaps) else ""

    text = _GAP.sub(lambda gap: words.get(Gap(gap[0])) or "", _OPTIONAL.sub(keep, template))
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in text.splitlines()).strip()


def unknown_gaps(template: str) -> list[str]:
    """Return what looks like a gap and is none, in the order of the text."""
    return [found for found in _ANY_GAP.findall(template) if found not in list(Gap)]
