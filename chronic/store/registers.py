"""Values that change: each goes by its latest `person_change`, by logical counter and then by uid, whatever any clock said.

What two registries first wrote down of one person differently is two changes with counter 0. Both stay, and while
nobody has decided since, two changes with one counter are a conflict.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from chronic.model.codes import PROGRAMMES
from chronic.model.idcard import BadIdCard, parse_id
from chronic.store import people, places, settling
from chronic.store.erasing import IDENTITY
from chronic.store.stamp import Stamp, content_uid
from chronic.store.travelling import FIELDS, shape

_CHANGES = """
SELECT field, about, old, new, counter, uid FROM person_change WHERE person = ? ORDER BY counter, uid"""
_BASE = """
INSERT OR IGNORE INTO person_change (uid, person, field, old, new, counter, recorded_at, recorded_by)
VALUES (?, ?, ?, NULL, ?, 0, ?, ?)"""
_UNIQUE = ("id_number", "archive_no")
_STAY = ("enrolled_on", "assumed", "diagnosed_on", "ended_on", "end_reason")
_HOME = ("township", "village", "hamlet")
_CONFLICTS = """
SELECT a.person, p.name, a.field, a.new AS one, b.new AS other, a.recorded_by AS one_by, b.recorded_by AS other_by, p.uid
FROM person_change AS a JOIN person_change AS b
  ON b.person = a.person AND b.field = a.field AND b.about IS a.about AND b.counter = a.counter AND b.uid > a.uid
 AND b.new IS NOT a.new
JOIN person AS p ON p.id = a.person
WHERE a.field <> 'person_ref' AND NOT EXISTS (SELECT 1 FROM person_change AS c
    WHERE c.person = a.person AND c.field = a.field AND c.about IS a.about AND c.counter > a.counter)
  AND NOT EXISTS (SELECT 1 FROM erasure AS e WHERE e.person = a.person)
ORDER BY a.person, a.field, a.uid"""
_TWICE = """
SELECT c.person, p.name, c.field, c.new AS one, q.id, c.recorded_by, q.name, p.uid
FROM person_change AS c JOIN person AS p ON p.id = c.person JOIN person AS q ON q.{column} = c.new AND q.id <> p.id
WHERE c.field = '{column}'
  AND NOT EXISTS (SELECT 1 FROM person_change AS later WHERE later.person = c.person AND later.field = c.field
                  AND (later.counter, later.uid) > (c.counter, c.uid))
