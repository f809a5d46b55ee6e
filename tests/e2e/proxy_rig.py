"""Both ends of a proxy in one hand: the client's pipes, and the server's pipes lent by servers/puppet.py.

    with Rig(["--policy", "p.toml"]) as rig:
        rig.client.send(b'{"jsonrpc":...}\n')
        line = rig.server.line()

Every line that comes out of an end is kept as bytes, its line feed included. Nothing sleeps: a wait ends with what was waited for, with
the end of the stream, or after harness.PATIENCE. Python standard library only.
"""
import fcntl
import json
import os
import queue
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

import harness

PUPPET = harness.SERVERS / "puppet.py"


class End:
    """One end of the conversation: what is sent from here, and the lines that arrive here."""

    def __init__(self, reading, writing, listen=True):
        self.reading, self.writing = reading, writing
        self.lines = queue.Queue()
        self.rest = b""     # after the last line feed
        self.bytes = 0
        self.sent = 0
        self.thread = threading.Thread(target=self._read, daemon=True)
        if listen:
            self.listen()

    def listen(self):
        """From now on what comes is read; before, it stays in the pipe."""
        self.thread.start()

    def _read(self):
        pieces = []
        while True:
            try:
                piece = os.read(self.reading, 1 << 20)
            except OSError:
                piece = b""
            if not piece:
                break
            self.bytes += len(piece)
            *whole, last = piece.split(b"\n")
            for part in whole:
                pieces.append(part + b"\n")
                self.lines.put(b"".join(pieces))
                pieces = []
            if last:
                pieces.append(last)
        self.rest = b"".join(pieces)
        self.lines.put(None)

    def send(self, data):
        view = memoryview(data)
        while view:
            count = os.write(self.writing, view)
            self.sent += count
            view = view[count:]

    def send_and_drain(self, data):
        """Returns when the other side has read all of it, so that what follows is another read there."""
        self.send(data)
        end = time.monotonic() + harness.PATIENCE
        while unread(self.writing) and time.monotonic() < end:
            time.sleep(0)

    def line(self, seconds=None):
        """The next line; None at the end of the stream."""
        try:
            found = self.lines.get(timeout=harness.PATIENCE if seconds is None else seconds)
        except queue.Empty:
            raise AssertionError("nothing came, and the stream is open") from None
        if found is None:
            self.lines.put(None)
        return found

    def close(self):
        if self.writing is not None:
            os.close(self.writing)
            self.writing = None


def unread(descriptor):
    """Bytes that lie in the pipe."""
    answer = fcntl.ioctl(descriptor, termios.FIONREAD, b"\0\0\0\0")
    return struct.unpack("i", answer)[0]


def peak_bytes(pid):
    """The most memory that a process had at once (VmHWM)."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


class Rig:
    """A proxy (or, with command=[], nothing) between two ends."""

    def __init__(self, options=(), environment=None, command=None, mark="rig", listen=("client", "server")):
        self.folder = tempfile.TemporaryDirectory(prefix="merlon-rig-")
        path = os.path.join(self.folder.name, "s")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen(1)
            listener.settimeout(harness.PATIENCE)
            words = [harness.BINARY, "proxy", "--env", harness.MARK, *map(str, options), "--"] if command is None else command
            self.process = subprocess.Popen(
                [*words, sys.executable, "-S", "-E", str(PUPPET), path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, env={**clean_environment(self.folder.name), harness.MARK: mark, **(environment or {})},
                start_new_session=True)
            self.errors = []
            self.errors_thread = threading.Thread(target=self._read_errors, daemon=True)
            self.errors_thread.start()
            if not harness.wait_until(lambda: select.select([listener], [], [], 0.05)[0] or self.process.poll() is not None, harness.PATIENCE) \
                    or not select.select([listener], [], [], 0)[0]:
                self.process.kill()
                self.errors_thread.join(5)
                raise AssertionError(f"the server was not started\n{self.error_text()}")
            self.link = listener.accept()[0]
        pid, descriptors, _, _ = socket.recv_fds(self.link, 32, 3)
        self.server_pid = int(pid)
        self.server_errors = descriptors[2]
        self.server = End(descriptors[0], descriptors[1], "server" in listen)
        self.client = End(self.process.stdout.fileno(), os.dup(self.process.stdin.fileno()), "client" in listen)
        self.process.stdin.close()

    def _read_errors(self):
        for line in self.process.stderr:
            self.errors.append(line)

    def error_text(self):
        return b"".join(self.errors).decode("utf-8", "replace")

    def close(self):
        """The client goes, then the server; the proxy has to end by itself."""
        self.client.close()
        self.server.close()
        for descriptor in (self.server.reading, self.server_errors):
            os.close(descriptor)
        self.link.close()
        try:
            code = self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            code = None
        if self.client.thread.ident is not None:
            self.client.thread.join(5)
        self.errors_thread.join(5)
        for stream in (self.process.stdout, self.process.stderr):
            stream.close()
        self.folder.cleanup()
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.code = self.close()


def clean_environment(home):
    return {"PATH": os.environ.get("PATH", ""), "HOME": home, "LANG": "C.UTF-8", "XDG_STATE_HOME": os.path.join(home, "state"),
            "XDG_RUNTIME_DIR": home}


def to_line(message):
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def request(number, method, params=None):
    return {"jsonrpc": "2.0", "id": number, "method": method, **({} if params is None else {"params": params})}


def result(number, value):
    return {"jsonrpc": "2.0", "id": number, "result": value}


def assert_replays(recording):
    """The recording is decided again by its own policy: the same bytes, for every message. How many there are."""
    run = harness.merlon("replay", "--no-system", "--format", "json", recording)
    assert run.code == 0, run
    [session] = run.json()["sessions"]
    with open(recording, "rb") as lines:
        count = sum(1 for line in lines if json.loads(line)["type"] in ("event", "unreadable"))
    assert count > 0 and session["complete"], session
    assert session["reproduction"] == {"compared": count, "same": count, "different": 0, "masked": 0, "other_rules": 0}, session["reproduction"]
    return count
