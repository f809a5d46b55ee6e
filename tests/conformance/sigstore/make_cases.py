#!/usr/bin/env python3
"""Makes testdata/sigstore/: bundles of a Sigstore that exists nowhere else, good ones and one for each way to be wrong.

    tests/conformance/sigstore/make_cases.py        needs the Python packages `cryptography` and `asn1crypto`

The folders have the layout of the public conformance suite (run.py beside this explains it), and `fails_at` names the step
that must refuse. What comes out is committed: keys are made anew each time and thrown away.
"""
import base64
import copy
import datetime
import hashlib
import json
import pathlib
import shutil
import struct

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

OUT = pathlib.Path(__file__).resolve().parents[3] / "testdata" / "sigstore"
ARTIFACT = b"what was signed\n"
NOW = 1_760_000_000  # 2025-10-09T08:53:20Z, the time of signing
IDENTITY = "https://github.com/example/server/.github/workflows/release.yml@refs/heads/main"
ISSUER = "https://token.actions.githubusercontent.com"
SIGSTORE = "1.3.6.1.4.1.57264.1."
STATEMENT_TYPE = "application/vnd.in-toto+json"


def b64(data):
    return base64.b64encode(data).decode()


def sha256(data):
    return hashlib.sha256(data).digest()


def utc(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)


def rfc3339(seconds):
    return utc(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def spki(key):
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def pem(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def ec_key(curve=ec.SECP256R1):
    return ec.generate_private_key(curve())


def sign(key, data, hash_of=None):
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    own = {256: hashes.SHA256, 384: hashes.SHA384, 521: hashes.SHA512}[key.curve.key_size]
    return key.sign(data, ec.ECDSA((hash_of or own)()))


def der(certificate):
    return certificate.public_bytes(serialization.Encoding.DER)


def name(common):
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "example"), x509.NameAttribute(NameOID.COMMON_NAME, common)])


def authority(common, key, issuer=None, issuer_key=None, start=NOW - 10**7, end=NOW + 10**7):
    subject = name(common)
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.subject if issuer else subject)
               .public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(utc(start)).not_valid_after(utc(end))
               .add_extension(x509.BasicConstraints(True, None), True)
               .add_extension(x509.KeyUsage(False, False, False, False, False, True, True, False, False), True)
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False))
    if issuer_key:
        builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False)
    return builder.sign(issuer_key or key, hashes.SHA256())


class Log:
    """A transparency log with one leaf, or a few."""

    def __init__(self, url, key, start=NOW - 10**7, end=None):
        self.url, self.key, self.start, self.end = url, key, start, end
        self.host = url.split("//")[1]
        raw = spki(key)
        if isinstance(key, ed25519.Ed25519PrivateKey):
            public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            self.id = sha256(self.host.encode() + b"\n\x01" + public)
        else:
            self.id = sha256(raw)

    def trusted(self):
        details = "PKIX_ED25519" if isinstance(self.key, ed25519.Ed25519PrivateKey) else "PKIX_ECDSA_P256_SHA_256"
        window = {"start": rfc3339(self.start)}
        if self.end is not None:
            window["end"] = rfc3339(self.end)
        return {"baseUrl": self.url, "hashAlgorithm": "SHA2_256", "logId": {"keyId": b64(self.id)},
                "publicKey": {"rawBytes": b64(spki(self.key)), "keyDetails": details, "validFor": window}}

    def checkpoint(self, size, root, key=None, hint=None, origin=None, signer=None):
        text = f"{origin or self.host}\n{size}\n{b64(root)}\n"
        return text + self.note_signature(text, key, hint, signer)

    def note_signature(self, text, key=None, hint=None, signer=None):
        signature = (hint or self.id[:4]) + sign(key or self.key, text.encode())
        return f"\n\u2014 {signer or self.host} {b64(signature)}\n"

    def include(self, entry, body, index=5, **checkpoint):
        """As leaf `index` of eight, the others made up."""
        level = [sha256(b"\0" + b"other %d" % at) for at in range(8)]
        level[index] = sha256(b"\0" + body)
        path, at = [], index
        while len(level) > 1:
            path.append(b64(level[at ^ 1]))
            level = [sha256(b"\x01" + level[i] + level[i + 1]) for i in range(0, len(level), 2)]
            at //= 2
        entry["inclusionProof"] = {"logIndex": str(index), "treeSize": "8", "rootHash": b64(level[0]), "hashes": path,
                                   "checkpoint": {"envelope": self.checkpoint(8, level[0], **checkpoint)}}

    def promise(self, entry, body, time, key=None):
        entry["integratedTime"] = str(time)
        text = json.dumps({"body": b64(body), "integratedTime": time, "logID": self.id.hex(), "logIndex": int(entry["logIndex"])},
                          separators=(",", ":"))
        entry["inclusionPromise"] = {"signedEntryTimestamp": b64(sign(key or self.key, text.encode()))}


