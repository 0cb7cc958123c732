"""The six diseases 六病同防: which tests are due for a person, which results count, and what they call for.

Whom a test is for, how often, how long a result from elsewhere counts and what a result calls for are all data. What
is not known never frees anyone: without a birth date an age limit is taken as reached, and is said.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from chronic.model.result import Result
from chronic.protocol.complications import Complications, Flag, Item
from chronic.protocol.named import When, Whom

STATES = ("flagged", "never", "due", "done")
"""In the order of doing: a result that calls for something, never done, due again, still counting."""


class Who(NamedTuple):
    """What decides whom a test is for. None: not known."""

    programmes: frozenset[str]
    age: int | None
    smoker: bool | None


class Standing(NamedTuple):
    """How one test stands for one person. `due_on` is the last day the latest result still counts, or for a flagged
    one the day until which its action is due; None for a test never done."""

    code: str
    state: str
    last: Result | None
    due_on: date | None
    flag: str | None
    unknown: tuple[str, ...]
    """Columns that decide whether the test is for this person, and are not known."""


def matrix(who: Who, results: Iterable[Result], today: date, book: Complications) -> list[Standing]:
    """Every test of the diseases in force that is for this person or has a result calling for something."""
    by_test: dict[str, list[Result]] = {}
    for found in sorted(results, key=lambda result: (result.done_on, result.number)):
        by_test.setdefault(found.test, []).append(found)
    standings = []
    for code, item in book.tests.items():
        if item.diseases and not set(item.diseases) & set(book.in_force.diseases):
            continue
        concerned, unknown = concerns(item, who)
        own = [found for name in dict.fromkeys((code, *item.columns)) for found in by_test.get(name, ())]
        standing = _standing(code, item, sorted(own, key=lambda found: (found.done_on, found.number)), today, unknown)
        if concerned or standing.state == "flagged":
            standings.append(standing)
    return sorted(standings, key=lambda standing: STATES.index(standing.state))


def concerns(item: Item, who: Who) -> tuple[bool, tuple[str, ...]]:
    """(is the test for this person, what would have to be known to be sure of it)."""
    fits = [unknown for line in item.whom if (unknown := _fits(line, who)) is not None]
    sure = not fits or () in fits
    return bool(fits), () if sure else fits[0]


def _fits(line: Whom, who: Who) -> tuple[str, ...] | None:
    """None: not for this person. Else the unknown columns on which it rests, () when it is sure."""
    if not set(line.programmes) & who.programmes:
        return None
    if line.from_age and who.age is not None and who.age < line.from_age:
        return None
    if line.smoker and who.smoker is False:
        return None
    unknown = ["birth_date"] if line.from_age and who.age is None else []
    return tuple(unknown + (["smoking_status"] if line.smoker and who.smoker is None else []))


def _standing(code: str, item: Item, own: list[Result], today: date, unknown: tuple[str, ...]) -> Standing:
    """`own` are the test's results, oldest first."""
    flagged = flag(item, own)
    if flagged is not None:
        name, found = flagged
        return Standing(code, "flagged", found, item.flags[name].within.after(found.done_on), name, unknown)
    if not own:
        return Standing(code, "never", None, None, None, unknown)
    due_on, last = max(((counts_until(item, found), found) for found in own), key=lambda pair: pair[0])
    return Standing(code, "due" if due_on < today else "done", last, due_on, None, unknown)


def counts_until(item: Item, found: Result) -> date:
    """The last day on which a result counts: one from elsewhere within its window, and never longer than one of ours."""
    ours = item.every.after(found.done_on)
    return ours if found.institution is None else min(ours, item.valid.after(found.done_on))


def flag(item: Item, own: list[Result]) -> tuple[str, Result] | None:
    """The first flag that a result still standing raises. A value stands until the same is measured again."""
    for name, rule in item.flags.items():
        for found in reversed(own):
            raised = _raised(rule.when, found, item.flags)
            if raised:
                return name, found
            if raised is False:
                break
    return None


def _raised(when: When, found: Result, flags: dict[str, Flag]) -> bool | None:
    """Whether this result raises the flag; None when it cannot say."""
    if not when.is_:
        if found.result is not None:
            return found.result == "abnormal"
        measured = found.value is not None or found.word is not None
        return False if measured and any(found.test == other.when.column for other in flags.values()) else None
    if found.test != when.column:
        return None
    if when.is_ == "=":
        return None if found.word is None else found.word in when.words
    if found.value is None:
        return None
    return found.value >= when.limit if when.is_ == ">=" else found.value < when.limit
