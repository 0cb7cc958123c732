"""The at-risk register: each factor just below, at and just above, and unknown is never no."""

from datetime import date
from typing import Any

import pytest

from chronic.model.facts import FACTORS, Known, Value, in_family
from chronic.protocol import load
from chronic.rules.atrisk import at_risk, factors
from chronic.rules.cadence import Wanted, wanted

DAY = date(2026, 11, 21)
BEFORE = date(2026, 10, 1)
PROTOCOL = load("cn-nbphs-2017")
NOTHING = Known(None, "unknown", None, None, {}, {}, (), {})


def known(**more: Any) -> Known:
    return NOTHING._replace(**more)


def last(**values: Any) -> Known:
    return known(last={column: Value(value, BEFORE) for column, value in values.items()})


def answer(programme: str, code: str, who: Known, day: date = DAY) -> str:
    return next(factor.answer for factor in factors(programme, who, day, PROTOCOL) if factor.code == code)


def test_of_whom_nothing_is_known_everything_is_unknown() -> None:
    for programme in ("htn", "dm"):
        assert {factor.answer for factor in factors(programme, NOTHING, DAY, PROTOCOL)} == {"unknown"}
        assert at_risk(programme, NOTHING, DAY, PROTOCOL) == ()


def test_every_factor_has_a_name_and_hypertension_has_six() -> None:
    assert [factor.code for factor in factors("htn", NOTHING, DAY, PROTOCOL)] == [
        "bp", "body", "family_htn", "high_salt", "heavy_drinking", "age",
    ]  # fmt: skip
    assert {factor.code for p in ("htn", "dm") for factor in factors(p, NOTHING, DAY, PROTOCOL)} <= set(FACTORS)


@pytest.mark.parametrize(
    ("programme", "code", "who", "expected"),
    [
        ("htn", "bp", last(bp=(129, 84)), "no"),
        ("htn", "bp", last(bp=(130, 70)), "yes"),
        ("htn", "bp", last(bp=(120, 85)), "yes"),
        ("htn", "bp", last(bp=(131, 70)), "yes"),
        ("htn", "bp", last(bp=(129, None)), "unknown"),
        ("htn", "bp", last(bp=(None, 85)), "yes"),
        ("htn", "body", last(weight_kg=69.35, height_cm=170.0), "unknown"),  # BMI 23.997: the waist is not known
        ("htn", "body", last(weight_kg=69.36, height_cm=170.0), "yes"),  # BMI exactly 24
        ("htn", "body", last(weight_kg=69.4, height_cm=170.0), "yes"),
        (
            "htn",
            "body",
            last(weight_kg=61.44, height_cm=160.0),
            "yes",
        ),  # exactly 24 too, whatever binary fractions make of it
        ("htn", "body", last(weight_kg=60.0, height_cm=170.0, waist_cm=87.0), "unknown"),
        ("htn", "body", last(weight_kg=60.0, height_cm=170.0, waist_cm=84.9), "no"),
        ("htn", "body", last(weight_kg=90.0), "unknown"),
        ("htn", "body", last(waist_cm=89.9)._replace(sex="M"), "unknown"),
        ("htn", "body", last(waist_cm=90.0)._replace(sex="M"), "yes"),
        ("htn", "body", last(waist_cm=84.9)._replace(sex="F"), "unknown"),
        ("htn", "body", last(waist_cm=85.0)._replace(sex="F"), "yes"),
        ("htn", "body", last(waist_cm=87.0), "unknown"),  # which limit, nobody knows
        ("htn", "body", last(waist_cm=90.0), "yes"),
        ("htn", "high_salt", last(salt="medium"), "no"),
        ("htn", "high_salt", last(salt="heavy"), "yes"),
        ("htn", "heavy_drinking", last(alcohol_liang_per_day=1.9), "no"),
        ("htn", "heavy_drinking", last(alcohol_liang_per_day=2.0), "yes"),
        ("htn", "heavy_drinking", last(alcohol_liang_per_day=2.1), "yes"),
        ("dm", "sedentary", last(exercise_per_week=1), "no"),
        ("dm", "sedentary", last(exercise_per_week=0), "yes"),
        ("dm", "lipids", last(hdl_c=0.91, tg=2.21), "unknown"),  # drugs: nobody asked
        ("dm", "lipids", last(hdl_c=0.90), "yes"),
        ("dm", "lipids", last(hdl_c=0.89), "yes"),
        ("dm", "lipids", last(tg=2.22), "yes"),
        ("dm", "lipids", last(hdl_c=1.2, tg=1.0)._replace(told={"lipid_drugs": Value("no", BEFORE)}), "no"),
        ("dm", "lipids", known(told={"lipid_drugs": Value("yes", BEFORE)}), "yes"),
        ("dm", "hypertension", known(managed={"htn": BEFORE}), "yes"),
        ("dm", "hypertension", last(bp_drugs="yes", bp=(120, 70)), "yes"),
        ("dm", "hypertension", last(bp_drugs="no", bp=(120, 70)), "no"),
        ("dm", "hypertension", last(bp_drugs="no", bp=(140, 70)), "unknown"),
        ("dm", "hypertension", last(bp_drugs="no", bp=(139, 89)), "no"),
        ("dm", "hypertension", last(bp_drugs="no", bp=(120, 90)), "unknown"),
        ("dm", "hypertension", last(bp_drugs="no", bp=(120, None)), "unknown"),
        ("dm", "hypertension", last(bp_drugs="no"), "unknown"),
        ("dm", "hypertension", last(bp=(120, 70)), "unknown"),
        ("dm", "ascvd", known(ascvd="yes"), "yes"),
        ("dm", "ascvd", known(ascvd="no"), "no"),
        ("dm", "gestational", known(sex="M"), "no"),
        ("dm", "gestational", known(told={"gestational": Value("yes", BEFORE)}), "yes"),
        ("dm", "pcos", known(told={"pcos": Value("no", BEFORE)}), "no"),
        ("dm", "prediabetes", known(tested=((BEFORE, 6.0, None, None),)), "unknown"),
        ("dm", "prediabetes", known(tested=((BEFORE, 6.1, None, None),)), "yes"),
        ("dm", "prediabetes", known(tested=((BEFORE, 6.9, None, None), (DAY, 5.0, 6.0, 5.0))), "yes"),  # ever
        ("dm", "prediabetes", known(tested=((BEFORE, 7.0, None, None),)), "unknown"),
        ("dm", "prediabetes", known(tested=((BEFORE, None, 7.8, None),)), "yes"),
        ("dm", "prediabetes", known(tested=((BEFORE, None, None, 5.7),)), "yes"),
        ("dm", "prediabetes", known(tested=((BEFORE, 5.0, None, 5.6),)), "no"),
        ("dm", "prediabetes", known(tested=((BEFORE, None, 7.0, 5.6),)), "unknown"),  # no fasting value
        ("dm", "prediabetes", known(told={"prediabetes": Value("no", BEFORE)}), "no"),
        ("dm", "prediabetes", known(tested=((DAY, 5.0, 7.0, 5.6),), told={"prediabetes": Value("yes", BEFORE)}), "yes"),
    ],
)
def test_a_factor_at_its_limit(programme: str, code: str, who: Known, expected: str) -> None:
    assert answer(programme, code, who) == expected


