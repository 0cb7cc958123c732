"""The audit: what was done to the registry or taken out of it, by whom and when, one row after the other for good.

Each row carries a hash over itself and the row before it, so nothing in the middle can be changed, left out or put in
without every later hash being another one; whoever noted the newest hash (`head`) elsewhere can tell that nothing was
cut off at the end either. What was said of a person stands beside the chain, which holds only a salted hash of it: it
can be taken out for good (`forget`) and the chain is still whole, with the row saying so in its place.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from chronic.store.stamp import Stamp

ERASED = "person.erase"
"""After this row the chain may miss what was said of its person."""
START = "0" * 64
_SALT_BYTES = 16
_MOST = 60
"""Of a deed with more rows than this, their numbers stand for them."""
_STAMPED = ("recorded_at", "recorded_by", "origin", "batch")

_LAST = "SELECT id, head FROM audit ORDER BY id DESC LIMIT 1"
_UID = "SELECT uid FROM person WHERE id = ?"
_OF_DEED = "SELECT action, person FROM audit WHERE deed = ? ORDER BY id LIMIT 1"
_ADD = """
INSERT INTO audit (id, action, about, person, deed, digest, head, recorded_at, recorded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_TOLD = "INSERT INTO audit_told (audit, salt, told) VALUES (?, ?, ?)"
_COLUMNS = "a.id, a.action, a.about, a.person, a.deed, a.digest, a.head, a.recorded_at, a.recorded_by, t.salt, t.told"
_ALL = f"SELECT {_COLUMNS} FROM audit AS a LEFT JOIN audit_told AS t ON t.audit = a.id ORDER BY a.id"
_OF_PERSON = """
SELECT a.id FROM audit AS a WHERE a.person IN (
  SELECT uid FROM person WHERE id = :id UNION SELECT p.uid FROM person_merge AS m JOIN person AS p ON p.id = m.merged
  WHERE m.person = :id)"""


class Entry(NamedTuple):
    """One row. `about`: the command, where nothing was recorded; `person`: a uid; `told`: None where nothing was said, or
    where it was taken out."""

    id: int
    action: str
    about: str | None
    person: str | None
    deed: int | None
    digest: str
    head: str
    at: str
    by: str
    salt: str | None
    told: str | None


class Broken(NamedTuple):
    """The first row that is not as it was written. `what`: order, head, told, gone, end, spare."""

    id: int
    what: str


def note(
    db: sqlite3.Connection,
    stamp: Stamp,
    action: str,
    person: int | None = None,
    deed: int | None = None,
    told: Mapping[str, object] | None = None,
    about: str | None = None,
) -> None:
    """Add a row, inside the transaction of what it is about. `person`: who is in the register, by id."""
    uid = None if person is None else db.execute(_UID, (person,)).fetchone()
    _add(db, stamp, action, about, uid and str(uid[0]), deed, told)


def note_undo(db: sqlite3.Connection, stamp: Stamp, deed: int, removed: Sequence[str]) -> None:
    """Add the row of a deed that was taken back: whose it is, its own row says, for they may be gone with it."""
    action, person = db.execute(_OF_DEED, (deed,)).fetchone() or (None, None)
    told = {"removed": list(removed)} if removed and len(removed) <= _MOST else None
    _add(db, stamp, "undo", action, person, deed, told)


def _add(
    db: sqlite3.Connection,
    stamp: Stamp,
    action: str,
    about: str | None,
    person: str | None,
    deed: int | None,
    told: Mapping[str, object] | None,
) -> None:
    last, before = db.execute(_LAST).fetchone() or (0, START)
    salt = stamp.random(_SALT_BYTES).hex() if told else None
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":")) if told else None
    entry = Entry(last + 1, action, about, person, deed, _digest(salt, text), "", stamp.at, stamp.by, salt, text)
    db.execute(_ADD, (*entry[:6], _head(before, entry), entry.at, entry.by))
    if told:
        db.execute(_TOLD, (entry.id, salt, text))


def note_erased(db: sqlite3.Connection, stamp: Stamp, uid: str) -> None:
    """Add the row of somebody who was merged with a person and is erased with them."""
    _add(db, stamp, ERASED, None, uid, None, None)


