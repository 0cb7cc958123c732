"""Due visits in the calendar of a phone."""

from datetime import date
from typing import Any

import pytest
from icalendar import Calendar

from tests.runner import TODAY, Chronic


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """Due on 1 and 10 December, one overdue, one paused."""
    for name, hamlet in (("王秀兰", "1组"), ("李建国欧阳" * 8, "很长的小组名称" * 6), ("陈志强", "2组"), ("周桂芳", "2组")):
        chronic.person(
            name, "--village", "下各村", "--hamlet", hamlet, "--phone", "13812345512", "--htn-enrolled-on", "2026-01-01"
        )
    chronic.visit(1, "2026-09-01", "--bp", "128/78")
    chronic.visit(2, "2026-09-10", "--bp", "128/78")
    chronic.visit(3, "2026-06-01", "--bp", "128/78")
    chronic.visit(4, "2026-09-11", "--bp", "128/78")
    chronic.ok("pause", 4)
    return chronic


def events(chronic: Chronic, *args: object, today: str = TODAY) -> list[Any]:
    file = chronic.folder / "due.ics"
    chronic.ok("export", "ics", *args, "--out", file, today=today)
    return Calendar.from_ical(file.read_bytes()).walk("VEVENT")


def test_everyone_due_has_a_day_and_whoever_is_late_is_counted(village: Chronic) -> None:
    first, second = events(village, "--within", "30d")
    assert (str(first["summary"]), str(first["description"])) == ("follow-up: 1 王**", "下各村 1组")
    assert (first.decoded("dtstart"), first.decoded("dtend")) == (date(2026, 12, 1), date(2026, 12, 2))
    assert second.decoded("dtstart") == date(2026, 12, 10)
    run = village.ok("export", "ics")
    assert run.err.splitlines() == ["2 people", "Late already, so not in the calendar: 1; see chronic plan --ics"]
    assert len(events(village, "--within", "18d")) == 1
    assert len(events(village, "--village", "下各村", "--doctor", "别人")) == 0


def test_names_are_masked_unless_asked_for_and_that_is_logged(village: Chronic) -> None:
    events(village)
    text = (village.folder / "due.ics").read_text(encoding="utf-8")
    for told in ("秀兰", "13812345512", "138****5512", "htn", "hypertension"):
        assert told not in text
    assert village.sql("SELECT count(*) FROM audit WHERE action = 'full'") == [(0,)]
    (first, _second) = events(village, "--full")
    assert (str(first["summary"]), str(first["description"])) == ("follow-up: 1 王秀兰", "下各村 1组\n13812345512")
    assert village.sql("SELECT about FROM audit WHERE action = 'full'") == [("chronic export ics",)]


def test_a_later_file_moves_the_entry_and_does_not_double_it(village: Chronic) -> None:
    before = events(village)
    text = (village.folder / "due.ics").read_bytes()
    assert events(village) == before
    assert (village.folder / "due.ics").read_bytes() == text
    village.visit(1, TODAY, "--bp", "150/95")
    after = {str(event["uid"]): event for event in events(village)}
    assert set(after) == {str(event["uid"]) for event in before}
    moved = after[str(before[0]["uid"])]
    assert moved.decoded("dtstart") == date(2026, 12, 5)
    (later,) = events(village, "--within", "10d", today="2026-12-04")[:1]
    assert later.decoded("dtstamp") > before[0].decoded("dtstamp")  # so that a calendar takes the later one


def test_lines_are_folded_between_characters(village: Chronic) -> None:
    (_first, second) = events(village, "--full")
    lines = (village.folder / "due.ics").read_bytes().split(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode("utf-8")  # no character is torn in two
    assert str(second["summary"]) == "follow-up: 2 " + "李建国欧阳" * 8
    assert "很长的小组名称" * 6 in str(second["description"])
