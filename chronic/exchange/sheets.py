"""Sheets of people, visits, check-ups, test results and told facts: recognised by their headers and read row by row.

Nothing here decides what a row means for the registry; a row is values, refusals and warnings.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import date
from functools import partial
from itertools import dropwhile
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from chronic.errors import ValueRefused
from chronic.exchange import layout, mapping, workbooks
from chronic.exchange.codes import CodeSet
from chronic.exchange.files import Record, binary, inspect, reading
from chronic.exchange.headers import DATED, FIELDS, READ, REPEATED, aliases, dated, normal, recognise
from chronic.exchange.mapping import Meanings
from chronic.exchange.reading import trim
from chronic.exchange.rejects import REJECT_COLUMNS
from chronic.exchange.rows import REQUIRED, Rows, SheetRow, drugs
from chronic.exchange.template import MARKS
from chronic.model.fields import Field

_OF_CHECKUPS = ("体检", "年检", "checkup")
"""One of these stands in a header of every check-up sheet: the other sheets need not know its two hundred fields."""
_OF_OTHERS = ("test", "fact", "项目", "因素")
"""The same of the sheets of test results and of told facts."""
_HEAD = 512
_PAGES = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head", b"<style", b"mime-version:")
_FOREIGN = (
    b"%pdf",
    b"\x89png",
    b"\xff\xd8\xff",
    b"gif8",
    b"{\\rtf",
    b"pk\x05\x06",
    b"rar!",
    b"7z\xbc\xaf",
    b"sqlite format",
)
"""How PDF, pictures, letters, archives and databases begin."""
_SHOWN, _SHOWN_LETTERS = 8, 30
"""Headers of a sentence, and letters of each."""
_OTHER_SEPARATORS = "，；"


class Sheet(NamedTuple):
    """An opened sheet. `header` is joined where it takes several lines. `columns` has one entry per header: the canonical
    column, None if it is not read.
    `ignored`: the headers of those columns, as written. `holds`: people, visits, checkups, tests or facts. `units`: of each
    column, where it is another than the registry's. `unsure`: headers that are not read because they may mean several
    columns, and which. `codes`: the set that was declared. `given`: what was said of every row of it."""

    layout: layout.Layout
    today: date
    header: tuple[str, ...]
    columns: tuple[str | None, ...]
    holds: str
    ignored: tuple[str, ...]
    units: tuple[str, ...] = ()
    unsure: tuple[tuple[str, tuple[str, ...]], ...] = ()
    codes: CodeSet | None = None
    given: Mapping[str, object] = MappingProxyType({})

    @property
    def path(self) -> Path:
        return self.layout.source.path

    def rows(self) -> Iterator[SheetRow]:
        """Every row that is not blank, in file order, a few at a time in memory. Raises ValueRefused if the file
        cannot be read any more."""
        yield from Rows(self, _fields(self.holds)).read(dropwhile(_is_mark, layout.below(self.layout)))


def _is_mark(record: Record) -> bool:
    """What a template says under its headers."""
    return bool(record.cells) and record.cells[0].startswith(MARKS)


def open_sheet(
    path: Path,
    today: date,
    sheet: str | None = None,
    meanings: Meanings = MappingProxyType({}),
    codes: CodeSet | None = None,
    with_days: bool = False,
    screened_on: date | None = None,
) -> Sheet:
    """Find encoding, headers and columns of a CSV file or a workbook. Raises ValueRefused (`file.…`); no row is read yet.

    `today` is the day that tells birth dates in the future. `sheet`: which one of a workbook. `meanings`: what somebody
    said of headers (`--map`). `with_days`: read the day of a row of people, too. `screened_on`: its rows are screenings, of
    that day where they have none of their own.
    """
    given = {"kind": "screening", "visit_date": screened_on} if screened_on is not None else {}
    found = find_header(path, sheet, partial(_judged, meanings=meanings))
    known, read = _known(mapping.renamed(found.header, meanings))
    unsure = _unsure(found.header, meanings)
    holds = _holds(path, found.header, (*known, *given), unsure)
    read = read or READ[holds]
    if with_days and holds == "people":
        known = tuple(column or day for column, day in zip(known, dated(found.header), strict=True))
        read = read | DATED.keys()
    _refuse_twice(path, found.header, known, read)
    columns = _without_strays(tuple(column if column in read else None for column in known))
    ignored = tuple(
        text
        for text, column, is_read in zip(found.header, known, columns, strict=True)
        if text.strip() and is_read is None and column not in REJECT_COLUMNS
    )
    units = mapping.units(found.header, columns, meanings)
    unsure = tuple(
        (text, may) for text, every in unsure if (may := tuple(c for c in every if c in read and c not in columns))
    )
    return Sheet(found, today, found.header, columns, holds, ignored, units, unsure, codes, given)


def _unsure(header: Sequence[str], meanings: Meanings) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The headers that may mean several columns, as written, and which; without those that somebody gave a meaning."""
    found = ((text, aliases().ambiguous.get(name, ())) for text in header if (name := normal(text)) not in meanings)
    return tuple((text.strip(), tuple(every)) for text, every in found if every)


def find_header(path: Path, sheet: str | None, judged: layout.Known) -> layout.Layout:
    """The file's headers. Raises file.no_header, file.not_a_file, file.sheet, file.sheets, and as `inspect` and `sheets`."""
    with reading(path):
        if path.exists() and not path.is_file():  # a folder, a pipe: it cannot be read twice
            raise ValueRefused("file.not_a_file", path=path)
    if workbooks.is_workbook(path):
        return _of_workbook(path, sheet, judged)
    _refuse_foreign(path)
    found = layout.of_text(inspect(path), judged)
    if found is None:
        raise ValueRefused("file.no_header", path=path)
    return found