class Stamper:
    """A time stamp authority of RFC 3161."""

    def __init__(self, url, start=NOW - 10**7, end=None):
        self.url, self.start, self.end = url, start, end
        self.root_key, self.key = ec_key(), ec_key()
        self.root = authority("stamp root of " + url, self.root_key)
        self.leaf = (x509.CertificateBuilder().subject_name(name("stamper")).issuer_name(self.root.subject)
                     .public_key(self.key.public_key()).serial_number(x509.random_serial_number())
                     .not_valid_before(utc(NOW - 10**7)).not_valid_after(utc(NOW + 10**7))
                     .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)
                     .add_extension(x509.KeyUsage(True, False, False, False, False, False, False, False, False), True)
                     .sign(self.root_key, hashes.SHA256()))

    def trusted(self, empty=False):
        window = {"start": rfc3339(self.start)}
        if self.end is not None:
            window["end"] = rfc3339(self.end)
        chain = [] if empty else [{"rawBytes": b64(der(self.leaf))}, {"rawBytes": b64(der(self.root))}]
        return {"uri": self.url, "certChain": {"certificates": chain}, "validFor": window}

    def stamp(self, data, time):
        info = tsp.TSTInfo({"version": "v1", "policy": "1.3.6.1.4.1.57264.2",
                            "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": sha256(data)},
                            "serial_number": 7, "gen_time": utc(time)}).dump()
        attributes = cms.CMSAttributes([
            cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [sha256(info)]}),
            cms.CMSAttribute({"type": "signing_certificate_v2", "values": [tsp.SigningCertificateV2({
                "certs": [{"cert_hash": sha256(der(self.leaf))}]})]})])
        parsed = asn1_x509.Certificate.load(der(self.leaf))
        signer = cms.SignerInfo({
            "version": "v1", "digest_algorithm": {"algorithm": "sha256"}, "signed_attrs": attributes,
            "sid": cms.SignerIdentifier("issuer_and_serial_number", {"issuer": parsed.issuer, "serial_number": parsed.serial_number}),
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": sign(self.key, attributes.dump(), hashes.SHA256)})
        signed = cms.SignedData({"version": "v3", "digest_algorithms": [{"algorithm": "sha256"}], "signer_infos": [signer],
                                 "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info)}})
        token = cms.ContentInfo({"content_type": "signed_data", "content": signed})
        return {"signedTimestamp": b64(tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump())}


class World:
    def __init__(self):
        self.root_key, self.middle_key = ec_key(ec.SECP384R1), ec_key(ec.SECP384R1)
        self.root = authority("root", self.root_key)
        self.middle = authority("intermediate", self.middle_key, self.root, self.root_key)
        self.ct = Log("https://ct.example", ec_key())
        self.rekor = Log("https://rekor.example", ec_key())
        self.tiles = Log("https://tiles.example", ed25519.Ed25519PrivateKey.generate())
        self.tsa = Stamper("https://tsa.example")
        self.signer_key = ec_key()
        self.managed = ec_key()
        self.leaf = self.certificate(self.signer_key)

    def authority(self, chain=None, start=NOW - 10**7, end=None):
        window = {"start": rfc3339(start)} | ({"end": rfc3339(end)} if end is not None else {})
        chain = chain or [self.middle, self.root]
        return {"uri": "https://ca.example", "certChain": {"certificates": [{"rawBytes": b64(der(c))} for c in chain]},
                "validFor": window}

    def trusted_root(self):
        return {"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
                "tlogs": [self.rekor.trusted(), self.tiles.trusted()], "certificateAuthorities": [self.authority()],
                "ctlogs": [self.ct.trusted()], "timestampAuthorities": [self.tsa.trusted()]}

    def certificate(self, key, middle=None, middle_key=None, start=NOW - 60, end=NOW + 540, issuers=(ISSUER, ISSUER),
                    usage=ExtendedKeyUsageOID.CODE_SIGNING, promise="good"):
        middle, middle_key = middle or self.middle, middle_key or self.middle_key
        texts = {8: issuers[1], 9: IDENTITY, 11: "github-hosted", 12: "https://github.com/example/server", 13: "c0ffee" * 6 + "c0ff",
                 14: "refs/heads/main", 18: IDENTITY}
        serial = x509.random_serial_number()

        def builder():
            made = (x509.CertificateBuilder().subject_name(x509.Name([])).issuer_name(middle.subject)
                    .public_key(key.public_key()).serial_number(serial).not_valid_before(utc(start)).not_valid_after(utc(end))
                    .add_extension(x509.KeyUsage(True, False, False, False, False, False, False, False, False), True)
                    .add_extension(x509.ExtendedKeyUsage([usage]), False)
                    .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(IDENTITY)]), True)
                    .add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier(SIGSTORE + "1"), issuers[0].encode()), False))
            for number, text in texts.items():
                value = core.UTF8String(text).dump()
                made = made.add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier(SIGSTORE + str(number)), value), False)
            return made

        plain = builder().sign(middle_key, hashes.SHA256())
        if promise == "none":
            return plain
        ct = Log("https://other-ct.example", ec_key()) if promise == "unknown" else self.ct
        issuer_hash = sha256(spki(middle_key))
        body = plain.tbs_certificate_bytes
        time = struct.pack(">Q", (NOW - 60) * 1000)
        text = b"\0\0" + time + b"\0\x01" + issuer_hash + struct.pack(">I", len(body))[1:] + body + b"\0\0"
        signature = sign(ec_key() if promise == "forged" else ct.key, text)
        sct = b"\0" + ct.id + time + b"\0\0" + b"\x04\x03" + struct.pack(">H", len(signature)) + signature
        tls = struct.pack(">H", len(sct)) + sct
        tls = struct.pack(">H", len(tls)) + tls
        extension = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2"), core.OctetString(tls).dump())
        return builder().add_extension(extension, False).sign(middle_key, hashes.SHA256())


