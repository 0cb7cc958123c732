"""Sheets of people, visits, check-ups, test results and told facts: recognised by their headers, read row by row, and
the sheet of refused rows.

Nothing here decides what a row means for the registry; a row is values, refusals and warnings.
"""

import csv
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import dropwhile, islice, pairwise, repeat
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol, TextIO

from chronic.errors import ValueRefused
from chronic.exchange import layout, mapping, workbooks
from chronic.exchange.cells import Column, InUnit, Reading
from chronic.exchange.codes import CodeSet
from chronic.exchange.files import Record, inspect, reading
from chronic.exchange.headers import (
    BOTH,
    DATED,
    FIELDS,
    PERSON_KEYS,
    READ,
    REJECT_HEADERS,
    REJECT_LINE,
    REJECT_REASON,
    REPEATED,
    VISIT_KEYS,
    aliases,
    dated,
    normal,
    recognise,
)
from chronic.exchange.mapping import Meanings
from chronic.exchange.prescriptions import of_two
from chronic.exchange.reading import trim
from chronic.exchange.template import MARKS
from chronic.model.fields import Field
from chronic.model.guards import FORMULA_STARTS, unguard
from chronic.model.plan import Problem

_REQUIRED = {
    "people": ("name", PERSON_KEYS),
    "visits": ("visit_date", VISIT_KEYS),
    "checkups": ("checkup_date", VISIT_KEYS),
    "tests": ("done_on", VISIT_KEYS),
    "facts": ("told_on", VISIT_KEYS),
}
_OF_CHECKUPS = ("体检", "年检", "checkup")
"""One of these stands in a header of every check-up sheet: the other sheets need not know its two hundred fields."""
_OF_OTHERS = ("test", "fact", "项目", "因素")
"""The same of the sheets of test results and of told facts."""
_AT_ONCE = 500
_OTHER_SEPARATORS = "，；"
ENTERED = "entered"
"""Among a row's values: (column, text) of each that was written in another unit."""
_REJECT_COLUMNS = (REJECT_LINE, REJECT_REASON)


class SheetRow(NamedTuple):
    """One row. `line`: where it starts in the file; `raw`: its cells as they stand, as many as there are;
    `values`: canonical column -> value in the order of the names, only what is filled and readable (MASKED is a value)."""

    line: int
    raw: tuple[str, ...]
    values: dict[str, object]
    refusals: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


class Sheet(NamedTuple):
    """An opened sheet. `header` is joined where it takes several lines. `columns` has one entry per header: the canonical
    column, None if it is not read.
    `ignored`: the headers of those columns, as written. `holds`: people, visits, checkups, tests or facts. `units`: of each
    column, where it is another than the registry's. `unsure`: headers that are not read because they may mean several
    columns, and which. `codes`: the set that was declared."""

    layout: layout.Layout
    today: date
    header: tuple[str, ...]
    columns: tuple[str | None, ...]
    holds: str
    ignored: tuple[str, ...]
    units: tuple[str, ...] = ()
    unsure: tuple[tuple[str, tuple[str, ...]], ...] = ()
    codes: CodeSet | None = None

    @property
    def path(self) -> Path:
        return self.layout.source.path

    def rows(self) -> Iterator[SheetRow]:
        """Every row that is not blank, in file order, a few at a time in memory. Raises ValueRefused if the file
        cannot be read any more."""
        yield from _Rows(self).read(dropwhile(_is_mark, layout.below(self.layout)))


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
) -> Sheet:
    """Find encoding, headers and columns of a CSV file or a workbook. Raises ValueRefused (`file.…`); no row is read yet.

    `today` is the day that tells birth dates in the future. `sheet`: which one of a workbook. `meanings`: what somebody
    said of headers (`--map`). `with_days`: read the day of a row of people, too.
    """
    found = _found(path, sheet, partial(_judged, meanings=meanings))
    known, read = _known(mapping.renamed(found.header, meanings))
    unsure = _unsure(found.header, meanings)
    holds = _holds(path, found.header, known, unsure)
    read = read or READ[holds]
    if with_days and holds == "people":
        known = tuple(column or day for column, day in zip(known, dated(found.header), strict=True))
        read = read | DATED.keys()
    _refuse_twice(path, found.header, known, read)
    columns = _without_strays(tuple(column if column in read else None for column in known))
    ignored = tuple(
        text
        for text, column, is_read in zip(found.header, known, columns, strict=True)
        if text.strip() and is_read is None and column not in _REJECT_COLUMNS
    )
    units = mapping.units(found.header, columns, meanings)
    unsure = tuple(
        (text, may) for text, every in unsure if (may := tuple(c for c in every if c in read and c not in columns))
    )
    return Sheet(found, today, found.header, columns, holds, ignored, units, unsure, codes)


