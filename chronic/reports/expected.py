"""How many should have a disease in each place: the estimate for all, shared out by where the register's adults live."""

import sqlite3
from collections import Counter
from collections.abc import Container, Sequence
from datetime import date

from chronic.i18n import _
from chronic.model.period import Period
from chronic.model.shares import shares
from chronic.model.wording import either
from chronic.protocol import Editions
from chronic.reports.indicators import ALL, ESTIMATED, EVERYBODY, Asked, Cell, Estimate, estimate, tallies

_PLACES = ("village", "doctor")


def cells(
    db: sqlite3.Connection, periods: Sequence[Period], programmes: Sequence[str], editions: Editions, *,
    by: str | None = None, known_on: date | str | None = None, asked: Asked = ALL,
) -> list[Counter[Cell]]:  # fmt: skip
    """For each period whole people whose sum is the estimate, by largest remainder: by village and doctor, or by the part
    asked for."""
    if not programmes:
        return [Counter() for _ in periods]
    parts: Container[str] = ("village", "doctor", "age") if by is None or by in _PLACES else (by, "age")
    residents = tallies(db, periods, [(EVERYBODY, "residents")], editions, known_on=known_on, asked=asked, by=parts)
    found: list[Counter[Cell]] = [Counter() for _ in periods]
    for shared, period, living in zip(found, periods, residents, strict=True):
        for programme in programmes:
            known = estimate(db, period, programme, editions, known_on=known_on, asked=asked, residents=living)
            if known is not None:
                shared.update(_shared_out(known, programme, living, by == "age"))
    return found


def _shared_out(found: Estimate, programme: str, residents: Counter[Cell], by_age: bool) -> dict[Cell, int]:
    adults: Counter[Cell] = Counter()
    for cell, people in residents.items():
        if cell.age is None or cell.age >= found.from_age:
            age = cell.age if by_age else None
            adults[cell._replace(programme=programme, figure=ESTIMATED, age=age)] += people
    if not adults:  # the county's own number, and nobody registered yet
        adults[Cell(programme, ESTIMATED, None, None, None, None, None)] = 1
    kinds = sorted(adults, key=lambda cell: tuple(str(part) for part in cell))
    return dict(zip(kinds, shares([adults[kind] for kind in kinds], whole_people(found)), strict=True))


def whole_people(found: Estimate) -> int:
    """The estimate to the nearest person, halves up."""
    return int(found.people + 0.5)


def says(found: Estimate) -> str:
    """Where an estimate comes from: its adults, its prevalence, and both sources with what they are worth."""
    known = _("{n} adults of the register") if found.from_register else _("{n} adults, the county's own number")
    parts = [known.format(n=found.adults), _("prevalence {n} %").format(n=f"{found.percent:g}")]
    cites = [found.prevalence, *([found.population] if found.population else [])]
    for cite in cites:
        mark = f" [{cite.mark}]" if len(cite.mark) > 1 else ""
        parts.append(f"{cite.source}{mark}: {either((cite.zh, cite.en))}")
    return "; ".join(parts)
