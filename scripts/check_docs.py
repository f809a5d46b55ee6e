#!/usr/bin/env python3
"""Checks the documentation: links resolve, generated pages are current, enums match their pages, every requirement has
a row in docs/coverage.md, ADRs have a status and a date, nothing names a path of one machine. Exits 1 with a list."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
REQUIREMENTS = [f"{letter}{n}" for letter, last in (("A", 11), ("B", 12), ("C", 6), ("D", 10), ("E", 20)) for n in range(1, last + 1)]
MACHINE_PATH = re.compile(r"(?<![\w.])/(work|root|home/[a-z]+)/")


def tracked(*patterns):
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in sorted(set(listed.stdout.split("\0"))) if name and (ROOT / name).exists()]


def without_code(text):
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^(```+).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL))


def anchors(text):
    found = set()
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
        found.add(plain.replace(" ", "-"))
    return found


def check_links():
    for page in tracked("*.md"):
        for target in LINK.findall(without_code(page.read_text(encoding="utf-8"))):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            file = (page.parent / path).resolve() if path else page
            if not file.exists():
                yield f"{page.relative_to(ROOT)}: link to {target} leads nowhere"
            elif anchor and file.suffix == ".md" and anchor not in anchors(file.read_text(encoding="utf-8")):
                yield f"{page.relative_to(ROOT)}: {path or page.name} has no heading #{anchor}"


def check_coverage():
    page = ROOT / "docs/coverage.md"
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    for requirement in REQUIREMENTS:
        row = re.search(rf"^\| {requirement} \|([^|]*)\|([^|]*)\|", text, re.MULTILINE)
        if not row or not row.group(2).strip():
            yield f"docs/coverage.md: no row for {requirement}"


def enumerators(path, pattern):
    return re.findall(pattern, (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


def check_enums():
    words = enumerators("lib/base/error.cpp", r'return "([a-z-]+)";')
    page = (ROOT / "docs/errors.md").read_text(encoding="utf-8") if (ROOT / "docs/errors.md").exists() else ""
    for word in dict.fromkeys(words):
        if f"`{word}`" not in page:
            yield f"docs/errors.md: no row for `{word}`"
    codes = enumerators("apps/merlon/exit_code.h", r"^\s+k\w+ = (\d+),")
    page = (ROOT / "docs/exit-codes.md").read_text(encoding="utf-8") if (ROOT / "docs/exit-codes.md").exists() else ""
    for code in codes:
        if not re.search(rf"^\| *`?{code}`? *\|", page, re.MULTILINE):
            yield f"docs/exit-codes.md: no row for {code}"
    limits = enumerators("lib/base/limits.cpp", r'>\("([a-z-]+)"')
    page = (ROOT / "docs/spec/limits.md").read_text(encoding="utf-8") if (ROOT / "docs/spec/limits.md").exists() else ""
    for name in limits:
        if f"`{name}`" not in page:
            yield f"docs/spec/limits.md: no row for `{name}`"


def check_adrs():
    for page in tracked("docs/adr/[0-9]*.md"):
        text = page.read_text(encoding="utf-8")
        if not re.search(r"^Status: (accepted|proposed|superseded by .+)$", text, re.MULTILINE) or not re.search(r"^Date: \d{4}-\d\d-\d\d$", text, re.MULTILINE):
            yield f"{page.relative_to(ROOT)}: needs `Status:` and `Date:` lines"


def check_machine_paths():
    for file in tracked("*.md", "*.h", "*.cpp", "*.toml", "*.json", "*.yaml", "*.yml", "*.sh", "*.cmake", "*.txt"):
        if file.name == "check_docs.py":
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if MACHINE_PATH.search(line) and "testdata" not in file.as_posix() and "rules/" not in file.as_posix() and "/home/user" not in line and "tests/" not in file.as_posix():
                yield f"{file.relative_to(ROOT)}:{number}: names a path of one machine"


def check_generated():
    for script in ("gen_rule_docs.py", "gen_cli_docs.py"):
        if not (ROOT / "scripts" / script).exists():
            continue
        result = subprocess.run([sys.executable, f"scripts/{script}", "--check"], cwd=ROOT, capture_output=True, text=True, check=False)
        yield from [line for line in result.stdout.splitlines() if line.startswith("not-run:") is False] if result.returncode else []
        if result.returncode and not result.stdout.strip():
            yield f"scripts/{script} --check failed: {result.stderr.strip()}"


def main():
    problems = []
    for check in (check_links, check_coverage, check_enums, check_adrs, check_machine_paths, check_generated):
        problems += check()
    print("\n".join(problems) if problems else "docs: links, coverage, enums, ADRs and generated pages agree")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
