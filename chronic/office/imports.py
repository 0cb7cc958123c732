"""Take a sheet of people, visits, check-ups, test results or told facts: one transaction, the keyboard's checks, an
account of every row.

Rows are read, matched, checked and written a chunk at a time, so memory does not grow with the file. Everyone
touched is re-planned at the end of the same transaction. A dry run does all of it and takes it back.
"""

import gc
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from chronic.care import keeping
from chronic.care.desk import Desk
from chronic.care.keeping import Difference, Keep
from chronic.care.manage import Wanted
from chronic.care.record import AFTER_CLOSING, record
from chronic.care.register import Entered, Given, enter
from chronic.care.replan import replan
from chronic.care.screen import managed_for, measures
from chronic.errors import ValueRefused
from chronic.exchange import mapping
from chronic.exchange.codes import code_set
from chronic.exchange.headers import AGE, normal
from chronic.exchange.reading import MASKED
from chronic.exchange.sheets import ENTERED, Reject, Sheet, SheetRow, open_sheet, write_rejects
from chronic.model.checkup import Checkup
from chronic.model.codes import PROGRAMMES
from chronic.model.days import born_about
from chronic.model.idcard import masked_id, masked_phone
from chronic.model.memo import Memo
from chronic.model.person import Person
from chronic.model.plan import Problem
from chronic.model.visit import Visit
from chronic.model.wording import say_problem
from chronic.store import batches, journal, people
from chronic.store import meanings as told
from chronic.store.people import Dates
from chronic.store.registry import prepare_to_load
from chronic.store.stamp import content_uid

if TYPE_CHECKING:
    from chronic.exchange.fhir.rows import Fhir, Part

_AT_ONCE = 500
_PEOPLE_KEPT, _VALUES_KEPT = 200_000, 5_000
_SAMPLES = 20
_OF_EACH = 3
_BARE = 50
"""Different codes of a column that are remembered."""
_VISIT_KEYS = ("person_uid", "id_number", "archive_no", "person_ref")
_NOT_OF_THE_VISIT = (*_VISIT_KEYS, "name")
_NOT_OF_THE_FORM = frozenset((*_NOT_OF_THE_VISIT, "uid", "checkup_date", ENTERED))
_MASKABLE = ("id_number", "phone")
_PERSON_COLUMNS = frozenset(Person._fields) - {"id"}
_Key = tuple[str, str]
Said = dict[str, str]
"""What was said of the sheets of a source: header -> what it means, "" -> the set of codes."""


class Recognised(NamedTuple):
    """A header that is read. `unit`: where it is another than the registry's; `told`: somebody said what it means."""

    header: str
    column: str
    unit: str
    told: bool


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
    parts: dict[str, Counter[str]] = field(default_factory=dict)
    """Of a file of several kinds of rows: what became of the rows of each kind."""
    kept: Counter[str] = field(default_factory=Counter)
    """People's columns in which the register's value stayed, how often."""
    kept_like: list[tuple[int, Difference]] = field(default_factory=list)
    """The first few of these, with their lines."""
    written: bool = True
    recognised: tuple[Recognised, ...] = ()
    unsure: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Headers that are not read because they may mean several columns, and which."""
    codes: str = ""
    """The set of codes that was declared."""
    bare: dict[str, Counter[str]] = field(default_factory=dict)
    """Codes that no set was declared for: column -> code -> how often."""
    slips: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(column, unit) of values that only another unit explains."""
    samples: dict[str, list[SheetRow]] = field(default_factory=dict)
    """The first few rows of each state."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How to import: the options of the command."""

    source: str = "default"
    dry_run: bool = False
    strict: bool = False
    rejects: Path | None = None
    sheet: str | None = None
    enrol: bool = False
    """Of a FHIR file: recorded hypertension and diabetes enrol."""
    meanings: tuple[str, ...] = ()
    """HEADER=COLUMN:UNIT, as `--map` takes it."""
    codes: str = ""
    keep: str = keeping.THEIRS
    """Whose value of a person counts where they differ: ours, theirs or newer."""
    answers: keeping.Keep | None = None
    """What was answered instead."""


class _TakeBack(Exception):
    """Ends the transaction of a dry run or of a strict import with refused rows."""


