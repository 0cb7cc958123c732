"""Metabolic syndrome by the Chinese Diabetes Society: how many of the five are met, and how many are unknown."""

from chronic.model.score import Known, Score
from chronic.rules.risk.inputs import outside
from chronic.rules.risk.signs import sorted_out
from chronic.scores import Syndrome


def syndrome(model: Syndrome, known: Known) -> Score:
    """Yes when enough are met, no when the unknown ones could not make up the number, else undetermined (no band)."""
    wrong = outside(model, known)
    usable = Known({name: value for name, value in known.values.items() if name not in wrong})
    met, unknown = sorted_out(model.components, usable)
    verdict = True if len(met) >= model.enough else False if len(met) + len(unknown) < model.enough else None
    parts = {"components": len(met), "metabolic_syndrome": verdict, "met": list(met), "unknown": list(unknown)}
    band = None if verdict is None else "yes" if verdict else "no"
    notes = ("metabolic.undetermined",) if verdict is None else ()
    return Score(model.id, len(met), band, unknown, wrong, notes, parts, (model.id,))
