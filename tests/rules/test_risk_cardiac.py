"""WHO 2019 and China-PAR against what is printed, at every edge of a chart, and where they must refuse."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chronic.office.risk_cases import asked

MAN: dict[str, Any] = {"sex": "male", "age": 62, "sbp": 150, "smoker": False, "diabetes": False}
LAB = {**MAN, "total_cholesterol_mmol": 5.5}
BODY = {**MAN, "bmi": 27.0}
PAR: dict[str, Any] = {
    "sex": "male", "age": 50, "north": True, "urban": True, "waist_cm": 80, "tc_mgdl": 210, "hdl_mgdl": 55, "sbp": 130,
    "bp_treated": False, "diabetes": True, "smoker": False, "family_history_ascvd": False,
}  # fmt: skip


def chart(model: str = "who2019_lab_chart", **inputs: Any) -> object:
    return asked(model, inputs).parts.get("chart_percent")


@pytest.mark.parametrize(
    ("inputs", "printed"),
    [
        ({"sex": "male", "age": 72, "smoker": False, "diabetes": False, "sbp": 185, "tc_mmol": 3.2}, 33),
        ({"sex": "male", "age": 50, "smoker": False, "diabetes": False, "sbp": 120, "tc_mmol": 5.9}, 5),
        ({"sex": "female", "age": 64, "smoker": False, "diabetes": False, "sbp": 179, "tc_mmol": 4.95}, 13),
        ({"sex": "male", "age": 60, "smoker": True, "diabetes": False, "sbp": 140, "tc_mmol": 7}, 24),
        ({"sex": "female", "age": 74, "smoker": True, "diabetes": True, "sbp": 180, "tc_mmol": 9}, 55),
    ],
)
def test_cells_of_the_printed_east_asian_chart(inputs: dict[str, Any], printed: int) -> None:
    assert chart(**inputs) == printed


CELLS: list[tuple[str, list[float], float]] = [
    ("age", [45, 50, 55, 60, 65, 70], 1),
    ("sbp", [120, 140, 160, 180], 1),
    ("total_cholesterol_mmol", [4.0, 5.0, 6.0, 7.0], 0.01),
]


@pytest.mark.parametrize(("name", "limit", "step"), [(name, at, step) for name, edges, step in CELLS for at in edges])
def test_a_band_of_the_chart_begins_at_its_limit(name: str, limit: float, step: float) -> None:
    worse = {**LAB, "smoker": True, "sbp": 165, "age": 71, "total_cholesterol_mmol": 7.5}
    below, at, above = (chart(**{**worse, name: value}) for value in (limit - step, limit, limit + step))
    assert at == above
    assert below != at


@pytest.mark.parametrize("limit", [20.0, 25.0, 30.0, 35.0])
def test_a_band_of_the_body_mass_chart_begins_at_its_limit(limit: float) -> None:
    def cell(bmi: float) -> float:
        cells = [asked("who2019_nonlab_chart", {**BODY, "age": age, "sbp": sbp, "bmi": bmi}).parts for age in (42, 60, 73)
                 for sbp in (110, 150, 185)]  # fmt: skip
        return sum(int(str(found["chart_percent"])) for found in cells)

    assert cell(limit - 0.01) < cell(limit) == cell(limit + 0.01)


def test_the_band_is_that_of_the_exact_risk_not_of_the_cell() -> None:
    found = [asked("who2019_lab", {**LAB, "sbp": sbp}) for sbp in range(90, 260)]
    for score in found:
        percent = float(str(score.parts["percent"]))
        limits = [
            band for band, low in (("<5", 0), ("5-<10", 5), ("10-<20", 10), ("20-<30", 20), (">=30", 30)) if percent >= low
        ]
        assert score.band == score.parts["category"] == limits[-1]
    assert len({score.band for score in found}) >= 3


@pytest.mark.parametrize(
    ("name", "accepted", "refused"),
    [
        ("age", [40, 74, 74.9], [39, 39.9, 75, 125]),
        ("sbp", [70, 270], [69, 271]),
        ("total_cholesterol_mmol", [1.5, 15], [1.49, 15.01]),
        ("total_cholesterol_mgdl", [59, 580], [58, 581]),
    ],
)
def test_outside_its_range_the_model_refuses_and_names_the_input(
    name: str, accepted: list[float], refused: list[float]
) -> None:
    given_ = {key: value for key, value in LAB.items() if not name.startswith("total") or not key.startswith("total")}
    for value in accepted:
        assert asked("who2019_lab", {**given_, name: value}).value is not None
    for value in refused:
        score = asked("who2019_lab", {**given_, name: value})
        assert (score.value, score.band, dict(score.parts)) == (None, None, {})
        assert score.out_of_range == ("tc" if name.startswith("total") else name,)


@pytest.mark.parametrize("bmi", [9.9, 60.1])
def test_an_impossible_body_mass_is_refused(bmi: float) -> None:
    assert asked("who2019_nonlab", {**BODY, "bmi": bmi}).out_of_range == ("bmi",)


def test_milligrams_are_the_same_cholesterol() -> None:
    plain = {name: value for name, value in LAB.items() if name != "total_cholesterol_mmol"}
    one = asked("who2019_lab", {**plain, "tc_mmol": 5.5}).value
    assert asked("who2019_lab", {**plain, "tc_mgdl": 5.5 * 38.67}).value == pytest.approx(one, abs=1e-9)


@pytest.mark.parametrize("name", ["sex", "age", "smoker", "sbp", "total_cholesterol_mmol", "diabetes"])
def test_every_input_of_the_laboratory_model_is_needed(name: str) -> None:
    for odd in (None, "a lot"):
        score = asked("who2019_lab", {**LAB, name: odd})
        assert score.value is None
        assert score.missing == ("tc" if name.startswith("total") else name,)


def test_the_other_model_does_without_cholesterol_and_diabetes_but_warns_of_diabetes() -> None:
    without = asked("who2019_nonlab", {**BODY, "diabetes": False})
    with_diabetes = asked("who2019_nonlab", {**BODY, "diabetes": True})
    assert without.value == with_diabetes.value is not None
    assert "score.diabetes_not_counted" in with_diabetes.notes
    assert "score.diabetes_not_counted" not in without.notes


def test_known_cardiovascular_disease_has_no_score_and_unknown_is_said() -> None:
    for model, inputs in (("who2019_lab", LAB), ("who2019_nonlab", BODY)):
        assert asked(model, {**inputs, "ascvd": True})[1:3] == (None, None)
        assert "score.known_cvd" in asked(model, {**inputs, "ascvd": True}).notes
        assert "score.cvd_unknown" in asked(model, inputs).notes
        assert "score.cvd_unknown" not in asked(model, {**inputs, "ascvd": False}).notes
    par = asked("china_par_10y", {**PAR, "ascvd": True})
    assert (par.value, par.band, dict(par.parts), par.notes) == (None, "very_high", {}, ("score.known_cvd",))
    assert asked("china_par_10y", PAR).notes == ("chinapar.inferred", "score.cvd_unknown")
    assert asked("china_par_10y", {**PAR, "ascvd": False}).notes == ("chinapar.inferred",)


def test_only_regions_with_parameters_are_answered() -> None:
    assert asked("who2019_lab", {**LAB, "region": "East Asia"}) == asked("who2019_lab", LAB)
    assert asked("who2019_lab", {**LAB, "region": "Central Latin America"}).value != asked("who2019_lab", LAB).value
    assert asked("who2019_lab", {**LAB, "region": "Atlantis"}).notes == ("score.region",)


@settings(deadline=None)
@given(st.sampled_from(["male", "female"]), st.integers(40, 74), st.integers(70, 269), st.booleans(), st.floats(1.5, 15))
def test_pressure_smoking_and_diabetes_never_lower_the_risk(sex: str, age: int, sbp: int, flag: bool, tc: float) -> None:
    base = {"sex": sex, "age": age, "sbp": sbp, "smoker": flag, "diabetes": flag, "tc_mmol": tc}
    least = asked("who2019_lab", {**base, "smoker": False, "diabetes": False}).value or 0
    for worse in ({"smoker": True}, {"diabetes": True}, {"sbp": sbp + 1}):
        more = asked("who2019_lab", {**base, "smoker": False, "diabetes": False, **worse}).value or 0
        assert 0 < least < more < 100


# China-PAR -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sex", "age", "paper"),
    [
        ("male", 40, 2.18), ("male", 50, 5.31), ("male", 60, 10.83), ("male", 70, 19.31),
        ("female", 40, 2.42), ("female", 50, 5.39), ("female", 60, 10.22), ("female", 70, 17.24),
    ],
)  # fmt: skip
def test_the_refined_coefficients_give_the_refined_figures(sex: str, age: int, paper: float) -> None:
    assert asked("china_par_10y", {**PAR, "sex": sex, "age": age}).value == pytest.approx(paper, abs=0.006)


def test_the_guidelines_example_is_low_as_it_is_printed_there() -> None:
    example = {
        "sex": "male", "age": 40, "north": True, "urban": True, "waist_cm": 80, "tc_mmol": 5.2, "hdl_mmol": 1.3,
        "sbp": 145, "bp_treated": False, "family_history_ascvd": True, "diabetes": False, "smoker": False,
    }  # fmt: skip
    score = asked("china_par_10y", example)
    assert (round(score.value or 0, 2), score.band) == (4.72, "low")


def test_the_class_follows_the_figure_as_it_is_shown() -> None:
    found = {}
    for tc in range(80, 401):
        for age in range(40, 60):
            score = asked("china_par_10y", {**PAR, "diabetes": False, "age": age, "tc_mgdl": tc})
            found[score.value or 0] = score.band
    for value, band in found.items():
        shown = int(value * 10 + 0.5) / 10
        assert band == ("low" if shown < 5 else "intermediate" if shown < 10 else "high")
    assert any(4.95 <= value < 5 for value in found)
    assert any(9.95 <= value < 10 for value in found)


def test_it_is_never_without_its_mark_and_says_where_the_equation_was_not_made() -> None:
    assert "chinapar.inferred" in asked("china_par_10y", PAR).notes
    assert "chinapar.inferred" in asked("china_par_10y", {**PAR, "north": None}).notes
    for age, outside in ((34, True), (35, False), (74, False), (74.5, False), (75, True)):
        assert ("chinapar.outside_derivation" in asked("china_par_10y", {**PAR, "age": age}).notes) is outside


@pytest.mark.parametrize("name", sorted(PAR))
def test_every_input_of_a_mans_equation_is_needed_and_of_a_womans_all_but_two(name: str) -> None:
    assert asked("china_par_10y", {**PAR, name: None}).value is None
    woman = {**PAR, "sex": "female", name: None} if name != "sex" else {**PAR, "sex": None}
    assert (asked("china_par_10y", woman).value is not None) == (name in ("urban", "family_history_ascvd"))


@pytest.mark.parametrize(
    ("name", "low", "high", "step"),
    [
        ("age", 20, 85, 1), ("waist_cm", 50, 130, 0.1), ("tc_mgdl", 80, 400, 1), ("tc_mmol", 2, 11, 0.01),
        ("hdl_mgdl", 20, 130, 1), ("hdl_mmol", 0.5, 4, 0.01), ("sbp", 70, 200, 1),
    ],
)  # fmt: skip
def test_the_accepted_ranges_are_those_of_the_site_in_the_unit_reported(
    name: str, low: float, high: float, step: float
) -> None:
    plain = {key: value for key, value in PAR.items() if not (name.endswith("_mmol") and key[:2] == name[:2])}
    for value in (low, high):
        assert asked("china_par_10y", {**plain, name: value}).value is not None
    for value in (low - step, high + step):
        assert asked("china_par_10y", {**plain, name: value}).out_of_range


def test_the_site_has_its_own_factor_for_cholesterol() -> None:
    plain = {key: value for key, value in PAR.items() if key[:2] not in ("tc", "hd")}
    one = asked("china_par_10y", {**plain, "tc_mmol": 5.18, "hdl_mmol": 1.295})
    assert one.value == pytest.approx(asked("china_par_10y", {**plain, "tc_mgdl": 200, "hdl_mgdl": 50}).value or 0, rel=1e-9)


@settings(deadline=None)
@given(st.sampled_from(["male", "female"]), st.integers(35, 74), st.integers(100, 199))
def test_diabetes_smoking_family_and_pressure_raise_it(sex: str, age: int, sbp: int) -> None:
    base = {**PAR, "sex": sex, "age": age, "sbp": sbp, "diabetes": False}
    least = asked("china_par_10y", base).value or 0
    assert least < (asked("china_par_10y", {**base, "diabetes": True}).value or 0)
    if age < 60:
        assert least < (asked("china_par_10y", {**base, "smoker": True}).value or 0)
        assert least < (asked("china_par_10y", {**base, "sbp": sbp + 1}).value or 0)
    family = asked("china_par_10y", {**base, "family_history_ascvd": True}).value or 0
    assert family == least if sex == "female" else age >= 57 or family > least
    assert least > (asked("china_par_10y", {**base, "north": False}).value or 0)
