"""The official check-up form 健康体检表 of one person, filled in from a check-up or blank, in Chinese as it is printed."""

import sqlite3
from datetime import date
from typing import NamedTuple

from chronic.model.checkup_fields import BLOCKS, PRESSURES, TCM_ANSWER_WORDS, TCM_ANSWERS
from chronic.model.days import age_on
from chronic.model.fields import SEXES, Field
from chronic.model.person import Person
from chronic.model.units import STORED
from chronic.reports.visit_form import day_in_words, figure, form_number
from chronic.store import checkups

TITLE = "健康体检表"
_ROOM = "　　　"
_LONG = "　" * 8
_NUMBERS = ("integer", "decimal", "glucose")
_SIDELESS = PRESSURES[-1]
"""The printed form asks for the pressure of each arm; these are written where nobody said which it was."""
_SCALE = " ".join(f"{number}{word}" for number, word in enumerate(TCM_ANSWER_WORDS, 1))


class Item(NamedTuple):
    """One field: its name, its codes, what stands in its boxes, or what is written on its line."""

    label: str
    codes: str
    boxes: tuple[str, ...]
    line: str


class Part(NamedTuple):
    """`hint`: what the answers of the whole part mean."""

    title: str
    hint: str
    items: tuple[Item, ...]


class Form(NamedTuple):
    title: str
    name: str
    number: str
    about: str
    parts: tuple[Part, ...]


def form(db: sqlite3.Connection, who: Person | None, day: date, blank: bool) -> Form:
    """The last check-up up to that day; blank where there was none, or where it is to be filled in by hand."""
    values: dict[str, object] = {}
    if who is not None and not blank:
        known = [found for found in checkups.of(db, who.id) if found.checkup_date <= day]
        values = {**known[-1].values, "checkup_date": known[-1].checkup_date} if known else {}
    parts = tuple(
        Part(
            block.zh,
            _SCALE if block.key == "tcm" else "",
            tuple(_item(field, values) for field in block.fields if field.column not in _SIDELESS or field.column in values),
        )
        for block in BLOCKS
    )
    if who is None:
        return Form(TITLE, "", "", "", parts)
    age = f"{age_on(who.birth_date, day)}岁" if who.birth_date else ""
    return Form(TITLE, who.name, form_number(who), " ".join(filter(None, (SEXES[who.sex], age))), parts)


def _item(field: Field, values: dict[str, object]) -> Item:
    value = values.get(field.column)
    if field.codes and field.kind in ("code", "codes"):
        return Item(
            field.zh, " ".join(f"{n}{name}" for n, name in enumerate(field.codes.values(), 1)), _boxes(field, value), ""
        )
    if field.column in TCM_ANSWERS:
        return Item(field.zh.removeprefix("体质"), "", ("" if value is None else str(value),), "")
    if field.kind == "day":
        return Item(field.zh, "", (), day_in_words(value) if isinstance(value, date) else "　　年　月　日")
    room = _ROOM if field.kind in _NUMBERS else _LONG
    return Item(field.zh, "", (), f"{room if value is None else figure(value)} {STORED.get(field.column, '')}".rstrip(" "))


def _boxes(field: Field, value: object) -> tuple[str, ...]:
    """The numbers of what was chosen; an empty box or two where nothing was."""
    chosen = value if isinstance(value, (list, tuple)) else str(value).split(";") if value is not None else []
    numbers = tuple(str(list(field.codes or ()).index(code) + 1) for code in chosen if code in (field.codes or ()))
    return numbers or (("", "") if field.kind == "codes" else ("",))
