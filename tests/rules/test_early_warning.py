"""The two bars of the early warning on made-up people, and the boundaries of what counts as a rise.

`python -m tests.bench.bench_warning` prints the whole operating curve from many more people.
"""

import pytest

from chronic.protocol import DEFAULT, load
from chronic.protocol.warning import Warning as Book
from chronic.rules import warning
from tests.bench import bench_warning
from tests.bench.bench_warning import FALSE_ALARMS, FOUND, at_best, rates, warned

BOOK = Book.of(load(DEFAULT))


def test_the_curve_is_printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bench_warning", "40"])
    bench_warning.main()
    _bars, head, *lines = capsys.readouterr().out.splitlines()
    assert "found in 3" in head
    assert len(lines) == len(bench_warning.SPREADS) * len(bench_warning.BEFORE)


@pytest.mark.parametrize(("sd", "before"), [(8, 12), (7, 8)])
def test_both_bars_are_met_where_readings_vary_no_more_than_this(sd: float, before: int) -> None:
    got = rates(sd, before, 3000)
    assert got.false <= FALSE_ALARMS
    assert got.found >= FOUND


@pytest.mark.parametrize("sd", [6, 10, 12, 14])
def test_however_rough_the_readings_are_unchanged_people_are_hardly_ever_named(sd: float) -> None:
    assert rates(sd, 12, 1500).false <= FALSE_ALARMS + 0.3


def test_with_readings_as_rough_as_12_mmhg_no_rule_could_find_most_drifts_with_so_few_false_alarms() -> None:
    assert at_best(12, 12) < FOUND < at_best(8, 12)


def earlier_by(z: float, readings: int = 8) -> list[int | float]:
    """Readings at 120, then three as far above as comes to this z where one reading varies by 10."""
    rules = BOOK.rise
    spread = warning.spread(0, readings - 1, 10, rules.own_weight, BOOK.sbp.least)
    return [*[120] * readings, *[120 + z * spread * (1 / readings + 1 / rules.recent) ** 0.5] * rules.recent]


@pytest.mark.parametrize(("by", "said"), [(-0.001, False), (0.001, True)])
def test_a_rise_is_named_from_the_limit_on(by: float, said: bool) -> None:
    assert warned(earlier_by(BOOK.rise.z_from + by), 10, BOOK) == said  # type: ignore[arg-type]


@pytest.mark.parametrize(("readings", "said"), [(BOOK.rise.before_least - 1, False), (BOOK.rise.before_least, True)])
def test_too_few_earlier_readings_are_not_judged(readings: int, said: bool) -> None:
    assert warned(earlier_by(4, readings), 10, BOOK) == said  # type: ignore[arg-type]


def test_a_fall_in_pressure_is_no_warning() -> None:
    assert not warned([150, 148, 152, 150, 149, 120, 121, 119], 10, BOOK)
