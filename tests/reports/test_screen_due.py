"""Whom to measure, and who is at risk: by the day, by village, and at a cost that follows what is returned."""

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chronic.model.place import Where
from chronic.protocol import load
from chronic.reports import screen_due
from chronic.reports.residents import Among
from chronic.reports.tagged import Tagged
from chronic.store import registry
from tests.runner import Chronic


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """1: 36, nothing known. 2: 56. 3: 20. 4: 70, managed for both. 5: of another village."""
    for name, born, place in (
        ("甲", "1990-11-01", "下各村"),
        ("乙", "1970-01-01", "下各村"),
        ("丙", "2006-01-01", "下各村"),
    ):
        chronic.person(name, "--birth-date", born, "--village", place)
    chronic.person("丁", "--birth-date", "1956-01-01", "--village", "下各村", "--programmes", "htn;dm")
    chronic.person("戊", "--birth-date", "1960-01-01", "--village", "上各村")
    return chronic


def wanted(chronic: Chronic, *args: object, today: str = "2026-11-21") -> dict[int, list[str]]:
    return {row["person_id"]: row["wanted"] for row in chronic.rows("screen", "due", *args, today=today)}


def test_everyone_of_the_age_is_due_who_was_never_measured(village: Chronic) -> None:
    assert wanted(village) == {1: ["bp"], 2: ["bp", "fpg"], 4: ["checkup"], 5: ["bp", "fpg", "checkup"]}
    assert wanted(village, "--village", "上各村") == {5: ["bp", "fpg", "checkup"]}
    assert wanted(village, "--programme", "dm", "--village", "下各村") == {2: ["fpg"]}
    assert len(wanted(village, "--limit", 1)) == 1
    assert village("screen", "due", "--village", "无此村").code == 2


@pytest.mark.parametrize(
    ("person", "today", "due"),
    [
        (1, "2027-03-31", False),
        (1, "2027-04-01", True),  # 12 months after 1 April 2026: no factor
        (2, "2026-09-30", False),
        (2, "2026-10-01", True),  # 6 months: from 55 on
    ],
)
def test_a_year_or_half_a_year_after_the_last_pressure(village: Chronic, person: int, today: str, due: bool) -> None:
    village.ok("screen", "add", person, "--bp", "118/76", "--fpg", "5.0", "--on", "2026-04-01")
    village.ok("screen", "add", person, "--bp", "119/75", "--on", "2026-03-01")  # an older one changes nothing
    assert (person in wanted(village, "--programme", "htn", today=today)) == due


def test_half_a_pressure_and_one_told_by_phone_measure_nothing(village: Chronic) -> None:
    village.ok("visit", "add", 1, "--sbp", "118", "--on", "2026-11-20")
    village.ok("screen", "add", 2, "--bp", "118/76", "--way", "phone", "--on", "2026-11-20")
    assert {1, 2} <= set(wanted(village, "--programme", "htn"))


def test_the_month_end_is_clipped(village: Chronic) -> None:
    village.ok("screen", "add", 2, "--bp", "118/76", "--on", "2026-08-31")
    assert 2 not in wanted(village, "--programme", "htn", today="2027-02-27")
    assert 2 in wanted(village, "--programme", "htn", today="2027-02-28")
    assert 2 in wanted(village, "--programme", "htn", "--within", "1d", today="2027-02-27")


def test_who_is_managed_is_asked_for_the_check_up_alone_and_who_is_closed_for_nothing(village: Chronic) -> None:
    village.ok("person", "close", 5, "--reason", "moved", "--yes")
    found = wanted(village)
    assert (found[4], 5 in found) == (["checkup"], False)
    village.ok("checkup", "add", 4, "--on", "2026-11-20", "--bp-left", "138/84")
    assert 4 not in wanted(village)


def test_a_county_may_screen_from_eighteen(village: Chronic, tmp_path: Path) -> None:
    county = tmp_path / "county.toml"
    county.write_text(
        'id = "county"\nbase = "cn-nbphs-2017"\neffective_from = 2026-01-01\ntitle = { zh = "县", en = "county" }\n'
        '[screening.bp]\ncite = "from-18"\nfrom_age = 18\n'
        '[cites.from-18]\nsource = "WST872"\nmark = "B"\nzh = "18岁起每年测血压"\nen = "pressure every year from 18"\n',
        encoding="utf-8",
    )
    village.ok("protocol", "use", county, "--from", "2026-01-01", "--yes")
    assert wanted(village)[3] == ["bp"]


