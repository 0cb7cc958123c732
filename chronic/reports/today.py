"""One screen for the morning: open danger and referrals, due today, overdue, re-measurements."""

import sqlite3
from datetime import date, timedelta
from typing import NamedTuple

from chronic.model.codes import RANKS
from chronic.model.days import age_on, from_iso
from chronic.model.report import Column, Report
from chronic.protocol import Editions
from chronic.reports import listed, overdue, quota, suspects

_FIRST = f"""
SELECT q.person, p.name, p.sex, p.birth_date, h.name, a.last_bp, a.last_fpg, a.danger, min(q.since_on), min(q.due_on),
       max(q.urgency = 'emergency')
FROM agenda AS a CROSS JOIN plan AS q ON q.person = a.person AND q.kind = 'referral'
JOIN person AS p ON p.id = q.person LEFT JOIN place AS h ON h.id = a.hamlet
WHERE a.paused IN (0, 1) AND a.due_referral IS NOT NULL AND a.rank IN ({RANKS.index("danger")}, {RANKS.index("referral")})
  AND (a.rank = {RANKS.index("danger")} OR q.due_on <= :today)
GROUP BY a.rank, q.person ORDER BY a.rank, min(q.since_on), q.person"""

_FIRST_COLUMNS = tuple(Column(key, key) for key in ("section", "person_id", "name", "sex", "age", "hamlet", "since_on",
                                                    "days_since", "urgency"))  # fmt: skip


class Today(NamedTuple):
    """Everything on the screen. `first`: danger every day until settled, referrals whose outcome is due."""

    first: list[dict[str, object]]
    due: Report
    overdue: Report
    rechecks: Report
    bands: dict[str, int]
    soon: tuple[int, int]
    """Due tomorrow, and within 7 days of today."""
    quota: int
    """Whose face-to-face visits of the year are at risk."""


def today(db: sqlite3.Connection, day: date, editions: Editions, limit: int) -> Today:
    """`limit` rows of the overdue; all of the rest."""
    followups = overdue.Asked()
    until = day + timedelta(days=7)
    tomorrow = day + timedelta(days=1)
    near = overdue.tally(db, overdue.Asked(), tomorrow, until)
    return Today(
        _first(db, day),
        overdue.due(db, day, 0, overdue.Asked(order="risk")),
        overdue.overdue(db, day, followups._replace(limit=limit)),
        suspects.suspects(db, day, editions, due_by=day),
        dict(overdue.counts(db, day, followups)),
        (near[tomorrow], near.total()),
        len(quota.at_risk(db, day, editions)),
    )


def as_report(found: Today, day: date) -> Report:
    """The same as rows with a section, for JSON and CSV."""
    listed = (
        ("first", found.first),
        ("due", found.due.rows),
        ("overdue", found.overdue.rows),
        ("recheck", found.rechecks.rows),
    )
    columns = {column.key: column for column in (*_FIRST_COLUMNS, *found.overdue.columns, *found.due.columns)}
    columns |= {column.key: column for column in found.rechecks.columns if column.key not in columns}
    blank = {key: dict.fromkeys(column.parts) if column.parts else None for key, column in columns.items()}
    rows = [blank | {"section": section} | row for section, its_rows in listed for row in its_rows]
    return Report("today", day.isoformat(), tuple(columns.values()), rows)


def _first(db: sqlite3.Connection, day: date) -> list[dict[str, object]]:
    rows = []
    for person, name, sex, born, hamlet, bp, fpg, danger, since_on, due_on, urgent in db.execute(
        _FIRST, {"today": day.isoformat()}
    ):
        rows.append({
            "person_id": person, "name": name, "sex": sex, "age": age_on(from_iso(born), day) if born else None,
            "hamlet": hamlet, "since_on": since_on, "last_bp": bp, "last_fpg": listed.number(fpg), "danger": danger.split(),
            "urgency": "emergency" if urgent else "routine", "due_on": due_on,
            "days_since": (day - from_iso(since_on)).days,
        })  # fmt: skip
    return rows
