"""`chain`: how many stand in each stage, who they are, who is stuck, and one person's stages with their days.

Counts and lists are read from the plans and from facts, some hundred people at a time, in the order of the villages.
What one person's stages were is computed anew from the history as it was on each day something happened.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from chronic.i18n import N_
from chronic.model.chain import STAGES, Place
from chronic.model.days import iso
from chronic.model.person import PROGRAMMES
from chronic.model.report import Column, Report
from chronic.protocol import Editions, Protocol
from chronic.protocol.chain import Chain
from chronic.reports import grouped, listed, residents
from chronic.rules import chain as rules
from chronic.rules.spells import Past, spells
from chronic.store import chain as store
from chronic.store import histories
from chronic.store import known as risks_of

_COUNTS = (
    Column("stage", N_("Stage")),
    Column("people", N_("Number of people"), True),
    Column("htn", N_("Hypertension"), True),
    Column("dm", N_("Diabetes"), True),
    Column("lipid", N_("Lipids"), True),
    Column("stuck", N_("Stuck"), True),
    Column("longest", N_("Longest, days"), True),
)
_STANDS = (
    Column("stage", N_("Stage")),
    Column("programmes", N_("Programmes")),
    Column("since_on", N_("Since")),
    Column("days_since", N_("Days"), right=True),
    Column("limit_on", N_("At the latest")),
    Column("stuck_for", N_("Stuck")),
    Column("days_stuck", N_("Days over"), right=True),
    Column("about_stage", N_("About")),
    Column("stages", N_("All stages")),
)
_SPELLS = (
    Column("from_on", N_("Began")),
    Column("to_on", N_("Was over")),
    Column("stage", N_("Stage")),
    Column("programmes", N_("Programmes")),
    Column("days_since", N_("Days"), True),
    Column("limit_on", N_("At the latest")),
    Column("stuck_for", N_("Stuck")),
    Column("about_stage", N_("About")),
)


_NO_WAIT = ("at_risk", "ended")
"""Stages nobody waits in: a risk lasts, and an end is one."""


class Asked(NamedTuple):
    """Which people stand where. `stage`, `programme`: only in it; `stuck`: only who has stood there for too long."""

    among: residents.Among = residents.Among(everybody=True)
    stage: str | None = None
    programme: str | None = None
    stuck: bool = False


def standing(
    db: sqlite3.Connection, day: date, protocol: Protocol, among: residents.Among, columns: str = ""
) -> Iterator[tuple[tuple[Any, ...], tuple[Place, ...]]]:
    """(row of `residents.walk`, stages) of everyone among these, village by village; who stands nowhere, too."""
    book = Chain.of(protocol)
    for some in residents.walk(db, among._replace(everybody=True, limit=None, programme=None), columns):
        ids = [row[0] for row in some]
        told = _mentioned(db, ids, book)
        known = dict(store.situations(db, ids))
        risks = dict(risks_of.read(db, ids))
        for row in some:
            mentioned = told.get(row[0])
            events = rules.events(mentioned.told, mentioned.found, book) if mentioned else ()
            yield row, rules.places(known[row[0]]._replace(events=events), risks[row[0]], day, protocol, book)


def counts(db: sqlite3.Connection, day: date, editions: Editions, asked: Asked) -> Report:
    """One row for each stage: people, places by programme, who is stuck, and the longest."""
    people: Counter[str] = Counter()
    stuck: Counter[str] = Counter()
    whose: Counter[tuple[str, str]] = Counter()
    longest: dict[str, int] = {}
    for _row, places in standing(db, day, editions.on(day), asked.among):
        chosen = _chosen(places, asked, day)
        people.update({place.stage for place in chosen})
        stuck.update({place.stage for place in chosen if place.stuck_on(day)})
        whose.update({(place.stage, place.programme) for place in chosen})
        for place in chosen:
            longest[place.stage] = max(longest.get(place.stage, 0), _days(place.since_on, day) or 0)
    rows: list[dict[str, object]] = [
        {
            "stage": stage, "people": people[stage],
            **{programme: whose[stage, programme] for programme in PROGRAMMES},
            "stuck": stuck[stage], "longest": longest.get(stage) if stage not in _NO_WAIT else None,
        }
        for stage in STAGES
        if asked.stage in (None, stage)
    ]  # fmt: skip
    return Report("chain", day.isoformat(), _COUNTS, rows)


def by_group(db: sqlite3.Connection, day: date, editions: Editions, asked: Asked, by: str) -> Report:
    """One row for each place, doctor, team or institution: people in each stage, and who is stuck in any."""
    groups = grouped.groups(db, by, day)
    found: dict[str | None, Counter[str]] = {}
    for row, places in standing(db, day, editions.on(day), asked.among, f", {groups.column('p')}"):
        chosen = _chosen(places, asked, day)
        here = found.setdefault(groups.name(residents.rest(row)[0], None), Counter())
        here.update({place.stage for place in chosen})
        here["stuck"] += any(place.stuck_on(day) for place in chosen)
    stages = [stage for stage in STAGES if asked.stage in (None, stage)]
    columns = (
        Column(by, grouped.BY[by]), *(Column(stage, STAGES[stage], True) for stage in stages),
        Column("stuck", N_("Stuck"), True),
    )  # fmt: skip
    rows: list[dict[str, object]] = [
        {by: group, **{stage: here[stage] for stage in stages}, "stuck": here["stuck"]} for group, here in found.items()
    ]
    return Report(f"chain_by_{by}", day.isoformat(), columns, rows)


def listing(db: sqlite3.Connection, day: date, editions: Editions, asked: Asked) -> Report:
    """One row for each person who stands there: who needs somebody first in front. The stage of a row is the one asked
    for, else the person's first."""
    found = []
    for row, places in standing(db, day, editions.on(day), asked.among):
        chosen = _chosen(places, asked, day)
        if chosen:
            same = [place for place in chosen if place.stage == chosen[0].stage]
            found.append((rules.first(chosen[0], day), row[0], row, same, places))
    found.sort(key=lambda one: one[:2])
    full = asked.among.full
    rows = (
        residents.who(row, day, full) | _stands(same, places, day)
        for _, _, row, same, places in islice(found, asked.among.limit)
    )
    return Report("chain_people", day.isoformat(), (*listed.WHO, *_STANDS), rows)


