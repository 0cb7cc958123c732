"""What one observation says: measurements of visits and check-ups, test results, told facts, smoking.

A measurement without a unit, or in one nobody knows, keeps its number in the account of refused rows and is not read.
"""

from typing import Any

from chronic.exchange.fhir.codes import by_loinc, measures, systems, table
from chronic.exchange.fhir.contacts import FORMS, METER, Form
from chronic.exchange.fhir.elements import codes, last, many, named, one, text
from chronic.exchange.fhir.files import Number
from chronic.exchange.fhir.read import Read, Told, Unread
from chronic.model.units import converted
from chronic.store.staging import Said

Resource = dict[str, Any]

NO_UNIT, UNKNOWN_UNIT, NO_VALUE = "fhir.no_unit", "fhir.unit", "fhir.value"
_SETTLED = frozenset(("final", "amended", "corrected"))
_SCALE = {code: word for word, code in METER.items()}


def observation(read: Read) -> Told:
    if text(read["status"]) not in _SETTLED:
        yield Unread(f"Observation ({text(read['status'])})")
        return
    ours, form = _ours(read)
    loinc = read.coded("loinc")
    if form is not None and form.holds == "checkups":
        yield from _of_form(read, form, ours)
    elif table()["smoking"]["code"] in loinc:
        yield from _smoking(read)
    elif read.coded("test"):
        yield from _test(read, read.coded("test")[0])
    elif read.coded("fact"):
        yield from _fact(read, read.coded("fact")[0])
    elif form is not None:
        yield from _of_form(read, form, ours)
    else:
        yield from _of_others(read, loinc)


def _ours(read: Read) -> tuple[str, Form | None]:
    """The column that a measurement of ours was in, and the form."""
    return next(((code, form) for system, form in FORMS.items() for code in read.coded(system)), ("", None))


def _of_form(read: Read, form: Form, column: str) -> Told:
    """Of a visit or a check-up of ours, which its encounter names."""
    about, arm = f"e{last(text(one(read['encounter']).get('reference')))}", dict(form.pairs).get(column)
    told = list(_panel(read, form.holds, about, arm)) if arm is not None else []
    if told:
        yield from told
    elif column == "smoking_status" and form.holds == "checkups":
        yield read.say(form.holds, about, column, _smoked(read))
    elif column in form.measured:
        unit = table()["units"][form.measured[column].unit]
        yield read.say(form.holds, about, column, *measured(column, read.resource, unit))
    else:
        yield Unread(named("Observation", read["code"]))


def _of_others(read: Read, loinc: list[str]) -> Told:
    """What was measured of a person on a day is their visit of that day."""
    about = f"d{read.day}"
    part, column = next((by_loinc()[code] for code in loinc if code in by_loinc()), ("", ""))
    told = list(_panel(read, "visits", about, "")) if many(read["component"]) else []
    if not told and part == "test":
        yield from _test(read, column)
        return
    if not told and column:
        told = [_value(read, "visits", about, column, "", read.resource)]
    yield from told
    if told:
        yield read.say("visits", about, "visit_date", read.day)
    else:
        yield Unread(named("Observation", read["code"]))


def _panel(read: Read, holds: str, about: str, arm: str) -> Told:
    """Of each part that has a value, its value."""
    for component in many(read["component"]):
        known = [by_loinc()[code] for code in codes(component.get("code"), "loinc") if code in by_loinc()]
        if known and known[0][0] == "of" and ("valueQuantity" in component or "dataAbsentReason" not in component):
            yield _value(read, holds, about, known[0][1], arm, component)


def _value(read: Read, holds: str, about: str, column: str, arm: str, told: Resource) -> Said:
    """A measurement in the registry's unit, or why it has none."""
    unit = table()["units"][measures("of")[column].unit]
    return read.say(holds, about, f"{column}{arm}", *measured(column, told, unit))


def measured(column: str, told: Resource, unit: str) -> tuple[str, str, str]:
    """(text of the cell, code of a problem, its detail) of an element with a value[x]; `unit`: the registry's."""
    off = [
        _SCALE[code] for part in many(told.get("interpretation")) for code in codes(part, "interpretation") if code in _SCALE
    ]
    if off and "valueQuantity" not in told:
        return off[0], "", ""
    quantity = one(told.get("valueQuantity"))
    value = quantity.get("value")
    if not isinstance(value, Number):
        return text(told.get("valueString")) or text(value), NO_VALUE, ""
    amount = text(quantity.get("comparator")) + value.plain()
    is_ucum = quantity.get("system", systems()["ucum"]) == systems()["ucum"]
    written = (text(quantity.get("code")) if is_ucum else "") or text(quantity.get("unit"))
    if not written:
        return amount, NO_UNIT, ""
    known = table()["units"].get(written)
    if known == unit:
        return amount, "", ""
    try:
        other = None if known is None or quantity.get("comparator") else converted(column, float(value), known)
    except (OverflowError, ValueError):
        other = None
    return (amount, UNKNOWN_UNIT, written) if other is None else (Number(repr(other)).plain(), "", "")


def _test(read: Read, test: str) -> Told:
    """A result that stands by itself: of ours as it was, of others what has a code."""
    uid = read.identified("uid")
    about = uid or f"{read.day} {test}"
    said = {"uid": uid, "test": test, "done_on": read.day}
    known = measures("test").get(test) or measures("of").get(test)
    if uid and known is None and "valueQuantity" in read.resource:
        quantity = one(read["valueQuantity"])
        value = quantity.get("value")
        said |= {"value": value.plain() if isinstance(value, Number) else text(value), "unit": text(quantity.get("unit"))}
    elif "valueQuantity" in read.resource and known is not None:
        amount, problem, detail = measured(known.column, read.resource, table()["units"][known.unit])
        yield read.say("tests", about, "value", amount, problem, detail)
    elif uid:
        said["result"] = text(read["valueString"])
    else:
        yield Unread(named("Observation", read["code"]))
        return
    if uid:
        words = [text(part.get("text")) for part in many(read["interpretation"]) if text(part.get("text"))]
        said |= {"result": words[0]} if words else {}
        said["institution"] = text(next(iter(many(read["performer"])), {}).get("display"))
        said["detail"] = text(next(iter(many(read["note"])), {}).get("text"))
    for name, value in said.items():
        if value:
            yield read.say("tests", about, name, value)


def _fact(read: Read, fact: str) -> Told:
    """What somebody said about a risk. Of one day the later in the file counts, as in a sheet."""
    uid, answer = read.identified("uid"), read["valueBoolean"]
    if not uid or not isinstance(answer, bool):
        yield Unread(named("Observation", read["code"]))
        return
    by = text(next(iter(many(read["performer"])), {}).get("display"))
    said = {"uid": uid, "fact": fact, "answer": "yes" if answer else "no", "told_on": read.day, "told_by": by}
    for name, value in said.items():
        if value:
            yield read.say("facts", f"{read.day} {read.line:012}", name, value)


def _smoking(read: Read) -> Told:
    """The latest word counts; one without a day, as we write it, before any."""
    known = _smoked(read)
    if known:
        yield read.say("people", "", "smoking_status", known)._replace(place=read.day_and_time or "~")
    else:
        yield Unread(named("Observation", read["code"]))


def _smoked(read: Read) -> str:
    known = table()["smoking"]["read"]
    return next((known[code] for code in codes(read["valueCodeableConcept"], "snomed") if code in known), "")
