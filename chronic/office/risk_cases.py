"""Reference cases of risk scores, from a file: what each model answers, and whether that is what was expected.

The file is a JSON list of {"id", "model", "inputs", "expect", "tolerance"}. An input that is absent, null or of the wrong
kind is unknown; a model that must refuse answers null. `tolerance` is absolute and holds for every number of a case.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from pathlib import Path
from typing import NamedTuple

from chronic import scores
from chronic.errors import ValueRefused
from chronic.model.score import Amount, Known, Score, Value
from chronic.rules.risk import body, chinapar, kidney, lipids, metabolic, points, strata, who

_NAMES = {
    "bp_treated": "treated", "treated_hypertension": "treated", "known_diabetes": "diabetes", "known_cvd": "cvd",
    "ascvd": "cvd", "family_history_ascvd": "family_cvd", "physically_active": "active",
    "daily_vegetables_fruit": "vegetables", "antihypertensive_medication": "antihypertensive_ever",
    "high_blood_glucose_history": "high_glucose_ever", "waist": "waist_cm",
    "total_cholesterol": "tc", "hdl": "hdl_c", "ldl": "ldl_c", "triglycerides": "tg", "ogtt2h": "ogtt", "acr": "uacr",
}  # fmt: skip
_UNITS = {"_mg_mmol": "mg/mmol", "_mg_g": "mg/g", "_mmol": "mmol/L", "_mgdl": "mg/dL", "_umol": "umol/L"}
_LABORATORY = {"tc", "hdl_c", "ldl_c", "tg", "fpg", "ogtt", "creatinine", "uacr"}
_NUMBERS = {
    "age", "sbp", "dbp", "bmi", "weight_kg", "height_cm", "waist_cm", "egfr", "heart_rate", "homocysteine", "uric_acid",
    "sokolow_lyon", "cornell", "lvmi", "imt", "cfpwv", "bapwv", "abi", "albumin_day", "protein_day",
}  # fmt: skip
_FLAGS = {
    "smoker", "passive_smoker", "diabetes", "diabetes_complications", "cvd", "ckd", "hypertension", "treated", "north",
    "urban", "family_cvd", "family_early_cvd", "family_diabetes", "active", "vegetables", "antihypertensive_ever",
    "high_glucose_ever", "gestational_diabetes", "pregnant", "carotid_plaque", "heart_failure", "peripheral_artery",
    "retina",
}  # fmt: skip
_SEXES = {"male": "M", "female": "F", "M": "M", "F": "F"}
_DEGREES = ("none", "second_degree", "first_degree")
_ANSWERS = {True: True, False: False, "yes": True, "no": False}
_FLOAT_NOISE = 1e-9


class Answer(NamedTuple):
    """What came of one case: pass, fail or unsupported, and the model's figures under the names expected."""

    id: object
    model: str
    status: str
    got: dict[str, object]

    @property
    def row(self) -> dict[str, object]:
        return self._asdict()


class Case(NamedTuple):
    id: object
    model: str
    inputs: dict[str, object]
    expect: dict[str, object]
    tolerance: float


def read(path: Path) -> list[Case]:
    """The cases of a file. Raises ValueRefused (`file.*`, `risk.cases`, `risk.case`)."""
    if not path.exists():
        raise ValueRefused("file.missing", path=path)
    if not path.is_file():
        raise ValueRefused("file.not_a_file", path=path)
    try:
        raw = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ValueRefused("file.unreadable", path=path, problem=error.strerror or error) from None
    except (ValueError, RecursionError):
        raise ValueRefused("risk.cases", path=path) from None
    if not isinstance(raw, list):
        raise ValueRefused("risk.cases", path=path)
    return [_case(path, number, row) for number, row in enumerate(raw, 1)]


def answers(cases: list[Case]) -> Iterator[Answer]:
    """Each case answered, in the order of the file."""
    return (_answer(case) for case in cases)


def _case(path: Path, number: int, row: object) -> Case:
    def refuse(key: str) -> ValueRefused:
        return ValueRefused("risk.case", path=path, number=number, key=key)

    if not isinstance(row, dict):
        raise refuse("{}")
    if not isinstance(row.get("id"), (str, int)):
        raise refuse("id")
    if not isinstance(row.get("model"), str):
        raise refuse("model")
    for key in ("inputs", "expect"):
        if not isinstance(row.get(key), dict):
            raise refuse(key)
    tolerance = 0 if row.get("tolerance") is None else _number(row["tolerance"])
    if tolerance is None:
        raise refuse("tolerance")
    return Case(row["id"], row["model"], row["inputs"], row["expect"], tolerance)


def _answer(case: Case) -> Answer:
    if case.model not in _MODELS:
        return Answer(case.id, case.model, "unsupported", dict.fromkeys(case.expect))
    found = asked(case.model, case.inputs).parts
    got = {key: _plain(found.get(key)) for key in case.expect}
    if not set(case.expect) <= _MODELS[case.model][0]:
        return Answer(case.id, case.model, "unsupported", got)
    right = all(_agrees(got[key], wanted, case.tolerance) for key, wanted in case.expect.items())
    return Answer(case.id, case.model, "pass" if right else "fail", got)


def asked(model: str, inputs: Mapping[str, object]) -> Score:
    """What a model answers to a case's inputs. Raises KeyError for a model that is not in the table."""
    return _MODELS[model][1](known(inputs))


