"""The Indonesian of every text a user sees is there, and is safe to fill in."""

import ast
import re
from pathlib import Path

import polib
import pytest
from checkout import ADDON, python_files

PLACEHOLDER = re.compile(
    r"%\(\w+\)[-#0 +]*\d*(?:\.\d+)?[sdifr]|%[-#0+]*\d*(?:\.\d+)?[sdifr](?![A-Za-z])|\{\w*\}"
)


def template(addon: Path) -> polib.POFile:
    """Return the addon's template of all texts."""
    return catalogue(addon / f"i18n/{addon.name}.pot")


def catalogue(file: Path) -> polib.POFile:
    """Return a parsed catalogue; polib by itself takes a missing file's name for its text."""
    return polib.pofile(file.read_text(encoding="utf-8"))


def translation_problems(addon: Path, language: str = "id") -> list[str]:
    """Compare a language with the template: complete, nothing doubtful, same placeholders."""
    translated = {entry.msgid: entry for entry in catalogue(addon / f"i18n/{language}.po")}
    wanted = {entry.msgid for entry in template(addon)}
    problems = [f"{text!r}: missing" for text in sorted(wanted - set(translated))]
    for text, entry in translated.items():
        if entry.obsolete or text not in wanted:
            problems.append(f"{text!r}: no longer in the source")
        elif "fuzzy" in entry.flags:
            problems.append(f"{text!r}: fuzzy")
        elif not entry.msgstr.strip():
            problems.append(f"{text!r}: not translated")
        elif placeholders(text) != placeholders(entry.msgstr):
            problems.append(f"{text!r}: other placeholders in the translation")
    return problems


def placeholders(text: str) -> list[str]:
    """Return the places of a text that are filled in, in a comparable order."""
    return sorted(PLACEHOLDER.findall(text.replace("%%", "")))


def stale_problems(addon: Path) -> list[str]:
    """Return the literal texts of the code, ``_("…")``, that the template lacks."""
    known = {entry.msgid for entry in template(addon)}
    return [
        f"{file.relative_to(addon).as_posix()}: {text!r} is not in the template"
        for file in python_files(addon)
        if "tests" not in file.relative_to(addon).parts
        for text in translatable(file.read_text())
        if text not in known
    ]


def translatable(source: str) -> list[str]:
    """Return the literal first arguments of ``_()``, ``env._()`` and ``_lt()``."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [
        call.args[0].value
        for call in calls
        if (getattr(call.func, "id", "") or getattr(call.func, "attr", "")) in ("_", "_lt")
        and call.args
        and isinstance(call.args[0], ast.Constant)
    ]


def test_indonesian_is_complete():
    assert translation_problems(ADDON) == []


def test_the_template_knows_the_texts_of_the_code():
    assert stale_problems(ADDON) == []


@pytest.fixture
def addon(tmp_path):
    """Return an addon folder whose template has two texts."""
    folder = tmp_path / "an_addon"
    (folder / "i18n").mkdir(parents=True)
    write_po(folder / "i18n/an_addon.pot", {"Call": "", "%(name)s: 100%% of {count}": ""})
    return folder


def test_gaps_leftovers_and_lost_placeholders_are_found(addon):
    po = addon / "i18n/id.po"
    write_po(po, {"Call": "Telepon", "%(name)s: 100%% of {count}": "{count}: 100%% dari %(name)s"})
    assert translation_problems(addon) == []
    write_po(po, {"Call": "", "%(name)s: 100%% of {count}": "%(nama)s {count}", "Old": "Lama"})
    assert translation_problems(addon) == [
        "'Call': not translated",
        "'%(name)s: 100%% of {count}': other placeholders in the translation",
        "'Old': no longer in the source",
    ]
    write_po(po, {"Call": "Telepon"}, flags=["fuzzy"])
    assert translation_problems(addon) == [
        "'%(name)s: 100%% of {count}': missing",
        "'Call': fuzzy",
    ]


def test_texts_that_the_template_lacks_are_found(addon):
    (addon / "a.py").write_text("self.env._('Call')\n_('New text', x=1)\n_(variable)\n")
    assert stale_problems(addon) == ["a.py: 'New text' is not in the template"]


def write_po(path: Path, texts: dict[str, str], flags: list[str] | None = None) -> None:
    """Write a catalogue of texts."""
    content = polib.POFile()
    content.extend(
        polib.POEntry(msgid=text, msgstr=meaning, flags=flags or [])
        for text, meaning in texts.items()
    )
    content.save(str(path))
