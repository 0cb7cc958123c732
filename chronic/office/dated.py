"""Rows of the sheets of test results and of told facts, as care takes them."""

from typing import Any

from chronic.care import facts, results
from chronic.care.desk import Desk
from chronic.care.record import Recorded
from chronic.model.plan import Problem
from chronic.model.result import Result
from chronic.store.facts import Said
from chronic.store.stamp import content_uid

_RESULT = ("test", "value", "unit", "result", "institution", "detail")
_FACT = ("fact", "answer", "told_by")


def result(desk: Desk, person: int, values: dict[str, Any], whose: tuple[str, ...]) -> Recorded:
    """A test result. `whose`: the key that named the person, which a row without a uid gets one from."""
    if "test" not in values:
        return _lacking("test")
    uid = values.get("uid") or _uid("test", values, _RESULT, whose, values["done_on"].isoformat())
    value, word, where, detail = (values.get(name) for name in ("value", "result", "institution", "detail"))
    told = Result(values["test"], values["done_on"], value, None, word, where, detail, uid=uid)
    return results.take(desk, person, told, values.get("unit"))


def fact(desk: Desk, person: int, values: dict[str, Any], whose: tuple[str, ...]) -> Recorded:
    """What somebody said about a risk."""
    for name in ("fact", "answer"):
        if name not in values:
            return _lacking(name)
    uid = values.get("uid") or _uid("fact", values, _FACT, whose, values["told_on"].isoformat())
    return facts.take(desk, person, Said(values["fact"], values["answer"], values["told_on"], values.get("told_by"), uid))


def _lacking(column: str) -> Recorded:
    return Recorded("refused", None, (Problem("value.missing", column),))


def _uid(what: str, values: dict[str, Any], names: tuple[str, ...], whose: tuple[str, ...], day: str) -> str:
    said = (part for name in names if name in values for part in (name, str(values[name])))
    return content_uid(what, *whose, *said, day=day)
