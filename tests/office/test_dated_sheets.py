"""Screenings, test results and told facts go out as sheets and come back; a clinic's own sheets of them are taken."""

import csv
from pathlib import Path

import pytest

from chronic.exchange import dated_headers
from chronic.model.facts import FACTS
from chronic.model.fields import RISK_FACTS
from tests.runner import Chronic
from tests.sheets import Imported, portrait, take, taken

SHEETS = ("people", "visits", "checkups", "screenings", "tests", "facts")
ID = "11010519491231002X"


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """1 is managed, with test results; 2 was only screened, once by a check-up; 3 told of risks."""
    chronic.person("王秀兰", "--id-number", ID, "--htn-enrolled-on", "2026-01-05", "--village", "下各村")
    chronic.visit(1, "2026-03-01", "--bp", "150/95")
    chronic.person("李建国", "--archive-no", "12345678", "--birth-date", "1970-05-05")
    chronic.person("周玉珍", "--birth-date", "1960-05-05")
    chronic.ok("screen", "add", 2, "--bp", "148/92", "--random-glucose", "HI", "--notes", '=1+1, "说"', "--on", "2026-11-01")
    chronic.ok("screen", "add", 2, "--bp", "152/94", "--on", "2026-11-01")
    chronic.ok("checkup", "add", 2, "--set", "sbp_left=166", "--set", "dbp_left=98", "--on", "2026-11-05")
    chronic.ok("test", "add", 1, "--test", "uacr", "--value", "45.12345", "--at", "县医院", "--on", "2026-10-01", "--yes")
    chronic.ok(
        "test", "add", 1, "--test", "ecg", "--result", "abnormal", "--detail", "=ST段改变", "--on", "2026-10-01", "--yes"
    )
    chronic.ok("test", "add", 1, "--test", "fundus", "--result", "normal", "--on", "2026-10-02", "--yes")
    chronic.ok("test", "void", 3, "--reason", "记错人", "--yes")
    chronic.ok("person", "fact", 3, "high_salt=yes", "sedentary=no", "--on", "2026-05-01", "--source", "@本人", "--yes")
    chronic.ok("person", "fact", 3, "high_salt=no", "--on", "2026-05-01", "--yes")
    return chronic


def exported(chronic: Chronic, *look: str) -> dict[str, bytes]:
    found = {}
    for what in SHEETS:
        path = chronic.folder / f"{what}.csv"
        chronic.ok("export", what, "--full", *look, "--out", path)
        found[what] = path.read_bytes()
    return found


@pytest.mark.parametrize("look", [(), ("--headers", "zh"), ("--headers", "zh", "--encoding", "gb18030")], ids=" ".join)
def test_what_goes_out_comes_back_byte_for_byte(village: Chronic, tmp_path: Path, look: tuple[str, ...]) -> None:
    sent = exported(village, *look)
    (tmp_path / "copy").mkdir()
    copy = Chronic(tmp_path / "copy")
    copy.ok("init", "--yes")
    for what in SHEETS:
        assert Imported(copy("import", village.folder / f"{what}.csv")).code == 0, what
    assert exported(copy, *look) == sent
    for what in SHEETS:
        assert Imported(copy("import", village.folder / f"{what}.csv")).counts.keys() <= {"unchanged"}, what
    there, here = portrait(village), portrait(copy)
    assert [(there[name]) for name in ("plan", "agenda")] == [here[name] for name in ("plan", "agenda")]
    assert [row[:-1] for row in there["visit"]] == [row[:-1] for row in here["visit"]]  # all but what was worth asking
    assert copy.sql("SELECT count(*) FROM test_result") == [(2,)]
    assert copy.sql("SELECT fact, value, source FROM person_fact ORDER BY id")[-1] == ("high_salt", "no", None)


