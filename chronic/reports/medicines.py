"""What people take as far as is recorded: until when it lasts, whose supply ends, and what to ask the prescriber."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from chronic.i18n import N_
from chronic.i18n.sentences import sentence
from chronic.i18n.terms import ENTRIES, term
from chronic.model.days import age_on, from_iso, iso
from chronic.model.idcard import masked_phone
from chronic.model.medicine import Taken
from chronic.model.person import Person
from chronic.model.report import Column, Report
from chronic.model.wording import either
from chronic.protocol import Editions
from chronic.protocol.medicines import Medicines
from chronic.reports import complications, tagged
from chronic.reports.listed import WHO
from chronic.rules import drugs
from chronic.rules.medicines import Flag, Measured, flags, taken
from chronic.store import medicines

_TAKEN = (
    Column("person_id", "person_id", hidden=True),
    Column("medicine", N_("Medicine")),
    Column("since_on", N_("Since")),
    Column("run_out_on", N_("Runs out")),
    Column("days_left", N_("Days left"), right=True),
    Column("classes", N_("Class")),
    Column("known", "known", hidden=True),
    Column("left_out_on", N_("Not named on")),
)
_ENTRIES = (
    Column("number", N_("Entry"), right=True),
    Column("uid", "uid", hidden=True),
    Column("on", N_("Date")),
    Column("kind", "kind", hidden=True),
    Column("what", N_("What")),
    Column("medicine", N_("Medicine")),
    Column("days", N_("Days"), right=True),
    Column("amount", N_("Amount")),
    Column("reason", N_("Reason")),
)
_REFILL = (
    *WHO,
    Column("medicine", N_("Medicine")),
    Column("given_on", N_("Given on")),
    Column("run_out_on", N_("Runs out")),
    Column("days_left", N_("Days left"), right=True),
)
_FLAGGED = (
    *(column for column in WHO if column.key != "phone"),
    Column("flag", "flag", hidden=True),
    Column("state", "state", hidden=True),
    Column("medicines", "medicines", hidden=True),
    Column("text", N_("Question")),
    Column("source", N_("Source"), hidden=True),
    Column("mark", N_("Mark")),
)
_ENDING = """
SELECT c.person, p.uid, p.name, p.sex, p.birth_date, v.name, h.name, p.phone, c.name, c.last_on, c.run_out_on
FROM medicine_course AS c CROSS JOIN person AS p ON p.id = c.person
LEFT JOIN place AS v ON v.id = p.village LEFT JOIN place AS h ON h.id = p.hamlet
WHERE {span} AND p.closed_on IS NULL {filters}"""
_OUT = "c.run_out_on <= :today"
_SOON = "c.run_out_on > :today AND c.run_out_on <= :until"
_EVERYBODY = tagged.Whom()
_AT_ONCE = 400


class Medication(NamedTuple):
    """One person's. `unknown`: names that take no part in the questions."""

    taken: list[Taken]
    unknown: tuple[str, ...]
    flags: list[Flag]


def of_person(db: sqlite3.Connection, day: date, editions: Editions, person: int) -> Medication:
    """What one person takes, and what to ask about it; nothing is read from the book for who takes nothing."""
    return next(_medications(db, day, editions, [person]))[1]


def listing(db: sqlite3.Connection, day: date, editions: Editions, person: int) -> Report:
    """The medicines of one person, the one that runs out first in front; those without a recorded supply last."""
    book = Medicines.of(editions.on(day))
    rows = [_taken_row(person, day, book, one) for one in of_person(db, day, editions, person).taken]
    return Report("medicines", day.isoformat(), _TAKEN, rows)


def entries(db: sqlite3.Connection, day: date, person: int) -> Report:
    """Every supply and stop of one person with its number, latest first."""
    rows: list[dict[str, object]] = [
        {
            "number": entry.number, "uid": entry.uid, "on": iso(entry.on), "kind": entry.kind,
            "what": term(ENTRIES, entry.kind), "medicine": entry.name, "days": entry.days, "amount": entry.amount,
            "reason": entry.reason,
        }
        for entry in reversed(medicines.of(db, [person]).get(person, []))
    ]  # fmt: skip
    return Report("medicine_entries", day.isoformat(), _ENTRIES, rows)


def refill(
    db: sqlite3.Connection,
    day: date,
    within: int,
    full: bool = False,
    limit: int | None = None,
    whom: tagged.Whom = _EVERYBODY,
) -> Report:
    """Who has run out, the latest first, then whose supply ends within so many days, the earliest first."""
    values: dict[str, object] = {"today": day.isoformat(), "until": (day + timedelta(days=within)).isoformat()}
    where = tagged.filters(whom, values)
    return Report("refill", day.isoformat(), _REFILL, _ending(db, day, where, values, full, limit))


def remind_days(editions: Editions, day: date) -> int:
    """So many days before it runs out a supply is asked for."""
    return Medicines.of(editions.on(day)).supply.remind.days


def flagged(db: sqlite3.Connection, day: date, editions: Editions, whom: Iterable[Person], limit: int | None) -> Report:
    """One row for each question, people in the order given; how many names are not known stands above."""
    rows, unknown = [], Counter[str]()
    listed = 0
    for who, found in _whose(db, day, editions, whom):
        unknown.update(found.unknown)
        if found.flags and listed != limit:
            listed += 1
            rows += [_flag_row(who, day, editions, flag) for flag in found.flags]
    lines = (unknown_line(unknown),) if unknown else ()
    return Report("medicine_flags", day.isoformat(), _FLAGGED, rows, lines=lines)


