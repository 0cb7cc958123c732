"""`report quality`: questions about the records, the visits behind them, and the tasks they become."""

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.cli.nights import change
from tests.runner import Chronic, Row

PEOPLE = 80
_HEAD = ("person_ref", "visit_date", "way", "sbp", "dbp", "heart_rate", "weight_kg", "adherence", "visit_doctor", "device")


def imported(chronic: Chronic, visits: Iterable[tuple[object, ...]], people: int = PEOPLE) -> Chronic:
    """People of 下各村 and 上各村 in turn, managed for hypertension; what a sheet says of their visits."""
    people_csv, visits_csv = chronic.folder / "people.csv", chronic.folder / "visits.csv"
    with people_csv.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("person_ref", "name", "sex", "birth_date", "village", "phone", "htn_enrolled_on"))
        for n in range(1, people + 1):
            village = "下各村" if n % 2 else "上各村"
            writer.writerow((n, f"王{chr(0x4E00 + n)}", "F", "1970-05-05", village, f"138{n:08}", "2024-01-05"))
    with visits_csv.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([_HEAD, *visits])
    chronic.ok("import", people_csv)
    chronic.ok("import", visits_csv)
    return chronic


def heaped() -> list[tuple[object, ...]]:
    """李医生 writes systolic readings down to tens in the third quarter, 王医生 as they are; on one day of 王医生 three
    people have the same values, and 1 was seen on the 5th of every month."""
    rng, rows = Random(1), list[tuple[object, ...]]()
    for n in range(1, PEOPLE + 1):
        for month in (7, 8, 9):
            on = date(2026, month, 1 + (7 * n + month) % 28)
            mine = n % 4 < 2
            sbp = rng.choice((110, 120, 130)) if mine else rng.randint(108, 136)
            doctor = "李医生" if mine else "王医生"
            rows.append((n, on, "clinic", sbp, rng.randint(66, 84), rng.randint(60, 90), 50 + n / 2, "regular", doctor, ""))
    rows += [(n, "2026-10-20", "home", 126, 74, 71, 60.5, "regular", "王医生", "") for n in (2, 3, 6)]
    rows += [(1, f"2025-{month:02}-05", "clinic", 100 + month, 70, 70, 60, "regular", "李医生", "") for month in range(1, 9)]
    return rows


