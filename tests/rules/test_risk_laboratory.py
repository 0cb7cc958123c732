"""Kidney, calculated LDL, body mass, waist and metabolic syndrome: each limit in each unit, and where they refuse."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chronic.office.risk_cases import asked
from chronic.rules.risk.inputs import half_up

KIDNEY: dict[str, Any] = {"sex": "male", "age": 60, "creatinine_umol": 80}
METS: dict[str, Any] = {
    "sex": "male", "waist_cm": 80, "fpg_mmol": 5.0, "known_diabetes": False, "sbp": 118, "dbp": 75,
    "treated_hypertension": False, "tg_mmol": 1.0, "hdl_mmol": 1.3,
}  # fmt: skip


# kidney ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vector", "sex", "age", "creatinine", "egfr"), [(37, "male", 70, 150, 40.1), (38, "female", 60, 80, 69.0)]
)
def test_the_vectors_of_the_rule_book(vector: int, sex: str, age: int, creatinine: float, egfr: float) -> None:
    found = asked("ckd_epi_2009", {"sex": sex, "age": age, "creatinine_umol": creatinine}).value
    assert (vector, round(found or 0, 1)) == (vector, egfr)


@pytest.mark.parametrize(
    ("model", "sex", "at_kappa"), [
        ("ckd_epi_2021", "male", 142 * 0.9938**50), ("ckd_epi_2021", "female", 142 * 0.9938**50 * 1.012),
        ("ckd_epi_2009", "male", 141 * 0.993**50), ("ckd_epi_2009", "female", 141 * 0.993**50 * 1.018),
    ],
)  # fmt: skip
def test_at_kappa_both_powers_are_one_and_around_it_they_differ(model: str, sex: str, at_kappa: float) -> None:
    kappa = 0.9 if sex == "male" else 0.7
    low, high = {
        ("ckd_epi_2021", "male"): (-0.302, -1.2), ("ckd_epi_2021", "female"): (-0.241, -1.2),
        ("ckd_epi_2009", "male"): (-0.411, -1.209), ("ckd_epi_2009", "female"): (-0.329, -1.209),
    }[model, sex]  # fmt: skip

    def egfr(milligrams: float) -> float:
        return asked(model, {"sex": sex, "age": 50, "creatinine_mgdl": milligrams}).value or 0

    assert egfr(kappa) == pytest.approx(at_kappa)
    assert egfr(kappa * 2) == pytest.approx(at_kappa * 2**high)
    assert egfr(kappa / 2) == pytest.approx(at_kappa * 0.5**low)
    assert asked(model, {"sex": sex, "age": 50, "creatinine_umol": kappa * 88.4}).value == pytest.approx(at_kappa)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"age": 17}, "age"), ({"age": 17.99}, "age"), ({"creatinine_umol": 19.9}, "creatinine"),
        ({"creatinine_umol": 2001}, "creatinine"), ({"creatinine_umol": None, "creatinine_mgdl": 0.22}, "creatinine"),
        ({"creatinine_umol": None, "creatinine_mgdl": 22.7}, "creatinine"),
    ],
)  # fmt: skip
def test_filtration_outside_its_range_is_refused(change: dict[str, Any], why: str) -> None:
    for model in ("ckd_epi_2009", "ckd_epi_2021"):
        assert asked(model, {**KIDNEY, **change})[1:5] == (None, None, (), (why,))


@pytest.mark.parametrize("change", [{"age": 18}, {"creatinine_umol": 20}, {"creatinine_umol": 2000}])
def test_filtration_at_the_ends_of_its_range(change: dict[str, Any]) -> None:
    assert asked("ckd_epi_2021", {**KIDNEY, **change}).value


@pytest.mark.parametrize("name", sorted(KIDNEY))
def test_filtration_needs_everything(name: str) -> None:
    assert asked("ckd_epi_2021", {**KIDNEY, name: None}).missing == (name.removesuffix("_umol"),)


@settings(deadline=None)
@given(st.sampled_from(["male", "female"]), st.integers(18, 100), st.floats(20, 1900))
def test_more_creatinine_or_more_years_is_less_filtration(sex: str, age: int, creatinine: float) -> None:
    for model in ("ckd_epi_2009", "ckd_epi_2021"):
        at, older, worse = (
            asked(model, {"sex": sex, "age": years, "creatinine_umol": value}).value or 0
            for years, value in ((age, creatinine), (age + 1, creatinine), (age, creatinine * 1.01))
        )
        assert at > older
        assert at > worse


@pytest.mark.parametrize(
    ("egfr", "stage"),
    [
        (90, "G1"), (89.99, "G2"), (89.5, "G2"), (60, "G2"), (59.99, "G3a"), (45, "G3a"), (44.99, "G3b"), (30, "G3b"),
        (29.99, "G4"), (15, "G4"), (14.99, "G5"), (0, "G5"), (300, "G1"), (300.1, None), (None, None),
    ],
)  # fmt: skip
def test_the_stage_follows_the_unrounded_filtration(egfr: float | None, stage: str | None) -> None:
    assert asked("kdigo_ckd", {"egfr": egfr, "acr_mg_g": 10}).parts["g"] == stage


@pytest.mark.parametrize(
    ("unit", "value", "category"),
    [
        ("mg_g", 0, "A1"), ("mg_g", 29.99, "A1"), ("mg_g", 30, "A2"), ("mg_g", 300, "A2"), ("mg_g", 300.01, "A3"),
        ("mg_mmol", 2.99, "A1"), ("mg_mmol", 3, "A2"), ("mg_mmol", 3.38, "A2"), ("mg_mmol", 30, "A2"),
        ("mg_mmol", 30.01, "A3"),
        ("mg_g", 20001, None), ("mg_g", -1, None), ("mg_g", None, None),
    ],
)  # fmt: skip
def test_albuminuria_is_classified_in_the_unit_reported(unit: str, value: float | None, category: str | None) -> None:
    assert asked("uacr_category", {f"acr_{unit}": value}).parts["a"] == category


MAP = {
    "A1": ["low", "low", "moderate", "high", "very_high", "very_high"],
    "A2": ["moderate", "moderate", "high", "very_high", "very_high", "very_high"],
    "A3": ["high", "high", "very_high", "very_high", "very_high", "very_high"],
}


@pytest.mark.parametrize(("acr", "a"), [(10, "A1"), (100, "A2"), (500, "A3")])
def test_the_whole_map(acr: float, a: str) -> None:
    found = [asked("kdigo_ckd", {"egfr": egfr, "acr_mg_g": acr}) for egfr in (95, 70, 50, 35, 20, 10)]
    assert [score.value for score in found] == [95, 70, 50, 35, 20, 10]
    assert {note for score in found for note in score.notes} == {"kidney.three_months"}
    assert [score.parts["risk"] for score in found] == [score.band for score in found] == MAP[a]
    worth = [bool(score.notes) for score in found]
    assert worth == ([False, False, True, True, True, True] if a == "A1" else [True] * 6)


def test_half_of_the_map_stands_alone_without_a_risk() -> None:
    alone = asked("kdigo_ckd", {"egfr": 50})
    assert (alone.parts["g"], alone.parts["a"], alone.parts["risk"], alone.band) == ("G3a", None, None, None)
    assert alone.missing == ("uacr",)
    assert asked("kdigo_ckd", {"acr_mg_g": 50}).value is None
    assert asked("kdigo_ckd", {"acr_mg_g": 50}).parts == {"g": None, "a": "A2", "risk": None}


# LDL -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "key", "ldl"),
    [
        ({"tc_mmol": 5.0, "hdl_mmol": 1.2, "tg_mmol": 1.1}, "ldl_mmol", 3.3),
        ({"tc_mmol": 5.0, "hdl_mmol": 1.2, "tg_mmol": 4.49}, "ldl_mmol", 1.759),
        ({"tc_mmol": 5.0, "hdl_mmol": 1.2, "tg_mmol": 4.5}, "ldl_mmol", None),
        ({"tc_mgdl": 200, "hdl_mgdl": 50, "tg_mgdl": 100}, "ldl_mgdl", 130),
        ({"tc_mgdl": 200, "hdl_mgdl": 50, "tg_mgdl": 399}, "ldl_mgdl", 70.2),
        ({"tc_mgdl": 200, "hdl_mgdl": 50, "tg_mgdl": 400}, "ldl_mgdl", None),
        ({"tc_mmol": 2.0, "hdl_mmol": 1.5, "tg_mmol": 1.1}, "ldl_mmol", None),  # exactly 0
        ({"tc_mmol": 2.1, "hdl_mmol": 1.5, "tg_mmol": 1.1}, "ldl_mmol", 0.1),
        ({"tc_mmol": 2.0, "hdl_mmol": 1.9, "tg_mmol": 1.1}, "ldl_mmol", None),
        ({"tc_mmol": 5.0, "hdl_mmol": 1.2}, "ldl_mmol", None),
        ({"tc_mmol": 26, "hdl_mmol": 1.2, "tg_mmol": 1.1}, "ldl_mmol", None),
        ({"tc_mmol": 5.0, "hdl_mmol": 5.1, "tg_mmol": 1.1}, "ldl_mmol", None),
        ({"tc_mmol": 5.0, "hdl_mmol": 1.2, "tg_mgdl": 97.427}, "ldl_mmol", 3.3),  # units mixed: in mmol/L
    ],
)
def test_ldl_in_the_unit_of_the_report(inputs: dict[str, Any], key: str, ldl: float | None) -> None:
    found = asked("ldl_friedewald", inputs)
    assert found.parts.get(key) == (None if ldl is None else pytest.approx(ldl, abs=0.001))
    assert ("ldl.calculated" in found.notes) == (ldl is not None)


@pytest.mark.parametrize(("tc", "tg", "unreliable"), [(3.5, 1.7, True), (3.5, 1.69, False), (4.2, 1.7, False)])
def test_low_ldl_with_raised_triglycerides_is_called_unreliable(tc: float, tg: float, unreliable: bool) -> None:
    found = asked("ldl_friedewald", {"tc_mmol": tc, "hdl_mmol": 1.2, "tg_mmol": tg})
    assert ("ldl.unreliable" in found.notes) is unreliable
    assert found.value


def test_ldl_of_exactly_one_point_eight_is_not_low() -> None:
    found = asked("ldl_friedewald", {"tc_mmol": 3.8, "hdl_mmol": 0.5, "tg_mmol": 3.3})
    assert (found.value, found.notes) == (1.8, ("ldl.calculated",))


def test_a_refusal_says_why() -> None:
    high = asked("ldl_friedewald", {"tc_mmol": 6, "hdl_mmol": 1, "tg_mmol": 4.5})
    assert (high.value, high.notes, high.out_of_range) == (None, ("ldl.triglycerides",), ("tg",))
    below = asked("ldl_friedewald", {"tc_mmol": 2, "hdl_mmol": 1.9, "tg_mmol": 1.1})
    assert (below.value, below.notes, below.out_of_range) == (None, ("ldl.not_positive",), ())


def test_both_units_are_given() -> None:
    parts = asked("ldl_friedewald", {"tc_mgdl": 200, "hdl_mgdl": 50, "tg_mgdl": 100}).parts
    assert float(str(parts["ldl_mmol"])) == pytest.approx(130 / 38.67)


# body ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bmi", "category"),
    [
        (18.49, "underweight"), (18.5, "normal"), (23.99, "normal"), (24.0, "overweight"), (27.99, "overweight"),
        (28.0, "obese"), (10, "underweight"), (9.99, None), (70, "obese"), (70.1, None), (None, None),
    ],
)  # fmt: skip
def test_weight_classes_compare_unrounded(bmi: float | None, category: str | None) -> None:
    assert asked("bmi_wst428", {"bmi": bmi, "age": 45}).parts.get("category") == category


def test_weight_classes_are_for_adults_who_are_not_pregnant() -> None:
    assert asked("bmi_wst428", {"bmi": 30, "age": 17}).out_of_range == ("age",)
    assert asked("bmi_wst428", {"bmi": 30, "age": 18}).band == "obese"
    assert asked("bmi_wst428", {"bmi": 30}).missing == ("age",)
    for model, more in (("bmi_wst428", {"bmi": 30}), ("waist_wst428", {"waist_cm": 95, "sex": "female"})):
        assert asked(model, {"age": 30, **more, "pregnant": True}).notes == ("body.pregnant",)
        assert asked(model, {"age": 30, **more, "pregnant": False}).band


@pytest.mark.parametrize(
    ("age", "bmi", "note"),
    [
        (79, 26, None), (80, 26, "body.older_fits"), (80, 26.9, "body.older_fits"), (80, 27, "body.older_outside"),
        (80, 22, "body.older_fits"), (80, 21.9, "body.older_outside"),
    ],
)  # fmt: skip
def test_from_eighty_on_another_span_is_suggested(age: int, bmi: float, note: str | None) -> None:
    assert asked("bmi_wst428", {"bmi": bmi, "age": age}).notes == ((note,) if note else ())


@pytest.mark.parametrize(
    ("weight", "height", "bmi"),
    [
        (70, 175, 22.857),
        (19.9, 135, None),
        (20, 135, 10.974),
        (251, 200, None),
        (250, 200, 62.5),
        (70, 79, None),
        (70, 231, None),
        (70, None, None),
        (200, 120, None),
    ],
)
def test_the_index_itself(weight: float, height: float | None, bmi: float | None) -> None:
    found = asked("bmi", {"weight_kg": weight, "height_cm": height}).value
    assert found == (None if bmi is None else pytest.approx(bmi, abs=0.001))
    classed = asked("bmi_wst428", {"weight_kg": weight, "height_cm": height, "age": 40})
    assert (classed.value, classed.parts.get("bmi")) == (found, found)


@pytest.mark.parametrize(
    ("sex", "waist", "category"),
    [
        ("male", 84.9, "normal"), ("male", 85, "pre_central"), ("male", 89.9, "pre_central"), ("male", 90, "central"),
        ("female", 79.9, "normal"), ("female", 80, "pre_central"), ("female", 84.9, "pre_central"),
        ("female", 85, "central"),
        (None, 100, None), ("male", 39, None), ("male", 181, None), ("male", None, None),
    ],
)  # fmt: skip
def test_waist_classes(sex: str | None, waist: float | None, category: str | None) -> None:
    assert asked("waist_wst428", {"sex": sex, "waist_cm": waist}).parts.get("category") == category
    assert asked("waist_wst428", {"sex": sex, "waist_cm": waist, "age": 17}).band is None


# metabolic syndrome -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "met"),
    [
        ({"waist_cm": 89.9}, 0), ({"waist_cm": 90}, 1), ({"waist_cm": 84.9, "sex": "female"}, 0),
        ({"waist_cm": 85, "sex": "female"}, 1),
        ({"fpg_mmol": 6.09}, 0), ({"fpg_mmol": 6.1}, 1), ({"fpg_mmol": None, "fpg_mgdl": 108}, 0),
        ({"fpg_mmol": None, "fpg_mgdl": 110}, 1), ({"ogtt2h_mmol": 7.79}, 0), ({"ogtt2h_mmol": 7.8}, 1),
        ({"ogtt2h_mgdl": 139}, 0), ({"ogtt2h_mgdl": 140}, 1), ({"known_diabetes": True}, 1),
        ({"known_diabetes": True, "fpg_mmol": 7.2}, 1),
        ({"sbp": 129}, 0), ({"sbp": 130}, 1), ({"dbp": 84}, 0), ({"dbp": 85}, 1), ({"treated_hypertension": True}, 1),
        ({"tg_mmol": 1.69}, 0), ({"tg_mmol": 1.7}, 1), ({"tg_mmol": None, "tg_mgdl": 145}, 0),
        ({"tg_mmol": None, "tg_mgdl": 150}, 1),
        ({"hdl_mmol": 1.03}, 1), ({"hdl_mmol": 1.04}, 0), ({"hdl_mmol": None, "hdl_mgdl": 40}, 1),
        ({"hdl_mmol": None, "hdl_mgdl": 42}, 0),
    ],
)  # fmt: skip
def test_each_component_at_its_limit(change: dict[str, Any], met: int) -> None:
    found = asked("metabolic_syndrome_cds", {**METS, **change}).parts
    assert (found["components"], found["metabolic_syndrome"], found["unknown"]) == (met, False, [])


def test_three_make_the_syndrome() -> None:
    two = {**METS, "waist_cm": 95, "sbp": 150}
    no, yes = (asked("metabolic_syndrome_cds", inputs) for inputs in (two, {**two, "tg_mmol": 2}))
    assert (no.band, no.notes, no.parts["met"]) == ("no", (), ["waist", "pressure"])
    assert (yes.band, yes.notes, yes.parts["met"]) == ("yes", (), ["waist", "pressure", "triglycerides"])
    open_ = asked("metabolic_syndrome_cds", {**two, "tg_mmol": None})
    assert (open_.band, open_.notes, open_.missing) == (None, ("metabolic.undetermined",), ("triglycerides",))


@pytest.mark.parametrize(
    ("change", "unknown"),
    [
        ({"waist_cm": None}, ["waist"]), ({"sex": None, "waist_cm": 87}, ["waist"]), ({"sex": None, "waist_cm": 84}, []),
        ({"fpg_mmol": None}, ["glucose"]), ({"fpg_mmol": None, "ogtt2h_mmol": 6}, ["glucose"]),
        ({"known_diabetes": None}, ["glucose"]), ({"sbp": None}, ["pressure"]), ({"dbp": None}, ["pressure"]),
        ({"treated_hypertension": None}, ["pressure"]), ({"tg_mmol": None}, ["triglycerides"]),
        ({"hdl_mmol": None}, ["hdl"]),
        ({"waist_cm": 300}, ["waist"]), ({"hdl_mmol": 9}, ["hdl"]), ({"fpg_mmol": 0}, ["glucose"]),
    ],
)  # fmt: skip
def test_what_is_unknown_or_impossible_is_never_normal(change: dict[str, Any], unknown: list[str]) -> None:
    assert asked("metabolic_syndrome_cds", {**METS, **change}).parts["unknown"] == unknown
    two = {**METS, "waist_cm": 95, "sbp": 150, "tg_mmol": 1.0, **change}
    found = asked("metabolic_syndrome_cds", two)
    met, open_ = int(str(found.parts["components"])), len(found.missing)
    assert found.parts["metabolic_syndrome"] is (True if met >= 3 else None if met + open_ >= 3 else False)


@settings(deadline=None)
@given(st.sets(st.sampled_from(sorted(METS))), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_a_verdict_on_part_of_the_facts_is_that_on_all_of_them(
    away: set[str], waist: bool, glucose: bool, pressure: bool, fat: bool
) -> None:
    whole = {**METS, "waist_cm": 95 if waist else 80, "fpg_mmol": 6.5 if glucose else 5, "sbp": 140 if pressure else 110,
             "tg_mmol": 2 if fat else 1}  # fmt: skip
    full = asked("metabolic_syndrome_cds", whole).parts["metabolic_syndrome"]
    part = asked("metabolic_syndrome_cds", {name: value for name, value in whole.items() if name not in away})
    assert part.parts["metabolic_syndrome"] in (full, None)


def test_rounding_is_half_up() -> None:
    assert [half_up(value) for value in (0.5, 1.5, 2.5, 2.49)] == [1, 2, 3, 2]
    assert half_up(4.95, 1) == 5.0
