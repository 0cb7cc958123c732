"""What a bundle has brought so far: rows that are new, and everyone they are about."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from chronic.store import settling
from chronic.store.travelling import PERSON, TRAVELLING, defaults

_LAST = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?"
Before = Callable[[list[int]], object]
"""Is told whom rows are about to be written for, before they are."""


class Arrived:
    """`touched`: everyone to be planned anew; `new`: table -> how many rows were not here yet; `settle`: table -> in whose
    rows of it something may count differently, 0 for nobody's; `tasks`: of which something was said."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.touched: set[int] = set()
        self.new: dict[str, int] = defaultdict(int)
        self.settle: dict[str, set[int]] = defaultdict(set)
        self.tasks: set[int] = set()

    def whose(self, table: str, ids: Sequence[int]) -> set[int]:
        """The people these rows are about; 0 is nobody."""
        if not ids:
            return set()
        refs = TRAVELLING[table]
        column = PERSON if PERSON in refs else next(iter(refs))
        sql = f"SELECT DISTINCT coalesce({column}, 0) FROM {table} WHERE id IN (SELECT value FROM json_each(?))"
        found = {int(id_) for (id_,) in self.db.execute(sql, (json.dumps(list(ids)),))}
        return found if column == PERSON else self.whose(refs[column], sorted(found))

    def note(self, table: str, ids: Sequence[int]) -> None:
        """Those these rows are about are settled and planned anew."""
        while PERSON not in TRAVELLING[table]:
            ((column, of),) = TRAVELLING[table].items()
            sql = f"SELECT DISTINCT {column} FROM {table} WHERE id IN (SELECT value FROM json_each(?))"
            ids = [int(id_) for (id_,) in self.db.execute(sql, (json.dumps(list(ids)),))]
            table = of
        self.mark(table, self.whose(table, ids))

    def mark(self, table: str, whose: Iterable[int]) -> None:
        """0 is nobody: health education."""
        self.settle[table].update(whose)
        self.touched.update(whose)
        self.touched.discard(0)

    def write(self, table: str, columns: dict[str, list[Any]], ends: bool = False) -> range:
        """Rows, given by columns; their ids. Where one of them comes to a day that is taken it counts for nothing until that
        is settled."""
        last = self.last(table)
        for name, value in defaults(self.db, table).items():
            if name in columns:
                columns[name] = [value if said is None else said for said in columns[name]]
        spots = {name: f"?{number}" for number, name in enumerate(columns, 1)}
        if ends:
            spots["ended_by"] = settling.pending(table, spots)
        sql = f"INSERT INTO {table} ({', '.join(spots)}) VALUES ({', '.join(spots.values())})"
        made = self.db.executemany(sql, zip(*columns.values(), strict=True)).rowcount
        return range(last + 1, last + 1 + made)

    def write_rows(self, table: str, rows: list[dict[str, Any]]) -> range:
        names = dict.fromkeys(name for row in rows for name in row)
        return self.write(table, {name: [row.get(name) for row in rows] for name in names}) if rows else range(0)

    def among(self, table: str, uids: Sequence[str]) -> set[str]:
        """Which of these are in this table."""
        sql = f"SELECT uid FROM {table} WHERE uid IN (SELECT value FROM json_each(?))"
        return {uid for (uid,) in self.db.execute(sql, (json.dumps(uids),))}

    def existing(self, table: str, ids: Iterable[int]) -> set[int]:
        sql = f"SELECT id FROM {table} WHERE id IN (SELECT value FROM json_each(?))"
        return {id_ for (id_,) in self.db.execute(sql, (json.dumps(list(ids)),))}

    def last(self, table: str) -> int:
        """The last id ever given."""
        return int(self.db.execute(_LAST, (table,)).fetchone()[0])
