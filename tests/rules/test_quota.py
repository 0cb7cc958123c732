"""The yearly entitlement: four face-to-face visits, one a quarter, and when it is time to say that they are missing."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chronic.model.days import quarter_of, quarters_after, year_of
from chronic.protocol import DEFAULT, load
from chronic.rules.quota import Quota, quota

PROTOCOL = load(DEFAULT)
LONG_AGO = date(2020, 3, 1)
QUARTERS = [date(2026, 2, 10), date(2026, 5, 10), date(2026, 8, 10), date(2026, 11, 10)]


def on(text: str) -> date:
    return date.fromisoformat(text)


def year(today: str, *met: str, begun: str = "2020-03-01") -> Quota:
    return quota(map(on, met), on(begun), on(today), PROTOCOL)


# the calendar -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "first", "last", "after"),
    [
        ("2026-01-01", "2026-01-01", "2026-03-31", 3),
        ("2026-03-31", "2026-01-01", "2026-03-31", 3),
        ("2026-04-01", "2026-04-01", "2026-06-30", 2),
        ("2026-08-15", "2026-07-01", "2026-09-30", 1),
        ("2026-10-01", "2026-10-01", "2026-12-31", 0),
        ("2026-12-31", "2026-10-01", "2026-12-31", 0),
        ("2028-02-29", "2028-01-01", "2028-03-31", 3),
    ],
)
def test_a_quarter_begins_and_ends_with_its_months(day: str, first: str, last: str, after: int) -> None:
    assert quarter_of(on(day)) == (on(first), on(last))
    assert quarters_after(on(day)) == after


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_the_quarters_of_a_year_follow_one_another(day: date) -> None:
    first, last = quarter_of(day)
    assert first <= day <= last
    assert first.day == 1
    assert (last + timedelta(days=1)).day == 1
    following = quarter_of(last + timedelta(days=1))[0]
    assert following == last + timedelta(days=1)
    assert year_of(day) == (date(day.year, 1, 1), date(day.year, 12, 31))


# how many are needed ------------------------------------------------------------------------------


def test_the_numbers_are_those_of_the_rule_book() -> None:
    rules = PROTOCOL.entitlement
    assert (rules.visits.needed, rules.visits.programmes) == (4, ["htn", "dm"])
    assert (rules.part_year.days_each, rules.part_year.one_from_days) == (90, 30)
    assert (rules.quarter.last_days, rules.reach.visits_a_quarter, rules.checkup.ask_from_month) == (30, 1, 7)
    assert PROTOCOL.cites[rules.visits.cite].mark == "A"
    for section in (rules.quarter, rules.reach, rules.checkup):
        assert PROTOCOL.cites[section.cite].mark == "PROPOSED"


@pytest.mark.parametrize(
    ("begun", "needed"),
    [
        ("2025-12-31", 4),
        ("2026-01-01", 4),
        ("2026-01-06", 4),  # 360 days
        ("2026-01-07", 3),
        ("2026-04-06", 3),  # 270 days
        ("2026-04-07", 2),
        ("2026-07-05", 2),  # 180 days
        ("2026-07-06", 1),
        ("2026-10-03", 1),  # 90 days
        ("2026-10-04", 1),  # fewer, but 30 are enough for one
        ("2026-12-02", 1),  # 30 days, the 31st counted
        ("2026-12-03", 0),
        ("2026-12-31", 0),
    ],
)
def test_who_began_during_the_year_needs_one_for_each_ninety_days_of_it(begun: str, needed: int) -> None:
    assert year("2026-12-31", begun=begun).needed == needed


def test_a_leap_year_has_a_day_more_before_the_end_of_february_only() -> None:
    assert year("2028-12-31", begun="2028-01-07").needed == 4  # 360 days
    assert year("2028-12-31", begun="2028-01-08").needed == 3
    assert year("2028-12-31", begun="2028-04-06").needed == 3  # 270 days, as in any year
    assert year("2028-12-31", begun="2028-04-07").needed == 2


def test_who_was_there_all_the_year_needs_them_all_whatever_a_part_of_it_brings() -> None:
    rules = PROTOCOL.entitlement
    county = PROTOCOL.but(entitlement=rules.but(part_year=rules.part_year.but(days_each=100)))
    assert quota([], on("2026-01-01"), on("2026-01-01"), county).needed == 4
    assert quota([], on("2026-01-02"), on("2026-01-02"), county).needed == 3


# what counts --------------------------------------------------------------------------------------


def test_visits_of_this_year_count_and_no_others() -> None:
    found = year("2026-11-21", "2025-12-31", "2026-01-01", "2026-11-21", "2026-11-22", "2027-01-01")
    assert (found.done, found.this_quarter) == (2, 1)


def test_visits_before_management_began_do_not_count() -> None:
    found = year("2026-11-21", "2026-05-09", "2026-05-10", "2026-10-01", begun="2026-05-10")
    assert (found.done, found.needed) == (2, 2)


def test_a_new_year_begins_at_nothing() -> None:
    met = [day.isoformat() for day in QUARTERS]
    assert year("2026-12-31", *met).at_risk == ()
    new = year("2027-01-01", *met)
    assert new.missing == 4
    assert (new.done, new.needed, new.this_quarter, new.quarters_left, new.at_risk) == (0, 4, 0, 4, ())


# the end of a quarter -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day_before", "begins"),
    [("2026-03-01", "2026-03-02"), ("2026-05-31", "2026-06-01"), ("2026-08-31", "2026-09-01"), ("2026-12-01", "2026-12-02"),
     ("2028-03-01", "2028-03-02")],
)  # fmt: skip
def test_the_last_thirty_days_of_a_quarter_begin_on_the_thirtieth_from_its_end(day_before: str, begins: str) -> None:
    assert "none_this_quarter" not in year(day_before).at_risk
    found = year(begins)
    assert "none_this_quarter" in found.at_risk
    assert (found.quarter_ends_on - on(begins)).days + 1 == 30


def test_it_is_said_to_the_last_day_of_the_quarter_and_not_after() -> None:
    assert year("2026-06-30", "2026-02-10", "2026-02-24").at_risk == ("none_this_quarter",)
    assert year("2026-07-01", "2026-02-10", "2026-02-24").at_risk == ()
    assert "none_this_quarter" in year("2026-12-31", "2026-02-10").at_risk


def test_one_visit_in_the_quarter_is_enough() -> None:
    assert year("2026-06-15", "2026-02-10", "2026-04-01").at_risk == ()


def test_four_visits_in_other_quarters_do_not_spare_this_one() -> None:
    found = year("2026-12-15", "2026-07-01", "2026-07-15", "2026-08-01", "2026-08-15")
    assert (found.done, found.missing, found.at_risk) == (4, 0, ("none_this_quarter",))


@pytest.mark.parametrize(("begun", "listed"), [("2026-12-02", True), ("2026-12-03", False)])
def test_who_was_enrolled_after_the_last_days_began_is_not_asked_for_a_visit_in_them(begun: str, listed: bool) -> None:
    assert ("none_this_quarter" in year("2026-12-20", begun=begun).at_risk) is listed


# out of reach -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "met", "left", "out"),
    [
        ("2026-03-01", [], 4, False),
        ("2026-04-01", [], 3, True),  # four missing, three quarters left
        ("2026-04-01", ["2026-02-10"], 3, False),
        ("2026-06-30", ["2026-02-10"], 3, False),
        ("2026-07-01", ["2026-02-10"], 2, True),
        ("2026-07-01", ["2026-02-10", "2026-05-10"], 2, False),
        ("2026-07-01", ["2026-02-10", "2026-02-24"], 2, False),  # two in one quarter are two
        ("2026-10-01", ["2026-02-10", "2026-05-10"], 1, True),
        ("2026-10-01", ["2026-02-10", "2026-05-10", "2026-08-10"], 1, False),
        ("2026-12-31", ["2026-02-10", "2026-05-10", "2026-08-10"], 1, False),  # one day is enough for one
        ("2026-12-31", ["2026-02-10", "2026-05-10", "2026-10-01"], 0, True),
        ("2026-12-31", ["2026-02-10", "2026-05-10", "2026-08-10", "2026-12-31"], 0, False),
    ],
)
def test_more_missing_than_quarters_left_is_out_of_reach(today: str, met: list[str], left: int, out: bool) -> None:
    found = year(today, *met)
    assert found.quarters_left == left
    assert ("out_of_reach" in found.at_risk) is out


def test_where_a_quarter_may_bring_two_less_is_out_of_reach() -> None:
    rules = PROTOCOL.entitlement
    county = PROTOCOL.but(entitlement=rules.but(reach=rules.reach.but(visits_a_quarter=2)))
    assert "out_of_reach" not in quota([], LONG_AGO, on("2026-07-01"), county).at_risk  # four in two quarters
    assert "out_of_reach" in quota([], LONG_AGO, on("2026-10-01"), county).at_risk


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 364))
def test_nobody_is_out_of_reach_on_the_day_management_begins(begun: date, later: int) -> None:
    assert "out_of_reach" not in quota([], begun, begun, PROTOCOL).at_risk
    today = min(begun + timedelta(days=later), quarter_of(begun)[1])
    assert "out_of_reach" not in quota([], begun, today, PROTOCOL).at_risk


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_one_visit_a_quarter_keeps_the_year_safe_to_its_end(today: date) -> None:
    met = [day for day in QUARTERS if day <= today]
    found = quota(met, LONG_AGO, today, PROTOCOL)
    assert "out_of_reach" not in found.at_risk
    assert found.missing <= found.quarters_left


@given(st.lists(st.dates(date(2025, 1, 1), date(2027, 12, 31)), max_size=12), st.dates(date(2026, 1, 1), date(2026, 12, 31)),
       st.dates(date(2024, 1, 1), date(2026, 12, 31)))  # fmt: skip
def test_another_visit_never_adds_a_risk(met: list[date], today: date, begun: date) -> None:
    """A visit can only help: the order of the days, and one more of them, take nothing away."""
    fewer, more = quota(met, begun, today, PROTOCOL), quota([today, *reversed(met)], begun, today, PROTOCOL)
    assert more.done == fewer.done + (begun <= today)
    if begun <= today:
        assert "none_this_quarter" not in more.at_risk
        if fewer.this_quarter:
            assert set(more.at_risk) <= set(fewer.at_risk)


# the check-up -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("today", "open_"), [("2026-06-30", False), ("2026-07-01", True), ("2026-12-31", True)])
def test_a_check_up_not_done_this_year_is_worth_saying_from_july(today: str, open_: bool) -> None:
    assert year(today).checkup_open is open_
    last_year = [date(2025, 12, 31)]
    assert quota([], LONG_AGO, on(today), PROTOCOL, last_year).checkup_open is open_
    assert not quota([], LONG_AGO, on(today), PROTOCOL, [date(2026, 3, 1)]).checkup_open
    assert not quota([], LONG_AGO, on(today), PROTOCOL, [date(2026, 1, 1)]).checkup_open
    assert not quota([], LONG_AGO, on(today), PROTOCOL, [on(today)]).checkup_open
