"""Tasks as a listing, and one with everything that became of it.

Open tasks stand in a table of their own, so that a list of them costs what is open, however many were ever closed.
"""

import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from chronic.i18n import N_, _, ngettext
from chronic.i18n.terms import ASKED_ABOUT, PROGRAMMES, term
from chronic.model.days import from_iso
from chronic.model.report import Column, Report
from chronic.model.task import TYPED, Task
from chronic.model.wording import either, field_label
from chronic.protocol import Interval
from chronic.protocol.sections import Protocol
from chronic.protocol.tasks import Tasks
from chronic.reports import tagged
from chronic.store import tasks

_COLUMNS = (
    Column("task", N_("Task"), True),
    Column("uid", "uid", hidden=True),
    Column("task_state", N_("State")),
    Column("deadline", N_("Do by")),
    Column("days_overdue", N_("Late"), True),
    Column("owner", N_("Owner")),
    Column("person_id", N_("Id"), True),
    Column("name", N_("Name")),
    Column("village", N_("Village")),
    Column("check", "check", hidden=True),
    Column("title", N_("Problem")),
    Column("since_on", "since_on", hidden=True),
    Column("about", "about", hidden=True),
    Column("found_on", N_("Found")),
)
_CLOSED = (Column("task_closed_on", N_("Finished on")), Column("evidence", N_("What was done")))
_EVENTS = (
    Column("on", N_("Date")),
    Column("task_event", N_("What")),
    Column("owner", N_("Owner"), hidden=True),
    Column("deadline", N_("Do by"), hidden=True),
    Column("detail", N_("Details")),
    Column("by_rule", "by_rule", hidden=True),
    Column("by", N_("Recorded by")),
)
_KINDS = (
    Column("check", N_("Check")),
    Column("title", N_("Problem")),
    Column("limit", N_("Longer than")),
    Column("within", N_("To be done within")),
    Column("ended_by", N_("Closed by")),
    Column("mark", N_("Mark")),
    Column("source", N_("Source")),
    Column("sentence", N_("Sentence"), hidden=True),
)
_ROW = """
SELECT t.id, t.uid, {open}, t.kind, t.title, t.since_on, t.about, t.found_on, t.person, p.name, coalesce(v.name, w.name),
  {owner}, {due_on}, c.happened_on, c.text, c.by_rule
FROM {source}
LEFT JOIN person AS p ON p.id = t.person LEFT JOIN place AS v ON v.id = p.village LEFT JOIN place AS w ON w.id = t.place
LEFT JOIN task_event AS c ON c.id = (SELECT id FROM task_event WHERE task = t.id AND event = 'closed'
  ORDER BY turn DESC, uid DESC LIMIT 1)
WHERE {where} ORDER BY {order}"""
HANDED = "(SELECT owner FROM task_event WHERE task = t.id AND owner IS NOT NULL ORDER BY turn DESC, uid DESC LIMIT 1)"
_ON = " UNION SELECT task FROM task_about WHERE person = :person"
_OF = f"SELECT id FROM task WHERE person = :person{_ON}"
_OPEN_OF = f"SELECT task FROM task_open WHERE person = :person{_ON}"
ACCEPTED = """EXISTS (SELECT 1 FROM task_event AS a WHERE a.task = t.id AND a.event = 'accepted' AND a.origin = t.origin
  AND NOT EXISTS (SELECT 1 FROM task_event AS b WHERE b.task = t.id AND b.event IN ('closed', 'reopened')
    AND (b.turn, b.uid) > (a.turn, a.uid)))"""
_MOVED = "(SELECT due_on FROM task_event WHERE task = t.id AND due_on IS NOT NULL ORDER BY turn DESC, uid DESC LIMIT 1)"
_DONE = f"CASE WHEN {ACCEPTED} THEN 'accepted' ELSE 'closed' END"
DONE = ("closed", "accepted")


class Asked(NamedTuple):
    """Which tasks. `state`: open, closed or all; `overdue`: only those whose day is over."""

    state: str = "open"
    owner: str | None = None
    person: int | None = None
    kind: str | None = None
    overdue: bool = False
    limit: int | None = None
    whom: tagged.Whom = tagged.Whom()


def listing(db: sqlite3.Connection, day: date, protocol: Protocol, asked: Asked) -> Report:
    """The tasks: the open ones in the order of the book's checks, then by their day; the closed ones, the latest first."""
    columns = _COLUMNS if asked.state == "open" else (*_COLUMNS, *_CLOSED)
    return Report("tasks", day.isoformat(), columns, _rows(db, day, Tasks.of(protocol), asked))


def query(checks: list[str], asked: Asked, day: date) -> tuple[str, dict[str, object]]:
    """(SQL, values) of the listing."""
    order = "coalesce((SELECT key FROM json_each(:checks) WHERE value = t.kind), :last), deadline, t.id"
    if asked.state == "open":
        source, found = "task_open AS o CROSS JOIN task AS t ON t.id = o.task", ["1"]
        owner, due_on = "o.owner", "o.due_on"
    else:
        source, found = "task AS t LEFT JOIN task_open AS o ON o.task = t.id", ["1"]
        owner, due_on = f"coalesce(o.owner, {HANDED}, t.owner)", f"coalesce(o.due_on, {_MOVED}, t.due_on)"
        order = f"o.task IS NULL, CASE WHEN o.task IS NULL THEN '' ELSE t.kind END, c.happened_on DESC, {order}"
    if asked.state == "closed":
        found.append("o.task IS NULL")
    near = "o" if asked.state == "open" else "t"
    values: dict[str, object] = {"today": day.isoformat(), "checks": json.dumps(checks), "last": len(checks)}
    of = _OPEN_OF if asked.state == "open" else _OF
    for column, value, test in (
        ("owner", asked.owner, f"{owner} = :owner"), ("person", asked.person, f"t.id IN ({of})"),
        ("kind", asked.kind, f"{near}.kind = :kind"),
    ):  # fmt: skip
        if value is not None:
            values[column] = value
            found.append(test)
    if asked.overdue:
        found.append("o.due_on < :today")
    found[0] += tagged.filters(asked.whom, values, "coalesce(p.village, t.place)")
    state = f"CASE o.reopened WHEN 0 THEN 'open' WHEN 1 THEN 'reopened' ELSE {_DONE} END"
    if asked.state == "open":
        state = "CASE o.reopened WHEN 0 THEN 'open' ELSE 'reopened' END"
    limit = f" LIMIT {asked.limit:d}" if asked.limit is not None else ""
    sql = _ROW.format(
        open=state, owner=owner, due_on=f"{due_on} AS deadline", source=source, where=" AND ".join(found), order=order
    )
    return sql + limit, values


