"""The tree of places as somebody at a county builds it: areas over townships, two spellings made one, names that change."""

import pytest

from tests.care.undoing import facts
from tests.runner import Chronic, id_number


@pytest.fixture
def county(chronic: Chronic) -> Chronic:
    """横溪镇 with 下各村 (1, 2) and its other spelling 下各 (3, 4), 白塔镇 with 上村 (5)."""
    homes = [("横溪镇", "下各村", "1组"), ("横溪镇", "下各村", "2组"), ("横溪镇", "下各", "1组"), ("横溪镇", "下各", "3组"),
             ("白塔镇", "上村", "1组")]  # fmt: skip
    for number, (town, village, hamlet) in enumerate(homes, 1):
        chronic.person(
            f"甲{number}", "--township", town, "--village", village, "--hamlet", hamlet, "--household-no", f"{number:03}",
            "--htn-enrolled-on", "2026-08-01", "--responsible-doctor", "李医生" if number < 5 else "王医生",
        )  # fmt: skip
    chronic.ok("place", "add", "仙居县", "--level", "county", "--code", "331024")
    return chronic


def area(county: Chronic) -> None:
    county.ok("place", "add", "东片区", "--level", "area", "--under", "仙居县", "--over", "横溪镇")


def tree(county: Chronic, *args: str) -> list[tuple[str, int]]:
    return [(row["path"], row["residents"]) for row in county.rows("place", "list", *args)]


def home(county: Chronic, person: int) -> str:
    return next(str(row["village"]) for row in county.rows("person", "list") if row["person_id"] == person)


def test_an_area_is_put_over_townships_and_lists_and_reports_follow(county: Chronic) -> None:
    area(county)
    county.ok("place", "edit", "白塔镇", "--under", "仙居县")
    assert tree(county, "--level", "township") == [("仙居县/白塔镇", 1), ("仙居县/东片区/横溪镇", 4)]
    assert county.ids("overdue", "--in", "东片区", "--order", "date") == [1, 2, 3, 4]
    assert county.ids("overdue", "--in", "331024", "--order", "date") == [1, 2, 3, 4, 5]
    assert county.ids("overdue", "--in", "下各村/2组") == [2]
    assert county.ids("person", "list", "--in", "白塔镇") == [5]
    counted = {row["area"]: row["overdue"] for row in county.rows("overdue", "--by", "area")}
    assert counted == {"东片区": 4, None: 1}
    counted = {row["hamlet"]: row["overdue"] for row in county.rows("overdue", "--by", "hamlet")}
    assert counted == {"下各村 1组": 1, "2组": 1, "下各 1组": 1, "3组": 1, "上村 1组": 1}
    rows = county.rows("report", "indicators", "--indicator", "management_rate", "--programme", "htn", "--by", "township")
    assert {row["township"]: row["numerator"] for row in rows} == {"横溪镇": 0, "白塔镇": 0, "*": 0}
    assert {row["area"]: row["suspected"] for row in county.rows("chain", "--by", "area")} == {"东片区": 0, None: 0}


def test_people_keep_their_numbers_when_a_village_is_renamed_and_both_names_find_it(county: Chronic) -> None:
    county.ok("place", "edit", "上村", "--name", "上各村")
    assert county.ids("overdue", "--in", "上各村") == county.ids("overdue", "--in", "上村") == [5]
    assert home(county, 5) == "上各村"
    county.person("新人", "--township", "白塔镇", "--village", "上村")
    assert {row["name"] for row in county.rows("person", "list", "--in", "上各村")} == {"甲5", "新人"}
    told = county.sql("SELECT person, field, old, new FROM person_change WHERE field = 'village'")
    assert told == [(5, "village", "上村", "上各村")]
    assert "Also called: 上村" in county.ok("place", "show", "上各村").out


def test_renaming_a_township_tells_everybody_of_it(county: Chronic) -> None:
    county.ok("place", "edit", "横溪镇", "--name", "横溪街道")
    assert county.sql("SELECT person, new FROM person_change WHERE field = 'township'") == [
        (person, "横溪街道") for person in (1, 2, 3, 4)
    ]
    county.person("新人", "--township", "横溪镇", "--village", "下各村")
    assert dict(tree(county, "--level", "township")) == {"白塔镇": 1, "横溪街道": 5}


