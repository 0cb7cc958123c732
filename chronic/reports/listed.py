"""The people on a list, one line each: as dicts by column key, or as lines of a CSV.

A whole county's list goes out as CSV. Making a dict of each person and taking it apart again would cost more than
everything else together, so those lines are set straight from the row of the query.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache
from typing import NamedTuple

from chronic.i18n import N_
from chronic.model.codes import PROGRAMMES
from chronic.model.days import age_on, from_iso
from chronic.model.guards import cell
from chronic.model.idcard import masked_phone
from chronic.model.report import Column, Rows
from chronic.reports.sqlcsv import line

PERSON = (
    Column("person_id", N_("Id"), right=True),
    Column("uid", "uid", hidden=True),
    Column("name", N_("Name")),
    Column("sex", N_("Sex")),
    Column("age", N_("Age"), right=True),
)
"""Who it is."""
HOME = (
    *PERSON,
    Column("village", N_("Village"), hidden=True),
    Column("hamlet", N_("Hamlet")),
)
"""And where to find them."""
WHO = (*HOME, Column("phone", N_("Phone"), last=True))
"""The columns every list of people to call or to visit begins with."""
_SIZE = len(PROGRAMMES)
_WORDS = (*(f"a.class_{programme}" for programme in PROGRAMMES), *(f"a.assessed_{programme}" for programme in PROGRAMMES))
_PLANS = """(SELECT group_concat(kind || ' ' || programme || ' ' || due_on || ' ' || reasons, ';')
    FROM plan WHERE plan.person = a.person)"""
_OLDER = "'checkup  ' || a.older_on || ' checkup_due'"
_PLANS_AND_OLDER = f"coalesce({_PLANS} || coalesce(';' || {_OLDER}, ''), {_OLDER})"
_BUT_CHECKUPS = "plan.kind <> 'checkup' AND plan.person = a.person"
"""Everyone managed has a check-up in the plan; lists of other things leave it out where they look."""
_FPG = "CASE WHEN a.last_fpg IN ('HI', 'LO') THEN a.last_fpg ELSE CAST(a.last_fpg AS REAL) END"

ROW = f"""
  a.person, p.uid, p.name, p.sex, p.birth_date, v.name, h.name, p.phone, a.paused_on, a.last_visit_on,
  a.last_contact_on, a.last_bp, a.last_fpg, a.danger, {", ".join(_WORDS)}, a.calls, a.next_call_on, a.last_call_on,
  a.told, a.promised_on, a.pause_on, {_PLANS}"""
"""The columns of a list, after the due date."""

_LINE = f"""
  a.person, p.uid, p.name, p.sex, p.birth_date, v.name, h.name, p.phone,
  {line("a.last_visit_on", "a.last_contact_on", "a.last_bp", _FPG, *_WORDS, "replace(a.danger, ' ', ';')")},
  a.paused_on, a.calls, coalesce(a.next_call_on, ''), {_PLANS}"""
"""The same with what needs no thought as a ready piece of a CSV line."""

_WHO = """
SELECT p.id, p.uid, p.name, p.sex, p.birth_date, v.name, h.name, p.phone
FROM person AS p LEFT JOIN place AS v ON v.id = p.village LEFT JOIN place AS h ON h.id = p.hamlet
WHERE p.id IN (SELECT value FROM json_each(?))"""

Query = Callable[[str], tuple[str, dict[str, object]]]
"""(SQL, values) for these columns."""


class Shape(NamedTuple):
    """What decides how a line reads. `kinds`, `programme`, `until`: whose reasons count. `timing`: the columns that
    follow from the due date. `paused`: since when stands in the line."""

    today: date
    kinds: tuple[str, ...]
    programme: str | None
    until: date
    timing: Callable[[date], dict[str, object]]
    full: bool
    paused: bool
    traced: bool = False
    """Where calling them back stands, too."""


def rows(db: sqlite3.Connection, query: Query, shape: Shape) -> Rows:
    """The people whom the query finds, asked when they are read."""
    return Rows(lambda: _dicts(db, query, shape), lambda: _lines(db, query, shape))


def who(db: sqlite3.Connection, ids: Iterable[int], day: date, full: bool = False) -> dict[int, dict[str, object]]:
    """What every list of people begins with, of these."""
    found = db.execute(_WHO, (f"[{','.join(map(str, ids))}]",))
    return {
        id_: {
            "person_id": id_, "uid": uid, "name": name, "sex": sex, "age": age_on(from_iso(born), day) if born else None,
            "village": village, "hamlet": hamlet, "phone": phone if full else masked_phone(phone),
        }
        for id_, uid, name, sex, born, village, hamlet, phone in found
    }  # fmt: skip


def _needed(columns: str, shape: Shape) -> str:
    return columns if "checkup" in shape.kinds else columns.replace("plan.person = a.person", _BUT_CHECKUPS)


def with_older(columns: str) -> str:
    """The same columns where the agenda holds older people's check-ups, which stand in no plan (`reports.older`)."""
    return columns.replace(_PLANS, _PLANS_AND_OLDER)


