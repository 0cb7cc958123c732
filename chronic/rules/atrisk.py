"""The at-risk register 高危人群: which factors a person has, each with its value, day and source.

An answer is yes, no or unknown, and unknown is never no. Hypertension has six factors, diabetes a list.
"""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from chronic.model.body import bmi
from chronic.model.days import age_on
from chronic.model.facts import NO, UNKNOWN, YES, Known, Value, in_family
from chronic.protocol import Protocol
from chronic.protocol.sections import BodyLimits


class Factor(NamedTuple):
    """`source`: register, visit, told (a fact somebody told) or programme; '' where nothing is known."""

    programme: str
    code: str
    answer: str = UNKNOWN
    value: str = ""
    on: date | None = None
    source: str = ""


class _Evidence(NamedTuple):
    answer: str = UNKNOWN
    value: str = ""
    on: date | None = None
    source: str = ""


def factors(programme: str, known: Known, day: date, protocol: Protocol) -> tuple[Factor, ...]:
    """Every factor of hypertension or diabetes for someone not managed for it; none for someone who is."""
    if programme in known.managed:
        return ()
    rules = _HTN if programme == "htn" else _DM
    return tuple(Factor(programme, code, *judge(known, day, protocol)) for code, judge in rules.items())


def at_risk(programme: str, known: Known, day: date, protocol: Protocol) -> tuple[Factor, ...]:
    """The factors that are there."""
    return tuple(factor for factor in factors(programme, known, day, protocol) if factor.answer == YES)


def at_risk_of_age(programme: str, known: Known, day: date, protocol: Protocol) -> tuple[Factor, ...]:
    """The factors of someone of the age the screening is for; an unknown age leaves nobody out."""
    rule = protocol.screening.bp_at_risk if programme == "htn" else protocol.screening.fpg_at_risk
    if known.birth_date is not None and age_on(known.birth_date, day) < rule.from_age:
        return ()
    return at_risk(programme, known, day, protocol)


def _older(from_age: int, known: Known, day: date) -> _Evidence:
    if known.birth_date is None:
        return _Evidence()
    age = age_on(known.birth_date, day)
    return _Evidence(YES if age >= from_age else NO, str(age), day, "register")


def _bp(known: Known, _day: date, protocol: Protocol) -> _Evidence:
    last = known.last.get("bp")
    if last is None or not isinstance(last.value, tuple):
        return _Evidence()
    (sbp, dbp), limit = last.value, protocol.at_risk.htn.bp_from
    answer = {False: YES, True: NO, None: UNKNOWN}[limit.kept(sbp, dbp)]
    return _Evidence(answer, f"{'-' if sbp is None else sbp}/{'-' if dbp is None else dbp}", last.on, "visit")


def _body(known: Known, _day: date, protocol: Protocol) -> _Evidence:
    """BMI and waist: one is enough for yes, both are needed for no."""
    limits = protocol.at_risk.body
    found = [_bmi(known, limits), _waist(known, limits)]
    shown = _Evidence(UNKNOWN, ", ".join(e.value for e in found if e.value), found[0].on or found[1].on,
                      "visit" if found[0].value or found[1].value else "")  # fmt: skip
    for evidence in found:
        if evidence.answer == YES:
            return shown._replace(answer=YES, on=evidence.on)
    return shown._replace(answer=NO) if all(evidence.answer == NO for evidence in found) else shown


def _bmi(known: Known, limits: BodyLimits) -> _Evidence:
    weight, height = known.last.get("weight_kg"), known.last.get("height_cm")
    if weight is None or height is None:
        return _Evidence()
    index = bmi(float(str(weight.value)), float(str(height.value)))
    return _Evidence(YES if index >= limits.bmi_from else NO, f"BMI {round(index, 1)}", weight.on, "visit")


def _waist(known: Known, limits: BodyLimits) -> _Evidence:
    """Where the sex is not known, only what is above or below both limits says anything."""
    waist = known.last.get("waist_cm")
    if waist is None:
        return _Evidence()
    cm = float(str(waist.value))
    by_sex = {"M": [limits.waist_from_male], "F": [limits.waist_from_female]}
    reached = [cm >= limit for limit in by_sex.get(known.sex, [limits.waist_from_male, limits.waist_from_female])]
    answer = YES if all(reached) else UNKNOWN if any(reached) else NO
    return _Evidence(answer, f"{cm:g} cm", waist.on, "visit")


def _family(disease: str) -> "_Judge":
    def judge(known: Known, _day: date, _protocol: Protocol) -> _Evidence:
        answer = in_family(known.family_history, disease)
        written = _Evidence(answer, known.family_history or "", None, "register" if known.family_history else "")
        return _told(known, f"family_{disease}", written)

    return judge


def _salt(known: Known, _day: date, protocol: Protocol) -> _Evidence:
    return _told(known, "high_salt", _measured(known, "salt", lambda salt: salt in protocol.at_risk.htn.salt))


def _alcohol(known: Known, _day: date, protocol: Protocol) -> _Evidence:
    limit = protocol.at_risk.htn.alcohol_liang_from
    seen = _measured(known, "alcohol_liang_per_day", lambda liang: float(str(liang)) >= limit)
    return _told(known, "heavy_drinking", seen)


def _sedentary(known: Known, _day: date, protocol: Protocol) -> _Evidence:
    limit = protocol.at_risk.dm.exercise_below_per_week
    return _told(known, "sedentary", _measured(known, "exercise_per_week", lambda times: int(str(times)) < limit))


