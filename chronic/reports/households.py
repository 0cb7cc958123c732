"""Households: everything due for everybody there, the round from house to house, and the needs found on it.

The order is the way from house to house, village by village, hamlet by hamlet, along the index of where people live.
"""

import json
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from chronic.i18n import N_, _
from chronic.i18n.terms import HOUSEHOLD_DUES, PROGRAMMES, REASONS, URGENCY, WANTED, term
from chronic.model.codes import KINDS
from chronic.model.days import age_on, from_iso, iso
from chronic.model.household import Home, Household
from chronic.model.person import Person
from chronic.model.plan import Assessment, Plan
from chronic.model.report import Column, Report
from chronic.protocol import Editions
from chronic.reports import complications, contracts, residents, screen_due, tagged
from chronic.store import households, people, places, plans

_NEVER = "9999-12-31"
_PLANNED = tuple(kind for kind in KINDS if kind != "referral")
_EARLIEST = "min(" + ", ".join(f"coalesce(a.due_{kind}, '{_NEVER}')" for kind in _PLANNED) + ")"
_IS_DUE = f"(a.due_referral IS NOT NULL OR a.paused = 0 AND {_EARLIEST} <= :until)"
"""An open referral is to be asked about at every call, and nothing pauses it."""
_ROUND = f"""
SELECT p.village, p.hamlet, p.household_no, v.name, h.name, count(*), coalesce(sum({_IS_DUE}), 0),
       json_group_array(json_array(p.id, p.uid, p.name, a.paused, {", ".join(f"a.due_{kind}" for kind in KINDS)}))
FROM person AS p INDEXED BY person_village LEFT JOIN agenda AS a ON a.person = p.id
JOIN place AS v ON v.id = p.village LEFT JOIN place AS h ON h.id = p.hamlet
WHERE p.closed_on IS NULL AND p.household_no IS NOT NULL{{where}}
GROUP BY p.village, p.hamlet, p.household_no{{having}} ORDER BY p.village, p.hamlet, p.household_no"""
_STAFF = """
EXISTS (SELECT 1 FROM household AS k JOIN household_now AS n ON n.household = k.id AND n.fact = 'staff' AND n.value = :staff
  WHERE k.village = p.village AND k.household_no = p.household_no AND coalesce(k.hamlet, 0) = coalesce(p.hamlet, 0))"""
_WALKED = """
SELECT max(visited_on), sum(need IS NOT NULL AND NOT EXISTS
  (SELECT 1 FROM need_settled AS s WHERE s.household_visit = w.id)) FROM household_visit AS w WHERE household = ?"""
_NEEDS = """
SELECT w.id, w.visited_on, v.name, h.name, k.household_no, p.name, w.staff, w.need, w.done, s.settled_on, s.note
FROM household_visit AS w JOIN household AS k ON k.id = w.household JOIN person AS p ON p.id = w.person
JOIN place AS v ON v.id = k.village LEFT JOIN place AS h ON h.id = k.hamlet
LEFT JOIN need_settled AS s ON s.household_visit = w.id
WHERE w.need IS NOT NULL AND (:everything OR s.id IS NULL) AND (:staff IS NULL OR w.staff = :staff)
  AND (:villages IS NULL OR k.village IN (SELECT value FROM json_each(:villages)))
ORDER BY w.visited_on, w.id"""
_OTHERS = f"""
SELECT p.id, p.name, a.paused, {", ".join(f"a.due_{kind}" for kind in KINDS)} FROM person AS me
JOIN person AS p ON p.village = me.village AND p.hamlet IS me.hamlet AND p.household_no = me.household_no AND p.id <> me.id
JOIN agenda AS a ON a.person = p.id WHERE me.id = :person AND p.closed_on IS NULL AND {_IS_DUE} ORDER BY p.id"""
_TO_DO = (
    Column("person_id", N_("Id"), right=True),
    Column("name", N_("Name")),
    Column("sex", N_("Sex")),
    Column("age", N_("Age"), right=True),
    Column("kind", N_("Kind"), hidden=True),
    Column("what", N_("To do")),
    Column("due_on", N_("Due")),
    Column("days_late", N_("Days late"), right=True),
    Column("command", N_("Type")),
)
_LIST = (
    Column("village", N_("Village")),
    Column("hamlet", N_("Hamlet")),
    Column("household_no", N_("Household")),
    Column("head", N_("Head")),
    Column("person_id", N_("Id"), right=True),
    Column("address", N_("Address"), hidden=True),
    Column("members", N_("People"), right=True),
    Column("due_people", N_("Due people"), right=True),
    Column("due", N_("Due")),
    Column("staff", N_("Looked after by")),
    Column("tags", N_("Tags")),
    Column("last_walk_on", N_("Last call")),
    Column("open_needs", N_("Open needs"), right=True),
)
_NEED_COLUMNS = (
    Column("number", N_("Number"), right=True),
    Column("visited_on", N_("Date")),
    Column("village", N_("Village"), hidden=True),
    Column("hamlet", N_("Hamlet")),
    Column("household_no", N_("Household")),
    Column("name", N_("Name")),
    Column("staff", N_("Looked after by")),
    Column("need", N_("Need")),
    Column("done", N_("Done")),
    Column("days_open", N_("Days open"), right=True),
    Column("settled_on", N_("Settled on"), hidden=True),
    Column("note", N_("Note"), hidden=True),
)
_COMMANDS = {
    "followup": "chronic visit add {id}", "referral": "chronic refer reply {id}", "screening": "chronic screen add {id}",
    "checkup": "chronic checkup add {id}", "tests": "chronic test due {id}", "contract": "chronic contract renew {id}",
}  # fmt: skip


