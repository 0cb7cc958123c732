"""The residents' register: read, write, and the one way a person is changed."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from chronic.model.days import day_or_none
from chronic.model.person import Person
from chronic.model.pinyin import initials
from chronic.model.tags import code_of
from chronic.store import journal, places, tasks
from chronic.store.stamp import Stamp

PLAIN = tuple(name for name in Person._fields if name not in ("id", "uid", "village", "township", "hamlet"))
"""Columns that hold their own value; the place is kept as ids."""
DAYS = ("birth_date", "registered_on", "closed_on")

_CARD = f"""
SELECT id, uid, village_name, township_name, hamlet_name, {", ".join(PLAIN)} FROM person_card"""
_INSERT = f"""
INSERT INTO person (uid, village, hamlet, origin, batch, recorded_at, recorded_by, {", ".join(PLAIN)})
VALUES ({", ".join("?" * (7 + len(PLAIN)))})"""
_CHANGE = """
INSERT INTO person_change (uid, person, field, about, old, new, batch, origin, recorded_at, recorded_by, counter)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1 + coalesce((
  SELECT max(counter) FROM person_change WHERE person = ?2 AND field = ?3 AND about IS ?4), 0))"""
_DATES = """
SELECT CASE WHEN birth_approximate IS NULL THEN birth_date END, closed_on,
  (SELECT CASE max(assumed) WHEN 0 THEN min(enrolled_on) END FROM open_enrolment
  WHERE open_enrolment.person = person.id)
FROM person WHERE id = ?"""
_MERGED = "SELECT person FROM person_merge WHERE {column} = ? ORDER BY id DESC LIMIT 1"
_RECORDED = """
SELECT coalesce(
  (SELECT max(recorded_at) FROM person_change WHERE person = :person AND field = :field AND new = :value),
  (SELECT max(recorded_at) FROM enrolment WHERE person = :person AND programme = :programme),
  (SELECT recorded_at FROM person WHERE id = :person))"""
_CHANGES = """
SELECT person, field, about, old, new FROM person_change WHERE id BETWEEN ? AND ? ORDER BY person, id DESC"""
_SPOKEN_OF = " UNION ".join(
    f"SELECT person FROM {table} WHERE person BETWEEN :first AND :last"
    for table in (*(set(journal.PLAIN) - {"task", "task_event"}), "live_checkup", "live_contact")
)
_SPOKEN_OF += " UNION SELECT other FROM person_distinct WHERE other BETWEEN :first AND :last"
_SPOKEN_OF += " UNION SELECT person FROM person_merge WHERE person BETWEEN :first AND :last"
_SPOKEN_OF += " UNION SELECT person FROM task WHERE kind = 'typed' AND person BETWEEN :first AND :last"
_TWICE = """
SELECT max(NOT EXISTS (SELECT 1 FROM person_change AS l WHERE l.person = c.person AND l.field = c.field
                       AND l.counter > c.counter))
FROM person_change AS c JOIN person_change AS o ON o.person = c.person AND o.field = c.field
  AND o.counter = c.counter AND o.new IS NOT c.new
