"""A policy that changes while a session runs under it: taken when it only tightens or when this user could not have written it, and never by halves."""
import hashlib
import json
import os
import pathlib
import tempfile
import threading
import unittest

import harness
import test_containment
from proxy_rig import Rig, assert_replays, request, result, to_line
from test_containment import NOBODY

HEAD = 'format = 1\nname = "hot"\nversion = %d\n[[guard]]\ntype = "tool-list"\n[[guard]]\ntype = "rate-limit"\n[[guard.config.limit]]\nmax = %d\nwindow = 60\n'
LOAD = 'format = 1\nname = "hot"\nversion = %d\n[[guard]]\ntype = "message-size"\n[guard.config]\nmax_bytes = %d\n'
TIGHT = HEAD + '[[tool]]\ntool = "privileges"\ndecision = "deny"\n'


def replace(path, text):
    """As editors do."""
    other = path.with_name(path.name + ".new")
    other.write_text(text, encoding="utf-8")
    os.replace(other, path)


class Edited(test_containment.World):
    """A server with a tool `privileges`, and a policy under another user's feet or our own."""

    def __init__(self, user=0, protected=False):
        super().__init__("", user)
        if protected:
            for path in (self.root, self.policy):
                os.chown(path, 0, 0)
            self.root.chmod(0o755)
        replace(self.policy, HEAD % (1, 1000))


class Session(test_containment.Session):
    def allowed(self):
        return self.tries("privileges") == "ok 1"

    def says(self, words):
        return harness.wait_until(lambda: words.encode() in self.errors)


class Reload(unittest.TestCase):
    def test_tightening_is_taken_at_once_and_loosening_is_not(self):
        with Edited() as world, Session(world, "--audit", world.root / "audit") as session:
            session.open()
            self.assertTrue(session.allowed())
            replace(world.policy, TIGHT % (2, 1000))
            self.assertTrue(session.says("the policy was read again"), session.errors)
            self.assertFalse(session.allowed())
            replace(world.policy, HEAD % (3, 1000))
            self.assertTrue(session.says("the policy in force stays: the changed one may be looser: the entry for tool `privileges` is gone"), session.errors)
            self.assertFalse(session.allowed())
            status = harness.merlon("status", environment={"HOME": str(world.root / "home"), "XDG_STATE_HOME": str(world.root / "home" / "state"),
                                                           "XDG_RUNTIME_DIR": str(world.root / "home")})
            self.assertIn("the policy was changed and is not in force", status.out)
            session.close_input()
            session.wait()
            log = b"".join(path.read_bytes() for path in (world.root / "audit").rglob("*") if path.is_file())
            self.assertIn(b'"type":"reload-refused"', log)

    def test_a_broken_file_keeps_the_old_policy(self):
        with Edited() as world, Session(world) as session:
            session.open()
            replace(world.policy, TIGHT % (2, 1000))
            self.assertTrue(session.says("the policy was read again"))
            for broken in ("format = 1\nname = \"hot", ""):
                replace(world.policy, broken)
                self.assertTrue(session.says("the policy in force stays: the changed one cannot be read"), session.errors)
                self.assertFalse(session.allowed())
            world.policy.unlink()
            replace(world.policy, TIGHT % (3, 10))
            self.assertTrue(harness.wait_until(lambda: session.errors.count(b"the policy was read again") == 2), session.errors)
            self.assertFalse(session.allowed())

    @unittest.skipIf(os.geteuid() != 0 or not os.access("/usr/bin/python3", os.X_OK), "not-run: needs another user's files, so root")
    def test_who_cannot_write_the_file_may_loosen_it(self):
        for protected in (True, False):
            with self.subTest(protected=protected), Edited(NOBODY, protected) as world:
                replace(world.policy, TIGHT % (1, 10))
                if not protected:
                    os.chown(world.policy, NOBODY, NOBODY)
                with Session(world) as session:
                    session.open()
                    self.assertFalse(session.allowed())
                    replace(world.policy, HEAD % (2, 1000))
                    if not protected:
                        os.chown(world.policy, NOBODY, NOBODY)
                    self.assertTrue(session.says("the policy was read again" if protected else "the policy in force stays"), session.errors)
                    self.assertEqual(session.allowed(), protected)

    def test_edited_a_thousand_times_under_load(self):
        edits = 1000
        with tempfile.TemporaryDirectory(prefix="merlon-hot-") as folder:
            policy, recording = pathlib.Path(folder) / "p.toml", pathlib.Path(folder) / "session.jsonl"
            texts = [LOAD % (version, 1_000_000 - version) for version in range(1, edits + 1)]
            versions = {hashlib.sha256(text.encode()).hexdigest(): number for number, text in enumerate(texts)}
            replace(policy, texts[0])
            done = threading.Event()

            def edit():
                for text in texts:
                    replace(policy, text)
                done.set()
            with Rig(["--policy", policy, "--no-system", "--record", recording]) as rig:
                writer = threading.Thread(target=edit)
                writer.start()
                number = 0
                while not done.is_set() or number < 500:
                    number += 1
                    rig.client.send(to_line(request(number, "ping")))
                    self.assertEqual(json.loads(rig.server.line())["id"], number)
                    rig.server.send(to_line(result(number, {})))
                    self.assertEqual(json.loads(rig.client.line()), result(number, {}))
                writer.join()
                self.assertTrue(harness.wait_until(lambda: rig.error_text().count("the policy was read again") > 0), rig.error_text())
                self.assertNotIn("stays", rig.error_text())
            with recording.open(encoding="utf-8") as lines:
                decided = [json.loads(line)["decision"]["policy"] for line in lines if '"type":"event"' in line]
            self.assertEqual(len(decided), 2 * number)
            seen = [versions[digest] for digest in decided]   # a KeyError: half a policy
            self.assertEqual(seen, sorted(seen))
            self.assertEqual(assert_replays(recording), 2 * number)


if __name__ == "__main__":
    unittest.main()
