"""A month's figures as they were sent: kept once, checked when read, and laid beside what is known now."""

import contextlib
import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chronic.model.period import read_period
from chronic.office import freezing
from chronic.reports import indicators as indicator_engine
from chronic.store import editions, frozen, registry, transactions
from tests.runner import Chronic, Row

FIRST = "2026-11-01"


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    """Thirty people of a demo of 31 October; the night of the 1st has frozen October, and nothing came since."""
    chronic = Chronic(tmp_path_factory.mktemp("sent"))
    chronic.ok("demo", "--people", 30, "--to", chronic.path, today="2026-10-31")
    chronic.ok("nightly", "--out", chronic.folder / "n", today=FIRST)
    return chronic


@pytest.fixture
def village(sent: Chronic, tmp_path: Path) -> Chronic:
    shutil.copy(sent.path, tmp_path / "registry.db")
    return Chronic(tmp_path)


def indicators(chronic: Chronic, *args: object, today: str = "2026-11-21") -> dict[tuple[str, str], Row]:
    rows = chronic.rows("report", "indicators", *args, today=today)
    return {(row["indicator"], row["programme"]): row for row in rows}


def managed(chronic: Chronic) -> int:
    """Somebody managed for hypertension, seen in September or before."""
    return int(chronic.ids("report", "indicators", "--list", "--indicator", "hearts_no_visit", "--programme", "htn",
                           "--period", "2026-10")[0])  # fmt: skip


def test_what_was_frozen_is_what_the_report_of_that_day_says_when_nothing_came_late(village: Chronic) -> None:
    kept = indicators(village, "--frozen", "2026-10")
    for asked in (("--as-of", "2026-10-31"), ("--period", "2026-10"), ("--period", "2026-10", "--known-on", "2026-11-21")):
        now = indicators(village, *asked)
        assert kept.keys() == now.keys()
        for key, row in now.items():
            for name in ("numerator", "denominator", "rate", "target", "target_met", "definition", "source", "mark"):
                assert kept[key][name] == row[name], (key, name)
    assert sum(row["numerator"] for row in kept.values()) > 30
    beside = village.rows("report", "indicators", "--restated", "2026-10")
    assert {(row["change"] or 0, row["joined"], row["left"]) for row in beside} == {(0, 0, 0)}
    assert village.rows("report", "indicators", "--restated", "2026-10", "--list") == []


def test_by_village_and_doctor_it_adds_up_to_what_was_sent(village: Chronic) -> None:
    whole = indicators(village, "--frozen", "2026-10")
    for by in ("village", "township", "doctor"):
        rows = village.rows("report", "indicators", "--frozen", "2026-10", "--by", by)
        for key, total in whole.items():
            mine = [row for row in rows if (row["indicator"], row["programme"]) == key and row[by] != "*"]
            assert sum(row["numerator"] for row in mine) == total["numerator"]


def test_a_visit_that_came_late_changes_what_is_known_and_not_what_was_sent(village: Chronic) -> None:
    """On day 0 October is frozen, on day 10 a visit of October is typed in: it opens as the record that came late."""
    before, someone = indicators(village, "--frozen", "2026-10"), managed(village)
    village.ok("visit", "add", someone, "--bp", "131/79", "--on", "2026-10-20", "--yes", today="2026-11-11")
    assert indicators(village, "--frozen", "2026-10") == before
    rows = village.rows("report", "indicators", "--restated", "2026-10", "--programme", "htn")
    changed = {row["indicator"]: (row["numerator"] - row["sent_numerator"], row["joined"], row["left"]) for row in rows}
    assert changed["hearts_control"] == (1, 1, 0)
    assert changed["hearts_no_visit"] == (-1, 0, 1)
    assert changed["contract_rate"] == (0, 0, 0)
    late = village.rows("report", "indicators", "--restated", "2026-10", "--programme", "htn", "--list")
    assert {row["person_id"] for row in late} == {someone}
    (visit,) = [row for row in late if row["late_record"] == "visit"]
    assert (visit["on"], visit["detail"]) == ("2026-10-20", "131/79")
    assert visit["recorded_at"]
    assert visit["recorded_by"]
    assert "htn:controlled" in visit["now"]
    assert "htn:no visit in 3 months" in visit["then"]


def test_a_death_told_late_opens_as_a_change_of_the_register(village: Chronic) -> None:
    someone = managed(village)
    village.ok("person", "close", someone, "--reason", "died", "--on", "2026-10-05", "--yes")
    late = village.rows("report", "indicators", "--restated", "2026-10", "--programme", "htn", "--list")
    assert {(row["person_id"], row["late_record"]) for row in late} == {(someone, "change")}
    assert any(str(row["detail"]).startswith("closed_on") for row in late)
    assert all("htn:registered" in row["then"] or "htn:under care and not new" in row["then"] or row["then"] for row in late)