def number(text: str | None) -> float | str | None:
    """A stored reading as a number; HI and LO stay words."""
    return text if text in (None, "HI", "LO") else float(text)


def _dicts(db: sqlite3.Connection, query: Query, shape: Shape) -> Iterator[dict[str, object]]:
    until = shape.until.isoformat()
    age = cache(lambda born: age_on(from_iso(born), shape.today))
    timing = cache(lambda due_on: shape.timing(from_iso(due_on)))
    today = shape.today.isoformat()
    for due_on, person, uid, name, sex, born, village, hamlet, phone, paused_on, *rest in db.execute(
        *query(_needed(ROW, shape))
    ):
        (
            last_visit_on,
            last_contact_on,
            last_bp,
            last_fpg,
            danger,
            *words,
            calls,
            next_call_on,
            last_call_on,
            told,
            promised_on,
            pause_on,
            plans,
        ) = rest
        programmes, reasons = _planned(plans, shape, until)
        yield {
            "person_id": person,
            "uid": uid,
            "name": name,
            "sex": sex,
            "age": age(born) if born else None,
            "village": village,
            "hamlet": hamlet,
            "phone": phone if shape.full else masked_phone(phone),
            "programmes": programmes,
            "due_on": due_on,
            **timing(due_on),
            "last_visit_on": last_visit_on,
            "last_contact_on": last_contact_on,
            "last_bp": last_bp,
            "last_fpg": number(last_fpg),
            "class": dict(zip(PROGRAMMES, words[:_SIZE], strict=True)),
            "last_assessed": dict(zip(PROGRAMMES, words[_SIZE:], strict=True)),
            "danger": danger.split(),
            "risk": None,
            "reasons": reasons,
            "calls": calls,
            "next_call_on": next_call_on if calls or (next_call_on and next_call_on > today) else None,
            **({"paused_on": paused_on} if shape.paused else {}),
            **(_traced(today, last_call_on, told, promised_on, pause_on) if shape.traced else {}),
        }


def _lines(db: sqlite3.Connection, query: Query, shape: Shape) -> Iterator[str]:
    """The same, in the same order."""
    until, full, today = shape.until.isoformat(), shape.full, shape.today.isoformat()
    age = cache(lambda born: age_on(from_iso(born), shape.today))
    timing = cache(lambda due_on: ",".join(map(str, shape.timing(from_iso(due_on)).values())))
    place = cache(cell)
    rows = db.execute(*query(_needed(_LINE, shape)))
    for due_on, person, uid, name, sex, born, village, hamlet, phone, found, paused_on, calls, next_call_on, plans in rows:
        programmes, reasons = _planned(plans, shape, until)
        yield (
            f"{person},{cell(uid)},{cell(name)},{sex},{age(born) if born else ''},{place(village)},{place(hamlet)},"
            f"{cell(phone if full else masked_phone(phone))},{';'.join(programmes)},{due_on},{timing(due_on)},{found},,"
            f"{';'.join(reasons)},{calls},{next_call_on if calls or next_call_on > today else ''}"
            f"{f',{paused_on}' if shape.paused else ''}\r\n"
        )


def _traced(
    today: str, last_call_on: str | None, told: str | None, promised_on: str | None, pause_on: str | None
) -> dict[str, object]:
    """The last attempt, the promise and what became of it, and whether a pause is proposed today."""
    promise = None if promised_on is None else "broken" if promised_on < today else "open"
    proposed = pause_on is not None and pause_on <= today
    return {
        "last_call_on": last_call_on, "told": told, "promised_on": promised_on, "promise": promise,
        "pause_on": pause_on if proposed else None,
    }  # fmt: skip


def _planned(text: str, shape: Shape, until: str) -> tuple[list[str], list[str]]:
    """(programmes managed, reasons of the plans that put the person on this list in the order of their dates)."""
    if ";" not in text:  # hardly anyone has more than one plan, and that one is why they are here
        kind, its_programme, _, reasons = text.split(" ", 3)
        return [its_programme] if kind == "followup" else [], reasons.split()
    plans = [plan.split(" ", 3) for plan in text.split(";")]
    mine = [plan for plan in plans if plan[0] in shape.kinds and shape.programme in (None, plan[1]) and plan[2] <= until]
    if len(mine) > 1:  # beside another reason a check-up is named once its day has come
        mine = [plan for plan in mine if plan[0] != "checkup" or plan[2] <= shape.today.isoformat()]
    in_order = (reason for plan in sorted(mine, key=lambda plan: plan[2]) for reason in plan[3].split())
    managed = {plan[1] for plan in plans if plan[0] == "followup"}
    return sorted(managed, key=PROGRAMMES.index), list(dict.fromkeys(in_order))
