"""Plays the cases of this folder through `merlon proxy`; README.md has the format. Python standard library only.

    run.py [--only NAME]... [--stand-in PROGRAM]

--stand-in plays the expectations of shadow mode through another program that starts its arguments as a server: a relay that changes
nothing must pass, which shows that the rig itself changes nothing.
"""
import argparse
import json
import os
import pathlib
import sys
import time
import tomllib

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent.parent / "e2e"))
import proxy_rig  # noqa: E402
from proxy_rig import Rig, request, result, to_line  # noqa: E402

TOOLS = [{"name": name, "description": text, "inputSchema": {"type": "object"}}
         for name, text in (("echo", "Gives back its input"), ("forbidden", "Is not for you"), ("sum", "Adds two numbers"))]
META = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}
# A message that the proxy holds for a moment is waited for this long after the marker behind it has passed.
HELD_SECONDS = 5
POLICIES = {"enforce": FOLDER / "policy.toml", "observe": FOLDER / "observe.toml"}
STEP_KEYS = {"client", "server", "raw", "cut", "far", "instead", "back", "hides", "observe"}
CASE_KEYS = {"name", "why", "revision", "end", "step", "peak_megabytes"}


class Wrong(Exception):
    """A promise that was not kept."""


def payload(parts):
    out = b""
    for part in parts if isinstance(parts, list) else [parts]:
        if isinstance(part, str):
            out += part.encode()
        elif "hex" in part:
            out += bytes.fromhex(part["hex"])
        else:
            out += part["repeat"].encode() * part["times"]
    return out


def shown(lines):
    return [line if len(line) < 300 else line[:200] + b"... (" + str(len(line)).encode() + b" bytes)" for line in lines]


class Play:
    """One case in one session."""

    def __init__(self, rig, case, mode):
        self.rig, self.case, self.mode = rig, case, mode
        self.sent = set()       # what the client sent: anything else that the server gets is the proxy's own
        self.markers = 0
        self.own_questions = 0

    def tools(self, number):
        return result(number, {"tools": TOOLS, **({"resultType": "complete", "ttlMs": 0, "cacheScope": "private"} if self.modern() else {})})

    def modern(self):
        return self.case.get("revision", "") >= "2026-07-28"

    def say(self, end, data):
        if end is self.rig.client:
            self.sent.update(cut_lines(data))
        end.send(data)

    def hear(self, end):
        """The next line that a peer sent; the proxy's own questions are answered and kept out."""
        while True:
            line = end.line()
            if line is None:
                raise Wrong("the stream ended\n" + self.rig.error_text())
            if end is self.rig.server and line not in self.sent and b'"tools/list"' in line:
                self.own_questions += 1
                end.send(to_line(self.tools(json.loads(line)["id"])))
                continue
            return line

    def pass_on(self, sender, receiver, message):
        line = to_line(message)
        self.say(sender, line)
        got = self.hear(receiver)
        if got != line:
            raise Wrong(f"the opening exchange was changed: {shown([got])} for {shown([line])}")

    def open(self):
        client, server = self.rig.client, self.rig.server
        if self.modern():
            self.pass_on(client, server, request("d", "server/discover", {"_meta": META}))
            self.pass_on(server, client, result("d", {"resultType": "complete", "supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}},
                                                      "ttlMs": 0, "cacheScope": "private"}))
            self.pass_on(client, server, request("l", "tools/list", {"_meta": META}))
        else:
            revision = self.case.get("revision", "2025-11-25")
            self.pass_on(client, server, request("i", "initialize", {
                "protocolVersion": revision, "capabilities": {}, "clientInfo": {"name": "rig", "version": "1"}}))
            self.pass_on(server, client, result("i", {
                "protocolVersion": revision, "capabilities": {"tools": {}}, "serverInfo": {"name": "rig", "version": "1"}}))
            self.pass_on(client, server, {"jsonrpc": "2.0", "method": "notifications/initialized"})
            self.pass_on(client, server, request("l", "tools/list"))
        self.pass_on(server, client, self.tools("l"))

    def round_trip(self, sender, receiver):
        """What came at both ends before a marker that was sent now."""
        self.markers += 1
        asked, answered = to_line(request(f"marker-{self.markers}", "ping")), to_line(result(f"marker-{self.markers}", {}))
        far, back = [], []
        self.say(sender, asked)
        while (line := self.hear(receiver)) != asked:
            far.append(line)
        self.say(receiver, answered)
        while (line := self.hear(sender)) != answered:
            back.append(line)
        return far, back

    def collect(self, sender, receiver, wanted):
        """`wanted`: how many lines are expected in all."""
        far, back = self.round_trip(sender, receiver)
        end = time.monotonic() + HELD_SECONDS
        while len(far) + len(back) < wanted and time.monotonic() < end:
            more = self.round_trip(sender, receiver)
            far, back = far + more[0], back + more[1]
            time.sleep(0.001)
        return far, back

    def until_end(self, sender, receiver):
        sender.close()
        far = []
        while (line := receiver.line()) is not None:
            far.append(line)
        return far + ([receiver.rest] if receiver.rest else []), []

    def write(self, sender, data, cut):
        if not cut:
            return sender.send(data)
        places = range(1, len(data)) if cut == "every" else cut
        begin = 0
        for place in [*places, len(data)]:
            sender.send_and_drain(data[begin:place])
            begin = place
        return None

    def step(self, step, last):
        if self.mode == "observe":
            kept = {key: value for key, value in step.items() if key in ("client", "server", "raw", "cut")}
            step = {**kept, **step.get("observe", {})}
        from_client = "client" in step
        sender, receiver = (self.rig.client, self.rig.server) if from_client else (self.rig.server, self.rig.client)
        data = payload(step["client" if from_client else "server"]) + (b"" if step.get("raw") else b"\n")
        lines = cut_lines(data)
        if from_client:
            self.sent.update(lines)
        far_rule = step.get("far", "same")
        expected = {"same": lines, "nothing": []}.get(far_rule) if isinstance(far_rule, str) else [lines[i] for i in far_rule]
        instead, refusals = step.get("instead", []), step.get("back", [])
        self.write(sender, data, step.get("cut"))
        if last and self.case.get("end"):
            # Whether the line feed that is missing is added is no difference.
            far, back = self.until_end(sender, receiver)
            far, expected = [line.rstrip(b"\n") for line in far], [line.rstrip(b"\n") for line in expected]
        else:
            far, back = self.collect(sender, receiver, len(expected) + len(instead) + len(refusals))
        self.judge(step, far, back, expected)

    def judge(self, step, far, back, expected):
        if "hides" in step:
            text = step["hides"].encode()
            if any(text in line for line in far) or not far:
                raise Wrong(f"arrived with `{step['hides']}`, or not at all: {shown(far)}")
        elif step.get("instead"):
            check_refusals(far, step["instead"], "in place of it")
        elif far != expected:
            raise Wrong(f"arrived {shown(far)}\n    expected {shown(expected)}; back came {shown(back)}")
        check_refusals(back, step.get("back", []), "to the sender")


