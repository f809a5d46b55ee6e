#!/usr/bin/env python3
"""Writes the own-written corpora of testdata/corpus_eval for `merlon eval`.

  write_own_corpus.py OUT.jsonl          paraphrases and stress (own_lines.json); no longer blind
  write_own_corpus.py OUT.jsonl --blind  blind_lines.json; no longer blind: the scorer after the first was chosen with it
  write_own_corpus.py OUT.jsonl --third  third_lines.json, written after rules and model were frozen and measured once

Nothing is tuned on the third lines: who does must write new ones.
"""
import copy
import hashlib
import json
import sys

import corpora

FOLDER = corpora.ROOT / "testdata" / "corpus_eval"
LINES = json.loads((FOLDER / "own_lines.json").read_text(encoding="utf-8"))


def _tool(name, description, parameters):
    properties = {key: {"type": "string", "description": text} for key, text in parameters.items()}
    return {"name": name, "description": description, "inputSchema": {"type": "object", "properties": properties}}


def carrier(number):
    return _tool(*LINES["carriers"][number % len(LINES["carriers"])])


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


def blind_rows(name):
    lines = json.loads((FOLDER / (name + "_lines.json")).read_text(encoding="utf-8"))
    tools = [_tool(*one) for one in lines["carriers"]]
    tools += [_tool(name, text, {parameter: "The " + parameter}) for name, text, parameter in lines["benign"]]
    yield {"server": name + "-set", "result": {"tools": tools}}
    for number, line in enumerate(lines["harmful"]):
        twin = tools[number % len(lines["carriers"])]
        tool = copy.deepcopy(twin)
        _append(tool, None, line)
        yield {"label": "malicious", "wrapper": name + "-harmful", "server": name + "-set", "language": "en", "twin": twin, "tool": tool}


def main():
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        name = sys.argv[2].lstrip("-") if len(sys.argv) > 2 else None
        for row in blind_rows(name) if name else rows():
            file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