def test_a_visit_withdrawn_late_opens_as_a_withdrawal(village: Chronic) -> None:
    (first, *_) = village.ids("report", "indicators", "--list", "--indicator", "hearts_control", "--programme", "htn",
                              "--period", "2026-10")  # fmt: skip
    newest = village.rows("visit", "list", first)[0]
    village.ok("visit", "void", newest["visit"], "--reason", "记错人", "--yes")
    late = village.rows("report", "indicators", "--restated", "2026-10", "--programme", "htn", "--list")
    assert [row["detail"] for row in late if row["late_record"] == "void"] == ["记错人"]
    assert {row["person_id"] for row in late} == {first}


def test_what_was_known_at_that_instant_is_what_was_sent_whatever_came_late(village: Chronic) -> None:
    someone = managed(village)
    village.ok("visit", "add", someone, "--bp", "131/79", "--on", "2026-10-20", "--yes", today="2026-11-11")
    (first, other, *_) = village.ids("report", "indicators", "--list", "--indicator", "hearts_control", "--programme", "htn",
                                     "--period", "2026-10")  # fmt: skip
    gone = other if first == someone else first
    village.ok("visit", "void", village.rows("visit", "list", gone)[0]["visit"], "--reason", "记错人", "--yes")
    village.ok("person", "close", gone, "--reason", "died", "--on", "2026-10-30", "--yes")
    with contextlib.closing(registry.connect(village.path)) as db:
        month = frozen.read(db, "2026-10")
        assert month is not None
        dated, period = editions.read(db), read_period("2026-10")
        keys = freezing.every_key()
        then = indicator_engine.tally(db, period, keys, dated, known_on=month.frozen_at, by=())
        now = indicator_engine.tally(db, period, keys, dated, by=())
        assert then != now
        kept = {key: figure.counted for key, figure in month.figures.items() if figure.people is not None}
        assert {(cell.programme, cell.figure): people for cell, people in then.items()} == kept


def test_what_a_bundle_brings_after_a_month_was_sent_came_late_whenever_it_was_recorded(
    village: Chronic, sent: Chronic, tmp_path: Path
) -> None:
    """A copy of the village's registry on another laptop has a visit of October, recorded before the month was frozen."""
    (tmp_path / "laptop").mkdir()
    shutil.copy(sent.path, tmp_path / "laptop" / "registry.db")
    laptop, someone = Chronic(tmp_path / "laptop"), managed(village)
    with contextlib.closing(registry.connect(laptop.path)) as db, transactions.immediate(db):
        db.execute("UPDATE setting SET value = 'laptop' WHERE key = 'origin'")
    for site in (village, laptop):
        site.ok("bundle", "key", "new")
    village.ok("bundle", "key", "trust", "laptop", laptop.ok("bundle", "key", "show").out.strip(), "--yes")
    laptop.ok("visit", "add", someone, "--bp", "131/79", "--on", "2026-10-20", "--yes", today="2026-10-31")
    with contextlib.closing(registry.connect(laptop.path)) as db, transactions.immediate(db):
        db.execute("UPDATE visit SET recorded_at = '2026-10-20T01:00:00.000Z' WHERE id = (SELECT max(id) FROM visit)")
    laptop.ok("bundle", "make", "--to", "village", "--plain", "--out", tmp_path / "out.bundle")
    village.ok("bundle", "merge", tmp_path / "out.bundle", "--yes")
    late = village.rows("report", "indicators", "--restated", "2026-10", "--programme", "htn", "--list")
    assert {(row["person_id"], row["late_record"]) for row in late} == {(someone, "bundle")}
    assert late[0]["recorded_at"]


def test_who_was_merged_since_counts_as_the_one_who_stayed(village: Chronic) -> None:
    someone = managed(village)
    other = village.person("王同名", "--sex", "M", "--birth-date", "1950-01-01")
    village.ok("person", "merge", other, someone, "--field", "name=theirs", "--yes", today="2026-11-12")
    late = village.rows("report", "indicators", "--restated", "2026-10", "--programme", "htn", "--list")
    assert someone not in {row["person_id"] for row in late}


def test_months_that_were_missed_are_caught_up_oldest_first_and_none_is_written_twice(village: Chronic) -> None:
    before = village.sql("SELECT * FROM frozen_month")
    village.ok("nightly", "--out", village.folder / "n", today="2026-11-30")
    assert village.sql("SELECT * FROM frozen_month") == before
    run = village.ok("nightly", "--out", village.folder / "n", today="2027-02-15")
    assert "frozen=2026-11,2026-12,2027-01" in run.out
    assert [month for (month,) in village.sql("SELECT month FROM frozen_month")] == [
        "2026-10",
        "2026-11",
        "2026-12",
        "2027-01",
    ]
    assert village.sql("SELECT * FROM frozen_month WHERE month = '2026-10'") == before
    assert len(village.sql("SELECT * FROM frozen_book")) == 1
    rows = indicators(village, "--frozen", "2026-11", today="2027-02-15")
    assert {row["before_period"] for row in rows.values()} == {"2026-10"}


