"""Take a sheet of people or visits: one transaction, the same checks as the keyboard, and an account of every row.

Rows are read, matched, checked and written a chunk at a time, so memory does not grow with the file. Everyone
touched is re-planned at the end of the same transaction. A dry run does all of it and takes it back.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from chronic.care.desk import Desk
from chronic.care.manage import Wanted
from chronic.care.record import record
from chronic.care.register import Entered, Given, enter
from chronic.care.replan import replan
from chronic.care.screen import managed_for, measures
from chronic.exchange.reading import MASKED
from chronic.exchange.sheets import Reject, Sheet, SheetRow, open_sheet, write_rejects
from chronic.model.idcard import masked_id, masked_phone
from chronic.model.person import PROGRAMMES, Person
from chronic.model.plan import Problem
from chronic.model.visit import Visit
from chronic.model.wording import say_problem
from chronic.store import batches, journal, people
from chronic.store.stamp import content_uid

_AT_ONCE = 2_000
_SAMPLES = 20
_VISIT_KEYS = ("person_uid", "id_number", "archive_no", "person_ref")
_PERSON_COLUMNS = frozenset(Person._fields) - {"id"}
_VISIT_COLUMNS = frozenset(Visit._fields) - {"person", "readings", "entered", "warnings"}


@dataclass(slots=True)
class Summary:
    """What became of a sheet. `refused` and `warned` hold the first few, and one of each code; the counts are complete."""

    holds: str
    ignored: tuple[str, ...]
    rows: int = 0
    states: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    """People's columns that changed, how often."""
    warnings: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[int, Problem]] = field(default_factory=list)
    warned: list[tuple[int, Problem]] = field(default_factory=list)
    villages_made: list[str] = field(default_factory=list)
    written: bool = True


@dataclass(frozen=True, slots=True)
class Wishes:
    """How to import: the options of the command."""

    source: str = "default"
    dry_run: bool = False
    strict: bool = False
    rejects: Path | None = None


class _TakeBack(Exception):
    """Ends the transaction of a dry run or of a strict import with refused rows."""


def run(desk: Desk, path: Path, wishes: Wishes, progress: Callable[[int], None]) -> Summary:
    """Import one file. `progress` is told the number of rows of each chunk. Raises ValueRefused (`file.…`)."""
    sheet = open_sheet(path, desk.today)
    summary = Summary(sheet.holds, sheet.ignored)
    with ExitStack() as stack:
        reject = stack.enter_context(write_rejects(wishes.rejects, sheet)) if wishes.rejects else None
        try:
            with journal.deed(desk.db, desk.stamp, "import.sheet"):
                _take(desk, sheet, wishes, _Account(summary, reject), progress)
                if wishes.dry_run or (wishes.strict and summary.states["refused"]):
                    raise _TakeBack
        except _TakeBack:
            summary.written = False
    return summary


def _take(desk: Desk, sheet: Sheet, wishes: Wishes, account: "_Account", progress: Callable[[int], None]) -> None:
    batch = batches.begin(desk.db, sheet.holds, wishes.source, sheet.source.path.name, desk.stamp)
    desk = desk._replace(stamp=desk.stamp._replace(batch=batch))
    touched: set[int] = set()
    rows = sheet.rows()
    while chunk := list(islice(rows, _AT_ONCE)):
        account.summary.rows += len(chunk)
        take = _people if sheet.holds == "people" else _visits
        touched.update(take(desk, chunk, wishes.source, account))
        progress(len(chunk))
    replan(desk, touched)
    batches.close(desk.db, batch, account.summary.states)


class _Account:
    """Counts what happens to rows and writes the refused ones down."""

    def __init__(self, summary: Summary, reject: Reject | None) -> None:
        self.summary, self._reject = summary, reject

    def note(self, row: SheetRow, state: str, refusals: Iterable[Problem], warnings: Iterable[Problem]) -> None:
        summary = self.summary
        summary.states[state] += 1
        if state != "refused":
            _count(warnings, row.line, summary.warnings, summary.warned)
            return
        reasons = list(refusals)
        _count(reasons, row.line, summary.refusals, summary.refused)
        if self._reject is not None:
            self._reject(row.line, row.raw, "; ".join(map(say_problem, reasons)))


def _count(problems: Iterable[Problem], line: int, counts: Counter[str], samples: list[tuple[int, Problem]]) -> None:
    """Count by code. The first few are kept, and the first of each code, so that every count can be explained."""
    for problem in problems:
        counts[problem.code] += 1
        if len(samples) < _SAMPLES or counts[problem.code] == 1:
            samples.append((line, _masked(problem)))


def _masked(problem: Problem) -> Problem:
    """As it may stand on a screen: the line number finds the row, the rejects file has it whole."""
    hide = {"id_number": masked_id, "phone": masked_phone}.get(problem.column)
    return problem._replace(value=hide(str(problem.value))) if hide and problem.value else problem


def _people(desk: Desk, rows: list[SheetRow], source: str, account: _Account) -> Iterator[int]:
    for row in rows:
        values, refusals = _unmasked(row, bool(row.values.get("uid")))
        if refusals:
            account.note(row, "refused", refusals, row.warnings)
            continue
        found: Entered = enter(desk, _given(values, source))
        account.note(row, found.state, found.refusals, (*row.warnings, *found.warnings))
        account.summary.fields.update(found.changed if found.state == "changed" else ())
        account.summary.villages_made += found.villages_made
        if found.state in ("added", "changed"):
            yield found.id