def test_an_import_of_each_is_taken_back_whole(village: Chronic) -> None:
    for what in ("tests", "facts", "screenings"):
        before = (
            village.sql("SELECT (SELECT count(*) FROM test_result), (SELECT count(*) FROM person_fact)"),
            portrait(village),
        )
        row = {
            "tests": {"test": "uacr", "done_on": "2026-11-02", "value": "50"},
            "facts": {"fact": "pcos", "answer": "是", "told_on": "2026-11-02"},
            "screenings": {"kind": "筛查", "visit_date": "2026-11-02", "sbp": "150", "dbp": "92"},
        }[what]
        assert taken(village, [{"archive_no": "12345678", **row}]).counts == {"new": 1}
        village.ok("undo", "--yes")
        now = village.sql("SELECT (SELECT count(*) FROM test_result), (SELECT count(*) FROM person_fact)"), portrait(village)
        assert now == before
        assert taken(village, [{"archive_no": "12345678", **row}]).counts == {"new": 1}
        village.ok("undo", "--yes")


def test_what_a_sheet_of_them_leaves_out_is_said(village: Chronic) -> None:
    assert "withdrawn test results 1" in village.ok("export", "tests").err
    assert "masked" in village.ok("export", "facts").err
    assert ID not in village.ok("export", "tests").out
    assert village.rows("export", "screenings")[0]["kind"] == "screening"


# sheets that clinics write -----------------------------------------------------------------------------


def test_a_hospitals_sheet_of_results_is_taken(village: Chronic) -> None:
    rows = [
        {"身份证号": ID, "检验项目": "心电图", "检验日期": "2026-11-01", "结果值": "", "单位": "", "检查结论": "正常"},
        {"身份证号": ID, "检验项目": "肌酐", "检验日期": "2026-11-01", "结果值": "1.0", "单位": "mg/dL", "检查结论": ""},
        {"身份证号": ID, "检验项目": "UACR", "检验日期": "2026-11-01", "结果值": "30", "单位": "mg/g", "检查结论": "异常"},
        {"身份证号": ID, "检验项目": "低密度脂蛋白", "检验日期": "2026-11-01", "结果值": "2.6", "单位": "", "检查结论": ""},
    ]
    found = taken(village, rows)
    assert found.counts == {"new": 4}
    assert found.run.out.startswith("Test results  4 rows")
    assert village.sql("SELECT test, value, unit, result FROM test_result WHERE batch IS NOT NULL ORDER BY id") == [
        ("ecg", None, None, "normal"), ("creatinine", 88.4, "μmol/L", None), ("uacr", 30, "mg/g", "abnormal"),
        ("ldl_c", 2.6, "mmol/L", None),
    ]  # fmt: skip
    assert village.sql("SELECT holds FROM batch ORDER BY id DESC LIMIT 1") == [("tests",)]
    assert taken(village, rows).counts == {"unchanged": 4}
    assert [row["test"] for row in village.rows("test", "list", 1) if row["done_on"] == "2026-11-01"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"test": "x光", "done_on": "2026-11-01", "result": "normal"}, "test.not_known"),
        ({"test": "", "done_on": "2026-11-01", "result": "normal"}, "value.missing"),
        ({"test": "ecg", "done_on": "", "result": "normal"}, "value.missing"),
        ({"test": "ecg", "done_on": "2026-11-01"}, "value.missing"),
        ({"test": "ecg", "done_on": "2026-11-01", "value": "3"}, "test.only_result"),
        ({"test": "uacr", "done_on": "2026-11-01", "value": "3", "unit": "mmHg"}, "test.other_unit"),
        ({"test": "uacr", "done_on": "2026-11-01", "value": "3", "unit": "spoons"}, "test.other_unit"),
        ({"test": "uacr", "done_on": "2026-11-22", "value": "3"}, "value.future"),
        ({"test": "uacr", "done_on": "1940-11-22", "value": "3"}, "value.before_birth"),
        ({"test": "uacr", "done_on": "2026-11-01", "value": "-3"}, "value.out_of_range"),
        ({"test": "uacr", "done_on": "2026-10-01", "value": "3", "institution": "县医院"}, "test.same_day"),
        ({"test": "uacr", "done_on": "2026-11-01", "value": "many"}, "value.number"),
        ({"fact": "high_fat", "answer": "yes", "told_on": "2026-11-01"}, "value.code"),
        ({"fact": "", "answer": "yes", "told_on": "2026-11-01"}, "value.missing"),
        ({"fact": "pcos", "answer": "", "told_on": "2026-11-01"}, "value.missing"),
        ({"fact": "pcos", "answer": "perhaps", "told_on": "2026-11-01"}, "value.code"),
        ({"fact": "pcos", "answer": "yes", "told_on": "2026-11-22"}, "value.future"),
    ],
)
def test_a_row_that_cannot_be_is_refused_and_nothing_written(village: Chronic, row: dict[str, str], code: str) -> None:
    before = village.sql("SELECT * FROM test_result"), village.sql("SELECT * FROM person_fact")
    found = take(village, [{"id_number": ID, **row}])
    assert (found.code, found.refused) == (3, [code])
    assert (village.sql("SELECT * FROM test_result"), village.sql("SELECT * FROM person_fact")) == before


