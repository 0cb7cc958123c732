"""A first day and the weeks after it, told through the commands a doctor types."""

import pytest

from tests.runner import Chronic

WANG = ("--id-number", "11010519491231002X", "--village", "下各村", "--hamlet", "3组", "--phone", "13812345512")


def test_from_an_empty_laptop_to_the_overdue_list(bare: Chronic) -> None:
    made = bare.ok("init", "--name", "下各村卫生室", "--doctor", "李医生", "--yes")
    assert str(bare.path) in made.out
    added = bare.ok("person", "add", "王秀兰", *WANG)
    assert "number 1" in added.out
    assert "76" in added.out  # the birth date comes from the ID number
    assert "New village: 下各村" in added.out
    assert bare.rows("overdue") == bare.rows("due") == []

    bare.ok("enrol", 1, "htn", "--on", "2026-11-01")
    assert bare.ids("due", "--within", "14d", today="2026-11-01") == [1]
    assert bare.ids("overdue", today="2026-11-16") == [1]

    first = bare.visit(1, "2026-11-10", "--bp", "168/98", "--adherence", "intermittent", "--danger", "no")
    assert first["programmes"]["htn"]["class"] == "uncontrolled"
    assert first["next_due_on"] == "2026-11-24"
    assert bare.ids("due", today="2026-11-12") == [1]
    assert bare.ids("overdue", today="2026-11-24") == []
    assert bare.ids("overdue", today="2026-11-25") == [1]

    again = bare.visit(1, "2026-11-25", "--bp", "166/96", today="2026-11-25")
    assert again["programmes"]["htn"]["consecutive"] == 2
    assert again["programmes"]["htn"]["refer"] == "routine"
    assert bare.ids("overdue", "--kind", "referral", today="2026-12-10") == [1]
    bare.ok("refer", "reply", 1, "--outcome", "returned", "--on", "2026-12-01", today="2026-12-01")
    assert bare.ids("overdue", "--kind", "referral", today="2026-12-10") == []

    well = bare.visit(1, "2026-12-08", "--bp", "138/84", today="2026-12-08")
    assert well["programmes"]["htn"]["class"] == "controlled"
    assert well["next_due_on"] == "2027-03-08"


