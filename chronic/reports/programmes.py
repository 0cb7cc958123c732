"""A person's stays in programmes."""

import sqlite3
from datetime import date

from chronic.i18n import N_
from chronic.model.days import iso
from chronic.model.report import Column, Report
from chronic.store import histories, people, plans

_COLUMNS = (
    Column("programme", N_("Programme")),
    Column("enrolled_on", N_("Enrolled on")),
    Column("assumed", N_("Assumed"), hidden=True),
    Column("diagnosed_on", N_("Diagnosed on")),
    Column("ended_on", N_("Ended on")),
    Column("end_reason", N_("End reason")),
    Column("due_on", N_("Next by")),
)


def programmes(db: sqlite3.Connection, day: date, person: int) -> Report:
    """Every stay, oldest first; closing the person ends the open ones."""
    who = people.get(db, person)
    dues = {plan.programme: plan.due_on for plan in plans.read(db, person).plans if plan.kind == "followup"}
    rows: list[dict[str, object]] = [
        {
            "programme": stay.programme, "enrolled_on": iso(stay.enrolled_on), "assumed": stay.assumed,
            "diagnosed_on": iso(stay.diagnosed_on), "ended_on": iso(stay.ended_on or who.closed_on),
            "end_reason": stay.end_reason or who.closed_reason,
            "due_on": iso(dues.get(stay.programme)) if stay.ended_on is None else None,
        }
        for stay in histories.stays(db, person)
    ]  # fmt: skip
    return Report("programmes", day.isoformat(), _COLUMNS, rows)
