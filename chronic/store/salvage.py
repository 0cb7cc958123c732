"""Every row that can still be read in a damaged file, into a fresh registry; and what is missing there by the seals."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from chronic.store import registry, seals
from chronic.store.registry import Registry
from chronic.store.seals import Broken, Table

_STEP = 64  # ids looked for at once before they are looked for one by one
_STRANGER = "?"
_UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError, OverflowError)
_INVENTED = """
INSERT INTO person (id, uid, name, origin, recorded_at, recorded_by) VALUES (?, ?, ?, '', '', '')"""

Row = tuple[object, ...]


class Salvaged(NamedTuple):
    """`rows`: saved, by table; `missing`: spans of which something is missing or is not as it was written;
    `dropped`: rows that hung on nothing, by table; `strangers`: numbers of people of whom only other rows are left."""

    rows: Counter[str]
    missing: list[Broken]
    dropped: Counter[str]
    strangers: list[int]


def salvage(damaged: Path, new: Registry) -> Salvaged:
    """Fill an empty registry from a damaged one; nothing in it is derived or sealed yet.

    Raises sqlite3.DatabaseError where not even the list of tables can be read.
    """
    with closing(registry.opened(damaged, "rw" if not registry.only_readable(damaged) else "immutable")) as old:
        old.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        new.execute("PRAGMA foreign_keys = OFF")
        new.execute("BEGIN")
        saved: Counter[str] = Counter()
        known = seals.tables(new)
        for table in known:
            columns = _shared(old, new, table.name)
            if columns:
                saved[table.name] = sum(_put(new, table.name, columns, row) for row in _rows(old, table, columns))
        for row in _rows(old, Table("seal", "", "place, chunk"), ["place", "chunk", "rows", "digest"]):
            _put(new, "seal", ["place", "chunk", "rows", "digest"], row)
        _numbers(old, new)
        missing = list(seals.broken(new)) if new.execute("SELECT 1 FROM seal LIMIT 1").fetchone() else []
        strangers = list(_strangers(new))
        dropped = _dropped(new)
        new.execute("COMMIT")
        new.execute("PRAGMA foreign_keys = ON")
    return Salvaged(+saved, missing, dropped, strangers)


def _shared(old: Registry, new: Registry, table: str) -> list[str]:
    with suppress(*_UNREADABLE):
        there = {row[1] for row in old.execute(f'PRAGMA table_info("{table}")')}
        return [row[1] for row in new.execute(f'PRAGMA table_info("{table}")') if row[1] in there]
    return []


def _rows(old: Registry, table: Table, columns: list[str]) -> Iterator[Row]:
    """Front to back as far as it goes; then back to front, and in between by key."""
    select = f'SELECT {", ".join(columns)} FROM "{table.name}"'
    order = table.order.split(", ")
    seen: set[Row] = set()
    places = [columns.index(name.strip('"')) for name in order]

    def fresh(row: Row) -> bool:
        key = tuple(row[place] for place in places)
        return key not in seen and not seen.add(key)  # type: ignore[func-returns-value]

    forward = f"{select} NOT INDEXED ORDER BY {table.order}"
    whole = yield from _until_unreadable(old, forward, (), fresh)
    if whole:
        return
    yield from _until_unreadable(
        old, f"{select} NOT INDEXED ORDER BY {', '.join(f'{name} DESC' for name in order)}", (), fresh
    )
    if table.key:
        last = max(_end(old, table), max((int(str(key[0])) for key in seen if table.by_id), default=0))
        for first in range(0, last + 1, _STEP):
            span = f'{select} WHERE "{table.key}" BETWEEN ? AND ?'
            if not (yield from _until_unreadable(old, span, (first, first + _STEP - 1), fresh)):
                for key in range(first, first + _STEP):
                    yield from _until_unreadable(old, span, (key, key), fresh)


def _until_unreadable(
    old: Registry, sql: str, values: tuple[int, ...], fresh: Callable[[Row], bool]
) -> Generator[Row, None, bool]:
    """Rows until one cannot be read; whether all could."""
    try:
        for row in old.execute(sql, values):
            if fresh(row):
                yield row
    except _UNREADABLE:
        return False
    return True


def _end(old: Registry, table: Table) -> int:
    """The last number such a key ever had."""
    name = table.name
    if not table.by_id:
        with suppress(*_UNREADABLE):
            for row in old.execute(f'PRAGMA foreign_key_list("{name}")'):
                if row[3] == table.key:
                    name = row[2]
    with suppress(*_UNREADABLE):
        return int(old.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (name,)).fetchone()[0])
    return 0


def _put(new: Registry, table: str, columns: list[str], row: Row) -> int:
    """1 if the row could be kept: one that a check of the schema refuses is not what was written."""
    try:
        new.execute(f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES ({", ".join("?" * len(row))})', row)
    except sqlite3.Error:
        return 0
    return 1


def _numbers(old: Registry, new: Registry) -> None:
    """No number that was given is given again."""
    with suppress(*_UNREADABLE):
        for name, seq in old.execute("SELECT name, seq FROM sqlite_sequence").fetchall():
            new.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (seq, name))


def _strangers(new: Registry) -> Iterator[int]:
    """People whose own row is lost get one again, so that what else is known of them can be seen and given a name."""
    lost: set[int] = set()
    for table, parent, number in _hanging(new):
        if parent == "person":
            column = _column(new, table, number)
            sql = f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" NOT IN (SELECT id FROM person)'
            lost.update(who for (who,) in new.execute(sql))
    for who in sorted(lost):
        new.execute(_INVENTED, (who, f"salvaged-{who}", f"{_STRANGER}{who}"))
        yield who


def _dropped(new: Registry) -> Counter[str]:
    """What hangs on anything else that is lost hangs on it no more, or is dropped where it must."""
    dropped: Counter[str] = Counter()
    while broken := _hanging(new):
        for table, parent, number in broken:
            column = _column(new, table, number)
            gone = f'"{column}" IS NOT NULL AND "{column}" NOT IN (SELECT id FROM "{parent}")'
            needed = any(row[1] == column and row[3] for row in new.execute(f'PRAGMA table_info("{table}")'))
            sql = f'DELETE FROM "{table}" WHERE {gone}' if needed else f'UPDATE "{table}" SET "{column}" = NULL WHERE {gone}'
            dropped[table] += new.execute(sql).rowcount
    return dropped


def _hanging(new: Registry) -> set[tuple[str, str, int]]:
    """(table, what it refers to, number of the reference) of which some rows refer to what is not there."""
    return {(table, parent, number) for table, _, parent, number in new.execute("PRAGMA foreign_key_check")}


def _column(new: Registry, table: str, number: int) -> str:
    """The column of a table's reference with this number."""
    return next(str(row[3]) for row in new.execute(f'PRAGMA foreign_key_list("{table}")') if row[0] == number)
