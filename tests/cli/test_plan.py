"""`plan`: the rounds of the next days as a list, as pages to print, and as a calendar."""

import builtins
import csv
import re
from datetime import date
from typing import Any

import pytest
from icalendar import Calendar

from tests.runner import Chronic, Run

FRIDAY, SATURDAY = "2026-11-20", "2026-11-21"


def live(chronic: Chronic, name: str, seen_on: str, *args: str, bp: str = "130/80") -> int:
    """Someone seen once, who is due three months later (two weeks, if not controlled)."""
    person = chronic.person(name, "--village", "下各村", "--htn-enrolled-on", seen_on, *args, today=FRIDAY)
    chronic.visit(person, seen_on, "--bp", bp, "--danger", "no", today=FRIDAY)
    return person


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """1 and 2 are a household in hamlet 1, late; 3 in hamlet 2 is due; 4 is due far ahead; 5 is in danger."""
    live(chronic, "王秀兰", "2026-07-01", "--hamlet", "1组", "--household-no", "12", "--phone", "13812345512")
    live(chronic, "王建国", "2026-08-22", "--hamlet", "1组", "--household-no", "12")
    live(chronic, "李建国", "2026-08-27", "--hamlet", "2组", "--household-no", "12")
    live(chronic, "陈志强", "2026-11-01", "--hamlet", "2组")
    live(chronic, "周玉珍", "2026-11-18", "--hamlet", "3组", bp="186/112")
    return chronic


def days(chronic: Chronic, *args: object, today: str = SATURDAY) -> dict[int, str | None]:
    """person -> the day of the visit."""
    return {row["person_id"]: row["visit_on"] for row in chronic.rows("plan", *args, today=today)}


def test_who_is_due_is_put_on_working_days_danger_first(village: Chronic) -> None:
    rows = village.rows("plan", "--per-day", "3", today=SATURDAY)
    assert [(row["person_id"], row["visit_on"], row["days_late"]) for row in rows] == [
        (5, "2026-11-23", 0), (1, "2026-11-23", 53), (2, "2026-11-23", 1), (3, "2026-11-24", 0),
    ]  # fmt: skip
    assert all(row["left_out"] is None for row in rows)


def test_the_rows_have_the_keys_of_the_lists_and_the_plans_own(village: Chronic) -> None:
    common = set(village.rows("overdue")[0]) - {"days_overdue", "band"}
    assert {frozenset(row) for row in village.rows("plan")} == {
        frozenset(common | {"visit_on", "household_no", "days_late", "left_out"})
    }


def test_somebody_visited_today_leaves_the_plan(village: Chronic) -> None:
    assert set(days(village, today=FRIDAY)) == {1, 2, 3, 5}
    village.visit(1, FRIDAY, "--bp", "128/78", "--danger", "no", today=FRIDAY)
    assert set(days(village, today=FRIDAY)) == {2, 3, 5}
    village.ok("undo", "--yes", today=FRIDAY)
    assert set(days(village, today=FRIDAY)) == {1, 2, 3, 5}


def test_somebody_planned_and_not_met_is_planned_again_the_next_day(village: Chronic) -> None:
    """On day 0 everybody has a day; on day 1 nobody was there; on day 2 one was met; on day 15 she is due again."""
    assert days(village, today="2026-11-23")[1] == "2026-11-23"
    assert days(village, today="2026-11-24")[1] == "2026-11-24"
    village.visit(1, "2026-11-25", "--bp", "152/96", today="2026-11-25")
    assert 1 not in days(village, "--days", "14d", today="2026-11-25")  # due on 9 December, the fifteenth day
    assert days(village, "--days", "15d", today="2026-11-25")[1] is not None
    assert days(village, "--days", "1d", today="2026-12-10")[1] == "2026-12-10"


def test_a_danger_that_is_due_later_is_planned_all_the_same_until_it_is_settled(village: Chronic) -> None:
    assert days(village, "--days", "1d", today=FRIDAY) == {5: FRIDAY, 1: FRIDAY}  # 5 is due on 2 December
    village.ok("refer", "reply", 5, "--outcome", "seen", "--on", FRIDAY, today=FRIDAY)
    assert 5 not in days(village, "--days", "1d", today=FRIDAY)


