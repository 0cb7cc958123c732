"""Rows that were taken back where they were written, and what hung on them."""

import json
from collections.abc import Sequence

from chronic.store.arrived import Arrived, Before
from chronic.store.travelling import GONE, PARTS, PERSON, TRAVELLING

_DEPENDING = {
    table: tuple((other, column) for other, refs in TRAVELLING.items() for column, of in refs.items() if of == table)
    for table in TRAVELLING
}
_DERIVED_OF_VISIT = ("verdict", "plan")


def bury(arrived: Arrived, uids: Sequence[str], before: Before) -> list[int]:
    """Take these rows away and keep them from coming back; the people among them, who stay for as long as anything is said
    of them here."""
    db, people = arrived.db, list[int]()
    there = arrived.among("tombstone", uids)
    uids = [uid for uid in dict.fromkeys(uids) if uid not in there]
    db.executemany("INSERT INTO tombstone (uid) VALUES (?)", ((uid,) for uid in uids))
    arrived.new[GONE] += len(uids)
    asked = json.dumps(uids)
    db.execute("DELETE FROM aside WHERE uid IN (SELECT value FROM json_each(?))", (asked,))
    for table in (PERSON, *TRAVELLING):
        sql = f"SELECT id FROM {table} WHERE uid IN (SELECT value FROM json_each(?))"
        ids = [int(id_) for (id_,) in db.execute(sql, (asked,))]
        if table == PERSON:
            people += ids
            continue
        before(sorted(arrived.whose(table, ids) - {0}))
        for id_ in ids:
            _remove(arrived, table, id_)
    return people


def _remove(arrived: Arrived, table: str, id_: int) -> None:
    db = arrived.db
    if db.execute(f"SELECT 1 FROM {table} WHERE id = ?", (id_,)).fetchone() is None:
        return  # gone with what it depended on
    for other, column in _DEPENDING[table]:
        for (row,) in db.execute(f"SELECT id FROM {other} WHERE {column} = ?", (id_,)).fetchall():
            _remove(arrived, other, int(row))
    for part in PARTS.get(table, ()):
        db.execute(f"DELETE FROM {part} WHERE {table} = ?", (id_,))
    for derived in _DERIVED_OF_VISIT if table == "visit" else ():
        db.execute(f"DELETE FROM {derived} WHERE person = (SELECT person FROM visit WHERE id = ?)", (id_,))
    if table == "task":
        db.execute("DELETE FROM task_open WHERE task = ?", (id_,))
    elif table == "task_event":
        arrived.tasks.update(task for (task,) in db.execute("SELECT task FROM task_event WHERE id = ?", (id_,)))
    arrived.note(table, [id_])
    db.execute(f"DELETE FROM {table} WHERE id = ?", (id_,))
