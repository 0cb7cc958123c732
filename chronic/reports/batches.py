"""Every import: when, by whom, from what, and what became of its rows; the latest first."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import date

from chronic.i18n import N_
from chronic.model.days import china_minute
from chronic.model.report import Column, Report

STATES = ("added", "changed", "filled", "unchanged", "refused")
_SQL = """
SELECT b.id, b.recorded_at, b.recorded_by, b.file, b.source, b.holds, b.summary, d.id IS NULL, d.undone_at
FROM batch AS b LEFT JOIN deed AS d ON json_extract(d.added, '$.batch[0]') = b.id ORDER BY b.id DESC LIMIT ?"""
_COLUMNS = (
    Column("batch", N_("Import"), right=True),
    Column("imported_at", N_("Imported")),
    Column("imported_by", N_("Imported by")),
    Column("file", N_("File"), last=True),
    Column("source", N_("Source")),
    Column("holds", N_("Holds")),
    Column("added", N_("New"), right=True),
    Column("changed", N_("Changed"), right=True),
    Column("filled", N_("Filled"), right=True),
    Column("unchanged", N_("Unchanged"), right=True),
    Column("refused", N_("Refused"), right=True),
    Column("batch_state", N_("State")),
    Column("undone_at", N_("Undone at"), hidden=True),
)


def listing(db: sqlite3.Connection, today: date, limit: int | None = None) -> Report:
    """`batch_state`: stands, undone, or empty where the sheet brought nothing new."""
    return Report("imports", today.isoformat(), _COLUMNS, _rows(db, limit))


def _rows(db: sqlite3.Connection, limit: int | None) -> Iterator[dict[str, object]]:
    for id_, at, by, file, source, holds, summary, empty, undone_at in db.execute(_SQL, (-1 if limit is None else limit,)):
        states = json.loads(summary)
        yield {
            "batch": id_, "imported_at": china_minute(at), "imported_by": by, "file": file, "source": source,
            "holds": holds, **{state: states.get(state, 0) for state in STATES},
            "batch_state": "empty" if empty else "undone" if undone_at else "stands",
            "undone_at": china_minute(undone_at) if undone_at else None,
        }  # fmt: skip