WHERE c.person = ? AND c.field = 'village' AND c.new IS NOT NULL"""
_CHECKUPS = "(SELECT id FROM checkup WHERE person BETWEEN :first AND :last)"
_VISITS = "(SELECT id FROM visit WHERE person BETWEEN :first AND :last)"
_OF_PERSON = ("verdict", "plan", "agenda", "medicine_course", "person_change", "person_tag", "person_source", "name_key",
              "person_alias", "aside", "elsewhere")  # fmt: skip


class Change(NamedTuple):
    """One person_change row, as far as it is about values."""

    person: int
    field: str
    about: str | None
    old: str | None
    new: str | None


class Dates(NamedTuple):
    """The dates that decide whether a visit can be: birth, closing, and the day before which no open programme plans,
    None where one of them has an assumed beginning that an earlier visit moves."""

    born: date | None
    closed_on: date | None
    enrolled_on: date | None


def dates(db: sqlite3.Connection, person: int) -> Dates:
    return Dates(*map(day_or_none, db.execute(_DATES, (person,)).fetchone()))


def add(db: sqlite3.Connection, person: Person, stamp: Stamp) -> tuple[int, tuple[str, ...]]:
    """Write a new person. Returns the id and the names of villages created for it."""
    home = places.settle(db, person.township, person.village, person.hamlet, stamp)
    values = [_plain(getattr(person, name)) for name in PLAIN]
    row = (person.uid or stamp.uid(), home.village, home.hamlet, stamp.origin, stamp.batch, stamp.at, stamp.by, *values)
    made = db.execute(_INSERT, row).lastrowid
    assert made is not None
    _key(db, made, person.name)
    return made, home.made


def add_all(db: sqlite3.Connection, people: Sequence[Person], stamp: Stamp) -> range:
    """Write many new people, as they are, in one go; their ids."""
    homes: dict[tuple[str | None, str | None, str | None], places.Home] = {}
    rows = []
    for person in people:
        where = (person.township, person.village, person.hamlet)
        home = homes.get(where) or homes.setdefault(where, places.settle(db, *where, stamp))
        values = (_plain(getattr(person, name)) for name in PLAIN)
        rows.append((stamp.uid(), home.village, home.hamlet, stamp.origin, stamp.batch, stamp.at, stamp.by, *values))
    (last,) = db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'person'").fetchone()
    db.executemany(_INSERT, rows)
    ids = range(last + 1, last + 1 + len(rows))
    keys = ((key, id_) for id_, person in zip(ids, people, strict=True) for key in initials(person.name))
    db.executemany("INSERT INTO name_key (key, person) VALUES (?, ?)", keys)
    return ids


def change(db: sqlite3.Connection, person: int, new: dict[str, object], stamp: Stamp) -> list[tuple[str, object, object]]:
    """Set these columns; the (field, old, new) of each that differed, also written as person_change rows."""
    old = get(db, person)
    differing = [(field, getattr(old, field), value) for field, value in new.items() if getattr(old, field) != value]
    plain = {field: _plain(value) for field, _, value in differing if field in PLAIN}
    if plain:
        assignments = ", ".join(f"{field} = ?" for field in plain)
        db.execute(f"UPDATE person SET {assignments} WHERE id = ?", (*plain.values(), person))
    if any(field in ("village", "township", "hamlet") for field, _, _ in differing):
        where = {name: new.get(name, getattr(old, name)) for name in ("township", "village", "hamlet")}
        township, village, hamlet = (None if value is None else str(value) for value in where.values())
        home = places.settle(db, township, village, hamlet, stamp)
        db.execute("UPDATE person SET village = ?, hamlet = ? WHERE id = ?", (home.village, home.hamlet, person))
    if "name" in plain:
        _rekey(db, person, str(plain["name"]))
    for field, before, after in differing:
        note_change(db, person, field, before, after, stamp)
    return differing


def move(db: sqlite3.Connection, person: int, village: int, hamlets: dict[int, int], stamp: Stamp) -> None:
    """The person's village is called by another row now, and so may be the hamlet."""
    was, hamlet = db.execute("SELECT village, hamlet FROM person WHERE id = ?", (person,)).fetchone()
    new = hamlets.get(hamlet, hamlet)
    db.execute("UPDATE person SET village = ?, hamlet = ? WHERE id = ?", (village, new, person))
    told = zip(("village", "township", "hamlet"), places.names(db, was, hamlet), places.names(db, village, new), strict=True)
    for field, before, after in told:
        if before != after:
            note_change(db, person, field, before, after, stamp)


def note_change(
    db: sqlite3.Connection, person: int, field: str, old: object, new: object, stamp: Stamp, about: str | None = None
) -> None:
    """One person_change row: what travels to other registries and answers "who changed this".

    `about` is the uid of the enrolment or pause that changed, or the source of a person_ref.
    """
    values = (stamp.uid(), person, field, about, _text(old), _text(new), stamp.batch, stamp.origin, stamp.at, stamp.by)
    db.execute(_CHANGE, values)


def recorded(db: sqlite3.Connection, person: int, field: str, value: object) -> str:
    """When this value of a person's field, or of an enrolment's as in htn_ended_on, was written here: an instant (UTC)."""
    asked = {"person": person, "field": field, "value": _text(value), "programme": field.partition("_")[0]}
    (at,) = db.execute(_RECORDED, asked).fetchone()
    return str(at)


def get(db: sqlite3.Connection, person: int) -> Person:
    """The person with this id, who must exist."""
    return next(read(db, "WHERE id = ?", (person,)))