def _unsure(header: Sequence[str], meanings: Meanings) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The headers that may mean several columns, as written, and which; without those that somebody gave a meaning."""
    found = ((text, aliases().ambiguous.get(name, ())) for text in header if (name := normal(text)) not in meanings)
    return tuple((text.strip(), tuple(every)) for text, every in found if every)


def _found(path: Path, sheet: str | None, judged: layout.Known) -> layout.Layout:
    """The file's headers. Raises file.no_header, file.not_a_file, file.sheet, file.sheets, and as `inspect` and `sheets`."""
    with reading(path):
        if path.exists() and not path.is_file():  # a folder, a pipe: it cannot be read twice
            raise ValueRefused("file.not_a_file", path=path)
    if workbooks.is_workbook(path):
        return _of_workbook(path, sheet, judged)
    found = layout.of_text(inspect(path), judged)
    if found is None:
        raise ValueRefused("file.no_header", path=path)
    return found


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
    known = set(_known(mapping.renamed(header, meanings))[0]) - {None, *_REJECT_COLUMNS}
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
    required, keys = _REQUIRED[holds]
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
    raise ValueRefused("file.unknown", path=path, missing=", ".join(missing))


def _refuse_twice(path: Path, header: Sequence[str], known: Sequence[str | None], read: frozenset[str]) -> None:
    for column in known:
        if column in read and column not in REPEATED and known.count(column) > 1:
            written = [text.strip() for text, other in zip(header, known, strict=True) if other == column]
            raise ValueRefused("file.column_twice", path=path, column=column, headers=", ".join(written), header=written[-1])


class _Rows:
    """Records to rows, many at a time and column by column: a column is one look-up per cell in its memory, and nothing
    where it is blank all the way down. Only rows with something to say are looked at one by one."""

    def __init__(self, sheet: Sheet) -> None:
        fields = _fields(sheet.holds)
        self._columns = {
            column: (place, Column(fields[column], sheet.today, False, sheet.units[place], sheet.codes))
            for place, column in enumerate(sheet.columns)
            if column is not None and column not in REPEATED
        }
        self._drugs = _drugs(sheet.columns)
        self._alike = sorted(self._columns)
        self._header = sheet.header
        self._width = len(sheet.header)
        self._required, self._keys = _REQUIRED[sheet.holds]

    def read(self, records: Iterator[Record]) -> Iterator[SheetRow]:
        while chunk := list(islice(records, _AT_ONCE)):
            grid, odd = self._even(chunk)
            filled = self._filled(list(zip(*grid, strict=True)))
            names, found = list(filled), zip(*filled.values(), strict=True) if filled else repeat((), len(chunk))
            required, keys = self._required, self._keys
            told = any(memory.told for _, memory in self._columns.values())
            for record, is_odd, cells in zip(chunk, odd, found, strict=True):
                raw = tuple(record.cells)
                if is_odd:
                    yield self._unread(record.line, raw, record.broken)
                    continue
                values = {name: value for name, value in zip(names, cells, strict=True) if value is not None}
                is_told = told and Reading in map(type, cells)
                if BOTH in values and not is_told:
                    values = _apart(values)
                if self._drugs:
                    is_told = True
                if required in values and not values.keys().isdisjoint(keys) and not is_told:
                    yield SheetRow(record.line, raw, values)
                elif any(map(str.strip, raw)):
                    yield self._with_problems(record.line, raw, values)

    def _even(self, chunk: Sequence[Record]) -> tuple[list[list[str]], list[bool]]:
        """The cells of each record in as many columns as the header has, and which records cannot be read as a row."""
        width, header = self._width, list(self._header)
        blank = [""] * width
        grid, odd = [], []
        for _, cells, broken in chunk:
            if len(cells) == width and not broken and cells != header:
                grid.append(cells)
                odd.append(False)
            else:
                is_odd = bool(broken) or cells == header or any(map(str.strip, cells[width:]))
                grid.append(blank if is_odd else [*cells[:width], *blank[len(cells) :]])
                odd.append(is_odd)
        return grid, odd

    def _filled(self, written: Sequence[tuple[str, ...]]) -> dict[str, list[object]]:
        """What the cells of each column hold; columns without a cell are left out."""
        filled = {}
        for name in self._alike:
            place, memory = self._columns[name]
            if any(written[place]):
                filled[name] = list(map(memory.__getitem__, written[place]))
        return filled

    def _unread(self, line: int, raw: tuple[str, ...], broken: str) -> SheetRow:
        """A row whose cells cannot be told apart, or the headers once more."""
        if broken:
            return SheetRow(line, raw, {}, (Problem(broken),))
        if raw == self._header:
            return SheetRow(line, raw, {}, (Problem("row.header"),))
        return SheetRow(line, raw, {}, (Problem("row.too_long", "", len(raw), self._width),))

    def _with_problems(self, line: int, raw: tuple[str, ...], found: dict[str, object]) -> SheetRow:
        values: dict[str, object] = {}
        entered: list[tuple[str, str]] = []
        refusals, warnings = [], []
        for column in self._columns:  # as they stand in the sheet
            value = found.get(column)
            if isinstance(value, Reading):
                value, refusal, warning = value
                refusals += [refusal] if refusal is not None else []
                warnings += [warning] if warning is not None else []
                if isinstance(value, InUnit):
                    entered.append((column, value.text))
                    value = value.value
            if value is not None:
                values[column] = value
        values = _apart(values)
        refusals += self._drugs_into(values, raw)
        refusals += self._lacking(values.keys() | {problem.column for problem in refusals})
        alike = dict(sorted(values.items()))
        if entered:
            alike[ENTERED] = tuple(entered)
        return SheetRow(line, raw, alike, tuple(refusals), tuple(warnings))

    def _drugs_into(self, values: dict[str, object], raw: Sequence[str]) -> Iterator[Problem]:
        """The columns of one medicine each become the list of medicines, behind what stands in a column of the list."""
        lines = [str(values["medicines"])] if "medicines" in values else []
        for name, use in self._drugs:
            written = tuple(
                trim(unguard(raw[place])) if place is not None and place < len(raw) else "" for place in (name, use)
            )
            if not any(written):
                continue
            found = of_two(*written)
            if not found:
                yield Problem("value.medicine", "medicines", " ".join(written), " ".join(written))
            lines += found
        if lines:
            values["medicines"] = "; ".join(lines)

    def _lacking(self, given: Set[str]) -> Iterator[Problem]:
        if self._required not in given:
            yield Problem("value.missing", self._required)
        if given.isdisjoint(self._keys):
            yield Problem("row.no_key", "", None, ", ".join(key for key in self._keys if key in self._columns))


