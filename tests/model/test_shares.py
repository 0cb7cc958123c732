"""Percentages that add up to 100, whatever is shared out."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from chronic.model.shares import PER_MILLE, percentages, rate, shares

COUNTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=12)


@settings(max_examples=100, deadline=None)
@given(COUNTS)
def test_shares_sum_to_the_whole_and_each_is_its_exact_value_rounded_one_way_or_the_other(counts: list[int]) -> None:
    parts = shares(counts)
    total = sum(counts)
    assert sum(parts) == (PER_MILLE if total else 0)
    for count, part in zip(counts, parts, strict=True):
        assert not total or abs(part * total - count * PER_MILLE) < total
        assert count or not part
    pairs = sorted(zip(counts, parts, strict=True))
    assert all(less <= more for (few, less), (many, more) in pairwise(pairs) if few < many)


def test_thirds_are_not_333_three_times() -> None:
    assert percentages([1, 1, 1]) == [33.4, 33.3, 33.3]
    assert percentages([2, 1]) == [66.7, 33.3]
    assert percentages([0, 5]) == [0.0, 100.0]
    assert percentages([0, 0]) == [None, None]
    assert percentages([]) == []


def test_a_rate_is_rounded_half_up_in_whole_numbers() -> None:
    assert (rate(1, 2000), rate(1, 2001), rate(2, 3), rate(0, 3), rate(3, 3)) == (0.1, 0.0, 66.7, 0.0, 100.0)
    assert rate(0, 0) is None
    assert rate(6, 3) == 200.0
