"""What is derived, written once more to be compared: nothing in the registry is changed by it.

Whoever writes it writes into tables of a second connection, which carry the same names and stand in front of the registry's
own: those are only read, and nobody is kept waiting.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from chronic.store import registry, seals
from chronic.store.opening import Registry

_TASKS = "task_open"
_BY_PERSON = tuple(table for table in seals.DERIVED if table != _TASKS)
_DIFFERING = """
SELECT {key} FROM (SELECT * FROM ({kept} EXCEPT {anew}) UNION ALL SELECT * FROM ({anew} EXCEPT {kept})) GROUP BY {key}"""


@contextmanager
def cast(db: Registry) -> Iterator[Registry]:
    """A connection to the same registry, as it is at this moment, in which nothing derived is written yet."""
    with closing(registry.connect(db.file)) as shadow:
        for table in seals.DERIVED:
            shadow.execute(f"CREATE TEMP TABLE {table} AS SELECT * FROM main.{table} WHERE 0")
        shadow.execute("BEGIN")
        yield shadow
        shadow.execute("ROLLBACK")


def people(shadow: sqlite3.Connection, first: int, last: int) -> set[int]:
    """Of whom in this span something differs; to be asked once, when theirs and nobody else's is written."""
    found = set[int]()
    for table in _BY_PERSON:
        sql = _sql(table, "person", "WHERE person BETWEEN :first AND :last")
        found.update(person for (person,) in shadow.execute(sql, {"first": first, "last": last}).fetchall())
        shadow.execute(f"DELETE FROM temp.{table}")
    return found


def tasks(shadow: sqlite3.Connection) -> list[int]:
    """The tasks that differ, when all are written."""
    return [task for (task,) in shadow.execute(_sql(_TASKS, "task", ""))]


def _sql(table: str, key: str, where: str) -> str:
    kept, anew = f"SELECT * FROM main.{table} {where}", f"SELECT * FROM temp.{table}"
    return _DIFFERING.format(key=key, kept=kept, anew=anew)