@pytest.mark.parametrize(
    ("programme", "code", "who", "expected"),
    [
        ("htn", "age", known(birth_date=date(1971, 11, 21)), ("yes", "55", DAY, "register")),
        ("htn", "bp", last(bp=(129, None)), ("unknown", "129/-", BEFORE, "visit")),
        ("htn", "bp", last(bp=(None, 85)), ("yes", "-/85", BEFORE, "visit")),
        ("htn", "body", last(weight_kg=61.0, height_cm=160.0), ("unknown", "BMI 23.8", BEFORE, "visit")),
        ("htn", "body", last(waist_cm=84.5), ("unknown", "84.5 cm", BEFORE, "visit")),
        ("htn", "body", last(weight_kg=90.0), ("unknown", "", None, "")),
        ("htn", "body", known(last={"weight_kg": Value(60.0, BEFORE), "height_cm": Value(160.0, BEFORE),
                                    "waist_cm": Value(90.0, DAY)}), ("yes", "BMI 23.4, 90 cm", DAY, "visit")),
        ("htn", "body", known(last={"weight_kg": Value(60.0, BEFORE), "height_cm": Value(160.0, BEFORE),
                                    "waist_cm": Value(80.0, DAY)}), ("no", "BMI 23.4, 80 cm", BEFORE, "visit")),
        ("htn", "family_htn", known(family_history="父亲高血压"), ("yes", "父亲高血压", None, "register")),
        ("htn", "family_htn", NOTHING, ("unknown", "", None, "")),
        ("htn", "high_salt", known(told={"high_salt": Value("yes", BEFORE)}), ("yes", "", BEFORE, "told")),
        ("dm", "prediabetes", known(tested=((BEFORE, 5.0, None, None), (DAY, None, None, 5.0))),
         ("no", "fpg, hba1c", DAY, "visit")),
        ("dm", "prediabetes", known(tested=((BEFORE, 6.5, None, None),)), ("yes", "fpg 6.5", BEFORE, "visit")),
        ("dm", "prediabetes", known(told={"prediabetes": Value("yes", BEFORE)}), ("yes", "", BEFORE, "told")),
        ("dm", "gestational", known(sex="M"), ("no", "", None, "register")),
        ("dm", "hypertension", known(managed={"htn": BEFORE}), ("yes", "", BEFORE, "programme")),
        ("dm", "hypertension", last(bp_drugs="no", bp=(120, 70)), ("no", "120/70", BEFORE, "visit")),
        ("dm", "lipids", known(last={"hdl_c": Value(1.2, DAY), "tg": Value(1.0, BEFORE)}),
         ("unknown", "hdl_c 1.2, tg 1", DAY, "visit")),
        ("dm", "lipids", NOTHING, ("unknown", "", None, "")),
        ("dm", "ascvd", known(ascvd="yes"), ("yes", "", None, "register")),
    ],
)  # fmt: skip
def test_a_factor_says_what_it_is_seen_from(programme: str, code: str, who: Known, expected: tuple[Any, ...]) -> None:
    found = next(factor for factor in factors(programme, who, DAY, PROTOCOL) if factor.code == code)
    assert (found.answer, found.value, found.on, found.source) == expected


