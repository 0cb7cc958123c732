"""Households: three people and one trip, who moves and who stays, calls and needs, and how all of it is taken back."""

import pytest

from tests.care.undoing import facts, stale
from tests.runner import Chronic

HOME = ("--village", "下各村", "--hamlet", "3组", "--household-no", "012")


@pytest.fixture
def house(chronic: Chronic) -> Chronic:
    """1 王大山 of 70, due for a follow-up on 2026-12-01; 2 刘桂芳, an open danger; 3 王小明, not managed; 4 lives
    elsewhere in the hamlet; 5 has no household number."""
    chronic.person("王大山", "--birth-date", "1956-05-01", "--sex", "M", "--htn-enrolled-on", "2026-01-01", *HOME)
    chronic.visit(1, "2026-09-01", "--bp", "138/84")
    chronic.person("刘桂芳", "--birth-date", "1958-05-01", "--sex", "F", "--dm-enrolled-on", "2026-01-01", *HOME)
    chronic.visit(2, "2026-11-15", "--fpg", "17.2")
    chronic.person("王小明", "--birth-date", "1985-05-01", "--sex", "M", *HOME)
    chronic.person("陈志强", "--village", "下各村", "--hamlet", "3组", "--household-no", "013", "--programmes", "htn")
    chronic.person("周玉珍", "--village", "下各村")
    return chronic


def to_do(chronic: Chronic, day: str, *args: object) -> list[tuple[int, str | None, str | None]]:
    rows = chronic.rows("household", "show", *(args or (1,)), today=day)
    return [(row["person_id"], row["kind"], row["due_on"]) for row in rows if row["kind"] != "tests"]


@pytest.mark.parametrize(("day", "there"), [("2026-11-30", False), ("2026-12-01", True), ("2026-12-02", True)])
def test_a_follow_up_is_shown_from_the_day_it_is_due(house: Chronic, day: str, there: bool) -> None:
    assert ((1, "followup", "2026-12-01") in to_do(house, day)) == there


def test_everything_due_for_everybody_there_is_in_one_view(house: Chronic) -> None:
    rows = house.rows("household", "show", 3, today="2026-12-01")
    assert [(row["name"], row["kind"], row["due_on"], row["command"]) for row in rows if row["kind"] != "tests"] == [
        ("王大山", "followup", "2026-12-01", "chronic visit add 1"),
        ("王大山", "followup", None, "chronic visit add 1"),  # nobody measured his glucose this year
        ("刘桂芳", "referral", "2026-11-29", "chronic refer reply 2"),
        ("刘桂芳", "followup", "2026-11-29", "chronic visit add 2"),
        ("刘桂芳", "followup", None, "chronic visit add 2"),
        ("王小明", "screening", None, "chronic screen add 3"),
    ]


def test_an_open_danger_is_shown_every_day_and_first(house: Chronic) -> None:
    out = house.ok("household", "show", 1).out
    assert "刘桂芳  female   68  EMERGENCY referral" in out
    house.ok("pause", 2)
    assert (2, "referral", "2026-11-29") in to_do(house, "2026-11-21")
    assert (2, "followup", "2026-11-29") not in to_do(house, "2026-12-01")


def test_what_was_done_leaves_the_view_and_who_has_nothing_left_says_so(house: Chronic) -> None:
    house.ok("screen", "add", 3, "--bp", "128/78", "--fpg", "5.1")
    assert [row for row in to_do(house, "2026-11-21") if row[0] == 3] == [(3, None, None)]


def test_a_visit_of_one_names_the_others_who_are_due(house: Chronic) -> None:
    out = house.ok("visit", "add", 1, "--bp", "138/84").out
    assert "Also due in this household: 2 刘桂芳 (OPEN DANGER, referral outcome); all of it: chronic household show 1" in out
    out = house.ok("visit", "add", 2, "--fpg", "6.5", "--danger", "no").out
    assert "Also due in this household" not in out
    house.ok("visit", "add", 4, "--bp", "138/84")
    out = house.ok("visit", "add", 2, "--fpg", "6.5", "--on", "2027-02-21", today="2027-02-21").out
    assert "Also due in this household: 1 王大山 (follow-up, yearly check-up)" in out