def statement(artifact=ARTIFACT, kind="https://in-toto.io/Statement/v1"):
    return json.dumps({"_type": kind, "subject": [{"name": "artifact", "digest": {"sha256": hashlib.sha256(artifact).hexdigest()}}],
                       "predicateType": "https://example.com/test", "predicate": {}}).encode()


def pae(kind, payload):
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)


class Signed:
    """A signature over the artifact or over an envelope, with everything that can stand in a bundle."""

    def __init__(self, world, envelope=None, key=None, leaf=None, payload_type=STATEMENT_TYPE):
        self.world, self.leaf = world, leaf or (None if key else world.leaf)
        self.key = key or world.signer_key
        self.envelope, self.payload_type = envelope, payload_type
        self.data = pae(payload_type, envelope) if envelope is not None else ARTIFACT
        self.signature = sign(self.key, self.data)

    def verifier(self):
        if self.leaf:
            return {"keyDetails": "PKIX_ECDSA_P256_SHA_256", "x509Certificate": {"rawBytes": b64(der(self.leaf))}}
        return {"keyDetails": "PKIX_ECDSA_P256_SHA_256", "publicKey": {"rawBytes": b64(spki(self.key))}}

    def verifier_pem(self):
        text = self.leaf.public_bytes(serialization.Encoding.PEM) if self.leaf else pem(self.key)
        return b64(text)

    def body(self, kind, version):
        digest = hashlib.sha256(self.data)
        payload = hashlib.sha256(self.envelope or b"")
        hexed = lambda value: {"algorithm": "sha256", "value": value.hexdigest()}
        plain = lambda value: {"algorithm": "SHA2_256", "digest": b64(value.digest())}
        signature = {"content": b64(self.signature), "verifier": self.verifier()}
        spec = {
            ("hashedrekord", "0.0.1"): {"data": {"hash": hexed(digest)},
                                        "signature": {"content": b64(self.signature), "publicKey": {"content": self.verifier_pem()}}},
            ("hashedrekord", "0.0.2"): {"hashedRekordV002": {"data": plain(digest), "signature": signature}},
            ("dsse", "0.0.1"): {"envelopeHash": hexed(digest), "payloadHash": hexed(payload),
                                "signatures": [{"signature": b64(self.signature), "verifier": self.verifier_pem()}]},
            ("dsse", "0.0.2"): {"dsseV002": {"payloadHash": plain(payload), "signatures": [signature]}},
            ("intoto", "0.0.2"): {"content": {"envelope": {"payloadType": self.payload_type, "signatures": [
                {"publicKey": self.verifier_pem(), "sig": b64(b64(self.signature).encode())}]},
                "hash": hexed(digest), "payloadHash": hexed(payload)}},
        }[(kind, version)]
        return {"apiVersion": version, "kind": kind, "spec": spec}

    def entry(self, log, kind, version, promise=True, proof=True, time=NOW, change=None, key=None, checkpoint=None):
        body = self.body(kind, version)
        if change:
            change(body)
        raw = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
        entry = {"logIndex": "5", "logId": {"keyId": b64(log.id)}, "kindVersion": {"kind": kind, "version": version},
                 "canonicalizedBody": b64(raw)}
        if promise:
            log.promise(entry, raw, time, key)
        if proof:
            log.include(entry, raw, **(checkpoint or {}))
        return entry

    def bundle(self, entries, stamps=(), version=3, chain=()):
        if not self.leaf:
            material = {"publicKey": {"hint": b64(sha256(spki(self.key)))}}
        elif version == 3:
            material = {"certificate": {"rawBytes": b64(der(self.leaf))}}
        else:
            material = {"x509CertificateChain": {"certificates": [{"rawBytes": b64(der(c))} for c in (self.leaf, *chain)]}}
        material["tlogEntries"] = list(entries)
        if stamps:
            material["timestampVerificationData"] = {"rfc3161Timestamps": list(stamps)}
        kind = "application/vnd.dev.sigstore.bundle.v0.3+json"
        if version != 3:
            kind = f"application/vnd.dev.sigstore.bundle+json;version=0.{version}"
        bundle = {"mediaType": kind, "verificationMaterial": material}
        if self.envelope is not None:
            bundle["dsseEnvelope"] = {"payload": b64(self.envelope), "payloadType": self.payload_type,
                                      "signatures": [{"sig": b64(self.signature)}]}
        else:
            bundle["messageSignature"] = {"messageDigest": {"algorithm": "SHA2_256", "digest": b64(sha256(ARTIFACT))},
                                          "signature": b64(self.signature)}
        return bundle


