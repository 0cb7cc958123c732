"""One person's record repeated for people just registered, a made-up registry's way to a million of them.

Facts and derived rows are copied as they are, set-wise: what the rules said of the one holds for the others where they
do not differ in what the rules look at. Only the uids are new, and what belongs to the person: the home, the doctor.
"""

import sqlite3
from collections.abc import Iterable

from chronic.store.stamp import Stamp

_PREPARE = (
    "CREATE TEMP TABLE IF NOT EXISTS twin (person INTEGER PRIMARY KEY, model INTEGER NOT NULL)",
    """CREATE TEMP TABLE IF NOT EXISTS twin_visit (person INTEGER NOT NULL, model INTEGER NOT NULL, old INTEGER NOT NULL,
       id INTEGER NOT NULL, PRIMARY KEY (person, old)) WITHOUT ROWID""",
)
_VISITS = """
INSERT INTO twin_visit (person, model, old, id)
SELECT person, model, old, (SELECT coalesce(max(id), 0) FROM visit) + row_number() OVER (ORDER BY person, old)
FROM (SELECT t.person, t.model, v.id AS old FROM twin AS t JOIN visit AS v ON v.person = t.model AND v.ended_by IS NULL)"""
_EACH = "twin AS t JOIN {table} AS o ON o.person = t.model"
_OF_VISIT = "LEFT JOIN twin_visit AS c ON c.person = t.person AND c.old = "
_COPIES: dict[str, tuple[str, dict[str, str]]] = {
    "visit": (
        "twin_visit AS t JOIN visit AS o ON o.id = t.old JOIN person AS p ON p.id = t.person",
        {"id": "t.id", "visit_doctor": "iif(o.visit_doctor IS NULL, NULL, p.responsible_doctor)"},
    ),
    "visit_reading": ("twin_visit AS t JOIN visit_reading AS o ON o.visit = t.old", {"visit": "t.id"}),
    "verdict": ("twin_visit AS t JOIN verdict AS o ON o.person = t.model AND o.visit = t.old", {"visit": "t.id"}),
    "enrolment": (_EACH, {}),
    "pause": (_EACH, {}),
    "person_change": (_EACH, {}),
    "referral_outcome": (
        f"{_EACH} LEFT JOIN visit AS was ON was.uid = o.answers {_OF_VISIT} was.id LEFT JOIN visit AS v ON v.id = c.id",
        {"answers": "v.uid"},
    ),
    "plan": (f"{_EACH} {_OF_VISIT} o.visit", {"visit": "c.id"}),
    "agenda": (
        f"{_EACH} JOIN person AS p ON p.id = t.person",
        {name: f"p.{name}" for name in ("village", "hamlet", "household_no")},
    ),
}
"""Table -> (where its rows come from, the columns that differ). `person` is the twin, an id of its own is new."""


def copy(db: sqlite3.Connection, pairs: Iterable[tuple[int, int]], stamp: Stamp) -> None:
    """Give each (person, model) the model's contacts, programmes and plans. The model has no corrected contact, the
    person no record yet; its own columns are set when it is registered."""
    for sql in _PREPARE:
        db.execute(sql)
    db.executemany("INSERT INTO twin (person, model) VALUES (?, ?)", pairs)
    db.execute(_VISITS)
    root = stamp.uid()[:-8]  # a new uid; its last digits count the rows
    for number, (table, (source, differing)) in enumerate(_COPIES.items(), 1):
        columns = [name for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", (table,))]
        new = {"id": "NULL", "person": "t.person", "uid": f"'{root}{number:02x}' || printf('%06x', row_number() OVER ())"}
        values = ", ".join((new | differing).get(name, f"o.{name}") for name in columns)
        db.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {source.format(table=table)}")
    db.execute("DELETE FROM twin")
    db.execute("DELETE FROM twin_visit")
