"""Whom this registry exchanges bundles with: their keys, what they were sent, what they said they have."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any, NamedTuple

from chronic.store.stamp import Stamp

_TRUST = """
INSERT INTO bundle_peer (name, sign_key, age_key, trusted_at, trusted_by) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (name) DO UPDATE SET sign_key = excluded.sign_key, age_key = excluded.age_key,
  trusted_at = excluded.trusted_at, trusted_by = excluded.trusted_by"""
_ACKED = "SELECT uid, marks FROM bundle_sent WHERE peer = ? AND acked = 1 ORDER BY id DESC LIMIT 1"
_LAST = "SELECT t.uid FROM bundle_taken AS t WHERE t.peer = ? ORDER BY t.id DESC LIMIT 20"
_LIST = """
SELECT p.name, p.sign_key,
  (SELECT max(made_at) FROM bundle_taken AS t WHERE t.peer = p.name) AS data_of,
  (SELECT max(recorded_at) FROM bundle_taken AS t WHERE t.peer = p.name) AS merged_at,
  (SELECT max(made_at) FROM bundle_sent AS s WHERE s.peer = p.name) AS sent_at,
  (SELECT max(made_at) FROM bundle_sent AS s WHERE s.peer = p.name AND acked = 1) AS acked_at
FROM bundle_peer AS p ORDER BY data_of IS NOT NULL, data_of, p.name"""


class Peer(NamedTuple):
    """A trusted registry."""

    name: str
    sign_key: str
    age_key: str


class Standing(NamedTuple):
    """How an exchange stands: instants (UTC); `data_of` by the sender's clock."""

    name: str
    sign_key: str
    data_of: str | None
    merged_at: str | None
    sent_at: str | None
    acked_at: str | None


def trust(db: sqlite3.Connection, peer: Peer, stamp: Stamp) -> None:
    """Remember whose key this is. A new key of a known name takes the place of the old one."""
    db.execute(_TRUST, (*peer, stamp.at, stamp.by))


def peer(db: sqlite3.Connection, name: str) -> Peer | None:
    row = db.execute("SELECT name, sign_key, age_key FROM bundle_peer WHERE name = ?", (name,)).fetchone()
    return row and Peer(*row)


def by_key(db: sqlite3.Connection, sign_key: str) -> Peer | None:
    row = db.execute("SELECT name, sign_key, age_key FROM bundle_peer WHERE sign_key = ?", (sign_key,)).fetchone()
    return row and Peer(*row)


def acked(db: sqlite3.Connection, name: str) -> tuple[str, dict[str, int]]:
    """(uid, marks) of the latest bundle this receiver said they have; blank and empty where there is none."""
    row = db.execute(_ACKED, (name,)).fetchone()
    return (str(row[0]), json.loads(row[1])) if row else ("", {})


def sent(db: sqlite3.Connection, uid: str, name: str, marks: Mapping[str, int], stamp: Stamp) -> None:
    sql = "INSERT INTO bundle_sent (uid, peer, marks, made_at, recorded_by, acked) VALUES (?, ?, ?, ?, ?, 0)"
    db.execute(sql, (uid, name, json.dumps(marks), stamp.at, stamp.by))


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
    told = (header["uid"], name, header["made_at"], json.dumps(header["counts"]), header.get("from"), header.get("level"))
    db.execute(sql, (*told, newest, stamp.at, stamp.by))


def merged_from(db: sqlite3.Connection, name: str) -> list[str]:
    """The last bundles of this sender that are here: their uids, to be told to them."""
    return [uid for (uid,) in db.execute(_LAST, (name,))]


def standings(db: sqlite3.Connection) -> list[Standing]:
    """Every trusted registry, those that never sent anything and those with the oldest data first."""
    return [Standing(*row) for row in db.execute(_LIST)]
