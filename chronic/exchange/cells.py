"""One cell of text, read as one field of the data dictionary.

Nothing is guessed: a form that could be meant two ways is refused with a code, and the person at the
desk decides. Limits and contradictions between fields are not looked at here (`model.checks`).
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from chronic.exchange.identifiers import read_digits, read_id, read_phone
from chronic.exchange.reading import BLANK, MASKED, Cell, InUnit, Masked, Reading, plain, trim
from chronic.exchange.words import read_code, read_codes, read_medicines, read_words
from chronic.model.days import parse_day
from chronic.model.fields import BY_COLUMN, Field
from chronic.model.guards import unguard
from chronic.model.units import STORED, converted, unit_named
from chronic.model.unseen import harmful
from chronic.model.visit import METER_HIGH, METER_LOW

if TYPE_CHECKING:
    from chronic.exchange.codes import CodeSet

__all__ = ["LONGEST", "MASKED", "Column", "InUnit", "Masked", "Reading", "read"]

LONGEST = 2000
"""Characters of a cell. Longer ones are the rest of a file behind a quote that nobody closed."""

_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,20})?")  # programs write a double with up to 17 digits
_BLOOD_PRESSURE = ("sbp", "dbp")
_DASHES = ("n/a", "na", "null", "none", "-", "--", "/", "\\", "—", "——")
"""What people type where a cell is to stay blank."""
_NOT_DONE = frozenset(
    (
        "未查",
        "弃查",
        "未测",
        "拒测",
        "拒查",
        "未检",
        "未做",
        "未测量",
        "未检查",
        "放弃",
        *_DASHES,
    )
)
"""What stands in a cell of a measurement that was not made: nothing was measured, which is not normal."""
_NOT_GIVEN = frozenset(
    (
        "无",
        "没有",
        "暂无",
        "不详",
        "未知",
        "不知道",
        "无电话",
        "无手机",
        "未填",
        "空",
        *_DASHES,
    )
)
"""What stands in a cell of a number that is a name, a day or an age nobody knows. Two people without a number are two."""
_NAMING = frozenset(("id", "digits", "phone", "day", "age"))
_FLAGGED = re.compile(r"(-?[0-9]{1,12}(?:\.[0-9]{1,20})?)\s*(?:\+{1,3}|↑{1,3}|↓{1,3}|[HL]|\*)")
"""A result with the laboratory's mark that it is high or low."""
_PAIR = re.compile(r"([^/\\]+)[/\\]([^/\\]+)")
_UNIT_BEHIND = re.compile(r"(?P<pair>.*[0-9])\s*(?P<unit>[^0-9./\\]+)")
_SERIAL = re.compile("[1-6][0-9]{4}")
"""Days as Excel counts them, from 1927 to 2091: a date cell that was saved as a number."""
_EXCEL_ZERO = date(1899, 12, 30)
_LISTED = re.compile(r"\[ *([0-9]{4}), *([0-9]{1,2}), *([0-9]{1,2})\]")
_YEAR_LAST = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}(?:[ T].*)?")
_SHORT_YEAR = re.compile(r"[0-9]{1,2}(?:[-/.][0-9]{1,2}[-/.]|年[0-9]{1,2}月)[0-9]{1,2}日?(?:[ T].*)?")
_YEARS = re.compile(r"([0-9]{1,3})(?:\.0*)?\s*(?:周岁|岁)?")
_OLDEST = 120
"""Years; above is no age but a slip of the pen."""
_PER_WEEK, _MINUTES = ("次/周", "次"), ("分钟/次", "分/次", "分钟")
_CIGARETTES, _SPIRITS, _GRAMS = ("支/天", "支/日", "支"), ("两/天", "两/日"), ("克/天", "g/天", "克/日", "g/d")
_OWN_UNITS = {
    "heart_rate": ("次/分", "次/分钟", "次/min", "bpm"),
    "exercise_per_week": _PER_WEEK, "exercise_target_per_week": _PER_WEEK,
    "exercise_minutes": _MINUTES, "exercise_target_minutes": _MINUTES,
    "smoke_per_day": _CIGARETTES, "smoke_target": _CIGARETTES,
    "alcohol_liang_per_day": _SPIRITS, "alcohol_target": _SPIRITS,
    "staple_food_g": _GRAMS, "staple_target_g": _GRAMS,
}  # fmt: skip
"""What people write behind a number that says no more than the column does (`units.STORED` has the rest)."""
_NOTHING = ("无", "没有")
_METER = {"HI": METER_HIGH, "LO": METER_LOW}
_BEYOND = {">": "HI", "<": "LO", "≥": "HI", "≤": "LO"}