@pytest.mark.parametrize(("last", "planned"), [("2d", False), ("7d", True), ("6d", False)])
def test_whoever_is_due_after_the_last_day_is_not_planned(village: Chronic, last: str, planned: bool) -> None:
    """3 is due on the 27th, the seventh day."""
    assert (3 in days(village, "--days", last)) is planned


def test_the_dead_the_moved_and_the_paused_are_in_no_plan(village: Chronic) -> None:
    village.ok("person", "close", 1, "--reason", "died", "--on", FRIDAY, "--yes")
    village.ok("pause", 2)
    village.ok("pause", 5)
    run = village.ok("plan")
    assert set(days(village)) == {3}
    assert "2 paused people are left out, 1 of them in open danger." in run.out
    assert "2 paused people are left out, 1 of them in open danger." in village.ok("plan", "--days", "2d").out


def left_out(chronic: Chronic, *args: object) -> dict[int, str | None]:
    return {row["person_id"]: row["left_out"] for row in chronic.rows("plan", *args, today=SATURDAY)}


def test_those_without_a_place_are_listed_with_the_reason(village: Chronic) -> None:
    friday = ("--from", "2026-11-27", "--days", "1d")
    assert left_out(village, *friday, "--per-day", "4") == dict.fromkeys((5, 1, 2, 3))
    assert left_out(village, *friday, "--per-day", "3") == {5: None, 1: None, 2: None, 3: "full"}
    assert left_out(village, *friday, "--per-day", "1") == {5: None, 1: "full", 2: "full", 3: "full"}
    village.ok("person", "close", 3, "--reason", "moved", "--on", FRIDAY, "--yes")
    assert left_out(village, *friday, "--per-day", "2") == {5: None, 1: "household", 2: "household"}
    said = village.ok("plan", *friday, "--per-day", "2").out
    assert "2 have no place; more a day (--per-day) or more days (--days) make room." in said
    assert "not enough room for the whole household" in said


def test_a_weekend_alone_has_no_working_day(village: Chronic) -> None:
    run = village.ok("plan", "--days", "2d", today=SATURDAY)
    assert "There is no working day from 2026-11-21 to 2026-11-22." in run.out
    rows = village.rows("plan", "--days", "2d", today=SATURDAY)
    assert {row["person_id"]: row["left_out"] for row in rows} == dict.fromkeys((5, 1, 2), "no_day")
    assert rows[0]["person_id"] == 5


def test_a_household_of_more_than_a_day_holds_is_visited_whole(village: Chronic) -> None:
    run = village.ok("plan", "--per-day", "1")
    assert "A household of 2 is more than 1: it is visited whole, on a day of its own." in run.out
    planned = days(village, "--per-day", "1")
    assert planned[1] == planned[2]
    assert list(planned.values()).count(planned[1]) == 2


def test_the_same_number_in_another_hamlet_is_another_household(village: Chronic) -> None:
    """1, 2 and 3 all have household 12; 3 lives in another hamlet."""
    planned = days(village, "--per-day", "2", "--from", "2026-11-25")
    assert planned[1] == planned[2] != planned[3]


def test_without_a_known_village_a_household_number_joins_nobody(chronic: Chronic) -> None:
    for name in ("王秀兰", "李建国"):
        person = chronic.person(name, "--household-no", "1", "--htn-enrolled-on", "2026-01-01")
        chronic.visit(person, "2026-02-01", "--bp", "130/80")
    assert len(set(days(chronic, "--per-day", "1").values())) == 2


def test_a_year_nobody_published_is_named_where_the_plan_reaches_it(village: Chronic) -> None:
    said = "2027 has no published holidays here; only weekends were left out."
    assert said not in village.ok("plan", "--from", "2026-12-18").out
    assert said in village.ok("plan", "--from", "2026-12-19").out  # its fourteenth day is 1 January
    assert said in village.ok("plan", "--from", "2026-12-19", "--format", "json").err
    assert said in village.ok("plan", "--from", "2026-12-19", "--out", village.folder / "rounds.csv", "--format", "csv").err


def test_a_holiday_is_left_out_and_a_make_up_day_is_worked(chronic: Chronic) -> None:
    for number in range(9):
        live(chronic, f"李建国{number}", "2025-11-01")
    seen = set(days(chronic, "--per-day", "1", "--days", "16d", "--from", "2026-02-12", today="2026-02-12").values())
    assert seen == {f"2026-02-{day}" for day in (12, 13, 14, 24, 25, 26, 27)} | {None}


