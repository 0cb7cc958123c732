"""What to say to a person, line by line with its source, and what to ask because it is not known."""

import sqlite3
from datetime import date

from chronic.i18n import N_
from chronic.model.days import iso
from chronic.model.report import Column, Report
from chronic.model.wording import either
from chronic.protocol import Editions
from chronic.protocol.advice import Advice
from chronic.reports import history
from chronic.reports.complications import programmes_of
from chronic.rules.advice import Facts, Told, Value, advise
from chronic.store import people, plans

_COLUMNS = (
    Column("person_id", "person_id", hidden=True),
    Column("line", "line", hidden=True),
    Column("says", N_("Kind")),
    Column("text", N_("Words")),
    Column("on", N_("From")),
    Column("source", N_("Source")),
    Column("mark", N_("Mark"), hidden=True),
)


def of_person(db: sqlite3.Connection, day: date, editions: Editions, person: int) -> Report:
    """Lines to read aloud, then questions; none while a danger is open."""
    told, book = _told(db, day, editions, person)
    rows: list[dict[str, object]] = [
        {
            "person_id": person, "line": line.code, "says": line.kind, "text": _text(line, book), "on": iso(line.on),
            "source": book.cites[book.lines[line.code].cite].source, "mark": book.cites[book.lines[line.code].cite].mark,
        }
        for line in told
    ]  # fmt: skip
    return Report("advice", day.isoformat(), _COLUMNS, rows)


def foremost(db: sqlite3.Connection, day: date, editions: Editions, person: int, most: int) -> list[str]:
    """The first lines to read aloud, at most so many."""
    told, book = _told(db, day, editions, person)
    return [_text(line, book) for line in told if line.kind == "tell"][:most]


def _told(db: sqlite3.Connection, day: date, editions: Editions, person: int) -> tuple[list[Told], Advice]:
    protocol = editions.on(day)
    book, who, standing = Advice.of(protocol), people.get(db, person), plans.read(db, person).standing
    last = {column: Value(found.value, found.on) for column, found in history.last_values(db, person, day).items()}
    facts = Facts(
        day, who.sex, who.born, who.smoking_status, frozenset(programmes_of(db, person)),
        standing.danger if standing else (), last, protocol, book.known.within,
    )  # fmt: skip
    return advise(facts, book), book


def _text(line: Told, book: Advice) -> str:
    """The words with the person's own numbers in them."""
    texts = book.lines[line.code]
    if line.kind == "ask":
        return either(texts.asks)
    shown = {name: f"{value:g}" if isinstance(value, float) else value for name, value in line.values.items()}
    return either(texts.tells).format(**shown)
