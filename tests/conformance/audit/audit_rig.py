"""A proxy with an audit log between a small client and servers/one_tool.py. Python standard library only."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
BINARY = os.environ.get("MERLON_BINARY", str(ROOT / "build" / "release" / "merlon"))
SERVERS = ROOT / "tests" / "e2e" / "servers"


class World:
    """A home of its own: state, logs, a server that writes down each call it gets."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="merlon-audit-")
        self.root = pathlib.Path(self.folder.name)
        self.calls = self.root / "calls"
        self.env = {"HOME": str(self.root), "XDG_STATE_HOME": str(self.root / "state"), "XDG_RUNTIME_DIR": str(self.root),
                    "PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1"}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def merlon(self, *words, text=True, env=None):
        return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=text, env=env or self.env, timeout=300, check=False)

    def session(self, log, *options, tool="read_note"):
        return Session(self, log, options, tool)

    def key(self, log):
        """The log's verifier key, as pinned."""
        done = self.merlon("audit", "keygen", log)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[0]

    def verdict(self, log, *options):
        done = self.merlon("audit-verify", log, "--format", "json", *options)
        assert done.stdout, done.stderr
        report = json.loads(done.stdout)
        assert report["exit_code"] == done.returncode, (report, done.returncode)
        return report

    def called(self):
        return len(self.calls.read_text(encoding="utf-8").splitlines()) if self.calls.exists() else 0


class Session:
    """One client. Everything it does is one line out, one line in."""

    def __init__(self, world, log, options, tool):
        self.tool = tool
        self.process = subprocess.Popen(
            [BINARY, "proxy", "--policy", str(ROOT / "policies" / "observe.toml"), "--no-system", "--name", "notes", "--audit", str(log), *options, "--",
             sys.executable, "-B", str(SERVERS / "one_tool.py"), tool, str(world.calls)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=world.env)
        self.next = 0

    def send(self, method, params=None):
        self.next += 1
        message = {"jsonrpc": "2.0", "id": self.next, "method": method, "params": params or {}}
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def hear(self):
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def ask(self, method, params=None):
        self.send(method, params)
        return self.hear()

    def start(self):
        self.ask("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}})
        self.process.stdin.write(b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
        self.ask("tools/list")
        return self

    def call(self):
        return self.ask("tools/call", {"name": self.tool, "arguments": {}})

    def end(self):
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err.decode(errors="replace")


def records(log):
    """All whole lines, in order."""
    names = sorted(pathlib.Path(log).glob("log.*.jsonl")) + [pathlib.Path(log) / "log.jsonl"]
    lines = []
    for name in names:
        lines += [json.loads(line) for line in name.read_bytes().split(b"\n")[:-1]]
    return lines
