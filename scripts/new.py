#!/usr/bin/env python3
"""Starts what a new registry row needs: `scripts/new.py check|format|writer|rule NAME`, for rules `CATEGORY/NAME`.

Writes a skeleton that compiles, its row in the registry, its declaration, its documentation row, examples and a first test
that passes. What the skeleton does is a placeholder that is easy to see (`placeholder` in each file); the names, the places and
the test are real. scripts/check_registries.py is content afterwards. Nothing that exists is overwritten.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

RULE = '''format = 1
id = "{name}"
title = "Says what is wrong, in one line"
severity = "medium"
tier = "hard"
surfaces = ["description"]
{match}taxonomies = ["OWASP-MCP03:2025"]
description = \'\'\'
Why this is dangerous, and how honest authors come to write something like it.
\'\'\'
remedy = "What the author should write instead."
{clauses}
[[bad]]
file = "tools.json"
manifest = \'\'\'
{{"tools": [{{"name": "add", "description": "A {words} placeholder.", "inputSchema": {{"type": "object"}}}}]}}\'\'\'

[[good]]
file = "tools.json"
manifest = \'\'\'
{{"tools": [{{"name": "add", "description": "Adds two numbers.", "inputSchema": {{"type": "object"}}}}]}}\'\'\'
'''

CHECK = '''#include <string>

#include "base/document.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"

namespace merlon {{

// The placeholder: a tool whose description holds these words. A check says what no pattern over one
// text can say; replace the condition.
void check_{snake}(const CheckInput& input, CheckSink& sink) {{
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {{
    const Manifest& manifest = *input.manifests[index];
    for (const Item& item : manifest.items) {{
      const std::string text = text_or_empty(manifest.document, item.description);
      if (text.find("{words} placeholder") == std::string::npos) {{
        continue;
      }}
      sink.report({{.rule_id = "{name}",
                   .manifest = index,
                   .node = item.description,
                   .message = "says " + in_ticks(text)}});
    }}
  }}
}}

}}  // namespace merlon
'''

CHECK_TEST = '''#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "unit/rules/check_fixture.h"

namespace merlon::test {{

TEST_CASE("{name}: the place and the words of what is wrong, and nothing else") {{
  CHECK(run_check("{name}",
                  R"({{"tools":[{{"name":"a","description":"Adds."}},)"
                  R"({{"name":"b","description":"A {words} placeholder."}}]}})") ==
        std::vector<std::string>{{
            "{name} @/tools/1/description: says `A {words} placeholder.`"}});
}}

TEST_CASE("{name}: files of other shapes give nothing") {{
  for (const char* text : {{"[]", "{{}}", R"({{"tools":[{{"name":"a"}}]}})"}}) {{
    CAPTURE(text);
    CHECK(run_check("{name}", text).empty());
  }}
}}

}}  // namespace merlon::test
'''

FORMAT = '''#include "manifest/client_config.h"
#include "manifest/formats.h"

namespace merlon {{

// The placeholder: servers below a key of its own. Of several formats that recognise a file the one
// with the highest number reads it; 0 is "not mine". Look at content, never at names.
int recognise_{snake}(const Document& document) {{
  return document.find(document.root(), "{snake}_servers", NodeKind::kObject) ? 60 : 0;
}}

Status read_{snake}(Manifest& manifest) {{
  return read_client_config(manifest, {{"{snake}_servers"}});
}}

}}  // namespace merlon
'''

WRITER = '''#include <string>

#include "base/text.h"
#include "report/writers.h"

namespace merlon {{

// The placeholder: a line for each finding. Everything of a report is hostile text but the names of
// rules: escape it in the way of the format.
std::string write_{snake}(const ScanReport& report, const WriterOptions& options) {{
  static_cast<void>(options);
  std::string out;
  for (const Finding& finding : report.findings) {{
    out += escape_for_display(finding.where.file) + ":" + std::to_string(finding.where.line) +
           ": " + finding.rule_id + ": " + escape_for_display(finding.message) + "\\n";
  }}
  return out;
}}

}}  // namespace merlon
'''

WRITER_TEST = '''#include <algorithm>

#include <doctest/doctest.h>

#include "report/writers.h"
#include "support/sample_report.h"

namespace merlon {{
namespace {{

TEST_CASE("{name}: a line for each finding, whatever its texts hold") {{
  CHECK(write_{snake}(test::clean_report(), {{}}).empty());
  for (const test::HostileText& hostile : test::hostile_texts()) {{
    CAPTURE(hostile.name);
    const std::string out = write_{snake}(test::report_saying(hostile.text), {{}});
    CHECK(std::count(out.begin(), out.end(), '\\n') == 1);
  }}
}}

}}  // namespace
}}  // namespace merlon
'''


class Refused(Exception):
    pass


def write(path, text):
    file = ROOT / path
    if file.exists():
        raise Refused(f"{path} exists already")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    print(f"wrote {path}")


def insert_sorted(path, name, text, pattern, after):
    """Puts `text` before the first match of `pattern` whose name is greater; without one, after the last match's line `after`."""
    file = ROOT / path
    old = file.read_text(encoding="utf-8")
    last = None
    for match in re.finditer(pattern, old, re.MULTILINE):
        if match.group(1) == name:
            raise Refused(f"{path} has `{name}` already")
        if match.group(1) > name:
            at = match.start()
            break
        last = match
    else:
        if last is None:
            raise Refused(f"{path}: no place for `{name}`")
        at = old.index(after, last.start()) + len(after)
    file.write_text(old[:at] + text + old[at:], encoding="utf-8")
    print(f"added to {path}")


