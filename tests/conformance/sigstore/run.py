#!/usr/bin/env python3
"""Sigstore bundles, npm attestations and .mcpb signatures through the program, as a user would.

1. testdata/sigstore, our own cases (make_cases.py made them): each by path and by digest; those that end in `_fail` must exit
   non-zero, at the step that `fails_at` names.
2. The public conformance suite, where MERLON_PEER_VECTORS/sigstore or SIGSTORE_CONFORMANCE_ASSETS has its `test/assets`: folders
   of bundle-verify with bundle.sigstore.json and, each optional, artifact (else a.txt), identity, issuer, key.pub and
   trusted_root.json (else the production root).
3. A real npm package with its two real attestations, and broken ones. The production root and npm's keys are in the npm package
   @sigstore/tuf, the attestations in the Go module sigstore-go.
4. All three commands under a filter that kills at socket(): they answer the same.
"""
import base64
import ctypes
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "scripts"))
import check_sarif  # noqa: E402

OWN = ROOT / "testdata" / "sigstore"
PROGRAM = os.environ.get("MERLON_BINARY", str(ROOT / "build" / "release" / "merlon"))
VECTORS = pathlib.Path(os.environ.get("MERLON_PEER_VECTORS", ROOT.parent / "shared" / "vectors"))
SUITE = pathlib.Path(os.environ.get("SIGSTORE_CONFORMANCE_ASSETS", VECTORS / "sigstore"))
SUITE_IDENTITY = ("https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/"
                  "extremely-dangerous-oidc-beacon.yml@refs/heads/main")
ISSUER = "https://token.actions.githubusercontent.com"
TUF_PACKAGE = "@sigstore/tuf@4.0.2"
GO_MODULE = "github.com/sigstore/sigstore-go@v1.1.0"
NPM_PACKAGE = "sigstore@1.3.0"
SYSCALL_SOCKET = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}


def merlon(*words, before=None):
    return subprocess.run([PROGRAM, "attest", *map(str, words)], capture_output=True, text=True, check=False, preexec_fn=before,
                          stdin=subprocess.DEVNULL, timeout=120)


def text_of(file, otherwise):
    return file.read_text(encoding="utf-8") if file.exists() else otherwise


def words_of(folder, artifact, defaults):
    """The command line of the conformance suite for a case."""
    words = ["verify-bundle", "--bundle", folder / "bundle.sigstore.json"]
    key = folder / "key.pub"
    both = "managed-key-and-client-identity" in folder.name
    if not key.exists() or both:
        words += ["--certificate-identity", text_of(folder / "identity", defaults["identity"]).strip(),
                  "--certificate-oidc-issuer", text_of(folder / "issuer", defaults["issuer"]).strip()]
    if key.exists():
        words += ["--key", key]
    root = folder / "trusted_root.json"
    root = root if root.exists() else defaults["root"]
    return words + (["--trusted-root", root] if root else []) + [artifact]


def digest_of(file):
    return "sha256:" + subprocess.run(["sha256sum", file], capture_output=True, text=True, check=True).stdout.split()[0]


def first_refusal(done):
    """The step that was not ok, or the message of an error."""
    for line in done.stdout.splitlines():
        if line.startswith("FAIL"):
            return line.split()[1].rstrip(":")
    return done.stderr


