"""Which rows of each table go to a receiver who is not sent everything: see chronic/store/business.py for whose they are.

Each list costs what it returns: what is new is found by the ids after a mark, what is whole by the person.
"""

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from chronic.store import business
from chronic.store.business import Whose
from chronic.store.travelling import ASIDE, LEAVING, ONLY, PERSON, TRAVELLING, shape

Marks = Mapping[str, int]
_THEIRS = "{0}.person IS NULL AND {0}.origin IN (SELECT DISTINCT origin FROM bundle_taken WHERE peer = :peer)"
_FOR_THEM = "{0}.person IS NULL AND {0}.place IN (SELECT value FROM json_each(:places))"
_OF_THEM = """{0}.person IS NULL AND EXISTS (
  SELECT 1 FROM task_about AS a JOIN person AS p ON p.id = a.person JOIN bundle_given AS g ON g.person = p.id
  WHERE a.task = {0}.id AND g.peer = :peer AND p.id NOT IN (SELECT value FROM json_each(:ended))
    AND ((g.since > 0 AND g.until IS NULL) OR (g.since = 0 AND g.home = coalesce(p.village, 0))))"""
_PARENT = "EXISTS (SELECT 1 FROM {1} AS o WHERE o.id = t.{1} AND ({0}))"
_NOBODYS = {
    "education": _THEIRS.format("t"),
    "education_void": _PARENT.format(_THEIRS.format("o"), "education"),
    "task": " OR ".join(f"({one.format('t')})" for one in (_THEIRS, _FOR_THEM, _OF_THEM)),
    "task_event": _PARENT.format(" OR ".join(f"({one.format('o')})" for one in (_THEIRS, _FOR_THEM, _OF_THEM)), "task"),
}
"""What is about nobody goes where it came from, and tasks to the place they are for and to whoever has people on them: not
to who had them once, see `business.of`."""
_ASIDE = """
SELECT uid, row FROM aside WHERE place = :table AND id > :mark AND person IN (SELECT value FROM json_each(:new))
UNION SELECT uid, row FROM aside WHERE place = :table AND person IN (SELECT value FROM json_each(:whole)) ORDER BY uid"""


def rows(db: sqlite3.Connection, since: Marks, whose: Whose) -> Iterator[tuple[str, set[int]]]:
    """(table, ids) of everything that goes, in the order in which it is written."""
    whole = dict[str, list[int]]()
    for table in TRAVELLING:
        whole[table] = list(_whole(db, table, whose, whole))
        ids = {*whole[table], *_new(db, table, since, whose)}
        if table in LEAVING:
            sql = f"SELECT id FROM {table} WHERE person IN (SELECT value FROM json_each(?))"
            ids.update(id_ for (id_,) in db.execute(sql, (_listed(whose.leaving),)))
        yield table, _of_two(db, whose, ids) if table == "person_distinct" else ids


def beside(db: sqlite3.Connection, table: str, since: Marks, whose: Whose) -> dict[str, dict[str, Any]]:
    """Rows of a table that stand aside, by uid."""
    given = {"table": table, "mark": since.get(ASIDE, 0), "new": _listed(whose.new), "whole": _listed(whose.whole)}
    return {uid: json.loads(row) for uid, row in db.execute(_ASIDE, given)}


def _whole(db: sqlite3.Connection, table: str, whose: Whose, whole: Mapping[str, list[int]]) -> Iterator[int]:
    """Every row of people of whom everything goes, and of tasks of places that are new."""
    its, only = shape(db, table), ONLY.get(table, "1")
    columns = [column for column, of in its.refs.items() if of == PERSON]
    asked: list[tuple[str, Collection[int]]] = [(f"t.{column}", whose.whole) for column in columns]
    if not columns:
        asked = [(f"t.{column}", whole[of]) for column, of in its.refs.items()]
    if table == "task":
        asked.append(("t.person IS NULL AND t.place", whose.added))
        sql = "SELECT DISTINCT task FROM task_about WHERE person IN (SELECT value FROM json_each(?))"
        asked.append(("t.id", [id_ for (id_,) in db.execute(sql, (_listed(whose.whole),))]))
    for column, listed in asked:
        for part in ("AND t.ended_by IS NULL", "AND t.ended_by IS NOT NULL") if its.ends else ("",):
            sql = f"SELECT t.id FROM {table} AS t WHERE {column} IN (SELECT value FROM json_each(?)) {part} AND {only}"
            if listed:
                yield from (id_ for (id_,) in db.execute(sql, (_listed(listed),)))


def _new(db: sqlite3.Connection, table: str, since: Marks, whose: Whose) -> Iterator[int]:
    """Rows after the marks: of people of whom what is new goes, and of nobody."""
    owners = [business.owner(table), *(f"t.{name}" for name, of in TRAVELLING[table].items() if of == PERSON)]
    where = [f"{owner} IN (SELECT value FROM json_each(:new))" for owner in dict.fromkeys(owners)]
    where += [_NOBODYS[table]] if table in _NOBODYS else []
    sql = f"""SELECT t.id FROM {table} AS t WHERE t.id > :mark
      AND ({" OR ".join(f"({one})" for one in where)}) AND {ONLY.get(table, "1")}"""
    given = {
        "mark": since.get(table, 0), "new": _listed(whose.new), "peer": whose.peer, "places": _listed(whose.places),
        "ended": _listed(whose.ended),
    }  # fmt: skip
    yield from (id_ for (id_,) in db.execute(sql, given))


def _of_two(db: sqlite3.Connection, whose: Whose, ids: set[int]) -> set[int]:
    """Of what is said of two people that of which the receiver knows both."""
    sql = "SELECT id, person, other FROM person_distinct WHERE id IN (SELECT value FROM json_each(?))"
    pairs = {id_: {one, other} for id_, one, other in db.execute(sql, (_listed(ids),))}
    known = business.holding(db, whose, {person for both in pairs.values() for person in both})
    return {id_ for id_, both in pairs.items() if both <= known}


def _listed(ids: Collection[int]) -> str:
    return json.dumps(sorted(ids))
