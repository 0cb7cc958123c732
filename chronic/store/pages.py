"""Rows read from the pages of a file that SQLite itself gives up on; layout: https://www.sqlite.org/fileformat2.html.

A tree is followed from its root as far as it goes. Leaves whose branch is lost are found by looking at every page: one
that no tree and no list of free pages leads to. Whose rows it has can only be told by their shape: every table that all of
them could stand in is named, and nothing is decided here.
"""

import sqlite3
import struct
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from types import NoneType
from typing import NamedTuple

_BRANCH, _LEAF, _KEYED_BRANCH, _KEYED_LEAF = 5, 13, 2, 10
_INTS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_USUAL = 4096
_LOG_HEAD, _FRAME_HEAD = 32, 24
_MARK = b"SQLite format 3\0"

Value = int | float | str | bytes | None
_KINDS: dict[str, tuple[type, ...]] = {"INTEGER": (int,), "TEXT": (str,), "REAL": (float, int), "BLOB": (bytes,)}
_ANY: tuple[type, ...] = (int, float, str, bytes)
_BROKEN = (struct.error, IndexError, UnicodeDecodeError, ValueError, RecursionError)


class Shape(NamedTuple):
    """A table as its CREATE statement makes it: columns as they are stored, which of them is the row's own number, and what
    each of them may hold."""

    columns: tuple[str, ...]
    number: int | None
    keyed: bool
    kinds: tuple[tuple[type, ...], ...] = ()

    def has_room_for(self, record: Sequence[Value]) -> bool:
        """Could a strict table of this shape have stored just this? The row's own number is stored apart."""
        return len(record) == len(self.columns) and all(
            value is None if place == self.number else type(value) in kinds
            for place, (value, kinds) in enumerate(zip(record, self.kinds, strict=True))
        )


class Row(NamedTuple):
    """One row: column -> value."""

    table: str
    values: dict[str, Value]


class Stray(NamedTuple):
    """A page that nothing leads to: how many rows it has, and table -> those rows for each table they could stand in."""

    cells: int
    could_be: dict[str, list[Row]]


