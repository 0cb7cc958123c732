"""`order`: asked for, sent, result back or cancelled; what still counts is not ordered twice; whose result is late."""

import contextlib

import pytest

from chronic.store import orders, registry
from tests.care.undoing import facts
from tests.runner import Chronic, Row


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    for name, born in (("王秀兰", "1956-03-01"), ("李建国", "1960-03-01")):
        chronic.person(name, "--sex", "F", "--birth-date", born, "--htn-enrolled-on", "2025-01-01", "--dm-enrolled-on",
                       "2025-01-01", "--village", "下各村")  # fmt: skip
    return chronic


def rows(chronic: Chronic, *args: object, today: str = "2026-11-21") -> list[Row]:
    return chronic.rows("order", "list", *args, today=today)


def late(chronic: Chronic, today: str) -> list[tuple[int, int]]:
    return [(row["number"], row["days_late"]) for row in rows(chronic, "--overdue", today=today)]


def test_on_day_3_a_tele_ecg_is_on_time_on_day_4_it_is_late_and_the_result_ends_it(village: Chronic) -> None:
    run = village.ok("order", "add", 1, "远程心电", "--at", "县医院", "--on", "2026-11-01")
    assert "number 1: ECG; result by 2026-11-04" in run.out
    assert late(village, "2026-11-04") == []
    assert late(village, "2026-11-05") == [(1, 1)]
    assert "results late 1" in village.ok("today", today="2026-11-05").out
    assert "results late" not in village.ok("today", today="2026-11-04").out
    assert "RESULT LATE" in village.ok("person", "show", 1, today="2026-11-05").out
    out = village.ok("order", "result", 1, "--result", "normal", "--on", "2026-11-05").out
    assert "Recorded: ECG." in out
    assert late(village, "2026-11-21") == [] == rows(village)
    (result,) = village.rows("test", "list", 1)
    assert (result["test"], result["result"], result["institution"]) == ("ecg", "normal", "县医院")
    (mine,) = rows(village, 1)
    assert (mine["status"], mine["status_on"], mine["days_late"]) == ("resulted", "2026-11-05", None)
    assert "Order 1" not in village.ok("person", "show", 1).out


def test_a_sent_order_counts_from_the_day_it_was_sent(village: Chronic) -> None:
    village.ok("order", "add", 1, "uacr", "--on", "2026-11-01")
    assert rows(village)[0]["due_on"] == "2026-11-15"
    assert "result by 2026-11-19" in village.ok("order", "sent", 1, "--on", "2026-11-05").out
    (row,) = rows(village)
    assert (row["status"], row["status_on"], row["due_on"]) == ("sent", "2026-11-05", "2026-11-19")
    assert late(village, "2026-11-19") == []
    assert late(village, "2026-11-20") == [(1, 1)]


def test_the_longest_late_comes_first_and_nobody_closed_is_listed(village: Chronic) -> None:
    village.ok("order", "add", 1, "fundus", "--on", "2026-10-10")
    village.ok("order", "add", 2, "ecg", "--on", "2026-10-10")
    village.ok("order", "add", 2, "lipids", "--on", "2026-11-20")
    assert late(village, "2026-11-21") == [(2, 39), (1, 28)]
    assert [row["number"] for row in rows(village)] == [2, 1, 3]
    assert [row["number"] for row in rows(village, "--limit", 1)] == [2]
    assert village("order", "list", "--village", "上各村").code == 2
    village.ok("person", "close", 2, "--reason", "died", "--on", "2026-11-20", "--yes")
    assert [row["number"] for row in rows(village)] == [1]
    assert "results late 1" in village.ok("today").out


