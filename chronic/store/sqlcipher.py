"""SQLCipher as sqlite3: the same names, the same rows, and the same exceptions, which are strangers to it as it comes."""

import sqlite3
from collections.abc import Callable, Iterator
from functools import partial, wraps
from typing import Any

from sqlcipher3 import dbapi2


def _as_sqlite3(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method, raising sqlite3's exceptions."""

    @wraps(method)
    def called(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except dbapi2.Error as error:
            raise _translated(error) from None

    return called


def _translated(error: Exception) -> sqlite3.Error:
    kind: type[sqlite3.Error] = getattr(sqlite3, type(error).__name__)
    return kind(*error.args)


class _Cursor(dbapi2.Cursor):  # type: ignore[misc]
    execute, executemany, executescript, fetchone, fetchmany, fetchall, __next__ = map(
        _as_sqlite3,
        (
            dbapi2.Cursor.execute, dbapi2.Cursor.executemany, dbapi2.Cursor.executescript, dbapi2.Cursor.fetchone,
            dbapi2.Cursor.fetchmany, dbapi2.Cursor.fetchall, dbapi2.Cursor.__next__,
        ),
    )  # fmt: skip

    def __iter__(self) -> Iterator[Any]:
        """In one go: a call of Python's for every row would be felt."""
        try:
            yield from iter(partial(dbapi2.Cursor.__next__, self), None)
        except dbapi2.Error as error:
            raise _translated(error) from None


class Sealed(dbapi2.Connection):  # type: ignore[misc]
    """What `registry.Registry` is to sqlite3."""

    file, key, waits, seals, only_read = "", None, None, None, False
    backup, create_function, commit, rollback = map(
        _as_sqlite3,
        (dbapi2.Connection.backup, dbapi2.Connection.create_function, dbapi2.Connection.commit, dbapi2.Connection.rollback),
    )

    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)

    def execute(self, *args: Any) -> Any:
        return self.cursor().execute(*args)

    def executemany(self, *args: Any) -> Any:
        return self.cursor().executemany(*args)

    def executescript(self, *args: Any) -> Any:
        return self.cursor().executescript(*args)
