"""The figures of a period for a DHIS2 server, and the mapping to fill in first."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from chronic.errors import ValueRefused
from chronic.exchange import dhis2
from chronic.exchange import dhis2_mapping as mappings
from chronic.i18n import _
from chronic.i18n.terms import PROGRAMMES, term
from chronic.model.period import Period, read_period
from chronic.model.wording import either
from chronic.protocol import Editions
from chronic.reports import indicators

_PLACES = """
SELECT village.id, village.name, township.name FROM place AS village
LEFT JOIN place AS township ON township.id = village.parent WHERE village.level = 'village'
ORDER BY coalesce(township.name, ''), village.name, village.id"""


class Made(NamedTuple):
    """`left`: whom the mapping leaves out on purpose, by place or group."""

    period: Period
    mapping: mappings.Mapping
    values: list[dhis2.Value]
    left: set[str]


def figures(db: sqlite3.Connection, today: date, name: str, path: Path, editions: Editions) -> Made:
    """Raises ValueRefused: `figures.period`, `figures.not_over`, and what `dhis2_mapping.read` and `dhis2.values` raise."""
    try:
        period = read_period(name)
    except ValueError:
        raise ValueRefused("figures.period", text=name) from None
    if period.last > today:
        raise ValueRefused("figures.not_over", period=period.name, last=period.last, today=today)
    mapping = mappings.read(path, _figures(), indicators.PROGRAMMES)
    wanted = [(asked.programme, asked.figure) for asked in mapping.figures]
    found = indicators.tally(db, period, wanted, editions)
    return Made(period, mapping, *dhis2.values(mapping, _counted(db, found, mapping.level)))


def _counted(db: sqlite3.Connection, found: Counter[indicators.Cell], level: str) -> Iterator[dhis2.Counted]:
    names = _names(db, level)
    for cell, people in found.items():
        places = names.get(cell.village, (mappings.UNKNOWN,)) if level != "all" else (level,)
        yield dhis2.Counted(cell.programme, cell.figure, places, cell.sex or "unknown", cell.age, people)


def _names(db: sqlite3.Connection, level: str) -> dict[int | None, tuple[str, ...]]:
    """What the mapping may call each village by: with its township, and alone where no other is called so."""
    rows = db.execute(_PLACES).fetchall()
    alone = Counter(name for _id, name, _township in rows)
    if level == "township":
        return {id_: (township or mappings.UNKNOWN,) for id_, _name, township in rows}
    full = {id_: f"{township} {name}" if township else name for id_, name, township in rows}
    return {id_: (name, full[id_]) if alone[name] == 1 else (full[id_],) for id_, name, _township in rows}


def _figures() -> dict[str, indicators.Figure]:
    """Those that can be asked of a programme; a cohort is a report of its own."""
    asked = list(indicators.PROGRAMMES)
    return {name: one for name, one in indicators.book().figures.items() if one.programmes == asked and not one.preset}


def blank(db: sqlite3.Connection) -> Iterator[str]:
    """The lines of a mapping with every key and no id."""
    known = [
        (programme, name, f"{term(PROGRAMMES, programme)}: {either(figure.says)}")
        for programme in indicators.PROGRAMMES
        for name, figure in _figures().items()
    ]
    places = dict.fromkeys(names[0] for names in _names(db, "village").values())
    notes = (
        _("Ids of DHIS2 for: chronic export dhis2 --period 2026Q3 --mapping THIS-FILE"),
        _("Write the id of each line between its quotation marks; - leaves that line out on purpose."),
        _("Delete a figure nobody asks for. Without groups it is one number, and category_option_combo may be given."),
        _("by = township or all wants the names of townships, or the one name all, under org_units.ids."),
    )
    return mappings.blank(known, (*places, mappings.UNKNOWN), notes)
