"""One person registered twice: what goes where when two are made one, and that undo makes them two again."""

import contextlib

import pytest

from chronic.store import merges, registry, seals
from tests.care.undoing import facts, lists, make_village, stale
from tests.runner import Chronic, id_number
from tests.sheets import sheet, taken


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """王秀兰 is in it twice: number 1, and number 4, where almost everything was recorded of her that can be."""
    make_village(chronic)
    home = ("--village", "下各村", "--hamlet", "3组", "--household-no", "023")
    more = ("--phone", "13900000000", "--htn-enrolled-on", "2025-03-01", "--tags", "独居")
    chronic.person("王秀蓝", "--birth-date", "1949-12-31", *home, *more)
    chronic.visit(4, "2026-10-10", "--bp", "144/92", "--medicines", "氨氯地平片, 1, 5, mg")
    chronic.visit(4, "2026-11-02", "--bp", "182/112")
    for line in (
        ("task", "hand-out", "overdue", "--days", 0, "--yes"),
        ("refer", "out", 4, "--reason", "复查", "--urgency", "emergency"),
        ("refer", "reply", 4, "--outcome", "seen"),
        ("call", 4, "--outcome", "not_reached"),
        ("pause", 4),
        ("opinion", "add", 4, "--complaint", "等太久"),
        ("opinion", "handle", 1, "--note", "已说明"),
        ("test", "add", 4, "--test", "ecg", "--result", "normal", "--on", "2026-10-08"),
        ("checkup", "add", 4, "--on", "2025-06-01", "--bp-left", "138/84", "--ecg", "abnormal"),
        ("checkup", "resolve", 4, "ecg", "--note", "已复查"),
        ("medicine", "give", 4, "氨氯地平片", "--days", "30", "--on", "2026-11-01"),
        ("order", "add", 4, "lipids", "--on", "2026-11-02"),
        ("order", "sent", 1),
        ("benefit", "set", 4, "--registered", "yes"),
        ("contract", "sign", 4, "--team", "李医生团队", "--on", "2026-03-01"),
        ("household", "assign", 4, "--head", 4),
        ("household", "tag", 4, "+monitored"),
        ("household", "visit", 4, "--need", "没有轮椅"),
        ("household", "settle", 1, "--note", "已发轮椅"),
        ("contract", "end", 4, "--on", "2026-10-01", "--reason", "other"),
        ("person", "treated", 4, "--in-county", "yes", "--at", "县医院"),
        ("task", "add", "血压计没电", "--person", 4),
        ("educate", "add", "--topic", "diet", "--form", "personal", "--person", 4, "--on", "2026-11-12"),
        ("person", "fact", 4, "family_dm=yes"),
        ("transfer", "out", 4, "--to", "新镇/新村"),
        ("transfer", "withdraw", 4, "--reason", "x"),
        ("person", "rescue", 4, "--illness", "脑卒中"),
        ("person", "distinct", 2, 4),
    ):  # fmt: skip
        run = chronic(*line, "--yes") if line[0] in ("call", "refer", "person", "pause") else chronic(*line)
        assert run.code == 0, (line, run)
    chronic.ok("upload", "sheet", "people", "--out", chronic.folder / "to-send.csv")
    chronic.ok("upload", "sent", chronic.folder / "to-send.csv")
    taken(chronic, [{"id_number": "", "person_ref": "77", "name": "王秀蓝", "uid": _uid(chronic, 4)}])
    return chronic


def _uid(chronic: Chronic, person: int) -> str:
    ((uid,),) = chronic.sql("SELECT uid FROM person WHERE id = ?", person)
    return str(uid)


def merged(chronic: Chronic, *args: object) -> str:
    return chronic.ok("person", "merge", 1, 4, "--field", "all=ours", *args, "--yes").out


def everything(chronic: Chronic, person: int) -> dict[str, int]:
    with contextlib.closing(registry.connect(chronic.path)) as db:
        return merges.counts(db, person)


