#!/usr/bin/env python3
"""How many messages a second `merlon replay` decides, on one core, with the policy `default`.

    tests/bench/bench_replay.py build/release/merlon [--messages N] [--assert]

A session of 590 calls of about 300 bytes and their answers (the policy allows 600 calls a minute) is recorded in full through
`merlon proxy` and a server that answers at once. Copies of it, N messages in all, are replayed by their own policy with one
thread: read, parsed, decided, and every decision held against the recorded bytes. Printed with the mix. With --assert the exit
code is 1 below 100,000 a second.
"""
import argparse
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

BAR = 100_000
CALLS = 590
SERVER = r"""
import json, sys
pad = "The meeting moved to Thursday at ten, room four; bring the printed budget and the notes of last week. "
for line in sys.stdin:
    request = json.loads(line)
    if "id" not in request:
        continue
    method = request["method"]
    if method == "initialize":
        result = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "notes", "version": "1"}}
    elif method == "tools/list":
        result = {"tools": [{"name": "read_note", "description": "Reads a note.", "inputSchema": {"type": "object"}},
                            {"name": "write_note", "description": "Writes a note.", "inputSchema": {"type": "object"}}]}
    else:
        result = {"content": [{"type": "text", "text": (pad * 3)[:220]}]}
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}, separators=(",", ":")) + "\n")
    sys.stdout.flush()
"""


def call(number):
    tool = "write_note" if number % 4 == 3 else "read_note"
    arguments = {"id": str(number), "text": ("remember the bread and the milk, and call the office about the lease " * 4)[:200]}
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}


def record(program, folder):
    server = folder / "server.py"
    server.write_text(SERVER, encoding="utf-8")
    target = folder / "session.jsonl"
    command = [program, "proxy", "--policy", "default", "--no-system", "--record", str(target), "--record-full", "--",
               sys.executable, str(server)]
    proxy = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    opening = [{"jsonrpc": "2.0", "id": "i", "method": "initialize",
                "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "b", "version": "1"}}},
               {"jsonrpc": "2.0", "id": "l", "method": "tools/list"}]
    for request in opening + [call(n) for n in range(CALLS)]:
        proxy.stdin.write(json.dumps(request, separators=(",", ":")) + "\n")
        proxy.stdin.flush()
        proxy.stdout.readline()
    proxy.stdin.close()
    proxy.wait(timeout=60)
    return target


def cpu_seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--messages", type=int, default=40_000)
    parser.add_argument("--assert", dest="bar", action="store_true")
    args = parser.parse_args()
    program = str(pathlib.Path(args.program).resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        session = record(program, folder)
        events = [json.loads(line) for line in session.read_text(encoding="utf-8").splitlines()]
        events = [event for event in events if event["type"] == "event"]
        sizes = [len(json.dumps(event["message"], separators=(",", ":"))) for event in events]
        verdicts = {}
        for event in events:
            verdict = event["decision"]["verdict"]
            verdicts[verdict] = verdicts.get(verdict, 0) + 1
        copies = max(1, args.messages // len(events))
        sessions = folder / "sessions"
        sessions.mkdir()
        for number in range(copies):
            (sessions / f"{number:05}.jsonl").write_bytes(session.read_bytes())
        # What a run costs whatever it reads: start, rules, the policy.
        _, start, _ = cpu_seconds([program, "replay", str(sessions / "00000.jsonl"), "--jobs", "1", "--messages", "none"])
        rates = {}
        for title, extra in (("by its own policy", []), ("by name", ["--policy", "default", "--no-system"])):
            done, cpu, wall = cpu_seconds([program, "replay", str(sessions), "--jobs", "1", "--messages", "none", *extra])
            if done.returncode != 0:
                sys.exit(f"replay ended with {done.returncode}:\n{done.stdout}{done.stderr}")
            rates[title] = len(events) * (copies - 1) / max(cpu - start, 1e-9)
            print(f"{title}: {rates[title]:,.0f} messages a second of one core ({cpu:.2f} s processor, {wall:.2f} s wall)")
    print(f"mix: {copies} sessions of {len(events)} messages, mean {sum(sizes) / len(sizes):.0f} bytes, calls and answers in turn, one call in four writes; "
          + ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items())))
    return 1 if args.bar and min(rates.values()) < BAR else 0


if __name__ == "__main__":
    sys.exit(main())
