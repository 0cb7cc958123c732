"""The round from house to house, and the needs found on it.

The order is the way from house to house, village by village, hamlet by hamlet, along the index of where people live.
"""

import json
import sqlite3
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from chronic.i18n import N_
from chronic.i18n.terms import HOUSEHOLD_DUES, term
from chronic.model.codes import KINDS
from chronic.model.days import from_iso
from chronic.model.household import Home
from chronic.model.place import Where
from chronic.model.report import Column, Report
from chronic.reports import tagged
from chronic.reports.housemates import IS_DUE, kinds
from chronic.store import households

_ROUND = f"""
SELECT p.village, p.hamlet, p.household_no, v.name, h.name, count(*), coalesce(sum({IS_DUE}), 0),
       json_group_array(json_array(p.id, p.uid, p.name, a.danger, a.paused, {", ".join(f"a.due_{kind}" for kind in KINDS)}))
FROM person AS p INDEXED BY person_village LEFT JOIN agenda AS a ON a.person = p.id
JOIN place AS v ON v.id = p.village LEFT JOIN place AS h ON h.id = p.hamlet
WHERE p.closed_on IS NULL AND p.household_no IS NOT NULL{{where}}
GROUP BY p.village, p.hamlet, p.household_no{{having}} ORDER BY p.village, p.hamlet, p.household_no"""
_UNNUMBERED = f"""
SELECT count(*) FROM agenda AS a JOIN person AS p ON p.id = a.person
WHERE p.closed_on IS NULL AND (p.village IS NULL OR p.household_no IS NULL) AND {IS_DUE}"""
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
WHERE w.need IS NOT NULL AND (:everything OR s.id IS NULL) AND (:staff IS NULL OR w.staff = :staff){where}
ORDER BY w.visited_on, w.id"""
_LIST = (
    Column("village", N_("Village")),
    Column("hamlet", N_("Hamlet")),
    Column("household_no", N_("Household")),
    Column("head", N_("Head")),
    Column("person_id", N_("Id"), right=True),
    Column("address", N_("Address"), hidden=True),
    Column("members", N_("Members"), right=True),
    Column("due_people", N_("Due people"), right=True),
    Column("due", N_("Due")),
    Column("staff", N_("Looked after by")),
    Column("tags", N_("Tags")),
    Column("last_walk_on", N_("Last round")),
    Column("open_needs", N_("Open needs"), right=True),
)
_NEED_COLUMNS = (
    Column("number", N_("Entry"), right=True),
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


class Asked(NamedTuple):
    """Which houses: of these places, looked after by `staff`, where somebody has each of `tags`; with
    `due`, where somebody is due within `within` days."""

    where: Where | None = None
    staff: str | None = None
    tags: tuple[tagged.Tagged, ...] = ()
    due: bool = False
    within: int = 0
    limit: int | None = None


def listing(db: sqlite3.Connection, day: date, asked: Asked) -> Report:
    """The houses along the way, one row each."""
    rows = (_house(db, day, row, asked.within) for row in db.execute(*query(day, asked)))
    return Report("households", day.isoformat(), _LIST, islice(rows, asked.limit))


def query(day: date, asked: Asked) -> tuple[str, dict[str, object]]:
    """(SQL, values) of the round."""
    values: dict[str, object] = {"until": (day + timedelta(days=asked.within)).isoformat()}
    where, having = "", [f"sum({IS_DUE}) > 0"] * asked.due
    if asked.where is not None:
        where += f" AND {asked.where.sql('p')}"
    if asked.staff is not None:
        values["staff"] = asked.staff
        where += f" AND {_STAFF}"
    having += [f"max({condition})" for condition in tagged.conditions(asked.tags, "p.id", values)]
    tail = f" HAVING {' AND '.join(having)}" if having else ""
    return _ROUND.format(where=where, having=tail), values


def unnumbered(db: sqlite3.Connection, day: date, asked: Asked) -> int:
    """How many people who are due are in no house of the round, because they have no village or household number."""
    values: dict[str, object] = {"until": (day + timedelta(days=asked.within)).isoformat()}
    where = list(tagged.conditions(asked.tags, "p.id", values))
    if asked.where is not None:
        where.append(asked.where.sql("p"))
    more = "".join(f" AND {condition}" for condition in where)
    (people,) = db.execute(f"{_UNNUMBERED}{more}", values).fetchone()
    return int(people)


def needs(
    db: sqlite3.Connection, day: date, whom: tagged.Whom, staff: str | None, everything: bool, limit: int | None = None
) -> Report:
    """What households need and nobody has settled yet, the oldest first; with `everything` the settled ones too."""
    keys = [column.key for column in _NEED_COLUMNS if column.key != "days_open"]
    values: dict[str, object] = {"staff": staff, "everything": everything}
    where = tagged.filters(whom, values, "k.village")
    rows: list[dict[str, object]] = []
    for row in db.execute(_NEEDS.format(where=where), values):
        said = dict(zip(keys, row, strict=True))
        until = from_iso(said["settled_on"]) if said["settled_on"] else day
        rows.append(said | {"days_open": (until - from_iso(said["visited_on"])).days})
    return Report("needs", day.isoformat(), _NEED_COLUMNS, rows[:limit])


def _house(db: sqlite3.Connection, day: date, row: tuple[object, ...], within: int) -> dict[str, object]:
    village, hamlet, number, village_name, hamlet_name, members, due_people, texts = row
    home = Home(int(str(village)), None if hamlet is None else int(str(hamlet)), str(number))
    said = households.read(db, home)
    walked, needs_open = db.execute(_WALKED, (said.id,)).fetchone() if said.id is not None else (None, 0)
    living = json.loads(str(texts))
    head = next((one for one in living if one[1] == said.head), living[0])
    due = []
    for id_, _uid, name, danger, paused, *dues in living:
        found = kinds((danger, paused), dues, day + timedelta(days=within))
        if found:
            due.append(f"{id_} {name} {'/'.join(term(HOUSEHOLD_DUES, kind) for kind in found)}")
    return {
        "village": village_name, "hamlet": hamlet_name, "household_no": number, "head": head[2], "person_id": head[0],
        "address": said.address, "members": members, "due_people": due_people, "due": due, "staff": said.staff,
        "tags": list(said.tags), "last_walk_on": walked, "open_needs": needs_open or 0,
    }  # fmt: skip
