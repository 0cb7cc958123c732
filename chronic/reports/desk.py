"""The desk of a county or township: who has not reported, how old everybody's data are, what waits to be decided.

A sender's day that is ahead of ours is said and not believed: then the day of receipt counts.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from chronic.i18n import N_, _, ngettext
from chronic.model.bundled import Refusal
from chronic.model.days import china_day_of
from chronic.model.place import LEVELS as PLACES
from chronic.model.report import Column, Report
from chronic.protocol import Interval
from chronic.protocol.reporting import Reporting
from chronic.store import bundles, conflicts, people, units
from chronic.store.units import Tree, Unit

NEVER, LATE, WITHOUT, REPORTED = STATES = ("never", "late", "without", "reported")
"""In the order of the list: a registry from which nothing ever came, one whose data are old, a village without one."""
MISSING = (NEVER, LATE, WITHOUT)
_COLUMNS = (
    Column("unit", N_("Registry or village")),
    Column("township", N_("Township")),
    Column("area", N_("Area"), hidden=True),
    Column("county", N_("County"), hidden=True),
    Column("desk_state", N_("State")),
    Column("data_of", N_("Data of")),
    Column("days_old", N_("Days old"), right=True),
    Column("merged_on", N_("Merged on")),
    Column("days_ago", N_("Days ago"), right=True),
    Column("newest_on", N_("Newest entry")),
    Column("villages", N_("Villages"), right=True, hidden=True),
    Column("patients", N_("Under care"), right=True),
    Column("conflicts", N_("Undecided"), right=True),
    Column("files_refused", N_("Refused"), right=True),
    Column("problem", N_("Problem")),
)
_GROUPED = (
    Column("units", N_("Expected"), right=True),
    Column("reported", N_("Reported"), right=True),
    Column("reported_percent", N_("Reported %"), right=True),
    Column("late", N_("Late"), right=True),
    Column("never", N_("Never"), right=True),
    Column("without", N_("Without a registry"), right=True),
    Column("oldest", N_("Oldest data")),
    Column("patients", N_("Under care"), right=True),
    Column("conflicts", N_("Undecided"), right=True),
    Column("files_refused", N_("Refused"), right=True),
)

Row = dict[str, object]


class Asked(NamedTuple):
    """`late`: older than so many days is late, None: as the book has it; `missing`: only who has not reported; `by`: a row
    for each township, area or county."""

    late: int | None = None
    missing: bool = False
    by: str | None = None


def report(db: sqlite3.Connection, today: date, book: Reporting, asked: Asked, refusals: Sequence[Refusal] = ()) -> Report:
    """One row for each that is expected to report, those that never did first. `refusals`: files that were put aside."""
    listed = _listed(db, today, book, asked, refusals)
    every = [row for row, _unit in listed]
    notes = tuple(_notes(db, every, refusals, book, asked))
    if asked.by is None:
        shown = [row for row in every if not asked.missing or row["desk_state"] in MISSING]
        return Report("desk", today.isoformat(), _COLUMNS, shown, notes=notes)
    columns, groups = (Column(asked.by, PLACES[asked.by]), *_GROUPED), _grouped(listed, asked.by, units.under_care(db))
    return Report(f"desk_by_{asked.by}", today.isoformat(), columns, groups, notes=notes)


def _listed(
    db: sqlite3.Connection, today: date, book: Reporting, asked: Asked, refusals: Sequence[Refusal]
) -> list[tuple[Row, Unit]]:
    """All rows of the listing, in its order."""
    tree = Tree(db)
    found = units.units(db, tree, book.clock.ahead.days)
    waiting = _conflicts(db, found)
    refused = Counter(one.peer for one in refusals if not _taken(db, one))
    limit = Interval(0, asked.late) if asked.late is not None else book.late.after
    listed = [(_row(unit, tree, today, limit, waiting[place], refused[unit.peer] if unit.peer else 0), unit)
              for place, unit in enumerate(found)]  # fmt: skip
    return sorted(listed, key=lambda pair: _urgency(pair[0]))


def state(unit: Unit, today: date, limit: Interval) -> str:
    """Whether what it sent is older than `limit`; a day that cannot be believed counts as the day it came here."""
    if unit.peer is None:
        return WITHOUT
    if unit.sent is None:
        return NEVER
    of = unit.sent.merged_on if unit.sent.ahead else unit.sent.data_of
    return LATE if limit.after(of) < today else REPORTED


def _row(unit: Unit, tree: Tree, today: date, limit: Interval, conflicts: int, refused: int) -> Row:
    township, area, county = (tree.at(unit.place, level) for level in ("township", "area", "county"))
    sent = unit.sent
    row: Row = {
        "unit": unit.name, "township": township.name if township else None, "area": area.name if area else None,
        "county": county.name if county else None,
        "desk_state": state(unit, today, limit), "data_of": None, "days_old": None, "merged_on": None, "days_ago": None,
        "newest_on": None, "villages": len(unit.villages), "patients": unit.patients, "conflicts": conflicts,
        "files_refused": refused, "problem": None,
    }  # fmt: skip
    if sent is not None:
        row |= {
            "data_of": sent.data_of.isoformat(), "days_old": None if sent.ahead else max(0, (today - sent.data_of).days),
            "merged_on": sent.merged_on.isoformat(), "days_ago": max(0, (today - sent.merged_on).days),
            "newest_on": china_day_of(sent.newest).isoformat() if sent.newest else None,
        }  # fmt: skip
        if sent.ahead:
            row["problem"] = ngettext("their clock is {n} day ahead", "their clock is {n} days ahead", sent.ahead).format(
                n=sent.ahead
            )
    if unit.peer is not None and unit.place is None:
        row["problem"] = row["problem"] or _("for which place is not known: chronic desk expect")
    return row


def _urgency(row: Row) -> tuple[int, int, str, str]:
    old = row["days_old"] if row["days_old"] is not None else row["days_ago"]
    return STATES.index(str(row["desk_state"])), -int(str(old or 0)), str(row["township"] or ""), str(row["unit"])


def _conflicts(db: sqlite3.Connection, found: Sequence[Unit]) -> Counter[int]:
    """Place in the list -> differences nobody has decided, of people who live there."""
    disputed = Counter(conflict.person for conflict in conflicts.undecided(db))
    where = {village: number for number, unit in enumerate(found) for village in unit.villages}
    counted: Counter[int] = Counter()
    for person, count in disputed.items():
        village = people.village_of(db, person)
        if village in where:
            counted[where[village]] += count
    return counted


def _taken(db: sqlite3.Connection, refusal: Refusal) -> bool:
    """Was it merged after all?"""
    return refusal.uid is not None and bundles.taken(db, refusal.uid)


def _grouped(listed: Iterable[tuple[Row, Unit]], by: str, care: Mapping[int, int]) -> Iterator[Row]:
    """Of several registries of one village each has all its people, and the village has them once."""
    groups: dict[object, list[Row]] = {}
    villages: dict[object, set[int]] = {}
    for row, unit in listed:
        groups.setdefault(row[by], []).append(row)
        villages.setdefault(row[by], set()).update(unit.villages)
    for name in sorted(groups, key=lambda name: (name is None, str(name))):
        states = Counter(str(row["desk_state"]) for row in groups[name])
        sums = {key: sum(int(str(row[key])) for row in groups[name]) for key in ("conflicts", "files_refused")}
        sums["patients"] = sum(care.get(village, 0) for village in villages[name])
        days = [str(row["data_of"] if row["days_old"] is not None else row["merged_on"])
                for row in groups[name] if row["merged_on"] is not None]  # fmt: skip
        share = round(100 * states[REPORTED] / len(groups[name]), 1)
        yield {
            by: name, "units": len(groups[name]), "reported_percent": share, "oldest": min(days, default=None),
            **{key: states[key] for key in STATES}, **sums,
        }  # fmt: skip


def _notes(
    db: sqlite3.Connection, every: Sequence[Row], refusals: Sequence[Refusal], book: Reporting, asked: Asked
) -> Iterator[str]:
    states = Counter(str(row["desk_state"]) for row in every)
    limit = asked.late if asked.late is not None else book.late.after.days
    yield _("{all} expected: {reported} reported, {late} late (more than {days} days), {never} never, "
            "{without} without a registry.").format(
        all=len(every), reported=states[REPORTED], late=states[LATE], days=limit, never=states[NEVER],
        without=states[WITHOUT],
    )  # fmt: skip
    strange = [one for one in refusals if one.peer is None and not _taken(db, one)]
    if strange:
        yield ngettext("{n} refused file of nobody known.", "{n} refused files of nobody known.", len(strange)).format(
            n=len(strange)
        )
