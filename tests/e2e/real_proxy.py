"""The work of scripts/e2e_proxy.sh: real servers from npm, bare and behind `merlon proxy`. Python standard library only.

Each server is captured and approved once. Then the same requests are asked three times: bare, bare again, and through the proxy under a
policy that denies what is not as approved. Answers must be the same bytes; where the two bare runs differ (times, process ids), what
differs there may differ. After that the npm Inspector's command line and mcporter print the same with and without the proxy.
"""
import argparse
import json
import os
import pathlib
import queue
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field

import harness
from real_servers import SERVERS, Server, cache_folder, capture, install, without_network

POLICY = harness.HERE / "pinned_policy.toml"
INSPECTOR = Server("@modelcontextprotocol/inspector", "2.12.0", "mcp-inspector")
MCPORTER = Server("mcporter", "0.12.3", "mcporter")
PATIENCE = 120


@dataclass
class Script:
    """What is asked of a server beyond its lists."""
    calls: list = field(default_factory=list)      # (tool, arguments)
    requests: list = field(default_factory=list)   # (method, params)
    held: list = field(default_factory=list)       # calls that the default policy asks a person about


SCRIPTS = {
    "modelcontextprotocol-server-everything": Script(
        calls=[("echo", {"message": "héllo \u2028 𝄞 9007199254740993"}), ("get-sum", {"a": 2, "b": 3.5}), ("get-tiny-image", {}),
               ("get-structured-content", {"location": "New York"}), ("get-annotated-message", {"messageType": "error", "includeImage": True}),
               ("get-resource-links", {"count": 2}), ("get-resource-reference", {"resourceType": "Text", "resourceId": 1}),
               ("get-sum", {"a": "not a number"}), ("trigger-long-running-operation", {"duration": 1, "steps": 2})],
        requests=[("resources/read", {"uri": "demo://resource/dynamic/text/1"}), ("prompts/get", {"name": "args-prompt", "arguments": {"city": "Paris"}}),
                  ("logging/setLevel", {"level": "debug"}), ("ping", {}), ("x-vendor/unknown", {})]),
    "modelcontextprotocol-server-filesystem": Script(
        calls=[("list_allowed_directories", {}), ("write_file", {"path": "notes.txt", "content": "first\nsecond é\n"}),
               ("read_text_file", {"path": "notes.txt"}), ("list_directory", {"path": "."}), ("create_directory", {"path": "sub"}),
               ("directory_tree", {"path": "."}), ("get_file_info", {"path": "notes.txt"}), ("search_files", {"path": ".", "pattern": "*.txt"}),
               ("edit_file", {"path": "notes.txt", "edits": [{"oldText": "first", "newText": "1st"}]}), ("read_text_file", {"path": "none.txt"})]),
    "modelcontextprotocol-server-memory": Script(
        calls=[("create_entities", {"entities": [{"name": "Ada", "entityType": "person", "observations": ["writes programs"]}]}),
               ("add_observations", {"observations": [{"entityName": "Ada", "contents": ["plays chess"]}]}),
               ("search_nodes", {"query": "chess"}), ("read_graph", {}), ("open_nodes", {"names": ["Ada"]})],
        held=[("delete_entities", {"entityNames": ["Ada"]})]),
    "modelcontextprotocol-server-sequential-thinking": Script(
        calls=[("sequentialthinking", {"thought": "one step", "nextThoughtNeeded": False, "thoughtNumber": 1, "totalThoughts": 1})]),
    "playwright-mcp": Script(calls=[("browser_close", {})]),
    "shadcn": Script(calls=[("get_audit_checklist", {})]),
}


