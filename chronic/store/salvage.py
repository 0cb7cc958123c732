"""Every row that can still be read in a damaged file, into a fresh registry; and what is missing there by the seals."""

import sqlite3
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from chronic.store import audit, copies, opening, pages, seals
from chronic.store.opening import Registry
from chronic.store.seals import Broken, Table

_STEP = 64  # ids looked for at once before they are looked for one by one
_STRANGER = "?"
_UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError, OverflowError, TypeError)
_INVENTED = """
INSERT INTO person (id, uid, name, origin, recorded_at, recorded_by) VALUES (?, ?, ?, '', '', '')"""

Row = tuple[object, ...]


class Salvaged(NamedTuple):
    """`rows`: saved, by table; `missing`: spans of which something is missing or is not as it was written, None
    where that cannot be told;
    `dropped`: rows that hung on nothing, by table; `strangers`: numbers of people of whom only other rows are left."""

    rows: Counter[str]
    missing: list[Broken] | None
    dropped: Counter[str]
    strangers: list[int]
    audit: str | None
    """What is wrong with the chain of the audit, which then begins anew; the damaged file keeps what is left of it."""
    unplaced: int = 0
    """Rows that were read and could be of several tables, or of none: they are left in the damaged file."""


def salvage(damaged: Path, new: Registry) -> Salvaged:
    """Fill an empty registry from a damaged one; nothing in it is derived or sealed yet."""
    new.execute("PRAGMA foreign_keys = OFF")
    new.execute("BEGIN")
    saved, whole = _by_sqlite(damaged, new)
    unplaced = 0
    if not whole:
        more, unplaced = _by_pages(damaged, new)
        saved += more
    missing = list(seals.broken(new)) if new.execute("SELECT 1 FROM seal LIMIT 1").fetchone() else None
    strangers = list(_strangers(new))
    dropped = _dropped(new)
    chain = _chain(new)
    _go_on_counting(new)
    new.execute("COMMIT")
    new.execute("PRAGMA foreign_keys = ON")
    return Salvaged(+saved, missing, dropped, strangers, chain, unplaced)


def _by_sqlite(damaged: Path, new: Registry) -> tuple[Counter[str], bool]:
    """What SQLite can read, table by table; whether that was everything."""
    saved: Counter[str] = Counter()
    whole = True
    with suppress(*_UNREADABLE), closing(opening.opened(damaged, _mode(damaged))) as old:
        old.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        for table in [*seals.tables(new), Table("seal", "", "place, chunk")]:
            columns = _shared(old, new, table.name)
            reading = _Reading(old, table, columns)
            if columns:
                saved[table.name] = sum(_put(new, table.name, columns, row) for row in reading)
            whole &= reading.whole
        _numbers(old, new)
        return saved, whole
    return saved, False


def _mode(damaged: Path) -> str:
    return "immutable" if opening.only_readable(damaged) else "rw"


def _by_pages(damaged: Path, new: Registry) -> tuple[Counter[str], int]:
    """What is on the pages that SQLite did not come to; what is there already is not put there twice. Of how many rows
    nobody can tell whose they are."""
    statements = dict(new.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"))
    saved: Counter[str] = Counter()
    unplaced = 0
    columns = {name: {row[1] for row in new.execute(f'PRAGMA table_info("{name}")')} for name in statements}
    for found in pages.rows(damaged, statements):
        if isinstance(found, pages.Row):
            saved[found.table] += _keep(new, columns, found)
            continue
        owners = [table for table, rows in found.could_be.items() if table not in columns or _allowed(new, columns, rows)]
        if len(owners) != 1:
            unplaced += found.cells
        elif owners[0] in columns:
            saved[owners[0]] += sum(_keep(new, columns, row) for row in found.could_be[owners[0]])
    return saved, unplaced


def _keep(new: Registry, columns: dict[str, set[str]], row: pages.Row) -> int:
    """1 if it was kept; nothing is kept of what is derived, or of tables that are not ours."""
    if row.table not in columns or row.table in seals.DERIVED:
        return 0
    kept = {name: value for name, value in row.values.items() if name in columns[row.table]}
    return _put(new, row.table, list(kept), tuple(kept.values()))


def _allowed(new: Registry, columns: dict[str, set[str]], rows: list[pages.Row]) -> bool:
    """Would the checks of the table let all of them in? That one of them is there already does not speak against it."""
    new.execute("SAVEPOINT tried")
    try:
        for row in rows:
            names = [name for name in row.values if name in columns[row.table]]
            marks = ", ".join("?" * len(names))
            sql = f'INSERT INTO "{row.table}" ({", ".join(names)}) VALUES ({marks})'
            try:
                new.execute(sql, [row.values[name] for name in names])
            except sqlite3.IntegrityError as error:
                if "UNIQUE" not in str(error):
                    return False
        return True
    except sqlite3.Error:
        return False
    finally:
        new.execute("ROLLBACK TO tried")
        new.execute("RELEASE tried")


def _chain(new: Registry) -> str | None:
    """A chain with a broken link proves nothing any more; where it breaks."""
    broken = audit.verify(new)
    if broken is None:
        return None
    for table in ("audit_told", "audit"):
        new.execute(f"DELETE FROM {table}")
    new.execute("DELETE FROM sqlite_sequence WHERE name = 'audit'")
    return f"{broken.what} {broken.id}"


def _go_on_counting(new: Registry) -> None:
    """No number is given again that stands anywhere: the file's own count may be lost."""
    for name, sealed in new.execute("SELECT place, max(chunk) FROM seal GROUP BY place").fetchall():
        if any(table.name == name and table.by_id for table in seals.tables(new)):
            last = (sealed + 1) * seals.CHUNK - 1
            (seq,) = new.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = ?", (name,)).fetchone()
            if seq is None and name != "audit":
                new.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, last))


