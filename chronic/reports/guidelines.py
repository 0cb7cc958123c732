"""Guidelines as listings: those at hand, and one of them number by number beside its source."""

import sqlite3
from collections.abc import Iterator
from datetime import date

from chronic.i18n import N_
from chronic.model.report import Column, Report
from chronic.model.wording import either
from chronic.protocol import Cite, Names, Protocol, books, load, shipped_names
from chronic.protocol.beside import guidelines
from chronic.protocol.sections import Section
from chronic.store import editions

_AT_HAND = (
    Column("id", N_("Guideline")),
    Column("title", N_("Title")),
    Column("effective_from", N_("Effective from")),
    Column("base", N_("Lies over")),
    Column("in_force_from", N_("In force from")),
    Column("origin", N_("Origin")),
)
_NUMBERS = (
    Column("section", N_("Section")),
    Column("values", N_("Values")),
    Column("own", N_("Differs from its base"), hidden=True),
    Column("source", N_("Source")),
    Column("mark", N_("Mark")),
    Column("unverified", N_("Not verified"), hidden=True),
    Column("sentence", N_("Sentence"), last=True),
)


def at_hand(db: sqlite3.Connection | None, day: date) -> Report:
    """The guidelines that come with the program, and those this registry took in, with the days they count from."""
    in_force: dict[str, list[str]] = {}
    known = {name: load(name) for name in shipped_names()}
    own = dict(known)
    for from_day, protocol in editions.in_force(db) if db is not None else ():
        in_force.setdefault(protocol.id, []).append(from_day.isoformat())
        known[protocol.id] = protocol
    rows: list[dict[str, object]] = [
        {
            "id": protocol.id, "title": title(protocol), "effective_from": protocol.effective_from.isoformat(),
            "base": protocol.base or None, "in_force_from": in_force.get(protocol.id, []),
            "origin": "program" if own.get(protocol.id) == protocol else "registry",
        }
        for protocol in known.values()
    ]  # fmt: skip
    return Report("protocols", day.isoformat(), _AT_HAND, rows)


def numbers(protocol: Protocol, day: date) -> Report:
    """Every section that holds a number, with the sentence it rests on."""
    name = f"{title(protocol)}  {protocol.id}  {protocol.effective_from}"
    return Report("protocol", day.isoformat(), _NUMBERS, list(_rows(protocol)), name)


def title(protocol: Protocol) -> str:
    return either(protocol.title)


def _rows(protocol: Protocol) -> Iterator[dict[str, object]]:
    """The guideline's own sections, those of its books, then the guidelines whose second opinion stands beside it."""
    base = load(protocol.base) if protocol.base else None
    yield from _sections(protocol, base, protocol.cites, "")
    for shape in books.BOOKS:
        book = shape.of(protocol)
        under = shape.of(base) if base is not None else None
        yield from _sections(book, under, vars(book)["cites"], f"{shape.table}.")
    for beside in guidelines():
        yield from _sections(beside, beside, beside.cites, f"beside.{beside.id}.")


def _sections(section: Section, base: Section | None, cites: dict[str, Cite], address: str) -> Iterator[dict[str, object]]:
    before = dict(base.parts()) if base is not None else {}
    for name, part in section.parts():
        values = {
            key: value
            for key, value in vars(part).items()
            if key != "cite" and value is not None and not isinstance(value, (Section, dict))
        }
        if values:
            cite = cites[vars(part)["cite"]]
            yield {
                "section": f"{address}{name}", "values": [f"{key} = {_plain(value)}" for key, value in values.items()],
                "own": base is not None and part != before.get(name), "source": cite.source, "mark": cite.mark,
                "unverified": cite.unverified, "sentence": either((cite.zh, cite.en)),
            }  # fmt: skip
        yield from _sections(part, before.get(name) if base is not None else None, cites, f"{address}{name}.")


def _plain(value: object) -> str:
    if isinstance(value, Names):
        return either(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
