"""A county's own guideline: checked, tested with its own cases, put in force from a day on, people planned anew."""

import json
from pathlib import Path

import pytest

from tests.county import CASES, COUNTY
from tests.runner import Chronic


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """One aged 70 who is controlled by the national limit alone, one whom the county's changes nothing for."""
    for name, born, bp in (("王秀兰", "1956-01-01", "146/86"), ("李建国", "1970-01-01", "132/82")):
        number = chronic.person(name, "--birth-date", born, "--archive-no", f"101{born[:4]}8", "--programmes", "htn")
        chronic.visit(number, "2026-03-01", "--bp", bp)
        chronic.visit(number, "2026-09-01", "--bp", bp)
    return chronic


@pytest.fixture
def county(village: Chronic) -> Path:
    path = village.folder / "county.toml"
    path.write_text(COUNTY, encoding="utf-8")
    return path


def stand(chronic: Chronic) -> list[tuple[object, object]]:
    """Class and date of everyone."""
    return [(r["class"]["htn"], r["due_on"]) for r in chronic.rows("due", "--within", "90d") + chronic.rows("overdue")]


def test_a_county_limit_counts_from_its_day_on(village: Chronic, county: Path) -> None:
    shown = village.ok("protocol", "use", county, "--from", "2026-06-01", "--yes")
    assert "hypertension  controlled -> not controlled  1" in shown.out
    assert "1 person changes." in shown.out
    assert village.ok("why", "1").out.count("Below 140/90 at any age") == 1
    assert [row["class"]["htn"] for row in village.rows("visit", "list", "1")] == ["uncontrolled", "controlled"]
    assert village.rows("overdue")[0]["due_on"] == "2026-09-15"
    county.unlink()  # the registry has taken it in
    assert village.visit(1, "2026-11-20", "--bp", "146/86")["programmes"]["htn"]["consecutive"] == 2


def test_going_back_to_the_base_gives_the_old_plans_back(village: Chronic, county: Path) -> None:
    before = stand(village)
    village.ok("protocol", "use", county, "--from", "2026-06-01", "--yes")
    assert stand(village) != before
    village.ok("protocol", "use", "cn-nbphs-2017", "--from", "2026-06-01", "--yes")
    assert stand(village) == before
    assert village.ok("replan").out == "Nobody changes.\n"


def test_replan_shows_who_changes_and_finishes_what_was_interrupted(village: Chronic, county: Path) -> None:
    village.ok("protocol", "use", county, "--from", "2026-06-01", "--yes")
    after = village.dump()
    with_plans = stand(village)
    import contextlib
    import sqlite3

    with contextlib.closing(sqlite3.connect(village.path)) as db, db:  # as if the power had failed before the plans
        db.execute("UPDATE verdict SET class = 'controlled', rule = 'x' WHERE visit = 2")
        db.execute("UPDATE plan SET due_on = '2026-12-01' WHERE person = 1 AND kind = 'followup'")
    (row,) = village.rows("replan", "--dry-run")
    assert (row["person_id"], row["due_before"], row["due_after"]) == (1, "2026-12-01", "2026-09-15")
    assert stand(village) != with_plans or village.dump() != after
    village.ok("replan", "--yes")
    assert stand(village) == with_plans
    assert village.dump() == after


def test_without_anyone_to_ask_nothing_is_put_in_force(village: Chronic, county: Path) -> None:
    before = village.dump()
    assert village("protocol", "use", county, "--from", "2026-06-01").code == 2
    refused = village("protocol", "use", county, "--from", "2026-06-01", stdin="n\n")
    assert refused.code == 1
    assert village.dump() == before


@pytest.mark.parametrize(
    ("day", "code", "said"),
    [("2025-12-31", 2, "counts from 2026-01-01"), ("yesterday-ish", 2, "not a day")],
)
def test_a_day_it_cannot_judge_is_refused(village: Chronic, county: Path, day: str, code: int, said: str) -> None:
    run = village("protocol", "use", county, "--from", day, "--yes")
    assert run.code == code
    assert said in run.err


def test_a_file_in_use_is_never_edited(village: Chronic, county: Path) -> None:
    village.ok("protocol", "use", county, "--from", "2026-06-01", "--yes")
    assert village("protocol", "use", "xx-county-2026", "--from", "2026-06-01", "--yes").code == 21
    county.write_text(COUNTY.replace("140/90", "145/90"), encoding="utf-8")
    run = village("protocol", "use", county, "--from", "2026-07-01", "--yes")
    assert (run.code, "needs a new id" in run.err) == (2, True)
    county.write_text(COUNTY.replace("xx-county-2026", "cn-nbphs-2017"), encoding="utf-8")
    assert village("protocol", "check", county).code == 2


