"""`checkup` on the screen: who is due, what a card says, in both languages; and where others show it."""

import json
import re

import pytest

from tests.county import COUNTY
from tests.runner import Chronic

DUE_KEYS = {
    "person_id", "uid", "name", "sex", "age", "village", "hamlet", "phone", "populations", "last_exam_on", "due_on",
    "days_left", "this_year",
}  # fmt: skip


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """1 managed and old, 2 managed and young, 3 old and in no programme, 4 young and in none, 5 of unknown age."""
    people = (
        ("王秀兰", "1955-03-01", "htn"), ("李建国", "1980-05-05", "dm"), ("周玉珍", "1950-07-07", None),
        ("陈志强", "1990-01-01", None), ("赵大海", None, None),
    )  # fmt: skip
    for name, born, programme in people:
        args = ["--birth-date", born] if born else []
        args += [f"--{programme}-enrolled-on", "2026-01-10"] if programme else []
        chronic.person(name, "--village", "下各村" if name != "李建国" else "上各村", "--phone", "13800138000",
                       "--registered-on", "2025-12-01", *args)  # fmt: skip
    return chronic


def due(chronic: Chronic, *args: object, today: str) -> list[tuple[int, str, str]]:
    rows = chronic.rows("checkup", "due", *args, today=today)
    return [(row["person_id"], row["due_on"], row["this_year"]) for row in rows]


# who is due ---------------------------------------------------------------------------------------


def test_within_twelve_months_of_enrolment_or_of_becoming_known_as_older(village: Chronic) -> None:
    assert due(village, today="2026-06-30") == []
    assert due(village, "--within", "200d", today="2026-06-30") == [
        (3, "2026-12-01", "not_yet"), (1, "2027-01-10", "not_yet"), (2, "2027-01-10", "not_yet"),
    ]  # fmt: skip


