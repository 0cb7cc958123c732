"""Guideline editions in force, with their dates."""

import sqlite3

from chronic.model.days import from_iso
from chronic.protocol import Editions, load


def read(db: sqlite3.Connection) -> Editions:
    """The editions this registry judges by. Raises ValueRefused when a protocol is unknown to the program."""
    rows = db.execute("SELECT in_force_from, protocol FROM edition ORDER BY in_force_from")
    return Editions((from_iso(day), load(protocol)) for day, protocol in rows)