def _without_strays(columns: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """Columns of how a medicine is taken are read only behind one with its name."""
    taken = {use for _, use in _drugs(columns)}
    return tuple(None if column == REPEATED[1] and place not in taken else column for place, column in enumerate(columns))


def _drugs(columns: Sequence[str | None]) -> list[tuple[int, int | None]]:
    """(where a medicine's name stands, where how it is taken, None if nowhere): the next such column belongs to a name."""
    places = [place for place, column in enumerate(columns) if column in REPEATED]
    names = [place for place in places if columns[place] == REPEATED[0]]
    after = dict(pairwise([*places, len(columns)]))
    return [
        (name, after[name] if after[name] < len(columns) and columns[after[name]] == REPEATED[1] else None) for name in names
    ]


def _apart(values: dict[str, object]) -> dict[str, object]:
    """140/90 as the two columns it is; columns of their own in the same sheet count before it."""
    pair = values.pop(BOTH, None)
    if isinstance(pair, tuple):
        values.setdefault("sbp", pair[0])
        values.setdefault("dbp", pair[1])
        return dict(sorted(values.items()))
    return values


Reject = Callable[[int, Sequence[str], str], None]


class Source(Protocol):
    """What rows come from, as far as the file of refused rows needs to know it."""

    @property
    def path(self) -> Path: ...
    @property
    def header(self) -> tuple[str, ...]: ...


@contextmanager
def write_rejects(path: Path, sheet: Source, names: tuple[str, str] = REJECT_HEADERS["zh"]) -> Iterator[Reject]:
    """A sheet of refused rows, to be corrected and imported as it is: `with write_rejects(…) as reject:
    reject(row.line, row.raw, reason)`. The columns `names` follow the sheet's own.

    Written beside `path` and renamed at the end; after an exception `path` is as before. Raises ValueRefused:
    file.same (it would replace the sheet itself), file.unwritable.
    """
    with _writing(path):
        if path.exists() and path.samefile(sheet.path):
            raise ValueRefused("file.same", path=path)
        handle, name = tempfile.mkstemp(prefix=".chronic-", suffix=".tmp", dir=path.parent)
    try:
        with open(handle, "w", encoding="utf-8-sig", newline="") as stream:
            reject = _reject(path, stream, sheet.header, names)
            yield reject
            with _writing(path):
                stream.flush()
                os.fsync(stream.fileno())
        with _writing(path):
            os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def _reject(path: Path, stream: TextIO, header: Sequence[str], names: tuple[str, str]) -> Reject:
    """Writes the header, and then rows. Cells beyond the header stand behind the reason."""
    kept = [place for place, column in enumerate(recognise(header)) if column not in _REJECT_COLUMNS]
    add = csv.writer(stream).writerow

    def reject(line: int, raw: Sequence[str], reason: str) -> None:
        cells = [raw[place] if place < len(raw) else "" for place in kept]
        with _writing(path):
            add([*map(_safe, cells), line, _safe(reason), *map(_safe, raw[len(header) :])])

    with _writing(path):
        add([*(header[place] for place in kept), *names])
    return reject


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ValueRefused("file.unwritable", path=path, problem=error.strerror or error) from None


def _safe(cell: str) -> str:
    """A cell that came from a sheet, back in a sheet. Unlike `guard` it leaves an apostrophe that is there already."""
    return "'" + cell if cell[:1] and cell[0] in FORMULA_STARTS else cell