ORDER BY c.person"""


class Conflict(NamedTuple):
    """Two registries wrote different values without knowing of each other, and nobody has decided since. `other_id`: where
    two people would have one number, the one who has it."""

    person: int
    name: str
    field: str
    one: str | None
    other: str | None
    one_by: str
    other_by: str
    uid: str
    other_id: int | None = None


def note_bases(db: sqlite3.Connection, person: int, line: Mapping[str, Any]) -> None:
    """Where another registry registered somebody with other words, and nobody changed them since: both are changes."""
    changed = {
        field
        for (field,) in db.execute("SELECT DISTINCT field FROM person_change WHERE person = ? AND counter > 0", (person,))
    }
    cursor = db.execute("SELECT * FROM person_card WHERE id = ?", (person,))
    names = [column[0] for column in cursor.description]
    ours = dict(zip(names, cursor.fetchone(), strict=True))
    ours |= {name: ours.pop(f"{name}_name") for name in _HOME}
    for field in FIELDS:
        mine, other = _said(ours[field]), _said(line.get(field))
        if other is None or mine == other or field in changed:
            continue
        for value, of in ((mine, ours), (other, line)):
            if value is not None:
                uid = content_uid("base", str(of["uid"]), field, value)
                db.execute(_BASE, (uid, person, field, value, of["recorded_at"], of["recorded_by"]))


def first_said(db: sqlite3.Connection, person: int, uid: str, field: str) -> str | None:
    """What the registration with this uid said first, where another one said something else."""
    for (value,) in db.execute(
        "SELECT new FROM person_change WHERE person = ? AND field = ? AND counter = 0", (person, field)
    ):
        known = db.execute("SELECT 1 FROM person_change WHERE uid = ?", (content_uid("base", uid, field, value or ""),))
        if known.fetchone() is not None:
            return str(value)
    return None


def apply(db: sqlite3.Connection, person: int, today: date, stamp: Stamp, line: Mapping[str, Any] | None = None) -> None:
    """Set everything this person's changes speak of to its latest value."""
    erased = db.execute("SELECT 1 FROM erasure WHERE person = ?", (person,)).fetchone() is not None
    columns: dict[str, str | None] = {}
    stays: dict[str, dict[str, str | None]] = {}
    pauses: dict[str, str | None] = {}
    refs: dict[tuple[str, str], bool] = {}
    tags: list[str] | None = None
    reasons: list[str] = []
    for field, about, old, new, _counter, _uid in db.execute(_CHANGES, (person,)):
        programme, _, part = field.partition("_")
        if field == "tags":
            tags = new.split(";") if new else []
        elif field == "person_ref":
            for ref, there in ((old, False), (new, True)):
                if ref is not None and about is not None:
                    refs[about, ref] = there
        elif field == "pause_ended_on":
            pauses[about] = new
        elif programme in PROGRAMMES and about is not None:
            stays.setdefault(about, {})[part] = new
        elif field in FIELDS and not (erased and field in (*IDENTITY, "birth_approximate")):
            columns[field] = new
            reasons += [new] if field == "closed_reason" and new else []
    if line is not None:
        refs = dict.fromkeys(((str(source), str(ref)) for source, ref in line.get("refs", ())), True) | refs
        tags = sorted(line.get("tags", ())) if tags is None else tags
    if columns:
        _write(db, person, columns, reasons, today, stamp)
    for (source, ref), there in refs.items() if not erased else ():
        if there:
            people.link(db, person, source, ref)
        else:
            db.execute("DELETE FROM person_source WHERE source = ? AND ref = ? AND person = ?", (source, ref, person))
    if tags is not None:
        db.execute("DELETE FROM person_tag WHERE person = ?", (person,))
        db.executemany("INSERT OR IGNORE INTO person_tag (person, tag) VALUES (?, ?)", ((person, tag) for tag in tags))
    for uid, ended_on in pauses.items():
        db.execute("UPDATE pause SET ended_on = max(?1, from_on) WHERE uid = ?2", (ended_on, uid))
    settle_stays(db, person, stays)


def conflicts(db: sqlite3.Connection) -> Iterator[Conflict]:
    """What is still to be decided, by person."""
    for row in db.execute(_CONFLICTS):
        yield Conflict(*row)
    for column in _UNIQUE:
        for person, name, field, value, other, by, their_name, uid in db.execute(_TWICE.format(column=column)):
            yield Conflict(person, name, field, value, str(their_name), by, "", uid, other)
    for found in settling.undecided(db):
        name, uid = db.execute("SELECT name, uid FROM person WHERE id = ?", (found.person,)).fetchone()
        yield Conflict(found.person, name, found.table, found.day, found.day, found.by, found.other_by, uid)


def _said(value: object) -> str | None:
    return None if value in (None, "", "unknown") else str(value)


def _write(
    db: sqlite3.Connection, person: int, columns: dict[str, str | None], reasons: list[str], today: date, stamp: Stamp
) -> None:
    """Values that came separately and cannot stand together are brought together, the same way everywhere."""
    own = db.execute(
        "SELECT name, id_number, archive_no, birth_date, closed_on, closed_reason FROM person WHERE id = ?", (person,)
    )
    names = ("name", "id_number", "archive_no", "birth_date", "closed_on", "closed_reason")
    now = dict(zip(names, own.fetchone(), strict=True)) | columns
    for column in _UNIQUE:
        sql = f"SELECT 1 FROM person WHERE {column} = ? AND id <> ?"
        if columns.get(column) and db.execute(sql, (columns[column], person)).fetchone():
            columns[column] = None
    if now["closed_on"] is None:
        columns["closed_reason"] = None
    elif now["closed_reason"] is None:
        columns["closed_reason"] = reasons[-1] if reasons else "moved"
    if columns.get("sex", "") is None:
        columns["sex"] = "unknown"
    if columns.get("name", "") is None:
        columns.pop("name")
    if columns.get("id_number"):
        try:
            card = parse_id(str(columns["id_number"]), today)
            columns |= {"birth_date": card.birth_date.isoformat(), "sex": card.sex, "birth_approximate": None}
        except BadIdCard:
            pass
    if columns.get("birth_date", now["birth_date"]) is None:
        columns["birth_approximate"] = None
    home = {name: columns.pop(name) for name in _HOME if name in columns}
    if columns:
        sets = ", ".join(f"{name} = ?" for name in columns)
        db.execute(f"UPDATE person SET {sets} WHERE id = ?", (*columns.values(), person))
    if home:
        township, village, hamlet = (home.get(name, row) for name, row in zip(_HOME, _home(db, person), strict=True))
        settled = places.settle(db, township, village, hamlet, stamp)
        db.execute("UPDATE person SET village = ?, hamlet = ? WHERE id = ?", (settled.village, settled.hamlet, person))
    if "name" in columns:
        people.rekey(db, person)