def _shared(old: Registry, new: Registry, table: str) -> list[str]:
    with suppress(*_UNREADABLE):
        there = {row[1] for row in old.execute(f'PRAGMA table_info("{table}")')}
        return [row[1] for row in new.execute(f'PRAGMA table_info("{table}")') if row[1] in there]
    return []


class _Reading:
    """The rows of a table: front to back as far as it goes; then back to front, and in between by key. `whole`: nothing
    was in the way."""

    def __init__(self, old: Registry, table: Table, columns: list[str]) -> None:
        self._old, self._table, self.whole = old, table, bool(columns)
        self._select = f'SELECT {", ".join(columns)} FROM "{table.name}"'
        self._order = table.order.split(", ")
        self._places = [columns.index(name.strip('"')) for name in self._order] if columns else []
        self._seen: set[Row] = set()

    def __iter__(self) -> Iterator[Row]:
        self.whole = yield from self._until_unreadable(f"NOT INDEXED ORDER BY {self._table.order}")
        if self.whole:
            return
        yield from self._until_unreadable(f"NOT INDEXED ORDER BY {', '.join(f'{name} DESC' for name in self._order)}")
        if self._table.key:
            for first in range(0, self._end() + 1, _STEP):
                if not (yield from self._between(first, first + _STEP - 1)):
                    for key in range(first, first + _STEP):
                        yield from self._between(key, key)

    def _between(self, first: int, last: int) -> Generator[Row, None, bool]:
        return (yield from self._until_unreadable(f'WHERE "{self._table.key}" BETWEEN ? AND ?', first, last))

    def _until_unreadable(self, which: str, *values: int) -> Generator[Row, None, bool]:
        """Rows not seen yet, until one cannot be read; whether all could."""
        try:
            for row in self._old.execute(f"{self._select} {which}", values):
                key = tuple(row[place] for place in self._places)
                if key not in self._seen:
                    self._seen.add(key)
                    yield row
        except _UNREADABLE:
            return False
        return True

    def _end(self) -> int:
        """The last number such a key ever had."""
        name = self._table.name
        last = max((int(str(key[0])) for key in self._seen), default=0) if self._table.by_id else 0
        with suppress(*_UNREADABLE):
            for row in self._old.execute(f'PRAGMA foreign_key_list("{name}")'):
                if row[3] == self._table.key:
                    name = row[2]
            last = max(last, self._old.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (name,)).fetchone()[0])
        return last


def _put(new: Registry, table: str, columns: list[str], row: Row) -> int:
    """1 if the row could be kept: one that a check of the schema refuses is not what was written."""
    try:
        new.execute(f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES ({", ".join("?" * len(row))})', row)
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError):
        return 0
    except sqlite3.OperationalError as error:
        if copies.not_taken(error):
            raise
        return 0
    return 1


def _numbers(old: Registry, new: Registry) -> None:
    """No number that was given is given again."""
    with suppress(*_UNREADABLE):
        for name, seq in old.execute("SELECT name, seq FROM sqlite_sequence").fetchall():
            new.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (seq, name))  # of the audit: its end


def _strangers(new: Registry) -> Iterator[int]:
    """People whose own row is lost get one again, so that what else is known of them can be seen and given a name."""
    lost: set[int] = set()
    for table, parent, number in _hanging(new):
        if parent == "person":
            column, _ = _reference(new, table, number)
            nobody = f'"{column}" > 0 AND "{column}" NOT IN (SELECT id FROM person)'
            sql = f'SELECT DISTINCT "{column}" FROM "{table}" WHERE {nobody}'
            lost.update(who for (who,) in new.execute(sql))
    for who in sorted(lost):
        new.execute(_INVENTED, (who, f"salvaged-{who}", f"{_STRANGER}{who}"))
        yield who


def _dropped(new: Registry) -> Counter[str]:
    """What hangs on anything else that is lost hangs on it no more, or is dropped where it must."""
    dropped: Counter[str] = Counter()
    while broken := _hanging(new):
        for table, parent, number in broken:
            column, other = _reference(new, table, number)
            gone = f'"{column}" IS NOT NULL AND "{column}" NOT IN (SELECT "{other}" FROM "{parent}")'
            needed = any(row[1] == column and row[3] for row in new.execute(f'PRAGMA table_info("{table}")'))
            sql = f'DELETE FROM "{table}" WHERE {gone}' if needed else f'UPDATE "{table}" SET "{column}" = NULL WHERE {gone}'
            dropped[table] += new.execute(sql).rowcount
    return dropped


def _hanging(new: Registry) -> set[tuple[str, str, int]]:
    """(table, what it refers to, number of the reference) of which some rows refer to what is not there."""
    return {(table, parent, number) for table, _, parent, number in new.execute("PRAGMA foreign_key_check")}


def _reference(new: Registry, table: str, number: int) -> tuple[str, str]:
    """The column of a table's reference with this number, and the column it refers to."""
    rows = new.execute(f'PRAGMA foreign_key_list("{table}")')
    return next((str(row[3]), str(row[4])) for row in rows if row[0] == number)
