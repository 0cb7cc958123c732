"""Sheets of check-ups: recognised by their headers, imported like visits, and the blank form."""

import csv
import io
from pathlib import Path

import pytest

from chronic.exchange import checkup_headers as headers
from chronic.exchange.headers import normal
from chronic.model.checkup_fields import FORM_FIELDS
from tests.runner import Chronic
from tests.sheets import portrait, sheet, take, taken

PEOPLE = [
    {"name": "王秀兰", "person_ref": "1", "birth_date": "1955-03-01", "htn_enrolled_on": "2026-01-01"},
    {"name": "李建国", "person_ref": "2", "birth_date": "1970-05-05"},
]
ROW = {
    "源编号": "1", "体检日期": "2026-05-01", "体温(℃)": "36.5", "脉搏": "72", "左侧收缩压(mmHg)": "138",
    "左侧舒张压(mmHg)": "84", "症状": "头晕;心悸", "尿蛋白": "+", "尿糖": "-", "尿酮体": "±", "心律": "齐",
    "心电图": "正常", "空腹血糖": "6.5",
    "足背动脉搏动": "触及双侧对称", "生活自理能力": "可自理", "中医药保健指导": "情志调摄;饮食调养", "平和质": "基本是",
    "体质1精力充沛": "5", "用药情况": "氨氯地平, 1, 5, mg",
}  # fmt: skip


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    taken(chronic, PEOPLE)
    return chronic


def values(chronic: Chronic) -> dict[str, object]:
    return dict(chronic.sql("SELECT field, value FROM checkup_value"))


def test_every_field_is_recognised_by_both_its_names() -> None:
    assert headers.recognise([f.column for f in FORM_FIELDS]) == tuple(f.column for f in FORM_FIELDS)
    assert headers.recognise([f.zh for f in FORM_FIELDS]) == tuple(f.column for f in FORM_FIELDS)


def test_other_names_are_of_fields_and_no_fields_own_name() -> None:
    own = {normal(name): f.column for f in FORM_FIELDS for name in (f.zh, f.column)}
    for name, column in headers._ALSO.items():
        assert column in headers.FIELDS
        assert own.get(normal(name), column) == column, name


def test_a_county_sheet_is_taken(village: Chronic) -> None:
    found = taken(village, [ROW])
    assert found.counts == {"new": 1}
    assert found.run.out.startswith("Check-ups  1 row")
    assert values(village) == {
        "temperature_c": 36.5, "pulse": 72, "sbp_left": 138, "dbp_left": 84, "checkup_symptoms": "dizziness;palpitation",
        "urine_protein": "plus1", "urine_glucose": "negative", "urine_ketones": "trace", "heart_rhythm": "regular",
        "ecg": "normal", "fpg": 6.5, "foot_pulse": "both", "self_care": "independent", "tcm_guidance": "emotion;diet",
        "tcm_balanced": "mostly", "tcm_1": 5, "medicines": "氨氯地平, 1, 5, mg",
    }  # fmt: skip
    assert village.sql("SELECT holds FROM batch ORDER BY id") == [("people",), ("checkups",)]


def test_the_same_sheet_again_changes_nothing(village: Chronic) -> None:
    taken(village, [ROW])
    before = portrait(village)
    assert taken(village, [ROW]).counts == {"unchanged": 1}
    assert portrait(village) == before


def test_a_second_row_of_a_day_fills_blanks_and_a_disagreeing_one_is_refused(village: Chronic) -> None:
    taken(village, [ROW])
    assert taken(village, [{"源编号": "1", "体检日期": "2026-05-01", "听力": "听见"}]).counts == {"filled": 1}
    assert values(village)["hearing"] == "hears"
    found = take(village, [{"源编号": "1", "体检日期": "2026-05-01", "脉率": "80"}])
    assert (found.code, found.refused) == (3, ["checkup.same_day_conflict"])


def test_rows_are_refused_by_name_and_the_others_are_in(village: Chronic) -> None:
    rows = [
        {"源编号": "1", "体检日期": "2026-05-01", "心电图": "正常"},
        {"源编号": "9", "体检日期": "2026-05-01", "心电图": "正常"},
        {"源编号": "2", "体检日期": "", "心电图": "正常"},
        {"源编号": "2", "体检日期": "2026-05-02", "心电图": "1"},
        {"源编号": "2", "体检日期": "2026-05-03", "心电图": ""},
        {"源编号": "2", "体检日期": "2026-12-01", "心电图": "异常"},
    ]
    found = take(village, rows)
    assert found.code == 3
    assert found.counts == {"new": 1, "refused": 5}
    assert found.refused == ["person.unknown", "value.missing", "value.code_number", "checkup.nothing", "checkup.future"]
    assert village.sql("SELECT count(*) FROM checkup") == [(1,)]


