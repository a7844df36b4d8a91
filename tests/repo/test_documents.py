"""Decisions are in the index, links lead somewhere, changes are named as the release needs it."""

import re
from pathlib import Path

import pytest
from checkout import ADDON, CHECKOUT, manifest, tracked_files

ADR_FOLDER = CHECKOUT / "docs/adr"
TEMPLATE_NUMBER = "0000"
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
FRAGMENT = re.compile(r"\+[a-z0-9-]+\.(feature|change|fix|removal)\.md")


def adr_problems(folder: Path) -> list[str]:
    """Check numbers, titles and the index of the decisions."""
    index = (folder / "README.md").read_text()
    problems = []
    pages = sorted(folder.glob("[0-9]*.md"))
    numbers = [page.name[:4] for page in pages]
    for page, number in zip(pages, numbers, strict=True):
        if numbers.count(number) > 1:
            problems.append(f"{page.name}: the number is taken twice")
        if f"({page.name})" not in index:
            problems.append(f"{page.name}: not in the index")
        text = page.read_text()
        if number != TEMPLATE_NUMBER and not text.startswith(f"# {number}. "):
            problems.append(f"{page.name}: the title does not start with {number}.")
        if "\nStatus: " not in text:
            problems.append(f"{page.name}: no status")
    return problems


def link_problems(files: list[Path]) -> list[str]:
    """Return the relative links of Markdown files that lead nowhere."""
    problems = []
    for file in files:
        for _label, target in LINK.findall(CODE.sub("", file.read_text())):
            path = target.partition("#")[0]
            if path and "://" not in target and not (file.parent / path).exists():
                problems.append(f"{file.name}: {target} leads nowhere")
    return problems


def changelog_problems(folder: Path, changelog: Path, version: str) -> list[str]:
    """Check the names of the fragments, and that the addon's version is told of somewhere."""
    fragments = [file for file in folder.iterdir() if file.name not in HELP]
    problems = [f"{file.name}: name" for file in fragments if not FRAGMENT.fullmatch(file.name)]
    if not fragments and f"## {version} " not in changelog.read_text():
        problems.append(f"{version}: neither fragments nor an entry")
    return problems


HELP = ("README.md", "_template.md.jinja")


def test_every_decision_is_in_the_index():
    assert adr_problems(ADR_FOLDER) == []


def test_links_of_the_documents_lead_somewhere():
    documents = [file for file in tracked_files(CHECKOUT) if file.suffix == ".md"]
    assert link_problems(documents) == []


def test_changelog_and_fragments_are_in_order():
    version = manifest(ADDON)["version"]
    assert changelog_problems(CHECKOUT / "changelog.d", CHECKOUT / "CHANGELOG.md", version) == []


@pytest.mark.parametrize(
    ("expected", "name", "text", "index"),
    [
        ([], "0001-a.md", "# 0001. A\n\nStatus: accepted.", "[1](0001-a.md)"),
        (["not in the index"], "0001-a.md", "# 0001. A\n\nStatus: accepted.", "1"),
        (
            ["the title does not start with 0001.", "no status"],
            "0001-a.md",
            "# A\n",
            "[1](0001-a.md)",
        ),
    ],
)
def test_disorderly_decisions_are_found(tmp_path, expected, name, text, index):
    (tmp_path / "README.md").write_text(index)
    (tmp_path / name).write_text(text)
    assert adr_problems(tmp_path) == [f"{name}: {problem}" for problem in expected]


def test_decisions_with_one_number_are_found(tmp_path):
    (tmp_path / "README.md").write_text("(0001-a.md) (0001-b.md)")
    for name in ("0001-a.md", "0001-b.md"):
        (tmp_path / name).write_text("# 0001. A\n\nStatus: accepted.")
    assert adr_problems(tmp_path) == [
        "0001-a.md: the number is taken twice",
        "0001-b.md: the number is taken twice",
    ]


def test_dead_links_are_found(tmp_path):
    page = tmp_path / "a.md"
    page.write_text("[a](a.md#x) [web](https://wa.me/1) `[no](link)` [b](b.md)")
    assert link_problems([page]) == ["a.md: b.md leads nowhere"]


def test_wrong_fragments_and_untold_versions_are_found(tmp_path):
    folder, changelog = tmp_path / "changelog.d", tmp_path / "CHANGELOG.md"
    folder.mkdir()
    changelog.write_text("## 19.0.1.0.0 (2026-11-21)\n")
    assert changelog_problems(folder, changelog, "19.0.1.0.0") == []
    assert changelog_problems(folder, changelog, "19.0.1.1.0") == [
        "19.0.1.1.0: neither fragments nor an entry"
    ]
    (folder / "new.txt").write_text("")
    assert changelog_problems(folder, changelog, "19.0.1.1.0") == ["new.txt: name"]