def _home(db: sqlite3.Connection, person: int) -> tuple[str | None, str | None, str | None]:
    sql = "SELECT township_name, village_name, hamlet_name FROM person_card WHERE id = ?"
    row: tuple[str | None, str | None, str | None] = db.execute(sql, (person,)).fetchone()
    return row


def settle_stays(db: sqlite3.Connection, person: int, changes: Mapping[str, Mapping[str, str | None]]) -> None:
    """Enrolments of one programme that ended together, or both are open, and overlap are one: the told one, then the
    earlier, then the smaller uid stands in the register, the others beside it."""
    from chronic.store import departing

    aside = {uid: json.loads(row) for uid, row in db.execute(
        "SELECT uid, row FROM aside WHERE person = ? AND place = 'enrolment'", (person,))}  # fmt: skip
    ids = dict(db.execute("SELECT uid, id FROM enrolment WHERE person = ?", (person,)))
    if not aside and not changes:
        return
    lines = {uid: departing.own_line(db, "enrolment", id_) for uid, id_ in ids.items()}
    lines |= {uid: line for uid, line in aside.items() if uid not in ids}
    for uid, line in lines.items():
        _change(line, changes.get(uid, {}))
    standing = _standing(lines.values())
    for uid in ids.keys() - standing:
        db.execute("DELETE FROM enrolment WHERE uid = ?", (uid,))
        put_aside(db, "enrolment", person, lines[uid])
    for uid in sorted(standing & ids.keys(), key=lambda uid: lines[uid].get("ended_on") is None):
        line = lines[uid]
        values = (
            line["enrolled_on"],
            line["assumed"],
            line.get("diagnosed_on"),
            line.get("ended_on"),
            line.get("end_reason"),
        )
        db.execute(f"UPDATE enrolment SET {' = ?, '.join(_STAY)} = ? WHERE uid = ?", (*values, uid))
    for uid in sorted(standing - ids.keys()):
        line = lines[uid]
        db.execute("DELETE FROM aside WHERE uid = ?", (uid,))
        row = {name: line[name] for name in shape(db, "enrolment").columns if name in line} | {"person": person}
        db.execute(f"INSERT INTO enrolment ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
    for uid in aside.keys() - standing:
        db.execute("UPDATE aside SET row = ? WHERE uid = ?", (json.dumps(lines[uid], ensure_ascii=False), uid))


def put_aside(db: sqlite3.Connection, table: str, person: int, line: Mapping[str, Any]) -> None:
    """Keep a row that another one stands for."""
    row = json.dumps(line, ensure_ascii=False, sort_keys=True)
    db.execute(
        "INSERT OR IGNORE INTO aside (uid, place, person, row) VALUES (?, ?, ?, ?)", (line["uid"], table, person, row)
    )


def _change(line: dict[str, Any], values: Mapping[str, str | None]) -> None:
    for part, value in values.items():
        line[part] = int(value or 0) if part == "assumed" else value
    if line.get("ended_on") is None:
        line["ended_on"] = line["end_reason"] = None
    else:
        line["ended_on"] = max(line["ended_on"], line["enrolled_on"])
        line["end_reason"] = line.get("end_reason") or "withdrawn"


def _standing(lines: Iterable[Mapping[str, Any]]) -> set[str]:
    kept: list[Mapping[str, Any]] = []
    for line in sorted(lines, key=lambda line: (line["assumed"], line["enrolled_on"], line["uid"])):
        twin = any(
            other["programme"] == line["programme"] and other.get("ended_on") == line.get("ended_on") for other in kept
        )
        if not twin:
            kept.append(line)
    return {str(line["uid"]) for line in kept}
