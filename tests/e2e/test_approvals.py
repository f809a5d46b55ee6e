"""Approvals by people: held and answered calls, what is bound, and every way to come by an approval that is none."""
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import harness  # noqa: E402
import proxy_rig  # noqa: E402

HOLD = '[approval]\nmode = "hold"\nhold_seconds = 60\n'
TICKET = '[approval]\nmode = "ticket"\n'
TICKET_ID = re.compile(r"[0-9a-f]{8}-[1-9][0-9]*")


class World:
    """A folder with a policy, a server and a client's session behind the proxy."""

    def __init__(self, approval, *options, base="default"):
        self.folder = tempfile.TemporaryDirectory(prefix="merlon-approvals-")
        self.root = pathlib.Path(self.folder.name)
        self.home = proxy_rig.clean_environment(self.folder.name)
        self.description, self.calls = self.root / "description", self.root / "calls"
        self.description.write_text("Deletes a file", encoding="utf-8")
        self.calls.write_text("", encoding="utf-8")
        policy = self.root / "policy.toml"
        if approval is None:
            policy = base
        else:
            policy.write_text(f'format = 1\nname = "test"\nextends = "{harness.ROOT / "policies" / base}.toml"\n{approval}', encoding="utf-8")
        self.process = subprocess.Popen(
            [harness.BINARY, "proxy", "--no-system", "--policy", str(policy), "--name", "files", *map(str, options), "--",
             *harness.server("remover", str(self.description), str(self.calls))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.home, start_new_session=True)
        self.answers, self.others, self.errors = {}, [], []
        self.arrived = threading.Condition()
        self.threads = [threading.Thread(target=self._read, daemon=True), threading.Thread(target=self._read_errors, daemon=True)]
        for thread in self.threads:
            thread.start()
        self.number = 0
        self.ask("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}})
        self.send({"method": "notifications/initialized"})
        self.ask("tools/list")

    def _read(self):
        for line in self.process.stdout:
            message = json.loads(line)
            with self.arrived:
                if "method" in message:
                    self.others.append(message)
                else:
                    self.answers[message["id"]] = message
                self.arrived.notify_all()

    def _read_errors(self):
        for line in self.process.stderr:
            self.errors.append(line.decode("utf-8", "replace"))

    def send(self, message):
        self.process.stdin.write(proxy_rig.to_line({"jsonrpc": "2.0", **message}))
        self.process.stdin.flush()

    def begin(self, method, params=None):
        self.number += 1
        self.send({"id": self.number, "method": method, **({} if params is None else {"params": params})})
        return self.number

    def answer(self, number):
        with self.arrived:
            assert self.arrived.wait_for(lambda: number in self.answers or self.process.poll() is not None, harness.PATIENCE), "no answer came"
            assert number in self.answers, "".join(self.errors)
            return self.answers[number]

    def ask(self, method, params=None):
        return self.answer(self.begin(method, params))

    def begin_call(self, **arguments):
        return self.begin("tools/call", {"name": "remove_file", "arguments": arguments})

    def call(self, **arguments):
        return self.answer(self.begin_call(**arguments))

    def executed(self):
        return [json.loads(line) for line in self.calls.read_text(encoding="utf-8").splitlines()]

    def merlon(self, *arguments):
        return harness.merlon(*arguments, environment=self.home)

    def approvals(self, *arguments):
        return self.merlon("approvals", *arguments)

    def tickets(self):
        return self.approvals("list", "--format", "json").json()

    def ticket(self):
        """The one that waits."""
        assert harness.wait_until(lambda: len(self.tickets()) == 1), "".join(self.errors)
        return self.tickets()[0]

    def ticket_file(self, ticket):
        path = self.root / "ticket.json"
        path.write_text(self.approvals("show", ticket["id"], "--format", "json").out, encoding="utf-8")
        return path

    def mailbox(self):
        return pathlib.Path(self.home["XDG_STATE_HOME"]) / "merlon" / "approvals"

    def drop(self, ticket, text):
        """Puts an answer where the proxy looks, as any program of this account could."""
        hidden = self.mailbox() / "new"
        hidden.write_text(text, encoding="utf-8")
        hidden.chmod(0o600)
        hidden.rename(self.mailbox() / f"{ticket['id']}.grant")

    def outcome(self, ticket, state):
        path = self.mailbox() / f"{ticket['id']}.outcome"

        def found():
            try:
                return json.loads(path.read_text(encoding="utf-8"))["state"] == state
            except (FileNotFoundError, ValueError):
                return False
        assert harness.wait_until(found), "".join(self.errors)
        return json.loads(path.read_text(encoding="utf-8"))

    def close(self):
        self.process.stdin.close()
        try:
            code = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = None
        for thread in self.threads:
            thread.join(5)
        for stream in (self.process.stdout, self.process.stderr):
            stream.close()
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.close()
        self.folder.cleanup()


def text_of(answer):
    return answer["result"]["content"][0]["text"]


class Held(unittest.TestCase):
    def test_approved_from_another_process_it_is_executed_once_and_replays(self):
        with tempfile.TemporaryDirectory() as folder:
            recording = pathlib.Path(folder) / "session.jsonl"
            log = pathlib.Path(folder) / "log"
            with World(HOLD, "--record", recording, "--audit", log) as world:
                number = world.begin_call(path="/a")
                ticket = world.ticket()
                self.assertEqual((ticket["server"], ticket["item"], ticket["summary"], ticket["categories"]),
                                 ("files", "remove_file", '{"path":"/a"}', ["deletion"]))
                self.assertEqual(world.executed(), [])
                self.assertIn("result", world.ask("tools/list"))   # nobody else waits
                run = world.approvals("approve", ticket["id"], "--as", "amelia")
                self.assertEqual(run.code, 0, run)
                self.assertNotIn("isError", world.answer(number)["result"])
                self.assertEqual(world.executed(), [{"path": "/a"}])
                self.assertEqual(world.tickets(), [])
                self.assertEqual(world.close(), 0)
            proxy_rig.assert_replays(recording)
            approved = [json.loads(line) for line in (log / "log.jsonl").read_text(encoding="utf-8").splitlines()]
            self.assertEqual([record["approvals"] for record in approved if record.get("approvals")], [[ticket["id"] + " same-user amelia"]])

    def test_denied_it_is_answered_at_once(self):
        with World(HOLD) as world:
            number = world.begin_call(path="/a")
            ticket = world.ticket()
            self.assertEqual(world.approvals("deny", ticket["id"]).code, 0)
            self.assertIn("A person refused this call: ticket " + ticket["id"], text_of(world.answer(number)))
            self.assertEqual(world.executed(), [])

    def test_without_an_answer_in_time_it_is_refused(self):
        with World('[approval]\nmode = "hold"\nhold_seconds = 1\n') as world:
            self.assertIn("APPROVAL_REQUIRED", text_of(world.call(path="/a")))
            self.assertEqual(world.executed(), [])

    def test_cancelled_it_is_gone(self):
        with World(HOLD) as world:
            number = world.begin_call(path="/a")
            ticket = world.ticket()
            world.send({"method": "notifications/cancelled", "params": {"requestId": number}})
            self.assertTrue(harness.wait_until(lambda: world.tickets() == []))
            self.assertEqual(world.approvals("approve", ticket["id"]).code, 3)
            world.ask("tools/list")
            self.assertEqual(world.executed(), [])

    def test_a_definition_that_changed_meanwhile_is_another_call(self):
        with World(HOLD) as world:
            number = world.begin_call(path="/a")
            ticket = world.ticket()
            world.description.write_text("Deletes every file", encoding="utf-8")
            world.ask("tools/list")
            world.approvals("approve", ticket["id"])
            self.assertIn("is not any more what was to be approved", text_of(world.answer(number)))
            self.assertEqual(world.outcome(ticket, "refused")["reason"], "call-changed")
            self.assertEqual(world.executed(), [])

    def test_watch_shows_a_ticket_and_needs_no_terminal(self):
        with World(HOLD) as world:
            world.begin_call(path="/a")
            run = world.approvals("watch", "--count", "1")
            self.assertEqual(run.code, 0, run)
            self.assertIn("remove_file", run.out)
            self.assertNotIn("[y/n", run.out)


class Ticket(unittest.TestCase):
    def test_the_same_call_passes_once_and_others_do_not(self):
        with World(TICKET) as world:
            refused = text_of(world.call(path="/a"))
            ticket = world.ticket()
            self.assertEqual(TICKET_ID.findall(refused)[0], ticket["id"])
            # All that the model sees: no command, no digest, no path.
            for secret in ("merlon approvals", ticket["nonce"], ticket["call"], str(world.mailbox())):
                self.assertNotIn(secret, refused)
            self.assertEqual(world.approvals("approve", ticket["id"]).code, 0)
            self.assertIn("APPROVAL_REQUIRED", text_of(world.call(path="/b")))
            self.assertEqual(world.executed(), [])
            self.assertNotIn("isError", world.call(path="/a")["result"])
            self.assertIn("APPROVAL_REQUIRED", text_of(world.call(path="/a")))
            self.assertEqual(world.executed(), [{"path": "/a"}])

    def test_a_replayed_grant_is_refused(self):
        with World(TICKET) as world:
            world.call(path="/a")
            ticket = world.ticket()
            grant = world.approvals("sign", world.ticket_file(ticket)).out
            kept = (world.mailbox() / f"{ticket['id']}.ticket").read_text(encoding="utf-8")
            world.drop(ticket, grant)
            self.assertNotIn("isError", world.call(path="/a")["result"])
            (world.mailbox() / f"{ticket['id']}.ticket").write_text(kept, encoding="utf-8")
            world.drop(ticket, grant)
            self.assertEqual(world.outcome(ticket, "refused")["reason"], "replayed")
            self.assertIn("APPROVAL_REQUIRED", text_of(world.call(path="/a")))
            self.assertEqual(world.executed(), [{"path": "/a"}])

    def test_a_changed_definition_finds_no_approval(self):
        with World(TICKET) as world:
            world.call(path="/a")
            ticket = world.ticket()
            self.assertEqual(world.approvals("approve", ticket["id"]).code, 0)
            world.description.write_text("Deletes every file", encoding="utf-8")
            world.ask("tools/list")
            self.assertIn("APPROVAL_REQUIRED", text_of(world.call(path="/a")))
            self.assertEqual(world.executed(), [])

    def test_forged_expired_and_unreadable_grants_are_refused(self):
        with World(TICKET) as world:
            world.call(path="/a")
            ticket = world.ticket()
            grant = json.loads(world.approvals("sign", world.ticket_file(ticket)).out)

            def dropped(**changes):
                world.drop(ticket, json.dumps({**grant, **changes}, separators=(",", ":")))
                return world.outcome(ticket, "refused")["reason"]
            self.assertEqual(dropped(ticket_digest="0" * 64), "other-ticket")
            (world.mailbox() / f"{ticket['id']}.outcome").unlink()
            self.assertEqual(dropped(expires_ms=grant["created_ms"] + 1), "expired")
            (world.mailbox() / f"{ticket['id']}.outcome").unlink()
            self.assertEqual(dropped(more=1), "unreadable")
            (world.mailbox() / f"{ticket['id']}.outcome").unlink()
            self.assertEqual(dropped(uses=2), "too-many")
            (world.mailbox() / f"{ticket['id']}.outcome").unlink()
            outside = world.root / "outside"
            outside.write_text(json.dumps(grant, separators=(",", ":")), encoding="utf-8")
            os.symlink(outside, world.mailbox() / "link")
            os.rename(world.mailbox() / "link", world.mailbox() / f"{ticket['id']}.grant")
            self.assertEqual(world.outcome(ticket, "refused")["reason"], "forged")
            self.assertEqual(world.executed(), [])

    def test_what_lies_there_is_private(self):
        with World(TICKET) as world:
            world.call(path="/a")
            world.ticket()
            for path in [world.mailbox(), *world.mailbox().iterdir()]:
                self.assertEqual(stat.S_IMODE(path.stat().st_mode) & 0o077, 0, path)

    def test_the_policy_s_command_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            told = pathlib.Path(folder) / "told"
            with World(TICKET + f'notify = ["/bin/sh", "-c", "cat > {told}.new && mv {told}.new {told}"]\n') as world:
                world.call(path="/a")
                self.assertTrue(harness.wait_until(told.exists))
                self.assertEqual(json.loads(told.read_text(encoding="utf-8")), world.ticket())


class Believed(unittest.TestCase):
    def test_an_agent_of_the_same_account_is_refused_under_strict(self):
        with World("[[tool]]\ntool = \"remove_file\"\ndecision = \"ask\"\n", base="strict") as world:
            world.call(path="/a")
            ticket = world.ticket()
            run = world.approvals("approve", ticket["id"])
            self.assertEqual(run.code, 1, run)
            self.assertIn("low-assurance", run.out)
            self.assertIn("APPROVAL_REQUIRED", text_of(world.call(path="/a")))
            self.assertEqual(world.executed(), [])

    def test_and_recorded_as_the_same_user_under_default(self):
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder) / "log"
            with World(None, "--audit", log) as world:
                world.call(path="/a")
                ticket = world.ticket()
                self.assertEqual(world.approvals("approve", ticket["id"], "--as", "agent").code, 0)
                world.call(path="/a")
                self.assertEqual(world.executed(), [{"path": "/a"}])
                world.close()
            self.assertIn(ticket["id"] + " same-user agent", (log / "log.jsonl").read_text(encoding="utf-8"))

    def test_a_signature_counts_under_a_pinned_key_only(self):
        with tempfile.TemporaryDirectory() as folder:
            keys = {}
            for name in ("right", "wrong"):
                run = harness.merlon("attest", "keygen", "--name", name, "--out", pathlib.Path(folder) / f"{name}.pem")
                self.assertEqual(run.code, 0, run)
                keys[name] = run.out.splitlines()[0]
            section = TICKET + f'keys = ["{keys["right"]}"]\n[approval.min_assurance]\ndefault = "remote-signed"\n'
            with World(section) as world:
                world.call(path="/a")
                ticket = world.ticket()
                for name, code, word in (("wrong", 1, "wrong-key"), ("right", 0, "remote-signed")):
                    grant = world.root / f"{name}.json"
                    run = world.approvals("sign", world.ticket_file(ticket), "--key", pathlib.Path(folder) / f"{name}.pem", "--out", grant)
                    self.assertEqual(run.code, 0, run)
                    run = world.approvals("approve", ticket["id"], "--grant", grant)
                    self.assertEqual(run.code, code, run)
                    self.assertIn(word, run.out)
                self.assertNotIn("isError", world.call(path="/a")["result"])
                self.assertEqual(world.executed(), [{"path": "/a"}])

    @unittest.skipUnless(shutil.which("ssh-keygen"), "needs ssh-keygen")
    def test_a_signature_of_ssh_keygen_counts(self):
        with tempfile.TemporaryDirectory() as folder:
            key = pathlib.Path(folder) / "id_ed25519"
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True, stdin=subprocess.DEVNULL)
            public = key.with_suffix(".pub").read_text(encoding="utf-8").strip()
            section = TICKET + f'ssh_keys = ["{public}"]\n[approval.min_assurance]\ndefault = "remote-signed"\n'
            with World(section) as world:
                world.call(path="/a")
                ticket = world.ticket()
                grant = world.root / "grant.json"
                self.assertEqual(world.approvals("sign", world.ticket_file(ticket), "--out", grant).code, 0)
                for purpose, code, word in (("git", 1, "bad-signature"), ("merlon-approval", 0, "remote-signed")):
                    pathlib.Path(f"{grant}.sig").unlink(missing_ok=True)
                    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", str(key), "-n", purpose, str(grant)], check=True,
                                   stdin=subprocess.DEVNULL, capture_output=True)
                    run = world.approvals("approve", ticket["id"], "--grant", grant, "--ssh-signature", f"{grant}.sig")
                    self.assertEqual(run.code, code, run)
                    self.assertIn(word, run.out)
                self.assertNotIn("isError", world.call(path="/a")["result"])

    @unittest.skipUnless(os.geteuid() == 0, "needs a second user")
    def test_another_user_by_the_socket(self):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            section = TICKET + f'socket = "{folder}"\nusers = ["65534"]\n[approval.min_assurance]\ndefault = "other-user"\n'
            with World(section) as world:
                world.call(path="/a")
                ticket = world.ticket()

                def approve(user):
                    grant = world.approvals("sign", world.ticket_file(ticket)).out
                    script = ("import json, os, socket, sys\n"
                              "if int(sys.argv[1]):\n    os.setgroups([]); os.setgid(int(sys.argv[1])); os.setuid(int(sys.argv[1]))\n"
                              "s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[2])\n"
                              "s.sendall(json.dumps({'op': 'answer', 'grant': sys.argv[3]}).encode() + b'\\n')\n"
                              "print(s.recv(65536).decode())\n")
                    [path] = [name for name in os.listdir(folder) if name.endswith(".sock")]
                    run = subprocess.run([sys.executable, "-c", script, str(user), os.path.join(folder, path), grant],
                                         capture_output=True, check=True, text=True)
                    return json.loads(run.stdout)
                self.assertEqual(approve(65533), {"error": "wrong-user"})
                self.assertEqual(approve(0)["reason"], "low-assurance")
                outcome = approve(65534)
                self.assertEqual((outcome["state"], outcome["assurance"], outcome["approver"]), ("approved", "other-user", "user 65534"))
                self.assertNotIn("isError", world.call(path="/a")["result"])
                self.assertEqual(world.executed(), [{"path": "/a"}])


if __name__ == "__main__":
    unittest.main()