def kill_at_socket():
    """For preexec_fn: this process and its children die at socket()."""
    architecture, number = SYSCALL_SOCKET[os.uname().machine]
    program = b"".join(struct.pack("HBBI", *row) for row in (
        (0x20, 0, 0, 4), (0x15, 0, 3, architecture), (0x20, 0, 0, 0), (0x15, 0, 1, number),
        (0x06, 0, 0, 0x80000000), (0x06, 0, 0, 0x7FFF0000)))
    buffer = ctypes.create_string_buffer(program)
    filter_program = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) != 0 or libc.prctl(22, 2, ctypes.c_char_p(filter_program), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")


class OwnCases(unittest.TestCase):
    defaults = {"identity": text_of(OWN / "identity", ""), "issuer": text_of(OWN / "issuer", ""), "root": OWN / "trusted_root.json"}

    def check(self, folder, artifact):
        done = merlon(*words_of(folder, artifact, self.defaults))
        fails_at = text_of(folder / "fails_at", "").strip()
        said = done.stdout + done.stderr
        self.assertEqual(folder.name.endswith("_fail"), bool(fails_at), folder.name)
        if not fails_at:
            self.assertEqual(done.returncode, 0, said)
            self.assertTrue(done.stdout.endswith("\nverified\n"), said)
        elif fails_at.startswith("error: "):
            self.assertEqual(done.returncode, 3, said)
            self.assertIn(fails_at.removeprefix("error: "), done.stderr)
        else:
            self.assertEqual((done.returncode, first_refusal(done)), (1, fails_at), said)

    def test_by_path_and_by_digest(self):
        folders = sorted(p for p in OWN.iterdir() if p.is_dir())
        self.assertGreater(len(folders), 80)
        for folder in folders:
            with self.subTest(folder.name):
                self.check(folder, OWN / "artifact")
            if not (folder / "by_path_only").exists():
                with self.subTest(folder.name + " by digest"):
                    self.check(folder, digest_of(OWN / "artifact"))

    def test_another_artifact_is_refused(self):
        good = sorted(p for p in OWN.iterdir() if p.is_dir() and not p.name.endswith("_fail"))
        with tempfile.NamedTemporaryFile() as other:
            other.write(b"something else\n")
            other.flush()
            for folder in good:
                for artifact in (other.name, "sha256:" + "0" * 64):
                    with self.subTest(folder.name):
                        done = merlon(*words_of(folder, artifact, self.defaults))
                        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
                        self.assertIn(first_refusal(done), ("entry", "signature", "artifact"))

    def test_without_a_root_it_says_which(self):
        done = merlon(*words_of(OWN / "rekor1-message", OWN / "artifact", {**self.defaults, "root": None}))
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn("--trusted-root FILE", done.stderr)
        self.assertIn("@sigstore/tuf", done.stderr)

    def test_opens_no_socket(self):
        probe = subprocess.run([sys.executable, "-c", "import socket; socket.socket()"], preexec_fn=kill_at_socket, check=False,
                               capture_output=True)
        self.assertLess(probe.returncode, 0, "the filter lets socket() through")
        for case, code in (("rekor1-message", 0), ("rekor2-dsse", 0), ("signature-by-another_fail", 1)):
            done = merlon(*words_of(OWN / case, OWN / "artifact", self.defaults), before=kill_at_socket)
            self.assertEqual(done.returncode, code, done.stdout + done.stderr)

    def test_words_that_do_not_fit(self):
        folder = OWN / "key-without-entry"
        base = ["verify-bundle", "--bundle", folder / "bundle.sigstore.json"]
        for words in ([], ["--key", folder / "key.pub", "--certificate-identity", "x", "--certificate-oidc-issuer", "y"],
                      ["--certificate-identity", "x"]):
            done = merlon(*base, *words, OWN / "artifact")
            self.assertEqual(done.returncode, 2, done.stdout + done.stderr)


class Suite(unittest.TestCase):
    def test_public_suite(self):
        cases = sorted(p for p in (SUITE / "bundle-verify").glob("*") if (p / "bundle.sigstore.json").exists())
        if not cases:
            print("not-run: sigstore-conformance: no bundle-verify folder in MERLON_PEER_VECTORS/sigstore")
            return
        defaults = {"identity": SUITE_IDENTITY, "issuer": ISSUER, "root": production("trusted_root.json")}
        for folder in cases:
            artifact = folder / "artifact"
            artifact = artifact if artifact.exists() else SUITE / "a.txt"
            for word in (artifact, digest_of(artifact)):
                with self.subTest(folder.name, word=str(word)):
                    done = merlon(*words_of(folder, word, defaults))
                    self.assertEqual(done.returncode != 0, folder.name.endswith("_fail"), done.stdout + done.stderr)


def production(target):
    """A target of Sigstore's public TUF repository, as npm's client carries it; None where npm cannot fetch it."""
    seeds = json.loads(pathlib.Path(check_sarif.npm_file(TUF_PACKAGE, "seeds.json")).read_text(encoding="utf-8"))
    (repository,) = seeds.values()
    place = pathlib.Path(tempfile.gettempdir()) / f"merlon-sigstore-{os.getuid()}"
    place.mkdir(mode=0o700, exist_ok=True)
    file = place / target.replace("%2F", "_")
    file.write_bytes(base64.b64decode(repository["targets"][target]))
    return file


def go_module_file(inner):
    done = subprocess.run(["go", "mod", "download", "-json", GO_MODULE], capture_output=True, text=True, check=False, timeout=300,
                          env={**os.environ, "GOTOOLCHAIN": "local"})
    with zipfile.ZipFile(json.loads(done.stdout)["Zip"]) as module:
        return module.read(f"{GO_MODULE}/{inner}")


class NpmPackage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="merlon-npm-"))
        cls.ready = False
        try:
            cls.root, cls.keys = production("trusted_root.json"), production("registry.npmjs.org%2Fkeys.json")
            cls.bundles = [json.loads(go_module_file(f"examples/bundle-{kind}.json")) for kind in ("publish", "provenance")]
            subprocess.run(["npm", "pack", "--silent", "--ignore-scripts", NPM_PACKAGE], cwd=cls.folder, check=True,
                           capture_output=True, timeout=300)
            cls.tarball = cls.folder / "sigstore-1.3.0.tgz"
            cls.ready = cls.tarball.exists()
        except (check_sarif.NotRun, OSError, KeyError, ValueError, subprocess.SubprocessError) as problem:
            print(f"not-run: npm-attestations: {type(problem).__name__}")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder, ignore_errors=True)

    def verify(self, *words, bundles=None, tarball=None, before=None):
        file = self.folder / "attestations.json"
        listed = [{"predicateType": "anything", "bundle": bundle} for bundle in (self.bundles if bundles is None else bundles)]
        file.write_text(json.dumps({"attestations": listed}), encoding="utf-8")
        return merlon("verify-npm", "--attestations", file, "--trusted-root", self.root, "--npm-keys", self.keys, *words,
                      tarball or self.tarball, before=before)

    def refused(self, step, *words, **more):
        done = self.verify(*words, **more)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertTrue(any(line.startswith(f"FAIL  {step}:") for line in done.stdout.splitlines()), done.stdout)

    def test_real_package(self):
        if not self.ready:
            return
        done = self.verify("--package", "sigstore@1.3.0", "--source-repository", "https://github.com/sigstore/sigstore-js",
                           "--workflow", ".github/workflows/release.yml", "--builder", "https://github.com/actions/runner",
                           before=kill_at_socket)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.refused("package", "--package", "sigstore@1.3.1")
        self.refused("source", "--source-repository", "https://github.com/example/other")
        self.refused("workflow", "--workflow", ".github/workflows/other.yml")
        self.refused("workflow", "--workflow", ".github/workflows/release.yml@refs/heads/other")
        self.refused("builder", "--builder", "https://example.com/builder")

    def test_broken_package(self):
        if not self.ready:
            return
        publish, provenance = self.bundles
        changed = self.folder / "changed.tgz"
        changed.write_bytes(self.tarball.read_bytes() + b"\0")
        self.refused("publish artifact", tarball=changed)
        self.refused("attestations", bundles=[publish])
        self.refused("attestations", bundles=[provenance])
        self.refused("attestations", bundles=[publish, publish, provenance])

        def with_signature(bundle, change):
            broken = json.loads(json.dumps(bundle))
            signature = broken["dsseEnvelope"]["signatures"][0]
            raw = bytearray(base64.b64decode(signature["sig"]))
            raw[-1] ^= change
            signature["sig"] = base64.b64encode(raw).decode()
            return broken
        self.refused("publish entry", bundles=[with_signature(publish, 1), provenance])
        self.refused("provenance entry", bundles=[publish, with_signature(provenance, 1)])
        stranger = json.loads(json.dumps(publish))
        stranger["verificationMaterial"]["publicKey"]["hint"] = "SHA256:other"
        self.refused("publish key", bundles=[stranger, provenance])