def test_two_spellings_of_a_village_become_one_with_their_hamlets_and_households(county: Chronic) -> None:
    county.ok("household", "visit", 3, "--need", "轮椅")
    before = county.rows("household", "list")
    run = county.ok("place", "merge", "横溪镇/下各", "下各村", "--yes")
    assert "横溪镇/下各 with 2 people goes up in 横溪镇/下各村." in run.err
    assert tree(county, "--in", "横溪镇") == [
        ("横溪镇", 4), ("横溪镇/下各村", 4), ("横溪镇/下各村/1组", 2), ("横溪镇/下各村/2组", 1), ("横溪镇/下各村/3组", 1),
    ]  # fmt: skip
    assert {(row["village"], row["household_no"]) for row in before} != {
        (row["village"], row["household_no"]) for row in county.rows("household", "list")
    }
    assert [row["need"] for row in county.rows("household", "needs", "--in", "下各村")] == ["轮椅"]
    assert county.ids("overdue", "--village", "下各村", "--order", "route") == [1, 3, 2, 4]
    assert county.ids("overdue", "--village", "下各", "--order", "date") == [1, 2, 3, 4]
    changed = county.sql("SELECT person, field, old, new FROM person_change WHERE field <> 'x' ORDER BY id")
    assert changed == [(3, "village", "下各", "下各村"), (4, "village", "下各", "下各村")]
    county.person("新人", "--township", "横溪镇", "--village", "下各")
    assert home(county, 6) == "下各村"


def lives(county: Chronic, name: str, village: str, hamlet: str) -> str:
    """Where somebody is registered whom a sheet has there."""
    sheet = county.folder / "people.csv"
    sheet.write_text(
        f"姓名,身份证号,乡镇,村,组\n{name},{id_number(f'1101051950{len(name):02}04001')},横溪镇,{village},{hamlet}\n",
        "utf-8",
    )
    county.ok("import", sheet)
    ((where,),) = county.sql(
        "SELECT v.name || '/' || h.name FROM person AS p JOIN place AS h ON h.id = p.hamlet"
        f" JOIN place AS v ON v.id = p.village AND v.id = h.parent WHERE p.name = '{name}'"
    )
    return str(where)


def test_a_hamlet_is_found_by_every_name_it_had_when_its_village_has_become_part_of_another(county: Chronic) -> None:
    county.ok("place", "edit", "下各/1组", "--name", "一组")  # of that name there is none in the other village
    county.ok("place", "edit", "下各/3组", "--name", "三组")
    county.ok("place", "edit", "下各/三组", "--name", "2组")  # and of this one there is
    hamlets = {row["name"] for row in county.rows("place", "list", "--level", "hamlet")}
    before = facts(county)
    county.ok("place", "merge", "横溪镇/下各", "下各村", "--yes")
    county.ok("undo", "--yes")
    assert facts(county) == before
    county.ok("place", "merge", "横溪镇/下各", "下各村", "--yes")
    assert lives(county, "乙", "下各", "一组") == "下各村/一组"
    assert lives(county, "乙乙", "下各", "1组") == "下各村/一组"  # its own, not the other village's
    assert lives(county, "乙乙乙", "下各村", "1组") == "下各村/1组"
    for number, name in enumerate(("三组", "3组", "2组"), 4):
        assert lives(county, "乙" * number, "下各", name) == "下各村/2组"
    assert {row["name"] for row in county.rows("place", "list", "--level", "hamlet")} == hamlets
    assert county.ok("check").code == 0


def test_a_hamlet_that_went_up_in_one_of_another_village_brings_its_people_there(county: Chronic) -> None:
    county.ok("place", "merge", "下各/3组", "下各村/2组", "--yes")
    assert lives(county, "乙", "下各", "3组") == "下各村/2组"


def test_a_village_is_found_by_every_name_it_had_when_its_township_has_become_part_of_another(county: Chronic) -> None:
    county.ok("place", "edit", "上村", "--name", "上各村")
    county.ok("place", "merge", "白塔镇", "横溪镇", "--yes")
    county.person("新人", "--township", "白塔镇", "--village", "上村", "--hamlet", "1组")
    assert set(county.ids("person", "list", "--in", "横溪镇/上各村/1组")) == {5, 6}