def test_on_day_14_a_person_is_on_time_and_on_day_15_overdue(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", *WANG, "--htn-enrolled-on", "2026-10-01")
    chronic.visit(person, "2026-11-01", "--bp", "150/90")
    assert chronic.ids("overdue", today="2026-11-15") == []
    assert [row["days_left"] for row in chronic.rows("due", today="2026-11-15")] == [0]
    assert chronic.ids("due", today="2026-11-16") == []
    (late,) = chronic.rows("overdue", today="2026-11-16")
    assert (late["due_on"], late["days_overdue"], late["band"]) == ("2026-11-15", 1, "1-30")


@pytest.mark.parametrize(
    ("today", "days", "band"),
    [("2026-12-15", 30, "1-30"), ("2026-12-16", 31, "31-90"), ("2027-02-13", 90, "31-90"), ("2027-02-14", 91, "over-90")],
)
def test_how_late_falls_into_bands(chronic: Chronic, today: str, days: int, band: str) -> None:
    person = chronic.person("王秀兰", "--htn-enrolled-on", "2026-10-01")
    chronic.visit(person, "2026-11-01", "--bp", "150/90")
    (late,) = chronic.rows("overdue", today=today)
    assert (late["days_overdue"], late["band"]) == (days, band)


def test_someone_enrolled_and_never_seen_is_due_within_two_weeks(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-11-01")
    assert chronic.ids("overdue", today="2026-11-15") == []
    (late,) = chronic.rows("overdue", today="2026-11-16")
    assert late["reasons"] == ["never_seen"]
    assert late["class"] == {"htn": None, "dm": None, "lipid": None}


def test_a_late_typed_visit_a_correction_and_a_withdrawal_are_followed_by_the_list(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", *WANG, "--htn-enrolled-on", "2026-06-01")
    chronic.visit(person, "2026-11-10", "--bp", "128/78")
    assert chronic.ids("overdue") == []
    chronic.ok("visit", "fix", chronic.visit_number(person, "2026-11-10"), "--bp", "148/92", "--on", "2026-10-20")
    (late,) = chronic.rows("overdue")
    assert (late["due_on"], late["last_bp"], late["last_visit_on"]) == ("2026-11-03", "148/92", "2026-10-20")
    chronic.ok("visit", "void", chronic.visit_number(person, "2026-10-20"), "--reason", "记错人", "--yes")
    (late,) = chronic.rows("overdue")
    assert (late["due_on"], late["reasons"], late["last_visit_on"]) == ("2026-06-15", ["never_seen"], None)
    states = [row["state"] for row in chronic.rows("visit", "list", person, "--all")]
    assert states == ["corrected", "withdrawn"]
    assert chronic.rows("visit", "list", person) == []


def test_closing_takes_a_person_off_every_list_and_reopening_brings_them_back(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", *WANG, "--htn-enrolled-on", "2026-06-01")
    chronic.visit(person, "2026-10-01", "--bp", "186/112")
    before = chronic.rows("overdue")
    chronic.ok("person", "close", person, "--reason", "moved", "--on", "2026-11-18", "--yes")
    assert chronic.rows("overdue", "--kind", "all") == []
    assert [row for row in chronic.rows("today") if row["person_id"] == person] == []
    ended = chronic.rows("programme", "list", person)
    assert [(row["ended_on"], row["end_reason"]) for row in ended] == [("2026-11-18", "moved")]
    chronic.ok("person", "reopen", person)
    assert chronic.rows("overdue") == before


def test_a_pause_takes_a_person_out_of_overdue_until_the_next_contact(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", *WANG, "--htn-enrolled-on", "2026-06-01")
    chronic.ok("pause", person, "--on", "2026-11-10", "--reason", "外出打工")
    assert chronic.ids("overdue") == []
    (row,) = chronic.rows("overdue", "--paused")
    assert (row["person_id"], row["paused_on"], row["days_overdue"]) == (person, "2026-11-10", 159)
    chronic.visit(person, "2026-11-20", "--way", "phone", "--danger", "no")
    assert chronic.ids("overdue") == [person]
    assert chronic.ids("overdue", "--paused") == []


def test_a_screened_neighbour_is_measured_again_and_then_sent_for_confirmation(chronic: Chronic) -> None:
    person = chronic.person("李建国", "--birth-date", "1970-05-05", "--village", "下各村")
    chronic.ok("screen", "add", person, "--bp", "148/92", "--on", "2026-11-01")
    (row,) = chronic.rows("screen", "suspects")
    assert (row["progress"], row["step"], row["due_on"]) == ("1/3", "recheck", "2026-11-15")
    assert chronic.ids("overdue") == []  # a recheck is not a follow-up
    assert chronic.ids("overdue", "--kind", "screening") == [person]
    chronic.ok("screen", "add", person, "--bp", "150/88", "--on", "2026-11-10")
    chronic.ok("screen", "add", person, "--bp", "142/86", "--on", "2026-11-10")  # the same day counts once
    assert [row["progress"] for row in chronic.rows("screen", "suspects")] == ["2/3"]
    chronic.ok("screen", "add", person, "--bp", "139/90", "--on", "2026-11-20")
    (row,) = chronic.rows("screen", "suspects")
    assert (row["progress"], row["step"], row["due_on"]) == ("3/3", "confirm", "2026-12-04")
    chronic.ok("refer", "reply", person, "--outcome", "seen", "--on", "2026-11-21", "--diagnosis", "高血压2级")
    assert [row["step"] for row in chronic.rows("screen", "suspects")] == ["ask"]  # what was written is not read
    chronic.ok("refer", "reply", person, "--outcome", "seen", "--confirmed", "yes")
    assert [row["step"] for row in chronic.rows("screen", "suspects")] == ["enrol"]
    chronic.ok("enrol", person, "htn")
    assert chronic.rows("screen", "suspects") == []


def test_the_screen_of_the_morning_names_what_comes_first(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", *WANG, "--htn-enrolled-on", "2026-06-01")
    chronic.visit(person, "2026-11-20", "--bp", "186/112")
    late = chronic.person("李建国", "--htn-enrolled-on", "2026-06-01")
    chronic.person("陈志强", "--htn-enrolled-on", "2026-11-07")
    screen = chronic.ok(lang="en").out
    assert "下各村卫生室    2026-11-21 Sat" in screen
    assert f"chronic refer reply {person}" in screen
    assert screen.index("186/112") < screen.index("陈志强") < screen.index("李建国")
    sections = [(row["section"], row["person_id"]) for row in chronic.rows("today")]
    assert sections == [("first", person), ("due", late + 1), ("overdue", late)]
    chinese = chronic.ok("today", lang="zh").out
    assert "先处理" in chinese
    assert "紧急转诊" in chinese


def test_alone_it_shows_today_or_how_to_start(bare: Chronic) -> None:
    start = bare.ok()
    assert len(start.out.splitlines()) == 3
    assert not bare.path.exists()
    bare.ok("init", "--name", "卫生室", "--yes")
    assert bare.ok().out.startswith("卫生室")