class McpbBundle(unittest.TestCase):
    """Signed with OpenSSL's own program, as `mcpb sign` signs."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="merlon-mcpb-"))
        with zipfile.ZipFile(cls.folder / "a.zip", "w") as bundle:
            bundle.writestr("manifest.json", "{}")
        cls.content = (cls.folder / "a.zip").read_bytes()
        cls.der = {name: cls.sign(name) for name in ("acme", "mallory")}

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder, ignore_errors=True)

    @classmethod
    def sign(cls, name):
        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=cls.folder, check=True, capture_output=True)
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-out",
                f"{name}.pem", "-days", "2", "-subj", f"/CN={name}")
        openssl("cms", "-sign", "-binary", "-in", "a.zip", "-signer", f"{name}.pem", "-inkey", f"{name}.key", "-outform", "DER", "-out",
                f"{name}.der", "-md", "sha256")
        return (cls.folder / f"{name}.der").read_bytes()

    def verify(self, data, *trusted, before=None):
        file = self.folder / "b.mcpb"
        file.write_bytes(data)
        roots = [word for name in trusted for word in ("--trusted-root", self.folder / f"{name}.pem")]
        return merlon("verify-mcpb", *roots, file, before=before)

    def signed(self, der, content=None, length=None):
        size = struct.pack("<I", len(der) if length is None else length)
        return (self.content if content is None else content) + b"MCPB_SIG_V1" + size + der + b"MCPB_SIG_END"

    def test_good(self):
        for trusted in (["acme"], ["mallory", "acme"]):
            done = self.verify(self.signed(self.der["acme"]), *trusted, before=kill_at_socket)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("CN=acme", done.stdout)

    def test_every_byte_counts(self):
        good = self.signed(self.der["acme"])
        for at in range(0, len(good), 7):
            done = self.verify(good[:at] + bytes([good[at] ^ 1]) + good[at + 1:], "acme")
            # Bytes of the certificate that came along do not count, where the pinned one is used instead.
            if done.returncode == 0:
                self.assertIn(good[at - 3:at + 4], self.der["acme"])

    def test_wrong(self):
        acme, content = self.der["acme"], self.content
        cases = {
            "by another": (self.signed(self.der["mallory"]), 1, "it does not hold"),
            "other content": (self.signed(acme, content[:30] + b"X" + content[31:]), 1, "it does not hold"),
            "not signed": (content, 1, "the bundle is not signed"),
            "something behind": (self.signed(acme) + b"x", 3, "behind its footer"),
            "something before": (self.signed(acme, content + b"x"), 3, "does not end as a ZIP"),
            "wrong length": (self.signed(acme, length=len(acme) + 1), 3, "no header with a length"),
            "two signatures": (self.signed(acme, self.signed(self.der["mallory"])), 3, "does not end as a ZIP"),
            "no DER": (self.signed(b"junk"), 1, "it is no CMS"),
        }
        for name, (data, code, why) in cases.items():
            with self.subTest(name):
                done = self.verify(data, "acme")
                self.assertEqual(done.returncode, code, done.stdout + done.stderr)
                self.assertIn(why, done.stdout + done.stderr)

    def test_nobody_is_trusted(self):
        done = self.verify(self.signed(self.der["acme"]))
        self.assertEqual(done.returncode, 3)
        self.assertIn("claims to be by CN=acme", done.stderr)


if __name__ == "__main__":
    unittest.main()
