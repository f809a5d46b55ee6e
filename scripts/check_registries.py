#!/usr/bin/env python3
"""Demands of every registry row what makes it complete: documentation, example data and a test.

One file and one row add a format, writer, check, detector or command; this script says what else is missing, as
file: text, and exits 1. Rows are read from the registry's source: lines that start a row with `{"name"` or `.name =`.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROW = re.compile(r'^\s*(?:[A-Za-z]+)?\{\s*(?:\.name\s*=\s*)?"([a-z][a-z0-9-]*)"', re.MULTILINE)


def rows(path):
    file = ROOT / path
    if not file.exists():
        return None
    return ROW.findall(file.read_text(encoding="utf-8"))


def text_of(path):
    file = ROOT / path
    return file.read_text(encoding="utf-8") if file.exists() else ""


def all_text(pattern):
    return "\n".join(p.read_text(encoding="utf-8", errors="replace") for p in sorted(ROOT.glob(pattern)) if p.is_file())


def check_formats(names):
    page = text_of("docs/spec/manifests.md")
    for name in names:
        folder = ROOT / "testdata/manifests" / name
        for part in ("real", "broken", "special"):
            if not list(folder.glob(part + ".*")):
                yield f"testdata/manifests/{name}: no {part}.* file for this format"
        if f"`{name}`" not in page:
            yield f"docs/spec/manifests.md: format `{name}` is not described"


def check_writers(names):
    page = text_of("docs/cli/scan.md")
    golden = all_text("testdata/golden/scan/*/cmd")
    for name in names:
        if f"`{name}`" not in page:
            yield f"docs/cli/scan.md: output format `{name}` is not described"
        if name not in golden:
            yield f"testdata/golden/scan: no case uses --format {name}"


def check_checks(names):
    rules = all_text("rules/**/*.toml")
    tests = all_text("tests/unit/rules/*_test.cpp")
    for name in names:
        if not re.search(rf'^check = "{name}"', rules, re.MULTILINE):
            yield f'rules: no rule has `check = "{name}"`'
        if not (ROOT / "lib/rules" / (name.replace("-", "_") + "_check.cpp")).exists():
            yield f"lib/rules: check `{name}` is not in {name.replace('-', '_')}_check.cpp"
        if name not in tests and name.replace("-", "_") not in tests:
            yield f"tests/unit/rules: no test names check `{name}`"


def check_detectors(names):
    rules = all_text("rules/**/*.toml")
    tests = all_text("tests/unit/rules/*_test.cpp")
    sources = all_text("lib/rules/*_check.cpp")
    for name in names:
        if f'detector = "{name}"' not in rules and f'"{name}"' not in sources:
            yield f"rules: nothing uses detector `{name}`"
        if name not in tests and name.replace("-", "_") not in tests:
            yield f"tests/unit/rules: no test names detector `{name}`"


def check_commands(names):
    index = text_of("docs/cli/index.md")
    for name in names:
        if not (ROOT / f"docs/cli/{name}.md").exists():
            yield f"docs/cli/{name}.md: missing"
        if f"{name}.md" not in index:
            yield f"docs/cli/index.md: does not link {name}.md"


def check_replay_writers(names):
    page = text_of("docs/spec/replay.md")
    golden = all_text("testdata/golden/replay/*/cmd")
    for name in names:
        if f"`{name}`" not in page:
            yield f"docs/spec/replay.md: output format `{name}` is not described"
        if name != "text" and f"--format {name}" not in golden:
            yield f"testdata/golden/replay: no case uses --format {name}"


def check_importers(names):
    page = text_of("docs/spec/replay.md")
    tests = all_text("tests/unit/replay/*_test.cpp")
    for name in names:
        if f"| `{name}` |" not in page:
            yield f"docs/spec/replay.md: importer `{name}` is not described"
        if not (ROOT / "lib/replay" / (name.replace("-", "_") + "_importer.cpp")).exists():
            yield f"lib/replay: importer `{name}` is not in {name.replace('-', '_')}_importer.cpp"
        if not list((ROOT / "testdata/recordings/imported").glob(f"{name}.*")):
            yield f"testdata/recordings/imported: no {name}.* file"
        if f'"{name}"' not in tests:
            yield f"tests/unit/replay: no test names importer `{name}`"


def check_guards(names):
    for name in names:
        underscored = name.replace("-", "_")
        for needed in (f"docs/guards/{name}.md", f"policies/examples/{name}.toml",
                       f"lib/guard/{underscored}_guard.cpp", f"tests/unit/guard/{underscored}_guard_test.cpp",
                       f"tests/e2e/guard_pairs/{name}.json"):
            if not (ROOT / needed).exists():
                yield f"{needed}: missing"
        if f"({name}.md)" not in text_of("docs/guards/index.md"):
            yield f"docs/guards/index.md: does not link {name}.md"


def check_rules():
    seen = {}
    for path in sorted(ROOT.glob("rules/*/*.toml")):
        if path.parent.name == "data":
            continue
        match = re.search(r'^id = "([^"]+)"', path.read_text(encoding="utf-8"), re.MULTILINE)
        if not match or match.group(1) != path.stem:
            yield f"{path.relative_to(ROOT)}: id and file name differ"
        elif path.stem in seen:
            yield f"{path.relative_to(ROOT)}: {path.stem} is also {seen[path.stem]}"
        seen[path.stem] = path.relative_to(ROOT)
        if not (ROOT / f"docs/rules/{path.stem}.md").exists():
            yield f"docs/rules/{path.stem}.md: missing; run scripts/gen_rule_docs.py"
    if len(seen) < 60:
        yield f"rules: {len(seen)} rules; the built-in pack has at least 60"


REGISTRIES = [
    ("lib/manifest/format_registry.cpp", check_formats),
    ("lib/report/writer_registry.cpp", check_writers),
    ("lib/rules/check_registry.cpp", check_checks),
    ("lib/rules/detector_registry.cpp", check_detectors),
    ("lib/guard/guard_registry.cpp", check_guards),
    ("lib/replay/importer_registry.cpp", check_importers),
    ("lib/replay/replay_writer_registry.cpp", check_replay_writers),
    ("apps/merlon/commands.cpp", check_commands),
]


def main():
    problems = []
    counts = []
    for path, check in REGISTRIES:
        names = rows(path)
        if not names:
            problems.append(f"{path}: no registry row found")
            continue
        counts.append(f"{len(names)} in {pathlib.Path(path).name}")
        if len(set(names)) != len(names):
            problems.append(f"{path}: a name stands twice")
        if check is not check_commands and names != sorted(names):
            problems.append(f"{path}: rows are not sorted by name")
        problems += check(names)
    problems += check_rules()
    print("\n".join(problems) if problems else "registries: " + ", ".join(counts))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
