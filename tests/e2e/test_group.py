"""Groups as processes: one broker however many want one, what survives a kill, what a person sees and resets."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import BINARY, PATIENCE, is_alive, processes_with  # noqa: E402


def witness(server, reference):
    return {"server": server, "tool": "tool", "reference": reference, "time_ms": 1}


class Member:
    """Speaks the broker's protocol as a proxy does (docs/spec/group.md)."""

    def __init__(self, world, server, legs=None):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(str(world.socket))
        self.lines = self.socket.makefile("rb")
        self.say(m="hello", protocol=1, group="work", server=server, session=server + "-s", legs=legs or {})
        self.state = self.hear()

    def say(self, **message):
        self.socket.sendall(json.dumps(message).encode() + b"\n")

    def hear(self):
        line = self.lines.readline()
        return json.loads(line) if line else None

    def reserve(self, leg, version):
        self.say(m="reserve", ticket=1, version=version, legs={leg: witness("x", "x/1")})
        while True:
            answer = self.hear()
            if answer is None or answer["m"] in ("granted", "stale"):
                return answer

    def close(self):
        self.lines.close()
        self.socket.close()


class World:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="merlon-group-")
        root = pathlib.Path(self.folder.name)
        (root / "run").mkdir(mode=0o700)
        self.socket = root / "run" / "merlon" / "group-work.sock"
        self.file = root / "state" / "merlon" / "groups" / "work.json"
        self.env = {"HOME": str(root), "XDG_STATE_HOME": str(root / "state"), "XDG_RUNTIME_DIR": str(root / "run"),
                    "PATH": os.environ.get("PATH", ""), "MERLON_E2E_MARK": str(root)}
        self.started = []

    def broker(self, *words):
        process = subprocess.Popen([BINARY, "broker", "--group", "work", *words], env=self.env, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.started.append(process)
        return process

    def wait_for_socket(self):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                with socket.socket(socket.AF_UNIX) as probe:
                    probe.connect(str(self.socket))
                    return
            except OSError:
                time.sleep(0.005)
        raise AssertionError("no broker came")

    def merlon(self, *words):
        return subprocess.run([BINARY, *words], env=self.env, capture_output=True, text=True, timeout=PATIENCE, check=False)

    def close(self):
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.wait()
            process.stderr.close()
        self.folder.cleanup()


class GroupTest(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)

    def test_of_many_brokers_at_once_one_stays(self):
        started = [self.world.broker() for _ in range(6)]
        self.world.wait_for_socket()
        deadline = time.monotonic() + PATIENCE
        while sum(process.poll() is None for process in started) > 1 and time.monotonic() < deadline:
            time.sleep(0.005)
        self.assertEqual(sum(process.poll() is None for process in started), 1)
        for process in started:
            if process.poll() is not None:
                self.assertEqual(process.returncode, 1)
                self.assertEqual(process.stderr.read(), "merlon: error[usage]: the group has a broker already\n")
        member = Member(self.world, "web")
        self.assertEqual(member.state["legs"], {})
        member.close()

    def test_a_killed_broker_is_noticed_and_the_next_one_knows_what_it_granted(self):
        first = self.world.broker()
        self.world.wait_for_socket()
        web, files = Member(self.world, "web"), Member(self.world, "files")
        self.assertEqual(web.reserve("untrusted", web.state["version"])["m"], "granted")
        news = files.hear()
        self.assertEqual(list(news["legs"]), ["untrusted"])
        first.send_signal(signal.SIGKILL)
        self.assertIsNone(files.hear(), "the end of the connection says it")
        first.wait()
        self.world.broker()
        self.world.wait_for_socket()
        again = Member(self.world, "files")
        self.assertEqual(list(again.state["legs"]), ["untrusted"])
        self.assertEqual(self.world.file.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.world.socket.parent.stat().st_mode & 0o777, 0o700)
        for member in (web, files, again):
            member.close()

    def test_two_that_reserve_on_the_same_version_do_not_both_get_it(self):
        self.world.broker()
        self.world.wait_for_socket()
        for _ in range(20):
            web, files = Member(self.world, "web"), Member(self.world, "files")
            version = files.state["version"]
            for member, leg in ((web, "sensitive"), (files, "outside")):
                member.say(m="reserve", ticket=1, version=version, legs={leg: witness("x", "x/1")})
            answers = []
            for member in (web, files):
                answer = member.hear()
                while answer["m"] == "state":
                    answer = member.hear()
                answers.append(answer["m"])
            self.assertEqual(sorted(answers), ["granted", "stale"])
            web.close()
            files.close()
            deadline = time.monotonic() + PATIENCE
            while self.world.merlon("group", "reset", "work").returncode != 0:
                self.assertLess(time.monotonic(), deadline)

    def test_it_ends_when_nobody_is_there_and_leaves_what_was_touched(self):
        broker = self.world.broker("--idle", "0")
        self.assertEqual(broker.wait(PATIENCE), 0)
        self.assertFalse(self.world.socket.exists())
        broker = self.world.broker("--idle", "1")
        self.world.wait_for_socket()
        member = Member(self.world, "web", {"outside": witness("web", "web-s/3")})
        member.close()
        self.assertEqual(broker.wait(PATIENCE), 0)
        shown = self.world.merlon("group", "show", "work")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("  outside effect   `tool` of `web`, event web-s/3, 1970-01-01 00:00 UTC\n", shown.stdout)

    def test_a_person_sees_the_group_and_resets_it(self):
        self.world.broker()
        self.world.wait_for_socket()
        member = Member(self.world, "web", {"sensitive": witness("web", "web-s/2")})
        shown = self.world.merlon("group", "show", "work")
        self.assertEqual((shown.returncode, shown.stdout, shown.stderr), (0, (
            "group `work`\n"
            "  untrusted input  -\n"
            "  private data     `tool` of `web`, event web-s/2, 1970-01-01 00:00 UTC\n"
            "  outside effect   -\n"
            "  proxy of `web`, session web-s\n"), ""))
        listed = self.world.merlon("group", "list")
        self.assertEqual((listed.returncode, listed.stdout), (0, "`work`  private data  1 proxy\n"))
        refused = self.world.merlon("group", "reset", "work")
        self.assertEqual((refused.returncode, refused.stdout, refused.stderr), (1, "", (
            "merlon: error[usage]: there are still proxies of the group: `web`\n"
            "merlon: hint: close the client, or stop these servers in it, then try again\n")))
        member.close()
        deadline = time.monotonic() + PATIENCE
        while self.world.merlon("group", "reset", "work").returncode != 0:
            self.assertLess(time.monotonic(), deadline)
        listed = self.world.merlon("group", "list")
        self.assertEqual((listed.returncode, listed.stdout), (0, "`work`  nothing  no proxies\n"))

    def test_garbage_does_not_end_it(self):
        broker = self.world.broker()
        self.world.wait_for_socket()
        for bytes_ in (b"\x00" * 300_000, b"{" * 200_000 + b"\n", b'{"m":"state"}\n', b"\xff\n", b""):
            with socket.socket(socket.AF_UNIX) as peer:
                peer.connect(str(self.world.socket))
                try:
                    peer.sendall(bytes_)
                except OSError:
                    pass  # it has been closed on us, as it should
        member = Member(self.world, "web")
        self.assertEqual(member.state["m"], "state")
        self.assertIsNone(broker.poll())
        member.close()

    def test_no_process_is_left(self):
        self.world.broker("--idle", "0").wait(PATIENCE)
        self.assertEqual([pid for pid in processes_with(self.world.env["MERLON_E2E_MARK"]) if is_alive(pid)], [])


if __name__ == "__main__":
    unittest.main()
