"""The work of scripts/e2e_proxy.sh: real servers from npm, bare and behind `merlon proxy`. Python standard library only.

Each server is captured (or was, --snapshots) and approved once. Then the same requests are asked bare and through the proxy under a policy
that denies what is not as approved. Answers must be the same bytes; where they are not, the server is asked bare again, and only what
differs between the two bare runs (times, process ids) may differ. Each session behind the proxy is recorded in full and replayed: all decisions
must come out as the same bytes. The npm Inspector's command line and mcporter must print the same with and
without the proxy. Servers and commands run beside each other, one on each core.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import queue
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass, field

import harness
from real_approval import approved_calls
from real_servers import SERVERS, Server, cache_folder, capture, find_node, install, without_network

POLICY = harness.HERE / "pinned_policy.toml"
PATIENT = harness.HERE / "patient_policy.toml"
INSPECTOR = Server("@modelcontextprotocol/inspector", "2.12.0", "mcp-inspector")
MCPORTER = Server("mcporter", "0.12.3", "mcporter")
PATIENCE = 120
# The proxy ends a server with SIGTERM 0.6 s after the end of its input (docs/spec/proxy.md). One that ends within this bare must end alike.
PROMPT = 0.3


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
        """The status, and the seconds it took to end."""
        begin = time.monotonic()
        self.process.stdin.close()
        try:
            code = self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            code = None
        return code, time.monotonic() - begin


def questions(script, capabilities):
    """What is asked, in order, of a server with these capabilities."""
    for capability, lists in (("tools", ["tools/list"]), ("prompts", ["prompts/list"]), ("resources", ["resources/list", "resources/templates/list"])):
        if capability in capabilities:
            yield from ((method, None) for method in lists)
    for number, (tool, arguments) in enumerate(script.calls):
        yield "tools/call", {"name": tool, "arguments": arguments, "_meta": {"progressToken": number}}
    yield from script.requests


def session(command, folder, environment, script):
    """[(question, line)], [(held tool, answer)], and how the server ended."""
    client = Client(command, folder, environment)
    try:
        line = client.ask("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "merlon-e2e", "version": "1"}})
        found = [("initialize", line)]
        client.send({"method": "notifications/initialized"})
        for method, params in questions(script, json.loads(line).get("result", {}).get("capabilities", {})):
            found.append((f"{method} {(params or {}).get('name', '')}".strip(), client.ask(method, params)))
        held = [(tool, json.loads(client.ask("tools/call", {"name": tool, "arguments": arguments}))) for tool, arguments in script.held]
    finally:
        end = client.close()
    return found, held, end


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


def compare(bare, proxied, ask_again):
    """What the proxy changed. `ask_again` gives the answers of another bare run."""
    if len(bare) != len(proxied):
        return [f"  {len(bare)} answers bare, {len(proxied)} behind the proxy"]
    problems, again = [], None
    for number, ((what, first), (_, third)) in enumerate(zip(bare, proxied)):
        if first == third:
            continue
        again = again or ask_again()
        second = again[number][1]
        if first == second:
            problems.append(f"  {what}: other bytes\n      bare:    {first[:600]}\n      proxied: {third[:600]}")
            continue
        loose = differing(json.loads(first), json.loads(second))
        for place in differing(json.loads(first), json.loads(third)):
            if not any(place == free or place.startswith(free + "/") for free in loose):
                problems.append(f"  {what}: differs at {place}\n      bare:    {first[:600]}\n      proxied: {third[:600]}")
    return problems


def work_folder(server, work):
    folder = work / (server.name + ".work")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, text in server.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def approve(server, folder, work, prefix, snapshots, state):
    """Captures a server, unless that has been done, and approves what it offers; what went wrong, or nothing."""
    snapshot = work / (server.name + ".json")
    if snapshots and (snapshots / snapshot.name).exists():
        snapshot = snapshots / snapshot.name
    else:
        shutil.rmtree(work / (server.name + ".work"), ignore_errors=True)
        captured, _ = capture(server, folder, snapshot, prefix)
        if not snapshot.exists():
            return f"capture ended with {captured.returncode}: {captured.stderr[-500:]}"
    done = subprocess.run([harness.BINARY, "pins", "approve", "--yes", "--server", server.name, str(snapshot)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, env={**os.environ, "XDG_STATE_HOME": str(state)}, check=False)
    return "" if done.returncode == 0 else f"pins approve ended with {done.returncode}: {done.stderr[-500:]}"


def replayed(recording, environment):
    """How many decisions of a recorded session are the same bytes when they are made again, and what is wrong."""
    done = subprocess.run([harness.BINARY, "replay", "--format", "json", str(recording)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env=environment, timeout=PATIENCE, check=False)
    if done.returncode != 0:
        return 0, [f"  replay ended with {done.returncode}: {done.stderr[-500:]}"]
    session = json.loads(done.stdout)["sessions"][0]
    counts = session["reproduction"]
    if not session["full"] or not session["complete"] or counts["same"] != counts["compared"] or counts["compared"] < session["messages"] or not counts["same"]:
        return counts["same"], [f"  replay: {session['messages']} messages, {counts}"]
    return counts["same"], []


def one_server(server, folder, work, prefix, snapshots):
    """A row of the table, and what is wrong."""
    home, mark = work / (server.name + ".home"), uuid.uuid4().hex
    state = home / "state"
    state.mkdir(parents=True)
    trouble = approve(server, folder, work, prefix, snapshots, state)
    if trouble:
        return no_row(server, "FAILED"), [f"{server.name}: {trouble}"]
    script = SCRIPTS.get(server.name, Script())
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "XDG_STATE_HOME": str(state), "XDG_RUNTIME_DIR": str(home),
                   "MEMORY_FILE_PATH": str(home / "memory.jsonl"), harness.MARK: mark, **server.environment}
    words = [str(folder / "node_modules" / ".bin" / server.program), *server.arguments]
    passed = [word for name in environment for word in ("--env", name)]   # answers are to be the same, those about the environment too
    recording = home / "session.jsonl"
    proxy = [harness.BINARY, "proxy", *passed, "--policy", str(POLICY), "--name", server.name, "--record", str(recording), "--record-full", "--"]

    def ask(wrap):
        (home / "memory.jsonl").unlink(missing_ok=True)
        begin = time.monotonic()
        found = session([*prefix, *wrap, *words], work_folder(server, work), environment, script)
        return *found, time.monotonic() - begin
    bare, _, (bare_code, bare_end), bare_seconds = ask([])
    for pid in harness.processes_with(mark):   # what servers leave when nobody guards them
        os.kill(pid, signal.SIGKILL)
    proxied, held, (code, _), seconds = ask(proxy)
    decisions, trouble = replayed(recording, environment)
    problems = trouble
    if not harness.wait_until(lambda: not harness.processes_with(mark), 10):
        problems.append(f"  left behind the proxy: {harness.processes_with(mark)}")
    problems += compare(bare, proxied, lambda: ask([])[0])
    for tool, answer in held:
        result = answer.get("result", {})
        if result.get("isError") is not True or "APPROVAL_REQUIRED" not in result["content"][0]["text"]:
            problems.append(f"  {tool}: was to be held, answered {str(answer)[:300]}")
    ended_by_us = code in (128 + signal.SIGTERM, 128 + signal.SIGKILL) and bare_end > PROMPT
    if code != bare_code and not ended_by_us:
        problems.append(f"  ended with {code}, bare with {bare_code} after {bare_end:.1f} s")
    same = sum(1 for (_, first), (_, third) in zip(bare, proxied) if first == third)
    row = [server.name, server.version, "FAILED" if problems else "run", str(len(bare)), str(same), str(len(held)), str(decisions),
           f"{bare_seconds:.1f}/{seconds:.1f}"]
    return row, [f"{server.name}:\n" + "\n".join(problems)] if problems else []


def no_row(server, outcome):
    return [server.name, server.version, outcome, "-", "-", "-", "-", "-"]


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


def client_pairs(work, prefix, node, inspector, mcporter, everything):
    """(what, command with the bare server, the same command with the proxy)."""
    server = [node, str(everything / "node_modules" / "@modelcontextprotocol" / "server-everything" / "dist" / "index.js"), "stdio"]
    # The Inspector reads options in the server's words as its own.
    script = work / "proxied.sh"
    script.write_text("#!/bin/sh\nexec " + shlex.join([harness.BINARY, "proxy", "--policy", str(PATIENT), "--name", "everything", "--", *server]) + "\n",
                      encoding="utf-8")
    script.chmod(0o755)
    both = {"bare": server, "proxied": [str(script)]}
    program = [*prefix, str(inspector / "node_modules" / ".bin" / INSPECTOR.program), "--cli"]
    for words in inspector_commands():
        yield "inspector " + " ".join(words), *([*program, *command, *words] for command in both.values())
    for era in ("auto", "legacy"):
        for kind, words in both.items():
            entry = {"command": words[0], "args": words[1:], "protocolEra": era}
            (work / f"{kind}-{era}.json").write_text(json.dumps({"mcpServers": {"e": entry}}), encoding="utf-8")
        yield f"inspector, era {era}, tools/list", *([*program, "--config", str(work / f"{kind}-{era}.json"), "--server", "e", "--method",
                                                     "tools/list", "--format", "json"] for kind in both)
    tool = [*prefix, str(mcporter / "node_modules" / ".bin" / MCPORTER.program)]
    for words in (["echo", "message=hi"], ["get-sum", "a:2", "b:3"]):
        yield f"mcporter call {' '.join(words)}", *([*tool, "call", "--stdio", shlex.join(command), "--name", "x", *words, "--output", "json"]
                                                    for command in both.values())


def one_pair(name, bare, proxied, work, environment):
    """What differs, or nothing."""
    try:
        left, right = (printed(command, work, environment) for command in (bare, proxied))
    except subprocess.TimeoutExpired as late:
        return f"{name}: did not end within {PATIENCE} s: {shlex.join(late.cmd)[-200:]}"
    if left == right and (left[1] or left[0] != 0 or "setLevel" in name):
        return ""
    return f"{name}:\n      bare:    {left[0]} {left[1][:500]}\n      proxied: {right[0]} {right[1][:500]}"


def other_clients(cache, work, prefix, everything, pool):
    """The same bytes on standard output and the same status for each command; rows and problems."""
    node = find_node(cache, 20)   # what the Inspector needs
    path = os.pathsep.join([os.path.dirname(node), os.environ["PATH"]])
    environment = {"PATH": path, "HOME": str(work), "LANG": "C.UTF-8", "XDG_STATE_HOME": str(work / "state2"), "NO_COLOR": "1"}
    rows, problems = [], []
    begin = time.monotonic()
    pairs = list(client_pairs(work, prefix, node, install(INSPECTOR, cache), install(MCPORTER, cache), everything))
    answers = list(pool.map(lambda pair: one_pair(*pair, work, environment), pairs))
    for client in (INSPECTOR, MCPORTER):
        mine = [answer for pair, answer in zip(pairs, answers) if pair[0].startswith(client.name.removeprefix("modelcontextprotocol-"))]
        problems += [answer for answer in mine if answer]
        good = sum(1 for answer in mine if not answer)
        rows.append([client.name + " (client)", client.version, "run" if good == len(mine) else "FAILED", str(len(mine)), str(good), "0", "-", "-"])
    print(f"clients: {len(pairs)} pairs of commands in {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)
    return rows, problems


def environment_of_everything(work, prefix, folder):
    """What server-everything's get-env tells behind the proxy: the usual names, what is named, and no secret; problems."""
    secret, value = work / "secret", "e2e-only/secret+value"
    secret.write_text(value + "\n", encoding="utf-8")
    secret.chmod(0o600)
    server = [str(folder / "node_modules" / ".bin" / SERVERS[0].program), *SERVERS[0].arguments]
    environment = {"PATH": os.environ["PATH"], "HOME": str(work), "LANG": "C.UTF-8", "XDG_STATE_HOME": str(work / "state3"), "OTHER_TOKEN": "of-another"}
    client = Client([*prefix, harness.BINARY, "proxy", "--policy", str(PATIENT), "--name", "everything", "--env", "GIVEN=given",
                     "--secret", f"API_TOKEN=file:{secret}", "--", *server], work, environment)
    client.ask("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "e2e", "version": "1"}})
    client.send({"method": "notifications/initialized"})
    line = client.ask("tools/call", {"name": "get-env", "arguments": {}}).decode("utf-8")
    client.close()
    told = json.loads(json.loads(line)["result"]["content"][0]["text"])
    problems = [f"get-env: {word} came through" for word in (value, "of-another", "e2e-only") if word in line]
    if set(told) - {"PATH", "HOME", "LANG", "GIVEN", "API_TOKEN"} or told.get("API_TOKEN") != "[redacted:API_TOKEN]" or told.get("GIVEN") != "given":
        problems.append(f"get-env: {line[:1000]}")
    print(f"get-env: {sorted(told)}", file=sys.stderr, flush=True)
    return problems


def print_table(rows):
    head = ["server", "version", "outcome", "answers", "same bytes", "held", "replayed", "s bare/proxied"]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def checked_server(server, cache, work, prefix, snapshots):
    """A row and the problems; a package that cannot be had is a row that says so."""
    try:
        folder = install(server, cache)
    except RuntimeError as error:
        return no_row(server, "not run"), [], f"not-run: proxy {server.name}: {error}"
    try:
        row, found = one_server(server, folder, work, prefix, snapshots)
    except (RuntimeError, OSError, ValueError, queue.Empty, subprocess.SubprocessError) as error:
        row, found = no_row(server, "FAILED"), [f"{server.name}: {type(error).__name__} {error}"]
    print(f"{server.name}: {'ok' if not found else 'NOT OK'}", file=sys.stderr, flush=True)
    return row, found, ""


def approvals(cache, work, prefix):
    """A row and the problems: a person answers while mcporter waits."""
    node = find_node(cache, 20)
    path = os.pathsep.join([os.path.dirname(node), os.environ["PATH"]])
    memory = next(server for server in SERVERS if server.name.endswith("server-memory"))
    program = install(memory, cache) / "node_modules" / ".bin" / memory.program
    mcporter = [*prefix, str(install(MCPORTER, cache) / "node_modules" / ".bin" / MCPORTER.program)]
    found = approved_calls(work / "approvals", mcporter, str(program), path)
    bad = [f"approvals {name}: {trouble}" for name, trouble in found if trouble]
    return ["mcporter (approvals)", MCPORTER.version, "FAILED" if bad else "run", str(len(found)), str(len(found) - len(bad)), "0", "-", "-"], bad


def main():
    parser = argparse.ArgumentParser(prog="scripts/e2e_proxy.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="NAME", help="only this server, `clients` or `approvals`; may be given more than once")
    parser.add_argument("--snapshots", metavar="FOLDER", help="what e2e_servers.sh --keep FOLDER has captured is not captured again")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    cache, prefix, begin = cache_folder(), without_network(), time.monotonic()
    snapshots = pathlib.Path(arguments.snapshots).resolve() if arguments.snapshots else None
    servers = [server for server in SERVERS if not arguments.only or server.name in arguments.only]
    rows, problems, missing = [], [], []
    with tempfile.TemporaryDirectory(prefix="merlon-e2e-") as temporary, concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        work = pathlib.Path(temporary).resolve()
        for row, found, reason in pool.map(lambda server: checked_server(server, cache, work, prefix, snapshots), servers):
            rows.append(row)
            problems += found
            missing += [reason] if reason else []
        if not arguments.only or "clients" in arguments.only:
            try:
                problems += environment_of_everything(work, prefix, install(SERVERS[0], cache))
                more, found = other_clients(cache, work, prefix, install(SERVERS[0], cache), pool)
                rows += more
                problems += found
            except RuntimeError as error:
                rows += [no_row(client, "not run") for client in (INSPECTOR, MCPORTER)]
                missing.append(f"not-run: proxy clients: {error}")
        if not arguments.only or "approvals" in arguments.only:
            try:
                row, found = approvals(cache, work, prefix)
                rows.append(row)
                problems += found
            except RuntimeError as error:
                missing.append(f"not-run: proxy approvals: {error}")
    if rows:
        print_table(rows)
    outcomes = {outcome: sum(1 for row in rows if row[2] == outcome) for outcome in ("run", "FAILED", "not run")}
    print(f"{outcomes['run']} run, {outcomes['FAILED']} failed, {outcomes['not run']} not run; network: "
          f"{'none' if prefix else 'as this machine has it'}; {time.monotonic() - begin:.0f} s")
    for line in missing + problems:
        print(line)
    return 1 if problems or not outcomes["run"] else 0


if __name__ == "__main__":
    sys.exit(main())
