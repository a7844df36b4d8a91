"""Files that one person can hold in mind, pictures that one can clone."""

from pathlib import Path

from checkout import CHECKOUT, text_of, tracked_files

MAX_LINES = {".py": 400, ".xml": 700, ".js": 300, ".scss": 200, ".sh": 300, ".md": 400}
#: Figures and records rather than reasoning: long lists of the same thing.
LISTS = ("/data/", "/demo/", "/i18n/")
MAX_BYTES = 600_000


def size_problems(checkout: Path) -> list[str]:
    """Check lines of sources and bytes of everything under version control."""
    problems = []
    for file in tracked_files(checkout):
        where = "/" + file.relative_to(checkout).as_posix()
        size, limit = file.stat().st_size, MAX_LINES.get(file.suffix)
        if size > MAX_BYTES:
            problems.append(f"{where[1:]}: {size:,} bytes, at most {MAX_BYTES:,}")
        elif limit and not any(folder in where for folder in LISTS):
            lines = (text_of(file) or "").count("\n")
            if lines > limit:
                problems.append(f"{where[1:]}: {lines} lines, at most {limit}: split by subject")
    return problems


def test_files_are_small():
    assert size_problems(CHECKOUT) == []


def test_long_and_heavy_files_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.tracked_files", lambda folder: sorted(folder.rglob("*.*")))
    (tmp_path / "a.py").write_text("x\n" * 401)
    (tmp_path / "b.png").write_bytes(b"\0" * 600_001)
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo/c.xml").write_text("x\n" * 5000)
    assert size_problems(tmp_path) == [
        "a.py: 401 lines, at most 400: split by subject",
        "b.png: 600,001 bytes, at most 600,000",
    ]
