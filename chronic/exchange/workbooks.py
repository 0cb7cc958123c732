"""Excel and WPS workbooks: one sheet of one, its cells as the texts a CSV of it would hold.

The reader (calamine) is an extra of the package and is imported when a workbook is opened. It reads a sheet as a
whole, so a sheet beyond measure is refused before it is unpacked.
"""

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from chronic.errors import ValueRefused
from chronic.exchange.files import Record, binary, reading
from chronic.exchange.unpacking import refuse_bombs
from chronic.model.extras import extra

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

STARTS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How a workbook begins: .xlsx, .xlsb and .ods are zip files; .xls and encrypted workbooks are compound files."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_STDERR: Final = 2
_SURE_DIGITS = 10**15
"""From here on a number of Excel has lost digits: 15 are kept."""


class Book(NamedTuple):
    """One sheet of a workbook. `lines`: how many rows it has."""

    path: Path
    sheet: str
    lines: int

    def records(self) -> Iterator[Record]:
        """Every row, blank ones too; `line` is the row's number in the workbook."""
        rows = _sheet(_open(self.path), self.path, self.sheet).iter_rows()
        for line, cells in enumerate(rows, 1):
            yield Record(line, [text(cell) for cell in cells])


def is_workbook(path: Path) -> bool:
    with reading(path), binary(path) as stream:
        return stream.read(4) in STARTS


def sheets(path: Path) -> list[Book]:
    """The visible sheets with anything in them. Raises ValueRefused: extra.missing, file.encrypted,
    file.workbook (broken, or no workbook at all), file.too_big."""
    book = _open(path)
    visible = [sheet.name for sheet in book.sheets_metadata if str(sheet.visible).endswith(".Visible")]
    found = ((name, _sheet(book, path, name).total_height) for name in visible)
    return [Book(path, name, height + 1) for name, height in found if height is not None]


def text(cell: object) -> str:
    """A cell as text: 72.0 is 72, a day is ISO, a number that lost digits shows it and is refused where it matters."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, (date, time, timedelta)):
        return str(cell)
    return str(cell)


def _number(value: float) -> str:
    if abs(value) >= _SURE_DIGITS:
        return f"{value:.14E}"
    return str(int(value)) if value.is_integer() else repr(value)


def _open(path: Path) -> "CalamineWorkbook":
    with extra("excel"):
        import python_calamine
    _refuse_beyond_measure(path)
    try:
        with reading(path), _contained(path), binary(path) as stream:
            return python_calamine.load_workbook(stream if isinstance(stream, BytesIO) else str(path))
    except python_calamine.PasswordError:
        raise ValueRefused("file.encrypted", path=path) from None
    except python_calamine.CalamineError:
        raise ValueRefused("file.workbook", path=path) from None


@contextmanager
def _contained(path: Path) -> Iterator[None]:
    """The reader stumbles over some broken workbooks with an alarm of its own on the screen: that is a sentence, too.
    Raises ValueRefused (file.workbook)."""
    try:
        with _without_stderr():
            yield
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # of no module that could be imported
            raise ValueRefused("file.workbook", path=path) from None
        raise


@contextmanager
def _without_stderr() -> Iterator[None]:
    """Libraries that write there past Python are not heard."""
    try:
        kept = os.dup(_STDERR)
    except OSError:  # there is none
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _STDERR)
    try:
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)
        os.close(nowhere)


def _sheet(book: "CalamineWorkbook", path: Path, name: str) -> "CalamineSheet":
    import python_calamine

    try:
        with _contained(path):
            return book.get_sheet_by_name(name)
    except python_calamine.CalamineError:
        raise ValueRefused("file.workbook", path=path) from None


def _refuse_beyond_measure(path: Path) -> None:
    """Raises file.encrypted, file.too_big and file.workbook for what must not be handed to the reader."""
    with reading(path), binary(path) as stream:
        if not zipfile.is_zipfile(stream):
            stream.seek(0)
            if _ENCRYPTED in stream.read(1 << 20):
                raise ValueRefused("file.encrypted", path=path)
            return
    refuse_bombs(path)
