"""The verdict on a visit, and why a person stands where they stand."""

import sqlite3
from typing import NamedTuple

from chronic.model.days import iso
from chronic.model.person import PROGRAMMES
from chronic.model.plan import Plan, Verdict
from chronic.store import plans

_CONTACT = "SELECT person, uid, visit_date FROM visit WHERE id = ?"
_BEGAN = """
SELECT programme, max(enrolled_on) FROM open_enrolment WHERE person = ? AND assumed = 0 GROUP BY programme"""
_READINGS = """
SELECT visit_date, way, kind, sbp, dbp, coalesce(fpg_meter, fpg), coalesce(ppg_2h_meter, ppg_2h),
       coalesce(random_glucose_meter, random_glucose), heart_rate, danger, adr, complication
FROM visit WHERE id = ?"""
READING_COLUMNS = (
    "visit_date", "way", "kind", "sbp", "dbp", "fpg", "ppg_2h", "random_glucose", "heart_rate",
    "danger", "adr", "complication",
)  # fmt: skip


class Why(NamedTuple):
    """The row other programs read, and what the screen needs to explain it."""

    row: dict[str, object]
    verdicts: tuple[Verdict, ...]
    plans: tuple[Plan, ...]


def of_visit(db: sqlite3.Connection, visit: int) -> Why:
    """The verdicts on one contact."""
    person, uid, day = db.execute(_CONTACT, (visit,)).fetchone()
    verdicts = tuple(plans.latest_verdicts(db, [visit]))
    open_plans = plans.read(db, person).plans
    return Why(_row(person, verdicts, open_plans, (uid, day)), verdicts, open_plans)


def of_person(db: sqlite3.Connection, person: int) -> Why:
    """Per programme the latest contact with a class or danger; a phone contact without danger leaves it as it was."""
    stored = plans.read(db, person)
    dues = {plan.programme: plan.due_on for plan in stored.plans if plan.kind == "followup"}
    began = dict(db.execute(_BEGAN, (person,)))
    latest: dict[str, tuple[Verdict, tuple[str, str]]] = {}
    for verdict in stored.verdicts:
        if not (verdict.klass or verdict.danger) or verdict.programme not in ("", *dues):
            continue
        _, uid, day = db.execute(_CONTACT, (verdict.visit,)).fetchone()
        if day >= began.get(verdict.programme, ""):
            latest[verdict.programme] = (verdict._replace(due_on=dues.get(verdict.programme, verdict.due_on)), (uid, day))
    verdicts = tuple(latest[programme][0] for programme in (*PROGRAMMES, "") if programme in latest)
    newest = max((contact for _, contact in latest.values()), key=lambda contact: contact[1], default=None)
    row = _row(person, verdicts, stored.plans, newest)
    row["programmes"] = {
        programme: _programme(latest[programme][0]) if programme in latest else _never(programme, iso(dues[programme]))
        for programme in PROGRAMMES
        if programme in dues
    }
    return Why(row, verdicts, stored.plans)


def readings(db: sqlite3.Connection, visit: int) -> dict[str, object]:
    """What was measured and said on a contact, without the blanks."""
    row = db.execute(_READINGS, (visit,)).fetchone()
    return {name: value for name, value in zip(READING_COLUMNS, row, strict=True) if value is not None}


def _row(
    person: int, verdicts: tuple[Verdict, ...], open_plans: tuple[Plan, ...], contact: tuple[str, str] | None
) -> dict[str, object]:
    dues = [plan.due_on for plan in open_plans if plan.kind == "followup"]
    return {
        "person_id": person,
        "visit_uid": contact[0] if contact else None,
        "visit_date": contact[1] if contact else None,
        "programmes": {verdict.programme: _programme(verdict) for verdict in verdicts if verdict.programme},
        "danger": list(dict.fromkeys(code for verdict in verdicts for code in verdict.danger)),
        "next_due_on": iso(min(dues, default=None)),
        "advice": list(dict.fromkeys(code for verdict in verdicts for code in verdict.advice)),
    }


def _programme(verdict: Verdict) -> dict[str, object]:
    return {
        "class": verdict.klass,
        "danger": list(verdict.danger),
        "consecutive": verdict.consecutive,
        "refer": verdict.refer,
        "due_on": iso(verdict.due_on),
        "rule": verdict.rule,
        "protocol": verdict.protocol,
        "cites": list(verdict.cites),
        "not_asked": list(verdict.not_asked),
    }


def _never(programme: str, due_on: str | None) -> dict[str, object]:
    """An open programme in which nothing has been judged yet."""
    return {
        "class": None, "danger": [], "consecutive": 0, "refer": None, "due_on": due_on,
        "rule": f"{programme}.never_seen", "protocol": None, "cites": ["first-followup"], "not_asked": [],
    }  # fmt: skip
