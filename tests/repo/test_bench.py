"""The bench's tables, picture and README block, from the figures of a run that is written here."""

import sys
from xml.etree import ElementTree

import pytest
from checkout import CHECKOUT

sys.path.insert(0, str(CHECKOUT / "tests/bench"))
import report


def run_of(milestones, milliseconds, queries=10, peak=150.0):
    seconds = milestones * milliseconds / 1000
    return {
        "milestones": milestones,
        "seconds": seconds,
        "python_seconds": seconds / 2,
        "database_seconds": seconds / 4,
        "queries": queries,
        "peak_mb": peak,
    }


@pytest.fixture
def found():
    """What a run that reaches everything has found."""
    idle = {"seconds": 0.05, "plan": ["Index Scan using kpb_purchase_due on kpb_purchase"]}
    return {
        "purchases": 20_000,
        "due": 1_000,
        "machine": {
            "date": "2026-11-22T10:00+00:00",
            "processors": 2,
            "load": 0.1,
            "postgresql": {
                "fsync": "on",
                "synchronous_commit": "on",
                "full_page_writes": "on",
                "server_version": "17.2 (Debian)",
            },
        },
        "peers": {
            "schedule": [run_of(100, ms) for ms in (20, 22, 60)],
            "automation": [run_of(100, ms) for ms in (50, 55, 60)],
            "batch": [run_of(1_000, 15)],
            "addon": [run_of(1_000, ms) for ms in (0.5, 0.4, 0.6)],
            "sql": [run_of(1_000, 0.2)],
        },
        "nothing_due": [{"units": 10_000, "runs": [idle]}, {"units": 20_000, "runs": [idle]}],
        "jobs": {"lifecycle": {"due": {"handled": 500, "seconds": 2.0}, "idle": [idle]}},
        "reports": {
            "KPB today": {"head office": 1500.0, "branch": 160.0},
            "  sold in 40 months": {"head office": 5000.0, "branch": 900.0},
        },
        "screens": {"list": {"ours": [0.1, 0.3, 0.2], "own leads": [0.2], "all leads": [0.4]}},
        "rows": {"kpb_purchase": 20_000},
    }


def test_the_median_counts_and_the_spread_is_shown(found):
    rows = dict(zip(report.NAMES, report.peer_rows(found), strict=True))
    assert rows["schedule"][2] == "22.00 (20.00–60.00)"
    assert rows["addon"][4] == "1.0 ×"
    assert rows["schedule"][4] == "44.0 ×"


def test_what_is_reached_and_what_is_not(found):
    assert all(held for *_figures, held in report.verdicts(found))
    found["peers"]["addon"] = [run_of(1_000, 0.9, queries=101, peak=301)]
    found["nothing_due"][1]["runs"][0] = {"seconds": 0.21, "plan": []}
    found["reports"]["KPB today"]["branch"] = 501
    missed = [what for what, *_figures, held in report.verdicts(found) if not held]
    assert len(missed) == 7


def test_the_page_has_every_table_and_the_plan(found):
    text = report.whole(found)
    assert "fsync on" in text
    assert "Index Scan using kpb_purchase_due" in text
    assert "| list   |  200 |" in text
    assert "| … sold in 40 months |" in text


def test_the_picture_is_well_formed_and_has_a_bar_for_each_way(found):
    root = ElementTree.fromstring(report.picture(found))
    bars = root.findall("{http://www.w3.org/2000/svg}rect")
    assert len(bars) == 1 + len(report.NAMES)


def test_only_the_block_of_the_readme_is_renewed():
    text = f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n"
    renewed = report.renew_block(text, "| new |")
    assert renewed == f"before\n{report.BEGIN}\n\n| new |\n\n{report.END}\nafter\n"
    with pytest.raises(SystemExit):
        report.renew_block("no block", "x")


def test_the_readme_has_the_block():
    assert report.BEGIN in (CHECKOUT / "README.md").read_text()