def test_a_county_may_bring_its_own_holidays(village: Chronic) -> None:
    file = village.folder / "own.toml"
    file.write_text(
        'year = 2026\ncite = "n"\n[[holiday]]\nname = { zh = "防汛", en = "flood" }\nfirst = 2026-11-23\nlast = 2026-11-24\n'
        '[cites.n]\nsource = "县"\nmark = "A"\nzh = "通知"\nen = "notice"\n',
        encoding="utf-8",
    )
    assert min(str(day) for day in days(village, "--holidays", file).values()) == "2026-11-25"
    found = village("plan", "--format", "json", CHRONIC_HOLIDAYS=str(file))
    assert min(row["visit_on"] for row in found.rows) == "2026-11-25"
    bad = village.folder / "bad.toml"
    bad.write_text("year = 2026", encoding="utf-8")
    run = village("plan", "--holidays", bad)
    assert (run.code, run.out) == (2, "")
    assert re.fullmatch(r"The holiday file .*bad\.toml is wrong at cite: missing", run.last)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--days", "0"), "0 days cannot be planned; give 1 to 92."),
        (("--days", "93"), "93 days cannot be planned; give 1 to 92."),
        (("--days", "x"), "x is not a number of days; write it as 14d or 2w."),
        (("--per-day", "0"), "0 is not in the range"),
        (("--per-day", "-3"), "-3 is not in the range"),
        (("--from", "2026-11-20"), "2026-11-20 is over; rounds begin today, 2026-11-21, or later."),
        (("--village", "无此村"), "There is no village 无此村 here."),
        (("--holidays", "nowhere.toml"), "The holiday file nowhere.toml cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_sentence(village: Chronic, args: tuple[str, ...], said: str) -> None:
    before = village.dump()
    run = village("plan", *args)
    assert (run.code, run.out) == (2, "")
    assert said in run.last
    assert village.dump() == before


def test_the_plan_is_read_in_chinese_too(village: Chronic) -> None:
    run = village.ok("plan", "--per-day", "1", "--days", "4d", lang="zh")
    assert "1 人危急未处理, 排在最前" in run.out
    assert "有一户 2 人, 超过每天 1 人" in run.out
    assert "走访日期" in run.out
    assert village("plan", "--days", "0", lang="zh").last == "不能安排 0 天; 请给 1 至 92 天."


def test_nobody_due_is_an_empty_plan(chronic: Chronic) -> None:
    run = chronic.ok("plan")
    assert "0 of 0 people planned" in run.out
    assert chronic.rows("plan") == []


def test_filters_are_those_of_the_lists(village: Chronic) -> None:
    village.ok("person", "edit", 3, "--responsible-doctor", "张医生", "--yes")
    assert set(days(village, "--doctor", "张医生")) == {3}
    assert set(days(village, "--village", "下各村")) == {1, 2, 3, 5}
    assert set(days(village, "--kind", "referral")) == {5}
    assert {1, 2, 3, 4, 5} == set(days(village, "--kind", "all", "--from", "2027-11-01"))


# files ----------------------------------------------------------------------------------------------------


def test_a_page_a_day_holds_everybody_and_room_to_write(village: Chronic) -> None:
    page = village.folder / "rounds.html"
    run = village.ok("plan", "--per-day", "3", "--out", page)
    html = page.read_text(encoding="utf-8")
    assert run.out == ""
    assert "1 person in open danger" in run.err
    assert re.findall(r"<h2>(.*?)</h2>", html) == [
        "2026-11-23 Mon    3 people, 2 households", "2026-11-24 Tue    1 person, 1 household",
    ]  # fmt: skip
    assert re.findall(r'colspan="14">(.*?)<', html) == [
        "下各村 3组  danger    1 person, 1 household", "下各村 1组    2 people, 1 household",
        "下各村 2组    1 person, 1 household",
    ]  # fmt: skip
    assert html.count('<td class="room"></td>') == 2 * 4
    assert html.count('<td class="blank"></td>') == 4
    assert "138****5512" in html
    assert "13812345512" not in html
    assert "13812345512" in village.ok("plan", "--format", "html", "--full").out


def test_the_household_with_danger_stands_first_and_alone_is_marked(village: Chronic) -> None:
    live(village, "周建国", "2026-07-01", "--hamlet", "3组", "--household-no", "9")
    village.ok("person", "edit", 5, "--household-no", "8", "--yes")
    live(village, "周家妻", "2026-07-01", "--hamlet", "3组", "--household-no", "8")
    page = village.ok("plan", "--format", "html").out
    urgent, plain = re.findall(
        r'(<tbody[^>]*>)\s*<tr class="group[^"]*"><th[^>]*>下各村 3组[^<]*</th></tr>(.*?)</tbody>', page, re.S
    )
    assert urgent[0] == '<tbody class="urgent">'
    assert re.findall(r'class="name">(.*?)<', urgent[1]) == ["周玉珍", "周家妻"]
    assert plain[0] == "<tbody>"
    assert re.findall(r'class="name">(.*?)<', plain[1]) == ["周建国"]


def test_the_last_page_lists_who_has_no_place(village: Chronic) -> None:
    page = village.ok("plan", "--days", "2d", "--format", "html", today=SATURDAY).out
    assert re.findall(r"<h2>(.*?)</h2>", page) == ["No place in these days"]
    assert page.count("<td>no working day</td>") == 3


def test_a_name_cannot_write_into_the_page(chronic: Chronic) -> None:
    live(chronic, "<b>李</b>", "2026-07-01")
    page = chronic.ok("plan", "--format", "html").out
    assert "&lt;b&gt;李" in page
    assert "<b>李" not in page


def test_a_csv_holds_the_plan(village: Chronic) -> None:
    file = village.folder / "rounds.csv"
    village.ok("plan", "--format", "csv", "--out", file)
    with file.open(encoding="utf-8-sig") as sheet:
        assert [row["person_id"] for row in csv.DictReader(sheet)] == ["5", "1", "2", "3"]


def calendar(chronic: Chronic, *args: str, today: str = SATURDAY) -> list[Any]:
    file = chronic.folder / "rounds.ics"
    chronic.ok("plan", "--ics", file, *args, today=today)
    return Calendar.from_ical(file.read_bytes()).walk("VEVENT")


def test_the_calendar_has_a_whole_day_for_each_hamlet_and_day(village: Chronic) -> None:
    events = calendar(village, "--per-day", "3")
    assert [(str(event["summary"]), event.decoded("dtstart"), event.decoded("dtend")) for event in events] == [
        ("Rounds: 下各村 3组, 1 person, 1 household", date(2026, 11, 23), date(2026, 11, 24)),
        ("Rounds: 下各村 1组, 2 people, 1 household", date(2026, 11, 23), date(2026, 11, 24)),
        ("Rounds: 下各村 2组, 1 person, 1 household", date(2026, 11, 24), date(2026, 11, 25)),
    ]
    assert str(events[1]["description"]) == "1 王**  due 2026-10-01\n2 王**  due 2026-11-22"
    assert str(events[0]["description"]) == "5 周**  due 2026-12-02  first of all"
    assert "王秀兰" in str(calendar(village, "--full")[1]["description"])


def test_the_same_plan_is_the_same_calendar_and_its_names_stay(village: Chronic) -> None:
    first = calendar(village)
    text = (village.folder / "rounds.ics").read_bytes()
    assert calendar(village) == first
    assert (village.folder / "rounds.ics").read_bytes() == text
    uids = [str(event["uid"]) for event in first]
    assert len(set(uids)) == len(uids)
    village.visit(1, SATURDAY, "--bp", "128/78")  # one person less in that hamlet: the entry is replaced, not doubled
    assert [str(event["uid"]) for event in calendar(village)] == uids
    assert max(len(line) for line in text.split(b"\r\n")) <= 75


def test_without_the_library_one_sentence_says_how_to_get_it(village: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = builtins.__import__

    def lacking(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "icalendar":
            raise ImportError(name)
        return whole(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", lacking)
    run: Run = village("plan", "--ics", village.folder / "rounds.ics")
    assert (run.code, run.out) == (2, "")
    assert run.last == 'A calendar file needs a library that is not installed: pip install "chronic[calendar]"'
    assert not (village.folder / "rounds.ics").exists()
    assert set(days(village)) == {1, 2, 3, 5}  # the plan itself needs none