def run(desk: Desk, path: Path, wishes: Wishes, progress: Callable[[int], None]) -> Summary:
    """Import one file. `progress` is told the number of rows or FHIR resources of each chunk. Raises ValueRefused."""
    said = _said_of(desk, wishes)
    with ExitStack() as stack:
        sheet = stack.enter_context(_opened(path, desk.today, wishes, said, progress))
        summary = _begun(sheet, said)
        prepare_to_load(desk.db)
        stack.enter_context(_without_collector())
        rejects = {part.holds: stack.enter_context(write_rejects(file, part)) for file, part in _rejects(sheet, wishes)}
        try:
            with journal.deed(desk.db, desk.stamp, "import.sheet"):
                _take(desk, sheet, wishes, _Account(summary, rejects), progress)
                if (wishes.meanings or wishes.codes) and summary.states["refused"] < summary.rows:
                    told.save(desk.db, wishes.source, said, desk.stamp)
                if wishes.dry_run or not summary.rows or (wishes.strict and summary.states["refused"]):
                    raise _TakeBack
        except _TakeBack:
            summary.written = False
    return summary


def _said_of(desk: Desk, wishes: Wishes) -> Said:
    """Header -> what it means, "" -> the set of codes: as said before of this source, and now. Raises ValueRefused."""
    before = {meaning.header: meaning.meant for meaning in told.read(desk.db, wishes.source)}
    now = {header: str(meaning) for header, meaning in mapping.parse(wishes.meanings).items()}
    return {**before, **now, **({"": wishes.codes} if wishes.codes else {})}


def _meanings(said: Said) -> mapping.Meanings:
    return {header: mapping.meaning(meant) for header, meant in said.items() if header}


def _begun(sheet: "Sheet | Fhir", said: Said) -> Summary:
    """Nothing is taken yet: what was recognised. What was said of headers and codes is of sheets only."""
    if not isinstance(sheet, Sheet):
        return Summary(sheet.holds, sheet.ignored)
    recognised = tuple(_recognised(sheet, _meanings(said)))
    return Summary(sheet.holds, sheet.ignored, recognised=recognised, unsure=sheet.unsure, codes=said.get("", ""))


def _recognised(sheet: Sheet, meanings: mapping.Meanings) -> Iterator[Recognised]:
    for header, column, unit in zip(sheet.header, sheet.columns, sheet.units, strict=True):
        if column is not None:
            yield Recognised(header.strip(), column, unit, normal(header) in meanings)


def differences(desk: Desk, path: Path, wishes: Wishes) -> list[Difference]:
    """Every field of people in which this sheet and the register disagree, in the order of the rows; nothing is written."""
    found: list[Difference] = []

    def note(difference: Difference) -> str:
        found.append(difference)
        return keeping.OURS

    run(desk, path, replace(wishes, dry_run=True, rejects=None, answers=note), lambda _rows: None)
    return found


def _keep(desk: Desk, wishes: Wishes) -> Keep:
    if wishes.answers is not None:
        return wishes.answers
    return keeping.newer(desk) if wishes.keep == "newer" else keeping.ours if wishes.keep == "ours" else keeping.theirs


@contextmanager
def _opened(
    path: Path, today: date, wishes: Wishes, said: Said, progress: Callable[[int], None]
) -> "Iterator[Sheet | Fhir]":
    from chronic.exchange.fhir.files import is_json

    if not is_json(path):
        yield open_sheet(path, today, wishes.sheet, _meanings(said), code_set(said.get("", "")), wishes.keep == "newer")
        return
    from chronic.exchange.fhir.read import Wanted as Asked
    from chronic.exchange.fhir.rows import open_fhir

    if wishes.meanings or wishes.codes:
        raise ValueRefused("fhir.no_headers", path=path)
    with open_fhir(path, today, Asked(wishes.source, wishes.enrol), progress) as found:
        yield found


def _parts(sheet: "Sheet | Fhir") -> "tuple[Sheet | Part, ...]":
    """A file of FHIR holds several kinds of rows, a sheet is its own only part."""
    return (sheet,) if isinstance(sheet, Sheet) else sheet.parts


def _rejects(sheet: "Sheet | Fhir", wishes: Wishes) -> "Iterator[tuple[Path, Sheet | Part]]":
    """Where the refused rows of each part go: of several kinds each has a file of its own."""
    if wishes.rejects is None:
        return
    for part in _parts(sheet):
        alone = isinstance(sheet, Sheet)
        yield wishes.rejects if alone else wishes.rejects.with_stem(f"{wishes.rejects.stem}-{part.holds}"), part


