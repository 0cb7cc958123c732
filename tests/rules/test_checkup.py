"""The check-up form's rules: completeness, scores, and results that call for something."""

import itertools
import re
from datetime import date, timedelta
from importlib import resources
from typing import Any

import pytest

from chronic import forms
from chronic.errors import ValueRefused
from chronic.model.checkup_fields import (
    ALL_NORMAL,
    BLOCKS,
    CONSTITUTIONS,
    FORM_FIELDS,
    LEVELS,
    TCM_ANSWERS,
    TCM_FIELDS,
    by_column,
)
from chronic.model.days import birthday
from chronic.model.fields import BY_COLUMN
from chronic.protocol import load
from chronic.rules import checkup as rules

FORM = forms.checkup()
PROTOCOL = load("cn-nbphs-2017")
TEXT = (resources.files("chronic") / "protocols" / "forms" / "checkup.toml").read_text(encoding="utf-8")
MARKS = {"A", "B", "UNVERIFIED", "UNVERIFIED-H", "UNVERIFIED-M", "DERIVED", "PROPOSED"}
DAY = date(2026, 6, 15)
Arm = tuple[int | None, int | None]
OTHERS = [name for name in CONSTITUTIONS if name != "balanced"]


# the form itself ----------------------------------------------------------------------------------


def test_no_two_fields_of_the_form_share_a_name() -> None:
    for names in ([f.column for f in FORM_FIELDS], [f.zh for f in FORM_FIELDS]):
        assert len(names) == len(set(names))


def test_a_field_that_a_visit_has_too_is_that_same_field() -> None:
    shared = [field for field in FORM_FIELDS if field.column in BY_COLUMN]
    assert {"fpg", "tc", "creatinine", "height_cm", "smoking_status"} <= {field.column for field in shared}
    assert [field.column for field in shared if BY_COLUMN[field.column] != field] == []


def test_the_lists_have_as_many_codes_as_the_printed_form() -> None:
    counted = {name: len(by_column()[name].codes or {}) for name in (
        "checkup_symptoms", "self_health", "exercise_frequency", "diet", "drink_frequency", "drink_kinds", "lips", "teeth",
        "skin", "foot_pulse", "problem_brain", "problem_kidney", "problem_heart", "problem_vessels", "problem_eyes",
        "guidance", "risk_control", "leg_oedema_exam",
    )}  # fmt: skip
    assert list(counted.values()) == [25, 5, 4, 6, 4, 5, 5, 4, 7, 4, 6, 6, 7, 4, 5, 3, 7, 4]


def test_everything_on_the_form_can_be_printed_on_an_old_console() -> None:
    for field in FORM_FIELDS:
        assert "".join([field.zh, *(field.codes or {}).values()]).encode("gbk")
        assert field.label, field.column
    for block in BLOCKS:
        assert block.zh.encode("gbk")
    for cite in FORM.cites.values():
        assert cite.zh.encode("gbk")


def test_all_normal_names_words_of_the_form() -> None:
    assert [column for column, word in ALL_NORMAL.items() if word not in (by_column()[column].codes or {})] == []


def test_every_citation_is_there_marked_and_used() -> None:
    used = set(re.findall(r'^cite = "(.+)"$', TEXT, re.MULTILINE))
    assert used == set(FORM.cites)
    for key, cite in FORM.cites.items():
        assert cite.mark in MARKS, key
        assert cite.unverified <= ("未核实" in cite.zh and "unverified" in cite.en), key
        assert not re.search("[\u4e00-\u9fff]", cite.en), key


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("from_age = 65", "from_age = 65\nage = 1", "elderly.age"),
        ("from_age = 65", 'from_age = "65"', "elderly.from_age"),
        ("from_age = 65\n", "", "elderly.from_age"),
        ('age_basis = "birthday"', 'age_basis = "month"', "elderly.age_basis"),
        ('fields = ["fpg"]', 'fields = ["fgp"]', "required.dm.fields"),
        ("adl_moving = [0, 1, 5, 10]", "adl_moving = [0, 1, 5]", "self_care.points"),
        ("special = [15, 17, 18, 20]", "special = [15, 17, 18, 34]", "tcm.items"),
        ("special = [15, 17, 18, 20]\n", "", "tcm.items"),
        ('action = "recheck"', 'action = "prescribe"', "abnormal.1.action"),
        ('is = ["positive"]', 'is = ["present"]', "abnormal.11.is"),
        ("below = 1.0", "", "abnormal.7.fields"),
        ('cite = "tcm-bmi"', 'cite = "bmi"', "cite = bmi"),
        ("[elderly]", "[old]", "elderly"),
    ],
)
def test_a_wrong_form_is_refused_with_the_address(old: str, new: str, key: str) -> None:
    assert old in TEXT
    with pytest.raises(ValueRefused) as caught:
        forms.parse(TEXT.replace(old, new, 1))
    assert (caught.value.code, caught.value.values["key"]) == ("protocol.key", key)


