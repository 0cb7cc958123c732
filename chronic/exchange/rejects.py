"""The file of refused rows: the original cells and why, to be corrected in Excel and imported as it is. CSV, or a workbook
where its name ends in .xlsx; identity numbers and all other cells are texts there, so nothing is rounded."""

import csv
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from chronic.errors import ValueRefused
from chronic.exchange.headers import REJECT_HEADERS, REJECT_LINE, REJECT_REASON, recognise
from chronic.model.extras import extra
from chronic.model.guards import FORMULA_STARTS
from chronic.model.wide import width
from chronic.model.workbook import CHARACTERS, NO_XML, ROWS, WRITING

REJECT_COLUMNS: Final = (REJECT_LINE, REJECT_REASON)
_WIDEST, _ROOM = 40, 2
Reject = Callable[[int, Sequence[str], str], None]
_Add = Callable[[Sequence[str | int]], None]


class Source(Protocol):
    """What rows come from, as far as the file of refused rows needs to know it."""

    @property
    def path(self) -> Path: ...
    @property
    def header(self) -> tuple[str, ...]: ...


@contextmanager
def write_rejects(path: Path, sheet: Source, names: tuple[str, str] = REJECT_HEADERS["zh"]) -> Iterator[Reject]:
    """A sheet of refused rows: `with write_rejects(…) as reject: reject(row.line, row.raw, reason)`. The columns `names`
    follow the sheet's own.

    Written beside `path` and renamed at the end; after an exception `path` is as before. Raises ValueRefused:
    file.same (it would replace the sheet itself), file.unwritable, extra.missing, xlsx.rows, xlsx.cell, xlsx.characters.
    """
    with _writing(path):
        if path.exists() and path.samefile(sheet.path):
            raise ValueRefused("file.same", path=path)
        handle, name = tempfile.mkstemp(prefix=".chronic-", suffix=".tmp", dir=path.parent)
    os.close(handle)
    writer = _workbook if path.suffix.casefold() == ".xlsx" else _text
    try:
        with writer(path, Path(name)) as add:
            yield _reject(add, sheet.header, names)
        with _writing(path):
            with open(name, "rb+") as written:
                os.fsync(written.fileno())
            os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def _reject(add: _Add, header: Sequence[str], names: tuple[str, str]) -> Reject:
    """Writes the header, and then rows. Cells beyond the header stand behind the reason."""
    kept = [place for place, column in enumerate(recognise(header)) if column not in REJECT_COLUMNS]

    def reject(line: int, raw: Sequence[str], reason: str) -> None:
        cells = [raw[place] if place < len(raw) else "" for place in kept]
        add([*map(_safe, cells), line, _safe(reason), *map(_safe, raw[len(header) :])])

    add([*(header[place] for place in kept), *names])
    return reject


@contextmanager
def _text(path: Path, temporary: Path) -> Iterator[_Add]:
    with temporary.open("w", encoding="utf-8-sig", newline="") as stream:
        row = csv.writer(stream).writerow

        def add(cells: Sequence[str | int]) -> None:
            with _writing(path):
                row(cells)

        yield add
        with _writing(path):
            stream.flush()


@contextmanager
def _workbook(path: Path, temporary: Path) -> Iterator[_Add]:
    with extra("excel"):
        import xlsxwriter
    with tempfile.TemporaryDirectory(prefix=".", dir=path.parent) as beside, temporary.open("wb") as stream:
        book = xlsxwriter.Workbook(stream, {**WRITING, "tmpdir": beside})
        book.use_zip64()
        sheet, plain = book.add_worksheet(), book.add_format({"num_format": "@"})
        place = -1

        def add(cells: Sequence[str | int]) -> None:
            nonlocal place
            place += 1
            with _writing(path):
                _row(sheet, place, cells, plain)

        try:
            yield add
        finally:
            with _writing(path):
                book.close()  # after an error too: it takes its temporary file away


def _row(sheet: Any, place: int, cells: Sequence[str | int], plain: Any) -> None:
    if place >= ROWS:
        raise ValueRefused("xlsx.rows", most=ROWS - 1)
    for column, cell in enumerate(cells):
        if isinstance(cell, int):
            sheet.write_number(place, column, cell)
            continue
        if len(cell) > CHARACTERS:
            raise ValueRefused("xlsx.cell", column=str(column + 1), row=place + 1, most=CHARACTERS)
        if NO_XML.search(cell):
            raise ValueRefused("xlsx.characters", column=str(column + 1), row=place + 1)
        if place == 0:
            sheet.set_column(column, column, min(width(cell) + _ROOM, _WIDEST))
        if cell:
            sheet.write_string(place, column, cell, plain)
    if place == 0:
        sheet.freeze_panes(1, 0)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ValueRefused("file.unwritable", path=path, problem=error.strerror or error) from None


def _safe(cell: str) -> str:
    """A cell that came from a sheet, back in a sheet. Unlike `guard` it leaves an apostrophe that is there already."""
    return "'" + cell if cell[:1] and cell[0] in FORMULA_STARTS else cell
