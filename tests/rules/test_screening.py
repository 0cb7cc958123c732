"""What the cases of screening cannot say, because a guideline of the country has other numbers."""

from datetime import date
from typing import Any

from chronic.model.person import Outcome
from chronic.model.visit import Contact
from chronic.protocol import DEFAULT, Editions, load, parse
from chronic.rules.screening import high, suspicion

NATIONAL = Editions([(date(2017, 1, 1), load(DEFAULT))])
THREE_DAYS = """
id = "xx-county-2026"
base = "cn-nbphs-2017"
effective_from = 2026-01-01
title = { zh = "某县2026", en = "Some county 2026" }

[screening.dm]
cite = "county-days"
days = 3
recheck = "30 days"

[cites.county-days]
source = "XX county 2026"
mark = "A"
zh = "三个不同日"
en = "On three different days"
"""
COUNTY = Editions([(date(2026, 1, 1), parse(THREE_DAYS))])


def met(day: int, way: str = "clinic", **values: Any) -> Contact:
    return Contact(date(2026, 3, day), f"visit-{day:02}", day, "screening", way=way, glucose_sample="venous", **values)


def test_where_two_tests_were_high_both_must_be_normal_to_end_the_suspicion() -> None:
    known = [met(3, fpg=7.2), met(10, ogtt_2h=12.0)]
    still = suspicion("dm", [*known, met(17, fpg=5.2)], (), COUNTY)
    assert still is not None
    assert (still.days_high, still.due_on) == (2, date(2026, 4, 9))
    assert suspicion("dm", [*known, met(17, fpg=5.2, ogtt_2h=6.0)], (), COUNTY) is None


def test_a_test_of_a_day_that_was_answered_is_answered_whenever_it_was_written_down() -> None:
    known = [met(3, fpg=7.2), met(10, fpg=7.2)]
    no = Outcome(date(2026, 3, 12), "seen", "outcome", None, "no", "dm")
    late = met(20)._replace(hba1c=6.6, hba1c_on=date(2026, 3, 12))
    assert suspicion("dm", [*known, late], (no,), NATIONAL) is None
    again = suspicion("dm", [*known, late._replace(hba1c_on=date(2026, 3, 13))], (no,), NATIONAL)
    assert again is not None
    assert again.days_high == 1


def test_a_day_is_high_when_one_contact_of_it_is() -> None:
    assert high("htn", [met(3, sbp=120, dbp=70), met(4, sbp=140, dbp=70)], NATIONAL)
    assert not high("htn", [met(3, sbp=139, dbp=89, fpg=7.0)], NATIONAL)
    assert high("dm", [met(3, sbp=139, dbp=89, fpg=7.0)], NATIONAL)
    assert not high("dm", [met(3, sbp=140, dbp=90, fpg=6.9)], NATIONAL)


def test_a_day_is_high_by_what_is_a_criterion_or_a_hint_alone() -> None:
    assert high("htn", [met(3, sbp=120, dbp=70)._replace(bp_drugs="yes")], NATIONAL)
    assert high("dm", [met(3, random_glucose=11.1)], NATIONAL)


def test_what_was_told_by_phone_is_never_high() -> None:
    assert not high("htn", [met(3, way="phone", sbp=150, dbp=95)], NATIONAL)
