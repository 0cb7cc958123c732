"""What travels between registries, and what stays: one table, read by whoever writes a bundle and whoever merges one.

A row travels with every column it has but its local id, its batch, and `ended_by`, which follows from voids and fixes.
A reference to another row travels as that row's uid; to a place or a household, as the names that lead to it.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from typing import Any, NamedTuple

from chronic.store.people import PLAIN

PERSON, PLACE, HOUSEHOLD = "person", "place", "household"
GONE, ALIASES, ASIDE, MERGERS = "tombstone", "person_alias", "aside", "person_merge"
"""Tables whose rows go into a bundle in words of their own."""
FIELDS = (*PLAIN, "township", "village", "hamlet")
"""Of a person; each goes by its latest person_change."""
TRAVELLING: dict[str, dict[str, str]] = {
    "enrolment": {"person": PERSON},
    "pause": {"person": PERSON},
    "person_change": {"person": PERSON},
    "person_fact": {"person": PERSON},
    "visit": {"person": PERSON},
    "visit_void": {"visit": "visit"},
    "checkup": {"person": PERSON},
    "checkup_void": {"checkup": "checkup"},
    "finding_settled": {"person": PERSON},
    "test_result": {"person": PERSON},
    "test_void": {"test_result": "test_result"},
    "referral": {"person": PERSON},
    "referral_void": {"referral": "referral"},
    "referral_outcome": {"person": PERSON},
    "call": {"person": PERSON},
    "opinion": {"person": PERSON},
    "opinion_handled": {"person": PERSON},
    "contract": {"person": PERSON},
    "contract_end": {"person": PERSON, "contract": "contract"},
    "household_fact": {"person": PERSON, "household": HOUSEHOLD},
    "household_tag": {"person": PERSON, "household": HOUSEHOLD},
    "household_visit": {"person": PERSON, "household": HOUSEHOLD},
    "need_settled": {"person": PERSON, "household_visit": "household_visit"},
    "rescue": {"person": PERSON},
    "treated": {"person": PERSON},
    "task": {"person": PERSON, "place": PLACE},
    "task_event": {"task": "task"},
    "task_about": {"task": "task", "person": PERSON},
    "education": {"person": PERSON},
    "education_void": {"education": "education"},
    "medicine_entry": {"person": PERSON},
    "medicine_void": {"medicine_entry": "medicine_entry"},
    "benefit_told": {"person": PERSON},
    "exam_order": {"person": PERSON},
    "exam_order_event": {"person": PERSON, "exam_order": "exam_order"},
    "person_distinct": {"person": PERSON, "other": PERSON},
    "transfer": {"person": PERSON, "from_place": PLACE, "to_place": PLACE},
    "transfer_answer": {"person": PERSON, "transfer": "transfer", "place": PLACE},
    "upload": {"person": PERSON},
    "erasure": {"person": PERSON},
}
"""Table -> its references, column -> table; in the order they are written, what is referred to first."""
PARTS = {"visit": ("visit_reading", "visit_entered"), "checkup": ("checkup_value",)}
"""Rows without a uid of their own, which travel inside the row they belong to."""
ONLY = {
    "task": "t.kind = 'typed'",
    "task_event": "EXISTS (SELECT 1 FROM task AS typed WHERE typed.id = t.task AND typed.kind = 'typed')",
}
"""Of some tables not every row: a check finds its problems again in each registry."""
NAMED = {("household_fact", "value"): ("fact", "head"), ("upload", "record"): ("holds", "people")}
"""Text columns that hold a person's uid where another column says this."""
LEAVING = ("person_change", "transfer", "transfer_answer", "erasure")
"""What still travels of somebody to a registry whose business they no longer are: where they went, who took them on, that
they are erased."""
STAYING = {
    "person": "travels as the person's line: fields by their latest change, tags, numbers of other systems",
    "person_tag": "part of the person's line",
    "person_source": "part of the person's line",
    "person_alias": "part of the person's line",
    "aside": "its rows travel as what they are",
    "tombstone": "its uids travel by themselves",
    "visit_reading": "part of its visit",
    "visit_entered": "part of its visit",
    "checkup_value": "part of its check-up",
    "place": "travels as the names that lead to it",
    "place_change": "each registry keeps its own tree; what it changes for people are changes of people",
    "household": "travels as village, hamlet and number",
    "person_merge": "by which other uids somebody goes is part of the person's line; see chronic/store/joining.py",
    "merge_row": "belongs to person_merge",
    "institution": "each registry keeps its own directory; slips hold the name",
    "clinic_day": "belongs to institution",
    "staff": "each registry keeps its own directory; people and visits hold the doctor's name",
    "setting": "what this file is",
    "edition": "a registry's own guidelines judge its lists",
    "batch": "how rows came here",
    "meaning": "how this registry reads its sheets",
    "deed": "the journal of this registry's undo",
    "audit": "what was done here",
    "audit_told": "what was done here",
    "slip_series": "the numbers this registry gives",
    "bundle_peer": "whom this registry trusts",
    "bundle_sent": "what this registry sent",
    "bundle_taken": "what this registry merged",
    "bundle_given": "whom this registry told of whom",
    "expected": "whom this registry waits for",
    "frozen_month": "what this registry reported", "frozen_figure": "what this registry reported",
    "frozen_book": "what this registry reported",
    "verdict": "derived", "plan": "derived", "agenda": "derived", "task_open": "derived",
    "medicine_course": "derived", "name_key": "derived", "seal": "derived",
    "elsewhere": "whom this registry does not look after",
}  # fmt: skip
"""Every other table, and why it does not travel."""
_LOCAL = ("id", "batch", "ended_by", "person_uid")
STAMP = ("origin", "recorded_at", "recorded_by")


class Shape(NamedTuple):
    """Of a travelling table: the columns that travel as they are, and its references."""

    columns: tuple[str, ...]
    refs: dict[str, str]
    ends: bool
    """Has it the column ended_by?"""


def said(line: Mapping[str, Any]) -> dict[str, Any]:
    """A line as it travels: what holds nothing is not in it, or whoever reads it refuses the bundle."""
    return {name: value for name, value in line.items() if value is not None}


def shape(db: sqlite3.Connection, table: str) -> Shape:
    """From the file itself, so that a column added to a table travels from then on."""
    return _shape(table, tuple(name for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", (table,))))


def defaults(db: sqlite3.Connection, table: str) -> dict[str, Any]:
    """Column -> what stands in it where a row says nothing, of those that have such a value."""
    sql = "SELECT name, dflt_value FROM pragma_table_info(?) WHERE dflt_value IS NOT NULL"
    return _defaults(tuple(db.execute(sql, (table,))))


@cache
def _defaults(said: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    with closing(sqlite3.connect(":memory:")) as db:
        return {name: db.execute(f"SELECT {value}").fetchone()[0] for name, value in said}


@cache
def _shape(table: str, columns: tuple[str, ...]) -> Shape:
    refs = TRAVELLING[table]
    return Shape(tuple(name for name in columns if name not in (*_LOCAL, *refs)), refs, "ended_by" in columns)
