"""Parquet files and relations in DuckDB, so many people at a time that the memory it may have is enough."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chronic.errors import ValueRefused
from chronic.exchange.dialects import said
from chronic.exchange.parquet import Table
from chronic.model.extras import extra

_PEOPLE_A_GIB = 62_500
"""People of a lot for each GiB: what thirteen months of all indicators of ten visits a person fit into."""
_TYPES = {"INTEGER": "BIGINT", "REAL": "DOUBLE", "TEXT": "VARCHAR"}


class Duck:
    """An engine (`chronic.reports.indicators.Engine` says what one does).

    `memory`: bytes it may take; what does not fit is an error, nothing is written beside the files.
    Raises ValueRefused: `extra.missing`, `scale.memory`, `scale.damaged`.
    """

    name = "duckdb"

    def __init__(self, memory: int, threads: int | None) -> None:
        with extra("analytics"):
            import duckdb
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": f"{memory}B", "temp_directory": "", "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false", "preserve_insertion_order": "false",
        }  # fmt: skip
        if threads is not None:
            config["threads"] = str(threads)
        self._db: Any = duckdb.connect(":memory:", config=config)
        self.people_at_once = max(1, memory * _PEOPLE_A_GIB // 2**30)

    def files(self, name: str, paths: Sequence[Path], columns: Sequence[tuple[str, str]]) -> None:
        """A table as it lies in these files."""
        if not paths:
            self._do(f"CREATE TABLE {name} ({', '.join(f'{column} {kind}' for column, kind in columns)})", {})
            return
        listed = ", ".join(_quoted(path) for path in paths)
        names = ", ".join(column for column, _kind in columns)
        self._do(f"CREATE VIEW {name} AS SELECT {names} FROM read_parquet([{listed}], hive_partitioning = false)", {})

    def view(self, name: str, sql: str) -> None:
        self._do(f"CREATE OR REPLACE VIEW {name} AS {sql}", {})

    def give(self, name: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]) -> None:
        table = Table(self._db, name, [(column, _TYPES[kind]) for column, kind in columns])
        table.empty()
        table.add(rows)

    def make(self, name: str, sql: str, values: dict[str, object]) -> None:
        self._do(f"CREATE OR REPLACE TABLE {name} AS {sql}", values)

    def ask(self, sql: str, values: dict[str, object]) -> list[tuple[Any, ...]]:
        with _told():
            text, taken = said(sql, self.name, values)
            rows: list[tuple[Any, ...]] = self._db.execute(text, taken).fetchall()
        return rows

    def _do(self, sql: str, values: dict[str, object]) -> None:
        with _told():
            text, taken = said(sql, self.name, values)
            self._db.execute(text, taken)

    def close(self) -> None:
        self._db.close()


@contextmanager
def _told() -> Iterator[None]:
    """What DuckDB says of memory and of files, as our own errors."""
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException:
        raise ValueRefused("scale.memory") from None
    except (
        duckdb.IOException,
        duckdb.InvalidInputException,
        duckdb.SerializationException,
        duckdb.InternalException,
    ) as error:
        raise ValueRefused("scale.damaged", problem=str(error).partition("\n")[0]) from None


def _quoted(path: Path) -> str:
    return "'" + os.fspath(path).replace("'", "''") + "'"