@contextmanager
def _without_collector() -> Iterator[None]:
    """Rows make no cycles; looking for them after every few hundred only costs time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _take(desk: Desk, sheet: "Sheet | Fhir", wishes: Wishes, account: "_Account", progress: Callable[[int], None]) -> None:
    batch = batches.begin(desk.db, sheet.holds, wishes.source, sheet.path.name, desk.stamp)
    desk = desk._replace(stamp=desk.stamp._replace(batch=batch))
    touched: set[int] = set()
    known = _Known(desk, wishes.source)
    for part in _parts(sheet):
        account.holds = part.holds
        rows = part.rows()
        while chunk := list(islice(rows, _AT_ONCE)):
            account.summary.rows += len(chunk)
            if part.holds == "people":
                touched.update(_people(desk, chunk, wishes, account))
            elif part.holds == "visits":
                touched.update(_visits(desk, chunk, known, account))
            elif part.holds == "checkups":
                touched.update(_checkups(desk, chunk, known, account))
            else:
                _dated(desk, part.holds, chunk, known, account)
            if isinstance(part, Sheet):  # of a FHIR file most of the time is reading it
                progress(len(chunk))
    _look_alike(desk, account)
    replan(desk, touched)
    batches.close(desk.db, batch, account.summary.states)


def _look_alike(desk: Desk, account: "_Account") -> None:
    """Ask about everyone new who looks like somebody registered, or like another one of the sheet."""
    if not account.lines:
        return
    from chronic.reports import duplicates

    added = range(account.first, account.first + len(account.lines))
    for seen, one, other in duplicates.among(desk.db, added):
        new, known = (other, one) if other.id in added else (one, other)
        account.ask(
            account.lines[new.id - account.first],
            Problem("person.alike", "", f"{known.id} {known.name}", duplicates.why(seen)),
        )


class _Account:
    """Counts what happens to rows and writes the refused ones down."""

    def __init__(self, summary: Summary, rejects: Mapping[str, Reject]) -> None:
        self.summary, self.holds, self._rejects = summary, summary.holds, rejects
        self.first, self.lines = 0, array("Q")
        """Who is new: the first one's number, and the line of each; nobody else writes in between."""

    def note(self, row: SheetRow, state: str, refusals: Iterable[Problem], warnings: Iterable[Problem]) -> None:
        summary = self.summary
        summary.states[state] += 1
        if self.holds != summary.holds:
            summary.parts.setdefault(self.holds, Counter())[state] += 1
        if summary.states[state] <= _OF_EACH:
            summary.samples.setdefault(state, []).append(row)
        if state != "refused":
            _count(warnings, row.line, summary.warnings, summary.warned)
            return
        reasons = list(refusals)
        _count(reasons, row.line, summary.refusals, summary.refused)
        if self.holds == summary.holds:  # a FHIR file has no headers to say anything of
            for problem in reasons:
                self._settleable(problem)
        reject = self._rejects.get(self.holds)
        if reject is not None:
            reject(row.line, row.raw, "; ".join(map(say_problem, reasons)))

    def _settleable(self, problem: Problem) -> None:
        """What --codes or --map would settle for the whole sheet."""
        if problem.code == "value.code_number" and problem.value:
            codes = self.summary.bare.setdefault(problem.column, Counter())
            if len(codes) < _BARE:
                codes[str(problem.value)] += 1
        elif problem.code == "value.unit_slip":
            self.summary.slips[problem.column, str(problem.detail)] += 1

    def add(self, person: int, line: int) -> None:
        self.first = self.first or person
        self.lines.extend([0] * (person - self.first - len(self.lines)))
        self.lines.append(line)

    def ask(self, line: int, problem: Problem) -> None:
        _count([problem], line, self.summary.warnings, self.summary.warned)

    def keep(self, line: int, kept: Iterable[Difference]) -> None:
        for difference in kept:
            self.summary.kept[difference.column] += 1
            if len(self.summary.kept_like) < _SAMPLES:
                self.summary.kept_like.append((line, difference))


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


def _people(desk: Desk, rows: list[SheetRow], wishes: Wishes, account: _Account) -> Iterator[int]:
    keep = _keep(desk, wishes)
    for row in rows:
        values, refusals = _unmasked(row, bool(row.values.get("uid")))
        if refusals:
            account.note(row, "refused", refusals, row.warnings)
            continue
        found: Entered = enter(desk, _given(_born(values, desk.today), wishes.source), keep)
        account.note(row, found.state, found.refusals, (*row.warnings, *found.warnings))
        account.summary.fields.update(found.changed if found.state == "changed" else ())
        account.summary.villages_made += found.villages_made
        account.keep(row.line, found.kept)
        if found.state == "added":
            account.add(found.id, row.line)
        if found.state in ("added", "changed"):
            yield found.id