def test_the_countys_own_cases_are_run(village: Chronic, county: Path) -> None:
    cases = village.folder / "cases.toml"
    cases.write_text(CASES, encoding="utf-8")
    assert "1 case holds." in village.ok("protocol", "check", county, "--cases", cases).out
    cases.write_text(CASES.replace('"uncontrolled"', '"controlled"'), encoding="utf-8")
    run = village("protocol", "check", county, "--cases", cases)
    assert run.code == 30
    assert "at 70 the limit is 140 too: visit 1: htn.class" in run.out
    assert "wanted controlled, got uncontrolled" in run.out
    cases.write_text(CASES.replace("htn.class", "htn.klass"), encoding="utf-8")
    assert village("protocol", "check", county, "--cases", cases).code == 2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('cite = "county-target"\n', "", "htn.target.cite"),
        ('base = "cn-nbphs-2017"', 'base = "cn-nbphs-1999"', "cn-nbphs-1999"),
        ('base = "cn-nbphs-2017"', "base = 7", "base"),
        ("older =", "oldest =", "htn.target.oldest"),
        ('"140/90"', '"140-90"', "htn.target.older"),
        ("effective_from = 2026-01-01\n", "", "effective_from"),
        ('cite = "county-target"', 'cite = "htn-classify"', "htn.target.cite"),
        ("[htn.target]", "[htn.target", "line"),
    ],
)
def test_a_wrong_overlay_is_refused_with_the_place(village: Chronic, county: Path, old: str, new: str, said: str) -> None:
    county.write_text(COUNTY.replace(old, new), encoding="utf-8")
    before = village.dump()
    for command in (["check", county], ["use", county, "--from", "2026-06-01", "--yes"], ["show", county]):
        run = village("protocol", *command)
        assert run.code == 2
        assert said in run.last
    assert village.dump() == before


def test_a_file_that_is_none_is_refused(village: Chronic) -> None:
    assert village("protocol", "check", "nowhere.toml").code == 2
    assert village("protocol", "show", "nowhere").code == 2
    gbk = village.folder / "gbk.toml"
    gbk.write_bytes("id = '某县'".encode("gb18030"))
    run = village("protocol", "check", gbk)
    assert (run.code, "Traceback" in run.err) == (2, False)


def test_the_list_says_what_counts_from_when(village: Chronic, county: Path) -> None:
    village.ok("protocol", "use", county, "--from", "2026-06-01", "--yes")
    rows = {row["id"]: row for row in village.rows("protocol", "list")}
    assert rows["cn-nbphs-2017"]["origin"] == "program"
    assert rows["xx-county-2026"]["in_force_from"] == ["2026-06-01"]
    assert (rows["xx-county-2026"]["base"], rows["xx-county-2026"]["origin"]) == ("cn-nbphs-2017", "registry")


def test_show_names_every_source_and_says_what_is_not_verified(village: Chronic, county: Path) -> None:
    english = village.ok("protocol", "show").out
    assert "[htn.target]" in english
    assert "older = 150/90" in english
    assert "UNVERIFIED" in english
    assert english.count("(not verified)") == english.count("(UNVERIFIED") > 0
    chinese = village.ok("protocol", "show", lang="zh").out
    assert "(未核实)" in chinese
    assert "控制满意" in chinese
    own = village.ok("protocol", "show", county).out
    assert own.count("differs from its base") == 1
    rows = json.loads(village.ok("protocol", "show", county, "--format", "json").out)["rows"]
    assert [row["section"] for row in rows if row["own"]] == ["htn.target"]
    assert "older = 140/90" in next(row["values"] for row in rows if row["section"] == "htn.target")


def test_replan_notices_a_medicine_that_is_named_otherwise_from_now_on(village: Chronic, county: Path) -> None:
    village.ok("medicine", "give", 2, "县医院一号", "--days", 30, "--on", "2026-11-01")
    courses = "SELECT key FROM medicine_course"
    assert village.sql(courses) == [("?县医院一号",)]
    names = """
[medicines.drugs.amlodipine]
cite = "county-target"
names = ["氨氯地平", "县医院一号"]
"""
    county.write_text(COUNTY.replace('older = "140/90"', 'older = "150/90"') + names, encoding="utf-8")
    village.ok("protocol", "use", county, "--from", "2026-11-20", "--yes")
    assert village.sql(courses) == [("amlodipine",)]
    assert "Nobody changes." in village.ok("replan").out