class Cases:
    def __init__(self, world):
        self.world = world
        self.names = []

    def add(self, case, bundle, fails_at=None, root=None, key=None, **files):
        folder = OUT / (case + ("_fail" if fails_at else ""))
        folder.mkdir(parents=True)
        self.names.append(folder.name)
        (folder / "bundle.sigstore.json").write_text(json.dumps(bundle, separators=(",", ":"), ensure_ascii=False) + "\n")
        if fails_at:
            (folder / "fails_at").write_text(fails_at + "\n")
        if root:
            (folder / "trusted_root.json").write_text(json.dumps(root, separators=(",", ":")) + "\n")
        if key:
            (folder / "key.pub").write_bytes(pem(key))
        for file, data in files.items():
            (folder / file).write_text(data)


def first_log(cases):
    """Rekor v1: the log's promise gives the time."""
    world = cases.world
    message, letter = Signed(world), Signed(world, statement())
    rekor = world.rekor
    good = message.bundle([message.entry(rekor, "hashedrekord", "0.0.1")])
    cases.add("rekor1-message", good)
    cases.add("rekor1-v01-promise-only", message.bundle([message.entry(rekor, "hashedrekord", "0.0.1", proof=False)], version=1))
    cases.add("rekor1-v02-with-intermediate",
              message.bundle([message.entry(rekor, "hashedrekord", "0.0.1")], version=2, chain=[world.middle]))
    cases.add("rekor1-dsse", letter.bundle([letter.entry(rekor, "dsse", "0.0.1")]))
    cases.add("rekor1-intoto", letter.bundle([letter.entry(rekor, "intoto", "0.0.2")]))
    cases.add("rekor1-cosigned-checkpoint", cosigned(message, rekor))
    cases.add("root-came-along", message.bundle([message.entry(rekor, "hashedrekord", "0.0.1")], version=2,
                                                chain=[world.middle, world.root]), "certificate")
    entry = lambda **more: message.bundle([message.entry(rekor, "hashedrekord", "0.0.1", **more)])
    cases.add("v01-without-promise", message.bundle([message.entry(rekor, "hashedrekord", "0.0.1", promise=False)], version=1),
              "bundle")
    cases.add("without-proof", entry(proof=False), "bundle")
    cases.add("without-entry", message.bundle([]), "bundle")
    cases.add("entry-twice", message.bundle([message.entry(rekor, "hashedrekord", "0.0.1")] * 2), "bundle")
    cases.add("promise-of-another-key", entry(key=ec_key()), "time")
    cases.add("time-before-log", entry(time=NOW - 2 * 10**7), "time")
    cases.add("time-after-certificate", entry(time=NOW + 541), "authority")
    cases.add("time-at-last-second", entry(time=NOW + 540))
    cases.add("log-unknown", message.bundle([message.entry(Log("https://evil.example", ec_key()), "hashedrekord", "0.0.1")]), "time")
    cases.add("without-time", entry(promise=False), "time")
    cases.add("checkpoint-of-another-key", entry(checkpoint={"key": ec_key()}), "log")
    cases.add("checkpoint-with-another-hint", entry(checkpoint={"hint": b"\0\0\0\1"}), "log")
    cases.add("checkpoint-of-another-origin", entry(checkpoint={"origin": "other.example"}), "log")
    wrong = copy.deepcopy(good)
    proof = wrong["verificationMaterial"]["tlogEntries"][0]["inclusionProof"]
    proof["hashes"][1] = proof["hashes"][0]
    cases.add("proof-of-another-leaf", wrong, "log")
    wrong = copy.deepcopy(good)
    proof = wrong["verificationMaterial"]["tlogEntries"][0]["inclusionProof"]
    proof["checkpoint"]["envelope"] = rekor.checkpoint(8, sha256(b"another tree"))
    cases.add("checkpoint-of-another-tree", wrong, "log")
    entries_of_others(cases, message, letter)


