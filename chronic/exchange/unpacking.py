"""What is inside a workbook, looked at before its reader is: that one builds every cell between A1 and the farthest one
in memory, and stops the whole program where there is none left.

The parts are unpacked in pieces and thrown away again; what the file says about their sizes is not believed.
"""

import re
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from string import ascii_letters, digits
from zlib import error as ZlibError  # noqa: N812

from chronic.errors import ValueRefused
from chronic.exchange.files import binary, reading

UNPACKED = 500_000_000
"""Bytes of all parts together."""
CELLS = 15_000_000
"""Cells of all sheets, blank ones between filled ones too: a million rows of a dozen columns, half a million of all."""
_STRINGS = 5_000_000
_PIECE = 1 << 18
_OVERLAP = 40
_FEW = 100
"""Marks of a piece that are too few to be worth counting."""
_REF = re.compile(rb'r="([A-Za-z]{1,3}[0-9]{1,9})')
_ODD_REF = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]{1,3}[0-9]{1,9})""")
_BEYOND = re.compile(rb"""<(?:\w+:)?c [^<>]{0,200}?r\s*=\s*["']\s*[A-Za-z]{4}""")
_MAYBE_BEYOND = re.compile(rb'r="[A-Za-z]{4}')
"""A cell farther right than there are columns, which the reader would count all the same."""
_ODDLY, _ODD = (b"\n", b"\t", b"\r"), re.compile(rb"r[ =][ =']")
"""XML may be written in many ways, and Excel's is quicker to look for."""
_DIGITS, _LETTERS = digits.encode(), ascii_letters.encode()
_CELLS_OPEN, _STRINGS_OPEN = (b"<c", b":c"), (b"<si", b":si")
"""As often as there are cells and texts, or a little more often."""
_NEEDED, _OTHERS = "xl/workbook.xml", {"xl/workbook.bin", "content.xml"}
"""An .xlsx has the one; who has one of the others is read as an .xlsb or .ods, whose cells are not counted here."""


def refuse_bombs(path: Path) -> None:
    """Raises ValueRefused: file.too_big, file.too_many_cells, or file.workbook for what is no .xlsx."""
    with reading(path):
        about = path.stat()
        _look_into(path, about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=4)
def _look_into(path: Path, _size: int, _written: int) -> None:
    """Once for each state of the file. Any part may turn out to be a sheet, whatever it is called."""
    try:
        with binary(path) as stream, zipfile.ZipFile(stream) as packed:
            names = {name.lower() for name in packed.namelist()}
            if _NEEDED not in names or names & _OTHERS:
                raise ValueRefused("file.workbook", path=path)
            _measure(packed, path)
    except (
        zipfile.BadZipFile,
        ZlibError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ):  # or a version nobody writes
        raise ValueRefused("file.workbook", path=path) from None


def _measure(packed: zipfile.ZipFile, path: Path) -> None:
    size = cells = strings = 0
    for part in packed.infolist():
        filled, last_row, last_column, columns = 0, 0, 0, set[bytes]()
        for piece in _pieces(packed, part):
            size += len(piece)
            if size > UNPACKED:
                raise ValueRefused("file.too_big", path=path, size=size // 1_000_000)
            odd = _is_odd(piece)
            if (odd or _MAYBE_BEYOND.search(piece)) and _BEYOND.search(piece):
                raise ValueRefused("file.workbook", path=path)
            refs = (_ODD_REF if odd else _REF).findall(piece)
            together = b" ".join(refs)
            columns.update(together.translate(None, _DIGITS).split())
            last_row = max(last_row, max(map(int, together.translate(None, _LETTERS).split()), default=0))
            last_column = max(map(_number, columns), default=0)
            if piece.count(b"<") > _FEW:
                filled += sum(map(piece.count, _CELLS_OPEN))
                strings += sum(map(piece.count, _STRINGS_OPEN))
            if cells + max(last_row * last_column, filled) > CELLS or strings > _STRINGS:
                raise ValueRefused("file.too_many_cells", path=path)
        cells += max(last_row * last_column, filled)


def _is_odd(piece: bytes) -> bool:
    """May the places of cells be written otherwise than Excel does?"""
    return any(map(piece.__contains__, _ODDLY)) or _ODD.search(piece) is not None


def _pieces(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """What is really in a part, a mark cut in two standing whole in the second piece."""
    part.file_size = UNPACKED + _PIECE  # else no more is unpacked than the file says there is
    before = b""
    with packed.open(part) as stream:
        while piece := stream.read(_PIECE):
            if len(piece) == _PIECE and b"<" not in piece and part.filename.lower().endswith(".xml"):
                raise zipfile.BadZipFile("no text of Excel is that long")
            yield before + piece
            before = piece[-_OVERLAP:]


def _number(column: bytes) -> int:
    """A is 1, Z 26, AA 27."""
    number = 0
    for letter in column.upper():
        number = number * 26 + letter - 64
    return number
