"""The rounds of the next days: who is due or overdue, on which working day, and who has no place.

Read from the agenda like `overdue` and `due`, so whoever was seen today is no longer in it. Paused people are left out
and counted; open danger is in it whatever its date.
"""

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from chronic.i18n import N_
from chronic.model.codes import RANKS
from chronic.model.days import from_iso
from chronic.model.report import Column, Report
from chronic.model.workdays import Workdays
from chronic.reports import overdue
from chronic.rules.rounds import Due, Household, Rounds, households, rounds

NO_DAY, FULL, HOUSEHOLD = "no_day", "full", "household"
"""Why someone has no place: no working day, no room left, or not enough room for the whole household."""

_NEVER = date.max - timedelta(days=1)
_DANGER = f"SELECT person FROM agenda WHERE rank = {RANKS.index('danger')}"
_HOME = "SELECT person, village, hamlet, household_no FROM agenda WHERE person IN (SELECT value FROM json_each(?))"


Row = dict[str, object]


class Wanted(NamedTuple):
    """The first and the last day, how many people a day, which days are worked, and whom to plan for."""

    first: date
    last: date
    capacity: int
    workdays: Workdays
    asked: overdue.Asked


class Day(NamedTuple):
    """A working day and its people, hamlet by hamlet and household by household."""

    on: date
    rows: list[Row]


class Planned(NamedTuple):
    """What was planned, and what must be said about it. Numbers of people unless they say otherwise."""

    days: list[Day]
    left: list[Row]
    late: int
    days_late: int
    """Of all those who are planned, together."""
    danger: int
    paused: int
    paused_danger: int
    big: list[int]
    """Sizes of households that have a day of their own."""
    unpublished: list[int]
    """Years of which only the weekends are known."""
    many_villages: bool

    @property
    def people(self) -> int:
        return sum(len(day.rows) for day in self.days)


def planned(db: sqlite3.Connection, today: date, wanted: Wanted) -> Planned:
    """The rounds of these days. Deterministic: the same registry and day give the same plan."""
    rows = _rows(db, today, wanted)
    found = rounds(
        households(_dues(db, rows)),
        days := wanted.workdays.among(wanted.first, wanted.last),
        wanted.capacity,
        wanted.workdays.after(wanted.last),
    )
    made = [Day(day, [_placed(rows[person], day) for each in its for person in each.people]) for day, its in found.days]
    lateness = [int(str(row["days_late"])) for day in made for row in day.rows]
    paused = _rows(db, today, wanted._replace(asked=wanted.asked._replace(paused=True))).values()
    return Planned(
        made or [Day(day, []) for day in days],
        [_left(rows[person], why) for each, why in _unplaced(found, wanted.capacity) for person in each.people],
        sum(days > 0 for days in lateness),
        sum(lateness),
        sum(1 for row in rows.values() if row["danger"]),
        len(paused),
        sum(1 for row in paused if row["danger"]),
        [each.size for _, its in found.days for each in its if each.size > wanted.capacity],
        wanted.workdays.unpublished(wanted.first, wanted.last),
        len({row["village"] for row in rows.values()}) > 1,
    )


def report(found: Planned, today: date) -> Report:
    """One row each, day by day; those without a place come last, without a day."""
    columns = (
        Column("visit_on", N_("Visit on")),
        *(column._replace(hidden=column.hidden and not (found.many_villages and column.key == "village"))
          for column in overdue.SCREEN[:-2]),
        Column("household_no", N_("Household")),
        *overdue.SCREEN[-2:],
        Column("days_late", N_("Late then"), right=True),
        *(column._replace(hidden=True) if column.key == "last_visit_on" else column for column in overdue.TAIL),
        Column("left_out", N_("No place"), hidden=not found.left),
    )  # fmt: skip
    rows = [row for day in found.days for row in day.rows] + found.left
    return Report("plan", today.isoformat(), columns, rows)


def _rows(db: sqlite3.Connection, today: date, wanted: Wanted) -> dict[int, Row]:
    """person -> row, along the way: what is due by the last day, and open danger whatever its date."""
    asked = wanted.asked._replace(order="route")
    rows = {int(str(row["person_id"])): row for row in overdue.until(db, today, asked, wanted.last)}
    dangerous = tuple(person for (person,) in db.execute(_DANGER) if person not in rows)
    if dangerous:
        later = overdue.until(db, today, asked._replace(among=dangerous), _NEVER, wanted.last + timedelta(days=1))
        rows |= {int(str(row["person_id"])): row for row in later}
    return rows


def _dues(db: sqlite3.Connection, rows: dict[int, Row]) -> Iterator[Due]:
    """A household is a number within a hamlet of a known village; whoever has none goes alone."""
    homes = {person: home for person, *home in db.execute(_HOME, (f"[{', '.join(map(str, rows))}]",))}
    for person, row in rows.items():
        village, hamlet, number = homes[person]
        row["household_no"] = number
        together = number if number and village is not None else ("alone", person)
        yield Due(person, from_iso(str(row["due_on"])), (village, hamlet), together, bool(row["danger"]))


def _placed(row: Row, day: date) -> Row:
    late = max((day - from_iso(str(row["due_on"]))).days, 0)
    return {"visit_on": day.isoformat(), **row, "days_late": late, "left_out": None}


def _left(row: Row, why: str) -> Row:
    return {"visit_on": None, **row, "days_late": None, "left_out": why}


def _unplaced(found: Rounds, capacity: int) -> Iterator[tuple[Household, str]]:
    room = max((capacity - sum(each.size for each in its) for _, its in found.days), default=None)
    for each in found.left:
        yield each, NO_DAY if room is None else HOUSEHOLD if room > 0 else FULL