@pytest.mark.parametrize(
    "command",
    [
        ("add", "东片区", "--level", "area", "--under", "仙居县", "--over", "横溪镇"),
        ("add", "中村", "--level", "village", "--under", "白塔镇", "--code", "331024103201"),
        ("edit", "上村", "--name", "上各村"),
        ("edit", "上村", "--under", "横溪镇"),
        ("edit", "横溪镇", "--name", "横溪街道", "--code", "331024101"),
        ("merge", "横溪镇/下各", "下各村", "--yes"),
        ("merge", "白塔镇", "横溪镇", "--yes"),
    ],
)
def test_whatever_was_done_to_the_tree_is_taken_back_by_undo(county: Chronic, command: tuple[str, ...]) -> None:
    county.ok("household", "visit", 3, "--need", "轮椅")
    before = facts(county)
    county.ok("place", *command)
    assert facts(county) != before
    county.ok("undo", "--yes")
    assert facts(county) == before
    latest = """SELECT new FROM person_change AS c WHERE person = 5 AND field = 'village' AND counter = (
      SELECT max(counter) FROM person_change AS o WHERE o.person = c.person AND o.field = c.field)"""
    assert county.sql(latest) in ([], [("上村",)])
    assert county("check").code == 0


def test_a_change_of_a_place_is_not_taken_back_from_under_a_later_one(county: Chronic) -> None:
    assert county("place", "edit", "白塔镇", "--code", "331024103", CHRONIC_USER="甲").code == 0
    assert county("place", "edit", "白塔镇", "--code", "331024104", CHRONIC_USER="乙").code == 0
    run = county("undo", "--yes", CHRONIC_USER="甲")
    assert (run.code, "白塔镇" in run.last) == (21, True)


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("add", "下各村", "--level", "village", "--under", "横溪镇"), 21, "chronic place merge makes one of two"),
        (("add", "下各村", "--level", "village", "--under", "仙居县"), 2, "a village in a township"),
        (("add", "9组", "--level", "hamlet"), 2, "a hamlet in a village"),
        (("add", "东/西", "--level", "area"), 2, "is no name of a place"),
        (("add", "中村", "--level", "village", "--code", "331024"), 2, "331024 is not the code of such a place"),
        (("add", "乙县", "--level", "county", "--code", "331024"), 21, "331024000000 is the code of 仙居县 already"),
        (("add", "大镇", "--level", "township", "--under", "仙居县", "--code", "331023101"), 2, "does not belong to 仙居县"),
        (("edit", "上村"), 2, "Nothing to change"),
        (("edit", "没有村", "--name", "有村"), 2, "There is no place 没有村"),
        (("edit", "1组", "--name", "一组"), 2, "横溪镇/下各村/1组"),
        (("merge", "上村", "横溪镇", "--yes"), 2, "not two spellings of one place"),
        (("merge", "上村", "上村", "--yes"), 2, "not two spellings of one place"),
        (("merge", "上村", "下各村"), 2, "add --yes"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(county: Chronic, args: tuple[str, ...], code: int, said: str) -> None:
    before = facts(county)
    run = county("place", *args)
    assert run.code == code
    assert said in run.last
    assert facts(county) == before


def test_places_with_codes_of_their_own_are_two(county: Chronic) -> None:
    county.ok("place", "edit", "横溪镇/下各", "--code", "331024101202")
    county.ok("place", "edit", "横溪镇/下各村", "--code", "331024101201")
    assert county("place", "merge", "横溪镇/下各", "下各村", "--yes").code == 21


def test_households_of_one_number_with_something_recorded_of_both_are_not_thrown_together(county: Chronic) -> None:
    county.ok("person", "edit", 3, "--household-no", "001", "--yes")
    for person in (1, 3):
        county.ok("household", "visit", person, "--need", "轮椅")
    run = county("place", "merge", "横溪镇/下各", "下各村", "--yes")
    assert (run.code, "Households 001" in run.last) == (21, True)


def test_a_task_about_a_village_is_found_under_the_name_it_goes_by_now(county: Chronic) -> None:
    county.ok("task", "add", "血压计超期", "--in", "横溪镇/下各")
    county.ok("place", "merge", "横溪镇/下各", "下各村", "--yes")
    assert len(county.rows("task", "list", "--in", "下各村")) == 1


def test_the_tree_on_the_screen_is_indented_and_in_files_flat(county: Chronic) -> None:
    area(county)
    screen = county.ok("place", "list", lang="zh").out
    assert "  横溪镇" in screen
    assert "    下各村" in screen
    assert "1组" not in screen
    lines = county.ok("place", "list", "--format", "csv").out.splitlines()
    assert lines[0] == "place_id,level,code,urban_class,path,place,residents,managed,also"
    assert "area,E1" not in lines
    assert any(line.endswith("village,,,仙居县/东片区/横溪镇/下各村,下各村,2,2,") for line in lines)


def test_the_registry_says_whose_it_is_by_its_code(bare: Chronic) -> None:
    bare.ok("init", "--yes", "--area", "331024101")
    assert dict(bare.sql("SELECT key, value FROM setting WHERE key IN ('area', 'level')")) == {
        "area": "331024101000", "level": "township",
    }  # fmt: skip
    other = bare.folder / "other.db"
    assert bare("--db", other, "init", "--yes", "--area", "3310").code == 2
    run = bare("--db", other, "init", "--yes", "--area", "331024101201", "--level", "county")
    assert (run.code, other.exists()) == (0, True)
    assert "331024101201 is the code of a Village, and --level says County." in run.err


def test_what_was_counted_by_village_is_counted_by_every_level(county: Chronic) -> None:
    area(county)
    county.ok("contract", "sign", 1, "--team", "第一团队")
    county.ok("person", "treated", 5, "--in-county", "no", "--at", "省医院")
    new = county.person("新人", "--township", "横溪镇", "--village", "下各村", "--birth-date", "1970-01-01")
    county.ok("screen", "add", new, "--bp", "128/78")
    rows = county.rows("contract", "list", "--summary", "--by", "area")
    assert {row["area"]: (row["managed"], row["signed"]) for row in rows} == {"东片区": (4, 1), None: (1, 0), "*": (5, 1)}
    rows = county.rows("person", "treated", "--by", "township")
    assert {row["township"]: row["treated"] for row in rows} == {"白塔镇": 1, "*": 1}
    assert {row["area"]: row["measured"] for row in county.rows("screen", "campaign", "--by", "area")} == {"东片区": 1}
    assert county("contract", "list", "--by", "area").code == 2
    rows = county.rows("report", "coverage", "--by", "area")
    assert {row["area"] for row in rows} == {"东片区", None, "*"}
    rows = county.rows("report", "workload", "--by", "area")
    assert {row["area"] for row in rows} == {"东片区", None}


def test_full_width_digits_of_a_code_are_digits(bare: Chronic) -> None:
    bare.ok("init", "--yes", "--area", "３３１０２４００００００")
    assert bare.sql("SELECT value FROM setting WHERE key = 'area'") == [("331024000000",)]
    bare.ok("place", "add", "横溪镇", "--level", "township", "--code", "３３１０２４１０１")
    assert bare.sql("SELECT code FROM place") == [("331024101000",)]
    bare.ok(
        "place", "add", "下各村", "--level", "village", "--under", "３３１０２４１０１", "--code", "３３１０２４１０１２０１"
    )
    bare.ok("place", "add", "３组", "--level", "hamlet", "--under", "下各村")
    bare.person("甲", "--township", "横溪镇", "--village", "下各村", "--hamlet", "3组")
    for told in ("331024101201", "３３１０２４１０１２０１", "横溪镇／下各村", "下各村/３组", "下各村／3组"):
        assert "1" in bare.ok("place", "show", told).out
        assert bare.ids("person", "list", "--in", told) == [1]
    assert bare.ids("person", "list", "--village", "３３１０２４１０１２０１") == [1]
    assert [row["residents"] for row in bare.rows("place", "list", "--level", "hamlet")] == [1]


def test_a_tree_without_places_has_no_records_rather_than_nobody(bare: Chronic) -> None:
    bare.ok("init", "--yes")
    assert bare.ok("place", "list").out == "None.\n"


def test_what_became_of_a_place_calls_its_name_a_name_of_a_place(county: Chronic) -> None:
    county.ok("place", "edit", "上村", "--name", "上各村")
    shown = county.ok("place", "show", "上各村", lang="zh").out
    assert "名称" in shown
    assert "姓名" not in shown
