"""Prints how many tests ran in each part and, as the last line, "N passed, N failed".

    print_results.py FOLDER [--some] PART...

FOLDER holds one JUnit file and pytest's exit code per part. A part without a single test counts as
a failure, unless --some says that the tests were selected by name. Exit code 0: everything passed.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

RANK = {"skipped": 1, "failure": 2, "error": 2}


def numbers(file):
    """(passed, failed, skipped, seconds) of one JUnit file; zeros when it is missing.

    A test with many subtests is one test; it failed when one of them did.
    """
    if not file.exists():
        return 0, 0, 0, 0.0
    root = ElementTree.parse(file).getroot()
    worst = {}
    for case in root.iter("testcase"):
        outcome = max((RANK.get(entry.tag, 0) for entry in case), default=0)
        key = (case.get("classname"), case.get("name"))
        worst[key] = max(worst.get(key, 0), outcome)
    outcomes = Counter(worst.values())
    seconds = sum(float(suite.get("time", 0)) for suite in root.iter("testsuite"))
    return outcomes[0], outcomes[RANK["failure"]], outcomes[RANK["skipped"]], seconds


def pytest_exit(file):
    return int(file.read_text()) if file.exists() else 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--some", action="store_true")
    parser.add_argument("parts", nargs="+")
    options = parser.parse_args()

    all_passed = all_failed = 0
    troubles = []
    print(f"\n  {'Part':<12}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}")
    print("  " + "-" * 46)
    for part in options.parts:
        passed, failed, skipped, seconds = numbers(options.folder / f"{part}.xml")
        print(f"  {part:<12}{passed:>8}{failed:>8}{skipped:>9}{seconds:>9.1f}")
        all_passed += passed
        all_failed += failed
        if not passed and not failed:
            if not options.some:
                troubles.append(f"no test ran in {part}")
        elif not failed and pytest_exit(options.folder / f"{part}.exit") != 0:
            troubles.append(f"pytest itself failed in {part}")
    if not all_passed and not all_failed and not troubles:
        troubles.append("no test ran at all")
    for trouble in troubles:
        print(f"\n  {trouble}")
    all_failed += len(troubles)
    print(f"\n{all_passed} passed, {all_failed} failed")
    sys.exit(1 if all_failed else 0)


if __name__ == "__main__":
    main()
