"""The verdict on a visit, and why a person stands where they stand."""

import sqlite3
from typing import NamedTuple

from chronic.model.codes import PROGRAMMES
from chronic.model.days import age_on, from_iso, iso
from chronic.model.plan import Plan, Verdict
from chronic.store import plans

_BEGAN = """
SELECT programme, max(enrolled_on) FROM open_enrolment WHERE person = ? AND assumed = 0 GROUP BY programme"""
_SEEN = """
SELECT v.person, v.uid, v.visit_date, CASE WHEN birth_approximate IS NULL THEN person.birth_date END,
  v.way, v.sbp, v.dbp, coalesce(v.fpg_meter, v.fpg),
       coalesce(v.ppg_2h_meter, v.ppg_2h), coalesce(v.random_glucose_meter, v.random_glucose), v.heart_rate,
       v.hba1c, v.ldl_c, v.danger, v.adr, v.complication
FROM visit AS v JOIN person ON person.id = v.person WHERE v.id = ?"""
_READINGS = (
    "way",
    "sbp",
    "dbp",
    "fpg",
    "ppg_2h",
    "random_glucose",
    "heart_rate",
    "hba1c",
    "ldl_c",
    "danger",
    "adr",
    "complication",
)


class Seen(NamedTuple):
    """One contact as the explanation needs it: whose, when, how old they were, and what was found."""

    person: int
    uid: str
    visit_date: str
    age: int | None
    readings: dict[str, object]

    @property
    def bp(self) -> str | None:
        sbp, dbp = self.readings["sbp"], self.readings["dbp"]
        return None if sbp is None and dbp is None else f"{'-' if sbp is None else sbp}/{'-' if dbp is None else dbp}"


class Why(NamedTuple):
    """The row other programs read, and what the screen needs to explain it. `seen` is by visit id."""

    row: dict[str, object]
    verdicts: tuple[Verdict, ...]
    plans: tuple[Plan, ...]
    seen: dict[int, Seen]


def of_visit(db: sqlite3.Connection, visit: int) -> Why:
    """The verdicts on one contact."""
    seen = _seen(db, visit)
    order = (*PROGRAMMES, "").index
    verdicts = tuple(sorted(plans.latest_verdicts(db, [visit]), key=lambda verdict: order(verdict.programme)))
    open_plans = plans.read(db, seen.person).plans
    return Why(_row(seen.person, verdicts, open_plans, seen), verdicts, open_plans, {visit: seen})


def of_person(db: sqlite3.Connection, person: int) -> Why:
    """Per programme the latest contact with a class or danger; a phone contact without danger leaves it as it was."""
    stored = plans.read(db, person)
    dues = {plan.programme: plan.due_on for plan in stored.plans if plan.kind == "followup"}
    began = dict(db.execute(_BEGAN, (person,)))
    latest: dict[str, Verdict] = {}
    seen: dict[int, Seen] = {}
    for verdict in stored.verdicts:
        if (verdict.klass or verdict.danger) and verdict.programme in ("", *dues):
            contact = seen.setdefault(verdict.visit, _seen(db, verdict.visit))
            if contact.visit_date >= began.get(verdict.programme, ""):
                latest[verdict.programme] = verdict._replace(due_on=dues.get(verdict.programme, verdict.due_on))
    verdicts = tuple(latest[programme] for programme in (*PROGRAMMES, "") if programme in latest)
    newest = max((seen[verdict.visit] for verdict in verdicts), key=lambda contact: contact.visit_date, default=None)
    row = _row(person, verdicts, stored.plans, newest)
    row["programmes"] = {
        programme: _programme(latest[programme]) if programme in latest else _never(programme, iso(dues[programme]))
        for programme in PROGRAMMES
        if programme in dues
    }
    return Why(row, verdicts, stored.plans, seen)


def _seen(db: sqlite3.Connection, visit: int) -> Seen:
    person, uid, day, born, *readings = db.execute(_SEEN, (visit,)).fetchone()
    age = age_on(from_iso(born), from_iso(day)) if born else None
    return Seen(person, uid, day, age, dict(zip(_READINGS, readings, strict=True)))


def _row(
    person: int, verdicts: tuple[Verdict, ...], open_plans: tuple[Plan, ...], contact: Seen | None
) -> dict[str, object]:
    dues = [plan.due_on for plan in open_plans if plan.kind == "followup"]
    return {
        "person_id": person,
        "visit_uid": contact.uid if contact else None,
        "visit_date": contact.visit_date if contact else None,
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
