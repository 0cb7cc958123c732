"""Values that change: each goes by its latest `person_change`, by logical counter and then by uid, whatever any clock said.

What two registries first wrote down of one person differently is two changes with counter 0. Both stay, and while
nobody has decided since, two changes with one counter are a conflict, see `conflicts`.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from chronic.model.codes import PROGRAMMES
from chronic.model.idcard import BadIdCard, parse_id
from chronic.store import enrolments, numbers, people, places, sources, travelling
from chronic.store.erasing import IDENTITY
from chronic.store.stamp import Stamp, content_uid
from chronic.store.travelling import FIELDS

_CHANGES = """
SELECT person, field, about, old, new FROM person_change WHERE person IN (SELECT value FROM json_each(?))
ORDER BY person, counter, uid"""
_SAID = "SELECT person, field, counter, new FROM person_change WHERE person IN (SELECT value FROM json_each(?))"
_OURS = f"""
SELECT id, uid, recorded_at, recorded_by, township_name AS township, village_name AS village, hamlet_name AS hamlet,
  {", ".join(FIELDS[:-3])} FROM person_card WHERE id IN (SELECT value FROM json_each(?))"""
_TAGS = "SELECT person, tag FROM person_tag WHERE person IN (SELECT value FROM json_each(?)) ORDER BY person, tag"
_AT_ONCE = 500
_BASE = """
INSERT INTO person_change (uid, person, field, old, new, counter, recorded_at, recorded_by)
VALUES (?, ?, ?, NULL, ?, 0, ?, ?) ON CONFLICT (uid) DO NOTHING"""
_HOME = ("township", "village", "hamlet")


class Said(NamedTuple):
    """What a bundle's line says of a person beside the fields: numbers of other systems, (source, number), and tags."""

    refs: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()

    @classmethod
    def of(cls, line: Mapping[str, Any], origin: str) -> "Said":
        """`origin`: of the registry that is told."""
        if "refs" not in line and "tags" not in line:
            return _NOTHING
        refs = tuple((sources.here(str(source), origin), str(ref)) for source, ref in line.get("refs", ()))
        return cls(refs, tuple(sorted(line.get("tags", ()))))

    def and_of(self, other: "Said | None") -> "Said":
        """Of two lines about one person."""
        return self if other is None else Said((*self.refs, *other.refs), tuple(sorted({*self.tags, *other.tags})))


_NOTHING = Said()


class Differing(NamedTuple):
    """A field of which a line and the register say different things; of each, the registration it is of and its stamp."""

    person: int
    field: str
    said: tuple[tuple[str, str, str, str], ...]


def differing(db: sqlite3.Connection, spoken: Sequence[tuple[int, Mapping[str, Any]]]) -> Iterator[Differing]:
    """Where these lines say something else of their people than the register does: (uid, value, recorded at, by) of both."""
    cursor = db.execute(_OURS, (json.dumps([who for who, _line in spoken]),))
    names = [column[0] for column in cursor.description]
    register = {row[0]: dict(zip(names, row, strict=True)) for row in cursor}
    for person, line in spoken:
        ours = register[person]
        for field in FIELDS:
            if ours[field] == line.get(field):
                continue
            mine, other = _said(ours[field]), _said(line.get(field))
            if other is None or mine == other:
                continue
            both = ((ours, mine), (line, other))
            yield Differing(person, field, tuple(
                (str(of["uid"]), value, of["recorded_at"], of["recorded_by"]) for of, value in both if value is not None
            ))  # fmt: skip


def note_bases(db: sqlite3.Connection, found: Sequence[Differing]) -> set[int]:
    """Where another registry registered these people with other words, and nobody changed them since: both are changes,
    unless it is known already whose words they are. Of whom that is new. To be asked when a bundle's changes are here."""
    asked = (json.dumps(sorted({each.person for each in found})),)
    changed, words = set[tuple[int, str]](), set[tuple[int, str, str]]()
    for person, field, counter, new in db.execute(_SAID, asked):
        if counter:
            changed.add((person, field))
        else:
            words.add((person, field, new))
    bases = {}
    for person, field, said in found:
        for uid, value, at, by in said if (person, field) not in changed else ():
            if (person, field, value) not in words:
                uid = content_uid("base", uid, field, value)
                bases[uid] = (uid, person, field, value, at, by)
    db.executemany(_BASE, bases.values())
    return {base[1] for base in bases.values()}


def first_said(db: sqlite3.Connection, person: int, uid: str, field: str) -> str | None:
    """What the registration with this uid said first, where another one said something else."""
    for (value,) in db.execute(
        "SELECT new FROM person_change WHERE person = ? AND field = ? AND counter = 0", (person, field)
    ):
        known = db.execute("SELECT 1 FROM person_change WHERE uid = ?", (content_uid("base", uid, field, value or ""),))
        if known.fetchone() is not None:
            return str(value)
    return None