def cosigned(message, log):
    """A witness signed as well: it is ignored."""
    entry = message.entry(log, "hashedrekord", "0.0.1")
    witness = Log("https://witness.example", ed25519.Ed25519PrivateKey.generate())
    envelope = entry["inclusionProof"]["checkpoint"]
    text = envelope["envelope"].split("\n\n")[0] + "\n"
    envelope["envelope"] += witness.note_signature(text)[1:]
    return message.bundle([entry])


def entries_of_others(cases, message, letter):
    world, rekor = cases.world, cases.world.rekor
    other = Signed(world)
    cases.add("entry-of-another-signature", message.bundle([other.entry(rekor, "hashedrekord", "0.0.1")]), "entry")
    twin = Signed(world, leaf=world.certificate(world.signer_key))
    twin.signature = message.signature
    cases.add("entry-of-another-certificate", message.bundle([twin.entry(rekor, "hashedrekord", "0.0.1")]), "entry")

    def other_digest(body):
        body["spec"]["data"]["hash"]["value"] = hashlib.sha256(b"other").hexdigest()
    cases.add("entry-of-another-digest", message.bundle([message.entry(rekor, "hashedrekord", "0.0.1", change=other_digest)]), "entry")

    def other_payload(body):
        body["spec"]["payloadHash"]["value"] = hashlib.sha256(b"other").hexdigest()
    cases.add("entry-of-another-payload", letter.bundle([letter.entry(rekor, "dsse", "0.0.1", change=other_payload)]), "entry")

    def two_signatures(body):
        body["spec"]["signatures"] *= 2
    cases.add("entry-with-two-signatures", letter.bundle([letter.entry(rekor, "dsse", "0.0.1", change=two_signatures)]), "entry")
    renamed = message.entry(rekor, "hashedrekord", "0.0.1")
    renamed["kindVersion"] = {"kind": "dsse", "version": "0.0.1"}
    cases.add("entry-of-another-kind", message.bundle([renamed]), "entry")
    cases.add("entry-of-unknown-kind", message.bundle([message.entry(rekor, "hashedrekord", "0.0.1",
              change=lambda body: body.update(kind="rpm"))]), "error: log entries of the kind `rpm`")


