"""Older people whose yearly check-up stands in no plan.

Who is 65 depends on the day that is asked about, so a plan, which must not, cannot hold it: their date is worked out
where a list of check-ups is made, from the birthday, the day they were registered, and the last check-up.
"""

import sqlite3
from datetime import date
from typing import NamedTuple

from chronic.forms import CheckupForm, checkup_of
from chronic.model.days import from_iso, year_of
from chronic.protocol import Editions
from chronic.rules.checkup import elderly_from
from chronic.rules.quota import checkup_due

LAST_EXAM = "(SELECT max(checkup_date) FROM live_checkup AS c WHERE c.person = p.id AND c.kind = 'exam')"
_LAST_MET = "(SELECT max(visit_date) FROM live_contact AS c WHERE c.person = p.id{but})"
_KEPT = (
    *("due_followup", "due_referral", "due_screening", "last_bp", "last_fpg", "paused_on"),
    *("class_htn", "class_dm", "class_lipid", "assessed_htn", "assessed_dm", "assessed_lipid"),
    *("next_call_on", "last_call_on", "told", "promised_on", "pause_on"),
)
_AGENDA = f"""
(SELECT p.id AS person, p.village, p.hamlet, p.household_no, coalesce(a.paused, 0) AS paused,
        coalesce(a.rank, :last_rank) AS rank, coalesce(a.danger, '') AS danger,
        coalesce(a.calls, 0) AS calls, {", ".join(f"a.{name}" for name in _KEPT)},
        coalesce(a.last_visit_on, {_LAST_MET.format(but=" AND c.way <> 'phone'")}) AS last_visit_on,
        coalesce(a.last_contact_on, {_LAST_MET.format(but="")}) AS last_contact_on,
        coalesce(a.due_checkup, {{older_on}}) AS due_checkup,
        CASE WHEN a.due_checkup IS NULL THEN {{older_on}} END AS older_on
 FROM person AS p LEFT JOIN agenda AS a ON a.person = p.id
 WHERE p.closed_on IS NULL AND (a.person IS NOT NULL OR p.birth_date <= :older_born))""".format(
    older_on=f"""CASE WHEN p.birth_date <= :older_born
          THEN older_due(p.birth_date, coalesce(p.registered_on, substr(p.recorded_at, 1, 10)), {LAST_EXAM}) END"""
)


class Older(NamedTuple):
    """Who counts as an older person on a day. Nobody born after `born_by` does."""

    born_by: str
    agenda: str = _AGENDA
    """The agenda with them in it, after everyone who is managed. It reads the residents: for check-ups alone."""


def counted(db: sqlite3.Connection, day: date, editions: Editions) -> Older:
    """Who counts as older on this day. From now on `db` can work their dates out."""
    form = checkup_of(editions.on(day))

    def older_due(born: str, known_on: str, last: str | None) -> str | None:
        due_on = due(born, known_on, last, day, editions, form)
        return None if due_on is None else due_on.isoformat()

    db.create_function("older_due", 3, older_due, deterministic=True)
    return Older(year_of(date(day.year - form.elderly.from_age, 1, 1))[1].isoformat())


def is_older(born: str | None, day: date, form: CheckupForm) -> bool:
    return born is not None and elderly_from(from_iso(born), form.elderly) <= day


def due(born: str, known_on: str, last: str | None, day: date, editions: Editions, form: CheckupForm) -> date | None:
    """Until when, counted from the day they became older people here: by age, or when they were registered."""
    if not is_older(born, day, form):
        return None
    begun_on = max(elderly_from(from_iso(born), form.elderly), from_iso(known_on))
    exams = [from_iso(last)] if last else []
    return checkup_due(begun_on, exams, editions.on(max([begun_on, *exams])))
