"""Approvals with clients from npm: mcporter starts the proxy before the memory server, and a person answers from another process.

Run by scripts/e2e_proxy.sh (`--only approvals`). Python standard library only.
"""
import json
import shlex
import subprocess

import harness

PATIENCE = 120
ADA = {"type": "entity", "name": "Ada", "entityType": "person", "observations": ["writes programs"]}


class Desk:
    """mcporter, the proxy and the memory server in one folder, and the person's command."""

    def __init__(self, work, mcporter, memory, path):
        self.work, self.mcporter = work, mcporter
        self.memory_file = work / "memory.jsonl"
        self.environment = {"PATH": path, "HOME": str(work), "LANG": "C.UTF-8", "XDG_STATE_HOME": str(work / "state"), "NO_COLOR": "1",
                            "XDG_RUNTIME_DIR": str(work)}
        self.policy, self.recording, self.script = work / "policy.toml", work / "session.jsonl", work / "proxied.sh"
        self.server = memory

    def prepare(self, approval):
        self.memory_file.write_text(json.dumps(ADA, separators=(",", ":")), encoding="utf-8")
        self.recording.unlink(missing_ok=True)
        self.policy.write_text(f'format = 1\nname = "approvals"\nextends = "{harness.ROOT / "policies" / "default.toml"}"\n[approval]\n{approval}',
                               encoding="utf-8")
        proxy = [harness.BINARY, "proxy", "--no-system", "--policy", str(self.policy), "--name", "memory", "--env", "MEMORY_FILE_PATH",
                 "--record", str(self.recording), "--", self.server]
        self.script.write_text(f"#!/bin/sh\nMEMORY_FILE_PATH={shlex.quote(str(self.memory_file))} exec {shlex.join(proxy)}\n", encoding="utf-8")
        self.script.chmod(0o755)

    def start(self, name="Ada"):
        words = [*self.mcporter, "call", "--stdio", str(self.script), "--name", "memory", "delete_entities", "--args",
                 json.dumps({"entityNames": [name]}), "--output", "json"]
        return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.work,
                                env=self.environment, start_new_session=True)

    def approvals(self, *arguments):
        return harness.merlon("approvals", *arguments, environment=self.environment)

    def ticket(self):
        assert harness.wait_until(lambda: self.approvals("list", "--format", "json").out.startswith('[{'), PATIENCE), "no ticket came"
        return json.loads(self.approvals("list", "--format", "json").out)[0]

    def remembers_ada(self):
        return "Ada" in self.memory_file.read_text(encoding="utf-8")

    def sent(self):
        """How many calls of delete_entities went on to the server, by the recording."""
        lines = [json.loads(line) for line in self.recording.read_text(encoding="utf-8").splitlines()]
        calls = [line for line in lines if line.get("type") == "event" and '"delete_entities"' in json.dumps(line.get("message")) and
                 '"tools/call"' in json.dumps(line.get("message"))]
        return sum(1 for call in calls if "sent" not in call), len(calls)


def held_and_approved(desk):
    desk.prepare('mode = "hold"\nhold_seconds = 60\n')
    client = desk.start()
    ticket = desk.ticket()
    assert desk.remembers_ada(), "executed before it was approved"
    run = desk.approvals("approve", ticket["id"], "--as", "amelia")
    assert run.code == 0, run
    out, err = client.communicate(timeout=PATIENCE)
    assert client.returncode == 0, (client.returncode, out[-400:], err[-400:])
    assert not desk.remembers_ada(), "approved, but not executed"
    assert desk.sent() == (1, 1), f"sent {desk.sent()}"
    assert b"approve" not in out, "the client was told how to approve"
    replay = harness.merlon("replay", "--no-system", "--format", "json", desk.recording)
    assert replay.code == 0 and replay.json()["sessions"][0]["reproduction"]["different"] == 0, replay


def denied(desk):
    desk.prepare('mode = "hold"\nhold_seconds = 60\n')
    client = desk.start()
    assert desk.approvals("deny", desk.ticket()["id"]).code == 0
    out, _ = client.communicate(timeout=PATIENCE)
    assert b"A person refused this call" in out, out[-400:]
    assert desk.remembers_ada() and desk.sent()[0] == 0


def nobody_answers(desk):
    desk.prepare('mode = "hold"\nhold_seconds = 2\n')
    client = desk.start()
    out, _ = client.communicate(timeout=PATIENCE)
    assert b"APPROVAL_REQUIRED" in out, out[-400:]
    assert desk.remembers_ada() and desk.sent()[0] == 0


def refused(desk):
    """A grant of another ticket, one of another text, and an answer of the same account where the policy wants another."""
    desk.prepare('mode = "hold"\nhold_seconds = 60\n[approval.min_assurance]\ndefault = "other-user"\n')
    client = desk.start()
    ticket = desk.ticket()
    run = desk.approvals("approve", ticket["id"])
    assert run.code == 1 and "low-assurance" in run.out, run
    line = desk.work / "ticket.json"
    line.write_text(json.dumps({**ticket, "summary": "{}"}, separators=(",", ":")), encoding="utf-8")
    grant = desk.work / "grant.json"
    assert desk.approvals("sign", line, "--out", grant).code == 0
    run = desk.approvals("approve", ticket["id"], "--grant", grant)
    assert run.code == 1 and "other-ticket" in run.out, run
    assert desk.approvals("deny", ticket["id"]).code == 0
    client.communicate(timeout=PATIENCE)
    assert desk.remembers_ada() and desk.sent()[0] == 0


CASES = (held_and_approved, denied, nobody_answers, refused)


def approved_calls(work, mcporter, memory, path):
    """[(case, what is wrong or nothing)]"""
    found = []
    for case in CASES:
        folder = work / case.__name__
        folder.mkdir(parents=True)
        try:
            case(Desk(folder, mcporter, memory, path))
            found.append((case.__name__, ""))
        except (AssertionError, subprocess.TimeoutExpired, OSError, ValueError, KeyError) as error:
            found.append((case.__name__, f"{type(error).__name__} {error}"))
    return found
