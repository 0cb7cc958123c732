"""Figures as they were sent: kept whole with the people behind them, written once, checked whenever they are read."""

import json
import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from chronic.store.transactions import immediate

Key = tuple[str, str]
"""(programme, figure)"""
Part = tuple[int | None, str | None, int]
"""Village, responsible doctor, and how many; None: not known."""
_MONTH = "SELECT month, frozen_on, frozen_at, frozen_by, edition, book, hash FROM frozen_month WHERE month = ?"
_FIGURES = """
SELECT programme, figure, counted, parts, people FROM frozen_figure WHERE month = ? ORDER BY programme, figure"""
_SEVEN_BITS, _MORE = 0x7F, 0x80


class Figure(NamedTuple):
    """`kept`: whom it counts, `packed`; None where the number is an estimate."""

    parts: tuple[Part, ...]
    kept: bytes | None

    @property
    def people(self) -> list[int] | None:
        """Ids in order, of events a person as often as counted. What somebody broke counts nobody."""
        try:
            return None if self.kept is None else unpacked(self.kept)
        except zlib.error:
            return []

    @property
    def counted(self) -> int:
        return sum(part[2] for part in self.parts)


class Month(NamedTuple):
    """`month` as 2026-10; figures that count nobody are left out."""

    month: str
    frozen_on: str
    frozen_at: str
    frozen_by: str
    edition: str
    book: str
    figures: Mapping[Key, Figure]
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
    rows = [
        (*key, figure.counted, json.dumps(figure.parts, ensure_ascii=False), figure.kept)
        for key, figure in sorted(month.figures.items())
    ]
    head = (month.month, month.frozen_on, month.frozen_at, month.frozen_by, month.edition, _digest(month.book))
    with immediate(db):
        if db.execute("SELECT 1 FROM frozen_month WHERE month = ?", (month.month,)).fetchone():
            return False
        db.execute("INSERT OR IGNORE INTO frozen_book (hash, text) VALUES (?, ?)", (_digest(month.book), month.book))
        db.execute("INSERT INTO frozen_month VALUES (?, ?, ?, ?, ?, ?, ?)", (*head, _hash(head, rows)))
        db.executemany("INSERT INTO frozen_figure VALUES (?, ?, ?, ?, ?, ?)", ((month.month, *row) for row in rows))
    return True


def read(db: sqlite3.Connection, month: str) -> Month | None:
    """A month as it was written, `intact` or not; None where it was never frozen."""
    head = db.execute(_MONTH, (month,)).fetchone()
    if head is None:
        return None
    name, frozen_on, frozen_at, frozen_by, edition, book_hash, kept_hash = head
    rows = db.execute(_FIGURES, (month,)).fetchall()
    (book,) = db.execute("SELECT text FROM frozen_book WHERE hash = ?", (book_hash,)).fetchone() or ("{}",)
    intact = _hash(head[:6], rows) == kept_hash and _digest(book) == book_hash
    figures = {(programme, figure): _read(parts, people) for programme, figure, _counted, parts, people in rows}
    return Month(name, frozen_on, frozen_at, frozen_by, edition, book, figures, intact)


def _read(parts: str, people: bytes | None) -> Figure:
    """What can be read of it: what somebody broke counts nobody, and the month is not intact."""
    try:
        return Figure(tuple((village, doctor, int(counted)) for village, doctor, counted in json.loads(parts)), people)
    except (ValueError, TypeError):
        return Figure((), people)


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


def _hash(head: Iterable[object], rows: Iterable[tuple[object, ...]]) -> str:
    kept = [list(head), [[value.hex() if isinstance(value, bytes) else value for value in row] for row in rows]]
    return _digest(json.dumps(kept, ensure_ascii=False))
