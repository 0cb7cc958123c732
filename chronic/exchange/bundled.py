"""A row of a bundle, looked at like a cell of a sheet: who signed it is trusted, but not to have a sound disk or program.

What a table can hold is the schema's business, and what refers to nothing the merge's. Here is what both would take and
the program could not read again: numbers beyond counting, days nobody in a register can mean, words no form has,
characters that turn a text round.
"""

import math
import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from chronic.exchange.cells import LONGEST
from chronic.model.checkup_fields import by_column
from chronic.model.codes import PROGRAMMES
from chronic.model.days import parse_day
from chronic.model.fields import BY_COLUMN, Field
from chronic.model.unseen import harmful
from chronic.store.travelling import FIELDS

Line = Mapping[str, Any]
_UID = re.compile(r"[!-~]{1,64}")
_LARGEST = 1 << 40
"""A number that counts something is smaller by far, and one more can still be added to it."""
_DEEPEST = 4
_REMEMBERED = 20_000
_DAYS = ("_on", "_date", "_until")
_INSTANTS = ("recorded_at", "made_at")
_UIDS = ("uid", "person", "other", "replaces", "contact", "opinion", "result")
_CHANGING = {
    *FIELDS, "tags", "person_ref", "pause_ended_on",
    *(f"{programme}_{part}" for programme in PROGRAMMES
      for part in ("enrolled_on", "assumed", "diagnosed_on", "ended_on", "end_reason")),
}  # fmt: skip
"""What a person_change may be about."""


class Rows:
    """Looks at row after row. A register says most things many times: what a column said before is not looked at again."""

    def __init__(self) -> None:
        self._said: dict[str, set[tuple[str, Any]]] = defaultdict(set)

    def check(self, line: Line) -> None:
        """Raises ValueError with the column that is wrong."""
        at = line["at"]
        said = self._said[at]
        if len(said) > _REMEMBERED:
            said.clear()
        fields = _fields(at)
        for item in line.items():
            try:
                if item in said:
                    continue
            except TypeError:  # a list
                if not plain(item[1]):
                    raise ValueError(item[0]) from None
                continue
            name, value = item
            if not _sound(name, value):
                raise ValueError(name)
            if name in fields:
                _of_field(fields[name], value)
            if name not in _UIDS:
                said.add(item)
        if at == "checkup":
            for field, value in line.get("checkup_value", ()):
                if field not in by_column():
                    raise ValueError(field)
                _of_field(by_column()[field], value)
        elif at == "person_change":
            _change(line)


@cache
def _fields(at: str) -> Mapping[str, Field]:
    """What the columns of this table can hold, where its rows are measured."""
    if at == "visit":
        return BY_COLUMN
    return {name: BY_COLUMN[name] for name in FIELDS} if at == "person" else {}


def instant(text: object) -> bool:
    """Is it one, and of a year that a register can mean?"""
    try:
        return isinstance(text, str) and text.endswith("Z") and _day(text[:10]) and bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def plain(value: object, depth: int = 0) -> bool:
    """Is it something that every part of the program can take: no number without end, no harmful character, no pit?"""
    match value:
        case str():
            return len(value) <= LONGEST and (value.isprintable() or not harmful().search(value))
        case None | bool():
            return True
        case int():
            return -_LARGEST < value < _LARGEST
        case float():
            return math.isfinite(value) and abs(value) < _LARGEST
        case list():
            return depth < _DEEPEST and all(plain(part, depth + 1) for part in value)
        case dict():
            return depth < _DEEPEST and all(plain(name) and plain(part, depth + 1) for name, part in value.items())
    return False


def _sound(name: str, value: object) -> bool:
    if value is None or not plain(value):
        return False
    if name.endswith(_DAYS):
        return _day(value)
    if name in _INSTANTS:
        return instant(value)
    if name in _UIDS:
        return isinstance(value, str) and _UID.fullmatch(value) is not None
    return True


@cache
def _day(text: object) -> bool:
    try:
        return isinstance(text, str) and parse_day(text).isoformat() == text
    except ValueError:
        return False


def _of_field(field: Field, value: object) -> None:
    if field.hard is not None and not isinstance(value, str):
        low, high = field.hard
        right = isinstance(value, int | float) and low <= value <= high
    elif field.codes is not None and field.kind in ("code", "codes"):
        right = isinstance(value, str) and all(word in field.codes for word in value.split(";"))
    elif field.kind == "day":
        right = _day(value)
    else:
        right = True
    if not right:
        raise ValueError(field.column)


def _change(line: Line) -> None:
    name = line["field"]
    if name not in _CHANGING or line["counter"] < 0:
        raise ValueError(name)
    for part in ("old", "new"):
        if line.get(part) is not None and name in BY_COLUMN:
            _of_field(BY_COLUMN[name], line[part])
