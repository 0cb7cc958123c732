"""A body mass index at a limit is at the limit."""

import pytest

from chronic.model.body import bmi


@pytest.mark.parametrize(
    ("weight", "height", "index"), [(61.44, 160.0, 24.0), (69.36, 170.0, 24.0), (68.04, 180, 21.0), (100, 200, 25.0)]
)
def test_a_whole_index_is_whole(weight: float, height: float, index: float) -> None:
    assert bmi(weight, height) == index


def test_nothing_else_is_rounded() -> None:
    assert 23.996 < bmi(69.35, 170.0) < 23.997
