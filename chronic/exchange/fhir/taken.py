"""What one resource says, as values of the sheets' columns.

Whatever stands in a file may have any shape: everything here takes any value and leaves what it does not know. A
measurement without a unit, or in one nobody knows, keeps its number in the account of refused rows and is not read.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import quote

from chronic.exchange.fhir.codes import by_loinc, conditions, measures, systems, table
from chronic.exchange.fhir.files import Number
from chronic.exchange.fhir.resources import ASKED, EXTENDED
from chronic.model.codes import PROGRAMMES
from chronic.model.days import china_day
from chronic.model.units import STORED, converted
from chronic.store.staging import Said

Resource = dict[str, Any]

NO_UNIT, UNKNOWN_UNIT, NO_VALUE = "fhir.no_unit", "fhir.unit", "fhir.value"
_SETTLED = frozenset(("final", "amended", "corrected"))
_GENDERS = {"male": "M", "female": "F", "other": "unknown", "unknown": "unknown"}
_METER = {">": "HI", "<": "LO"}
_MAN_MADE = frozenset("\u4e00\u9fff")


class Wanted(NamedTuple):
    """How to read: whose source numbers these are, and whether a recorded condition enrols."""

    source: str
    enrol: bool


class Unread(NamedTuple):
    """What is not taken from a resource, in words of its own."""

    what: str


Told = Iterator[Said | Unread]


def take(resource: Resource, line: int, url: str, wanted: Wanted) -> Told:
    """Every value of a resource, or what of it is not read."""
    kind = str(resource["resourceType"])
    read = _KINDS.get(kind)
    if read is None:
        yield Unread(kind)
    else:
        yield from read(_Read(resource, line, url, wanted))


def another_version(resource: Resource) -> tuple[str, str] | None:
    """(version, by what) of a resource that is no R4; None where nothing tells."""
    for kind, element, is_other, version in _OTHER_VERSIONS:
        if resource["resourceType"] in kind and is_other(resource.get(element)):
            return version, f"{resource['resourceType']}.{element}" if element != "resourceType" else kind[0]
    return None


_OTHER_VERSIONS: tuple[tuple[tuple[str, ...], str, Callable[[Any], bool], str], ...] = (
    (("Encounter",), "class", lambda value: isinstance(value, str), "DSTU2"),
    (("Encounter",), "class", lambda value: isinstance(value, list), "R5"),
    (("Encounter",), "actualPeriod", lambda value: value is not None, "R5"),
    (("Encounter", "Condition"), "patient", lambda value: value is not None, "DSTU2"),
    (("Condition",), "clinicalStatus", lambda value: isinstance(value, str), "STU3"),
    (("Condition",), "verificationStatus", lambda value: isinstance(value, str), "STU3"),
    (("Observation",), "context", lambda value: value is not None, "STU3"),
    (("MedicationOrder",), "resourceType", lambda _: True, "DSTU2"),
    (("DiagnosticOrder",), "resourceType", lambda _: True, "DSTU2"),
    (("ProcedureRequest",), "resourceType", lambda _: True, "STU3"),
    (("ReferralRequest",), "resourceType", lambda _: True, "STU3"),
    (("MedicationUsage",), "resourceType", lambda _: True, "R5"),
    (("InventoryReport",), "resourceType", lambda _: True, "R5"),
    (("ActorDefinition",), "resourceType", lambda _: True, "R5"),
)


class _Read:
    """A resource with the questions one asks of it."""

    def __init__(self, resource: Resource, line: int, url: str, wanted: Wanted) -> None:
        self.resource, self.line, self.wanted = resource, line, wanted
        self.key = last(url) or text(resource.get("id"))
        self.whose = last(text(one(resource.get("subject")).get("reference")))

    def __getitem__(self, element: str) -> Any:
        return self.resource.get(element)

    def say(self, holds: str, about: str, name: str, value: str, problem: str = "", detail: str = "") -> Said:
        place = self.day_and_time
        return Said(holds, self.whose, about, place, self.line, name, value, problem, detail)

    @property
    def day_and_time(self) -> str:
        period = one(self["effectivePeriod"])
        for known in (self["effectiveDateTime"], self["effectiveInstant"], period.get("start"), self["issued"]):
            if text(known):
                return text(known)
        return ""

    @property
    def day(self) -> str:
        return day(self.day_and_time)

    def identified(self, system: str) -> str:
        """The value of the identifier of a system, '' without one."""
        found = (text(part.get("value")) for part in many(self["identifier"]) if part.get("system") == systems()[system])
        return next(found, "")

    def coded(self, system: str) -> list[str]:
        """The codes of a system of what this is."""
        return codes(self["code"], system)


# people ---------------------------------------------------------------------------------------------


def _patient(read: _Read) -> Told:
    read.whose = read.key
    uid, source = read.identified("uid"), systems()["source"] + quote(read.wanted.source, safe="")
    refs = [text(part.get("value")) for part in many(read["identifier"]) if part.get("system") == source]
    said = {
        "uid": uid, "person_ref": refs[0] if refs else "" if uid else read.key, "name": _name(read["name"]),
        "sex": _GENDERS.get(text(read["gender"]), ""), "birth_date": text(read["birthDate"]),
        "id_number": read.identified("id_number"), "archive_no": read.identified("archive_no"),
        "phone": next((text(p.get("value")) for p in many(read["telecom"]) if p.get("system") == "phone"), ""),
    }  # fmt: skip
    home, own = systems()["patient"], dict[str, str]()
    tags = []
    for part in many(read["extension"]):
        name = text(part.get("url")).removeprefix(home) if text(part.get("url")).startswith(home) else ""
        if name in EXTENDED:
            own[name] = text(part.get("valueString")) or text(part.get("valueDate"))
        elif name == "tag":
            tags.append(text(part.get("valueString")))
    said |= own | {"tags": ";".join(tags)}
    if not uid:
        said["address"] = _address(read["address"])
    died = text(read["deceasedDateTime"])
    if died:
        said |= {"closed_on": day(died), "closed_reason": "died"}
    elif read["deceasedBoolean"] is True:
        yield read.say("people", "", "closed_on", "", "fhir.died")
    for name, value in said.items():
        if value:
            yield read.say("people", "", name, value)


def _name(names: object) -> str:
    """The official name, else the first: as text, else family and given names as their script puts them."""
    every = many(names)
    chosen = next((name for name in every if name.get("use") == "official"), every[0] if every else {})
    if text(chosen.get("text")):
        return text(chosen["text"])
    given, family = [text(part) for part in listed(chosen.get("given"))], text(chosen.get("family"))
    low, high = sorted(_MAN_MADE)
    if family and low <= family[0] <= high:
        return family + "".join(given)
    return " ".join(filter(None, (*given, family)))


def _address(addresses: object) -> str:
    found = next(iter(many(addresses)), {})
    parts = [text(line) for line in listed(found.get("line"))]
    parts += [text(found.get(part)) for part in ("district", "city", "state")]
    return text(found.get("text")) or " ".join(filter(None, parts))


def _episode(read: _Read) -> Told:
    read.whose = last(text(one(read["patient"]).get("reference")))
    programme, stay = _stay(read)
    if not programme:
        yield Unread("EpisodeOfCare")
        return
    period = one(read["period"])
    reason = next((text(e.get("valueString")) for e in many(read["extension"]) if _is_reason(e)), "")
    said = {"enrolled_on": text(period.get("start")), "ended_on": text(period.get("end")), "end_reason": reason}
    for name, value in said.items():
        if value:
            yield read.say("people", stay, f"{programme}_{name}", day(value) if name.endswith("_on") else value)
    if not said["ended_on"]:
        yield read.say("people", stay, "programmes", programme)


def _is_reason(extension: Resource) -> bool:
    return extension.get("url") == systems()["episode"] + "end_reason"


def _stay(read: _Read) -> tuple[str, str]:
    """(programme, which stay) of our own episodes and conditions; ('', '') of others."""
    programme, _, number = read.identified("stay").rpartition("/")[2].partition("-")
    known = programme in PROGRAMMES and number.isdecimal() and number.isascii()
    return (programme, f"{int(number[:6]):06}") if known else ("", "")


def _condition(read: _Read) -> Told:
    programme, stay = _stay(read)
    asserted = (text(e.get("valueDateTime")) for e in many(read["extension"]) if e.get("url") == systems()["asserted"])
    since = next(filter(None, asserted), "") or text(read["onsetDateTime"])
    if programme:
        if since:
            yield read.say("people", stay, f"{programme}_diagnosed_on", day(since))
        return
    found = (conditions().get(code) for name in ("icd10", "snomed") for code in read.coded(name))
    programme = next((known for known in found if known), "")
    doubted = codes(read["verificationStatus"], "verification") not in ([], ["confirmed"])
    over = codes(read["clinicalStatus"], "clinical") not in ([], ["active"], ["recurrence"], ["relapse"])
    if not programme or doubted or over or not read.wanted.enrol:
        yield Unread(_named("Condition", read["code"]))
        return
    yield read.say("people", "", "programmes", programme)
    if since:
        yield read.say("people", "", f"{programme}_diagnosed_on", day(since))


# visits and tests -----------------------------------------------------------------------------------


def _encounter(read: _Read) -> Told:
    uid = read.identified("uid")
    began = text(one(read["period"]).get("start"))
    way = {told["code"]: way for way, told in table()["ways"].items()}.get(text(one(read["class"]).get("code")), "")
    if uid:
        kind = next((code for part in many(read["type"]) for code in codes(part, "kind")), "")
        kind = kind if kind == "screening" else ""
        for name, value in {"uid": uid, "visit_date": day(began), "way": way, "kind": kind}.items():
            if value:
                yield read.say("visits", f"e{read.key}", name, value)
    elif read["status"] == "finished" and way and began:  # of a day with measurements: how they came about
        yield read.say("visits", f"d{day(began)}", "way", way)._replace(place=began)
    else:
        yield Unread("Encounter")


def _form(read: _Read) -> Told:
    if read["questionnaire"] != systems()["form"]:
        yield Unread("QuestionnaireResponse")
        return
    encounter = last(text(one(read["encounter"]).get("reference")))
    for item in many(read["item"]):
        values = [_answered(answer) for answer in many(item.get("answer"))]
        if item.get("linkId") in ASKED and any(values):
            yield read.say("visits", f"e{encounter}", text(item["linkId"]), ";".join(values))


def _answered(answer: Resource) -> str:
    for name in ("valueString", "valueDate", "valueInteger", "valueDecimal"):
        if name in answer:
            return text(answer[name])
    return text(one(answer.get("valueCoding")).get("code"))


def _observation(read: _Read) -> Told:
    if read["status"] not in _SETTLED:
        yield Unread(f"Observation ({text(read['status'])})")
        return
    own, loinc = read.coded("column"), read.coded("loinc")
    if table()["smoking"]["code"] in loinc:
        yield from _smoking(read)
        return
    if read.coded("test"):
        yield from _test(read, read.coded("test")[0])
        return
    about = f"e{last(text(one(read['encounter']).get('reference')))}" if own else f"d{read.day}"
    if many(read["component"]):
        yield from _components(read, about, bool(own))
        return
    part, column = _column(own, loinc)
    if not column:
        yield Unread(_named("Observation", read["code"]))
    elif part == "test":
        yield from _test(read, column)
    else:
        yield from _value(read, about, column, read.resource)
        if not own:
            yield read.say("visits", about, "visit_date", read.day)


def _column(own: list[str], loinc: list[str]) -> tuple[str, str]:
    """(of or test, the column) that codes mean; our own before the public one. ('', '') where nothing is known."""
    for code in own:
        if code in measures("of"):
            return "of", code
    return next((by_loinc()[code] for code in loinc if code in by_loinc()), ("", ""))


def _components(read: _Read, about: str, own: bool) -> Told:
    """A panel: of each part that has a value, its value."""
    found = False
    for component in many(read["component"]):
        part, column = _column([], codes(component.get("code"), "loinc"))
        if part == "of" and ("valueQuantity" in component or "dataAbsentReason" not in component):
            found = True
            yield from _value(read, about, column, component)
    if not found:
        yield Unread(_named("Observation", read["code"]))
    elif not own:
        yield read.say("visits", about, "visit_date", read.day)


def _value(read: _Read, about: str, column: str, told: Resource) -> Told:
    """A measurement in the registry's unit, or why it has none."""
    amount, problem, detail = measured(column, told, (STORED | {"heart_rate": "/min"})[column])
    yield read.say("visits", about, column, amount, problem, detail)


