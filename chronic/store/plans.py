"""Derived rows: verdicts, open plans and the agenda. Rewritten whole for a person, never patched."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from chronic.model.call import Tracing
from chronic.model.days import day_or_none, from_iso, iso
from chronic.model.person import PROGRAMMES
from chronic.model.plan import KINDS, Assessment, Plan, Standing, Verdict

_DELETE = tuple(f"DELETE FROM {table} WHERE person = ?" for table in ("verdict", "plan", "agenda"))
_VERDICT_COLUMNS = (
    "visit, programme, class, danger, consecutive, refer, due_on, rule, protocol, cites, not_asked, advice, meets, misses"
)
_VERDICT = f"INSERT INTO verdict (person, {_VERDICT_COLUMNS}) VALUES ({', '.join('?' * 15)})"
_PLAN_COLUMNS = "kind, programme, due_on, reasons, since_on, visit, urgency, days_high, found, slip"
_PLAN = f"INSERT INTO plan (person, {_PLAN_COLUMNS}, paused, rank) VALUES ({', '.join('?' * 13)})"
_AGENDA_COLUMNS = (
    "rank", "paused_on", "last_visit_on", "last_contact_on", "last_bp", "last_fpg", "danger",
    *(f"class_{programme}" for programme in PROGRAMMES), *(f"assessed_{programme}" for programme in PROGRAMMES),
    *Tracing._fields,
)  # fmt: skip
_DUES = tuple(f"due_{kind}" for kind in KINDS)
_AGENDA = f"""
INSERT INTO agenda (person, village, hamlet, household_no, paused, {", ".join((*_AGENDA_COLUMNS, *_DUES, "due_call"))})
SELECT id, village, hamlet, household_no, {", ".join("?" * (2 + len(_AGENDA_COLUMNS) + len(_DUES)))}
FROM person WHERE id = ?"""


def rewrite(db: sqlite3.Connection, assessed: Iterable[tuple[int, Assessment]]) -> None:
    """Replace everything derived about these people."""
    batch = list(assessed)
    people = [(person,) for person, _ in batch]
    for sql in _DELETE:
        db.executemany(sql, people)
    db.executemany(_VERDICT, (_verdict_row(person, verdict) for person, a in batch for verdict in a.verdicts))
    db.executemany(_PLAN, (_plan_row(person, plan, a.standing) for person, a in batch if a.standing for plan in a.plans))
    db.executemany(_AGENDA, (_agenda_row(person, a.standing, a.plans) for person, a in batch if a.standing))


def read(db: sqlite3.Connection, person: int) -> Assessment:
    """What is stored about a person, in the shape the rules produce it, for comparing and for showing."""
    verdicts = f"""
        SELECT {", ".join("v." + name for name in _VERDICT_COLUMNS.split(", "))} FROM verdict AS v
        JOIN visit ON visit.id = v.visit WHERE v.person = ? ORDER BY visit.visit_date, visit.uid, programme"""
    plans = f"SELECT {_PLAN_COLUMNS} FROM plan WHERE person = ?"
    return Assessment(
        tuple(_verdict(row) for row in db.execute(verdicts, (person,))),
        tuple(_plan(row) for row in db.execute(plans, (person,))),
        standing(db, person),
    )


def standing(db: sqlite3.Connection, person: int) -> Standing | None:
    """The agenda line of one person."""
    row = db.execute(f"SELECT {', '.join(_AGENDA_COLUMNS)} FROM agenda WHERE person = ?", (person,)).fetchone()
    if row is None:
        return None
    rank, paused_on, last_visit_on, last_contact_on, last_bp, last_fpg, danger, *words = row
    size = len(PROGRAMMES)
    return Standing(
        rank, day_or_none(paused_on), day_or_none(last_visit_on), day_or_none(last_contact_on), last_bp, last_fpg,
        tuple(danger.split()), dict(zip(PROGRAMMES, words[:size], strict=True)),
        dict(zip(PROGRAMMES, words[size : 2 * size], strict=True)), _tracing(*words[2 * size :]),
    )  # fmt: skip


def latest_verdicts(db: sqlite3.Connection, visits: Iterable[int]) -> list[Verdict]:
    """Verdicts on these contacts."""
    sql = f"""SELECT {_VERDICT_COLUMNS} FROM verdict WHERE person IN (SELECT person FROM visit WHERE id IN
              (SELECT value FROM json_each(?1))) AND visit IN (SELECT value FROM json_each(?1)) ORDER BY visit, programme"""
    return [_verdict(row) for row in db.execute(sql, (json.dumps(list(visits)),))]


def _verdict_row(person: int, verdict: Verdict) -> tuple[object, ...]:
    return (
        person, verdict.visit, verdict.programme, verdict.klass, " ".join(verdict.danger), verdict.consecutive,
        verdict.refer, iso(verdict.due_on), verdict.rule, verdict.protocol, " ".join(verdict.cites),
        " ".join(verdict.not_asked), " ".join(verdict.advice), " ".join(verdict.meets), " ".join(verdict.misses),
    )  # fmt: skip


def _verdict(row: tuple[Any, ...]) -> Verdict:
    visit, programme, klass, danger, consecutive, refer, due_on, rule, protocol, cites, not_asked, advice, *beside = row
    return Verdict(
        visit, programme, klass, _words(danger), consecutive, refer, day_or_none(due_on), rule, protocol,
        _words(cites), _words(not_asked), _words(advice), *map(_words, beside),
    )  # fmt: skip


def _plan_row(person: int, plan: Plan, standing: Standing) -> tuple[object, ...]:
    return (
        person, plan.kind, plan.programme, iso(plan.due_on), " ".join(plan.reasons), iso(plan.since_on), plan.visit,
        plan.urgency, plan.days_high, " ".join(plan.found), plan.slip, int(standing.paused_on is not None), standing.rank,
    )  # fmt: skip


def _plan(row: tuple[Any, ...]) -> Plan:
    kind, programme, due_on, reasons, since_on, visit, urgency, days_high, found, slip = row
    codes = _words(found)
    return Plan(
        kind, programme, from_iso(due_on), _words(reasons), from_iso(since_on), visit, urgency, days_high, codes, slip
    )


def _agenda_row(person: int, standing: Standing, plans: tuple[Plan, ...]) -> tuple[object, ...]:
    dues = [min((plan.due_on for plan in plans if plan.kind == kind), default=None) for kind in KINDS]
    to_call = min((plan.due_on for plan in plans if plan.kind != "checkup"), default=None)
    return (
        int(standing.paused_on is not None), standing.rank, iso(standing.paused_on), iso(standing.last_visit_on),
        iso(standing.last_contact_on), standing.last_bp, standing.last_fpg, " ".join(standing.danger),
        *(standing.klass.get(programme) for programme in PROGRAMMES),
        *(standing.assessed.get(programme) for programme in PROGRAMMES), *_traced(standing.tracing),
        *(iso(due) for due in dues), iso(to_call), person,
    )  # fmt: skip


def _traced(tracing: Tracing) -> Iterator[object]:
    for value in tracing:
        yield value.isoformat() if isinstance(value, date) else value


def _tracing(
    calls: int, next_call_on: str | None, promised_on: str | None, pause_on: str | None, told: str | None,
    last_call_on: str | None, ends: str | None,
) -> Tracing:  # fmt: skip
    days = (day_or_none(next_call_on), day_or_none(promised_on), day_or_none(pause_on))
    return Tracing(calls, *days, told, day_or_none(last_call_on), ends)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())
