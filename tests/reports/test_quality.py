"""What the audit finds in follow-ups: the boundaries of each finding, and that the order of rows means nothing."""

import contextlib
from collections import Counter
from datetime import date, timedelta
from itertools import groupby
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chronic.protocol import DEFAULT, load
from chronic.protocol.quality import Quality
from chronic.reports.quality import persons, windows
from chronic.reports.quality.doctors import Doctors
from chronic.reports.quality.finding import Finding, order
from chronic.reports.quality.seen import Asked, Seen, query
from chronic.store import registry
from tests.runner import Chronic

PROTOCOL = load(DEFAULT)
BOOK = Quality.of(PROTOCOL)
ALL = frozenset(BOOK.in_force.findings)
FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)
ASKED = Asked(((FIRST, LAST),))
VITALS = (("sbp", 128), ("dbp", 76), ("heart_rate", 72), ("weight_kg", 61.5))


def seen(number: int, on: str = "2026-02-01", **given: Any) -> Seen:
    """A clinic visit of 李医生, written down at once, on which everything is in order."""
    sbp, dbp = given.get("sbp", 128), given.get("dbp", 76)
    usual: dict[str, Any] = {
        "id": number, "uid": f"v{number}", "person": 1, "who": "p1", "on": on, "way": "clinic", "doctor": "李医生",
        "sbp": sbp, "dbp": dbp, "device": "", "converted": False,
        "readings": [(sbp, dbp)] if None not in (sbp, dbp) else [], "typed_at": f"{given.get('on', on)}T02:00:00.000Z",
        "died_on": None, "born": "1970-01-01", "programmes": ("htn",), "lacks": (), "values": (),
    }  # fmt: skip
    return Seen(**{**usual, **given})


def of_persons(*visits: Seen) -> list[Finding]:
    return list(persons.findings(list(visits), ASKED, BOOK, ALL))


def of_doctors(visits: list[Seen], asked: Asked = ASKED) -> list[Finding]:
    doctors = Doctors(asked, BOOK, PROTOCOL.htn.target, ALL)
    for visit in visits:
        doctors.see(visit)
    return sorted(doctors.findings(), key=lambda one: (one.kind, *order(one)))


def kinds(findings: list[Finding]) -> list[str]:
    return [one.kind for one in findings]


def reading(number: int, sbp: int, dbp: int = 0, **given: Any) -> Seen:
    """One of many visits of different people on different days."""
    on = FIRST + timedelta(days=number % 80)
    dbp = dbp or 70 + number % 10
    return seen(number, on.isoformat(), person=number, who=f"p{number}", sbp=sbp, dbp=dbp, **given)


# one person's visits -------------------------------------------------------------------------------


@pytest.mark.parametrize(("on", "found"), [("2026-02-09", []), ("2026-02-10", []), ("2026-02-11", ["after_death"])])
def test_a_visit_is_asked_about_from_the_day_after_the_death_on(on: str, found: list[str]) -> None:
    assert kinds(of_persons(seen(1, on, died_on="2026-02-10"))) == found


@pytest.mark.parametrize("values", [3, 4])
def test_four_values_as_at_the_visit_before_are_a_copy_and_three_are_not(values: int) -> None:
    visits = [seen(1, "2025-11-01", values=VITALS[:values]), seen(2, "2026-02-01", values=VITALS[:values])]
    assert [(one.kind, one.visits) for one in of_persons(*visits)] == ([("copied", (1, 2))] if values == 4 else [])


def test_a_value_that_differs_or_is_new_is_no_copy() -> None:
    other = (*VITALS[:3], ("weight_kg", 61.4))
    assert of_persons(seen(1, "2025-11-01", values=VITALS), seen(2, values=other)) == []
    assert of_persons(seen(1, "2025-11-01", values=VITALS), seen(2, values=(*VITALS, ("fpg", 6.1)))) == []


@pytest.mark.parametrize(("first", "found"), [("2025-01-31", []), ("2025-02-01", ["copied"])])
def test_a_copy_comes_from_the_twelve_months_before(first: str, found: list[str]) -> None:
    assert kinds(of_persons(seen(1, first, values=VITALS), seen(2, "2026-02-01", values=VITALS))) == found