def test_what_still_counts_is_shown_and_needs_anyway(village: Chronic) -> None:
    village.ok("test", "add", 1, "--test", "fundus", "--result", "normal", "--at", "县医院", "--on", "2026-10-08")
    before = village.dump()
    run = village("order", "add", 1, "眼底")
    assert run.code == 21
    assert "Already there: fundus normal of 2026-10-08, 县医院; counts until 2027-10-08." in run.err
    assert "--anyway" in run.last
    assert village.dump() == before
    assert village("order", "add", 1, "眼底", today="2027-10-08").code == 21  # the last day of the window
    village.ok("order", "add", 1, "眼底", today="2027-10-09")
    village.ok("order", "add", 1, "眼底", "--anyway")


def test_at_a_terminal_it_is_asked(village: Chronic) -> None:
    village.ok("test", "add", 1, "--test", "fundus", "--result", "normal", "--at", "县医院", "--on", "2026-10-08")
    assert village("order", "add", 1, "fundus", stdin="n\n", console="utf-8").code == 1
    assert rows(village) == []
    assert village("order", "add", 1, "fundus", stdin="y\n", console="utf-8").code == 0
    assert len(rows(village)) == 1


def test_a_result_that_calls_for_a_repeat_does_not_stand_in_the_way(village: Chronic) -> None:
    village.ok("test", "add", 1, "--test", "uacr", "--value", 45, "--on", "2026-11-01")
    run = village.ok("order", "add", 1, "uacr")
    assert "Already there" in run.err
    again = village("order", "add", 1, "uacr")
    assert again.code == 21
    assert "still open" in again.last


def test_an_open_order_is_not_asked_for_twice(village: Chronic) -> None:
    village.ok("order", "add", 1, "ecg", "--on", "2026-11-20")
    assert "Order 1 of 2026-11-20 is still open" in village("order", "add", 1, "远程心电图").last
    village.ok("order", "add", 1, "ecg", "--anyway")
    village.ok("order", "add", 2, "ecg")


def test_values_answer_an_order_each_under_its_own_name(village: Chronic) -> None:
    village.ok("order", "add", 1, "血脂", "--on", "2026-11-10")
    assert "ldl_c" in village("order", "result", 1, "--value", "2.4").last
    assert village("order", "result", 1, "--value", "hba1c=6").code == 2
    assert village("order", "result", 1, "--value", "ldl_c=abc").code == 2
    assert village("order", "result", 1).code == 2
    assert rows(village, 1)[0]["status"] == "requested"
    village.ok("order", "result", 1, "--value", "ldl_c=2.4", "--value", "tg=1.6", "--institution", "镇卫生院")
    found = {row["test"]: row["value"] for row in village.rows("test", "list", 1)}
    assert found == {"ldl_c": 2.4, "tg": 1.6}
    village.ok("order", "add", 1, "uacr")
    village.ok("order", "result", 2, "--value", "45", "--result", "abnormal")
    (uacr,) = [row for row in village.rows("test", "list", 1) if row["test"] == "uacr"]
    assert (uacr["value"], uacr["result"]) == (45, "abnormal")


def test_a_result_recorded_before_is_tied_to_the_order_and_not_written_again(village: Chronic) -> None:
    village.ok("order", "add", 1, "ecg", "--at", "县医院", "--on", "2026-11-01")
    run = village.ok("test", "add", 1, "--test", "ecg", "--result", "normal", "--at", "县医院", "--on", "2026-11-02")
    assert "chronic order result 1" in run.out
    village.ok("order", "result", 1, "--result", "normal", "--on", "2026-11-02")
    assert len(village.rows("test", "list", 1)) == 1
    assert rows(village) == []


def test_an_order_whose_result_was_withdrawn_is_open_again(village: Chronic) -> None:
    village.ok("order", "add", 1, "lipids", "--on", "2026-11-01")
    village.ok("order", "result", 1, "--value", "ldl_c=2.4", "--value", "tg=1.6", "--on", "2026-11-02")
    village.ok("test", "void", 1, "--reason", "记错人", "--yes")
    assert rows(village) == []  # the other value stands
    village.ok("test", "void", 2, "--reason", "记错人", "--yes")
    assert [row["status"] for row in rows(village)] == ["requested"]
    village.ok("undo", "--yes")
    assert rows(village) == []
    assert [row["status"] for row in rows(village, 1)] == ["resulted"]


