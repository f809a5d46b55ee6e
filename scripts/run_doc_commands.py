#!/usr/bin/env python3
"""Runs the commands that the documentation shows, and compares what they print with what the page shows.

In Markdown, a fenced block marked ```console holds commands after `$ ` and their output. The commands run in the
repository with `merlon` on PATH. A line `...` in the shown output stands for any lines. A last line `(exit code N)`
is the expected status; without it 0 is expected. A block marked ```console no-run is not run (it needs a network,
another system or a person): the number of such blocks is printed.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^```console([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
STATUS = re.compile(r"^\(exit code (\d+)\)$")


def split_block(text):
    """[(command, expected output lines, expected status)]"""
    steps = []
    for line in text.splitlines():
        if line.startswith("$ "):
            steps.append([line[2:], [], 0])
        elif steps and STATUS.match(line):
            steps[-1][2] = int(STATUS.match(line).group(1))
        elif steps and steps[-1][0].endswith("\\") and not steps[-1][1]:
            steps[-1][0] = steps[-1][0][:-1] + line.strip()
        elif steps:
            steps[-1][1].append(line.rstrip())
    return steps


def matches(expected, actual):
    """Line by line; `...` matches any number of lines."""
    if not expected:
        return not actual
    if expected[0] == "...":
        return any(matches(expected[1:], actual[i:]) for i in range(len(actual) + 1))
    return bool(actual) and expected[0] == actual[0] and matches(expected[1:], actual[1:])


def run_step(page, command, expected, status, folder):
    result = subprocess.run(["bash", "-c", command], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, timeout=300, check=False)
    actual = [line.rstrip() for line in result.stdout.splitlines()]
    if result.returncode == status and (not expected or matches(expected, actual)):
        return True
    print(f"{page}: `{command}`: exit code {result.returncode}, expected {status}")
    if expected and not matches(expected, actual):
        print("  shown:    " + "\n            ".join(expected))
        print("  printed:  " + "\n            ".join(actual))
    return False


def main():
    if not shutil.which("merlon"):
        print("merlon is not on PATH", file=sys.stderr)
        return 2
    pages = []
    for argument in sys.argv[1:]:
        path = ROOT / argument
        pages += sorted(path.rglob("*.md")) if path.is_dir() else [path]
    failed = ran = left_out = 0
    with tempfile.TemporaryDirectory() as scratch:
        # A copy of what is tracked: commands that write must not change the checkout.
        folder = pathlib.Path(scratch) / "merlon"
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder)], check=True)
        for page in pages:
            for options, body in FENCE.findall(page.read_text(encoding="utf-8")):
                if "no-run" in options:
                    left_out += 1
                    continue
                for command, expected, status in split_block(body):
                    ran += 1
                    failed += 0 if run_step(page.relative_to(ROOT), command, expected, status, folder) else 1
    print(f"documentation: {ran} commands ran, {failed} failed, {left_out} blocks are marked no-run")
    return 1 if failed or ran == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
