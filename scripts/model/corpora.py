"""The development corpora and their frozen split (docs/accuracy.md). Do not change the split: figures depend on it.

Half A is tuned on, half B is only looked at.
  benign tool    by server: parity of the first byte of sha256(server); a tool that servers of both halves carry
                 belongs to A, so that B never holds a tool that was tuned on
  payload        by type: the types of a source, ordered by sha256(source/type), are dealt A, B, A, B, ...
  poisoned tool  A or B if its payload and its carrier's server both are, else X (reported apart)
  text           parity of the first byte of sha256(text)
"""
import hashlib
import json
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENIGN = ("toucan-dev.jsonl", "docker-registry.jsonl")


def corpora_dir(given=None):
    return pathlib.Path(given or os.environ.get("MERLON_CORPORA") or ROOT.parent / "shared" / "corpora")


def digest(text):
    return hashlib.sha256(text.encode("utf-8")).digest()


def half_of(text):
    return "AB"[digest(text)[0] & 1]


def canonical(tool):
    return json.dumps(tool, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def load_benign(folder):
    unique = {}
    for name in BENIGN:
        for row in _lines(folder / "benign" / name):
            half = half_of(row["server"])
            for tool in row["result"].get("tools", []):
                seen = unique.setdefault(canonical(tool), {"half": half, "server": row["server"], "tool": tool})
                if half == "A":
                    seen["half"] = "A"
    return list(unique.values())


def load_payloads(folder):
    payloads = _lines(folder / "malicious" / "payloads-dev.jsonl")
    halves = {}
    for source in sorted({p["source"] for p in payloads}):
        types = sorted({p["type"] for p in payloads if p["source"] == source}, key=lambda t: digest(source + "/" + t))
        halves.update({(source, t): "AB"[at & 1] for at, t in enumerate(types)})
    for payload in payloads:
        payload["half"] = halves[(payload["source"], payload["type"])]
    return payloads


def load_texts(folder):
    texts = _lines(folder / "prompt-injection-dev.jsonl")
    for row in texts:
        row["half"] = half_of(row["text"])
    return texts
