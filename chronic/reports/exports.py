"""People and visits as sheets that `import` reads back: every canonical column, every live record.

The order depends on nothing local: people by uid, visits by person, day and uid. People whose village is not known to
lie in a township come first, because a later row may name a village of the same name that does.

Someone who was in a programme more than once has a row for each stay, the oldest first, so that the last row is how
they stand today. A day of enrolment that was only assumed stays blank where reading the sheet back assumes the same.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date

from chronic.model.codes import PROGRAMMES
from chronic.model.days import day_or_none, iso
from chronic.model.fields import PERSON_FIELDS, VISIT_FIELDS
from chronic.model.idcard import masked_id, masked_phone
from chronic.model.person import Enrolment, Person
from chronic.model.report import Column, Report, Rows
from chronic.reports import sqlcsv
from chronic.store import histories

PEOPLE = tuple(field.column for field in PERSON_FIELDS)
VISITS = ("uid", "person_uid", "name", "id_number", "archive_no", *(field.column for field in VISIT_FIELDS))
SCREENINGS = (*VISITS, "kind")

_PARTS = ("enrolled_on", "diagnosed_on", "ended_on", "end_reason")
_OWN = tuple(column for column in PEOPLE if column in Person._fields)
_PEOPLE = f"""
SELECT id, {", ".join(f"{c}_name" if c in ("village", "township", "hamlet") else c for c in _OWN)},
       (SELECT min(ref) FROM person_source WHERE person_source.person = person_card.id AND source = ?),
       (SELECT group_concat(tag, char(10)) FROM (SELECT tag FROM person_tag WHERE person = person_card.id ORDER BY tag))