def test_the_same_pressure_is_asked_about_at_the_third_visit_running() -> None:
    days = ("2025-08-01", "2025-11-01", "2026-02-01")
    assert of_persons(*(seen(at, day) for at, day in enumerate(days[1:]))) == []
    (one,) = of_persons(*(seen(at, day) for at, day in enumerate(days)))
    assert (one.kind, one.about, one.visits) == ("copied", "bp", (0, 1, 2))
    assert of_persons(*(seen(at, day, dbp=76 + (at == 1)) for at, day in enumerate(days))) == []


def test_a_missing_pressure_and_a_call_are_no_copy() -> None:
    days = ("2025-08-01", "2025-11-01", "2026-02-01")
    assert of_persons(*(seen(at, day, sbp=None, dbp=None) for at, day in enumerate(days))) == []
    assert of_persons(*(seen(at, day, way="phone") for at, day in enumerate(days))) == []


@pytest.mark.parametrize(("days", "found"), [((1, 10, 28), []), ((1, 10, 20, 28), ["cadence"])])
def test_four_visits_in_a_calendar_month_are_asked_about(days: tuple[int, ...], found: list[str]) -> None:
    visits = [seen(day, f"2026-02-{day:02}", sbp=100 + day) for day in days]
    assert kinds(of_persons(*visits)) == found
    assert of_persons(*(visit._replace(way="phone") for visit in visits)) == []


@pytest.mark.parametrize(("typed", "found"), [("2026-02-02", []), ("2026-02-03", ["backfilled"])])
def test_visits_written_down_together_are_asked_about_once_the_first_is_more_than_30_days_old(
    typed: str, found: list[str]
) -> None:
    days = ("2026-01-03", "2026-01-20", "2026-02-01")
    visits = [seen(at, day, sbp=120 + at, typed_at=f"{typed}T01:00:00.000Z") for at, day in enumerate(days)]
    assert kinds(of_persons(*visits)) == found
    assert of_persons(*visits[:2]) == []
    assert of_persons(*(visit._replace(typed_at=None) for visit in visits)) == []  # imported


def test_the_day_of_writing_is_the_day_in_china() -> None:
    days = ("2026-01-03", "2026-01-20", "2026-02-01")
    late = [seen(at, day, sbp=120 + at, typed_at="2026-02-02T16:00:00.000Z") for at, day in enumerate(days)]
    assert kinds(of_persons(*late)) == ["backfilled"]


# a doctor's visits ---------------------------------------------------------------------------------


def heaped(zeros: int, others: int, **given: Any) -> list[Seen]:
    """Systolic readings that end in 0 so often, and in each other digit so often; they lie far from any limit."""
    ends = [0] * zeros + [digit for digit in range(1, 10) for _ in range(others)]
    return [reading(number, 100 + end, **given) for number, end in enumerate(ends)]


@pytest.mark.parametrize(("zeros", "others", "found"), [(28, 8, True), (27, 8, False), (24, 8, False), (10, 10, False)])
def test_last_digits_are_asked_about_from_a_hundred_readings_and_a_score_of_20_on(
    zeros: int, others: int, found: bool
) -> None:
    findings = of_doctors(heaped(zeros, others))
    assert kinds(findings) == (["digits"] if found else [])
    if found:
        (one,) = findings
        assert (one.about, one.looked_at, len(one.visits)) == ("sbp", 100, zeros)
        assert one.figures.said() == "chi2 36.0, df 9, p<0.001, score 20.0, digit 0, 28.0%"


def even(device: str) -> list[Seen]:
    return [reading(number, 100 + 2 * (number % 5), device=device) for number in range(150)]


def test_even_digits_alone_are_how_a_mercury_device_is_read() -> None:
    assert of_doctors(even("台式水银血压计")) == []
    assert of_doctors(even("")) == []
    (one,) = of_doctors(even("电子血压计"))
    assert (one.about, one.figures.df) == ("sbp,electronic", 9)


