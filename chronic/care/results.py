"""Test results: record what a test showed, here or elsewhere, and withdraw what should not be there."""

from collections.abc import Iterator

from chronic.care.dated import impossible
from chronic.care.desk import Desk
from chronic.care.record import Recorded, refusal
from chronic.errors import NotAllowed, ValueRefused
from chronic.model.checks import limit, unusual
from chronic.model.fields import BY_COLUMN
from chronic.model.plan import Problem
from chronic.model.result import Result
from chronic.model.units import amount, converted
from chronic.protocol.complications import Complications
from chronic.store import results, settling
from chronic.store.journal import deed


def add(desk: Desk, person: int, new: Result) -> tuple[str, list[Problem]]:
    """Record one result: ("added" or "unchanged", what is worth asking about it).

    Raises ValueRefused and NotAllowed: `test.unknown`, `test.nothing`, `test.no_value`, `test.day_taken`, and the
    refusals of a value or a day.
    """
    unit = check(desk, new.test, valued=new.value is not None)
    if new.value is None and new.result is None:
        raise ValueRefused("test.nothing")
    for problem in _impossible(desk, person, new):
        raise refusal(problem)
    with deed(desk.db, desk.stamp, "test.add", person):
        there = results.same_day(desk.db, person, new)
        if there is not None:
            if there._replace(number=0, uid="") == new._replace(number=0, uid=""):
                return "unchanged", []
            raise NotAllowed("test.day_taken", day=new.done_on, number=there.number)
        results.add(desk.db, person, new, unit if new.value is not None else None, desk.stamp)
    odd = None if new.value is None else unusual(BY_COLUMN[new.test], new.value)
    return "added", [] if odd is None else [odd]


def void(desk: Desk, number: int, reason: str) -> Result:
    """Withdraw a result. Raises ValueRefused (`test.none`), NotAllowed (`test.ended`)."""
    found = results.by_id(desk.db, number)
    if found is None:
        raise ValueRefused("test.none", number=number)
    person, old, ended_by = found
    if ended_by is not None:
        raise NotAllowed("test.ended", number=number)
    with deed(desk.db, desk.stamp, "test.void", person):
        results.void(desk.db, number, reason, desk.stamp)
        settling.reconsider(desk.db, person)
    return old


def check(desk: Desk, test: str, valued: bool = False) -> str | None:
    """The unit of a test's value, None for one that is only normal or abnormal.

    Raises ValueRefused: `test.unknown`, or `test.no_value` where a value is given and there is none.
    """
    units: dict[str, str | None] = {}
    for code, item in Complications.of(desk.editions.on(desk.today)).tests.items():
        units |= {code: None, **dict(zip(item.columns, item.units, strict=True))}
    if test not in units:
        raise ValueRefused("test.unknown", test=test, known=", ".join(units))
    if valued and units[test] is None:
        raise ValueRefused("test.no_value", test=test)
    return units[test]


def take(desk: Desk, person: int, given: Result, unit: str | None) -> Recorded:
    """One row of a sheet: written, or known already, or refused. Its test may be named as the guideline names it, and
    its value may be in a `unit` that is known; without one it is in the guideline's."""
    if results.known(desk.db, given.uid):  # one that was withdrawn since does not come back with the old sheet
        return Recorded("unchanged", given.uid)
    test = _named(desk, given.test)
    if test is None:
        return Recorded("refused", None, (Problem("test.not_known", "test", given.test),))
    own = check(desk, test)
    if given.value is None and given.result is None:
        return Recorded("refused", None, (Problem("value.missing", "result"),))
    if given.value is not None and own is None:
        return Recorded("refused", None, (Problem("test.only_result", "test", given.test),))
    value = given.value if given.value is None or unit in (None, own) else _in_own_unit(test, given.value, str(unit), own)
    if (value is None) != (given.value is None):
        return Recorded("refused", None, (Problem("test.other_unit", "unit", unit, own),))
    new = given._replace(test=test, value=value)
    refused = tuple(_impossible(desk, person, new))
    if refused:
        return Recorded("refused", None, refused)
    there = results.same_day(desk.db, person, new)
    if there is not None:
        if there._replace(number=0, uid="") == new._replace(uid=""):
            return Recorded("unchanged", there.uid)
        return Recorded("refused", None, (Problem("test.same_day", "done_on", new.done_on, there.number),))
    with deed(desk.db, desk.stamp, "test.add", person):
        results.add(desk.db, person, new, own if new.value is not None else None, desk.stamp)
    odd = None if value is None else unusual(BY_COLUMN[test], value)
    return Recorded("added", new.uid, (), () if odd is None else (odd,))


def _named(desk: Desk, text: str) -> str | None:
    """The code of a test by its code, by the guideline's name of it, or by the name of the form's field."""
    for code, item in Complications.of(desk.editions.on(desk.today)).tests.items():
        if text.casefold() in (code, item.name.zh.casefold(), item.name.en.casefold()):
            return code
        for column in item.columns:
            if text.casefold() in (column, BY_COLUMN[column].zh.casefold()):
                return column
    return None


def _in_own_unit(test: str, value: float, unit: str, own: str | None) -> float | None:
    """The value as the registry holds it; None where the unit is not known for this test."""
    written = amount(f"{value:.6f} {unit}")
    if written is None:
        return None
    same = amount(f"{value:.6f} {own}")
    return value if same is not None and same[1] == written[1] else converted(test, value, written[1])


def _impossible(desk: Desk, person: int, new: Result) -> Iterator[Problem]:
    yield from impossible(desk, person, new.done_on, "done_on")
    problem = limit(BY_COLUMN[new.test], new.value) if new.value is not None else None
    if problem is not None:
        yield problem
