"""Test results: written once, never edited; a void only sets `ended_by`. Values of the visits are read beside them."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from chronic.model.days import from_iso, iso
from chronic.model.fields import VISIT_FIELDS
from chronic.model.result import Result
from chronic.store import orders
from chronic.store.stamp import Stamp

_COLUMNS = "t.test, t.done_on, t.value, NULL, t.result, t.institution, t.detail, t.id, t.uid"
_INSERT = """
INSERT INTO test_result
  (uid, person, test, done_on, value, unit, result, institution, detail, origin, batch, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_VOID = "INSERT INTO test_void (uid, test_result, reason, origin, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?, ?)"
_OF = f"SELECT person, {_COLUMNS} FROM test_result AS t WHERE person IN ({{ids}}) AND ended_by IS NULL"
_ON_VISITS = """
SELECT person, {pairs} FROM live_contact
WHERE person IN ({ids}) AND way <> 'phone' AND coalesce({columns}, NULL) IS NOT NULL"""
_VISIT_COLUMNS = {field.column for field in VISIT_FIELDS}
_AT_ONCE = 500


def add(db: sqlite3.Connection, person: int, new: Result, unit: str | None, stamp: Stamp) -> str:
    """Write a result; its uid."""
    uid = new.uid or stamp.uid()
    told = (new.test, iso(new.done_on), new.value, unit, new.result, new.institution, new.detail)
    db.execute(_INSERT, (uid, person, *told, stamp.origin, stamp.batch, stamp.at, stamp.by))
    return uid


def by_id(db: sqlite3.Connection, number: int) -> tuple[int, Result, str | None] | None:
    """(person, result, what ended it), None when there is none with this number."""
    row = db.execute(f"SELECT person, ended_by, {_COLUMNS} FROM test_result AS t WHERE id = ?", (number,)).fetchone()
    return None if row is None else (row[0], _result(row[2:]), row[1])


def known(db: sqlite3.Connection, uid: str) -> bool:
    """Is there a result with this uid, withdrawn ones too?"""
    return db.execute("SELECT 1 FROM test_result WHERE uid = ?", (uid,)).fetchone() is not None


def same_day(db: sqlite3.Connection, person: int, new: Result) -> Result | None:
    """The live result of the same test, day and place."""
    sql = f"""SELECT {_COLUMNS} FROM test_result AS t WHERE person = ? AND done_on = ? AND test = ?
      AND coalesce(institution, '') = ? AND ended_by IS NULL"""
    row = db.execute(sql, (person, iso(new.done_on), new.test, new.institution or "")).fetchone()
    return row and _result(row)


def void(db: sqlite3.Connection, number: int, reason: str, stamp: Stamp) -> None:
    """Withdraw a result. The row stays, with the reason beside it."""
    made = stamp.uid()
    db.execute(_VOID, (made, number, reason, stamp.origin, stamp.at, stamp.by))
    ended = db.execute("UPDATE test_result SET ended_by = ? WHERE id = ? RETURNING uid", (made, number)).fetchall()
    for (uid,) in ended:
        orders.follow(db, uid)


def unvoid(db: sqlite3.Connection, first: int, last: int) -> list[str]:
    """Take away voids, so that their results count again; the voids' uids."""
    gone = db.execute("DELETE FROM test_void WHERE id BETWEEN ? AND ? RETURNING test_result, uid", (first, last)).fetchall()
    db.executemany("UPDATE OR IGNORE test_result SET ended_by = NULL WHERE id = ? AND ended_by = ?", gone)
    for number, _ in gone:
        for (uid,) in db.execute("SELECT uid FROM test_result WHERE id = ?", (number,)).fetchall():
            orders.follow(db, uid)
    return [uid for _, uid in gone]


def between(db: sqlite3.Connection, first: int, last: int) -> list[Result]:
    """The live results with these ids."""
    sql = f"SELECT {_COLUMNS} FROM test_result AS t WHERE id BETWEEN ? AND ? AND ended_by IS NULL ORDER BY id"
    return [_result(row) for row in db.execute(sql, (first, last))]


def voided(db: sqlite3.Connection, first: int, last: int) -> list[tuple[Result, str]]:
    """The results that the voids with these ids withdrew, with the reason."""
    sql = f"""SELECT reason, {_COLUMNS} FROM test_void AS o
      JOIN test_result AS t ON t.id = o.test_result WHERE o.id BETWEEN ? AND ? ORDER BY o.id"""
    return [(_result(row), reason) for reason, *row in db.execute(sql, (first, last))]


def read(db: sqlite3.Connection, ids: Iterable[int], columns: Sequence[str]) -> Iterator[tuple[int, list[Result]]]:
    """(person, results) for each id, in batches, ids as given; results unsorted.

    `columns`: those that are fields of a visit are read from the face-to-face contacts too, as results of our own.
    Results that other parts of the registry hold belong here too.
    """
    wanted = list(ids)
    on_visits = [column for column in dict.fromkeys(columns) if column in _VISIT_COLUMNS]
    pairs = ", ".join(f"{_day_of(column)}, {column}" for column in on_visits)
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        text = ", ".join(map(str, some))
        found: dict[int, list[Result]] = {person: [] for person in some}
        for person, *row in db.execute(_OF.format(ids=text)):
            found[person].append(_result(row))
        if on_visits:
            for person, *row in db.execute(_ON_VISITS.format(pairs=pairs, columns=", ".join(on_visits), ids=text)):
                found[person] += _seen(on_visits, row)
        yield from found.items()


def _day_of(column: str) -> str:
    """A value may have a day of its own."""
    return f"coalesce({column}_on, visit_date)" if f"{column}_on" in _VISIT_COLUMNS else "visit_date"


def _seen(columns: list[str], row: Sequence[object]) -> Iterator[Result]:
    """The values of one visit, each behind its day."""
    for column, on, value in zip(columns, row[::2], row[1::2], strict=True):
        if isinstance(value, str):
            yield Result(column, _day(on), word=value)
        elif isinstance(value, (int, float)):
            yield Result(column, _day(on), value=float(value))


def _result(row: Sequence[object]) -> Result:
    test, done_on, *rest = row
    return Result(str(test), _day(done_on), *rest)  # type: ignore[arg-type]


def _day(text: object) -> date:
    return from_iso(str(text))
