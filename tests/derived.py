"""Is what is derived about people still what their facts come to? Every derived table, column by column."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from chronic.care.desk import Desk
from chronic.care.replan import replan
from chronic.protocol import Editions
from chronic.store import tasks
from chronic.store.stamp import Stamp

TABLES = ("verdict", "plan", "agenda", "medicine_course", "task_open")
_NOBODY = Stamp("2026-11-21T00:00:00.000Z", 0, "nobody", "here")


def stale(db: sqlite3.Connection, editions: Editions, people: Iterable[int]) -> list[int]:
    """Those of whom a derived row would be another if it were written anew; always empty unless there is a bug."""
    some = json.dumps(list(people))
    theirs = "SELECT id FROM task WHERE person IN (SELECT value FROM json_each(?))"
    db.execute("SAVEPOINT derived")
    try:
        before = _rows(db, some)
        replan(Desk(db, date.max, editions, _NOBODY), json.loads(some))
        tasks.derive(db, [task for (task,) in db.execute(theirs, (some,))])
        after = _rows(db, some)
    finally:
        db.execute("ROLLBACK TO derived")
        db.execute("RELEASE derived")
    return [person for person in json.loads(some) if before[person] != after[person]]


def _rows(db: sqlite3.Connection, people: str) -> dict[int, set[tuple[object, ...]]]:
    """person -> (table, column …) of everything derived."""
    found: dict[int, set[tuple[object, ...]]] = defaultdict(set)
    for table in TABLES:
        sql = f"SELECT person, * FROM {table} WHERE person IN (SELECT value FROM json_each(?))"
        for person, *row in db.execute(sql, (people,)):
            found[person].add((table, *row))
    return found
