"""How many people should have a disease: adults by prevalence, the county's number of adults or those of its register."""

import sqlite3
from collections import Counter
from datetime import date
from typing import NamedTuple

from chronic.model.period import Period
from chronic.protocol import Cite, Editions
from chronic.protocol.measures import ALL_PLACES, Measures
from chronic.reports.indicators.counting import Cell, tally
from chronic.reports.indicators.definitions import EVERYBODY
from chronic.reports.indicators.known import ALL, Asked


class Estimate(NamedTuple):
    """`people` with the disease of `adults`, at `percent`. `from_register`: the adults are those of the register, where
    somebody of unknown age is taken for one; else the county's own number, cited by `population`."""

    people: float
    adults: int
    percent: float
    from_age: int
    from_register: bool
    prevalence: Cite
    population: Cite | None


def estimate(
    db: sqlite3.Connection, period: Period, programme: str, editions: Editions, *, known_on: date | str | None = None,
    asked: Asked = ALL, residents: Counter[Cell] | None = None,
) -> Estimate | None:  # fmt: skip
    """At the period's end; None for a programme without a prevalence. The county's number is that of the whole county: where
    only some are `asked` for, the register's adults count. `residents`: the register by age, where that is known already."""
    measures = Measures.of(editions.on(period.last))
    found, told = measures.prevalence.get(programme), measures.population.get(ALL_PLACES)
    if found is None:
        return None
    if told is not None and asked == ALL:
        adults = told.people
    else:
        cells = residents
        if cells is None:
            cells = tally(db, period, [(EVERYBODY, "residents")], editions, known_on=known_on, asked=asked, by=("age",))
        adults = sum(people for cell, people in cells.items() if cell.age is None or cell.age >= found.from_age)
        told = None
    population = None if told is None else measures.cites[told.cite]
    cite = measures.cites[found.cite]
    return Estimate(adults * found.percent / 100, adults, found.percent, found.from_age, told is None, cite, population)
