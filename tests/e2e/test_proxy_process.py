"""`merlon proxy` as a process between two others: starting, ending, signals, standard error, and who waits for whom."""
import json
import os
import pathlib
import select
import signal
import subprocess
import tempfile
import threading
import time
import unittest
import uuid

import harness
import proxy_rig
from harness import processes_with, server, wait_until
from proxy_rig import Rig, peak_bytes, request, to_line

# What a host gives a server after it has closed its standard input, before SIGTERM.
HOSTS_PATIENCE = 2.0
MOST_MEMORY = 120 << 20
if os.environ.get("MERLON_SANITIZED"):
    HOSTS_PATIENCE, MOST_MEMORY = 20.0, 1 << 30


def initialize(number=1):
    return request(number, "initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}})


def call(number, **arguments):
    return request(number, "tools/call", {"name": "echo", "arguments": arguments})


class Host:
    """What starts `merlon proxy`: pipes, and a mark that every process below carries."""

    def __init__(self, *words, options=(), read_errors=True, program=harness.BINARY, environment=None, user=0):
        self.mark = uuid.uuid4().hex
        self.folder = tempfile.TemporaryDirectory(prefix="merlon-proxy-")
        environment = {**proxy_rig.clean_environment(self.folder.name), harness.MARK: self.mark, **(environment or {})}
        self.process = subprocess.Popen([program, "proxy", "--env", harness.MARK, *map(str, options), "--", *words], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, start_new_session=True,
                                        **({"user": user, "group": user, "extra_groups": []} if user else {}))
        self.errors = b""
        if read_errors:
            threading.Thread(target=self.drain_errors, daemon=True).start()

    def drain_errors(self):
        while piece := os.read(self.process.stderr.fileno(), 1 << 16):
            self.errors += piece

    def send(self, *messages):
        self.process.stdin.write(b"".join(map(to_line, messages)))
        self.process.stdin.flush()

    def receive(self, seconds=harness.PATIENCE):
        """One message, or None at the end."""
        ready, _, _ = select.select([self.process.stdout], [], [], seconds) if not self.process.stdout.peek(0) else (True, 0, 0)
        if not ready:
            raise AssertionError("no answer")
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def open(self):
        self.send(initialize())
        answer = self.receive()
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"}, request("l", "tools/list"))
        return answer, self.receive()

    def close_input(self):
        self.process.stdin.close()

    def wait(self, seconds=harness.PATIENCE):
        """The exit status and how long it took."""
        begin = time.monotonic()
        code = self.process.wait(seconds)
        return code, time.monotonic() - begin

    def left(self):
        return processes_with(self.mark)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for pid in self.left():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait(harness.PATIENCE)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                stream.close()
            except (BrokenPipeError, ValueError):
                pass
        self.folder.cleanup()


class Ending(unittest.TestCase):
    def test_a_session_ends_with_the_exit_status_of_the_server(self):
        with Host(*server("answers_at_end", "7")) as host:
            host.open()
            host.close_input()
            code, seconds = host.wait()
            self.assertEqual((code, host.left()), (7, []))
            self.assertLess(seconds, HOSTS_PATIENCE)

    def test_answers_that_come_after_the_end_of_input_still_arrive(self):
        with Host(*server("answers_at_end", "0")) as host:
            host.open()
            host.send(*(call(number) for number in range(10, 30)))
            host.close_input()
            answers = [host.receive() for _ in range(20)]
            self.assertEqual([answer["id"] for answer in answers], list(range(10, 30)))
            self.assertTrue(all("result" in answer for answer in answers))
            self.assertEqual((host.receive(), host.wait()[0]), (None, 0))

    def test_a_family_that_ignores_everything_is_gone_within_two_seconds(self):
        with tempfile.NamedTemporaryFile() as ids, Host(*server("stubborn_family", ids.name)) as host:
            host.open()
            self.assertTrue(wait_until(lambda: os.path.getsize(ids.name) > 0))
            host.close_input()
            _, seconds = host.wait()
            self.assertLess(seconds, HOSTS_PATIENCE)
            self.assertTrue(wait_until(lambda: not host.left(), 1), host.left())

    def test_the_same_behind_a_launcher(self):
        with tempfile.NamedTemporaryFile() as ids:
            with Host(*server("launcher", str(harness.SERVERS / "stubborn_family.py"), ids.name)) as host:
                host.open()
                host.close_input()
                _, seconds = host.wait()
                self.assertLess(seconds, HOSTS_PATIENCE)
                self.assertTrue(wait_until(lambda: not host.left(), 1), host.left())

    def test_a_killed_proxy_leaves_no_process(self):
        with tempfile.NamedTemporaryFile() as ids, Host(*server("stubborn_family", ids.name)) as host:
            host.open()
            self.assertTrue(wait_until(lambda: os.path.getsize(ids.name) > 0))
            host.process.kill()
            host.wait()
            self.assertTrue(wait_until(lambda: not host.left(), 10), host.left())

    def test_a_host_that_is_gone_leaves_no_process(self):
        with tempfile.NamedTemporaryFile() as ids, Host(*server("stubborn_family", ids.name)) as host:
            host.open()
            host.process.stdout.close()
            host.close_input()
            _, seconds = host.wait()
            self.assertLess(seconds, HOSTS_PATIENCE)
            self.assertTrue(wait_until(lambda: not host.left(), 1), host.left())

    def test_a_client_that_reads_no_more_ends_the_session(self):
        with Host(*server("legacy_only")) as host:
            host.open()
            host.process.stdout.close()
            host.send(*(call(number) for number in range(5)))
            code, _ = host.wait()
            self.assertGreaterEqual(code, 0, "the proxy died of a signal")
            self.assertTrue(wait_until(lambda: not host.left(), 5), host.left())

    def test_a_server_that_dies_in_a_call_is_an_error_for_who_waits(self):
        for way, status in (("3", 3), ("kill", 128 + signal.SIGKILL)):
            with self.subTest(way=way), Host(*server("dies_in_call", way)) as host:
                host.open()
                host.send(call(2), call("3"))
                answers = [host.receive(), host.receive()]
                self.assertEqual(sorted(str(answer["id"]) for answer in answers), ["2", "3"])
                for answer in answers:
                    self.assertTrue("error" in answer or answer["result"].get("isError") is True, answer)
                self.assertIsNone(host.receive())
                self.assertEqual((host.wait()[0], host.left()), (status, []))

    def test_a_server_that_closes_its_output_and_stays_is_ended(self):
        with Host(*server("dies_in_call", "close")) as host:
            host.open()
            host.send(call(2))
            answer = host.receive()
            self.assertEqual(answer["id"], 2)
            self.assertTrue("error" in answer or answer["result"].get("isError") is True, answer)
            host.close_input()
            host.wait()
            self.assertTrue(wait_until(lambda: not host.left(), 5), host.left())

    def test_nobody_is_left_unwaited_for(self):
        with Host(*server("orphans")) as host:
            host.open()
            host.send(call(2), call(3))
            host.receive(), host.receive()
            self.assertTrue(wait_until(lambda: not zombies_below(host.process.pid), 10), zombies_below(host.process.pid))
            host.close_input()
            self.assertEqual(host.wait()[0], 0)


def zombies_below(top):
    """Ids of dead processes that nobody has waited for, below a process."""
    parents, dead = {}, []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = pathlib.Path(f"/proc/{entry}/stat").read_bytes().rsplit(b")", 1)[1].split()
        except OSError:
            continue
        parents[int(entry)] = int(fields[1])
        if fields[0] == b"Z":
            dead.append(int(entry))

    def is_below(pid):
        while pid in parents:
            pid = parents[pid]
            if pid == top:
                return True
        return False
    return [pid for pid in dead if is_below(pid)]


class Signals(unittest.TestCase):
    def test_signals_reach_the_server_and_its_status_comes_back(self):
        for name in ("SIGTERM", "SIGINT"):   # SIGHUP is the proxy's own: it reads its policy again
            number = getattr(signal, name)
            with self.subTest(name), tempfile.NamedTemporaryFile() as told, Host(*server("tells_signals", told.name)) as host:
                host.open()
                host.process.send_signal(number)
                code, _ = host.wait()
                self.assertEqual((code, told.read().decode().split()), (40 + number, [name]))
                self.assertEqual(host.left(), [])

    def test_a_server_that_ignores_a_termination_is_ended_all_the_same(self):
        with Host(*server("stubborn")) as host:
            host.open()
            host.process.terminate()
            _, seconds = host.wait()
            self.assertLess(seconds, HOSTS_PATIENCE)
            self.assertTrue(wait_until(lambda: not host.left(), 1), host.left())


class StandardError(unittest.TestCase):
    def test_what_the_server_says_there_is_passed_on(self):
        with Host(*server("loud_errors", "2000")) as host:
            host.open()   # three messages, 200 KB each
            host.close_input()
            host.wait()
            wanted = ("e" * 99 + "\n").encode() * 6000
            def passed():
                """Without what the proxy itself says of a kernel that contains less."""
                return b"".join(line for line in host.errors.splitlines(True) if not line.startswith(b"merlon: this kernel"))
            self.assertTrue(wait_until(lambda: len(passed()) >= len(wanted), 10), len(host.errors))
            self.assertEqual(passed(), wanted)

    def test_a_host_that_does_not_read_it_holds_nobody_up(self):
        with Host(*server("loud_errors"), read_errors=False) as host:
            host.open()
            for number in range(5):
                host.send(call(number))
                self.assertEqual(host.receive(20)["id"], number)
            host.close_input()
            _, seconds = host.wait()
            self.assertLess(seconds, HOSTS_PATIENCE)

    def test_a_host_that_has_closed_it_holds_nobody_up(self):
        with Host(*server("loud_errors"), read_errors=False) as host:
            host.process.stderr.close()
            host.open()
            host.send(call(2))
            self.assertEqual(host.receive(20)["id"], 2)
            host.close_input()
            self.assertEqual(host.wait()[0], 0)


class Refusals(unittest.TestCase):
    def refused(self, host, words):
        """The client learns on its first request why nothing works: hosts hide standard error."""
        host.send(initialize("first"))
        answer = host.receive()
        self.assertEqual(answer["id"], "first")
        for word in words:
            self.assertIn(word, answer["error"]["message"])
        self.assertFalse(-32768 <= answer["error"]["code"] <= -32000, answer)
        host.close_input()
        code, seconds = host.wait()
        self.assertEqual(code, 4)
        self.assertLess(seconds, HOSTS_PATIENCE)
        self.assertEqual(host.left(), [])
        self.assertIn(b"merlon:", host.errors)
        self.assertEqual(host.errors.count(b"error["), 1, host.errors)

    def test_a_server_that_is_not_there(self):
        with Host("/nonexistent/server") as host:
            self.refused(host, ["/nonexistent/server"])

    def test_a_server_that_may_not_be_run(self):
        with tempfile.NamedTemporaryFile() as file:
            os.chmod(file.name, 0o644)
            with Host(file.name) as host:
                self.refused(host, [file.name])

    def test_a_policy_that_is_not_there_starts_no_server(self):
        with tempfile.TemporaryDirectory() as folder:
            started = os.path.join(folder, "started")
            with Host(*server("records_start", started), options=["--policy", os.path.join(folder, "none.toml")]) as host:
                self.refused(host, ["none.toml"])
            self.assertFalse(os.path.exists(started))

    def test_a_policy_with_a_mistake_starts_no_server(self):
        with tempfile.TemporaryDirectory() as folder:
            started, policy = os.path.join(folder, "started"), os.path.join(folder, "bad.toml")
            pathlib.Path(policy).write_text('format = 1\nname = "x"\nmodus = "enforce"\n', encoding="utf-8")
            with Host(*server("records_start", started), options=["--policy", policy]) as host:
                self.refused(host, ["modus"])
            self.assertFalse(os.path.exists(started))


class BackPressure(unittest.TestCase):
    LINES, SIZE = 3000, 50_000   # 150 MB

    def lines(self):
        text = "word " * (self.SIZE // 5)
        return [to_line({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": f"{i} {text}"}})
                for i in range(20)]

    def push(self, rig, sender, reader):
        """150 MB into one end while nobody reads at the other; then everything is read."""
        lines = self.lines()
        writer = threading.Thread(target=lambda: [sender.send(lines[i % len(lines)]) for i in range(self.LINES)], daemon=True)
        writer.start()
        stalled(sender)
        held = sender.sent
        reader.listen()
        for i in range(self.LINES):
            self.assertEqual(reader.line(), lines[i % len(lines)])
        writer.join(harness.PATIENCE)
        return held, peak_bytes(rig.process.pid)

    def test_a_client_that_does_not_read_holds_the_server_up_and_not_the_memory(self):
        with Rig(listen=["server"]) as rig:
            held, peak = self.push(rig, rig.server, rig.client)
        self.assertLess(held, self.LINES * self.SIZE // 2)
        self.assertLess(peak, MOST_MEMORY)

    def test_one_direction_that_is_full_does_not_hold_up_the_other(self):
        """The deadlock of proxies that write without looking whether the peer reads."""
        for full, free in (("client", "server"), ("server", "client")):
            with self.subTest(full=full), Rig(listen=[full]) as rig:
                lines = self.lines()
                stuck, passing = getattr(rig, full), getattr(rig, free)
                writer = threading.Thread(target=lambda: [stuck.send(lines[i % 20]) for i in range(400)], daemon=True)
                writer.start()
                stalled(stuck)
                self.assertLess(stuck.sent, 400 * self.SIZE // 2)
                other = threading.Thread(target=lambda: [passing.send(lines[i % 20]) for i in range(400)], daemon=True)
                other.start()
                for i in range(400):
                    self.assertEqual(stuck.line(20), lines[i % 20])
                passing.listen()
                for i in range(400):
                    self.assertEqual(passing.line(20), lines[i % 20])
                writer.join(harness.PATIENCE)
                other.join(harness.PATIENCE)

    def test_many_requests_at_once_without_reading(self):
        with Rig(listen=["server"]) as rig:
            count = 20_000
            text = "x" * 400
            asked = b"".join(to_line(request(i, "ping", {"_meta": {"x": text}})) for i in range(count))
            answers = [to_line({"jsonrpc": "2.0", "id": i, "result": {"_meta": {"x": text}}}) for i in range(count)]
            threading.Thread(target=lambda: rig.client.send(asked), daemon=True).start()

            def answer():
                for i in range(count):
                    rig.server.line()
                    rig.server.send(answers[i])
            server_thread = threading.Thread(target=answer, daemon=True)
            server_thread.start()
            stalled(rig.client)
            rig.client.listen()
            for i in range(count):
                self.assertEqual(rig.client.line(), answers[i])
            self.assertLess(peak_bytes(rig.process.pid), MOST_MEMORY)


def stalled(end):
    """Returns when an end has written nothing for a while: it is held up, or done."""
    seen, since, begin = -1, time.monotonic(), time.monotonic()
    while time.monotonic() - since < 0.5 and time.monotonic() - begin < harness.PATIENCE:
        if end.sent != seen:
            seen, since = end.sent, time.monotonic()
        time.sleep(0.01)


if __name__ == "__main__":
    unittest.main()
