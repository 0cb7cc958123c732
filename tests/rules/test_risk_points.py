"""The diabetes point tables: the rule book's vectors, each limit from just below to just above, and what is refused."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chronic import scores
from chronic.office.risk_cases import asked
from chronic.rules.risk import points

CDS = "chinese_diabetes_risk_score"
NONE: dict[str, Any] = {"age": 22, "sex": "female", "sbp": 100, "bmi": 20.0, "waist_cm": 60, "family_history": False}
FIN: dict[str, Any] = {
    "age": 30, "sex": "male", "bmi": 22, "waist_cm": 80, "physically_active": True, "daily_vegetables_fruit": True,
    "antihypertensive_medication": False, "high_blood_glucose_history": False, "family_history": "none",
}  # fmt: skip
ADA: dict[str, Any] = {
    "age": 30, "sex": "female", "bmi": 22, "gestational_diabetes": False, "family_history": False, "hypertension": False,
    "physically_active": True,
}  # fmt: skip


def total(model: str, inputs: dict[str, Any], **more: Any) -> object:
    return asked(model, {**inputs, **more}).parts.get("score")


@pytest.mark.parametrize(
    ("vector", "age", "sex", "bmi", "waist", "sbp", "family", "score", "high"),
    [
        (27, 52, "male", 25.1, 88, 134, False, 31, True),
        (28, 47, "female", 22.5, 74.9, 118, True, 23, False),
        (29, 45, "female", 24.0, 80.0, 120, False, 25, True),
        (30, 31, "male", 30, 95, 145, False, 28, True),
    ],
)
def test_the_vectors_of_the_rule_book(
    vector: int, age: int, sex: str, bmi: float, waist: float, sbp: int, family: bool, score: int, high: bool
) -> None:
    inputs = {"age": age, "sex": sex, "bmi": bmi, "waist_cm": waist, "sbp": sbp, "family_history": family}
    found = asked(CDS, inputs)
    assert (vector, found.value, found.band) == (vector, score, "high" if high else "not_high")
    assert found.parts["high_risk"] is high


# what each limit adds on top of the one before it
CDS_EDGES = [
    ("age", [(25, 4), (35, 4), (40, 3), (45, 1), (50, 1), (55, 2), (60, 1), (65, 2)], 1, "female"),
    ("sbp", [(110, 1), (120, 2), (130, 3), (140, 1), (150, 1), (160, 2)], 1, "female"),
    ("bmi", [(22, 1), (24, 2), (30, 2)], 0.01, "female"),
    ("waist_cm", [(75, 3), (80, 2), (85, 2), (90, 1), (95, 2)], 0.1, "male"),
    ("waist_cm", [(70, 3), (75, 2), (80, 2), (85, 1), (90, 2)], 0.1, "female"),
]


@pytest.mark.parametrize(("name", "edges", "step", "sex"), CDS_EDGES)
def test_the_chinese_score_at_each_limit(name: str, edges: list[tuple[float, int]], step: float, sex: str) -> None:
    for limit, added in edges:
        below, at, above = (total(CDS, NONE, sex=sex, **{name: value}) for value in (limit - step, limit, limit + step))
        assert at == above, limit
        assert int(str(at)) - int(str(below)) == added, limit


def test_sex_and_family_and_the_whole_span() -> None:
    assert total(CDS, NONE) == 0
    assert total(CDS, NONE, sex="male") == 2
    assert total(CDS, NONE, family_history=True) == 6
    most = {"age": 74, "sex": "male", "sbp": 160, "bmi": 30, "waist_cm": 95, "family_history": True}
    assert total(CDS, most) == 51 == points.most(scores.load("cds-2013", scores.Points))


@pytest.mark.parametrize(("family", "sbp", "score", "band"), [(True, 110, 24, "not_high"), (True, 120, 26, "high")])
def test_the_band_begins_at_twenty_five(family: bool, sbp: int, score: int, band: str) -> None:
    found = asked(CDS, {**NONE, "age": 40, "waist_cm": 75, "sbp": sbp, "bmi": 22, "family_history": family})
    assert (found.value, found.band) == (score, band)


@pytest.mark.parametrize(("age", "fits"), [(19, False), (19.9, False), (20, True), (74, True), (74.9, True), (75, False)])
def test_it_is_for_twenty_to_seventy_four(age: float, fits: bool) -> None:
    found = asked(CDS, {**NONE, "age": age})
    assert (found.value is not None) is fits
    assert found.out_of_range == (() if fits else ("age",))


@pytest.mark.parametrize("name", sorted(NONE))
def test_without_an_input_there_is_no_verdict_only_the_points_so_far(name: str) -> None:
    full = {"age": 70, "sex": "male", "sbp": 165, "bmi": 31, "waist_cm": 99, "family_history": True}
    found = asked(CDS, {**full, name: None})
    assert (found.value, found.band, len(found.missing)) == (None, None, 1)
    assert 0 < int(str(found.parts["points_so_far"])) < 51
    assert set(found.parts) == {"points_so_far"}


def test_the_points_so_far_are_those_of_the_rest() -> None:
    full = {"age": 70, "sex": "male", "sbp": 165, "bmi": 31, "waist_cm": 99, "family_history": True}
    assert asked(CDS, full).parts == {"score": 51, "band": "high", "high_risk": True}
    parts = {"age": 18, "sex": 2 + 10, "sbp": 10, "bmi": 5, "waist_cm": 10, "family_history": 6}  # waist goes by sex
    for name, points_of_it in parts.items():
        assert asked(CDS, {**full, name: None}).parts == {"points_so_far": 51 - points_of_it}


def test_known_diabetes_is_not_scored_and_impossible_values_neither() -> None:
    for model, inputs in ((CDS, NONE), ("findrisc", FIN), ("ada_risk_test", ADA)):
        assert asked(model, {**inputs, "diabetes": True}).notes == ("score.known_diabetes",)
        assert asked(model, {**inputs, "diabetes": False}).value == 0
        assert asked(model, {**inputs, "bmi": 9.9}).out_of_range == ("bmi",)
    assert asked(CDS, {**NONE, "waist_cm": 39}).value is None
    assert asked(CDS, {**NONE, "sbp": 301}).value is None


FIN_EDGES = [
    ("age", [(44, 0), (45, 2), (54, 2), (55, 3), (64, 3), (65, 4)], "male"),
    ("bmi", [(24.99, 0), (25, 1), (30, 1), (30.01, 3)], "male"),
    ("waist_cm", [(93.9, 0), (94, 3), (102, 3), (102.1, 4)], "male"),
    ("waist_cm", [(79.9, 0), (80, 3), (88, 3), (88.1, 4)], "female"),
]


@pytest.mark.parametrize(("name", "edges", "sex"), FIN_EDGES)
def test_findrisc_at_each_limit(name: str, edges: list[tuple[float, int]], sex: str) -> None:
    base = {**FIN, "sex": sex, "waist_cm": 70}
    assert [total("findrisc", base, **{name: value}) for value, _ in edges] == [score for _, score in edges]


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        ({"physically_active": False}, 2), ({"daily_vegetables_fruit": False}, 1),
        ({"antihypertensive_medication": True}, 2), ({"high_blood_glucose_history": True}, 5),
        ({"family_history": "second_degree"}, 3), ({"family_history": "first_degree"}, 5),
    ],
)  # fmt: skip
def test_findrisc_questions(answer: dict[str, Any], score: int) -> None:
    assert total("findrisc", FIN, **answer) == score
    assert total("findrisc", FIN, **dict.fromkeys(answer)) is None
    assert total("findrisc", FIN, family_history="distant") is None


def test_slightly_elevated_is_no_high_risk() -> None:
    some = asked("findrisc", {**FIN, "age": 55, "bmi": 26, "waist_cm": 103})
    assert (some.parts["band"], some.parts["high_risk"]) == ("Slightly elevated", False)


def test_findrisc_is_high_from_15_points_on_in_both_upper_bands() -> None:
    poor = {
        "family_history": "first_degree", "high_blood_glucose_history": True, "antihypertensive_medication": True,
        "physically_active": False,
    }  # fmt: skip
    worse = {**poor, "daily_vegetables_fruit": False, "bmi": 31}
    given = (poor, {**poor, "daily_vegetables_fruit": False}, {**worse, "age": 50}, {**worse, "age": 55})
    found = [asked("findrisc", {**FIN, **more}) for more in given]
    assert [(one.parts["score"], one.parts["band"], one.parts["high_risk"]) for one in found] == [
        (14, "Moderate", False), (15, "High", True), (20, "High", True), (21, "Very high", True),
    ]  # fmt: skip


def test_findrisc_bands() -> None:
    bands: dict[object, object] = {}
    for age in (30, 50, 60, 70):
        for waist in (80, 95, 110):
            for family in ("none", "second_degree", "first_degree"):
                for high in (True, False):
                    for bad in (True, False):
                        found = asked("findrisc", {
                            **FIN, "age": age, "waist_cm": waist, "family_history": family, "bmi": 31 if bad else 22,
                            "high_blood_glucose_history": high, "physically_active": not bad,
                            "antihypertensive_medication": bad, "daily_vegetables_fruit": not bad,
                        }).parts  # fmt: skip
                        bands[found["score"]] = found["band"]
    expected = {6: "Low", 7: "Low", 8: "Slightly elevated", 11: "Slightly elevated", 12: "Moderate", 14: "Moderate",
                15: "High", 20: "High", 21: "Very high", 26: "Very high"}  # fmt: skip
    assert {score: bands[score] for score in expected if score in bands} == {
        score: band for score, band in expected.items() if score in bands
    }
    assert {7, 8, 11, 12, 14, 15, 20, 21, 26} <= set(bands)
    assert points.most(scores.load("findrisc", scores.Points)) == 26


@pytest.mark.parametrize(
    ("change", "score"),
    [
        ({"age": 39}, 0), ({"age": 40}, 1), ({"age": 49}, 1), ({"age": 50}, 2), ({"age": 59}, 2), ({"age": 60}, 3),
        ({"bmi": 24.99}, 0), ({"bmi": 25}, 1), ({"bmi": 29.99}, 1), ({"bmi": 30}, 2), ({"bmi": 39.99}, 2), ({"bmi": 40}, 3),
        ({"sex": "male"}, 1), ({"sex": "male", "gestational_diabetes": None}, 1), ({"gestational_diabetes": True}, 1),
        ({"sex": "male", "gestational_diabetes": True}, 1), ({"gestational_diabetes": None}, None),
        ({"family_history": True}, 1), ({"hypertension": True}, 1), ({"physically_active": False}, 1),
        ({"physically_active": None}, None),
    ],
)  # fmt: skip
def test_the_american_test(change: dict[str, Any], score: int | None) -> None:
    assert total("ada_risk_test", ADA, **change) == score


def test_the_american_test_is_high_from_five() -> None:
    for age, high in ((40, False), (50, True)):
        inputs = {**ADA, "age": age, "family_history": True, "hypertension": True, "physically_active": False}
        assert asked("ada_risk_test", inputs).parts["high_risk"] is high


@settings(deadline=None)
@given(
    st.integers(20, 73), st.integers(60, 250), st.floats(12, 60), st.floats(45, 150), st.booleans(),
    st.sampled_from(["male", "female"]), st.sampled_from(sorted(NONE)),
)  # fmt: skip
def test_the_chinese_score_only_rises_and_missing_never_says_less(
    age: int, sbp: int, bmi: float, waist: float, family: bool, sex: str, missing: str
) -> None:
    inputs = {"age": age, "sex": sex, "sbp": sbp, "bmi": bmi, "waist_cm": waist, "family_history": family}
    score = int(str(total(CDS, inputs)))
    for name, value in (
        ("age", age + 1),
        ("sbp", sbp + 1),
        ("bmi", bmi + 1),
        ("waist_cm", waist + 1),
        ("family_history", True),
    ):
        assert int(str(total(CDS, inputs, **{name: value}))) >= score
    part = asked(CDS, {**inputs, missing: None})
    assert part.band is None
    assert int(str(part.parts["points_so_far"])) <= score
