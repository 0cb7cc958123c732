"""Tails of the distributions against printed tables, and the statistics built on them against values worked by hand."""

from itertools import pairwise
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chronic.rules import truth, warning
from chronic.rules.chance import above, chi_square_above

# NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4: upper critical values of the chi-square distribution
CRITICAL = [
    (1, 3.841, 0.05), (1, 6.635, 0.01), (1, 10.828, 0.001), (2, 5.991, 0.05), (3, 7.815, 0.05), (4, 9.488, 0.05),
    (4, 13.277, 0.01), (4, 18.467, 0.001), (5, 11.070, 0.05), (5, 20.515, 0.001), (9, 16.919, 0.05), (9, 21.666, 0.01),
    (9, 27.877, 0.001), (10, 18.307, 0.05), (30, 43.773, 0.05), (30, 59.703, 0.001),
]  # fmt: skip
FAIR = [10] * 10


@pytest.mark.parametrize(("df", "value", "chance"), CRITICAL)
def test_the_chi_square_tail_is_that_of_the_printed_table(df: int, value: float, chance: float) -> None:
    assert chi_square_above(value, df) == pytest.approx(chance, rel=2e-3)


@pytest.mark.parametrize("df", [1, 2, 9, 10])
def test_nothing_lies_below_nothing_and_hardly_anything_very_far_out(df: int) -> None:
    assert chi_square_above(0, df) == 1
    assert 0 <= chi_square_above(900, df) < 1e-150


@pytest.mark.parametrize(("z", "chance"), [(0, 0.5), (1.6449, 0.05), (2.3263, 0.01), (3.0902, 0.001), (-1.6449, 0.95)])
def test_the_normal_tail_is_that_of_the_printed_table(z: float, chance: float) -> None:
    assert above(z) == pytest.approx(chance, rel=1e-3)


@given(st.floats(0.1, 60), st.integers(1, 20))
@settings(max_examples=50)
def test_the_tail_falls_with_the_value_and_grows_with_the_degrees_of_freedom(value: float, df: int) -> None:
    assert chi_square_above(value + 1, df) < chi_square_above(value, df) < chi_square_above(value, df + 1)


def test_digits_that_are_all_as_frequent_are_no_preference() -> None:
    assert truth.digits(FAIR) == (0, 9, 1, 0)


def test_one_digit_alone_is_a_score_of_a_hundred() -> None:
    found = truth.digits([100, *[0] * 9])
    assert found.chi_square == pytest.approx(900)  # 90 * 90 / 10 and nine times 10 * 10 / 10
    assert found.score == pytest.approx(100)


def test_digits_worked_by_hand() -> None:
    found = truth.digits([28, 8, 8, 8, 8, 8, 8, 8, 8, 8])  # 18 * 18 / 10 and nine times 2 * 2 / 10
    assert found.chi_square == pytest.approx(36)
    assert found.df == 9
    assert found.score == pytest.approx(20)  # 100 * sqrt(36 / 900)
    even = truth.digits([40, 20, 20, 10, 10])  # expected 20: 400 / 20 + 100 / 20 + 100 / 20
    assert even.chi_square == pytest.approx(30)
    assert even.df == 4


@pytest.mark.parametrize(("mean", "sd"), [(120, 10), (132, 14), (138, 12), (140, 18), (150, 16)])
def test_a_normal_spread_of_readings_makes_no_step_at_the_limit_wherever_it_lies(mean: float, sd: float) -> None:
    normal, edges = NormalDist(mean, sd), (119.5, 129.5, 139.5, 149.5, 159.5)
    counts = [round(1000 * (normal.cdf(high) - normal.cdf(low))) for low, high in pairwise(edges)]
    assert abs(truth.step(*counts).z) < 1


def test_a_step_worked_by_hand() -> None:
    found = truth.step(100, 200, 50, 50)
    # ln(200.5/50.5) - (ln(100.5/200.5) + ln(50.5/50.5)) / 2 = 1.3788 + 0.3453; error: sqrt(0.25 * (1/100.5 + 1/50.5)
    # + 2.25 * (1/200.5 + 1/50.5)) = sqrt(0.0074381 + 0.0557769)
    assert found.ratio == 4
    assert found.z == pytest.approx(1.7241 / 0.25142, rel=1e-3)
    assert truth.step(50, 50, 50, 50)[:2] == (1, 0)


def test_no_reading_from_the_limit_on_has_no_ratio_and_still_a_statistic() -> None:
    found = truth.step(60, 120, 0, 20)
    assert found.ratio is None
    assert found.p < 0.001


def test_a_rise_worked_by_hand() -> None:
    found = warning.rise([120, 124, 128, 132], [140, 141, 142], usual=10, weight=7)
    # squares of the four: 36 + 4 + 4 + 36 = 80; spread: sqrt((7 * 100 + 80) / (7 + 3)) = 8.8318
    assert (found.before, found.recent) == (126, 141)
    assert found.sd == pytest.approx(8.8318, rel=1e-4)
    assert found.z == pytest.approx(15 / (8.8318 * (1 / 4 + 1 / 3) ** 0.5), rel=1e-4)
    assert warning.rise([120] * 4, [141] * 3, usual=1, weight=7, least=6).sd == 6
    assert warning.rise([141, 141], [120], usual=10, weight=7).z < 0


def test_a_swing_worked_by_hand() -> None:
    found = warning.swing([100, 140, 100, 140, 100, 140], usual=10)
    assert found.sd == pytest.approx((2400 / 5) ** 0.5)
    assert found.times == pytest.approx(2.19089, rel=1e-5)
    assert found.p == pytest.approx(chi_square_above(24, 5))


def test_a_fall_worked_by_hand() -> None:
    found = warning.fall(60, 100, 45, 100)
    assert (found.then, found.now) == (60, 45)
    assert found.z == pytest.approx(0.15 / (0.525 * 0.475 * 0.02) ** 0.5)  # 2.1242
    assert found.p == pytest.approx(0.01683, rel=1e-3)
    assert warning.fall(30, 30, 30, 30).z == 0
    assert warning.fall(40, 100, 50, 100).z < 0