def new_check(name, words):
    snake = words["snake"]
    write(f"lib/rules/{snake}_check.cpp", CHECK.format(**words))
    write(f"tests/unit/rules/{snake}_check_test.cpp", CHECK_TEST.format(**words))
    write(f"rules/quality/{name}.toml", RULE.format(match=f'check = "{name}"\n', clauses="", **words))
    insert_sorted("lib/rules/check_functions.h", snake, f"void check_{snake}(const CheckInput& input, CheckSink& sink);\n",
                  r"^void check_(\w+)\(", ";\n")
    insert_sorted("lib/rules/check_registry.cpp", name,
                  f'    CheckKind{{"{name}", "what it looks at, in one line", kManifest, check_{snake}}},\n',
                  r'^    CheckKind\{"([a-z0-9-]+)"', "},\n")
    insert_sorted("docs/spec/checks.md", name, f"| {name} | {name} | what it looks at |\n", r"^\| ([a-z0-9-]+) \| [a-z]", "|\n")
    rule_pages()


def new_format(name, words):
    snake = words["snake"]
    write(f"lib/manifest/{snake}_format.cpp", FORMAT.format(**words))
    entry = '{"command": "npx", "args": ["-y", "@ann/notes-mcp@1.4.0"]%s}'
    folder = f"testdata/manifests/{name}"
    write(f"{folder}/real.json", '{\n  "%s_servers": {\n    "notes": %s\n  }\n}\n' % (snake, entry % ""))
    write(f"{folder}/special.json", '{\n  "%s_servers": {\n    "notes": %s\n  }\n}\n' % (snake, entry % ', "env": {"A": "b"}'))
    write(f"{folder}/broken.json", '{\n  "%s_servers": {\n    "notes": {"command": \n  }\n}\n' % snake)
    insert_sorted("lib/manifest/formats.h", snake,
                  f"[[nodiscard]] int recognise_{snake}(const Document& document);\n"
                  f"[[nodiscard]] Status read_{snake}(Manifest& manifest);\n",
                  r"^\[\[nodiscard\]\] int recognise_(\w+)\(", "manifest);\n")
    insert_sorted("lib/manifest/format_registry.cpp", name,
                  f'    ManifestFormat{{"{name}", "what it is, in one line", "{name}.json",\n'
                  f"                   &recognise_{snake}, &read_{snake}}},\n", r'^    ManifestFormat\{"([a-z0-9-]+)"', "},\n")
    insert_sorted("docs/spec/manifests.md", name, f"| `{name}` | {name}.json | what only it has |\n",
                  r"^\| `([a-z0-9-]+)` \| ", "|\n")
    print("build test_unit_manifest, run it with MERLON_UPDATE_GOLDEN=1, and read the expectations that it writes")


def new_writer(name, words):
    snake = words["snake"]
    write(f"lib/report/{snake}_writer.cpp", WRITER.format(**words))
    write(f"tests/unit/report/{snake}_writer_test.cpp", WRITER_TEST.format(**words))
    case = f"testdata/golden/scan/format-{name}"
    source = ROOT / "testdata/golden/scan/format-text/tools.json"
    write(f"{case}/cmd", f"scan --format {name} tools.json\n")
    write(f"{case}/tools.json", source.read_text(encoding="utf-8"))
    header = ROOT / "lib/report/writers.h"
    text = header.read_text(encoding="utf-8")
    end = "\n}  // namespace merlon"
    header.write_text(text.replace(
        end, f"/// What it is for.\n[[nodiscard]] std::string write_{snake}(const ScanReport& report, const WriterOptions& options);\n" +
        end), encoding="utf-8")
    insert_sorted("lib/report/writer_registry.cpp", name,
                  f'    WriterKind{{"{name}", "what it is for, in one line", "text/plain", write_{snake}}},\n',
                  r'^    WriterKind\{"([a-z0-9-]+)"', "},\n")
    insert_sorted("docs/cli/scan.md", "~", f"| `{name}` | what it is for |\n", r"^\| `(sarif|junit|markdown|text|json)` \| ", "|\n")
    print("build test_golden, run it with MERLON_UPDATE_GOLDEN=1, and read the output that it writes")


def new_rule(name, words):
    category = words["category"]
    clauses = '\n[match]\nany = [\n  {{ phrase = "{words} placeholder" }},\n]\n'.format(**words)
    write(f"rules/{category}/{name}.toml", RULE.format(match="", clauses=clauses, **words))
    rule_pages()


def rule_pages():
    subprocess.run([sys.executable, str(ROOT / "scripts/gen_rule_docs.py")], check=True)


KINDS = {"check": new_check, "format": new_format, "writer": new_writer, "rule": new_rule}
NAME = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"


def main():
    kind, word = sys.argv[1:] if len(sys.argv) == 3 else ("", "")
    match = re.fullmatch(rf"(?:({NAME})/)?({NAME})", word)
    if kind not in KINDS or not match or (kind == "rule") != bool(match.group(1)):
        print(__doc__.splitlines()[0], file=sys.stderr)
        return 2
    category, name = match.groups()
    words = {"name": name, "snake": name.replace("-", "_"), "words": name.replace("-", " "), "category": category}
    try:
        KINDS[kind](name, words)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