def test_a_cancelled_order_is_closed_for_good(village: Chronic) -> None:
    village.ok("order", "add", 1, "ecg", "--on", "2026-11-01")
    village.ok("order", "cancel", 1, "--reason", "本人不愿意", "--on", "2026-11-03")
    assert rows(village) == []
    assert rows(village, 1)[0]["status"] == "cancelled"
    assert [row["number"] for row in rows(village, "--all")] == [1]
    for args in (("sent", 1), ("cancel", 1, "--reason", "x"), ("result", 1, "--result", "normal")):
        run = village("order", *args)
        assert run.code == 21
        assert "2026-11-03" in run.last


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("add", 1, "ct"), 2),
        (("add", 1, "ecg", "--on", "2026-11-22"), 2),
        (("add", 1, "ecg", "--on", "1950-01-01"), 2),
        (("sent", 7), 21),
        (("sent", 1, "--on", "2026-10-31"), 2),
        (("sent", 1, "--on", "2026-11-22"), 2),
        (("cancel", 1), 2),
        (("cancel", 1, "--reason", "x", "--on", "2026-10-31"), 2),
        (("result", 1, "--result", "normal", "--on", "2026-10-31"), 2),
        (("result", 1, "--result", "fine"), 2),
        (("result", 1, "--value", "3"), 2),
        (("result", 9, "--result", "normal"), 21),
    ],
)
def test_bad_input_is_one_sentence_and_changes_nothing(village: Chronic, args: tuple[object, ...], code: int) -> None:
    village.ok("order", "add", 1, "ecg", "--on", "2026-11-01")
    before = village.dump()
    run = village("order", *args)
    assert run.code == code, run.err
    assert run.last
    assert "Traceback" not in run.err
    assert village.dump() == before


def test_everything_is_taken_back_step_by_step(village: Chronic) -> None:
    steps: list[tuple[object, ...]] = [
        ("order", "add", 1, "ecg", "--on", "2026-11-01"),
        ("order", "sent", 1, "--on", "2026-11-02"),
        ("order", "result", 1, "--result", "abnormal", "--on", "2026-11-03"),
        ("test", "void", 1, "--reason", "记错人", "--yes"),
        ("order", "cancel", 1, "--reason", "本人不愿意", "--on", "2026-11-04"),
    ]
    seen = []
    for step in steps:
        seen.append(facts(village))
        village.ok(*step)
    for before in reversed(seen):
        shown = village.ok("undo", "--yes")
        assert "ECG" in shown.err
        assert facts(village) == before
    assert [row for row in village.rows("person", "timeline", 1) if row["event"] == "order"] == []


def test_the_timeline_tells_what_was_ordered_and_what_became_of_it(village: Chronic) -> None:
    village.ok("order", "add", 1, "ecg", "--on", "2026-11-01")
    village.ok("order", "result", 1, "--result", "normal", "--on", "2026-11-03")
    told = [(row["on"], row["detail"]) for row in village.rows("person", "timeline", 1) if row["event"] == "order"]
    assert told == [("2026-11-01", "ECG  requested"), ("2026-11-03", "ECG  result back")]


def test_in_chinese_everything_is_said_in_chinese(village: Chronic) -> None:
    run = village.ok("order", "add", 1, "远程心电", lang="zh")
    assert "已开单, 编号 1: 心电图" in run.out
    assert "已开单" in village.ok("order", "list", lang="zh").out


def test_open_orders_are_found_without_reading_the_others(village: Chronic) -> None:
    asked: list[str] = []
    with contextlib.closing(registry.connect(village.path)) as db:
        db.set_trace_callback(asked.append)
        list(orders.still_open(db))
        db.set_trace_callback(None)
        (sql,) = asked
        (first, *others) = [step[3] for step in db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert "exam_order_open" in first
    assert not [step for step in others if "TEMP B-TREE" in step or step.startswith("SCAN")]
