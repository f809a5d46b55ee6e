"""What a server behind `merlon proxy` gets of the environment, and that secrets that only it has never come back."""
import base64
import json
import os
import pathlib
import stat
import tempfile
import unittest

import harness
from proxy_rig import Rig, assert_replays, request, result, to_line
from test_proxy_process import Host, call

SECRET = 'tok"en/4711+\\ä9'
NAMES = {"HOME", "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "USER", harness.MARK}


class World:
    """A folder with a secret in a file, a policy, and places for what a session leaves."""

    def __init__(self, policy='mode = "shadow"\n'):
        self.folder = tempfile.TemporaryDirectory(prefix="merlon-secrets-")
        self.root = pathlib.Path(self.folder.name)
        self.secret = self.file("secret", SECRET + "\n", 0o600)
        self.policy = self.file("policy.toml", 'format = 1\nname = "p"\n' + policy, 0o644)
        self.recording, self.audit = self.root / "session.jsonl", self.root / "audit"

    def file(self, name, text, mode):
        path = self.root / name
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return path

    def options(self, *more):
        return ["--policy", self.policy, "--no-system", "--secret", f"TOKEN=file:{self.secret}", *more]

    def leaves(self):
        return b"".join(path.read_bytes() for place in (self.recording, self.audit) if place.exists()
                        for path in ([place] if place.is_file() else place.rglob("*")) if path.is_file())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()


def ask(host, number, name, **arguments):
    host.send(request(number, "tools/call", {"name": name, "arguments": arguments}))
    return host.receive()


class TheEnvironment(unittest.TestCase):
    def environment(self, host):
        host.open()
        answer = ask(host, 5, "get-env")["result"]
        self.assertEqual(json.loads(answer["content"][0]["text"]), answer["structuredContent"])
        return answer["structuredContent"]

    def test_a_server_gets_the_usual_names_and_what_is_named(self):
        os.environ["MERLON_TEST_UNLISTED"] = "unlisted"
        self.addCleanup(os.environ.pop, "MERLON_TEST_UNLISTED")
        with World() as world, Host(*harness.server("get_env"), options=world.options("--env", "GIVEN=1=2", "--env", "XDG_RUNTIME_DIR")) as host:
            found = self.environment(host)
            self.assertEqual(found["GIVEN"], "1=2")
            self.assertEqual(found["TOKEN"], "[redacted:TOKEN]")
            self.assertEqual(set(found) - NAMES, {"GIVEN", "TOKEN", "XDG_RUNTIME_DIR"})

    def test_all_of_it_only_where_the_policy_says_so(self):
        with World('[environment]\ninherit = "all"\n') as world, Host(*harness.server("get_env"), options=world.options()) as host:
            self.assertIn("XDG_STATE_HOME", self.environment(host))
        with World('[environment]\nallow = ["XDG_STATE_*"]\n') as world, Host(*harness.server("get_env"), options=world.options()) as host:
            self.assertEqual(set(self.environment(host)) - NAMES, {"TOKEN", "XDG_STATE_HOME"})


class Redaction(unittest.TestCase):
    def test_a_secret_comes_back_nowhere(self):
        with World("") as world, Host(*harness.server("get_env"),
                                      options=world.options("--record", world.recording, "--audit", world.audit)) as host:
            host.open()
            told = [ask(host, 5, "get-env")]
            for number, where in enumerate(("error", "notification", "raw", "errors"), 6):
                told.append(ask(host, number, "say", variable="TOKEN", where=where))
            while "id" not in told[-1] or told[-1]["id"] != 9:
                told.append(host.receive())
            host.close_input()
            host.wait()
            texts = json.dumps(told, ensure_ascii=False), world.leaves().decode("utf-8", "replace"), host.errors.decode("utf-8")
            for text in texts:
                for form in (SECRET, json.dumps(SECRET)[1:-1], json.dumps(json.dumps(SECRET))[3:-3], SECRET.encode().hex(), "4711+"):
                    self.assertNotIn(form, text)
            self.assertGreater(texts[0].count("[redacted:TOKEN]"), 3)
            self.assertIn("[redacted:TOKEN] was said\n", texts[2])
            self.assertGreater(assert_replays(world.recording), 5)

    def test_spellings_that_a_server_can_choose(self):
        raw = SECRET.encode()
        forms = ["".join(f"\\u{ord(c):04x}" for c in SECRET), json.dumps(SECRET)[1:-1], json.dumps(json.dumps(SECRET))[1:-1], raw.hex(), raw.hex().upper(),
                 "".join(f"%{b:02x}" for b in raw), *(base64.b64encode(b"?" * n + raw + b"!").decode() for n in range(3)),
                 *(base64.urlsafe_b64encode(b"?" * n + raw + b"!").decode() for n in range(3))]
        with World() as world:
            with Rig(world.options("--record", world.recording, "--record-full")) as rig:
                for number, form in enumerate(forms):
                    rig.client.send(to_line(request(number, "ping")))
                    rig.server.line()
                    rig.server.send(b'{"jsonrpc":"2.0","id":%d,"result":{"a":"%s"}}\n' % (number, form.encode()))
                    answer = json.loads(rig.client.line())
                    self.assertIn("[redacted:TOKEN]", answer["result"]["a"], form)
                    self.assertEqual(answer["id"], number)
            self.assertEqual(assert_replays(world.recording), 2 * len(forms))

    def test_a_secret_across_the_strings_of_a_message_breaks_it(self):
        with World() as world:
            world.secret.write_text('"a":"b","c":"d"', encoding="utf-8")
            with Rig(world.options()[2:] + ["--policy", "observe"]) as rig:
                rig.client.send(to_line(request(1, "ping")))
                rig.server.line()
                rig.server.send(to_line(result(1, {"x": 1})))
                self.assertEqual(json.loads(rig.client.line()), result(1, {"x": 1}))
                rig.server.send(b'{"jsonrpc":"2.0","method":"notifications/x","params":{"a":"b","c":"d"}}\n')
                self.assertNotIn(b'"a":"b","c":"d"', rig.client.line())


class Refusals(unittest.TestCase):
    def refused(self, words, wanted, policy=""):
        with World(policy) as world, Host(*harness.server("get_env"), options=["--policy", world.policy, "--no-system",
                                                                              *(word.replace("ROOT", str(world.root)) for word in words)]) as host:
            host.send(request(1, "initialize", {}))
            answer = host.receive()
            self.assertIn(wanted, answer["error"]["message"])
            host.close_input()
            self.assertEqual(host.wait()[0], 4)
            self.assertNotIn(b"hidden-value", host.errors)
            self.assertNotIn("hidden-value", json.dumps(answer))

    def test_each_with_its_reason_and_without_the_value(self):
        for words, wanted in ((["--secret", "T=file:ROOT/none"], "cannot open"),
                              (["--secret", "T=file:ROOT/policy.toml"], "can be used by others than its owner"),
                              (["--secret", "T=cmd:false hidden-value"], "exit code 1"),
                              (["--secret", "T=cmd:printf hid"], "less than 8 bytes"),
                              (["--secret", "T=hidden-value"], "no source that is known"),
                              (["--secret", "T=file:ROOT/secret", "--env", "T=1"], "given twice")):
            with self.subTest(words=words):
                self.refused(words, wanted)

    def test_a_keyring_without_an_answer(self):
        with World() as world:
            tool = world.file("secret-tool", '#!/bin/sh\n[ "$*" = "lookup service git account me" ] && printf "from the keyring"\n', 0o755)
            self.assertTrue(tool.stat().st_mode & stat.S_IXUSR)
            path = os.environ["PATH"]
            os.environ["PATH"] = f"{world.root}:{path}"
            self.addCleanup(os.environ.__setitem__, "PATH", path)
            with Host(*harness.server("get_env"), options=["--policy", world.policy, "--no-system", "--secret", "T=keyring:git/me"]) as host:
                host.open()
                self.assertEqual(ask(host, 3, "get-env")["result"]["structuredContent"]["T"], "[redacted:T]")
            self.refused(["--secret", "T=keyring:git/you"], "exit code 1")


if __name__ == "__main__":
    unittest.main()
