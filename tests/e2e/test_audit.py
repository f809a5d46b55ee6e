"""The audit log of a proxy at work: what is in it, what a kill leaves, what a full disk does, who may write and read it."""
import json
import os
import pathlib
import random
import signal
import stat
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "conformance" / "audit"))
from audit_rig import World, records  # noqa: E402


class Log(unittest.TestCase):
    def test_a_session_is_sealed_paired_and_verified(self):
        with World() as world:
            log = world.root / "log"
            session = world.session(log).start()
            for _ in range(3):
                self.assertIn("result", session.call())
            code, _, err = session.end()
            self.assertEqual((code, err), (0, ""))
            report = world.verdict(log)
            self.assertEqual((report["verdict"], report["exit_code"], report["unpaired"], report["key_source"]),
                             ("SEALED", 0, 0, "pinned"))
            found = records(log)
            self.assertEqual([r["seq"] for r in found], list(range(len(found))))
            self.assertEqual([found[0]["type"], found[1]["type"], found[-2]["type"], found[-1]["type"]],
                             ["log", "session-start", "session-end", "seal"])
            calls = [r for r in found if r["type"] == "decision" and r["action"] == "tools/call" and r["direction"] == "to-server"]
            self.assertEqual([(r["awaits"], r["resource_type"], r["resource_id"], r["outcome"]) for r in calls],
                             [(True, "tool", "read_note", "forward")] * 3)
            outcomes = {r["of"]: r["outcome"] for r in found if r["type"] == "outcome"}
            self.assertEqual([outcomes[r["seq"]] for r in calls], ["result"] * 3)

    def test_files_are_private_and_keys_are_outside(self):
        with World() as world:
            log = world.root / "log"
            world.session(log).start().end()
            for path in [log, *log.rglob("*"), *(world.root / "state" / "merlon" / "audit").rglob("*")]:
                mode = stat.S_IMODE(path.stat().st_mode)
                self.assertEqual(mode & 0o077, 0, path)
            self.assertFalse(any(path.suffix == ".key" for path in log.rglob("*")))

    def test_what_messages_hold_is_not_in_the_log(self):
        with World() as world:
            log = world.root / "log"
            session = world.session(log).start()
            session.ask("tools/call", {"name": "read_note", "arguments": {"text": "a-private-word-of-mine"}})
            session.end()
            self.assertNotIn(b"a-private-word-of-mine", (log / "log.jsonl").read_bytes())

    def test_a_second_proxy_needs_its_own_folder(self):
        with World() as world:
            log = world.root / "log"
            first = world.session(log).start()
            second = world.session(log)
            answer = second.ask("initialize")
            self.assertEqual(answer["error"]["data"]["code"], "NOT_STARTED")
            self.assertEqual(second.end()[0], 4)
            self.assertIn("result", first.call())
            report = world.verdict(log, "--allow-open")
            self.assertEqual((report["verdict"], report["being_written"], report["exit_code"]), ("OPEN", True, 0))
            first.end()
            self.assertEqual(world.verdict(log)["exit_code"], 0)

    def test_a_server_that_does_not_start_ends_the_log(self):
        with World() as world:
            log = world.root / "log"
            done = world.merlon("proxy", "--policy", "observe", "--no-system", "--audit", str(log), "--", str(world.root / "no-such-server"))
            self.assertEqual(done.returncode, 4)
            self.assertEqual(world.verdict(log)["verdict"], "SEALED")
            self.assertEqual([(r["type"], r.get("reason")) for r in records(log)][-2:], [("session-end", "not-started"), ("seal", None)])

    def test_tail_show_query_export(self):
        with World() as world:
            log = world.root / "log"
            session = world.session(log).start()
            session.call()
            session.end()
            self.assertIn("seal", world.merlon("audit", "tail", log, "-n", 1).stdout)
            self.assertEqual(json.loads(world.merlon("audit", "show", 1, log).stdout)["type"], "session-start")
            found = world.merlon("audit", "query", log, "--tool", "read_*", "--format", "jsonl")
            self.assertEqual({json.loads(line)["resource_id"] for line in found.stdout.splitlines()}, {"read_note"})
            self.assertEqual(world.merlon("audit", "query", log, "--decision", "deny").returncode, 1)
            export = world.root / "export.jsonl"
            export.write_text(world.merlon("audit", "export", log).stdout, encoding="utf-8")
            report = world.verdict(export, "--key", world.key(log))
            self.assertEqual((report["verdict"], report["exit_code"]), ("SEALED", 0))
            attacked = world.merlon("audit-verify", log, "--self-attack")
            self.assertEqual(attacked.returncode, 0, attacked.stdout)


