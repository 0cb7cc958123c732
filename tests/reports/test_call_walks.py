"""The call list costs what it shows: each section walks an index, and counting reads nothing but indexes."""

import re
import sqlite3
from datetime import date

import pytest

from chronic.model.place import Where
from chronic.reports import calls
from chronic.reports.overdue import Asked
from chronic.reports.tagged import Tagged
from chronic.store import opinions

TODAY = date(2026, 11, 21)


def steps(db: sqlite3.Connection, sql: str, values: dict[str, object] | tuple[()] = ()) -> list[str]:
    return [step[3] for step in db.execute(f"EXPLAIN QUERY PLAN {sql}", values)]


@pytest.mark.parametrize(
    "asked", [Asked(), Asked(where=Where((1,))), Asked(doctor="李医生"), Asked(tags=(Tagged(("独居", "alone")),))]
)
@pytest.mark.parametrize("section", calls.SECTIONS)
def test_a_section_walks_an_index(db: sqlite3.Connection, section: str, asked: Asked) -> None:
    first, *others = steps(db, *calls.listing(section, TODAY, calls.WITHIN, asked))
    index = "agenda_ends" if section == calls.SETTLE else "agenda_calls"
    assert re.match(rf"SEARCH a USING INDEX {index} \(", first)
    assert not [step for step in others if step.startswith("SCAN")]


def test_who_is_late_comes_in_the_order_of_the_index(db: sqlite3.Connection) -> None:
    every = steps(db, *calls.listing(calls.LATE, TODAY, calls.WITHIN, Asked()))
    assert every[0] == "SEARCH a USING INDEX agenda_calls (paused=? AND rank=? AND due_call<?)"
    assert not [step for step in every if "TEMP B-TREE" in step], "the first page needs no sorting"


@pytest.mark.parametrize("asked", [Asked(limit=50), Asked(limit=50, where=Where((1,))), Asked(limit=50, doctor="李医生")])
@pytest.mark.parametrize("section", calls.SECTIONS)
def test_a_page_is_found_first_and_read_afterwards(db: sqlite3.Connection, section: str, asked: Asked) -> None:
    every = steps(db, *calls.listing(section, TODAY, calls.WITHIN, asked))
    index = "agenda_ends" if section == calls.SETTLE else "agenda_calls"
    assert any(re.match(rf"SEARCH a USING (COVERING )?INDEX {index} \(", step) for step in every)
    assert "SEARCH a USING INTEGER PRIMARY KEY (rowid=?)" in every
    assert not [step for step in every if step.startswith(("SCAN a", "SCAN p"))]


def test_one_person_is_looked_up_alone(db: sqlite3.Connection) -> None:
    for section in calls.SECTIONS:
        every = steps(db, *calls.listing(section, TODAY, calls.WITHIN, Asked(among=(1,))))
        assert not [step for step in every if step.startswith("SCAN a")]


def test_counting_reads_only_indexes(db: sqlite3.Connection) -> None:
    asked: list[str] = []
    db.set_trace_callback(asked.append)
    calls.counts(db, TODAY, calls.WITHIN)
    opinions.unhandled(db)
    db.set_trace_callback(None)
    assert len(asked) == len(calls.SECTIONS) + 3
    for sql in asked:
        first = steps(db, sql)[0]
        assert "INDEX" in first, (sql, first)
        assert not first.startswith("SCAN") or "opinion_to_handle" in first
    late = next(sql for sql in asked if "a.due_call < " in sql)
    assert "USING COVERING INDEX agenda_calls" in steps(db, late)[0]
