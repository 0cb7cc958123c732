"""Findings that hold visits of several people, or many years, against each other: the registry groups them itself."""

import json
import sqlite3
from collections.abc import Iterator

from chronic.protocol.quality import Quality
from chronic.reports.quality.finding import Finding
from chronic.reports.quality.seen import DOCTOR, LIVE, SOURCE, Asked, whose

_ALIKE = f"""
SELECT {DOCTOR} AS doctor, v.visit_date, json_group_array(v.id), count(DISTINCT v.person), {{values}}
FROM {SOURCE} WHERE {LIVE} AND v.way <> 'phone' AND v.visit_date BETWEEN :first AND :last AND v.sbp IS NOT NULL
  AND v.dbp IS NOT NULL AND {{measured}} >= :values{{where}}
GROUP BY doctor, v.visit_date, {{values}} HAVING count(DISTINCT v.person) >= :people"""
_SAME_DAY = f"""
SELECT v.person FROM {{source}} WHERE {LIVE} AND v.visit_date BETWEEN :back AND :last{{where}}
GROUP BY v.person HAVING count(*) >= :visits AND min(substr(v.visit_date, 9)) = max(substr(v.visit_date, 9))
  AND max(v.visit_date) >= :first"""
_THEIRS = f"""
SELECT v.id, p.uid, {DOCTOR}, v.visit_date FROM {SOURCE} WHERE {LIVE} AND v.person = ?
AND v.visit_date BETWEEN ? AND ? ORDER BY v.visit_date"""


def alike(db: sqlite3.Connection, asked: Asked, book: Quality) -> Iterator[Finding]:
    """The same measured values for several people of one doctor on one day."""
    fields = book.copied.fields
    for first, last in asked.windows:
        values = {
            "first": first.isoformat(), "last": last.isoformat(), "values": book.alike.values, "people": book.alike.people,
        }  # fmt: skip
        where = whose(asked, values)
        measured = " + ".join(f"(v.{name} IS NOT NULL)" for name in fields)
        sql = _ALIKE.format(values=", ".join(f"v.{name}" for name in fields), measured=f"({measured})", where=where)
        for doctor, on, ids, _people, *numbers in db.execute(sql, values):
            said = ",".join(f"{number:g}" for number in numbers if number is not None)
            visits = tuple(sorted(json.loads(ids)))
            yield Finding("alike", doctor, None, doctor or "-", said, on, on, on, len(visits), visits)


def regular(db: sqlite3.Connection, asked: Asked, book: Quality) -> Iterator[Finding]:
    """All follow-ups of many months on the same day of the month, once a person; found by the index alone unless somebody
    is asked for."""
    rules, known = book.regular, set[int]()
    for first, last in asked.windows:
        back = rules.back.before(last)
        values = {"first": first.isoformat(), "last": last.isoformat(), "back": back.isoformat(), "visits": rules.visits}
        where = whose(asked, values)
        sql = _SAME_DAY.format(source=SOURCE if where else "visit AS v", where=where)
        for person in {person for (person,) in db.execute(sql, values)} - known:
            known.add(person)
            rows = list(db.execute(_THEIRS, (person, back.isoformat(), last.isoformat())))
            (_id, who, doctor, on), ids = rows[-1], tuple(row[0] for row in rows)
            yield Finding("regular", doctor, person, who, on[8:], first.isoformat(), rows[0][3], on, len(ids), ids)
