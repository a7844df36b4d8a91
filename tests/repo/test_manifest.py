"""Every file of the addon is loaded, once; everything that is loaded exists."""

from collections import Counter
from pathlib import Path

import pytest
from checkout import ADDON, manifest

#: Data files are looked for everywhere but here.
NOT_DATA = ("static", "tests", "i18n", "rules")
ASSET_SUFFIXES = (".js", ".xml", ".scss", ".css")


def data_files(addon: Path) -> set[str]:
    """Return the xml and csv files that a manifest must list."""
    found = (file.relative_to(addon) for file in addon.rglob("*") if file.is_file())
    return {
        file.as_posix()
        for file in found
        if file.suffix in (".xml", ".csv") and file.parts[0] not in NOT_DATA
    }


def data_problems(addon: Path) -> list[str]:
    """Compare the manifest's data and demo entries with the files."""
    declared = manifest(addon)
    counts = Counter(declared.get("data", []) + declared.get("demo", []))
    files = data_files(addon)
    return (
        [f"{name}: not in the manifest" for name in sorted(files - set(counts))]
        + [f"{name}: in the manifest, but there is no such file" for name in set(counts) - files]
        + [f"{name}: {times} times in the manifest" for name, times in counts.items() if times > 1]
    )


def asset_patterns(addon: Path) -> list[str]:
    """Return the addon's own files and globs of all asset bundles, relative to the addon."""
    patterns = []
    for entries in manifest(addon).get("assets", {}).values():
        for entry in entries:
            parts = entry if isinstance(entry, tuple | list) else ("append", entry)
            if parts[0] not in ("include", "remove"):
                patterns.append(parts[-1])
    prefix = f"{addon.name}/"
    return [pattern.removeprefix(prefix) for pattern in patterns if pattern.startswith(prefix)]


def asset_problems(addon: Path) -> list[str]:
    """Compare the asset bundles with what lies in static/src and static/tests."""
    listed: set[Path] = set()
    problems = []
    for pattern in asset_patterns(addon):
        matches = {file for file in addon.glob(pattern) if file.is_file()}
        listed |= matches
        if not matches:
            problems.append(f"{pattern}: in an asset bundle, but no file matches")
    for folder in ("static/src", "static/tests"):
        problems += [
            f"{file.relative_to(addon).as_posix()}: in no asset bundle"
            for file in sorted((addon / folder).rglob("*"))
            if file.suffix in ASSET_SUFFIXES and file not in listed
        ]
    return problems


def test_every_data_file_is_in_the_manifest_exactly_once():
    assert data_problems(ADDON) == []


def test_asset_bundles_and_static_files_agree():
    assert asset_problems(ADDON) == []


@pytest.fixture
def addon(tmp_path):
    """Return an addon folder with one view, which a test's manifest may or may not list."""
    (tmp_path / "views").mkdir()
    (tmp_path / "views/a.xml").write_text("<odoo/>")
    (tmp_path / "static/src").mkdir(parents=True)
    (tmp_path / "static/src/a.js").write_text("")
    return tmp_path


def test_forgotten_doubled_and_invented_data_files_are_found(addon):
    declare(addon, {"data": []})
    assert data_problems(addon) == ["views/a.xml: not in the manifest"]
    declare(addon, {"data": ["views/a.xml"], "demo": ["views/a.xml"]})
    assert data_problems(addon) == ["views/a.xml: 2 times in the manifest"]
    declare(addon, {"data": ["views/a.xml", "views/b.xml"]})
    assert data_problems(addon) == ["views/b.xml: in the manifest, but there is no such file"]


def test_forgotten_and_invented_assets_are_found(addon):
    declare(addon, {})
    assert asset_problems(addon) == ["static/src/a.js: in no asset bundle"]
    declare(addon, {"assets": {"x": [f"{addon.name}/static/src/**/*.js"]}})
    assert asset_problems(addon) == []
    declare(addon, {"assets": {"x": [("prepend", f"{addon.name}/static/src/**/*")]}})
    assert asset_problems(addon) == []
    declare(addon, {"assets": {"x": [f"{addon.name}/static/src/*", f"{addon.name}/static/b.js"]}})
    assert asset_problems(addon) == ["static/b.js: in an asset bundle, but no file matches"]


def declare(addon: Path, content: dict) -> None:
    """Write a manifest."""
    (addon / "__manifest__.py").write_text(repr(content))
