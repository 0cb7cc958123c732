"""Import of people: what is added, changed, left alone and refused."""

import pytest

from tests.runner import Chronic, id_number
from tests.sheets import portrait, sheet, take, taken

WANG, LI = "11010519491231002X", id_number("33102419550612341")
TWO = (
    {
        "name": "王秀兰", "id_number": WANG, "phone": "13812345512", "village": "下各村", "hamlet": "3组",
        "programmes": "htn;dm", "htn_enrolled_on": "2026-01-05", "tags": "独居;低保",
    },
    {"name": "李建国", "id_number": LI, "village": "上各村", "programmes": "htn", "registered_on": "2026-02-01"},
)  # fmt: skip
CHINESE = {
    "name": "姓名", "id_number": "身份证号", "phone": "联系电话", "village": "村", "hamlet": "组", "programmes": "管理项目",
    "htn_enrolled_on": "高血压纳入管理日期", "tags": "标签", "registered_on": "建档日期",
}  # fmt: skip


def test_people_are_added_with_their_programmes_and_new_villages_named(chronic: Chronic) -> None:
    found = taken(chronic, TWO)
    assert found.counts == {"new": 2}
    assert "New villages: 下各村, 上各村" in found.run.out
    rows = {row["name"]: row for row in chronic.rows("person", "list")}
    assert (rows["王秀兰"]["sex"], rows["王秀兰"]["age"], rows["王秀兰"]["programmes"]) == ("F", 76, ["htn", "dm"])
    stays = chronic.sql("SELECT person, programme, enrolled_on, assumed FROM enrolment ORDER BY id")
    assert stays == [(1, "htn", "2026-01-05", 0), (1, "dm", "2026-11-21", 1), (2, "htn", "2026-02-01", 1)]
    assert chronic.ids("overdue") == [2, 1]
    assert [row["person_id"] for row in chronic.rows("overdue", "--tag", "独居")] == [1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("chinese", [False, True], ids=["canonical", "chinese"])
def test_every_encoding_and_both_languages_of_headers_give_the_same_registry(
    chronic: Chronic, made_once: Chronic, encoding: str, chinese: bool
) -> None:
    blank = chronic.path.read_bytes()
    taken(chronic, TWO)
    expected = portrait(chronic)
    chronic.path.write_bytes(blank)
    words = {"htn;dm": "高血压;糖尿病", "htn": "高血压"}
    rows = [{CHINESE[k] if chinese else k: words.get(v, v) if chinese else v for k, v in row.items()} for row in TWO]
    taken(chronic, rows, encoding=encoding)
    assert portrait(chronic) == expected


def test_the_same_sheet_again_changes_nothing(chronic: Chronic) -> None:
    taken(chronic, TWO)
    before = chronic.dump()
    again = taken(chronic, TWO)
    assert again.counts == {"unchanged": 2}
    added = set(chronic.dump().splitlines()) - set(before.splitlines())
    assert all('"batch"' in line or "'batch'" in line for line in added), added
    assert chronic.sql("SELECT count(*) FROM batch") == [(2,)]


def test_blank_never_overwrites_and_a_different_value_changes_and_is_written_down(chronic: Chronic) -> None:
    taken(chronic, TWO)
    found = taken(
        chronic, [{"name": "王秀兰", "id_number": WANG, "phone": "", "village": "", "address": "12号", "hamlet": "4组"}]
    )
    assert found.counts == {"changed": 1}
    assert "Changed: Hamlet 1, Address 1" in found.run.out
    assert chronic.sql("SELECT phone, address FROM person WHERE id = 1") == [("13812345512", "12号")]
    changes = chronic.sql("SELECT person, field, old, new, batch, recorded_by FROM person_change ORDER BY id DESC LIMIT 2")
    assert set(changes) == {(1, "hamlet", "3组", "4组", 2, "李医生"), (1, "address", None, "12号", 2, "李医生")}


def test_a_closing_is_taken_and_its_absence_never_reopens(chronic: Chronic) -> None:
    taken(chronic, TWO)
    taken(chronic, [{"name": "李建国", "id_number": LI, "closed_on": "2026-10-01", "closed_reason": "moved"}])
    assert chronic.ids("overdue") == [1]
    again = taken(chronic, TWO)
    assert again.counts == {"unchanged": 2}
    assert chronic.sql("SELECT closed_on FROM person WHERE id = 2") == [("2026-10-01",)]
    assert chronic.sql("SELECT count(*) FROM agenda WHERE person = 2") == [(0,)]


def test_a_sheet_that_still_lists_an_ended_programme_does_not_begin_it_again(chronic: Chronic) -> None:
    taken(chronic, TWO)
    for programme in ("htn", "dm"):
        chronic.ok("programme", "end", 1, programme, "--reason", "refused", "--on", "2026-11-21", "--yes")
    assert taken(chronic, TWO).counts == {"unchanged": 2}
    assert chronic.sql("SELECT count(*) FROM enrolment") == [(3,)]


def test_a_day_after_the_end_begins_a_new_stay_and_an_old_sheet_leaves_both_alone(chronic: Chronic) -> None:
    old = {"name": "王秀兰", "id_number": WANG, "htn_enrolled_on": "2024-01-05", "htn_ended_on": "2025-03-01",
           "htn_end_reason": "moved"}  # fmt: skip
    new = {"name": "王秀兰", "id_number": WANG, "htn_enrolled_on": "2026-10-05"}
    taken(chronic, [old])
    assert chronic.rows("overdue") == []
    taken(chronic, [new])
    stays = "SELECT enrolled_on, ended_on, end_reason FROM enrolment ORDER BY enrolled_on"
    expected = [("2024-01-05", "2025-03-01", "moved"), ("2026-10-05", None, None)]
    assert chronic.sql(stays) == expected
    for row in (old, new, old):
        assert taken(chronic, [row]).counts == {"unchanged": 1}
        assert chronic.sql(stays) == expected


def test_old_and_new_stays_are_the_same_in_whichever_order_the_sheets_arrive(chronic: Chronic) -> None:
    old = {"name": "王秀兰", "id_number": WANG, "htn_enrolled_on": "2024-01-05", "htn_ended_on": "2025-03-01",
           "htn_end_reason": "moved"}  # fmt: skip
    taken(chronic, [{"name": "王秀兰", "id_number": WANG, "htn_enrolled_on": "2026-10-05"}])
    taken(chronic, [old])
    stays = chronic.sql("SELECT enrolled_on, ended_on FROM enrolment ORDER BY enrolled_on")
    assert stays == [("2024-01-05", "2025-03-01"), ("2026-10-05", None)]


def test_a_day_given_later_replaces_an_assumed_one_and_never_moves_again(chronic: Chronic) -> None:
    taken(chronic, [{"name": "王秀兰", "id_number": WANG, "programmes": "htn"}])
    found = taken(chronic, [{"name": "王秀兰", "id_number": WANG, "htn_enrolled_on": "2026-11-21"}])
    assert found.counts == {"changed": 1}
    chronic.visit(1, "2026-10-01", "--bp", "128/78")
    (stay,) = chronic.rows("programme", "list", 1)
    assert (stay["enrolled_on"], stay["assumed"]) == ("2026-11-21", False)


def test_a_stay_of_one_day_is_the_same_stay_again(chronic: Chronic) -> None:
    row = {"name": "王秀兰", "id_number": WANG, "htn_enrolled_on": "2026-01-05", "htn_ended_on": "2026-01-05",
           "htn_end_reason": "withdrawn"}  # fmt: skip
    taken(chronic, [row])
    assert taken(chronic, [row]).counts == {"unchanged": 1}
    assert chronic.sql("SELECT count(*) FROM enrolment") == [(1,)]


def test_source_numbers_belong_to_their_source(chronic: Chronic) -> None:
    rows = [{"name": "王秀兰", "person_ref": "7"}, {"name": "李建国", "person_ref": "8"}]
    taken(chronic, rows, "--source", "2025台账")
    assert taken(chronic, rows, "--source", "2025台账").counts == {"unchanged": 2}
    assert taken(chronic, rows, "--source", "别处").counts == {"new": 2}
    taken(chronic, [{"name": "王秀兰", "person_ref": "7", "id_number": WANG}], "--source", "2025台账")
    assert taken(chronic, [{"name": "王秀兰", "id_number": WANG}]).counts == {"unchanged": 1}
    assert chronic.sql("SELECT id, id_number FROM person WHERE id_number IS NOT NULL") == [(1, WANG)]


def test_two_keys_of_different_people_refuse_the_row(chronic: Chronic) -> None:
    rows = [
        {"name": "王秀兰", "id_number": WANG, "archive_no": ""},
        {"name": "李建国", "id_number": "", "archive_no": "12345678"},
    ]
    taken(chronic, rows)
    before = portrait(chronic)
    found = take(chronic, [{"name": "王秀兰", "id_number": WANG, "archive_no": "12345678"}])
    assert (found.code, found.counts) == (3, {"refused": 1})
    assert found.refused == ["person.keys_disagree"]
    assert portrait(chronic) == before


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"id_number": "110105194912310021"}, "id.checksum"),
        ({"id_number": "1.10105E+17"}, "id.damaged"),
        ({"id_number": "110105********002X"}, "person.masked"),
        ({"birth_date": "1950-01-01"}, "id.birth_differs"),
        ({"sex": "男"}, "id.sex_differs"),
        ({"sex": "2"}, "value.code_number"),
        ({"birth_date": "1949年13月31日"}, "value.day"),
        ({"registered_on": "2027-01-01"}, "value.future"),
        ({"htn_enrolled_on": "1949-01-01"}, "value.before_birth"),
        ({"htn_ended_on": "2026-01-01"}, "value.missing"),
        (
            {"htn_enrolled_on": "2026-02-01", "htn_ended_on": "2026-01-01", "htn_end_reason": "死亡"},
            "enrolment.end_before_begin",
        ),
        ({"closed_on": "2026-01-01"}, "value.missing"),
        ({"closed_reason": "died"}, "value.missing"),
        ({"archive_no": "123"}, "person.archive_shape"),
        ({"name": ""}, "value.missing"),
        ({"programmes": "asthma"}, "value.code"),
        ({"phone": "ask his son"}, "value.phone"),
    ],
)
def test_what_is_refused_and_why(chronic: Chronic, cells: dict[str, object], code: str) -> None:
    good = {"name": "李建国", "id_number": LI}
    bad = {"name": "王秀兰", "id_number": WANG, **cells}
    found = take(chronic, [good, bad])
    assert (found.code, found.counts) == (3, {"new": 1, "refused": 1})
    assert found.refused == [code]
    assert "line 3: " in found.run.out
    assert "1 of 2 rows" in found.run.last
    assert [name for (name,) in chronic.sql("SELECT name FROM person")] == ["李建国"]


