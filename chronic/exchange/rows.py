"""The records of a sheet as rows: canonical columns, readable values, refusals and warnings.

Nothing here decides what a row means for the registry.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date
from itertools import islice, pairwise, repeat
from typing import NamedTuple, Protocol

from chronic.exchange.cells import Column, InUnit, Reading
from chronic.exchange.codes import CodeSet
from chronic.exchange.files import Record
from chronic.exchange.headers import BOTH, PERSON_KEYS, REPEATED, VISIT_KEYS, normal
from chronic.exchange.prescriptions import names_none, of_two
from chronic.exchange.reading import trim
from chronic.model.fields import Field
from chronic.model.guards import unguard
from chronic.model.plan import Problem

REQUIRED = {
    "people": ("name", PERSON_KEYS),
    "visits": ("visit_date", VISIT_KEYS),
    "checkups": ("checkup_date", VISIT_KEYS),
    "tests": ("done_on", VISIT_KEYS),
    "facts": ("told_on", VISIT_KEYS),
}
"""What a sheet must have: a column, and one of these keys of a person."""
_NUMBER = "序号"
_AT_ONCE = 500
ENTERED = "entered"
"""Among a row's values: (column, text) of each that was written in another unit."""


class SheetRow(NamedTuple):
    """One row. `line`: where it starts in the file; `raw`: its cells as they stand, as many as there are;
    `values`: canonical column -> value in the order of the names, only what is filled and readable (MASKED is a value)."""

    line: int
    raw: tuple[str, ...]
    values: dict[str, object]
    refusals: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


class Read(Protocol):
    """What rows are read by: an opened sheet (`sheets.Sheet`)."""

    @property
    def today(self) -> date: ...
    @property
    def header(self) -> tuple[str, ...]: ...
    @property
    def columns(self) -> tuple[str | None, ...]: ...
    @property
    def holds(self) -> str: ...
    @property
    def units(self) -> tuple[str, ...]: ...
    @property
    def codes(self) -> CodeSet | None: ...
    @property
    def given(self) -> Mapping[str, object]: ...


class Rows:
    """Records to rows, many at a time and column by column: a column is one look-up per cell in its memory, and nothing
    where it is blank all the way down. Only rows with something to say are looked at one by one."""

    def __init__(self, sheet: Read, fields: Mapping[str, Field]) -> None:
        self._columns = {
            column: (place, Column(fields[column], sheet.today, False, sheet.units[place], sheet.codes))
            for place, column in enumerate(sheet.columns)
            if column is not None and column not in REPEATED
        }
        self._drugs = drugs(sheet.columns)
        self._alike = sorted(self._columns)
        self._header = sheet.header
        self._width = len(sheet.header)
        self._required, self._keys = REQUIRED[sheet.holds]
        self._given = sheet.given
        self._numbered = {place for place, text in enumerate(sheet.header) if normal(text) == _NUMBER}

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
                if self._given:
                    values = dict(sorted({**self._given, **values}.items()))
                is_told = told and Reading in map(type, cells)
                if BOTH in values and not is_told:
                    values = _apart(values)
                if self._drugs:
                    is_told = True
                if required in values and not values.keys().isdisjoint(keys) and not is_told:
                    yield SheetRow(record.line, raw, values)
                elif any(map(str.strip, raw)) and not self._only_numbered(raw):
                    yield self._with_problems(record.line, raw, values)

    def _only_numbered(self, raw: Sequence[str]) -> bool:
        """A line of a printed sheet that nobody filled in: nothing but its number."""
        return bool(self._numbered) and all(place in self._numbered for place, cell in enumerate(raw) if cell.strip())

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
        values = {**self._given, **values}
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
            if not any(written) or all(not text or names_none(text) for text in written):
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


def drugs(columns: Sequence[str | None]) -> list[tuple[int, int | None]]:
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
