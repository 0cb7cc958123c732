"""`report cohort`, `cascade` and `coverage`: one cohort, four formulas, with their dates; and what an estimate rests on."""

from pathlib import Path

import pytest

from tests.runner import Chronic, Row

PRESETS = ("hearts-s", "rtsl", "dhis2-pkg", "ethiopia")


@pytest.fixture(scope="module")
def village(made_once: Chronic, tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    """Enrolled in January: 1 controlled, 2 not, 3 met without a reading, 4 never met, 5 died, 6 moved; in April: 7,
    controlled. 8 is in no programme."""
    chronic = Chronic(tmp_path_factory.mktemp("cohort"))
    chronic.path.write_bytes(made_once.path.read_bytes())
    for number in range(1, 9):
        home, enrolled = "上各村" if number % 2 else "下各村", "2026-04-15" if number == 7 else "2026-01-15"
        programme = () if number == 8 else ("--htn-enrolled-on", enrolled)
        sex = "F" if number < 4 else "M"
        chronic.person(
            "甲乙丙丁戊己庚辛"[number - 1], "--sex", sex, "--birth-date", "1960-01-01", "--village", home, *programme
        )
    chronic.visit(1, "2026-07-01", "--bp", "130/80")
    chronic.visit(2, "2026-07-02", "--bp", "130/80")
    chronic.visit(2, "2026-09-30", "--bp", "150/80")
    chronic.visit(2, "2026-10-01", "--bp", "130/80")
    chronic.visit(3, "2026-08-01", "--weight-kg", "60")
    chronic.visit(7, "2026-08-01", "--bp", "130/80")
    chronic.ok("person", "close", 5, "--reason", "died", "--on", "2026-08-15", "--yes")
    chronic.ok("person", "close", 6, "--reason", "moved", "--on", "2026-08-15", "--yes")
    return chronic


def outcomes(chronic: Chronic, preset: str, period: str, *args: object) -> dict[str, int]:
    rows = chronic.rows("report", "cohort", "--preset", preset, "--period", period, "--programme", "htn", *args)
    return {row["outcome_code"]: row["counted"] for row in rows if row["counted"]}


def test_one_cohort_has_other_outcomes_under_other_formulas(village: Chronic) -> None:
    assert outcomes(village, "hearts-s", "2026Q3") == {"yes": 1, "no": 5}
    assert outcomes(village, "rtsl", "2026Q3") == {"controlled": 1}
    assert outcomes(village, "dhis2-pkg", "2026Q3") == {"controlled": 1}
    assert outcomes(village, "dhis2-pkg", "2026Q2") == {"no_visit": 6}
    assert outcomes(village, "ethiopia", "2026-07") == {"controlled": 2, "lost": 4}
    assert outcomes(village, "ethiopia", "2026-09") == {}


@pytest.mark.parametrize(
    ("preset", "period", "enrolled", "read"),
    [
        ("hearts-s", "2026Q3", ("2026-01-01", "2026-03-31"), ("2026-07-01", "2026-09-30")),
        ("rtsl", "2026-10", ("2026-05-01", "2026-07-31"), ("2026-08-01", "2026-10-31")),
        ("dhis2-pkg", "2026Q3", ("2026-04-01", "2026-06-30"), ("2026-07-01", "2026-09-30")),
        ("ethiopia", "2026-07", ("2026-01-01", "2026-01-31"), ("2026-05-01", "2026-07-31")),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_preset_and_its_exact_dates_are_on_the_report(
    village: Chronic, preset: str, period: str, enrolled: tuple[str, str], read: tuple[str, str], lang: str
) -> None:
    out = village.ok("report", "cohort", "--preset", preset, "--period", period, lang=lang).out
    assert preset in out
    for day in (*enrolled, *read):
        assert day in out
    row = village.rows("report", "cohort", "--preset", preset, "--period", period)[0]
    assert (row["enrolled_from"], row["enrolled_to"], row["read_from"], row["read_to"]) == (*enrolled, *read)
    assert row["source"]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("by", [(), ("--by", "village"), ("--by", "sex")])
def test_the_percentages_of_a_cohort_sum_to_a_hundred(village: Chronic, preset: str, by: tuple[str, ...]) -> None:
    rows = village.rows("report", "cohort", "--preset", preset, "--period", "2026Q3", *by)
    cohorts: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        cohorts.setdefault((row["programme"], row.get("village", row.get("sex"))), []).append(row)
    for lines in cohorts.values():
        assert sum(line["counted"] for line in lines) == lines[0]["cohort_size"]
        if lines[0]["cohort_size"]:
            assert round(sum(line["rate"] for line in lines), 1) == 100.0


def test_an_outcome_opens_into_its_people(village: Chronic) -> None:
    args = ("report", "cohort", "--preset", "hearts-s", "--period", "2026Q3", "--programme", "htn", "--list")
    assert village.ids(*args, "--outcome", "yes") == [1]
    assert village.ids(*args, "--outcome", "no") == [2, 3, 4, 5, 6]
    assert village.ids(*args) == [1, 2, 3, 4, 5, 6]
    assert village.ids(*args, "--village", "上各村", "--limit", 2) == [1, 3]


def test_left_out_the_period_is_the_last_one_that_is_over(village: Chronic) -> None:
    assert village.rows("report", "cohort", "--preset", "hearts-s")[0]["read_to"] == "2026-09-30"
    assert village.rows("report", "cohort", "--preset", "ethiopia")[0]["read_to"] == "2026-10-31"


def test_each_step_of_the_cascade_is_part_of_the_one_before(village: Chronic, tmp_path: Path) -> None:
    rows = village.rows("report", "cascade", "--period", "2026-10", "--programme", "htn")
    assert [row["step_code"] for row in rows] == ["estimated", "registered", "under_care", "controlled"]
    assert [row["counted"] for row in rows] == [2, 5, 3, 2]  # 27.9 % of the 6 adults that are left
    assert [row["of_before"] for row in rows] == [None, 250.0, 60.0, 66.7]
    by = village.rows("report", "cascade", "--period", "2026-10", "--programme", "htn", "--by", "village")
    for step in ("estimated", "registered", "under_care", "controlled"):
        parts = [row["counted"] for row in by if row["step_code"] == step and row["village"] != "*"]
        (whole,) = [row["counted"] for row in by if row["step_code"] == step and row["village"] == "*"]
        assert sum(parts) == whole
    page = tmp_path / "cascade.html"
    village.ok("report", "cascade", "--out", page, lang="zh")
    assert "估计患病" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(("lang", "words"), [
    ("en", ("6 adults of the register", "prevalence 27.9 %", "More are registered than estimated")),
    ("zh", ("登记册中成年人 6 人", "患病率 27.9%", "在管人数多于估计人数")),
])  # fmt: skip
@pytest.mark.parametrize("command", ["cascade", "coverage"])
def test_an_estimate_says_what_it_rests_on(village: Chronic, command: str, lang: str, words: tuple[str, ...]) -> None:
    out = village.ok("report", command, lang=lang).out
    for word in words:
        assert word in out


def test_coverage_is_of_the_estimated_and_of_residents(village: Chronic) -> None:
    rows = village.rows("report", "coverage", "--period", "2026-10")
    found = {(row["indicator"], row["programme"]): (row["numerator"], row["denominator"]) for row in rows}
    assert found[("registered_coverage", "htn")] == (5, 2)
    assert found[("coverage_rate", None)] == (0, 1)
    assert found[("older_rate", None)] == (0, 6)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("cohort",), "--preset"),
        (("cohort", "--preset", "x"), "There is no preset x; known are: hearts-s, rtsl, dhis2-pkg, ethiopia."),
        (("cohort", "--preset", "hearts-s", "--period", "2026-10"), "has to end with a quarter"),
        (("cohort", "--preset", "ethiopia", "--from", "2026-10-02", "--to", "2026-10-31"), "whole months"),
        (("cohort", "--preset", "rtsl", "--list", "--outcome", "x"), "rtsl has no outcome x"),
        (("cohort", "--preset", "rtsl", "--outcome", "rest"), "go with --list"),
        (("cohort", "--preset", "rtsl", "--programme", "lipid"), "No indicator fits"),
        (("cascade", "--period", "x"), "is not a period"),
        (("cascade", "--period", "1899"), "is not a period"),
        (("cascade", "--period", "2027"), "begins on 2027-01-01"),
        (("coverage", "--from", "2026-10-02", "--to", "2026-10-01"), "is after"),
        (("coverage", "--village", "无此村"), "no village"),
    ],
)
def test_what_cannot_be_told_is_said_in_one_sentence(village: Chronic, args: tuple[str, ...], said: str) -> None:
    run = village("report", *args)
    assert run.code == 2
    assert said in run.last
    assert run.out == ""


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "args",
    [
        "indicators", "indicators --by village", "indicators --by tag --format text", "indicators --period 1900",
        "indicators --list --indicator control_rate", "indicators --as-of 2026-11-10", "indicators --to 2026-10-05",
        "cohort --preset hearts-s --by tag", "cohort --preset rtsl --list", "cascade --by doctor", "coverage --by sex",
        "workload --period 2026", "workload --list",
    ],
)  # fmt: skip
def test_a_registry_without_anybody_has_reports_too(chronic: Chronic, args: str, lang: str) -> None:
    run = chronic.ok("report", *args.split(), lang=lang)
    assert "None\n" not in run.out
    assert run.out.count("2026") + run.out.count("1900") > 0
