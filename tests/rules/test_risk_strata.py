"""Strata of hypertension: the rule book's vectors, the whole table, every factor at its limit, and what is unknown."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chronic.office.risk_cases import asked

CLEAN: dict[str, Any] = {
    "sex": "male", "age": 50, "sbp": 150, "dbp": 80, "hypertension": True, "smoker": False, "passive_smoker": False,
    "fpg_mmol": 5, "ogtt2h_mmol": 6, "tc_mmol": 4, "ldl_mmol": 2, "hdl_mmol": 1.3, "family_early_cvd": False,
    "waist_cm": 80, "bmi": 23, "homocysteine": 8, "uric_acid": 300, "heart_rate": 70, "sokolow_lyon": 2, "imt": 0.7,
    "carotid_plaque": False, "cfpwv": 8, "abi": 1.1, "creatinine_umol": 80, "ckd": False, "acr_mg_g": 10, "cvd": False,
    "heart_failure": False, "peripheral_artery": False, "retina": False, "diabetes": False,
}  # fmt: skip
"""Everything known of someone with grade 1 and nothing else."""
LEVELS = [None, "low", "medium", "high", "very-high"]


def stratum(**change: Any) -> Any:
    return asked("htn24_strata", {**CLEAN, **change}).parts


@pytest.mark.parametrize(
    ("vector", "inputs", "printed", "grade"),
    [
        (31, {"sbp": 150, "dbp": 90, "smoker": True, "age": 58, "sex": "male", "hypertension": True}, ["medium"], "1"),
        (
            32,
            {"sbp": 150, "dbp": 90, "diabetes": True, "diabetes_complications": False, "hypertension": True},
            ["high"],
            "1",
        ),
        (33, {"sbp": 134, "dbp": 82, "cvd": True, "hypertension": False}, ["high", "very-high"], "high_normal"),
        (34, {"sbp": 182, "dbp": 90, "hypertension": True}, ["high"], "3"),
    ],
)
def test_the_vectors_of_the_rule_book(vector: int, inputs: dict[str, Any], printed: list[str], grade: str) -> None:
    found = asked("htn24_strata", inputs).parts
    assert (vector, found["stratum"], found["grade"]) == (vector, printed, grade)
    assert found["at_least"] is (printed[-1] != "very-high")
    whole = stratum(**inputs)
    assert (whole["stratum"], whole["at_least"]) == (printed, False)


def test_an_unknown_half_of_a_pressure_could_be_of_the_highest_grade() -> None:
    found = stratum(abi=0.8, sbp=145, dbp=None)
    assert (found["stratum"], found["grade"], found["at_least"], found["unknown"]) == (["high"], "1", True, ["bp"])


def test_where_one_factor_more_could_be_the_higher_of_two_strata_it_says_at_least() -> None:
    found = stratum(sbp=165, dbp=102, smoker=None)
    assert (found["stratum"], found["at_least"]) == (["medium"], True)


def test_at_grade_1_nobody_need_ask_whether_it_is_a_known_hypertension() -> None:
    found = stratum(sbp=140, dbp=80, hypertension=None, diabetes=None, diabetes_complications=None)
    assert found["at_least"]
    assert "hypertension" not in found["unknown"]
    assert "hypertension" in stratum(sbp=139, dbp=80, hypertension=None)["unknown"]


GRADES = {"high_normal": (134, 82), "1": (145, 92), "2": (165, 102), "3": (185, 112)}
TABLE: dict[str, tuple[dict[str, Any], dict[str, list[str]]]] = {
    "no_factor": ({}, {"high_normal": [], "1": ["low"], "2": ["medium"], "3": ["high"]}),
    "one": ({"smoker": True}, {"high_normal": ["low"], "1": ["medium"], "2": ["medium", "high"], "3": ["very-high"]}),
    "two": (
        {"smoker": True, "heart_rate": 90},
        {"high_normal": ["low"], "1": ["medium"], "2": ["medium", "high"], "3": ["very-high"]},
    ),
    "three": (
        {"smoker": True, "heart_rate": 90, "age": 60},
        {"high_normal": ["medium", "high"], "1": ["high"], "2": ["high"], "3": ["very-high"]},
    ),
    "damage": ({"abi": 0.8}, {"high_normal": ["medium", "high"], "1": ["high"], "2": ["high"], "3": ["very-high"]}),
    "diabetes": (
        {"diabetes": True, "diabetes_complications": False},
        {"high_normal": ["medium", "high"], "1": ["high"], "2": ["high"], "3": ["very-high"]},
    ),
    "disease": (
        {"cvd": True},
        {"high_normal": ["high", "very-high"], "1": ["very-high"], "2": ["very-high"], "3": ["very-high"]},
    ),
    "complicated": (
        {"diabetes": True, "diabetes_complications": True},
        {"high_normal": ["high", "very-high"], "1": ["very-high"], "2": ["very-high"], "3": ["very-high"]},
    ),
}


@pytest.mark.parametrize("row", TABLE)
@pytest.mark.parametrize("grade", GRADES)
def test_the_whole_table(row: str, grade: str) -> None:
    change, cells = TABLE[row]
    sbp, dbp = GRADES[grade]
    found = stratum(**change, sbp=sbp, dbp=dbp, hypertension=False)
    assert (found["stratum"], found["grade"], found["at_least"], found["unknown"]) == (cells[grade], grade, False, [])
    assert found["band"] == (cells[grade][-1] if cells[grade] else None)


@pytest.mark.parametrize(
    ("sbp", "dbp", "grade"),
    [
        (129, 84, "none"), (130, 84, "high_normal"), (129, 85, "high_normal"), (139, 89, "high_normal"), (140, 80, "1"),
        (120, 90, "1"), (159, 99, "1"), (160, 80, "2"), (120, 100, "2"), (179, 109, "2"), (180, 80, "3"), (120, 110, "3"),
        (300, 200, "3"),
    ],
)  # fmt: skip
def test_the_higher_of_both_pressures_decides_the_grade(sbp: int, dbp: int, grade: str) -> None:
    assert stratum(sbp=sbp, dbp=dbp, hypertension=False)["grade"] == grade


SIGNS = [
    ("factors", "age", {"age": 55}, {"age": 56}),
    ("factors", "age", {"age": 65, "sex": "female"}, {"age": 66, "sex": "female"}),
    ("factors", "smoking", {}, {"smoker": True}),
    ("factors", "smoking", {}, {"passive_smoker": True}),
    ("factors", "glucose", {"fpg_mmol": 6.09}, {"fpg_mmol": 6.1}),
    ("factors", "glucose", {"fpg_mmol": None, "fpg_mgdl": 108}, {"fpg_mmol": None, "fpg_mgdl": 110}),
    ("factors", "glucose", {"fpg_mmol": 6.0}, {"fpg_mmol": 7.5}),
    ("factors", "glucose", {"ogtt2h_mmol": 7.79}, {"ogtt2h_mmol": 7.8}),
    ("factors", "glucose", {"ogtt2h_mmol": None, "ogtt2h_mgdl": 138}, {"ogtt2h_mmol": None, "ogtt2h_mgdl": 140}),
    ("factors", "lipids", {"tc_mmol": 5.19}, {"tc_mmol": 5.2}),
    ("factors", "lipids", {"tc_mmol": None, "tc_mgdl": 199}, {"tc_mmol": None, "tc_mgdl": 200}),
    ("factors", "lipids", {"ldl_mmol": 3.39}, {"ldl_mmol": 3.4}),
    ("factors", "lipids", {"ldl_mmol": None, "ldl_mgdl": 129}, {"ldl_mmol": None, "ldl_mgdl": 130}),
    ("factors", "lipids", {"hdl_mmol": 1.0}, {"hdl_mmol": 0.99}),
    ("factors", "lipids", {"hdl_mmol": None, "hdl_mgdl": 39}, {"hdl_mmol": None, "hdl_mgdl": 36}),
    ("factors", "early_family", {}, {"family_early_cvd": True}),
    ("factors", "obesity", {"waist_cm": 89.9}, {"waist_cm": 90}),
    ("factors", "obesity", {"waist_cm": 84.9, "sex": "female"}, {"waist_cm": 85, "sex": "female"}),
    ("factors", "obesity", {"bmi": 27.99}, {"bmi": 28}),
    ("factors", "homocysteine", {"homocysteine": 9.9}, {"homocysteine": 10}),
    ("factors", "uric_acid", {"uric_acid": 419}, {"uric_acid": 420}),
    ("factors", "uric_acid", {"uric_acid": 359, "sex": "female"}, {"uric_acid": 360, "sex": "female"}),
    ("factors", "heart_rate", {"heart_rate": 80}, {"heart_rate": 81}),
    ("organ_damage", "heart", {"sokolow_lyon": 3.8}, {"sokolow_lyon": 3.81}),
    ("organ_damage", "heart", {"cornell": 244}, {"cornell": 245}),
    ("organ_damage", "heart", {"lvmi": 108.9}, {"lvmi": 109}),
    ("organ_damage", "heart", {"lvmi": 104.9, "sex": "female"}, {"lvmi": 105, "sex": "female"}),
    ("organ_damage", "carotid", {"imt": 0.89}, {"imt": 0.9}),
    ("organ_damage", "carotid", {}, {"carotid_plaque": True}),
    ("organ_damage", "stiffness", {"cfpwv": 9.9}, {"cfpwv": 10}),
    ("organ_damage", "stiffness", {"bapwv": 17.9}, {"bapwv": 18}),
    ("organ_damage", "ankle", {"abi": 0.9}, {"abi": 0.89}),
    ("organ_damage", "kidney", {"egfr": 60}, {"egfr": 59.9}),
    ("organ_damage", "kidney", {"creatinine_umol": 114.9, "egfr": 80}, {"creatinine_umol": 115, "egfr": 80}),
    (
        "organ_damage", "kidney", {"creatinine_umol": 106.9, "egfr": 80, "sex": "female"},
        {"creatinine_umol": 107, "egfr": 80, "sex": "female"},
    ),
    ("organ_damage", "kidney", {}, {"ckd": True}),
    ("organ_damage", "albuminuria", {"acr_mg_g": 29.9}, {"acr_mg_g": 30}),
    ("organ_damage", "albuminuria", {"acr_mg_g": None, "acr_mg_mmol": 3.49}, {"acr_mg_g": None, "acr_mg_mmol": 3.5}),
    ("organ_damage", "albuminuria", {"albumin_day": 29}, {"albumin_day": 30}),
    ("disease", "cvd", {}, {"cvd": True}),
    ("disease", "heart_failure", {}, {"heart_failure": True}),
    ("disease", "arteries", {}, {"peripheral_artery": True}),
    ("disease", "retina", {}, {"retina": True}),
    ("disease", "kidney_failure", {"egfr": 30}, {"egfr": 29.9}),
    ("disease", "kidney_failure", {"creatinine_umol": 132.9, "egfr": 40}, {"creatinine_umol": 133, "egfr": 40}),
    (
        "disease", "kidney_failure", {"creatinine_umol": 123.9, "egfr": 40, "sex": "female"},
        {"creatinine_umol": 124, "egfr": 40, "sex": "female"},
    ),
    ("disease", "kidney_failure", {"protein_day": 299}, {"protein_day": 300}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "code", "without", "with_"), SIGNS)
def test_each_sign_at_its_limit(kind: str, code: str, without: dict[str, Any], with_: dict[str, Any]) -> None:
    assert code not in stratum(**without)[kind]
    assert code in stratum(**with_)[kind]


def test_the_filtration_is_the_2009_one() -> None:
    found = stratum(age=70, creatinine_umol=112)
    by = {model: asked(model, {"sex": "male", "age": 70, "creatinine_umol": 112}).value or 0 for model in
          ("ckd_epi_2009", "ckd_epi_2021")}  # fmt: skip
    assert by["ckd_epi_2009"] < 60 < by["ckd_epi_2021"]
    assert found["organ_damage"] == ["kidney"]


# the unknown -----------------------------------------------------------------------------------------


def test_a_low_stratum_with_anything_unknown_is_at_least_low() -> None:
    bare = asked("htn24_strata", {"sex": "male", "age": 50, "sbp": 145, "dbp": 85, "hypertension": True})
    assert (bare.parts["stratum"], bare.parts["at_least"]) == (["low"], True)
    assert {"lipids", "glucose", "albuminuria", "kidney", "cvd", "diabetes", "diabetes_complications"} <= set(bare.missing)


@pytest.mark.parametrize("name", sorted(set(CLEAN) - {"sex", "age", "hypertension"}))
def test_each_unknown_is_named_and_makes_it_at_least(name: str) -> None:
    found = stratum(**{name: None})
    if name == "ckd":  # a known filtration answers it
        assert found["at_least"] is False
    else:
        assert found["at_least"] is True
        assert found["unknown"]


def test_very_high_can_be_no_higher_so_nothing_is_left_to_ask() -> None:
    found = asked("htn24_strata", {"sbp": 150, "dbp": 90, "cvd": True})
    assert (found.band, found.parts["at_least"], found.parts["unknown"], found.missing) == ("very-high", False, [], ())
    assert found.value is None  # a stratum is no figure


def test_two_strata_in_one_cell_may_still_become_the_higher() -> None:
    assert stratum(sbp=134, dbp=82, cvd=True, hypertension=False)["at_least"] is False
    found = stratum(sbp=134, dbp=82, cvd=True, hypertension=None)
    assert (found["stratum"], found["at_least"], found["band"]) == (["high", "very-high"], True, "very-high")


def test_complications_are_asked_of_everyone_not_known_to_be_without_diabetes() -> None:
    assert stratum(diabetes=True, diabetes_complications=True)["disease"] == ["diabetes_complications"]
    assert stratum(diabetes=True)["unknown"] == ["diabetes_complications"]
    assert stratum(diabetes=None)["unknown"] == ["diabetes_complications", "diabetes"]
    assert stratum(diabetes=None, diabetes_complications=False)["unknown"] == ["diabetes"]
    assert stratum(diabetes=False)["unknown"] == []


def test_a_known_hypertensive_is_at_least_grade_one() -> None:
    treated = stratum(sbp=124, dbp=76)
    assert (treated["grade"], treated["stratum"], treated["at_least"], treated["unknown"]) == (
        "1", ["low"], True, ["bp_untreated"],
    )  # fmt: skip
    never = stratum(sbp=None, dbp=None)
    assert (never["grade"], never["at_least"], never["unknown"]) == ("1", True, ["bp"])
    assert stratum(sbp=124, dbp=76, hypertension=None)["unknown"] == ["hypertension"]
    assert stratum(sbp=134, dbp=None, hypertension=None, cvd=True)["unknown"] == ["hypertension", "bp"]
    found = asked("htn24_strata", {**CLEAN, "sbp": 124, "dbp": 76, "hypertension": False})
    assert (found.band, found.notes, found.parts["at_least"]) == (None, ("strata.below_table",), False)
    assert asked("htn24_strata", {**CLEAN, "sbp": None, "dbp": None, "hypertension": None})[2:4] == (None, ("bp",))


def test_one_pressure_alone_is_only_a_floor() -> None:
    assert stratum(dbp=None)["unknown"] == ["bp"]
    assert stratum(dbp=None)["at_least"] is True
    assert stratum(sbp=190, dbp=None)["at_least"] is False


def test_an_unknown_sex_counts_only_where_both_agree() -> None:
    assert "age" in stratum(sex=None, age=66)["factors"]
    assert "age" not in stratum(sex=None, age=60)["factors"]
    assert "age" in stratum(sex=None, age=60)["unknown"]
    assert "obesity" in stratum(sex=None, waist_cm=87)["unknown"]
    assert "age" not in stratum(sex=None, age=50, creatinine_umol=None, egfr=90)["unknown"]


def test_an_impossible_value_is_unknown_and_named() -> None:
    found = asked("htn24_strata", {**CLEAN, "waist_cm": 300, "fpg_mmol": 0})
    assert set(found.out_of_range) == {"waist_cm", "fpg"}
    assert {"obesity", "glucose"} <= set(found.missing)


BAD: dict[str, Any] = {
    "age": 70, "sbp": 165, "dbp": 105, "smoker": True, "fpg_mmol": 6.5, "tc_mmol": 6, "waist_cm": 95, "heart_rate": 90,
    "acr_mg_g": 50, "creatinine_umol": 140, "cvd": True, "diabetes": True, "diabetes_complications": True, "retina": True,
}  # fmt: skip


@settings(deadline=None)
@given(st.sets(st.sampled_from(sorted(BAD))), st.sets(st.sampled_from(sorted(set(CLEAN) - {"hypertension"}))))
@example({"acr_mg_g", "diabetes", "diabetes_complications"}, {"diabetes", "abi", "bmi"})
def test_missing_data_never_lowers_a_stratum_silently(bad: set[str], away: set[str]) -> None:
    whole = {**CLEAN, "diabetes_complications": False, **{name: BAD[name] for name in bad}}
    full = asked("htn24_strata", whole)
    part = asked("htn24_strata", {name: value for name, value in whole.items() if name not in away})
    assert LEVELS.index(part.band) <= LEVELS.index(full.band)
    if part.parts["stratum"] != full.parts["stratum"]:
        assert part.parts["at_least"] is True
        assert part.missing


@settings(deadline=None)
@given(st.sets(st.sampled_from(sorted(BAD))), st.sampled_from(sorted(BAD)))
def test_one_more_bad_value_never_lowers_it(bad: set[str], more: str) -> None:
    whole = {**CLEAN, "diabetes_complications": False, **{name: BAD[name] for name in bad}}
    before, after = asked("htn24_strata", whole), asked("htn24_strata", {**whole, more: BAD[more]})
    assert LEVELS.index(before.band) <= LEVELS.index(after.band)