# completeness -------------------------------------------------------------------------------------


def basis(text: str) -> forms.CheckupForm:
    return forms.parse(TEXT.replace('age_basis = "birthday"', f'age_basis = "{text}"', 1))


@pytest.mark.parametrize(
    ("born", "first", "first_of_year"),
    [
        (date(1961, 6, 15), date(2026, 6, 15), date(2026, 1, 1)),
        (date(1961, 12, 31), date(2026, 12, 31), date(2026, 1, 1)),
        (date(1962, 1, 1), date(2027, 1, 1), date(2027, 1, 1)),
        (date(1960, 2, 29), date(2025, 3, 1), date(2025, 1, 1)),
    ],
)
def test_older_people_by_birthday_or_by_the_year(born: date, first: date, first_of_year: date) -> None:
    for form, day in ((FORM, first), (basis("year_end"), first_of_year)):
        assert "elderly" not in rules.populations(born, (), day - timedelta(days=1), form)
        assert "elderly" in rules.populations(born, (), day, form)


def test_without_a_birth_date_nobody_counts_as_older() -> None:
    assert rules.populations(None, ["htn", "lipid"], DAY, FORM) == {"htn"}


def test_29_february_becomes_1_march() -> None:
    assert (birthday(date(1960, 2, 29), 65), birthday(date(1960, 2, 29), 64)) == (date(2025, 3, 1), date(2024, 2, 29))


def parts(values: dict[str, object], *who: str, on: date = DAY) -> dict[str, tuple[str, ...]]:
    return {part.part: part.missing for part in rules.completeness(values, who, on, FORM)}


HTN = {
    "temperature_c": 36.5, "pulse": 72, "respiratory_rate": 16, "sbp_left": 138, "dbp_left": 84, "height_cm": 158.0,
    "weight_kg": 62.0, "waist_cm": 84.0, "vision_left": 0.8, "vision_right": 0.8,
    **{name: word for name, word in ALL_NORMAL.items() if not name.startswith(("adl", "problem", "foot", "sclera", "leg"))},
}  # fmt: skip


def test_the_list_for_hypertension_is_complete_with_exactly_its_fields() -> None:
    assert parts(dict(HTN), "htn") == {"htn": ()}
    for name in HTN:
        less = {other: value for other, value in HTN.items() if other != name}
        expected = {"pulse": ("pulse", "heart_rate"), "vision_left": ("vision_left",)}.get(name, (name,))
        assert parts(less, "htn")["htn"] == expected


def test_diabetes_asks_for_the_fasting_glucose_too() -> None:
    assert parts(dict(HTN), "dm") == {"dm": ("fpg",)}
    assert parts({**HTN, "fpg": 6.1}, "dm", "htn") == {"htn": (), "dm": ()}


def test_either_arm_will_do_for_the_pressure() -> None:
    for sbp, dbp in (("sbp_right", "dbp_right"), ("sbp", "dbp")):
        values: dict[str, object] = {k: v for k, v in HTN.items() if k not in ("sbp_left", "dbp_left")}
        assert parts(values, "htn")["htn"] == ("sbp_left", "dbp_left")
        assert parts({**values, sbp: 130, dbp: 80}, "htn")["htn"] == ()


def test_from_2025_older_people_have_an_x_ray_and_hba1c() -> None:
    assert "elderly_2025" not in parts({}, "elderly", on=date(2024, 12, 31))
    assert parts({}, "elderly", on=date(2025, 1, 1))["elderly_2025"] == ("chest_xray", "hba1c")
    assert parts({"chest_xray": "normal", "hba1c": 6.0}, "elderly")["elderly_2025"] == ()


def test_a_blank_form_lacks_everything() -> None:
    for part in rules.completeness({}, ("htn", "dm", "elderly"), DAY, FORM):
        assert len(part.missing) == part.needed > 0


def test_a_form_with_nothing_but_the_tcm_part_is_no_check_up() -> None:
    assert not rules.is_exam(["tcm_1", "tcm_guidance", "notes", "checkup_doctor"])
    assert rules.is_exam(["tcm_1", "pulse"])
    assert not rules.is_exam([*TCM_FIELDS, "checkup_date", "checkup_doctor", "checkup_org", "notes"])
    assert not rules.is_exam([])


