"""`screen risk`: what is concluded from the registry and what is not, the lists, the file of cases."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from chronic.scores import ChinaPar, load
from tests.cli.test_start_up import imported
from tests.runner import Chronic

VECTORS = Path(__file__).parents[1] / "rules" / "risk_vectors.json"
MAN = ("--sex", "M", "--birth-date", "1964-11-21", "--village", "下各村", "--phone", "13812345512")
LAB = ("--weight-kg", 80, "--height-cm", 170, "--waist-cm", 92, "--fpg", 5.8, "--tc", 5.4, "--hdl-c", 1.1, "--tg", 1.8,
       "--creatinine", 88, "--adherence", "regular")  # fmt: skip


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """1 is managed for hypertension, smokes, and was measured completely once."""
    chronic.person("陈志强", *MAN, "--htn-enrolled-on", "2025-03-01", "--smoking-status", "current")
    chronic.visit(1, "2026-11-10", "--bp", "152/94", *LAB)
    return chronic


def scores(chronic: Chronic, *args: object, person: int = 1) -> dict[str, dict[str, Any]]:
    (row,) = chronic.rows("screen", "risk", person, *args)
    return {score["model"]: score for score in row["scores"]}


def inputs(chronic: Chronic, *args: object, person: int = 1, today: str = "2026-11-21") -> dict[str, Any]:
    (row,) = chronic.rows("screen", "risk", person, *args, today=today)
    return {given["input"]: (given["value"], given["on"], given["origin"]) for given in row["inputs"]}


# one person ------------------------------------------------------------------------------------------


def test_a_row_has_every_model_with_its_source_and_mark(village: Chronic) -> None:
    (row,) = village.rows("screen", "risk", 1)
    assert set(row) == {"person_id", "uid", "name", "sex", "age", "inputs", "scores"}
    assert [score["model"] for score in row["scores"]] == [
        "htn-2024", "who-2019-lab", "china-par", "cds-2013", "ckd-epi-2021", "ckd-epi-2009", "kdigo", "friedewald",
        "bmi-wst428", "waist-wst428", "metabolic-cds",
    ]  # fmt: skip
    for score in row["scores"]:
        assert set(score) == {
            "model", "value", "band", "missing", "out_of_range", "notes", "figures", "source", "mark",
        }  # fmt: skip
        assert score["source"]
        assert score["mark"]


def test_what_each_model_says_of_him(village: Chronic) -> None:
    found = scores(village, "--north", "no", "--family-cvd", "no", "--family-diabetes", "no")
    assert found["htn-2024"]["figures"]["factors"] == ["age", "smoking", "lipids", "obesity"]
    assert (found["htn-2024"]["band"], found["htn-2024"]["figures"]["at_least"]) == ("high", True)
    assert found["who-2019-lab"]["figures"]["chart_percent"] == 20
    assert (round(found["who-2019-lab"]["value"], 1), found["who-2019-lab"]["band"]) == (19.9, "10-<20")
    assert (round(found["china-par"]["value"], 1), found["china-par"]["band"]) == (14.2, "high")
    assert (found["cds-2013"]["value"], found["cds-2013"]["band"]) == (37, "high")
    assert found["kdigo"]["figures"] == {"g": "G2", "a": None, "risk": None}
    assert round(found["friedewald"]["value"], 2) == 3.48
    assert (found["bmi-wst428"]["band"], found["waist-wst428"]["band"]) == ("overweight", "central")
    assert (found["metabolic-cds"]["band"], found["metabolic-cds"]["figures"]["components"]) == ("yes", 3)


def test_every_input_has_its_day_and_where_it_is_from(village: Chronic) -> None:
    found = inputs(village, "--north", "no")
    assert found["age"] == (62, None, "register")
    assert found["sbp"] == (152, "2026-11-10", "visit")
    assert found["fpg"] == (5.8, "2026-11-10", "visit")
    assert found["bmi"][1:] == ("2026-11-10", "derived")
    assert found["ldl_c"][1:] == ("2026-11-10", "calculated")
    assert found["north"] == (False, "2026-11-21", "given")
    assert found["urban"] == (False, None, "default")


def test_the_screen_says_inferred_calculated_missing_and_source(village: Chronic) -> None:
    english = village.ok("screen", "risk", 1).out
    for text in (
        "152 mmHg  (2026-11-10)", "at least high", "[INFERRED]", "not the official China-PAR", "calculated",
        "Missing: lives north of the Yangtze", "19.9 %, on the chart 20  (10-<20 %)", "eGFR (CKD-EPI 2009): 81", "G2",
        "UNVERIFIED", "chronic screen risk --help",
    ):  # fmt: skip
        assert text in english, text
    chinese = village.ok("screen", "risk", 1, lang="zh").out
    for text in ("至少高危", "系数为反推所得", "非官方", "缺: 住在长江以北", "计算值", "未知: ", "中心型肥胖"):
        assert text in chinese, text
    chinese.encode("gbk")


def test_the_age_is_that_of_the_day(village: Chronic) -> None:
    assert inputs(village, today="2026-11-20")["age"][0] == 61
    assert inputs(village, today="2026-11-21")["age"][0] == 62


@pytest.mark.parametrize(("today", "fits"), [("2038-11-20", True), ("2039-11-21", False)])
def test_on_the_birthday_that_ends_the_range_the_model_refuses(village: Chronic, today: str, fits: bool) -> None:
    (row,) = village.rows("screen", "risk", 1, today=today)
    who = next(score for score in row["scores"] if score["model"] == "who-2019-lab")
    assert (who["value"] is not None) is fits
    assert who["out_of_range"] == ([] if fits else ["age"])


def test_later_visits_are_not_known_on_an_earlier_day(village: Chronic) -> None:
    assert "sbp" not in inputs(village, today="2026-11-09")
    assert inputs(village, today="2026-11-10")["sbp"][0] == 152


def test_the_latest_pressure_counts_for_a_score_and_the_highest_for_the_stratum(village: Chronic) -> None:
    village.visit(1, "2026-11-15", "--bp", "182/100")
    village.visit(1, "2026-11-20", "--bp", "128/78")
    assert inputs(village)["sbp"][0] == 128
    assert scores(village)["htn-2024"]["figures"]["grade"] == "3"
    assert scores(village, "--sbp", 120, "--dbp", 70)["htn-2024"]["figures"]["grade"] == "3"
    village.ok("visit", "void", village.visit_number(1, "2026-11-15"), "--yes", "--reason", "wrong person")
    assert scores(village)["htn-2024"]["figures"]["grade"] == "1"


def test_a_pressure_told_by_phone_is_no_measurement(village: Chronic) -> None:
    village.visit(1, "2026-11-20", "--way", "phone", "--bp", "190/112")
    assert inputs(village)["sbp"][0] == 152
    assert scores(village)["htn-2024"]["figures"]["grade"] == "1"


def test_known_disease_has_no_cardiovascular_score(village: Chronic) -> None:
    found = scores(village, "--ascvd", "yes")
    assert (found["who-2019-lab"]["value"], found["who-2019-lab"]["band"]) == (None, None)
    assert (found["china-par"]["value"], found["china-par"]["band"]) == (None, "very_high")
    assert (found["htn-2024"]["band"], found["htn-2024"]["figures"]["at_least"]) == ("very-high", False)
    village.ok("person", "edit", 1, "--ascvd", "yes", "--yes")
    assert scores(village)["who-2019-lab"]["notes"] == ["score.known_cvd"]


def test_without_cholesterol_the_other_model_answers_and_says_so(chronic: Chronic) -> None:
    chronic.person("李建国", *MAN, "--smoking-status", "never", "--dm-enrolled-on", "2026-01-01")
    chronic.visit(1, "2026-11-10", "--bp", "132/80", "--weight-kg", 70, "--height-cm", 170)
    found = scores(chronic)
    assert "who-2019-lab" not in found
    who = found["who-2019-nonlab"]
    assert who["value"]
    assert {"score.no_cholesterol", "score.diabetes_not_counted"} <= set(who["notes"])


def test_ldl_is_only_calculated_from_one_days_sample_and_never_beside_a_measured_one(village: Chronic) -> None:
    village.visit(1, "2026-11-15", "--tg", 1.2)
    assert scores(village)["friedewald"]["notes"] == ["ldl.different_days"]
    assert "ldl_c" not in inputs(village)
    village.visit(1, "2026-11-16", "--ldl-c", 3.0)
    assert "friedewald" not in scores(village)
    assert inputs(village)["ldl_c"] == (3, "2026-11-16", "visit")


# what may be concluded -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "per_day", "smoker"),
    [
        ("never", None, False), ("former", None, False), ("current", None, True), (None, None, None), (None, 0, False),
        (None, 10, True), ("never", 10, True), ("former", 0, False), ("current", 0, True),
    ],
)  # fmt: skip
def test_who_smokes(chronic: Chronic, status: str | None, per_day: int | None, smoker: bool | None) -> None:
    chronic.person("周玉珍", "--htn-enrolled-on", "2026-01-01", *(("--smoking-status", status) if status else ()))
    chronic.visit(1, "2026-11-10", "--bp", "132/80", *(("--smoke-per-day", per_day) if per_day is not None else ()))
    assert inputs(chronic).get("smoker", (None,))[0] is smoker
    assert inputs(chronic, "--smoker", "no")["smoker"][0] is False


@pytest.mark.parametrize(
    ("fpg", "diabetes"), [(None, None), ("6.9", False), ("7.0", None), ("7.4", None), ("LO", False), ("HI", None)]
)
def test_nobody_is_without_diabetes_merely_because_they_are_not_enrolled(
    chronic: Chronic, fpg: str | None, diabetes: bool | None
) -> None:
    chronic.person("周玉珍", "--htn-enrolled-on", "2026-01-01")
    chronic.visit(1, "2026-11-10", "--bp", "132/80", *(("--fpg", fpg) if fpg else ()))
    assert inputs(chronic).get("diabetes", (None,))[0] is diabetes


@pytest.mark.parametrize(("reason", "diabetes"), [(None, True), ("refused", True), ("withdrawn", None)])
def test_who_left_the_programme_still_has_diabetes_unless_the_diagnosis_was_withdrawn(
    chronic: Chronic, reason: str | None, diabetes: bool | None
) -> None:
    chronic.person("周玉珍", "--dm-enrolled-on", "2026-01-01")
    if reason:
        chronic.ok("programme", "end", 1, "dm", "--reason", reason, "--yes")
    assert inputs(chronic).get("diabetes", (None,))[0] is diabetes


@pytest.mark.parametrize(
    ("programmes", "told", "treated"),
    [
        (("htn",), (), None), (("htn",), ("--adherence", "regular"), True), (("htn",), ("--adherence", "none"), False),
        (("htn",), ("--medicines", "a,1,1,片"), True), (("htn", "dm"), ("--adherence", "regular"), None),
        (("htn", "dm"), ("--adherence", "none"), False),
    ],
)  # fmt: skip
def test_treatment_is_only_concluded_where_the_medicine_can_be_for_nothing_else(
    chronic: Chronic, programmes: tuple[str, ...], told: tuple[str, ...], treated: bool | None
) -> None:
    chronic.person("周玉珍", *(part for name in programmes for part in (f"--{name}-enrolled-on", "2026-01-01")))
    chronic.visit(1, "2026-11-10", "--bp", "132/80", *told)
    assert inputs(chronic).get("treated", (None,))[0] is treated
    assert inputs(chronic, "--treated", "yes")["treated"] == (True, "2026-11-21", "given")


def test_a_family_history_in_words_decides_nothing(village: Chronic) -> None:
    village.ok("person", "edit", 1, "--family-history", "父亲高血压", "--yes")
    assert not {"family_cvd", "family_diabetes", "family_early_cvd"} & set(inputs(village))


def test_only_a_villages_people_are_taken_for_country_people(bare: Chronic) -> None:
    bare.ok("init", "--yes", "--level", "county")
    bare.person("周玉珍")
    assert "urban" not in inputs(bare)


def test_a_meters_word_is_a_value_beyond_every_limit(chronic: Chronic) -> None:
    chronic.person("周玉珍", "--htn-enrolled-on", "2026-01-01")
    chronic.visit(1, "2026-11-10", "--bp", "132/80", "--fpg", "HI")
    assert "glucose" in scores(chronic)["htn-2024"]["figures"]["factors"]
    assert "glucose" in scores(chronic)["metabolic-cds"]["figures"]["met"]


def test_nothing_known_of_someone_refuses_everything_without_a_guess(chronic: Chronic) -> None:
    chronic.person("周玉珍")
    for model, score in scores(chronic).items():
        assert score["band"] is None, model
        assert score["missing"] or score["out_of_range"], model
    assert chronic.ok("screen", "risk", 1, lang="zh").out.count("不能计算") >= 6


def test_looking_records_nothing(village: Chronic) -> None:
    before = village.dump()
    village.ok("screen", "risk", 1, "--tc", 7, "--smoker", "no")
    village.ok("screen", "risk", "--list", "high")
    assert village.dump() == before


# lists -----------------------------------------------------------------------------------------------


@pytest.fixture
def street(village: Chronic) -> Chronic:
    """2 had a stroke, 3 has nothing known, 4 is not managed, 5 was, 6 is closed."""
    village.person("王秀兰", "--village", "上各村", "--htn-enrolled-on", "2026-01-01", "--ascvd", "yes")
    village.person("周玉珍", "--village", "下各村", "--htn-enrolled-on", "2026-01-01")
    village.person("李建国", "--village", "下各村", "--ascvd", "yes")
    village.person("赵丽", "--village", "下各村", "--htn-enrolled-on", "2026-01-01", "--ascvd", "yes")
    village.ok("programme", "end", 5, "htn", "--reason", "refused", "--yes")
    village.person("孙强", "--village", "下各村", "--htn-enrolled-on", "2026-01-01", "--ascvd", "yes")
    village.ok("person", "close", 6, "--reason", "died", "--on", "2026-11-01", "--yes")
    return village


def test_each_managed_person_is_in_one_list(street: Chronic) -> None:
    lists = {name: street.ids("screen", "risk", "--list", name) for name in ("low", "medium", "high", "very-high")}
    assert lists == {"low": [3], "medium": [], "high": [1], "very-high": [2]}


def test_a_line_of_the_list(street: Chronic) -> None:
    (row,) = street.rows("screen", "risk", "--list", "low")
    assert (row["stratum"], row["printed"], row["at_least"], row["highest_bp"], row["last_bp"]) == (
        "low", ["low"], True, None, None,
    )  # fmt: skip
    assert {"bp", "lipids", "albuminuria"} <= set(row["unknown"])
    (row,) = street.rows("screen", "risk", "--list", "high")
    assert (row["person_id"], row["name"], row["village"], row["highest_bp"]) == (1, "陈志强", "下各村", "152/94")
    assert row["programmes"] == ["htn"]
    table = street.ok("screen", "risk", "--list", "low", lang="zh").out
    assert "至少低危" in table
    assert "周玉珍" in table


def test_the_list_of_one_village(street: Chronic) -> None:
    assert street.ids("screen", "risk", "--list", "very-high", "--village", "上各村") == [2]
    assert street.ids("screen", "risk", "--list", "very-high", "--village", "下各村") == []
    assert street("screen", "risk", "--list", "very-high", "--village", "无").code == 2


@pytest.mark.parametrize("style", ["table", "json", "csv"])
def test_the_hand_over_file_is_masked_unless_asked_for_and_then_it_is_logged(street: Chronic, style: str) -> None:
    path = street.folder / f"high.{style}"
    street.ok("screen", "risk", "--list", "high", "--format", style, "--out", path)
    assert "138****5512" in path.read_text("utf-8-sig")
    assert street.sql("SELECT count(*) FROM audit WHERE action = 'full'") == [(0,)]
    street.ok("screen", "risk", "--list", "high", "--format", style, "--out", path, "--full")
    assert "13812345512" in path.read_text("utf-8-sig")
    assert street.sql("SELECT about FROM audit WHERE action = 'full'") == [("chronic screen risk",)]


def test_a_csv_has_one_header_with_or_without_rows(street: Chronic) -> None:
    def header(name: str, *args: str) -> list[str]:
        out = street.ok("screen", "risk", "--list", name, "--format", "csv", *args).out
        return next(csv.reader(out.splitlines()))

    assert header("medium") == header("high")
    assert "心血管风险分层" in header("high", "--headers", "zh")
    lines = list(csv.DictReader(street.ok("screen", "risk", "--list", "high", "--format", "csv").out.splitlines()))
    assert lines[0]["factors"] == "age;smoking;lipids;obesity"


def test_one_person_as_csv(village: Chronic) -> None:
    lines = list(csv.DictReader(village.ok("screen", "risk", 1, "--format", "csv").out.splitlines()))
    assert [line["model"] for line in lines][:2] == ["htn-2024", "who-2019-lab"]
    assert next(line for line in lines if line["model"] == "china-par")["missing"] == "north;family_cvd"


# cases and wrong use ---------------------------------------------------------------------------------


def test_cases_need_no_registry(bare: Chronic) -> None:
    run = bare.ok("screen", "risk", "--cases", VECTORS, "--format", "json")
    assert {row["status"] for row in run.rows} == {"pass"}
    assert [list(row) for row in run.rows[:1]] == [["id", "model", "status", "got"]]
    assert json.loads(run.out)["report"] == "risk_cases"
    assert not bare.path.exists()
    assert "vector-27" in bare.ok("screen", "risk", "--cases", VECTORS).out
    assert "vector-27" in bare.ok("screen", "risk", "--cases", VECTORS, "--format", "csv").out


def test_a_case_that_fails_ends_with_thirty_after_all_rows(bare: Chronic) -> None:
    cases = json.loads(VECTORS.read_text("utf-8"))
    cases[0]["expect"]["chart_percent"] = 34
    cases[1]["model"] = "framingham"
    path = bare.folder / "cases.json"
    path.write_text(json.dumps(cases), "utf-8")
    run = bare("screen", "risk", "--cases", path, "--format", "json")
    assert run.code == 30
    assert [row["status"] for row in run.rows] == ["fail", "unsupported", *["pass"] * (len(cases) - 2)]
    assert (run.rows[0]["got"], run.rows[1]["got"]) == ({"chart_percent": 33}, {"chart_percent": None})
    assert run.last == f"1 of {len(cases)} cases failed."


@pytest.mark.parametrize("text", ["", "{", "{}", "[3]", '[{"id": 1, "model": "bmi", "inputs": 3, "expect": {}}]'])
def test_a_wrong_file_is_one_sentence(bare: Chronic, text: str) -> None:
    path = bare.folder / "cases.json"
    path.write_text(text, "utf-8")
    run = bare("screen", "risk", "--cases", path, "--format", "json")
    assert (run.code, run.out) == (2, "")
    assert run.err.count("\n") == 1
    assert str(path) in run.err
    assert bare("screen", "risk", "--cases", bare.folder / "none.json").code == 2


@pytest.mark.parametrize(
    "args",
    [
        (), (1, "--list", "high"), (1, "--cases", VECTORS), ("--list", "high", "--cases", VECTORS),
        ("--list", "high", "--tc", "5"), ("--cases", VECTORS, "--smoker", "yes"), (1, "--village", "下各村"),
        ("--list", "extreme"), (1, "--smoker", "maybe"), (1, "--tc", "210"), (1, "--uric-acid", "0"),
        (1, "--sbp", "80", "--dbp", "90"),
    ],
)  # fmt: skip
def test_wrong_use_is_one_sentence(village: Chronic, args: tuple[object, ...]) -> None:
    run = village("screen", "risk", *args)
    assert (run.code, run.out) == (2, "")
    assert "Traceback" not in run.err


def test_nobody_is_twenty(village: Chronic) -> None:
    assert village("screen", "risk", 99).code == 20


def test_the_daily_lists_import_nothing_of_it(village: Chronic) -> None:
    for args in (("--help",), ("overdue",), ("screen", "--help")):
        modules = imported(village, *args)
        assert not {name for name in modules if "risk" in name and name != "chronic.cli.risk"}
        assert not {"chronic.scores", "chronic.model.score"} & modules


# beside the list of who is late -----------------------------------------------------------------------


def test_the_list_of_who_is_late_has_the_stratum_where_it_is_asked_for(street: Chronic) -> None:
    late = ("overdue", "--kind", "all")
    asked = {row["person_id"]: row["risk"] for row in street.rows(*late, "--risk", today="2028-01-01")}
    listed = {
        name: street.ids("screen", "risk", "--list", name, today="2028-01-01") for name in ("low", "high", "very-high")
    }
    assert {name: sorted(i for i, band in asked.items() if band == name) for name in listed} == listed
    assert {row["risk"] for row in street.rows(*late, today="2028-01-01")} == {None}
    by_csv = list(csv.DictReader(street.ok(*late, "--risk", "--format", "csv", today="2028-01-01").out.splitlines()))
    assert {int(row["person_id"]): row["risk"] or None for row in by_csv} == asked
    assert "very high" in street.ok(*late, "--risk", today="2028-01-01").out
    assert "very high" not in street.ok(*late, today="2028-01-01").out
    assert street.ids(*late, "--risk", "--limit", 1, today="2028-01-01") == street.ids(
        *late, "--limit", 1, today="2028-01-01"
    )


def test_the_stratum_beside_a_date_is_of_the_day_that_is_asked_about(village: Chronic) -> None:
    village.person("周玉珍", "--sex", "F", "--birth-date", "1962-03-01", "--htn-enrolled-on", "2025-03-01")
    village.visit(2, "2026-11-10", "--bp", "145/88", "--smoke-per-day", 0, today="2026-11-21")
    (row,) = [row for row in village.rows("due", "--within", "200d", "--risk") if row["person_id"] == 2]
    (later,) = [row for row in village.rows("overdue", "--risk", today="2028-03-01") if row["person_id"] == 2]
    assert (row["risk"], later["risk"]) == ("low", "medium")


# north or south of the Yangtze ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("area", "north"), [("370102001001", True), ("331024101201", False), ("320102001001", None), (None, None)]
)
def test_the_side_of_the_yangtze_is_known_where_the_whole_province_lies_on_it(
    tmp_path: Path, area: str | None, north: bool | None
) -> None:
    chronic = Chronic(tmp_path)
    chronic.ok("init", "--yes", *(("--area", area) if area else ()))
    chronic.person("陈志强", *MAN, "--htn-enrolled-on", "2025-03-01", "--smoking-status", "current")
    chronic.visit(1, "2026-11-10", "--bp", "152/94", *LAB)
    assert inputs(chronic).get("north") == (None if north is None else (north, None, "area"))
    par = scores(chronic, "--family-cvd", "no")["china-par"]
    assert ("north" in par["missing"]) == (north is None)
    assert (par["value"] is None) == (north is None)
    card = chronic.ok("screen", "risk", 1).out
    assert ("by the area code" in card) == (north is not None)
    assert inputs(chronic, "--north", "no")["north"] == (False, "2026-11-21", "given"), "what is said stands before it"


def test_no_province_lies_on_both_sides() -> None:
    model = load("china-par", ChinaPar)
    named = (*model.north_provinces, *model.south_provinces)
    assert len(set(named)) == len(named)
    assert not set(named) & {"31", "32", "34", "36", "42", "43", "50", "51", "53", "54", "63"}, "those along the river"
