"""Rows on their way out: every fact a receiver is to have and has not, as lines that any registry can read.

A line is a JSON object: `at` (its table), `uid`, and every column that holds something. People come first, whole, each
time anything of theirs travels, so that a receiver who forgot or never knew them can take up what is said of them.
"""

import json
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from chronic.store import business, choosing
from chronic.store.business import ALL, Whose
from chronic.store.numbers import CLAIMING
from chronic.store.sources import sql_abroad
from chronic.store.travelling import (
    ALIASES,
    ASIDE,
    FIELDS,
    GONE,
    HOUSEHOLD,
    MERGERS,
    NAMED,
    ONLY,
    PARTS,
    PERSON,
    PLACE,
    TRAVELLING,
    Shape,
    said,
    shape,
)  # fmt: skip

Line = dict[str, Any]
Marks = Mapping[str, int]
NAMING = {table for table, _column in NAMED}
_AT_ONCE = 2000
_NOT_CARRIED = (
    "household_fact", "household_tag", "household_visit", "need_settled", "task", "task_event", "task_about",
    "person_distinct", "upload",
)  # fmt: skip
_SEQUENCES = "SELECT name, seq FROM sqlite_sequence"
_CLOSED = ("closed_on", "closed_reason")
"""Of somebody elsewhere they hold in this registry only."""
# `apart`: the sender knows these as other people, as whoever it tells is to
_PEOPLE = f"""
SELECT p.id, p.uid, p.origin, p.recorded_at, p.recorded_by, p.township_name AS township, p.village_name AS village,
  p.hamlet_name AS hamlet, {", ".join(f"p.{name}" for name in FIELDS[:-3] if name not in _CLOSED)},
  {", ".join(f"CASE WHEN e.person IS NULL THEN p.{name} END AS {name}" for name in _CLOSED)},
  (SELECT json_group_array(tag) FROM (SELECT tag FROM person_tag WHERE person = p.id ORDER BY tag)) AS tags,
  (SELECT json_group_array(json_array(source, ref))
    FROM (SELECT {sql_abroad("source")} AS source, ref FROM person_source WHERE person = p.id ORDER BY 1, 2)) AS refs,
  (SELECT json_group_array(uid) FROM (SELECT uid FROM person_alias WHERE person = p.id
    UNION SELECT merged_uid FROM person_merge WHERE person = p.id ORDER BY uid)) AS aliases,
  (SELECT json_group_array(uid) FROM (
    SELECT uid FROM person_alias WHERE person = p.id AND by_number ORDER BY uid)) AS numbered,
  (SELECT json_group_array(uid) FROM (
    SELECT uid FROM person WHERE id IN ({CLAIMING}) UNION SELECT uid FROM person_alias WHERE person IN ({CLAIMING})
    ORDER BY uid)) AS apart,
  EXISTS (SELECT 1 FROM tombstone WHERE uid = p.uid) AS again
FROM person_card AS p LEFT JOIN elsewhere AS e ON e.person = p.id
WHERE p.id IN (SELECT value FROM json_each(?)) ORDER BY p.uid"""
_SPOKEN = {
    ("person_change", "about"): f"CASE t.field WHEN 'person_ref' THEN {sql_abroad('t.about')} ELSE t.about END",
}
"""Columns that say something else among all registries than in this one."""
_PATH = """
WITH RECURSIVE up (id, level, name, parent, step) AS (
  SELECT id, level, name, parent, 0 FROM place
  WHERE id = (SELECT coalesce(same_as, id) FROM place WHERE id = ?)
  UNION ALL SELECT p.id, p.level, p.name, p.parent, step + 1 FROM place AS p JOIN up ON p.id = up.parent)
SELECT level, name FROM up ORDER BY step DESC"""
_HOME = "SELECT village, hamlet, household_no FROM household WHERE id = ?"


def marks(db: sqlite3.Connection) -> dict[str, int]:
    """How far each table reaches now."""
    kept = {*TRAVELLING, PERSON, GONE, ALIASES, ASIDE, MERGERS}
    return {name: seq for name, seq in db.execute(_SEQUENCES) if name in kept}


