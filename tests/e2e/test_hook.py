"""`merlon hook` as a host calls it: the table of docs/hooks.md is what happens here (MERLON_UPDATE_GOLDEN=1 writes it)."""
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest

import harness

PAGE = pathlib.Path(__file__).resolve().parent.parent.parent / "docs" / "hooks.md"
BEGIN = "<!-- made by tests/e2e/test_hook.py -->"
END = "<!-- /made -->"

CALLS = {
    "claude": {"session_id": "s", "hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": {"command": "ls"}, "tool_use_id": "u"},
    "codex": {"session_id": "s", "hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": {"command": "ls"}, "tool_use_id": "u"},
    "copilot": {"sessionId": "s", "toolName": "bash", "toolArgs": json.dumps({"command": "ls"})},
    "cursor": {"conversation_id": "s", "hook_event_name": "beforeShellExecution", "command": "ls", "cwd": "/"},
    "gemini": {"session_id": "s", "hook_event_name": "BeforeTool", "tool_name": "run_shell_command", "tool_input": {"command": "ls"}},
}

# What hosts do, from their own documents and bug reports: nothing of this is measured here.
HOSTS = {
    "claude": {"blocked": "blocks", "killed": "**runs the tool** (reported)", "slow": "**runs the tool** when its time-out passes (reported)",
               "garbage": "**runs the tool**: a line in front of the JSON voids the denial"},
    "codex": {"blocked": "as Claude Code (told)", "killed": "not known", "slow": "not known", "garbage": "not known"},
    "copilot": {"blocked": "denies: every exit code but 0 does", "killed": "denies", "slow": "**runs the tool**", "garbage": "not known"},
    "cursor": {"blocked": "blocks", "killed": "**runs the tool**, unless `failClosed`", "slow": "**runs the tool**, unless `failClosed`",
               "garbage": "**runs the tool**, unless `failClosed`"},
    "gemini": {"blocked": "blocks", "killed": "**runs the tool** with a warning", "slow": "**runs the tool** with a warning",
               "garbage": "**runs the tool** with a warning"},
}


class HookTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.environment = {"PATH": os.environ.get("PATH", ""), "HOME": self.folder.name, "XDG_STATE_HOME": self.folder.name}

    def command(self, client, *options):
        return [harness.BINARY, "hook", "--client", client, "--no-system", *options]

    def call(self, client, text, *options):
        return subprocess.run(self.command(client, *options), input=text, capture_output=True, text=True, env=self.environment,
                              cwd=self.folder.name, timeout=120)

    def assert_blocked(self, done):
        self.assertEqual(done.returncode, 2, done)
        self.assertEqual(len(done.stdout.splitlines()), 1)
        self.assertIn("deny", json.dumps(json.loads(done.stdout)))
        self.assertTrue(done.stderr.startswith("merlon: "), done.stderr)

    def test_every_failure_blocks_in_every_hosts_words(self):
        for client, call in CALLS.items():
            with self.subTest(client=client):
                for text in ("", "garbage", "[]", "{", '{"a":1}', "\0", "x" * 100000):
                    self.assert_blocked(self.call(client, text))
                self.assert_blocked(self.call(client, json.dumps(call), "--deadline-ms", "1"))
                self.assert_blocked(self.call(client, json.dumps(call), "--policy", "not-there"))

    def test_a_session_whose_memory_is_gone_is_blocked(self):
        call = json.dumps(CALLS["claude"])
        self.assertEqual(self.call("claude", call).returncode, 0)
        for path in pathlib.Path(self.folder.name).rglob("*.jsonl"):
            path.unlink()
        self.assert_blocked(self.call("claude", call.replace('"u"', '"v"')))

    def test_one_json_object_and_nothing_else(self):
        for client, call in CALLS.items():
            with self.subTest(client=client):
                done = self.call(client, json.dumps(call))
                self.assertEqual(done.returncode, 0, done)
                self.assertEqual(done.stderr, "")
                self.assertEqual(len(done.stdout.splitlines()), 1)
                self.assertIsInstance(json.loads(done.stdout), dict)

    def test_calls_at_the_same_time_wait_for_each_other(self):
        runs = []
        for number in range(4):
            run = subprocess.Popen(self.command("claude", "--deadline-ms", "60000"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   text=True, env=self.environment, cwd=self.folder.name)
            run.stdin.write(json.dumps({**CALLS["claude"], "tool_use_id": f"u{number}"}))
            run.stdin.close()
            runs.append(run)
        for run in runs:
            self.assertEqual(run.wait(timeout=120), 0)
            self.assertEqual(run.stdout.read(), "{}\n")
            run.stdout.close()
        index = next(pathlib.Path(self.folder.name).rglob("index.json"))
        self.assertEqual(json.loads(index.read_text())["servers"][0]["events"], 2 + 4)

    def test_a_hook_that_is_killed_says_nothing(self):
        for client in CALLS:
            with self.subTest(client=client):
                run = subprocess.Popen(self.command(client), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.environment,
                                       cwd=self.folder.name)
                run.send_signal(signal.SIGKILL)
                self.assertEqual(run.communicate()[0], b"")
                self.assertEqual(run.returncode, -signal.SIGKILL)

    def test_the_page_says_what_happens(self):
        rows = ["| host | what goes wrong | what merlon does | what the host does then |", "| --- | --- | --- | --- |"]
        for client, call in CALLS.items():
            measured = {
                "input, policy or memory is broken": (self.call(client, "garbage"), "blocked"),
                "merlon is too slow (`--deadline-ms`)": (self.call(client, json.dumps(call), "--deadline-ms", "1"), "blocked"),
            }
            for what, (done, key) in measured.items():
                self.assert_blocked(done)
                rows.append(f"| {client} | {what} | exit code {done.returncode}, its denial on stdout, the reason on stderr | {HOSTS[client][key]} |")
            for what, key in (("the hook is killed", "killed"), ("the host's own time-out passes", "slow"),
                              ("something else writes to stdout", "garbage")):
                rows.append(f"| {client} | {what} | nothing: it cannot | {HOSTS[client][key]} |")
        text = PAGE.read_text(encoding="utf-8")
        table = BEGIN + "\n\n" + "\n".join(rows) + "\n\n" + END
        page = text[:text.index(BEGIN)] + table + text[text.index(END) + len(END):]
        if os.environ.get("MERLON_UPDATE_GOLDEN"):
            PAGE.write_text(page, encoding="utf-8")
        self.assertEqual(page, PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