def test_a_registry_begins_with_the_month_it_was_made_in(tmp_path: Path) -> None:
    chronic = Chronic(tmp_path)
    chronic.ok("demo", "--people", 5, "--to", chronic.path, today="2026-08-10")
    chronic.ok("nightly", "--out", tmp_path / "n", today="2026-11-02")
    assert [month for (month,) in chronic.sql("SELECT month FROM frozen_month")] == ["2026-08", "2026-09", "2026-10"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE frozen_figure SET counted = counted + 1 WHERE figure = 'registered'",
        "DELETE FROM frozen_figure WHERE figure = 'registered'",
        "UPDATE frozen_figure SET people = x'00'",
        "UPDATE frozen_figure SET parts = '[]' WHERE figure = 'registered'",
        "UPDATE frozen_figure SET parts = 'x' WHERE figure = 'registered'",
        "UPDATE frozen_month SET frozen_by = 'x'",
        "UPDATE frozen_book SET text = replace(text, '70.0', '60.0')",
    ],
)
def test_what_somebody_changed_afterwards_is_said(village: Chronic, statement: str) -> None:
    assert "WARNING" not in village.ok("report", "indicators", "--frozen", "2026-10").out
    with contextlib.closing(sqlite3.connect(village.path)) as db, db:
        db.execute(statement)
    assert "WARNING: what is kept of this month was changed" in village.ok("report", "indicators", "--frozen", "2026-10").out
    assert "警告" in village.ok("report", "indicators", "--frozen", "2026-10", lang="zh").out


def test_a_figure_that_a_later_release_does_not_count_any_more_is_named(village: Chronic) -> None:
    with contextlib.closing(sqlite3.connect(village.path)) as db, db:
        db.execute("UPDATE frozen_book SET text = replace(text, '\"at_target\"', '\"of_old\"')")
    out = village.ok("report", "indicators", "--restated", "2026-10").out
    assert "Not counted any more: control_rate" in out
    assert "standard management" in out
    assert "Not counted any more" not in village.ok("report", "indicators", "--frozen", "2026-10").out


@pytest.mark.parametrize("statement", ["DELETE FROM frozen_book", "UPDATE frozen_book SET text = 'x'"])
def test_a_month_whose_definitions_are_gone_cannot_be_shown(village: Chronic, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(village.path)) as db, db:
        db.execute(statement)
    run = village("report", "indicators", "--frozen", "2026-10")
    assert run.code == 30
    assert "cannot be read any more" in run.last


def test_a_county_s_new_target_does_not_change_what_was_sent(village: Chronic) -> None:
    kept = json.loads(village.sql("SELECT text FROM frozen_book")[0][0])
    assert [one["target"] for one in kept["indicators"] if one["code"] == "standard_rate"] == [70.0, 70.0]
    with contextlib.closing(sqlite3.connect(village.path)) as db:
        month = frozen.read(db, "2026-10")
    assert month is not None
    assert month.intact
    assert (month.edition, month.frozen_on) == ("cn-nbphs-2017", FIRST)


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("--frozen", "2026-09"), 21, "2026-09 was never frozen. Frozen are: 2026-10."),
        (("--restated", "2026-09"), 21, "2026-09 was never frozen"),
        (("--frozen", "2026Q3"), 2, "2026Q3 is not a month"),
        (("--frozen", "x"), 2, "x is not a month"),
        (("--frozen", "2026-10", "--restated", "2026-10"), 2, "not both"),
        (("--frozen", "2026-10", "--by", "sex"), 2, "kept as it was sent"),
        (("--frozen", "2026-10", "--monitored"), 2, "kept as it was sent"),
        (("--frozen", "2026-10", "--period", "2026-10"), 2, "kept as it was sent"),
        (("--frozen", "2026-10", "--list"), 2, "goes with --restated"),
        (("--restated", "2026-10", "--limit", "3"), 2, "go with --list"),
        (("--restated", "2026-10", "--format", "text"), 2, "choose another --format"),
        (("--frozen", "2026-10", "--indicator", "x"), 2, "There is no indicator x"),
    ],
)
def test_what_cannot_be_asked_of_a_frozen_month(sent: Chronic, args: tuple[str, ...], code: int, said: str) -> None:
    run = sent("report", "indicators", *args)
    assert run.code == code
    assert said in run.last
    assert run.out == ""


def test_before_the_first_night_nothing_is_frozen(chronic: Chronic) -> None:
    run = chronic("report", "indicators", "--frozen", "2026-10")
    assert run.code == 21
    assert "Nothing was frozen yet" in run.last


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 2**40), max_size=30))
def test_ids_are_unpacked_as_they_were_packed(ids: list[int]) -> None:
    assert frozen.unpacked(frozen.packed(ids)) == sorted(ids)
