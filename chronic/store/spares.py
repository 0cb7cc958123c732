"""What can be said only once, and was said in two registries: the smaller uid stands, the others wait beside it.

Where the one that stands is taken back, the next comes forward: whoever wrote it still says so.
"""

import json
import sqlite3
from collections.abc import Collection, Mapping
from typing import Any

from chronic.store import departing, registers
from chronic.store.travelling import PERSON, TRAVELLING, shape

ROOM = {"contract_end": "contract", "need_settled": "household_visit", "erasure": PERSON}
"""Tables with room for one row of each of these."""
_WAITING = """
SELECT a.uid, a.person, a.row, o.id FROM aside AS a CROSS JOIN {of} AS o
WHERE a.person IN (SELECT value FROM json_each(?)) AND a.place = '{table}' AND {which}
  AND NOT EXISTS (SELECT 1 FROM {table} AS t WHERE t.{column} = o.id) ORDER BY a.uid"""


def has_room(db: sqlite3.Connection, table: str, line: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Is the place of this row, which came as `line`, free, or made free for a smaller uid? Else it stands beside now."""
    there = db.execute(f"SELECT id, uid, person FROM {table} WHERE {ROOM[table]} = ?", (row[ROOM[table]],)).fetchone()
    if there is None:
        return True
    id_, uid, person = there
    if uid < row["uid"]:
        registers.put_aside(db, table, person, line)
        return False
    registers.put_aside(db, table, person, departing.own_line(db, table, id_))
    db.execute(f"DELETE FROM {table} WHERE id = ?", (id_,))
    return True


def come_forward(db: sqlite3.Connection, people: Collection[int]) -> None:
    """Fill with what waits beside them the places that are free again, of these people."""
    asked = (json.dumps(sorted(people)),)
    for table, column in ROOM.items():
        of = TRAVELLING[table][column]
        which = "o.id = a.person" if of == PERSON else f"o.uid = json_extract(a.row, '$.{column}')"
        filled = set[int]()
        for uid, person, text, place in db.execute(
            _WAITING.format(table=table, column=column, of=of, which=which), asked
        ).fetchall():
            if place not in filled:
                filled.add(place)
                _put_back(db, table, json.loads(text), {PERSON: person, column: place})
                db.execute("DELETE FROM aside WHERE uid = ?", (uid,))


def _put_back(db: sqlite3.Connection, table: str, line: Mapping[str, Any], refs: Mapping[str, int]) -> None:
    row: dict[str, Any] = {name: line[name] for name in shape(db, table).columns if name in line}
    row |= refs
    if table == "erasure":
        (row["person_uid"],) = db.execute("SELECT uid FROM person WHERE id = ?", (refs[PERSON],)).fetchone()
    db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
