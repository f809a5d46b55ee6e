"""Features of a clause: binary, named, integers only. lib/rules/instruction/clause_features.cpp computes the same."""
import re

import clauses
import lexicon
from lexicon import words

STOP, SECOND, REPLY = words("stop"), words("second"), words("reply")
LEAD, NEGATION, MODAL, MUST = words("lead"), words("negation"), words("modal"), words("must")
USER, SPAM, ENSURE = words("user"), words("spam"), words("ensure")
DETERMINER, PARTICLE, NO_VERB = words("determiner"), words("particle"), words("noverb")
VERB, WH, POLITE = clauses.VERB, clauses.WH, clauses.POLITE

TOKEN = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.]+|~?(?:/[\w.-]+){2,}/?|~/[\w./-]+|</?[A-Za-z][\w:-]*>|"
    r"\$\d[\d,.]*|[^\W\d_]+(?:'[^\W\d_]+)?|\w+")
TENTHS = (1, 2, 4, 6)          # cuts of a share in tenths
LENGTHS = (3, 5, 8, 12, 16, 22, 30)
TEXT_LENGTHS = (4, 8, 14, 24, 40, 80)
STRING_KEYS = frozenset("description title default const examples example enum $comment pattern".split())
PROSE_KEYS = frozenset("description title $comment".split())
CROSSED = "harm sens org exfil yourreply spam idnum names ensure user second quote tick nonen".split()


def stem(word):
    size = len(word)
    if not word.isascii():
        return word[:6]
    if size > 5 and word.endswith("ing"):
        word = word[:-3]
    elif size > 4 and word.endswith("ies"):
        return (word[:-3] + "y")[:12]
    elif size > 4 and word.endswith(("ed", "ly")):
        word = word[:-2]
    elif size > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if len(word) > 4 and word.endswith("e"):
        word = word[:-1]
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    return word[:12]


STEM_CLASSES = {name: frozenset(map(stem, words(name))) for name in ("harm", "exfil", "sens", "org")}


def _kind(token, low):
    first = token[0]
    if low.startswith(("http://", "https://", "www.")):
        return "<url>"
    if "@" in low:
        return "<mail>"
    if first in "~/":
        return "<path>"
    if first in "<$":
        return "<tag>" if first == "<" else "<money>"
    if token.isdigit():
        return "<big>" if len(token) >= 4 else "<num>"
    if "_" in token or any(char.isdigit() for char in token):
        return "<id>"
    return None


def tokens(clause):
    """[(lower-cased surface, stem or class, begins with a capital)]; CJK words become pairs of characters."""
    out = []
    for match in TOKEN.finditer(clause):
        token = match.group(0)
        low = token.lower()
        kind = _kind(token, low)
        if kind is None and any(clauses.is_cjk(char) for char in token):
            pairs = [token[at:at + 2] for at in range(len(token) - 1)] or [token]
            out.extend((pair, pair, False) for pair in pairs)
        else:
            out.append((low, kind or stem(low), token[0].isupper()))
    return out


def content(toks):
    return [key for low, key, _ in toks
            if low not in STOP and (len(low) > 2 or not low.isascii()) and key[0] != "<" and low not in POLITE]


def language(toks, text):
    if any(0x3040 <= ord(char) <= 0x30FF for char in text):
        return "ja"
    if any(0xAC00 <= ord(char) <= 0xD7AF for char in text):
        return "ko"
    if any(clauses.is_cjk(char) for char in text):
        return "zh"
    if sum(0x400 <= ord(char) <= 0x4FF for char in text) >= 4:
        return "ru"
    best, most = "en", 1
    for lang, function_words in lexicon.FUNCTION_WORDS.items():
        found = sum(1 for low, _, _ in toks if low in function_words)
        if found > most and found * 4 >= len(toks):
            best, most = lang, found
    return best


def bucket(value, cuts):
    return next((at for at, cut in enumerate(cuts) if value < cut), len(cuts))


def core_of(toks):
    """Without politeness and lead-ins, which are no evidence either way. -> (tokens, a lead-in was there)"""
    at, lead = 0, False
    while at < len(toks) - 1 and (toks[at][0] in POLITE or toks[at][0] in LEAD or toks[at][1] == "<tag>"):
        lead = lead or toks[at][0] in LEAD
        at += 1
    return [t for t in toks[at:] if t[0] not in POLITE] or toks, lead


