"""People who move between the villages of one registry: until they are accepted they are the sender's."""

import contextlib

import pytest

from chronic.store import registry
from tests.care.undoing import facts, lists, stale
from tests.runner import Chronic


@pytest.fixture(scope="module")
def township(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A town with two villages: 1 王秀兰 in danger, 2 李建国 paused, 3 张明, all of 下各村; 4 lives in 上各村."""
    town = Chronic(tmp_path_factory.mktemp("town"))
    town.ok("init", "--name", "镇卫生院", "--level", "township", "--doctor", "李医生", "--yes")
    home = ("--village", "下各村", "--township", "城关镇", "--hamlet", "3组", "--household-no", "7", "--address", "3组7号",
            "--responsible-doctor", "李医生", "--htn-enrolled-on", "2026-01-05", "--birth-date", "1955-03-01")  # fmt: skip
    for name in ("王秀兰", "李建国", "张明"):
        town.person(name, *home)
    town.person("周玉珍", "--village", "上各村", "--township", "城关镇")
    town.visit(1, "2026-11-15", "--bp", "186/112")
    town.visit(2, "2026-06-01", "--bp", "150/92")
    town.ok("pause", 2, "--on", "2026-09-01", "--reason", "外出打工")
    town.visit(3, "2026-08-10", "--bp", "128/78")
    town.ok("contract", "sign", 3, "--team", "李医生团队", "--on", "2026-03-01")
    town.ok("task", "add", "随访表未签字", "--person", 3, "--owner", "李医生")
    return town.path.read_bytes()


@pytest.fixture
def town(township: bytes, tmp_path: object) -> Chronic:
    chronic = Chronic(tmp_path)  # type: ignore[arg-type]
    chronic.path.write_bytes(township)
    return chronic


def moved(town: Chronic, person: int, on: str = "2026-11-10", to: str = "上各村") -> None:
    town.ok("transfer", "out", person, "--to", to, "--on", on)


def village(town: Chronic, name: str, today: str = "2026-11-21") -> set[int]:
    return {*town.ids("person", "list", "--village", name, today=today)}


def test_who_moves_stays_on_the_senders_lists_until_accepted(town: Chronic) -> None:
    moved(town, 3)
    assert village(town, "下各村") == {1, 2, 3}
    assert [row["person_id"] for row in town.rows("overdue", "--village", "下各村")] == [3]
    for name in ("下各村", "上各村"):  # both sides see it
        (row,) = town.rows("transfer", "list", "--village", name)
        assert (row["person_id"], row["from_village"], row["to_village"], row["state"]) == (3, "下各村", "上各村", "open")
    town.ok("transfer", "accept", 3, "--doctor", "周医生", "--hamlet", "1组")
    assert village(town, "下各村") == {1, 2}
    assert town.ids("overdue", "--village", "上各村") == [3]
    assert town.rows("transfer", "list") == []
    assert town.sql("SELECT hamlet_name, household_no, address, responsible_doctor FROM person_card WHERE id = 3") == [
        ("1组", None, None, "周医生")
    ]


def test_management_goes_on_and_the_contract_with_the_former_team_ends(town: Chronic) -> None:
    before = town.sql("SELECT programme, enrolled_on, ended_on FROM enrolment WHERE person = 3")
    moved(town, 3)
    assert town.sql("SELECT count(*) FROM contract_end") == [(0,)]
    out = town.ok("transfer", "accept", 3, "--doctor", "周医生").out
    assert "chronic contract sign 3 --team TEAM" in out
    assert "1 open task is yours now" in out
    assert town.sql("SELECT programme, enrolled_on, ended_on FROM enrolment WHERE person = 3") == before
    assert town.sql("SELECT ended_on, reason FROM contract_end") == [("2026-11-21", "moved")]
    assert town.sql("SELECT owner FROM task_open WHERE person = 3") == [("周医生",)]
    assert [row["visit_date"] for row in town.rows("visit", "list", 3)] == ["2026-08-10"]


def test_the_same_team_may_go_on(town: Chronic) -> None:
    moved(town, 3)
    town.ok("transfer", "accept", 3, "--keep-contract")
    assert town.sql("SELECT count(*) FROM contract_end") == [(0,)]


def test_danger_is_the_senders_until_accepted_and_shown_first_to_who_is_asked(town: Chronic) -> None:
    moved(town, 3, "2026-11-01")
    moved(town, 1, "2026-11-20")
    rows = town.rows("transfer", "list", "--village", "上各村")
    assert [(row["person_id"], bool(row["danger"])) for row in rows] == [(1, True), (3, False)]
    assert town.rows("overdue", "--kind", "referral", "--village", "下各村", "--min-days", 0, today="2026-11-29")
    assert "in danger 1" in town.ok("today").out
    town.ok("transfer", "accept", 1)
    assert town.ids("overdue", "--kind", "referral", "--village", "上各村", today="2026-12-15") == [1]


def test_a_pause_goes_with_the_person_and_ends_with_the_next_contact(town: Chronic) -> None:
    moved(town, 2)
    town.ok("transfer", "accept", 2)
    assert town.ids("overdue", "--paused", "--village", "上各村") == [2]
    town.visit(2, "2026-11-21", "--bp", "138/84")
    assert town.ids("overdue", "--paused") == []


@pytest.mark.parametrize(("today", "late"), [("2026-11-24", 0), ("2026-11-25", 1), ("2026-12-01", 7)])
def test_it_waits_fourteen_days_and_is_then_late(town: Chronic, today: str, late: int) -> None:
    moved(town, 3, "2026-11-10")
    (row,) = town.rows("transfer", "list", today=today)
    assert (row["answer_by"], row["days_late"]) == ("2026-11-24", late)
    assert ("waiting too long 1" in town.ok("today", today=today).out) is (late > 0)


def test_declined_they_stay_and_the_reason_is_there(town: Chronic) -> None:
    moved(town, 3)
    town.ok("transfer", "decline", 3, "--reason", "未在本村居住")
    assert village(town, "下各村") == {1, 2, 3}
    (row,) = town.rows("transfer", "list", 3)
    assert (row["state"], row["answer_reason"]) == ("declined", "未在本村居住")
    assert "declined 1" in town.ok("today", today="2026-12-05").out  # the sender has to know
    assert "declined" not in town.ok("today", today="2026-12-06").out
    assert [row["state"] for row in town.rows("transfer", "list")] == ["declined"]
    assert town("transfer", "accept", 3).code == 21
    moved(town, 3)
    assert [row["state"] for row in town.rows("transfer", "list")] == ["open"]
    town.ok("transfer", "accept", 3)
    assert [row["state"] for row in town.rows("transfer", "list", 3)] == ["declined", "accepted"]


def test_withdrawn_it_is_over(town: Chronic) -> None:
    moved(town, 3)
    town.ok("transfer", "withdraw", 3)
    assert town.rows("transfer", "list") == []
    assert town("transfer", "withdraw", 3).last.startswith("No transfer of 张明 waits")


def test_there_and_back_again(town: Chronic) -> None:
    moved(town, 3, "2026-10-01")
    town.ok("transfer", "accept", 3, "--on", "2026-10-02")
    moved(town, 3, "2026-11-01", "下各村")
    assert village(town, "上各村") == {3, 4}
    town.ok("transfer", "accept", 3)
    assert village(town, "下各村") == {1, 2, 3}
    assert [row["said"] for row in town.rows("transfer", "list", 3)] == ["accepted", "accepted"]
    events = [(row["on"], row["detail"]) for row in town.rows("person", "timeline", 3) if row["event"] == "transfer"]
    assert events == [("2026-10-01", "下各村 -> 上各村"), ("2026-11-01", "上各村 -> 下各村")]


def test_who_died_waits_for_nothing(town: Chronic) -> None:
    moved(town, 3)
    town.ok("person", "close", 3, "--reason", "died", "--on", "2026-11-12", "--yes")
    assert town.rows("transfer", "list") == []
    assert town("transfer", "accept", 3).code == 21
    assert town("transfer", "out", 3, "--to", "上各村").code == 21
    town.ok("person", "reopen", 3)
    assert len(town.rows("transfer", "list")) == 1


def test_out_of_reach_is_the_end_here(town: Chronic) -> None:
    town.ok("transfer", "out", 3, "--to-outside", "浙江省杭州市", "--on", "2026-11-10", "--yes")
    assert village(town, "下各村") == {1, 2}
    assert town.sql("SELECT closed_on, closed_reason FROM person WHERE id = 3") == [("2026-11-10", "moved")]
    assert town.rows("transfer", "list") == []
    (row,) = town.rows("transfer", "list", "--all")
    assert (row["to_village"], row["state"]) == ("浙江省杭州市", "left")
    town.ok("undo", "--yes")
    assert village(town, "下各村") == {1, 2, 3}


def test_whoever_came_back_from_out_of_reach_is_open_again(town: Chronic) -> None:
    town.ok("transfer", "out", 3, "--to-outside", "浙江省", "--on", "2026-10-10", "--yes")
    assert town("transfer", "accept", 3).last == "Say to which village they came, as in --village 下各村."
    town.ok("transfer", "accept", 3, "--village", "上各村", "--on", "2026-11-20")
    assert village(town, "上各村") == {3, 4}


BAD = [
    (("out", 3), "Say either --to VILLAGE or --to-outside PLACE.", 2),
    (("out", 3, "--to", "上各村", "--to-outside", "x"), "Say either --to VILLAGE or --to-outside PLACE.", 2),
    (("out", 3, "--to", "上格村"), "No village here is called 上格村", 2),
    (("out", 3, "--to", "/上格村"), "No village here is called /上格村", 2),
    (("out", 3, "--to", "下各村"), "张明 lives in 下各村 already.", 2),
    (("out", 3, "--to", "上各村", "--on", "2026-11-22"), "", 2),
    (("out", 3, "--to", "上各村", "--on", "1950-01-01"), "", 2),
    (("accept", 3), "No transfer of 张明 waits for an answer", 21),
    (("decline", 3, "--reason", "x"), "No transfer of 张明 waits for an answer", 21),
    (("out", 3, "--file", "x"), "Say for whom the file is", 2),
]  # fmt: skip


@pytest.mark.parametrize(("args", "said", "code"), BAD)
def test_what_cannot_be_is_refused_in_one_sentence(town: Chronic, args: tuple[object, ...], said: str, code: int) -> None:
    before = town.dump()
    run = town("transfer", *args, "--yes")
    assert (run.code, said in run.last) == (code, True), run
    assert town.dump() == before


def test_an_answer_lies_between_the_move_and_today(town: Chronic) -> None:
    moved(town, 3, "2026-11-10")
    assert town("transfer", "accept", 3, "--on", "2026-11-09").last == "2026-11-09 lies before the move of 2026-11-10."
    assert town("transfer", "accept", 3, "--on", "2026-11-22").code == 2
    assert town("transfer", "out", 3, "--to", "上各村").last.startswith(
        "张明 waits to be accepted since the move of 2026-11-10"
    )
    town.ok("transfer", "accept", 3, "--on", "2026-11-10")


def test_a_village_of_another_registry_is_named_with_its_township(town: Chronic) -> None:
    moved(town, 3, to="河西镇/沙湾村")
    assert [row["to_village"] for row in town.rows("transfer", "list")] == ["沙湾村"]
    town.ok("undo", "--yes")
    assert town.sql("SELECT count(*) FROM place WHERE name IN ('沙湾村', '河西镇')") == [(0,)]


STEPS = [
    ("transfer", "out", 3, "--to", "上各村", "--on", "2026-11-01"),
    ("transfer", "accept", 3, "--doctor", "周医生"),
    ("transfer", "out", 3, "--to", "下各村"),
    ("transfer", "decline", 3, "--reason", "x"),
    ("transfer", "out", 3, "--to", "河西镇/沙湾村"),
    ("transfer", "withdraw", 3),
    ("transfer", "out", 3, "--to-outside", "浙江省", "--yes"),
    ("transfer", "accept", 3, "--village", "下各村"),
]


def test_each_step_can_be_taken_back(town: Chronic) -> None:
    seen, listed = [], lists(town)
    for step in STEPS:
        seen.append(facts(town))
        town.ok(*step)
    for before in reversed(seen):
        town.ok("undo", "--yes")
        assert facts(town) == before
        assert stale(town) == []
    assert lists(town) == listed
    assert town.ok("check").code == 0


def test_reports_of_a_month_that_was_sent_stay_and_today_has_them_where_they_live_now(town: Chronic) -> None:
    """The village of a figure is the one of today, and of a frozen month the one of the day it was made."""
    month = ("report", "indicators", "--from", "2026-01-01", "--to", "2026-10-31", "--by", "village", "--format", "json")
    before = town.ok(*month).rows
    moved(town, 3)
    assert town.ok(*month).rows == before
    town.ok("transfer", "accept", 3)
    after = town.ok(*month).rows
    assert after != before


def test_the_list_of_those_who_wait_walks_its_index(town: Chronic) -> None:
    from chronic.store import transfers

    with contextlib.closing(registry.connect(town.path)) as db:
        plan = db.execute(f"EXPLAIN QUERY PLAN {transfers._OPEN} ORDER BY t.moved_on, t.person").fetchall()
    assert any("transfer_open" in row[3] for row in plan)
    assert not any("TEMP B-TREE" in row[3] or row[3].startswith("SCAN a") for row in plan)