class Faults(unittest.TestCase):
    def test_killed_at_any_time_nothing_that_was_answered_is_lost(self):
        chance = random.Random(11)
        rounds = int(os.environ.get("MERLON_AUDIT_KILLS", "12"))
        with World() as world:
            log = world.root / "log"
            answered = 0
            for _ in range(rounds):
                session = world.session(log)
                try:
                    session.start()
                    for _ in range(chance.randrange(1, 30)):
                        session.send("tools/call", {"name": "read_note", "arguments": {}})
                        if chance.random() < 0.05:
                            break
                        if "result" in (session.hear() or {}):
                            answered += 1
                finally:
                    session.process.send_signal(signal.SIGKILL)
                    session.process.communicate()
                for _ in range(200):   # its server goes with it
                    report = world.verdict(log, "--allow-open")
                    if not report["being_written"]:
                        break
                    time.sleep(0.01)
                self.assertIn(report["verdict"], ("OPEN", "TORN"))
            session = world.session(log).start()
            session.end()
            report = world.verdict(log)
            self.assertEqual((report["verdict"], report["exit_code"]), ("SEALED", 0))
            calls = [r for r in records(log) if r["type"] == "decision" and r["action"] == "tools/call"
                     and r["direction"] == "to-server" and r["outcome"] == "forward"]
            self.assertGreaterEqual(len(calls), world.called())   # no call without a record
            results = [r for r in records(log) if r["type"] == "outcome" and r["outcome"] == "result"]
            self.assertGreaterEqual(len(results), answered)       # no answer without one

    def test_a_full_disk_denies_and_room_lets_it_go_on(self):
        with World() as world:
            disk = world.root / "disk"
            disk.mkdir()
            mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k,mode=0700", "tmpfs", str(disk)], capture_output=True, check=False)
            if mounted.returncode:
                self.skipTest("no tmpfs can be mounted here")
            try:
                log = disk / "log"
                session = world.session(log).start()
                self.assertIn("result", session.call())
                filler = disk / "filler"
                with open(filler, "wb", buffering=0) as out:
                    try:
                        while out.write(b"x" * 4096):
                            pass
                    except OSError:
                        pass
                # What fits into the last page is still written; then nothing passes.
                before = None
                for _ in range(20):
                    before = world.called()
                    answer = session.call()
                    if "error" in answer:
                        break
                self.assertEqual(answer["error"]["data"]["code"], "NOT_RECORDED")
                denied = session.call()
                self.assertEqual(denied["error"]["code"], -31022)
                recorded = [r for r in records(log) if r["type"] == "decision" and r["action"] == "tools/call" and r["direction"] == "to-server"]
                self.assertLessEqual(world.called(), len(recorded))
                self.assertLessEqual(world.called(), before + 1)
                filler.unlink()
                self.assertIn("result", session.call())
                session.end()
                report = world.verdict(log)
                self.assertEqual((report["verdict"], report["exit_code"]), ("SEALED", 0))
            finally:
                subprocess.run(["umount", str(disk)], check=False)

    def test_a_log_that_was_cut_is_not_gone_on_with(self):
        with World() as world:
            log = world.root / "log"
            world.session(log).start().end()
            path = log / "log.jsonl"
            path.write_bytes(b"\n".join(path.read_bytes().split(b"\n")[:3]) + b"\n")
            session = world.session(log)
            self.assertEqual(session.ask("initialize")["error"]["data"]["code"], "NOT_STARTED")
            self.assertEqual(session.end()[0], 4)
            report = world.verdict(log)
            self.assertEqual((report["verdict"], report["exit_code"], report["first_bad"]), ("TRUNCATED", 1, 3))


if __name__ == "__main__":
    unittest.main()
