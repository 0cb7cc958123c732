"""Every case of tests/rules/cases, run as written: exact equality on the keys a case expects.

How a case reads is told in `chronic.exchange.cases`; a county's own cases are run by the same code.
"""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chronic.errors import ValueRefused
from chronic.exchange import cases
from chronic.protocol import Editions, load

CASES = Path(__file__).parent / "cases"
EDITIONS = Editions([(load("cn-nbphs-2017").effective_from, load("cn-nbphs-2017"))])
VECTORS = {*range(1, 24), 25, 26, 35, 39, *range(44, 51)}
"""Numbers of the rule book's golden vectors that are about these rules."""
ALL = [case for path in sorted(CASES.glob("*.toml")) for case in cases.read(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("case", ALL, ids=[case["says"] for case in ALL])
def test_the_case_holds(case: dict[str, Any]) -> None:
    checked = cases.run(case, EDITIONS)
    assert [(one.where, one.got) for one in checked] == [(one.where, one.wanted) for one in checked]


def test_no_two_cases_say_the_same() -> None:
    said = [case["says"] for case in ALL]
    assert sorted(said) == sorted(set(said))


def test_every_vector_of_the_rule_book_about_these_rules_is_a_case() -> None:
    assert {case["vector"] for case in ALL if "vector" in case} == VECTORS


@pytest.mark.parametrize(
    ("place", "wrong", "key"),
    [
        ("case", {"colour": "red"}, "colour"),
        ("case", {"enrolled": {"htn": {"on": date(2026, 1, 1), "since": 1}}}, "since"),
        ("case", {"outcomes": [{"on": date(2026, 1, 1), "outcome": "seen", "by": "me"}]}, "by"),
        ("case", {"pauses": [{"from": date(2026, 1, 1)}]}, "from"),
        ("visit", {"pressure": "120/80"}, "pressure"),
        ("visit", {"then": {"htn": {"due_on": date(2026, 1, 1)}}}, "due_on"),
        ("expect", {"htn": {"klass": "controlled"}}, "klass"),
        ("expect", {"suspect": {"sugar": 1}}, "sugar"),
        ("expect", {"danger": []}, "danger"),
        ("expect", {}, "expect"),
    ],
)
def test_an_unknown_key_in_a_case_is_an_error(place: str, wrong: dict[str, Any], key: str) -> None:
    visit = {"on": date(2026, 2, 1), "bp": "120/80"} | (wrong if place == "visit" else {})
    case = {"says": "-", "programmes": ["htn"], "visits": [visit], "expect": wrong if place == "expect" else {}}
    case |= wrong if place == "case" else {}
    with pytest.raises(ValueRefused) as caught:
        cases.run(case, EDITIONS)
    assert (caught.value.code, caught.value.values["key"]) == ("cases.key", key)


@pytest.mark.parametrize(
    "visit", [{"bp": "120/80"}, {"on": date(2026, 2, 1), "bp": "high"}, {"on": date(2026, 2, 1), "fpg": "seven"}]
)
def test_a_value_no_case_can_mean_is_refused(visit: dict[str, Any]) -> None:
    with pytest.raises(ValueRefused) as caught:
        cases.run({"says": "odd", "visits": [visit], "expect": {"plans": 0}}, EDITIONS)
    assert (caught.value.code, caught.value.values["case"]) == ("cases.value", "odd")


@pytest.mark.parametrize("text", ["[[case]", "[[other]]\nsays = 'x'\n"])
def test_what_is_no_case_file_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused):
        cases.read(text)