class Client:
    """Asks one question after the other and keeps the lines of the answers."""

    def __init__(self, command, folder, environment):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=environment)
        self.lines, self.errors, self.others = queue.Queue(), [], []
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=lambda: self.errors.extend(self.process.stderr), daemon=True).start()
        self.number = 0

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def send(self, message):
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode() + b"\n")
        self.process.stdin.flush()

    def ask(self, method, params=None):
        """The line that answers."""
        self.number += 1
        self.send({"id": self.number, "method": method, **({} if params is None else {"params": params})})
        end = time.monotonic() + PATIENCE
        while True:
            line = self.lines.get(timeout=max(0.1, end - time.monotonic()))
            if line is None:
                raise RuntimeError("the server ended: " + b"".join(self.errors[-5:]).decode(errors="replace"))
            try:
                message = json.loads(line)
            except ValueError:
                continue   # servers that write noise
            if not isinstance(message, dict):
                continue
            if message.get("id") == self.number and "method" not in message:
                return line
            self.others.append(message.get("method", "an answer"))
            if "id" in message and "method" in message:
                self.reply(message)

    def reply(self, message):
        """The host's side of what servers ask."""
        answers = {"roots/list": {"roots": []}, "ping": {}, "elicitation/create": {"action": "decline"},
                   "sampling/createMessage": {"role": "assistant", "content": {"type": "text", "text": "ok"}, "model": "none"}}
        known = answers.get(message["method"])
        self.send({"id": message["id"], **({"result": known} if known is not None else {"error": {"code": -32601, "message": "no"}})})

    def close(self):
        self.process.stdin.close()
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None


def questions(script, capabilities):
    """What is asked, in order, of a server with these capabilities."""
    for capability, lists in (("tools", ["tools/list"]), ("prompts", ["prompts/list"]), ("resources", ["resources/list", "resources/templates/list"])):
        if capability in capabilities:
            yield from ((method, None) for method in lists)
    for number, (tool, arguments) in enumerate(script.calls):
        yield "tools/call", {"name": tool, "arguments": arguments, "_meta": {"progressToken": number}}
    yield from script.requests


