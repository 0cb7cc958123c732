"""Where the headers of a sheet are, whatever stands around them."""

from datetime import date
from pathlib import Path

import pytest

from chronic.errors import ValueRefused
from chronic.exchange.layout import is_note
from tests.sheets import Write, opened


def values(path: Path) -> list[dict[str, object]]:
    return [row.values for row in opened(path).rows()]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_what_stands_between_cells_is_found(write: Write, mark: str) -> None:
    path = write(f'姓名{mark}源编号{mark}住址\n王一{mark}1{mark}"3组{mark}12号"\n')
    assert values(path) == [{"name": "王一", "person_ref": "1", "address": f"3组{mark}12号"}]


def test_a_comma_inside_cells_of_another_separator_is_text(write: Write) -> None:
    path = write("sep=;\n源编号;随访日期;备注\n1;2026-01-05;头晕, 已告知\n")
    assert values(path) == [{"person_ref": "1", "visit_date": date(2026, 1, 5), "notes": "头晕, 已告知"}]


def test_title_lines_above_the_headers_are_passed_over(write: Write) -> None:
    path = write("下各村高血压患者花名册,,\n填表日期：2026-01-01,填表人：李医生,\n\n姓名,源编号,村\n王一,1,下各村\n")
    assert values(path) == [{"name": "王一", "person_ref": "1", "village": "下各村"}]
    assert next(iter(opened(path).rows())).line == 5


def test_headers_of_two_lines_are_read_as_one(write: Write) -> None:
    path = write("源编号,随访日期,体征,,转诊,\n,,收缩压,舒张压,原因,机构及科别\n1,2026-01-05,150,90,血压高,县医院\n")
    sheet = opened(path)
    assert sheet.columns == ("person_ref", "visit_date", "sbp", "dbp", "referral_reason", "referral_org")
    assert values(path)[0] == {
        "person_ref": "1", "visit_date": date(2026, 1, 5), "sbp": 150, "dbp": 90, "referral_reason": "血压高",
        "referral_org": "县医院",
    }  # fmt: skip


def test_headers_of_three_lines_below_a_title(write: Write) -> None:
    path = write("随访登记表\n源编号,随访日期,检查,,\n,,体征,,血糖\n,,收缩压,舒张压,空腹血糖\n1,2026-01-05,150,90,6.1\n")
    assert values(path)[0] == {
        "person_ref": "1", "visit_date": date(2026, 1, 5), "sbp": 150, "dbp": 90, "fpg": 6.1,
    }  # fmt: skip


def test_the_first_row_of_data_is_not_taken_for_headers(write: Write) -> None:
    path = write("姓名,源编号,标注\n村,1,性别\n")
    assert values(path) == [{"name": "村", "person_ref": "1"}]


@pytest.mark.parametrize("line", ["REQUIRED,required,OPTIONAL", "必填,必填,选填", ",,mmHg", ",,（mmol/L）", "1,2,3", "*,*,"])
def test_a_line_of_notes_under_the_headers_is_no_row(write: Write, line: str) -> None:
    path = write(f"姓名,源编号,备用\n{line}\n王一,1,\n")
    assert values(path) == [{"name": "王一", "person_ref": "1"}]


@pytest.mark.parametrize("cells", [["1", "2"], ["2", "3", "4"], ["1", "2", "x"], ["1", "", "", "2"], ["王", "1", "必填"]])
def test_a_row_that_only_looks_like_notes_is_a_row(cells: list[str]) -> None:
    assert not is_note(cells)


def test_notes_further_down_are_rows_and_refused(write: Write) -> None:
    first, second = opened(write("姓名,源编号,备用\n王一,1,\n必填,,\n")).rows()
    assert first.refusals == ()
    assert [problem.code for problem in second.refusals] == ["row.no_key"]


def test_a_short_row_lacks_its_last_cells_and_a_long_one_is_refused(write: Write) -> None:
    short, long, blank = opened(write("姓名,源编号,村\n王一,1\n李二,2,下各村,多\n张三,3,,,,\n")).rows()
    assert short.values == {"name": "王一", "person_ref": "1"}
    assert [problem.code for problem in long.refusals] == ["row.too_long"]
    assert blank.values == {"name": "张三", "person_ref": "3"}
    assert not blank.refusals


def test_headers_are_looked_for_among_the_first_lines_only(write: Write) -> None:
    rows = "一,二\n" * 39
    assert len(values(write(rows + "姓名,源编号\n王,1\n"))) == 1
    with pytest.raises(ValueRefused, match=r"file\.unknown"):
        opened(write(rows + "一,二\n姓名,源编号\n王,1\n"))


def test_stars_units_colons_and_spaces_belong_to_no_header(write: Write) -> None:
    path = write("*姓　名：,源 编 号 *,出生 日期（必填）\n王一,1,1960-01-05\n")
    assert values(path) == [{"name": "王一", "person_ref": "1", "birth_date": date(1960, 1, 5)}]
