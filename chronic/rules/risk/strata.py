"""Cardiovascular strata of hypertension (guideline 2024): low, medium, high, very high.

Only what is known counts. Where something unknown could raise the stratum, the answer says "at least" and names it;
a person whose highest pressure lies below hypertension although they are a known hypertensive counts as grade 1.
"""

from typing import NamedTuple

from chronic.model.score import Known, Score
from chronic.rules.risk.inputs import outside, reached
from chronic.rules.risk.signs import sorted_out
from chronic.scores import Step, Strata


class _Found(NamedTuple):
    """`grade` is a place in the list of grades; `top`: the one it could be at most."""

    grade: int
    top: int
    unknown: tuple[str, ...]


def stratum(model: Strata, known: Known) -> Score:
    """`band` is the stratum to sort by; `parts` has the cell as it is printed (one or two strata), grade, lists, unknown.

    sbp and dbp are the highest known pressure, `hypertension` whether it is a known diagnosis, `egfr` the filtration.
    """
    wrong = outside(model, known)
    usable = Known({name: value for name, value in known.values.items() if name not in wrong})
    pressure = _pressure(model, usable)
    if pressure is None:
        return Score(model.id, None, None, ("bp",), wrong, cites=(model.id,))
    factors, factors_open = sorted_out(model.factors, usable)
    damage, damage_open = sorted_out(model.organ_damage, usable)
    disease, disease_open = sorted_out(model.disease, usable)
    diabetes, complicated = usable.flag("diabetes"), usable.flag("diabetes_complications")
    disease += ("diabetes_complications",) if diabetes and complicated else ()
    open_still = complicated is None if diabetes else diabetes is None and complicated is not False
    disease_open += ("diabetes_complications",) if open_still else ()
    *_, serious, most_serious = model.rows
    row = most_serious if disease else serious if damage or diabetes else reached(len(factors), model.factor_rows).code
    could = len(factors) + len(factors_open)
    top_row = most_serious if disease or disease_open else (
        serious if damage or damage_open or diabetes is not False else reached(could, model.factor_rows).code
    )  # fmt: skip
    unknown = (
        *pressure.unknown,
        *factors_open,
        *damage_open,
        *disease_open,
        *(() if diabetes is not None else ("diabetes",)),
    )
    grades = [step.code for step in model.sbp_grades]
    cell = model.rows[row].get(grades[pressure.grade], ())
    top_cell = model.rows[top_row].get(grades[pressure.top], ())
    band = cell[-1] if cell else None
    at_least = _level(model, top_cell) > _level(model, cell)
    parts = {
        "stratum": list(cell), "at_least": at_least, "grade": grades[pressure.grade], "row": row,
        "factors": list(factors), "organ_damage": list(damage), "disease": list(disease),
        "diabetes": diabetes, "unknown": list(unknown) if at_least else [],
    }  # fmt: skip
    notes = () if cell else ("strata.below_table",)
    return Score(model.id, None, band, unknown if at_least else (), wrong, notes, parts, (model.id,))


def _level(model: Strata, cell: tuple[str, ...]) -> list[int]:
    """How bad a cell is: its higher stratum, then its lower one; nothing is the least."""
    strata = [model.order.index(code) for code in cell]
    return [max(strata), min(strata)] if strata else []


def _pressure(model: Strata, known: Known) -> _Found | None:
    """The grade of the higher of both pressures; None where no pressure is known of someone not known as hypertensive."""
    places = [_place(known.number("sbp"), model.sbp_grades), _place(known.number("dbp"), model.dbp_grades)]
    measured = [place for place in places if place is not None]
    highest = len(model.sbp_grades) - 1
    floor = [step.code for step in model.sbp_grades].index(model.hypertensive)
    hypertensive = known.flag("hypertension")
    if not measured:
        return _Found(floor, highest, ("bp",)) if hypertensive else None
    grade = max(measured)
    if hypertensive and grade < floor:
        return _Found(floor, highest, ("bp_untreated",))
    half = ("bp",) if None in places else ()
    if hypertensive is None and grade < floor:
        return _Found(grade, highest, ("hypertension", *half))
    return _Found(grade, highest if half else grade, half)


def _place(value: float | None, grades: tuple[Step, ...]) -> int | None:
    return None if value is None else grades.index(reached(value, grades))
