"""China-PAR ten-year risk. The coefficients are INFERRED (see the model's file): never to be called the official one."""

from math import exp, log

from chronic.model.score import Amount, Known, Score
from chronic.rules.risk.inputs import gaps, half_up, reached, refused, sex, sure
from chronic.scores import ChinaPar


def risk(model: ChinaPar, known: Known) -> Score:
    """% of atherosclerotic cardiovascular disease in ten years; the class follows the figure as it is shown (0.1).

    With known cardiovascular disease there is no score: the guideline calls that very high.
    """
    found = gaps(model, known)
    if known.flag("cvd"):
        return refused(model, found, "score.known_cvd")._replace(band="very_high")
    if found:
        return refused(model, found, "chinapar.inferred")
    terms = model.terms[sex(known)]
    ln_age, ln_sbp = log(sure(known.number("age"))), log(sure(known.number("sbp")))
    pressure, with_age = (
        (terms.ln_sbp_treated, terms.ln_sbp_treated_ln_age)
        if known.flag("treated")
        else (terms.ln_sbp_untreated, terms.ln_sbp_untreated_ln_age)
    )
    sum_ = terms.ln_age * ln_age + ln_sbp * (pressure + with_age * ln_age)
    sum_ += terms.ln_tc * log(_mg(model, known.amount("tc"))) + terms.ln_hdl_c * log(_mg(model, known.amount("hdl_c")))
    sum_ += terms.ln_waist * log(sure(known.number("waist_cm")))
    sum_ += bool(known.flag("smoker")) * (terms.smoker + terms.smoker_ln_age * ln_age)
    sum_ += bool(known.flag("family_cvd")) * (terms.family_cvd + terms.family_cvd_ln_age * ln_age)
    sum_ += bool(known.flag("diabetes")) * terms.diabetes + bool(known.flag("north")) * terms.north
    sum_ += bool(known.flag("urban")) * terms.urban
    percent = 100 * (1 - exp(-exp(sum_ + terms.intercept)))
    band = reached(half_up(percent, model.shown_decimals), model.bands).code
    notes = ["chinapar.inferred"] + ([] if known.flag("cvd") is False else ["score.cvd_unknown"])
    if not model.derived_on.low <= int(sure(known.number("age"))) <= model.derived_on.high:
        notes.append("chinapar.outside_derivation")
    parts = {"percent": percent, "category": band}
    return Score(model.id, percent, band, notes=tuple(notes), parts=parts, cites=(model.id,))


def _mg(model: ChinaPar, amount: Amount | None) -> float:
    """mg/dL by the site's own factor, which is not the usual one."""
    assert amount is not None
    return amount.value if amount.unit == "mg/dL" else amount.value / model.mmol_per_mg_dl
