"""The six diseases as listings: what is due for whom, what counts and from where, and what a result calls for."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from chronic.i18n import N_
from chronic.model.days import age_on, iso
from chronic.model.person import PROGRAMMES, Person
from chronic.model.report import Column, Report
from chronic.model.result import Result
from chronic.model.wording import code_label, either, field_label
from chronic.protocol import Editions
from chronic.protocol.complications import Complications, Item
from chronic.rules.complications import Standing, Who, counts_until, matrix
from chronic.store import people, results

_MANAGED = """
SELECT person, programme FROM open_enrolment WHERE person IN (SELECT value FROM json_each(?))"""
_SMOKES = "smoke_per_day"
_FILTRATION = ("creatinine", "egfr")
_WHOSE = (
    Column("person_id", N_("Id"), right=True),
    Column("uid", "uid", hidden=True),
    Column("name", N_("Name")),
    Column("sex", N_("Sex"), hidden=True),
    Column("age", N_("Age"), right=True),
    Column("village", N_("Village"), hidden=True),
    Column("hamlet", N_("Hamlet")),
)
_TESTS = (
    Column("test", "test", hidden=True),
    Column("test_name", N_("Test")),
    Column("diseases", "diseases", hidden=True),
    Column("disease_names", N_("Against")),
    Column("standing", N_("State")),
    Column("last_on", N_("Last done")),
    Column("last_result", N_("Result")),
    Column("last_value", "last_value", hidden=True),
    Column("institution", N_("Done at")),
    Column("due_on", N_("Until")),
    Column("action", "action", hidden=True),
    Column("does", N_("To do")),
    Column("where_available", "where_available", hidden=True),
    Column("unknown", N_("Not known")),
    Column("source", "source", hidden=True),
    Column("mark", "mark", hidden=True),
)
_LISTED = (
    Column("number", N_("Entry"), right=True),
    Column("uid", "uid", hidden=True),
    Column("test", "test", hidden=True),
    Column("test_name", N_("Test")),
    Column("done_on", N_("Date")),
    Column("value", N_("Value"), right=True),
    Column("unit", N_("Unit")),
    Column("result", "result", hidden=True),
    Column("said", N_("Result")),
    Column("institution", N_("Done at")),
    Column("detail", N_("Details")),
    Column("counts_until", N_("Counts until")),
)


_KINDS = (
    Column("test", N_("Code")),
    Column("test_name", N_("Test")),
    Column("values", N_("Values")),
    Column("whom", N_("For")),
    Column("every", N_("Every")),
    Column("valid", N_("Counts for")),
    Column("flags", "flags", hidden=True),
    Column("where_available", "where_available", hidden=True),
    Column("source", N_("Source"), hidden=True),
    Column("mark", N_("Mark")),
)


class Asked(NamedTuple):
    """What to list. `within`: also what comes due in so many days; `everything`: also what counts, and what is only
    done where it can be."""

    within: int = 0
    test: str | None = None
    everything: bool = False
    limit: int | None = None


def of_person(db: sqlite3.Connection, day: date, editions: Editions, person: int, within: int = 0) -> list[Standing]:
    """How every test of the matrix stands for one person."""
    book = Complications.of(editions.on(day))
    ((_, standings),) = _standings(db, day, book, [people.get(db, person)], within)
    return standings


def due(db: sqlite3.Connection, day: date, editions: Editions, whom: Iterable[Person], asked: Asked) -> Report:
    """One row for each person and test, people in the order given, what calls for something first."""
    book = Complications.of(editions.on(day))
    return Report("tests", day.isoformat(), (*_WHOSE, *_TESTS), _rows(db, day, book, whom, asked))


def latest(db: sqlite3.Connection, person: int, editions: Editions, day: date) -> dict[str, Result]:
    """The latest result of each test and value, up to this day."""
    book = Complications.of(editions.on(day))
    ((_, found),) = results.read(db, [person], _columns(book))
    known = sorted(
        (r for r in _with_egfr(found, people.get(db, person), book) if r.done_on <= day),
        key=lambda result: (result.done_on, result.number),
    )
    return {result.test: result for result in known}


def filtrations(db: sqlite3.Connection, ids: list[int], editions: Editions, day: date) -> dict[int, Result]:
    """The latest eGFR of each person up to this day, reported or estimated from a creatinine; left out where none is."""
    if not ids:
        return {}
    book, latest = Complications.of(editions.on(day)), {}
    found = dict(results.read(db, ids, _FILTRATION))
    for who in people.read(db, f"WHERE id IN ({', '.join(map(str, ids))})"):
        known = [r for r in _with_egfr(found[who.id], who, book) if r.test == "egfr" and r.value is not None]
        past = [result for result in known if result.done_on <= day]
        if past:
            latest[who.id] = max(past, key=lambda result: (result.done_on, result.number))
    return latest


def listing(db: sqlite3.Connection, day: date, editions: Editions, person: int) -> Report:
    """Every result of one person, latest first: those recorded as tests, and those that stand on visits."""
    book = Complications.of(editions.on(day))
    ((_, found),) = results.read(db, [person], _columns(book))
    items = {name: item for code, item in book.tests.items() for name in (code, *item.columns)}
    rows: list[dict[str, object]] = [
        {
            "number": result.number or None, "uid": result.uid or None, "test": result.test,
            "test_name": test_name(book, result.test), "done_on": result.done_on.isoformat(), "value": result.value,
            "unit": unit(items[result.test], result.test) if result.test in items else None,
            "result": result.result or result.word, "said": said(result), "institution": result.institution,
            "detail": result.detail,
            "counts_until": iso(counts_until(items[result.test], result)) if result.test in items else None,
        }
        for result in sorted(found, key=lambda result: (result.done_on, result.number), reverse=True)
    ]  # fmt: skip
    return Report("results", day.isoformat(), _LISTED, rows)


def kinds(day: date, editions: Editions) -> Report:
    """The tests of the matrix: for whom, how often, how long a result from elsewhere counts, and what a result calls for."""
    book = Complications.of(editions.on(day))
    rows: list[dict[str, object]] = [
        {
            "test": code, "test_name": either(item.name), "values": _values(item), "whom": "; ".join(map(str, item.whom)),
            "every": str(item.every), "valid": str(item.valid), "where_available": not item.needed,
            "flags": [f"{flag.when}: {either(flag.does)}" for flag in item.flags.values()],
            "source": book.cites[item.cite].source, "mark": book.cites[item.cite].mark,
        }
        for code, item in book.tests.items()
    ]  # fmt: skip
    return Report("kinds", day.isoformat(), _KINDS, rows)


def _values(item: Item) -> list[str]:
    return [f"{column} {unit}".strip() for column, unit in zip(item.columns, item.units, strict=True)]


def test_name(book: Complications, test: str) -> str:
    """A test or one of its values as the matrix calls it."""
    return either(book.tests[test].name) if test in book.tests else field_label(test)


def unit(item: Item, test: str) -> str | None:
    return dict(zip(item.columns, item.units, strict=True)).get(test) or None


def said(result: Result) -> str | None:
    """Normal or abnormal, or what the form says of it."""
    if result.result is not None:
        return code_label("result", result.result)
    return None if result.word is None else code_label(result.test, result.word)


def _rows(
    db: sqlite3.Connection, day: date, book: Complications, whom: Iterable[Person], asked: Asked
) -> Iterator[dict[str, object]]:
    listed = 0
    for person, standings in _standings(db, day, book, whom, asked.within):
        rows = [_row(person, day, book, standing) for standing in standings if _wanted(book, standing, asked)]
        yield from rows
        listed += bool(rows)
        if listed == asked.limit:
            return


def _wanted(book: Complications, standing: Standing, asked: Asked) -> bool:
    if asked.test is not None and standing.code != asked.test and asked.test not in book.tests[standing.code].columns:
        return False
    needed = book.tests[standing.code].needed or standing.state == "flagged"
    return asked.everything or (needed and standing.state != "done")


def _standings(
    db: sqlite3.Connection, day: date, book: Complications, whom: Iterable[Person], within: int
) -> Iterator[tuple[Person, list[Standing]]]:
    import json

    waiting = iter(whom)
    while some := [person for person, _ in zip(waiting, range(_AT_ONCE), strict=False)]:
        ids = [person.id for person in some]
        programmes: dict[int, set[str]] = {}
        for person, programme in db.execute(_MANAGED, (json.dumps(ids),)):
            programmes.setdefault(person, set()).add(programme)
        found = dict(results.read(db, ids, [*_columns(book), _SMOKES]))
        for who in some:
            known = [result for result in _with_egfr(found[who.id], who, book) if result.done_on <= day]
            whose = Who(frozenset(programmes.get(who.id, ())), _age(who, day), _smoker(who, known))
            yield who, matrix(whose, known, day + timedelta(days=within), book)


_AT_ONCE = 400


def _columns(book: Complications) -> list[str]:
    return [column for item in book.tests.values() for column in item.columns]


def _age(who: Person, day: date) -> int | None:
    return None if who.born is None else age_on(who.born, day)


def _with_egfr(found: list[Result], who: Person, book: Complications) -> list[Result]:
    """These results, and the eGFR of every creatinine that came without one."""
    reported = {result.done_on for result in found if result.test == "egfr"}
    measured = [r for r in found if r.test == "creatinine" and r.value is not None and r.done_on not in reported]
    if not measured or who.born is None:
        return found
    from chronic import scores
    from chronic.model.score import Amount, Known
    from chronic.rules.risk import kidney

    model, made = scores.load(book.egfr.formula, scores.CkdEpi), []
    for result in measured:
        known = Known({"age": age_on(who.born, result.done_on), "creatinine": Amount(result.value or 0, "umol/L")})
        value = kidney.filtration(model, known.having(sex=who.sex if who.sex in ("M", "F") else None)).value
        made += [] if value is None else [result._replace(test="egfr", value=value, result=None)]
    return [*found, *made]


def _smoker(who: Person, known: Iterable[Result]) -> bool | None:
    """The number a day told last, else the register's word."""
    told = max((r for r in known if r.test == _SMOKES), key=lambda result: result.done_on, default=None)
    if told is not None and told.value is not None:
        return told.value > 0
    return None if who.smoking_status is None else who.smoking_status == "current"


