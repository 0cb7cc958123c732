"""WHO cardiovascular risk 2019: the exact equations, and the cell that a printed chart shows."""

from bisect import bisect_right
from math import exp, log

from chronic.model.score import Known, Score
from chronic.rules.risk.inputs import gaps, half_up, in_unit, reached, refused, sex, sure
from chronic.scores import Equation, Recalibration, Who


def risk(model: Who, known: Known) -> Score:
    """% of a first heart attack, coronary death or stroke in ten years; the band is that of the exact figure.

    Refuses with known cardiovascular disease, for an unknown region, and where an input is unknown or out of range.
    """
    found, region = gaps(model, known), known.word("region") or model.home_region
    if known.flag("cvd"):
        return refused(model, found, "score.known_cvd")
    if found or region not in model.regions:
        return refused(model, found, *([] if region in model.regions else ["score.region"]))
    age, sbp, x = (sure(known.number("age")), sure(known.number("sbp")), in_unit(known, model.x, model.x_unit))
    chd, stroke, both = _percent(model, known, region, age, sbp, x)
    middles = [_middle(model, name, value) for name, value in (("age", age), ("sbp", sbp), ("x", x))]
    cell = int(half_up(_percent(model, known, region, *middles)[-1]))
    band = reached(both, model.bands).code
    notes = tuple(_notes(model, known))
    parts = {
        "percent": both, "mi_chd_percent": chd, "stroke_percent": stroke, "category": band, "chart_percent": cell,
    }  # fmt: skip
    return Score(model.id, both, band, notes=notes, parts=parts, cites=(model.id,))


def _notes(model: Who, known: Known) -> list[str]:
    notes = [] if known.flag("cvd") is False else ["score.cvd_unknown"]
    if "diabetes" not in model.needs["all"] and known.flag("diabetes"):
        notes.append("score.diabetes_not_counted")
    return notes


def _middle(model: Who, name: str, value: float) -> float:
    cells = model.chart[name]
    return cells.middle[bisect_right(cells.at_or_above, value)]


def _percent(model: Who, known: Known, region: str, age: float, sbp: float, x: float) -> tuple[float, float, float]:
    """(heart, stroke, either) in %."""
    equations, regions = model.equations[sex(known)], model.regions[region][sex(known)]
    from_60 = age - model.centre["age"]
    chd, stroke = (
        _recalibrated(
            _predicted(equations[outcome], known, from_60, sbp - model.centre["sbp"], x - model.centre["x"]),
            regions[outcome],
        )
        for outcome in ("chd", "stroke")
    )
    return 100 * chd, 100 * stroke, 100 * (1 - (1 - chd) * (1 - stroke))


def _predicted(terms: Equation, known: Known, age: float, sbp: float, x: float) -> float:
    smoker, diabetes = bool(known.flag("smoker")), bool(known.flag("diabetes"))
    sum_ = terms.age * age + terms.x * x + terms.sbp * sbp + terms.diabetes * diabetes + terms.smoker * smoker
    sum_ += age * (terms.age_x * x + terms.age_sbp * sbp + terms.age_diabetes * diabetes + terms.age_smoker * smoker)
    return float(1 - terms.survival ** exp(sum_))


def _recalibrated(predicted: float, to: Recalibration) -> float:
    """The cohort's risk as the region's: a line through the complementary log-log."""
    return 1 - exp(-exp(to.cons + to.slope * log(-log(1 - predicted))))