def cut_lines(data):
    whole = data.split(b"\n")
    return [line + b"\n" for line in whole[:-1]] + ([whole[-1]] if whole[-1] else [])


def check_refusals(lines, wanted, where):
    if len(lines) != len(wanted):
        raise Wrong(f"{where}: {shown(lines)}\n    expected {wanted}")
    for line, words in zip(lines, wanted):
        kind, _, rest = words.partition(" ")
        code, _, number = rest.partition(" ") if kind == "error" else ("", "", rest)
        if not line.startswith(b'{"jsonrpc":"2.0","id":' + number.encode() + b","):
            raise Wrong(f"{where}: {shown([line])}\n    expected the id {number}")
        answer = json.loads(line)
        if kind == "error" and answer.get("error", {}).get("code") != int(code):
            raise Wrong(f"{where}: {shown([line])}\n    expected the error {code}")
        if kind == "denied":
            content = answer.get("result", {})
            if content.get("isError") is not True or not content["content"][0]["text"].startswith("Blocked by policy"):
                raise Wrong(f"{where}: {shown([line])}\n    expected a result that says it was blocked")


def play(case, mode, stand_in):
    options = ["--policy", POLICIES[mode], "--name", "rig"]
    with Rig(options, command=stand_in) as rig:
        session = Play(rig, case, mode)
        session.open()
        for number, step in enumerate(case["step"]):
            try:
                session.step(step, number + 1 == len(case["step"]))
            except (Wrong, AssertionError) as error:
                raise Wrong(f"step {number + 1}: {error}") from None
        if "peak_megabytes" in case and mode == "enforce" and not os.environ.get("MERLON_SANITIZED"):
            peak = proxy_rig.peak_bytes(rig.process.pid) >> 20
            if peak > case["peak_megabytes"]:
                raise Wrong(f"the proxy took {peak} MiB, more than {case['peak_megabytes']}")
    if rig.code is None:
        raise Wrong("the proxy did not end after both ends had gone")


def load(only):
    cases = []
    for path in sorted(FOLDER.glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8")).get("case", []):
            unknown = set(case) - CASE_KEYS | {key for step in case["step"] for key in set(step) - STEP_KEYS}
            if unknown:
                raise SystemExit(f"{path.name}: {case.get('name')}: unknown {sorted(unknown)}")
            cases.append(case)
    names = [case["name"] for case in cases]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise SystemExit(f"names that are there twice: {sorted(twice)}")
    return [case for case in cases if not only or case["name"] in only]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="NAME")
    parser.add_argument("--stand-in", metavar="PROGRAM", help="words, divided by blanks")
    parser.add_argument("--mode", choices=sorted(POLICIES), action="append")
    arguments = parser.parse_args()
    stand_in = arguments.stand_in.split() if arguments.stand_in else None
    modes = ["observe"] if stand_in else arguments.mode or ["enforce", "observe"]
    begin, failed, count, steps = time.monotonic(), 0, 0, 0
    for mode in modes:
        for case in load(arguments.only):
            count, steps = count + 1, steps + len(case["step"])
            try:
                play(case, mode, stand_in)
            except (Wrong, AssertionError, OSError) as error:
                failed += 1
                print(f"FAILED {mode} {case['name']}: {error}", flush=True)
    print(f"{count} cases, {steps} steps, {failed} failed")
    print(f"Ran {count} tests in {time.monotonic() - begin:.1f} s")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
