"""Headers: which column each one means, and what kind of sheet they make."""

from pathlib import Path

import pytest

from chronic.errors import ValueRefused
from chronic.exchange import headers
from chronic.exchange.headers import FIELDS, READ, recognise
from chronic.model.fields import PERSON_FIELDS, VISIT_FIELDS, Field
from tests.sheets import Write, opened


def refused(path: Path) -> ValueRefused:
    with pytest.raises(ValueRefused) as caught:
        opened(path)
    assert caught.value.values["path"] == path
    return caught.value


@pytest.mark.parametrize("fields", [PERSON_FIELDS, VISIT_FIELDS])
def test_canonical_and_chinese_names_are_recognised(fields: tuple[Field, ...]) -> None:
    columns = tuple(field.column for field in fields)
    assert recognise([field.column for field in fields]) == columns
    assert recognise([field.zh for field in fields]) == columns


def test_no_two_columns_share_a_name() -> None:
    names = [headers.normal(name) for field in FIELDS.values() for name in {field.column, field.zh}]
    assert len(names) == len(set(names))
    assert not {headers.normal(name) for name in headers._FORM_NAMES} & set(names)


@pytest.mark.parametrize("header", ["收缩压", " 收 缩 压 ", "收缩压：", "收缩压:", "SBP", "ｓｂｐ", "\ufeffsbp", "sbp :"])
def test_a_header_is_recognised_however_it_is_spaced(header: str) -> None:
    assert recognise([header]) == ("sbp",)


def test_the_short_names_of_the_forms_are_recognised() -> None:
    assert recognise(["运动次数", "分钟", "目标次数", "目标分钟", "糖化血红蛋白", "检查日期"]) == (
        *("exercise_per_week", "exercise_minutes", "exercise_target_per_week", "exercise_target_minutes"),
        *("hba1c", "hba1c_on"),
    )
    assert recognise(["药物不良反应", "说明", "转诊机构", "科别", "原因", "机构", "摄盐", "日饮酒量", "日饮酒量（两）"]) == (
        *("adr", "adr_text", "referral_org", "referral_dept", "referral_reason", "referral_org", "salt"),
        *("alcohol_liang_per_day", "alcohol_liang_per_day"),
    )


@pytest.mark.parametrize(
    ("before", "target"),
    [
        ("体重", "weight_target_kg"),
        ("日吸烟量", "smoke_target"),
        ("日饮酒量(两)", "alcohol_target"),
        ("摄盐", "salt_target"),
        ("主食", "staple_target_g"),
        ("空腹血糖", None),
        ("运动次数", None),
    ],
)
def test_a_bare_target_belongs_to_the_column_before(before: str, target: str | None) -> None:
    assert recognise([before, "目标"])[1] == target


@pytest.mark.parametrize(("chinese", "programme"), [("高血压", "htn"), ("糖尿病", "dm"), ("血脂异常", "lipid")])
def test_bare_dates_belong_to_the_programme_before(chinese: str, programme: str) -> None:
    found = recognise([f"{chinese}纳入管理日期", "确诊日期", "终止日期", "终止原因", "姓名", "终止原因"])
    parts = ("enrolled_on", "diagnosed_on", "ended_on", "end_reason")
    assert found == (*(f"{programme}_{part}" for part in parts), "name", None)


@pytest.mark.parametrize("key", ["person_uid", "uid of person", "人员标识", "id_number", "健康档案编号", "源编号"])
def test_a_sheet_with_a_visit_date_and_a_person_holds_visits(write: Write, key: str) -> None:
    sheet = opened(write(f"{key},姓名,村,随访日期,记录标识,收缩压\n"))
    assert sheet.holds == "visits"
    assert sheet.columns[1:] == ("name", None, "visit_date", "uid", "sbp")
    assert sheet.ignored == ("村",)


@pytest.mark.parametrize("key", ["uid", "身份证号", "archive_no", "person_ref"])
def test_a_sheet_with_names_and_a_key_holds_people(write: Write, key: str) -> None:
    sheet = opened(write(f"{key},name,sbp, 备 用 ,\n"))
    assert sheet.holds == "people"
    assert sheet.ignored == ("sbp", " 备 用 ")


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("name,sex", "uid / id_number / archive_no / person_ref"),
        ("person_ref,sex", "name"),
        ("visit_date,uid,sbp", "person_uid / id_number / archive_no / person_ref"),
        ("a,b", "name, uid / id_number / archive_no / person_ref"),
    ],
)
def test_a_sheet_of_neither_kind_names_what_is_missing(write: Write, header: str, missing: str) -> None:
    error = refused(write(header + "\nx,y,z\n"))
    assert (error.code, error.values["missing"]) == ("file.unknown", missing)


def test_a_sheet_of_neither_kind_names_the_headers_that_nobody_knows(write: Write) -> None:
    assert refused(write("name,sex,ID-Nr.,病区\nx,y,z,w\n")).values["unread"] == "ID-Nr., 病区"


@pytest.mark.parametrize("text", ["身份证号★", "※身份证号", "【必填】身份证号", "1.身份证号", "(2)身份证号", "身份证号：☆"])
def test_what_decorates_a_header_is_no_part_of_it(text: str) -> None:
    assert recognise((text,)) == ("id_number",)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("公民身份号码", "id_number"), ("患者姓名", "name"), ("联系方式", "phone"), ("家庭住址", "address"),
        ("行政村", "village"), ("出生年月日", "birth_date"), ("随访医师", "visit_doctor"), ("血压值", "bp"),
        ("体重kg", "weight_kg"), ("收缩压/mmHg", "sbp"), ("空腹血糖mmol/L", "fpg"), ("身高，cm", "height_cm"),
        ("血压mmHg", "bp"), ("体重cm", None), ("空腹血糖kg", None),
    ],
)  # fmt: skip
def test_what_village_sheets_write_above_their_columns(write: Write, text: str, column: str | None) -> None:
    assert recognise((text,)) == (column,)
    if column in READ["visits"] - READ["people"]:
        sheet = opened(write(f"身份证号,随访日期,{text}\n"))
        assert sheet.units == ("", "", "")


@pytest.mark.parametrize("mark", ["；", "，"])
def test_another_separator_is_named_as_the_reason(write: Write, mark: str) -> None:
    assert refused(write(f"name{mark}person_ref\n")).code == "file.separator"


def test_a_column_given_twice_is_refused_with_both_headers(write: Write) -> None:
    error = refused(write("person_ref,visit_date,sbp,收缩压\n"))
    assert error.code == "file.column_twice"
    assert (error.values["column"], error.values["headers"]) == ("sbp", "sbp, 收缩压")


def test_a_column_that_is_not_read_may_stand_twice(write: Write) -> None:
    assert opened(write("person_ref,visit_date,village,village\n")).ignored == ("village", "village")


def test_what_is_read_is_in_the_dictionary() -> None:
    assert READ["people"] | READ["visits"] == set(FIELDS)
