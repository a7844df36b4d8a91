"""The tools that look after the code are ours to pin: local hooks, exact versions."""

import re

from checkout import CHECKOUT

REPO = re.compile(r"^\s*- repo: (\S+)", re.MULTILINE)
DEPENDENCIES = re.compile(r"additional_dependencies: (?:&\w+ )?\[([^\]]*)\]")
PINNED = re.compile(r'"(@?[\w./-]+)(?:==|@)\d[\w.]*"')


def hook_problems(config: str) -> list[str]:
    """Check that each hook is local and each tool pinned to one version."""
    problems = [f"{repo}: not local" for repo in REPO.findall(config) if repo != "local"]
    for tools in DEPENDENCIES.findall(config):
        entries = (tool.strip() for tool in tools.split(","))
        problems += [f"{tool}: not pinned" for tool in entries if not PINNED.fullmatch(tool)]
    return problems


def test_hooks_are_local_and_pinned():
    config = (CHECKOUT / ".pre-commit-config.yaml").read_text()
    assert DEPENDENCIES.search(config), "there are hooks"
    assert hook_problems(config) == []


def test_foreign_and_loose_hooks_are_found():
    config = """
  - repo: local
    additional_dependencies: ["ruff==0.1.2", "@scope/tool@1.0", "black", "eslint@latest"]
  - repo: elsewhere
"""
    assert hook_problems(config) == [
        "elsewhere: not local",
        '"black": not pinned',
        '"eslint@latest": not pinned',
    ]
