"""Check-ups: who is due, and one person's form with what is missing, its scores and its results.

Who is under management has the date in the plan. Who is 65 depends on the day that is asked about, so older people
outside any programme are found here, by their birth dates.
"""

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from chronic.forms import checkup_of
from chronic.i18n import N_
from chronic.model.checkup import Checkup, Values
from chronic.model.days import age_on, day_or_none, from_iso
from chronic.model.idcard import masked_phone
from chronic.model.person import Person
from chronic.model.report import Column, Report
from chronic.protocol import Editions
from chronic.reports import findings, listed, older, tagged
from chronic.reports.findings import Stand
from chronic.rules import checkup as rules
from chronic.rules.checkup import Completeness, Constitution, SelfCareScore
from chronic.store import checkups, histories, people

_DUE = f"""
SELECT p.id, p.uid, p.name, p.sex, p.birth_date, v.name, h.name, p.phone, p.registered_on, p.recorded_at, q.due_on,
       (SELECT group_concat(programme, ' ') FROM open_enrolment AS e WHERE e.person = p.id),
       {older.LAST_EXAM}
FROM person AS p LEFT JOIN plan AS q ON q.person = p.id AND q.kind = 'checkup'
LEFT JOIN place AS v ON v.id = p.village LEFT JOIN place AS h ON h.id = p.hamlet
WHERE p.closed_on IS NULL AND (q.person IS NOT NULL OR p.birth_date <= :born)
  AND NOT EXISTS (SELECT 1 FROM agenda AS a WHERE a.person = p.id AND a.paused = 1)
{{where}}"""
_COLUMNS = (
    *listed.WHO,
    Column("populations", N_("For")),
    Column("last_exam_on", N_("Last check-up")),
    Column("due_on", N_("Due")),
    Column("days_left", N_("Days left"), right=True),
    Column("this_year", N_("This year")),
)


class Card(NamedTuple):
    """One person's check-up. `values` have the scores that follow from the answers; `typed` as it was filled in."""

    who: Person
    typed: Checkup
    number: int
    values: Values
    completeness: tuple[Completeness, ...]
    age_unknown: bool
    """No birth date: nobody can say whether the list for older people applies."""
    self_care: SelfCareScore
    constitution: Constitution
    bmi: float | None
    stands: tuple[Stand, ...]
    """Of this check-up."""
    others: tuple[Checkup, ...]


def due(
    db: sqlite3.Connection,
    day: date,
    editions: Editions,
    within: int,
    whom: tagged.Whom,
    full: bool,
    limit: int | None = None,
) -> Report:
    """Who is due within so many days or late, and from July on who has had none this year; the earliest date first."""
    rows = [row for row in _entitled(db, day, editions, whom, full) if _asked_for(row, day, editions, within)]
    rows.sort(key=lambda row: (str(row["due_on"]), row["person_id"]))
    return Report("checkups_due", day.isoformat(), _COLUMNS, rows[:limit])


def _asked_for(row: dict[str, object], day: date, editions: Editions, within: int) -> bool:
    if str(row["due_on"]) <= (day + timedelta(days=within)).isoformat():
        return True
    return row["this_year"] == "not_yet" and day.month >= editions.on(day).entitlement.checkup.ask_from_month


def _entitled(
    db: sqlite3.Connection,
    day: date,
    editions: Editions,
    whom: tagged.Whom,
    full: bool,
) -> Iterator[dict[str, object]]:
    form = checkup_of(editions.on(day))
    values: dict[str, object] = {"born": older.counted(db, day, editions).born_by}
    where = tagged.filters(whom, values)
    for id_, uid, name, sex, born, home, hamlet, phone, *rest in db.execute(_DUE.format(where=where), values):
        registered_on, recorded_at, planned, programmes, last = rest
        elderly = older.is_older(born, day, form)
        due_on = day_or_none(planned)
        if due_on is None and elderly:
            due_on = older.due(born, registered_on or recorded_at[:10], last, day, editions, form)
        if due_on is None:
            continue
        yield {
            "person_id": id_, "uid": uid, "name": name, "sex": sex, "age": age_on(from_iso(born), day) if born else None,
            "village": home, "hamlet": hamlet, "phone": phone if full else masked_phone(phone),
            "populations": [*(programmes or "").split(), *(["elderly"] if elderly else [])], "last_exam_on": last,
            "due_on": due_on.isoformat(), "days_left": (due_on - day).days,
            "this_year": "done" if last and from_iso(last).year == day.year else "not_yet",
        }  # fmt: skip


def card(db: sqlite3.Connection, person: int, day: date, editions: Editions, number: int | None = None) -> Card | None:
    """The latest check-up of a person up to this day, or the one with this number; None where there is none."""
    forms = [form for form in checkups.of(db, person) if form.checkup_date <= day]
    chosen = [form for form in forms if number in (None, form.id)]
    if not chosen:
        return None
    typed, who = chosen[-1], people.get(db, person)
    form = checkup_of(editions.on(typed.checkup_date))
    on = typed.checkup_date
    stays = histories.stays(db, person)
    managed = {s.programme for s in stays if s.enrolled_on <= on and (s.ended_on is None or on <= s.ended_on)}
    values = rules.derived(typed.values, form)
    population = rules.populations(who.birth_date, managed, on, form)
    return Card(
        who,
        typed,
        typed.id,
        values,
        rules.completeness(values, population, on, form),
        who.birth_date is None,
        rules.self_care(typed.values, form),
        rules.constitution(typed.values, form),
        rules.bmi(typed.values),
        tuple(s for s in findings.of_person(db, person, day, editions) if s.checkup.id == typed.id),
        tuple(other for other in reversed(forms) if other.id != typed.id),
    )
