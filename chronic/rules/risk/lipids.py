"""LDL cholesterol calculated by Friedewald, in the unit in which all three values were reported, else in mmol/L."""

from chronic.model.score import Amount, Known, Score, converted
from chronic.rules.risk.inputs import gaps, in_unit, refused, sure
from chronic.scores import Friedewald

_PARTS = ("tc", "hdl_c", "tg")
_HOME = "mmol/L"


def ldl(model: Friedewald, known: Known) -> Score:
    """A calculated value, marked as such; a measured one is preferred. Refuses with high triglycerides or a result of 0
    or less. `value` is in mmol/L."""
    found = gaps(model, known)
    if found:
        return refused(model, found)
    units = {amount.unit for name in _PARTS if (amount := known.amount(name))}
    unit = units.pop() if len(units) == 1 else _HOME
    tc, hdl, tg = (in_unit(known, name, unit) for name in _PARTS)
    result = tc - hdl - tg / model.tg_divisor[unit]
    if tg >= model.tg_below[unit]:
        return refused(model, found._replace(out_of_range=("tg",)), "ldl.triglycerides")
    if result <= 0:
        return refused(model, found, "ldl.not_positive")
    amounts = {to: converted("ldl_c", Amount(result, unit), to) for to in model.tg_divisor}
    in_mmol = sure(amounts[_HOME])
    notes = ["ldl.calculated"]
    if in_mmol < model.unreliable_ldl_below and in_unit(known, "tg", _HOME) >= model.unreliable_tg_from:
        notes.append("ldl.unreliable")
    parts = {"ldl_mmol": in_mmol, "ldl_mgdl": amounts["mg/dL"]}
    return Score(model.id, in_mmol, None, notes=tuple(notes), parts=parts, cites=(model.id,))
