"""A sign is present when one of its measurements reaches a limit, absent when all were made and none did, else unknown."""

from collections.abc import Iterable

from chronic.model.score import Known, compared
from chronic.scores import Limit, Sign


def present(sign: Sign, known: Known) -> bool | None:
    """True, False, or None for unknown: unknown is never no."""
    found = [(limit, _reached(limit, known)) for limit in sign.any if _applies(limit, known)]
    if any(answer for _, answer in found):
        return True
    open_ = [limit for limit, answer in found if answer is None and not limit.spare]
    return False if not open_ and any(answer is False for _, answer in found) else None


def sorted_out(signs: Iterable[Sign], known: Known) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(present, unknown) by code."""
    answers = {sign.code: present(sign, known) for sign in signs}
    return (
        tuple(code for code, answer in answers.items() if answer),
        tuple(code for code, answer in answers.items() if answer is None),
    )


def _applies(limit: Limit, known: Known) -> bool:
    """A limit in a unit that cannot be compared with the reported one says nothing either way."""
    amount = known.amount(limit.input)
    return amount is None or compared(limit.input, amount, limit.unit) is not None


def _reached(limit: Limit, known: Known) -> bool | None:
    if limit.at_or_above is None and limit.above is None and limit.below is None:
        return known.flag(limit.input)
    amount = known.amount(limit.input)
    value = known.number(limit.input) if amount is None else compared(limit.input, amount, limit.unit)
    if value is None:
        return None
    answers = {_beyond(value, limit, sex) for sex in _sexes(limit, known)}
    return answers.pop() if len(answers) == 1 else None


def _sexes(limit: Limit, known: Known) -> list[str]:
    """The sexes whose limits come into question: with the sex unknown, both must agree."""
    table = limit.at_or_above or limit.above or limit.below or {}
    sex = known.word("sex")
    return [sex] if sex in table else list(table)


def _beyond(value: float, limit: Limit, sex: str) -> bool:
    if limit.at_or_above is not None:
        return value >= limit.at_or_above[sex]
    if limit.above is not None:
        return value > limit.above[sex]
    return limit.below is not None and value < limit.below[sex]