def village_of(db: sqlite3.Connection, person: int) -> int | None:
    """The id of the village somebody lives in."""
    (village,) = db.execute("SELECT village FROM person WHERE id = ?", (person,)).fetchone()
    return None if village is None else int(village)


def known_as(db: sqlite3.Connection, person: int) -> str:
    """The name of someone who may have been merged with somebody else by now."""
    sql = "SELECT name FROM person WHERE id = ?1 UNION ALL SELECT name FROM person_merge WHERE merged = ?1"
    (name,) = db.execute(sql, (person,)).fetchone()
    return str(name)


def read(db: sqlite3.Connection, where: str, values: Sequence[object] | dict[str, object] = ()) -> Iterator[Person]:
    """People by a WHERE/ORDER/LIMIT clause over person_card, in that order."""
    for row in db.execute(f"{_CARD} {where}", values):
        yield _person(row)


def find_by_number(db: sqlite3.Connection, column: str, number: str) -> list[Person]:
    """People whose id_number or archive_no is this number; eight digits also fit the end of an archive number."""
    if column == "archive_no" and len(number) == 8:
        return list(read(db, "WHERE archive_no IS NOT NULL AND substr(archive_no, -8) = ?", (number,)))
    return list(read(db, f"WHERE {column} = ?", (number,)))


def find_by_tail(db: sqlite3.Connection, tail: str) -> list[Person]:
    """People not closed whose ID number ends so."""
    clause = "WHERE id_number IS NOT NULL AND substr(id_number, -4) = ? AND closed_on IS NULL ORDER BY id"
    return list(read(db, clause, (tail,)))


def find_by_name(db: sqlite3.Connection, part: str, limit: int = 50, moving: bool = False) -> list[Person]:
    """People not closed whose name contains the part; a name that is exactly the part comes first, never alone. `moving`:
    also those closed who were ever transferred."""
    clause = f"WHERE instr(name, ?) > 0 AND {_there(moving)} ORDER BY name <> ?, length(name), name, id LIMIT ?"
    return list(read(db, clause, (part, part, limit)))


def claimed_twice(db: sqlite3.Connection, person: int) -> bool | None:
    """Did two registries say, without knowing of each other, in which village somebody lives, and nobody decided since?
    None where that never was so."""
    (undecided,) = db.execute(_TWICE, (person,)).fetchone()
    return None if undecided is None else bool(undecided)


def find_by_initials(db: sqlite3.Connection, key: str, limit: int = 50, moving: bool = False) -> list[Person]:
    """People not closed with these pinyin initials, in any reading; `moving` as in `find_by_name`."""
    clause = f"WHERE id IN (SELECT person FROM name_key WHERE key = ?) AND {_there(moving)} ORDER BY name, id LIMIT ?"
    return list(read(db, clause, (key.lower(), limit)))


def _there(moving: bool) -> str:
    return f"(closed_on IS NULL{' OR id IN (SELECT person FROM transfer)' if moving else ''})"


def chunks(db: sqlite3.Connection, size: int) -> Iterator[list[int]]:
    """Everyone's id, so many at a time, ascending; others may write in between."""
    last = 0
    while some := [id_ for (id_,) in db.execute("SELECT id FROM person WHERE id > ? ORDER BY id LIMIT ?", (last, size))]:
        yield some
        last = some[-1]


def id_by(db: sqlite3.Connection, column: str, value: str, source: str = "") -> int | None:
    """The id of the person with this uid, id_number, archive_no, or person_ref of a source.

    What somebody had who was merged with another finds that other, unless a third has the number by now.
    """
    if column == "person_ref":
        row = db.execute("SELECT person FROM person_source WHERE source = ? AND ref = ?", (source, value)).fetchone()
        return row and int(row[0])
    row = db.execute(f"SELECT id FROM person WHERE {column} = ?", (value,)).fetchone()
    if row is None:
        row = db.execute(_MERGED.format(column="merged_uid" if column == "uid" else column), (value,)).fetchone()
    return row and int(row[0])


def is_own(db: sqlite3.Connection, uid: str, origin: str) -> bool:
    """Is there somebody with this uid whom the registry with this origin registered?"""
    return db.execute("SELECT 1 FROM person WHERE uid = ? AND origin = ?", (uid, origin)).fetchone() is not None


