#!/usr/bin/env python3
"""Checks SARIF files against the published schema and with Microsoft's SARIF validator.

    scripts/check_sarif.py FILE...

Both come from npm at their first use and stay in a cache outside the tree ($MERLON_TEST_TOOLS, else
~/.cache/merlon-test-tools). What cannot be had is reported as `not-run: NAME: REASON`; exit 1 only when a check failed.
"""
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv

CACHE = pathlib.Path(os.environ.get("MERLON_TEST_TOOLS") or
                     pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "merlon-test-tools")
# The schema of the OASIS committee as Microsoft's test matchers carry it, 22 kB; and the validator, 43 MB.
SCHEMA_PACKAGE = "@microsoft/jest-sarif@1.0.0-beta.0"
SCHEMA_FILE = "lib/schemas/sarif-2.1.0-rtm.5.json"
MULTITOOL_PACKAGE = "@microsoft/sarif-multitool-linux@5.7.0"
MULTITOOL_FILE = "Sarif.Multitool"
PYTHON_PACKAGES = {"jsonschema": "jsonschema==4.26.0", "cmarkgfm": "cmarkgfm==2025.10.22", "check_jsonschema": "check-jsonschema==0.39.0"}
# SARIF2005 asks for a home page of the tool.
ACCEPTED_RULES = {"SARIF2005"}


class NotRun(Exception):
    """The check needs something that cannot be had here."""


def run(command, **options):
    try:
        return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300, check=False, **options)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotRun(f"{command[0]}: {error}") from error


def npm_file(package, inner):
    """A file of an npm package, fetched once. The package is unpacked, none of its scripts run."""
    folder = CACHE / package.replace("/", "_")
    if not (folder / "package" / inner).exists():
        if not shutil.which("npm"):
            raise NotRun("npm is not installed")
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            result = run(["npm", "pack", "--silent", "--ignore-scripts", package], cwd=scratch)
            archives = list(pathlib.Path(scratch).glob("*.tgz"))
            if result.returncode or not archives:
                raise NotRun(f"npm pack {package} failed")
            with tarfile.open(archives[0]) as archive:
                archive.extractall(scratch, filter="data") if hasattr(tarfile, "data_filter") else archive.extractall(scratch)
            folder.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(folder / "package", ignore_errors=True)
            os.replace(pathlib.Path(scratch) / "package", folder / "package")
    return folder / "package" / inner


def python_with(*names):
    """A Python that has these packages: this one, else one in the cache that they are installed into."""
    probe = "import " + ", ".join(names)
    if run([sys.executable, "-c", probe]).returncode == 0:
        return sys.executable
    folder = CACHE / "python"
    python = folder / "bin" / "python3"
    if not python.exists():
        try:
            venv.create(folder, with_pip=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise NotRun(f"no virtual environment: {error}") from error
    if run([str(python), "-c", probe]).returncode != 0:
        packages = [PYTHON_PACKAGES[name] for name in names]
        if run([str(python), "-m", "pip", "install", "--quiet", *packages]).returncode != 0:
            raise NotRun(f"pip install {' '.join(packages)} failed")
    return str(python)


VALIDATE = """
import json, sys, jsonschema
schema = json.load(open(sys.argv[1], encoding="utf-8"))
validator = jsonschema.validators.validator_for(schema)
validator.check_schema(schema)
for name in sys.argv[2:]:
    for error in sorted(validator(schema).iter_errors(json.load(open(name, encoding="utf-8"))), key=str)[:20]:
        print(f"{name}: /{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")
"""


def schema_problems(schema, files):
    """What `files` have against a JSON Schema, one line each."""
    result = run([python_with("jsonschema"), "-c", VALIDATE, str(schema), *map(str, files)])
    if result.returncode:
        return [result.stderr.strip() or "the validator failed"]
    return result.stdout.splitlines()


def sarif_schema_problems(files):
    return schema_problems(npm_file(SCHEMA_PACKAGE, SCHEMA_FILE), files)


def multitool_problems(files):
    """What Microsoft's validator says about `files`, its rules for GitHub included: errors and warnings."""
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        raise NotRun("the package is for Linux on x86-64")
    tool = npm_file(MULTITOOL_PACKAGE, MULTITOOL_FILE)
    tool.chmod(0o755)
    problems = []
    with tempfile.TemporaryDirectory() as scratch:
        for number, name in enumerate(files):
            output = pathlib.Path(scratch) / f"{number}.sarif"
            result = run([str(tool), "validate", str(name), "--output", str(output), "--rule-kind", "Sarif;Ghas"],
                         env=dict(os.environ, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT="1", DOTNET_BUNDLE_EXTRACT_BASE_DIR=str(CACHE / "dotnet")))
            if not output.exists():
                raise NotRun(f"the validator did not start: {(result.stderr or result.stdout).strip()[:200]}")
            answer = json.loads(output.read_text(encoding="utf-8-sig"))
            for item in answer["runs"][0].get("results", []):
                if item["ruleId"].split("/")[0] not in ACCEPTED_RULES:
                    problems.append(f"{name}: {item['ruleId']}: {json.dumps(item.get('message'))[:300]}")
    return problems


def main():
    files = sys.argv[1:]
    if not files:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    failed = 0
    for name, check in (("sarif-schema", sarif_schema_problems), ("sarif-multitool", multitool_problems)):
        try:
            problems = check(files)
        except NotRun as reason:
            print(f"not-run: {name}: {reason}")
            continue
        print("\n".join(problems) if problems else f"{name}: {len(files)} files agree")
        failed += len(problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
