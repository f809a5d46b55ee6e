"""Own-written attacks and counter-examples, put together by small grammars. No corpus text. Deterministic: the caller's
random.Random decides everything."""
import json
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
TOOLS = json.loads((HERE / "synthetic_tools.json").read_text(encoding="utf-8"))
TEXTS = json.loads((HERE / "synthetic_texts.json").read_text(encoding="utf-8"))
HARMLESS, LEADS = TOOLS["harmless"], TOOLS["leads"]
LANGUAGES = sorted(TOOLS["other_languages"])


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


def payload(rng):
    """An order to the model, in English."""
    if rng.random() < 0.22:
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