def test_a_sheet_of_visits_with_a_column_for_tests_stays_one_of_visits(village: Chronic) -> None:
    row = {
        "身份证号": ID,
        "随访日期": "2026-11-02",
        "收缩压": "138",
        "舒张压": "84",
        "检查项目": "心电图",
        "检查日期": "2026-11-01",
    }
    found = taken(village, [row])
    assert found.run.out.startswith("Visits  1 row")


def test_refused_rows_come_back_corrected(village: Chronic) -> None:
    rejects = village.folder / "refused.csv"
    take(village, [{"id_number": ID, "test": "x光", "done_on": "2026-11-01", "result": "正常"}], "--rejects", rejects)
    corrected = village.folder / "corrected.csv"
    corrected.write_text(rejects.read_text("utf-8-sig").replace("x光", "fundus"), "utf-8")
    assert Imported(village("import", corrected)).counts == {"new": 1}


def test_an_unusual_value_is_taken_and_asked_about(village: Chronic) -> None:
    found = taken(village, [{"id_number": ID, "test": "uacr", "done_on": "2026-11-01", "value": "3000"}])
    assert (found.counts, found.asked) == ({"new": 1}, ["value.unusual"])


def test_a_withdrawn_result_does_not_come_back_with_the_old_sheet(village: Chronic) -> None:
    sheet = village.folder / "tests.csv"
    village.ok("export", "tests", "--full", "--out", sheet)
    village.ok("test", "void", 1, "--reason", "记错人", "--yes")
    assert Imported(village("import", sheet)).counts == {"unchanged": 2}
    assert village.sql("SELECT count(*) FROM test_result WHERE ended_by IS NULL") == [(1,)]


# headers and blank sheets --------------------------------------------------------------------------------


def test_every_column_is_recognised_by_both_its_names() -> None:
    for holds, fields in dated_headers.FIELDS.items():
        assert dated_headers.recognise(list(fields), holds) == tuple(fields)
        assert dated_headers.recognise([field.zh for field in fields.values()], holds) == tuple(fields)


def test_every_fact_has_its_chinese_word() -> None:
    assert RISK_FACTS.keys() == FACTS.keys()


@pytest.mark.parametrize("what", ["screenings", "tests", "facts"])
def test_a_blank_sheet_is_filled_in_and_taken(village: Chronic, what: str) -> None:
    path = village.folder / "blank.csv"
    village.ok("export", "template", what, "--out", path)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        head, hold, example = csv.reader(stream)
    assert len({len(head), len(hold), len(example)}) == 1
    assert not any(name.isascii() for name in head)
    assert "nothing below the headers" in village.ok("import", path).out
    row = dict(zip(head, example, strict=True)) | {"身份证号": "", "健康档案编号": "12345678"}
    assert taken(village, [row]).counts == {"new": 1}
