"""Digests of what was recorded: whether a fact still says what was written, whatever became of the disk since.

The rows of a table whose ids share all but their last five bits are one chunk. A chunk has a seal: how many rows it has
and a checksum over them (CRC-32: a flipped byte is found without exception; against forgers it is no protection). It is
written in the transaction that wrote the rows. Which chunks that transaction touched is noted by triggers that exist
only in the connection that writes; new ids are known without them, so a sheet of a million visits fires none.

What is derived has no seal; it is compared with what the facts come to.
"""

import json
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple
from weakref import ref
from zlib import crc32

DERIVED = ("verdict", "plan", "agenda", "medicine_course", "name_key", "task_open")
"""Tables that are rewritten from facts."""
_BITS = 5
CHUNK = 1 << _BITS
_KEYS = """
SELECT t.name,
  coalesce((SELECT c.name FROM pragma_table_info(t.name) AS c WHERE c.name = 'id' AND c.pk = 1),
           (SELECT c.name FROM pragma_foreign_key_list(t.name) AS f JOIN pragma_table_info(t.name) AS c
              ON c.name = f."from" WHERE (c."notnull" OR c.pk) AND c.type = 'INTEGER' ORDER BY f.id DESC LIMIT 1), ''),
  (SELECT group_concat('"' || name || '"', ', ') FROM (SELECT name FROM pragma_table_info(t.name) WHERE pk ORDER BY pk))
FROM sqlite_schema AS t
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT IN (SELECT value FROM json_each(?))"""
_TOUCHED = (
    "CREATE TEMP TABLE touched (place TEXT NOT NULL, chunk INTEGER NOT NULL, PRIMARY KEY (place, chunk)) WITHOUT ROWID"
)
_TRIGGER = """
CREATE TEMP TRIGGER touched_{event}_{row}_{place} BEFORE {event} ON main."{place}" BEGIN
  INSERT INTO touched SELECT '{place}', {chunk} WHERE CASE WHEN EXISTS
    (SELECT 1 FROM touched WHERE place = '{place}' AND chunk = {chunk}) THEN 0 ELSE seal_seen('{place}', {chunk}) END; END"""
"""The chunk is looked at before anything in it changes. Not OR IGNORE: an upsert outside would turn that into a failure."""
_ON_OLD = (("UPDATE", "old"), ("DELETE", "old"))
_ON_NEW = (("INSERT", "new"), ("UPDATE", "new"))  # of a table without ids
_ENDS = "SELECT name, seq FROM sqlite_sequence"
_KEEP = """
INSERT INTO seal (place, chunk, rows, digest) VALUES (?, ?, ?, ?)
ON CONFLICT (place, chunk) DO UPDATE SET rows = excluded.rows, digest = excluded.digest"""


class Table(NamedTuple):
    """A table of facts: its name, the column its chunks go by ('' where it is one chunk), and the order of its rows."""

    name: str
    key: str
    order: str

    def chunk_of(self, row: str) -> str:
        return f'{row}."{self.key}" >> {_BITS}' if self.key else "0"

    @property
    def by_id(self) -> bool:
        return self.key == "id"


class Broken(NamedTuple):
    """Rows that are not what was written. `first` and `last` are the keys they may have, None for a whole table; `rows`
    and `sealed` are how many there are and were, None where they cannot be read or were never sealed."""

    place: str
    first: int | None
    last: int | None
    rows: int | None
    sealed: int | None


def tables(db: sqlite3.Connection) -> list[Table]:
    """Every table with facts."""
    return [Table(*row) for row in db.execute(_KEYS, (json.dumps([*DERIVED, "seal"]),))]


