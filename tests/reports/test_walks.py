"""The lists cost what they return: they walk an index, and the default orders need no sorting."""

import re
import sqlite3
from datetime import date
from typing import Any

import pytest

from chronic.model.place import Where
from chronic.reports import referrals, tagged
from chronic.reports.overdue import Asked, counts, listing, tally
from chronic.reports.tagged import Tagged

TODAY, UNTIL = date(2026, 11, 21), date(2026, 12, 5)
ALONE = Tagged(("alone", "独居"))
FILTERS: dict[str, dict[str, Any]] = {
    "everybody": {},
    "a village": {"where": Where((1,))},
    "a hamlet": {"where": Where((1,), (2,))},
    "a doctor": {"doctor": "李医生"},
    "a tag": {"tags": (ALONE,)},
    "two tags and an age": {"tags": (ALONE, Tagged(("monitored", "低收入监测户")), Tagged(born_by="1961-11-21"))},
    "a page": {"limit": 20},
    "all at once": {"where": Where((1,)), "doctor": "李医生", "tags": (ALONE,), "limit": 20},
    "paused": {"paused": True},
}
OVERDUE, DUE = (date.min, TODAY), (TODAY, UNTIL)


def plan(db: sqlite3.Connection, asked: Asked, span: tuple[date, date]) -> list[str]:
    sql, values = listing(asked, *span)
    return [step[3] for step in db.execute(f"EXPLAIN QUERY PLAN {sql}", values)]


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("kind", ["followup", "referral", "screening"])
def test_overdue_by_risk_walks_an_index_and_sorts_nothing(db: sqlite3.Connection, kind: str, filters: str) -> None:
    steps = plan(db, Asked(kind=kind, order="risk", **FILTERS[filters]), OVERDUE)
    assert re.match(rf"SEARCH a USING INDEX agenda_\w+ \(paused=\? AND .*rank=\? AND due_{kind}<\?\)", steps[0])
    assert not [step for step in steps if "TEMP B-TREE" in step]
    assert not [step for step in steps if step.startswith("SCAN")]


@pytest.mark.parametrize("limit", [None, 20])
def test_overdue_of_a_township_reads_its_villages_alone_and_puts_them_in_order(
    db: sqlite3.Connection, limit: int | None
) -> None:
    steps = plan(db, Asked(order="risk", where=Where((1, 2, 3)), limit=limit), OVERDUE)
    assert steps[0] == "SEARCH a USING INDEX agenda_village (paused=? AND village=? AND rank=? AND due_followup<?)"
    assert not [step for step in steps if step.startswith("SCAN")]


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("programme", ["htn", "dm", "lipid"])
def test_overdue_of_one_programme_walks_its_own_index(db: sqlite3.Connection, programme: str, filters: str) -> None:
    steps = plan(db, Asked(programme=programme, order="risk", **FILTERS[filters]), OVERDUE)
    assert "INDEX plan_programme (kind=? AND programme=? AND paused=? AND rank=? AND due_on<?)" in steps[0]
    assert not [step for step in steps if "TEMP B-TREE" in step or step.startswith("SCAN")]


@pytest.mark.parametrize("filters", FILTERS)
def test_due_by_date_walks_only_the_days_asked_for(db: sqlite3.Connection, filters: str) -> None:
    steps = plan(db, Asked(order="date", **FILTERS[filters]), DUE)
    assert steps[0] == "SEARCH a USING INDEX agenda_date (paused=? AND due_followup>? AND due_followup<?)"
    assert not [step for step in steps if "TEMP B-TREE" in step or step.startswith("SCAN")]


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("order", ["risk", "date", "route"])
@pytest.mark.parametrize("span", [OVERDUE, DUE], ids=["overdue", "due"])
@pytest.mark.parametrize("programme", [None, "dm"])
@pytest.mark.parametrize("kind", ["followup", "referral", "screening"])
def test_every_order_and_filter_starts_from_an_index(
    db: sqlite3.Connection, kind: str, programme: str | None, span: tuple[date, date], order: str, filters: str
) -> None:
    steps = plan(db, Asked(kind=kind, programme=programme, order=order, **FILTERS[filters]), span)
    assert re.match(r"SEARCH \w+ USING (?:COVERING )?INDEX", steps[0]), steps
    assert not [step for step in steps if step.startswith("SCAN")]


@pytest.mark.parametrize("filters", FILTERS)
def test_the_way_round_is_walked_village_by_village(db: sqlite3.Connection, filters: str) -> None:
    steps = plan(db, Asked(order="route", **FILTERS[filters]), OVERDUE)
    assert "agenda_route" in steps[0]
    assert "USE TEMP B-TREE FOR ORDER BY" not in steps  # at most the few of one household are put in order


@pytest.mark.parametrize(
    "table", ["plan", "verdict", "enrolment", "pause", "visit", "referral_outcome", "person_change", "referral"]
)
def test_what_belongs_to_a_person_is_found_by_an_index(db: sqlite3.Connection, table: str) -> None:
    ended = " AND ended_by IS NULL" if table in ("visit", "referral") else ""
    ((*_, step),) = db.execute(f"EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE person = 1{ended}").fetchall()
    assert step.startswith(f"SEARCH {table} USING")


@pytest.mark.parametrize(("filters", "index"), [({}, "agenda_date"), ({"where": Where((1,))}, "agenda_village")])
def test_counting_walks_an_index_too(db: sqlite3.Connection, filters: dict[str, Any], index: str) -> None:
    asked: list[str] = []
    db.set_trace_callback(asked.append)
    counts(db, TODAY, Asked(**filters))
    tally(db, Asked(**filters), TODAY, UNTIL)
    db.set_trace_callback(None)
    assert len(asked) == 2
    for sql in asked:
        (first, *others) = [step[3] for step in db.execute(f"EXPLAIN QUERY PLAN {sql}")]
        assert f"INDEX {index} (paused=?" in first
        assert filters or not others, "nothing is sorted"


@pytest.mark.parametrize(
    "asked",
    [
        referrals.Asked(),
        referrals.Asked(tagged.Whom(where=Where((1,)))),
        referrals.Asked(late=True),
        referrals.Asked(programme="htn", limit=20),
    ],
    ids=["everybody", "a village", "late", "a programme"],
)
def test_the_referral_list_walks_its_index_and_sorts_nothing(db: sqlite3.Connection, asked: referrals.Asked) -> None:
    sql, values = referrals.query(asked, TODAY)
    steps = [step[3] for step in db.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert steps[0] == "SCAN q USING INDEX plan_referral"
    assert not [step for step in steps if "TEMP B-TREE" in step]
    assert not [step for step in steps[1:] if step.startswith("SCAN")]
