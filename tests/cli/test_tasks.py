"""`task`: problems with an owner and a day, what checks make of the registry, and that a check run again changes nothing."""

import contextlib
import re
from datetime import date

import pytest

from chronic.protocol import DEFAULT, load
from chronic.protocol.tasks import Tasks
from chronic.reports.tasks import Asked, query
from chronic.store import registry, tasks, transactions
from tests.care.undoing import stale
from tests.cli.nights import change
from tests.runner import Chronic, Row

CODES = {*Tasks.of(load(DEFAULT)).checks, "chronic"}
KNOWN = ("--phone", "13812345512", "--birth-date", "1956-03-01", "--village", "下各村")
COUNTY = """
id = "xx-county-2026"
base = "cn-nbphs-2017"
effective_from = 2026-01-01
title = { zh = "某县2026", en = "Some county 2026" }

[tasks.in_force]
cite = "county"
checks = ["overdue"]

[tasks.checks.overdue]
cite = "county"
after = "60 days"

[cites.county]
source = "XX county 2026"
mark = "A"
zh = "逾期超过60天列为任务"
en = "More than 60 days late is a task"
"""


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """1 is managed for hypertension and was well on 1 May, so due by 1 August; everything about her is known."""
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-10", *KNOWN, "--responsible-doctor", "张医生")
    chronic.visit(1, "2026-05-01", "--bp", "128/78")
    return chronic


def counts(chronic: Chronic, today: str, kind: str) -> tuple[int, int, int, int]:
    """(found, new, reopened, closed) of one check on a day."""
    (row,) = [row for row in chronic.rows("task", "check", today=today) if row["check"] == kind]
    return row["found"], row["new"], row["reopened"], row["closed"]


def the_task(chronic: Chronic, *args: object, today: str = "2026-11-21") -> Row:
    (row,) = chronic.rows("task", "list", *args, today=today)
    return row


# the story of one check ----------------------------------------------------------------------------


def test_a_late_person_is_a_task_once_until_seen_and_a_new_one_when_late_again(village: Chronic) -> None:
    day_90, day_91 = "2026-10-30", "2026-10-31"
    assert counts(village, day_90, "overdue") == (0, 0, 0, 0)
    assert counts(village, day_91, "overdue") == (1, 1, 0, 0)
    made = the_task(village, today=day_91)
    assert made | {"uid": None} == {
        "task": 1, "uid": None, "task_state": "open", "deadline": "2026-11-14", "days_overdue": None, "owner": "张医生",
        "person_id": 1, "name": "王秀兰", "village": "下各村", "check": "overdue",
        "title": "follow-up was due on 2026-08-01, more than 90 days ago", "since_on": "2026-08-01", "about": None,
        "found_on": day_91,
    }  # fmt: skip

    before = village.dump()
    assert counts(village, "2026-11-01", "overdue") == (1, 0, 0, 0)
    assert village.dump() == before

    village.visit(1, "2026-11-10", "--bp", "128/78")
    assert counts(village, "2026-11-11", "overdue") == (0, 0, 0, 1)
    done = the_task(village, "--closed")
    assert (done["task_closed_on"], done["evidence"]) == ("2026-11-11", "the problem is gone")

    assert counts(village, "2027-05-12", "overdue") == (1, 1, 0, 0)  # due on 2027-02-10: another problem
    assert [row["task"] for row in village.rows("task", "list", today="2027-05-12")] == [2]


def test_the_same_date_missed_again_is_the_same_task(village: Chronic) -> None:
    counts(village, "2026-11-01", "overdue")
    village.visit(1, "2026-11-10", "--bp", "128/78")
    counts(village, "2026-11-11", "overdue")
    village.ok("visit", "void", village.visit_number(1, "2026-11-10"), "--reason", "记错人", "--yes")
    assert counts(village, "2026-11-21", "overdue") == (1, 0, 1, 0)
    again = the_task(village)
    assert (again["task"], again["task_state"], again["deadline"]) == (1, "reopened", "2026-12-05")