def _born(values: dict[str, Any], today: date) -> dict[str, Any]:
    """The age of someone whose birth date the row does not give, as an approximate birth date."""
    if AGE not in values or "birth_date" in values or "id_number" in values:
        return values
    return {**values, "birth_date": born_about(values[AGE], today), "birth_approximate": "yes"}


def _given(values: dict[str, Any], source: str) -> Given:
    """A people row as the register takes it. Someone new gets a uid made from the row's key."""
    keys = (("id_number", "id_number"), ("archive_no", "archive_no"), (source, "person_ref"))
    key = next(((whose, str(values[name])) for whose, name in keys if values.get(name)), None)
    own = {name: value for name, value in values.items() if name in _PERSON_COLUMNS}
    own.setdefault("uid", content_uid("person", *key) if key else "")
    own.setdefault("name", "")
    tags = tuple(str(values["tags"]).split(";")) if values.get("tags") else ()
    dated = max(filter(None, (values.get("update_date"), values.get("entry_date"))), default=None)
    return Given(Person(**own), wanted(values), tags, values.get("person_ref"), source, dated)


def wanted(values: dict[str, Any]) -> tuple[Wanted, ...]:
    """The programmes a row names, or gives a date for."""
    named = str(values.get("programmes") or "").split(";")
    found = []
    for programme in PROGRAMMES:
        days = {part: values.get(f"{programme}_{part}") for part in Wanted._fields[1:]}
        if programme in named or any(value is not None for value in days.values()):
            found.append(Wanted(programme, **days))
    return tuple(found)


class _Known:
    """What the rows before have shown: a register says most things many times."""

    def __init__(self, desk: Desk, source: str) -> None:
        self.source = source
        self.ids = Memo[_Key, int | None](partial(_person, desk, source), _PEOPLE_KEPT)
        self.dates = Memo[int, Dates](lambda person: people.dates(desk.db, person), _PEOPLE_KEPT)
        self.said = Memo[object, str](_said, _VALUES_KEPT)


def _person(desk: Desk, source: str, key: _Key) -> int | None:
    name, value = key
    return people.id_by(desk.db, "uid" if name == "person_uid" else name, value, source)


def _of_someone(
    rows: Iterable[SheetRow], known: _Known, account: _Account
) -> Iterator[tuple[SheetRow, dict[str, Any], int, _Key, tuple[Problem, ...]]]:
    """(row, its values, the person, the key that named them, what to ask) of each row that can be taken up; the others
    are noted as refused."""
    for row in rows:
        values, refusals = _unmasked(row, "person_uid" in row.values)
        given = [(name, str(values[name])) for name in _VISIT_KEYS if name in values]
        person, whose, warnings = _whose(given, known) if not refusals else (0, refusals, ())
        if whose:
            account.note(row, "refused", [*row.refusals, *whose] if not refusals else whose, row.warnings)
        else:
            yield row, values, person, given[0], (*row.warnings, *warnings)


def _visits(desk: Desk, rows: list[SheetRow], known: _Known, account: _Account) -> Iterator[int]:
    ready: list[tuple[SheetRow, Visit, tuple[Problem, ...]]] = []
    for row, values, person, key, asked in _of_someone(rows, known, account):
        closed_on = known.dates[person].closed_on
        if "uid" in row.values and closed_on is not None and values["visit_date"] > closed_on:
            asked = (*asked, Problem(AFTER_CLOSING, "visit_date", values["visit_date"], closed_on))
        visit = _visit(person, key, values, known, asked)
        if visit.kind == "screening" and "uid" not in row.values:  # what was recorded once may come back
            unfit = _no_screening(desk, visit)
            if unfit is not None:
                account.note(row, "refused", [unfit], row.warnings)
                continue
        ready.append((row, visit, asked))
    results = record(desk, [visit for _, visit, _ in ready], typed=False, dates=known.dates)
    for (row, visit, asked), result in zip(ready, results, strict=True):
        taken = result.state in ("added", "filled")
        account.note(row, result.state, result.refusals, (*asked, *result.warnings) if taken else ())
        if taken:
            yield visit.person


