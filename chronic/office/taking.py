"""The rows of a sheet as people, visits, check-ups, test results and told facts: whose they are, the keyboard's checks, and
what the account says of each. A chunk at a time; the transaction is the caller's."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from typing import Any

from chronic.care.desk import Desk
from chronic.care.keeping import Keep
from chronic.care.manage import Wanted
from chronic.care.record import AFTER_CLOSING, record
from chronic.care.register import Entered, Given, enter
from chronic.care.screen import managed_for, measures
from chronic.exchange.headers import AGE
from chronic.exchange.reading import MASKED
from chronic.exchange.rows import ENTERED, SheetRow
from chronic.model.checkup import Checkup
from chronic.model.codes import PROGRAMMES
from chronic.model.days import born_about
from chronic.model.memo import Memo
from chronic.model.person import Person
from chronic.model.plan import Problem
from chronic.model.visit import Visit
from chronic.office.account import Account
from chronic.store import people as store
from chronic.store import registers, sources
from chronic.store.numbers import UNIQUE
from chronic.store.people import Dates
from chronic.store.stamp import content_uid

_PEOPLE_KEPT, _VALUES_KEPT = 200_000, 5_000
_PERSON_KEYS = ("id_number", "archive_no", "person_ref")
_VISIT_KEYS = ("person_uid", "id_number", "archive_no", "person_ref")
_NOT_OF_THE_VISIT = (*_VISIT_KEYS, "name")
_NOT_OF_THE_FORM = frozenset((*_NOT_OF_THE_VISIT, "uid", "checkup_date", ENTERED))
_MASKABLE = ("id_number", "phone")
_PERSON_COLUMNS = frozenset(Person._fields) - {"id"}
_Key = tuple[str, str]


def people(desk: Desk, rows: list[SheetRow], known: "Known", keep: Keep, account: Account) -> Iterator[int]:
    """Enter people; yields whoever is to be planned anew. So do the others below."""
    for row in rows:
        values, refusals = _unmasked(row, bool(row.values.get("uid")))
        if refusals:
            account.note(row, "refused", refusals, row.warnings)
            continue
        found: Entered = enter(desk, _given(_born(values, desk.today), known), keep)
        account.note(row, found.state, found.refusals, (*row.warnings, *found.warnings))
        account.summary.fields.update(found.changed if found.state == "changed" else ())
        account.summary.villages_made += found.villages_made
        account.keep(row.line, found.kept)
        account.replace(row.line, found.replaced)
        if found.state == "added":
            account.add(found.id, row.line)
        if found.state in ("added", "changed"):
            yield found.id
        freed = {one.column: [str(one.ours)] for one in found.replaced if one.column in UNIQUE}
        yield from registers.hand_on(desk.db, freed, desk.today, desk.stamp)


def _born(values: dict[str, Any], today: date) -> dict[str, Any]:
    """The age of someone whose birth date the row does not give, as an approximate birth date."""
    if AGE not in values or "birth_date" in values or "id_number" in values:
        return values
    return {**values, "birth_date": born_about(values[AGE], today), "birth_approximate": "yes"}


def _given(values: dict[str, Any], known: "Known") -> Given:
    """A people row as the register takes it. Someone new gets a uid made from the row's key."""
    own = {name: value for name, value in values.items() if name in _PERSON_COLUMNS}
    if "uid" not in own:
        key = next(((name, str(values[name])) for name in _PERSON_KEYS if values.get(name)), None)
        own["uid"] = known.uid_of(*key) if key else ""
    own.setdefault("name", "")
    tags = tuple(str(values["tags"]).split(";")) if values.get("tags") else ()
    dated = max(filter(None, (values.get("update_date"), values.get("entry_date"))), default=None)
    return Given(Person(**own), wanted(values), tags, values.get("person_ref"), known.source, dated)


def wanted(values: dict[str, Any]) -> tuple[Wanted, ...]:
    """The programmes a row names, or gives a date for."""
    named = str(values.get("programmes") or "").split(";")
    found = []
    for programme in PROGRAMMES:
        days = {part: values.get(f"{programme}_{part}") for part in Wanted._fields[1:]}
        if programme in named or any(value is not None for value in days.values()):
            found.append(Wanted(programme, **days))
    return tuple(found)


