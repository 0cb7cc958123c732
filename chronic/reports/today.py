"""One screen for the morning: open danger and referrals, due today, overdue, re-measurements."""

import sqlite3
from collections import Counter
from datetime import date, timedelta
from typing import NamedTuple

from chronic.model.codes import RANKS
from chronic.model.days import age_on, from_iso
from chronic.model.report import Column, Report
from chronic.protocol import Editions
from chronic.reports import calls, listed, orders, overdue, quota, suspects, transfers
from chronic.store import opinions

_DANGER, _REFERRAL = RANKS.index("danger"), RANKS.index("referral")
_FIRST = f"""
WITH open AS (
  SELECT a.person, a.rank, min(q.since_on) AS since_on, min(q.due_on) AS due_on, max(q.urgency = 'emergency') AS urgent
  FROM agenda AS a CROSS JOIN plan AS q ON q.person = a.person AND q.kind = 'referral'
  WHERE a.paused IN (0, 1) AND a.due_referral IS NOT NULL AND a.rank IN ({_DANGER}, {_REFERRAL})
    AND (a.rank = {_DANGER} OR q.due_on <= :today)
  GROUP BY a.rank, a.person),
shown AS (
  SELECT *, row_number() OVER (PARTITION BY rank ORDER BY since_on, person) AS place,
         count(*) OVER (PARTITION BY rank) AS people FROM open)
SELECT shown.rank, people, shown.person, p.name, p.sex, p.birth_date, h.name, a.last_bp, a.last_fpg, a.danger,
       since_on, due_on, urgent
FROM shown JOIN agenda AS a ON a.person = shown.person JOIN person AS p ON p.id = shown.person
LEFT JOIN place AS h ON h.id = a.hamlet
WHERE place <= CASE shown.rank WHEN {_DANGER} THEN :most ELSE :some END ORDER BY shown.rank, place"""
_ALL = 1 << 40
_COUNTED = 3_000  # people: more than a doctor has, and no more than a moment's work

_FIRST_COLUMNS = tuple(Column(key, key) for key in ("section", "person_id", "name", "sex", "age", "hamlet", "since_on",
                                                    "days_since", "urgency"))  # fmt: skip


class Today(NamedTuple):
    """Everything on the screen. `first`: danger every day until settled, referrals whose outcome is due."""

    first: list[dict[str, object]]
    due: Report
    overdue: Report
    rechecks: Report
    bands: dict[str, int]
    days: Counter[date]
    """How many are due on each day from today to a week later."""
    dangers: int
    referrals: int
    recheck: int
    quota: int | None
    """Whose face-to-face visits of the year are at risk; None where that is a county's question."""
    orders: int
    """How many results of ordered examinations are late."""
    calls: calls.Counts
    opinions: int
    """Complaints and suggestions nobody has done anything about."""
    transfers: transfers.Count


def today(db: sqlite3.Connection, day: date, editions: Editions, some: int, most: int) -> Today:
    """The screen: `some` of the overdue and the referrals, at most `most` of the rest; the numbers count all."""
    followups = overdue.Asked()
    first, found = _first(db, day, some, most)
    return Today(
        first,
        overdue.due(db, day, 0, overdue.Asked(order="risk", limit=most)),
        overdue.overdue(db, day, followups._replace(limit=some)),
        suspects.suspects(db, day, editions, day, most),
        dict(overdue.counts(db, day, followups)),
        overdue.tally(db, followups, day, day + timedelta(days=7)),
        found.get(_DANGER, 0),
        found.get(_REFERRAL, 0),
        suspects.rechecks(db, day),
        quota.count(db, day, editions, _COUNTED),
        orders.overdue_count(db, day, editions),
        calls.counts(db, day, calls.WITHIN),
        opinions.unhandled(db),
        transfers.count(db, day, editions),
    )


def report(db: sqlite3.Connection, day: date, editions: Editions, some: int) -> Report:
    """The same as rows with a section, for JSON and CSV: `some` of the overdue, all of the rest."""
    due = overdue.due(db, day, 0, overdue.Asked(order="risk"))
    late = overdue.overdue(db, day, overdue.Asked(limit=some))
    rechecks = suspects.suspects(db, day, editions, day)
    first, _ = _first(db, day, _ALL, _ALL)
    listed = (("first", first), ("due", due.rows), ("overdue", late.rows), ("recheck", rechecks.rows))
    columns = {column.key: column for column in (*_FIRST_COLUMNS, *late.columns, *due.columns)}
    columns |= {column.key: column for column in rechecks.columns if column.key not in columns}
    blank = {key: dict.fromkeys(column.parts) if column.parts else None for key, column in columns.items()}
    rows = [blank | {"section": section} | row for section, its_rows in listed for row in its_rows]
    return Report("today", day.isoformat(), tuple(columns.values()), rows)


def _first(db: sqlite3.Connection, day: date, some: int, most: int) -> tuple[list[dict[str, object]], dict[int, int]]:
    """(rows, how many there are of each rank): at most so many referrals and open dangers."""
    rows, found = [], {}
    for rank, people, person, name, sex, born, hamlet, bp, fpg, danger, since_on, due_on, urgent in db.execute(
        _FIRST, {"today": day.isoformat(), "some": some, "most": most}
    ):
        found[rank] = people
        rows.append({
            "person_id": person, "name": name, "sex": sex, "age": age_on(from_iso(born), day) if born else None,
            "hamlet": hamlet, "since_on": since_on, "last_bp": bp, "last_fpg": listed.number(fpg), "danger": danger.split(),
            "urgency": "emergency" if urgent else "routine", "due_on": due_on,
            "days_since": (day - from_iso(since_on)).days,
        })  # fmt: skip
    return rows, found
