"""One cell of text, read as one field of the data dictionary.

Nothing is guessed: a form that could be meant two ways is refused with a code, and the person at the
desk decides. Limits and contradictions between fields are not looked at here (`model.checks`).
"""

import re
from collections.abc import Callable
from datetime import date

from chronic.exchange.identifiers import read_digits, read_id, read_phone
from chronic.exchange.reading import BLANK, MASKED, Cell, Masked, Reading, plain, trim
from chronic.exchange.words import read_code, read_codes, read_medicines, read_words
from chronic.model.days import parse_day
from chronic.model.fields import Field
from chronic.model.guards import unguard
from chronic.model.visit import METER_HIGH, METER_LOW

__all__ = ["LONGEST", "MASKED", "Column", "Masked", "Reading", "read"]

LONGEST = 2000
"""Characters of a cell. Longer ones are the rest of a file behind a quote that nobody closed."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Also the marks that make a text read backwards (bidi overrides) and halves of characters."""

_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,20})?")  # programs write a double with up to 17 digits
_BLOOD_PRESSURE = ("sbp", "dbp")
_METER = {"HI": METER_HIGH, "LO": METER_LOW}
_BEYOND = {">": "HI", "<": "LO"}


def read(field: Field, text: str, today: date, typed: bool = False) -> Reading:
    """(value, refusal, warning) of a cell. Never raises.

    Values: str for text, words, codes (joined by `;`), medicines and numbers that are names; date; int;
    float, for glucose also METER_HIGH and METER_LOW; MASKED for an identity number or phone with `*`.
    """
    if len(text) > LONGEST:
        text = text.strip()
    cell = Cell(field, trim(text), today, typed)
    if not cell.text:
        return BLANK
    if len(unguard(cell.text)) > LONGEST:
        return cell.refuse("value.too_long", len(cell.text))
    if not cell.text.isprintable() and _CONTROL.search(cell.text):
        return cell._replace(text=_CONTROL.sub("?", cell.text)).refuse("value.control")
    found = _KINDS[field.kind](cell)
    if isinstance(found.value, str) and len(found.value) > LONGEST:  # longer in its canonical form than as it was written
        return cell.refuse("value.too_long", len(found.value))
    return found


class Column(dict[str, object]):
    """The cells of one column, each different text read once: `column[text]` is the value (None if blank),
    or a Reading where there is something to say. Bounded: a hostile file has a million different texts.

    Numbers that are names are kept for a whole county: each comes once for every visit of that person.
    """

    LIMIT, NAMES_LIMIT = 20_000, 200_000

    def __init__(self, field: Field, today: date, typed: bool = False) -> None:
        super().__init__()
        self._field, self._today, self._typed = field, today, typed
        self.told = False
        """Has any cell so far given a Reading?"""
        self._free = field.kind == "text"
        self._limit = self.NAMES_LIMIT if field.kind in ("id", "digits") else self.LIMIT
        self._longest_kept = 16 if self._free else 48  # long free text hardly ever comes twice

    def __missing__(self, text: str) -> object:
        found: object = text
        if not (self._free and _ready(text)):
            reading = read(self._field, text, self._today, self._typed)
            if reading.refusal is not None or reading.warning is not None:
                self.told = True
            if reading.refusal is not None:
                return reading
            if reading.warning is not None:
                found = reading
            elif reading.value != text:  # else the text is kept once, as key and value
                found = reading.value
        if len(text) <= self._longest_kept:
            if len(self) >= self._limit:
                self.clear()
            self[text] = found
        return found


def _ready(text: str) -> bool:
    """A free text that needs no look: nothing to trim, no guard, nothing that does not print."""
    return 0 < len(text) <= LONGEST and text.isprintable() and text[0] not in " '" and text[-1] != " "


def _text(cell: Cell) -> Reading:
    return Reading(trim(unguard(cell.text)))


def _day(cell: Cell) -> Reading:
    try:
        return Reading(parse_day(cell.text))
    except ValueError:
        return cell.refuse("value.day")


def _integer(cell: Cell) -> Reading:
    """72, 72.0. Blood pressure only: 134.5 is 135 with a warning, or refused at the keyboard."""
    text = plain(cell.text)
    if not _NUMBER.fullmatch(text):
        return cell.refuse("value.number")
    whole, _, fraction = text.partition(".")
    if not fraction.strip("0"):
        return Reading(int(whole))
    if cell.field.column not in _BLOOD_PRESSURE:
        return cell.refuse("value.integer")
    if cell.typed:
        return cell.refuse("bp.decimal_typed")
    rounded = int(whole) + (fraction[0] >= "5")  # half up; a negative pressure is refused by its limits anyway
    return cell.warn(rounded, "bp.decimal", rounded)


def _decimal(cell: Cell) -> Reading:
    text = plain(cell.text)
    return Reading(float(text) + 0.0) if _NUMBER.fullmatch(text) else cell.refuse("value.number")


def _glucose(cell: Cell) -> Reading:
    """A number, or HI and LO as the meter shows them. `>33.3` says less than it seems: glucose.beyond, detail HI or LO."""
    text = plain(cell.text).upper()
    if text in _METER:
        return Reading(_METER[text])
    if text[:1] in _BEYOND and _NUMBER.fullmatch(text[1:].lstrip("=").strip()):
        return cell.refuse("glucose.beyond", _BEYOND[text[0]])
    return _decimal(cell)


_KINDS: dict[str, Callable[[Cell], Reading]] = {
    "text": _text,
    "day": _day,
    "integer": _integer,
    "decimal": _decimal,
    "glucose": _glucose,
    "code": read_code,
    "codes": read_codes,
    "words": read_words,
    "medicines": read_medicines,
    "id": read_id,
    "digits": read_digits,
    "phone": read_phone,
}
