"""Guards: no text of a sheet is ever run as a formula, and every text comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chronic.model.guards import guard, unguard


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'=", "''@"])
def test_text_like_a_formula_travels_behind_an_apostrophe(start: str) -> None:
    assert guard(start + "x") == "'" + start + "x"
    assert unguard(guard(start + "x")) == start + "x"


@given(st.text("'=+-@＝ax\t"))
def test_the_guard_comes_off_as_it_went_on(text: str) -> None:
    assert unguard(guard(text)) == text
    assert guard(text)[:1] not in tuple("=+-@\t\r\n＝＋－＠")


@pytest.mark.parametrize("text", ["", "王", "'58年", "a=b", "'"])
def test_harmless_text_is_left_alone(text: str) -> None:
    assert guard(text) == unguard(text) == text