def test_the_round_goes_from_house_to_house(house: Chronic) -> None:
    house.ok("household", "assign", 3, "--staff", "李医生", "--head", "刘桂芳", "--yes")
    rows = house.rows("household", "list")
    assert [(r["household_no"], r["head"], r["members"], r["due_people"], r["staff"]) for r in rows] == [
        ("012", "刘桂芳", 3, 1, "李医生"), ("013", "陈志强", 1, 0, None),
    ]  # fmt: skip
    assert rows[0]["due"] == ["2 刘桂芳 OPEN DANGER/referral outcome"]
    assert [r["household_no"] for r in house.rows("household", "list", "--due", "--within", "14d")] == ["012", "013"]
    assert [r["household_no"] for r in house.rows("household", "list", "--staff", "李医生")] == ["012"]
    assert house.rows("household", "list", "--staff", "王医生") == []


def test_who_is_due_and_has_no_number_is_told_of(house: Chronic) -> None:
    assert "no household number" not in house.ok("household", "list").out
    house.ok("enrol", 5, "htn", "--on", "2026-10-01")
    assert "1 person who is due has no household number" in house.ok("household", "list").out
    assert "no household number" not in house.ok("household", "list", "--tag", "alone").out
    assert "no household number" not in house.ok("household", "list", "--staff", "李医生").out


def test_who_moves_takes_nothing_along_and_leaves_nothing_behind(house: Chronic) -> None:
    house.ok("household", "assign", 3, "--staff", "李医生", "--head", "3")
    house.ok("household", "tag", 3, "+监测户")
    assert house.ids("person", "list", "--tag", "监测户") == [1, 2, 3]
    house.ok("person", "edit", 3, "--household-no", "013")
    assert house.ids("person", "list", "--tag", "监测户") == [1, 2]
    rows = house.rows("household", "list")
    assert [(r["household_no"], r["head"], r["members"], r["staff"], r["tags"]) for r in rows] == [
        ("012", "王大山", 2, "李医生", ["monitored"]), ("013", "王小明", 2, None, []),
    ]  # fmt: skip
    house.ok("person", "edit", 3, "--household-no", "012")
    assert house.rows("household", "list")[0]["head"] == "王小明"


def test_what_was_said_last_counts_whatever_was_typed_later(house: Chronic) -> None:
    house.ok("household", "assign", 1, "--staff", "李医生", "--on", "2026-11-20")
    house.ok("household", "assign", 1, "--staff", "王医生", "--on", "2026-11-01")
    assert house.rows("household", "list")[0]["staff"] == "李医生"
    house.ok("household", "assign", 2, "--staff", "-", "--on", "2026-11-21")
    assert house.rows("household", "list")[0]["staff"] is None


def test_a_need_is_open_until_it_is_settled(house: Chronic) -> None:
    house.ok("household", "assign", 1, "--staff", "李医生")
    house.ok("household", "visit", 1, "--need", "没有轮椅", "--done", "已报村委会", "--on", "2026-11-01")
    house.ok("household", "visit", 2, "--need", "药快吃完", "--done", "已开药", "--settled")
    house.ok("household", "visit", 2)
    (need,) = house.rows("household", "needs")
    assert (need["number"], need["need"], need["done"], need["staff"], need["days_open"]) == (
        1, "没有轮椅", "已报村委会", "李医生", 20,
    )  # fmt: skip
    first = house.rows("household", "list")[0]
    assert (first["last_walk_on"], first["open_needs"]) == ("2026-11-21", 1)
    house.ok("household", "settle", 1, "--note", "残联已发")
    assert house.rows("household", "needs") == []
    assert [(r["number"], r["settled_on"]) for r in house.rows("household", "needs", "--all")] == [
        (1, "2026-11-21"), (2, "2026-11-21"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["show", "5"], 21, "no household number yet: chronic person edit 5"),
        (["show"], 2, "Name somebody who lives there"),
        (["show", "--no", "99"], 21, "Nobody lives in a household 99"),
        (["show", "--no", "012", "--village", "远村"], 2, "no village 远村"),
        (["assign", "1", "--head", "4"], 21, "陈志强 does not live in this household"),
        (["assign", "1"], 2, "Nothing to change"),
        (["assign", "1", "--staff", "x", "--on", "2026-11-22"], 2, "lies in the future"),
        (["visit", "1", "--on", "2026-11-22"], 2, "lies in the future"),
        (["visit", "1", "--settled", "--need", "x"], 2, "--settled needs --need and --done"),
        (["settle", "7", "--note", "x"], 2, "There is no need 7"),
        (["tag", "1", "独居"], 2, "write +TAG to give a tag"),
        (["tag", "1", "-独居"], 21, "The tag 独居 is not there"),
        (["tag", "1", "+65+"], 2, "follows from the birth date"),
        (["tag", "1"], 2, "Give at least one tag"),
    ],
)
def test_what_cannot_be_gets_one_sentence(house: Chronic, args: list[str], code: int, says: str) -> None:
    before = house.dump()
    run = house("household", *args)
    assert (run.code, says in run.last) == (code, True), run.err
    assert house.dump() == before


