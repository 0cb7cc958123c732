"""Figures as they were sent: kept whole with the people behind them, written once, checked whenever they are read."""

import json
import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from chronic.store.registry import immediate

Key = tuple[str, str]
"""(programme, figure)"""
_MONTH = "SELECT month, frozen_on, frozen_at, frozen_by, edition, book, hash FROM frozen_month"
_FIGURES = """
SELECT programme, figure, village, doctor, counted FROM frozen_figure WHERE month = ?
ORDER BY programme, figure, village, doctor"""
_PEOPLE = "SELECT programme, figure, people FROM frozen_people WHERE month = ? ORDER BY programme, figure"
_SEVEN_BITS, _MORE = 0x7F, 0x80


class Part(NamedTuple):
    """How many one figure counted in one village for one doctor; None: not known."""

    programme: str
    figure: str
    village: int | None
    doctor: str | None
    counted: int


class Month(NamedTuple):
    """`month` as 2026-10; `people`: the ids behind each figure in order, of events a person as often as counted."""

    month: str
    frozen_on: str
    frozen_at: str
    frozen_by: str
    edition: str
    book: str
    parts: tuple[Part, ...]
    people: Mapping[Key, tuple[int, ...]]
    intact: bool = True
    """Nothing of it was changed since."""

    @property
    def meanings(self) -> Any:
        """The definitions in force then."""
        return json.loads(self.book)


def months(db: sqlite3.Connection) -> list[str]:
    """The months that are kept, oldest first."""
    return [month for (month,) in db.execute("SELECT month FROM frozen_month ORDER BY month")]


def of_day(db: sqlite3.Connection, day: str) -> list[str]:
    """The months that were kept on this day."""
    return [month for (month,) in db.execute("SELECT month FROM frozen_month WHERE frozen_on = ? ORDER BY month", (day,))]


def keep(db: sqlite3.Connection, month: Month) -> bool:
    """Write a month; False where it is there already, which stays as it is."""
    figures = sorted((*part[:2], part.village or 0, part.doctor or "", part.counted) for part in month.parts)
    people = sorted((*key, packed(ids)) for key, ids in month.people.items())
    head = (month.month, month.frozen_on, month.frozen_at, month.frozen_by, month.edition, _digest(month.book))
    with immediate(db):
        if db.execute("SELECT 1 FROM frozen_month WHERE month = ?", (month.month,)).fetchone():
            return False
        db.execute("INSERT OR IGNORE INTO frozen_book (hash, text) VALUES (?, ?)", (_digest(month.book), month.book))
        db.execute("INSERT INTO frozen_month VALUES (?, ?, ?, ?, ?, ?, ?)", (*head, _hash(head, figures, people)))
        db.executemany("INSERT INTO frozen_figure VALUES (?, ?, ?, ?, ?, ?)", ((month.month, *row) for row in figures))
        db.executemany("INSERT INTO frozen_people VALUES (?, ?, ?, ?)", ((month.month, *row) for row in people))
    return True


def read(db: sqlite3.Connection, month: str) -> Month | None:
    """A month as it was written, `intact` or not; None where it was never frozen."""
    head = db.execute(f"{_MONTH} WHERE month = ?", (month,)).fetchone()
    if head is None:
        return None
    figures, people = db.execute(_FIGURES, (month,)).fetchall(), db.execute(_PEOPLE, (month,)).fetchall()
    (book,) = db.execute("SELECT text FROM frozen_book WHERE hash = ?", (head[5],)).fetchone() or ("{}",)
    intact = _hash(head[:6], figures, people) == head[6] and _digest(book) == head[5]
    parts = tuple(
        Part(programme, figure, village or None, doctor or None, n) for programme, figure, village, doctor, n in figures
    )
    sets = {}
    for programme, figure, packed_ids in people:
        try:
            sets[(programme, figure)] = tuple(unpacked(packed_ids))
        except zlib.error:
            intact = False
    name, frozen_on, frozen_at, frozen_by, edition = head[:5]
    return Month(name, frozen_on, frozen_at, frozen_by, edition, book, parts, sets, intact)


def packed(ids: Iterable[int]) -> bytes:
    """Ids in a few bits each: most of a register follow closely on each other."""
    out, before = bytearray(), 0
    for id_ in sorted(ids):
        gap, before = id_ - before, id_
        while gap > _SEVEN_BITS:
            out.append(gap & _SEVEN_BITS | _MORE)
            gap >>= 7
        out.append(gap)
    return zlib.compress(bytes(out))


def unpacked(kept: bytes) -> list[int]:
    """Raises zlib.error."""
    found, id_, gap, shift = [], 0, 0, 0
    for byte in zlib.decompress(kept):
        gap |= (byte & _SEVEN_BITS) << shift
        shift += 7
        if byte <= _SEVEN_BITS:
            id_ += gap
            found.append(id_)
            gap = shift = 0
    return found


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _hash(head: Iterable[object], figures: Iterable[Iterable[object]], people: Iterable[tuple[str, str, bytes]]) -> str:
    kept = [list(head), [list(row) for row in figures], [[*key, ids.hex()] for *key, ids in people]]
    return _digest(json.dumps(kept, ensure_ascii=False))
