"""Hypertension 高血压: the class of one follow-up, and what other documents would say of it."""

from chronic.model.visit import Contact
from chronic.protocol import BpLimit, Protocol


def limit(age: int | None, protocol: Protocol) -> BpLimit:
    """The limit for this age; an unknown age gets the stricter adult limit (missing never reads as normal)."""
    target = protocol.htn.target
    return target.older if age is not None and age >= target.older_from else target.adult


def decided(contact: Contact, age: int | None, protocol: Protocol) -> bool | None:
    """True below both limits, False at or above either (one reading suffices), None when it cannot be said."""
    sbp_limit, dbp_limit = limit(age, protocol)
    if (contact.sbp is not None and contact.sbp >= sbp_limit) or (contact.dbp is not None and contact.dbp >= dbp_limit):
        return False
    return None if contact.sbp is None or contact.dbp is None else True


def advice(contact: Contact, age: int | None, with_diabetes: bool, ckd: bool, protocol: Protocol) -> list[str]:
    """Guideline targets beside the form's class: advice lines, never the class itself."""
    told, lines = protocol.htn.advice, []
    if with_diabetes and _reaches(contact, told.with_diabetes_or_kidney_disease):
        lines.append("htn.above_diabetes_target")
    if ckd and _reaches(contact, told.with_diabetes_or_kidney_disease):
        lines.append("htn.above_kidney_target")
    if age is not None and age < told.general_below_age and _reaches(contact, told.general):
        lines.append("htn.above_primary_care_target")
    return lines


def _reaches(contact: Contact, at: BpLimit) -> bool:
    return (contact.sbp is not None and contact.sbp >= at.sbp) or (contact.dbp is not None and contact.dbp >= at.dbp)
