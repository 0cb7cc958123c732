"""The journal: one row per command that recorded something, so that `undo` knows what belongs together.

Ids grow by one and a transaction has the file to itself, so what one command added is a span of ids in each table:
a row here stays small whether it stands for one visit or for a sheet of a million. What a command changed is in
`person_change`; a visit it replaced is named by `visit.replaces`.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from chronic.store import audit
from chronic.store.stamp import Stamp
from chronic.store.transactions import immediate

TABLES = {
    "person": "SELECT person FROM (SELECT id, id AS person FROM person UNION ALL SELECT merged, person FROM person_merge)",
    "person_change": "SELECT person FROM person_change",
    "enrolment": "SELECT person FROM enrolment",
    "pause": "SELECT person FROM pause",
    "visit": "SELECT person FROM visit",
    "visit_void": "SELECT person FROM (SELECT o.id, v.person FROM visit_void AS o JOIN visit AS v ON v.id = o.visit)",
    "referral": "SELECT person FROM referral",
    "referral_void": (
        "SELECT person FROM (SELECT o.id, r.person FROM referral_void AS o JOIN referral AS r ON r.id = o.referral)"
    ),
    "referral_outcome": "SELECT person FROM referral_outcome",
    "checkup": "SELECT person FROM checkup",
    "checkup_void": "SELECT person FROM (SELECT o.id, c.person FROM checkup_void AS o JOIN checkup AS c ON c.id = checkup)",
    "finding_settled": "SELECT person FROM finding_settled",
    "person_fact": "SELECT person FROM person_fact",
    "call": "SELECT person FROM call",
    "opinion": "SELECT person FROM opinion",
    "opinion_handled": "SELECT person FROM opinion_handled",
    "test_result": "SELECT person FROM test_result",
    "test_void": "SELECT person FROM (SELECT o.id, person FROM test_void AS o JOIN test_result AS t ON t.id = test_result)",
    "task": "SELECT person FROM (SELECT id, person FROM task WHERE person IS NOT NULL)",
    "task_event": "SELECT person FROM (SELECT o.id, person FROM task_event AS o JOIN task AS t ON t.id = task"
    " WHERE person IS NOT NULL)",
    "task_about": "SELECT person FROM task_about",
    "education": "SELECT person FROM (SELECT id, person FROM education WHERE person IS NOT NULL)",
    "education_void": "SELECT person FROM (SELECT o.id, person FROM education_void AS o"
    " JOIN education AS e ON e.id = education WHERE person IS NOT NULL)",
    "medicine_entry": "SELECT person FROM medicine_entry",
    "medicine_void": """SELECT person FROM (SELECT o.id, person FROM medicine_void AS o
      JOIN medicine_entry AS m ON m.id = medicine_entry)""",
    "benefit_told": "SELECT person FROM benefit_told",
    "exam_order_event": "SELECT person FROM exam_order_event",
    "exam_order": "SELECT person FROM exam_order",
    "contract": "SELECT person FROM contract",
    "contract_end": "SELECT person FROM contract_end",
    "household_fact": "SELECT person FROM household_fact",
    "household_tag": "SELECT person FROM household_tag",
    "household_visit": "SELECT person FROM household_visit",
    "need_settled": "SELECT person FROM need_settled",
    "rescue": "SELECT person FROM rescue",
    "treated": "SELECT person FROM treated",
    "person_merge": (
        "SELECT person FROM (SELECT id, person FROM person_merge UNION ALL SELECT id, merged FROM person_merge)"
    ),
    "person_distinct": (
        "SELECT person FROM (SELECT id, person FROM person_distinct UNION ALL SELECT id, other FROM person_distinct)"
    ),
    "transfer": "SELECT person FROM transfer",
    "transfer_answer": "SELECT person FROM transfer_answer",
    "upload": "SELECT person FROM upload",
    "erasure": "SELECT person FROM erasure",
}
"""Tables with facts about people, and the people their rows are about."""
PLAIN = (
    "referral", "referral_outcome", "finding_settled", "person_fact", "test_result", "pause", "enrolment", "medicine_entry",
    "benefit_told", "exam_order_event", "exam_order", "education", "task_about", "task_event", "task", "call", "opinion",
    "opinion_handled", "contract_end", "contract", "household_fact", "household_tag", "need_settled", "household_visit",
    "rescue", "treated", "person_distinct", "upload",
    "transfer_answer", "transfer",
)  # fmt: skip
"""Tables whose rows are never edited or ended by another row: undoing one deletes it. Each row speaks for its person."""
SHARED = ("institution", "clinic_day", "staff", "place_change", "expected")
"""Tables of the whole registry: their rows are about no person, and are something to take back all the same."""
BESIDE = ("place", "batch", "household")
"""Tables a command fills on the way; alone they are nothing to take back."""

CHECK = "task.check"
"""The deed of whoever has the registry checked: its rows follow from the facts."""
ERASE = "person.erase"
BUNDLE = "bundle.merge"
FINAL = (ERASE, BUNDLE)
"""The deeds that cannot be taken back; what came before them about others can."""

_ENDS = "SELECT name, seq FROM sqlite_sequence WHERE name IN (SELECT value FROM json_each(?))"
_INSERT = "INSERT INTO deed (kind, person, added, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?)"
_COLUMNS = "id, kind, person, added, recorded_at, recorded_by"
_LAST = f"""
SELECT {_COLUMNS} FROM deed WHERE recorded_by = ? AND undone_at IS NULL AND kind NOT IN {FINAL} ORDER BY id DESC LIMIT 1"""
_STAYED = "SELECT person FROM person_merge WHERE merged = ?"
_TAKEN_OUT = """
SELECT m.person FROM merge_row AS r JOIN person_merge AS m ON m.id = r.merge WHERE r.place = ? AND r.row BETWEEN ? AND ?"""
_OF_BATCH = f"SELECT {_COLUMNS} FROM deed WHERE json_extract(added, '$.batch[0]') = ?"
_LATER = f"SELECT {_COLUMNS} FROM deed WHERE id > ? AND undone_at IS NULL ORDER BY id"
_BROUGHT = f"SELECT {_COLUMNS} FROM deed WHERE kind = '{BUNDLE}' AND recorded_at > ? ORDER BY id"
_UNDONE = "UPDATE deed SET undone_at = ?, undone_by = ?, removed = ? WHERE id = ? AND undone_at IS NULL"


class Deed(NamedTuple):
    """What one command recorded. `added`: table -> (first, last) id; `person` is None for a sheet."""

    id: int
    kind: str
    person: int | None
    added: dict[str, tuple[int, int]]
    at: str
    by: str

    def span(self, table: str) -> tuple[int, int]:
        """First and last id added to this table; an empty span where there are none."""
        return self.added.get(table, (1, 0))


class Doing:
    """A deed under way; whose it is may only turn out on the way."""

    def __init__(self, person: int | None) -> None:
        self.person = person


@contextmanager
def deed(db: sqlite3.Connection, stamp: Stamp, kind: str, person: int | None = None) -> Iterator[Doing]:
    """One write transaction and its row in the journal; nothing recorded, no row.

    Inside another transaction it simply takes part, like `immediate`: one transaction is one deed, or none.
    """
    doing = Doing(person)
    if db.in_transaction:
        yield doing
        return
    with immediate(db):
        before = _ends(db)
        yield doing
        added = {name: (before.get(name, 0) + 1, end) for name, end in _ends(db).items() if end > before.get(name, 0)}
        if added.keys() & {*TABLES, *SHARED}:
            number = db.execute(_INSERT, (kind, doing.person, json.dumps(added), stamp.at, stamp.by)).lastrowid
            audit.note(db, stamp, kind, doing.person, number, audit.rows_of(db, added, doing.person is not None))


def last(db: sqlite3.Connection, by: str) -> Deed | None:
    """The latest deed of this user that still stands."""
    row = db.execute(_LAST, (by,)).fetchone()
    return row and _deed(row)


def of_batch(db: sqlite3.Connection, batch: int) -> Deed | None:
    """The deed of one import; None where it recorded nothing."""
    row = db.execute(_OF_BATCH, (batch,)).fetchone()
    return row and _deed(row)


def stands(db: sqlite3.Connection, deed: Deed) -> bool:
    """Was it not taken back meanwhile?"""
    (undone_at,) = db.execute("SELECT undone_at FROM deed WHERE id = ?", (deed.id,)).fetchone()
    return undone_at is None


def newer(db: sqlite3.Connection, deed: Deed) -> tuple[Deed, int] | None:
    """The first later deed that still stands and is about one of the same people, with that person."""
    return next(((other, min(shared)) for other, shared in later(db, deed)), None)


def later(db: sqlite3.Connection, deed: Deed) -> Iterator[tuple[Deed, set[int]]]:
    """The later deeds that still stand and are about some of the same people, oldest first, each with these people.

    A check is in nobody's way: what it wrote it puts right the next time.
    """
    others = [other for other in map(_deed, db.execute(_LATER, (deed.id,))) if other.kind != CHECK]
    mine = touched(db, deed) if others else set()
    for other in others:
        shared = mine & touched(db, other)
        if shared:
            yield other, shared


def brought(db: sqlite3.Connection, after: str) -> Iterator[tuple[Deed, set[int]]]:
    """The bundles that were merged after this instant, each with everyone it is about: when their rows were recorded
    elsewhere does not say when they came here."""
    for deed in [_deed(row) for row in db.execute(_BROUGHT, (after,))]:
        yield deed, touched(db, deed)


def touched(db: sqlite3.Connection, deed: Deed) -> set[int]:
    """Everyone a deed is about; of someone merged away both, and who stayed also of rows that the merger took out."""
    if deed.person is not None:
        return {deed.person, *(person for (person,) in db.execute(_STAYED, (deed.person,)))}
    found: set[int] = set()
    for table in deed.added.keys() & TABLES.keys():
        found.update(row[0] for row in db.execute(f"{TABLES[table]} WHERE id BETWEEN ? AND ?", deed.span(table)))
        found.update(row[0] for row in db.execute(_TAKEN_OUT, (table, *deed.span(table))))
    return found


def remove(db: sqlite3.Connection, deed: Deed) -> list[str]:
    """Delete the plain facts of a deed; their uids."""
    removed: list[str] = []
    for table in (*PLAIN, *SHARED):
        gone = db.execute(f"DELETE FROM {table} WHERE id BETWEEN ? AND ? RETURNING uid", deed.span(table))
        removed += [uid for (uid,) in gone]
    return removed


def undone(db: sqlite3.Connection, deed: Deed, stamp: Stamp, removed: Iterable[str]) -> None:
    """Mark a deed as taken back."""
    gone = list(removed)
    db.execute(_UNDONE, (stamp.at, stamp.by, json.dumps(gone), deed.id))
    db.executemany("INSERT OR IGNORE INTO tombstone (uid) VALUES (?)", ((uid,) for uid in gone))
    audit.note_undo(db, stamp, deed.id, gone)


def any_undone(db: sqlite3.Connection) -> bool:
    """Was anything ever taken back here?"""
    return db.execute("SELECT 1 FROM deed WHERE undone_at IS NOT NULL LIMIT 1").fetchone() is not None


def _ends(db: sqlite3.Connection) -> dict[str, int]:
    """The last id ever given in each table of interest."""
    return dict(db.execute(_ENDS, (json.dumps([*TABLES, *SHARED, *BESIDE]),)))


def _deed(row: tuple[int, str, int | None, str, str, str]) -> Deed:
    id_, kind, person, added, at, by = row
    return Deed(id_, kind, person, {table: (first, end) for table, (first, end) in json.loads(added).items()}, at, by)
