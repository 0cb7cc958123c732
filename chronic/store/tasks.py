"""Tasks and their events, both written once; and which of them are open, derived from the events."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from chronic.model.days import day_or_none, from_iso, iso
from chronic.model.task import Event, Task
from chronic.store.stamp import Stamp

_COLUMNS = "key, kind, person, place, title, since_on, about, owner, found_on, due_on"
_INSERT = f"""
INSERT INTO task (uid, {_COLUMNS}, origin, recorded_at, recorded_by) VALUES ({", ".join("?" * 14)})"""
_EVENT = """
INSERT INTO task_event (uid, task, turn, event, happened_on, by_rule, owner, due_on, text, origin, recorded_at, recorded_by)
SELECT ?1, ?2, coalesce(max(turn), 0) + 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 FROM task_event WHERE task = ?2"""
_LAST_FIRST = "ORDER BY turn DESC, uid DESC"
"""What happened to a task is in the order in which its writers knew of each other, and then by uid: the same everywhere."""
_OPEN = f"""
INSERT INTO task_open (task, kind, person, owner, due_on, reopened)
SELECT * FROM (
  SELECT t.id, t.kind, t.person,
    coalesce((SELECT e.owner FROM task_event AS e WHERE e.task = t.id AND e.owner IS NOT NULL {_LAST_FIRST} LIMIT 1),
             t.owner),
    coalesce((SELECT e.due_on FROM task_event AS e WHERE e.task = t.id AND e.due_on IS NOT NULL {_LAST_FIRST} LIMIT 1),
             t.due_on),
    coalesce((SELECT CASE e.event WHEN 'reopened' THEN 1 ELSE -1 END FROM task_event AS e
      WHERE e.task = t.id AND e.event IN ('closed', 'reopened') {_LAST_FIRST} LIMIT 1), 0) AS reopened
  FROM task AS t WHERE t.id IN (SELECT value FROM json_each(?)))
WHERE reopened >= 0"""
_KEYED = """
SELECT t.id, o.task IS NOT NULL FROM task AS t LEFT JOIN task_open AS o ON o.task = t.id WHERE t.key = ?"""
_LAST = f"""
SELECT by_rule, due_on FROM task_event WHERE task = ? AND event = 'closed' {_LAST_FIRST} LIMIT 1"""
_EVENTS = """
SELECT event, happened_on, by_rule, owner, due_on, text, recorded_by FROM task_event WHERE task = ? ORDER BY turn, uid"""
_ACCEPTED = """
SELECT e.event = 'accepted' FROM task_event AS e JOIN task AS t ON t.id = e.task
WHERE e.task = ? AND (e.event IN ('closed', 'reopened') OR (e.event = 'accepted' AND e.origin = t.origin))
ORDER BY e.turn DESC, e.uid DESC LIMIT 1"""
_HANDED = """
SELECT p.person FROM task_about AS p JOIN task AS t ON t.id = p.task JOIN task_open AS o ON o.task = t.id
WHERE t.about = ?"""
_ABOUT = """
SELECT p.id, p.name FROM task_about AS o JOIN person AS p ON p.id = o.person WHERE o.task = ? GROUP BY p.id ORDER BY p.id"""
_MINE = "SELECT count(*), coalesce(sum(due_on < ?2), 0) FROM task_open WHERE owner = ?1"
_OPEN_SINCE = """
SELECT DISTINCT t.since_on FROM task_open AS o JOIN task AS t ON t.id = o.task
WHERE o.kind = ? AND t.since_on IS NOT NULL ORDER BY 1"""
_TOUCHED = """
SELECT id FROM task WHERE id BETWEEN ? AND ? UNION SELECT task FROM task_event WHERE id BETWEEN ? AND ?"""
_WORKED_ON = """
SELECT e.event, e.recorded_by, e.recorded_at, t.id FROM task_event AS e JOIN task AS t ON t.id = e.task
WHERE t.id BETWEEN ? AND ? AND NOT e.by_rule AND e.id NOT BETWEEN ? AND ? ORDER BY e.id DESC LIMIT 1"""

Span = tuple[int, int]


class Standing(NamedTuple):
    """Of a key: the task's number, and whether it is open."""

    id: int
    open: bool


