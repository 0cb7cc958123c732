"""The at-risk register: who has a factor of hypertension or diabetes, and every factor of one person."""

import re
import sqlite3
from collections.abc import Iterator
from datetime import date
from itertools import islice

from chronic.i18n import N_, _
from chronic.i18n.terms import PROGRAMMES, WANTED, term
from chronic.model.facts import FACTORS, Known
from chronic.model.fields import BY_COLUMN
from chronic.model.report import Column, Report
from chronic.model.wording import code_label, field_label
from chronic.protocol import Editions, Protocol
from chronic.reports import residents
from chronic.rules.atrisk import Factor, at_risk_of_age, factors
from chronic.store import known as store
from chronic.store import plans

_BOTH = ("htn", "dm")
_PERSON = (
    Column("programme", N_("At risk of")),
    Column("factor", N_("Factor")),
    Column("answer", N_("Answer")),
    Column("value", N_("Value")),
    Column("on", N_("Date")),
    Column("from", N_("Source")),
)
_LIST = (
    *residents.COLUMNS,
    Column("programmes", N_("At risk of")),
    Column("factors_htn", N_("For hypertension")),
    Column("factors_dm", N_("For diabetes")),
    Column("last_bp", N_("Last BP")),
    Column("last_bp_on", N_("BP on")),
)


def of_person(db: sqlite3.Connection, day: date, editions: Editions, person: int) -> Report:
    """Every factor, yes, no or unknown, with its value, day and source."""
    ((_id, known),) = store.read(db, [person])
    rows = [_row(factor) for programme in _BOTH for factor in factors(programme, known, day, editions.on(day))]
    return Report("at_risk_person", day.isoformat(), _PERSON, rows)


def listing(db: sqlite3.Connection, day: date, editions: Editions, among: residents.Among) -> Report:
    """People with a factor, village by village; `among.programme` htn or dm asks for one disease."""
    rows = islice(_people(db, day, editions.on(day), among), among.limit)
    return Report("at_risk", day.isoformat(), _LIST, rows)


def _people(db: sqlite3.Connection, day: date, protocol: Protocol, among: residents.Among) -> Iterator[dict[str, object]]:
    asked = [programme for programme in _BOTH if among.programme in (None, programme)]
    for some in residents.walk(db, among):
        known = dict(store.read(db, (row[0] for row in some)))
        for row in some:
            found = {programme: at_risk_of_age(programme, known[row[0]], day, protocol) for programme in asked}
            if any(found.values()):
                yield residents.who(row, day, among.full) | _risks(found, known[row[0]])


def _risks(found: dict[str, tuple[Factor, ...]], known: Known) -> dict[str, object]:
    bp = known.last.get("bp")
    pair = bp.value if bp is not None and isinstance(bp.value, tuple) else None
    return {
        "programmes": [programme for programme, its_factors in found.items() if its_factors],
        **{f"factors_{programme}": [f.code for f in found.get(programme, ())] for programme in _BOTH},
        "last_bp": "/".join("-" if part is None else str(part) for part in pair) if pair else None,
        "last_bp_on": bp.on.isoformat() if bp is not None and bp.on is not None else None,
    }


def _row(factor: Factor) -> dict[str, object]:
    return {
        "programme": factor.programme, "factor": factor.code, "answer": factor.answer,
        "value": _said(factor) or None, "on": factor.on.isoformat() if factor.on else None, "from": factor.source or None,
    }  # fmt: skip


def _said(factor: Factor) -> str:
    """The value with columns by their names and coded words by their labels."""
    if factor.code == "high_salt" and factor.value:
        return code_label("salt", factor.value)
    return re.sub(r"\b[a-z][a-z0-9_]+\b", lambda m: field_label(m[0]) if m[0] in BY_COLUMN else m[0], factor.value)


def next_lines(db: sqlite3.Connection, person: int, day: date, editions: Editions) -> Iterator[str]:
    """高血压高危: 年龄, 超重; 2027-05-21 前测血压. Nothing of a disease that is suspected already."""
    protocol = editions.on(day)
    ((_id, known),) = store.read(db, [person])
    suspected = {plan.programme for plan in plans.read(db, person).plans if plan.days_high is not None}
    rules = {"htn": protocol.screening.bp_at_risk, "dm": protocol.screening.fpg_at_risk}
    measured = {"htn": WANTED["bp"], "dm": WANTED["fpg"]}
    for programme in _BOTH:
        found = at_risk_of_age(programme, known, day, protocol) if programme not in suspected else ()
        if found:
            yield _("At risk of {programme}: {factors}; {what} by {day} at the latest.").format(
                programme=term(PROGRAMMES, programme),
                factors=", ".join(term(FACTORS, factor.code) for factor in found),
                what=_(measured[programme]),
                day=rules[programme].every.after(day),
            )
