#!/usr/bin/env python3
"""Writes docs/rules/<id>.md and docs/rules/index.md from rules/**/*.toml. `--check` only compares."""
import pathlib
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "docs/rules"


def fenced(text):
    fence = "```"
    while fence in text:
        fence += "`"
    # What an example hides must be seen on the page.
    shown = "".join(c if c in "\n\t" or c.isprintable() else f"\\u{{{ord(c):04X}}}" for c in text)
    return f"{fence}text\n{shown.rstrip()}\n{fence}\n"


def example_section(title, examples):
    out = [f"## {title}\n"]
    for example in examples:
        if "manifest" in example:
            out.append(f"A file `{example.get('file', 'manifest.json')}`:\n")
            out.append(fenced(example["manifest"]))
        else:
            out.append(f"On `{example.get('surface', 'tool-description')}`:\n")
            out.append(fenced(example["text"]))
    return out


def page(rule, category):
    tier = rule["tier"] + (f", adds {rule['score']} to the tool's score" if rule["tier"] == "soft" and "score" in rule else "")
    out = [f"# {rule['id']}\n", f"{rule['title']}.\n",
           f"| severity | tier | category | where it looks |\n| --- | --- | --- | --- |\n"
           f"| {rule['severity']} | {tier} | {category} | "
           f"{', '.join(rule.get('surfaces', [])) or 'coded check `' + rule.get('check', '') + '`'} |\n"]
    if rule.get("description"):
        out.append(rule["description"].strip() + "\n")
    if rule.get("remedy"):
        out += ["## What to do\n", rule["remedy"].strip() + "\n"]
    if rule.get("bad"):
        out += example_section("Found", rule["bad"])
    if rule.get("good"):
        out += example_section("Left alone", rule["good"])
    if rule.get("taxonomies"):
        out += ["## Taxonomies\n", ", ".join(f"`{t}`" for t in rule["taxonomies"]) + "\n"]
    if rule.get("references"):
        out += ["## References\n", "\n".join(f"- <{r}>" for r in rule["references"]) + "\n"]
    out.append(f"Source: [rules/{category}/{rule['id']}.toml](../../rules/{category}/{rule['id']}.toml)\n")
    return "\n".join(out)


def index(rules):
    out = ["# Built-in rules\n", "Generated from `rules/` by `scripts/gen_rule_docs.py`; `merlon rules explain ID` shows the same on a terminal.\n"]
    for category in sorted({c for _, c in rules}):
        out += [f"## {category}\n", "| rule | severity | tier | finds |\n| --- | --- | --- | --- |"]
        for rule, _ in sorted((r for r in rules if r[1] == category), key=lambda r: r[0]["id"]):
            out.append(f"| [{rule['id']}]({rule['id']}.md) | {rule['severity']} | {rule['tier']} | {rule['title'].replace('|', chr(92) + '|')} |")
        out.append("")
    return "\n".join(out)


def main():
    check = "--check" in sys.argv
    rules = []
    for path in sorted(ROOT.glob("rules/*/*.toml")):
        if path.parent.name != "data":
            rules.append((tomllib.loads(path.read_text(encoding="utf-8")), path.parent.name))
    wanted = {f"{rule['id']}.md": page(rule, category) for rule, category in rules}
    wanted["index.md"] = index(rules)
    OUT.mkdir(parents=True, exist_ok=True)
    stale = [p.name for p in OUT.glob("*.md") if p.name not in wanted]
    changed = [n for n, text in wanted.items() if not (OUT / n).exists() or (OUT / n).read_text(encoding="utf-8") != text]
    if check:
        for name in sorted(stale + changed):
            print(f"docs/rules/{name}: not what rules/ says; run scripts/gen_rule_docs.py")
        return 1 if stale or changed else 0
    for name in stale:
        (OUT / name).unlink()
    for name in changed:
        (OUT / name).write_text(wanted[name], encoding="utf-8")
    print(f"docs/rules: {len(wanted)} pages, {len(changed)} written, {len(stale)} removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