def add(db: sqlite3.Connection, new: Task, stamp: Stamp) -> int:
    """Write a task; its number. One without a key gets its uid."""
    uid = stamp.uid()
    days = (iso(new.since_on), new.about, new.owner, iso(new.found_on), iso(new.due_on))
    values = (uid, new.key or uid, new.kind, new.person, new.place, new.title, *days)
    made = db.execute(_INSERT, (*values, stamp.origin, stamp.at, stamp.by)).lastrowid
    assert made is not None
    row = (made, new.kind, new.person, new.owner, iso(new.due_on))
    db.execute("INSERT INTO task_open (task, kind, person, owner, due_on, reopened) VALUES (?, ?, ?, ?, ?, 0)", row)
    return made


def about(db: sqlite3.Connection, task: int, people: Iterable[int], stamp: Stamp) -> None:
    """Say whom a task is about."""
    sql = "INSERT INTO task_about (uid, task, person, origin, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?, ?)"
    db.executemany(sql, ((stamp.uid(), task, person, stamp.origin, stamp.at, stamp.by) for person in people))


def people_of(db: sqlite3.Connection, task: int) -> list[tuple[int, str]]:
    """(number, name) of those a task that was handed out is about."""
    return db.execute(_ABOUT, (task,)).fetchall()


def handed(db: sqlite3.Connection, source: str) -> set[int]:
    """Who is on an open task that was handed out for this reason."""
    return {person for (person,) in db.execute(_HANDED, (source,))}


def accepted(db: sqlite3.Connection, number: int) -> bool:
    """Was it looked at after it was closed, and found done, by the registry it comes from?"""
    row = db.execute(_ACCEPTED, (number,)).fetchone()
    return row is not None and bool(row[0])


def origin(db: sqlite3.Connection, number: int) -> str:
    """The registry a task comes from."""
    (found,) = db.execute("SELECT origin FROM task WHERE id = ?", (number,)).fetchone()
    return str(found)


def happened(db: sqlite3.Connection, task: int, new: Event, stamp: Stamp) -> None:
    """Write an event of a task."""
    told = (new.event, iso(new.on), int(new.by_rule), new.owner, iso(new.due_on), new.text)
    db.execute(_EVENT, (stamp.uid(), task, *told, stamp.origin, stamp.at, stamp.by))
    derive(db, [task])


def derive(db: sqlite3.Connection, tasks: Iterable[int]) -> None:
    """Rewrite from the facts which of these are open, whose they are and until when."""
    ids = json.dumps(list(tasks))
    db.execute("DELETE FROM task_open WHERE task IN (SELECT value FROM json_each(?))", (ids,))
    db.execute(_OPEN, (ids,))


def by_id(db: sqlite3.Connection, number: int) -> Task | None:
    row = db.execute(f"SELECT {_COLUMNS}, id FROM task WHERE id = ?", (number,)).fetchone()
    return None if row is None else _task(row)


def now(db: sqlite3.Connection, number: int) -> tuple[str | None, str] | None:
    """(owner, day) of an open task, None for a closed one."""
    found: tuple[str | None, str] | None = db.execute(
        "SELECT owner, due_on FROM task_open WHERE task = ?", (number,)
    ).fetchone()
    return found


def any_open(db: sqlite3.Connection, person: int) -> bool:
    sql = """SELECT 1 FROM task_open WHERE person = ?1
      UNION ALL SELECT 1 FROM task_about AS p JOIN task_open AS o ON o.task = p.task WHERE p.person = ?1 LIMIT 1"""
    return db.execute(sql, (person,)).fetchone() is not None


def owned(db: sqlite3.Connection, person: int, owner: str) -> list[int]:
    """The open tasks about somebody that are this owner's."""
    sql = "SELECT task FROM task_open WHERE person = ? AND owner = ? ORDER BY task"
    return [task for (task,) in db.execute(sql, (person, owner))]


def mine(db: sqlite3.Connection, owner: str, day: date) -> tuple[int, int]:
    """(open tasks of this owner, those late)."""
    found: tuple[int, int] = db.execute(_MINE, (owner, day.isoformat())).fetchone()
    return found


def keyed(db: sqlite3.Connection, key: str) -> Standing | None:
    """The task with this key."""
    row = db.execute(_KEYED, (key,)).fetchone()
    return row and Standing(row[0], bool(row[1]))


