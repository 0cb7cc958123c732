"""Test results: record what a test showed, here or elsewhere, and withdraw what should not be there."""

from collections.abc import Iterator

from chronic.care.dated import impossible
from chronic.care.desk import Desk
from chronic.care.record import refusal
from chronic.errors import NotAllowed, ValueRefused
from chronic.model.checks import limit, unusual
from chronic.model.fields import BY_COLUMN
from chronic.model.plan import Problem
from chronic.model.result import Result
from chronic.protocol.books import complications
from chronic.store import results
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
    return old


def check(desk: Desk, test: str, valued: bool = False) -> str | None:
    """The unit of a test's value, None for one that is only normal or abnormal.

    Raises ValueRefused: `test.unknown`, or `test.no_value` where a value is given and there is none.
    """
    units: dict[str, str | None] = {}
    for code, item in complications(desk.editions.on(desk.today)).tests.items():
        units |= {code: None, **dict(zip(item.columns, item.units, strict=True))}
    if test not in units:
        raise ValueRefused("test.unknown", test=test, known=", ".join(units))
    if valued and units[test] is None:
        raise ValueRefused("test.no_value", test=test)
    return units[test]


def _impossible(desk: Desk, person: int, new: Result) -> Iterator[Problem]:
    yield from impossible(desk, person, new.done_on, "done_on")
    problem = limit(BY_COLUMN[new.test], new.value) if new.value is not None else None
    if problem is not None:
        yield problem