def test_a_task_closed_by_hand_is_reopened_while_the_problem_is_there_and_keeps_its_day(village: Chronic) -> None:
    counts(village, "2026-11-01", "overdue")
    village.ok("task", "close", 1, "--evidence", "已上门", today="2026-11-05")
    assert village.rows("task", "list", today="2026-11-05") == []
    assert the_task(village, "--all")["evidence"] == "已上门"
    assert counts(village, "2026-11-06", "overdue") == (1, 0, 1, 0)
    assert (the_task(village)["task_state"], the_task(village)["deadline"]) == ("reopened", "2026-11-15")
    assert the_task(village)["days_overdue"] == 6
    assert the_task(village, "--overdue")["task"] == 1
    assert "closed by hand, but the problem is still there" in village.ok("task", "show", 1).out
    assert "已手工办结, 但问题仍在" in village.ok("task", "show", 1, lang="zh").out


def test_the_day_itself_is_not_late(village: Chronic) -> None:
    village.ok("task", "add", "随访表未签字", "--due", "2026-11-21")
    assert village.rows("task", "list", "--overdue") == []
    assert the_task(village, "--overdue", today="2026-11-22")["days_overdue"] == 1


def test_who_closed_a_person_closes_what_was_to_be_done_for_them(village: Chronic) -> None:
    counts(village, "2026-11-01", "overdue")
    village.ok("person", "close", 1, "--reason", "died", "--on", "2026-11-02", "--yes")
    assert counts(village, "2026-11-03", "overdue") == (0, 0, 0, 1)
    assert village.rows("task", "list") == []


def test_who_is_paused_is_not_called_long_overdue(village: Chronic) -> None:
    village.ok("pause", 1, "--on", "2026-10-01")
    assert counts(village, "2026-11-21", "overdue") == (0, 0, 0, 0)


def test_a_check_made_by_hand_is_taken_back_and_is_in_nobodys_way(village: Chronic) -> None:
    village.visit(1, "2026-05-02", "--bp", "128/78")
    village.ok("task", "check")
    assert "Taken back: registry checked." in village.ok("undo", "--yes").out
    assert village.sql("SELECT (SELECT count(*) FROM task) + (SELECT count(*) FROM task_open)") == [(0,)]
    village.ok("nightly")
    assert "visit recorded" in village.ok("undo", "--yes").out
    assert len(village.rows("task", "list")) == 1  # what it found stays until the next check


def test_a_registration_taken_back_takes_what_checks_found_along(village: Chronic) -> None:
    village.person("李建国", "--htn-enrolled-on", "2026-01-10")
    village.ok("nightly")
    village.ok("undo", "--yes")
    assert {row["person_id"] for row in village.rows("task", "list")} == {1}
    assert stale(village) == []


def test_a_task_that_somebody_else_worked_on_is_not_taken_back(village: Chronic) -> None:
    village.ok("task", "add", "血压计未校准")
    run = village("task", "note", 1, "已送检", CHRONIC_USER="王医生")
    assert run.code == 0
    run = village("undo", "--yes")
    assert run.code == 21
    assert "王医生" in run.last
    assert "undone" not in run.last


# what each check finds -----------------------------------------------------------------------------


def found(chronic: Chronic, today: str, kind: str) -> list[Row]:
    chronic.ok("task", "check", today=today)
    return chronic.rows("task", "list", "--kind", kind, today=today)


def test_an_open_danger_is_a_task_when_its_clock_has_run_out(village: Chronic) -> None:
    village.visit(1, "2026-06-01", "--bp", "186/112")
    assert found(village, "2026-06-15", "danger") == []
    (row,) = found(village, "2026-06-16", "danger")
    assert (row["deadline"], row["title"]) == (
        "2026-06-17", "emergency referral of 2026-06-01: outcome not found out in time",
    )  # fmt: skip
    village.ok("refer", "reply", 1, "--outcome", "seen", "--on", "2026-06-16", today="2026-06-16")
    assert found(village, "2026-06-17", "danger") == []


