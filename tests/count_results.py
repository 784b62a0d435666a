#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts the cases in meson's JSON test logs, shows what failed, and ends with "N passed, N failed, N skipped".

A log that ends in .txt is what a script said, whose own last line is such a line.
"""
import json
import re
import sys

SHOWN_TESTS = 10
SHOWN_LINES = 60
# What an executable made with gst-check says at its end.
CHECKS = re.compile(r"^\d+%: Checks: (\d+), Failures: (\d+), Errors: (\d+)$", re.MULTILINE)
SKIPPED = re.compile(r"^SKIPPED: .*$", re.MULTILINE)
TOTAL = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$")


def count(test):
    """(passed, failed, skipped) of one test of meson: its cases where it tells them, else the test itself."""
    out = test.get("stdout") or ""
    result = test["result"]
    if "counts" in test:
        return test["counts"]
    if result == "SKIP":
        return 0, 0, 1
    good = result in ("OK", "EXPECTEDFAIL")
    skips = len(SKIPPED.findall(out))
    summaries = [[int(n) for n in found] for found in CHECKS.findall(out)]
    if not summaries:
        # A script is one case, and has not passed when it left a part of itself out.
        return int(good and not skips), int(not good), int(good and skips > 0)
    checks, failures, errors = (sum(column) for column in zip(*summaries))
    failed = failures + errors
    if not good and failed == 0:
        # It crashed, leaked or ran out of time outside of its cases.
        checks, failed = checks + 1, 1
    skipped = min(skips, checks - failed)
    return checks - failed - skipped, failed, skipped


def show(test):
    print(f"\n--- {test['name']}: {test['result']} (status {test.get('returncode')}) ---")
    for stream in ("stdout", "stderr"):
        lines = (test.get(stream) or "").splitlines()
        if len(lines) > SHOWN_LINES:
            print(f"[{stream}: the last {SHOWN_LINES} of {len(lines)} lines]")
        print("\n".join(lines[-SHOWN_LINES:]))


def read(path):
    """The tests of one log, or a test that failed in its place where there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as log:
            if path.endswith(".txt"):
                return [read_script(path, log.read())]
            tests = [json.loads(line) for line in log if line.strip()]
    except (OSError, ValueError) as error:
        return [{"name": path, "result": "ERROR", "stdout": f"meson left no log that can be read: {error}"}]
    return tests


def read_script(path, out):
    """What a script said, as one test with counts of its own; without them it broke off, which is a failure."""
    total = TOTAL.match((out.rstrip().splitlines() or [""])[-1])
    counts = tuple(int(n) for n in total.groups()) if total else (0, 1, 0)
    return {"name": path, "result": "FAIL" if counts[1] else "OK", "stdout": out, "counts": counts}


def main(paths):
    tests = [test for path in paths for test in read(path)]
    counts = [count(test) for test in tests]
    bad = [test for test, (_, failed, _) in zip(tests, counts) if failed]
    for test in bad[:SHOWN_TESTS]:
        show(test)
    if len(bad) > SHOWN_TESTS:
        print(f"\n--- and {len(bad) - SHOWN_TESTS} more that failed:", ", ".join(t["name"] for t in bad[SHOWN_TESTS:]))
    reasons = sorted({line for test in tests for line in SKIPPED.findall(test.get("stdout") or "")})
    for line in reasons:
        print(line)
    passed, failed, skipped = (sum(column) for column in zip((0, 0, 0), *counts))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
