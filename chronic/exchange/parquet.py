"""Tables as Parquet files, by DuckDB. Rows go into its memory a few thousand at a time and out as files of bounded size, so
memory stays flat and nothing lies in a temporary file."""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from chronic.model.extras import extra

_AT_ONCE = 5_000
_ROWS_A_FILE = 100_000
_QUIET: dict[str, str | bool | int | float | list[str]] = {
    "threads": "1", "temp_directory": "", "autoinstall_known_extensions": "false", "autoload_known_extensions": "false",
}  # fmt: skip
"""One thread keeps the order of rows; nothing is fetched, nothing is spilled."""


class Table:
    """A table in DuckDB's memory that takes rows as they come; `columns` are (name, type)."""

    def __init__(self, db: Any, name: str, columns: Iterable[tuple[str, str]]) -> None:
        columns = tuple(columns)
        shape = ", ".join(f'"{column}" {kind}' for column, kind in columns)
        cast = ", ".join(f"CAST(cells[{place}] AS {kind})" for place, (_name, kind) in enumerate(columns, 1))
        unpacked = """SELECT unnest(from_json(CAST(? AS JSON), '[["VARCHAR"]]')) AS cells"""
        self._db, self._make = db, f"CREATE OR REPLACE TABLE {name} ({shape})"
        self._add = f"INSERT INTO {name} SELECT {cast} FROM ({unpacked})"

    def empty(self) -> None:
        self._db.execute(self._make)

    def add(self, rows: Sequence[Sequence[object]]) -> None:
        self._db.execute(self._add, [json.dumps(rows, ensure_ascii=False)])


class Files:
    """Writes one folder after the other. Raises ValueRefused (`extra.missing`)."""

    def __init__(self) -> None:
        with extra("analytics"):
            import duckdb
        self._db: Any = duckdb.connect(":memory:", config=_QUIET)

    def write(self, folder: Path, columns: Iterable[tuple[str, str]], rows: Iterator[tuple[object, ...]]) -> int:
        """`columns` are (name, type). data_0.parquet, data_1.parquet …; how many rows there were. Raises OSError."""
        table = Table(self._db, "rows", columns)
        folder.mkdir(parents=True)
        total = number = 0
        while chunk := list(islice(rows, _AT_ONCE)):
            table.empty()
            held = 0
            while chunk:
                table.add(chunk)
                held += len(chunk)
                chunk = list(islice(rows, _AT_ONCE)) if held < _ROWS_A_FILE else []
            file = os.fspath(folder / f"data_{number}.parquet").replace("'", "''")
            self._copy(file)
            total, number = total + held, number + 1
        return total

    def _copy(self, file: str) -> None:
        from duckdb import IOException

        try:
            self._db.execute(f"COPY rows TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
        except IOException as error:  # a full disk, say
            raise OSError(0, str(error).partition("\n")[0]) from None

    def close(self) -> None:
        self._db.close()