def test_who_did_not_go_is_the_same_task_again_fourteen_days_later(village: Chronic) -> None:
    for day in ("2026-06-01", "2026-06-10"):
        village.visit(1, day, "--bp", "156/96")
    assert found(village, "2026-06-24", "referral") == []
    assert len(found(village, "2026-06-25", "referral")) == 1
    village.ok("refer", "reply", 1, "--outcome", "not_arrived", "--on", "2026-06-25", today="2026-06-25")
    assert found(village, "2026-06-26", "referral") == []
    assert found(village, "2026-07-09", "referral") == []
    (row,) = found(village, "2026-07-10", "referral")
    assert (row["task"], row["task_state"]) == (1, "reopened")


def test_a_suspicion_is_a_task_until_it_is_confirmed_and_again_until_enrolled(chronic: Chronic) -> None:
    chronic.person("李建国", "--birth-date", "1960-05-05")
    for day in ("2026-05-01", "2026-05-10", "2026-05-20"):
        chronic.ok("screen", "add", 1, "--bp", "150/96", "--on", day)
    assert found(chronic, "2026-06-03", "suspicion") == []
    (row,) = found(chronic, "2026-06-04", "suspicion")
    assert "hypertension" in row["title"]
    chronic.ok("refer", "reply", 1, "--outcome", "seen", "--confirmed", "yes", "--on", "2026-06-05", today="2026-06-05")
    assert found(chronic, "2026-06-06", "suspicion") == []
    (row,) = found(chronic, "2026-08-01", "suspicion")
    assert row["task"] == 2
    chronic.ok("enrol", 1, "htn", "--on", "2026-08-01", today="2026-08-01")
    assert found(chronic, "2026-08-01", "suspicion") == []