@pytest.mark.parametrize(("programme", "from_age"), [("htn", 55), ("dm", 40)])
def test_age_counts_from_the_birthday_on(programme: str, from_age: int) -> None:
    born = date(DAY.year - from_age, 3, 1)
    leap = date(1972, 2, 29)  # 55 on 1 March 2027
    assert answer(programme, "age", known(birth_date=born), date(DAY.year, 2, 28)) == "no"
    assert answer(programme, "age", known(birth_date=born), date(DAY.year, 3, 1)) == "yes"
    if programme == "htn":
        assert answer("htn", "age", known(birth_date=leap), date(2027, 2, 28)) == "no"
        assert answer("htn", "age", known(birth_date=leap), date(2027, 3, 1)) == "yes"


def test_what_was_told_counts_until_something_newer_is_known() -> None:
    told = {"high_salt": Value("no", BEFORE)}
    measured = {"salt": Value("heavy", DAY)}
    assert answer("htn", "high_salt", known(told=told, last=measured)) == "yes"
    assert answer("htn", "high_salt", known(told={"high_salt": Value("no", DAY)}, last=measured)) == "no"


def test_who_is_managed_is_not_at_risk_of_it_any_more() -> None:
    assert factors("htn", known(managed={"htn": BEFORE}), DAY, PROTOCOL) == ()


@pytest.mark.parametrize(
    ("text", "htn", "dm"),
    [
        (None, "unknown", "unknown"),
        ("", "unknown", "unknown"),
        ("无", "no", "no"),
        ("父亲高血压", "yes", "unknown"),
        ("母亲糖尿病, 父亲高血压", "yes", "yes"),
        ("糖尿病", "unknown", "unknown"),  # whose?
        ("外祖母糖尿病", "unknown", "unknown"),
        ("否认高血压家族史", "unknown", "unknown"),
        ("父亲脑卒中", "unknown", "unknown"),
        ("mother: diabetes", "unknown", "yes"),
    ],
)
def test_a_family_history_is_read_only_where_it_can_be_read(text: str | None, htn: str, dm: str) -> None:
    assert (in_family(text, "htn"), in_family(text, "dm")) == (htn, dm)


def test_vector_24_fifty_six_years_and_118_over_76_is_measured_every_half_year() -> None:
    who = last(bp=(118, 76))._replace(birth_date=date(1970, 5, 1))
    (bp, _fpg) = wanted(who, BEFORE, BEFORE, None, DAY, PROTOCOL)
    assert (bp.what, bp.factors, bp.due_on) == ("bp", ("age",), date(2027, 4, 1))


@pytest.mark.parametrize(
    ("born", "day", "expected"),
    [
        (date(1991, 11, 22), DAY, []),  # 34 until tomorrow
        (date(1991, 11, 21), DAY, ["bp"]),
        (date(1986, 11, 21), DAY, ["bp", "fpg"]),  # 40: a factor of diabetes
        (None, DAY, ["bp"]),  # an unknown age leaves nobody out
    ],
)
def test_whom_the_yearly_measurement_is_for(born: date | None, day: date, expected: list[str]) -> None:
    assert [one.what for one in wanted(known(birth_date=born), None, None, None, day, PROTOCOL)] == expected


@pytest.mark.parametrize(
    ("born", "exam_on", "expected"),
    [
        (date(1961, 11, 22), None, []),  # 64 until tomorrow
        (date(1961, 11, 21), None, [None]),
        (date(1961, 11, 21), date(2025, 11, 21), [date(2026, 11, 21)]),
        (None, None, []),
    ],
)
def test_from_65_on_a_check_up_a_year(born: date | None, exam_on: date | None, expected: list[date | None]) -> None:
    found = wanted(known(birth_date=born), DAY, DAY, exam_on, DAY, PROTOCOL)
    assert [one.due_on for one in found if one.what == "checkup"] == expected


@pytest.mark.parametrize(("due_on", "due"), [(None, True), (BEFORE, True), (DAY, True), (date(2026, 11, 22), False)])
def test_a_measurement_is_due_on_its_day_and_when_there_never_was_one(due_on: date | None, due: bool) -> None:
    assert Wanted("bp", due_on, (), None).by(DAY) is due


def test_the_edition_says_from_which_age_and_how_often() -> None:
    rules = PROTOCOL.screening
    young = PROTOCOL.but(screening=rules.but(bp=rules.bp.but(from_age=18)))
    assert [one.what for one in wanted(known(birth_date=date(2006, 1, 1)), None, None, None, DAY, young)] == ["bp"]
    assert wanted(known(birth_date=date(2006, 1, 1)), None, None, None, DAY, PROTOCOL) == []
