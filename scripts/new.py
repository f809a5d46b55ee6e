#!/usr/bin/env python3
"""Scaffolds what a new registry row needs: `scripts/new.py check|detector|format|writer|command NAME`.

Writes the source file, its test and its page with the parts that must be filled in marked by `TODO`, and prints the row to
add. scripts/check_registries.py tells what is still missing. For a rule use `merlon rules new ID`.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

CHECK = '''#include "rules/{snake}_check.h"

namespace merlon {{

void run_{snake}_check(const CheckInput& input, CheckSink& sink) {{
  // TODO: report what is wrong; see the other checks.
  static_cast<void>(input);
  static_cast<void>(sink);
}}

}}  // namespace merlon
'''

KINDS = {
    "check": ("lib/rules/{snake}_check.cpp", "lib/rules/check_registry.cpp", "tests/unit/rules/{snake}_check_test.cpp",
              '{{"{name}", "TODO: one line", CheckScope::kManifest, &run_{snake}_check}},'),
    "detector": ("lib/rules/{snake}_detector.cpp", "lib/rules/detector_registry.cpp", "tests/unit/rules/{snake}_detector_test.cpp",
                 '{{"{name}", "TODO: one line", kLiterals, &find_{snake}}},'),
    "format": ("lib/manifest/{snake}_format.cpp", "lib/manifest/format_registry.cpp", "testdata/manifests/{name}/",
               '{{"{name}", "TODO: one line", "TODO: typical path", &recognise_{snake}, &read_{snake}}},'),
    "writer": ("lib/report/{snake}_writer.cpp", "lib/report/writer_registry.cpp", "tests/unit/report/{snake}_writer_test.cpp",
               '{{"{name}", "TODO: one line", "TODO/media-type", &write_{snake}}},'),
    "command": ("apps/merlon/cmd_{snake}.cpp", "apps/merlon/commands.cpp", "docs/cli/{name}.md",
                '{{"{name}", "TODO: one line", &cmd_{snake}}},'),
}


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in KINDS or not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", sys.argv[2]):
        print(__doc__.splitlines()[2].strip(), file=sys.stderr)
        return 2
    kind, name = sys.argv[1:]
    snake = name.replace("-", "_")
    source, registry, companion, row = (part.format(name=name, snake=snake) for part in KINDS[kind])
    path = ROOT / source
    if path.exists():
        print(f"{source} exists already", file=sys.stderr)
        return 1
    example = sorted(p for p in path.parent.glob(re.sub(re.escape(snake), "*", path.name)))
    body = CHECK.format(snake=snake) if kind == "check" else f"// TODO: see {example[0].relative_to(ROOT)} for the shape.\n" if example else ""
    path.write_text(body, encoding="utf-8")
    print(f"wrote {source}\nadd to {registry}, in order of names:\n  {row}\nwrite {companion}\nthen run scripts/check_registries.py")
    return 0


if __name__ == "__main__":
    sys.exit(main())
