"""What a written name of a medicine means: its substances and their classes, or that it is not known.

A name is known when all of it is names of substances, salts, dosage forms and strengths. Whatever is left over makes it
unknown: nothing is guessed from a part.
"""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from chronic.protocol.medicines import Medicines

_ASIDE = re.compile(r"\([^)]*\)|\[[^]]*\]")
_GAPS = re.compile(r"[\s,.;:、。·/+*×_-]+")
_STRENGTH = r"\d+(?:\.\d+)?(?:mg|μg|ug|mcg|g|ml|iu|u|%|毫克|微克|克|毫升|单位|片|粒|丸|支|盒|s)"


class Meaning(NamedTuple):
    """The substances in a name, in the order of the book; `key` is the same for every way of writing them."""

    drugs: tuple[str, ...]
    key: str


@cache  # a county writes few names, and each of them very often
def meaning(name: str, book: Medicines) -> Meaning | None:
    """What a written name stands for, None for one that is not known."""
    tokens, pattern = _tokens(book)
    text = _plain(name)
    found: set[str] = set()
    at = 0
    while at < len(text):
        match = pattern.match(text, at)
        if match is None:
            return None
        found.update(tokens.get(match[0], ()))
        at = match.end()
    if not found:
        return None
    drugs = tuple(code for code in book.drugs if code in found)
    return Meaning(drugs, "+".join(drugs))


def key(name: str, book: Medicines) -> str:
    """What makes two names the same medicine: the substances, or for an unknown name its letters."""
    known = meaning(name, book)
    return known.key if known is not None else f"?{_plain(name)}"


def _plain(name: str) -> str:
    """Without what stands in brackets, without spaces and marks: 氨氯地平片 (络活喜) 5 mg is 氨氯地平片5mg."""
    text = unicodedata.normalize("NFKC", name).casefold()
    bare = _ASIDE.sub("", text)
    decimals = re.sub(r"(?<=\d)\.(?=\d)", "\0", bare)  # 2.5mg keeps its point
    return _GAPS.sub("", decimals).replace("\0", ".")


@cache
def _tokens(book: Medicines) -> tuple[dict[str, tuple[str, ...]], re.Pattern[str]]:
    """(token -> substances, a pattern for one token, the longest first)."""
    tokens: dict[str, tuple[str, ...]] = {_plain(word): () for word in (*book.written.salts, *book.written.forms)}
    for code, drug in book.drugs.items():
        tokens |= {_plain(name): (code,) for name in drug.names}
    for mixed in book.combinations.values():
        tokens |= {_plain(name): tuple(mixed.holds) for name in mixed.names}
    longest_first = sorted(tokens, key=len, reverse=True)
    return tokens, re.compile("|".join([*map(re.escape, longest_first), _STRENGTH]))
