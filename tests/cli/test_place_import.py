"""The official list of places: what is the same place, what is new, what is asked, what is refused."""

from pathlib import Path

import pytest
import xlsxwriter

from tests.care.undoing import facts
from tests.runner import Chronic

LIST = """\
统计用区划代码,城乡分类代码,名称
330000000000,,浙江省
331000000000,,台州市
331024000000,,仙居县
331024101000,,横溪镇
331024101201,121,下各村村民委员会
331024101202,220,下各社区居委会
331024101203,220,上村村委会
331024102000,,白塔镇
331024102201,220,孤村村民委员会
331023000000,,天台县
331023101000,,平桥镇
331023101201,220,平桥村委会
"""


@pytest.fixture
def county(chronic: Chronic) -> Chronic:
    for number, (town, village) in enumerate([("横溪镇", "下各村"), ("横溪", "上"), (None, "孤村")], 1):
        chronic.person(f"甲{number}", *(("--township", town) if town else ()), "--village", village)
    chronic.ok("place", "merge", "横溪", "横溪镇", "--yes")
    return chronic


def taken(county: Chronic, text: str, *args: str, code: int = 0) -> str:
    path = county.folder / "codes.csv"
    path.write_text(text, "utf-8")
    run = county("place", "import", path, "--area", "331024", *args)
    assert run.code == code, run.err
    return run.out + run.err


def coded(county: Chronic) -> dict[str, str]:
    return {row["code"]: row["path"] for row in county.rows("place", "list") if row["code"]}


def test_known_places_get_their_codes_and_new_ones_are_made(county: Chronic) -> None:
    said = taken(county, LIST)
    assert "4 added, 4 changed, 0 as they were; 5 lines of elsewhere left out." in said or said
    assert coded(county) == {
        "331024000000": "仙居县", "331024101000": "仙居县/横溪镇", "331024101201": "仙居县/横溪镇/下各村",
        "331024101202": "仙居县/横溪镇/下各社区", "331024101203": "仙居县/横溪镇/上", "331024102000": "仙居县/白塔镇",
        "331024102201": "仙居县/白塔镇/孤村",
    }  # fmt: skip
    assert county.ids("person", "list", "--in", "331024102") == [3]
    assert county.sql("SELECT field, old, new FROM person_change WHERE person = 3") == [("township", None, "白塔镇")]
    county.person("新人", "--township", "横溪镇", "--village", "下各村村民委员会")
    assert county.ids("person", "list", "--in", "下各村") == [1, 4]


def test_the_same_list_again_changes_nothing(county: Chronic) -> None:
    taken(county, LIST)
    before = facts(county)
    assert "0 added, 0 changed, 7 as they were" in taken(county, LIST)
    assert facts(county) == before


def test_a_dry_run_writes_nothing_and_undo_takes_everything_back(county: Chronic) -> None:
    before = facts(county)
    said = taken(county, LIST, "--dry-run")
    assert "331024101203  上村村委会 = 横溪镇/上" in said
    assert facts(county) == before
    taken(county, LIST)
    county.ok("undo", "--yes")
    assert facts(county) == before


def test_only_the_registrys_own_part_and_what_it_lies_in_is_taken(bare: Chronic) -> None:
    bare.ok("init", "--yes", "--area", "331024102000")
    path = bare.folder / "codes.csv"
    path.write_text(LIST, "utf-8")
    bare.ok("place", "import", path)
    assert [row["path"] for row in bare.rows("place", "list")] == ["仙居县", "仙居县/白塔镇", "仙居县/白塔镇/孤村"]


def test_without_a_code_of_its_own_the_registry_asks_whose_part(chronic: Chronic) -> None:
    path = chronic.folder / "codes.csv"
    path.write_text(LIST, "utf-8")
    assert "Say it by code" in chronic("place", "import", path).last
    assert chronic("place", "import", path, "--area", "3310").code == 2


def test_lines_that_cannot_be_are_refused_with_their_reason_and_the_others_are_in(county: Chronic) -> None:
    wrong = (
        "33102410120X,220,坏村\n331024999201,220,无镇村\n331024101204,999,坏村\n331024101205,220,\n"
        "331024101201,121,别村村委会\n331024101201,121,下各村村民委员会\n"
    )
    rejects = county.folder / "rejects.csv"
    said = taken(county, LIST + wrong, "--rejects", str(rejects), code=3)
    assert "5 of 12 rows were refused; the others are in." in said
    lines = rejects.read_text("utf-8-sig").splitlines()
    assert lines[0] == "统计用区划代码,城乡分类代码,名称,行号,原因"
    assert [line.split(",")[3] for line in lines[1:]] == ["14", "15", "16", "17", "18"]
    assert "neither in the list nor here" in lines[2]
    assert len(coded(county)) == 7
    fixed = county.folder / "fixed.csv"
    fixed.write_text(rejects.read_text("utf-8-sig").replace("33102410120X", "331024101209"), "utf-8")
    county("place", "import", fixed, "--area", "331024")
    assert coded(county)["331024101209"] == "仙居县/横溪镇/坏村"


