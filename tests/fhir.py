"""What the FHIR tests share: files of resources, and a look at every word that R4 restricts to a list."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from chronic.exchange.fhir.codes import systems, table

Resource = dict[str, Any]


def bundle(folder: Path, resources: Iterable[Resource], name: str = "bundle.json", **elements: Any) -> Path:
    entries = [{"fullUrl": f"urn:uuid:{resource.get('id', '')}", "resource": resource} for resource in resources]
    path = folder / name
    text = json.dumps({"resourceType": "Bundle", "type": "collection", **elements, "entry": entries}, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    return path


def ndjson(folder: Path, resources: Iterable[Resource], name: str = "file.ndjson") -> Path:
    path = folder / name
    path.write_text("".join(f"{json.dumps(resource, ensure_ascii=False)}\n" for resource in resources), encoding="utf-8")
    return path


def patient(id_: str = "p1", **elements: Any) -> Resource:
    return {"resourceType": "Patient", "id": id_, "name": [{"text": "王秀兰"}], "gender": "female", **elements}


def observation(code: str, quantity: Resource | None, id_: str, whose: str = "p1", **elements: Any) -> Resource:
    return {
        "resourceType": "Observation", "id": id_, "status": "final", "subject": {"reference": f"Patient/{whose}"},
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]}, "effectiveDateTime": "2026-03-05",
        **({"valueQuantity": quantity} if quantity is not None else {}), **elements,
    }  # fmt: skip


def pressure(sbp: Resource, dbp: Resource, id_: str = "bp", **elements: Any) -> Resource:
    parts = [
        {"code": {"coding": [{"system": "http://loinc.org", "code": code}]}, "valueQuantity": quantity}
        for code, quantity in (("8480-6", sbp), ("8462-4", dbp))
    ]
    return observation("85354-9", None, id_, component=parts, **elements)


def amount(value: float, code: str | None) -> Resource:
    return {"value": value} | ({"code": code, "unit": code, "system": "http://unitsofmeasure.org"} if code else {})


def unlisted(resource: Resource) -> Iterator[str]:
    """Elements whose word is none of those that R4 allows. fhir.resources does not look at them."""
    for place, words in table()["allowed"].items():
        kind, element = place.split(".")
        if resource["resourceType"] != kind or element not in resource:
            continue
        value = resource[element]
        for word in [value] if isinstance(value, str) else [part["code"] for part in value["coding"]]:
            if word not in words:
                yield f"{place}: {word}"


def unknown(resource: Resource) -> Iterator[str]:
    """Systems that our table does not name, and units that are no UCUM code of it."""
    ours = tuple(system for system in systems().values() if system.endswith(":"))
    known = {*systems().values(), "phone"}
    for part in _parts(resource):
        system = part.get("system")
        if isinstance(system, str) and system not in known and not system.startswith(ours):
            yield system
        if system == systems()["ucum"] and (part["code"] not in table()["units"] or part["unit"] != part["code"]):
            yield part["code"]


def dangling(resources: Iterable[Resource]) -> set[str]:
    """References to what is not among these."""
    every = list(resources)
    there = {f"{resource['resourceType']}/{resource['id']}" for resource in every}
    told = {part["reference"] for resource in every for part in _parts(resource) if isinstance(part.get("reference"), str)}
    return told - there


def _parts(value: object) -> Iterator[Resource]:
    """Every object in it."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _parts(part)


REQUIRED = {
    "Encounter": ("status", "class"), "EpisodeOfCare": ("status", "patient"), "Condition": ("subject",),
    "Observation": ("status", "code"), "QuestionnaireResponse": ("status",), "Task": ("status", "intent"),
    "ServiceRequest": ("status", "intent", "subject"), "Flag": ("status", "code", "subject"), "Patient": (),
    "CarePlan": ("status", "intent", "subject"),
}  # fmt: skip
"""What R4 demands of the types that are written."""