def _word_features(stems):
    out = {"w:" + key for key in stems}
    out.update("b:" + a + " " + b for a, b in zip(stems, stems[1:]))
    out.add("f:" + stems[0])
    if len(stems) > 1:
        out.add("g:" + stems[0] + " " + stems[1])
    return out


def _lexical_classes(lows, stems):
    seen, roots, out = set(lows), {stem(low) for low in lows}, set()
    for name, members in STEM_CLASSES.items():
        found = len(roots & members)
        if found:
            out.add(name)
        if found > 1 and name in ("harm", "sens", "org"):
            out.add(name + "2")
    if seen & REPLY and seen & SECOND:
        out.add("yourreply")
    for name, members in (("second", SECOND), ("user", USER), ("modal", MODAL), ("ensure", ENSURE), ("neg", NEGATION)):
        if seen & members:
            out.add(name)
    if seen & SPAM or "<url>" in stems:
        out.add("spam")
    out.update("k" + kind for kind in ("<url>", "<mail>", "<path>", "<money>", "<big>", "<tag>") if kind in stems)
    if any(a == "id" and b in ("<big>", "<id>", "<num>") for a, b in zip(stems, stems[1:])):
        out.add("idnum")
    return out


def _looks_like_command(core):
    """A word that is no known verb, but stands where one stands: `Wreck the`, `Hush up all`."""
    lows, stems = [low for low, _, _ in core[:3]], [key for _, key, _ in core[:3]]
    word = lows[0]
    if len(lows) < 2 or stems[0].startswith("<") or not word.isascii() or len(word) < 3 or word in NO_VERB or word in STOP \
            or word.endswith(("s", "ing", "ed", "ly")):
        return False
    return lows[1] in DETERMINER or (len(lows) > 2 and lows[1] in PARTICLE and lows[2] in DETERMINER)


def _form_classes(core, text):
    lows, out = [low for low, _, _ in core], set()
    if lows[0] in VERB or (len(lows) > 1 and lows[0].endswith("ly") and lows[1] in VERB) or _looks_like_command(core):
        out.add("imp")
    if text.rstrip(" \"')").endswith(("?", "？")):
        out.add("q")
    if lows[0] in WH or lows[0].split("'")[0] in WH:
        out.add("wh")
    if lows[0] in ("never", "not", "don't") or lows[:2] == ["do", "not"]:
        out.add("prohib")
    if any(b in MUST and a in SECOND for a, b in zip(lows, lows[1:])):
        out.add("youmust")
    return out


def _shape_classes(core, text):
    out = set()
    caps = [cap for _, _, cap in core]
    if any(a and b for a, b in zip(caps[1:], caps[2:])):
        out.add("names")
    if any(caps[1:]):
        out.add("capmid")
    out.update(name for name, char in (("paren", "("), ("tick", "`"), ("colon", ":")) if char in text)
    if '"' in text or "'" in text.replace("n't", "").replace("'s", ""):
        out.add("quote")
    if text[-1] in ".!":
        out.add("dot")
    if text[0] in "\"'“«「`":
        out.add("illus")
    if text[0].islower():
        out.add("lower0")
    return out


def clause_features(toks, text):
    """Of the clause alone. -> (features, classes, core tokens); `toks` is not empty."""
    core, lead = core_of(toks)
    lows, stems = [low for low, _, _ in core], [key for _, key, _ in core]
    out = _word_features(stems)
    classes = _lexical_classes(lows, stems) | _form_classes(core, text) | _shape_classes(core, text)
    if lead:
        classes.add("lead")
    out.add("n:%d" % bucket(len(core), LENGTHS))
    lang = language(core, text)
    if lang != "en":
        classes |= {"nonen"} | lexicon.foreign_classes(lang, lows, text)
        out.add("lang:" + lang)
    return out, classes, core


# ---- tools -----------------------------------------------------------------------------------------------------

def ident_words(name):
    return re.findall(r"[a-z]+", re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name).lower())


