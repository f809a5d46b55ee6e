"""Does what it is told to its machine, as a hostile server would, and says how that went: `ok ...` or the name of the error."""
import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import time

from mcp_server import Server, tool


def bomb(_):
    """Every process starts others, and none ends."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        os.fork()


def eat(_):
    kept = []
    while True:
        kept.append(bytearray(b"x" * (1 << 20)) * 8)


def eat_together(_):
    """No process takes much; all of them do."""
    for _ in range(12):
        if os.fork() == 0:
            kept = bytearray(b"x" * (1 << 20)) * 32
            time.sleep(60)
            os._exit(len(kept) > 0)
    time.sleep(60)


def open_files(_):
    kept = []
    while len(kept) < 5000:
        kept.append(os.open("/dev/null", os.O_RDONLY))
    return str(len(kept))


def uncover(path):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.umount2(path.encode(), 2) != 0:
        raise OSError(ctypes.get_errno(), "umount")
    return "umounted"


def connect(family):
    with socket.socket(getattr(socket, family)) as link:
        link.settimeout(2)
        link.connect(("127.0.0.1", 9) if family == "AF_INET" else ("::1", 9) if family == "AF_INET6" else "/nonexistent")
    return "connected"


def connect_port(port):
    with socket.create_connection(("127.0.0.1", int(port)), 5):
        return "connected"


WAYS = {
    "read": lambda path: open(path, "rb").read().decode("utf-8", "replace")[:200],
    "list": lambda path: " ".join(sorted(os.listdir(path))),
    "write": lambda path: str(open(path, "wb").write(b"x")),
    "make": lambda path: str(os.mkdir(path)),
    "rename": lambda paths: str(os.rename(*paths.split(" "))),
    "device": lambda path: str(os.mknod(path, 0o600 | 0o060000, os.makedev(8, 0))),
    "connect": connect,
    "port": connect_port,
    "pair": lambda _: str(len(socket.socketpair())),
    "umount": uncover,
    "signal": lambda pid: str(os.kill(int(pid), signal.SIGCONT)),
    "run": lambda line: subprocess.run(line.split(" "), capture_output=True, text=True, check=True).stdout[:200],
    "parents": lambda _: f"{os.getppid()}",
    "privileges": lambda _: next(line for line in open("/proc/self/status") if line.startswith("NoNewPrivs")).split()[1],
    "core": lambda _: subprocess.run(["/bin/sh", "-c", "ulimit -c"], capture_output=True, text=True, check=True).stdout.strip(),
    "bomb": bomb,
    "eat": eat,
    "eat-together": eat_together,
    "open-files": open_files,
}


class Tries(Server):
    eras = ("legacy",)
    tools = [tool(name, "Tries it") for name in WAYS]

    def call_tool(self, request):
        name, what = request["params"]["name"], request["params"].get("arguments", {}).get("what", "")
        try:
            told = f"ok {WAYS[name](what)}"
        except OSError as error:
            told = errno.errorcode.get(error.errno, str(error))
        except MemoryError:
            told = "ENOMEM"
        except subprocess.CalledProcessError as error:
            told = f"exit {error.returncode} {error.stderr}"
        self.result(request, {"content": [{"type": "text", "text": told}]})


if __name__ == "__main__":
    sys.stdin = os.fdopen(0, "r", closefd=False)
    Tries().run()