def test_enrolled_and_never_seen(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-10-01", "--dm-enrolled-on", "2026-10-01", *KNOWN)
    assert found(chronic, "2026-10-31", "never_seen") == []
    (row,) = found(chronic, "2026-11-01", "never_seen")
    assert row["title"] == "managed since 2026-10-01 and never seen in more than 30 days"
    chronic.visit(1, "2026-11-01", "--bp", "128/78")
    assert found(chronic, "2026-11-01", "never_seen") == []


def test_a_year_without_any_contact_counts_for_those_paused_too(village: Chronic) -> None:
    village.ok("pause", 1, "--on", "2026-10-01")
    assert found(village, "2027-05-01", "no_contact") == []
    assert len(found(village, "2027-05-02", "no_contact")) == 1
    village.visit(1, "2027-05-02", "--way", "phone", "--danger", "no", today="2027-05-02")
    assert found(village, "2027-05-02", "no_contact") == []


def test_who_was_enrolled_a_month_ago_is_not_a_year_without_contact(chronic: Chronic) -> None:
    chronic.person("李建国", "--birth-date", "1960-05-05")
    chronic.ok("screen", "add", 1, "--bp", "128/78", "--on", "2025-01-05")
    chronic.ok("enrol", 1, "htn", "--on", "2026-10-01")
    assert found(chronic, "2026-11-21", "no_contact") == []


def test_what_is_missing_of_who_is_managed_is_a_task_each(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-11-10")
    chronic.person("李建国")  # not managed
    rows = found(chronic, "2026-11-21", "missing")
    assert [row["title"] for row in rows] == ["managed, but without: " + word for word in ("Phone", "Birth date", "Village")]
    assert {row["owner"] for row in rows} == {"李医生"}  # nobody is responsible: the registry's doctor
    chronic.ok("person", "edit", 1, "--phone", "13812345512", "--village", "下各村")
    assert [row["title"] for row in found(chronic, "2026-11-21", "missing")] == ["managed, but without: Birth date"]


def test_an_abnormal_result_of_a_check_up_that_nobody_settled(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--on", "2026-06-01", "--bp-left", "128/78", "--ecg", "abnormal")
    assert found(village, "2026-06-15", "finding") == []
    (row,) = found(village, "2026-06-16", "finding")
    assert "2026-06-01" in row["title"]
    village.ok("checkup", "fix", 1, "--bp-left", "126/76")  # the same result of the same day
    assert [row["task"] for row in found(village, "2026-06-17", "finding")] == [row["task"]]
    village.ok("checkup", "resolve", 1, "ecg", "--note", "县医院复查正常")
    assert found(village, "2026-06-18", "finding") == []


def test_facts_that_contradict_each_other(village: Chronic) -> None:
    village.ok("person", "edit", 1, "--smoking-status", "never")
    assert found(village, "2026-05-02", "smoking") == []
    village.visit(1, "2026-05-10", "--bp", "128/78", "--smoke-per-day", "10")
    assert len(found(village, "2026-05-11", "smoking")) == 1
    village.visit(1, "2026-05-20", "--bp", "128/78", "--smoke-per-day", "0")
    assert found(village, "2026-05-21", "smoking") == []

    village.person("李建国", "--birth-date", "1960-05-05")
    for day in ("2026-05-01", "2026-05-10", "2026-05-20"):
        village.ok("screen", "add", 2, "--bp", "150/96", "--on", day)
    village.ok("refer", "reply", 2, "--outcome", "seen", "--confirmed", "no", "--on", "2026-05-25")
    assert found(village, "2026-05-26", "denied") == []
    village.ok("enrol", 2, "htn", "--on", "2026-05-20")
    (row,) = found(village, "2026-05-26", "denied")
    assert row["title"] == "the hospital ruled out hypertension on 2026-05-25, yet it is managed"
    village.ok("programme", "end", 2, "htn", "--reason", "withdrawn", "--on", "2026-05-27", "--yes")
    assert found(village, "2026-05-28", "denied") == []


def test_a_referral_whose_management_ended_is_closed_by_saying_what_became_of_it(village: Chronic) -> None:
    for day in ("2026-06-01", "2026-06-10"):
        village.visit(1, day, "--bp", "156/96")
    village.ok("programme", "end", 1, "htn", "--reason", "refused", "--on", "2026-06-12", "--yes")
    (row,) = found(village, "2026-06-13", "outcome_missing")
    village.ok("task", "close", row["task"], "--evidence", "县医院已诊治", today="2026-06-14")
    assert found(village, "2026-06-15", "outcome_missing") == []
    assert the_task(village, "--closed", "--kind", "outcome_missing")["evidence"] == "县医院已诊治"


@pytest.fixture
def households(chronic: Chronic) -> Chronic:
    """1 is monitored; 2 lives with them; 3 next door, 4 in another hamlet under the same number."""
    for name, hamlet, number in (
        ("王秀兰", "3组", "7"),
        ("李建国", "3组", "7"),
        ("陈志强", "3组", "8"),
        ("周玉珍", "1组", "7"),
    ):
        chronic.person(name, "--htn-enrolled-on", "2026-01-10", *KNOWN, "--hamlet", hamlet, "--household-no", number)
    chronic.ok("person", "edit", 1, "--tags", "低收入监测户")
    return chronic


def test_a_new_complication_in_a_monitored_household_is_a_notice_for_the_committee(households: Chronic) -> None:
    for person in (1, 2, 3, 4):
        households.visit(person, "2026-11-01", "--bp", "150/95", "--complication", "new")
    households.visit(2, "2026-07-01", "--bp", "150/95", "--complication", "new")  # long ago
    rows = found(households, "2026-11-21", "notice")
    assert sorted(row["person_id"] for row in rows) == [1, 2]
    assert rows[0]["title"] == (
        "monitored household: new serious complication or major illness on 2026-11-01, tell the village committee"
    )  # fmt: skip
    households.ok("task", "close", rows[0]["task"], "--evidence", "已书面告知村委会")
    households.ok("visit", "void", households.visit_number(rows[1]["person_id"], "2026-11-01"), "--reason", "记错", "--yes")
    assert found(households, "2026-11-22", "notice") == []
    closed = {row["task"]: row["evidence"] for row in households.rows("task", "list", "--closed", "--kind", "notice")}
    assert closed == {rows[0]["task"]: "已书面告知村委会", rows[1]["task"]: "the problem is gone"}


def test_a_notice_stays_open_however_long_nobody_tells_the_committee(households: Chronic) -> None:
    households.visit(2, "2026-11-01", "--bp", "150/95", "--complication", "new")
    assert len(found(households, "2026-11-21", "notice")) == 1
    (row,) = found(households, "2027-11-21", "notice")
    assert row["days_overdue"] == 358


# by hand -------------------------------------------------------------------------------------------


def test_a_typed_task_has_an_owner_and_a_day(village: Chronic) -> None:
    village.ok("task", "add", "随访表未签字", "--person", 1)
    village.ok("task", "add", "血压计未校准", "--village", "下各村", "--owner", "王医生", "--due", "2026-11-30")
    by_number = {row["task"]: row for row in village.rows("task", "list")}
    assert (by_number[1]["owner"], by_number[1]["deadline"], by_number[1]["person_id"]) == ("张医生", "2026-12-05", 1)
    assert (by_number[2]["owner"], by_number[2]["deadline"], by_number[2]["village"]) == ("王医生", "2026-11-30", "下各村")
    village.ok("task", "assign", 2, "--owner", "李医生", "--due", "2026-12-24")
    assert the_task(village, "--owner", "李医生")["deadline"] == "2026-12-24"
    assert village.rows("task", "list", "--owner", "王医生") == []
    village.ok("task", "check")
    assert len(village.rows("task", "list", "--kind", "typed")) == 2  # no check closes what somebody wrote down


def test_what_became_of_a_task_is_told_in_order(village: Chronic) -> None:
    village.ok("task", "add", "随访表未签字", "--person", 1, today="2026-11-01")
    village.ok("task", "note", 1, "表在镇卫生院", today="2026-11-02")
    village.ok("task", "assign", 1, "--owner", "王医生", today="2026-11-03")
    village.ok("task", "close", 1, "--evidence", "已补签", "--on", "2026-11-04", today="2026-11-05")
    story = village.rows("task", "show", 1)
    assert [(row["on"], row["task_event"], row["detail"]) for row in story] == [
        ("2026-11-01", "found", None), ("2026-11-02", "note", "表在镇卫生院"), ("2026-11-03", "handed_to", "王医生"),
        ("2026-11-04", "closed", "已补签"),
    ]  # fmt: skip
    assert "王秀兰" in village.ok("task", "show", 1).out
    timeline = village.ok("person", "timeline", 1).out
    assert "随访表未签字  已补签" in timeline


def test_today_and_the_person_name_open_tasks_and_say_nothing_without_any(village: Chronic) -> None:
    assert "task" not in village.ok("today").out
    village.ok("task", "add", "随访表未签字", "--person", 1, "--owner", "李医生", "--due", "2026-11-22")
    assert re.search(r"^tasks 1 +chronic task list --owner 李医生$", village.ok("today").out, re.M)
    assert re.search(
        r"^tasks 1   late tasks 1 +chronic task list --owner 李医生$", village.ok("today", today="2026-11-23").out, re.M
    )
    assert "Task 1, by 2026-11-22: 随访表未签字" in village.ok("person", "show", 1).out
    village.ok("task", "close", 1, "--evidence", "已补签")
    assert "task list" not in village.ok("today").out
    assert "随访表未签字" not in village.ok("person", "show", 1).out


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["add", " "], 2, "Say what is to be done."),
        (["add", "x", "--due", "2026-11-20"], 2, "2026-11-20 is over"),
        (["add", "x", "--village", "没有村"], 2, "no village 没有村"),
        (["add", "x", "--person", "99"], 20, "Nobody fits 99."),
        (["show", "99"], 2, "There is no task 99"),
        (["close", "99", "--evidence", "x"], 2, "There is no task 99"),
        (["close", "1", "--evidence", " "], 2, "Say what was done"),
        (["close", "1", "--evidence", "x", "--on", "2026-11-22"], 2, "lies in the future"),
        (
            ["close", "1", "--evidence", "x", "--on", "2026-11-19"],
            2,
            "2026-11-19 lies before the task was found, 2026-11-20",
        ),
        (["close", "2", "--evidence", "x"], 21, "Task 2 is closed already"),
        (["assign", "1", "--owner", " "], 2, "Say who is to do it"),
        (["assign", "1", "--owner", "x", "--due", "2026-11-20"], 2, "2026-11-20 is over"),
        (["assign", "2", "--owner", "x"], 21, "Task 2 is closed already"),
        (["note", "1", ""], 2, "Say what is to be noted."),
        (["list", "--kind", "nothing"], 2, "There is no check nothing; known are: typed, danger"),
        (["list", "--open", "--closed"], 2, "Give only one of"),
        (["list", "--closed", "--overdue"], 2, "Give only one of"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence_and_changes_nothing(
    village: Chronic, args: list[str], code: int, says: str
) -> None:
    village.ok("task", "add", "随访表未签字", today="2026-11-20")
    village.ok("task", "add", "血压计未校准", today="2026-11-20")
    village.ok("task", "close", 2, "--evidence", "已校准", today="2026-11-20")
    before = village.dump()
    run = village("task", *args)
    assert (run.code, village.dump()) == (code, before)
    assert says in run.last
    in_chinese = village("task", *args, lang="zh")
    assert re.search("[\u4e00-\u9fff]", in_chinese.last)


def test_a_county_changes_a_limit_and_leaves_checks_out(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--on", "2026-06-01", "--bp-left", "128/78", "--ecg", "abnormal")
    village.ok("task", "check", today="2026-10-05")
    assert {row["check"] for row in village.rows("task", "list")} == {"finding"}
    (village.folder / "county.toml").write_text(COUNTY, encoding="utf-8")
    village.ok("protocol", "use", village.folder / "county.toml", "--from", "2026-09-01", "--yes")
    counted = {row["check"]: (row["new"], row["closed"]) for row in village.rows("task", "check", today="2026-10-05")}
    assert counted == {"overdue": (1, 0), "finding": (0, 1)}
    (kind,) = village.rows("task", "kinds")
    assert (kind["limit"], kind["source"]) == ("60 days", "XX county 2026")


def test_everything_is_said_in_chinese(village: Chronic) -> None:
    village.ok("task", "check")
    for args in (["check"], ["list"], ["list", "--all"], ["kinds"], ["show", 1], ["note", 1, "已电话联系"]):
        out = village.ok("task", *args, lang="zh").out
        said = re.sub(r"chronic [a-z]+( [a-z]+)?|NB3|DERIVED|PROPOSED", "", out)
        assert set(re.findall("[A-Za-z_]{2,}", said)) <= CODES, out


# what it costs -------------------------------------------------------------------------------------


def test_a_list_of_open_tasks_reads_what_is_open(village: Chronic) -> None:
    with contextlib.closing(registry.connect(village.path)) as db:
        for asked in (Asked(), Asked(owner="李医生"), Asked(person=1), Asked(kind="overdue"), Asked(overdue=True)):
            sql, values = query(["danger"], asked, date(2026, 11, 21))
            steps = [step[3] for step in db.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
            assert [step for step in steps if re.match("SCAN t\\b", step)] == [], asked
            scanned = [step for step in steps if step.startswith("SCAN o")]
            assert bool(scanned) == (asked in (Asked(), Asked(overdue=True))), (asked, steps)


def test_which_tasks_are_open_follows_from_their_events(village: Chronic) -> None:
    village.ok("task", "check")
    village.ok("task", "add", "随访表未签字")
    village.ok("task", "close", 1, "--evidence", "x")
    before = village.sql("SELECT * FROM task_open ORDER BY task")
    change(village, "DELETE FROM task_open")
    with contextlib.closing(registry.connect(village.path)) as db, transactions.immediate(db):
        tasks.derive(db, [1, 2, 3])
    assert village.sql("SELECT * FROM task_open ORDER BY task") == before


def test_a_task_is_finished_and_not_struck_off_the_register_as_a_person_is(village: Chronic) -> None:
    village.ok("task", "add", "随访表未签字", "--person", 1)
    village.ok("task", "close", 1, "--evidence", "已补签")
    listed = village.ok("task", "list", "--closed", lang="zh").out
    assert "办结日期" in listed
    assert "销档" not in listed + village.ok("task", "show", 1, lang="zh").out
    village.ok("task", "accept", 1)
    assert "已销号" in village.ok("task", "list", "--closed", lang="zh").out
    assert "已接收" not in village.ok("task", "show", 1, lang="zh").out