AMBIGUOUS = "代码,名称\n331024101000,横溪镇\n331024101203,上村村委会\n331024101204,上社区居委会\n"


def test_what_can_be_several_places_is_left_out_until_somebody_says(county: Chronic) -> None:
    said = taken(county, AMBIGUOUS, code=3)
    assert "331024101203 上村村委会 can be 横溪镇/上: say --as 331024101203=PLACE" in said
    assert coded(county) == {"331024101000": "横溪镇"}
    taken(county, AMBIGUOUS, "--as", "331024101203=横溪镇/上", "--as", "331024101204=new")
    assert coded(county)["331024101203"] == "横溪镇/上"
    assert coded(county)["331024101204"] == "横溪镇/上社区"
    assert "0 added, 0 changed, 3 as they were" in taken(county, AMBIGUOUS)


def test_at_a_terminal_it_is_asked(county: Chronic) -> None:
    path = county.folder / "codes.csv"
    path.write_text(AMBIGUOUS, "utf-8")
    run = county("place", "import", path, "--area", "331024", stdin="1\n0\n")
    assert run.code == 0, run.err
    assert "331024101204  上社区居委会" in run.err
    assert coded(county)["331024101203"] == "横溪镇/上"
    assert coded(county)["331024101204"] == "横溪镇/上社区"


@pytest.mark.parametrize("said", ["331024101203", "=new", "331024101999=new", "331024101203=没有村", "331024101203=下各村x"])
def test_an_answer_that_cannot_be_meant_is_refused(county: Chronic, said: str) -> None:
    before = facts(county)
    taken(county, AMBIGUOUS, "--as", said, code=2)
    assert facts(county) == before


def test_a_village_of_one_name_in_two_townships_is_not_guessed_where_sheets_name_no_township(county: Chronic) -> None:
    said = taken(county, LIST + "331024101209,220,孤村村委会\n", code=3)
    assert said.count("can be 孤村") == 2


def test_a_part_of_the_list_is_enough_and_what_it_lies_in_may_come_later(county: Chronic) -> None:
    towns = "代码,名称\n331024101,横溪镇\n331024102,白塔镇\n"
    taken(county, towns)
    assert coded(county) == {"331024101000": "横溪镇", "331024102000": "白塔镇"}
    taken(county, "code,name\n331024102201,孤村村民委员会\n")
    taken(county, LIST)
    assert coded(county)["331024102201"] == "仙居县/白塔镇/孤村"


def test_a_township_keeps_its_area(county: Chronic) -> None:
    county.ok("place", "add", "仙居县", "--level", "county")
    county.ok("place", "add", "东片区", "--level", "area", "--under", "仙居县", "--over", "横溪镇")
    taken(county, LIST)
    assert coded(county)["331024101201"] == "仙居县/东片区/横溪镇/下各村"
    assert coded(county)["331024000000"] == "仙居县"


def test_a_workbook_with_numbers_and_a_title_is_read(county: Chronic) -> None:
    rows = [["2023年统计用区划代码和城乡划分代码", "", ""], ["统计用区划代码", "城乡分类代码", "名称"],
            [331024101000, "", "横溪镇"], [331024101201, 121, "下各村村民委员会"]]  # fmt: skip
    path = county.folder / "codes.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for line, cells in enumerate(rows):
            sheet.write_row(line, 0, cells)
    assert county("place", "import", path, "--area", "331024").code == 0
    assert coded(county) == {"331024101000": "横溪镇", "331024101201": "横溪镇/下各村"}


def test_a_sheet_of_something_else_is_refused(county: Chronic) -> None:
    path = county.folder / "people.csv"
    path.write_text("姓名,身份证号\n王秀兰,1\n", "utf-8")
    run = county("place", "import", path, "--area", "331024")
    assert (run.code, "no column of codes" in run.last) == (2, True)
    assert county("place", "import", Path("missing.csv"), "--area", "331024").code == 2
