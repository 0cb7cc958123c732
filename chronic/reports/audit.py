"""The audit as a listing, newest first."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import Any

from chronic.i18n import N_
from chronic.model.days import china_minute
from chronic.model.idcard import masked_id, masked_phone
from chronic.model.report import Column, Report
from chronic.store import audit, people

_COLUMNS = (
    Column("id", N_("No."), right=True),
    Column("at", N_("Moment")),
    Column("by", N_("Whoever did it")),
    Column("action", N_("Deed")),
    Column("about", N_("With what")),
    Column("person_id", N_("Person"), right=True),
    Column("rows", N_("Rows"), right=True),
    Column("changes", N_("Before and after")),
    Column("person_uid", "uid", hidden=True),
    Column("head", N_("Hash"), hidden=True),
)
_MASKED = {"id_number": masked_id, "phone": masked_phone}


def listing(db: sqlite3.Connection, day: date, person: int | None, newest: int | None, full: bool) -> Report:
    """What was done, to `person` or to anybody. `changes`: of person's columns, as field: before -> after."""
    return Report("audit", day.isoformat(), _COLUMNS, _rows(db, person, newest, full))


def _rows(db: sqlite3.Connection, person: int | None, newest: int | None, full: bool) -> Iterator[dict[str, object]]:
    for entry in audit.entries(db, person, newest):
        yield {
            "id": entry.id, "at": china_minute(entry.at), "by": entry.by, "action": entry.action, "about": entry.about,
            "person_id": None if entry.person is None else people.id_by(db, "uid", entry.person),
            **_told(json.loads(entry.told or "{}"), full), "person_uid": entry.person, "head": entry.head,
        }  # fmt: skip


def _told(told: dict[str, Any], full: bool) -> dict[str, object]:
    """How many rows were written, and what a field was before: phone: 138****1234 -> 139****1234."""
    rows = sum(told["rows"].values()) if "rows" in told else sum(len(some) for some in told.values())
    changes = []
    for change in told.get("person_change", ()):
        before, after = (_shown(change["field"], change.get(part), full) for part in ("old", "new"))
        changes.append(f"{change['field']}: {before} -> {after}")
    return {"rows": rows or None, "changes": "; ".join(changes) or None}


def _shown(field: str, value: str | None, full: bool) -> str:
    hide = None if full else _MASKED.get(field)
    return str((hide(value) if hide else value) or "-")
