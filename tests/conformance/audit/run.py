#!/usr/bin/env python3
"""Other people's programs judge our audit logs, and ours judges theirs: golang.org/x/mod (sumdb/note, tlog) and Tessera's published
log. And a script that knows only the specification breaks logs in every way it can think of: none may pass.

Needs `go` and its module proxy for the Go part, MERLON_PEER_VECTORS for Tessera's; says what was not run.
"""
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from audit_rig import HERE, ROOT, World, records  # noqa: E402

VECTORS = pathlib.Path(os.environ.get("MERLON_PEER_VECTORS", ROOT.parent / "shared" / "vectors"))
TESSERA_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"


def build_peer(folder):
    """The Go program, or None where it cannot be had."""
    out = pathlib.Path(folder) / "auditpeer"
    try:
        done = subprocess.run(["go", "build", "-o", str(out), "."], cwd=HERE / "go", capture_output=True, text=True, timeout=600,
                              env={**os.environ, "GOFLAGS": "-mod=readonly -buildvcs=false"}, check=False)
    except (FileNotFoundError, subprocess.TimeoutExpired) as problem:
        print(f"not-run: go: {problem}")
        return None
    if done.returncode:
        print(f"not-run: go build: {done.stderr.strip()[:300]}")
        return None
    return out


def sample(world, calls):
    log = world.root / "log"
    for _ in range(2):   # gone on with once: two epochs more
        session = world.session(log).start()
        for _ in range(calls):
            assert "result" in session.call()
        session.end()
    return log


class Go(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory(prefix="merlon-go-")
        cls.peer = build_peer(cls.place.name)

    @classmethod
    def tearDownClass(cls):
        cls.place.cleanup()

    def judge(self, *words):
        return subprocess.run([self.peer, *map(str, words)], capture_output=True, text=True, timeout=300, check=False)

    def setUp(self):
        if self.peer is None:
            self.skipTest("no go")

    def test_go_opens_our_log_and_our_proofs(self):
        with World() as world:
            log = sample(world, 150)
            key = world.key(log)
            judged = self.judge("check", log, key)
            self.assertEqual((judged.returncode, judged.stderr), (0, ""))
            count = len(records(log))
            self.assertGreater(count, 600)
            for index in (0, 1, 255, 256, count - 1):
                proof = world.root / "proof"
                proof.write_text(world.merlon("audit-verify", log, "--prove", index).stdout, encoding="utf-8")
                self.assertEqual(self.judge("proof", proof, key).stderr, "", index)
                checked = world.merlon("audit-verify", "--check", proof, "--key", key)
                self.assertEqual(checked.returncode, 0, checked.stderr)

    def test_go_refuses_what_we_refuse(self):
        with World() as world:
            log = sample(world, 10)
            key = world.key(log)
            path = log / "log.jsonl"
            sound = path.read_bytes()
            for at in range(0, len(sound) - 1, 977):
                path.write_bytes(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1:])
                self.assertNotEqual(self.judge("check", log, key).returncode, 0, at)
                self.assertEqual(world.verdict(log)["exit_code"], 1, at)

    def test_we_open_what_go_writes(self):
        for count in (1, 2, 255, 256, 257, 70000):
            with World() as world:
                log = world.root / "go"
                key = self.judge("make", log, "example.com/go", count).stdout.strip()
                report = world.verdict(log, "--key", key)
                self.assertEqual((report["verdict"], report["exit_code"], report["records"]), ("SEALED", 0, count))
                self.assertEqual(world.verdict(log)["exit_code"], 3)   # nobody vouches for the key
                bundle = next((log / "tile" / "entries").rglob("0*"))
                bundle = bundle if bundle.is_file() else next(p for p in bundle.rglob("*") if p.is_file())
                data = bytearray(bundle.read_bytes())
                data[5] ^= 1
                bundle.write_bytes(data)
                self.assertEqual(world.verdict(log, "--key", key)["exit_code"], 1, count)


    def test_a_log_in_the_layout_of_gos_checksum_database_verifies_as_it_is(self):
        for count in (1, 2, 255, 256, 257, 1000, 70000):
            with World() as world:
                log = world.root / "sumdb"
                key = self.judge("sumdb", log, "sum.example.com", count).stdout.strip()
                self.assertTrue((log / "latest").exists() and (log / "tile" / "8" / "data").is_dir())
                report = world.verdict(log, "--key", key)
                self.assertEqual((report["verdict"], report["exit_code"], report["records"]), ("SEALED", 0, count))
                self.assertEqual([note for note in report["notes"] if "tile" in note], [])   # none is missing
                proof = world.root / "proof"
                proof.write_text(world.merlon("audit-verify", log, "--prove", count - 1).stdout, encoding="utf-8")
                self.assertEqual(self.judge("proof", proof, key).stderr, "")
                # A bit of a record, and one of a hash.
                for folder, at in (("data", 9), ("0", 5)):
                    tile = next(path for path in sorted((log / "tile" / "8" / folder).rglob("*")) if path.is_file())
                    whole = tile.read_bytes()
                    tile.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
                    self.assertNotEqual(world.verdict(log, "--key", key)["exit_code"], 0, (count, folder))
                    tile.write_bytes(whole)