def test_high_readings_in_a_sheet_are_suspicions_too(village: Chronic) -> None:
    rows = [
        {"源编号": "2", "体检日期": f"2026-{month}-05", "收缩压": "148", "舒张压": "92", "空腹血糖": "5.0"}
        for month in ("09", "10", "11")
    ]
    taken(village, rows)
    (row,) = village.rows("screen", "suspects")
    assert (row["person_id"], row["programme"], row["days_high"], row["step"]) == (2, "htn", 3, "confirm")


def test_an_import_is_taken_back_and_may_come_again(village: Chronic) -> None:
    before = portrait(village)
    rows = [ROW, {"源编号": "2", "体检日期": "2026-05-01", "收缩压": "186", "舒张压": "112"}]
    taken(village, rows)
    after = {name: len(listed) for name, listed in portrait(village).items()}
    village.ok("undo", "--yes")
    assert portrait(village) == before
    assert taken(village, rows).counts == {"new": 2}
    assert {name: len(listed) for name, listed in portrait(village).items()} == after
    assert taken(village, rows).counts == {"unchanged": 2}


def test_a_dry_run_writes_nothing(village: Chronic) -> None:
    before = village.dump()
    assert taken(village, [ROW], "--dry-run").counts == {"new": 1}
    assert village.dump() == before


def test_rejects_can_be_corrected_and_imported_as_they_are(village: Chronic) -> None:
    rejects = village.folder / "rejects.csv"
    take(village, [{**ROW, "脉搏": "7"}], "--rejects", rejects)
    text = rejects.read_text("utf-8-sig")
    assert "脉率 7" in text or "Pulse 7" in text
    rejects.write_text(text.replace(",7,", ",70,", 1), "utf-8")
    assert village("import", rejects).code == 0
    assert values(village)["pulse"] == 70


def test_visits_and_people_are_recognised_as_before(village: Chronic) -> None:
    assert taken(village, [{"person_ref": "1", "visit_date": "2026-05-01", "sbp": "138", "dbp": "84"}]).counts == {"new": 1}
    assert village.sql("SELECT count(*) FROM checkup") == [(0,)]


def test_the_blank_form_holds_every_field_and_is_imported_once_filled_in(village: Chronic, tmp_path: Path) -> None:
    blank = tmp_path / "checkups.csv"
    village.ok("export", "template", "checkups", "--out", blank)
    head, may, example = csv.reader(io.StringIO(blank.read_text("utf-8-sig")))
    assert headers.recognise(head)[:2] == ("id_number", "name")
    assert {f.column for f in FORM_FIELDS} <= set(headers.recognise(head))
    assert may[head.index("心律")] == "齐 / 不齐 / 绝对不齐"
    assert take(village, []).code  # nothing at all is not a sheet
    row = dict(zip(head, example, strict=True)) | {"身份证号": "", "源编号": "1"}
    path = sheet(tmp_path, [row], "filled.csv")
    run = village("import", path)
    assert run.code == 0, run
    assert village.sql("SELECT count(*) FROM checkup_value") == [(len([cell for cell in example if cell]) - 3,)]


def test_a_round_trip_loses_nothing(village: Chronic, tmp_path: Path) -> None:
    taken(village, [ROW, {"源编号": "2", "体检日期": "2026-05-01", "收缩压": "186", "舒张压": "112", "空腹血糖": "HI"}])
    village.ok(
        "checkup", "add", 1, "--on", "2026-11-20", "--set", "tcm_techniques=艾灸", "--set", "notes==1+1", "--hba1c", "6.55"
    )
    people, out, again = (tmp_path / name for name in ("people.csv", "checkups.csv", "again.csv"))
    village.ok("export", "people", "--full", "--out", people)
    village.ok("export", "checkups", "--full", "--out", out)
    other = Chronic(tmp_path / "other")
    other.folder.mkdir()
    other.ok("init", "--yes")
    other.ok("import", people)
    other.ok("import", out)
    other.ok("export", "checkups", "--full", "--out", again)
    assert again.read_bytes() == out.read_bytes()
    assert portrait(other, ("source", "visit", "verdict", "plan", "agenda")) == portrait(
        village, ("source", "visit", "verdict", "plan", "agenda")
    )
    numbers = "SELECT person, visit_date, sbp, dbp, fpg, fpg_meter FROM live_contact ORDER BY 2, 3"
    assert [row[1:] for row in other.sql(numbers)] == [row[1:] for row in village.sql(numbers)]


def test_a_checkup_after_the_closing_is_taken_only_from_another_registry_and_asked_about(village: Chronic) -> None:
    village.ok("person", "close", 2, "--reason", "moved", "--on", "2026-04-01", "--yes")
    row = {"person_ref": "2", "checkup_date": "2026-05-01", "sbp_left": "138", "dbp_left": "84"}
    assert take(village, [row]).refused == ["checkup.after_closing"]
    found = take(village, [{**row, "uid": "c-1"}])
    assert (found.counts, "lies after the person was closed on 2026-04-01" in found.run.out) == ({"new": 1}, True)
    assert take(village, [{**row, "uid": "c-1"}]).counts == {"unchanged": 1}