def halfway(since: Marks, until: Marks) -> dict[str, int] | None:
    """Marks between these, so that either half is whole without the other: what speaks of another row, and what stands
    beside the register, is in the second. None where there is nothing left to part."""
    late = {ASIDE, *(table for table, refs in TRAVELLING.items() if TRAVELLING.keys() & {*refs.values()})}
    found = {
        table: since.get(table, 0) + (0 if table in late else (end - since.get(table, 0)) // 2)
        for table, end in until.items()
    }
    return None if all(found[table] == since.get(table, 0) for table in until) else found


def lines(db: sqlite3.Connection, since: Marks, whose: Whose | None = None, until: Marks = ALL) -> Iterator[Line]:
    """Everything that came after these marks and up to those, or (up to the end) of it what is somebody's business: what
    was taken away, people, facts by table, each by uid. What was taken away goes to everybody: of a row that is gone
    nobody knows whose it was."""
    sql = "SELECT uid FROM tombstone WHERE id > ? AND id <= ? ORDER BY uid"
    gone = db.execute(sql, (since.get(GONE, 0), until.get(GONE, 0)))
    yield from ({"at": GONE, "uid": uid} for (uid,) in gone)
    places = _Places(db)
    ids = iter(sorted(business.spoken_of(db, since, until) if whose is None else whose.everybody))
    while some := list(islice(ids, _AT_ONCE)):
        yield from _people(db, some)
    if whose is None:
        for table in TRAVELLING:
            yield from _facts(db, table, since, until, places)
        return
    for table, rows in choosing.rows(db, since, whose):
        beside = choosing.beside(db, table, since, whose)
        where, asked = "t.id IN (SELECT value FROM json_each(?))", (json.dumps(sorted(rows)),)
        yield from _by_uid(beside, _read(db, table, where, asked, places))


def lines_of(db: sqlite3.Connection, person: int) -> Iterator[Line]:
    """Everything about one person, as `lines` has it, for whoever takes them on: without what is about the household they
    leave, about the sender's own work, or about another person."""
    places = _Places(db)
    yield from _people(db, [person])
    for table, refs in TRAVELLING.items():
        if table in _NOT_CARRIED:
            continue
        if refs.get(PERSON) == PERSON:
            where = "t.person = ?"
        else:
            ((column, of),) = refs.items()
            where = f"t.{column} IN (SELECT id FROM {of} WHERE person = ?)"
        sql = "SELECT row FROM aside WHERE person = ? AND place = ?"
        rows = [said(json.loads(row)) for (row,) in db.execute(sql, (person, table))]
        rows += _read(db, table, where, (person,), places)
        yield from sorted(rows, key=lambda line: str(line["uid"]))


def person_line(db: sqlite3.Connection, person: int) -> Line:
    """Somebody as they would travel, without what is said of them."""
    return next(_people(db, [person]))


def own_line(db: sqlite3.Connection, table: str, id_: int) -> Line:
    """One row as it would travel."""
    return next(_read(db, table, "t.id = ?", (id_,), _Places(db)))


def _people(db: sqlite3.Connection, ids: Iterable[int]) -> Iterator[Line]:
    cursor = db.execute(_PEOPLE, (json.dumps(list(ids)),))
    names = [column[0] for column in cursor.description]
    for row in cursor:
        line = {"at": PERSON, **said(dict(zip(names, row, strict=True)))}
        line.pop("id")
        for name in ("tags", "refs", "aliases", "numbered", "apart"):
            listed = json.loads(line.pop(name))
            line |= {name: listed} if listed else {}
        if not line.pop("again"):
            yield line
        else:
            yield {**line, "again": True}


def _facts(db: sqlite3.Connection, table: str, since: Marks, until: Marks, places: "_Places") -> Iterator[Line]:
    """The rows of a table and those of it that stand aside, by uid."""
    sql = "SELECT uid, row FROM aside WHERE id > ? AND id <= ? AND place = ? ORDER BY uid"
    beside = {uid: json.loads(row) for uid, row in db.execute(sql, (since.get(ASIDE, 0), until.get(ASIDE, 0), table))}
    where, span = f"t.id > ? AND t.id <= ? AND {ONLY.get(table, '1')}", (since.get(table, 0), until.get(table, 0))
    yield from _by_uid(beside, _read(db, table, where, span, places))


def _by_uid(beside: dict[str, Line], rows: Iterator[Line]) -> Iterator[Line]:
    """Both together; `rows` come by uid."""
    yield from sorted([*map(said, beside.values()), *rows], key=lambda line: str(line["uid"])) if beside else rows


def _read(db: sqlite3.Connection, table: str, where: str, values: tuple[object, ...], places: "_Places") -> Iterator[Line]:
    """By uid; of many rows only the ids are held. The plus keeps SQLite from walking every uid there is for a few rows."""
    ids = array("q", (id_ for (id_,) in db.execute(f"SELECT t.id FROM {table} AS t WHERE {where} ORDER BY +t.uid", values)))
    its = shape(db, table)
    for start in range(0, len(ids), _AT_ONCE):
        asked = (json.dumps(ids[start : start + _AT_ONCE].tolist()),)
        parts = {part: _parts(db, part, table, asked) for part in PARTS.get(table, ())}
        for row in db.execute(_these(table, its), asked).fetchall():
            line: Line = {"at": table, **said(dict(zip(("id", *its.columns, *its.refs), row, strict=True)))}
            id_ = line.pop("id")
            for column, of in its.refs.items():
                if of == PLACE and column in line:
                    line[column] = places.path(line[column])
                elif of == HOUSEHOLD and column in line:
                    line[column] = places.home(line[column])
            yield line | {part: rows[id_] for part, rows in parts.items() if id_ in rows}


def _these(table: str, its: Shape) -> str:
    """Rows by their ids, in the order of these."""
    joins, asked = "", [_SPOKEN.get((table, name), f"t.{name}") for name in its.columns]
    for column, of in its.refs.items():
        if of in (PLACE, HOUSEHOLD):
            asked.append(f"t.{column}")
        else:
            asked.append(f"r_{column}.uid")
            joins += f" LEFT JOIN {of} AS r_{column} ON r_{column}.id = t.{column}"
    return f"""SELECT t.id, {", ".join(asked)} FROM json_each(?) AS k CROSS JOIN {table} AS t ON t.id = k.value{joins}
      ORDER BY k.id"""


def _parts(db: sqlite3.Connection, part: str, table: str, asked: tuple[str]) -> dict[int, list[list[Any]]]:
    """Id of the row they belong to -> its parts."""
    found: dict[int, list[list[Any]]] = {}
    for id_, *values in db.execute(
        f"SELECT * FROM {part} WHERE {table} IN (SELECT value FROM json_each(?)) ORDER BY 1, 2", asked
    ):
        found.setdefault(id_, []).append(values)
    return found


class _Places:
    """Names of places and households, looked up once."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._paths: dict[int, list[list[str]]] = {}
        self._homes: dict[int, Line] = {}

    def path(self, id_: int) -> list[list[str]]:
        """[level, name] from the top down."""
        if id_ not in self._paths:
            self._paths[id_] = [[level, name] for level, name in self._db.execute(_PATH, (id_,))]
        return self._paths[id_]

    def home(self, id_: int) -> Line:
        if id_ not in self._homes:
            village, hamlet, number = self._db.execute(_HOME, (id_,)).fetchone()
            self._homes[id_] = {"place": self.path(hamlet or village), "no": number}
        return self._homes[id_]


def names_person(table: str, line: Line) -> str | None:
    """The text column of this line that holds a person's uid, if one does."""
    for (where, column), (name, says) in NAMED.items():
        if where == table and line.get(name) == says and column in line:
            return column
    return None
