#!/usr/bin/env python3
"""Writes the own-written paraphrase and stress corpus for `merlon eval` from testdata/corpus_eval/own_lines.json.

  write_own_corpus.py OUT.jsonl

Its lines were written after rules and model were frozen. Nothing is tuned on them: who does must write new ones.
"""
import copy
import hashlib
import json
import sys

import corpora

LINES = json.loads((corpora.ROOT / "testdata" / "corpus_eval" / "own_lines.json").read_text(encoding="utf-8"))


def carrier(number):
    name, description, parameters = LINES["carriers"][number % len(LINES["carriers"])]
    properties = {key: {"type": "string", "description": text} for key, text in parameters.items()}
    return {"name": name, "description": description, "inputSchema": {"type": "object", "properties": properties}}


def _number(text):
    return hashlib.sha256(text.encode()).digest()[1]


def _append(tool, _, text):
    tool["description"] += " " + text


def _property(_, parameter, text):
    parameter["description"] += ". " + text


def _default(_, parameter, text):
    parameter["default"] = text


def _enum(_, parameter, text):
    parameter["enum"] = ["auto", text]


def _mid_sentence(tool, _, text):
    tool["description"] = tool["description"].rstrip(".") + " and " + text[0].lower() + text[1:]


def poisoned(wrapper, text, lang="en", place=_append):
    twin = carrier(_number(wrapper + text))
    tool = copy.deepcopy(twin)
    place(tool, next(iter(tool["inputSchema"]["properties"].values())), text)
    return {"label": "malicious", "wrapper": wrapper, "server": "own-set", "language": lang, "twin": twin, "tool": tool}


def _paraphrases():
    harmful = LINES["harmful"]
    for kind in ("harmful", "harmless"):
        yield from (poisoned("paraphrase-" + kind, line) for line in LINES[kind])
    for kind in ("call", "conceal", "override"):
        for number, wrapper in enumerate(LINES[kind]):
            for turn in range(3):
                line = harmful[(number * 3 + turn * 7) % len(harmful)]
                yield poisoned("paraphrase-" + kind, wrapper.replace("{p}", line))
    for lang, lines in LINES["languages"].items():
        yield from (poisoned("paraphrase-" + lang, line, lang) for line in lines)


def _stress():
    for line in LINES["harmful"][:10]:
        yield poisoned("stress-stuffed", line.rstrip(".") + LINES["stuffing"] + ".")
        yield poisoned("stress-property", line, place=_property)
        yield poisoned("stress-default", line, place=_default)
        yield poisoned("stress-enum", line, place=_enum)
        yield poisoned("stress-repeated", " ".join([line] * 3))
        yield poisoned("stress-quoted", '"' + line + '"')
        yield poisoned("stress-note-section", "\n\nNotes:\n- " + line)
        yield poisoned("stress-mid-sentence", line, place=_mid_sentence)


def _benign():
    tools = [carrier(number) for number in range(len(LINES["carriers"]))]
    for line in LINES["benign"]:
        tool = carrier(_number(line))
        tool["description"] += " " + line
        tools.append(tool)
    return {"server": "own-set", "result": {"tools": tools}}


def rows():
    yield _benign()
    yield from _paraphrases()
    yield from _stress()
    for text, label, lang in LINES["texts"]:
        yield {"text": text, "label": label, "category": "own", "language": lang}
    for text in LINES["prompts"]:
        yield {"text": text, "label": 0, "category": "own-prompt", "language": "en"}


def main():
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        for row in rows():
            file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