def _refuse_foreign(path: Path) -> None:
    """What is no text of cells. Many systems give a web page the name of a workbook."""
    with reading(path), binary(path) as stream:
        head = stream.read(_HEAD).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(_PAGES):
        raise ValueRefused("file.page", path=path)
    if head.startswith(_FOREIGN):
        raise ValueRefused("file.foreign", path=path)


def _of_workbook(path: Path, sheet: str | None, judged: layout.Known) -> layout.Layout:
    """The sheet that was named, else the only one that holds what is needed, else the one with most known columns."""
    every = workbooks.sheets(path)
    names = ", ".join(book.sheet for book in every)
    if sheet is not None:
        every = [book for book in every if book.sheet == sheet]
        if not every:
            raise ValueRefused("file.sheet", path=path, sheet=sheet, sheets=names)
    found = [laid for book in every if (laid := layout.of_book(book, judged)) is not None]
    complete = [laid for laid in found if laid.complete]
    if len(complete) > 1:
        several = ", ".join(laid.source.sheet for laid in complete if isinstance(laid.source, workbooks.Book))
        raise ValueRefused("file.sheets", path=path, sheets=several)
    if not found:
        raise ValueRefused("file.no_header", path=path)
    return max(complete or found, key=lambda laid: laid.known)


def _judged(header: Sequence[str], meanings: Meanings) -> tuple[int, bool]:
    """How many columns are known, and whether there are those that a sheet needs."""
    known = set(_known(mapping.renamed(header, meanings))[0]) - {None, *REJECT_COLUMNS}
    return len(known), _missing(known)[1] == []


def _known(header: Sequence[str]) -> tuple[tuple[str | None, ...], frozenset[str]]:
    """The columns of the headers; of a sheet with headers of its own also those that are read from it."""
    if any(any(word in text.casefold() for word in _OF_CHECKUPS) for text in header):
        from chronic.exchange import checkup_headers

        if checkup_headers.is_checkup(header):
            return checkup_headers.recognise(header), checkup_headers.READ
    known = recognise(header)
    if "visit_date" not in known and any(any(word in text.casefold() for word in _OF_OTHERS) for text in header):
        from chronic.exchange import dated_headers

        holds = dated_headers.held(header)
        if holds is not None:
            return dated_headers.recognise(header, holds), frozenset(dated_headers.FIELDS[holds])
    return known, frozenset()


def _fields(holds: str) -> dict[str, Field]:
    if holds in READ:
        return FIELDS | DATED
    from chronic.exchange import checkup_headers, dated_headers

    if holds != "checkups":
        return dated_headers.FIELDS[holds]

    return checkup_headers.FIELDS


def _missing(found: Set[str | None]) -> tuple[str, list[str]]:
    """What a sheet with these columns holds, and which columns it lacks."""
    days = {"checkup_date": "checkups", "visit_date": "visits", "done_on": "tests", "told_on": "facts"}
    holds = next((what for day, what in days.items() if day in found), "people")
    required, keys = REQUIRED[holds]
    missing = [] if required in found else [required]
    if found.isdisjoint(keys):
        missing.append(" / ".join(keys))
    return holds, missing


def _holds(
    path: Path, header: Sequence[str], known: Iterable[str | None], unsure: Sequence[tuple[str, tuple[str, ...]]]
) -> str:
    """people, visits or checkups. Raises file.separator, file.unsure (what is missing may be there), or file.unknown with
    `missing`: the columns that would do."""
    holds, missing = _missing(set(known))
    if not missing:
        return holds
    if len(header) == 1 and any(mark in header[0] for mark in _OTHER_SEPARATORS):
        raise ValueRefused("file.separator", path=path)
    for text, may in unsure:
        for column in may:
            if not _missing({*known, column})[1]:
                raise ValueRefused("file.unsure", path=path, header=text, columns=", ".join(may), first=column)
    raise ValueRefused("file.unknown", path=path, missing=", ".join(missing), unread=_unread(header, known))


def _unread(header: Sequence[str], known: Iterable[str | None]) -> str:
    """The headers that nobody knows, as far as a sentence can hold them."""
    texts = [text for text, column in zip(header, known, strict=False) if column is None and text.strip()]
    shown = [text if len(text) <= _SHOWN_LETTERS else text[:_SHOWN_LETTERS] + "..." for text in map(trim, texts[:_SHOWN])]
    return ", ".join(shown + ["..."] * (len(texts) > _SHOWN)) or "-"


def _refuse_twice(path: Path, header: Sequence[str], known: Sequence[str | None], read: frozenset[str]) -> None:
    for column in known:
        if column in read and column not in REPEATED and known.count(column) > 1:
            written = [text.strip() for text, other in zip(header, known, strict=True) if other == column]
            if len({*map(normal, written)}) == 1:  # --map could not tell one from the other
                raise ValueRefused("file.header_twice", path=path, header=written[-1])
            raise ValueRefused("file.column_twice", path=path, column=column, headers=", ".join(written), header=written[-1])


def _without_strays(columns: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """Columns of how a medicine is taken are read only behind one with its name."""
    taken = {use for _, use in drugs(columns)}
    return tuple(None if column == REPEATED[1] and place not in taken else column for place, column in enumerate(columns))
