#!/usr/bin/env python3
"""Renews the tables of docs/accuracy.md between their markers. The judgements around them are written by hand.

  write_accuracy.py MERLON [CORPORA]
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "accuracy.md"


def table(merlon, corpus, *options):
    command = [merlon, "eval", corpus, "--format", "markdown", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def variants(merlon):
    """The table of `merlon rules test rules --variants`; its exit code is 1 where something is missed. The built-in rules hold
    no `skip_variants`, the files do."""
    done = subprocess.run([merlon, "rules", "test", str(ROOT / "rules"), "--variants"], capture_output=True, text=True, check=False)
    head, *rows = [re.split(r"  +", line.strip()) for line in done.stdout.splitlines() if ": " not in line]
    rule = "| --- |" + " --: |" * (len(head) - 1)
    return "\n".join(["| " + " | ".join(head) + " |", rule] + ["| " + " | ".join(row) + " |" for row in rows])


def replaced(page, name, text):
    marker = re.compile(rf"(<!-- {name} -->\n).*?\n?(<!-- end {name} -->)", re.DOTALL)
    if not marker.search(page):
        sys.exit(f"docs/accuracy.md has no markers for {name}")
    return marker.sub(lambda found: found.group(1) + text + "\n" + found.group(2), page)


def main():
    merlon = sys.argv[1]
    corpora = sys.argv[2] if len(sys.argv) > 2 else os.environ.get("MERLON_CORPORA", str(ROOT.parent / "shared" / "corpora"))
    page = PAGE.read_text(encoding="utf-8")
    half_b = (corpora, "--split", "B", "--strip-wrapper", "--wrappers", "all")
    page = replaced(page, "half-b", table(merlon, *half_b, "--fail-on", "medium"))
    page = replaced(page, "half-b-high", table(merlon, *half_b, "--fail-on", "high"))
    with tempfile.TemporaryDirectory() as folder:
        own = pathlib.Path(folder) / "own.jsonl"
        subprocess.run([sys.executable, str(ROOT / "scripts/model/write_own_corpus.py"), str(own)], check=True)
        page = replaced(page, "own", table(merlon, str(own), "--fail-on", "medium"))
    page = replaced(page, "variants", variants(merlon))
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
