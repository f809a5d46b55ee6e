#!/usr/bin/env python3
"""Makes the recordings below testdata/recordings: plays each *.scenario.json through `merlon proxy`, in shadow mode unless the
scenario names a policy.

    scripts/record_scenarios.py PROGRAM [SCENARIO...]    writes NAME.jsonl beside NAME.scenario.json
    scripts/record_scenarios.py --serve SCENARIO         the server of a scenario, on standard input and output

A recording holds a random session id and the time it was made, so each run writes other bytes with the same decisions.
"""
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "testdata" / "recordings"
POLICY = "observe"


def answer(scenario, request, calls):
    method = request["method"]
    if method == "initialize":
        return {"protocolVersion": request["params"]["protocolVersion"], "capabilities": {"tools": {}},
                "serverInfo": {"name": scenario["server"], "version": "1"}}
    if method == "tools/list":
        return {"tools": scenario["tools"]}
    step = scenario["steps"][calls]
    return {"content": [{"type": "text", "text": step["text"]}]}


def serve(path):
    scenario = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    calls = 0
    for line in sys.stdin:
        request = json.loads(line)
        if "id" not in request:
            continue
        result = answer(scenario, request, calls)
        calls += request["method"] == "tools/call"
        print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}), flush=True)


def requests_of(scenario):
    yield {"method": "initialize", "params": {"protocolVersion": "2025-06-18", "capabilities": {},
                                              "clientInfo": {"name": "agent", "version": "1"}}}
    yield {"method": "tools/list"}
    for step in scenario["steps"]:
        yield {"method": "tools/call", "params": {"name": step["call"], "arguments": step["arguments"]}}


def record(program, path):
    scenario = json.loads(path.read_text(encoding="utf-8"))
    target = path.with_name(path.name.replace(".scenario.json", ".jsonl"))
    target.unlink(missing_ok=True)
    command = [program, "proxy", "--policy", scenario.get("policy", POLICY), "--no-system", "--name", scenario["server"], "--record", str(target),
               "--record-full", "--", sys.executable, str(pathlib.Path(__file__).resolve()), "--serve", str(path)]
    # Where paths really lead is recorded: nothing of this machine. A policy's file is recorded under the name it is read by.
    proxy = subprocess.Popen(command, cwd=ROOT if "policy" in scenario else "/", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    for number, request in enumerate(requests_of(scenario)):
        print(json.dumps({"jsonrpc": "2.0", "id": number, **request}), file=proxy.stdin, flush=True)
        reply = json.loads(proxy.stdout.readline())
        if reply.get("id") != number or "result" not in reply:
            sys.exit(f"{path.name}: no answer to request {number}: {reply}")
        if number == 0:
            print(json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}), file=proxy.stdin, flush=True)
    proxy.stdin.close()
    proxy.wait(timeout=30)
    print(target.relative_to(ROOT))


def main():
    if sys.argv[1:2] == ["--serve"]:
        return serve(sys.argv[2])
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program = str(pathlib.Path(sys.argv[1]).resolve())
    for path in [pathlib.Path(p).resolve() for p in sys.argv[2:]] or sorted(FOLDER.rglob("*.scenario.json")):
        record(program, path)


if __name__ == "__main__":
    main()
