"""A machine value as people read it: the same words in a terminal table and on a printed page."""

from chronic.i18n import _
from chronic.i18n.terms import (
    ANSWERS,
    CLASSES,
    CRITERION_STATES,
    END_REASONS,
    FOLLOW_UP_OF_FINDINGS,
    KNOWN_FROM,
    LINES,
    ORIGINS,
    POPULATIONS,
    PROGRAMMES,
    QUOTA,
    REASONS,
    REFERRAL_KINDS,
    SECTIONS,
    SEXES,
    STATES,
    STEPS,
    TEST_STATES,
    THIS_YEAR,
    VISIT_KINDS,
    WANTED,
    WAYS,
    term,
)
from chronic.model.codes import CLASSES as BY_SEVERITY
from chronic.model.facts import FACTORS
from chronic.model.tags import tag_name

_WORDS = {
    "sex": SEXES,
    "programmes": PROGRAMMES,
    "programme": PROGRAMMES,
    "reasons": REASONS,
    "quota": QUOTA,
    "step": STEPS,
    "section": SECTIONS,
    "class": CLASSES,
    "class_before": CLASSES,
    "class_after": CLASSES,
    "way": WAYS,
    "kind": VISIT_KINDS,
    "state": STATES,
    "end_reason": END_REASONS,
    "action": FOLLOW_UP_OF_FINDINGS,
    "populations": POPULATIONS,
    "this_year": THIS_YEAR,
    "origin": ORIGINS,
    "answer": ANSWERS,
    "from": KNOWN_FROM,
    "wanted": WANTED,
    **dict.fromkeys(("factor", "factors_htn", "factors_dm"), FACTORS),
    "referral": REFERRAL_KINDS,
    "met": CRITERION_STATES,
    "standing": TEST_STATES,
    "says": LINES,
    "in_county": ANSWERS,
}


def shown(key: str, value: object) -> str:
    """A machine value as people read it."""
    if value is None or value == [] or value == "":
        return "-"
    if key == "days_overdue":
        return _("{days} d").format(days=value)
    if key == "tags" and isinstance(value, list):
        return ", ".join(tag_name(str(tag)) for tag in value)
    if key == "due":
        return "; ".join(value) if isinstance(value, list) else str(value)
    if isinstance(value, dict):
        return class_word(value)
    if isinstance(value, (list, tuple)):
        return "+".join(term(_WORDS.get(key, {}), str(item)) for item in value)
    return term(_WORDS[key], str(value)) if key in _WORDS else str(value)


def class_word(classes: dict[str, str | None]) -> str:
    """The most serious class of any programme."""
    given = [klass for klass in classes.values() if klass]
    order = (*BY_SEVERITY[:3], "not_assessed", *BY_SEVERITY[3:])
    return term(CLASSES, min(given, key=order.index)) if given else "-"