class Seals:
    """The seals of one connection that writes. Makes itself ready outside a transaction, with the first one."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._tables = {table.name: table for table in tables(db)}
        self._unsound: set[tuple[str, int]] = set()
        tried = ref(db)

        def seen(place: str, chunk: int) -> int:
            known, table = tried(), self._tables[place]
            before = self._before.get(place, 0) + 1 if table.by_id else None  # what this transaction added is not sealed yet
            if known is not None and not _is_whole(known, table, chunk, before):
                self._unsound.add((place, chunk))
            return 1

        db.create_function("seal_seen", 2, seen)
        db.execute(_TOUCHED)
        for table in self._tables.values():
            for event, row in _ON_OLD if table.by_id else (*_ON_OLD, *_ON_NEW):
                chunk = table.chunk_of(row)
                db.execute(_TRIGGER.format(event=event, row=row, place=table.name, chunk=chunk))
        self._before: dict[str, int] = {}

    def begin(self, db: sqlite3.Connection) -> None:
        """A transaction has begun."""
        self._before = dict(db.execute(_ENDS))
        self._unsound.clear()

    def renew(self, db: sqlite3.Connection) -> None:
        """Seal what it wrote, just before it ends. A chunk that did not say before what was sealed keeps its old seal: a new
        one would hide that, and so `check` says it."""
        touched = set(db.execute("SELECT place, chunk FROM touched"))
        if touched:
            db.execute("DELETE FROM touched")
        for place, last in db.execute(_ENDS).fetchall():
            first = self._before.get(place, 0) + 1
            if last >= first and place in self._tables:
                begun = first >> _BITS
                if (place, begun) not in touched and not _is_whole(db, self._tables[place], begun, first):
                    self._unsound.add((place, begun))
                touched.update((place, chunk) for chunk in range(begun, (last >> _BITS) + 1))
        for place, chunk in sorted(touched - self._unsound):
            _seal(db, self._tables[place], chunk)


def touch(db: sqlite3.Connection, place: str, row: int) -> None:
    """A row of an earlier id was put back."""
    db.execute("INSERT OR IGNORE INTO touched VALUES (?, ?)", (place, row >> _BITS))


def seal_all(db: sqlite3.Connection) -> None:
    """Seal every fact as it is now: of a registry that was just filled from another one."""
    db.execute("DELETE FROM seal")
    for table in tables(db):
        for chunk in _chunks(db, table):
            _seal(db, table, chunk)


def broken(db: sqlite3.Connection) -> Iterator[Broken]:
    """Every chunk that does not say what was sealed; rows without a seal are among them."""
    known = tables(db)
    kept = {(place, chunk): (rows, digest) for place, chunk, rows, digest in db.execute("SELECT * FROM seal")}
    for table in known:
        mine = {chunk for place, chunk in kept if place == table.name}
        for chunk in sorted(mine.union(_chunks(db, table))):
            sealed = kept.pop((table.name, chunk), None)
            try:
                found = _digest(db, table, chunk)
            except (sqlite3.DatabaseError, UnicodeDecodeError):
                found = None
            if found is None or found != (sealed or (0, found[1])):
                yield _broken(table, chunk, found and found[0], sealed and sealed[0])
    for (place, chunk), (rows, _) in kept.items():  # of a table there is not
        yield Broken(place, chunk, chunk, None, rows)


def _broken(table: Table, chunk: int, rows: int | None, sealed: int | None) -> Broken:
    first, last = (chunk << _BITS, (chunk + 1 << _BITS) - 1) if table.key else (None, None)
    return Broken(table.name, first, last, rows, sealed)


def _chunks(db: sqlite3.Connection, table: Table) -> Iterator[int]:
    """The chunks in which there are rows, or were."""
    if not table.key:
        yield 0
        return
    try:
        first, last = db.execute(f'SELECT min("{table.key}"), max("{table.key}") FROM "{table.name}"').fetchone()
    except sqlite3.DatabaseError:  # the sealed ones are read one by one and say so
        return
    if first is not None:
        yield from range(first >> _BITS, (last >> _BITS) + 1)


def _is_whole(db: sqlite3.Connection, table: Table, chunk: int, before: int | None = None) -> bool:
    """Does it say what was sealed? `before`: only its rows with an earlier key were there."""
    first, end = chunk << _BITS, chunk + 1 << _BITS
    if before is not None and before <= first:
        return True
    try:
        rows, digest = _digest(db, table, chunk, None if before is None else min(before, end))
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return False
    sealed = db.execute("SELECT rows, digest FROM seal WHERE place = ? AND chunk = ?", (table.name, chunk)).fetchone()
    return sealed == (rows, digest) if sealed else not rows


def _seal(db: sqlite3.Connection, table: Table, chunk: int) -> None:
    rows, digest = _digest(db, table, chunk)
    if rows:
        db.execute(_KEEP, (table.name, chunk, rows, digest))
    else:
        db.execute("DELETE FROM seal WHERE place = ? AND chunk = ?", (table.name, chunk))


def _digest(db: sqlite3.Connection, table: Table, chunk: int, before: int | None = None) -> tuple[int, int]:
    """How many rows, and a checksum over them; `before`: only those with an earlier key."""
    span = (chunk << _BITS, (before or chunk + 1 << _BITS) - 1) if table.key else ()
    where = f'WHERE "{table.key}" BETWEEN ? AND ?' if table.key else ""
    rows = db.execute(f'SELECT * FROM "{table.name}" {where} ORDER BY {table.order}', span).fetchall()
    return len(rows), crc32(json.dumps(rows, separators=(",", ":"), default=bytes.hex).encode())