def apply(db: sqlite3.Connection, people: Iterable[int], today: date, stamp: Stamp, said: Mapping[int, Said]) -> set[int]:
    """Set everything these people's changes speak of to its latest value. Who else lost or got a number by that."""
    erased = {person for (person,) in db.execute("SELECT person FROM erasure")}
    whose = sorted(people)
    owners = numbers.owners(db, numbers.spoken_of(db, whose), whose)
    besides = numbers.release(db, owners)  # first of all: two may get each other's
    for start in range(0, len(whose), _AT_ONCE):
        some = whose[start : start + _AT_ONCE]
        asked = (json.dumps(some),)
        changes: dict[int, list[_Change]] = {person: [] for person in some}
        for person, *row in db.execute(_CHANGES, asked):
            changes[person].append(_Change._make(row))
        aside = enrolments.beside(db, some)
        tags: dict[int, list[str]] = {person: [] for person in some}
        for person, tag in db.execute(_TAGS, asked):
            tags[person].append(tag)
        for person in some:
            found = _Latest.of(changes[person], said.get(person), person in erased)
            if found.columns:
                columns = _without_others(person, found.columns, owners)
                _write(db, person, columns, found.reasons, today, stamp)
            _link(db, person, found.refs if person not in erased else {})
            if found.tags is not None and found.tags != tags[person]:
                _tag(db, person, found.tags)
            for uid, ended_on in found.pauses.items():
                db.execute("UPDATE pause SET ended_on = max(?1, from_on) WHERE uid = ?2", (ended_on, uid))
            if found.stays or person in aside:
                for line in enrolments.settle(db, person, found.stays):
                    put_aside(db, "enrolment", person, line)
    return (besides | _hand_on(db, owners, today, stamp)) - {*whose}


def hand_on(db: sqlite3.Connection, freed: numbers.Numbers, today: date, stamp: Stamp) -> set[int]:
    """Give numbers that may be free by now to whoever was waiting for them; to whom."""
    return _hand_on(db, numbers.owners(db, freed), today, stamp)


def _hand_on(db: sqlite3.Connection, owners: numbers.Owners, today: date, stamp: Stamp) -> set[int]:
    given = set()
    for person, column, number in list(numbers.waiting(db, owners)):
        _write(db, person, {column: number}, [], today, stamp)
        given.add(person)
    return given


def _without_others(person: int, columns: Mapping[str, str | None], owners: numbers.Owners) -> dict[str, str | None]:
    """These values, without a number that is somebody else's until that is decided."""
    return {
        column: None if value and column in numbers.UNIQUE and owners[column][value] != person else value
        for column, value in columns.items()
    }


class _Change(NamedTuple):
    field: str
    about: str | None
    old: str | None
    new: str | None


class _Latest(NamedTuple):
    """What somebody's changes come to: columns, enrolments by uid, pauses by uid, numbers of other systems (False: taken
    away), tags (None: nothing said), every reason why they were closed."""

    columns: dict[str, str | None]
    stays: dict[str, dict[str, str | None]]
    pauses: dict[str, str | None]
    refs: dict[tuple[str, str], bool]
    tags: list[str] | None
    reasons: list[str]

    @classmethod
    def of(cls, changes: Iterable[_Change], said: Said | None, erased: bool) -> "_Latest":
        found = cls({}, {}, {}, dict.fromkeys(said.refs, True) if said else {}, None, [])
        tags = list(said.tags) if said else None
        for field, about, old, new in changes:
            programme, _, part = field.partition("_")
            if field == "tags":
                tags = sorted(new.split(";")) if new else []
            elif field == "person_ref":
                for ref, there in ((old, False), (new, True)):
                    if ref is not None and about is not None:
                        found.refs[about, ref] = there
            elif field == "pause_ended_on" and about is not None:
                found.pauses[about] = new
            elif programme in PROGRAMMES and about is not None:
                found.stays.setdefault(about, {})[part] = new
            elif field in FIELDS and not (erased and field in (*IDENTITY, "birth_approximate")):
                found.columns[field] = new
                found.reasons.extend([new] if field == "closed_reason" and new else [])
        return found._replace(tags=tags)


def _link(db: sqlite3.Connection, person: int, refs: Mapping[tuple[str, str], bool]) -> None:
    for (source, ref), there in refs.items():
        if there:
            people.link(db, person, source, ref)
        else:
            db.execute("DELETE FROM person_source WHERE source = ? AND ref = ? AND person = ?", (source, ref, person))


def _tag(db: sqlite3.Connection, person: int, tags: Iterable[str]) -> None:
    db.execute("DELETE FROM person_tag WHERE person = ?", (person,))
    db.executemany("INSERT OR IGNORE INTO person_tag (person, tag) VALUES (?, ?)", ((person, tag) for tag in tags))


def _said(value: object) -> str | None:
    return None if value in (None, "", "unknown") else str(value)


def _write(
    db: sqlite3.Connection, person: int, columns: dict[str, str | None], reasons: list[str], today: date, stamp: Stamp
) -> None:
    """Values that came separately and cannot stand together are brought together, the same way everywhere."""
    own = db.execute("SELECT birth_date, closed_on, closed_reason FROM person WHERE id = ?", (person,))
    names = ("birth_date", "closed_on", "closed_reason")
    now = dict(zip(names, own.fetchone(), strict=True)) | columns
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


def put_aside(db: sqlite3.Connection, table: str, person: int, line: Mapping[str, Any]) -> None:
    """Keep a row that another one stands for."""
    row = json.dumps(travelling.said(line), ensure_ascii=False, sort_keys=True)
    db.execute(
        "INSERT OR IGNORE INTO aside (uid, place, person, row) VALUES (?, ?, ?, ?)", (line["uid"], table, person, row)
    )
