"""`test`: results from here and elsewhere, what is due for whom, and that a result can be taken back."""

from pathlib import Path

import pytest

from tests.care.undoing import facts, stale
from tests.runner import Chronic, Row

COUNTY = """
id = "xx-county-2026"
base = "cn-nbphs-2017"
effective_from = 2026-01-01
title = { zh = "某县2026", en = "Some county 2026" }

[complications.in_force]
cite = "county"
diseases = ["chd", "cognition"]

[complications.diseases.cognition]
cite = "county"
name = { zh = "认知功能障碍", en = "cognitive impairment" }
asks = { zh = "近来记性明显变差吗?", en = "Memory much worse lately?" }
then = { zh = "转乡镇做简易智力检查", en = "refer to the township for a mental test" }

[complications.tests.mmse]
cite = "county"
name = { zh = "简易智力检查", en = "mental test" }
diseases = ["cognition"]
whom = ["any from 65"]
every = "12 months"
valid = "12 months"
columns = []
units = []
needed = true
flags = {}

[complications.tests.ecg]
cite = "county"
valid = "6 months"

[cites.county]
source = "XX county 2026"
mark = "A"
zh = "六病按本县清单, 心电图互认6个月"
en = "The county's own list; an ECG counts for 6 months"
"""


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """1 is managed for both, at 70; 2 for hypertension, at 40; 3 for nothing."""
    where = ("--village", "下各村")
    chronic.person("王秀兰", "--sex", "F", "--birth-date", "1956-03-01", "--htn-enrolled-on", "2025-01-01",
                   "--dm-enrolled-on", "2025-01-01", *where)  # fmt: skip
    chronic.person("李建国", "--birth-date", "1986-03-01", "--smoking-status", "never", "--htn-enrolled-on", "2025-01-01")
    chronic.person("陈志强", "--birth-date", "1956-03-01", *where)
    return chronic


def row(chronic: Chronic, person: int, test: str, today: str = "2026-11-21", *args: object) -> Row | None:
    rows = chronic.rows("test", "due", person, *args, today=today)
    return next((row for row in rows if row["test"] == test), None)


def test_who_has_had_nothing_is_due_for_everything_the_matrix_asks(village: Chronic) -> None:
    found = village.rows("test", "due")
    assert {row["standing"] for row in found} == {"never"}
    mine = {person: {row["test"] for row in found if row["person_id"] == person} for person in (1, 2, 3)}
    assert mine[1] == {"ecg", "lipids", "urine", "uacr", "creatinine", "vision", "fundus", "monofilament", "vibration",
                       "ankle_reflex", "foot_pulse", "hba1c"}  # fmt: skip
    assert mine[2] == {"ecg", "lipids", "urine", "uacr", "creatinine"}
    assert mine[3] == set()


def test_a_result_from_elsewhere_counts_within_its_window_and_says_where_and_when(village: Chronic) -> None:
    village.ok("test", "add", 1, "--test", "fundus", "--result", "normal", "--at", "县医院", "--on", "2026-10-08")
    found = row(village, 1, "fundus")
    assert found is not None
    wanted = {"standing": "done", "last_on": "2026-10-08", "institution": "县医院", "due_on": "2027-10-08", "action": None}
    assert wanted.items() <= found.items()
    assert "fundus" not in {row["test"] for row in village.rows("test", "due") if row["person_id"] == 1}
    assert row(village, 1, "fundus", "2027-10-08")["standing"] == "done"  # type: ignore[index]
    assert row(village, 1, "fundus", "2027-10-09")["standing"] == "due"  # type: ignore[index]
    assert row(village, 1, "fundus", "2027-10-08", "--within", "1d")["standing"] == "due"  # type: ignore[index]


def test_what_a_visit_measured_is_not_asked_for_again(village: Chronic) -> None:
    village.visit(1, "2026-11-01", "--bp", "130/80", "--creatinine", "80", "--ldl-c", "2.4", "--dorsalis-pedis", "normal",
                  "--hba1c", "6.5", "--hba1c-on", "2026-04-01")  # fmt: skip
    found = {row["test"]: row for row in village.rows("test", "due", 1)}
    assert {test: found[test]["standing"] for test in ("creatinine", "lipids", "foot_pulse", "hba1c")} == {
        "creatinine": "done", "lipids": "done", "foot_pulse": "done", "hba1c": "due",
    }  # fmt: skip
    assert found["hba1c"]["last_on"] == "2026-04-01"
    assert found["creatinine"]["institution"] is None
    assert found["lipids"]["last_result"].endswith("2.4 mmol/L")


