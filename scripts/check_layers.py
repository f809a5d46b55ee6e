#!/usr/bin/env python3
"""Holds the direction of dependencies: who may include whom, and which file may include which third-party library.

This table is the architecture page that cannot rot (docs/architecture.md links here). Prints each violation as
file:line and exits 1; `--table` prints the table itself.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Band of each module. A module includes lower bands, and within its own band nobody but itself.
BANDS = {
    "base": 0,
    "model": 1,
    "proof": 2,
    "rules": 3, "mcp": 3, "manifest": 3, "event": 3, "report": 3,
    "capability": 4,
    "guard": 5, "attest": 5, "audit": 5, "approval": 5,
    "policy": 6,
    "scan": 7, "capture": 7, "replay": 7, "proxy": 7, "hook": 7,
    "wrap": 8,  # edits what scan finds
    "eval": 8,  # judges what scan reports, so it stands above it
}
APPS_BAND = 9

# Third-party header (regular expression) -> folders (or files) that may include it. Everything else is a violation.
DOORS = {
    r"toml\+\+/.*|toml\.hpp": ["lib/base/toml/"],
    r"yaml\.h": ["lib/base/yaml/"],
    r"archive(_entry)?\.h": ["lib/base/archive/"],
    r"zlib\.h": ["lib/base/archive/", "tests/"],
    r"utf8proc\.h": ["lib/base/unicode/"],
    r"pcre2\.h": ["lib/base/regex/"],
    r"openssl/.*": ["lib/base/digest/", "lib/base/signature/", "lib/base/x509/"],
    r"git2(/.*)?\.h|git2\.h": ["lib/base/git/"],
    r"httplib\.h": ["lib/base/http/"],
    r"linux/(seccomp|filter|audit|landlock)\.h|seccomp\.h": ["lib/base/sandbox/"],
    r"nlohmann/.*": ["tests/"],
    r"simdjson\.h": ["lib/base/json/"],
    r"CLI/.*": ["apps/merlon/options.cpp"],
    r"doctest/.*": ["tests/"],
    r"benchmark/.*": ["tests/bench/"],
    r"dlfcn\.h": ["lib/base/plugin.cpp"],
    r"(imm|emm)intrin\.h|cpuid\.h": ["lib/base/digest/", "lib/base/regex/gram_places.cpp"],
    r"netdb\.h": ["lib/proxy/host_resolver.cpp"],
}

# The operating system and the C and C++ standard libraries.
SYSTEM = re.compile(
    r"^([a-z_0-9]+|(sys|arpa|netinet|linux)/[a-z_0-9.]+|"
    r"(dirent|errno|fcntl|poll|pthread|pwd|sched|signal|spawn|stdint|stddef|stdlib|string|syscall|termios|time|unistd|elf|link)\.h)$")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def module_of(path):
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "lib" else None


def door_violation(header, relative):
    for pattern, places in DOORS.items():
        if re.fullmatch(pattern, header):
            if any(relative.startswith(place) for place in places):
                return None
            return f"<{header}> has its door in {', '.join(places)}"
    if SYSTEM.match(header):
        return None
    return f"<{header}> has no door in the table of scripts/check_layers.py"


def layer_violation(header, relative, module):
    target = header.split("/")[0] if "/" in header else None
    if relative.startswith("tests/"):
        return None
    if target in BANDS:
        band = APPS_BAND if module is None else BANDS.get(module)
        if band is None:
            return f"module `{module}` has no band"
        if target != module and BANDS[target] >= band:
            return f"`{module}` (band {band}) must not include `{target}` (band {BANDS[target]})"
        return None
    if module is not None:
        return f'"{header}" is not below lib/: include paths start at lib/'
    return None


def check_file(path):
    relative = path.relative_to(ROOT).as_posix()
    module = module_of(path)
    problems = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        kind, header = match.groups()
        problem = door_violation(header, relative) if kind == "<" else layer_violation(header, relative, module)
        if problem:
            problems.append(f"{relative}:{number}: {problem}")
    return problems


def main():
    if "--table" in sys.argv:
        for module, band in sorted(BANDS.items(), key=lambda item: (-item[1], item[0])):
            print(f"band {band}  {module}")
        for header, places in DOORS.items():
            print(f"door  {header}  {' '.join(places)}")
        return 0
    files = [p for top in ("lib", "apps", "tests") for ext in ("*.h", "*.cpp") for p in (ROOT / top).rglob(ext)]
    problems = []
    for path in sorted(files):
        problems += check_file(path)
    for module in sorted(p.name for p in (ROOT / "lib").iterdir() if p.is_dir()):
        if module not in BANDS:
            problems.append(f"lib/{module}: no band in the table of scripts/check_layers.py")
    print("\n".join(problems) if problems else f"layers: {len(files)} files agree with the table")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
