"""Whom to call today: open danger first, then referrals, then what was told and must be recorded, then who is late by
risk and least overdue, then who is due within some days.

The dates of every kind but check-ups count here, rechecks of suspects too: one call settles all of them. Danger and
open referrals stay on the list while the person is paused, as on the screen of `today`. Nobody stands here before the
day on which they are to be called again. Of whom it was told that they died, moved or refuse, nobody is called: the
list asks for the dated fact instead, until that is recorded or a later attempt says otherwise.

Each section walks an index of the agenda, so that the first page costs what it shows.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain, islice
from typing import NamedTuple

from chronic.i18n import N_
from chronic.model.codes import KINDS, RANKS
from chronic.model.report import Column, Report
from chronic.reports import listed, overdue
from chronic.reports.overdue import Asked

WITHIN = 7
"""Days ahead of who is not late yet, as far as a list of one morning looks."""
DANGER, REFERRAL, SETTLE, LATE, SOON = "danger", "referral", "settle", "overdue", "due"
SECTIONS = (DANGER, REFERRAL, SETTLE, LATE, SOON)

_OTHERS = ", ".join(str(rank) for rank, name in enumerate(RANKS) if name not in (DANGER, REFERRAL))
_FREE = "a.ends IS NULL AND (a.next_call_on IS NULL OR a.next_call_on <= :today)"
_WHERE = {
    DANGER: f"a.paused IN (0, 1) AND a.rank = {RANKS.index(DANGER)} AND a.due_call IS NOT NULL AND {_FREE}",
    REFERRAL: f"a.paused IN (0, 1) AND a.rank = {RANKS.index(REFERRAL)} AND a.due_call <= :until AND {_FREE}",
    SETTLE: "a.ends IS NOT NULL",
    LATE: f"a.paused = 0 AND a.rank IN ({_OTHERS}) AND a.due_call < :today AND {_FREE}",
    SOON: f"a.paused = 0 AND a.rank IN ({_OTHERS}) AND a.due_call BETWEEN :today AND :until AND {_FREE}",
}
_ORDER = {
    **dict.fromkeys((DANGER, REFERRAL, SOON), "a.due_call, a.person"),
    SETTLE: "a.ends, a.person",
    LATE: "a.rank, a.due_call DESC, a.person",
}
_BROKEN = "SELECT count(*) FROM agenda WHERE paused = 0 AND promised_on < :today"
_PAUSES = "SELECT count(*) FROM agenda WHERE pause_on <= :today"
_SHOWN = (
    "person_id", "name", "sex", "age", "hamlet", "phone", "due_on", "days_overdue", "last_bp", "last_fpg", "class",
    "reasons", "calls",
)  # fmt: skip
_TRACED = (
    Column("last_call_on", N_("Last call")),
    Column("told", N_("What was said")),
    Column("promised_on", N_("Promised"), hidden=True),
    Column("promise", N_("Promise")),
    Column("pause_on", N_("Pause proposed"), hidden=True),
)

Rows = Iterator[dict[str, object]]


class Counts(NamedTuple):
    """How many stand on the list in each section, whose promise is broken, for whom a pause is proposed."""

    sections: Counter[str]
    broken: int
    pauses: int


def calls(db: sqlite3.Connection, today: date, within: int, asked: Asked) -> Report:
    """One row each, in the order to call. `section` says why here; `days_left` or `days_overdue` is None."""
    rows = chain.from_iterable(_section(db, today, within, asked, section) for section in SECTIONS)
    return Report("calls", today.isoformat(), tuple(_columns(db, today)), islice(rows, asked.limit))


def counts(db: sqlite3.Connection, today: date, within: int) -> Counts:
    """The whole list in numbers, from the indexes alone."""
    bounds = _bounds(today, within)
    sections = Counter({
        section: db.execute(f"SELECT count(*) FROM agenda AS a WHERE {where}", bounds).fetchone()[0]
        for section, where in _WHERE.items()
    })  # fmt: skip
    return Counts(sections, db.execute(_BROKEN, bounds).fetchone()[0], db.execute(_PAUSES, bounds).fetchone()[0])


def listing(
    section: str, today: date, within: int, asked: Asked, columns: str = listed.ROW
) -> tuple[str, dict[str, object]]:
    """(SQL, values) of one section. With a limit its people are found first, so that no more than those are read."""
    values: dict[str, object] = dict(_bounds(today, within))
    where, order = " AND ".join([_WHERE[section], *overdue.filters(asked, values)]), _ORDER[section]
    source, rest = "agenda AS a", f"WHERE {where}"
    if asked.limit is not None:
        page = f"ORDER BY {order} LIMIT {asked.limit:d}"
        found = f"SELECT a.person FROM {source} JOIN person AS p ON p.id = a.person {rest} {page}"
        source, rest = f"({found}) AS f CROSS JOIN agenda AS a ON a.person = f.person", ""
    sql = f"SELECT coalesce(a.due_call, a.due_checkup), {columns} FROM {source}{overdue.JOINS} {rest} ORDER BY {order}"
    return sql, values


def _bounds(today: date, within: int) -> dict[str, str]:
    return {"today": today.isoformat(), "until": (today + timedelta(days=within)).isoformat()}


def _section(db: sqlite3.Connection, today: date, within: int, asked: Asked, section: str) -> Rows:
    def timing(due_on: date) -> dict[str, object]:
        late = (today - due_on).days
        return {"days_overdue": late if late > 0 else None, "days_left": None if late > 0 else -late}

    until = {LATE: today - timedelta(days=1), SOON: today + timedelta(days=within), REFERRAL: today + timedelta(days=within)}
    kinds = KINDS if section == SETTLE else overdue.TO_CALL
    shape = listed.Shape(today, kinds, None, until.get(section, date.max), timing, asked.full, paused=True, traced=True)
    found = listed.rows(db, lambda columns: listing(section, today, within, asked, columns), shape)
    return ({"section": section} | row for row in found)


def _columns(db: sqlite3.Connection, today: date) -> Iterator[Column]:
    """The columns of `overdue`, with the days left and where calling back stands; a band says nothing of a call."""
    yield Column("section", N_("Group"))
    for column in overdue.overdue(db, today, Asked()).columns:
        if column.key != "band":
            yield column._replace(hidden=column.key not in _SHOWN)
        if column.key == "days_overdue":
            yield Column("days_left", N_("Days left"), right=True)
    yield Column("paused_on", N_("Paused from"), hidden=True)
    yield from _TRACED
