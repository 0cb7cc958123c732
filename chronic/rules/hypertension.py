"""Hypertension 高血压: the class of one follow-up, and what other documents would say of it."""

from chronic.model.visit import Contact
from chronic.protocol import BpLimit, Protocol


def limit(age: int | None, protocol: Protocol) -> BpLimit:
    """The limit for this age; an unknown age gets the stricter adult limit (missing never reads as normal)."""
    target = protocol.htn.target
    return target.older if age is not None and age >= target.older_from else target.adult


def decided(contact: Contact, age: int | None, protocol: Protocol) -> bool | None:
    """True below both limits, False at or above either (one reading suffices), None when it cannot be said."""
    return limit(age, protocol).kept(contact.sbp, contact.dbp)


def advice(contact: Contact, age: int | None, with_diabetes: bool, ckd: bool, protocol: Protocol) -> list[str]:
    """Guideline targets beside the form's class: advice lines, never the class itself."""
    told, lines = protocol.htn.advice, []
    if with_diabetes and told.with_diabetes_or_kidney_disease.reached(contact.sbp, contact.dbp):
        lines.append("htn.above_diabetes_target")
    if ckd and told.with_diabetes_or_kidney_disease.reached(contact.sbp, contact.dbp):
        lines.append("htn.above_kidney_target")
    if age is not None and age < told.general_below_age and told.general.reached(contact.sbp, contact.dbp):
        lines.append("htn.above_primary_care_target")
    return lines