def test_a_masked_number_beside_a_uid_is_read_as_not_given(chronic: Chronic) -> None:
    taken(chronic, TWO)
    ((uid,),) = chronic.sql("SELECT uid FROM person WHERE id = 1")
    masked = {"uid": uid, "name": "王秀兰", "id_number": "110105********002X", "phone": "138****5512", "address": "12号"}
    assert taken(chronic, [masked]).counts == {"changed": 1}
    assert chronic.sql("SELECT id_number, phone, address FROM person WHERE id = 1") == [(WANG, "13812345512", "12号")]


def test_a_corrected_id_number_takes_its_birth_date_and_sex_along(chronic: Chronic) -> None:
    taken(chronic, [{"name": "王秀兰", "person_ref": "7", "id_number": LI}])
    taken(chronic, [{"name": "王秀兰", "person_ref": "7", "id_number": WANG}])
    assert chronic.sql("SELECT id_number, birth_date, sex FROM person") == [(WANG, "1949-12-31", "F")]


def test_one_person_twice_in_a_sheet_is_one_person(chronic: Chronic) -> None:
    found = taken(
        chronic,
        [{"name": "王秀兰", "id_number": WANG, "phone": ""}, {"name": "王秀兰", "id_number": WANG, "phone": "13812345512"}],
    )
    assert found.counts == {"new": 1, "changed": 1}
    assert chronic.sql("SELECT name, phone FROM person") == [("王秀兰", "13812345512")]


