"""The official conformance suite through an HTTP bridge of ours: bridge -> fixture, then bridge -> merlon proxy -> fixture.

Both lists of checks must be the same, and nothing that counts may fail. Python standard library only; scripts/e2e_conformance.sh runs it.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))
import harness  # noqa: E402
from real_servers import Server, cache_folder, find_node, install  # noqa: E402

SUITE = "@modelcontextprotocol/conformance"
# Name, version of the suite, options.
RUNS = [
    ("2025-11-25", Server(SUITE, "0.1.16", "conformance"), []),
    ("2025-11-25, frozen", Server(SUITE, "0.2.0-alpha.12", "conformance"), ["--requirements", "2025-11-25"]),
    ("2026-07-28, frozen", Server(SUITE, "0.2.0-alpha.12", "conformance"), ["--requirements", "2026-07-28"]),
]
# Beyond this something hangs: a run takes 15 s.
PATIENCE = 600


def play(node, suite, options, wrap, output, environment):
    """Runs the suite against bridge -> [wrap] -> fixture and gives its checks."""
    command = [node, str(FOLDER / "bridge.mjs"), *wrap, node, str(FOLDER / "fixture.mjs")]
    with open(output / "bridge.err", "wb") as errors:
        bridge = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=environment, cwd=output)
    try:
        port = bridge.stdout.readline().decode().strip()
        if not port:
            raise RuntimeError("the bridge did not start: " + (output / "bridge.err").read_text(encoding="utf-8")[-500:])
        program = suite / "node_modules" / SUITE / "dist" / "index.js"
        done = subprocess.run([node, str(program), "server", "--url", f"http://localhost:{port}/mcp", *options, "-o", str(output / "results")],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, check=False, env=environment)
        (output / "suite.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    finally:
        bridge.stdin.close()
        try:
            bridge.wait(20)
        except subprocess.TimeoutExpired:
            bridge.kill()
            bridge.wait()
        bridge.stdout.close()
    return done.returncode, read_checks(output / "results")


def read_checks(results):
    """(scenario, check, status, message) of every check; a scenario's folder is its name and the time."""
    found = []
    for path in results.glob("*/checks.json"):
        scenario = path.parent.name.rsplit("-", 6)[0]
        for check in json.loads(path.read_text(encoding="utf-8")):
            found.append((scenario, check["id"], check["status"], check.get("errorMessage") or ""))
    return sorted(found)


def counts(checks):
    by_status = {}
    for _, _, status, _ in checks:
        by_status[status] = by_status.get(status, 0) + 1
    return ", ".join(f"{status.lower()} {by_status[status]}" for status in sorted(by_status)) or "none"


def compare(bare, proxied):
    """Lines that tell both lists apart, without the wording of messages."""
    left, right = [check[:3] for check in bare], [check[:3] for check in proxied]
    lines = [f"  only bare:    {' '.join(check)}" for check in left if check not in right]
    lines += [f"  only proxied: {' '.join(check)}: {next((c[3] for c in proxied if c[:3] == check), '')[:300]}"
              for check in right if check not in left]
    if not lines and left != right:
        lines.append("  the same checks in other numbers")
    return lines


def checks_of(run, kind, node, suite, wrap, root):
    """The list of checks of one run, and what is wrong with it."""
    name, server, options = run
    output = root / f"{name.replace(', ', '-')}-{server.version}-{kind}"
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(output), "LANG": "C.UTF-8", "XDG_STATE_HOME": str(output / "state")}
    begin = time.monotonic()
    try:
        code, checks = play(node, suite, options, wrap, output, environment)
    except (RuntimeError, OSError, ValueError, subprocess.SubprocessError) as error:
        return [], [f"{name} {server.version} {kind}: {type(error).__name__} {error}"]
    print(f"{name:20} suite {server.version:15} {kind:8} {len(checks):4} checks: {counts(checks)}; exit {code}; "
          f"{time.monotonic() - begin:.1f} s", flush=True)
    if code == 0 and checks:
        return checks, []
    return checks, [f"{name} {server.version} {kind}: the suite ended with {code} after {len(checks)} checks",
                    *(f"  failed: {' '.join(check)[:300]}" for check in checks if check[2] == "FAILURE")]


def main():
    parser = argparse.ArgumentParser(prog="scripts/e2e_conformance.sh", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", metavar="FOLDER", help="leave results and logs there")
    parser.add_argument("--policy", default=str(FOLDER / "policy.toml"))
    parser.add_argument("--wrap", metavar="COMMAND", help="another program in the proxy's place (words, divided by blanks)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many runs beside each other")
    parser.add_argument("--only", choices=sorted({name for name, _, _ in RUNS}), action="append")
    arguments = parser.parse_args()
    cache = cache_folder()
    try:
        node = find_node(cache, 22)
        suites = {server.version: install(server, cache) for _, server, _ in RUNS}
    except RuntimeError as error:
        print(f"not-run: e2e_conformance: {error}")
        return 0
    proxy = [harness.BINARY, "proxy", "--policy", arguments.policy, "--name", "fixture", "--"]
    wraps = {"bare": [], "proxied": arguments.wrap.split() if arguments.wrap else proxy}
    runs = [run for run in RUNS if not arguments.only or run[0] in arguments.only]
    problems = []
    with tempfile.TemporaryDirectory(prefix="merlon-conformance-") as temporary, concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        root = pathlib.Path(arguments.keep or temporary).resolve()

        def one(run, kind):
            return checks_of(run, kind, node, suites[run[1].version], wraps[kind], root)
        begun = [(run, {kind: pool.submit(one, run, kind) for kind in wraps}) for run in runs]
        for (name, server, _), pair in begun:
            lists = {}
            for kind, future in pair.items():
                lists[kind], found = future.result()
                problems += found
            different = compare(lists["bare"], lists["proxied"])
            if different:
                problems += [f"{name} {server.version}: the lists of checks differ", *different]
    for line in problems:
        print(line)
    print("the same lists of checks with and without the proxy" if not problems else f"{len(problems)} lines of problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
