"""Who else in a household is due."""

import sqlite3
from datetime import date

from chronic.model.codes import KINDS

_NEVER = "9999-12-31"
_PLANNED = tuple(kind for kind in KINDS if kind != "referral")
_EARLIEST = "min(" + ", ".join(f"coalesce(a.due_{kind}, '{_NEVER}')" for kind in _PLANNED) + ")"
IS_DUE = f"(a.due_referral IS NOT NULL OR a.paused = 0 AND {_EARLIEST} <= :until)"
"""An open referral is to be asked about at every call, and nothing pauses it."""
_OTHERS = f"""
SELECT p.id, p.name, a.danger, a.paused, {", ".join(f"a.due_{kind}" for kind in KINDS)} FROM person AS me
JOIN person AS p ON p.village = me.village AND p.hamlet IS me.hamlet AND p.household_no = me.household_no AND p.id <> me.id
JOIN agenda AS a ON a.person = p.id WHERE me.id = :person AND p.closed_on IS NULL AND {IS_DUE} ORDER BY a.rank, p.id"""


def others_due(db: sqlite3.Connection, day: date, person: int) -> list[tuple[int, str, list[str]]]:
    """(id, name, kinds of what is due) of the others in this person's household, open danger first."""
    rows = db.execute(_OTHERS, {"person": person, "until": day.isoformat()})
    return [(id_, name, kinds((danger, paused), dues, day)) for id_, name, danger, paused, *dues in rows]


def kinds(standing: tuple[str | None, int | None], dues: list[str | None], until: date) -> list[str]:
    """What is due by then, open danger first; `standing` is (danger, paused) of the agenda, `dues` its earliest days."""
    danger, paused = standing
    known = {kind: due_on for kind, due_on in zip(KINDS, dues, strict=True) if due_on is not None}
    due = [kind for kind, on in known.items() if kind == "referral" or (not paused and on <= until.isoformat())]
    return ["danger", *due] if danger else due
