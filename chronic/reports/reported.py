"""Which places have not reported: their rows in a ranking say so, in the place of a share from old data.

Only where registries report to this one by bundles. A share of few people is marked wherever places or doctors are ranked.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from chronic.i18n import N_, _, ngettext
from chronic.model.place import Where
from chronic.model.report import Column, Report
from chronic.protocol import Editions
from chronic.protocol.reporting import Reporting
from chronic.reports import desk, figures
from chronic.reports.figures import WHOLE, Question, Row
from chronic.reports.measures import RANKED, Counts
from chronic.store import places, units
from chronic.store.units import Tree, Unit

PLACES = ("county", "area", "township", "village")
COLUMNS = (
    Column("remark", N_("Remark")),
    Column("reported", "reported", hidden=True),
    Column("unreported", "unreported", hidden=True),
    Column("small", "small", hidden=True),
)
_EMPTY = ("numerator", "denominator", "rate", "rank", "target_met", "before", "change", "before_numerator",
          "before_denominator", "share")  # fmt: skip
_LISTED = 12
_NOWHERE = (0,)
"""Where no village has reported."""


class Standing(NamedTuple):
    """Place by its label -> how many villages it has here, and how many of them have not reported; `reported`: the ids of
    those that have."""

    villages: dict[str, int]
    missing: dict[str, int]
    reported: tuple[int, ...]


def standing(db: sqlite3.Connection, today: date, editions: Editions, asked: Question) -> Standing | None:
    """Who has not reported for this period; None where nobody reports to this registry, or the rows are of no places.

    A period that is over must be covered to its last day; of one that still runs, data may be as old as the book allows.
    """
    if asked.by not in PLACES or asked.known_on is not None:
        return None
    book = Reporting.of(editions.on(today))
    tree = Tree(db)
    found = units.units(db, tree, book.clock.ahead.days)
    if not any(unit.sent is not None for unit in found):
        return None
    missing = {village for unit in found if not _covers(unit, asked.period.last, today, book) for village in unit.villages}
    missing -= {village for unit in found if _covers(unit, asked.period.last, today, book) for village in unit.villages}
    labels, where = places.groups(db, str(asked.by)), asked.whom.where
    counted: dict[str, int] = {}
    absent: dict[str, int] = {}
    for village in tree.villages():
        if where is not None and not any(place.id in where.villages for place in tree.up(village.id)):
            continue
        group = tree.at(village.id, str(asked.by))
        if group is not None:
            label = labels.get(group.id, group.name)
            counted[label] = counted.get(label, 0) + 1
            absent[label] = absent.get(label, 0) + (village.id in missing)
    if asked.by == "village" and where is None:  # nobody knows where they are, but they are to be named
        for unit in found:
            if unit.place is None and not _covers(unit, asked.period.last, today, book):
                counted[unit.name], absent[unit.name] = 1, 1
    here = tuple(village.id for village in tree.villages() if village.id not in missing)
    return Standing(counted, {label: count for label, count in absent.items() if count}, here)


def said(known: Standing | None) -> Iterator[str]:
    """Of figures that are not counted by place: in how many villages they stand on old data."""
    if known is not None and known.missing:
        names = [f"{name} ({count})" if count > 1 else name for name, count in sorted(known.missing.items())]
        silent = sum(known.missing.values())
        yield ngettext(
            "{n} of {all} villages has not reported; its old data are counted here all the same: {names}",
            "{n} of {all} villages have not reported; their old data are counted here all the same: {names}",
            silent,
        ).format(
            n=silent, all=sum(known.villages.values()), names=", ".join(names[:_LISTED]) + (" …" if names[_LISTED:] else "")
        )  # fmt: skip


def under(db: sqlite3.Connection, today: date, editions: Editions, asked: Question) -> list[str]:
    """What stands under figures of doctors, teams, institutions or everybody, who have people in several villages."""
    if asked.by in PLACES:
        return []
    return list(said(standing(db, today, editions, asked._replace(by="village"))))


def rows(db: sqlite3.Connection, today: date, editions: Editions, asked: Question) -> list[Row]:
    """As `figures.rows`; of places only those villages are counted that have reported, also in what is above them and in
    the whole."""
    known = standing(db, today, editions, asked)
    counted = asked
    if known is not None and known.missing:
        before = asked.whom.where
        there = tuple(id_ for id_ in known.reported if before is None or id_ in before.villages)
        where = Where(there or _NOWHERE, before and before.hamlets)
        counted = asked._replace(whom=asked.whom._replace(where=where))
    return marked(today, editions, asked, figures.rows(db, editions, counted), known)


def without(found: Counts, known: Standing | None) -> Counts:
    """What was counted by village, without the villages that have not reported."""
    if known is None or not known.missing:
        return found
    return {
        key: Counter({name: count for name, count in each.items() if name not in known.missing})
        for key, each in found.items()
    }


def marked(today: date, editions: Editions, asked: Question, rows: Sequence[Row], known: Standing | None) -> list[Row]:
    """The same rows with `remark`, `reported`, `unreported` and `small`; who has not reported has no numbers, and a row
    even where nobody is known there."""
    if asked.by not in RANKED:
        return list(rows)
    below = Reporting.of(editions.on(today)).small.below
    told: list[Row] = []
    for _key, some in groupby(rows, key=lambda row: (row["indicator"], row["programme"])):
        told += _group(list(some), str(asked.by), known, below)
    return told


def with_columns(report: Report, by: str | None) -> Report:
    """The report of rows that were marked; the remark is on the screen where there is one."""
    if by not in RANKED:
        return report
    said = any(row.get("remark") for row in report.rows)
    columns = [column if said else column._replace(hidden=True) for column in COLUMNS]
    return report._replace(columns=(*report.columns, *columns))


def _covers(unit: Unit, last: date, today: date, book: Reporting) -> bool:
    if unit.sent is None:
        return False
    if last >= today:
        return desk.state(unit, today, book.late.after) == desk.REPORTED
    return (unit.sent.merged_on if unit.sent.ahead else unit.sent.data_of) >= last


def _group(lines: list[Row], by: str, known: Standing | None, below: int) -> Iterator[Row]:
    whole = [line for line in lines if line[by] == WHOLE]
    groups = [line for line in lines if line[by] != WHOLE]
    missing = known.missing if known is not None else {}
    gone = {name for name, count in missing.items() if known is not None and count == known.villages[name]}
    ranked = [line for line in groups if line[by] not in gone]
    for line in _ranked_anew(ranked, by):
        yield _marked(line, known, missing.get(str(line[by]), 0), below)
    empty = dict.fromkeys(_EMPTY)
    for name in sorted(gone):
        like = next((line for line in groups if line[by] == name), whole[0])
        yield {**like, by: name, **empty, "remark": _("not reported"), "reported": "no", "unreported": missing[name],
               "small": None}  # fmt: skip
    for line in whole:
        yield _marked(line, known, sum(missing.values()), below)


def _ranked_anew(lines: list[Row], by: str) -> Iterator[Row]:
    """Without those that are gone the others move up; who was level stays level."""
    ranks = sorted(int(str(line["rank"])) for line in lines if line["rank"] is not None)
    for line in lines:
        yield line if line["rank"] is None else {**line, "rank": ranks.index(int(str(line["rank"]))) + 1}


def _marked(line: Row, known: Standing | None, unreported: int, below: int) -> Row:
    of = line["denominator"]
    small = of is not None and 0 < int(str(of)) < below
    said = [
        ngettext("{n} village not reported", "{n} villages not reported", unreported).format(n=unreported)
        if unreported else "",
        _("fewer than {n} people").format(n=below) if small else "",
    ]  # fmt: skip
    reported = None if known is None else "part" if unreported else "yes"
    return {**line, "remark": "; ".join(filter(None, said)) or None, "reported": reported,
            "unreported": unreported if known is not None else None, "small": "yes" if small else "no"}  # fmt: skip
