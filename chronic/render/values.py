"""A machine value as people read it: the same words in a terminal table and on a printed page."""

from chronic.i18n import _
from chronic.i18n.terms import (
    ANSWERS,
    BATCH_STATES,
    CALL_OUTCOMES,
    CALL_WAYS,
    CLASSES,
    COUNTS,
    CRITERION_STATES,
    DESK_STATES,
    END_REASONS,
    ENDED_BY,
    FOLLOW_UP_OF_FINDINGS,
    HOLDS,
    KNOWN_FROM,
    LATE_RECORDS,
    LEFT_OUT,
    LIKENESS,
    LINES,
    OF_A_TREND,
    ORIGINS,
    POPULATIONS,
    PROGRAMMES,
    PROMISES,
    QUOTA,
    REASONS,
    RECORDS,
    REFERRAL_KINDS,
    SATISFACTION,
    SECTIONS,
    SEXES,
    SLIP_STATES,
    STATES,
    STEPS,
    TASK_EVENTS,
    TASK_STATES,
    TEST_STATES,
    THIS_YEAR,
    UPLOADS,
    URGENCY,
    VISIT_KINDS,
    WANTED,
    WAYS,
    WORK,
    term,
)
from chronic.model.chain import STAGES, STUCK
from chronic.model.codes import BAND_TITLES
from chronic.model.codes import CLASSES as BY_SEVERITY
from chronic.model.facts import FACTORS
from chronic.model.institution import CAPABILITIES, EVERY, LEVELS
from chronic.model.place import LEVELS as PLACE_LEVELS
from chronic.model.tags import tag_name
from chronic.model.wording import field_label

WORDS = {
    "sex": SEXES,
    "part": OF_A_TREND,
    "programmes": PROGRAMMES,
    "programme": PROGRAMMES,
    "reasons": REASONS,
    "quota": QUOTA,
    "left_out": LEFT_OUT,
    "step": STEPS,
    "section": SECTIONS,
    "class": CLASSES,
    "class_before": CLASSES,
    "class_after": CLASSES,
    "last_assessed": CLASSES,
    "way": WAYS,
    "kind": VISIT_KINDS,
    "state": STATES,
    "end_reason": END_REASONS,
    "action": FOLLOW_UP_OF_FINDINGS,
    "populations": POPULATIONS,
    "this_year": THIS_YEAR,
    "origin": ORIGINS,
    "answer": ANSWERS,
    "target_met": ANSWERS,
    "late_record": LATE_RECORDS,
    "from": KNOWN_FROM,
    "wanted": WANTED,
    **dict.fromkeys(("factor", "factors_htn", "factors_dm"), FACTORS),
    "work": WORK,
    "counts": COUNTS,
    "referral": REFERRAL_KINDS,
    "met": CRITERION_STATES,
    "standing": TEST_STATES,
    "says": LINES,
    "ended_by": ENDED_BY,
    "task_state": TASK_STATES,
    "desk_state": DESK_STATES,
    "task_event": TASK_EVENTS,
    "told": CALL_OUTCOMES,
    "call_way": CALL_WAYS,
    "promise": PROMISES,
    "satisfaction": SATISFACTION,
    "level": PLACE_LEVELS | LEVELS,
    "capabilities": CAPABILITIES,
    "every": EVERY,
    "urgency": URGENCY,
    "slip_state": SLIP_STATES,
    "batch_state": BATCH_STATES,
    "holds": HOLDS,
    "likeness": LIKENESS,
    "in_county": ANSWERS,
    "stage": STAGES,
    "stages": STAGES,
    "stuck_for": STUCK,
    "about_stage": {**END_REASONS, **FACTORS},
    "record_kind": RECORDS,
    "upload_state": UPLOADS,
    "band": BAND_TITLES,
}
"""Column -> code -> what it is called."""


def shown(key: str, value: object) -> str:
    """A machine value as people read it."""
    if value is None or value == [] or value == "":
        return "-"
    if value == "*":
        return _("everybody")
    if key in ("days_overdue", "days_late"):
        return _("{days} d").format(days=value)
    if key == "tags" and isinstance(value, list):
        return ", ".join(tag_name(str(tag)) for tag in value)
    if key == "change" and isinstance(value, (int, float)):
        return f"{value:+g}" if value else "0"
    if key == "missing" and isinstance(value, list):
        return ", ".join(field_label(str(column)) for column in value)
    if key == "tag":
        return tag_name(str(value))
    if key == "due":
        return "; ".join(value) if isinstance(value, list) else str(value)
    if isinstance(value, dict):
        return class_word(value)
    if isinstance(value, (list, tuple)):
        return "+".join(term(WORDS.get(key, {}), str(item)) for item in value)
    return term(WORDS[key], str(value)) if key in WORDS else str(value)


def class_word(classes: dict[str, str | None]) -> str:
    """The most serious class of any programme."""
    given = [klass for klass in classes.values() if klass]
    order = (*BY_SEVERITY[:3], "not_assessed", *BY_SEVERITY[3:])
    return term(CLASSES, min(given, key=order.index)) if given else "-"
