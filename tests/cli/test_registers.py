"""`export register` and `export ledger`: the county's sheets, in the county's order of columns."""

import csv
import io
from pathlib import Path

import pytest
import python_calamine

from chronic.reports import registers
from tests.runner import Chronic


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    chronic.person("王秀兰", "--htn-enrolled-on", "2025-01-05", "--dm-enrolled-on", "2025-03-05", "--village", "下各村",
                   "--id-number", "11010519491231002X", "--phone", "13812345512",
                   "--htn-diagnosed-on", "2020-05-01")  # fmt: skip
    chronic.visit(1, "2025-12-30", "--bp", "160/99", "--danger", "no")
    chronic.visit(1, "2026-03-01", "--bp", "152/94", "--fpg", 7.6, "--danger", "no", "--symptoms", "thirst;numb_limbs")
    chronic.visit(1, "2026-06-01", "--bp", "138/84", "--danger", "no", "--way", "home")
    chronic.visit(1, "2026-09-01", "--danger", "no", "--way", "phone")
    chronic.person("李建国", "--htn-enrolled-on", "2026-11-01", "--village", "上各村")
    chronic.person("陈志强", "--htn-enrolled-on", "2025-11-01")
    chronic.ok("programme", "end", 3, "htn", "--reason", "refused", "--yes")
    return chronic


def rows(chronic: Chronic, *args: object) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(chronic.ok("export", *args).out)))


def test_the_register_lists_who_is_managed_today(village: Chronic) -> None:
    found = rows(village, "register", "--programme", "htn")
    assert [row["姓名"] for row in found] == ["李建国", "王秀兰"]
    mine = found[1]
    assert (mine["序号"], mine["性别"], mine["年龄"], mine["村"]) == ("2", "女", "76", "下各村")
    assert (mine["确诊日期"], mine["纳入管理日期"]) == ("2020-05-01", "2025-01-05")
    assert (mine["最近一次血压"], mine["最近一次随访分类"], mine["最近一次面访日期"]) == ("138/84", "控制满意", "2026-06-01")
    assert mine["本年面访次数"] == "2"
    assert (mine["身份证号"], mine["联系电话"]) == ("110105********002X", "138****5512")
    assert rows(village, "register", "--programme", "htn", "--full")[1]["身份证号"] == "11010519491231002X"
    assert [row["姓名"] for row in rows(village, "register", "--programme", "dm")] == ["王秀兰"]
    assert rows(village, "register", "--programme", "htn", "--village", "上各村")[0]["姓名"] == "李建国"


def test_the_ledger_lists_the_follow_ups_of_its_days_in_words(village: Chronic) -> None:
    found = rows(village, "ledger", "--programme", "dm")
    assert [row["随访日期"] for row in found] == ["2026-03-01", "2026-06-01", "2026-09-01"]
    first = found[0]
    assert (first["随访方式"], first["血压"], first["空腹血糖"]) == ("门诊", "152/94", "7.6")
    assert (first["症状"], first["此次随访分类"]) == ("四肢发麻;多饮", "控制不满意")
    october = rows(village, "ledger", "--programme", "htn", "--from", "2025-12-01", "--to", "2025-12-31")
    assert [row["血压"] for row in october] == ["160/99"]


def test_a_county_has_its_own_columns(village: Chronic) -> None:
    path = village.folder / "columns.toml"
    path.write_text(
        '[register]\nhtn = [["名字", "name"], ["空", "blank"], ["户号", "household_no"], ["#", "row"]]\n', "utf-8"
    )
    (line, *_) = village.ok("export", "register", "--programme", "htn", "--columns", path).out.splitlines()
    assert line == "名字,空,户号,#"


def test_the_file_of_columns_that_comes_along_can_be_edited_and_given_back(village: Chronic) -> None:
    path = village.folder / "columns.toml"
    village.ok("export", "columns", "--out", path)
    assert path.read_text("utf-8") == registers.shipped()
    assert village.ok("export", "register", "--programme", "dm", "--columns", path).out == (
        village.ok("export", "register", "--programme", "dm").out
    )


@pytest.mark.parametrize(
    "text",
    ["", "[", "register = 3", "[register]\nhtn = []", '[register]\nhtn = [["a"]]', '[register]\nhtn = [["a", "nome"]]',
     '[register]\nhtn = [["a", "name"], ["a", "sex"]]', '[register]\nhtn = [["bp", "sbp"]]'],
)  # fmt: skip
def test_a_wrong_file_of_columns_is_one_sentence(village: Chronic, text: str) -> None:
    path = village.folder / "columns.toml"
    path.write_text(text, "utf-8")
    run = village("export", "register", "--programme", "htn", "--columns", path)
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)


def test_days_the_wrong_way_round_and_a_file_that_is_not_there_are_one_sentence(village: Chronic) -> None:
    for args in (["--from", "2026-03-02", "--to", "2026-03-01"], ["--columns", str(village.folder / "none.toml")]):
        run = village("export", "ledger", "--programme", "htn", *args)
        assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)


def test_as_a_workbook_the_sheet_has_its_chinese_name_and_numbers_of_identity_are_texts(village: Chronic) -> None:
    path: Path = village.folder / "r.xlsx"
    village.ok("export", "register", "--programme", "htn", "--full", "--out", path)
    book = python_calamine.load_workbook(str(path))
    assert book.sheet_names == ["花名册"]
    rows = book.get_sheet_by_index(0).to_python()
    assert "11010519491231002X" in rows[2]


def test_every_column_that_may_be_asked_for_can_be_read(village: Chronic) -> None:
    for what in registers.SHEETS:
        names = [*registers.KNOWN[what], "age", registers.ROW, registers.BLANK]
        pairs = ", ".join(f'["{name}", "{name}"]' for name in names)
        text = f"[{what}]\n" + "".join(f"{programme} = [{pairs}]\n" for programme in registers.PROGRAMMES)
        path = village.folder / "columns.toml"
        path.write_text(text, "utf-8")
        for programme in registers.PROGRAMMES:
            assert rows(village, what, "--programme", programme, "--columns", path)
