"""What can be wrong with a registry file and with what is written in it, whatever the guidelines say."""

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from chronic.store import audit, seals, upgrades

_FEW = 100  # of SQLite's own findings


class Wrong(NamedTuple):
    """One finding: its code, and what fills its sentence; `person` where it is about one."""

    code: str
    values: dict[str, object]
    person: int | None = None


def of_the_file(db: sqlite3.Connection) -> Iterator[Wrong]:
    """Pages, indexes and checks of columns, as SQLite looks at them."""
    for (said,) in db.execute(f"PRAGMA integrity_check({_FEW})"):
        if said != "ok":
            yield Wrong("check.file", {"problem": said})


def of_the_schema(db: sqlite3.Connection) -> Iterator[Wrong]:
    for name in upgrades.differences(db):
        yield Wrong("check.schema", {"name": name})


def of_references(db: sqlite3.Connection) -> Iterator[Wrong]:
    for table, row, parent, _ in db.execute("PRAGMA foreign_key_check"):
        yield Wrong("check.references", {"table": table, "row": row, "parent": parent})


def of_the_facts(db: sqlite3.Connection) -> Iterator[Wrong]:
    """Rows that are not what was written, by their seals."""
    for place, first, last, rows, sealed in seals.broken(db):
        values: dict[str, object] = {"table": place, "first": first, "last": last, "rows": rows, "sealed": sealed}
        if rows is None:
            yield Wrong("check.unreadable", values)
        elif sealed is None or rows > sealed:
            yield Wrong("check.added", values)
        else:
            yield Wrong("check.changed" if rows == sealed else "check.lost", values)


_ENDED = """
SELECT o.id, {person} FROM {table} AS o WHERE o.ended_by IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM {by} AS e WHERE e.uid = o.ended_by)"""
_BEATEN = " AND NOT EXISTS (SELECT 1 FROM {table} AS n WHERE n.uid = o.ended_by AND n.person = o.person)"
"""By its fix, or by a row of another registry about the same day, see `settling.decide`."""
_REPLACED = """
SELECT n.id, n.person FROM {table} AS n WHERE n.replaces IS NOT NULL AND NOT EXISTS
  (SELECT 1 FROM {table} AS o WHERE o.uid = n.replaces AND o.ended_by IS NOT NULL)"""
_NAMED = """
SELECT o.id, o.person FROM {table} AS o WHERE o.{column} IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM {other} AS r WHERE r.uid = o.{column})"""
_VOIDS = {
    "visit": "visit_void", "checkup": "checkup_void", "test_result": "test_void", "referral": "referral_void",
    "medicine_entry": "medicine_void", "education": "education_void", "exam_order": "exam_order_event",
    "transfer": "transfer_answer",
}  # fmt: skip
_CONTRADICTIONS = (
    *(
        (
            "check.ended", table,
            _ENDED.format(table=table, by=by, person="o.person")
            + (_BEATEN.format(table=table) if table in ("visit", "checkup", "test_result") else ""),
        )
        for table, by in _VOIDS.items()
    ),
    *(("check.replaced", table, _REPLACED.format(table=table)) for table in ("visit", "checkup")),
    ("check.named", "opinion_handled", _NAMED.format(table="opinion_handled", column="opinion", other="opinion")),
    ("check.named", "referral_outcome", _NAMED.format(table="referral_outcome", column="referral", other="referral")),
    ("check.named", "exam_order_event", _NAMED.format(table="exam_order_event", column="result", other="test_result")),
    ("check.before_birth", "visit", """
      SELECT v.id, v.person FROM visit AS v JOIN person AS p ON p.id = v.person
      WHERE v.ended_by IS NULL AND p.birth_approximate IS NULL AND v.visit_date < p.birth_date"""),
    ("check.after_death", "visit", """
      SELECT v.id, v.person FROM visit AS v JOIN person AS p ON p.id = v.person
      WHERE v.ended_by IS NULL AND p.closed_reason = 'died' AND v.visit_date > p.closed_on"""),
)  # fmt: skip
"""(code, table, what finds the id and the person)."""


def of_contradictions(db: sqlite3.Connection) -> Iterator[Wrong]:
    """Rows that cannot all be true, and numbers that would be given twice."""
    for code, table, sql in _CONTRADICTIONS:
        for row, person in db.execute(sql):
            yield Wrong(code, {"table": table, "row": row}, person)
    for table, seq in db.execute("SELECT name, seq FROM sqlite_sequence").fetchall():
        (last,) = db.execute(f'SELECT max(id) FROM "{table}"').fetchone()
        if last is not None and last > seq:
            yield Wrong("check.sequence", {"table": table, "row": last})


def of_the_audit(db: sqlite3.Connection) -> Iterator[Wrong]:
    """The first broken link of its chain."""
    broken = audit.verify(db)
    if broken is not None:
        yield Wrong(f"audit.{broken.what}", {"id": broken.id})


_CONTACTS = """
SELECT a.person FROM agenda AS a WHERE a.last_contact_on IS NOT
  (SELECT max(v.visit_date) FROM visit AS v WHERE v.person = a.person AND v.ended_by IS NULL)"""
_HOMES = """
SELECT a.person FROM agenda AS a JOIN person AS p ON p.id = a.person
WHERE (a.village, a.hamlet, a.household_no) IS NOT (p.village, p.hamlet, p.household_no)"""
_DUE = """
SELECT a.person FROM agenda AS a LEFT JOIN
  (SELECT person, min(CASE kind WHEN 'followup' THEN due_on END) AS followup,
          min(CASE kind WHEN 'referral' THEN due_on END) AS referral FROM plan GROUP BY person) AS p ON p.person = a.person
WHERE a.due_followup IS NOT p.followup OR a.due_referral IS NOT p.referral"""
_NO_AGENDA = """
SELECT e.person FROM open_enrolment AS e WHERE NOT EXISTS (SELECT 1 FROM agenda AS a WHERE a.person = e.person)"""
_NO_PLAN = """
SELECT e.person FROM open_enrolment AS e
WHERE NOT EXISTS (SELECT 1 FROM plan AS p WHERE p.person = e.person AND p.kind IN ('followup', 'referral'))"""


def of_derived_rows(db: sqlite3.Connection) -> Iterator[Wrong]:
    """Do the derived rows agree with the contacts they come from, without judging anyone anew?"""
    found = {person for sql in (_CONTACTS, _HOMES, _DUE, _NO_AGENDA, _NO_PLAN) for (person,) in db.execute(sql)}
    for person in sorted(found):
        yield Wrong("check.derived", {}, person)