def test_the_row_holds_what_a_caller_needs(village: Chronic) -> None:
    village.ok("screen", "add", 2, "--bp", "134/84", "--fpg", "6.2", "--on", "2025-01-10")
    (row,) = [row for row in village.rows("screen", "due") if row["person_id"] == 2]
    assert row | {"uid": ""} == {
        "person_id": 2, "uid": "", "name": "乙", "sex": "unknown", "age": 56, "village": "下各村", "hamlet": None,
        "phone": None, "wanted": ["bp", "fpg"], "due_on": "2025-07-10", "last_bp_on": "2025-01-10",
        "last_fpg_on": "2025-01-10", "factors_htn": ["bp", "age"], "factors_dm": ["prediabetes", "age"],
    }  # fmt: skip
    (row,) = [row for row in village.rows("screen", "due") if row["person_id"] == 1]
    assert (row["due_on"], row["last_bp_on"], row["factors_htn"]) == (None, None, [])


def test_phones_are_masked_and_looking_is_logged(village: Chronic) -> None:
    village.ok("person", "edit", 1, "--phone", "13812345512")
    assert "138****5512" in village.ok("screen", "due", "--format", "csv").out
    assert "13812345512" in village.ok("screen", "due", "--full", "--format", "csv").out
    assert village.sql("SELECT about FROM audit WHERE action = 'full'") == [("chronic screen due",)]


def test_a_csv_keeps_its_shape_without_rows(chronic: Chronic) -> None:
    for command in ("due", "at-risk"):
        for headers in ("canonical", "zh"):
            (line,) = chronic.ok("screen", command, "--format", "csv", "--headers", headers).out.splitlines()
            assert len(line.split(",")) >= 12
            assert headers == "canonical" or not any(cell.isascii() for cell in line.split(",") if cell != "uid")


def test_the_register_lists_factors_of_both_and_one_person_has_every_factor(village: Chronic) -> None:
    village.ok("person", "fact", 1, "family_htn=yes", "gestational=no", "--source", "本人", "--on", "2026-11-01")
    rows = {row["person_id"]: row for row in village.rows("screen", "at-risk")}
    assert rows[1]["factors_htn"] == ["family_htn"]
    assert rows[2]["factors_htn"] == rows[2]["factors_dm"] == ["age"]
    assert 3 not in rows  # twenty years old
    assert 4 not in rows  # managed for both
    mine = {(row["programme"], row["factor"]): row for row in village.rows("screen", "at-risk", 1)}
    assert mine["htn", "family_htn"] | {"value": None} == {
        "programme": "htn", "factor": "family_htn", "answer": "yes", "value": None, "on": "2026-11-01", "from": "told",
    }  # fmt: skip
    assert mine["dm", "gestational"]["answer"] == "no"
    assert mine["htn", "bp"]["answer"] == "unknown"


def test_a_fact_is_taken_back_and_a_wrong_one_refused(village: Chronic) -> None:
    before = village.dump()
    for wrong in ("colour=yes", "gestational", "gestational=maybe"):
        assert village("person", "fact", 1, wrong).code == 2
    assert village("person", "fact", 1, "pcos=yes", "--on", "2026-11-22").code == 2
    assert village("person", "fact", 1).code == 2
    assert village.dump() == before
    village.ok("person", "fact", 1, "pcos=yes")
    village.ok("undo", "--yes")
    assert village.sql("SELECT * FROM person_fact") == []


# the walk ---------------------------------------------------------------------------------------------


@pytest.fixture
def db(chronic: Chronic) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(registry.connect(chronic.path)) as db:
        yield db


@pytest.mark.parametrize(
    "among",
    [{}, {"where": Where((1,))}, {"where": Where((1, 2))}, {"doctor": "李医生"}, {"tags": (Tagged(("alone", "独居")),)}],
    ids=str,
)
def test_the_walk_uses_the_index_of_villages_and_sorts_nothing(db: sqlite3.Connection, among: dict[str, Any]) -> None:
    sql, values = screen_due.sql(Among(**among))
    bounds = screen_due.bounds(date(2026, 11, 21), load("cn-nbphs-2017"))
    steps = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", {**values, **bounds})]
    where = "SEARCH p USING INDEX person_village (village=?)" if "where" in among else "SCAN p USING INDEX person_village"
    assert steps[0] == where
    assert not [step for step in steps if "TEMP B-TREE" in step]
    assert all("INDEX visit_live_day (person=?" in step for step in steps if step.startswith("SEARCH x"))


def test_a_page_reads_only_as_far_as_it_must(db: sqlite3.Connection) -> None:
    from chronic.protocol import Editions
    from chronic.reports import residents

    many = [(f"uid-{number}", f"人{number}", "", "", "") for number in range(2000)]
    db.executemany("INSERT INTO person (uid, name, origin, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?)", many)
    editions = Editions([(date(2017, 1, 1), load("cn-nbphs-2017"))])
    steps = 0

    def tick() -> int:
        nonlocal steps
        steps += 1
        return 0

    def cost(limit: int | None) -> int:
        nonlocal steps
        steps = 0
        db.set_progress_handler(tick, 100)
        found = screen_due.due(db, date(2026, 11, 21), date(2026, 11, 21), editions, residents.Among(limit=limit))
        assert len(list(found.rows)) == (limit or 2000)
        db.set_progress_handler(None, 0)
        return steps

    assert cost(20) * 10 < cost(None)