def session(command, folder, environment, script):
    """[(question, line)] and how the server ended."""
    client = Client(command, folder, environment)
    try:
        line = client.ask("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "merlon-e2e", "version": "1"}})
        found = [("initialize", line)]
        client.send({"method": "notifications/initialized"})
        for method, params in questions(script, json.loads(line).get("result", {}).get("capabilities", {})):
            found.append((f"{method} {(params or {}).get('name', '')}".strip(), client.ask(method, params)))
        held = [(tool, json.loads(client.ask("tools/call", {"name": tool, "arguments": arguments}))) for tool, arguments in script.held]
    finally:
        code = client.close()
    return found, held, code


def differing(left, right, path=""):
    """Where two values differ."""
    if type(left) is not type(right) or isinstance(left, (str, int, float, bool, type(None))):
        return [] if left == right and type(left) is type(right) else [path]
    if isinstance(left, list):
        if len(left) != len(right):
            return [path]
        return [place for i, pair in enumerate(zip(left, right)) for place in differing(*pair, f"{path}/{i}")]
    if left.keys() != right.keys():
        return [path]
    return [place for key in left for place in differing(left[key], right[key], f"{path}/{key}")]


def compare(bare, again, proxied):
    """What the proxy changed."""
    problems = []
    for (what, first), (_, second), (_, third) in zip(bare, again, proxied):
        if first == second:
            if third != first:
                problems.append(f"  {what}: other bytes\n      bare:    {first[:600]}\n      proxied: {third[:600]}")
            continue
        loose = differing(json.loads(first), json.loads(second))
        for place in differing(json.loads(first), json.loads(third)):
            if not any(place == free or place.startswith(free + "/") for free in loose):
                problems.append(f"  {what}: differs at {place}\n      bare:    {first[:600]}\n      proxied: {third[:600]}")
    if not len(bare) == len(again) == len(proxied):
        problems.append(f"  {len(bare)}, {len(again)} and {len(proxied)} answers")
    return problems


def work_folder(server, work):
    folder = work / (server.name + ".work")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, text in server.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def approve(server, folder, work, prefix, state):
    """Captures a server and approves what it offers; what went wrong, or nothing."""
    snapshot = work / (server.name + ".json")
    shutil.rmtree(work / (server.name + ".work"), ignore_errors=True)
    captured, _ = capture(server, folder, snapshot, prefix)
    if not snapshot.exists():
        return f"capture ended with {captured.returncode}: {captured.stderr[-500:]}"
    done = subprocess.run([harness.BINARY, "pins", "approve", "--yes", "--server", server.name, str(snapshot)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, env={**os.environ, "XDG_STATE_HOME": str(state)}, check=False)
    return "" if done.returncode == 0 else f"pins approve ended with {done.returncode}: {done.stderr[-500:]}"


def one_server(server, folder, work, prefix):
    """A row of the table, and what is wrong."""
    state = work / "state"
    trouble = approve(server, folder, work, prefix, state)
    if trouble:
        return [server.name, server.version, "-", "-", "-", "-"], [f"{server.name}: {trouble}"]
    script = SCRIPTS.get(server.name, Script())
    environment = {"PATH": os.environ["PATH"], "HOME": str(work), "LANG": "C.UTF-8", "XDG_STATE_HOME": str(state), "XDG_RUNTIME_DIR": str(work),
                   "MEMORY_FILE_PATH": str(work / "memory.jsonl"), **server.environment}
    words = [str(folder / "node_modules" / ".bin" / server.program), *server.arguments]
    proxy = [harness.BINARY, "proxy", "--policy", str(POLICY), "--name", server.name, "--"]
    runs, seconds = [], []
    for wrap in ([], [], proxy):
        (work / "memory.jsonl").unlink(missing_ok=True)
        begin = time.monotonic()
        runs.append(session([*prefix, *wrap, *words], work_folder(server, work), environment, script))
        seconds.append(time.monotonic() - begin)
    (bare, _, bare_code), (again, _, _), (proxied, held, code) = runs
    problems = compare(bare, again, proxied)
    for tool, answer in held:
        result = answer.get("result", {})
        if result.get("isError") is not True or "APPROVAL_REQUIRED" not in result["content"][0]["text"]:
            problems.append(f"  {tool}: was to be held, answered {str(answer)[:300]}")
    if code != bare_code:
        problems.append(f"  ended with {code}, bare with {bare_code}")
    same = sum(1 for (_, first), (_, third) in zip(bare, proxied) if first == third)
    row = [server.name, server.version, str(len(bare)), str(same), str(len(held)), f"{seconds[0]:.1f}/{seconds[2]:.1f}"]
    return row, [f"{server.name}:\n" + "\n".join(problems)] if problems else []


# ---- other programs' clients ----

def inspector_commands():
    call = ["--method", "tools/call", "--format", "json", "--tool-name"]
    yield ["--method", "initialize", "--format", "json"]
    yield ["--method", "tools/list", "--format", "json"]
    yield [*call, "echo", "--tool-arg", "message=hello"]
    yield [*call, "get-sum", "--tool-args-json", '{"a":2,"b":3}']
    yield [*call, "get-structured-content", "--tool-arg", "location=Chicago"]
    yield [*call, "none"]
    yield ["--method", "resources/list", "--format", "json"]
    yield ["--method", "resources/templates/list", "--format", "json"]
    yield ["--method", "resources/read", "--uri", "demo://resource/static/document/features.md"]
    yield ["--method", "prompts/list", "--format", "json"]
    yield ["--method", "prompts/get", "--prompt-name", "args-prompt", "--prompt-args", "city=Paris", "--format", "json"]
    yield ["--method", "logging/setLevel", "--log-level", "debug"]


def printed(command, folder, environment):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, cwd=folder, env=environment, timeout=PATIENCE, check=False)
    return done.returncode, done.stdout


def other_clients(cache, work, prefix, everything):
    """The same bytes on standard output for each command; rows and problems."""
    inspector, mcporter = install(INSPECTOR, cache), install(MCPORTER, cache)
    server = [shutil.which("node"), str(everything / "node_modules" / "@modelcontextprotocol" / "server-everything" / "dist" / "index.js"), "stdio"]
    # The Inspector reads options in the server's words as its own.
    script = work / "proxied.sh"
    script.write_text("#!/bin/sh\nexec " + shlex.join([harness.BINARY, "proxy", "--name", "everything", "--", *server]) + "\n", encoding="utf-8")
    script.chmod(0o755)
    proxy = [str(script)]
    environment = {"PATH": os.environ["PATH"], "HOME": str(work), "LANG": "C.UTF-8", "XDG_STATE_HOME": str(work / "state2"), "NO_COLOR": "1"}
    configs = {}
    for kind, words in (("bare", server), ("proxied", proxy)):
        configs[kind] = work / f"{kind}.json"
        for era in ("auto", "modern", "legacy"):
            entry = {"command": words[0], "args": words[1:], "protocolEra": era}
            (work / f"{kind}-{era}.json").write_text(json.dumps({"mcpServers": {"e": entry}}), encoding="utf-8")
    pairs = []
    for words in inspector_commands():
        program = [*prefix, str(inspector / "node_modules" / ".bin" / INSPECTOR.program), "--cli"]
        pairs.append(("inspector " + " ".join(words), *([*program, *command, *words] for command in (server, proxy))))
    for era in ("auto", "legacy"):
        program = [*prefix, str(inspector / "node_modules" / ".bin" / INSPECTOR.program), "--cli"]
        pairs.append((f"inspector, era {era}, tools/list", *([*program, "--config", str(work / f"{kind}-{era}.json"), "--server", "e", "--method",
                                                             "tools/list", "--format", "json"] for kind in ("bare", "proxied"))))
    tool = [*prefix, str(mcporter / "node_modules" / ".bin" / MCPORTER.program)]
    for words in (["echo", "message=hi"], ["get-sum", "a:2", "b:3"]):
        pairs.append((f"mcporter call {' '.join(words)}", *([*tool, "call", "--stdio", shlex.join(command), "--name", "x", *words, "--output", "json"]
                                                           for command in (server, proxy))))
    problems, same = [], 0
    for name, bare, proxied in pairs:
        left, right = (printed(command, work, environment) for command in (bare, proxied))
        if left != right or not left[1] and left[0] == 0 and "setLevel" not in name:
            problems.append(f"{name}:\n      bare:    {left[0]} {left[1][:500]}\n      proxied: {right[0]} {right[1][:500]}")
        else:
            same += 1
    return f"inspector {INSPECTOR.version} and mcporter {MCPORTER.version}: {same} of {len(pairs)} commands print the same bytes and exit alike", problems


def print_table(rows):
    head = ["server", "version", "answers", "same bytes", "held", "s bare/proxied"]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def main():
    parser = argparse.ArgumentParser(prog="scripts/e2e_proxy.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="NAME", help="only this server, or `clients`; may be given more than once")
    arguments = parser.parse_args()
    cache, prefix = cache_folder(), without_network()
    rows, problems, missing, folders, summary = [], [], [], {}, ""
    with tempfile.TemporaryDirectory(prefix="merlon-e2e-") as temporary:
        work = pathlib.Path(temporary).resolve()
        for server in SERVERS:
            wanted = not arguments.only or server.name in arguments.only
            if not wanted and not server.name.endswith("everything"):
                continue
            try:
                folders[server.name] = install(server, cache)
            except RuntimeError as error:
                missing.append(f"not-run: proxy {server.name}: {error}")
                continue
            if not wanted:
                continue
            try:
                row, found = one_server(server, folders[server.name], work, prefix)
            except (RuntimeError, OSError, queue.Empty) as error:
                row, found = [server.name, server.version, "-", "-", "-", "-"], [f"{server.name}: {type(error).__name__} {error}"]
            rows.append(row)
            problems += found
            print(f"{server.name}: {'ok' if not found else 'NOT OK'}", file=sys.stderr, flush=True)
        everything = folders.get("modelcontextprotocol-server-everything")
        if everything and (not arguments.only or "clients" in arguments.only):
            try:
                summary, found = other_clients(cache, work, prefix, everything)
                problems += found
            except RuntimeError as error:
                missing.append(f"not-run: proxy clients: {error}")
    if rows:
        print_table(rows)
    if summary:
        print(summary)
    print(f"network: {'none' if prefix else 'as this machine has it'}")
    for line in missing + problems:
        print(line)
    return 1 if problems or not (rows or summary) else 0


if __name__ == "__main__":
    sys.exit(main())