def _checkups(desk: Desk, rows: list[SheetRow], known: _Known, account: _Account) -> Iterator[int]:
    from chronic.care import checkup

    ready: list[tuple[SheetRow, Checkup, tuple[Problem, ...]]] = []
    for row, values, person, key, asked in _of_someone(rows, known, account):
        closed_on = known.dates[person].closed_on
        if "uid" in row.values and closed_on is not None and values["checkup_date"] > closed_on:
            asked = (*asked, Problem(checkup.AFTER_CLOSING, "checkup_date", values["checkup_date"], closed_on))
        ready.append((row, _checkup(person, key, values, known.source, asked), asked))
    results = checkup.record(desk, [form for _, form, _ in ready], typed=False)
    for (row, form, asked), result in zip(ready, results, strict=True):
        written = result.state in ("added", "filled")
        account.note(row, result.state, result.refusals, (*asked, *result.warnings) if written else ())
        if written:
            yield form.person


def _dated(desk: Desk, holds: str, rows: list[SheetRow], known: _Known, account: _Account) -> None:
    """Test results or told facts: nothing is planned by them."""
    from chronic.office import dated

    take = dated.result if holds == "tests" else dated.fact
    for row, values, person, key, asked in _of_someone(rows, known, account):
        found = take(desk, person, values, (known.source if key[0] == "person_ref" else "", *key))
        account.note(row, found.state, found.refusals, (*asked, *found.warnings) if found.state == "added" else ())


def _checkup(person: int, key: _Key, values: dict[str, Any], source: str, asked: tuple[Problem, ...]) -> Checkup:
    """A check-ups row; its uid is a hash of whose it is, the day, and what it says."""
    day = values["checkup_date"]
    own = {name: value for name, value in values.items() if name not in _NOT_OF_THE_FORM}
    uid = values.get("uid")
    if uid is None:
        said = (part for name in sorted(own) for part in (name, _said(own[name])))
        uid = content_uid("checkup", source if key[0] == "person_ref" else "", *key, *said, day=day.isoformat())
    return Checkup(person, day, own, uid, warnings=tuple(f"{problem.code}:{problem.column}" for problem in asked))


def _no_screening(desk: Desk, visit: Visit) -> Problem | None:
    """Why a row cannot be a screening, as the keyboard would say it."""
    if not measures(visit):
        return Problem("screen.empty", "kind", visit.kind)
    programme = managed_for(desk, visit)
    return None if programme is None else Problem("screen.managed", "kind", visit.kind, programme)


def _whose(given: list[_Key], known: _Known) -> tuple[int, list[Problem], tuple[Problem, ...]]:
    """(person, refusals, warnings) by the row's keys."""
    ids = {person for key in given if (person := known.ids[key]) is not None}
    if len(ids) > 1:
        return 0, [Problem("person.keys_disagree", "", ", ".join(value for _, value in given))], ()
    if not ids:
        return 0, [Problem("person.unknown", *given[0])], ()
    strange = tuple([Problem("person.key_unknown", *key) for key in given if known.ids[key] is None])
    return ids.pop(), [], strange


def _visit(person: int, key: _Key, values: dict[str, Any], known: _Known, asked: tuple[Problem, ...]) -> Visit:
    """A visits row; its uid is a hash of whose it is, the day, and what it says."""
    own = values.copy()
    for name in _NOT_OF_THE_VISIT:
        own.pop(name, None)
    entered = own.pop(ENTERED, ())
    if "uid" not in own:
        source = known.source if key[0] == "person_ref" else ""
        said = map(known.said.__getitem__, own.values())
        own["uid"] = content_uid("visit", source, *key, *own, *said, day=known.said[own["visit_date"]])
    own.setdefault("way", "")
    return Visit(person, **own, entered=entered, warnings=tuple([f"{problem.code}:{problem.column}" for problem in asked]))


def _said(value: object) -> str:
    """A value as text; equal numbers are equal texts."""
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def _unmasked(row: SheetRow, has_uid: bool) -> tuple[dict[str, Any], list[Problem]]:
    """The row's values, masked ones left out where the uid says who is meant; refusals of the row so far."""
    masked = [name for name in _MASKABLE if row.values.get(name) is MASKED]
    if not masked:
        return row.values, list(row.refusals)
    values = {name: value for name, value in row.values.items() if name not in masked}
    return values, [*row.refusals, *([] if has_uid else [Problem("person.masked", name, "*") for name in masked])]