def second_log(cases):
    """Rekor v2: an authority of RFC 3161 gives the time."""
    world = cases.world
    message, letter = Signed(world), Signed(world, statement())
    tiles, tsa = world.tiles, world.tsa
    made = lambda signed, kind, stamps, **more: signed.bundle([signed.entry(tiles, kind, "0.0.2", promise=False, **more)], stamps)
    stamp = tsa.stamp(message.signature, NOW)
    cases.add("rekor2-message", made(message, "hashedrekord", [stamp]))
    cases.add("rekor2-dsse", made(letter, "dsse", [tsa.stamp(letter.signature, NOW)]))
    cases.add("rekor2-dsse-as-hashedrekord", made(letter, "hashedrekord", [tsa.stamp(letter.signature, NOW)]))
    cases.add("rekor2-without-stamp", made(message, "hashedrekord", []), "time")
    cases.add("rekor2-stamp-of-another-signature", made(message, "hashedrekord", [tsa.stamp(b"other", NOW)]), "time")
    cases.add("rekor2-stamp-of-unknown-authority",
              made(message, "hashedrekord", [Stamper("https://evil.example").stamp(message.signature, NOW)]), "time")
    cases.add("rekor2-one-stamp-outside", made(message, "hashedrekord", [stamp, tsa.stamp(message.signature, NOW + 600)]), "authority")
    cases.add("rekor2-one-stamp-unknown", made(message, "hashedrekord",
              [stamp, Stamper("https://evil.example").stamp(message.signature, NOW)]), "time")
    moved = made(message, "hashedrekord", [stamp])
    moved["verificationMaterial"]["tlogEntries"][0]["logIndex"] = "6"
    cases.add("rekor2-entry-at-another-place", moved, "log")
    windows(cases, made(message, "hashedrekord", [stamp]))


