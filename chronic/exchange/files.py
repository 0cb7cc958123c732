"""Text files of unknown origin: which encoding, found by content in one streaming pass, and their records.

Order: byte order mark, NUL bytes (UTF-16 decodes as GB18030 without an error), UTF-8, GB18030.
"""

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Final, NamedTuple

from chronic.errors import ValueRefused

_CHUNK = 1 << 20
_RECORD = 1 << 20
"""Characters that a record may have beyond its first line."""
_UTF8, _GB18030 = "utf-8", "gb18030"
_MARKS = ((codecs.BOM_UTF8, _UTF8), ("\ufeff".encode(_GB18030), _GB18030))
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_HAN = re.compile("[\u4e00-\u9fff]")
_SURELY_UTF8 = 3
"""So many Chinese characters read as UTF-8 in a row never happen in GB18030 text: the file is damaged, not GB18030."""

BROKEN_QUOTES: Final = "row.quotes"
TOO_BIG: Final = "row.too_big"


class Source(NamedTuple):
    """A readable file: its encoding, the bytes of its byte order mark, and about how many lines it has."""

    path: Path
    encoding: str
    skip: int
    lines: int


class Record(NamedTuple):
    """One record of a CSV file, `line` being the physical line where it starts. `broken`: the code of what is wrong
    with it; then `cells` is the first line as it stands."""

    line: int
    cells: list[str]
    broken: str = ""


class _Scan(NamedTuple):
    """`bad_line`: where decoding failed, 0 if it did not. `han`: Chinese characters before that, no more than needed."""

    lines: int
    bad_line: int
    han: int


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turns what the system says of a file into ValueRefused: file.missing, file.unreadable, file.encoding."""
    try:
        yield
    except FileNotFoundError:
        raise ValueRefused("file.missing", path=path) from None
    except OSError as error:
        raise ValueRefused("file.unreadable", path=path, problem=error.strerror or error) from None
    except UnicodeDecodeError:  # the file changed after it was looked through
        raise ValueRefused("file.encoding", path=path, line=0) from None


def inspect(path: Path) -> Source:
    """Look through a file. Raises ValueRefused as `reading`, and file.not_a_file, file.empty, file.utf16, file.workbook,
    file.line_too_long."""
    with reading(path):
        if path.exists() and not path.is_file():  # a folder, a pipe: it cannot be read twice
            raise ValueRefused("file.not_a_file", path=path)
        encoding, skip = _byte_order_mark(path)
        scan = _scan(path, encoding or _UTF8, skip)
        if scan.bad_line and not encoding and scan.han < _SURELY_UTF8:
            encoding, scan = _GB18030, _scan(path, _GB18030, skip)
    if scan.bad_line:
        raise ValueRefused("file.encoding", path=path, line=scan.bad_line)
    return Source(path, encoding or _UTF8, skip, scan.lines)


def _byte_order_mark(path: Path) -> tuple[str, int]:
    with path.open("rb") as stream:
        head = stream.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ValueRefused("file.utf16", path=path)
    if head.startswith(_WORKBOOKS):
        raise ValueRefused("file.workbook", path=path)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    return "", 0


def _scan(path: Path, encoding: str, skip: int) -> _Scan:
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = han = size = 0
    with path.open("rb") as stream:
        stream.seek(skip)
        while True:
            chunk = stream.read(_CHUNK)
            if b"\0" in chunk:
                raise ValueRefused("file.utf16", path=path)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                good = error.object[: error.start]
                return _Scan(lines, lines + good.count(b"\n") + 1, han + _count_han(good.decode(encoding)))
            if not chunk:
                break
            if len(chunk) == _CHUNK and b"\n" not in chunk and b"\r" not in chunk:
                raise ValueRefused("file.line_too_long", path=path, line=lines + 1)
            size += len(chunk)
            lines += chunk.count(b"\n")
            if han < _SURELY_UTF8 and not text.isascii():
                han += _count_han(text)
    if size == 0:
        raise ValueRefused("file.empty", path=path)
    return _Scan(lines, 0, han)


def _count_han(text: str) -> int:
    return sum(1 for _ in _HAN.finditer(text))


@contextmanager
def open_text(source: Source) -> Iterator[TextIOWrapper]:
    """The text behind the byte order mark, line ends as they are."""
    with source.path.open("rb") as stream:
        stream.seek(source.skip)
        with TextIOWrapper(stream, encoding=source.encoding, newline="") as text:
            yield text


def records(stream: TextIOWrapper) -> Iterator[Record]:
    """Every record of a comma-separated text, blank ones too. A broken one costs its first line only:
    what a stray quote swallowed is read again."""
    given: list[str] = []  # the physical lines of the record being read
    again: deque[str] = deque()
    start = 1
    while True:
        try:
            for cells in csv.reader(_lines(stream, given, again), strict=True):
                yield Record(start, cells)
                start += len(given)
                given.clear()
            return
        except csv.Error as error:
            first, *others = given
            broken = TOO_BIG if "limit" in str(error) else BROKEN_QUOTES
        again.extendleft(reversed(others))
        given.clear()
        yield Record(start, [first.rstrip("\r\n")], broken)
        start += 1


def _lines(stream: TextIOWrapper, given: list[str], again: deque[str]) -> Iterator[str]:
    """Physical lines, kept in `given` too. Ends where a record goes beyond all measure, which breaks its open quote."""
    size = 0
    while line := again.popleft() if again else next(stream, ""):
        size = size + len(line) if given else 0
        if size > _RECORD:
            again.appendleft(line)
            return
        given.append(line)
        yield line