class Asked(NamedTuple):
    """Which houses: of these villages (place ids), looked after by `staff`, where somebody has each of `tags`; with
    `due`, where somebody is due within `within` days."""

    villages: tuple[int, ...] | None = None
    staff: str | None = None
    tags: tuple[tagged.Tagged, ...] = ()
    due: bool = False
    within: int = 0
    limit: int | None = None


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


def listing(db: sqlite3.Connection, day: date, asked: Asked) -> Report:
    """The houses along the way, one row each."""
    rows = (_house(db, day, row, asked.within) for row in db.execute(*query(day, asked)))
    return Report("households", day.isoformat(), _LIST, islice(rows, asked.limit))


def query(day: date, asked: Asked) -> tuple[str, dict[str, object]]:
    """(SQL, values) of the round."""
    values: dict[str, object] = {"until": (day + timedelta(days=asked.within)).isoformat()}
    where, having = "", [f"sum({_IS_DUE}) > 0"] * asked.due
    if asked.villages is not None:
        where += " AND p.village IN ({})".format(", ".join(map(str, asked.villages)))
    if asked.staff is not None:
        values["staff"] = asked.staff
        where += f" AND {_STAFF}"
    having += [f"max({condition})" for condition in tagged.conditions(asked.tags, "p.id", values)]
    tail = f" HAVING {' AND '.join(having)}" if having else ""
    return _ROUND.format(where=where, having=tail), values


def needs(
    db: sqlite3.Connection, day: date, villages: tuple[int, ...] | None, staff: str | None, everything: bool
) -> Report:
    """What households need and nobody has settled yet, the oldest first; with `everything` the settled ones too."""
    keys = [column.key for column in _NEED_COLUMNS if column.key != "days_open"]
    values = {"staff": staff, "everything": everything, "villages": None if villages is None else json.dumps(villages)}
    rows: list[dict[str, object]] = []
    for row in db.execute(_NEEDS, values):
        said = dict(zip(keys, row, strict=True))
        until = from_iso(said["settled_on"]) if said["settled_on"] else day
        rows.append(said | {"days_open": (until - from_iso(said["visited_on"])).days})
    return Report("needs", day.isoformat(), _NEED_COLUMNS, rows)


def others_due(db: sqlite3.Connection, day: date, person: int) -> list[tuple[int, str, list[str]]]:
    """(id, name, kinds of what is due) of the others in this person's household."""
    rows = db.execute(_OTHERS, {"person": person, "until": day.isoformat()})
    return [(id_, name, _kinds(dues, paused, day)) for id_, name, paused, *dues in rows]


def _kinds(dues: list[str | None], paused: int | None, until: date) -> list[str]:
    known = {kind: due_on for kind, due_on in zip(KINDS, dues, strict=True) if due_on is not None}
    return [kind for kind, on in known.items() if kind == "referral" or (not paused and on <= until.isoformat())]


def _house(db: sqlite3.Connection, day: date, row: tuple[object, ...], within: int) -> dict[str, object]:
    village, hamlet, number, village_name, hamlet_name, members, due_people, texts = row
    home = Home(int(str(village)), None if hamlet is None else int(str(hamlet)), str(number))
    said = households.read(db, home)
    walked, needs_open = db.execute(_WALKED, (said.id,)).fetchone() if said.id is not None else (None, 0)
    living = json.loads(str(texts))
    head = next((one for one in living if one[1] == said.head), living[0])
    due = []
    for id_, _uid, name, paused, *dues in living:
        kinds = _kinds(dues, paused, day + timedelta(days=within))
        if kinds:
            due.append(f"{id_} {name} {'/'.join(term(HOUSEHOLD_DUES, kind) for kind in kinds)}")
    return {
        "village": village_name, "hamlet": hamlet_name, "household_no": number, "head": head[2], "person_id": head[0],
        "address": said.address, "members": members, "due_people": due_people, "due": due, "staff": said.staff,
        "tags": list(said.tags), "last_walk_on": walked, "open_needs": needs_open or 0,
    }  # fmt: skip


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