@pytest.mark.parametrize(
    ("sex", "born", "creatinine", "flag"),
    [
        ("M", "1956-03-01", "150", "repeat"),  # rule book, vector 37: 40.1
        ("F", "1966-03-01", "80", None),  # vector 38: 69.0
        ("M", "1956-03-01", "260", "refer"),
        ("unknown", "1956-03-01", "260", None),  # cannot be computed: nothing is said of it
    ],
)
def test_creatinine_is_read_as_filtration(chronic: Chronic, sex: str, born: str, creatinine: str, flag: str | None) -> None:
    chronic.person("王秀兰", "--sex", sex, "--birth-date", born, "--htn-enrolled-on", "2025-01-01")
    chronic.visit(1, "2026-11-01", "--bp", "130/80", "--creatinine", creatinine)
    found = row(chronic, 1, "creatinine")
    assert found is not None
    assert (found["action"], found["standing"]) == (flag, "flagged" if flag else "done")
    if flag == "repeat":
        assert found["last_result"].startswith("eGFR 40.0")


def test_a_reported_filtration_counts_before_an_estimated_one(village: Chronic) -> None:
    village.visit(1, "2026-11-01", "--bp", "130/80", "--creatinine", "150")
    assert row(village, 1, "creatinine")["standing"] == "flagged"  # type: ignore[index]
    village.ok("test", "add", 1, "--test", "egfr", "--value", "62", "--on", "2026-11-01", "--at", "县医院")
    assert row(village, 1, "creatinine")["standing"] == "done"  # type: ignore[index]


def test_a_value_told_by_phone_is_no_test(village: Chronic) -> None:
    village.visit(1, "2026-11-01", "--way", "phone", "--uacr", "45")
    assert row(village, 1, "uacr")["standing"] == "never"  # type: ignore[index]


def test_a_withdrawn_visit_takes_its_values_with_it(village: Chronic) -> None:
    village.visit(1, "2026-11-01", "--bp", "130/80", "--uacr", "45")
    assert row(village, 1, "uacr")["standing"] == "flagged"  # type: ignore[index]
    village.ok("visit", "void", village.visit_number(1, "2026-11-01"), "--reason", "x", "--yes")
    assert row(village, 1, "uacr")["standing"] == "never"  # type: ignore[index]


def test_an_abnormal_result_gives_its_action_in_every_place(village: Chronic) -> None:
    said = village.ok("test", "add", 1, "--test", "uacr", "--value", "45", "--on", "2026-11-01").out
    assert "ACT: urine albumin/creatinine 45 mg/g (2026-11-01): repeat within 3 months, by 2027-02-01" in said
    found = row(village, 1, "uacr")
    assert found is not None
    assert (found["standing"], found["action"], found["due_on"], found["mark"]) == (
        "flagged",
        "repeat",
        "2027-02-01",
        "PROPOSED",
    )
    assert "ACT: urine albumin/creatinine 45 mg/g" in village.ok("person", "show", 1).out
    assert (
        "要处理: 尿白蛋白/肌酐 45 mg/g (2026-11-01): 3个月内复查, 2027-02-01 前"
        in village.ok("person", "show", 1, lang="zh").out
    )
    village.ok("test", "add", 1, "--test", "uacr", "--value", "12", "--on", "2026-11-20")
    assert "ACT" not in village.ok("person", "show", 1).out


def test_person_show_names_what_is_due_and_is_silent_about_someone_not_managed(village: Chronic) -> None:
    assert (
        "Tests due: ECG, lipids, urine test, urine albumin/creatinine, kidney function"
        in village.ok("person", "show", 2).out
    )
    assert "Tests due" not in village.ok("person", "show", 3).out


def test_what_is_not_known_is_said(village: Chronic) -> None:
    village.person("周玉珍", "--htn-enrolled-on", "2025-01-01")
    assert row(village, 4, "ecg")["unknown"] == ["Birth date"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("option", "people"),
    [
        (["--village", "下各村"], {1}), (["--programme", "dm"], {1}), (["--test", "fundus"], {1}),
        (["--test", "ecg"], {1, 2}),
        (["--limit", "1"], {1}),
    ],
)  # fmt: skip
def test_the_list_can_be_narrowed(village: Chronic, option: list[str], people: set[int]) -> None:
    village.ok("person", "edit", 2, "--village", "中各村")
    found = village.rows("test", "due", *option)
    assert {row["person_id"] for row in found} == (people if option != ["--limit", "1"] else {found[0]["person_id"]})
    assert len({row["person_id"] for row in found}) == len(people)