def test_tags_are_added_and_never_taken_away(chronic: Chronic) -> None:
    taken(chronic, TWO)
    taken(chronic, [{"name": "王秀兰", "id_number": WANG, "tags": "党员"}])
    assert chronic.sql("SELECT tag FROM person_tag ORDER BY tag") == [("alone",), ("低保",), ("党员",)]


def test_the_batch_remembers_what_became_of_its_rows(chronic: Chronic) -> None:
    take(chronic, [*TWO, {"name": "", "id_number": LI}], "--source", "2025台账")
    ((holds, source, file, summary),) = chronic.sql("SELECT holds, source, file, summary FROM batch")
    assert (holds, source, file) == ("people", "2025台账", "sheet.csv")
    assert summary == '{"added": 2, "refused": 1}'
    assert chronic.sql("SELECT DISTINCT batch FROM person") == [(1,)]


def test_a_sheet_made_by_hand_in_excel_is_taken_as_it_is(chronic: Chronic) -> None:
    path = sheet(chronic.folder, [], "x.csv")
    path.write_bytes(
        "\ufeff姓名 ,身份证号：,出生日期,备用列\r\n王秀兰,'11010519491231002x,1949/12/31,随便\r\n,,,\r\n".encode()
    )
    run = chronic.ok("import", path)
    assert "Columns not read: 备用列" in run.out
    assert chronic.sql("SELECT name, id_number, birth_date FROM person") == [("王秀兰", WANG, "1949-12-31")]