# self-care ----------------------------------------------------------------------------------------

ADL = ("adl_feeding", "adl_grooming", "adl_dressing", "adl_toileting", "adl_moving")


def adl(*levels: int) -> dict[str, object]:
    return {item: tuple(LEVELS)[at - 1] for item, at in zip(ADL, levels, strict=True)}


@pytest.mark.parametrize(
    ("levels", "score", "word"),
    [
        ((3, 3, 1, 2, 2), 8, "light"),  # vector 41: 3, 3, 0, 1, 1
        ((1, 1, 1, 1, 1), 0, "independent"),
        ((2, 1, 2, 1, 1), 0, "independent"),
        ((1, 2, 1, 2, 2), 3, "independent"),
        ((1, 3, 1, 2, 1), 4, "light"),
        ((3, 1, 3, 2, 2), 8, "light"),
        ((3, 2, 1, 3, 1), 9, "moderate"),
        ((3, 3, 3, 3, 3), 19, "dependent"),
        ((3, 2, 3, 3, 3), 17, "moderate"),
        ((3, 3, 4, 4, 1), 21, "dependent"),
        ((4, 4, 4, 4, 4), 37, "dependent"),
    ],
)
def test_self_care(levels: tuple[int, ...], score: int, word: str) -> None:
    assert rules.self_care(adl(*levels), FORM) == (score, word, ())


@pytest.mark.parametrize(
    ("score", "word"),
    [
        (0, "independent"),
        (3, "independent"),
        (4, "light"),
        (8, "light"),
        (9, "moderate"),
        (18, "moderate"),
        (19, "dependent"),
    ],
)
def test_the_bands_of_a_score(score: int, word: str) -> None:
    assert rules.level(score, FORM) == word


@pytest.mark.parametrize("item", ADL)
def test_with_an_item_missing_there_is_no_score(item: str) -> None:
    values = {name: value for name, value in adl(1, 1, 1, 1, 1).items() if name != item}
    assert rules.self_care(values, FORM) == (None, None, (item,))


def test_a_score_alone_gives_the_grade() -> None:
    assert rules.derived({"self_care_score": 9}, FORM)["self_care"] == "moderate"


def test_what_the_answers_make_stands_beside_them() -> None:
    found = rules.derived({**adl(3, 3, 1, 2, 2), **answers(1, tcm_1=5)}, FORM)
    assert (found["self_care_score"], found["self_care"]) == (8, "light")
    assert {found[f"tcm_{name}"] for name in OTHERS} == {"no"}
    assert found["tcm_balanced"] == "yes"
    assert found["adl_feeding"] == tuple(LEVELS)[2]


def test_what_was_typed_stays_as_it_is() -> None:
    assert rules.derived({**adl(3, 3, 1, 2, 2), "self_care_score": 9}, FORM)["self_care_score"] == 9


# TCM ----------------------------------------------------------------------------------------------


def sums(balanced: int | None, *others: int | None) -> dict[str, int | None]:
    given = others if len(others) == len(OTHERS) else others * len(OTHERS)
    return {"balanced": balanced, **dict(zip(OTHERS, given, strict=True))}


@pytest.mark.parametrize(
    ("balanced", "others", "said"),
    [
        (17, (8,), "mostly"),  # vector 40: strictly below 8 for "yes"
        (17, (7,), "yes"),
        (16, (7,), "no"),
        (17, (7, 7, 7, 7, 7, 7, 7, 8), "mostly"),
        (17, (7, 7, 7, 7, 7, 7, 7, 9), "mostly"),
        (17, (7, 7, 7, 7, 7, 7, 7, 10), "no"),
        (25, (4,), "yes"),
        (17, (7, 7, 7, 7, 7, 7, 7, None), None),
        (16, (7, 7, 7, 7, 7, 7, 7, None), "no"),
        (None, (7, 7, 7, 7, 7, 7, 7, 10), "no"),
        (None, (7,), None),
    ],
)
def test_the_balanced_type(balanced: int | None, others: tuple[int | None, ...], said: str | None) -> None:
    assert rules.constitution_of(sums(balanced, *others), FORM)["balanced"] == said


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize(
    ("total", "said"), [(4, "no"), (8, "no"), (9, "tending"), (10, "tending"), (11, "yes"), (20, "yes")]
)
def test_a_biased_type(name: str, total: int, said: str) -> None:
    assert rules.constitution_of({**sums(20, 4), name: total}, FORM)[name] == said