def unknown_line(names: Counter[str]) -> str:
    from chronic.i18n import _

    shown = ", ".join(f"{name} {times}" if times > 1 else name for name, times in sorted(names.items(), key=_often))
    return _("Not known to this program, so not looked at ({n}): {names}").format(n=len(names), names=shown)


def flag_text(flag: Flag, day: date, editions: Editions) -> str:
    """The question in words, with a mark where its rule is not verified."""
    from chronic.i18n import _

    book = Medicines.of(editions.on(day))
    classes = " + ".join(either(book.classes[code].name) for code in flag.classes)
    value = None if flag.value is None else round(flag.value, 1)
    said = sentence(
        f"flag.{flag.code}", classes=classes, names=", ".join(flag.names), value=value, on=flag.on,
        limit=book.kidney.egfr_below,
    )  # fmt: skip
    return f"{said} {_('(not verified)')}" if book.cites[flag.cite].unverified else said


def _often(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


def _whose(
    db: sqlite3.Connection, day: date, editions: Editions, whom: Iterable[Person]
) -> Iterator[tuple[Person, Medication]]:
    waiting = iter(whom)
    while some := [person for person, _ in zip(waiting, range(_AT_ONCE), strict=False)]:
        by_id = {person.id: person for person in some}
        for person, found in _medications(db, day, editions, list(by_id)):
            yield by_id[person], found


def _medications(
    db: sqlite3.Connection, day: date, editions: Editions, people: list[int]
) -> Iterator[tuple[int, Medication]]:
    recorded, lists = medicines.of(db, people), medicines.written(db, people, day)
    if not recorded and not lists:
        yield from ((person, Medication([], (), [])) for person in people)
        return
    book = Medicines.of(editions.on(day))
    takes = {}
    for person in people:
        given = [entry for entry in recorded.get(person, ()) if entry.on <= day]
        takes[person], _ = taken(given, lists.get(person, ()), partial(drugs.key, book=book))
    names = {person: [name for one in mine for name in one.names] for person, mine in takes.items()}
    asked = [person for person, its in names.items() if any(book.kidney.of in _classes(name, book) for name in its)]
    measured = complications.filtrations(db, asked, editions, day)
    for person, its in names.items():
        found = measured.get(person)
        egfr = None if found is None or found.value is None else Measured(found.value, found.done_on)
        unknown = tuple(name for name in its if drugs.meaning(name, book) is None)
        yield person, Medication(takes[person], unknown, flags(its, egfr, day, book))


def _classes(name: str, book: Medicines) -> list[str]:
    known = drugs.meaning(name, book)
    return [] if known is None else list(dict.fromkeys(book.drugs[drug].of for drug in known.drugs))


def _taken_row(person: int, day: date, book: Medicines, one: Taken) -> dict[str, object]:
    known = drugs.meaning(one.names[0], book)
    return {
        "person_id": person, "medicine": " / ".join(one.names), "since_on": iso(one.since_on),
        "run_out_on": iso(one.run_out_on),
        "days_left": None if one.run_out_on is None else (one.run_out_on - day).days,
        "classes": ", ".join(either(book.classes[code].name) for code in _classes(one.names[0], book)) or None,
        "known": known is not None, "left_out_on": iso(one.left_out_on),
    }  # fmt: skip


def _ending(
    db: sqlite3.Connection, day: date, filters: str, values: dict[str, object], full: bool, limit: int | None
) -> Iterator[dict[str, object]]:
    left = -1 if limit is None else limit
    for span, down in ((_OUT, "DESC"), (_SOON, "")):
        order = f"ORDER BY c.run_out_on {down}, c.person {down}, c.key {down} LIMIT {left:d}"
        for row in db.execute(f"{_ENDING.format(span=span, filters=filters)} {order}", values).fetchall():
            yield _ending_row(day, full, row)
            left -= 1 if left > 0 else 0


def _ending_row(day: date, full: bool, row: tuple[object, ...]) -> dict[str, object]:
    person, uid, name, sex, born, village, hamlet, phone, medicine, given_on, run_out_on = row
    number = None if phone is None else str(phone)
    return {
        "person_id": person, "uid": uid, "name": name, "sex": sex, "age": age_on(from_iso(str(born)), day) if born else None,
        "village": village, "hamlet": hamlet, "phone": number if full else masked_phone(number), "medicine": medicine,
        "given_on": given_on, "run_out_on": run_out_on, "days_left": (from_iso(str(run_out_on)) - day).days,
    }  # fmt: skip


def _flag_row(who: Person, day: date, editions: Editions, flag: Flag) -> dict[str, object]:
    cite = Medicines.of(editions.on(day)).cites[flag.cite]
    return {
        "person_id": who.id, "uid": who.uid, "name": who.name, "sex": who.sex,
        "age": None if who.birth_date is None else age_on(who.birth_date, day), "village": who.village,
        "hamlet": who.hamlet, "flag": flag.code, "state": "unknown" if flag.unknown else "ask",
        "medicines": list(flag.names), "text": flag_text(flag, day, editions), "source": cite.source, "mark": cite.mark,
    }  # fmt: skip