def test_every_table_that_says_whose_a_fact_is_changes_hands(chronic: Chronic) -> None:
    """A new one with a person in it is named in store/merges.py, or a merger would lose its rows."""
    with contextlib.closing(registry.connect(chronic.path)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        found = {
            (table, column)
            for table in tables
            for _, column in db.execute("SELECT cid, name FROM pragma_table_info(?)", (table,))
            if column == "person"
            or (column, "person")
            in db.execute('SELECT "from", "table" FROM pragma_foreign_key_list(?)', (table,)).fetchall()
        }
    known = {*merges.MOVED, *((table, "person") for table in (*merges.TAKEN_OUT, *seals.DERIVED))}
    found -= {("deed", "person"), ("audit", "person")}  # of the audit it is a uid, which stays
    assert found - {("bundle_given", "person")} == known  # who was given to whom is inherited by the next bundle


def test_everything_recorded_of_the_one_is_recorded_of_the_other(village: Chronic) -> None:
    one, other = everything(village, 1), everything(village, 4)
    elsewhere = {"person_alias", "aside"}  # those come with bundles only
    assert {table for table, _ in merges.MOVED} - other.keys() - elsewhere == {"person_merge", "erasure"}  # erased: closed
    merged(village)
    assert everything(village, 4) == {}
    both = everything(village, 1)
    for table in other.keys() - {"enrolment", "person_change"}:
        assert both[table] == one.get(table, 0) + other[table] + (table == "person_merge"), table
    assert stale(village) == []


def test_undo_makes_two_people_of_them_again_to_the_letter(village: Chronic) -> None:
    before, listed = facts(village), lists(village)
    merged(village)
    assert facts(village) != before
    village.ok("undo", "--yes")
    assert facts(village) == before
    assert lists(village) == listed
    assert stale(village) == []
    merged(village)
    village.ok("undo", "--yes")
    assert facts(village) == before


def test_overlapping_stays_are_one_from_the_first_beginning(village: Chronic) -> None:
    merged(village)
    assert village.sql("SELECT enrolled_on, ended_on FROM enrolment WHERE person = 1 AND programme = 'htn'") == [
        ("2025-03-01", None)
    ]
    assert village.ids("overdue", "--paused") == [1]


def test_stays_that_do_not_overlap_stay_two(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-05-01")
    chronic.person("王秀兰", "--htn-enrolled-on", "2024-01-01")
    chronic.ok("programme", "end", 2, "htn", "--reason", "refused", "--on", "2025-01-01", "--yes")
    chronic.ok("person", "merge", 1, 2, "--yes")
    stays = chronic.sql("SELECT enrolled_on, ended_on FROM enrolment WHERE person = 1 ORDER BY 1")
    assert stays == [("2024-01-01", "2025-01-01"), ("2026-05-01", None)]


def test_the_number_that_went_says_with_whom_it_was_merged_and_is_never_used_again(village: Chronic) -> None:
    merged(village)
    run = village("person", "show", 4)
    assert run.code == 20
    assert run.last == "4 王秀蓝 was merged with 1 王秀兰."
    assert village.person("周玉珍") == 5


def test_what_is_only_known_of_the_one_who_goes_is_kept(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--village", "下各村")
    chronic.person("王秀兰", "--id-number", "11010519491231002X", "--phone", "13812345512", "--village", "下各村")
    chronic.ok("person", "merge", 1, 2, "--yes")
    assert chronic.sql("SELECT id, id_number, phone, birth_date, sex FROM person") == [
        (1, "11010519491231002X", "13812345512", "1949-12-31", "F")
    ]
    assert chronic.ids("person", "list") == [1]
    chronic.ok("undo", "--yes")
    assert chronic.sql("SELECT id, id_number, phone FROM person ORDER BY id") == [
        (1, None, None), (2, "11010519491231002X", "13812345512")
    ]  # fmt: skip


def test_a_disagreement_has_to_be_decided(village: Chronic) -> None:
    before = village.dump()
    run = village("person", "merge", 1, 4, "--yes")
    assert run.code == 2
    assert "Phone" in run.last
    assert "--field" in run.last
    assert village("person", "merge", 1, 4, "--field", "phone=both", "--yes").code == 2
    assert village("person", "merge", 1, 4, "--field", "shoe=ours", "--yes").code == 2
    assert village("person", "merge", 1, 1, "--yes").code == 2
    assert village("person", "merge", 1, 4, "--field", "all=ours").code == 2
    assert village.dump() == before
    village.ok("person", "merge", 1, 4, "--field", "phone=theirs", "--field", "all=ours", "--yes")
    assert village.sql("SELECT name, phone FROM person WHERE id = 1") == [("王秀兰", "13900000000")]


def test_at_a_terminal_each_field_is_asked(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--phone", "13812345512")
    chronic.person("王秀蓝", "--phone", "13900000000")
    run = chronic.ok("person", "merge", 1, 2, stdin="1\n2\ny\n")
    assert "2 is now 1 王秀兰" in run.out
    assert chronic.sql("SELECT name, phone FROM person") == [("王秀兰", "13900000000")]
    chronic.ok("undo", "--yes")
    before = chronic.dump()
    chronic("person", "merge", 1, 2, stdin="1\n2\nn\n")
    assert chronic.dump() == before


def test_two_visits_of_one_day_that_differ_have_to_be_put_right_first(village: Chronic) -> None:
    village.visit(4, "2026-11-01", "--bp", "150/90")
    one, other = village.visit_number(1, "2026-11-01"), village.visit_number(4, "2026-11-01")
    before = village.dump()
    run = village("person", "merge", 1, 4, "--field", "all=ours", "--yes")
    assert run.code == 21
    assert f"{one} and {other}" in run.last
    assert f"visit void {other}" in run.last
    assert village.dump() == before
    village.ok("visit", "void", other, "--reason", "重复", "--yes")
    merged(village)
    assert village.visit_number(1, "2026-11-01") == one


def test_two_visits_that_say_the_same_are_one(village: Chronic) -> None:
    village.visit(4, "2026-09-01", "--bp", "152/94", "--bp", "148/92", "--fpg", "7.6")
    village.ok("test", "add", 1, "--test", "ecg", "--result", "normal", "--on", "2026-10-08")
    before = facts(village)
    assert "says the same" in village.ok("person", "merge", 1, 4, "--field", "all=ours", "--yes").err
    assert len(village.rows("visit", "list", 1)) == 4
    assert len(village.sql("SELECT 1 FROM test_result WHERE ended_by IS NULL")) == 1
    village.ok("undo", "--yes")
    assert facts(village) == before


def test_two_checkups_of_one_day_stand_in_the_way(village: Chronic) -> None:
    village.ok("checkup", "add", 4, "--on", "2026-06-01", "--bp-left", "138/84")
    before = village.dump()
    assert village("person", "merge", 1, 4, "--field", "all=ours", "--yes").code == 21
    assert village.dump() == before


def test_undo_does_not_reach_across_what_was_recorded_since(village: Chronic) -> None:
    merged(village)
    village.visit(1, "2026-11-20", "--bp", "138/84")
    village.ok("undo", "--yes")
    village.ok("undo", "--yes")
    assert village.sql("SELECT count(*) FROM person") == [(4,)]
    merged(village)
    village("visit", "add", 1, "--bp", "138/84", CHRONIC_USER="王护士")
    assert village("undo", "--yes").code == 21


def test_what_was_recorded_of_the_one_before_is_not_taken_back_from_under_the_merger(village: Chronic) -> None:
    assert village("visit", "add", 4, "--bp", "138/84", CHRONIC_USER="王护士").code == 0
    merged(village)
    before = village.dump()
    run = village("undo", "--yes", CHRONIC_USER="王护士")
    assert run.code == 21
    assert "two people merged" in run.last
    assert village.dump() == before


def test_a_merger_of_a_merger_comes_apart_step_by_step(village: Chronic) -> None:
    start = facts(village)
    merged(village)
    between = facts(village)
    village.ok("person", "merge", 2, 1, "--field", "all=ours", "--yes")
    assert village("person", "show", 4).last == "4 王秀蓝 was merged with 2 李建国."
    assert stale(village) == []
    village.ok("undo", "--yes")
    assert facts(village) == between
    village.ok("undo", "--yes")
    assert facts(village) == start


# sheets from before ------------------------------------------------------------------------------


def test_an_export_of_before_finds_the_one_who_stayed_and_changes_nothing(village: Chronic) -> None:
    people, visits = village.folder / "people.csv", village.folder / "visits.csv"
    village.ok("export", "people", "--full", "--out", people)
    village.ok("export", "visits", "--full", "--out", visits)
    merged(village)
    before = facts(village)
    village.ok("import", people)
    village.ok("import", visits)
    now = facts(village)
    for name in ("person", "contact", "tag", "source", "plan", "verdict"):
        assert now[name] == before[name], name


def test_a_monthly_sheet_with_the_wrong_number_finds_the_one_who_stayed(chronic: Chronic) -> None:
    wrong = id_number("33102419500101002")
    row = {
        "id_number": wrong,
        "name": "王秀蓝",
        "phone": "13900000000",
        "village": "下各村",
        "htn_enrolled_on": "2026-02-01",
    }
    chronic.person("王秀兰", "--id-number", id_number("33102419500101001"), "--phone", "13812345512", "--village", "下各村",
                   "--htn-enrolled-on", "2025-02-01")  # fmt: skip
    taken(chronic, [row])
    chronic.ok("person", "merge", 1, 2, "--field", "all=ours", "--yes")
    before = facts(chronic)
    assert taken(chronic, [row]).counts == {"unchanged": 1}
    assert taken(chronic, [{"id_number": wrong, "visit_date": "2026-11-01", "sbp": "150", "dbp": "90"}]).counts == {"new": 1}
    chronic.ok("undo", "--yes")
    assert facts(chronic) == before
    assert taken(chronic, [row | {"phone": "13711111111"}]).counts == {"changed": 1}


def test_a_number_that_was_wrong_may_belong_to_somebody_else_after_all(chronic: Chronic) -> None:
    wrong = id_number("33102419500101002")
    chronic.person("王秀兰", "--id-number", id_number("33102419500101001"))
    chronic.person("王秀蓝", "--id-number", wrong)
    chronic.ok("person", "merge", 1, 2, "--field", "all=ours", "--yes")
    assert taken(chronic, [{"id_number": wrong, "name": "赵大明"}]).counts == {"new": 1}
    now = chronic.sql("SELECT id, name, id_number FROM person ORDER BY id")
    assert now == [(1, "王秀兰", id_number("33102419500101001")), (3, "赵大明", wrong)]
    run = chronic("undo", "--yes")
    assert run.code == 0
    chronic.person("赵大明", "--id-number", wrong)
    assert chronic("undo", "--yes").code == 0
    chronic.ok("undo", "--yes")
    assert chronic.sql("SELECT id, name, id_number FROM person WHERE id = 2") == [(2, "王秀蓝", wrong)]


def test_two_are_not_made_again_where_a_third_has_the_number_by_now(chronic: Chronic) -> None:
    wrong = id_number("33102419500101002")
    chronic.person("王秀兰", "--id-number", id_number("33102419500101001"))
    chronic.person("王秀蓝", "--id-number", wrong)
    chronic.ok("person", "merge", 1, 2, "--field", "all=ours", "--yes")
    assert chronic("person", "add", "赵大明", "--id-number", wrong, CHRONIC_USER="王护士").code == 0
    before = chronic.dump()
    run = chronic("undo", "--yes")
    assert run.code == 21
    assert "赵大明" in run.last
    assert chronic.dump() == before


def test_who_is_closed_is_one_of_the_things_to_decide(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--programmes", "htn")
    chronic.person("王秀兰", "--programmes", "htn")
    chronic.ok("person", "close", 2, "--reason", "moved", "--on", "2026-11-18", "--yes")
    assert chronic("person", "merge", 1, 2, "--yes").code == 2
    before = facts(chronic)
    chronic.ok("person", "merge", 1, 2, "--field", "closed_on=theirs", "--yes")
    assert chronic.sql("SELECT closed_on, closed_reason FROM person") == [("2026-11-18", "moved")]
    chronic.ok("undo", "--yes")
    assert facts(chronic) == before
    chronic.ok("person", "merge", 1, 2, "--field", "closed_on=ours", "--yes")
    assert chronic.sql("SELECT closed_on, closed_reason FROM person") == [(None, None)]


def test_the_timeline_says_who_was_merged(village: Chronic) -> None:
    merged(village)
    assert "4 王秀蓝" in village.ok("person", "timeline", 1).out
    assert "合并自" in village.ok("person", "timeline", 1, lang="zh").out


def test_a_sheet_that_brought_one_of_them_is_not_taken_back_from_under_the_merger(village: Chronic) -> None:
    rows = [{"person_ref": "88", "name": "王秀兰", "birth_date": "1949-12-31", "programmes": "htn"}]
    path = sheet(village.folder, rows)
    before = facts(village)
    village.ok("import", path)
    batch = village.rows("import", "--list")[0]["batch"]
    village.ok("person", "merge", 1, 5, "--yes")
    between = village.dump()
    run = village("import", "--undo", batch, "--yes")
    assert run.code == 21
    assert "two people merged" in run.err
    assert village.dump() == between
    village.ok("undo", "--yes")
    village.ok("import", "--undo", batch, "--yes")
    assert facts(village) == before


def test_who_was_said_to_be_someone_else_is_shown_before_merging(village: Chronic) -> None:
    village.ok("person", "distinct", 1, 4, "--note", "姐妹", "--yes")
    assert village("person", "distinct", 4, 1, "--yes").code == 21
    assert village("person", "distinct", 4, 4, "--yes").code == 2
    before = facts(village)
    run = village.ok("person", "merge", 1, 4, "--field", "all=ours", "--yes")
    assert "姐妹" in run.err
    village.ok("undo", "--yes")
    assert facts(village) == before
    village.ok("undo", "--yes")
    assert village.sql("SELECT count(*) FROM person_distinct WHERE person = 1") == [(0,)]
