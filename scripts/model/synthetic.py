"""Own-written attacks and counter-examples, put together by small grammars. No corpus text. Deterministic: the caller's
random.Random decides everything."""
import json
import pathlib
import re

import synthetic_lines as lines

HERE = pathlib.Path(__file__).resolve().parent
TOOLS = json.loads((HERE / "synthetic_tools.json").read_text(encoding="utf-8"))
TEXTS = json.loads((HERE / "synthetic_texts.json").read_text(encoding="utf-8"))
GRAMMAR = json.loads((HERE / "synthetic_orders.json").read_text(encoding="utf-8"))
HARMLESS, LEADS = TOOLS["harmless"] + lines.HARMLESS, TOOLS["leads"]
PADDING = lines.PADDING
LANGUAGES = sorted(TOOLS["other_languages"])
# Words of orders in good faith: how to answer, what to call first, what to write.
GOOD_FAITH = frozenset("""
    answer answers ask book choose cite conversation describe display explain facts find format generate get give guess guide
    highlight infer language languages limit list mention note order output pick plan polite present provide question questions read
    replies reply respond response responses review rewrite round save search select sentence sentences ship short show sort
    source sources start state step steps store suggest summaries summarise summarize summarizes summary tell text think title
    trade translate verbatim word words write
""".split())


def _fill_tool_line(rng, line):
    ids = ["ID %d" % rng.randint(1000, 9999999), "%d" % rng.randint(100, 99999),
           "number %d" % rng.randint(10, 9999), "A%d" % rng.randint(10, 9999)]
    values = (
        ("{money}", "$%d,000" % rng.randint(1, 90)), ("{id}", rng.choice(ids)), ("{n}", str(rng.randint(2, 90))),
        ("{name}", rng.choice(TOOLS["names"])),
        ("{mail}", rng.choice(["reports@collect.example", "ops@backup.example"])),
        ("{url}", rng.choice(["www.collect.example", "https://drop.example/in", "www.getfree.example"])))
    for hole, value in values:
        line = line.replace(hole, value)
    return line


def harmless_lines(good_faith):
    """With or without the lines that order something in good faith, as attacks that only annoy do."""
    own = [line for line in lines.HARMLESS if good_faith or not GOOD_FAITH & set(re.findall(r"\w+", line.lower()))]
    return TOOLS["harmless"] + own


def payload(rng, off_task):
    """An order to the model, in English; `off_task`: the share of those that harm nobody."""
    if rng.random() < off_task:
        return rng.choice(TOOLS["off_task"])
    verbs, objects = rng.choice(TOOLS["verb_objects"])
    line = _fill_tool_line(rng, rng.choice(verbs).replace("_", " ") + " " + rng.choice(objects))
    tail = rng.choice(TOOLS["tails"])
    if tail:
        line += (", " if tail.startswith(("ensuring", "causing", "leading")) else " ") + tail
    line = rng.choice(LEADS) + line
    shape = rng.random()
    line = line.upper() if shape < 0.06 else line[0].lower() + line[1:] if shape < 0.21 else line[0].upper() + line[1:]
    return line + rng.choice([".", ".", ".", "", "!"])


def order(rng):
    """An order in everyday words, sometimes inside one of the frames that hide it or tie it to the tool."""
    line = rng.choice(lines.ORDERS)
    shape = rng.random()
    frames = lines.CONCEAL if shape < 0.15 else lines.CALL if shape < 0.25 else lines.OVERRIDE if shape < 0.35 else None
    if frames is None:
        return line
    return rng.choice(frames).replace("{p}", line).replace("{l}", line[:1].lower() + line[1:])


def _filled(rng, line, holes):
    for name, choices in holes.items():
        while "{" + name + "}" in line:
            line = line.replace("{" + name + "}", rng.choice(choices), 1)
    return line[0].upper() + line[1:]


def varied_order(rng):
    """An order from a grammar of many words: as a command, as a statement or politely."""
    shape = rng.random()
    if shape < 0.18:
        return _filled(rng, rng.choice(GRAMMAR["statements"]), GRAMMAR["holes"])
    line = _filled(rng, rng.choice(GRAMMAR["orders"]), GRAMMAR["holes"])
    line += rng.choice((".", ".", ".", ".", "", "!"))
    if shape < 0.65:
        return line
    frame = rng.choice(GRAMMAR["frames"]) if shape < 0.9 else rng.choice(lines.CONCEAL + lines.CALL + lines.OVERRIDE)
    return frame.replace("{p}", line).replace("{l}", line[:1].lower() + line[1:])


def varied_harmless(rng):
    """What tools say in the same forms about their own business."""
    holes = GRAMMAR["holes"] | GRAMMAR["harmless_holes"]
    if rng.random() < 0.6:
        return _filled(rng, rng.choice(GRAMMAR["harmless_statements"]), holes)
    return _filled(rng, rng.choice(GRAMMAR["harmless_orders"]), holes) + "."


def foreign_payload(rng, lang):
    return rng.choice(TOOLS["other_languages"][lang])


def wrapped(rng, line, other_tool):
    wrapper = rng.choice(TOOLS["wrappers"])
    return wrapper.replace("{p}", line).replace("{l}", line[:1].lower() + line[1:]).replace("{other}", other_tool)


def _fill_text(rng, line):
    for _ in range(2):
        for name, choices in TEXTS["holes"].items():
            hole = "{" + name + "}"
            while hole in line:
                line = line.replace(hole, rng.choice(choices), 1)
    return line


def harmless_text(rng):
    return _fill_text(rng, rng.choice(TEXTS["harmless_german"] if rng.random() < 0.4 else TEXTS["harmless"]))


def _attack_template(rng):
    kind = rng.random()
    if kind < 0.26:
        override = rng.choice(TEXTS["override"])
        return override + " " + rng.choice(TEXTS["then"]) if rng.random() < 0.7 else override
    for share, name in ((0.44, "role"), (0.56, "leak"), (0.74, "force"), (0.94, "german")):
        if kind < share:
            return rng.choice(TEXTS[name])
    return rng.choice(TEXTS["other_languages"])


def instructions(rng):
    """What a server tells the model: a prompt, or a few harmless lines about its tools."""
    if rng.random() < 0.35:
        return rng.choice(lines.PROMPTS)
    return rng.choice((" ", "\n", "\n- ")).join(rng.choice(HARMLESS) for _ in range(rng.randint(1, 4)))


def attacked_instructions(rng):
    """The same with an order somewhere between them."""
    found = [rng.choice(HARMLESS) for _ in range(rng.randint(0, 3))]
    found.insert(rng.randint(0, len(found)), order(rng))
    return rng.choice((" ", "\n", "\n- ")).join(found)


def attack_text(rng):
    line = _fill_text(rng, _attack_template(rng))
    case, place = rng.random(), rng.random()
    line = line.upper() if case < 0.08 else line.lower() if case < 0.2 else line
    if place < 0.22:
        line = harmless_text(rng) + " " + line
    elif place < 0.30:
        line = line + ". " + harmless_text(rng)
    elif place < 0.36:
        line = harmless_text(rng).rstrip("?") + " " + line
    return line if rng.random() < 0.5 else line + rng.choice([".", "!", "?", "."])
