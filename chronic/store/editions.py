"""Guideline editions in force, with their dates."""

import sqlite3
from collections.abc import Iterator
from datetime import date

from chronic.model.days import from_iso
from chronic.protocol import Editions, Protocol, load, parse
from chronic.store.stamp import Stamp

_PUT = """
INSERT INTO edition (in_force_from, protocol, text, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (in_force_from) DO UPDATE SET
  protocol = excluded.protocol, text = excluded.text,
  recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by"""


def read(db: sqlite3.Connection) -> Editions:
    """The editions this registry judges by. Raises ValueRefused when a protocol is unknown to the program."""
    return Editions(in_force(db))


def in_force(db: sqlite3.Connection) -> Iterator[tuple[date, Protocol]]:
    """(first day, guideline), in the order of the days."""
    for day, protocol, text in db.execute("SELECT in_force_from, protocol, text FROM edition ORDER BY in_force_from"):
        yield from_iso(day), load(protocol) if text is None else parse(text)


def text_of(db: sqlite3.Connection, protocol: str) -> str | None:
    """The county's own file under this id, as it was taken in."""
    row = db.execute("SELECT text FROM edition WHERE protocol = ? AND text IS NOT NULL LIMIT 1", (protocol,)).fetchone()
    return row[0] if row else None


def put(db: sqlite3.Connection, day: date, protocol: Protocol, text: str | None, stamp: Stamp) -> None:
    """This guideline judges from that day on; what was to begin on the same day gives way."""
    db.execute(_PUT, (day.isoformat(), protocol.id, text, stamp.at, stamp.by))
