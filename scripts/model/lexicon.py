"""The word lists of rules/data/instruction-lexicon.txt."""
import pathlib

FILE = pathlib.Path(__file__).resolve().parents[2] / "rules" / "data" / "instruction-lexicon.txt"
LANGUAGES = ("de", "es", "fr", "ru", "it", "pt")  # in the order in which a tie is decided


def _read(path):
    sections, current = {}, None
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), [])
        else:
            current.extend(line.split())
    return sections


SECTIONS = _read(FILE)


def words(section):
    return frozenset(SECTIONS[section])


FUNCTION_WORDS = {lang: words("function-words." + lang) for lang in LANGUAGES}
CONTAINS = {name.split(".")[1]: tuple(ws) for name, ws in SECTIONS.items() if name.startswith("contains.")}


def _beginnings():
    out = {}
    for name, ws in SECTIONS.items():
        if name.startswith("begins."):
            _, lang, cls = name.split(".")
            out.setdefault(lang, []).extend((w.rstrip("="), w.endswith("="), cls) for w in ws)
    return out


BEGINNINGS = _beginnings()
CJK_LANGUAGES = ("zh", "ja")


def foreign_classes(lang, lows, text):
    """Classes of a clause in a language other than English; `imp` only at its beginning."""
    if lang in CJK_LANGUAGES:
        return {cls for cls, ws in CONTAINS.items() if any(w in text for w in ws)}
    out = set()
    for at, low in enumerate(lows):
        for word, whole, cls in BEGINNINGS.get(lang, ()):
            if (low == word if whole else low.startswith(word)) and (cls != "imp" or at <= 2):
                out.add(cls)
    return out