def of_person(db: sqlite3.Connection, day: date, editions: Editions, person: int) -> Report:
    """Every stage someone ever stood in, by its first day; `to_on` None: still. What put them at risk earlier is not
    gone through: only today's."""
    protocol = editions.on(day)
    book = Chain.of(protocol)
    ((_, history),) = histories.read(db, [person])
    ((_, known),) = store.situations(db, [person])
    ((_, risks),) = risks_of.read(db, [person])
    told = _mentioned(db, [person], book).get(person) or store.Mentioned([], [])
    past = Past(history, known.closed_reason, told.told, told.found)
    rows = [_spell(spell.place, spell.to_on, day) for spell in spells(past, risks, day, editions, book)]
    return Report("chain_person", day.isoformat(), _SPELLS, rows)


def _mentioned(db: sqlite3.Connection, ids: list[int], book: Chain) -> dict[int, store.Mentioned]:
    fields = {text.partition(".")[0] for event in book.events.values() for text in event.found}
    return store.mentioned(db, ids, (*book.events, rules.REHABILITATION), fields)


def _chosen(places: Iterable[Place], asked: Asked, day: date) -> list[Place]:
    return [
        place for place in places
        if asked.stage in (None, place.stage) and asked.programme in (None, place.programme)
        and (not asked.stuck or place.stuck_on(day) is not None)
    ]  # fmt: skip


def _stands(same: list[Place], places: tuple[Place, ...], day: date) -> dict[str, object]:
    """The stage of a row in all its programmes: since the earliest day, and the limit that is over first."""
    since = min((place.since_on for place in same if place.since_on is not None), default=None)
    first = min(same, key=lambda place: place.limit_on or date.max)
    return {
        "stage": same[0].stage, "programmes": _programmes(same), "since_on": iso(since), "days_since": _days(since, day),
        **_limit(first, day), "about_stage": list(dict.fromkeys(code for place in same for code in place.about)),
        "stages": list(dict.fromkeys(place.stage for place in places)),
    }  # fmt: skip


def _spell(place: Place, to_on: date | None, day: date) -> dict[str, object]:
    limit = {"limit_on": None, "stuck_for": None} if to_on is not None else _limit(place, day)
    return {
        "from_on": iso(place.since_on), "to_on": iso(to_on), "stage": place.stage, "programmes": _programmes([place]),
        "days_since": _days(place.since_on, to_on or day), "limit_on": limit["limit_on"], "stuck_for": limit["stuck_for"],
        "about_stage": list(place.about),
    }  # fmt: skip


def _limit(place: Place, day: date) -> dict[str, object]:
    stuck = place.stuck_on(day)
    over = (day - place.limit_on).days if stuck is not None and place.limit_on is not None else None
    return {"limit_on": iso(place.limit_on), "stuck_for": stuck, "days_stuck": over}


def _programmes(places: Iterable[Place]) -> list[str]:
    named = {place.programme for place in places}
    return [programme for programme in PROGRAMMES if programme in named]


def _days(since: date | None, day: date) -> int | None:
    return None if since is None else (day - since).days
