"""When rows were known here: what a bundle brought, from the day it was merged; what was written here, as it says itself.

`recorded_at` of a merged row is the sender's clock, and the row came later than that. The journal says which ids each
merge gave out, so no row has to carry it. While an earlier state is asked for, views of the tables' names stand in front
of them whose `recorded_at` is the instant of arrival; without a merge, or asked for what is known now, there are none.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from chronic.store.journal import BUNDLE

_TABLES = (
    "person", "person_change", "enrolment", "visit", "visit_void", "checkup", "checkup_void", "test_result", "test_void",
    "referral", "referral_void", "referral_outcome", "contract", "contract_end", "call",
)  # fmt: skip
_SPANS = """
CREATE TEMP TABLE arrived (place, first, last, at, PRIMARY KEY (place, first)) WITHOUT ROWID"""
_FILL = f"""
INSERT INTO arrived SELECT part.key, part.value ->> '$[0]', part.value ->> '$[1]', deed.recorded_at
FROM deed, json_each(deed.added) AS part
WHERE deed.kind = '{BUNDLE}' AND part.key IN ({", ".join(f"'{table}'" for table in _TABLES)})"""
_AT = """
CASE WHEN t.id < {first} THEN t.recorded_at ELSE coalesce((
  SELECT CASE WHEN t.id <= a.last THEN a.at END FROM temp.arrived AS a
  WHERE a.place = '{table}' AND a.first <= t.id ORDER BY a.first DESC LIMIT 1), t.recorded_at) END"""


ALWAYS = "9999"
"""The instant by which everything is known."""


@contextmanager
def shown(db: sqlite3.Connection, known_at: str) -> Iterator[None]:
    """Inside, `recorded_at` is when a row was known here."""
    arrivals = Arrivals()
    try:
        if known_at != ALWAYS:
            arrivals.found(db)
        arrivals.in_front(db)
        yield
    finally:
        arrivals.forgotten(db)


class Arrivals:
    """The spans of every merge, once they are `found`."""

    def __init__(self) -> None:
        self._first: dict[str, int] = {}

    def found(self, db: sqlite3.Connection) -> None:
        """Make the relation of spans. Nothing where no bundle was ever merged."""
        if db.execute(f"SELECT 1 FROM deed WHERE kind = '{BUNDLE}' LIMIT 1").fetchone() is None:
            return
        db.execute(_SPANS)
        db.execute(_FILL)
        self._first = dict(db.execute("SELECT place, min(first) FROM arrived GROUP BY place"))

    def recorded(self, table: str) -> str:
        """When a row `t` of this table was known here, as SQL."""
        return _AT.format(first=self._first[table], table=table) if table in self._first else "t.recorded_at"

    def in_front(self, db: sqlite3.Connection) -> None:
        """Put the views in front of their tables. What a merge wrote only to say that two registered somebody with other
        words was no change."""
        for table in self._first:
            columns = [name for _, name, *_ in db.execute(f"PRAGMA main.table_info({table})")]
            shown = ", ".join(f"{self.recorded(table)} AS {name}" if name == "recorded_at" else name for name in columns)
            where = " WHERE t.counter > 0" if table == "person_change" else ""
            db.execute(f"CREATE TEMP VIEW {table} AS SELECT {shown} FROM main.{table} AS t{where}")

    def away(self, db: sqlite3.Connection) -> None:
        for table in self._first:
            db.execute(f"DROP VIEW IF EXISTS temp.{table}")

    def forgotten(self, db: sqlite3.Connection) -> None:
        self.away(db)
        db.execute("DROP TABLE IF EXISTS temp.arrived")
