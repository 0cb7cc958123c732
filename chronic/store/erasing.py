"""Take somebody's identity out of the registry for good; that they were there, and what was counted, stays.

Everything typed freely goes too: nobody can know what it names. What a column held is overwritten by a mark, so that the
rows keep their shape; what was said about them beside the audit's chain is deleted.
"""

import json
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from chronic.store import audit
from chronic.store.stamp import Stamp

MARK = "***"
"""In place of a name or of words that were typed."""
IDENTITY = (
    "name", "birth_date", "id_number", "archive_no", "phone", "hamlet", "household_no", "address", "person_ref",
)  # fmt: skip
"""Fields whose earlier values are forgotten too."""
_WORDS = {
    "visit": ("symptoms_other", "other_signs", "aux_tests", "adr_text", "referral_reason", "notes"),
    "referral": ("reason",),
    "referral_outcome": ("diagnosis", "advice", "hospital_no", "findings", "treatment"),
    "finding_settled": ("note",), "test_result": ("detail",), "call": ("note",), "opinion": ("complaint", "suggestion"),
    "opinion_handled": ("note",), "household_visit": ("need", "done"),
    "need_settled": ("note",), "treated": ("reason",), "task": ("title",), "education": ("note",),
    "medicine_entry": ("reason",), "exam_order": ("detail",), "exam_order_event": ("reason",), "upload": ("reason",),
    "pause": ("reason",), "transfer": ("outside", "reason"), "transfer_answer": ("reason",),
}  # fmt: skip
"""Columns that hold what somebody typed, of tables that say whose a row is."""
_OF_A_ROW = {
    "visit_void": ("reason", "visit"), "checkup_void": ("reason", "checkup"), "test_void": ("reason", "test_result"),
    "referral_void": ("reason", "referral"), "medicine_void": ("reason", "medicine_entry"),
    "education_void": ("reason", "education"), "task_event": ("text", "task"),
}  # fmt: skip
"""The same of tables that say of which row they speak: column, that row's table."""
_PERSON = """
UPDATE person SET name = :mark, id_number = NULL, archive_no = NULL, phone = NULL, hamlet = NULL, household_no = NULL,
  address = NULL, birth_date = substr(birth_date, 1, 4) || '-01-01',
  birth_approximate = CASE WHEN birth_date IS NULL THEN NULL ELSE 'yes' END
WHERE id = :person"""
_OTHERS = (
    "DELETE FROM person_source WHERE person = :person",
    "DELETE FROM name_key WHERE person = :person",
    "UPDATE person_merge SET name = :mark, id_number = NULL, archive_no = NULL WHERE person = :person",
    "UPDATE merge_row SET was = NULL WHERE merge IN (SELECT id FROM person_merge WHERE person = :person)",
    "UPDATE household_fact SET value = :mark WHERE person = :person AND fact = 'address' AND value IS NOT NULL",
    "UPDATE aside SET row = json_replace(row, '$.note', :mark) WHERE person = :person",
    "UPDATE person_distinct SET note = NULL WHERE person = :person OR other = :person",
)
_HOUSEHOLD = """
UPDATE household SET household_no = :mark || id WHERE id IN (
    SELECT household FROM household_fact WHERE person = :person
    UNION SELECT household FROM household_tag WHERE person = :person
    UNION SELECT household FROM household_visit WHERE person = :person)
  AND NOT EXISTS (SELECT 1 FROM person AS p WHERE p.village IS household.village AND p.hamlet IS household.hamlet
                  AND p.household_no = household.household_no)"""
_CHANGES = "UPDATE person_change SET old = NULL, new = NULL, about = CASE field WHEN 'person_ref' THEN NULL ELSE about END"
_ADD = """
INSERT INTO erasure (uid, person, person_uid, basis, birth_year, origin, recorded_at, recorded_by)
SELECT ?, id, uid, ?, CAST(substr(birth_date, 1, 4) AS INTEGER), ?, ?, ? FROM person WHERE id = ?"""
_BORN = """
UPDATE person SET birth_date = birth_year || '-01-01', birth_approximate = CASE WHEN birth_year IS NOT NULL THEN 'yes' END
FROM erasure AS e WHERE e.person = person.id AND person.id = ?"""

_KNOWN = """
SELECT p.id, e.basis, p.closed_on, p.closed_reason FROM erasure AS e JOIN person AS p ON p.id = e.person ORDER BY p.id"""