def _row(person: Person, day: date, book: Complications, standing: Standing) -> dict[str, object]:
    item, last = book.tests[standing.code], standing.last
    flag = item.flags[standing.flag] if standing.flag is not None else None
    cite = book.cites[flag.cite if flag is not None else item.cite]
    diseases = [code for code in book.in_force.diseases if code in item.diseases]
    return {
        "person_id": person.id, "uid": person.uid, "name": person.name, "sex": person.sex, "age": _age(person, day),
        "village": person.village, "hamlet": person.hamlet, "test": standing.code, "test_name": either(item.name),
        "diseases": diseases, "disease_names": [either(book.diseases[code].name) for code in diseases],
        "standing": standing.state, "last_on": iso(last.done_on) if last else None,
        "last_result": result_text(item, last) if last else None, "last_value": last.value if last else None,
        "institution": last.institution if last else None, "due_on": iso(standing.due_on),
        "action": flag.action if flag else None, "does": either(flag.does) if flag else None,
        "where_available": not item.needed, "unknown": [field_label(column) for column in standing.unknown],
        "source": cite.source, "mark": cite.mark,
    }  # fmt: skip


def result_text(item: Item, found: Result) -> str | None:
    """45 mg/g, normal, or what the form says."""
    if found.value is None:
        return said(found)
    own = "" if len(item.columns) == 1 else f"{field_label(found.test)} "
    return f"{own}{round(found.value, 2):g} {unit(item, found.test) or ''}".strip()


def programmes_of(db: sqlite3.Connection, person: int) -> list[str]:
    """The programmes open for one person, in their order."""
    found = {programme for _, programme in db.execute(_MANAGED, (f"[{person}]",))}
    return [programme for programme in PROGRAMMES if programme in found]
