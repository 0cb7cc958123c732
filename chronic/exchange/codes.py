"""Words of other systems, and the sets of codes that can be declared for a sheet (codes.toml).

Sources disagree what 1 means, so without a declared set a bare number is refused.
"""

import os
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from chronic.errors import ValueRefused
from chronic.exchange.reading import plain
from chronic.model.fields import YES_NO, Field


class CodeSet(NamedTuple):
    """`title`: Chinese, English. `fields`: column -> code -> canonical word, empty where the code says too little.
    `vendor`: of one system, not of a form or a standard."""

    name: str
    title: tuple[str, str]
    fields: Mapping[str, Mapping[str, str]]
    vendor: bool = False


_FILE = os.path.join(os.path.dirname(__file__), "codes.toml")
"""Text, not a Path or a resource: the modules behind those cost the keyboard more than reading the file does."""


@cache
def _told() -> dict[str, dict[str, dict[str, Any]]]:
    with open(_FILE, "rb") as stream:
        return tomllib.load(stream)


@cache
def words(column: str, yes_no: bool) -> dict[str, str]:
    """What is written for a word wherever it comes from, folded; an empty word: nothing was said."""
    told = {**_told()["words"].get("yes_no" if yes_no else "", {}), **_told()["words"].get(column, {})}
    return {folded(text): word for word, texts in told.items() for text in texts}


def words_of(field: Field) -> dict[str, str]:
    return words(field.column, field.codes is YES_NO)


@cache
def sets() -> dict[str, CodeSet]:
    """Every set by its name, in the order they are shown."""
    found: dict[str, CodeSet] = {}
    for name, told in _told()["sets"].items():
        like = found.get(str(told.get("like", "")))
        base = like.fields if like else {}
        own = {
            column: {folded(code): str(word) for code, word in codes.items()} for column, codes in told["fields"].items()
        }  # fmt: skip
        zh, en = told["title"]
        vendor = bool(told.get("vendor", like is not None and like.vendor))
        found[name] = CodeSet(name, (zh, en), {**base, **own}, vendor)
    return found


def code_set(name: str) -> CodeSet | None:
    """The set of this name, none for an empty one. Raises ValueRefused (codes.unknown)."""
    if not name:
        return None
    if name not in sets():
        raise ValueRefused("codes.unknown", name=name, sets=", ".join(sets()))
    return sets()[name]


def folded(text: str) -> str:
    """How a code or a word is compared: half-width, in lower case, 1.0 as 1."""
    text = plain(text).casefold()
    whole, _, fraction = text.partition(".")
    return str(int(whole)) if whole.isdecimal() and not fraction.strip("0") else text


def reading(bare: Mapping[str, Iterable[str]]) -> list[CodeSet]:
    """The sets that give every one of these bare codes (column -> codes) a meaning: those of forms and standards, else
    those of single systems."""
    able = [
        found
        for found in sets().values()
        if all(found.fields.get(column, {}).get(folded(code)) for column, codes in bare.items() for code in codes)
    ]
    return [found for found in able if not found.vendor] or able