def shape(sql: str) -> Shape:
    """Raises sqlite3.Error for what is no statement."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(sql)
        ((name, keyed),) = db.execute(
            "SELECT name, wr FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        info = db.execute(f'PRAGMA table_info("{name}")').fetchall()
    names = [row[1] for row in info]
    keys = [row[1] for row in sorted(info, key=lambda row: int(row[5])) if row[5]]
    if keyed:
        return Shape((*keys, *(name for name in names if name not in keys)), None, keyed=True)
    kinds = tuple(
        _KINDS.get(row[2].upper(), _ANY) if row[3] or row[5] else (*_KINDS.get(row[2].upper(), _ANY), NoneType)
        for row in info
    )
    number = names.index(keys[0]) if len(keys) == 1 and info[names.index(keys[0])][2].upper() == "INTEGER" else None
    return Shape(tuple(names), number, keyed=False, kinds=kinds)


def rows(path: Path, known: dict[str, str]) -> Iterator[Row | Stray]:
    """Every row of the tables that can be reached, and the pages that belong to nobody. `known`: table -> its CREATE
    statement, for those of which the file has lost it."""
    pages = _Pages(path)
    shapes, roots = {}, {}
    for name, root, sql in pages.schema():
        with suppress(sqlite3.Error, ValueError):
            shapes[name], roots[name] = shape(sql), root
    for name, sql in known.items():
        shapes.setdefault(name, shape(sql))
    for name, root in roots.items():
        for number, record in pages.tree(root):
            yield from _row(name, shapes[name], number, record)
    for found in pages.strays():
        could_be = {}
        for name, its in shapes.items():
            if not its.keyed and all(its.has_room_for(record) for _, record in found):
                could_be[name] = [row for number, record in found for row in _row(name, its, number, record)]
        yield Stray(len(found), could_be)


def _row(name: str, its: Shape, number: int | None, record: list[Value]) -> Iterator[Row]:
    if len(record) <= len(its.columns):
        values = dict(zip(its.columns, record, strict=False))
        if its.number is not None:
            values[its.columns[its.number]] = number
        yield Row(name, values)


class _Pages:
    """The pages of a file, with what its log has of later ones."""

    def __init__(self, path: Path) -> None:
        whole = path.read_bytes()
        sound = whole[:16] == _MARK
        size = int.from_bytes(whole[16:18], "big") if sound else _USUAL
        self._size = 65536 if size == 1 else size
        self._usable = self._size - (whole[20] if sound else 0)
        self._pages = {
            1 + at // self._size: whole[at : at + self._size] for at in range(0, len(whole) - self._size + 1, self._size)
        }
        with suppress(OSError, *_BROKEN):
            self._take_log(Path(f"{path}-wal").read_bytes())
        self._seen: set[int] = set()

    def _take_log(self, log: bytes) -> None:
        """Pages of the log up to its last commit."""
        waiting: dict[int, bytes] = {}
        for at in range(_LOG_HEAD, len(log) - _FRAME_HEAD - self._size + 1, _FRAME_HEAD + self._size):
            number, committed = struct.unpack_from(">II", log, at)
            if log[at + 8 : at + 16] != log[16:24]:  # of an earlier round
                break
            waiting[number] = log[at + _FRAME_HEAD : at + _FRAME_HEAD + self._size]
            if committed:
                self._pages |= waiting
                waiting = {}

    def schema(self) -> Iterator[tuple[str, int, str]]:
        """(name, root page, CREATE statement) of the tables: from their tree, and from pages that look like a part of it."""
        found = [record for _, record in self.tree(1)]
        for number in sorted(self._pages.keys() - self._seen):
            cells = list(self._cells(number)) if self._kind(number) == _LEAF else []
            if cells and all(len(record) == 5 and record[0] in ("table", "index", "view") for _, record in cells):
                self._seen.add(number)
                found += [record for _, record in cells]
        for record in found:
            if len(record) == 5 and isinstance(record[3], int) and isinstance(record[4], str):
                if record[0] == "table" and not str(record[1]).startswith("sqlite_"):
                    yield str(record[1]), record[3], record[4]
                else:  # an index: its pages belong to somebody
                    for _ in self.tree(record[3]):
                        pass

    def tree(self, number: int) -> Iterator[tuple[int | None, list[Value]]]:
        """The rows under this page; what cannot be read is left out."""
        waiting = [number]
        while waiting:
            page = waiting.pop()
            if page in self._seen or page not in self._pages:
                continue
            kind = self._kind(page)
            if kind not in (_BRANCH, _LEAF, _KEYED_BRANCH, _KEYED_LEAF):
                continue
            self._seen.add(page)
            if kind in (_LEAF, _KEYED_LEAF, _KEYED_BRANCH):
                yield from self._cells(page)
            if kind in (_BRANCH, _KEYED_BRANCH):
                waiting += reversed(list(self._below(page)))

    def strays(self) -> Iterator[list[tuple[int | None, list[Value]]]]:
        """The rows of each leaf that nothing leads to."""
        free = set(self._free())
        for number in sorted(self._pages.keys() - self._seen - free):
            if self._kind(number) == _LEAF:
                cells = list(self._cells(number))
                if cells:
                    yield cells

    def _free(self) -> Iterator[int]:
        """Pages on the list of free ones, which hold what was deleted."""
        trunk, seen = int.from_bytes(self._pages.get(1, b"")[32:36], "big"), set[int]()
        while trunk in self._pages and trunk not in seen:
            seen.add(trunk)
            following, count = struct.unpack_from(">II", self._pages[trunk], 0)
            yield trunk
            yield from struct.unpack_from(f">{min(count, self._size // 4 - 2)}I", self._pages[trunk], 8)
            trunk = following

    def _kind(self, number: int) -> int:
        return self._pages[number][100 if number == 1 else 0]

    def _pointers(self, number: int) -> Iterator[int]:
        """Where the cells of a page begin."""
        page, head = self._pages[number], 100 if number == 1 else 0
        (count,) = struct.unpack_from(">H", page, head + 3)
        start = head + (12 if page[head] in (_BRANCH, _KEYED_BRANCH) else 8)
        for place in range(min(count, (self._size - start) // 2)):
            yield struct.unpack_from(">H", page, start + 2 * place)[0]

    def _below(self, number: int) -> Iterator[int]:
        page, head = self._pages[number], 100 if number == 1 else 0
        with suppress(*_BROKEN):
            for at in self._pointers(number):
                yield struct.unpack_from(">I", page, at)[0]
            yield struct.unpack_from(">I", page, head + 8)[0]

    def _cells(self, number: int) -> Iterator[tuple[int | None, list[Value]]]:
        """(number of the row, its values) of each cell that can be read."""
        page, kind = self._pages[number], self._kind(number)
        with suppress(*_BROKEN):
            for at in self._pointers(number):
                with suppress(*_BROKEN):
                    if kind == _KEYED_BRANCH:
                        at += 4
                    length, at = _varint(page, at)
                    row = None
                    if kind == _LEAF:
                        row, at = _varint(page, at)
                        row -= (row >> 63) << 64
                    yield row, _record(self._payload(page, at, length, kind == _LEAF))

    def _payload(self, page: bytes, at: int, length: int, leaf: bool) -> bytes:
        """The bytes of a record, those on overflow pages included."""
        most = self._usable - 35 if leaf else (self._usable - 12) * 64 // 255 - 23
        if length <= most:
            return page[at : at + length]
        least = (self._usable - 12) * 32 // 255 - 23
        here = least + (length - least) % (self._usable - 4)
        here = here if here <= most else least
        parts, (following,) = [page[at : at + here]], struct.unpack_from(">I", page, at + here)
        left, used = length - here, set[int]()
        while left > 0:
            if following in used or following not in self._pages:
                raise ValueError(following)
            used.add(following)
            more = self._pages[following]
            parts.append(more[4 : 4 + min(left, self._usable - 4)])
            left -= self._usable - 4
            (following,) = struct.unpack_from(">I", more, 0)
        self._seen |= used
        return b"".join(parts)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(8):
        byte = data[at + place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + place + 1
    return value << 8 | data[at + 8], at + 9


def _record(payload: bytes) -> list[Value]:
    """The values of a record. Raises one of _BROKEN where it is none."""
    head, at = _varint(payload, 0)
    kinds = []
    while at < head:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    if at != head:
        raise ValueError(head)
    values: list[Value] = []
    for kind in kinds:
        size = _INTS.get(kind, 8 if kind == 7 else 0 if kind < 12 else (kind - 12) // 2)
        cell = payload[at : at + size]
        if len(cell) != size or kind in (10, 11):
            raise ValueError(kind)
        at += size
        values.append(_value(kind, cell))
    if at != len(payload):
        raise ValueError(at)
    return values


def _value(kind: int, cell: bytes) -> Value:
    if kind == 0:
        return None
    if kind in _INTS:
        return int.from_bytes(cell, "big", signed=True)
    if kind == 7:
        return float(struct.unpack(">d", cell)[0])
    if kind in (8, 9):
        return kind - 8
    return cell.decode() if kind % 2 else cell
