"""The one explicit danger question: some symptoms force it, none of them answers it."""

import pytest

from chronic.model.plan import Problem
from chronic.protocol import load
from chronic.rules.followup import must_ask_danger

PROTOCOL = load("cn-nbphs-2017")


@pytest.mark.parametrize("symptoms", ["breathlessness", "headache;breathlessness", "breathlessness;numbness"])
def test_breathlessness_forces_the_danger_question(symptoms: str) -> None:
    assert must_ask_danger(symptoms, None, PROTOCOL) == (Problem("ask.breathlessness", "danger"),)


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_an_answered_question_is_not_asked_again(answer: str) -> None:
    assert must_ask_danger("breathlessness", answer, PROTOCOL) == ()


@pytest.mark.parametrize("symptoms", [None, "", "none", "headache", "headache;nausea;palpitation"])
def test_no_other_symptom_forces_it(symptoms: str | None) -> None:
    assert must_ask_danger(symptoms, None, PROTOCOL) == ()
