"""Clauses to train on: those of benign tools, own-written counter-examples, and attacks put into benign tools."""
import collections
import copy
import random

import features
import synthetic
from corpora import digest
from normal import normal

CUTS = (2, 8, 40)  # servers that use a word: bucket 0 below 2, 1 below 8, 2 below 40, else 3


def fold_of(server):
    return digest("f" + server)[0] % 4


class Vocabulary:
    """How many servers use a stem. In training a server's own use does not count, as it will not for unseen ones."""

    def __init__(self, rows):
        self.servers = collections.defaultdict(set)
        for row in rows:
            tool = row["tool"]
            found = {features.stem(word) for word in features.ident_words(tool.get("name") or "")}
            for _, text in features.tool_strings(tool):
                found.update(features.content(features.tokens(text)))
            for key in found:
                self.servers[key].add(row["server"])

    def without(self, server):
        def look_up(key):
            users = self.servers.get(key, ())
            return features.bucket(len(users) - (server in users), CUTS)
        return look_up

    def buckets(self):
        sizes = {key: features.bucket(len(users), CUTS) for key, users in self.servers.items()}
        return {key: size for key, size in sizes.items() if size}


def _described_properties(tool):
    schema = tool.get("inputSchema")
    props = schema.get("properties") if isinstance(schema, dict) else None
    values = props.values() if isinstance(props, dict) else ()
    return [p for p in values if isinstance(p, dict) and isinstance(p.get("description"), str)]


def _into_property(rng, prop, text):
    """Where a model reads it: behind the description, as the description, as the default or among the values."""
    place = rng.random()
    if place < 0.5:
        prop["description"] += rng.choice([" ", ". ", "\n"]) + text
    elif place < 0.65:
        prop["description"] = text
    elif place < 0.8:
        prop["default"] = text
    else:
        prop[rng.choice(("enum", "examples"))] = ["auto", text]


def _disguised(rng, text):
    """-> (text, joined): quoted, or padded with words that tools use; or to be joined to the description by `and`."""
    shape = rng.random()
    if shape < 0.05:
        return rng.choice(('"%s"', "'%s'", "`%s`", "\u201c%s\u201d")) % text, False
    if shape < 0.11:
        return text.rstrip(".!") + rng.choice((" ", ", ")) + rng.choice(synthetic.PADDING) + ".", False
    return text, shape < 0.18


def inject(rng, tool, text):
    """A copy of the tool with `text` behind, before or in the middle of its description, or in a property."""
    out = copy.deepcopy(tool)
    place, described = rng.random(), _described_properties(out)
    text, joined = _disguised(rng, text)
    if place < 0.22 and described:
        _into_property(rng, rng.choice(described), text)
        return out
    description = out.get("description") or ""
    if joined and description:
        joint = rng.choice((" and ", ", and ", " and ", ", ", " and then "))
        out["description"] = description.rstrip(". ") + joint + text[0].lower() + text[1:]
        return out
    separator = rng.choice([" ", " ", " ", "\n", "\n\n", ". "])
    if place < 0.80:
        out["description"] = description + separator + text
    elif place < 0.90:
        out["description"] = text + separator + description
    else:
        parts = description.split(". ")
        at = rng.randint(0, len(parts))
        out["description"] = ". ".join(parts[:at] + [text.rstrip(".")] + parts[at:])
    return out


def injected_clauses(rng, tool, payload, text, vocabulary):
    """Features of those clauses of the poisoned tool that hold the payload's words."""
    payload_words, out = set(features.content(features.tokens(payload))), []
    for clause in features.tool_clauses(inject(rng, tool, text), vocabulary):
        shared = len(payload_words & clause.content)
        if clause.content and payload_words and shared * 10 >= 6 * len(clause.content) and shared * 10 >= 4 * len(payload_words):
            out.append(clause.features)
    return out


def _varied(rng, payload):
    """Without the `Please` that begins many of the corpus's payloads; sometimes with another beginning."""
    if rng.random() < 0.6 and payload.lower().startswith("please "):
        payload = payload[7].upper() + payload[8:]
    if rng.random() < 0.15:
        payload = rng.choice(synthetic.LEADS[7:]) + payload[0].lower() + payload[1:]
    return payload


# What is learned twice and averaged by `share`: with harmless lines that order something in good faith, and without them, but
# with more attacks that only annoy. One knows less of honest servers, the other less of such attacks.
Recipe = collections.namedtuple("Recipe", "good_faith repeats off_task share")
RECIPES = (Recipe(True, 3, 0.25, 1), Recipe(False, 4, 0.3, 4))


class ToolData:
    """Rows of (fold, group, features): `benign` by tool, `counter` by own-written line, `attacks` by payload type."""

    def __init__(self, benign, payloads, both_halves, recipe):
        self.vocabulary = Vocabulary(benign)
        # What stands alone in a tool is what the tool says of itself: attacks are put beside it.
        self.described = [row for row in benign if row["tool"].get("description")]
        self.rng, self.names = random.Random(7), sorted({row["tool"]["name"] for row in benign})
        self.benign = [(fold_of(row["server"]), at, clause.features) for at, row in enumerate(benign)
                       for clause in features.tool_clauses(row["tool"], self.vocabulary.without(row["server"]))]
        self.counter, self.attacks = [], []
        times = 2 if both_halves else 1
        for line in synthetic.harmless_lines(recipe.good_faith) * recipe.repeats * times:
            self._add(self.counter, "own", line, line)
        for _ in range(1000 * times):
            line = synthetic.varied_harmless(self.rng)
            self._add(self.counter, "own", line, line)
        for at in range(len(payloads) * 24):
            payload = payloads[at % len(payloads)]
            self._attack(payload["source"] + "/" + payload["type"], _varied(self.rng, payload["payload"]))
        for _ in range(2200 * times):
            self._attack("own", synthetic.payload(self.rng, recipe.off_task))
        for _ in range(1200 * times):
            self._attack("own-lines", synthetic.order(self.rng))
        for _ in range(1700 * times):
            self._attack("own-grammar", synthetic.varied_order(self.rng))
        for lang in synthetic.LANGUAGES:
            for _ in range(100 * times):
                self._attack("own-" + lang, synthetic.foreign_payload(self.rng, lang))

    def _add(self, out, group, payload, text):
        row = self.rng.choice(self.described)
        vocabulary = self.vocabulary.without(row["server"])
        for found in injected_clauses(self.rng, row["tool"], payload, text, vocabulary):
            out.append((fold_of(row["server"]), group, found))

    def _attack(self, group, payload):
        self._add(self.attacks, group, payload, synthetic.wrapped(self.rng, payload, self.rng.choice(self.names)))


class TextData:
    """Features of free texts: `attacks` and `harmless` of the corpus, the same own-written, descriptions of tools."""

    def __init__(self, texts, benign, both_halves):
        rng = random.Random(11)
        of = features.text_features
        self.attacks = [of(normal(row["text"])) for row in texts if row["label"]]
        self.harmless = [of(normal(row["text"])) for row in texts if not row["label"]]
        self.own_attacks = [of(synthetic.attack_text(rng)) for _ in range(900)]
        self.own_harmless = [of(synthetic.harmless_text(rng)) for _ in range(1100)]
        self.own_attacks += [of(synthetic.attacked_instructions(rng)) for _ in range(500)]
        self.own_harmless += [of(synthetic.instructions(rng)) for _ in range(700)]
        share = 0.06 if both_halves else 0.12
        self.descriptions = [of(row["tool"]["description"][:800]) for row in benign
                             if rng.random() < share and row["tool"].get("description")]