def closed_by_rule(db: sqlite3.Connection, number: int) -> bool:
    """Was it a check that closed it last?"""
    row = db.execute(_LAST, (number,)).fetchone()
    return row is not None and bool(row[0])


def every(db: sqlite3.Connection) -> list[int]:
    """The numbers of all tasks, open and closed."""
    return [number for (number,) in db.execute("SELECT id FROM task")]


def open_of(db: sqlite3.Connection, kind: str) -> list[int]:
    """The open tasks of one kind."""
    return [id_ for (id_,) in db.execute("SELECT task FROM task_open WHERE kind = ? ORDER BY task", (kind,))]


def open_since(db: sqlite3.Connection, kind: str) -> list[str]:
    """The days that the open tasks of one kind come from."""
    return [day for (day,) in db.execute(_OPEN_SINCE, (kind,))]


def open_kinds(db: sqlite3.Connection) -> list[str]:
    return [kind for (kind,) in db.execute("SELECT DISTINCT kind FROM task_open ORDER BY kind")]


def events(db: sqlite3.Connection, number: int) -> Iterator[Event]:
    """What became of a task, in the order it was written."""
    for event, on, by_rule, owner, due_on, text, by in db.execute(_EVENTS, (number,)):
        yield Event(event, from_iso(on), bool(by_rule), owner, day_or_none(due_on), text, by)


def between(db: sqlite3.Connection, first: int, last: int, limit: int) -> list[Task]:
    """The tasks with these numbers."""
    sql = f"SELECT {_COLUMNS}, id FROM task WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?"
    return [_task(row) for row in db.execute(sql, (first, last, limit))]


def events_between(db: sqlite3.Connection, first: int, last: int, limit: int) -> list[tuple[Task, Event]]:
    """The events with these ids and their tasks."""
    sql = "SELECT task, event, happened_on, by_rule, owner, due_on, text, recorded_by FROM task_event"
    found = []
    for task, event, on, by_rule, owner, due_on, text, by in db.execute(
        f"{sql} WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?", (first, last, limit)
    ):
        whose = by_id(db, task)
        assert whose is not None
        found.append((whose, Event(event, from_iso(on), bool(by_rule), owner, day_or_none(due_on), text, by)))
    return found


def touched(db: sqlite3.Connection, tasks: Span, events: Span) -> list[int]:
    """The tasks with these ids, and those of these events."""
    return [id_ for (id_,) in db.execute(_TOUCHED, (*tasks, *events))]


def worked_on(db: sqlite3.Connection, tasks: Span, events: Span) -> tuple[str, str, str, int] | None:
    """(event, by, at, task) of the latest that somebody wrote about one of these tasks, these events left out."""
    found: tuple[str, str, str, int] | None = db.execute(_WORKED_ON, (*tasks, *events)).fetchone()
    return found


def loosen(db: sqlite3.Connection, tasks: Span) -> None:
    """Before these tasks are deleted: take away what refers to them, which is only what checks wrote later."""
    db.execute("DELETE FROM task_open WHERE task BETWEEN ? AND ?", tasks)
    db.execute("DELETE FROM task_event WHERE task BETWEEN ? AND ?", tasks)


def forget(db: sqlite3.Connection, first: int, last: int) -> None:
    """Take away the tasks of people who go themselves."""
    ids = "(SELECT id FROM task WHERE person BETWEEN ?1 AND ?2)"
    for table in ("task_open", "task_event"):
        db.execute(f"DELETE FROM {table} WHERE task IN {ids}", (first, last))
    db.execute(f"DELETE FROM task_about WHERE person BETWEEN ?1 AND ?2 OR task IN {ids}", (first, last))
    db.execute("DELETE FROM task WHERE person BETWEEN ? AND ?", (first, last))


def _task(row: tuple[object, ...]) -> Task:
    key, kind, person, place, title, since_on, about, owner, found_on, due_on, id_ = row
    return Task(
        key, kind, person, place, title, day_or_none(since_on), about, owner,  # type: ignore[arg-type]
        from_iso(str(found_on)), from_iso(str(due_on)), int(str(id_)),
    )  # fmt: skip
