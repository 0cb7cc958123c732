"""The residents' register: entering, changing, listing and showing people."""

import pytest

from tests.runner import Chronic, id_number

WANG = "11010519491231002X"


def test_birth_date_and_sex_come_from_the_id_number(chronic: Chronic) -> None:
    out = chronic.ok("person", "add", "王秀兰", "--id-number", "11010519491231002x").out
    assert "female" in out
    assert "76 years" in out
    assert chronic.sql("SELECT id_number, birth_date, sex FROM person") == [(WANG, "1949-12-31", "F")]
    chronic.ok("person", "add", "李建国", "--id-number", id_number("11010519900307851"), "--birth-date", "1990-03-07")


def test_an_old_id_number_is_given_its_18_characters_with_a_word(chronic: Chronic) -> None:
    run = chronic.ok("person", "add", "老李", "--id-number", "110105500101123")
    assert "18 characters" in run.err
    assert chronic.sql("SELECT id_number, birth_date, sex FROM person") == [
        (id_number("11010519500101123"), "1950-01-01", "M"),
    ]  # fmt: skip


def test_programmes_named_at_registration_are_planned(chronic: Chronic) -> None:
    out = chronic.ok("person", "add", "王秀兰", "--programmes", "高血压;dm", "--htn-enrolled-on", "2026-11-01").out
    assert "Next follow-up by 2026-11-15" in out
    assert chronic.sql("SELECT programme, enrolled_on, assumed FROM enrolment ORDER BY id") == [
        ("htn", "2026-11-01", 0), ("dm", "2026-11-21", 1),
    ]  # fmt: skip


def test_a_change_is_shown_masked_and_written_down_whole(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--phone", "13812345512", "--village", "下各村", "--hamlet", "3组")
    run = chronic.ok("person", "edit", 1, "--phone", "13900001234", "--hamlet", "4组", "--name", "王秀蓝", "--tags", "独居")
    assert "Phone: 138****5512 -> 139****1234" in run.out
    assert "13812345512" not in run.out
    changes = chronic.sql("SELECT field, old, new, recorded_by FROM person_change ORDER BY field")
    assert changes == [
        ("hamlet", "3组", "4组", "李医生"), ("name", "王秀兰", "王秀蓝", "李医生"),
        ("phone", "13812345512", "13900001234", "李医生"), ("tags", None, "alone", "李医生"),
    ]  # fmt: skip
    assert chronic.rows("person", "list")[0]["village"] == "下各村"


def test_a_field_is_emptied_only_when_asked_to(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--phone", "13812345512", "--address", "12号", "--tags", "独居;低保")
    chronic.ok("person", "edit", 1, "--clear", "phone", "--clear", "tags")
    assert chronic.sql("SELECT phone, address FROM person") == [(None, "12号")]
    assert chronic.sql("SELECT count(*) FROM person_tag") == [(0,)]


def test_the_same_value_again_is_no_change(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--phone", "13812345512", "--tags", "独居")
    before = chronic.dump()
    assert chronic.ok("person", "edit", 1, "--phone", "13812345512", "--tags", "独居").out == ""
    assert chronic.dump() == before


def test_a_corrected_id_number_takes_its_birth_date_along(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--id-number", id_number("11010519491231001"))
    chronic.ok("person", "edit", 1, "--id-number", id_number("11010519491213002"))
    assert chronic.sql("SELECT birth_date, sex FROM person") == [("1949-12-13", "F")]


def test_a_birth_after_the_first_visit_is_refused(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-01")
    chronic.visit(1, "2026-06-01", "--bp", "128/78")
    before = chronic.dump()
    run = chronic("person", "edit", 1, "--birth-date", "2026-06-02")
    assert (run.code, chronic.dump()) == (2, before)
    assert "2026-06-01" in run.last
    assert "2026-06-02" in run.last


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ([], "一二三"),
        (["--village", "下各村"], "二三"),
        (["--programme", "dm"], "三"),
        (["--doctor", "李医生"], "一"),
        (["--tag", "独居"], "二"),
        (["--closed"], "四"),
        (["--limit", "1"], "一"),
    ],
)
def test_the_register_is_listed_by_village(chronic: Chronic, filters: list[str], names: str) -> None:
    chronic.person("三", "--village", "下各村", "--hamlet", "2组", "--programmes", "dm")
    chronic.person("二", "--village", "下各村", "--hamlet", "1组", "--tags", "独居")
    chronic.person("一", "--village", "上各村", "--responsible-doctor", "李医生")
    chronic.person("四", "--village", "上各村")
    chronic.ok("person", "close", 4, "--reason", "moved", "--yes")
    assert "".join(row["name"] for row in chronic.rows("person", "list", *filters)) == names


def test_everything_about_one_person(chronic: Chronic) -> None:
    chronic.person(
        "王秀兰",
        "--id-number",
        WANG,
        "--village",
        "下各村",
        "--ckd",
        "yes",
        "--tags",
        "独居",
        "--htn-enrolled-on",
        "2026-10-01",
    )
    chronic.visit(1, "2026-11-01", "--bp", "186/98", "--fpg", "7.4")
    out = chronic.ok("person", "show", 1, lang="zh").out
    for told in ("王秀兰", "女", "1949-12-31", "下各村", "独居", "2026-10-01", "2026-11-15"):
        assert told in out
    assert "慢性肾病" in out
    assert "疑似" in out  # the sugar
    assert "转诊" in out  # the pressure


def test_villages_of_one_name_in_two_townships_are_two_villages(chronic: Chronic) -> None:
    chronic.person("一", "--village", "下各村", "--township", "东镇", "--htn-enrolled-on", "2026-01-01")
    chronic.person("二", "--village", "下各村", "--township", "西镇", "--htn-enrolled-on", "2026-01-01")
    assert chronic.sql("SELECT count(*) FROM place WHERE level = 'village'") == [(2,)]
    assert chronic.ids("overdue", "--village", "下各村") == [1, 2]


def test_a_village_named_without_its_township_is_the_one_that_is_known(chronic: Chronic) -> None:
    chronic.person("一", "--village", "下各村", "--township", "东镇")
    assert "New village" not in chronic.ok("person", "add", "二", "--village", "下各村").out
    assert chronic.sql("SELECT count(DISTINCT village) FROM person") == [(1,)]


def test_why_someone_stands_on_the_list_quotes_the_document(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-01", "--birth-date", "1970-01-01")
    chronic.visit(1, "2026-10-01", "--bp", "150/95", "--fpg", "8.8")
    chronic.visit(1, "2026-10-15", "--bp", "152/94")
    english = chronic.ok("why", 1).out
    for told in ("152/94", "htn.uncontrolled_again", "3rd edition, 2017", "twice in a row", "referral", "[A]"):
        assert told in english
    chinese = chronic.ok("why", 1, lang="zh").out
    for told in ("152/94", "国家基本公共卫生服务规范 2017", "连续两次控制不满意", "转诊"):
        assert told in chinese
