#!/usr/bin/env python3
"""Keeps docs/cli/ equal to what the program says about itself.

Each page docs/cli/<command>.md has its text and one block between the markers below, which is `merlon <command> --help`. The
table of docs/cli/index.md is made of `merlon --help`.

    scripts/gen_cli_docs.py --check [PROGRAM]   prints each page that differs, exit code 1 (what tests run)
    scripts/gen_cli_docs.py --write [PROGRAM]   writes the blocks, and a new page for a command that has none

PROGRAM is build/release/merlon when not given.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "cli"
BEGIN = "<!-- help: made by scripts/gen_cli_docs.py -->"
END = "<!-- /help -->"


def run(program, *words):
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"gen_cli_docs: `merlon {' '.join(words)}` ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def commands_of(text):
    """(name, summary) of each command that `merlon --help` or `merlon rules --help` lists."""
    section = re.search(r"^Commands:\n((?:  \S.*\n)+)", text, re.M)
    rows = section.group(1).splitlines() if section else []
    return [tuple(row.strip().split(None, 1)) for row in rows]


def pages(program):
    """Path -> (title, text of the help block)."""
    found = {}
    top = run(program, "--help")
    for name, _ in commands_of(top):
        help_text = run(program, name, "--help")
        blocks = [help_text]
        # `help` lists all commands, which have pages of their own.
        for sub, _ in commands_of(help_text) if name != "help" else []:
            blocks.append(run(program, name, sub, "--help"))
            for leaf, _ in commands_of(blocks[-1]):
                blocks.append(run(program, name, sub, leaf, "--help"))
        found[PAGES / f"{name}.md"] = (name, "\n\n".join(f"```text\n{block.rstrip()}\n```" for block in blocks))
    rows = "\n".join(f"| [`{name}`]({name}.md) | {summary} |" for name, summary in commands_of(top))
    table = "| command | what it does |\n| --- | --- |\n" + rows
    found[PAGES / "index.md"] = ("Commands", table + f"\n\n```text\n{top.rstrip()}\n```")
    return found


def with_block(text, block):
    whole = f"{BEGIN}\n\n{block}\n\n{END}"
    if BEGIN in text and END in text:
        return text[:text.index(BEGIN)] + whole + text[text.index(END) + len(END):]
    by_hand = re.search(r"^```text\nusage: merlon .*?^```$", text, re.M | re.S)
    if by_hand:
        return text[:by_hand.start()] + whole + text[by_hand.end():]
    return text.rstrip() + "\n\n" + whole + "\n"


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in ("--check", "--write"):
        sys.exit(__doc__)
    program = sys.argv[2] if len(sys.argv) > 2 else str(ROOT / "build" / "release" / "merlon")
    if not pathlib.Path(program).exists():
        print(f"not-run: {program} is not built")
        return 1
    problems = []
    expected = pages(program)
    for path, (title, block) in sorted(expected.items()):
        text = path.read_text(encoding="utf-8") if path.exists() else f"# `merlon {title}`\n"
        wanted = with_block(text, block)
        if path.exists() and wanted == text:
            continue
        if sys.argv[1] == "--write":
            path.write_text(wanted, encoding="utf-8")
            print(f"gen_cli_docs: wrote {path.relative_to(ROOT)}")
        else:
            problems.append(f"{path.relative_to(ROOT)}: differs from `merlon {title} --help`" if path.exists()
                            else f"{path.relative_to(ROOT)}: is missing")
    for path in sorted(PAGES.glob("*.md")):
        if path not in expected:
            problems.append(f"{path.relative_to(ROOT)}: there is no such command")
    if problems:
        print("\n".join(problems))
        print("gen_cli_docs: run scripts/gen_cli_docs.py --write")
        return 1
    print(f"gen_cli_docs: {len(expected)} pages agree with the program")
    return 0


if __name__ == "__main__":
    sys.exit(main())
