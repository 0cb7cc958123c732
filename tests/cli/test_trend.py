"""Pictures at the desk: readings beside their targets, bars per band, and everything that ever happened."""

import csv
import io

import pytest

from chronic.cli.lists import band_line, bar
from chronic.cli.trend import glucose_bar, pressure_bar
from tests.runner import Chronic


@pytest.mark.parametrize(
    ("sbp", "dbp", "drawn"),
    [
        (138, 84, "      ==|==========|            "),
        (168, 98, "        | #========|######      "),
        (140, 90, "        |#=========|#           "),
        (139, 89, "       =|==========|            "),
        (72, 40, "=====   |          |            "),
        (290, 190, "        |          |          ##"),
        (150, None, "        |          |  #         "),
        (None, 80, "      = |          |            "),
        (None, None, "        |          |            "),
    ],
)
def test_a_pressure_lies_on_its_scale_between_both_limits(sbp: int | None, dbp: int | None, drawn: str) -> None:
    assert pressure_bar(sbp, dbp, (140, 90)) == drawn


@pytest.mark.parametrize(
    ("value", "drawn"),
    [
        (6.8, "=|===|        "),
        (7.0, "=|===|#       "),
        (3.9, "#|   |        "),
        (4.0, "=|=  |        "),
        (12.4, "=|===|######   "),
        (40.0, "=|===|###########"),
        (float("inf"), "=|===|###########"),
        (float("-inf"), "#|   |           "),
        (None, " |   |           "),
    ],
)
def test_a_glucose_lies_on_its_scale_inside_or_outside_the_band(value: float | None, drawn: str) -> None:
    assert glucose_bar(value, (3.9, 7.0)).rstrip() == drawn.rstrip()


def test_the_limit_of_a_bar_moves_with_the_birthday(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--birth-date", "1961-09-01", "--htn-enrolled-on", "2026-01-01")
    chronic.visit(1, "2026-08-31", "--bp", "144/84")
    chronic.visit(1, "2026-09-01", "--bp", "144/84", "--fpg", "7.6")
    out = chronic.ok("person", "show", 1).out
    assert "Pressure, target below 150/90; fasting glucose, target below 7.0\n" in out
    assert "2026-08-31  144/84         ==|==========|#\n" in out
    assert "2026-09-01  144/84         ==|=========== |             7.6  =|===|#\n" in out


def test_one_reading_is_no_trend_and_one_by_phone_is_no_reading(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-01")
    chronic.visit(1, "2026-08-31", "--bp", "144/84")
    chronic.visit(1, "2026-09-01", "--bp", "144/84", "--way", "phone")
    assert "Pressure" not in chronic.ok("person", "show", 1).out


def test_a_meter_beyond_its_range_is_drawn_to_the_end(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--dm-enrolled-on", "2026-01-01")
    chronic.visit(1, "2026-08-31", "--fpg", "HI")
    chronic.visit(1, "2026-09-01", "--fpg", "LO")
    out = chronic.ok("person", "show", 1).out
    assert "  HI  =|===|###########\n" in out
    assert "  LO  #|   |\n" in out


def test_on_a_narrow_screen_only_the_figures_stay(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-01")
    for day in ("2026-08-31", "2026-09-01"):
        chronic.visit(1, day, "--bp", "144/84")
    assert "2026-09-01  144/84\n" in chronic("person", "show", 1, COLUMNS="60").out


def test_every_band_has_its_bar_and_none_is_longer_than_its_number(chronic: Chronic) -> None:
    assert [bar(number, 60) for number in (0, 1, 36, 60)] == ["", "#", "#" * 12, "#" * 20]
    assert bar(3, 3) == "###"
    assert band_line({"1-30": 3}, bars=True) == "3 people   1-30 days 3 ###   31-90 days 0   over 90 days 0"
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-11-01")
    assert "1-30 days 1 #   31-90" in chronic.ok("overdue").out
    assert "#" not in chronic.ok("today").out


@pytest.fixture
def wang(chronic: Chronic) -> Chronic:
    chronic.person(
        "王秀兰", "--registered-on", "2025-12-01", "--htn-enrolled-on", "2026-01-01", "--htn-diagnosed-on", "2025-11-20",
        "--phone", "13812345512",
    )  # fmt: skip
    chronic.visit(1, "2026-03-01", "--bp", "128/78", "--fpg", "6.1")
    chronic.visit(1, "2026-06-01", "--bp", "186/112")
    chronic.ok("refer", "reply", 1, "--outcome", "seen", "--on", "2026-06-05", "--institution", "县医院")
    chronic.ok("visit", "fix", chronic.visit_number(1, "2026-03-01"), "--bp", "126/78")
    chronic.ok("pause", 1, "--on", "2026-10-01", "--reason", "外出打工")
    chronic.ok("person", "edit", 1, "--phone", "13900001234")
    chronic.ok("person", "close", 1, "--reason", "moved", "--on", "2026-11-18", "--yes")
    return chronic


def test_the_timeline_has_everything_that_ever_happened_oldest_first(wang: Chronic) -> None:
    rows = wang.rows("person", "timeline", 1)
    told = [(row["on"], row["event"], row["detail"]) for row in rows if row["event"] != "changed"]
    assert told == [
        ("2025-12-01", "registered", None),
        ("2026-01-01", "enrolled", "hypertension  Diagnosed on 2025-11-20"),
        ("2026-03-01", "visit", "clinic  126/78  Fasting glucose 6.1  hypertension controlled"),
        ("2026-03-01", "visit", "clinic  128/78  Fasting glucose 6.1  corrected"),
        ("2026-06-01", "visit", "clinic  186/112  hypertension not controlled  DANGER"),
        ("2026-06-01", "referral", "EMERGENCY referral  hypertension"),
        ("2026-06-05", "outcome", "seen there  县医院"),
        ("2026-10-01", "paused", "外出打工"),
        ("2026-11-18", "closed", "moved"),
    ]
    assert "Phone: 138****5512 -> 139****1234" in [row["detail"] for row in rows]
    days = [row["on"] for row in rows]
    assert days == sorted(days)


def test_the_timeline_tells_numbers_only_on_request_and_programs_by_codes(wang: Chronic) -> None:
    assert "13812345512" not in wang.ok("person", "timeline", 1, "--format", "csv").out
    assert "13812345512" in wang.ok("person", "timeline", 1, "--full").out
    rows = wang.rows("person", "timeline", 1)
    (danger,) = [row for row in rows if row["danger"]]
    assert (danger["event"], danger["class"], danger["danger"]) == ("visit", {"htn": "uncontrolled"}, ["danger.bp"])
    assert {row["event"] for row in rows} <= {
        "registered", "enrolled", "visit", "referral", "outcome", "paused", "changed", "closed",
    }  # fmt: skip
    table = list(csv.DictReader(io.StringIO(wang.ok("person", "timeline", 1, "--format", "csv").out)))
    assert [row["event"] for row in table] == [row["event"] for row in rows]


def test_the_timeline_is_chinese_in_chinese(wang: Chronic) -> None:
    out = wang.ok("person", "timeline", 1, lang="zh").out
    assert "2026-06-01  转诊" in out
    assert "2026-11-18  销档      迁出" in out
    assert "危急" in out


def test_someone_of_whom_nothing_is_known_has_an_empty_timeline(chronic: Chronic) -> None:
    chronic.person("王秀兰")
    assert chronic.rows("person", "timeline", 1) == []
