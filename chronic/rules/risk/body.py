"""Body mass index and waist by WS/T 428; both are compared unrounded."""

from chronic.model.body import bmi
from chronic.model.score import Known, Score
from chronic.rules.risk.inputs import gaps, outside, reached, refused, sex, sure
from chronic.scores import Body


def index(model: Body, known: Known) -> float | None:
    """kg/m2 from weight and height; None where one is unknown or cannot be right."""
    weight, height = known.number("weight_kg"), known.number("height_cm")
    if weight is None or height is None or {"weight_kg", "height_cm"} & set(outside(model, known)):
        return None
    found = bmi(weight, height)
    return None if "bmi" in outside(model, Known({"bmi": found})) else found


def weight_class(model: Body, known: Known) -> Score:
    """The class of a known body mass index, for adults who are not pregnant."""
    found = gaps(model, known)
    if known.flag("pregnant"):
        return refused(model, found, "body.pregnant")
    if found:
        return refused(model, found)
    value = sure(known.number("bmi"))
    band = reached(value, model.bands["any"]).code
    notes = []
    if model.older and model.older_span and sure(known.number("age")) >= model.older.low:
        inside = model.older_span.low <= value <= model.older_span.high
        notes.append("body.older_fits" if inside else "body.older_outside")
    return Score(model.id, value, band, notes=tuple(notes), parts={"bmi": value, "category": band}, cites=(model.id,))


def waist_class(model: Body, known: Known) -> Score:
    """The class of a waist, for adults who are not pregnant."""
    found = gaps(model, known)
    if known.flag("pregnant"):
        return refused(model, found, "body.pregnant")
    if found:
        return refused(model, found)
    value = sure(known.number("waist_cm"))
    band = reached(value, model.bands[sex(known)]).code
    return Score(model.id, value, band, parts={"category": band}, cites=(model.id,))
