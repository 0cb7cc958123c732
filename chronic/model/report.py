"""A listing computed once and rendered any way: table, CSV or JSON."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

HEADERS = ("canonical", "zh")
ENCODINGS = ("utf-8", "gb18030")
"""What `--headers` and `--encoding` of a CSV may be, the usual one first."""


class Column(NamedTuple):
    """One column of a listing. `key` is the JSON and CSV name, `title` the message shown on screen."""

    key: str
    title: str
    right: bool = False
    hidden: bool = False
    """In files, not in the terminal table."""
    last: bool = False
    """On the screen it stands at the right end; in files where it is."""
    parts: tuple[str, ...] = ()
    """Keys of a nested value: a CSV has one column for each, key_part."""


class Report(NamedTuple):
    """`rows` are dicts by column key, streamed where they can be many; `name` goes into the JSON object."""

    name: str
    as_of: str
    columns: tuple[Column, ...]
    rows: Iterable[dict[str, object]]
    title: str = ""
    lines: tuple[str, ...] = ()
    """Sentences under the title."""
    notes: tuple[str, ...] = ()
    """Sentences under the table."""


class Rows:
    """Rows of a report that can be had as dicts or, where there are very many, at once as lines of a CSV."""

    def __init__(self, dicts: Callable[[], Iterator[dict[str, object]]], lines: Callable[[], Iterator[str]]) -> None:
        self._dicts, self.lines = dicts, lines

    def __iter__(self) -> Iterator[dict[str, object]]:
        return self._dicts()
