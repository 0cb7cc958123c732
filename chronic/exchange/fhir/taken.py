"""What one resource says, as values of the sheets' columns: people, their stays, and the frame of their visits.

Whatever stands in a file may have any shape: everything here takes any value and leaves what it does not know.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from chronic.exchange.fhir import observed
from chronic.exchange.fhir.codes import conditions, systems, table
from chronic.exchange.fhir.contacts import CHECKUP, FORMS
from chronic.exchange.fhir.elements import codes, day, last, listed, many, named, one, text
from chronic.exchange.fhir.read import Read, Told, Unread, Wanted
from chronic.exchange.fhir.resources import EXTENDED
from chronic.model.codes import PROGRAMMES

Resource = dict[str, Any]

_GENDERS = {"male": "M", "female": "F", "other": "unknown", "unknown": "unknown"}
_PARTS_OF_A_DAY = {len("1949"): "-07-01", len("1949-12"): "-15"}
_MAN_MADE = frozenset("\u4e00\u9fff")


def take(resource: Resource, line: int, url: str, wanted: Wanted) -> Told:
    """Every value of a resource, or what of it is not read."""
    kind = str(resource["resourceType"])
    read = _KINDS.get(kind)
    if read is None:
        yield Unread(kind)
    else:
        yield from read(Read(resource, line, url, wanted))


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


# people ---------------------------------------------------------------------------------------------


def _patient(read: Read) -> Told:
    read.whose = read.key
    uid, source = read.identified("uid"), systems()["source"] + quote(read.wanted.source, safe="")
    refs = [text(part.get("value")) for part in many(read["identifier"]) if part.get("system") == source]
    said = {
        "uid": uid, "person_ref": refs[0] if refs else "" if uid else read.key, "name": _name(read["name"]),
        "sex": _GENDERS.get(text(read["gender"]), ""),
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
    yield from _born(read, text(read["birthDate"]))
    died = text(read["deceasedDateTime"])
    if died:
        said |= {"closed_on": day(died), "closed_reason": "died"}
    elif read["deceasedBoolean"] is True:
        yield read.say("people", "", "closed_on", "", "fhir.died")
    for name, value in said.items():
        if value:
            yield read.say("people", "", name, value)


def _born(read: Read, written: str) -> Told:
    """FHIR knows births by year or month too: then the middle of it, as approximate, and asked about. An ID number has
    the day itself."""
    rest = _PARTS_OF_A_DAY.get(len(written)) if written.replace("-", "").isdecimal() else None
    if rest is not None and read.identified("id_number"):
        return
    if rest is not None:
        yield read.say("people", "", "birth_date", written + rest, "fhir.born", written)
        yield read.say("people", "", "birth_approximate", "yes")
    elif written:
        yield read.say("people", "", "birth_date", written)


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


def _episode(read: Read) -> Told:
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


def _stay(read: Read) -> tuple[str, str]:
    """(programme, which stay) of our own episodes and conditions; ('', '') of others."""
    programme, _, number = read.identified("stay").rpartition("/")[2].partition("-")
    known = programme in PROGRAMMES and number.isdecimal() and number.isascii()
    return (programme, f"{int(number[:6]):06}") if known else ("", "")


def _condition(read: Read) -> Told:
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
        yield Unread(named("Condition", read["code"]))
        return
    yield read.say("people", "", "programmes", programme)
    if since:
        yield read.say("people", "", f"{programme}_diagnosed_on", day(since))


# visits and check-ups -----------------------------------------------------------------------------------


def _encounter(read: Read) -> Told:
    uid = read.identified("uid")
    began = text(one(read["period"]).get("start"))
    way = {told["code"]: way for way, told in table()["ways"].items()}.get(text(one(read["class"]).get("code")), "")
    if uid:
        kind = next((code for part in many(read["type"]) for code in codes(part, "kind")), "")
        for name, value in _frame(kind, uid, day(began), way).items():
            if value:
                yield read.say("checkups" if kind == CHECKUP else "visits", f"e{read.key}", name, value)
    elif read["status"] == "finished" and way and began:  # of a day with measurements: how they came about
        yield read.say("visits", f"d{day(began)}", "way", way)._replace(place=began)
    else:
        yield Unread("Encounter")


def _frame(kind: str, uid: str, on: str, way: str) -> dict[str, str]:
    if kind == CHECKUP:
        return {"uid": uid, "checkup_date": on}
    return {"uid": uid, "visit_date": on, "way": way, "kind": kind if kind == "screening" else ""}


def _form(read: Read) -> Told:
    form = next((form for form in FORMS.values() if read["questionnaire"] == systems()[form.url]), None)
    if form is None:
        yield Unread("QuestionnaireResponse")
        return
    encounter = last(text(one(read["encounter"]).get("reference")))
    for item in many(read["item"]):
        values = [_answered(answer) for answer in many(item.get("answer"))]
        if text(item.get("linkId")) in form.asked and any(values):
            yield read.say(form.holds, f"e{encounter}", text(item["linkId"]), ";".join(values))


def _answered(answer: Resource) -> str:
    for name in ("valueString", "valueDate", "valueInteger", "valueDecimal"):
        if name in answer:
            return text(answer[name])
    return text(one(answer.get("valueCoding")).get("code"))


_KINDS: dict[str, Callable[[Read], Told]] = {
    "Patient": _patient,
    "EpisodeOfCare": _episode,
    "Condition": _condition,
    "Encounter": _encounter,
    "QuestionnaireResponse": _form,
    "Observation": observed.observation,
}
READ = frozenset(_KINDS)
