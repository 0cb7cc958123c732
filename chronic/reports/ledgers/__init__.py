"""The work ledgers 工作台账 of a clinic: what was done, one line each, in the columns a county wants.

Which columns, in which order and under which headers stands in a file (`columns.toml`) that a county may replace. Every
line can be traced: the shipped columns end with its uid, and a JSON has it whatever the columns are. The county reads
Chinese words in both languages of the screen; under canonical headers a ledger has codes.
"""

import sqlite3
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from importlib import resources
from itertools import islice
from typing import NamedTuple

from chronic.errors import ValueRefused
from chronic.i18n import N_
from chronic.model.codes import PROGRAMMES
from chronic.model.days import age_on, from_iso
from chronic.model.idcard import masked_id, masked_phone
from chronic.model.report import Column, Report
from chronic.protocol import Protocol
from chronic.reports import tagged
from chronic.reports.ledgers import late
from chronic.reports.ledgers.sources import SOURCES, Source, filters
from chronic.reports.ledgers.words import word

TITLES = {
    "patients": N_("Ledger of patients"),
    "follow-up": N_("Ledger of follow-ups"),
    "screening": N_("Ledger of screening"),
    "referral": N_("Ledger of referrals"),
    "call-back": N_("Ledger of call-backs"),
    "check-up": N_("Ledger of check-ups"),
    "education": N_("Ledger of health education"),
    "overdue": N_("Ledger of who is overdue"),
}
LEDGERS = tuple(TITLES)
STANDING = ("patients", late.NAME)
"""Ledgers of how things stand on a day, where no period is asked for."""
BLANK, ROW, AGE = "blank", "row", "age"
ALL = "all"
"""The columns where no programme is asked for, and where a ledger is the same for every programme."""
TRACE = ("uid", "person_id")
_OLD = {"patients": "register", "follow-up": "ledger"}
"""What counties that have their own file since these two were all there was call them in it."""
_PROGRAMMES = ("programmes", "suspected", "confirmed", "not_confirmed")
_LISTS = (*_PROGRAMMES, "reasons", "tags", "symptoms")
_MASKS: dict[str, Callable[[str], str | None]] = {"id_number": masked_id, "phone": masked_phone}


class Wanted(NamedTuple):
    """Which lines. `first` and `last` bound their days; `first` None: from the beginning of `last`'s year, or, of who is
    managed or late, whoever is so on `last`. `coded`: codes under canonical names instead of the county's words."""

    first: date | None
    last: date
    programme: str | None = None
    whom: tagged.Whom = tagged.Whom()
    limit: int | None = None
    full: bool = False
    coded: bool = False


def shipped() -> str:
    """The file of columns that comes with the program."""
    return resources.files("chronic").joinpath("reports", "ledgers", "columns.toml").read_text("utf-8")


def columns(text: str, ledger: str, programme: str | None) -> list[tuple[str, str]]:
    """(header, name) of each column: those of the programme, else those of all.

    Raises ValueRefused (`register.columns`) with what is wrong in the file.
    """
    try:
        file = tomllib.loads(text)
        variants = file.get(ledger) or file.get(_OLD.get(ledger, ""), {})
        variant = programme if programme in variants else ALL
        told = variants.get(variant)
    except (tomllib.TOMLDecodeError, AttributeError, TypeError) as error:
        raise ValueRefused("register.columns", problem=str(error)) from None
    address = f"[{ledger}] {variant}"
    if not isinstance(told, list) or not told:
        raise ValueRefused("register.columns", problem=address)
    known, seen = names(ledger, programme), set()
    for pair in told:
        if not (
            isinstance(pair, list) and len(pair) == len(("header", "name")) and all(isinstance(x, str) and x for x in pair)
        ):
            raise ValueRefused("register.columns", problem=f"{address}: {pair!r}")
        header, name = pair
        if name not in known or header in seen:
            raise ValueRefused("register.columns", problem=f"{address}: {header} = {name}")
        seen.add(header)
    return [(header, name) for header, name in told]


def names(ledger: str, programme: str | None) -> set[str]:
    """Every name a column of this ledger may have."""
    return {*_source(ledger).names(programme), AGE, ROW, BLANK}


def sheet(db: sqlite3.Connection, day: date, protocol: Protocol, ledger: str, text: str, wanted: Wanted) -> Report:
    """The lines of a ledger as of `day`, asked when they are read."""
    chosen = columns(text, ledger, wanted.programme)
    if wanted.coded:
        plain = dict.fromkeys([*TRACE, *(name for _, name in chosen if name != BLANK)])
        chosen = [(name, name) for name in plain]
    shown = tuple(Column(header, header, hidden=name.endswith("uid")) for header, name in chosen)
    rows = _Lines(db, day, protocol, _source(ledger), chosen, wanted)
    return Report(f"ledger_{ledger.replace('-', '_')}", day.isoformat(), shown, rows)


def _source(ledger: str) -> Source | late.Late:
    return SOURCES.get(ledger) or late.LATE


class _Lines:
    """Asked anew each time they are read."""

    def __init__(
        self,
        db: sqlite3.Connection,
        day: date,
        protocol: Protocol,
        source: Source | late.Late,
        chosen: list[tuple[str, str]],
        wanted: Wanted,
    ) -> None:
        self.db, self.day, self.protocol, self.source = db, day, protocol, source
        self.chosen, self.wanted = chosen, wanted

    def __iter__(self) -> Iterator[dict[str, object]]:
        own = self.source.names(self.wanted.programme)
        asked = [name for _, name in self.chosen if name in own]
        lines = self._late(asked) if isinstance(self.source, late.Late) else self._found(self.source, asked)
        for number, (on, born, values) in enumerate(islice(lines, self.wanted.limit), 1):
            known = {name: self._said(name, value) for name, value in zip(asked, values, strict=True)}
            known |= {ROW: number, BLANK: None, AGE: age_on(from_iso(born), from_iso(on)) if born else None}
            yield {header: known[name] for header, name in self.chosen}

    def _found(self, source: Source, asked: list[str]) -> Iterator[tuple[str, str | None, list[object]]]:
        first = self.wanted.first or date(self.wanted.last.year, 1, 1)
        values: dict[str, object] = {
            "programme": self.wanted.programme, "first": first.isoformat(), "last": self.wanted.last.isoformat(),
            "since": (self.wanted.first or self.wanted.last).isoformat(),
        }  # fmt: skip
        known = source.names(self.wanted.programme, past=self.wanted.last < self.day)
        where = filters(source, self.wanted.programme) + tagged.filters(self.wanted.whom, values)
        cells = ", ".join([source.on, "p.birth_date", *(known[name] for name in asked)])
        for on, born, *row in self.db.execute(f"SELECT {cells} FROM {source.rows.format(where=where)}", values):
            yield on, born, row

    def _late(self, asked: list[str]) -> Iterator[tuple[str, str | None, list[object]]]:
        wanted = self.wanted
        return late.lines(self.db, self.day, (wanted.first, wanted.last), (wanted.programme, wanted.whom), asked)

    def _said(self, name: str, value: object) -> object:
        if value is None:
            return None
        if name in _MASKS and not self.wanted.full:
            return _MASKS[name](str(value))
        if name in _PROGRAMMES:
            value = ";".join(sorted(str(value).split(";"), key=PROGRAMMES.index))
        if not self.wanted.coded:
            return word(name, value, self.protocol)
        return str(value).split(";") if name in _LISTS else value
