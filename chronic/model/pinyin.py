"""Pinyin initials of names, so that `wjg` finds 王建国.

All readings of a character count, because nobody can know which one a family uses: 曾 is Zeng as a
surname and ceng as a word, and 单 is Shan, Dan or Chan. The table is made by tests/model/make_pinyin.py.
"""

import os
import unicodedata
from functools import cache

_MOST = 64  # kept of one name; common names have 12 at most


def initials(name: str) -> frozenset[str]:
    """Every way to abbreviate a name, in a-z and 0-9: 曾丽 is {'zl', 'cl'}. Empty if nothing in it has an initial.

    Latin letters and digits stand for themselves, without case and accents; spaces, the dot in 买买提·艾力 and
    characters without a known reading are left out. Of more than 64 ways, those with the commonest readings stay.
    """
    ways = [(0, "")]
    for letters in filter(None, map(_letters, unicodedata.normalize("NFKD", name))):
        longer = ((rarity + more, way + letter) for rarity, way in ways for more, letter in enumerate(letters))
        ways = sorted(longer)[:_MOST]
    return frozenset(way for _, way in ways if way)


def is_initials(text: str) -> bool:
    """Might someone have typed this for a name? Two or more ASCII letters and nothing else."""
    return len(text) >= 2 and text.isascii() and text.isalpha()


@cache
def _letters(character: str) -> str:
    """The initials of one character, the commonest reading first; '' if it has none."""
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    table = _table()
    at = table.find(character)
    return "" if at < 0 else table[table.rfind("\n", 0, at) + 1 : at].partition(" ")[0]


@cache
def _table() -> str:
    """The lines `initials characters`, searched as they are: a dict of 42,000 takes longer to build than a name needs."""
    with open(os.path.join(os.path.dirname(__file__), "pinyin_initials.txt"), encoding="utf-8") as file:
        return file.read()
