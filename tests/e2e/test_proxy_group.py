"""Three servers behind three proxies of one group, one leg of the Rule of Two each: the call that completes the three is stopped."""
import fcntl
import itertools
import json
import os
import pathlib
import select
import signal
import subprocess
import tempfile
import unittest
import uuid

import harness
import proxy_rig
from harness import processes_with, server, wait_until
from proxy_rig import request, to_line

POLICY = harness.SERVERS / "three_legs.toml"
# The configured name of each tool's server.
SERVERS = {"fetch_page": "web", "read_notes": "notes", "post_note": "board"}
TOOLS = list(SERVERS)


class Member:
    """A client's connection to one server behind a proxy of the group."""

    def __init__(self, world, tool, group):
        self.tool, self.number = tool, 0
        self.recording = world.path / f"{len(world.members)}-{tool}.jsonl"
        options = ["--policy", str(POLICY), "--no-system", "--name", SERVERS[tool], "--record", str(self.recording), "--record-full",
                   *(["--group", group] if group else [])]
        self.process = subprocess.Popen([harness.BINARY, "proxy", "--env", harness.MARK, *options, "--", *server("one_tool", tool, str(world.calls))],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=world.environment,
                                        start_new_session=True)
        self.ask("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}})
        self.process.stdin.write(to_line({"jsonrpc": "2.0", "method": "notifications/initialized"}))
        self.ask("tools/list")

    def ask(self, method, params=None):
        self.number += 1
        self.process.stdin.write(to_line(request(self.number, method, params)))
        self.process.stdin.flush()
        if not select.select([self.process.stdout], [], [], harness.PATIENCE)[0]:
            raise AssertionError(f"{self.tool}: no answer to {method}")
        answer = json.loads(self.process.stdout.readline())
        assert answer["id"] == self.number, answer
        return answer

    def call(self):
        """None when the call passed, else the text that denies it."""
        result = self.ask("tools/call", {"name": self.tool, "arguments": {}})["result"]
        return result["content"][0]["text"] if result.get("isError") else None

    def close(self):
        self.process.stdin.close()
        self.process.wait(harness.PATIENCE)
        for stream in (self.process.stdout, self.process.stderr):
            stream.close()


class World:
    """A home of its own for state and sockets, and a group whose name nobody else has."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="merlon-group-")
        self.path = pathlib.Path(self.folder.name)
        self.calls = self.path / "calls"
        self.calls.touch()
        self.group = "g" + uuid.uuid4().hex[:20]
        self.mark = uuid.uuid4().hex
        self.environment = {**proxy_rig.clean_environment(self.folder.name), harness.MARK: self.mark}
        self.members = []
        return self

    def __exit__(self, *_):
        for member in self.members:
            if member.process.poll() is None:
                member.close()
        for pid in self.brokers():
            os.kill(pid, signal.SIGTERM)
        ended = wait_until(lambda: not self.brokers(), 10)
        left = processes_with(self.mark)
        self.folder.cleanup()
        if not ended or left:
            raise AssertionError(f"still there: brokers {self.brokers()}, others {left}")

    def member(self, tool, grouped=True):
        self.members.append(Member(self, tool, self.group if grouped else None))
        return self.members[-1]

    def brokers(self):
        """Processes of the group that are no proxies."""
        proxies = {member.process.pid for member in self.members}
        return [pid for pid in processes_with(self.group) if pid not in proxies and not descends(pid, proxies)]

    def lock(self):
        return self.path / "state" / "merlon" / "groups" / f"{self.group}.lock"

    def passed(self):
        return self.calls.read_text(encoding="utf-8").split()


def descends(pid, proxies):
    """A proxy's own processes (its keeper) carry its command line."""
    try:
        line = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"\0proxy\0" in line or not proxies


class Group(unittest.TestCase):
    def denied(self, text, tools):
        self.assertIsNotNone(text, "the call passed")
        self.assertIn("RULE_OF_TWO", text)
        for tool in tools:
            self.assertIn(f"`{tool}`", text)
            self.assertIn(f"`{SERVERS[tool]}`", text)

    def replays(self, world):
        """Every member's session, decided again, makes the same bytes."""
        for member in world.members:
            if member.process.poll() is None:
                member.close()
            proxy_rig.assert_replays(member.recording)

    def test_the_third_leg_is_stopped_in_every_order_names_the_others_and_replays_to_the_same_bytes(self):
        for order in itertools.permutations(TOOLS):
            with self.subTest(order=order), World() as world:
                members = {tool: world.member(tool) for tool in order}
                self.assertIsNone(members[order[0]].call())
                self.assertIsNone(members[order[1]].call())
                self.denied(members[order[2]].call(), order[:2])
                self.assertEqual(world.passed(), list(order[:2]))
                self.replays(world)

    def test_without_a_group_each_server_is_judged_by_itself(self):
        with World() as world:
            for tool in TOOLS:
                self.assertIsNone(world.member(tool, grouped=False).call())
            self.assertEqual(world.brokers(), [])

    def test_two_legs_may_go_on(self):
        with World() as world:
            first, second = world.member("fetch_page"), world.member("post_note")
            for _ in range(3):
                self.assertIsNone(first.call())
                self.assertIsNone(second.call())

    def test_a_server_that_comes_later_and_one_that_is_started_again_know_what_was(self):
        with World() as world:
            first = world.member("fetch_page")
            self.assertIsNone(first.call())
            first.close()
            second = world.member("read_notes")
            self.assertIsNone(second.call())
            second.close()
            self.denied(world.member("post_note").call(), ["fetch_page", "read_notes"])

    def test_what_was_touched_outlives_the_broker(self):
        with World() as world:
            members = {tool: world.member(tool) for tool in TOOLS}
            self.assertIsNone(members["fetch_page"].call())
            self.assertIsNone(members["read_notes"].call())
            for pid in world.brokers():
                os.kill(pid, signal.SIGKILL)
            text = members["post_note"].call()
            self.assertIsNotNone(text)
            self.assertIn("RULE_OF_TWO", text)
            self.assertEqual(world.passed(), ["fetch_page", "read_notes"])

    def test_without_a_broker_the_worst_is_assumed_until_it_is_back(self):
        with World() as world:
            member = world.member("post_note")
            self.assertIsNone(member.call())
            self.assertTrue(wait_until(lambda: len(world.brokers()) == 1, 10), world.brokers())
            with open(world.lock(), "rb") as lock:
                self.assertTrue(wait_until(lambda: self.take(world, lock), 20), "the broker does not go away")
                # Nobody has touched private data or untrusted input; but nobody can say so.
                text = member.call()
                self.assertIsNotNone(text)
                self.assertIn("RULE_OF_TWO", text)
            self.assertTrue(wait_until(lambda: member.call() is None, 30), "the broker did not come back")
            self.replays(world)

    @staticmethod
    def take(world, lock):
        """Kills the broker and holds its lock, so that no other one can serve."""
        for pid in world.brokers():
            os.kill(pid, signal.SIGKILL)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            return False


if __name__ == "__main__":
    unittest.main()
