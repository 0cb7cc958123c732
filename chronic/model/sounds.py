"""Names that sound the same: 秀兰 and 秀蓝. Tones do not count; the table is made by tests/model/make_pinyin.py."""

import os
import unicodedata
from functools import cache, lru_cache
from itertools import islice, product

_MOST = 16  # kept of one name of polyphones


@lru_cache(maxsize=50_000)
def ways(name: str) -> frozenset[str]:
    """Every way to say a name, its syllables with a space between: 曾丽 is {'ceng li', 'zeng li'}. Two names sound the
    same where they have one in common. A character without a known sound stands for itself."""
    letters = [c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum()]
    return frozenset(" ".join(way) for way in islice(product(*map(_syllables, letters)), _MOST) if way)


@cache
def _syllables(character: str) -> tuple[str, ...]:
    if character.isascii():
        return (character,)
    table = _table()
    at = table.find(character)
    if at < 0:
        return (character,)
    return tuple(table[table.rfind("\n", 0, at) + 1 : at].partition(" ")[0].split(","))


@cache
def _table() -> str:
    with open(os.path.join(os.path.dirname(__file__), "pinyin_sounds.txt"), encoding="utf-8") as file:
        return file.read()
