"""Villages and doctors whose control fell: the year so far against the same days of the year before.

The shares are those of the national indicator, so that a warning and the report of indicators say the same.
"""

import sqlite3
from collections import Counter
from datetime import date
from typing import NamedTuple

from chronic.model.days import MONTHS_A_YEAR, add_months, year_of
from chronic.model.period import Period, span
from chronic.model.place import Where
from chronic.protocol import Editions
from chronic.protocol.warning import Fall as Rules
from chronic.reports.indicators import Asked, Cell, behind, book, tallies
from chronic.reports.tagged import Whom
from chronic.rules import warning

FALL = "fall"
GROUPS = ("village", "doctor")
_CONTROL = "control_rate"
_NAME = "SELECT name FROM place WHERE id = ?"

Share = tuple[int, int]
"""How many, of how many."""
Key = tuple[str, str | int | None, str]
"""What a group is by, which one (a place by its id; None: not known), and of which programme."""


class Group(NamedTuple):
    """A village or a doctor whose control fell. `then`, `now`: how many were at target, of how many."""

    by: str
    name: str
    programme: str
    asked: Asked
    then: Share
    now: Share
    statistic: warning.Fall

    @property
    def key(self) -> str:
        return f"{FALL}:{self.by}:{self.name}:{self.programme}"


def falls(
    db: sqlite3.Connection, day: date, editions: Editions, rules: Rules, programmes: tuple[str, ...], whom: Whom
) -> list[Group]:
    """The groups whose share at target fell, by programme, kind and name."""
    then, now = controlled(db, day, editions, programmes, whom, GROUPS)
    found = []
    for key in set(then) & set(now):
        (by, which, programme), was, is_ = key, then[key], now[key]
        if which is not None and (fall := fell(was, is_, rules)) is not None:
            village = by == "village"
            name = db.execute(_NAME, (which,)).fetchone()[0] if village else str(which)
            asked = Asked(Where((int(which),)), whom.doctor, whom.tags) if village else Asked(whom.where, name, whom.tags)
            found.append(Group(by, name, programme, asked, was, is_, fall))
    return sorted(found, key=lambda one: (programmes.index(one.programme), GROUPS.index(one.by), one.name))


def controlled(
    db: sqlite3.Connection, day: date, editions: Editions, programmes: tuple[str, ...], whom: Whom, by: tuple[str, ...]
) -> list[dict[Key, Share]]:
    """How many were at target, of how many, the year before and this year: of every group there is somebody of."""
    managed, well = _figures()
    wanted = [(programme, figure) for programme in programmes for figure in (managed, well)]
    found = []
    for cells in tallies(db, years(day), wanted, editions, asked=Asked(*whom), by=by):
        all_, those = (_by_group(cells, figure, by) for figure in (managed, well))
        found.append({key: (those[key], number) for key, number in all_.items()})
    return found


def fell(then: Share, now: Share, rules: Rules) -> warning.Fall | None:
    """The fall from one share to the other, if it is one to warn of."""
    if min(then[1], now[1]) < rules.people:
        return None
    fall = warning.fall(*then, *now)
    return fall if fall.p < rules.p_below and fall.then - fall.now >= rules.points else None


def years(day: date) -> list[Period]:
    """The year before until the same day of it, and this year until this day."""
    return [span(year_of(last)[0], last) for last in (add_months(day, -MONTHS_A_YEAR), day)]


def lost(db: sqlite3.Connection, day: date, editions: Editions, group: Group) -> list[int]:
    """Who of a group was at target the year before, and is managed and not at target this year."""
    then, now = years(day)

    def those(period: Period, figure: str) -> set[int]:
        return {one.person for one in behind(db, period, group.programme, figure, editions, asked=group.asked)}

    managed, well = _figures()
    return sorted(those(then, well) & those(now, managed) - those(now, well))


def _figures() -> tuple[str, str]:
    """Denominator and numerator of the indicator."""
    control = book().indicators[_CONTROL]
    assert control.denominator is not None
    return control.denominator, control.numerator


def _by_group(cells: Counter[Cell], figure: str, groups: tuple[str, ...]) -> Counter[Key]:
    found: Counter[Key] = Counter()
    for cell, people in cells.items():
        if cell.figure == figure:
            for by in groups:
                found[by, getattr(cell, "village" if by == "hamlet" else by), cell.programme] += people
    return found