def _given(values: dict[str, Any], source: str) -> Given:
    """A people row as the register takes it. Someone new gets a uid made from the row's key."""
    keys = [("id_number", values.get("id_number")), ("archive_no", values.get("archive_no"))]
    keys.append((source, values.get("person_ref")))
    key = next((pair for pair in keys if pair[1]), None)
    own = {name: value for name, value in values.items() if name in _PERSON_COLUMNS}
    own.setdefault("uid", content_uid("person", *key) if key else "")
    own.setdefault("name", "")
    tags = tuple(str(values["tags"]).split(";")) if values.get("tags") else ()
    return Given(Person(**own), wanted(values), tags, values.get("person_ref"), source)


def wanted(values: dict[str, Any]) -> tuple[Wanted, ...]:
    """The programmes a row names, or gives a date for."""
    named = str(values.get("programmes") or "").split(";")
    found = []
    for programme in PROGRAMMES:
        days = {part: values.get(f"{programme}_{part}") for part in Wanted._fields[1:]}
        if programme in named or any(value is not None for value in days.values()):
            found.append(Wanted(programme, **days))
    return tuple(found)


def _visits(desk: Desk, rows: list[SheetRow], source: str, account: _Account) -> Iterator[int]:
    known = _known(desk, rows, source)
    ready: list[tuple[SheetRow, Visit, tuple[Problem, ...]]] = []
    for row in rows:
        values, refusals = _unmasked(row, bool(row.values.get("person_uid")))
        person, whose, warnings = _whose(values, known, source) if not refusals else (0, refusals, ())
        if whose:
            account.note(row, "refused", [*row.refusals, *whose] if not refusals else whose, row.warnings)
            continue
        asked = (*row.warnings, *warnings)
        visit = _visit(person, values, source, asked)
        if visit.kind == "screening" and not values.get("uid"):  # what was recorded once may come back
            unfit = _no_screening(desk, visit)
            if unfit is not None:
                account.note(row, "refused", [unfit], row.warnings)
                continue
        ready.append((row, visit, asked))
    results = record(desk, [visit for _, visit, _ in ready], typed=False)
    for (row, visit, asked), result in zip(ready, results, strict=True):
        account.note(
            row, result.state, result.refusals, (*asked, *result.warnings) if result.state in ("added", "filled") else ()
        )
        if result.state in ("added", "filled"):
            yield visit.person


def _no_screening(desk: Desk, visit: Visit) -> Problem | None:
    """Why a row cannot be a screening, as the keyboard would say it."""
    if not measures(visit):
        return Problem("screen.empty", "kind", visit.kind)
    programme = managed_for(desk, visit)
    return None if programme is None else Problem("screen.managed", "kind", visit.kind, programme)


def _visit(person: int, values: dict[str, Any], source: str, asked: Iterable[Problem]) -> Visit:
    """A visits row; its uid is a hash of whose it is, the day, and what it says."""
    own = {name: value for name, value in values.items() if name in _VISIT_COLUMNS}
    own.setdefault("way", "")
    if "uid" not in own:
        key = next(((name, values[name]) for name in _VISIT_KEYS if values.get(name)), ("", ""))
        said = sorted((name, str(value)) for name, value in own.items())
        own["uid"] = content_uid("visit", source if key[0] == "person_ref" else "", *key, said)
    return Visit(person, **own, warnings=tuple(f"{problem.code}:{problem.column}" for problem in asked))


def _known(desk: Desk, rows: list[SheetRow], source: str) -> dict[str, dict[str, int]]:
    """Key column -> value -> person, for every key in these rows."""
    found = {}
    for name in _VISIT_KEYS:
        given = {str(row.values[name]) for row in rows if row.values.get(name) not in (None, MASKED)}
        column = "uid" if name == "person_uid" else name
        found[name] = people.ids_by(desk.db, column, given, source) if given else {}
    return found


def _whose(
    values: dict[str, Any], known: dict[str, dict[str, int]], source: str
) -> tuple[int, list[Problem], tuple[Problem, ...]]:
    """(person, refusals, warnings) by the row's keys."""
    given = [(name, str(values[name])) for name in _VISIT_KEYS if values.get(name)]
    ids = {known[name][value] for name, value in given if value in known[name]}
    if len(ids) > 1:
        return 0, [Problem("person.keys_disagree", "", ", ".join(value for _, value in given))], ()
    if not ids:
        return 0, [Problem("person.unknown", given[0][0], given[0][1])], ()
    strange = tuple(Problem("person.key_unknown", name, value) for name, value in given if value not in known[name])
    return ids.pop(), [], strange


def _unmasked(row: SheetRow, has_uid: bool) -> tuple[dict[str, Any], list[Problem]]:
    """The row's values, masked ones left out where the uid says who is meant; refusals of the row so far."""
    masked = [name for name, value in row.values.items() if value is MASKED]
    refusals = list(row.refusals)
    if masked and not has_uid:
        refusals += [Problem("person.masked", name, "*") for name in masked]
    return {name: value for name, value in row.values.items() if value is not MASKED}, refusals