def test_a_need_is_settled_once_and_not_before_it_was_found(house: Chronic) -> None:
    house.ok("household", "visit", 1, "--need", "x", "--on", "2026-11-20")
    assert house("household", "settle", 1, "--note", "y", "--on", "2026-11-19").code == 2
    house.ok("household", "settle", 1, "--note", "y", "--on", "2026-11-20")
    assert house("household", "settle", 1, "--note", "z").code == 21


def test_a_number_used_in_two_hamlets_asks_which(house: Chronic) -> None:
    house.person("赵六", "--village", "下各村", "--hamlet", "4组", "--household-no", "012")
    assert "more than one household 012" in house("household", "show", "--no", "012").last
    assert to_do(house, "2026-11-21", "--no", "012", "--village", "下各村", "--hamlet", "4组")[0][0] == 6


def test_closed_people_no_longer_live_there(house: Chronic) -> None:
    house.ok("person", "close", 2, "--reason", "died", "--on", "2026-11-20", "--yes")
    assert {row[0] for row in to_do(house, "2026-12-01")} == {1, 3}
    assert house.rows("household", "list")[0]["members"] == 2
    assert "刘桂芳" not in house.ok("visit", "add", 1, "--bp", "138/84").out


STEPS = [
    ["household", "assign", "1", "--staff", "李医生", "--head", "2", "--address", "村口"],
    ["household", "tag", "1", "+监测户", "+自定"],
    ["household", "tag", "2", "-监测户"],
    ["household", "visit", "2", "--need", "没有轮椅"],
    ["household", "settle", "1", "--note", "已发"],
    ["person", "tag", "1", "+独居"],
    ["person", "rescue", "1", "--illness", "脑卒中", "--at", "县医院"],
    ["person", "rescue", "1", "--illness", "脑卒中", "--ended"],
    ["person", "treated", "1", "--in-county", "no", "--at", "省医院", "--reason", "手术"],
]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_step_is_taken_back_after_it_was_shown(house: Chronic, lang: str) -> None:
    before = []
    for step in STEPS:
        before.append(facts(house))
        house.ok(*step)
    shown = []
    for earlier in reversed(before):
        shown.append(house.ok("undo", "--yes", lang=lang).err)
        assert facts(house) == earlier
    told = "\n".join(shown)
    words = ["省医院", "脑卒中", "县医院", "没有轮椅", "已发", "自定", "李医生", "刘桂芳", "村口"]
    assert [word for word in words if word not in told] == []
    assert stale(house) == []


def test_a_village_made_by_mistake_goes_with_the_last_that_was_said_of_it(house: Chronic) -> None:
    before = facts(house)
    house.ok("person", "edit", 5, "--village", "错村", "--household-no", "1")
    house.ok("household", "assign", 5, "--staff", "李医生")
    assert house.sql("SELECT count(*) FROM household") == [(1,)]
    house.ok("undo", "--yes")
    house.ok("undo", "--yes")
    assert {name: rows for name, rows in facts(house).items() if name != "agenda"} == {
        name: rows for name, rows in before.items() if name != "agenda"
    }
