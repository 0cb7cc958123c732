"""How often somebody is met in the months to come."""

from datetime import date

import pytest

from chronic.protocol import DEFAULT, Interval, load
from chronic.rules.workload import intervals, meetings

RULES = load(DEFAULT)
FIRST, LAST = date(2026, 11, 23), date(2027, 11, 22)


@pytest.mark.parametrize(
    ("classes", "days"),
    [
        ({"htn": "controlled"}, ["2027-02-23"]),
        ({"htn": "uncontrolled"}, ["2026-12-07"]),
        ({"htn": "controlled", "dm": "uncontrolled"}, ["2026-12-07"]),
        ({"dm": "adverse_reaction"}, ["2026-12-07"]),
        ({"lipid": "uncontrolled"}, ["2027-01-04"]),
        ({"lipid": None}, ["2027-02-23"]),
        ({"htn": None}, ["2027-02-23"]),  # never assessed: the year's four visits
        ({}, []),
    ],
)
def test_the_next_visit_follows_the_class_by_the_guideline(classes: dict[str, str | None], days: list[str]) -> None:
    _, *later = meetings(FIRST, intervals(classes, RULES), FIRST, date(2027, 3, 1))
    assert [day.isoformat() for day in later[:1]] == days


def test_somebody_controlled_is_met_four_times_a_year() -> None:
    assert len(list(meetings(FIRST, intervals({"htn": "controlled"}, RULES), FIRST, LAST))) == 4


def test_a_guideline_with_longer_intervals_still_owes_the_years_visits() -> None:
    longer = RULES.but(htn=RULES.htn.but(followup=RULES.htn.followup.but(controlled=Interval(6, 0))))
    assert len(list(meetings(FIRST, intervals({"htn": "controlled"}, longer), FIRST, LAST))) == 4
    more = longer.but(entitlement=RULES.entitlement.but(visits=RULES.entitlement.visits.but(needed=6)))
    assert len(list(meetings(FIRST, intervals({"htn": "controlled"}, more), FIRST, LAST))) == 6


@pytest.mark.parametrize(
    ("due", "days"),
    [
        ("2026-01-01", ["2026-11-23"]),  # overdue: the first day
        ("2026-11-22", ["2026-11-23"]),
        ("2026-11-23", ["2026-11-23"]),
        ("2027-11-22", ["2027-11-22"]),
        ("2027-11-23", []),
    ],
)
def test_what_is_overdue_falls_on_the_first_day_and_nothing_after_the_last(due: str, days: list[str]) -> None:
    assert [day.isoformat() for day in meetings(date.fromisoformat(due), [], FIRST, LAST)] == days
