"""Many messages through `merlon proxy`, in sessions that end in every way. Python standard library only.

    soak_proxy.py [--messages 1000000] [--seed 1] [--longest 50000]

The mix is MIX below. Sessions end by the client closing its output, by a SIGKILL of the server, or by a SIGKILL of the client, each after a
number of messages that the seed decides. What must hold: every request has exactly one answer, a result or an error; none is doubled, even when
the server doubles; a cancelled request has at most one; every unreadable line has one error without an id; the memory of the proxy does not
grow; no process is left.
"""
import argparse
import collections
import json
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import time
import uuid

import harness
import proxy_rig
from harness import processes_with, server, wait_until

POLICY = harness.SERVERS / "soak.toml"
# What is sent, and how often of a thousand.
MIX = {
    "small call": 520, "call of 2 KB": 150, "call of 200 KB": 2, "ping": 100, "tools/list": 20, "denied call": 60,
    "call of an unknown tool": 10, "answered twice": 20, "stray answer": 10, "never answered": 1, "server asks back": 30, "progress": 20,
    "noise on standard output": 10, "notification": 20, "cancelled call": 7, "not a message": 10, "unknown method": 10,
}
WINDOW = 64
ENDS = ("end of input", "server killed", "client killed")


def call(number, name, text):
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": {"name": name, "arguments": {"message": text}}}


TOOLS = {"small call": "echo", "call of 2 KB": "echo", "call of 200 KB": "echo", "denied call": "forbidden", "call of an unknown tool": "none",
         "answered twice": "twice", "stray answer": "stray", "never answered": "silent", "server asks back": "asks", "progress": "reports",
         "noise on standard output": "noisy", "cancelled call": "silent"}
SIZES = {"call of 2 KB": 2000, "call of 200 KB": 200_000}


class Problem(Exception):
    """A promise that was not kept."""


