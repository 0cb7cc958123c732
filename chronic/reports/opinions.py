"""What people say of the service: what waits for somebody to do something, oldest first, or everything."""

import sqlite3
from collections.abc import Iterator
from datetime import date

from chronic.i18n import N_
from chronic.model.idcard import masked_phone
from chronic.model.report import Column, Report
from chronic.store.opinions import UNHANDLED

_SQL = """
SELECT o.id, p.id, p.name, v.name, p.phone, o.said_on, o.way, o.satisfaction, o.complaint, o.suggestion,
       d.handled_on, d.handled_by, d.note
FROM opinion AS o JOIN person AS p ON p.id = o.person LEFT JOIN place AS v ON v.id = p.village
LEFT JOIN opinion_handled AS d ON d.opinion = o.uid"""
_COLUMNS = (
    Column("number", N_("Entry"), right=True),
    Column("person_id", N_("Id"), right=True),
    Column("name", N_("Name")),
    Column("village", N_("Village"), hidden=True),
    Column("phone", N_("Phone"), last=True),
    Column("said_on", N_("Date")),
    Column("call_way", N_("Way"), hidden=True),
    Column("satisfaction", N_("Satisfaction")),
    Column("complaint", N_("Complaint")),
    Column("suggestion", N_("Suggestion")),
    Column("days_open", N_("Days open"), right=True),
    Column("handled_on", N_("Handled on")),
    Column("handled_by", N_("Handled by")),
    Column("note", N_("What was done")),
)
_HANDLED = ("handled_on", "handled_by", "note")


def listing(db: sqlite3.Connection, today: date, everything: bool, full: bool) -> Report:
    """Unhandled ones; with `everything` those handled, and those that ask for nothing, too."""
    where = "" if everything else f" WHERE {UNHANDLED}"
    columns = tuple(c for c in _COLUMNS if everything or c.key not in _HANDLED)
    rows = _rows(db, f"{_SQL}{where} ORDER BY o.said_on, o.id", today, full)
    return Report("opinions", today.isoformat(), columns, rows)


def _rows(db: sqlite3.Connection, sql: str, today: date, full: bool) -> Iterator[dict[str, object]]:
    keys = [column.key for column in _COLUMNS if column.key != "days_open"]
    for row in db.execute(sql):
        found: dict[str, object] = dict(zip(keys, row, strict=True))
        asks = found["complaint"] or found["suggestion"] or found["satisfaction"] == "dissatisfied"
        waits = asks and found["handled_on"] is None
        found["days_open"] = (today - date.fromisoformat(str(found["said_on"]))).days if waits else None
        if not full:
            found["phone"] = masked_phone(str(found["phone"])) if found["phone"] else None
        yield {column.key: found[column.key] for column in _COLUMNS}