class Erased(NamedTuple):
    """How many texts were overwritten, and what was said of them in how many rows of the audit."""

    texts: int
    told: int


def erase(db: sqlite3.Connection, person: int, basis: str, typed: tuple[str, ...], stamp: Stamp) -> Erased:
    """Inside a transaction. `typed`: the fields of a check-up that are typed freely."""
    texts = scrub(db, person, typed)
    db.execute(_ADD, (stamp.uid(), basis, stamp.origin, stamp.at, stamp.by, person))
    uids = every_uid(db, person)
    for uid in uids[1:]:
        audit.note_erased(db, stamp, uid)
    return Erased(texts, audit.forget(db, uids))


def erase_too(db: sqlite3.Connection, person: int, typed: tuple[str, ...]) -> None:
    """What another registry erased is erased here, and again whenever more of them comes; inside a transaction."""
    scrub(db, person, typed)
    db.execute(_BORN, (person,))
    audit.forget(db, every_uid(db, person))


def every_uid(db: sqlite3.Connection, person: int) -> tuple[str, ...]:
    """Somebody's own uid and those they went by before they were merged."""
    sql = "SELECT uid FROM person WHERE id = ?1 UNION ALL SELECT merged_uid FROM person_merge WHERE person = ?1"
    return tuple(uid for (uid,) in db.execute(sql, (person,)))


def scrub(db: sqlite3.Connection, person: int, typed: tuple[str, ...]) -> int:
    """Overwrite who somebody is, also in what came of them later from elsewhere; how many texts that were."""
    values = {"person": person, "mark": MARK}
    texts = 0
    for table, columns in _WORDS.items():
        for column in columns:
            texts += _overwrite(db, table, column, "person = :person", values)
    for table, (column, of) in _OF_A_ROW.items():
        typed_by_somebody = f"{column} NOT GLOB 'chronic.*' AND {of} IN (SELECT id FROM {of} WHERE person = :person)"
        texts += _overwrite(db, table, column, typed_by_somebody, values)
    of_them = "checkup IN (SELECT id FROM checkup WHERE person = :person)"
    for field in typed:
        sql = f"DELETE FROM checkup_value WHERE {of_them} AND field = :field"
        texts += db.execute(sql, {**values, "field": field}).rowcount
    marks = ", ".join(f"'{name}'" for name in IDENTITY)
    db.execute(f"{_CHANGES} WHERE person = :person AND field IN ({marks})", values)
    for sql in (*_OTHERS, _PERSON, _HOUSEHOLD):
        db.execute(sql, values)
    return texts


def typed_columns() -> dict[str, tuple[str, ...]]:
    """Table -> its columns that hold what somebody typed."""
    return _WORDS | {table: (column,) for table, (column, _of) in _OF_A_ROW.items()}


class Known(NamedTuple):
    """An erasure: every uid of whom it is about, why it was lawful, and since when and why they are closed."""

    uids: tuple[str, ...]
    basis: str
    closed_on: str | None
    closed_reason: str | None


def known(db: sqlite3.Connection) -> list[Known]:
    """Everybody erased here; nobody in a registry of a version that could not erase."""
    if db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'erasure'").fetchone() is None:
        return []
    return [Known(every_uid(db, person), *told) for person, *told in db.execute(_KNOWN).fetchall()]


def any_of(db: sqlite3.Connection) -> bool:
    """Was anybody ever erased, as far as is known here?"""
    return db.execute("SELECT 1 FROM erasure LIMIT 1").fetchone() is not None


def still_named(db: sqlite3.Connection, uids: Sequence[str]) -> list[int]:
    """Who of these people still has a name here."""
    sql = "SELECT id FROM person WHERE uid IN (SELECT value FROM json_each(?)) AND name <> ? ORDER BY id"
    return [id_ for (id_,) in db.execute(sql, (json.dumps(list(uids)), MARK))]


def on(db: sqlite3.Connection, person: int) -> str | None:
    """The instant somebody was erased; None if they were not."""
    row = db.execute("SELECT max(recorded_at) FROM erasure WHERE person = ?", (person,)).fetchone()
    return row[0] and str(row[0])


def _overwrite(db: sqlite3.Connection, table: str, column: str, whose: str, values: dict[str, object]) -> int:
    sql = f"UPDATE {table} SET {column} = :mark WHERE {column} IS NOT NULL AND {whose}"
    return db.execute(sql, values).rowcount