class Session:
    """A client; runs in the process that is killed, or in the one that counts."""

    def __init__(self, rng, mark, folder):
        self.rng = rng
        environment = {**proxy_rig.clean_environment(folder), harness.MARK: mark}
        self.process = subprocess.Popen([harness.BINARY, "proxy", "--env", harness.MARK, "--policy", str(POLICY), "--name", "soak", "--", *server("soak_server")],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
        os.set_blocking(self.process.stdin.fileno(), False)
        self.buffer, self.out = b"", bytearray()
        self.open = {}                       # id -> kind
        self.optional = set()                # cancelled
        self.answers = collections.Counter()
        self.unreadable = self.errors_without_id = 0
        self.sent = self.received = self.next = 0
        self.kinds = collections.Counter()
        self.ended = False
        self.say({"jsonrpc": "2.0", "id": "init", "method": "initialize",
                  "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "soak", "version": "1"}}})
        self.open["init"] = "initialize"
        self.server_pid = None
        self.pump(lambda: self.server_pid is not None or self.ended)
        self.say({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def say(self, message):
        self.out += proxy_rig.to_line(message)
        self.sent += 1

    def one(self):
        """A message of the mix."""
        kind = self.rng.choices(list(MIX), list(MIX.values()))[0]
        self.kinds[kind] += 1
        self.next += 1
        number = self.next if self.rng.random() < 0.8 else f"s{self.next}"
        if kind == "notification":
            return self.say({"jsonrpc": "2.0", "method": "notifications/x-soak", "params": {"n": self.next}})
        if kind == "not a message":
            self.unreadable += 1
            self.sent += 1
            self.out += self.rng.choice([b"hello\n", b"[1]\n", b'{"jsonrpc":"2.0"}{}\n', b'\xff\xfe\n', b'{"a":1,}\n'])
            return None
        self.open[number] = kind
        if kind in TOOLS:
            self.say(call(number, TOOLS[kind], "word " * (SIZES.get(kind, 20) // 5)))
        else:
            method = {"ping": "ping", "tools/list": "tools/list", "unknown method": "x-vendor/none"}[kind]
            self.say({"jsonrpc": "2.0", "id": number, "method": method})
        if kind == "cancelled call":
            self.optional.add(number)
            self.say({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": number}})
        return None

    def waiting(self):
        return sum(1 for number, kind in self.open.items() if kind not in ("never answered", "cancelled call"))

    def pump(self, done, seconds=harness.PATIENCE):
        """Writes and reads until `done`."""
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                raise Problem(f"no answer for {seconds} s: {list(self.open.items())[:10]}")
            stdin = self.process.stdin
            writing = [stdin] if self.out and not stdin.closed else []
            readable, writable, _ = select.select([self.process.stdout], writing, [], 1)
            if writable:
                try:
                    del self.out[:os.write(stdin.fileno(), self.out[:65536])]
                except BrokenPipeError:
                    self.out.clear()
                    stdin.close()
            if readable:
                piece = os.read(self.process.stdout.fileno(), 1 << 16)
                if not piece:
                    self.ended = True
                    return
                *lines, self.buffer = (self.buffer + piece).split(b"\n")
                for line in lines:
                    self.got(json.loads(line))

    def got(self, message):
        self.received += 1
        if "method" in message:
            if "id" in message:
                self.say({"jsonrpc": "2.0", "id": message["id"], "result": {"roots": []}})
            return
        number = message["id"]
        if number is None:
            self.errors_without_id += 1
            return
        self.answers[number] += 1
        kind = self.open.pop(number, None)
        if kind is None:
            raise Problem(f"an answer that nobody waits for: {json.dumps(message)[:300]}")
        if kind == "initialize" and "result" in message:
            self.server_pid = int(message["result"]["serverInfo"]["version"])
        if kind == "denied call" and message.get("result", {}).get("isError") is not True:
            raise Problem(f"a denied call passed: {json.dumps(message)[:300]}")

    def rss(self):
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")

    def play(self, count, watch=lambda session, i: None):
        for i in range(count):
            self.one()
            watch(self, i)
            if self.waiting() >= WINDOW or i % WINDOW == 0:
                self.pump(lambda: self.waiting() < WINDOW // 2 or self.ended)
            if self.ended:
                return

    def close(self):
        """The end of input; everything that was asked is answered before the proxy is gone."""
        self.pump(lambda: not self.out or self.ended)
        self.process.stdin.close()
        self.pump(lambda: self.ended)
        self.process.wait(20)

    def check(self, only=None):
        """`only`: the requests that had been written when the session began to end."""
        lost = {number: kind for number, kind in self.open.items() if number not in self.optional and (only is None or number in only)}
        if lost:
            raise Problem(f"{len(lost)} requests without an answer: {list(lost.items())[:10]}")
        doubled = [number for number, count in self.answers.items() if count > 1]
        if doubled:
            raise Problem(f"answered twice: {doubled[:10]}")
        if only is None and self.errors_without_id != self.unreadable:
            raise Problem(f"{self.unreadable} unreadable lines, {self.errors_without_id} errors without an id")


def quiet_session(rng, mark, folder, count, totals):
    """Ends by itself; its memory is watched."""
    session = Session(rng, mark, folder)
    marks = []

    def watch(session, i):
        if i in (count // 5, count - 1):
            marks.append(session.rss())
    session.play(count, watch)
    session.pump(lambda: session.waiting() == 0 or session.ended)
    session.close()
    session.check()
    totals.take(session)
    if count >= 5000:
        totals.memory.append((count, *marks))
        if marks[1] > marks[0] * 1.2 + (4 << 20) and not os.environ.get("MERLON_SANITIZED"):
            raise Problem(f"memory grew from {marks[0] >> 10} to {marks[1] >> 10} KiB over {count * 4 // 5} messages")


def killed_server(rng, mark, folder, count, totals):
    """What was written before the server died is answered; half of the clients go on writing for a while."""
    session = Session(rng, mark, folder)
    session.play(rng.randrange(count))
    session.pump(lambda: not session.out or session.ended)
    os.kill(session.server_pid, signal.SIGKILL)
    before = set(session.open)
    if rng.random() < 0.5:
        session.play(rng.randrange(200))
    session.pump(lambda: session.ended, 20)
    session.process.stdin.close()
    session.process.wait(20)
    session.check(before)
    totals.take(session)


def killed_client(rng, mark, folder, count, totals):
    """The client is a process of its own and dies in the middle."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            session = Session(rng, mark, folder)
            os.write(writing, b"%d\n" % session.process.pid)

            def watch(session, i):
                if i == count // 2:
                    os.write(writing, b"half\n")
            session.play(1 << 30, watch)
        finally:
            os._exit(3)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        proxy = told.readline()
        half = told.readline()
    if not proxy or not half:
        os.waitpid(child, 0)
        raise Problem("the client ended before it was killed")
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    totals.sent += count // 2


class Totals:
    def __init__(self):
        self.sent = self.received = self.requests = 0
        self.kinds, self.ends, self.memory = collections.Counter(), collections.Counter(), []

    def take(self, session):
        self.sent += session.sent
        self.received += session.received
        self.requests += sum(session.answers.values())
        self.kinds += session.kinds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=1_000_000, help="that clients and proxies send, in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=int, default=50_000, help="messages of the client in one session")
    arguments = parser.parse_args()
    totals, begin, failed = Totals(), time.monotonic(), 0
    ways = {"end of input": quiet_session, "server killed": killed_server, "client killed": killed_client}
    number = 0
    while totals.sent + totals.received < arguments.messages:
        rng = random.Random(arguments.seed * 1_000_003 + number)
        end = ENDS[number % 3]
        count = rng.randrange(200, max(201, arguments.longest if end == "end of input" else arguments.longest // 20))
        mark = uuid.uuid4().hex
        with tempfile.TemporaryDirectory(prefix="merlon-soak-") as folder:
            try:
                ways[end](rng, mark, folder, count, totals)
                if not wait_until(lambda: not processes_with(mark), 10):
                    raise Problem(f"left: {processes_with(mark)}")
            except (Problem, AssertionError, OSError, subprocess.TimeoutExpired) as problem:
                failed += 1
                print(f"FAILED session {number} ({end}, {count} messages, seed {arguments.seed}): {problem}", flush=True)
                for pid in processes_with(mark):
                    os.kill(pid, signal.SIGKILL)
                totals.sent += count
        totals.ends[end] += 1
        number += 1
        if failed >= 10:
            break
    seconds = time.monotonic() - begin
    print("mix: " + ", ".join(f"{kind} {totals.kinds[kind]}" for kind in MIX))
    print("sessions: " + ", ".join(f"{end} {totals.ends[end]}" for end in ENDS))
    for count, first, last in totals.memory:
        print(f"memory over {count} messages: {first >> 10} KiB after a fifth, {last >> 10} KiB at the end")
    print(f"{totals.sent} lines sent, {totals.received} received, {totals.requests} requests answered once each, in {seconds:.0f} s; {failed} sessions failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
