"""Cells that hold words: codes of the data dictionary, tags, medicines."""

import re
from collections.abc import Iterator
from functools import cache

from chronic.exchange.reading import BLANK, Cell, Reading, plain, trim
from chronic.model.guards import unguard

_NUMERAL = re.compile(r"[0-9]+(?:\.0*)?")
_CODE_BREAK = re.compile("[;、,]")
_WORD_BREAK = re.compile("[;；\r\n]")
_PART_BREAK = re.compile("[,，]")
_AMOUNT = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
_NOTHING = "none"
_SHORTHAND = {"-": "negative", "(-)": "negative", "+-": "trace", "±": "trace", "(+)": "positive"}
"""How results are often written; read only where the field knows the word."""


def read_code(cell: Cell) -> Reading:
    """One canonical word. Refused: value.code, value.code_number (sources disagree what 1 means); detail: the words."""
    known = cell.field.codes or {}
    text = plain(unguard(cell.text))
    found = _look_up(known, text)
    return Reading(found) if found is not None else _unknown(cell, known, text)


def read_codes(cell: Cell) -> Reading:
    """Canonical words in the order of the dictionary, joined by `;`. Refused as `read_code`, and value.code_none:
    `none` beside something else."""
    known = cell.field.codes or {}
    chosen = set()
    for part in filter(None, map(str.strip, _CODE_BREAK.split(plain(cell.text)))):
        found = _look_up(known, part)
        if found is None:
            return _unknown(cell, known, part)
        chosen.add(found)
    if _NOTHING in chosen and len(chosen) > 1:
        return cell.refuse("value.code_none")
    return Reading(";".join(word for word in known if word in chosen)) if chosen else BLANK


def read_words(cell: Cell) -> Reading:
    """Free words in the order given, each once, joined by `;`."""
    words = filter(None, map(trim, _WORD_BREAK.split(unguard(cell.text))))
    return Reading(";".join(dict.fromkeys(words)) or None)


def read_medicines(cell: Cell) -> Reading:
    """`name, per day, each, unit; name; …` with one space behind each mark. Refused: value.medicine; detail: the part."""
    lines = []
    for written in filter(None, map(trim, _WORD_BREAK.split(unguard(cell.text)))):
        line = _medicine(written)
        if line is None:
            return cell.refuse("value.medicine", written)
        lines.append(line)
    return Reading("; ".join(lines) or None)


def _medicine(written: str) -> str | None:
    """One medicine in canonical text, None if malformed: an amount without its unit could be read two ways."""
    parts = [trim(part) for part in _PART_BREAK.split(written)]
    while parts and not parts[-1]:
        parts.pop()
    if len(parts) not in (1, 2, 4) or not all(parts):
        return None
    amounts = [_amount(plain(part)) for part in parts[1:3]]
    if None in amounts:
        return None
    return ", ".join((parts[0], *filter(None, amounts), *parts[3:]))


def _amount(text: str) -> str | None:
    """05.50 -> 5.5; None if it is not a number."""
    if not _AMOUNT.fullmatch(text):
        return None
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    return str(int(whole)) + (f".{fraction}" if fraction else "")


def _look_up(known: dict[str, str], text: str) -> str | None:
    found = _folded(tuple(known.items())).get(text.casefold())
    short = _SHORTHAND.get(text, "")
    return short if found is None and short in known else found


@cache
def _folded(known: tuple[tuple[str, str], ...]) -> dict[str, str]:
    def forms() -> Iterator[tuple[str, str]]:
        for word, label in known:
            yield plain(label).casefold(), word
            yield word.casefold(), word

    return dict(forms())


def _unknown(cell: Cell, known: dict[str, str], text: str) -> Reading:
    allowed = ", ".join(f"{word} {label}" for word, label in known.items())
    return cell.refuse("value.code_number" if _NUMERAL.fullmatch(text) else "value.code", allowed)