def read(
    field: Field, text: str, today: date, typed: bool = False, unit: str = "", codes: "CodeSet | None" = None
) -> Reading:
    """(value, refusal, warning) of a cell. Never raises. `unit`: of the whole column, where it is not the registry's;
    a value that was written in another unit is an InUnit.

    Values: str for text, words, codes (joined by `;`), medicines and numbers that are names; date; int;
    float, for glucose also METER_HIGH and METER_LOW; MASKED for an identity number or phone with `*`.
    """
    if len(text) > LONGEST:
        text = text.strip()
    cell = Cell(field, trim(text), today, typed, unit, codes)
    if not cell.text:
        return BLANK
    if len(unguard(cell.text)) > LONGEST:
        return cell.refuse("value.too_long", len(cell.text))
    if not cell.text.isprintable() and harmful().search(cell.text):
        return cell._replace(text=harmful().sub("?", cell.text)).refuse("value.control")
    if field.kind in _MEASURED and not typed and plain(cell.text).casefold() in _NOT_DONE:
        return cell.warn(None, "value.not_done")
    if (field.kind in _NAMING or field.column == _SOURCE_NUMBER) and not typed and _is_not_given(cell.text):
        return cell.warn(None, "value.not_said")
    found = _converted(cell) if field.kind in _MEASURED and not typed else _KINDS[field.kind](cell)
    if isinstance(found.value, str) and len(found.value) > LONGEST:  # longer in its canonical form than as it was written
        return cell.refuse("value.too_long", len(found.value))
    return found


class Column(dict[str, object]):
    """The cells of one column, each different text read once: `column[text]` is the value (None if blank),
    or a Reading where there is something to say. Bounded: a hostile file has a million different texts.

    Numbers that are names are kept for a whole county: each comes once for every visit of that person.
    """

    LIMIT, NAMES_LIMIT = 20_000, 200_000

    def __init__(
        self, field: Field, today: date, typed: bool = False, unit: str = "", codes: "CodeSet | None" = None
    ) -> None:
        super().__init__()
        self._field, self._how = field, (today, typed, unit, codes)
        self.told = False
        """Has any cell so far given a Reading, or a value in another unit?"""
        self._free = field.kind == "text"
        self._is_source_number = field.column == _SOURCE_NUMBER
        self._limit = self.NAMES_LIMIT if field.kind in ("id", "digits") else self.LIMIT
        self._longest_kept = 16 if self._free else 48  # long free text hardly ever comes twice

    def __missing__(self, text: str) -> object:
        found: object = text
        if not (self._free and _ready(text)) or (self._is_source_number and _is_not_given(text)):
            reading = read(self._field, text, *self._how)
            if reading.refusal is not None or reading.warning is not None:
                self.told = True
            if reading.refusal is not None:
                return reading
            if reading.warning is not None:
                found = reading
            elif isinstance(reading.value, InUnit):
                self.told, found = True, reading
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
    """Refused: value.day, value.day_order (17/10/2026: what is the month?), value.day_short (a year of two digits)."""
    text = plain(cell.text)
    try:
        return Reading(parse_day(text))
    except ValueError:
        pass
    if _SERIAL.fullmatch(text) and not cell.typed:
        day = _EXCEL_ZERO + timedelta(days=int(text))
        return cell.warn(day, "day.serial", day)
    listed = _LISTED.fullmatch(text)
    if listed and not cell.typed:
        return _day(cell._replace(text="-".join(listed.groups())))
    if _YEAR_LAST.fullmatch(text):
        return cell.refuse("value.day_order")
    return cell.refuse("value.day_short" if _SHORT_YEAR.fullmatch(text) else "value.day")


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
    if _NUMBER.fullmatch(text):
        return Reading(float(text) + 0.0)
    flagged = _FLAGGED.fullmatch(text.upper())
    if flagged and not cell.typed:
        return cell.warn(float(flagged[1]) + 0.0, "value.flagged", flagged[1])
    beyond = text[:1] in _BEYOND and _NUMBER.fullmatch(text[1:].lstrip("=").strip())
    return cell.refuse("value.beyond" if beyond else "value.number")