def tool_strings(tool):
    """[(kind, text)] of what a model reads, in the order title, description, schemas, annotations, _meta."""
    out = [(kind, tool[key]) for kind, key in (("title", "title"), ("desc", "description")) if isinstance(tool.get(key), str)]

    def walk(value, key):
        if isinstance(value, dict):
            for inner, member in value.items():
                walk(member, inner)
        elif isinstance(value, list):
            for member in value:
                walk(member, key)
        elif isinstance(value, str) and key in STRING_KEYS:
            if " " in value or len(value) > 24 or not value.isascii():
                out.append(("prop" if key in PROSE_KEYS else "val", value))

    for key in ("inputSchema", "outputSchema", "annotations", "_meta"):
        if key in tool:
            walk(tool[key], key)
    return out


def property_names(tool):
    out = []

    def walk(value):
        if isinstance(value, dict):
            if isinstance(value.get("properties"), dict):
                out.extend(value["properties"])
            for member in value.values():
                walk(member)
        elif isinstance(value, list):
            for member in value:
                walk(member)

    walk(tool.get("inputSchema"))
    return out


# Parts of a clause that are scored by themselves, too, so that what an order is joined to or padded with cannot hide it:
# from a verb behind `and`, `or`, `but` or a comma on, and the first ten tokens of a command of fifteen and more.
WINDOW_FROM, WINDOW = 15, 10
BEFORE_VERB, BEHIND_VERB = 3, 14  # tokens before the joint and a verb, letters from the verb on
COORDINATORS = frozenset(("and", "or", "but"))


def _joints(text, matches):
    """Numbers of the tokens that begin a joined command, and the number of tokens. Behind a comma with a function word
    behind the verb: lists have words that can be verbs, too."""
    out, start = [], 0
    for at in range(BEFORE_VERB, len(matches)):
        low, gap = matches[at].group(0).lower(), text[matches[at - 1].end():matches[at].start()].strip()
        follower = matches[at + 1].group(0).lower() if at + 1 < len(matches) else ""
        joined = (gap == "," and follower in STOP) or (gap == "" and matches[at - 1].group(0).lower() in COORDINATORS)
        compound = text[matches[at].end():matches[at].end() + 1] == "-"  # `and publish-subscribe`
        if joined and not compound and low in VERB and at - start >= BEFORE_VERB and len(text) - matches[at].start() >= BEHIND_VERB:
            out.append(at)
            start = at
    return out + [len(matches)]


def _parts(text):
    """Texts of the parts of a clause; none where words are written without blanks."""
    matches = list(TOKEN.finditer(text))
    if any(_kind(low, low) is None and any(clauses.is_cjk(char) for char in low)
           for low in (match.group(0).lower() for match in matches)):
        return []
    joints = _joints(text, matches)
    out = [text[matches[at].start():matches[end - 1].end() if end < len(matches) else None]
           for at, end in zip(joints, joints[1:])]
    if len(matches) >= WINDOW_FROM and core_of(tokens(text))[0][0][0] in VERB:
        head = text[:matches[WINDOW - 1].end()]
        out.extend([] if ":" in head else [head])
    return out


class Clause:
    __slots__ = ("part", "text", "kind", "section", "parameter", "item", "position", "tokens", "content", "features", "classes")


def _clause(kind, text, found, position, part):
    clause = Clause()
    clause.part, clause.kind, clause.text, clause.position = part, kind, text, position
    _, clause.section, clause.parameter, clause.item = found
    clause.tokens = tokens(text)
    clause.content = set(content(clause.tokens))
    return clause


def _clauses_of(tool):
    out = []
    for kind, text in tool_strings(tool):
        found = clauses.split(text)
        for at, one in enumerate(found):
            last = len(found) - 1
            position = "only" if last == 0 else "first" if at == 0 else "last" if at == last else "mid"
            clause = _clause(kind, one[0], one, position, False)
            if not clause.tokens:
                continue
            out.append(clause)
            out.extend(_clause(kind, part, one, position, True) for part in _parts(clause.text))
    return out


def _spread(found):
    """Content stem -> number of clauses that have it. A clause that only repeats another's words counts once, or a
    sentence said twice would look as if it belonged to the tool."""
    spread, seen = {}, set()
    for clause in found:
        words_of = frozenset(clause.content)
        if clause.part or words_of in seen:
            continue
        seen.add(words_of)
        for key in words_of:
            spread[key] = spread.get(key, 0) + 1
    return spread


