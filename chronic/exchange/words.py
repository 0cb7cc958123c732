"""Cells that hold words: codes of the data dictionary, tags, medicines."""

import re
from collections.abc import Iterator
from functools import cache

from chronic.exchange.codes import folded, words_of
from chronic.exchange.prescriptions import names_none, several
from chronic.exchange.reading import BLANK, Cell, Reading, plain, trim
from chronic.model.guards import unguard

_NUMERAL = re.compile(r"[0-9]+(?:\.0*)?")
_CODE_BREAK = re.compile("[;、,]")
_WORD_BREAK = re.compile("[;；\r\n]")
_NOTHING = "none"
_SHORTHAND = {"-": "negative", "(-)": "negative", "+-": "trace", "±": "trace", "(+)": "positive"}
"""How results are often written; read only where the field knows the word."""


def read_code(cell: Cell) -> Reading:
    """One canonical word. Refused: value.code, value.code_number (sources disagree what 1 means); detail: the words."""
    known = cell.field.codes or {}
    text = plain(unguard(cell.text))
    found = _look_up(known, text) or _elsewhere(cell, text)
    if found == "":
        return cell.warn(None, "value.not_said")
    return Reading(found) if found is not None else _unknown(cell, known, text)


def read_codes(cell: Cell) -> Reading:
    """Canonical words in the order of the dictionary, joined by `;`. Refused as `read_code`, and value.code_none:
    `none` beside something else."""
    known = cell.field.codes or {}
    chosen = set()
    for part in filter(None, map(str.strip, _CODE_BREAK.split(plain(cell.text)))):
        found = _look_up(known, part) or _elsewhere(cell, part)
        if not found:
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
    """`name, per day, each, unit; name; …` with one space behind each mark. Refused: value.medicine; detail: the part.
    A word such as 未服药 names none: value.no_medicine, refused at the keyboard."""
    lines, odd = several(unguard(cell.text))
    if names_none(unguard(cell.text)) or (names_none("; ".join(lines)) and not odd):  # a dash and a comma too
        return cell.refuse("value.no_medicine") if cell.typed else cell.warn(None, "value.no_medicine")
    return cell.refuse("value.medicine", odd) if odd else Reading("; ".join(lines) or None)


def _look_up(known: dict[str, str], text: str) -> str | None:
    found = _folded(tuple(known.items())).get(text.casefold())
    short = _SHORTHAND.get(text, "")
    return short if found is None and short in known else found


def _elsewhere(cell: Cell, text: str) -> str | None:
    """The word that is meant by a word of other systems, or by a code of the set that was declared; "" if it says that
    nothing was said, None if it says nothing that is known."""
    found = words_of(cell.field).get(folded(text))
    if found is None and cell.codes is not None:
        found = cell.codes.fields.get(cell.field.column, {}).get(folded(text)) or None
    return found


@cache
def _folded(known: tuple[tuple[str, str], ...]) -> dict[str, str]:
    def forms() -> Iterator[tuple[str, str]]:
        for word, label in known:
            yield plain(label).casefold(), word
            yield word.casefold(), word

    return dict(forms())


def _unknown(cell: Cell, known: dict[str, str], text: str) -> Reading:
    allowed = ", ".join(f"{word} {label}" for word, label in known.items())
    if cell.codes is not None and folded(text) in cell.codes.fields.get(cell.field.column, {}):
        return cell.refuse("value.code_side", allowed)
    return cell.refuse("value.code_number" if _NUMERAL.fullmatch(text) else "value.code", allowed)