@pytest.fixture(scope="module")
def clinic(made_once: Chronic, tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    folder = tmp_path_factory.mktemp("quality")
    (folder / "registry.db").write_bytes(made_once.path.read_bytes())
    return imported(Chronic(folder), heaped())


def told(rows: list[Row]) -> set[tuple[str, str | None, int | None, str | None]]:
    return {(row["finding"], row["doctor"], row["person_id"], row["about"]) for row in rows}


def test_what_is_asked_about_and_by_which_figures(clinic: Chronic) -> None:
    rows = clinic.rows("report", "quality")
    assert told(rows) == {("alike", "王医生", None, "126,74,71,60.5"), ("digits", "李医生", None, "sbp")}
    digits = next(row for row in rows if row["finding"] == "digits")
    assert (digits["df"], digits["looked_at"], digits["digit"], digits["percent"]) == (4, 120, 0, 100)
    assert (digits["chi_square"], digits["preference"]) == (480, 100)  # 96 * 96 / 24 and four times 24
    assert digits["question"].startswith("Please check")


@pytest.mark.parametrize("key", ["digits:李医生:sbp:2026-07-01", "alike:王医生:126,74,71,60.5:2026-10-20"])
def test_a_finding_opens_into_as_many_visits_as_it_counts(clinic: Chronic, key: str) -> None:
    (row,) = [row for row in clinic.rows("report", "quality") if row["key"] == key]
    opened = clinic.rows("report", "quality", "--finding", key)
    assert len(opened) == row["records"]
    assert {visit["doctor"] for visit in opened} == {row["doctor"]}


def test_the_list_has_the_visits_of_every_finding(clinic: Chronic) -> None:
    rows = clinic.rows("report", "quality")
    assert len(clinic.rows("report", "quality", "--list")) == sum(row["records"] for row in rows)


def test_days_of_ones_own_are_judged_together(clinic: Chronic) -> None:
    rows = clinic.rows("report", "quality", "--from", "2025-01-01", "--to", "2025-12-31")
    assert told(rows) == {("regular", "李医生", 1, "05")}
    (row,) = rows
    assert (row["earliest_on"], row["latest_on"], row["records"]) == ("2025-01-05", "2025-08-05", 8)
    assert clinic.rows("report", "quality", "--period", "2025") == rows
    by_day = clinic.rows("report", "quality", "--as-of", "2026-10-19")
    assert told(by_day) == {("digits", "李医生", None, "sbp")}  # what was alike is of the next day


def test_only_a_doctors_or_a_villages_visits(clinic: Chronic) -> None:
    assert {row["doctor"] for row in clinic.rows("report", "quality", "--doctor", "王医生")} == {"王医生"}
    assert told(clinic.rows("report", "quality", "--village", "上各村")) == {("alike", "王医生", None, "126,74,71,60.5")}
    assert clinic.rows("report", "quality", "--doctor", "周医生") == []


def test_questions_are_counted_where_their_visits_are_and_by_whose_they_are(clinic: Chronic) -> None:
    def counted(by: str) -> set[tuple[str | None, str, int, int]]:
        rows = clinic.rows("report", "quality", "--by", by)
        return {(row[by], row["finding"], row["findings"], row["records"]) for row in rows}

    everything = clinic.rows("report", "quality", "--list")
    in_villages = {
        (village, kind, 1, sum(row["village"] == village and str(row["key"]).startswith(kind) for row in everything))
        for village, kind in (("下各村", "alike"), ("上各村", "alike"), ("下各村", "digits"), ("上各村", "digits"))
    }
    assert counted("village") == in_villages  # of three alike on one day one is in 下各村
    assert counted("doctor") == {("李医生", "digits", 1, 120), ("王医生", "alike", 1, 3)}
    assert counted("county") == {(None, "digits", 1, 120), (None, "alike", 1, 3)}
    run = clinic("report", "quality", "--by", "village", "--list")
    assert (run.code, run.last.startswith("--by counts")) == (2, True)


def test_it_asks_and_says_how_sure_its_limits_are(clinic: Chronic) -> None:
    said = clinic.ok("report", "quality").out
    assert "These are questions, not accusations" in said
    assert "[UNVERIFIED-M, not verified]" in said
    assert "visits are imported or older than this registry" in said
    assert "请核对" in clinic.ok("report", "quality", lang="zh").out
    assert "血压尾数偏好" in clinic("report", "quality", lang="zh", console="gbk").out


def test_too_few_readings_are_said_not_taken_for_good(chronic: Chronic) -> None:
    imported(chronic, heaped()[:30])
    run = chronic.ok("report", "quality")
    assert "fewer than 100 readings: last digits not judged" in run.out
    assert "None." in run.out


COUNTY = """
id = "xx-county-2026"
base = "cn-nbphs-2017"
effective_from = 2026-01-01
title = { zh = "某县2026", en = "Some county 2026" }

[quality.in_force]
cite = "county"
findings = ["digits"]

[quality.digits]
cite = "county"
readings = 121

[cites.county]
source = "XX county 2026"
mark = "A"
zh = "不少于121个读数才判断尾数"
en = "Last digits are judged from 121 readings on"
"""


@pytest.mark.parametrize(("least", "found"), [(120, 1), (121, 0)])
def test_a_county_says_what_it_asks_about_and_from_where_on(
    clinic: Chronic, chronic: Chronic, least: int, found: int
) -> None:
    chronic.path.write_bytes(clinic.path.read_bytes())
    (chronic.folder / "county.toml").write_text(COUNTY.replace("= 121", f"= {least}"), encoding="utf-8")
    chronic.ok("protocol", "use", chronic.folder / "county.toml", "--from", "2026-11-01", "--yes")
    rows = chronic.rows("report", "quality")
    assert [(row["finding"], row["mark"], row["source"]) for row in rows] == [("digits", "A", "XX county 2026")] * found


@pytest.mark.parametrize(
    "args",
    [
        ("--finding", "digits:nobody"),
        ("--from", "2026-11-02", "--to", "2026-11-01"),
        ("--from", "x"),
        ("--village", "无此村"),
    ],
)
def test_what_is_not_there_is_one_sentence(clinic: Chronic, args: tuple[str, ...]) -> None:
    run = clinic("report", "quality", *args)
    assert run.code == 2
    assert run.out == ""
    assert "Traceback" not in run.err


def test_the_order_of_the_rows_in_the_sheet_means_nothing(clinic: Chronic, chronic: Chronic) -> None:
    rows = heaped()
    Random(3).shuffle(rows)
    imported(chronic, rows)
    assert chronic.rows("report", "quality") == clinic.rows("report", "quality")


def test_files_have_a_header_without_findings(chronic: Chronic, tmp_path: Path) -> None:
    out = tmp_path / "quality.csv"
    chronic.ok("report", "quality", "--format", "csv", "--out", out)
    assert out.read_text("utf-8-sig").startswith("finding,title,doctor,person_id")


# what a question becomes ---------------------------------------------------------------------------


@pytest.fixture
def died(chronic: Chronic) -> Chronic:
    """1 died on 5 November; a visit of the 10th was recorded before anybody knew."""
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-10", "--responsible-doctor", "张医生")
    chronic.visit(1, "2026-11-10", "--bp", "128/78", "--adherence", "regular")
    chronic.ok("person", "close", 1, "--reason", "died", "--on", "2026-11-05", "--yes")
    return chronic


def quality_tasks(chronic: Chronic, today: str, *args: str) -> list[Row]:
    chronic.ok("task", "check", today=today)
    return chronic.rows("task", "list", "--kind", "quality", *args, today=today)


def test_a_question_is_a_task_until_the_record_is_put_right(died: Chronic) -> None:
    (task,) = quality_tasks(died, "2026-11-21")
    assert (task["person_id"], task["owner"], task["since_on"]) == (1, "张医生", "2026-11-10")
    assert task["title"] == "please check the records from 2026-11-10 on: visit after the day of death 2026-11-05"
    died.ok("visit", "void", died.visit_number(1, "2026-11-10"), "--reason", "记错人", "--yes")
    assert quality_tasks(died, "2026-11-22") == []


def test_a_question_that_was_answered_is_not_asked_again(died: Chronic) -> None:
    (task,) = quality_tasks(died, "2026-11-21")
    died.ok("task", "close", task["task"], "--evidence", "死亡日期有误, 已报更正")
    assert quality_tasks(died, "2026-11-22") == []


def test_a_question_nobody_answered_is_still_there_when_its_quarter_is_long_over(died: Chronic) -> None:
    (task,) = quality_tasks(died, "2026-11-21")
    (still,) = quality_tasks(died, "2027-11-21")
    assert still["task"] == task["task"]


def test_what_lies_before_the_last_quarter_makes_no_new_task(died: Chronic) -> None:
    assert len(died.rows("report", "quality", "--from", "2026-11-01", "--to", "2026-11-30", today="2027-06-01")) == 1
    assert quality_tasks(died, "2027-04-01") == []


def test_a_doctors_question_is_a_task_of_that_doctor(clinic: Chronic, chronic: Chronic) -> None:
    chronic.path.write_bytes(clinic.path.read_bytes())
    tasks = quality_tasks(chronic, "2026-11-21")
    assert {(task["owner"], task["person_id"]) for task in tasks} == {("李医生", None), ("王医生", None)}
    assert "preferred last digits Systolic pressure 李医生" in " ".join(task["title"] for task in tasks)
    (count,) = [row for row in chronic.rows("task", "check") if row["check"] == "quality"]
    assert (count["found"], count["new"], count["closed"]) == (2, 0, 0)


def test_late_entries_are_those_typed_here_more_than_30_days_later(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-10")
    for day in range(1, 7):
        chronic.visit(
            1, str(date(2026, 7, 1) + timedelta(days=15 * day)), "--bp", f"{120 + day}/78", "--adherence", "regular"
        )
    change(chronic, "UPDATE visit SET recorded_at = visit_date || 'T02:00:00.000Z'")
    assert "late" not in [row["finding"] for row in chronic.rows("report", "quality")]
    change(chronic, "UPDATE edition SET recorded_at = '2026-06-01T00:00:00.000Z'")
    change(chronic, "UPDATE visit SET recorded_at = '2026-11-20T02:00:00.000Z'")
    found = {row["finding"]: row for row in chronic.rows("report", "quality", "--from", "2026-07-01")}
    assert (found["late"]["records"], found["backfilled"]["records"]) == (6, 6)
    change(chronic, "UPDATE edition SET recorded_at = '2026-11-20T00:00:00.000Z'")  # all of it older than the registry
    assert {row["finding"] for row in chronic.rows("report", "quality", "--from", "2026-07-01")} == set()


def test_a_correction_is_as_late_as_what_it_corrects(chronic: Chronic) -> None:
    change(chronic, "UPDATE edition SET recorded_at = '2026-06-01T00:00:00.000Z'")
    for n in range(1, 6):
        chronic.person("王李陈周赵"[n - 1] + "秀兰", "--htn-enrolled-on", "2026-01-10")
        chronic.visit(n, "2026-10-02", "--bp", f"{120 + n}/78", "--adherence", "regular")
    change(chronic, "UPDATE visit SET recorded_at = '2026-10-02T02:00:00.000Z'")
    for n in range(1, 6):
        chronic.ok("visit", "fix", chronic.visit_number(n, "2026-10-02"), "--bp", f"{130 + n}/78")
    assert chronic.rows("report", "quality") == []


def test_a_meters_hi_is_a_fasting_glucose(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--dm-enrolled-on", "2026-01-10")
    for day in range(1, 6):
        chronic.visit(1, f"2026-{5 + day:02}-1{day}", "--bp", f"{120 + day}/78", "--fpg", "HI", "--adherence", "regular")
    assert chronic.rows("report", "quality", "--from", "2026-06-01") == []
    for day in range(1, 6):
        chronic.visit(1, f"2026-{5 + day:02}-2{day}", "--bp", f"{120 + day}/68", "--adherence", "regular")
    (row,) = chronic.rows("report", "quality", "--from", "2026-06-01")
    assert (row["finding"], row["about"], row["records"], row["percent"]) == ("missing", "dm", 5, 50)