class Known:
    """What the rows before have shown: a register says most things many times."""

    def __init__(self, desk: Desk, source: str) -> None:
        self._desk, self.source = desk, source
        self._abroad = sources.abroad(source, desk.stamp.origin)
        self.ids = Memo[_Key, int | None](partial(_person, desk, source), _PEOPLE_KEPT)
        self.names = Memo[int, str](lambda person: store.known_as(desk.db, person), _PEOPLE_KEPT)
        self.dates = Memo[int, Dates](lambda person: store.dates(desk.db, person), _PEOPLE_KEPT)
        self.said = Memo[object, str](_said, _VALUES_KEPT)

    def uid_of(self, name: str, number: str) -> str:
        """The uid of somebody new with this number. Whom an earlier version registered is known by theirs."""
        if name != "person_ref":
            return content_uid("person", name, number)
        former = content_uid("person", self.source, number)
        if self._abroad != self.source and store.is_own(self._desk.db, former, self._desk.stamp.origin):
            return former
        return content_uid("person", self._abroad, number)

    def uid(self, person: int, key: _Key, what: str, said: Iterable[str], day: str) -> str:
        """The uid of a row that has none: a hash of whose it is, the day, and what it says. Earlier versions took number 1
        of one registry's own sheets for number 1 of another's; what they wrote is known by the uid they gave it."""
        told = (*key, *said)
        if key[0] != "person_ref":
            return content_uid(what, "", *told, day=day)
        if self._abroad != self.source:
            former = content_uid(what, self.source, *told, day=day)
            if sources.written(self._desk.db, what, former, person):
                return former
        return content_uid(what, self._abroad, *told, day=day)


def _person(desk: Desk, source: str, key: _Key) -> int | None:
    name, value = key
    return store.id_by(desk.db, "uid" if name == "person_uid" else name, value, source)


def _of_someone(
    rows: Iterable[SheetRow], known: Known, account: Account
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
            yield row, values, person, given[0], (*row.warnings, *warnings, *_other_name(values, known.names[person]))


def visits(desk: Desk, rows: list[SheetRow], known: Known, account: Account) -> Iterator[int]:
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


def checkups(desk: Desk, rows: list[SheetRow], known: Known, account: Account) -> Iterator[int]:
    from chronic.care import checkup

    ready: list[tuple[SheetRow, Checkup, tuple[Problem, ...]]] = []
    for row, values, person, key, asked in _of_someone(rows, known, account):
        closed_on = known.dates[person].closed_on
        if "uid" in row.values and closed_on is not None and values["checkup_date"] > closed_on:
            asked = (*asked, Problem(checkup.AFTER_CLOSING, "checkup_date", values["checkup_date"], closed_on))
        ready.append((row, _checkup(person, key, values, known, asked), asked))
    results = checkup.record(desk, [form for _, form, _ in ready], typed=False)
    for (row, form, asked), result in zip(ready, results, strict=True):
        written = result.state in ("added", "filled")
        account.note(row, result.state, result.refusals, (*asked, *result.warnings) if written else ())
        if written:
            yield form.person


def dated(desk: Desk, holds: str, rows: list[SheetRow], known: Known, account: Account) -> None:
    """Test results or told facts: nothing is planned by them."""
    from chronic.office import dated as facts

    take = facts.result if holds == "tests" else facts.fact
    for row, values, person, key, asked in _of_someone(rows, known, account):
        found = take(desk, person, values, partial(known.uid, person, key))
        account.note(row, found.state, found.refusals, (*asked, *found.warnings) if found.state == "added" else ())


def _checkup(person: int, key: _Key, values: dict[str, Any], known: Known, asked: tuple[Problem, ...]) -> Checkup:
    day = values["checkup_date"]
    own = {name: value for name, value in values.items() if name not in _NOT_OF_THE_FORM}
    uid = values.get("uid")
    if uid is None:
        said = (part for name in sorted(own) for part in (name, _said(own[name])))
        uid = known.uid(person, key, "checkup", said, day.isoformat())
    return Checkup(person, day, own, uid, warnings=tuple(f"{problem.code}:{problem.column}" for problem in asked))


def _no_screening(desk: Desk, visit: Visit) -> Problem | None:
    """Why a row cannot be a screening, as the keyboard would say it."""
    if not measures(visit):
        return Problem("screen.empty", "kind", visit.kind)
    programme = managed_for(desk, visit)
    return None if programme is None else Problem("screen.managed", "kind", visit.kind, programme)


def _whose(given: list[_Key], known: Known) -> tuple[int, list[Problem], tuple[Problem, ...]]:
    """(person, refusals, warnings) by the row's keys."""
    ids = {person for key in given if (person := known.ids[key]) is not None}
    if len(ids) > 1:
        return 0, [Problem("person.keys_disagree", "", ", ".join(value for _, value in given))], ()
    if not ids:
        return 0, [Problem("person.unknown", *given[0])], ()
    strange = tuple([Problem("person.key_unknown", *key) for key in given if known.ids[key] is None])
    return ids.pop(), [], strange


def _other_name(values: dict[str, Any], name: str) -> Iterator[Problem]:
    """A number that was copied from the line above names somebody else."""
    if "name" in values and "".join(str(values["name"]).split()) != "".join(name.split()):
        yield Problem("person.other_name", "name", values["name"], name)


def _visit(person: int, key: _Key, values: dict[str, Any], known: Known, asked: tuple[Problem, ...]) -> Visit:
    own = values.copy()
    for name in _NOT_OF_THE_VISIT:
        own.pop(name, None)
    entered = own.pop(ENTERED, ())
    if "uid" not in own:
        said = map(known.said.__getitem__, own.values())
        own["uid"] = known.uid(person, key, "visit", (*own, *said), known.said[own["visit_date"]])
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


def look_alike(desk: Desk, account: Account) -> None:
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