def measured(column: str, told: Resource, unit: str) -> tuple[str, str, str]:
    """(text of the cell, code of a problem, its detail) of an element with a value[x]; `unit`: the registry's."""
    off = [
        _METER[code] for part in many(told.get("interpretation")) for code in codes(part, "interpretation") if code in _METER
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


def _test(read: _Read, test: str) -> Told:
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
        yield Unread(_named("Observation", read["code"]))
        return
    if uid:
        words = [text(part.get("text")) for part in many(read["interpretation"]) if text(part.get("text"))]
        said |= {"result": words[0]} if words else {}
        said["institution"] = text(next(iter(many(read["performer"])), {}).get("display"))
        said["detail"] = text(next(iter(many(read["note"])), {}).get("text"))
    for name, value in said.items():
        if value:
            yield read.say("tests", about, name, value)


def _smoking(read: _Read) -> Told:
    """The latest word counts; one without a day, as we write it, before any."""
    answers = codes(read["valueCodeableConcept"], "snomed")
    known = next((table()["smoking"]["read"][code] for code in answers if code in table()["smoking"]["read"]), "")
    if known:
        yield read.say("people", "", "smoking_status", known)._replace(place=read.day_and_time or "~")
    else:
        yield Unread(_named("Observation", read["code"]))


_KINDS: dict[str, Callable[[_Read], Told]] = {
    "Patient": _patient,
    "EpisodeOfCare": _episode,
    "Condition": _condition,
    "Encounter": _encounter,
    "QuestionnaireResponse": _form,
    "Observation": _observation,
}
READ = frozenset(_KINDS)


# what anything may be -------------------------------------------------------------------------------


def one(value: object) -> Resource:
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def many(value: object) -> list[Resource]:
    return [part for part in listed(value) if isinstance(part, dict)]


def text(value: object) -> str:
    return value.plain() if isinstance(value, Number) else value if isinstance(value, str) else ""


def last(reference: str) -> str:
    """The id in a reference, relative, absolute or urn:uuid:…; without its version."""
    return reference.partition("/_history/")[0].removeprefix("urn:uuid:").rpartition("/")[2]


def codes(concept: object, system: str) -> list[str]:
    """The codes of one system in a CodeableConcept."""
    wanted = systems()[system]
    return [text(part.get("code")) for part in many(one(concept).get("coding")) if part.get("system") == wanted]


def day(written: str) -> str:
    """The day of a date or a time, in China where the time says where it was read; anything else as it stands."""
    if len(written) <= len("2026-11-21") or "T" not in written:
        return written
    try:
        at = datetime.fromisoformat(written.replace("Z", "+00:00"))
    except ValueError:
        return written
    if at.tzinfo is None:
        return at.date().isoformat()
    try:
        return china_day(at.astimezone(UTC)).isoformat()
    except OverflowError:
        return written


def _named(kind: str, concept: object) -> str:
    """What this is about, as a file calls it."""
    coding = next(iter(many(one(concept).get("coding"))), {})
    name = text(one(concept).get("text")) or text(coding.get("display"))
    said = " ".join(filter(None, (kind, text(coding.get("code")), name)))
    return said if len(said) <= _SHOWN else said[:_SHOWN] + "..."


_SHOWN = 60
