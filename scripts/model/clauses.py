"""Cuts a text into clauses. The C++ of lib/rules/instruction/clause_splitter.cpp does the same; vectors hold them together."""
import re

from lexicon import words

VERB, WH, POLITE = words("verb"), words("wh"), words("polite")
RUN_ON, JOIN = words("runon"), words("join")
MAX_CLAUSE, MIN_CHUNK = 600, 400

ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|no|dr|mr|mrs|st|approx|incl)|\b[A-Za-z])$", re.I)
HEADER = re.compile(
    r"^\s*[#*_\s]*(args?|arguments?|param(?:eter)?s?|input(?:s)?|returns?|output(?:s)?|raises|"
    r"examples?(?: usage| queries)?|usage|notes?|yields|use cases?|when to use|features|response(?: format)?)"
    r"\b[^:\n]{0,30}:\s*[*_]*\s*(.*)$", re.I | re.S)
PARAMETER = re.compile(
    r"^\s*(?:[-*•]\s*)?[`*\"']{0,3}[A-Za-z_][\w.\[\]]*[`*\"']{0,3}\s*(?:\([^)]{0,60}\))?\s*(?::|\s[-–]\s|=)\s*\S")
BULLET = re.compile(r"^(?:[-*•#>]+|\d+[.)])\s*")
NUMBERED = re.compile(r"\d+[.)]\s")
TAG = re.compile(r"</?[A-Za-z][\w:-]{2,}>")
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
SECTION = dict.fromkeys("arg args argument arguments param params parameter parameters input inputs".split(), "arg")
SECTION.update(dict.fromkeys("return returns output outputs raises yields".split(), "ret"))


def is_cjk(char):
    code = ord(char)
    return 0x3040 <= code <= 0x30FF or 0x3400 <= code <= 0x9FFF or 0xAC00 <= code <= 0xD7AF


def logical_lines(text):
    """Physical lines; one that starts in lower case continues a line before it that did not end."""
    out = []
    for line in text.replace("\r", "\n").split("\n"):
        line = line.strip()
        if not line:
            out.append("")
        elif out and out[-1] and line[0].islower() and not PARAMETER.match(line) and out[-1][-1] not in ".!?:;。！？":
            out[-1] += " " + line
        else:
            out.append(line)
    return [line for line in out if line]


def _section(word):
    return SECTION.get(word, "ex" if word.startswith("ex") or word == "usage" else "note")


def _ends_sentence(line, at):
    char = line[at]
    if char in "。！？；":
        return True
    if char not in ".!?;" or (at + 1 < len(line) and not line[at + 1].isspace() and line[at + 1] not in "\"')]}*`"):
        return False
    return not (char == "." and at + 1 < len(line) and ABBREVIATION.search(line[max(0, at - 8):at]))


def _inline_bullet(line, start, at):
    if line[at] not in "-*•" or at <= start or line[at - 1] != " " or line[at + 1:at + 2] != " ":
        return False
    before = line[start:at].rstrip()[-1:]
    return before in ":.)：。" or (line[at] != "*" and is_cjk(line[max(0, at - 2)]))


def _sentences(line):
    """(sentence, is the first of its line)"""
    out, start = [], 0

    def add(end, next_start):
        nonlocal start
        sentence = line[start:end].strip()
        if sentence:
            out.append((sentence, not out))
        start = next_start

    for at, char in enumerate(line):
        if _ends_sentence(line, at):
            add(at + 1, at + 1)
        elif _inline_bullet(line, start, at):
            add(at, at + 1)
        elif char == "<" and at > start and TAG.match(line[at:at + 24]) and line[start:at].strip():
            add(at, at)
    add(len(line), len(line))
    return out


def _chunks(sentence):
    """A sentence without end is cut, so that it can neither dilute nor hide what stands in it."""
    while len(sentence) > MAX_CLAUSE:
        blank = sentence.rfind(" ", MIN_CHUNK, MAX_CLAUSE)
        cut = blank if blank > 0 else MAX_CLAUSE
        yield sentence[:cut].strip()
        sentence = sentence[cut:].strip()
    yield sentence


def _run_ons(clause):
    """Where a new command begins inside one sentence: before a capitalised verb, question word, `Please`, `You` after
    a word that is not capitalised or a bracket; before `please` and a verb; before `, then` (also, next) and a verb."""
    cuts, before = [], None
    found = list(WORD.finditer(clause))
    for at, match in enumerate(found):
        word = match.group(0)
        low = word.lower()
        follower = found[at + 1].group(0).lower() if at + 1 < len(found) else ""
        if at and clause[match.start() - 1] in " \t":
            gap = clause[before.end():match.start()].strip()
            shouted = len(word) > 1 and word.isupper()
            if word[0].isupper() and not shouted and (low in VERB or low in WH or low in POLITE or low in RUN_ON) and follower:
                if (gap == "" and not before.group(0)[0].isupper()) or gap in (")", "]", "}", "`", "'", '"', "...", "*", ">"):
                    cuts.append(match.start())
            elif low in POLITE and follower in VERB and gap in ("", ",", ")", "]"):
                cuts.append(match.start())
            elif low in JOIN and follower in VERB and (gap == "," or (before.group(0).lower() == "and" and at > 1)):
                cuts.append(match.start())
        before = match
    return cuts


def split(text):
    """[(clause, section, begins a parameter line, is a list item)]"""
    out, section = [], "none"
    for line in logical_lines(text):
        header = HEADER.match(line)
        if header:
            section, line = _section(header.group(1).lower().split()[0]), header.group(2)
            if not line:
                continue
        parameter = not header and bool(PARAMETER.match(line))
        item = line[0] in "-*•" or bool(NUMBERED.match(line))
        for sentence, first in _sentences(BULLET.sub("", line)):
            if not any(char.isalpha() for char in sentence):
                continue
            for number, chunk in enumerate(_chunks(sentence)):
                start = 0
                for cut in _run_ons(chunk) + [len(chunk)]:
                    clause = chunk[start:cut].strip()
                    if any(char.isalpha() for char in clause):
                        out.append((clause, section, parameter and first and number == 0 and start == 0, item))
                    start = cut
    return out
