"""Text files of unknown origin: which encoding, found by content in one streaming pass, and their records.

Order: byte order mark, UTF-16 without one (it decodes as GB18030 without an error, but half of each line end is a NUL
byte), UTF-8, GB18030. Any other NUL byte is a character like the rest; the cell that holds it is refused.
"""

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import IO, Final, NamedTuple

from chronic.errors import ValueRefused

_CHUNK = 1 << 20
_RECORD = 1 << 20
"""Characters that a record may have beyond its first line."""
_UTF8, _GB18030 = "utf-8", "gb18030"
_UTF16 = ("utf-16-le", "utf-16-be")
_SEPARATORS = "\n\r\t,;|"
_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_MARKS = (
    (codecs.BOM_UTF8, _UTF8),
    ("\ufeff".encode(_GB18030), _GB18030),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HAN = re.compile("[\u4e00-\u9fff]")
_SURELY_UTF8 = 3
"""So many Chinese characters read as UTF-8 in a row never happen in GB18030 text: the file is damaged, not GB18030."""

BROKEN_QUOTES: Final = "row.quotes"
TOO_BIG: Final = "row.too_big"


class Record(NamedTuple):
    """One record of a sheet, `line` being the physical line where it starts. `broken`: the code of what is wrong
    with it; then `cells` is the first line as it stands."""

    line: int
    cells: list[str]
    broken: str = ""


class Text(NamedTuple):
    """A readable text: its encoding, the bytes of its byte order mark, about how many lines it has, and what stands
    between its cells."""

    path: Path
    encoding: str
    skip: int
    lines: int
    delimiter: str = ","

    def records(self) -> Iterator[Record]:
        """Every record, blank ones too. Raises ValueRefused if the file cannot be read any more."""
        with reading(self.path), open_text(self) as stream:
            yield from records(stream, self.delimiter)


class _Scan(NamedTuple):
    """`bad_line`: where decoding failed, 0 if it did not. `han`: Chinese characters before that, no more than needed."""

    lines: int
    bad_line: int
    han: int


_clear: ContextVar[tuple[Path, bytes]] = ContextVar("clear")


@contextmanager
def in_the_clear(path: Path, content: bytes) -> Iterator[None]:
    """Inside, whoever opens this file (`binary`) reads this instead: what an encrypted file holds, which lies on no disk."""
    token = _clear.set((path, content))
    try:
        yield
    finally:
        _clear.reset(token)


def binary(path: Path) -> IO[bytes]:
    """The file, opened for reading. Raises OSError."""
    known, content = _clear.get((None, b""))
    return BytesIO(content) if known == path else path.open("rb")


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


def inspect(path: Path) -> Text:
    """Look through a text. Raises ValueRefused as `reading`, and file.empty, file.encoding, file.line_too_long."""
    with reading(path):
        encoding, skip = _byte_order_mark(path)
        scan = _scan(path, encoding or _UTF8, skip)
        if scan.bad_line and not encoding and scan.han < _SURELY_UTF8:
            encoding, scan = _GB18030, _scan(path, _GB18030, skip)
    if scan.bad_line:
        raise ValueRefused("file.encoding", path=path, line=scan.bad_line)
    return Text(path, encoding or _UTF8, skip, scan.lines)


def _byte_order_mark(path: Path) -> tuple[str, int]:
    """The encoding that the first bytes give away, and how many of them are no text; ("", 0) if they say nothing."""
    with binary(path) as stream:
        head = stream.read(_CHUNK)
    if head.startswith(_UTF32):
        raise ValueRefused("file.encoding", path=path, line=1)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    return (_utf16(head) if b"\0" in head else ""), 0


def _utf16(head: bytes) -> str:
    """Which UTF-16 this is. Read rightly, at least half of the bytes that could be a separator or a line end are one;
    in a text with stray NUL bytes hardly any are."""
    for encoding in _UTF16:
        text = head.decode(encoding, "replace")
        told = sum(text.count(mark) for mark in _SEPARATORS)
        if "\0" not in text and told and 2 * told >= sum(head.count(mark.encode()) for mark in _SEPARATORS):
            return encoding
    return ""


def _scan(path: Path, encoding: str, skip: int) -> _Scan:
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = han = size = 0
    with binary(path) as stream:
        stream.seek(skip)
        while True:
            chunk = stream.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                good = error.object[: error.start].decode(encoding, "ignore")
                return _Scan(lines, lines + good.count("\n") + 1, han + _count_han(good))
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
def open_text(source: Text) -> Iterator[TextIOWrapper]:
    """The text behind the byte order mark, line ends as they are."""
    with binary(source.path) as stream:
        stream.seek(source.skip)
        with TextIOWrapper(stream, encoding=source.encoding, newline="") as text:
            yield text


def records(stream: TextIOWrapper, delimiter: str = ",") -> Iterator[Record]:
    """Every record of a text, blank ones too. A broken one costs its first line only:
    what a stray quote swallowed is read again."""
    given: list[str] = []  # the physical lines of the record being read
    again: deque[str] = deque()
    start = 1
    while True:
        try:
            for cells in csv.reader(_lines(stream, given, again), delimiter=delimiter, strict=True):
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