def test_a_mercury_device_is_judged_by_its_even_digits() -> None:
    visits = [reading(number, 100 + (0 if number % 2 else 2 * (number % 5)), device="汞柱") for number in range(200)]
    (one,) = of_doctors(visits)
    assert (one.about, one.figures.df, one.figures.digit) == ("sbp,manual", 4, 0)


def test_a_mercury_device_with_odd_readings_was_not_read_in_steps_of_two() -> None:
    visits = [reading(number, (110, 115, 120, 125)[number % 4], device="汞柱") for number in range(200)]
    (one,) = of_doctors(visits)
    assert (one.figures.df, one.looked_at) == (9, 200)
    few = [reading(number, 100 + (5 if number % 25 == 0 else 2 * (number % 5)), device="") for number in range(200)]
    assert of_doctors(few) == []  # 4 % odd


def test_converted_readings_and_those_told_by_phone_say_nothing_of_last_digits() -> None:
    assert of_doctors(heaped(60, 8, converted=True)) == []
    assert "digits" not in kinds(of_doctors(heaped(60, 8, way="phone")))


def test_of_a_sitting_every_reading_counts_not_their_mean() -> None:
    visits = [reading(number, 113 + number % 3, readings=[(110, 75), (120, 83)]) for number in range(60)]
    assert {one.looked_at for one in of_doctors(visits) if one.kind == "digits"} == {120}


def bands(below: int, from_limit: int, around: int = 40, limit: int = 140, **given: Any) -> list[Seen]:
    counts = {limit - 20: around, limit - 10: below, limit: from_limit, limit + 10: around}
    values = [band + at % 10 for band, count in counts.items() for at in range(count)]
    return [reading(number, value, dbp=60 + number % 10, **given) for number, value in enumerate(values)]


def test_readings_just_under_the_limit_are_asked_about() -> None:
    (one,) = of_doctors(bands(120, 30))
    assert (one.kind, one.about, one.looked_at, one.figures.ratio) == ("near_limit", "140", 150, 4)
    assert len(one.visits) == 120


@pytest.mark.parametrize(
    ("below", "from_limit", "around"), [(80, 80, 40), (66, 33, 40), (120, 65, 90), (120, 30, 4), (109, 55, 55)]
)
def test_too_few_readings_or_no_step_beyond_what_is_beside_it_is_not_asked_about(
    below: int, from_limit: int, around: int
) -> None:
    assert of_doctors(bands(below, from_limit, around)) == []


def test_people_from_65_on_have_a_limit_of_their_own() -> None:
    found = of_doctors(bands(120, 30, limit=150, born="1950-01-01"))
    assert [one.about for one in found] == ["150"]
    assert of_doctors(bands(120, 30, limit=150, born=None)) == []


@pytest.mark.parametrize(
    ("visits", "way", "found"), [(60, "clinic", 0), (61, "clinic", 1), (25, "home", 0), (26, "home", 1)]
)
def test_a_day_is_asked_about_from_61_visits_or_26_at_home_on(visits: int, way: str, found: int) -> None:
    many = [seen(number, person=number, who=f"p{number}", sbp=None, dbp=None, way=way) for number in range(visits)]
    assert kinds(of_doctors(many)).count("crowded") == found
    assert "crowded" not in kinds(of_doctors([visit._replace(doctor=None) for visit in many]))


def test_a_pressure_of_a_phone_contact_is_asked_about_and_a_call_without_one_is_not() -> None:
    assert kinds(of_doctors([seen(1, way="phone")])) == ["phone_bp"]
    assert kinds(of_doctors([seen(1, way="phone", sbp=None)])) == ["phone_bp"]
    assert of_doctors([seen(1, way="phone", sbp=None, dbp=None)]) == []


@pytest.mark.parametrize(("late", "in_time", "found"), [(5, 45, 1), (5, 46, 0), (4, 0, 0)])
def test_late_entries_are_asked_about_from_five_and_a_tenth_on(late: int, in_time: int, found: int) -> None:
    visits = [reading(n, 128, typed_at="2026-06-01T01:00:00.000Z" if n < late else None) for n in range(late)]
    visits += [
        reading(n, 128, typed_at=f"{FIRST + timedelta(days=n % 80)}T01:00:00.000Z") for n in range(late, late + in_time)
    ]
    assert kinds(of_doctors(visits)).count("late") == found


