"""One pair for each guard: `merlon proxy` under the guard's example policy stops one message and lets its harmless twin pass.

A row is guard_pairs/<guard>.json:

    about     what is stopped, in a sentence
    tools     what the server offers; `approved`: what it offered when it was approved, where that has to be
    answers   results of tools; others give back their arguments
    before    calls that lead there, each of which passes
    harmless  the twin: its bytes reach the server, and the bytes of the answer the client
    stopped   the message that is denied, asked about, or whose answer is changed
    client    result or error that the client gets for it, all of it
    spoken    every decision of the session that is not a plain allow: direction, method, verdict, rules

A call is {"tool", "arguments"}; `line_bytes` lengthens its argument `text` until the message has so many bytes. Each session is recorded in
full, and `merlon replay` decides it to the same bytes.
"""
import json
import os
import pathlib
import re
import select
import subprocess
import tempfile
import unittest
import uuid

import harness
import proxy_rig
from harness import server
from proxy_rig import request, to_line

ROWS = harness.HERE / "guard_pairs"
EXAMPLES = harness.ROOT / "policies" / "examples"
NAME = "fixture"
# What a busy machine makes of deadlines is not looked at here.
POLICY = """format = 1
name = "pair"
version = 1
extends = "{}"
[defaults]
timeout_ms = 10000
"""


class Session:
    """A client, the proxy and the row's server."""

    def __init__(self, guard, row, folder):
        self.folder, self.number = folder, 0
        self.recording = folder / "session.jsonl"
        environment = {**proxy_rig.clean_environment(str(folder)), harness.MARK: uuid.uuid4().hex}
        self.server = server("scripted", str(ROWS / f"{guard}.json"), str(folder))
        if "approved" in row:
            self.approve(environment)
        policy = folder / "policy.toml"
        policy.write_text(POLICY.format(os.path.relpath(EXAMPLES / f"{guard}.toml", folder)), encoding="utf-8")
        self.process = subprocess.Popen([harness.BINARY, "proxy", "--env", harness.MARK, "--policy", str(policy), "--no-system", "--name", NAME,
                                         "--record", str(self.recording), "--record-full", "--", *self.server],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd=folder)

    def approve(self, environment):
        snapshot, mark = self.folder / "snapshot.json", self.folder / "approved"
        mark.touch()
        for words in (["capture", "--era", "legacy", "--quiet", "--output", str(snapshot), "--", *self.server],
                      ["pins", "approve", "--yes", "--server", NAME, str(snapshot)]):
            subprocess.run([harness.BINARY, *words], check=True, stdin=subprocess.DEVNULL, capture_output=True, env=environment, cwd=self.folder)
        mark.unlink()

    def ask(self, method, params=None, line_bytes=None):
        """The line that was sent, and the one that answers it."""
        self.number += 1
        message = request(self.number, method, params)
        if line_bytes is not None:
            message["params"]["arguments"]["text"] += "x" * (line_bytes + 1 - len(to_line(message)))
        line = to_line(message)
        self.say(line)
        if not select.select([self.process.stdout], [], [], harness.PATIENCE)[0]:
            raise AssertionError(f"no answer to {line[:200]}")
        return line, self.process.stdout.readline()

    def call(self, what):
        return self.ask("tools/call", {"name": what["tool"], "arguments": dict(what["arguments"])}, what.get("line_bytes"))

    def say(self, line):
        self.process.stdin.write(line)
        self.process.stdin.flush()

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(harness.PATIENCE)

    def lines(self, name):
        """What the server got (`came`) or sent (`went`)."""
        return (self.folder / name).read_bytes().splitlines(keepends=True)


class Pairs(unittest.TestCase):
    maxDiff = None

    def play(self, guard):
        row = json.loads((ROWS / f"{guard}.json").read_text(encoding="utf-8"))
        with tempfile.TemporaryDirectory(prefix="merlon-pair-") as name:
            session = Session(guard, row, pathlib.Path(name))
            try:
                session.ask("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}})
                session.say(to_line({"jsonrpc": "2.0", "method": "notifications/initialized"}))
                session.ask("tools/list")
                for step in [*row.get("before", []), row["harmless"]]:
                    sent, got = session.call(step)
                    self.assertIn(sent, session.lines("came"))
                    self.assertEqual(session.lines("went")[-1], got)
                sent, got = session.call(row["stopped"])
            finally:
                code = session.close()
            self.assertEqual(code, 0)
            events = [line for line in map(json.loads, session.recording.read_text(encoding="utf-8").splitlines()) if line["type"] == "event"]
            told = {"client": self.client_side(json.loads(got), events), "spoken": self.spoken(guard, events)}
            self.assertEqual(told, {"client": row["client"], "spoken": row["spoken"]})
            proxy_rig.assert_replays(session.recording)
            changed = row["spoken"][-1][2] == "modify"
            self.assertEqual(sent in session.lines("came"), changed)
            self.assertNotEqual(session.lines("went")[-1], got)

    def spoken(self, guard, events):
        """Every decision but allow, all of them this guard's."""
        methods, found = {}, []
        for event in events:
            message, decision = event["message"], event["decision"]
            if "method" in message:
                methods[message.get("id")] = message["method"]
            if decision["verdict"] == "allow":
                continue
            self.assertEqual(decision["determining"], [guard])
            rules = [reason["rule"] for outcome in decision["outcomes"] for reason in outcome.get("reasons", [])]
            found.append([event["direction"], message.get("method") or methods[message["id"]], decision["verdict"], rules])
        return found

    @staticmethod
    def client_side(answer, events):
        """Result or error, with words in place of the request's id and of seconds to wait."""
        own = [event["decision"]["request_id"] for event in events]
        text = json.dumps({key: value for key, value in answer.items() if key in ("result", "error")})
        for number in sorted(own, key=len, reverse=True):
            text = text.replace(number, "REQUEST")
        return json.loads(re.sub(r"(?i)(try again in) [0-9]+ seconds", r"\1 SECONDS seconds", text))


def add_test(guard):
    def test(self):
        self.play(guard)
    setattr(Pairs, f"test_{guard.replace('-', '_')}_stops_one_and_lets_its_twin_pass", test)


for path in sorted(ROWS.glob("*.json")):
    add_test(path.stem)

if __name__ == "__main__":
    unittest.main()
