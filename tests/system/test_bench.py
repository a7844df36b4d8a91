"""The bench from end to end on a handful of units; only that it works, never its figures."""

import json
import os
import subprocess

import pytest
from conftest import CHECKOUT


@pytest.mark.slow
@pytest.mark.skipif(os.environ.get("KPB_LONG") != "1", reason="takes two minutes: --long")
def test_a_quick_run_measures_everything(tmp_path):
    done = subprocess.run(
        [CHECKOUT / "setup" / "bench", "--purchases", "200", "--quick", "--output", tmp_path],
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    found = json.loads((tmp_path / "bench.json").read_text())
    assert found["due"] == 100
    for runs in found["peers"].values():
        assert all(run["milestones"] and run["seconds"] > 0 for run in runs)
    assert found["jobs"]["reconcile"]["due"]["handled"] > 0
    assert all(taken > 0 for of in found["reports"].values() for taken in of.values())
    assert {"list", "board", "counters", "form", "systray"} <= found["screens"].keys()
    assert "Milliseconds over HTTP" in (tmp_path / "bench.md").read_text()
    assert (tmp_path / "bench.svg").read_text().startswith("<svg")
