"""Whose the numbers are that other systems call people by.

A source that somebody named is one source everywhere. Numbers without a name are those of one registry's own sheets: line
1 of one village's sheet is not line 1 of another's. Beyond this registry they go by its origin.
"""

import sqlite3

UNNAMED = "default"
_TABLES = {"visit": "visit", "checkup": "checkup", "test": "test_result", "fact": "person_fact"}
_OWN = "coalesce((SELECT value FROM setting WHERE key = 'origin'), '')"


def abroad(source: str, origin: str) -> str:
    """What this registry's source is called among all registries."""
    return f"{UNNAMED}@{origin}" if source == UNNAMED else source


def here(source: str, origin: str) -> str:
    """What this registry calls a source of which another one speaks. Who sends numbers without saying whose they are may
    have them from anybody: they are nobody's here."""
    if source == UNNAMED:
        return abroad(source, "")
    return UNNAMED if source == abroad(UNNAMED, origin) else source


def written(db: sqlite3.Connection, what: str, uid: str, person: int) -> bool:
    """Is what a row of a sheet tells (visit, checkup, test, fact) there under this uid, of this person?"""
    sql = f"SELECT 1 FROM {_TABLES[what]} WHERE uid = ? AND person = ?"
    return db.execute(sql, (uid, person)).fetchone() is not None


def sql_abroad(column: str) -> str:
    """SQL of what the source in this column is called among all registries."""
    return f"CASE {column} WHEN '{UNNAMED}' THEN '{UNNAMED}@' || {_OWN} ELSE {column} END"
