"""A stored value as the county reads it: in Chinese, whatever the language of the screen."""

from functools import cache

from chronic.i18n import in_chinese
from chronic.i18n.terms import (
    CALL_OUTCOMES,
    CALL_WAYS,
    CLASSES,
    END_REASONS,
    OUTCOMES,
    PROGRAMMES,
    REASONS,
    URGENCY,
    term,
)
from chronic.model.checkup_fields import by_column
from chronic.model.codes import BAND_TITLES
from chronic.model.fields import BY_COLUMN
from chronic.model.tags import TAGS, code_of
from chronic.protocol import Protocol
from chronic.protocol.education import Education

_TERMS = {
    **dict.fromkeys(("class", "class_htn", "class_dm", "class_lipid"), CLASSES),
    **dict.fromkeys(("programmes", "programme", "suspected", "confirmed", "not_confirmed"), PROGRAMMES),
    "urgency": URGENCY,
    "outcome": OUTCOMES,
    "told": CALL_OUTCOMES,
    "call_way": CALL_WAYS,
    "end_reason": END_REASONS,
    "reasons": REASONS,
    "band": BAND_TITLES,
}
_BOOK = {"topic": "topics", "form": "forms", "setting": "settings"}
_KINDS = {"exam": "健康体检", "tcm": "中医药健康管理"}


def word(name: str, value: object, protocol: Protocol) -> object:
    """Codes as their words, several joined by ;. Anything else as it is. Words of the guideline's book are its own."""
    if name in _BOOK:
        known = getattr(Education.of(protocol), _BOOK[name])
        return known[value].name.zh if value in known else value
    if name == "tags":
        return ";".join(TAGS[code][0] if (code := code_of(tag)) in TAGS else tag for tag in str(value).split(";"))
    codes = _codes(name)
    if not codes:
        return value
    return ";".join(codes.get(code, code) for code in str(value).split(";"))


@cache
def _codes(name: str) -> dict[str, str]:
    if name == "checkup_kind":
        return _KINDS
    if name in _TERMS:
        with in_chinese():
            return {code: term(_TERMS[name], code) for code in _TERMS[name]}
    field = BY_COLUMN.get(name) or by_column().get(name)
    return (field.codes if field is not None else None) or {}
