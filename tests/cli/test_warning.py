"""`report warning`: who is named while still controlled, who is not, and where control falls."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from random import Random

import pytest

from chronic.model.days import add_months
from tests.runner import Chronic, Row

TODAY = date(2026, 11, 21)
STEADY = [124, 130, 126, 122, 128, 125, 129, 123]
PEOPLE = [
    ("王秀兰", [112, 118, 114, 110, 116, 113, 117, 111, 134, 136, 138]),  # 1: rises, and is below 140 still
    ("李建国", [*STEADY, 127, 124, 126]),  # 2: as ever
    ("周玉珍", [112, 118, 114, 110, 116, 113, 117, 111, 134, 136, 142]),  # 3: rises, and is above 140 by now
    ("陈志强", [112, 114, 116, 134, 136, 138]),  # 4: would be the same as 1, but too few before
    ("刘桂英", [118, 120, 119, 121, 120, 92, 138, 94, 136, 95, 138]),  # 5: swings
]
"""The latest reading a month ago, one every three months before."""


def imported(chronic: Chronic, people: Iterable[tuple[object, ...]], visits: Iterable[tuple[object, ...]]) -> Chronic:
    head = (
        "person_ref",
        "name",
        "sex",
        "birth_date",
        "village",
        "responsible_doctor",
        "phone",
        "programmes",
        "htn_enrolled_on",
    )
    for name, first, rows in (
        ("people.csv", head, people),
        ("visits.csv", ("person_ref", "visit_date", "way", "sbp", "dbp", "fpg", "adherence"), visits),
    ):
        with (chronic.folder / name).open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([first, *rows])
        chronic.ok("import", chronic.folder / name)
    return chronic


def row_of(n: int, name: str, village: str = "下各村", doctor: str = "李医生") -> tuple[object, ...]:
    return n, name, "F", "1970-05-05", village, doctor, f"138{n:08}", "htn", "2020-01-05"


def quarterly(n: int, values: list[int], way: str = "clinic") -> list[tuple[object, ...]]:
    last = add_months(TODAY, -1)
    count = len(values)
    return [(n, add_months(last, -3 * (count - 1 - at)), way, value, 76, "", "regular") for at, value in enumerate(values)]


@pytest.fixture(scope="module")
def clinic(made_once: Chronic, tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    """The five, and forty steady people from whom it is learnt how much a reading varies."""
    folder = tmp_path_factory.mktemp("warning")
    (folder / "registry.db").write_bytes(made_once.path.read_bytes())
    rng = Random(1)
    people = [(name, values) for name, values in PEOPLE]
    people += [(f"王{chr(0x4E00 + n)}", [round(rng.gauss(124, 5)) for _ in range(9)]) for n in range(40)]
    visits = [row for n, (_name, values) in enumerate(people, 1) for row in quarterly(n, values)]
    return imported(Chronic(folder), [row_of(n, name) for n, (name, _values) in enumerate(people, 1)], visits)


def named(chronic: Chronic, *args: object) -> dict[str, Row]:
    return {row["key"]: row for row in chronic.rows("report", "warning", *args)}


def test_who_is_named_and_by_which_figures(clinic: Chronic) -> None:
    rows = named(clinic)
    assert {key for key in rows if key.rpartition(":")[2] in "12345"} == {"rise:sbp:1", "swing:sbp:5"}
    rise = rows["rise:sbp:1"]
    assert (rise["mean_before"], rise["mean_recent"], rise["readings"]) == (
        113.9,
        136,
        "112 118 114 110 116 113 117 111 | 134 136 138",
    )
    assert rise["z"] > 2.65
    assert rise["p"] < 0.005
    assert rows["swing:sbp:5"]["spread_times"] > 2.2


def test_a_warning_opens_into_its_readings(clinic: Chronic) -> None:
    rows = clinic.rows("report", "warning", "--finding", "rise:sbp:1")
    assert [row["value"] for row in rows] == PEOPLE[0][1]
    assert [row["part"] for row in rows] == ["before"] * 8 + ["recent"] * 3
    assert {row["key"] for row in clinic.rows("report", "warning", "--list")} >= {"rise:sbp:1", "swing:sbp:5"}


def test_too_few_readings_are_said_not_taken_for_steady(clinic: Chronic) -> None:
    run = clinic.ok("report", "warning")
    assert "hypertension: 1 person has too few readings to judge a rise; that is no good news." in run.out
    assert "[PROPOSED, not verified]" in run.out
    assert "one reading is taken to vary by" in run.out


def test_whoever_is_not_in_management_any_more_or_not_seen_lately_is_not_named(clinic: Chronic, chronic: Chronic) -> None:
    chronic.path.write_bytes(clinic.path.read_bytes())
    assert "rise:sbp:1" not in {row["key"] for row in chronic.rows("report", "warning", today="2027-04-22")}
    assert "rise:sbp:1" in {row["key"] for row in chronic.rows("report", "warning", today="2027-04-21")}
    chronic.ok("person", "close", 1, "--reason", "moved", "--on", "2026-11-20", "--yes")
    assert "rise:sbp:1" not in named(chronic)
    assert "rise:sbp:1" in named(chronic, "--as-of", "2026-11-19")


def test_somebody_is_named_by_the_same_figures_whatever_list_is_asked_for(clinic: Chronic) -> None:
    alone = clinic.rows("report", "warning", "--doctor", "李医生", "--tag", "18+")
    assert {row["key"]: row for row in alone} == named(clinic)
    assert clinic.rows("report", "warning", "--doctor", "王医生") == []


def test_readings_told_by_phone_do_not_count(chronic: Chronic) -> None:
    values = PEOPLE[0][1]
    visits = quarterly(1, values)[:8] + quarterly(1, values, "phone")[8:]
    imported(chronic, [row_of(1, "王秀兰")], visits)
    assert named(chronic) == {}


def test_a_visit_of_tomorrow_does_not_change_what_is_said_of_today(clinic: Chronic) -> None:
    day = str(add_months(TODAY, -2))
    (row,) = [row for row in clinic.rows("report", "warning", today=day) if row["key"] == "rise:sbp:1"]
    assert clinic.rows("report", "warning", "--as-of", day) == clinic.rows("report", "warning", today=day)
    assert (row["readings"], row["last_visit_on"]) == (
        "112 118 114 110 116 113 117 | 111 134 136",
        str(add_months(TODAY, -4)),
    )


def falling(people: int, well_now: int, well_then: int) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """So many of 下各村, each seen once in both years; the first of them were controlled."""
    everybody = [row_of(n, f"王{chr(0x4E00 + n)}") for n in range(1, people + 1)]
    visits: list[tuple[object, ...]] = [
        (n, day, "clinic", 128 if n <= well else 152, 76, "", "regular")
        for day, well in (("2025-06-01", well_then), ("2026-06-01", well_now)) for n in range(1, people + 1)
    ]  # fmt: skip
    return everybody, visits


@pytest.mark.parametrize(
    ("people", "now", "then", "found"),
    [(30, 12, 21, True), (29, 9, 21, False), (30, 13, 21, False), (60, 57, 60, False), (30, 24, 12, False)],
)
def test_control_that_fell_against_the_year_before_is_named_from_30_people_on(
    chronic: Chronic, people: int, now: int, then: int, found: bool
) -> None:
    imported(chronic, *falling(people, now, then))
    rows = named(chronic)
    keys = {"fall:village:下各村:htn", "fall:doctor:李医生:htn"}
    assert set(rows) == (keys if found else set())
    if found:
        row = rows["fall:village:下各村:htn"]
        assert (row["mean_before"], row["mean_recent"], row["readings"]) == (70, 40, "21/30 | 12/30")
        assert row["z"] == pytest.approx(2.34, abs=0.01)  # 0.3 / sqrt(0.55 * 0.45 * 2 / 30)
        opened = chronic.rows("report", "warning", "--finding", "fall:village:下各村:htn")
        assert [row["person_id"] for row in opened] == list(range(13, 22))
        assert {row["class"] for row in opened} == {"uncontrolled"}


def test_a_county_sees_how_many_are_named_in_each_place_and_where_control_falls(chronic: Chronic) -> None:
    everybody, visits = falling(60, 24, 42)
    two = [row_of(int(str(row[0])), str(row[1]), "上各村" if int(str(row[0])) % 3 else "下各村") for row in everybody]
    imported(chronic, two, visits)
    chronic.ok("place", "add", "城关镇", "--level", "township", "--over", "下各村", "--over", "上各村")
    rows = {str(row["village"]): row for row in chronic.rows("report", "warning", "--by", "village")}
    assert {name: (row["people_before"], row["people_recent"]) for name, row in rows.items()} == {
        "上各村": (40, 40), "下各村": (20, 20),
    }  # fmt: skip
    assert rows["下各村"]["falls"] is False  # too few to say so, though the share is lower
    assert rows["下各村"]["rate_before"] > rows["下各村"]["rate_recent"]
    (whole,) = chronic.rows("report", "warning", "--by", "township")
    assert (whole["township"], whole["rate_before"], whole["rate_recent"], whole["falls"]) == ("城关镇", 70, 40, True)
    assert "control falls" in chronic.ok("report", "warning", "--by", "township").out


def test_who_rises_is_counted_where_they_live_and_with_their_doctor(clinic: Chronic) -> None:
    for by, name in (("village", "下各村"), ("doctor", "李医生"), ("hamlet", None), ("team", None)):
        (row,) = clinic.rows("report", "warning", "--by", by)
        assert (row[by], row["programme"], row["rising"], row["swinging"]) == (name, "htn", 1, 1)
    for more in (("--list",), ("--finding", "rise:sbp:1")):
        run = clinic("report", "warning", "--by", "village", *more)
        assert (run.code, run.last.startswith("--by counts")) == (2, True)


def test_whoever_was_met_and_not_measured_counts_as_not_at_target(chronic: Chronic) -> None:
    everybody, visits = falling(40, 30, 30)
    blank = [(*row[:3], "", "", *row[5:]) if row[1] == "2026-06-01" and int(str(row[0])) <= 20 else row for row in visits]
    imported(chronic, everybody, blank)
    assert named(chronic)["fall:village:下各村:htn"]["readings"] == "30/40 | 10/40"


def test_the_figures_are_those_of_the_report_of_indicators(chronic: Chronic) -> None:
    imported(chronic, *falling(40, 18, 30))
    row = named(chronic)["fall:doctor:李医生:htn"]
    control = chronic.rows("report", "indicators", "--from", "2026-01-01", "--to", str(TODAY), "--indicator", "control_rate")
    assert any((one["numerator"], one["denominator"]) == (18, 40) for one in control if one["programme"] == "htn")
    assert row["readings"] == "30/40 | 18/40"


def test_a_village_nobody_knows_and_a_key_that_is_not_there_are_one_sentence(clinic: Chronic, tmp_path: Path) -> None:
    for args in (("--village", "无此村"), ("--finding", "rise:sbp:99"), ("--tag", "无此标签"), ("--as-of", "2026-11-22")):
        run = clinic("report", "warning", *args)
        assert (run.code, run.out) == (2, "")
    clinic.ok("report", "warning", "--format", "csv", "--out", tmp_path / "w.csv")
    assert (tmp_path / "w.csv").read_text("utf-8-sig").startswith("warning,title,person_id")