def test_a_value_of_a_test_narrows_too_and_a_test_nobody_knows_is_refused(village: Chronic) -> None:
    assert {row["test"] for row in village.rows("test", "due", "--test", "ldl_c")} == {"lipids"}
    run = village("test", "due", "--test", "egc")
    assert run.code == 2
    assert "egc" in run.last


# what is recorded, refused, withdrawn, taken back -----------------------------------------------------


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["--test", "nothing", "--result", "normal"], 2, "no test nothing"),
        (["--test", "ecg"], 2, "--result normal or abnormal"),
        (["--test", "ecg", "--value", "3"], 2, "has no value"),
        (["--test", "uacr", "--value", "often"], 2, "is not a number"),
        (["--test", "uacr", "--value", "90000"], 2, "cannot be right"),
        (["--test", "creatinine", "--value", "0.9"], 2, "mg/dL"),
        (["--test", "potassium", "--value", "-4"], 2, "cannot be right"),
        (["--test", "abi", "--value", "9"], 2, "cannot be right"),
        (["--test", "ecg", "--result", "fine"], 2, "fine"),
        (["--test", "ecg", "--result", "normal", "--on", "2026-11-22"], 2, "in the future"),
        (["--test", "ecg", "--result", "normal", "--on", "1950-01-01"], 2, "before the birth date"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(village: Chronic, args: list[str], code: int, said: str) -> None:
    before = village.dump()
    run = village("test", "add", 1, *args)
    assert (run.code, said in run.err) == (code, True), run.err
    assert village.dump() == before


def test_nothing_is_recorded_after_closing(village: Chronic) -> None:
    village.ok("person", "close", 1, "--reason", "died", "--on", "2026-11-01", "--yes")
    assert village("test", "add", 1, "--test", "ecg", "--result", "normal", "--on", "2026-11-02").code == 2
    village.ok("test", "add", 1, "--test", "ecg", "--result", "normal", "--on", "2026-11-01")


def test_an_unusual_value_is_asked_about_and_kept(village: Chronic) -> None:
    run = village.ok("test", "add", 1, "--test", "potassium", "--value", "3.4")
    assert "unusual" in run.err
    assert village.rows("test", "list", 1)[0]["value"] == 3.4


def test_the_same_result_again_is_the_same_and_another_of_that_day_and_place_is_refused(village: Chronic) -> None:
    args = ("test", "add", 1, "--test", "ecg", "--at", "县医院", "--on", "2026-10-08", "--result")
    village.ok(*args, "normal")
    before = village.dump()
    assert "Already recorded" in village.ok(*args, "normal").out
    assert village(*args, "abnormal").code == 21
    assert village.dump() == before
    village.ok("test", "add", 1, "--test", "ecg", "--on", "2026-10-08", "--result", "abnormal")  # of our own


def test_the_list_shows_where_a_result_is_from(village: Chronic) -> None:
    village.visit(1, "2026-11-01", "--bp", "130/80", "--uacr", "12")
    village.ok(
        "test",
        "add",
        1,
        "--test",
        "ecg",
        "--result",
        "normal",
        "--at",
        "县医院",
        "--on",
        "2026-10-08",
        "--detail",
        "窦性心律",
    )
    rows = village.rows("test", "list", 1)
    assert [
        (r["number"], r["test"], r["done_on"], r["value"], r["unit"], r["institution"], r["counts_until"]) for r in rows
    ] == [
        (None, "uacr", "2026-11-01", 12.0, "mg/g", None, "2027-11-01"),
        (1, "ecg", "2026-10-08", None, None, "县医院", "2027-10-08"),
    ]
    assert rows[1]["detail"] == "窦性心律"


def test_the_timeline_has_it_and_an_export_says_that_it_has_not(village: Chronic) -> None:
    village.ok("test", "add", 1, "--test", "ecg", "--result", "normal", "--at", "县医院", "--on", "2026-10-08")
    (told,) = (row for row in village.rows("person", "timeline", 1) if row["event"] == "test")
    assert (told["on"], told["detail"]) == ("2026-10-08", "ECG  normal  县医院")
    assert "test results 1" in village.ok("export", "visits").err


def test_a_result_is_withdrawn_once_and_counts_no_more(village: Chronic) -> None:
    village.ok("test", "add", 1, "--test", "ecg", "--result", "abnormal")
    village.ok("test", "void", 1, "--reason", "记错人", "--yes")
    assert row(village, 1, "ecg")["standing"] == "never"  # type: ignore[index]
    assert village.sql("SELECT reason FROM test_void") == [("记错人",)]
    assert village("test", "void", 1, "--reason", "x", "--yes").code == 21
    assert village("test", "void", 9, "--reason", "x", "--yes").code == 2
    assert village("test", "void", 1, "--reason", "x").code == 2  # nobody there to ask
    village.ok("test", "add", 1, "--test", "ecg", "--result", "normal")


@pytest.mark.parametrize("command", [["test", "add", "1", "--test", "fundus", "--result", "abnormal", "--at", "县医院"],
                                     ["test", "void", "1", "--reason", "记错人", "--yes"]], ids=["add", "void"])  # fmt: skip
def test_after_undo_it_never_happened(village: Chronic, command: list[str]) -> None:
    village.ok("test", "add", 1, "--test", "ecg", "--result", "abnormal")
    results = "SELECT * FROM test_result ORDER BY id"
    before, known, listed = facts(village), village.sql(results), village.rows("test", "due", 1)
    village.ok(*command)
    assert village.sql(results) != known
    shown = village.ok("undo", "--yes")
    assert ("abnormal" in shown.err, "test result" in shown.out) == (True, True)
    assert any(name in shown.err for name in ("fundus", "ECG"))
    assert (facts(village), village.sql(results), village.rows("test", "due", 1)) == (before, known, listed)
    assert village.sql("SELECT count(*) FROM test_void") == [(0,)]
    assert stale(village) == []


def test_who_has_a_result_is_not_unregistered_by_undo(chronic: Chronic) -> None:
    chronic.person("王秀兰")
    chronic.ok("test", "add", 1, "--test", "ecg", "--result", "normal")
    chronic.ok("undo", "--yes")
    chronic.ok("undo", "--yes")
    assert chronic.sql("SELECT count(*) FROM person") == [(0,)]


# a county ---------------------------------------------------------------------------------------------


def test_a_county_changes_the_list_and_a_window(village: Chronic) -> None:
    path = Path(village.folder / "county.toml")
    path.write_text(COUNTY, encoding="utf-8")
    village.ok("protocol", "check", path)
    village.ok("test", "add", 1, "--test", "ecg", "--result", "normal", "--at", "县医院", "--on", "2026-05-20")
    assert row(village, 1, "ecg")["standing"] == "done"  # type: ignore[index]
    village.ok("protocol", "use", path, "--from", "2026-06-01", "--yes")
    found = {row["test"]: row["standing"] for row in village.rows("test", "due", 1)}
    assert found == {"ecg": "due", "lipids": "never", "hba1c": "never", "mmse": "never"}
    assert "Memory much worse lately?" in village.ok("test", "due", 1).out
    village.ok("test", "add", 1, "--test", "mmse", "--result", "normal")
    shown = village.ok("protocol", "show").out
    assert "[complications.tests.ecg]  XX county 2026  (A)  differs from its base" in shown
    assert "[complications.tests.uacr]  六病筛查 肾脏  (PROPOSED)\n" in shown


def test_a_county_file_with_a_wrong_word_in_a_book_is_not_put_in_force(village: Chronic) -> None:
    path = Path(village.folder / "county.toml")
    path.write_text(COUNTY.replace("any from 65", "any of 65"), encoding="utf-8")
    for command in (["check"], ["use", "--from", "2026-06-01", "--yes"]):
        run = village("protocol", command[0], path, *command[1:])
        assert (run.code, "complications.tests.mmse.whom" in run.err) == (2, True)


def test_every_number_of_the_matrix_is_shown_with_its_source(village: Chronic) -> None:
    rows = {row["section"]: row for row in village.rows("protocol", "show")}
    assert "when = uacr >= 30" in rows["complications.tests.uacr.flags.raised"]["values"]
    assert rows["referrals.criteria.htn_potassium"]["unverified"] is True
    assert "(not verified)" in village.ok("protocol", "show").out


def test_the_kinds_of_test_are_listed_in_plain_words(village: Chronic) -> None:
    assert (
        "ecg  心电图  三高任一项 35岁起  每 12 个月 一次, 外院结果互认 12 个月" in village.ok("test", "kinds", lang="zh").out
    )
    assert village.rows("test", "kinds")[0]["whom"] == "any from 35"
