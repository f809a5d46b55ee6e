#!/usr/bin/env python3
"""Builds a preset, runs its tests and the repository checks, and closes with one table: run, failed, not run (why).

A test says that it could not run by printing a line `not-run: NAME: REASON`; it then exits with 0, and the line is
shown in the table, never counted as passed. `--allow-not-run FILE` makes every such NAME that is not listed in FILE a
failure (CI does that).
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOT_RUN = re.compile(r"^not-run: ([^:]+): (.+)$", re.MULTILINE)
CASES = re.compile(r"\[doctest\] test cases:\s+(\d+) \|\s+(\d+) passed \|\s+(\d+) failed")
UNITTESTS = re.compile(r"^Ran (\d+) tests? in", re.MULTILINE)

# Checks of the repository itself: quick, and the same in CI and on a laptop.
REPOSITORY_CHECKS = [
    ("layers", ["python3", "scripts/check_layers.py"]),
    ("registries", ["python3", "scripts/check_registries.py"]),
    ("docs", ["python3", "scripts/check_docs.py"]),
]


class Row:
    def __init__(self, name, run=0, failed=0, not_run=None):
        self.name, self.run, self.failed, self.not_run = name, run, failed, not_run or []


def build(preset, extra, targets):
    configure = ["cmake", "--preset", preset, "-DMERLON_TESTS=ON", "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache",
                 "-DCMAKE_C_COMPILER_LAUNCHER=ccache", *extra]
    subprocess.run(configure, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", "--preset", preset, *(["--target", *targets] if targets else [])], cwd=ROOT, check=True)


def count_cases(output, failed):
    """How many cases a test program ran: doctest and unittest say it; any other program counts as one."""
    doctest = CASES.search(output)
    if doctest:
        return int(doctest.group(1)), int(doctest.group(3))
    unit = UNITTESTS.search(output)
    if unit:
        return int(unit.group(1)), 1 if failed else 0
    return 1, 1 if failed else 0


def run_ctest(preset, labels):
    with tempfile.NamedTemporaryFile(suffix=".xml") as junit:
        # Python's fork server and the sanitizers both dislike an open standard input that never ends.
        command = ["ctest", "--preset", preset, "-j", str(os.cpu_count() or 2), "--output-junit", junit.name,
                   "--test-output-size-passed", "4000000", "--test-output-size-failed", "4000000"]
        if labels:
            command += ["-L", labels]
        environment = dict(os.environ, MERLON_BINARY=str(ROOT / "build" / preset / "merlon"))
        subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False)
        tree = ElementTree.parse(junit.name)
    rows = []
    for case in tree.getroot().iter("testcase"):
        output = case.findtext("system-out") or ""
        status = case.get("status")
        if status == "notrun" or status == "disabled":
            rows.append(Row(case.get("name"), not_run=[(case.get("name"), "ctest did not run it: build incomplete?")], failed=1))
            continue
        run, failed = count_cases(output, status == "fail")
        if status == "fail" and failed == 0:
            failed = 1
        rows.append(Row(case.get("name"), run, failed, NOT_RUN.findall(output)))
    return rows


def run_checks():
    rows = []
    for name, command in REPOSITORY_CHECKS:
        result = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        sys.stdout.write(result.stdout)
        sys.stderr.write(result.stderr)
        rows.append(Row("check " + name, 1, 1 if result.returncode else 0, NOT_RUN.findall(result.stdout)))
    return rows


def print_table(rows, allowed):
    width = max(len(row.name) for row in rows)
    print(f"\n{'suite':<{width}}  {'run':>6}  {'failed':>6}  {'not run':>7}")
    for row in rows:
        print(f"{row.name:<{width}}  {row.run:>6}  {row.failed:>6}  {len(row.not_run):>7}")
    total = Row("total", sum(r.run for r in rows), sum(r.failed for r in rows))
    not_run = [item for row in rows for item in row.not_run]
    print(f"{total.name:<{width}}  {total.run:>6}  {total.failed:>6}  {len(not_run):>7}")
    refused = 0
    for name, reason in not_run:
        listed = allowed is None or name in allowed
        refused += 0 if listed else 1
        print(f"not run: {name}: {reason}" + ("" if listed else "  <- not allowed here"))
    print(f"\n{total.run - total.failed} passed, {total.failed + refused} failed, {len(not_run)} skipped")
    return total.failed + refused


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="release")
    parser.add_argument("--labels", default="", help="only ctest labels that match this regular expression")
    parser.add_argument("--target", action="append", default=[], help="build only these targets (with --labels)")
    parser.add_argument("--no-checks", action="store_true", help="leave the repository checks out")
    parser.add_argument("--allow-not-run", metavar="FILE")
    parser.add_argument("--define", action="append", default=[], metavar="NAME=VALUE", help="passed on to cmake")
    arguments = parser.parse_args()
    allowed = None
    if arguments.allow_not_run:
        lines = (ROOT / arguments.allow_not_run).read_text(encoding="utf-8").splitlines()
        allowed = {line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()}
    build(arguments.preset, ["-D" + item for item in arguments.define], arguments.target)
    rows = run_ctest(arguments.preset, arguments.labels)
    if not rows:
        print("no test ran", file=sys.stderr)
        return 1
    if not arguments.no_checks:
        rows += run_checks()
    return 1 if print_table(rows, allowed) else 0


if __name__ == "__main__":
    sys.exit(main())
