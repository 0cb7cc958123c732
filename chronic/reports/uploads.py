"""What the county's platform has, what it still needs and what it returned, a line for each record."""

import sqlite3
from collections.abc import Iterator
from datetime import date

from chronic.i18n import N_
from chronic.model.report import Column, Report
from chronic.store import uploads

_COLUMNS = (
    Column("record_kind", N_("Record")),
    Column("person_id", N_("Id"), right=True),
    Column("name", N_("Name")),
    Column("village", N_("Village"), hidden=True),
    Column("record_on", N_("Day")),
    Column("upload_state", N_("State")),
    Column("upload_on", N_("Sent or returned")),
    Column("returned_reason", N_("Returned because")),
    Column("record", N_("Record uid"), last=True),
)


def listing(
    db: sqlite3.Connection, day: date, holds: tuple[str, ...], states: tuple[str, ...], limit: int | None = None
) -> Report:
    """Records in these states, newest first within each kind."""
    return Report("uploads", day.isoformat(), _COLUMNS, _Rows(db, holds, states, limit))


class _Rows:
    def __init__(self, db: sqlite3.Connection, holds: tuple[str, ...], states: tuple[str, ...], limit: int | None) -> None:
        self.db, self.holds, self.states, self.limit = db, holds, states, limit

    def __iter__(self) -> Iterator[dict[str, object]]:
        left = -1 if self.limit is None else self.limit
        for holds in self.holds:
            sql, values = uploads.listing(holds, self.states)
            found = self.db.execute(
                f"""SELECT u.person, p.name, v.name, record_on, state, happened_on, reason, record FROM ({sql}) AS u
                JOIN person AS p ON p.id = u.person LEFT JOIN place AS v ON v.id = p.village
                ORDER BY record_on DESC, u.person, record LIMIT ?""",
                (*values, left),
            )
            for person, name, village, record_on, state, on, reason, record in found:
                left -= left > 0
                yield {
                    "record_kind": holds, "person_id": person, "name": name, "village": village, "record_on": record_on,
                    "upload_state": state, "upload_on": on, "returned_reason": reason, "record": record,
                }  # fmt: skip
            if left == 0:
                return


def sheet(report: Report, unsent: Iterator[str]) -> Report:
    """An export (people, visits or check-ups) of the records that are still to be sent."""
    wanted = frozenset(unsent)
    return report._replace(rows=(row for row in report.rows if row["uid"] in wanted))