def windows(cases, good):
    world = cases.world

    def root(change):
        made = world.trusted_root()
        change(made)
        return made
    window = lambda start, end: {"start": rfc3339(start), "end": rfc3339(end)}
    tlog = lambda value: root(lambda made: made["tlogs"][1]["publicKey"].update(validFor=value))
    stamper = lambda value: root(lambda made: made["timestampAuthorities"][0].update(validFor=value))
    ca = lambda value: root(lambda made: made["certificateAuthorities"][0].update(validFor=value))
    ct = lambda value: root(lambda made: made["ctlogs"][0]["publicKey"].update(validFor=value))
    cases.add("window-log-end-belongs", good, root=tlog(window(NOW - 9, NOW)))
    cases.add("window-log-start-belongs", good, root=tlog(window(NOW, NOW + 9)))
    cases.add("window-log-over", good, "log", root=tlog(window(NOW - 9, NOW - 1)))
    cases.add("window-log-without-start", good, "error: has no `start`", root=tlog({"end": rfc3339(NOW + 9)}))
    cases.add("window-stamper-end-belongs", good, root=stamper(window(NOW - 9, NOW)))
    cases.add("window-stamper-over", good, "time", root=stamper(window(NOW - 9, NOW - 1)))
    cases.add("window-stamper-without-start", good, "error: has no `start`", root=stamper({}))
    cases.add("window-authority-end-belongs", good, root=ca(window(NOW - 9, NOW)))
    cases.add("window-authority-over", good, "authority", root=ca(window(NOW - 9, NOW - 1)))
    cases.add("window-certificate-log-over", good, "promise", root=ct(window(NOW - 999, NOW - 61)))
    borrowed = stamper(window(NOW - 9, NOW - 1))
    borrowed["timestampAuthorities"].append(Stamper("https://idle.example").trusted(empty=True))
    cases.add("window-of-another-stamper", good, "time", root=borrowed)
    decoy_key = ec_key(ec.SECP384R1)
    decoy = authority("intermediate", decoy_key, world.root, world.root_key)
    twins = world.trusted_root()
    twins["certificateAuthorities"].insert(0, world.authority([decoy, world.root]))
    cases.add("two-intermediates-of-one-name", good, root=twins)
    unknown = root(lambda made: made["tlogs"][1]["publicKey"].update(keyDetails="ML_DSA_65"))
    cases.add("log-key-of-unknown-algorithm", good, "error: `ML_DSA_65` is not known", root=unknown)
    spare = world.trusted_root()
    spare["tlogs"].append(copy.deepcopy(unknown["tlogs"][1]) | {"logId": {"keyId": b64(sha256(b"newer"))}})
    spare["fieldOfNextYear"] = {"a": 1}
    cases.add("root-with-more-than-is-known", good, root=spare)


def certificates(cases):
    world = cases.world

    def case(label, fails_at, key=None, by_path_only=None, **more):
        key = key or world.signer_key
        signed = Signed(world, key=key, leaf=world.certificate(key, **more))
        files = {"by_path_only": by_path_only} if by_path_only else {}
        cases.add(label, signed.bundle([signed.entry(world.rekor, "hashedrekord", "0.0.1")]), fails_at, **files)
    stray_key = ec_key(ec.SECP384R1)
    stray = authority("intermediate", stray_key)
    case("authority-unknown", "authority", middle=stray, middle_key=stray_key)
    case("certificate-too-late", "authority", start=NOW + 1)
    case("certificate-for-servers", "certificate", usage=ExtendedKeyUsageOID.SERVER_AUTH)
    case("certificate-never-promised", "promise", promise="none")
    case("certificate-promise-of-unknown-log", "promise", promise="unknown")
    case("certificate-promise-forged", "promise", promise="forged")
    case("two-issuers", "issuer", issuers=("https://evil.example", ISSUER))
    case("curve-p384", None, key=ec_key(ec.SECP384R1), by_path_only="the signature is over a digest that is not SHA-256\n")
    signed = Signed(world)
    good = signed.bundle([signed.entry(world.rekor, "hashedrekord", "0.0.1")])
    cases.add("identity-of-another", good, "identity", identity="https://github.com/example/other")
    cases.add("identity-is-a-prefix", good, "identity", identity=IDENTITY[:-1])
    cases.add("issuer-is-another", good, "issuer", issuer="https://accounts.example.com")


