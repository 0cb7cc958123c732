"""Several readings of one sitting: what counts, and when a third one is needed."""

import pytest

from chronic.protocol import DEFAULT, load
from chronic.rules.sitting import Reading, counted, mean, third_needed

PROTOCOL = load(DEFAULT)


@pytest.mark.parametrize(
    ("readings", "needed"),
    [
        ([(150, 90)], False),
        ([(150, 90), (160, 90)], False),  # 10 apart is near enough
        ([(150, 90), (161, 90)], True),
        ([(161, 90), (150, 90)], True),
        ([(150, 90), (150, 100)], False),
        ([(150, 90), (150, 101)], True),
        ([(150, 90), (170, 110), (150, 90)], False),  # there is a third
    ],
)
def test_a_third_reading_is_needed_where_two_lie_more_than_ten_apart(readings: list[Reading], needed: bool) -> None:
    assert third_needed(readings, PROTOCOL) is needed


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ([(150, 90)], (150, 90)),
        ([(150, 90), (144, 86)], (147, 88)),
        ([(170, 100), (150, 90), (144, 86)], (147, 88)),  # the last two
        ([(150, 90), (145, 87)], (148, 89)),  # halves go up
    ],
)
def test_the_last_two_count(readings: list[Reading], expected: Reading) -> None:
    assert counted(readings, PROTOCOL) == expected


def test_a_mean_is_rounded_half_up() -> None:
    assert mean([(139, 89), (140, 89), (140, 90)]) == (140, 89)
    assert mean([(140, 90), (139, 89)]) == (140, 90)
