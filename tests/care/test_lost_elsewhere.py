"""How people fell out of the lists of other programs, each as a test: a visit that was none, a reason, a place, a count."""

import csv
import io
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from chronic.i18n.terms import CALL_OUTCOMES as WORDS
from chronic.model.fields import CALL_OUTCOMES
from tests.runner import Chronic

DAY = date(2026, 11, 1)
SCHEMA = Path(__file__).resolve().parents[2] / "schema.sql"


def on(days: int) -> str:
    """Day 0 is the first of November; who was seen on 31 July was due the day before it."""
    return (DAY + timedelta(days=days)).isoformat()


@pytest.fixture
def late(chronic: Chronic) -> Chronic:
    """王秀兰 is late from day 0 on; her doctor is 李医生 in 下各村."""
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-01", "--phone", "13812345512", "--village", "下各村",
                   "--responsible-doctor", "李医生")  # fmt: skip
    chronic.visit(1, "2026-07-31", "--bp", "128/78", "--danger", "no")
    return chronic


def test_the_day_itself_is_on_time_in_every_list_alike(late: Chronic) -> None:
    """There one predicate said late on the day, the lists from the next."""
    assert (late.ids("due", "--within", "0d", today=on(-1)), late.ids("overdue", today=on(-1))) == ([1], [])
    assert (late.ids("due", "--within", "0d", today=on(0)), late.ids("overdue", today=on(0))) == ([], [1])
    assert [row["section"] for row in late.rows("calls", today=on(0))] == ["overdue"]
    assert "overdue 0" in late.ok("today", today=on(-1)).out
    assert "overdue 1" in late.ok("today", today=on(0)).out


def test_what_is_no_visit_ends_nothing(late: Chronic) -> None:
    """There a new date or a prescription counted as a visit."""
    late.ok("call", 1, "--outcome", "agreed", "--date", on(3), today=on(0))
    late.ok("medicine", "give", 1, "氨氯地平", "--days", 30, today=on(0))
    late.ok("visit", "add", 1, "--way", "phone", "--danger", "no", "--next-visit-date", on(60), "--on", on(0), today=on(0))
    late.ok("contract", "sign", 1, "--team", "李医生团队", today=on(0))
    (row,) = late.rows("overdue", today=on(1))
    assert (row["due_on"], row["last_visit_on"]) == (on(-1), "2026-07-31")


def test_whose_list_it_is_says_the_register_and_not_the_visit(late: Chronic) -> None:
    """There the list was that of the place where the last date had been made."""
    late.ok("visit", "add", 1, "--bp", "150/95", "--danger", "no", "--visit-doctor", "赵医生", "--on", on(0), today=on(0))
    assert late.ids("overdue", "--doctor", "李医生", today=on(20)) == [1]
    assert late.ids("overdue", "--doctor", "赵医生", today=on(20)) == []
    late.ok("person", "edit", 1, "--village", "上各村", "--responsible-doctor", "赵医生", today=on(20))
    assert late.ids("overdue", "--doctor", "赵医生", "--village", "上各村", today=on(20)) == [1]
    assert late.ids("overdue", "--village", "下各村", today=on(20)) == []


@pytest.mark.parametrize("outcome", list(CALL_OUTCOMES))
def test_the_file_has_everyone_whatever_was_said(late: Chronic, outcome: str) -> None:
    """There it left out who had agreed, was to be reminded, or had been taken off; its first line was no header."""
    date_of = ["--date", on(3)] if outcome in ("agreed", "call_later") else []
    late.ok("call", 1, "--outcome", outcome, *date_of, "--note", "说明", today=on(0))
    (row,) = csv.DictReader(io.StringIO(late.ok("overdue", "--format", "csv", today=on(1)).out))
    assert (row["name"], row["calls"], row["days_overdue"]) == ("王秀兰", "1", "2")


def test_every_attempt_is_kept_and_the_latest_decides(late: Chronic) -> None:
    for days, outcome in enumerate(("not_reached", "died", "not_reached")):
        late.ok("call", 1, "--outcome", outcome, today=on(days))
    assert [row["on"] for row in late.rows("person", "timeline", 1) if row["event"] == "call"] == [on(0), on(1), on(2)]
    assert late.sql("SELECT told, ends, calls FROM agenda") == [("not_reached", None, 3)]


def test_the_reasons_are_the_same_words_everywhere() -> None:
    """There the app and the server drifted apart."""
    table = re.search(r"CREATE TABLE call \(.*?STRICT;", SCHEMA.read_text(encoding="utf-8"), re.DOTALL)
    assert table is not None
    checked = re.search(r"CHECK \(outcome = .*?\)\)?,", table[0], re.DOTALL)
    assert checked is not None
    assert set(re.findall(r"outcome = '(\w+)'", checked[0])) == set(CALL_OUTCOMES) == set(WORDS)


def test_somebody_with_much_to_do_is_on_a_list_once_and_the_counts_are_those_of_the_lists(late: Chronic) -> None:
    """There the same person stood on it twice, and the number above the list was another."""
    late.ok("enrol", 1, "dm", "--on", "2026-02-01")
    late.ok("visit", "add", 1, "--bp", "186/112", "--fpg", "17.2", "--danger", "yes", "--on", on(0), today=on(0))
    late.ok("refer", "out", 1, "--reason", "眼底", "--yes", today=on(0))
    late.person("李建国", "--birth-date", "1970-05-05", "--village", "下各村", today=on(0))
    late.ok("screen", "add", 2, "--bp", "150/95", "--on", on(0), today=on(0))
    later = on(60)
    for args in (["overdue"], ["overdue", "--kind", "all"], ["calls"], ["chain", "--stuck"]):
        ids = late.ids(*args, today=later)
        assert len(set(ids)) == len(ids), args
    counted = sum(row["overdue"] for row in late.rows("overdue", "--by", "village", today=later))
    assert counted == len(late.ids("overdue", today=later)) == 1
    assert f"to call today {len(late.ids('calls', today=later))}" in late.ok("today", today=later).out


def test_without_a_phone_nobody_leaves_a_list(late: Chronic) -> None:
    """There only who had a mobile was contactable."""
    late.ok("person", "edit", 1, "--clear", "phone")
    for command in ("overdue", "calls"):
        assert late.ids(command, today=on(0)) == [1]
    late.ok("call", 1, "--way", "door", "--outcome", "agreed", "--date", on(3), today=on(0))
    assert late.ids("calls", today=on(4)) == [1]


def test_who_moved_or_died_leaves_the_figures_from_that_day_and_comes_back_if_it_was_a_mistake(late: Chronic) -> None:
    late.ok("person", "close", 1, "--reason", "moved", "--on", on(2), "--yes", today=on(2))
    assert late.ids("overdue", today=on(2)) == []
    assert [row["managed"] for row in late.rows("contract", "list", "--summary", today=on(2))] == [0]
    assert {row["stage"]: row["people"] for row in late.rows("chain", today=on(2))}["managed"] == 0
    late.ok("person", "reopen", 1, "--yes", today=on(3))
    assert late.ids("overdue", today=on(3)) == [1]
    assert {row["stage"]: row["people"] for row in late.rows("chain", today=on(3))}["managed"] == 1


def test_an_empty_list_says_so_and_is_a_file_with_its_columns(chronic: Chronic) -> None:
    for command in (["overdue"], ["calls"], ["refer", "list"], ["chain", "--stuck"]):
        assert "Nobody." in chronic.ok(*command).out, command
        (header,) = chronic.ok(*command, "--format", "csv").out.splitlines()
        assert "person_id" in header
