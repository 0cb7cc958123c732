"""Rows of a bundle for analysts: who they are about is nowhere in them, but the same person is the same in every bundle.

Uids of imported rows are hashes of ID numbers, so they leave only under a key that stays here. What was typed freely
goes, because nobody can know what it names; a birth date becomes its year.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator

from chronic.model.checkup_fields import by_column
from chronic.store.departing import Line
from chronic.store.erasing import typed_columns
from chronic.store.pseudonyms import pseudonyms
from chronic.store.travelling import TRAVELLING

_KEPT = ("at", "uid", "sex", "village", "township", "ascvd", "ckd", "smoking_status", "closed_on", "closed_reason")
_TABLES = frozenset((
    "person", "enrolment", "pause", "person_fact", "visit", "visit_void", "checkup", "checkup_void", "test_result",
    "test_void", "referral", "referral_void", "referral_outcome", "call", "contract", "contract_end", "medicine_entry",
    "medicine_void", "benefit_told", "exam_order", "exam_order_event",
))  # fmt: skip
_UIDS = ("uid", "replaces", "answers", "contact", "result")
_NOT_SAID = ("recorded_by", "visit_doctor", "doctor", "slip", "visit_entered", "source", "institution", "dept",
             "referral_org", "referral_dept", "team", "insulin", "device", "reason")  # fmt: skip


def lines(db: sqlite3.Connection, rows: Iterable[Line]) -> Iterator[Line]:
    """These lines without names; tables about more than somebody's treatment are left out."""
    name, words = pseudonyms(db), typed_columns()
    typed = {column for column, field in by_column().items() if field.kind == "text"}
    for row in rows:
        table = str(row["at"])
        if table == "person":
            yield _person(row, name)
        elif table in _TABLES:
            drop = {*words.get(table, ()), *_NOT_SAID}
            line = {column: value for column, value in row.items() if column not in drop}
            refs = (*_UIDS, *TRAVELLING[table], *(["referral"] if table == "referral_outcome" else []))
            line |= {column: name(str(line[column])) for column in refs if column in line}
            if "checkup_value" in line:
                line["checkup_value"] = [value for value in line["checkup_value"] if value[0] not in typed]
            yield line


def _person(row: Line, name: Callable[[str], str]) -> Line:
    line = {column: row[column] for column in _KEPT if column in row} | {"uid": name(str(row["uid"]))}
    return line | ({"birth_year": int(row["birth_date"][:4])} if "birth_date" in row else {})