def answers(given: int = 1, **changed: int) -> dict[str, object]:
    return {**dict.fromkeys(TCM_ANSWERS, given), **changed}


def test_two_four_five_and_thirteen_are_reversed_for_the_balanced_type_alone() -> None:
    for number in range(1, 34):
        found = rules.constitution(answers(3, **{f"tcm_{number}": 5}), FORM)
        base = rules.constitution(answers(3), FORM)
        change = (found.sums["balanced"] or 0) - (base.sums["balanced"] or 0)
        assert change == {1: 2, 2: -2, 4: -2, 5: -2, 13: -2}.get(number, 0)
        risen = [name for name in OTHERS if found.sums[name] != base.sums[name]]
        assert risen == [name for name in OTHERS if number in FORM.tcm.items[name]]


def test_every_question_but_the_first_belongs_to_exactly_one_biased_type() -> None:
    counted = sorted(itertools.chain(*FORM.tcm.items.values()))
    assert counted == list(range(2, 34))


def test_the_best_answers_make_a_balanced_person() -> None:
    found = rules.constitution(answers(1, tcm_1=5), FORM)
    assert found.sums["balanced"] == 25
    assert found.results == {"balanced": "yes", **dict.fromkeys(OTHERS, "no")}
    assert found.missing == ()


def test_with_an_answer_missing_its_type_has_no_result() -> None:
    given = answers(1, tcm_1=5)
    del given["tcm_33"]
    found = rules.constitution(given, FORM)
    assert (found.results["blood_stasis"], found.results["balanced"], found.missing) == (None, None, ("tcm_33",))
    assert found.results["special"] == "no"
    assert "tcm_blood_stasis" not in rules.derived(given, FORM)


def test_nothing_answered_is_nothing_missing_and_no_result() -> None:
    found = rules.constitution({"waist_cm": 100.0}, FORM)
    assert set(found.results.values()) == {None}
    assert found.missing == ()


@pytest.mark.parametrize(
    ("item", "measured", "answer"),
    [
        *((9, value, answer) for value, answer in (
            (23.99, 1), (24, 2), (24.99, 2), (25, 3), (25.99, 3), (26, 4), (27.99, 4), (28, 5))),
        *((14, value, answer) for value, answer in ((0, 1), (1, 1), (2, 2), (4, 2), (5, 3), (6, 3), (7, 4),
                                                  (8, 4), (11, 4), (12, 5))),
        *((17, value, answer) for value, answer in ((0, 1), (1, 2), (2, 2), (3, 3), (4, 3), (5, 4), (6, 4), (7, 5))),
        *((28, value, answer) for value, answer in (
            (79.9, 1), (80, 2), (85, 2), (86, 3), (90, 3), (91, 4), (105, 4), (105.1, 5), (106, 5))),
        (1, 3, None),
    ],
)  # fmt: skip
def test_the_fixed_scales(item: int, measured: float, answer: int | None) -> None:
    assert rules.scale_answer(item, measured, FORM) == answer


def test_weight_and_waist_answer_their_questions_themselves() -> None:
    given = answers(1, tcm_1=5)
    del given["tcm_9"], given["tcm_28"]
    measured = {"height_cm": 160.0, "weight_kg": 71.68, "waist_cm": 106.0}
    assert rules.scaled(measured, FORM) == {"tcm_9": 5, "tcm_28": 5}
    assert rules.constitution({**given, **measured}, FORM).sums["phlegm_damp"] == 12


@pytest.mark.parametrize("values", [{}, {"height_cm": 160.0}, {"weight_kg": 60.0}, {"height_cm": "160", "weight_kg": 60.0}])
def test_a_body_mass_index_needs_both(values: dict[str, object]) -> None:
    assert rules.bmi(values) is None
    assert rules.bmi({"height_cm": 160.0, "weight_kg": 61.44}) == 24.0


# results ------------------------------------------------------------------------------------------


def found(values: dict[str, Any], *programmes: str) -> dict[str, str]:
    return {f.field: f.action for f in rules.findings(values, DAY, programmes, PROTOCOL, FORM)}


