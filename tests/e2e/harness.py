"""What the end-to-end tests share: the program under test, and proof that it leaves no process.

The program is $MERLON_BINARY, else build/release/merlon. Python standard library only.
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SERVERS = HERE / "servers"
BINARY = os.environ.get("MERLON_BINARY", str(ROOT / "build" / "release" / "merlon"))
# Only reached when something hangs.
PATIENCE = 90
# Every process of a test carries this variable, whatever session it moved to.
MARK = "MERLON_E2E_MARK"


class Run:
    """How one run of the program ended."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def json(self):
        return json.loads(self.out)

    def __str__(self):
        return f"exit {self.code}\n--- stdout\n{self.out[:4000]}\n--- stderr\n{self.err[:4000]}"


def processes_with(text):
    """Ids of living processes whose environment or command line holds `text`, ours not counted."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) == os.getpid():
            continue
        try:
            with open(f"/proc/{entry}/stat", "rb") as stat:
                if stat.read().rsplit(b")", 1)[1].split()[0] in (b"Z", b"X"):
                    continue
            with open(f"/proc/{entry}/environ", "rb") as environ, open(f"/proc/{entry}/cmdline", "rb") as line:
                if text.encode() in environ.read() + line.read():
                    found.append(int(entry))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return found


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            return stat.read().rsplit(b")", 1)[1].split()[0] not in (b"Z", b"X")
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(condition, seconds=20):
    """Asks again and again: for what happens in processes that tell nobody."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return condition()


def server(name, *arguments):
    """The command line of one of our servers."""
    return [sys.executable, str(SERVERS / (name + ".py")), *arguments]


def merlon(*arguments, stdin=b"", environment=None, folder=None):
    """Runs the program to its end, in a session of its own so that a hang can be cut off."""
    child = start(*arguments, environment=environment, folder=folder)
    try:
        out, err = child.communicate(stdin, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        out, err = child.communicate()
        raise AssertionError(f"merlon did not end within {PATIENCE} s\n{err.decode(errors='replace')}") from None
    return Run(child.returncode, out.decode("utf-8"), err.decode("utf-8"))


def start(*arguments, environment=None, folder=None):
    """Starts the program with pipes."""
    if not os.access(BINARY, os.X_OK):
        raise AssertionError(f"{BINARY} is not there: build it, or set MERLON_BINARY")
    variables = {"PATH": os.environ.get("PATH", ""), "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8",
                 **(environment or {})}
    return subprocess.Popen([BINARY, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, env=variables, cwd=folder, start_new_session=True)
