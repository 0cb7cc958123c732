"""What may be known of a person's risks: facts people tell, latest values, and where each is from."""

from datetime import date
from typing import NamedTuple

from chronic.i18n import N_

FACTS = {
    "family_htn": N_("hypertension in the family"),
    "family_dm": N_("diabetes of parents, siblings or children"),
    "high_salt": N_("long-term high salt"),
    "heavy_drinking": N_("long-term heavy drinking"),
    "sedentary": N_("sedentary"),
    "prediabetes": N_("prediabetes ever"),
    "gestational": N_("gestational diabetes or a baby of 4 kg"),
    "pcos": N_("polycystic ovaries or acanthosis"),
    "lipid_drugs": N_("takes lipid-lowering drugs"),
    "steroid_diabetes": N_("steroid diabetes ever"),
    "long_term_drugs": N_("long-term antipsychotics, antidepressants or statins"),
    "stroke": N_("had a stroke"),
    "infarction": N_("had a myocardial infarction"),
    "amputation": N_("had an amputation"),
    "rehabilitation": N_("is in rehabilitation"),
}
"""Facts that can be told about a person. `person fact` records them."""

FACTORS = {
    "bp": N_("pressure high-normal or higher"),
    "body": N_("overweight or large waist"),
    "age": N_("age"),
    "hypertension": N_("hypertension or its drugs"),
    "lipids": N_("HDL low, TG high or lipid drugs"),
    "ascvd": N_("heart or brain vessel disease"),
    **FACTS,
}
"""Factors of the at-risk register; facts that are factors by themselves among them."""

YES, NO, UNKNOWN = "yes", "no", "unknown"
_DISEASES = {"htn": ("高血压", "hypertension"), "dm": ("糖尿病", "diabetes")}
_DENIED = ("无", "否认", "没有", "不详", "未", "排除", "non", "no ", "deni")
_NOTHING = ("无", "没有", "否认", "无特殊", "none", "no")
_FIRST_DEGREE = ("父", "母", "爸", "妈", "兄", "弟", "哥", "姐", "妹", "儿", "子", "女", "father", "mother", "brother",
                 "sister", "son", "daughter", "parent")  # fmt: skip
_FURTHER = ("祖", "外", "叔", "伯", "舅", "姑", "姨", "孙", "侄", "堂", "表", "爷", "奶", "grand", "uncle", "aunt", "cousin",
            "nephew", "niece")  # fmt: skip


class Value(NamedTuple):
    """What was known last, and the day it is of."""

    value: object
    on: date | None


class Known(NamedTuple):
    """Everything the at-risk register may know of a person. `last`: the latest live value of a column, `bp` as a pair;
    `between`: the first day each test was between normal and diabetes, or the latest day it was not."""

    birth_date: date | None
    sex: str
    family_history: str | None
    ascvd: str | None
    managed: dict[str, date]
    """Programmes the person is in, each with the day it began."""
    last: dict[str, Value]
    tested: tuple[tuple[date, float | None, float | None, float | None], ...]
    """(day, fasting, OGTT 2 h, HbA1c) of every contact that has one of them, oldest first."""
    told: dict[str, Value]
    """The latest telling of each fact."""


def in_family(text: str | None, disease: str) -> str:
    """Does the family history name htn (any relative) or dm (a first-degree one)? What is not said is unknown, and so
    is what a machine cannot read safely."""
    plain = (text or "").strip().casefold()
    if plain in _NOTHING:
        return NO
    named = any(word in plain for word in _DISEASES[disease])
    if not named or any(word in plain for word in _DENIED):
        return UNKNOWN
    if disease == "dm" and (not any(w in plain for w in _FIRST_DEGREE) or any(w in plain for w in _FURTHER)):
        return UNKNOWN
    return YES
