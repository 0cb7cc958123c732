"""Where people stand, read many at a time from the plans and the facts: no history is gone through."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from chronic.model.chain import Return, Situation, Stay
from chronic.model.days import day_or_none, from_iso
from chronic.model.facts import Value
from chronic.model.plan import Plan
from chronic.store.histories import first_contact

_AT_ONCE = 500
_AMONG = "IN (SELECT value FROM json_each(:ids))"
_PEOPLE = f"SELECT id, closed_on, closed_reason FROM person WHERE id {_AMONG} ORDER BY id"
_STAYS = f"""
SELECT person, programme, enrolled_on, assumed, ended_on, end_reason FROM enrolment WHERE person {_AMONG}
ORDER BY person, programme, enrolled_on, coalesce(ended_on, '9999-12-31'), uid"""
_PLANS = f"""
SELECT person, kind, programme, due_on, since_on, urgency, days_high, slip FROM plan
WHERE person {_AMONG} AND kind <> 'checkup'"""
_RETURNS = f"""
SELECT o.person, o.outcome_on, coalesce(o.programme, r.programme, ''), o.confirmed IS 'no' FROM referral_outcome AS o
LEFT JOIN referral AS r ON r.uid = o.referral AND r.ended_by IS NULL
WHERE o.person {_AMONG} AND o.outcome = 'returned' ORDER BY o.outcome_on, o.uid"""
_MET = f"""
SELECT person, max(visit_date), max(CASE way WHEN 'phone' THEN NULL ELSE visit_date END) FROM visit
WHERE person {_AMONG} AND ended_by IS NULL GROUP BY person"""
_TOLD = f"""
SELECT person, fact, value, told_on FROM person_fact
WHERE person {_AMONG} AND fact IN (SELECT value FROM json_each(:facts)) ORDER BY person, told_on, id"""
_FOUND = f"""
SELECT c.person, c.checkup_date, v.field, v.value FROM live_checkup AS c JOIN checkup_value AS v ON v.checkup = c.id
WHERE c.person {_AMONG} AND v.field IN (SELECT value FROM json_each(:fields)) ORDER BY c.person, c.checkup_date, c.uid"""


class Mentioned(NamedTuple):
    """What was told of someone, (fact, value) oldest first, and what their check-ups name, (day, field, codes)."""

    told: list[tuple[str, Value]]
    found: list[tuple[date, str, str]]


def situations(db: sqlite3.Connection, ids: Iterable[int]) -> Iterator[tuple[int, Situation]]:
    """(person, situation without events) for each id, in batches, ids ascending."""
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), _AT_ONCE):
        yield from _batch(db, json.dumps(wanted[start : start + _AT_ONCE]))


def mentioned(
    db: sqlite3.Connection, ids: Iterable[int], facts: Iterable[str], fields: Iterable[str]
) -> dict[int, Mentioned]:
    """What rehabilitation may follow; of people of whom nothing is told or found nothing."""
    there: defaultdict[int, Mentioned] = defaultdict(lambda: Mentioned([], []))
    values = {"ids": json.dumps(list(ids)), "facts": json.dumps(list(facts)), "fields": json.dumps(list(fields))}
    for person, fact, value, on in db.execute(_TOLD, values):
        there[person].told.append((fact, Value(value, from_iso(on))))
    for person, on, field, codes in db.execute(_FOUND, values):
        there[person].found.append((from_iso(on), field, str(codes)))
    return dict(there)


def _batch(db: sqlite3.Connection, ids: str) -> Iterator[tuple[int, Situation]]:
    values = {"ids": ids}
    stays: defaultdict[int, dict[str, Stay]] = defaultdict(dict)
    for person, programme, from_on, assumed, ended_on, reason in db.execute(_STAYS, values).fetchall():
        before = stays[person].get(programme)
        first = first_contact(db, person, before.to_on if before else None) if assumed else None
        begun = from_iso(from_on) if first is None else min(first, from_iso(from_on))
        stays[person][programme] = Stay(programme, begun, day_or_none(ended_on), reason)
    plans: defaultdict[int, list[Plan]] = defaultdict(list)
    for person, kind, programme, due_on, since_on, urgency, days_high, slip in db.execute(_PLANS, values):
        dates = (from_iso(due_on), (), from_iso(since_on))
        plans[person].append(Plan(kind, programme, *dates, None, urgency, days_high, (), slip))
    returns = {
        person: Return(from_iso(on), programme, bool(no)) for person, on, programme, no in db.execute(_RETURNS, values)
    }
    met = {person: (spoken, seen) for person, spoken, seen in db.execute(_MET, values)}
    for person, closed_on, reason in db.execute(_PEOPLE, values).fetchall():
        spoken, seen = met.get(person, (None, None))
        yield (
            person,
            Situation(
                day_or_none(closed_on), reason, tuple(stays[person].values()), tuple(plans[person]), returns.get(person),
                day_or_none(spoken), day_or_none(seen), (),
            ),
        )  # fmt: skip
