"""Verdicts as they would have been: stored ones rest on what is known now, and a late row changes them.

Whoever something was recorded of later is judged again, from their history without it. Views of the same names stand in
front of the tables meanwhile, so that a history is read by the one function that knows how.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from chronic.model.days import iso
from chronic.protocol import Editions
from chronic.reports.indicators.arrivals import Arrivals
from chronic.rules.assessment import assess
from chronic.store import histories

_AFFECTED = """
CREATE TEMP TABLE affected AS
SELECT person FROM main.visit AS t WHERE {visit} > :at
UNION SELECT visit.person FROM main.visit JOIN main.visit_void AS t ON t.uid = visit.ended_by WHERE {visit_void} > :at
UNION SELECT person FROM main.enrolment AS t WHERE {enrolment} > :at
UNION SELECT person FROM main.referral_outcome AS t WHERE {referral_outcome} > :at
UNION SELECT person FROM main.referral AS t WHERE {referral} > :at
UNION SELECT referral.person FROM main.referral JOIN main.referral_void AS t ON t.uid = referral.ended_by
  WHERE {referral_void} > :at
UNION SELECT person FROM main.person_change AS t WHERE {person_change} > :at"""
_STORED = """
CREATE TEMP TABLE ruled AS SELECT person, visit, programme, class, danger, consecutive, due_on, meets FROM main.verdict
WHERE person BETWEEN :person_from AND :person_to AND person NOT IN (SELECT person FROM affected)"""
_STILL = """
CASE WHEN t.ended_by IS NOT NULL
  AND (SELECT coalesce({ends}, '') FROM (SELECT t.ended_by AS uid) AS ended) <= '{at}' THEN t.ended_by END"""
_UNSAID = """
CASE WHEN EXISTS (SELECT 1 FROM unsaid AS u WHERE {same}) THEN (SELECT u.old FROM unsaid AS u WHERE {same})
  ELSE t.{column} END"""
_ENDS = {
    "visit": """(SELECT {visit} FROM main.visit AS t WHERE t.uid = ended.uid),
      (SELECT {visit_void} FROM main.visit_void AS t WHERE t.uid = ended.uid)""",
    "referral": "(SELECT {referral_void} FROM main.referral_void AS t WHERE t.uid = ended.uid), NULL",
}
_CHANGING = {"person": ("closed_on",), "enrolment": ("enrolled_on", "assumed", "ended_on", "end_reason")}
_TABLES = ("person", "enrolment", "visit", "referral", "referral_outcome")


def affected(db: sqlite3.Connection, known_at: str, arrivals: Arrivals) -> None:
    """The relation of those whose verdicts may have been others then."""
    db.execute(_AFFECTED.format_map(_Recorded(arrivals)), {"at": known_at})
    db.execute("CREATE INDEX temp.affected_0 ON affected (person)")


def ruled(db: sqlite3.Connection, known_at: str, span: dict[str, object], editions: Editions, arrivals: Arrivals) -> None:
    """The relation of verdicts as of that instant, of these people. `affected`, `unsaid` and `who` are there."""
    db.execute(_STORED, {key: span[key] for key in ("person_from", "person_to")})
    ids = [id_ for (id_,) in db.execute("SELECT person FROM affected WHERE person IN (SELECT person FROM who)")]
    with _in_front(db, known_at, arrivals):
        found = [(person, assess(history, editions).verdicts) for person, history in histories.read(db, ids)]
    rows = (
        (person, v.visit, v.programme, v.klass, " ".join(v.danger), v.consecutive, iso(v.due_on), " ".join(v.meets))
        for person, verdicts in found
        for v in verdicts
    )
    db.executemany("INSERT INTO ruled VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    db.execute("CREATE INDEX temp.ruled_0 ON ruled (person, visit)")


@contextmanager
def _in_front(db: sqlite3.Connection, known_at: str, arrivals: Arrivals) -> Iterator[None]:
    """The tables of a history show what was known then."""
    at = known_at.replace("'", "''")
    arrivals.away(db)
    try:
        for table in _TABLES:
            columns = [name for _, name, *_ in db.execute(f"PRAGMA main.table_info({table})")]
            shown = ", ".join(f"{_column(table, name, at, arrivals)} AS {name}" for name in columns)
            known = f"{arrivals.recorded(table)} <= '{at}'"
            db.execute(f"CREATE TEMP VIEW {table} AS SELECT {shown} FROM main.{table} AS t WHERE {known}")
        yield
    finally:
        for table in _TABLES:
            db.execute(f"DROP VIEW IF EXISTS temp.{table}")
        arrivals.in_front(db)


class _Recorded(dict[str, str]):
    """Table -> when a row of it was known here."""

    def __init__(self, arrivals: Arrivals) -> None:
        super().__init__()
        self._arrivals = arrivals

    def __missing__(self, table: str) -> str:
        return self._arrivals.recorded(table)


def _column(table: str, name: str, at: str, arrivals: Arrivals) -> str:
    if name == "ended_by":
        return _STILL.format(ends=_ENDS[table].format_map(_Recorded(arrivals)), at=at)
    if name in _CHANGING.get(table, ()):
        same = f"u.person = t.id AND u.field = '{name}'"
        if table == "enrolment":
            same = f"u.person = t.person AND u.about = t.uid AND u.field = t.programme || '_{name}'"
        return _UNSAID.format(same=same, column=name)
    return f"t.{name}"
