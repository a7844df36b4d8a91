"""Habits of the addon's Python and XML that no linter checks."""

import ast
import io
import re
import tokenize
from pathlib import Path

from checkout import ADDON, python_files
from lxml import etree


def sudo_problems(addon: Path) -> list[str]:
    """Check that each ``sudo()`` outside the tests has a comment beside it that says why.

    Beside it means: between the line above the statement and the line of the call.
    """
    problems = []
    for file in python_files(addon):
        if "tests" in file.relative_to(addon).parts:
            continue
        source = file.read_text()
        comments = comment_lines(source)
        for statement, call in sudo_calls(ast.parse(source)):
            if comments.isdisjoint(range(statement.lineno - 1, call.end_lineno + 1)):
                where = file.relative_to(addon).as_posix()
                problems.append(f"{where}:{call.end_lineno}: sudo() without a reason")
    return problems


def comment_lines(source: str) -> set[int]:
    """Return the numbers of the lines that carry a comment."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0] for token in tokens if token.type == tokenize.COMMENT}


def sudo_calls(tree: ast.AST, statement: ast.stmt | None = None):
    """Yield (innermost statement, call) for each call of a method named sudo."""
    for node in ast.iter_child_nodes(tree):
        inner = node if isinstance(node, ast.stmt) else statement
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "sudo":
            yield inner, node
        yield from sudo_calls(node, inner)


def word_problems(addon: Path) -> list[str]:
    """Look for prints and for the dead way to declare SQL constraints."""
    problems = []
    for file in python_files(addon):
        where = file.relative_to(addon).as_posix()
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Name) and node.id == "_sql_constraints":
                problems.append(f"{where}:{node.lineno}: _sql_constraints does nothing any more")
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
                problems.append(f"{where}:{node.lineno}: print()")
    return problems


def tree_problems(addon: Path) -> list[str]:
    """Look for the former name of list views."""
    problems = []
    for file in sorted(addon.rglob("*.xml")):
        where = file.relative_to(addon).as_posix()
        for node in etree.parse(file).iter(etree.Element):
            modes = (node.text or "") if node.get("name") == "view_mode" else ""
            if node.tag == "tree" or re.search(r"\btree\b", modes):
                problems.append(f"{where}:{node.sourceline}: tree is called list")
    return problems


def test_every_sudo_says_why():
    assert sudo_problems(ADDON) == []


def test_no_print_and_no_sql_constraints():
    assert word_problems(ADDON) == []


def test_no_tree_views():
    assert tree_problems(ADDON) == []


SUDO = """
def good(self):
    self.sudo().write({})  # sudo: a reason
    # a reason
    found = (
        self.search([])
        .sudo()
    )
    return found

def bad(self):
    # a reason for something else

    if self:
        return self.sudo()
"""


def test_unexplained_sudo_is_found(tmp_path):
    (tmp_path / "a.py").write_text(SUDO)
    assert sudo_problems(tmp_path) == ["a.py:15: sudo() without a reason"]


def test_prints_and_sql_constraints_are_found(tmp_path):
    (tmp_path / "a.py").write_text("class A:\n    _sql_constraints = []\nprint('x')\n")
    assert word_problems(tmp_path) == [
        "a.py:3: print()",
        "a.py:2: _sql_constraints does nothing any more",
    ]


def test_tree_views_are_found(tmp_path):
    (tmp_path / "a.xml").write_text(
        '<odoo>\n<tree/>\n<field name="view_mode">tree,form</field>\n<list/>\n</odoo>'
    )
    assert tree_problems(tmp_path) == [
        "a.xml:2: tree is called list",
        "a.xml:3: tree is called list",
    ]