@pytest.mark.parametrize(
    ("values", "action"),
    [
        ({"sbp_left": 139, "dbp_left": 89}, None),
        ({"sbp_left": 140, "dbp_left": 80}, "screen"),
        ({"sbp_right": 130, "dbp_right": 90}, "screen"),
        ({"sbp_left": 130, "dbp_left": 80, "sbp_right": 142, "dbp_right": 84}, "screen"),
        ({"sbp": 179, "dbp": 109}, "screen"),
        ({"sbp_left": 178, "dbp_left": 100, "sbp_right": 160, "dbp_right": 110}, "emergency"),
        ({"sbp_left": 180, "dbp_left": 80}, "emergency"),
        ({"sbp": 89, "dbp": 60}, "recheck"),
    ],
)
def test_pressure(values: dict[str, int], action: str | None) -> None:
    assert found(values).get("sbp") == action
    managed = "follow_up" if action == "screen" else action
    assert found(values, "htn").get("sbp") == managed


def test_each_arm_is_read_even_by_half() -> None:
    assert rules.pressures({}) == []
    assert rules.pressures({"sbp_left": 140, "dbp": 90}) == [(140, None), (None, 90)]


@pytest.mark.parametrize(
    ("left", "right", "shown"),
    [
        ((170, 70), (145, 95), "170/70"),  # 170/140 is further above than 95/90
        ((150, 70), (141, 99), "141/99"),  # 99/90 is further above than 150/140
        ((178, 100), (160, 110), "160/110"),  # danger first
        ((150, 70), (150, None), "150/70"),
        ((None, 95), (None, None), "-/95"),
        ((150, None), (None, None), "150/-"),
    ],
)
def test_the_arm_further_above_the_limits_counts(left: Arm, right: Arm, shown: str) -> None:
    names = ("sbp_left", "dbp_left", "sbp_right", "dbp_right")
    values = {name: value for name, value in zip(names, (*left, *right), strict=True) if value is not None}
    assert [f.value for f in rules.findings(dict[str, object](values), DAY, (), PROTOCOL, FORM) if f.field == "sbp"] == [
        shown
    ]


def test_a_word_where_a_number_belongs_is_no_result() -> None:
    assert found({"tc": None, "hdl_c": "low"}) == {}


@pytest.mark.parametrize(
    ("fpg", "action", "managed"),
    [
        (6.0, None, None), (6.1, "recheck", None), (6.9, "recheck", None), (7.0, "screen", "follow_up"),
        (16.6, "screen", "follow_up"), (16.7, "emergency", "emergency"), (3.9, "emergency", "emergency"), (4.0, None, None),
        (float("inf"), "emergency", "emergency"), (float("-inf"), "emergency", "emergency"),
    ],
)  # fmt: skip
def test_fasting_glucose(fpg: float, action: str | None, managed: str | None) -> None:
    assert found({"fpg": fpg}).get("fpg") == action
    assert found({"fpg": fpg}, "dm").get("fpg") == managed


@pytest.mark.parametrize(
    ("field", "normal", "abnormal", "action"),
    [
        ("tc", 6.19, 6.2, "recheck"), ("ldl_c", 4.09, 4.1, "recheck"), ("hdl_c", 1.0, 0.99, "recheck"),
        ("tg", 2.29, 2.3, "recheck"), ("tg", 5.59, 5.6, "refer"), ("hba1c", 6.4, 6.5, "refer"),
        ("haemoglobin", 90, 89.9, "recheck"), ("haemoglobin", 180, 180.1, "recheck"), ("potassium", 3.5, 3.4, "recheck"),
        ("alt", 120, 121, "recheck"), ("urine_protein", "trace", "plus1", "recheck"), ("ecg", "normal", "abnormal", "refer"),
        ("cognition", "negative", "positive", "refer"), ("abdomen_mass", "no", "yes", "refer"),
        ("heart_rhythm", "regular", "irregular", "refer"), ("foot_pulse", "both", "weak_left", "refer"),
        ("breast", "normal", "removed;lump", "refer"), ("skin", "normal", "yellow", "refer"),
    ],
)  # fmt: skip
def test_other_results(field: str, normal: object, abnormal: object, action: str) -> None:
    assert found({field: normal}).get(field) in (None, "recheck" if (field, normal) == ("tg", 5.59) else None)
    assert found({field: abnormal})[field] == action


def test_a_programme_that_looks_after_it_anyway_takes_it_off_the_list() -> None:
    assert found({"tc": 6.5, "hba1c": 7.5}, "lipid", "dm") == {}
    assert found({"tg": 6.0}, "lipid") == {"tg": "refer"}


def test_danger_stands_first() -> None:
    assert next(iter(found({"ecg": "abnormal", "tc": 7.0, "sbp": 190, "dbp": 100}))) == "sbp"
