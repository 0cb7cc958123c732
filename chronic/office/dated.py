"""Rows of the sheets of test results and of told facts, as care takes them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from chronic.care import facts, results
from chronic.care.desk import Desk
from chronic.care.record import Recorded
from chronic.model.plan import Problem
from chronic.model.result import Result
from chronic.store.facts import Said

Made = Callable[[str, Iterable[str], str], str]
"""What kind of row it is, what it says, its day -> its uid."""
_RESULT = ("test", "value", "unit", "result", "institution", "detail")
_FACT = ("fact", "answer", "told_by")


def result(desk: Desk, person: int, values: dict[str, Any], made: Made) -> Recorded:
    """A test result. `made`: gives a row without a uid one."""
    if "test" not in values:
        return _lacking("test")
    uid = values.get("uid") or made("test", _said(values, _RESULT), values["done_on"].isoformat())
    value, word, where, detail = (values.get(name) for name in ("value", "result", "institution", "detail"))
    told = Result(values["test"], values["done_on"], value, None, word, where, detail, uid=uid)
    return results.take(desk, person, told, values.get("unit"))


def fact(desk: Desk, person: int, values: dict[str, Any], made: Made) -> Recorded:
    """What somebody said about a risk."""
    for name in ("fact", "answer"):
        if name not in values:
            return _lacking(name)
    uid = values.get("uid") or made("fact", _said(values, _FACT), values["told_on"].isoformat())
    return facts.take(desk, person, Said(values["fact"], values["answer"], values["told_on"], values.get("told_by"), uid))


def _lacking(column: str) -> Recorded:
    return Recorded("refused", None, (Problem("value.missing", column),))


def _said(values: dict[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    return (part for name in names if name in values for part in (name, str(values[name])))
