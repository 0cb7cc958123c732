"""Kidney: filtration from creatinine, stages of filtration and albuminuria, and the risk of the pair."""

from chronic.model.score import Known, Score
from chronic.rules.risk.inputs import gaps, in_unit, outside, reached, refused, sex, sure
from chronic.scores import CkdEpi, Kdigo


def filtration(model: CkdEpi, known: Known) -> Score:
    """eGFR in mL/min/1.73 m2, unrounded, from 18 years on. Which formula it is stands in the model's title."""
    found = gaps(model, known)
    if found:
        return refused(model, found)
    who = sex(known)
    share = in_unit(known, "creatinine", "umol/L") / model.umol_per_mg_dl / model.kappa[who]
    value = model.scale * min(share, 1) ** model.low_power[who] * max(share, 1) ** model.high_power
    value *= model.age_base ** sure(known.number("age")) * model.sex_factor[who]
    return Score(model.id, value, parts={"egfr": value}, cites=(model.id,))


def stages(model: Kdigo, known: Known) -> Score:
    """G from eGFR, A from uACR in the unit that was reported, and the risk of both; either stands alone as well."""
    found = gaps(model, known)
    wrong = outside(model, known)
    egfr, uacr = known.number("egfr"), known.amount("uacr")
    g = reached(egfr, model.g).code if egfr is not None and "egfr" not in wrong else None
    a = reached(uacr.value, model.a[uacr.unit]).code if uacr is not None and "uacr" not in wrong else None
    risk = model.risk[a][g] if a and g else None
    notes = ("kidney.three_months",) if {g, a} & set(model.worth_repeating) else ()
    parts = {"g": g, "a": a, "risk": risk}
    return Score(model.id, egfr if g else None, risk, found.missing, found.out_of_range, notes, parts, (model.id,))