def _converted(cell: Cell) -> Reading:
    """A measurement, which may say its unit: the column's, the registry's own behind the number, or another."""
    if cell.unit:
        return _in_unit(cell, cell.unit)
    found = _KINDS[cell.field.kind](cell)
    if found.refusal is None:
        return found
    text = plain(cell.text)
    if cell.field.kind == "pair":
        behind = _UNIT_BEHIND.fullmatch(text)
        unit = unit_named(behind["unit"]) if behind else None
        if behind is None or unit is None:
            return found
        bare = cell._replace(text=behind["pair"])
        return _pair(bare) if unit == STORED["sbp"] else _in_unit(bare, unit, cell.text)
    if text in _NOTHING:
        return cell.refuse("value.nothing")
    number, unit = _told(cell.field.column, text)
    if unit == "":
        return _KINDS[cell.field.kind](cell._replace(text=number))
    return found if unit is None else _in_unit(cell._replace(text=number), unit, cell.text)


def _told(column: str, text: str) -> tuple[str, str | None]:
    """The number, and the unit behind it: empty if it is the registry's own, None if there is none that is known."""
    match = _NUMBER.match(text)
    behind = text[match.end() :].strip().casefold() if match else ""
    if match is None or not behind:
        return "", None
    if behind in _OWN_UNITS.get(column, ()):
        return match[0], ""
    unit = unit_named(behind)
    return match[0], "" if unit is not None and unit == STORED.get(column) else unit


def _in_unit(cell: Cell, unit: str, written: str = "") -> Reading:
    """A number in this unit as the registry holds it. Refused: value.number, value.unit, bp.pair."""
    pair = cell.field.kind == "pair"
    if cell.field.kind == "glucose" and plain(cell.text).upper() in _METER:
        return _glucose(cell)
    texts = _PAIR.fullmatch(plain(cell.text)) if pair else None
    if pair and texts is None:
        return cell.refuse("bp.pair")
    values = []
    columns, parts = (_BLOOD_PRESSURE, texts.groups()) if texts else ((cell.field.column,), (cell.text,))
    for column, part in zip(columns, parts, strict=True):
        text = plain(trim(part))
        if not _NUMBER.fullmatch(text):
            return cell.refuse("value.number")
        value = float(text) if unit == STORED.get(column) else converted(column, float(text), unit)
        if value is None:
            return cell.refuse("value.unit", STORED.get(column, "-"))
        values.append(value)
    return Reading(InUnit(tuple(values) if texts else values[0], written or f"{plain(cell.text)} {unit}"))


def _age(cell: Cell) -> Reading:
    """67, 67岁, 67周岁: whole years."""
    match = _YEARS.fullmatch(plain(cell.text))
    return Reading(int(match[1])) if match and int(match[1]) <= _OLDEST else cell.refuse("value.age")


def _pair(cell: Cell) -> Reading:
    """140/90: (systolic, diastolic), each read as its own column. Refused also: bp.pair."""
    match = _PAIR.fullmatch(plain(cell.text))
    if match is None:
        return cell.refuse("bp.pair")
    parts = [
        _integer(cell._replace(field=BY_COLUMN[column], text=trim(text)))
        for column, text in zip(_BLOOD_PRESSURE, match.groups(), strict=True)
    ]
    refusal = next((part.refusal for part in parts if part.refusal is not None), None)
    if refusal is not None:
        return Reading(None, refusal)
    warning = next((part.warning for part in parts if part.warning is not None), None)
    return Reading((parts[0].value, parts[1].value), None, warning)


def _glucose(cell: Cell) -> Reading:
    """A number, or HI and LO as the meter shows them. `>33.3` says less than it seems: glucose.beyond, detail HI or LO."""
    text = plain(cell.text).upper()
    if text in _METER:
        return Reading(_METER[text])
    if text[:1] in _BEYOND and _NUMBER.fullmatch(text[1:].lstrip("=").strip()):
        return cell.refuse("glucose.beyond", _BEYOND[text[0]])
    return _decimal(cell)


def _is_not_given(text: str) -> bool:
    return plain(text).casefold() in _NOT_GIVEN


_SOURCE_NUMBER = "person_ref"
_MEASURED = frozenset(("integer", "decimal", "glucose", "pair"))
_KINDS: dict[str, Callable[[Cell], Reading]] = {
    "text": _text,
    "day": _day,
    "integer": _integer,
    "decimal": _decimal,
    "glucose": _glucose,
    "pair": _pair,
    "age": _age,
    "code": read_code,
    "codes": read_codes,
    "words": read_words,
    "medicines": read_medicines,
    "id": read_id,
    "digits": read_digits,
    "phone": read_phone,
}
