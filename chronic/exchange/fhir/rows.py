"""A FHIR R4 file as the sheets it stands for: people, visits, check-ups, test results and told facts, row by row.

A visit of ours is its encounter. Of others, what was measured of one person on one day is one visit; a second value of
the same measurement that day stands in a row of its own, as it would in a sheet. Rows come by person, never by their
order in the file. `line` is the line of an NDJSON file or the place of an entry in a Bundle.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from chronic.errors import ValueRefused
from chronic.exchange.cells import Column, InUnit, Reading
from chronic.exchange.checkup_headers import FIELDS as CHECKUP
from chronic.exchange.dated_headers import FACTS, TESTS
from chronic.exchange.dated_headers import FIELDS as DATED
from chronic.exchange.fhir import files, read, taken
from chronic.exchange.fhir.elements import text
from chronic.exchange.headers import FIELDS
from chronic.exchange.rows import ENTERED, SheetRow
from chronic.model.checkup_fields import by_column
from chronic.model.fields import PERSON_FIELDS, VISIT_FIELDS, Field
from chronic.model.guards import guard
from chronic.model.plan import Problem
from chronic.store.staging import Said, Staging

_WHOSE = ("uid", "person_uid", "person_ref")
HEADERS = {
    "people": tuple(field.column for field in PERSON_FIELDS),
    "visits": (*_WHOSE, "kind", *(field.column for field in VISIT_FIELDS)),
    "checkups": (*_WHOSE, *by_column()),
    "tests": (*_WHOSE, *TESTS),
    "facts": (*_WHOSE, *FACTS),
}
"""What the file of refused rows holds: sheets that can be corrected and imported as they are."""
_DAYS = {"visits": "visit_date", "checkups": "checkup_date", "tests": "done_on", "facts": "told_on"}
_KNOWN = {"people": FIELDS, "visits": FIELDS, "checkups": CHECKUP, **DATED}
_NO_VISIT = {"visit_date", "way"}
"""Columns that alone are no visit: others' encounters without a measurement."""
_LISTS = frozenset(("programmes",))
_FREE = frozenset(("text", "words", "medicines", "code"))
_KINDS_LISTED = 500
_SHOWN = 12
_AT_ONCE = 500
Progress = Callable[[int], None]
_ASKED = frozenset(("fhir.died", "fhir.born"))
"""Problems of values that are worth asking; the others refuse the row."""


class Part(NamedTuple):
    """People, visits or tests of a file, read like a sheet."""

    path: Path
    holds: str
    header: tuple[str, ...]
    rows: Callable[[], Iterator[SheetRow]]


class Fhir(NamedTuple):
    """An opened file. `ignored`: what in it is not read, with how often; the commonest first."""

    path: Path
    holds: str
    ignored: tuple[str, ...]
    parts: tuple[Part, ...]


def _unseen(_lines: int) -> None:
    """Nobody looks on."""


def open_fhir(path: Path, today: date, wanted: read.Wanted, said: Staging, progress: Progress = _unseen) -> Fhir:
    """Look through a file; its values are put down in `said`. `progress` is told of every so many entries or lines. Raises
    ValueRefused (`fhir.…`, `file.…`); nothing of it is in the registry yet."""
    unread = _staged(path, said, wanted, progress)
    parts = tuple(_part(path, holds, said, today) for holds in HEADERS if said.holds(holds))
    if not parts:
        raise ValueRefused("fhir.nothing", path=path, kinds=", ".join(_listed(unread)) or "-")
    return Fhir(path, "fhir", tuple(_listed(unread)), parts)


def _staged(path: Path, into: Staging, wanted: read.Wanted, progress: Progress) -> Counter[str]:
    unread: Counter[str] = Counter()
    n = 0
    for n, (line, resource, url, file) in enumerate(files.resources(path), 1):
        if n % _AT_ONCE == 0:
            progress(_AT_ONCE)
        other = taken.another_version(resource)
        if other is not None:
            raise ValueRefused("fhir.version", path=file, line=line, version=other[0], what=other[1])
        id_ = text(resource.get("id"))
        if id_ and resource["resourceType"] in taken.READ:
            before = into.seen(f"{resource['resourceType']}/{id_}", line)
            if before is not None:
                what = f"{resource['resourceType']}/{id_}"
                raise ValueRefused("fhir.twice", path=file, what=what, line=line, before=before)
        found = list(taken.take(resource, line, url, wanted))
        into.put(value for value in found if isinstance(value, Said))
        for value in found:
            if isinstance(value, read.Unread) and (value.what in unread or len(unread) < _KINDS_LISTED):
                unread[value.what] += 1
    progress(n % _AT_ONCE)
    return unread


def _listed(unread: Counter[str]) -> Iterator[str]:
    for what, n in sorted(unread.items(), key=lambda told: (-told[1], told[0]))[:_SHOWN]:
        yield f"{what} {n}"
    if len(unread) > _SHOWN:
        yield "..."


def _part(path: Path, holds: str, said: Staging, today: date) -> Part:
    return Part(path, holds, HEADERS[holds], lambda: _Rows(holds, said, _KNOWN[holds], today).read())