def test_from_july_everyone_without_one_this_year_is_listed(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--on", "2026-06-01", "--ecg", "normal")
    assert due(village, today="2026-06-30") == []
    assert [row[0] for row in due(village, today="2026-07-01")] == [3, 2]
    assert due(village, today="2027-06-30") == [
        (3, "2026-12-01", "not_yet"), (2, "2027-01-10", "not_yet"), (1, "2027-06-01", "not_yet"),
    ]  # fmt: skip


def test_a_tcm_part_alone_is_no_yearly_check_up(village: Chronic) -> None:
    run = village.ok("checkup", "add", 3, "--on", "2026-06-01", "--set", "tcm_balanced=yes", "--tcm-guidance", "情志调摄")
    assert "TCM part only, no yearly check-up" in run.out
    assert 3 in [row[0] for row in due(village, today="2026-07-01")]


def test_the_65th_birthday_makes_someone_due_a_year_later(chronic: Chronic) -> None:
    chronic.person("周玉珍", "--birth-date", "1961-08-15", "--registered-on", "2020-01-01")
    assert due(chronic, "--within", "3000d", today="2026-08-14") == []
    assert due(chronic, "--within", "3000d", today="2026-08-15") == [(1, "2027-08-15", "not_yet")]


def test_a_county_may_count_older_people_from_the_year_of_their_birthday(chronic: Chronic) -> None:
    chronic.person("周玉珍", "--birth-date", "1961-08-15", "--registered-on", "2020-01-01")
    rule = '[older_people]\ncite = "county-target"\nfrom_age = 65\nwhole_year = true\n'
    county = chronic.folder / "county.toml"
    county.write_text(COUNTY.replace("[cites.", rule + "\n[cites.", 1), encoding="utf-8")
    chronic.ok("protocol", "use", county, "--from", "2026-01-01", "--yes")
    assert due(chronic, "--within", "3000d", today="2025-12-31") == []
    assert due(chronic, "--within", "3000d", today="2026-01-01") == [(1, "2027-01-01", "not_yet")]


def test_a_row_has_its_keys_and_masks_the_phone(village: Chronic) -> None:
    row = village.rows("checkup", "due", today="2026-12-05")[0]
    assert set(row) == DUE_KEYS
    assert (row["populations"], row["phone"]) == (["elderly"], "138****8000")
    assert village.rows("checkup", "due", "--full", today="2026-12-05")[0]["phone"] == "13800138000"


def test_a_village_of_its_own_and_who_is_paused_or_closed_is_left_out(village: Chronic) -> None:
    assert due(village, "--village", "上各村", today="2026-12-05") == [(2, "2027-01-10", "not_yet")]
    village.ok("pause", 2, today="2026-12-05")
    village.ok("person", "close", 3, "--reason", "died", "--yes", today="2026-12-05")
    assert [row[0] for row in due(village, today="2026-12-05")] == [1]


def test_the_lists_of_dates_know_check_ups_too(village: Chronic) -> None:
    assert village.ids("due", "--kind", "checkup", "--within", "60d", today="2026-11-30") == [3, 1, 2]
    rows = village.rows("overdue", "--kind", "checkup", today="2027-01-20")
    assert [(row["person_id"], row["days_overdue"], row["reasons"]) for row in rows] == [
        (1, 10, ["checkup_due"]), (2, 10, ["checkup_due"]), (3, 50, ["checkup_due"]),
    ]  # fmt: skip
    assert village.rows("overdue", today="2027-01-20")[0]["reasons"] == ["never_seen"]


def test_the_lists_of_dates_know_older_people_outside_any_programme(village: Chronic) -> None:
    (row,) = village.rows("overdue", "--kind", "checkup", "--order", "date", "--limit", 1, today="2027-01-05")
    assert (row["person_id"], row["due_on"], row["days_overdue"], row["programmes"]) == (3, "2026-12-01", 35, [])
    assert (row["last_visit_on"], row["danger"], row["phone"]) == (None, [], "138****8000")
    assert 3 not in village.ids("overdue", today="2027-01-05")
    village.ok("screen", "add", 3, "--bp", "150/95", "--on", "2027-01-04", today="2027-01-05")  # to be measured again too
    (row,) = [row for row in village.rows("overdue", "--kind", "all", today="2027-03-20") if row["person_id"] == 3]
    assert (row["due_on"], row["reasons"], row["last_visit_on"]) == (
        "2026-12-01",
        ["checkup_due", "recheck_due"],
        "2027-01-04",
    )
    village.ok("checkup", "add", 3, "--set", "waist_cm=80", "--on", "2027-03-20", today="2027-03-20")
    assert village.ids("overdue", "--kind", "checkup", today="2027-03-20") == [1, 2]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    chronic = Chronic(tmp_path_factory.mktemp("demo"))
    chronic.ok("demo", "--people", 150, "--to", chronic.path)
    return chronic


DAYS = ("2025-12-30", "2026-06-01", "2026-11-21", "2027-01-20", "2028-02-29")


@pytest.mark.parametrize("day", DAYS)
def test_every_list_of_check_ups_says_the_same(demo: Chronic, day: str) -> None:
    due_rows = demo.rows("checkup", "due", "--within", "9999d", today=day)
    known = {row["person_id"]: row["days_left"] for row in due_rows}
    late = {row["person_id"]: -row["days_overdue"] for row in demo.rows("overdue", "--kind", "checkup", today=day)}
    soon = demo.rows("due", "--kind", "checkup", "--within", "40d", today=day)
    assert late == {person: left for person, left in known.items() if left < 0}
    assert {row["person_id"]: row["days_left"] for row in soon} == {
        person: left for person, left in known.items() if 0 <= left <= 40
    }
    assert late.keys() <= set(demo.ids("overdue", "--kind", "all", today=day))
    assert [row for row in due_rows if row["populations"] == ["elderly"]], "people outside any programme are among them"


@pytest.mark.parametrize("order", ["risk", "date", "route"])
def test_older_people_stand_in_every_form_and_order_of_the_list(demo: Chronic, order: str) -> None:
    asked = ("overdue", "--kind", "checkup", "--order", order)
    ids = demo.ids(*asked, today="2027-06-20")
    table = demo.ok(*asked, "--format", "csv", today="2027-06-20").out
    assert [int(line.split(",")[0]) for line in table.splitlines()[1:]] == ids
    assert demo.ids(*asked, "--limit", 7, today="2027-06-20") == ids[:7]
    counted = demo.rows("overdue", "--kind", "checkup", "--by", "village", today="2027-06-20")
    assert sum(row["overdue"] for row in counted) == len(ids)


def test_nobody_is_called_for_a_check_up_alone(village: Chronic) -> None:
    village.visit(1, "2027-01-15", "--bp", "128/78", "--danger", "no", today="2027-01-20")
    village.ok("nightly", "--out", village.folder / "night", today="2027-01-20")
    (path,) = (village.folder / "night").rglob("calls.csv")
    called = path.read_text("utf-8-sig")
    assert "checkup_due" not in called
    assert "王秀兰" not in called
    assert "李建国" in called


def test_beside_another_reason_a_check_up_is_named_once_its_day_has_come(village: Chronic) -> None:
    def reasons(today: str) -> list[str]:
        return next(row["reasons"] for row in village.rows("overdue", "--kind", "all", today=today) if row["person_id"] == 1)

    assert reasons("2026-12-05") == ["never_seen"]
    assert reasons("2027-01-11") == ["never_seen", "checkup_due"]


def test_a_visit_says_that_a_check_up_is_due_too(village: Chronic) -> None:
    run = village.ok("visit", "add", 1, "--bp", "132/80", today="2027-01-20", lang="zh")
    assert "年度体检 2027-01-10 (逾期 10 天)" in run.out


# the yearly quota and person show -----------------------------------------------------------------


def test_person_show_knows_the_check_up_of_this_year(village: Chronic) -> None:
    before = village.ok("person", "show", 1).out
    assert "Yearly check-up by 2027-01-10" in before
    assert "yearly check-up: none recorded here" in before
    village.ok("checkup", "add", 1, "--on", "2026-03-01", "--ecg", "normal")
    after = village.ok("person", "show", 1).out
    assert "none recorded here" not in after
    assert "Yearly check-up by 2027-03-01" in after
    assert "5 days late" in village.ok("person", "show", 1, today="2027-03-06").out


def test_a_check_up_of_last_year_is_not_of_this_one(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--on", "2025-12-31", "--ecg", "normal")
    assert "none recorded here" in village.ok("person", "show", 1).out


def test_person_show_names_results_nothing_was_done_about(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--on", "2026-03-01", "--ecg", "abnormal")
    assert "Abnormal results not settled: ECG 2026-03-01" in village.ok("person", "show", 1).out
    village.ok("checkup", "resolve", 1, "ecg", "--note", "x")
    assert "not settled" not in village.ok("person", "show", 1).out


def test_the_technique_log_stands_in_the_timeline(village: Chronic) -> None:
    village.ok("checkup", "add", 3, "--on", "2026-03-01", "--tcm-techniques", "艾灸;八段锦")
    (row,) = [row for row in village.rows("person", "timeline", 3) if row["event"] == "checkup"]
    assert row["detail"] == "1 field filled in  TCM part only, no yearly check-up  moxibustion, baduanjin"


def test_the_timeline_tells_of_check_ups(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--on", "2026-03-01", "--ecg", "normal", "--hba1c", "6.1", "--checkup-doctor", "李医生")
    (row,) = [row for row in village.rows("person", "timeline", 1) if row["event"] == "checkup"]
    assert (row["on"], row["detail"], row["by"]) == ("2026-03-01", "3 fields filled in", "李医生")


# the card -----------------------------------------------------------------------------------------

FULL = [
    "--bp-left", "152/94", "--bp-right", "148/90", "--height-cm", "158", "--weight-kg", "70", "--waist-cm", "92",
    "--fpg", "6.5", "--ecg", "abnormal", "--set", "urine_protein=++", "--set", "self_care_score=8",
]  # fmt: skip


def test_the_card_says_what_is_missing_for_whom_and_by_which_document(village: Chronic) -> None:
    village.ok("checkup", "add", 1, *FULL)
    row = village.ok("checkup", "show", 1, "--format", "json").row
    parts = {part["part"]: part for part in row["completeness"]}
    assert list(parts) == ["htn", "elderly", "elderly_tests", "elderly_2025", "tcm"]
    assert (parts["htn"]["needed"], parts["htn"]["filled"], parts["htn"]["mark"]) == (28, 5, "B")
    assert parts["elderly_2025"]["missing"] == ["chest_xray", "hba1c"]
    assert parts["elderly_tests"]["mark"] == "UNVERIFIED-H"
    assert "(not verified)" in village.ok("checkup", "show", 1).out
    assert row["self_care"] == {"score": 8, "level": "light", "missing": list(row["self_care"]["missing"])}
    assert row["derived"] == ["self_care"]
    village.ok("checkup", "add", 2, "--ecg", "normal")
    assert [part["part"] for part in village.ok("checkup", "show", 2, "--format", "json").row["completeness"]] == ["dm"]


def test_the_day_of_the_form_decides_whose_lists_it_must_fulfil(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--on", "2025-12-01", "--ecg", "normal")  # before enrolment
    parts = [part["part"] for part in village.ok("checkup", "show", 1, "--format", "json").row["completeness"]]
    assert parts == ["elderly", "elderly_tests", "elderly_2025", "tcm"]
    village.ok("checkup", "add", 3, "--on", "2015-07-06", "--ecg", "normal")  # the day before the 65th birthday
    assert village.ok("checkup", "show", 3, "--format", "json").row["completeness"] == []


def test_without_a_birth_date_the_card_says_what_nobody_knows(village: Chronic) -> None:
    run = village.ok("checkup", "add", 5, "--ecg", "normal")
    assert "No birth date: whether the list for 65 and over applies is not known." in run.out


def test_the_card_in_chinese_has_no_english_in_it(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--on", "2026-03-01", "--ecg", "normal")
    more = ["--set", "tcm_1=5", "--tcm-techniques", "艾灸", "--set", "mood=positive"]
    run = village.ok("checkup", "add", 1, *FULL, *more, lang="zh")
    for text in ("2026-11-21 健康体检", "血压 152/94 -> 随访 (未处理)", "心电图 异常 -> 建议转诊",
                 "生活自理能力 8 分: 轻度依赖",
                 "高血压体检  5/28  缺: 体温", "老年人2025年新增检查  0/2",
                 "其他体检(编号): 2026-03-01 (1)", "尿蛋白 ++"):  # fmt: skip
        assert text in run.out, run.out
    assert set(re.findall(r"[A-Za-z]{3,}", run.out)) <= {
        "chronic", "checkup", "resolve", "note", "visit", "add", "UNVERIFIED", "NOT", "urine", "protein", "ecg", "sbp",
        "mood", "fpg",
    }  # fmt: skip


def test_the_lists_in_chinese(village: Chronic) -> None:
    village.ok("checkup", "add", 1, *FULL)
    out = village.ok("checkup", "due", "--abnormal", lang="zh").out
    assert "心电图" in out
    assert "建议转诊" in out
    listed = village.ok("checkup", "due", lang="zh").out
    assert "老年人" in listed or "65岁及以上" in listed
    assert "未做" in listed
    head = village.ok("checkup", "due", "--format", "csv", "--headers", "zh").out.splitlines()[0]
    assert "编号" in head


def test_an_older_form_is_shown_by_its_number(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--on", "2026-03-01", "--ecg", "abnormal")
    village.ok("checkup", "add", 1, "--on", "2026-10-01", "--ecg", "normal")
    assert village.ok("checkup", "show", 1, "--format", "json").row["checkup_date"] == "2026-10-01"
    assert village.ok("checkup", "show", 1, "--number", 1, "--format", "json").row["checkup_date"] == "2026-03-01"
    assert village("checkup", "show", 1, "--number", 9).code == 21
    assert village("checkup", "show", 2).code == 21


def test_what_is_typed_by_its_chinese_name_is_the_same(village: Chronic) -> None:
    village.ok(
        "checkup", "add", 1, "--set", "听力=听见", "--set", "心律=齐", "--set", "左侧收缩压=138", "--set", "左侧舒张压=84"
    )
    values = village.ok("checkup", "show", 1, "--format", "json").row["values"]
    assert values == {"hearing": "hears", "heart_rhythm": "regular", "sbp_left": 138, "dbp_left": 84}


def test_what_follows_from_the_answers_is_told_apart(village: Chronic) -> None:
    args = [word for n in range(1, 34) for word in ("--set", f"tcm_{n}={5 if n == 1 else 1}")]
    village.ok("checkup", "add", 3, *args)
    row = village.ok("checkup", "show", 3, "--format", "json").row
    assert row["tcm"]["results"]["balanced"] == "yes"
    assert row["tcm"]["sums"]["balanced"] == 25
    assert set(row["derived"]) == {f"tcm_{name}" for name in row["tcm"]["results"]}
    stored = village.sql("SELECT count(*) FROM checkup_value WHERE field LIKE 'tcm_%'")
    assert stored == [(33,)]


def test_undo_shows_what_it_takes_back(village: Chronic) -> None:
    village.ok("checkup", "add", 2, "--bp-left", "148/94", "--ecg", "abnormal")
    village.ok("checkup", "resolve", 2, "ecg", "--note", "县医院复查正常")
    run = village.ok("undo", "--yes")
    assert "2026-11-21  ECG  县医院复查正常" in run.err
    run = village.ok("undo", "--yes", lang="zh")
    assert "2026-11-21  左侧收缩压 148  左侧舒张压 94  心电图 异常" in run.err
    assert "门诊" not in run.err


def test_the_first_screen_of_the_help_names_it_and_each_command_has_an_example(chronic: Chronic) -> None:
    assert " checkup" in chronic.ok("--help").out
    for name in ("add", "show", "due", "resolve", "fix", "void"):
        assert "Example:" in chronic.ok("checkup", name, "--help").out
    assert "左侧血压" in chronic.ok("checkup", "add", "--help", lang="zh").out


def test_json_is_json_even_beyond_the_meter(village: Chronic) -> None:
    out = village.ok("checkup", "add", 4, "--fpg", "LO", "--format", "json").out
    assert json.loads(out)["rows"][0]["values"]["fpg"] == "LO"
