"""`screen add` at the keyboard: readings of one sitting, units kept as typed, and what is worth saying."""

import pytest

from tests.runner import Chronic


@pytest.fixture
def neighbour(chronic: Chronic) -> Chronic:
    chronic.person("李建国", "--birth-date", "1990-01-01", "--sex", "M")
    return chronic


def seen(chronic: Chronic, columns: str) -> tuple[object, ...]:
    (row,) = chronic.sql(f"SELECT {columns} FROM visit WHERE ended_by IS NULL")
    return row


@pytest.mark.parametrize(
    ("readings", "mean", "third"),
    [
        (["148/92"], (148, 92), False),
        (["150/92", "140/90"], (145, 91), False),  # 10 apart is not more than 10
        (["151/92", "140/90"], (146, 91), True),
        (["150/92", "148/81"], (149, 87), True),
        (["170/92", "150/90", "146/88"], (148, 89), False),
        (["120/80", "150/90", "146/88", "144/87"], (145, 88), False),
    ],
)
@pytest.mark.parametrize("command", ["screen", "visit"])
def test_two_readings_are_averaged_and_of_three_the_last_two(
    neighbour: Chronic, command: str, readings: list[str], mean: tuple[int, int], third: bool
) -> None:
    run = neighbour.ok(command, "add", 1, *(part for reading in readings for part in ("--bp", reading)))
    assert seen(neighbour, "sbp, dbp") == mean
    stored = [f"{sbp}/{dbp}" for sbp, dbp in neighbour.sql("SELECT sbp, dbp FROM visit_reading ORDER BY seq")]
    assert stored == (readings if len(readings) > 1 else [])
    assert ("measure a third time" in run.err) == third
    assert ("the mean" in run.out) == (len(readings) > 1)
    assert ("of the last 2" in run.out) == (len(readings) > 2)


@pytest.mark.parametrize(
    ("option", "typed", "column", "value", "kept"),
    [
        ("--fpg", "126mg/dl", "fpg", 7.0, "126 mg/dL"),
        ("--fpg", "125 mg/dL", "fpg", 6.9, "125 mg/dL"),
        ("--random-glucose", "200mg/dl", "random_glucose", 11.1, "200 mg/dL"),
        ("--ogtt-2h", "140mg/dl", "ogtt_2h", 7.8, "140 mg/dL"),
        ("--hba1c", "48mmol/mol", "hba1c", 6.5, "48 mmol/mol"),
        ("--tc", "200mg/dl", "tc", 5.2, "200 mg/dL"),
        ("--tg", "150mg/dl", "tg", 1.7, "150 mg/dL"),
        ("--waist-cm", "2.7尺", "waist_cm", 90.0, "2.7 尺"),
        ("--weight-kg", "130斤", "weight_kg", 65.0, "130 斤"),
        ("--bp", "18.6/12.0kPa", "sbp", 140, "18.6/12 kPa"),
        ("--fpg", "7.0mmol/L", "fpg", 7.0, None),
        ("--fpg", "7.0", "fpg", 7.0, None),
        ("--waist-cm", "92cm", "waist_cm", 92.0, None),
        ("--bp", "148/92mmHg", "sbp", 148, None),
    ],
)
def test_the_unit_typed_is_converted_and_kept(
    neighbour: Chronic, option: str, typed: str, column: str, value: float, kept: str | None
) -> None:
    run = neighbour.ok("screen", "add", 1, option, typed)
    assert seen(neighbour, column) == (value,)
    found = [text for (text,) in neighbour.sql("SELECT text FROM visit_entered")]
    assert [text.replace("12.0", "12") for text in found] == ([kept] if kept else [])
    assert (" = " in run.err) == (kept is not None)


@pytest.mark.parametrize(
    "said", [["--fpg", "126"], ["--fpg", "126kg"], ["--fpg", "7mmol/mol"], ["--waist-cm", "2.7kPa"], ["--fpg", "900mg/dl"]]
)
def test_what_no_unit_explains_is_refused(neighbour: Chronic, said: list[str]) -> None:
    before = neighbour.dump()
    assert neighbour("screen", "add", 1, *said).code == 2
    assert neighbour.dump() == before


def test_a_correction_drops_what_no_longer_stands_as_typed(neighbour: Chronic) -> None:
    neighbour.ok("screen", "add", 1, "--fpg", "126mg/dl", "--waist-cm", "2.7尺")
    neighbour.ok("visit", "fix", 1, "--fpg", "6.5")
    live = "SELECT field, text FROM visit_entered JOIN visit ON visit.id = visit_entered.visit WHERE ended_by IS NULL"
    assert neighbour.sql(live) == [("waist_cm", "2.7 尺")]
    neighbour.ok("visit", "fix", 2, "--fpg", "130mg/dl")
    assert sorted(neighbour.sql(live)) == [("fpg", "130 mg/dL"), ("waist_cm", "2.7 尺")]


def test_arm_device_and_everything_else_is_kept(neighbour: Chronic) -> None:
    said = "--bp 128/78 --arm left --device 7136 --hdl-c 1.1 --tg 1.2 --ldl-c 2.9 --height-cm 170 --weight-kg 70"
    neighbour.ok("screen", "add", 1, *said.split(), "--glucose-sample", "capillary")
    kept = seen(neighbour, "arm, device, hdl_c, tg, ldl_c, height_cm, weight_kg, glucose_sample")
    assert kept == ("left", "7136", 1.1, 1.2, 2.9, 170.0, 70.0, "capillary")


def test_nothing_measured_is_no_screening(neighbour: Chronic) -> None:
    assert neighbour("screen", "add", 1, "--notes", "x").code == 2
    assert neighbour.sql("SELECT count(*) FROM visit") == [(0,)]


@pytest.mark.parametrize(
    ("said", "expected", "not_said"),
    [
        (["--fpg", "5.5"], [], ["OGTT", "Between"]),
        (["--fpg", "5.6"], ["an OGTT or HbA1c is advised"], ["Between"]),
        (["--fpg", "6.0"], ["an OGTT or HbA1c is advised"], ["Between"]),
        (["--fpg", "6.1"], ["Between normal and diabetes"], []),
        (["--fpg", "110mg/dl"], ["Between normal and diabetes"], []),
        (["--fpg", "6.9"], ["Between normal and diabetes"], []),
        (["--fpg", "7.0"], ["Suspected type 2 diabetes"], ["Between", "OGTT"]),
        (["--hba1c", "5.6"], [], ["Between"]),
        (["--hba1c", "5.7"], ["Between normal and diabetes"], []),
        (["--ogtt-2h", "7.7"], [], ["Between"]),
        (["--ogtt-2h", "7.8"], ["Between normal and diabetes"], []),
        (["--ppg-2h", "11.1"], ["counts only with typical symptoms"], []),
        (["--random-glucose", "11.0"], [], ["counts only"]),
    ],
)
def test_what_a_value_calls_for_is_said(
    neighbour: Chronic, said: list[str], expected: list[str], not_said: list[str]
) -> None:
    out = neighbour.ok("screen", "add", 1, *said).out
    assert all(text in out for text in expected)
    assert not any(text in out for text in not_said)


def test_a_screening_of_glucose_is_refused_for_who_is_managed_for_diabetes(neighbour: Chronic) -> None:
    neighbour.ok("enrol", 1, "dm")
    assert neighbour("screen", "add", 1, "--hba1c", "6.0").code == 21
    assert neighbour("screen", "add", 1, "--bp", "128/78").code == 0
