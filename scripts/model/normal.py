"""A text without what is not seen: NFKC, invisible characters out."""
import unicodedata

INVISIBLE = dict.fromkeys(
    [*range(0x200B, 0x2010), *range(0x2060, 0x2065), 0xFEFF, 0xAD, 0x180E, *range(0x202A, 0x202F), *range(0x2066, 0x206A),
     *range(0xE0000, 0xE0080)])


def normal(text):
    return unicodedata.normalize("NFKC", text.translate(INVISIBLE))


def normal_tool(value):
    if isinstance(value, dict):
        return {key: normal_tool(member) for key, member in value.items()}
    if isinstance(value, list):
        return [normal_tool(member) for member in value]
    return normal(value) if isinstance(value, str) else value
