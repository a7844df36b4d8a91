"""The rules import neither Odoo nor anything that knows the time or the outside world."""

import ast
import sys
from pathlib import Path

from checkout import ADDON, python_files

RULES = ADDON / "rules"

#: Beside the standard library: calculation only, no side effects.
ALLOWED = ("dateutil", "phonenumbers")
#: Standard modules that know a clock, chance, or the outside world.
REFUSED = ("asyncio", "io", "os", "pathlib", "random", "secrets", "socket", "sqlite3", "subprocess")
REFUSED += ("time", "urllib")
CLOCK_METHODS = ("now", "today", "utcnow")
SPEAKING_BUILTINS = ("open", "print", "input")


def purity_problems(rules: Path) -> list[str]:
    """Check the imports and calls of every module of a rules package."""
    problems = []
    for file in python_files(rules):
        for node in ast.walk(ast.parse(file.read_text())):
            problems += [f"{file.name}:{node.lineno}: {text}" for text in node_problems(node)]
    return problems


def node_problems(node: ast.AST) -> list[str]:
    """Return what is wrong with one import or call."""
    if isinstance(node, ast.Import):
        return [f"imports {alias.name}" for alias in node.names if not is_allowed(alias.name)]
    if isinstance(node, ast.ImportFrom):
        if node.level == 0:
            return [] if is_allowed(node.module) else [f"imports {node.module}"]
        return [] if node.level == 1 else ["imports from outside the rules"]
    if isinstance(node, ast.Attribute) and node.attr in CLOCK_METHODS:
        return [f"reads the clock ({node.attr})"]
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SPEAKING_BUILTINS:
        return [f"calls {node.func.id}"]
    return []


def is_allowed(module: str) -> bool:
    """Return whether the rules may import a module."""
    top = module.partition(".")[0]
    return top in ALLOWED or (top in sys.stdlib_module_names and top not in REFUSED)


def test_rules_are_plain_python():
    assert python_files(RULES), "there are rules"
    assert purity_problems(RULES) == []


def test_impurity_is_found(tmp_path):
    (tmp_path / "good.py").write_text(
        "from datetime import date\nfrom dateutil import rrule\n"
        "from . import bad\nfrom .bad import x\n"
    )
    assert purity_problems(tmp_path) == []
    (tmp_path / "bad.py").write_text(
        "import odoo.fields\nfrom odoo import api\nfrom ..models import x\nimport time\n"
        "date.today()\ndatetime.datetime.now()\nopen('x')\n"
    )
    assert purity_problems(tmp_path) == [
        "bad.py:1: imports odoo.fields",
        "bad.py:2: imports odoo",
        "bad.py:3: imports from outside the rules",
        "bad.py:4: imports time",
        "bad.py:7: calls open",
        "bad.py:5: reads the clock (today)",
        "bad.py:6: reads the clock (now)",
    ]