FROM person_card WHERE {{where}} ORDER BY uid"""
_TOWNLESS = "village_name IS NOT NULL AND township_name IS NULL"
_VISITS = """
FROM person AS p CROSS JOIN visit AS v ON v.person = p.id
WHERE v.ended_by IS NULL AND v.kind = '{kind}' ORDER BY p.uid, v.visit_date{then}"""
_MASKED_ID = "substr(p.id_number, 1, 6) || '********' || substr(p.id_number, -4)"
_MEASURED = ("decimal", "glucose")
_WRITTEN = ("text", "medicines")
_LISTS = ("codes", "words")
_LEFT_OUT = {
    "people": {
        "changes": "SELECT count(*) FROM person_change WHERE old IS NOT NULL",
        "imports": "SELECT count(*) FROM batch",
        "pauses": "SELECT count(*) FROM pause",
        "mergers": "SELECT count(*) FROM person_merge",
        "distinct": "SELECT count(*) FROM person_distinct",
        "facts": "SELECT count(*) FROM person_fact",
        "tasks": "SELECT count(*) FROM task",
        "educated": "SELECT count(*) FROM education WHERE ended_by IS NULL",
        "contracts": "SELECT count(*) FROM contract",
        "households": "SELECT (SELECT count(*) FROM household_fact) + (SELECT count(*) FROM household_tag)"
        " + (SELECT count(*) FROM household_visit)",
        "rescues": "SELECT count(*) FROM rescue",
        "treated": "SELECT count(*) FROM treated",
        "uploads": "SELECT count(*) FROM upload WHERE holds = 'people'",
        "refs": """SELECT count(*) FROM person_source AS s WHERE (s.source, s.ref) NOT IN (
                     SELECT :source, min(ref) FROM person_source WHERE source = :source GROUP BY person)""",
    },
    "visits": {
        "ended": "SELECT count(*) FROM visit WHERE ended_by IS NOT NULL",
        "screenings": "SELECT count(*) FROM live_contact WHERE kind = 'screening'",
        "readings": "SELECT count(DISTINCT visit) FROM visit_reading JOIN live_visit ON live_visit.id = visit",
        "entered": "SELECT count(*) FROM visit_entered JOIN live_visit ON live_visit.id = visit",
        "slips": "SELECT count(*) FROM referral WHERE ended_by IS NULL",
        "outcomes": "SELECT count(*) FROM referral_outcome",
        "results": "SELECT count(*) FROM test_result WHERE ended_by IS NULL",
        "calls": "SELECT count(*) FROM call",
        "opinions": "SELECT count(*) FROM opinion",
        "uploads": "SELECT count(*) FROM upload WHERE holds = 'visits'",
        "imports": "SELECT count(*) FROM batch",
    },
    "screenings": {
        "ended": "SELECT count(*) FROM visit WHERE ended_by IS NOT NULL",
        "readings": """SELECT count(DISTINCT visit) FROM visit_reading JOIN live_contact AS c ON c.id = visit
                       WHERE c.kind = 'screening'""",
        "entered": """SELECT count(*) FROM visit_entered JOIN live_contact AS c ON c.id = visit
                      WHERE c.kind = 'screening'""",
        "imports": "SELECT count(*) FROM batch",
    },
}


def left_out(db: sqlite3.Connection, what: str, source: str) -> Counter[str]:
    """How much of each kind the registry holds that this sheet has no column for."""
    return Counter({name: db.execute(sql, {"source": source}).fetchone()[0] for name, sql in _LEFT_OUT[what].items()})


def visits(db: sqlite3.Connection, day: date, full: bool) -> Report:
    """Live follow-ups."""
    rows = Rows(lambda: _visit_dicts(db, full), lambda: _visit_lines(db, full))
    return Report("visits", day.isoformat(), tuple(Column(name, name) for name in VISITS), rows)


def screenings(db: sqlite3.Connection, day: date, full: bool) -> Report:
    """Live screenings, what check-ups found among them; the last column says what they are, so a sheet of visits can
    hold both. A day may have several."""
    rows = (row | {"kind": "screening"} for row in _visit_dicts(db, full, "screening"))
    return Report("screenings", day.isoformat(), tuple(Column(name, name) for name in SCREENINGS), rows)


def visits_sql(full: bool, kind: str = "followup") -> str:
    """The visits as SQLite alone would list them."""
    measured = (
        f"coalesce(v.{f.column}_meter, v.{f.column})" if f.kind == "glucose" else f"v.{f.column}" for f in VISIT_FIELDS
    )
    return f"SELECT v.uid, p.uid, p.name, {_id(full)}, p.archive_no, {', '.join(measured)} {_from(kind)}"


def _from(kind: str) -> str:
    """A day has one follow-up but may have several screenings."""
    return _VISITS.format(kind=kind, then="" if kind == "followup" else ", v.uid")


def contacts(db: sqlite3.Connection, person: int, since: str) -> Iterator[dict[str, object]]:
    """The live contacts of one person, screenings too, recorded at `since` (an instant) or later; numbers masked."""
    of_one = " AND p.id = ? AND v.recorded_at >= ? ORDER BY"
    for kind in ("followup", "screening"):
        yield from (row | {"kind": kind} for row in _visit_dicts(db, False, kind, of_one, (person, since)))


def people(
    db: sqlite3.Connection, day: date, source: str, full: bool, told: Counter[str], only: Collection[int] | None = None
) -> Report:
    """Everyone, closed people too, with the number that `source` calls them by.

    `told` counts, while rows are read: `stays` that have a row of their own before the last one, `assumed` days that
    are written as if they were given, `void` stays that ended on the day when the next began. `only`: these people.
    """
    rows = _people_dicts(db, source, full, told, only)
    return Report("people", day.isoformat(), tuple(Column(name, name) for name in PEOPLE), rows)


def _id(full: bool) -> str:
    return "p.id_number" if full else _MASKED_ID


def _visit_dicts(
    db: sqlite3.Connection, full: bool, kind: str = "followup", which: str = " ORDER BY", bound: tuple[object, ...] = ()
) -> Iterator[dict[str, object]]:
    lists = [field.column for field in VISIT_FIELDS if field.kind in _LISTS]
    for row in db.execute(visits_sql(full, kind).replace(" ORDER BY", which), bound):
        values = dict(zip(VISITS, row, strict=True))
        yield values | {name: values[name].split(";") if values[name] else [] for name in lists}


def _visit_lines(db: sqlite3.Connection, full: bool) -> Iterator[str]:
    """One text a visit: no Python object is made of any of its cells."""
    cells = [sqlcsv.text("v.uid"), sqlcsv.text("p.uid"), sqlcsv.text("p.name"), _id(full), "p.archive_no"]
    for field in VISIT_FIELDS:
        value = f"v.{field.column}"
        cell = sqlcsv.decimal(value) if field.kind in _MEASURED else sqlcsv.text(value) if field.kind in _WRITTEN else value
        cells.append(f"coalesce({value}_meter, {cell})" if field.kind == "glucose" else cell)
    db.create_function("exact", 1, sqlcsv.shortest, deterministic=True)
    for (line,) in db.execute(f"SELECT {sqlcsv.line(*cells)} || '\r\n' {_from('followup')}"):
        yield line


def _people_dicts(
    db: sqlite3.Connection, source: str, full: bool, told: Counter[str], only: Collection[int] | None = None
) -> Iterator[dict[str, object]]:
    of_some = "" if only is None else " AND id IN (SELECT value FROM json_each(?))"
    bound = (source,) if only is None else (source, json.dumps(list(only)))
    for where in (_TOWNLESS, f"NOT ({_TOWNLESS})"):
        for id_, *own, ref, tags in db.execute(_PEOPLE.format(where=where + of_some), bound):
            values = dict.fromkeys(PEOPLE) | dict(zip(_OWN, own, strict=True))
            values |= {"person_ref": ref, "tags": tags.split("\n") if tags else []}
            if not full:
                values |= {"id_number": masked_id(values["id_number"]), "phone": masked_phone(values["phone"])}
            registered_on = day_or_none(values["registered_on"])
            for stays in _rows_of_stays(db, id_, registered_on, told):
                yield values | stays


def _rows_of_stays(
    db: sqlite3.Connection, person: int, registered_on: date | None, told: Counter[str]
) -> Iterator[dict[str, object]]:
    """The columns of the programmes, a row for each stay; stays of different programmes share the last rows."""
    stays: dict[str, list[Enrolment]] = {}
    found = histories.stays(db, person)
    for programme in PROGRAMMES:
        known = [stay for stay in found if stay.programme == programme]
        stays[programme] = [stay for place, stay in enumerate(known) if not _void(stay, known[place + 1 :])]
    told["void"] += len(found) - sum(map(len, stays.values()))
    rows = max(1, *map(len, stays.values()))
    told["stays"] += rows - 1
    for back in range(rows, 0, -1):
        here = [known[-back] for known in stays.values() if len(known) >= back]
        values: dict[str, object] = {"programmes": [stay.programme for stay in here if stay.ended_on is None]}
        for stay in here:
            blank = stay.assumed and len(stays[stay.programme]) == 1 and _assumed_again(db, person, stay, registered_on)
            told["assumed"] += stay.assumed and not blank
            shown = (None if blank else iso(stay.enrolled_on), iso(stay.diagnosed_on), iso(stay.ended_on), stay.end_reason)
            values |= {f"{stay.programme}_{part}": value for part, value in zip(_PARTS, shown, strict=True)}
        yield values


def _void(stay: Enrolment, later: list[Enrolment]) -> bool:
    """Over on the day it began, and another began on that day too: nothing ever belonged to it."""
    return stay.ended_on == stay.enrolled_on and any(other.enrolled_on == stay.enrolled_on for other in later)


def _assumed_again(db: sqlite3.Connection, person: int, stay: Enrolment, registered_on: date | None) -> bool:
    """Would a registry that reads these sheets assume the same day by itself?"""
    day = min(registered_on or date.max, stay.ended_on or date.max)
    first = histories.first_contact(db, person, None)
    return min(day, first or day) == stay.enrolled_on