class Tessera(unittest.TestCase):
    def test_its_published_log_verifies_as_it_is(self):
        source = VECTORS / "tessera" / "log"
        if not source.is_dir():
            self.skipTest("not-run: no vectors at MERLON_PEER_VECTORS/tessera")
        for size in range(1, 16):
            with World() as world:
                log = world.root / "tessera"
                shutil.copytree(source, log)
                shutil.copy(source / f"checkpoint.{size}", log / "checkpoint")
                report = world.verdict(log, "--key", TESSERA_KEY)
                self.assertEqual((report["verdict"], report["exit_code"], report["records"]), ("SEALED", 0, size))
                older = source / f"checkpoint.{max(1, size - 1)}"
                self.assertEqual(world.verdict(log, "--key", TESSERA_KEY, "--against", older)["exit_code"], 0)
                if size < 15:
                    newer = world.verdict(log, "--key", TESSERA_KEY, "--against", source / f"checkpoint.{size + 1}")
                    self.assertEqual((newer["verdict"], newer["exit_code"]), ("TRUNCATED", 1))


class Mutations(unittest.TestCase):
    """Knows the folder's files and nothing of the program. The seed is fixed: a failure is seen again."""

    def breakers(self, chance, lines):
        def swap(at, other):
            copy = list(lines)
            copy[at], copy[other] = copy[other], copy[at]
            return copy
        at, other = chance.sample(range(1, len(lines)), 2)
        yield "drop", lines[:at] + lines[at + 1:]
        yield "cut", lines[:at]
        yield "swap", swap(at, other)
        yield "twice", lines[:at] + [lines[at]] + lines[at:]
        yield "move", (lines[:at] + lines[at + 1:])[:other - 1] + [lines[at]] + (lines[:at] + lines[at + 1:])[other - 1:]
        yield "flip", lines[:at] + [bytes([lines[at][0]]) + bytes([lines[at][1] ^ (1 << chance.randrange(7))]) + lines[at][2:]] + lines[at + 1:]
        yield "blank", lines[:at] + [lines[at] + b" "] + lines[at + 1:]
        yield "join", lines[:at - 1] + [lines[at - 1] + lines[at]] + lines[at + 1:]
        yield "split", lines[:at] + [lines[at][:9], lines[at][9:]] + lines[at + 1:]
        yield "empty", lines[:at] + [b""] + lines[at:]
        yield "renumbered", lines[:at] + [b'{"seq":%d' % at + lines[other][lines[other].index(b","):]] + lines[at + 1:]

    def test_none_passes(self):
        chance = random.Random(7)
        with World() as world:
            log = sample(world, 8)
            path = log / "log.jsonl"
            sound = path.read_bytes()
            lines = sound.split(b"\n")[:-1]
            self.assertEqual(world.verdict(log)["exit_code"], 0)
            made = 0
            for _ in range(12):
                for name, broken in self.breakers(chance, lines):
                    changed = b"".join(line + b"\n" for line in broken)
                    if changed == sound:
                        continue
                    path.write_bytes(changed)
                    report = world.verdict(log, "--allow-open")
                    self.assertEqual(report["exit_code"], 1, (name, report))
                    made += 1
            self.assertGreater(made, 100)

    def test_files_of_another_log_do_not_pass(self):
        with World() as world, World() as other:
            log, strange = sample(world, 3), sample(other, 3)
            for name in ("log.jsonl", "checkpoint"):
                sound = (log / name).read_bytes()
                (log / name).write_bytes((strange / name).read_bytes())
                self.assertEqual(world.verdict(log, "--allow-open")["exit_code"], 1, name)
                (log / name).write_bytes(sound)
            shutil.rmtree(log)
            shutil.copytree(strange, log)
            report = world.verdict(log, "--allow-open")
            self.assertEqual((report["verdict"], report["attack"]), ("TAMPERED", "REPLACE"))


if __name__ == "__main__":
    unittest.main()
