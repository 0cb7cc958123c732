"""What lies between normal and diabetes, what one contact's tests call for, and whose edition judges an HbA1c."""

from datetime import date
from typing import Any

import pytest

from chronic.model.visit import Contact
from chronic.protocol import DEFAULT, Editions, load, parse
from chronic.rules.glycaemia import between, by_day, remarks, speaks

PROTOCOL = load(DEFAULT)
COUNTY = """
id = "xx-county-2026"
base = "cn-nbphs-2017"
effective_from = 2026-01-01
title = { zh = "某县2026", en = "Some county 2026" }

[screening.dm_tests]
cite = "county-tests"
hba1c_at_or_above = 6.3
random_at_or_above = 12.0

[cites.county-tests]
source = "XX county 2026"
mark = "A"
zh = "糖化血红蛋白 ≥6.3%"
en = "HbA1c 6.3 % or more"
"""
CHANGED = Editions([(date(2017, 1, 1), PROTOCOL), (date(2026, 1, 1), parse(COUNTY))])


def met(**values: Any) -> Contact:
    return Contact(date(2026, 3, 3), "visit", 1, "screening", **values)


@pytest.mark.parametrize(
    ("values", "columns"),
    [
        ({}, []),
        ({"fpg": 6.0}, []),
        ({"fpg": 6.1}, ["fpg"]),
        ({"fpg": 6.9}, ["fpg"]),
        ({"fpg": 7.0}, []),
        ({"ogtt_2h": 7.7}, []),
        ({"ogtt_2h": 7.8}, ["ogtt_2h"]),
        ({"ogtt_2h": 11.0}, ["ogtt_2h"]),
        ({"ogtt_2h": 11.1}, []),
        ({"hba1c": 5.6}, []),
        ({"hba1c": 5.7}, ["hba1c"]),
        ({"hba1c": 6.4}, ["hba1c"]),
        ({"hba1c": 6.5}, []),
        ({"fpg": 6.5, "ogtt_2h": 9.0, "hba1c": 6.0}, ["fpg", "ogtt_2h", "hba1c"]),
    ],
)
def test_what_lies_above_normal_and_below_diabetes(values: dict[str, float], columns: list[str]) -> None:
    assert between(met(**values), PROTOCOL) == columns


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({}, []),
        ({"random_glucose": 11.0}, []),
        ({"random_glucose": 11.1}, ["dm.random_not_counted"]),
        ({"ppg_2h": 11.1}, ["dm.random_not_counted"]),
        ({"random_glucose": 12.0, "ppg_2h": 6.0}, ["dm.random_not_counted"]),
        ({"random_glucose": 12.0, "symptoms": "thirst"}, []),
        ({"random_glucose": 12.0, "symptoms": "numb_hands_feet"}, ["dm.random_not_counted"]),
        ({"fpg": 5.5}, []),
        ({"fpg": 5.6}, ["dm.further_test"]),
        ({"fpg": 6.1}, ["dm.prediabetes", "dm.further_test"]),
        ({"fpg": 6.9}, ["dm.prediabetes", "dm.further_test"]),
        ({"fpg": 7.0}, []),
        ({"fpg": 5.6, "hba1c": 5.0}, []),
        ({"fpg": 5.6, "ogtt_2h": 6.0}, []),
        ({"hba1c": 5.0}, []),
        ({"hba1c": 5.7}, ["dm.prediabetes"]),
    ],
)
def test_what_is_said_of_one_contacts_tests(values: dict[str, Any], codes: list[str]) -> None:
    assert remarks(met(**values), PROTOCOL) == codes


@pytest.mark.parametrize(("taken", "abnormal"), [(date(2025, 12, 31), False), (date(2026, 1, 1), True), (None, True)])
def test_an_hba1c_is_judged_by_the_edition_of_the_day_it_was_taken(taken: date | None, abnormal: bool) -> None:
    contact = met(hba1c=6.4, hba1c_on=taken)
    assert speaks(contact, CHANGED) is abnormal
    ((on, (test,)),) = by_day([contact], CHANGED)
    assert (on, test.abnormal) == (taken or contact.on, abnormal)


@pytest.mark.parametrize(("column", "below", "at"), [
    ("fpg", 6.9, 7.0), ("ogtt_2h", 11.0, 11.1), ("hba1c", 6.4, 6.5), ("random_glucose", 11.0, 11.1), ("ppg_2h", 11.0, 11.1),
])  # fmt: skip
def test_a_test_is_abnormal_from_its_own_limit_on(column: str, below: float, at: float) -> None:
    editions = Editions([(date(2017, 1, 1), PROTOCOL)])
    assert [test.abnormal for _, tests in by_day([met(**{column: below})], editions) for test in tests] == [False]
    assert [test.abnormal for _, tests in by_day([met(**{column: at})], editions) for test in tests] == [True]
    assert not speaks(met(**{column: below}), editions)
    assert speaks(met(**{column: at}), editions)


def test_a_tolerance_test_and_glucose_at_random_have_limits_of_their_own() -> None:
    assert speaks(met(ogtt_2h=11.5), CHANGED)
    assert not speaks(met(random_glucose=11.5), CHANGED)