@pytest.mark.parametrize(("typed", "found"), [("2026-03-03", 0), ("2026-03-04", 1)])
def test_a_visit_is_late_from_the_31st_day_on(typed: str, found: int) -> None:
    visits = [seen(n, "2026-02-01", typed_at=f"{typed}T01:00:00.000Z", sbp=None, dbp=None, person=n) for n in range(5)]
    assert kinds(of_doctors(visits)).count("late") == found


def test_what_is_left_out_is_counted_for_the_programme_that_needs_it() -> None:
    visits = [reading(n, 128, lacks=("htn", "dm") if n < 5 else ("dm",)) for n in range(50)]
    assert [(one.kind, one.about, one.looked_at, len(one.visits)) for one in of_doctors(visits)] == [
        ("missing", "htn", 50, 5)
    ]
    assert of_doctors([visit._replace(lacks=("htn",) * (visit.id < 4)) for visit in visits]) == []


def test_doctors_and_quarters_are_judged_apart() -> None:
    both = Asked(windows(date(2026, 5, 1)))
    mine = heaped(28, 8)
    later = [visit._replace(id=visit.id + 1000, on=visit.on.replace("2026-0", "2026-1")) for visit in mine]
    assert len(of_doctors(mine, both)) == 1
    assert of_doctors([visit._replace(doctor="王医生") if visit.id % 2 else visit for visit in mine]) == []
    assert len(of_doctors([*mine, *later], both)) == 1


def test_the_quarter_before_and_this_one_are_looked_at_and_those_of_open_questions() -> None:
    assert windows(date(2026, 5, 1)) == ((date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 5, 1)))
    assert windows(date(2026, 1, 1)) == ((date(2025, 10, 1), date(2025, 12, 31)), (date(2026, 1, 1), date(2026, 1, 1)))
    assert windows(date(2026, 5, 1), [date(2025, 2, 3), date(2026, 2, 3)])[0] == (date(2025, 1, 1), date(2025, 3, 31))


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_the_order_of_visits_means_nothing_and_the_counts_are_those_of_a_naive_count(seed: int) -> None:
    rng = Random(seed)
    visits = [
        reading(number, rng.choice((110, 120, 124, 128, 130, 138, 140, 145)), doctor=rng.choice(("李医生", "王医生", None)))
        for number in range(300)
    ]
    found = of_doctors(visits)
    assert of_doctors(rng.sample(visits, len(visits))) == found
    for one in (one for one in found if one.kind == "digits" and one.about == "sbp"):
        ends = Counter(visit.sbp % 10 for visit in visits if visit.doctor == one.doctor and visit.sbp)
        whole = range(0, 10, 2) if one.figures.df == 4 else range(10)
        n = sum(ends[digit] for digit in whole)
        expected = n / len(whole)
        assert one.looked_at == n
        assert one.figures.chi_square == pytest.approx(sum((ends[digit] - expected) ** 2 / expected for digit in whole))
    by_person = [list(theirs) for _, theirs in groupby(visits, key=lambda visit: visit.person)]
    assert all(of_persons(*theirs) == of_persons(*theirs) for theirs in by_person)


# what it costs -------------------------------------------------------------------------------------


def test_the_follow_ups_are_read_in_the_order_of_an_index(chronic: Chronic) -> None:
    with contextlib.closing(registry.connect(chronic.path)) as db:
        sql, values = query(Asked(windows(date(2026, 5, 1))), PROTOCOL)
        steps = [step[3] for step in db.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert steps[0] == "SCAN v USING INDEX visit_live_day"
    assert not any("TEMP B-TREE" in step for step in steps)
    assert all(step.startswith(("SEARCH", "CORRELATED")) for step in steps[1:])


def test_of_two_quarters_only_their_visits_and_those_before_that_copies_come_from_are_read(chronic: Chronic) -> None:
    _sql, values = query(Asked(windows(date(2026, 5, 1)), doctor="李医生"), PROTOCOL)
    assert (values["first"], values["last"], values["doctor"]) == ("2025-01-01", "2026-05-01", "李医生")
