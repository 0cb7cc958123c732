"""Whom to call: open danger first, then referrals, then who is late, then who is due within some days.

The dates of every kind but check-ups count here, rechecks of suspects too: one call settles all of them. Danger stays
on the list every day until it is settled, and like open referrals also while the person is paused, as on the screen of
`today`.
"""

import sqlite3
from collections.abc import Iterable
from datetime import date
from heapq import merge

from chronic.i18n import N_
from chronic.model.codes import RANKS
from chronic.model.report import Column, Report
from chronic.reports import overdue

DANGER, REFERRAL, LATE, SOON = "danger", "referral", "overdue", "due"
SECTIONS = (DANGER, REFERRAL, LATE, SOON)

_FAR = 3660  # days: open danger whatever its date
_RANKED = "SELECT person FROM agenda WHERE rank = ?"

Rows = Iterable[dict[str, object]]


def calls(db: sqlite3.Connection, today: date, within: int, full: bool) -> Report:
    """One row each, in the order to call. `section` says why here; `days_left` or `days_overdue` is None."""
    asked = overdue.Asked(kind="calls", full=full)
    first = {
        section: {person for (person,) in db.execute(_RANKED, (RANKS.index(section),))} for section in (DANGER, REFERRAL)
    }
    known = frozenset().union(*first.values())
    late = overdue.overdue(db, today, asked)
    soon = overdue.due(db, today, within, asked._replace(order="date"))
    lists = {
        DANGER: _first(db, today, _FAR, asked, first[DANGER]),
        REFERRAL: _first(db, today, within, asked, first[REFERRAL]),
        LATE: (row for row in late.rows if row["person_id"] not in known),
        SOON: (row for row in soon.rows if row["person_id"] not in known),
    }
    columns = tuple(_columns(late.columns))
    rows = (
        {"section": section} | {column.key: row.get(column.key) for column in columns}
        for section, listed in lists.items()
        for row in listed
    )
    return Report("calls", today.isoformat(), (Column("section", N_("Group")), *columns), rows)


def _first(db: sqlite3.Connection, today: date, within: int, asked: overdue.Asked, people: Iterable[int]) -> Rows:
    """These people by date, the paused ones with them."""
    lists: list[Rows] = []
    for paused in (False, True):
        they = asked._replace(among=tuple(people), order="date", paused=paused)
        lists += [overdue.overdue(db, today, they).rows, overdue.due(db, today, within, they).rows]
    return merge(*lists, key=lambda row: str(row["due_on"]))


def _columns(late: tuple[Column, ...]) -> Iterable[Column]:
    """The columns of `overdue`, with what `due` and paused people have besides; a band says nothing of a call."""
    for column in late:
        if column.key != "band":
            yield column
        if column.key == "days_overdue":
            yield Column("days_left", N_("Days left"), right=True)
    yield Column("paused_on", N_("Paused from"), hidden=True)