def contents(cases):
    world, rekor = cases.world, cases.world.rekor

    def letter(label, fails_at, payload, kind=STATEMENT_TYPE):
        signed = Signed(world, payload, payload_type=kind)
        cases.add(label, signed.bundle([signed.entry(rekor, "dsse", "0.0.1")]), fails_at)
    letter("statement-of-another-artifact", "artifact", statement(b"other"))
    letter("statement-of-unknown-type", "artifact", statement(kind="https://in-toto.io/Statement/v2"))
    letter("statement-without-type", "artifact", statement().replace(b'"_type"', b'"_kind"'))
    letter("statement-of-another-payload-type", "artifact", statement(), "text/plain")
    letter("statement-of-v01", None, statement(kind="https://in-toto.io/Statement/v0.1"))
    message = Signed(world)
    message.signature = sign(world.signer_key, b"other")
    cases.add("signature-over-another", message.bundle([message.entry(rekor, "hashedrekord", "0.0.1")]), "signature")
    forged = Signed(world)
    forged.signature = sign(ec_key(), ARTIFACT)
    cases.add("signature-by-another", forged.bundle([forged.entry(rekor, "hashedrekord", "0.0.1")]), "signature")
    envelope = Signed(world, statement())
    envelope.signature = sign(world.signer_key, statement())
    cases.add("signature-without-type", envelope.bundle([envelope.entry(rekor, "dsse", "0.0.1")]), "signature")
    plain = Signed(world)
    stated = plain.bundle([plain.entry(rekor, "hashedrekord", "0.0.1")])
    stated["messageSignature"]["messageDigest"]["digest"] = b64(sha256(b"other"))
    cases.add("digest-of-another", stated, "artifact")
    double = Signed(world, statement())
    two = double.bundle([double.entry(rekor, "dsse", "0.0.1")])
    two["dsseEnvelope"]["signatures"] *= 2
    cases.add("two-signatures", two, "error: exactly one signature")
    odd = Signed(world)
    odd = odd.bundle([odd.entry(rekor, "hashedrekord", "0.0.1")])
    cases.add("field-unknown", odd | {"surprise": 1}, "error: a field that is not known")
    cases.add("media-type-unknown", odd | {"mediaType": "application/vnd.dev.sigstore.bundle.v0.9+json"}, "error: media type")
    mixed = copy.deepcopy(odd)
    chain = {"certificates": [mixed["verificationMaterial"].pop("certificate")]}
    mixed["verificationMaterial"]["x509CertificateChain"] = chain
    cases.add("chain-in-v03", mixed, "error: does not belong to its version")


def keys(cases):
    """Bare keys, which the user has from elsewhere."""
    world = cases.world
    key = world.managed
    message, letter = Signed(world, key=key), Signed(world, statement(), key=key)
    cases.add("key-with-entry", message.bundle([message.entry(world.rekor, "hashedrekord", "0.0.1")]), key=key)
    cases.add("key-without-entry", message.bundle([]), key=key)
    cases.add("key-intoto-without-promise", letter.bundle([letter.entry(world.rekor, "intoto", "0.0.2", promise=False)]), key=key)
    cases.add("key-of-another", message.bundle([]), "signature", key=ec_key())
    cases.add("key-of-another-with-entry", message.bundle([message.entry(world.rekor, "hashedrekord", "0.0.1")]), "entry", key=ec_key())
    edwards = ed25519.Ed25519PrivateKey.generate()
    cases.add("key-ed25519", Signed(world, statement(), key=edwards).bundle([]), key=edwards)
    named = Signed(world)
    cases.add("key-for-a-certificate", named.bundle([named.entry(world.rekor, "hashedrekord", "0.0.1")]), "key", key=key)
    cases.add("certificate-for-a-key", message.bundle([]), "certificate")


def main():
    if OUT.exists():
        shutil.rmtree(OUT)
    world = World()
    cases = Cases(world)
    for part in (first_log, second_log, certificates, contents, keys):
        part(cases)
    (OUT / "artifact").write_bytes(ARTIFACT)
    (OUT / "identity").write_text(IDENTITY)
    (OUT / "issuer").write_text(ISSUER)
    (OUT / "trusted_root.json").write_text(json.dumps(world.trusted_root(), indent=1) + "\n")
    print(f"{len(cases.names)} cases")


if __name__ == "__main__":
    main()