def link(db: sqlite3.Connection, person: int, source: str, ref: str, stamp: Stamp | None = None) -> None:
    """Remember what another system calls this person; noted with `stamp` for someone already registered."""
    values = (source, ref, person)
    made = db.execute("INSERT OR IGNORE INTO person_source (source, ref, person) VALUES (?, ?, ?)", values).rowcount
    if made and stamp is not None:
        note_change(db, person, "person_ref", None, ref, stamp, source)


def refs(db: sqlite3.Connection, person: int) -> list[tuple[str, str]]:
    """(source, number) of what other systems call this person."""
    return db.execute("SELECT source, ref FROM person_source WHERE person = ? ORDER BY source, ref", (person,)).fetchall()


def unlink(db: sqlite3.Connection, person: int, source: str, ref: str, stamp: Stamp) -> None:
    """Forget again what another system calls this person."""
    db.execute("DELETE FROM person_source WHERE source = ? AND ref = ? AND person = ?", (source, ref, person))
    note_change(db, person, "person_ref", ref, None, stamp, source)


def changes(db: sqlite3.Connection, first: int, last: int) -> Iterator[Change]:
    """The changes with these ids, by person, each person's latest first."""
    return (Change(*row) for row in db.execute(_CHANGES, (first, last)))


def still_spoken_of(db: sqlite3.Connection, first: int, last: int) -> list[int]:
    """Who of these people is managed, paused, referred, or has a live contact or a task that somebody wrote down."""
    return sorted(row[0] for row in db.execute(_SPOKEN_OF, {"first": first, "last": last}))


def forget(db: sqlite3.Connection, first: int, last: int) -> list[str]:
    """Take people away of whom nothing is left but contacts withdrawn before; the uids of both."""
    span = {"first": first, "last": last}
    for table in ("visit_reading", "visit_entered", "visit_void"):
        db.execute(f"DELETE FROM {table} WHERE visit IN {_VISITS}", span)
    for table in ("checkup_value", "checkup_void"):
        db.execute(f"DELETE FROM {table} WHERE checkup IN {_CHECKUPS}", span)
    tasks.forget(db, first, last)
    for table in _OF_PERSON:
        db.execute(f"DELETE FROM {table} WHERE person BETWEEN :first AND :last", span)
    gone = db.execute("DELETE FROM visit WHERE person BETWEEN :first AND :last RETURNING uid", span).fetchall()
    gone += db.execute("DELETE FROM checkup WHERE person BETWEEN :first AND :last RETURNING uid", span).fetchall()
    gone += db.execute("DELETE FROM person WHERE id BETWEEN :first AND :last RETURNING uid", span).fetchall()
    return [uid for (uid,) in gone]


def tags(db: sqlite3.Connection, person: int) -> list[str]:
    return [row[0] for row in db.execute("SELECT tag FROM person_tag WHERE person = ? ORDER BY tag", (person,))]


def set_tags(db: sqlite3.Connection, person: int, wanted: Iterable[str], stamp: Stamp) -> bool:
    """Make these the person's tags, known ones by their codes; True when that changed something."""
    old, new = tags(db, person), sorted({code_of(tag) for tag in wanted})
    if old == new:
        return False
    db.execute("DELETE FROM person_tag WHERE person = ?", (person,))
    db.executemany("INSERT INTO person_tag (person, tag) VALUES (?, ?)", ((person, tag) for tag in new))
    note_change(db, person, "tags", ";".join(old) or None, ";".join(new) or None, stamp)
    return True


def _person(row: Sequence[object]) -> Person:
    id_, uid, village, township, hamlet, *plain = row
    values = dict(zip(PLAIN, plain, strict=True))
    for name in DAYS:
        values[name] = day_or_none(values[name])  # type: ignore[arg-type]
    return Person(id=id_, uid=uid, village=village, township=township, hamlet=hamlet, **values)  # type: ignore[arg-type]


def rekey(db: sqlite3.Connection, person: int) -> None:
    """Write the pinyin initials of someone anew."""
    _rekey(db, person, get(db, person).name)


def _rekey(db: sqlite3.Connection, person: int, name: str) -> None:
    db.execute("DELETE FROM name_key WHERE person = ?", (person,))
    _key(db, person, name)


def _key(db: sqlite3.Connection, person: int, name: str) -> None:
    db.executemany("INSERT INTO name_key (key, person) VALUES (?, ?)", ((key, person) for key in initials(name)))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _text(value: object) -> str | None:
    return None if value is None else str(int(value) if isinstance(value, bool) else _plain(value))