def _rows(db: sqlite3.Connection, day: date, words: Tasks, asked: Asked) -> Iterator[dict[str, object]]:
    sql, values = query(words.in_force.checks, asked, day)
    for id_, uid, state, kind, title, since_on, about, found_on, *rest in db.execute(sql, values):
        person, name, village, owner, due_on, closed_on, evidence, by_rule = rest
        late = (day - from_iso(due_on)).days if state not in DONE else 0
        row = {
            "task": id_, "uid": uid, "task_state": state, "deadline": due_on, "days_overdue": late if late > 0 else None,
            "owner": owner, "person_id": person, "name": name, "village": village, "check": kind,
            "title": title or said(words, kind, since_on, about), "since_on": since_on, "about": about, "found_on": found_on,
        }  # fmt: skip
        if asked.state != "open":
            closed = state in DONE
            row |= {"task_closed_on": closed_on if closed else None, "evidence": _evidence(evidence, by_rule, closed)}
        yield row


def kinds(day: date, protocol: Protocol) -> Report:
    """The checks in force."""
    words = Tasks.of(protocol)
    rows: list[dict[str, object]] = []
    for code in words.in_force.checks:
        if code == TYPED:
            continue
        check, cite = words.checks[code], words.cites[words.checks[code].cite]
        limit = check.after or check.lately
        rows.append({
            "check": code, "title": either(check.name), "limit": span(limit) if limit else None,
            "within": span(check.within), "ended_by": check.ended_by, "mark": cite.mark,
            "source": cite.source, "sentence": either((cite.zh, cite.en)),
        })  # fmt: skip
    return Report("task_kinds", day.isoformat(), _KINDS, rows)


def name_of(words: Tasks, code: str) -> str:
    """A check's short name; one the book lost stands for itself."""
    return either(words.checks[code].name) if code in words.checks else code


def said(words: Tasks, kind: str, since_on: object, about: str | None) -> str:
    """What a check's task is about, in the user's language; a check the book lost stands for itself."""
    if kind not in words.checks:
        return " ".join(filter(None, (kind, str(since_on or ""), _about(about))))
    check = words.checks[kind]
    limit = check.after or check.lately
    return either(check.says).format(on=since_on, limit=span(limit) if limit else "", about=_about(about))


def title_of(words: Tasks, task: Task) -> str:
    return task.title or said(words, task.kind, task.since_on, task.about)


def story(db: sqlite3.Connection, day: date, number: int) -> Report:
    """Everything that became of a task, oldest first."""
    task = tasks.by_id(db, number)
    assert task is not None
    first: dict[str, object] = {"on": task.found_on.isoformat(), "task_event": "found", "owner": task.owner,
             "deadline": task.due_on.isoformat(), "detail": None, "by_rule": task.kind != TYPED, "by": None}  # fmt: skip
    rows: list[dict[str, object]] = [first]
    for event in tasks.events(db, number):
        detail = event.text or event.owner
        if event.by_rule:
            detail = _("the problem is gone") if event.event == "closed" else _reopening(rows)
        rows.append({
            "on": event.on.isoformat(), "task_event": event.event, "owner": event.owner,
            "deadline": event.due_on.isoformat() if event.due_on else None, "detail": detail, "by_rule": event.by_rule,
            "by": _("check") if event.by_rule else event.by,
        })  # fmt: skip
    first["by"] = _("check") if task.kind != TYPED else _recorded_by(db, number)
    return Report("task", day.isoformat(), _EVENTS, rows)


def _reopening(before: list[dict[str, object]]) -> str:
    closed = [row for row in before if row["task_event"] == "closed"]
    return _("it is back") if closed and closed[-1]["by_rule"] else _("closed by hand, but the problem is still there")


def _recorded_by(db: sqlite3.Connection, number: int) -> str:
    (by,) = db.execute("SELECT recorded_by FROM task WHERE id = ?", (number,)).fetchone()
    return str(by)


def _evidence(text: str | None, by_rule: int | None, closed: bool) -> str | None:
    if not closed:
        return None
    return _("the problem is gone") if by_rule else text


def _about(about: str | None) -> str:
    asked, _colon, doctor = (about or "").partition(":")
    words = [term(ASKED_ABOUT, word) if word in ASKED_ABOUT else measure(word) for word in asked.split(",") if word]
    return " ".join([*words, doctor] if doctor else words)


def measure(word: str) -> str:
    """A programme or a column by its name."""
    return term(PROGRAMMES, word) if word in PROGRAMMES else field_label(word)


def span(interval: Interval) -> str:
    if interval.months:
        return ngettext("{n} month", "{n} months", interval.months).format(n=interval.months)
    return ngettext("{n} day", "{n} days", interval.days).format(n=interval.days)
