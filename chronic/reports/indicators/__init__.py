"""How many people of each place, sex and age count for each figure of a period.

What counts is written once, in the .sql files here: portable SQL without functions of dates, all days bound, a row
(person, word) for everyone who counts. What a figure is called, which words it adds up and where its limits come from
stands in protocols/indicators. People are where they live now; everything else is as of the period's end, as it is known
now.
"""

import os
import sqlite3
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from chronic.model.days import add_months, age_on, day_or_none
from chronic.model.period import Period
from chronic.protocol import Editions
from chronic.protocol.reading import FOLDER, table_of, whole
from chronic.protocol.sections import BpLimit, Cite, Interval, Names, Section

PROGRAMMES = ("htn", "dm")
_PEOPLE = """
SELECT counted.word, person.village, person.sex, person.birth_date
FROM ({sql}) AS counted JOIN person ON person.id = counted.person"""


class Window(Section):
    """Whole months that end with the period."""

    cite: str
    care: Interval
    recent: Interval


class HtnLimit(Section):
    cite: str
    bp_below: BpLimit


class DmLimit(Section):
    cite: str
    fpg_below: float
    hba1c_below: float


class Figure(Section):
    """`sql`: a file here; `counts`: its words that this figure adds up; `says`: the definition."""

    cite: str
    sql: str
    counts: list[str]
    name: Names
    says: Names


class Indicators(Section):
    window: Window
    htn: HtnLimit
    dm: DmLimit
    figures: dict[str, Figure]
    cites: dict[str, Cite]


class Cell(NamedTuple):
    """Whom a number counts. `age` in full years at the period's end; None where a part is not known."""

    programme: str
    figure: str
    village: int | None
    sex: str
    age: int | None


@cache
def hearts() -> Indicators:
    """The shipped set. Raises ValueRefused (`protocol.key`)."""
    return whole(Indicators, table_of(os.path.join(FOLDER, "indicators", "hearts.toml")))


@cache
def text(name: str) -> str:
    """The SQL of one file."""
    with open(os.path.join(os.path.dirname(__file__), f"{name}.sql"), encoding="utf-8") as stream:
        return stream.read()


def bound(period: Period, programme: str, editions: Editions) -> dict[str, object]:
    """The values every .sql file here takes by name."""
    kit = hearts()
    after = period.last + timedelta(days=1)
    return {
        "programme": programme,
        "first": period.first.isoformat(), "last": period.last.isoformat(),
        "care_from": add_months(after, -kit.window.care.months).isoformat(),
        "recent_from": add_months(after, -kit.window.recent.months).isoformat(),
        "unseen_by": _unseen_by(period.first, editions).isoformat(),
        "sbp_below": kit.htn.bp_below.sbp, "dbp_below": kit.htn.bp_below.dbp,
        "fpg_below": kit.dm.fpg_below, "hba1c_below": kit.dm.hba1c_below,
    }  # fmt: skip


def tally(db: sqlite3.Connection, period: Period, wanted: Iterable[tuple[str, str]], editions: Editions) -> Counter[Cell]:
    """How many there are of each kind, of these (programme, figure)."""
    found: Counter[Cell] = Counter()
    asked: dict[tuple[str, str], list[str]] = {}
    for programme, figure in dict.fromkeys(wanted):
        asked.setdefault((programme, hearts().figures[figure].sql), []).append(figure)
    for (programme, name), figures in asked.items():
        counting = {
            word: [figure for figure in figures if word in hearts().figures[figure].counts]
            for figure in figures
            for word in hearts().figures[figure].counts
        }
        values = bound(period, programme, editions)
        for word, village, sex, born in db.execute(_PEOPLE.format(sql=text(name)), values):
            birth_date = day_or_none(born)
            age = None if birth_date is None else age_on(birth_date, period.last)
            found.update(Cell(programme, figure, village, sex, age) for figure in counting.get(word, ()))
    return found


def _unseen_by(first: date, editions: Editions) -> date:
    """The last day of enrolment whose first follow-up was due before that day."""
    day = first - timedelta(days=1)
    while editions.on(day).enrolment.first_followup.within.after(day) >= first:
        day -= timedelta(days=1)
    return day