def _context_features(clause, classes, nov, in_name, rare, mid):
    level = "d" if clause.kind in ("desc", "title") else "p"
    out = {"pos:" + level + clause.position, "sec:" + level + clause.section, "kind:" + clause.kind,
           "nov:%d" % nov, "nm:%d" % min(in_name, 2), "rare:%d" % min(rare, 4), "mid:%d" % min(mid, 6)}
    out.add("rarer:%d" % (bucket(rare * 10 // len(clause.content), TENTHS) if clause.content else 0))
    if clause.parameter:
        out.add("par:" + level)
    if clause.item:
        out.add("item:" + level)
    later = clause.position in ("mid", "last")
    form = "imp" if "imp" in classes else "q" if classes & {"q", "wh"} else "ym" if "youmust" in classes else "else"
    out.add("x:%s %s" % (form, "later" if later else clause.position))
    out.add("x:%s nov%d" % (form, nov))
    out.add("x:%s %s nov%d" % (form, "later" if later else "first", nov))
    out.add("x:%s rare%d" % (form, min(rare, 3)))
    out.add("x:%s par%d sec%s" % (form, clause.parameter, clause.section))
    for name in CROSSED:
        if name in classes:
            out.add("y:%s %s" % (form, name))
            out.add("z:%s nov%d" % (name, min(nov, 2)))
    return out


def tool_clauses(tool, vocabulary):
    """`vocabulary`: stem -> 0 (hardly any server uses the word) .. 3 (many do). -> [Clause]"""
    found = _clauses_of(tool)
    name = tool.get("name") if isinstance(tool.get("name"), str) else ""
    name_stems = {stem(word) for word in ident_words(name)}
    property_stems = {stem(word) for prop in property_names(tool) for word in ident_words(prop)}
    spread = _spread(found)
    whole = [clause for clause in found if not clause.part]
    english = sum(1 for clause in whole if language(clause.tokens, clause.text) == "en")
    for clause in found:
        own, classes, _ = clause_features(clause.tokens, clause.text)
        known = [key for key in clause.content if spread[key] > 1 or key in name_stems or key in property_stems]
        # 0: shares no word with the rest of the tool; 4: shares most of them, or has none
        nov = bucket(len(known) * 10 // len(clause.content), TENTHS) if clause.content else 4
        rare = sum(1 for key in clause.content if vocabulary(key) == 0)
        mid = sum(1 for key in clause.content if vocabulary(key) <= 1)
        in_name = len(clause.content & name_stems)
        if "nonen" in classes and english * 2 > len(whole):
            classes = classes | {"langmix"}
        clause.classes = classes
        clause.features = own | {"c:" + c for c in classes} | _context_features(clause, classes, nov, in_name, rare, mid)
    return found


# ---- free texts ------------------------------------------------------------------------------------------------

SHOUTED = re.compile(r"[A-Za-zÄÖÜ]+")


def _shouts(text):
    run = 0
    for word in SHOUTED.findall(text):
        run = run + 1 if len(word) > 1 and word.isupper() else 0
        if run >= 4:
            return True
    return False


def text_features(text):
    """Of a text without a tool around it: the union over its clauses, and its shape."""
    out, size, langs = set(), 0, set()
    found = clauses.split(text)
    for at, (clause, _, _, _) in enumerate(found):
        toks = tokens(clause)
        if not toks:
            continue
        own, classes, core = clause_features(toks, clause)
        out |= {key for key in own if not key.startswith("n:")}
        out |= {"c:" + c for c in classes if c not in ("dot", "lower0", "capmid", "names")}
        if "imp" in classes:
            out.add("t:imp first" if at == 0 else "t:imp later")
        size += len(toks)
        if len(core) > 3:
            langs.add(language(core, clause))
        if _shouts(clause):
            out.add("t:capsrun")
    if len(langs) > 1:
        out.add("t:langs")
    out.add("t:n%d" % bucket(size, TEXT_LENGTHS))
    out.add("t:c%d" % min(len(found), 4))
    if "\\n" in text or "==" in text:
        out.add("t:esc")
    return out