def rows_of(db: sqlite3.Connection, added: Mapping[str, Sequence[int]], whole: bool) -> dict[str, object]:
    """What a deed wrote, to tell: its rows by table; not `whole`, or of very many, how many there are in each."""
    count = {table: last - first + 1 for table, (first, last) in added.items()}
    if not whole or sum(count.values()) > _MOST:
        return {"rows": count}
    told: dict[str, object] = {}
    for table, (first, last) in added.items():
        cursor = db.execute(f'SELECT * FROM "{table}" WHERE id BETWEEN ? AND ? ORDER BY id', (first, last))
        names = [column[0] for column in cursor.description]
        told[table] = [
            {name: value for name, value in zip(names, row, strict=True) if value is not None and name not in _STAMPED}
            for row in cursor
        ]
    return told


def head(db: sqlite3.Connection) -> str:
    """The newest hash, 64 hexadecimal digits; zeros before the first row."""
    row = db.execute(_LAST).fetchone()
    return str(row[1]) if row else START


def size(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM audit").fetchone()[0])


def holds(db: sqlite3.Connection, start: str) -> bool:
    """Does the chain have a hash that begins so?"""
    sql = "SELECT 1 FROM audit WHERE substr(head, 1, length(?1)) = lower(?1) LIMIT 1"
    return bool(start) and db.execute(sql, (start,)).fetchone() is not None


def entries(db: sqlite3.Connection, person: int | None = None, newest: int | None = None) -> Iterator[Entry]:
    """Newest first. `person`: what was done about them, also before they were merged into who they are now."""
    whose = f"WHERE a.id IN ({_OF_PERSON})" if person is not None else ""
    sql = f"""SELECT {_COLUMNS} FROM audit AS a LEFT JOIN audit_told AS t ON t.audit = a.id {whose}
      ORDER BY a.id DESC LIMIT :most"""
    yield from map(Entry._make, db.execute(sql, {"id": person, "most": -1 if newest is None else newest}))


def verify(db: sqlite3.Connection) -> Broken | None:
    """The first broken link, None where the chain is whole."""
    before, last = START, 0
    forgotten: dict[str, int] = {}
    for row in db.execute(_ALL):
        entry = Entry._make(row)
        if entry.id != last + 1:
            return Broken(last + 1, "order")
        if entry.head != _head(before, entry):
            return Broken(entry.id, "head")
        if entry.told is not None and entry.digest != _digest(entry.salt, entry.told):
            return Broken(entry.id, "told")
        if entry.told is None and entry.digest:
            if entry.person is None:
                return Broken(entry.id, "gone")
            forgotten.setdefault(entry.person, entry.id)
        if entry.action == ERASED and entry.person is not None:
            forgotten.pop(entry.person, None)
        before, last = entry.head, entry.id
    if forgotten:
        return Broken(min(forgotten.values()), "gone")
    return _after(db, last)


def _after(db: sqlite3.Connection, last: int) -> Broken | None:
    """Is anything missing behind the last row, or does something there belong to no row?"""
    (given,) = db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'audit'").fetchone()
    if given != last:
        return Broken(last + 1, "end")
    spare = db.execute("SELECT min(audit) FROM audit_told WHERE audit NOT IN (SELECT id FROM audit)").fetchone()[0]
    return None if spare is None else Broken(spare, "spare")


def forget(db: sqlite3.Connection, uids: Sequence[str]) -> int:
    """Take out what was said of these people; how many rows that were."""
    gone = 0
    for uid in uids:
        gone += db.execute("DELETE FROM audit_told WHERE audit IN (SELECT id FROM audit WHERE person = ?)", (uid,)).rowcount
    return gone


def _digest(salt: str | None, told: str | None) -> str:
    return _hash(salt, told) if told is not None else ""


def _head(before: str, entry: Entry) -> str:
    return _hash(
        before, str(entry.id), entry.action, entry.about, entry.person, str(entry.deed), entry.digest, entry.at, entry.by
    )


def _hash(*parts: str | None) -> str:
    """SHA-256 of these texts as a JSON list in UTF-8, so that anybody can reckon it again."""
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    digest: str = _sha256()(text.encode()).hexdigest()
    return digest


@cache
def _sha256() -> Callable[[bytes], Any]:
    """Python's own (3.12, 3.11): hashlib loads all of OpenSSL, and a typed row need not wait for that."""
    for module in ("_sha2", "_sha256"):
        with suppress(ImportError):
            found: Callable[[bytes], Any] = import_module(module).sha256
            return found
    from hashlib import sha256

    return sha256
