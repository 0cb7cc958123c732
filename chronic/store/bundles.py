"""Whom this registry exchanges bundles with: their keys, what they were sent, what they said they have."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any, NamedTuple

from chronic.store import business, departing
from chronic.store.business import Whose
from chronic.store.stamp import Stamp

_TRUST = """
INSERT INTO bundle_peer (name, sign_key, age_key, level, place, trusted_at, trusted_by) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (name) DO UPDATE SET sign_key = excluded.sign_key, age_key = excluded.age_key,
  level = excluded.level, place = excluded.place,
  trusted_at = excluded.trusted_at, trusted_by = excluded.trusted_by"""
_PEER = "SELECT name, sign_key, age_key, level, place FROM bundle_peer"
_ACKED = "SELECT id, uid, marks, places FROM bundle_sent WHERE peer = ? AND acked = 1 ORDER BY id DESC LIMIT 1"
_LAST = "SELECT t.uid FROM bundle_taken AS t WHERE t.peer = ? ORDER BY t.id DESC LIMIT 20"
_LIST = """
SELECT p.name, p.sign_key, p.place,
  (SELECT max(made_at) FROM bundle_taken AS t WHERE t.peer = p.name) AS data_of,
  (SELECT max(recorded_at) FROM bundle_taken AS t WHERE t.peer = p.name) AS merged_at,
  (SELECT max(made_at) FROM bundle_sent AS s WHERE s.peer = p.name) AS sent_at,
  (SELECT max(made_at) FROM bundle_sent AS s WHERE s.peer = p.name AND acked = 1) AS acked_at,
  (SELECT marks FROM bundle_sent AS s WHERE s.peer = p.name AND acked = 1 ORDER BY id DESC LIMIT 1) AS marks
FROM bundle_peer AS p ORDER BY data_of IS NOT NULL, data_of, p.name"""


class Peer(NamedTuple):
    """A trusted registry. `level`: as it says itself; `place`: whose people it is sent, None: everything."""

    name: str
    sign_key: str
    age_key: str
    level: str = ""
    place: str | None = None


class Next(NamedTuple):
    """What a receiver is to be sent next. `after`: the bundle they have, blank where it is everything; `since`: its marks;
    `whose`: None for everybody's."""

    after: str
    since: dict[str, int]
    whose: Whose | None


class Standing(NamedTuple):
    """How an exchange stands: instants (UTC); `data_of` by the sender's clock; `waiting`: rows a superior has not said they
    have, None for the others, of whom it takes a bundle to know."""

    name: str
    sign_key: str
    place: str | None
    data_of: str | None
    merged_at: str | None
    sent_at: str | None
    acked_at: str | None
    waiting: int | None


def trust(db: sqlite3.Connection, peer: Peer, stamp: Stamp) -> None:
    """Remember whose key this is. A new key of a known name takes the place of the old one."""
    db.execute(_TRUST, (*peer, stamp.at, stamp.by))


def drop(db: sqlite3.Connection, name: str) -> None:
    """Trust them no longer; what was sent and taken is kept."""
    db.execute("DELETE FROM bundle_peer WHERE name = ?", (name,))


def peer(db: sqlite3.Connection, name: str) -> Peer | None:
    row = db.execute(f"{_PEER} WHERE name = ?", (name,)).fetchone()
    return row and Peer(*row)


def by_key(db: sqlite3.Connection, sign_key: str) -> Peer | None:
    row = db.execute(f"{_PEER} WHERE sign_key = ?", (sign_key,)).fetchone()
    return row and Peer(*row)


def following(db: sqlite3.Connection, peer: Peer, everything: bool = False) -> Next:
    """What comes after the latest bundle they said they have. Raises ValueRefused (`bundle.places`)."""
    row = None if everything else db.execute(_ACKED, (peer.name,)).fetchone()
    number, uid, marks, places = row or (0, "", "{}", None)
    since = json.loads(marks)
    if peer.place is not None:
        had = json.loads(places) if places is not None else []
        return Next(uid, since, business.of(db, peer.name, peer.place, since, number, had))
    if places is not None:  # it was for some places only: of the others they have nothing
        return Next("", {}, None)
    return Next(uid, since, None)


def sent(db: sqlite3.Connection, uid: str, name: str, marks: Mapping[str, int], whose: Whose | None, stamp: Stamp) -> None:
    """Remember what a bundle holds; inside a transaction."""
    sql = "INSERT INTO bundle_sent (uid, peer, marks, places, made_at, recorded_by, acked) VALUES (?, ?, ?, ?, ?, ?, 0)"
    places = json.dumps(sorted(whose.places)) if whose is not None else None
    made = db.execute(sql, (uid, name, json.dumps(marks), places, stamp.at, stamp.by)).lastrowid
    if whose is not None and made is not None:
        business.keep(db, whose, made)


def has_sent(db: sqlite3.Connection, table: str, row: int) -> bool:
    """Was a bundle made since this row was written?"""
    sql = "SELECT EXISTS (SELECT 1 FROM bundle_sent WHERE json_extract(marks, '$.' || ?) >= ?)"
    return bool(db.execute(sql, (table, row)).fetchone()[0])


def acknowledge(db: sqlite3.Connection, name: str, uids: list[str]) -> None:
    """This receiver has these."""
    sql = "UPDATE bundle_sent SET acked = 1 WHERE peer = ? AND uid IN (SELECT value FROM json_each(?))"
    db.execute(sql, (name, json.dumps(uids)))


def taken(db: sqlite3.Connection, uid: str) -> bool:
    return db.execute("SELECT 1 FROM bundle_taken WHERE uid = ?", (uid,)).fetchone() is not None


def take(db: sqlite3.Connection, name: str, header: Mapping[str, Any], newest: str | None, stamp: Stamp) -> None:
    """Remember a bundle that was merged. `newest`: the latest instant anything in it was recorded."""
    sql = """INSERT INTO bundle_taken (uid, peer, made_at, counts, origin, level, newest, recorded_at, recorded_by)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
    told = (
        header["uid"],
        name,
        header["made_at"],
        json.dumps(header["counts"]),
        header.get("from", ""),
        header.get("level"),
    )
    db.execute(sql, (*told, newest, stamp.at, stamp.by))


def of_several_villages(db: sqlite3.Connection, origin: str) -> bool:
    """Is this the registry of a township or county, as its bundles say?"""
    sql = "SELECT level FROM bundle_taken WHERE origin = ? AND level IS NOT NULL ORDER BY id DESC LIMIT 1"
    row = db.execute(sql, (origin,)).fetchone()
    return row is not None and row[0] not in ("", "village")


def merged_from(db: sqlite3.Connection, name: str) -> list[str]:
    """The last bundles of this sender that are here: their uids, to be told to them."""
    return [uid for (uid,) in db.execute(_LAST, (name,))]


def standings(db: sqlite3.Connection) -> list[Standing]:
    """Every trusted registry, those that never sent anything and those with the oldest data first."""
    reached = departing.marks(db)
    found = []
    for *row, marks in db.execute(_LIST):
        since = json.loads(marks or "{}")
        waiting = None if row[2] is not None else sum(end - since.get(table, 0) for table, end in reached.items())
        found.append(Standing._make((*row, waiting)))
    return found
