"""What a book writes in a few words: a named test on known facts, for whom a test is, what of a result matters."""

from collections.abc import Callable
from typing import Any, NamedTuple

from chronic.model.fields import BY_COLUMN
from chronic.model.person import PROGRAMMES
from chronic.protocol.sections import BpLimit, Interval

_ANY = "any"
_DANGERS = ("danger.bp", "danger.glucose_high", "danger.glucose_low", "danger.pregnancy_bp", "danger.pregnancy_glucose")


def _one(*words: str) -> Callable[[str], str]:
    """Reads one of these words."""
    return lambda text: words[words.index(text)]


_DECIDED, _COLUMN, _CODE = _one(*PROGRAMMES), _one(*BY_COLUMN), _one(*_DANGERS)
CRITERIA: dict[str, tuple[Callable[[str], Any], ...]] = {
    "asked": (),
    "danger_question": (),
    "danger": (_CODE,),
    "bp_at_or_above": (BpLimit.read,),
    "age_below": (int,),
    "onset_below": (_DECIDED, int),
    "value_below": (str, float),
    "value_above": (str, float),
    "abnormal": (str,),
    "pregnant": (),
    "adverse_reaction": (),
    "complication": (),
    "repeated_lows": (int, Interval.read),
    "in_a_row": (_DECIDED,),
    "uncontrolled_for": (_DECIDED, Interval.read),
    "controlled": (_DECIDED,),
    "no_complication": (),
}
"""The named tests of referral criteria (`rules.criteria`), and what each takes; the last takes the rest of the line."""
LINES: dict[str, tuple[Callable[[str], Any], ...]] = {
    "danger": (_CODE,),
    "one_of": (_COLUMN, str.split),
    "above": (_COLUMN, float),
    "at_or_above": (_COLUMN, float),
    "above_own_target": (_COLUMN, _COLUMN),
    "smoking": (),
    "bmi_from": (float, int, float),
    "waist_from": (float, float),
    "exercise_below": (int, int),
    "bp_not_at_target": (),
    "fpg_not_at_target": (float,),
}
"""The same for lines of advice (`rules.advice`)."""
NUMBERS = {
    "danger": set(),
    "one_of": {"value"},
    "smoking": set(),
    "bmi_from": {"value", "bmi", "limit", "goal"},
    "exercise_below": {"times", "minutes", "least", "long"},
    "fpg_not_at_target": {"value", "low", "limit"},
}
"""What stands for itself in the text of a line, in braces; elsewhere {value} and {limit}."""


class Named(NamedTuple):
    """A named test on known facts, written "value_below potassium 3.5"."""

    name: str
    args: tuple[Any, ...]

    @classmethod
    def read(cls, text: str) -> "Named":
        name, *words = text.split()
        kinds = {**CRITERIA, **LINES}[name]
        if len(words) < len(kinds) or (words and not kinds):
            raise ValueError(text)
        given = [*words[: len(kinds) - 1], " ".join(words[len(kinds) - 1 :])] if kinds else []
        return cls(name, tuple(kind(word) for kind, word in zip(kinds, given, strict=True)))

    def __str__(self) -> str:
        return " ".join((self.name, *map(_written, self.args)))


def _written(arg: object) -> str:
    if isinstance(arg, list):
        return " ".join(arg)
    return f"{arg:g}" if isinstance(arg, float) else str(arg)


class Whom(NamedTuple):
    """For whom a test is: managed for one of these, from an age on, smokers only; written "htn+lipid from 35"."""

    programmes: tuple[str, ...]
    from_age: int
    smoker: bool

    @classmethod
    def read(cls, text: str) -> "Whom":
        named, *words = text.split()
        programmes = PROGRAMMES if named == _ANY else tuple(named.split("+"))
        smoker = words[-1:] == ["smoker"]
        words = words[:-1] if smoker else words
        if set(programmes) - set(PROGRAMMES) or (words and (len(words) != 2 or words[0] != "from")):
            raise ValueError(text)
        return cls(programmes, int(words[1]) if words else 0, smoker)

    def __str__(self) -> str:
        named = _ANY if self.programmes == PROGRAMMES else "+".join(self.programmes)
        return named + (f" from {self.from_age}" if self.from_age else "") + (" smoker" if self.smoker else "")


class When(NamedTuple):
    """What of a result calls for something: "abnormal", "uacr >= 30", "egfr < 60", "dorsalis_pedis = weak_left …"."""

    column: str
    is_: str
    limit: float
    words: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> "When":
        column, *rest = text.split()
        if not rest and column == "abnormal":
            return cls(column, "", 0, ())
        if rest[0] == "=" and rest[1:]:
            return cls(column, "=", 0, tuple(rest[1:]))
        if rest[0] not in (">=", "<") or len(rest) != 2:
            raise ValueError(text)
        return cls(column, rest[0], float(rest[1]), ())

    def __str__(self) -> str:
        limit = " ".join(self.words) if self.is_ == "=" else f"{self.limit:g}"
        return f"{self.column} {self.is_} {limit}" if self.is_ else self.column
