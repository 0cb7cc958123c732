"""A day of screening: how many were measured, what was found, and who has to be followed up."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from chronic.i18n import N_
from chronic.model.days import age_on, from_iso
from chronic.model.place import Where
from chronic.model.plan import History, Plan
from chronic.model.report import Column, Report
from chronic.model.visit import Contact
from chronic.protocol import Editions
from chronic.reports import grouped, listed
from chronic.rules.assessment import assess
from chronic.rules.danger import dangers
from chronic.rules.glycaemia import between
from chronic.rules.screening import high
from chronic.store import histories

_SCREENED = """
SELECT s.person, p.uid, p.name, p.sex, p.birth_date, v.name, h.name{group}
FROM (SELECT DISTINCT person FROM visit INDEXED BY visit_screening
      WHERE visit_date = :day AND kind = 'screening' AND ended_by IS NULL) AS s
JOIN person AS p ON p.id = s.person LEFT JOIN place AS v ON v.id = p.village LEFT JOIN place AS h ON h.id = p.hamlet
WHERE {where} ORDER BY v.name, h.name, s.person"""
COUNTS = ("measured", "bp", "glucose", "high", "danger", "suspected", "new", "confirm", "prediabetes")
TITLES = {
    "measured": N_("measured"),
    "bp": N_("pressures"),
    "glucose": N_("glucose tests"),
    "high": N_("high"),
    "danger": N_("in danger"),
    "suspected": N_("suspected, to measure again"),
    "new": N_("of them new"),
    "confirm": N_("to be confirmed"),
    "prediabetes": N_("prediabetes"),
}
_SUMMARY = tuple(Column(name, TITLES[name], right=True) for name in COUNTS)
_PEOPLE = (
    *listed.HOME,
    Column("bp", N_("BP")),
    Column("fpg", N_("Fasting")),
    Column("danger", N_("Danger"), hidden=True),
    Column("programme", N_("Suspected")),
    Column("days_high", N_("High days"), True),
    Column("step", N_("Next step")),
    Column("due_on", N_("By")),
)
_GLUCOSE = ("fpg", "ppg_2h", "random_glucose", "ogtt_2h", "hba1c")


class Found(NamedTuple):
    """One person on the day. `plans`: suspicions as they stood that evening."""

    row: tuple[object, ...]
    contacts: tuple[Contact, ...]
    danger: tuple[str, ...]
    plans: tuple[Plan, ...]
    counts: tuple[str, ...]


def found(
    db: sqlite3.Connection, day: date, where: Where | None, editions: Editions, by: grouped.Groups | None = None
) -> Iterator[Found]:
    """Everyone screened on that day; what came later is left aside. `by`: whom `summary` is to put together."""
    there = where.sql("p") if where is not None else "1"
    rows = db.execute(
        _SCREENED.format(where=there, group=f", {by.column('p')}" if by else ""), {"day": day.isoformat()}
    ).fetchall()
    by_person = dict(histories.read(db, (row[0] for row in rows)))
    for row in rows:
        yield _evening(row, by_person[row[0]], day, editions)


def summary(everyone: list[Found], day: date, by: grouped.Groups) -> Report:
    """One row for each group of whom was found `by` it."""
    groups: dict[object, Counter[str]] = {}
    for one in everyone:
        groups.setdefault(by.name(one.row[7], None), Counter()).update(one.counts)
    rows: list[dict[str, object]] = [
        {by.by: group, **{name: counts[name] for name in COUNTS}} for group, counts in groups.items()
    ]
    return Report("campaign", day.isoformat(), (Column(by.by, grouped.BY[by.by]), *_SUMMARY), rows)


def total(everyone: list[Found]) -> Counter[str]:
    """The same for the whole day."""
    return Counter(name for one in everyone for name in one.counts)


def to_follow(everyone: list[Found], day: date) -> Report:
    """Who was in danger or is suspected: one row for each suspicion, or for the danger alone."""
    rows = [row for one in everyone for row in _rows(one, day)]
    return Report("campaign_people", day.isoformat(), _PEOPLE, rows)


def _evening(row: tuple[object, ...], history: History, day: date, editions: Editions) -> Found:
    until = history._replace(
        contacts=tuple(contact for contact in history.contacts if contact.on <= day),
        outcomes=tuple(outcome for outcome in history.outcomes if outcome.outcome_on <= day),
        enrolments=tuple(enrolment for enrolment in history.enrolments if enrolment.enrolled_on <= day),
    )
    contacts = tuple(contact for contact in until.contacts if contact.on == day and contact.kind == "screening")
    protocol = editions.on(day)
    plans = tuple(plan for plan in assess(until, editions).plans if plan.days_high is not None)
    danger = tuple(dict.fromkeys(code for contact in contacts for code in dangers(contact, protocol)))
    rechecks = [plan for plan in plans if plan.reasons == ("recheck_due",)]
    marks = {
        "measured": True,
        "bp": any(contact.sbp is not None or contact.dbp is not None for contact in contacts),
        "glucose": any(getattr(contact, name) is not None for contact in contacts for name in _GLUCOSE),
        "high": any(high(programme, contacts, editions) for programme in ("htn", "dm")),
        "danger": bool(danger),
        "suspected": bool(rechecks),
        "new": any(plan.since_on == day for plan in rechecks),
        "confirm": any(plan.kind == "referral" for plan in plans),
        "prediabetes": any(between(contact, protocol) for contact in contacts),
    }
    return Found(row, contacts, danger, plans, tuple(name for name, holds in marks.items() if holds))


def _rows(one: Found, day: date) -> Iterator[dict[str, object]]:
    person, uid, name, sex, born, village, hamlet, *_group = one.row
    bp = next((f"{c.sbp or '-'}/{c.dbp or '-'}" for c in reversed(one.contacts) if c.sbp or c.dbp), None)
    fpg = next((c.fpg for c in reversed(one.contacts) if c.fpg is not None), None)
    same = {
        "person_id": person, "uid": uid, "name": name, "sex": sex, "age": age_on(from_iso(str(born)), day) if born else None,
        "village": village, "hamlet": hamlet, "bp": bp, "fpg": _meter(fpg), "danger": list(one.danger),
    }  # fmt: skip
    for plan in one.plans:
        step = "confirm" if plan.kind == "referral" else _STEPS[plan.reasons[0]]
        yield same | {
            "programme": plan.programme, "days_high": plan.days_high, "step": step, "due_on": plan.due_on.isoformat(),
        }  # fmt: skip
    if one.danger and not one.plans:
        yield same | {"programme": None, "days_high": None, "step": "emergency", "due_on": None}


_STEPS = {"recheck_due": "recheck", "confirm_due": "ask", "enrol_due": "enrol"}


def _meter(value: float | None) -> float | str | None:
    return {float("inf"): "HI", float("-inf"): "LO"}.get(value, value) if value is not None else None
