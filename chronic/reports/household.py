"""One household: everything due for everybody who lives there, with what to type for each."""

import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from chronic.i18n import N_, _
from chronic.i18n.terms import HOUSEHOLD_DUES, PROGRAMMES, REASONS, URGENCY, WANTED, term
from chronic.model.days import age_on, from_iso, iso
from chronic.model.household import Home, Household
from chronic.model.person import Person
from chronic.model.plan import Assessment, Plan
from chronic.model.report import Column, Report
from chronic.protocol import Editions
from chronic.reports import complications, contracts, residents, screen_due
from chronic.store import households, people, places, plans

_TO_DO = (
    Column("person_id", N_("Id"), right=True),
    Column("name", N_("Name")),
    Column("sex", N_("Sex")),
    Column("age", N_("Age"), right=True),
    Column("kind", N_("Kind"), hidden=True),
    Column("what", N_("What is due")),
    Column("due_on", N_("Due")),
    Column("days_late", N_("Days late"), right=True),
    Column("command", N_("Type")),
)
_COMMANDS = {
    "followup": "chronic visit add {id}", "referral": "chronic refer reply {id}", "screening": "chronic screen add {id}",
    "checkup": "chronic checkup add {id}", "tests": "chronic test due {id}", "contract": "chronic contract renew {id}",
}  # fmt: skip


class Card(NamedTuple):
    """One household: its place in words, what was said of it, who lives there."""

    where: str
    household: Household
    members: tuple[Person, ...]
    tags: tuple[str, ...]
    """Of the household; those of single members stand with them."""


def card(db: sqlite3.Connection, home: Home) -> Card:
    village, _township, hamlet = places.names(db, home.village, home.hamlet)
    said = households.read(db, home)
    who = tuple(people.get(db, id_) for id_ in households.members(db, home))
    return Card(f"{village or ''}{hamlet or ''} {home.household_no}", said, who, said.tags)


def to_do(db: sqlite3.Connection, day: date, editions: Editions, home: Home) -> Report:
    """Everything due by today for everybody there, a row each; whoever has nothing to do has one row that says so."""
    wanted = {int(str(row["person_id"])): row for row in _screening(db, day, editions, home)}
    rows: list[dict[str, object]] = []
    for id_ in households.members(db, home):
        who = people.get(db, id_)
        mine = [*_planned(db, day, id_), *_measured(wanted.get(id_), plans.read(db, id_).plans)]
        mine += [*_tests(db, day, editions, who), *_contract(db, day, editions, id_)]
        rows += [_row(who, day, *one) for one in mine or [("", "", None)]]
    return Report("household", day.isoformat(), _TO_DO, rows)


def _screening(db: sqlite3.Connection, day: date, editions: Editions, home: Home) -> Iterator[dict[str, object]]:
    yield from screen_due.due(db, day, day, editions, residents.Among(home=home)).rows


def _planned(db: sqlite3.Connection, day: date, person: int) -> Iterator[tuple[str, str, str | None]]:
    """(kind, what, day) of each plan that is due, and of every open referral; what shares day and reason stands
    together, an emergency first."""
    shared: dict[tuple[str, str, tuple[str, ...]], list[Plan]] = {}
    standing = plans.read(db, person)
    for plan in sorted(standing.plans, key=lambda plan: (plan.urgency != "emergency", plan.due_on)):
        if plan.kind == "referral" or (plan.due_on <= day and not _paused(standing)):
            shared.setdefault((plan.kind, plan.due_on.isoformat(), plan.reasons), []).append(plan)
    for (kind, due_on, reasons), together in shared.items():
        names = "+".join(dict.fromkeys(term(PROGRAMMES, plan.programme) for plan in together if plan.programme))
        said = ", ".join(term(REASONS, reason) for reason in reasons) or term(HOUSEHOLD_DUES, kind)
        urgent = any(plan.urgency == "emergency" for plan in together)
        yield kind, " ".join(filter(None, (term(URGENCY, "emergency") if urgent else "", names, said))), due_on


def _paused(known: Assessment) -> bool:
    return known.standing is not None and known.standing.paused_on is not None


def _measured(row: dict[str, object] | None, open_plans: tuple[Plan, ...]) -> Iterator[tuple[str, str, str | None]]:
    """What the yearly measuring asks for and no plan has already."""
    if row is None or not isinstance(row["wanted"], list):
        return
    planned = {plan.kind for plan in open_plans}
    due_on = None if row["due_on"] is None else str(row["due_on"])
    by_visit = "followup" if "followup" in planned else "screening"
    measures = [what for what in row["wanted"] if what != "checkup"]
    if measures and "screening" not in planned:
        yield by_visit, _("measure {what}").format(what=", ".join(term(WANTED, what) for what in measures)), due_on
    if "checkup" in row["wanted"] and "checkup" not in planned:
        yield "checkup", term(WANTED, "checkup"), due_on


def _tests(db: sqlite3.Connection, day: date, editions: Editions, who: Person) -> Iterator[tuple[str, str, str | None]]:
    due = list(complications.due(db, day, editions, [who], complications.Asked()).rows)
    if due:
        days = [str(row["due_on"]) for row in due if row["due_on"]]
        names = ", ".join(dict.fromkeys(str(row["test_name"]) for row in due))
        yield "tests", names, min(days) if days else None


def _contract(db: sqlite3.Connection, day: date, editions: Editions, person: int) -> Iterator[tuple[str, str, str | None]]:
    stand = contracts.stand(db, day, editions, person)
    if stand.contract is not None and stand.state in (contracts.DUE, contracts.EXPIRED):
        yield "contract", _("renew the contract"), iso(stand.contract.last_on)


def _row(who: Person, day: date, kind: str, what: str, due_on: str | None) -> dict[str, object]:
    return {
        "person_id": who.id, "name": who.name, "sex": who.sex,
        "age": age_on(who.birth_date, day) if who.birth_date else None, "kind": kind or None, "what": what or None,
        "due_on": due_on, "days_late": max((day - from_iso(due_on)).days, 0) if due_on else None,
        "command": _COMMANDS[kind].format(id=who.id) if kind else None,
    }  # fmt: skip
