"""`report workload --period`: valid follow-ups and complete check-ups per doctor, each countable once."""

import contextlib
import sqlite3

import pytest

from tests.runner import Chronic


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """In October: 李医生 met 1 three times and phoned once, 王医生 met 2 once; 3 was never measured,
    4 is in no programme."""
    for name, doctor, programmes in (
        ("甲", "李医生", ("--htn-enrolled-on", "2026-01-01", "--dm-enrolled-on", "2026-01-01")),
        ("乙", "王医生", ("--htn-enrolled-on", "2026-01-01")),
        ("丙", "王医生", ("--htn-enrolled-on", "2026-01-01")),
        ("丁", "王医生", ()),
    ):
        chronic.person(name, "--sex", "F", "--birth-date", "1970-01-01", "--village", "下各村",
                       "--responsible-doctor", doctor, *programmes)  # fmt: skip
    chronic.visit(1, "2026-10-01", "--bp", "130/80", "--fpg", "6.1")
    chronic.visit(1, "2026-10-15", "--bp", "130/80")
    chronic.visit(1, "2026-10-20", "--bp", "130/80", "--way", "phone")
    chronic.visit(1, "2026-10-31", "--bp", "130/80", "--visit-doctor", "王医生")
    chronic.visit(2, "2026-10-31", "--bp", "130/80")
    chronic.visit(3, "2026-10-31", "--weight-kg", "60")
    chronic.visit(2, "2026-11-01", "--bp", "130/80")
    return chronic


def done(chronic: Chronic, *args: object) -> dict[str, tuple[int, ...]]:
    rows = chronic.rows("report", "workload", "--period", "2026-10", *args)
    keys = ("visits", "valid", "people", "checkups", "complete")
    return {str(row.get("doctor", row.get("village"))): tuple(row[key] for key in keys) for row in rows}


def test_a_follow_up_counts_once_for_the_doctor_who_made_it(village: Chronic) -> None:
    assert done(village) == {"李医生": (2, 2, 1, 0, 0), "王医生": (3, 2, 3, 0, 0), "*": (5, 4, 3, 0, 0)}
    assert done(village, "--doctor", "李医生") == {"李医生": (2, 2, 1, 0, 0), "*": (2, 2, 1, 0, 0)}
    assert done(village, "--by", "village") == {"下各村": (5, 4, 3, 0, 0), "*": (5, 4, 3, 0, 0)}


def test_every_number_opens_into_as_many_rows_that_say_why_one_does_not_count(village: Chronic) -> None:
    rows = village.rows("report", "workload", "--period", "2026-10", "--list")
    assert [(row["person_id"], row["on"], row["counts"]) for row in rows] == [
        (1, "2026-10-01", "counted"), (1, "2026-10-15", "counted"), (1, "2026-10-31", "counted"),
        (2, "2026-10-31", "counted"), (3, "2026-10-31", "no_reading"),
    ]  # fmt: skip
    assert rows[0]["programmes"] == ["htn", "dm"]
    assert len(village.rows("report", "workload", "--period", "2026-10", "--list", "--limit", 2)) == 2


def test_after_the_death_or_the_end_of_a_programme_nothing_counts(village: Chronic) -> None:
    village.ok("programme", "end", 2, "htn", "--reason", "refused", "--on", "2026-10-15", "--yes")
    states = {row["person_id"]: row["counts"] for row in village.rows("report", "workload", "--period", "2026-10", "--list")}
    assert states[2] == "not_managed"


def test_the_first_complete_check_up_of_a_year_counts_and_no_second_one(village: Chronic) -> None:
    from chronic.forms import checkup_of
    from chronic.protocol import DEFAULT, load

    form = checkup_of(load(DEFAULT))
    columns = dict.fromkeys(entry[0] for part in form.required.values() if part.who == "htn" for entry in part.fields)
    assert columns
    for day in ("2026-10-05", "2026-10-06"):
        village.ok("checkup", "add", 2, "--bp-left", "130/80", "--on", day)
    assert done(village)["王医生"][3:] == (2, 0)
    states = [row for row in village.rows("report", "workload", "--period", "2026-10", "--list") if row["work"] == "checkup"]
    assert {row["counts"] for row in states} == {"incomplete"}
    assert set(states[0]["missing"]) <= set(columns)
    with_all = [f"INSERT OR IGNORE INTO checkup_value SELECT id, '{name}', 1 FROM checkup" for name in columns]
    with contextlib.closing(sqlite3.connect(village.path)) as db, db:
        for statement in with_all:
            db.execute(statement)
    assert done(village)["王医生"][3:] == (2, 1)
    assert done(village, "--doctor", "李医生").get("王医生") is None
    rows = village.rows("report", "workload", "--period", "2026-10", "--list")
    assert [row["counts"] for row in rows if row["work"] == "checkup"] == ["counted", "again"]
    late = village.rows("report", "workload", "--from", "2026-10-06", "--to", "2026-10-31", "--list")
    assert [row["counts"] for row in late if row["work"] == "checkup"] == ["again"]


def test_a_check_up_of_somebody_entitled_to_none_does_not_count(village: Chronic) -> None:
    village.ok("checkup", "add", 4, "--bp-left", "130/80", "--on", "2026-10-05")
    (row,) = [row for row in village.rows("report", "workload", "--period", "2026-10", "--list") if row["work"] == "checkup"]
    assert row["counts"] == "not_entitled"


def test_the_report_says_its_dates_and_what_it_counts(village: Chronic) -> None:
    out = village.ok("report", "workload", "--period", "2026-11").out
    assert "2026-11-01..2026-11-21" not in out
    assert "2026-11-01 to 2026-11-21" in out
    assert "The period is not over: it runs to 2026-11-30." in out
    zh = village.ok("report", "workload", "--period", "2026-10", "--list", lang="zh").out
    assert "2026-10-01 至 2026-10-31" in zh
    assert "未测" in zh
    page = village.folder / "done.html"
    village.ok("report", "workload", "--period", "2026-10", "--out", page)
    assert "王医生" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--period", "2026-13"), "2026-13 is not a period"),
        (("--period", "2027-01"), "begins on 2027-01-01"),
        (("--from", "2026-10-02", "--to", "2026-10-01"), "2026-10-02 is after 2026-10-01"),
        (("--period", "2026-10", "--from", "2026-10-01"), "not both"),
        (("--period", "2026-10", "--as-of", "2026-09-30"), "before the period 2026-10"),
        (("--as-of", "2026-11-22"), "in the future"),
        (("--limit", "3"), "goes with --list"),
        (("--period", "2026-10", "--village", "无此村"), "no village"),
    ],
)
def test_what_cannot_be_counted_is_said_in_one_sentence(village: Chronic, args: tuple[str, ...], said: str) -> None:
    before = village.dump()
    run = village("report", "workload", *args)
    assert run.code == 2
    assert said in run.last
    assert run.out == ""
    assert village.dump() == before
