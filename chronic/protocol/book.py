"""A part of a guideline that few commands need, in a file of its own in protocols/books.

A guideline names its books; a county's file lays tables of the same name over them (`[complications.tests.ecg]`),
as it does over its base. They are read when asked for: judging a visit needs none of them.
"""

import os
from functools import cache
from string import Formatter
from typing import Any, Self, TypeVar

from chronic.errors import ValueRefused
from chronic.protocol.reading import FOLDER, merged, table_of, whole
from chronic.protocol.sections import Protocol, Section

B = TypeVar("B", bound="Book")


class Book(Section):
    """What every book can do; its shape is a class named after it, in a module named after it."""

    table = ""
    """Its name in a guideline's `books`, and the table of a county's file that lies over it."""

    @classmethod
    def of(cls, protocol: Protocol) -> Self:
        """The book as this guideline has it. Raises ValueRefused (`protocol.key`, `protocol.unknown`)."""
        over = protocol.own.get(cls.table, {})
        file = protocol.books.get(cls.table, "")
        if not over:
            found = _shipped(cls, file)  # type: ignore[arg-type]  # a class is hashable
            assert isinstance(found, cls)
            return found
        table = merged(_table(file), over)
        table["cites"] = {**table["cites"], **{key: cite._asdict() for key, cite in protocol.cites.items()}}
        return _checked(cls, table)

    def wrong(self) -> list[tuple[str, str]]:
        """Words in it that name nothing: (address, the word)."""
        return []


def braces(text: str) -> list[str]:
    """The names in braces; a text whose braces do not match names "{"."""
    try:
        return [name for _, name, spec, _ in Formatter().parse(text) if name is not None or spec]  # type: ignore[misc]
    except ValueError:
        return ["{"]


@cache
def _shipped(shape: type[B], file: str) -> B:
    return _checked(shape, _table(file))


def _table(file: str) -> dict[str, Any]:
    path = os.path.join(FOLDER, "books", f"{file}.toml")
    if not file or not os.path.isfile(path):
        raise ValueRefused("protocol.unknown", protocol=file or "-")
    return table_of(path)


def _checked(shape: type[B], table: dict[str, Any]) -> B:
    found = whole(shape, table, f"{shape.table}.")
    for address, problem in found.wrong():
        raise ValueRefused("protocol.key", key=f"{shape.table}.{address}", problem=problem)
    return found