def known(inputs: Mapping[str, object]) -> Known:
    """A case's inputs as the rules take them; what is not of its kind is left out, which makes it unknown."""
    found: dict[str, Value | Amount] = {}
    for key, raw in inputs.items():
        name, value = _input(key, raw)
        if value is not None:
            found.setdefault(name, value)
    given = Known(found)
    if "bmi" not in given:
        given = given.having(bmi=body.index(scores.load("bmi-wst428", scores.Body), given))
    return given


def _input(key: str, raw: object) -> tuple[str, Value | Amount | None]:
    for ending, unit in _UNITS.items():
        base = key.removesuffix(ending)
        name = _NAMES.get(base, base)
        if base != key and name in _LABORATORY:
            number = _number(raw)
            return name, None if number is None else Amount(number, unit)
    name = _NAMES.get(key, key)
    if name == "family_history":  # FINDRISC asks how close, the others whether
        return ("diabetes_in_family", raw) if isinstance(raw, str) and raw in _DEGREES else ("family_diabetes", _flag(raw))
    if name == "sex":
        return name, _SEXES.get(raw) if isinstance(raw, str) else None
    if name == "region":
        return name, raw if isinstance(raw, str) else None
    if name in _NUMBERS:
        return name, _number(raw)
    return name, _flag(raw) if name in _FLAGS else None


def _number(raw: object) -> float | None:
    """A plain number from 0 on; JSON knows infinity and whole numbers beyond any float."""
    if not isinstance(raw, (int, float)) or isinstance(raw, bool):
        return None
    try:
        return raw if isfinite(raw) and raw >= 0 else None
    except OverflowError:
        return None


def _flag(raw: object) -> bool | None:
    return _ANSWERS.get(raw) if isinstance(raw, (bool, int, str)) else None


def _plain(value: object) -> object:
    """Four decimals are more than any of these models knows."""
    return round(value, 4) if isinstance(value, float) else value


def _agrees(got: object, wanted: object, tolerance: float) -> bool:
    if isinstance(wanted, bool) or isinstance(got, bool) or not isinstance(wanted, (int, float)):
        return type(got) is type(wanted) and got == wanted
    limit = tolerance + _FLOAT_NOISE
    return isinstance(got, (int, float)) and got - limit <= wanted <= got + limit


def _who(name: str) -> Callable[[Known], Score]:
    return lambda given: who.risk(scores.load(name, scores.Who), given)


def _ckd_epi(name: str) -> Callable[[Known], Score]:
    return lambda given: kidney.filtration(scores.load(name, scores.CkdEpi), given)


def _points(name: str) -> Callable[[Known], Score]:
    return lambda given: points.score(scores.load(name, scores.Points), given)


def _findrisc(given: Known) -> Score:
    found = points.score(scores.load("findrisc", scores.Points), given)
    band = found.band and found.band.replace("_", " ").capitalize()
    return found._replace(parts={**found.parts, "band": band})


def _index(given: Known) -> Score:
    value = given.number("bmi")
    return Score("bmi", value, parts={"bmi": value})


def _strata(given: Known) -> Score:
    model = scores.load("htn-2024", scores.Strata)
    if "egfr" not in given:
        given = given.having(egfr=kidney.filtration(scores.load(model.egfr, scores.CkdEpi), given).value)
    found = strata.stratum(model, given)
    return found._replace(parts={**found.parts, "band": found.band})


_WHO = {"percent", "mi_chd_percent", "stroke_percent", "category", "chart_percent"}
_POINTS = {"score", "high_risk", "band"}
_MODELS: dict[str, tuple[set[str], Callable[[Known], Score]]] = {
    "who2019_lab": (_WHO, _who("who-2019-lab")),
    "who2019_lab_chart": (_WHO, _who("who-2019-lab")),
    "who2019_nonlab": (_WHO, _who("who-2019-nonlab")),
    "who2019_nonlab_chart": (_WHO, _who("who-2019-nonlab")),
    "china_par_10y": (
        {"percent", "category"},
        lambda given: chinapar.risk(scores.load("china-par", scores.ChinaPar), given),
    ),
    "chinese_diabetes_risk_score": (_POINTS, _points("cds-2013")),
    "findrisc": (_POINTS, _findrisc),
    "ada_risk_test": (_POINTS, _points("ada")),
    "ckd_epi_2021": ({"egfr"}, _ckd_epi("ckd-epi-2021")),
    "ckd_epi_2009": ({"egfr"}, _ckd_epi("ckd-epi-2009")),
    "kdigo_ckd": ({"g", "a", "risk"}, lambda given: kidney.stages(scores.load("kdigo", scores.Kdigo), given)),
    "uacr_category": ({"a"}, lambda given: kidney.stages(scores.load("kdigo", scores.Kdigo), given)),
    "ldl_friedewald": (
        {"ldl_mmol", "ldl_mgdl"},
        lambda given: lipids.ldl(scores.load("friedewald", scores.Friedewald), given),
    ),
    "bmi": ({"bmi"}, _index),
    "bmi_wst428": (
        {"category", "bmi"},
        lambda given: body.weight_class(scores.load("bmi-wst428", scores.Body), given),
    ),
    "waist_wst428": ({"category"}, lambda given: body.waist_class(scores.load("waist-wst428", scores.Body), given)),
    "metabolic_syndrome_cds": (
        {"components", "metabolic_syndrome", "unknown"},
        lambda given: metabolic.syndrome(scores.load("metabolic-cds", scores.Syndrome), given),
    ),
    "htn24_strata": (
        {"band", "stratum", "at_least", "grade", "row", "factors", "organ_damage", "disease", "unknown"},
        _strata,
    ),
}
"""Model of a file -> the figures it can give, and how it is asked."""