class _Rows:
    """Values of one person at a time to rows."""

    def __init__(self, holds: str, said: Staging, fields: dict[str, Field], today: date) -> None:
        self._holds, self._said, self._fields, self._today = holds, said, fields, today
        self._columns: dict[str, Column] = {}

    def read(self) -> Iterator[SheetRow]:
        if self._holds != "people":
            for whose, values in self._said.of_everyone(self._holds):
                yield from self._dated(whose, values)
            return
        for townless in (True, False):  # as in a sheet: a later row may say in which township a village lies
            for _, values in self._said.of_everyone("people"):
                if _is_townless(values) is townless:
                    yield from self._people(values)

    def _people(self, values: list[Said]) -> Iterator[SheetRow]:
        """A row, or one for each stay in a programme, the oldest first."""
        always = [value for value in values if not value.about]
        stays = [list(stay) for _, stay in groupby((v for v in values if v.about), key=lambda value: value.about)]
        for stay in stays or [[]]:
            yield self._row([*_latest(always), *stay])

    def _dated(self, whose: str, values: list[Said]) -> Iterator[SheetRow]:
        uid = self._said.uid(whose)
        key = ("person_uid", uid) if uid else ("person_ref", whose)
        for _, row in groupby(values, key=lambda value: value.about):
            for cells in _apart(list(row), _DAYS[self._holds]):
                if self._holds == "visits" and {value.name for value in cells} <= _NO_VISIT:
                    continue
                known = [cells[0]._replace(name=key[0], text=key[1], problem="")] if key[1] else []
                yield self._row([*known, *cells])

    def _row(self, cells: list[Said]) -> SheetRow:
        values: dict[str, object] = {}
        refusals, warnings, written = list[Problem](), list[Problem](), dict[str, str]()
        for name, told in groupby(sorted(cells, key=lambda cell: cell.name), key=lambda cell: cell.name):
            said = list(told)
            text = ";".join(dict.fromkeys(value.text for value in said)) if name in _LISTS else said[0].text
            if name in self._fields and self._fields[name].kind in _FREE:
                text = guard(text)  # as a sheet has it, which loses one apostrophe when it is read
            asked = said[0].problem in _ASKED
            written[name] = f"{text} ({said[0].detail or '?'})" if said[0].problem and text and not asked else text
            if said[0].problem:
                problem = Problem(said[0].problem, name, text, said[0].detail)
                (warnings if asked else refusals).append(problem)
            if (asked or not said[0].problem) and text and name in self._fields:
                self._cell(name, text, values, refusals, warnings)
        refusals += self._lacking(values.keys() | {problem.column for problem in refusals})
        raw = tuple(written.get(name, "") for name in HEADERS[self._holds])
        line = min((cell.line for cell in cells), default=1)
        return SheetRow(line, raw, values, tuple(refusals), tuple(warnings))

    def _cell(
        self, name: str, text: str, values: dict[str, object], refusals: list[Problem], warnings: list[Problem]
    ) -> None:
        """As a cell of a sheet is read."""
        if name not in self._columns:
            self._columns[name] = Column(self._fields[name], self._today)
        found = self._columns[name][text]
        if isinstance(found, Reading):
            refusals += [found.refusal] if found.refusal is not None else []
            warnings += [found.warning] if found.warning is not None else []
            found = found.value
        if isinstance(found, InUnit):
            values[ENTERED] = (*values.get(ENTERED, ()), (name, found.text))  # type: ignore[misc]
            found = found.value
        if found is not None:
            values[name] = found

    def _lacking(self, given: Iterable[str]) -> Iterator[Problem]:
        known = set(given)
        required = {"people": "name", **_DAYS}[self._holds]
        if required not in known:
            yield Problem("value.missing", required)
        keys = ("uid", "person_ref", "id_number", "archive_no") if self._holds == "people" else ("person_uid", "person_ref")
        if known.isdisjoint(keys):
            yield Problem("row.no_key", "", None, "Patient.id")


def _is_townless(values: list[Said]) -> bool:
    names = {value.name for value in values}
    return "village" in names and "township" not in names


def _latest(always: list[Said]) -> list[Said]:
    """Of what is told of a person several times, the last, of a diagnosis the first; programmes are all kept."""
    found: dict[str, Said] = {}
    for value in always:
        first = found.get(value.name)
        if first is None or not value.name.endswith("_diagnosed_on") or value.text < first.text:
            found[value.name] = value
    return [*(v for v in found.values() if v.name not in _LISTS), *(v for v in always if v.name in _LISTS)]


def _apart(values: list[Said], day: str) -> Iterator[list[Said]]:
    """The rows of one day: each value goes to the first row that has none of its kind; the same value again is none.
    How the visit came about is so of the first row only."""
    rows: list[dict[str, Said]] = []
    for value in values:
        if value.name in (day, "way") and rows and value.name in rows[0]:
            continue
        if value.problem == "" and any(row.get(value.name, value._replace(text="\0")).text == value.text for row in rows):
            continue
        free = next((row for row in rows if value.name not in row), None)
        if free is None:
            rows.append(free := {})
        free[value.name] = value
    for row in rows:
        if rows[0].get(day) is not None:
            row.setdefault(day, rows[0][day])
        yield list(row.values())