def _prediabetes(known: Known, _day: date, protocol: Protocol) -> _Evidence:
    """Ever: once is enough. No needs a fasting value and one of the other tests, none of them between."""
    rules, limits = protocol.screening.prediabetes, protocol.screening
    tests = (
        ("fpg", rules.fpg_from, limits.dm.fpg_at_or_above),
        ("ogtt_2h", rules.ogtt_2h_from, limits.dm_tests.ogtt_2h_at_or_above),
        ("hba1c", rules.hba1c_from, limits.dm_tests.hba1c_at_or_above),
    )
    done: dict[str, date] = {}
    for on, *values in known.tested:
        for (name, low, high), value in zip(tests, values, strict=True):
            if value is None:
                continue
            if low <= value < high:
                return _Evidence(YES, f"{name} {value:g}", on, "visit")
            done[name] = on
    said = known.told.get("prediabetes")
    if said is not None and said.value == YES:
        return _Evidence(YES, "", said.on, "told")
    enough = tests[0][0] in done and len(done) > 1
    return _told(
        known, "prediabetes", _Evidence(NO, ", ".join(done), max(done.values()), "visit") if enough else _Evidence()
    )


def _only_women(fact: str) -> "_Judge":
    def judge(known: Known, _day: date, _protocol: Protocol) -> _Evidence:
        if known.sex == "M":
            return _Evidence(NO, "", None, "register")
        return _told(known, fact, _Evidence())

    return judge


def _only_told(fact: str) -> "_Judge":
    return lambda known, _day, _protocol: _told(known, fact, _Evidence())


def _hypertension(known: Known, _day: date, protocol: Protocol) -> _Evidence:
    """Managed, or takes drugs for it. A low pressure alone is no no: drugs may make it."""
    if "htn" in known.managed:
        return _Evidence(YES, "", known.managed["htn"], "programme")
    drugs, last = known.last.get("bp_drugs"), known.last.get("bp")
    if drugs is None:
        return _Evidence()
    if drugs.value == YES:
        return _Evidence(YES, "", drugs.on, "visit")
    limit = protocol.screening.htn.at_or_above
    if last is None or not isinstance(last.value, tuple) or None in last.value:
        return _Evidence()
    sbp, dbp = last.value
    return _Evidence(NO if limit.kept(sbp, dbp) else UNKNOWN, f"{sbp}/{dbp}", last.on, "visit")


def _lipids(known: Known, _day: date, protocol: Protocol) -> _Evidence:
    """HDL-C, TG or drugs: one is enough for yes, all three are needed for no."""
    rules, found = protocol.at_risk.dm, []
    hdl = _measured(known, "hdl_c", lambda value: float(str(value)) <= rules.hdl_at_or_below)
    tg = _measured(known, "tg", lambda value: float(str(value)) >= rules.tg_at_or_above)
    for name, evidence in (("hdl_c", hdl), ("tg", tg), ("", _told(known, "lipid_drugs", _Evidence()))):
        found.append(evidence._replace(value=f"{name} {evidence.value}".strip() if evidence.value else ""))
    for evidence in found:
        if evidence.answer == YES:
            return evidence
    shown = ", ".join(evidence.value for evidence in found if evidence.value)
    answer = NO if all(evidence.answer == NO for evidence in found) else UNKNOWN
    latest = max((evidence.on for evidence in found if evidence.on is not None), default=None)
    return _Evidence(answer, shown, latest, "visit" if shown else "")


def _ascvd(known: Known, _day: date, _protocol: Protocol) -> _Evidence:
    return _Evidence(known.ascvd, "", None, "register") if known.ascvd else _Evidence()


def _measured(known: Known, column: str, is_risk: Callable[[object], bool]) -> _Evidence:
    last = known.last.get(column)
    if last is None:
        return _Evidence()
    value = f"{last.value:g}" if isinstance(last.value, float) else str(last.value)
    return _Evidence(YES if is_risk(last.value) else NO, value, last.on, "visit")


def _told(known: Known, fact: str, other: _Evidence) -> _Evidence:
    """What was told, unless what is known otherwise is newer."""
    said: Value | None = known.told.get(fact)
    if said is None or (other.answer != UNKNOWN and other.on is not None and said.on is not None and other.on > said.on):
        return other
    return _Evidence(str(said.value), "", said.on, "told")


_Judge = Callable[[Known, date, Protocol], _Evidence]

_HTN: dict[str, _Judge] = {
    "bp": _bp,
    "body": _body,
    "family_htn": _family("htn"),
    "high_salt": _salt,
    "heavy_drinking": _alcohol,
    "age": lambda known, day, protocol: _older(protocol.at_risk.htn.from_age, known, day),
}
"""The six factors in the document's order."""
_DM: dict[str, _Judge] = {
    "prediabetes": _prediabetes,
    "age": lambda known, day, protocol: _older(protocol.at_risk.dm.from_age, known, day),
    "body": _body,
    "family_dm": _family("dm"),
    "sedentary": _sedentary,
    "gestational": _only_women("gestational"),
    "pcos": _only_told("pcos"),
    "hypertension": _hypertension,
    "lipids": _lipids,
    "ascvd": _ascvd,
    "steroid_diabetes": _only_told("steroid_diabetes"),
    "long_term_drugs": _only_told("long_term_drugs"),
}
