"""What people say of the service: what waits for somebody to do something, oldest first, or everything."""

import sqlite3
from collections.abc import Iterator
from datetime import date
from itertools import islice

from chronic.i18n import N_
from chronic.model.idcard import masked_phone
from chronic.model.report import Column, Report
from chronic.reports import tagged
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


def listing(
    db: sqlite3.Connection, today: date, everything: bool, whom: tagged.Whom, full: bool, limit: int | None = None
) -> Report:
    """Unhandled ones; with `everything` those handled, and those that ask for nothing, too."""
    values: dict[str, object] = {}
    where = f" WHERE {'1' if everything else UNHANDLED}{tagged.filters(whom, values)}"
    columns = tuple(c for c in _COLUMNS if everything or c.key not in _HANDLED)
    rows = _rows(db.execute(f"{_SQL}{where} ORDER BY o.said_on, o.id", values), today, full)
    return Report("opinions", today.isoformat(), columns, islice(rows, limit))


def _rows(found_rows: sqlite3.Cursor, today: date, full: bool) -> Iterator[dict[str, object]]:
    keys = [column.key for column in _COLUMNS if column.key != "days_open"]
    for row in found_rows:
        found: dict[str, object] = dict(zip(keys, row, strict=True))
        asks = found["complaint"] or found["suggestion"] or found["satisfaction"] == "dissatisfied"
        waits = asks and found["handled_on"] is None
        found["days_open"] = (today - date.fromisoformat(str(found["said_on"]))).days if waits else None
        if not full:
            found["phone"] = masked_phone(str(found["phone"])) if found["phone"] else None
        yield {column.key: found[column.key] for column in _COLUMNS}
