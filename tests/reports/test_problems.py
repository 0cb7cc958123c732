"""What checks cost, and where an interval ends."""

import contextlib
import re
from datetime import date

import pytest

from chronic.protocol import DEFAULT, Interval, load
from chronic.protocol.tasks import Tasks
from chronic.reports.problems import first_not_over, queries, values
from chronic.store import registry
from tests.runner import Chronic

CHECKS = Tasks.of(load(DEFAULT)).checks
DAY = date(2026, 11, 21)
BY_PLAN = r"SEARCH q USING INDEX plan_programme \(kind=\? AND programme=\? AND paused=\? AND rank=\? AND due_on<\?\)"
WALKS = {
    "danger": r"SEARCH a USING COVERING INDEX agenda_referral \(paused=\? AND rank=\? AND due_referral<\?\)",
    "referral": r"SEARCH a USING COVERING INDEX agenda_referral \(paused=\? AND rank=\? AND due_referral<\?\)",
    "suspicion": BY_PLAN,
    "overdue": r"SEARCH a USING COVERING INDEX agenda_date \(paused=\? AND due_followup<\?\)",
    "never_seen": BY_PLAN,
    "no_contact": r"SEARCH a USING INDEX agenda_date \(paused=\? AND due_followup<\?\)",
    "outcome_missing": r"SEARCH e USING INDEX enrolment_ended \(ended_on>\?\)",
}


@pytest.mark.parametrize("code", WALKS)
def test_a_check_walks_an_index_to_what_is_late(chronic: Chronic, code: str) -> None:
    with contextlib.closing(registry.connect(chronic.path)) as db:
        (sql,) = queries(CHECKS[code])
        steps = [step[3] for step in db.execute(f"EXPLAIN QUERY PLAN {sql}", values(DAY, CHECKS[code]))]
        assert re.match(WALKS[code], steps[0]), steps


def test_who_lacks_something_is_found_by_an_index(chronic: Chronic) -> None:
    with contextlib.closing(registry.connect(chronic.path)) as db:
        for sql in queries(CHECKS["missing"]):
            steps = [step[3] for step in db.execute(f"EXPLAIN QUERY PLAN {sql}", values(DAY, CHECKS["missing"]))]
            assert "USING INDEX person_no_" in steps[0] or "person_village (village=?)" in steps[0], steps


@pytest.mark.parametrize("text", ["1 days", "14 days", "90 days", "1 months", "3 months", "12 months"])
def test_what_lies_before_the_day_has_lasted_longer_than_the_interval(text: str) -> None:
    interval = Interval.read(text)
    for month in range(1, 13):
        for day in (1, 28, 30, 31):
            with contextlib.suppress(ValueError):
                today = date(2028, month, day)
                first = first_not_over(interval, today)
                assert interval.after(first) >= today
                assert interval.after(date.fromordinal(first.toordinal() - 1)) < today
