"""Rows of the registry as FHIR R4 resources: plain dicts, the same rows give the same bytes.

A person is a Patient with everything of theirs behind it. What has a public code is an Observation under it; what the
forms ask beyond that is one QuestionnaireResponse a visit, so that nothing of a row is lost. Which codes: codes.toml.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from chronic.exchange.fhir.codes import Measure, measures, safe_id, systems, table
from chronic.model.codes import PROGRAMMES
from chronic.model.fields import BY_COLUMN, VISIT_FIELDS

Resource = dict[str, Any]
Row = Mapping[str, Any]

EXTENDED = (
    "village", "township", "hamlet", "household_no", "address", "responsible_doctor", "registered_on", "family_history",
    "ascvd", "ckd", "birth_approximate", "closed_on", "closed_reason",
)  # fmt: skip
"""Columns of a person that FHIR has no place for, or not for all of it: an extension each."""
_GENDERS = {"M": "male", "F": "female", "unknown": "unknown"}
_PRIORITIES = {"routine": "routine", "emergency": "stat"}
_REFUTED = "withdrawn"
_METER = {"HI": ">", "LO": "<"}
"""Off scale high, off scale low."""
_FORM = [field for field in VISIT_FIELDS[2:] if field.column not in measures("of")]
ASKED = frozenset(field.column for field in _FORM)
"""What the form of a visit asks beside what is measured under a public code."""


class Person(NamedTuple):
    """`rows`: as `export people` has them, one for each stay. `refs`: (source, number)."""

    rows: Sequence[Row]
    refs: Sequence[tuple[str, str]]
    full: bool

    @property
    def uid(self) -> str:
        return str(self.rows[0]["uid"])


def coding(system: str, code: str, display: str | None = None) -> Resource:
    found = {"system": systems().get(system, system), "code": code}
    return found | ({"display": display} if display else {})


def concept(text: str | None, *codings: Resource) -> Resource:
    return {"coding": list(codings)} | ({"text": text} if text else {})


def whose(uid: str) -> Resource:
    return {"reference": f"Patient/{safe_id(uid)}"}


def _own(uid: str) -> list[Resource]:
    return [{"system": systems()["uid"], "value": uid}]


def patient(person: Person) -> Resource:
    row = person.rows[0]
    known = [("id_number", row["id_number"] if person.full else None), ("archive_no", row["archive_no"])]
    numbers = [{"system": systems()[name], "value": value} for name, value in known if value]
    refs = [{"system": systems()["source"] + quote(source, safe=""), "value": ref} for source, ref in person.refs]
    told = [_extension("patient", name, row[name]) for name in EXTENDED if row[name]]
    told += [_extension("patient", "tag", tag) for tag in row["tags"]]
    home = " ".join(filter(None, (row["township"], row["village"], row["hamlet"], row["address"])))
    phone = row["phone"] if person.full else None
    return _filled(
        resourceType="Patient", id=safe_id(person.uid), extension=told, identifier=[*_own(person.uid), *numbers, *refs],
        active=row["closed_on"] is None, name=[{"use": "official", "text": row["name"]}],
        telecom=[{"system": "phone", "value": phone}] if phone else None, gender=_GENDERS[row["sex"]],
        birthDate=row["birth_date"], deceasedDateTime=row["closed_on"] if row["closed_reason"] == "died" else None,
        address=[{"use": "home", "text": home}] if home else None,
    )  # fmt: skip


def smoking(person: Person) -> Iterator[Resource]:
    """What is recorded of smoking, without a day because none is."""
    told, word = table()["smoking"], person.rows[0]["smoking_status"]
    if word:
        answer = concept(word, coding("snomed", told["words"][word]["code"], told["words"][word]["name"]))
        yield _observation(person.uid, "smoking", told, answer={"valueCodeableConcept": answer})


def stays(person: Person) -> Iterator[Resource]:
    """Each stay in a programme, and the condition it is for: confirmed where the day of the diagnosis is recorded."""
    for place, row in enumerate(person.rows):
        for programme in PROGRAMMES:
            said = {part: row[f"{programme}_{part}"] for part in ("enrolled_on", "diagnosed_on", "ended_on", "end_reason")}
            if programme in row["programmes"] or any(said.values()):
                yield from _stay(person, place, programme, said)


def _stay(person: Person, place: int, programme: str, said: Row) -> Iterator[Resource]:
    key, over = f"{programme}-{place}", said["ended_on"] is not None
    name, zh = table()["conditions"][programme], (BY_COLUMN["programme"].codes or {})[programme]
    identifier = [{"system": systems()["stay"], "value": f"{person.uid}/{key}"}]
    done = over or person.rows[0]["closed_on"] is not None
    yield _filled(
        resourceType="EpisodeOfCare", id=f"{safe_id(person.uid)}-{key}",
        extension=[_extension("episode", "end_reason", said["end_reason"])] if said["end_reason"] else None,
        identifier=identifier, status="finished" if done else "active",
        type=[concept(zh, coding("programme", programme))],
        diagnosis=[{"condition": {"reference": f"Condition/{safe_id(person.uid)}-{key}-c"}}], patient=whose(person.uid),
        period=_filled(start=said["enrolled_on"], end=said["ended_on"]),
    )  # fmt: skip
    refuted = said["end_reason"] == _REFUTED
    verified = "refuted" if refuted else "confirmed" if said["diagnosed_on"] else "unconfirmed"
    told = {"url": systems()["asserted"], "valueDateTime": said["diagnosed_on"]}
    yield _filled(
        resourceType="Condition", id=f"{safe_id(person.uid)}-{key}-c",
        extension=[told] if said["diagnosed_on"] else None, identifier=identifier,
        clinicalStatus=concept(None, coding("clinical", "inactive" if refuted else "active")),
        verificationStatus=concept(None, coding("verification", verified)),
        code=concept(zh, coding("icd10", name["code"], name["name"]), coding("programme", programme)),
        subject=whose(person.uid),
    )  # fmt: skip


def visit(row: Row) -> Iterator[Resource]:
    """One contact: the encounter, an observation for each measurement, and the rest of the form."""
    uid, person, way = str(row["uid"]), str(row["person_uid"]), table()["ways"][row["way"]]
    here = {"encounter": {"reference": f"Encounter/{safe_id(uid)}"}}
    doctor = {"participant": [{"individual": {"display": row["visit_doctor"]}}]} if row["visit_doctor"] else {}
    yield {
        "resourceType": "Encounter", "id": safe_id(uid), "identifier": _own(uid), "status": "finished",
        "class": coding("act", way["code"], way["name"]), "type": [concept(None, coding("kind", row["kind"]))],
        "subject": whose(person), **doctor, "period": {"start": row["visit_date"], "end": row["visit_date"]},
    }  # fmt: skip
    around = {"subject": whose(person), **here, "effectiveDateTime": row["visit_date"]}
    yield from _pressure(uid, row, around)
    for column, measure in measures("of").items():
        if column not in ("sbp", "dbp") and row[column] is not None:
            day = row["hba1c_on"] or row["visit_date"] if column == "hba1c" else row["visit_date"]
            yield _measured(uid, measure, row, around | {"effectiveDateTime": day})
    items = [_item(field.column, row[field.column], field.kind) for field in _FORM if row[field.column] not in (None, [])]
    if items:
        yield {
            "resourceType": "QuestionnaireResponse", "id": f"{safe_id(uid)}-form", "questionnaire": systems()["form"],
            "status": "completed", "subject": whose(person), **here, "authored": row["visit_date"], "item": items,
        }  # fmt: skip


def _pressure(uid: str, row: Row, around: Resource) -> Iterator[Resource]:
    both = [measures("of")[column] for column in ("sbp", "dbp")]
    if all(row[measure.column] is None for measure in both):
        return
    panel = table()["panel"]
    parts = []
    for measure in both:
        value = row[measure.column]
        said = {"valueQuantity": _quantity(value, measure.unit)} if value is not None else {
            "dataAbsentReason": concept(None, coding("absent", "unknown"))
        }  # fmt: skip
        parts.append({"code": _code(measure, measure.code, measure.name), **said})
    yield {
        "resourceType": "Observation", "id": f"{safe_id(uid)}-bp", "status": "final",
        "category": [_category("vital-signs")],
        "code": concept("血压", coding("loinc", panel["code"], panel["name"]), coding("column", "bp")),
        **around, "component": parts,
    }  # fmt: skip


def _measured(uid: str, measure: Measure, row: Row, around: Resource) -> Resource:
    value = row[measure.column]
    code, name = measure.by_sample.get(row["glucose_sample"] or "", (measure.code, measure.name))
    if value in _METER:
        scale = concept(None, coding("interpretation", _METER[value]))
        said: Resource = {"valueString": value, "interpretation": [scale]}
    else:
        said = {"valueQuantity": _quantity(value, measure.unit)}
    return {
        "resourceType": "Observation", "id": f"{safe_id(uid)}-{measure.column.replace('_', '.')}", "status": "final",
        "category": [_category(measure.category)], "code": _code(measure, code, name), **around, **said,
    }  # fmt: skip


def test(row: Row) -> Resource:
    """A result that stands by itself. `unit`: the registry's, where its test has a value."""
    uid, known = str(row["uid"]), measures("test").get(row["test"]) or measures("of").get(row["test"])
    public = [coding("loinc", known.code, known.name)] if known is not None else []
    said: Resource = {"valueString": row["result"]}
    unit = {"unit": row["unit"]} if row["unit"] else {}
    if row["value"] is not None:
        said = {"valueQuantity": _quantity(row["value"], known.unit) if known else {"value": row["value"], **unit}}
        said |= {"interpretation": [concept(row["result"])]} if row["result"] else {}
    return {
        "resourceType": "Observation", "id": f"{safe_id(uid)}-test", "identifier": _own(uid), "status": "final",
        "category": [_category("laboratory")], "code": concept(row["test"], *public, coding("test", row["test"])),
        "subject": whose(str(row["person_uid"])), "effectiveDateTime": row["done_on"],
        **({"performer": [{"display": row["institution"]}]} if row["institution"] else {}), **said,
        **({"note": [{"text": row["detail"]}]} if row["detail"] else {}),
    }  # fmt: skip


def due(row: Row) -> Resource:
    """Something that is due of a person: `kind`, `programme`, `slip`, `due_on`, `since_on`, `urgency`, `reasons`."""
    key = "-".join(filter(None, (row["kind"], row["programme"], row["slip"])))
    reasons = [coding("reason", reason) for reason in str(row["reasons"]).split()]
    return _filled(
        resourceType="Task", id=safe_id(f"{safe_id(row['person_uid'])}-{key}"), status="requested", intent="plan",
        priority=_PRIORITIES[row["urgency"]] if row["urgency"] else None,
        code=concept(table()["tasks"][row["kind"]], coding("task", row["kind"])),
        **{"for": whose(row["person_uid"])}, authoredOn=row["since_on"],
        reasonCode=concept(None, *reasons) if reasons else None,
        restriction={"period": {"end": row["due_on"]}},
    )  # fmt: skip


def slip(row: Row, outcomes: Sequence[Row]) -> Iterator[Resource]:
    """A referral that was written, and what was reported of it."""
    uid, here = str(row["uid"]), f"ServiceRequest/{safe_id(str(row['uid']))}"
    performers = [{"display": " ".join(filter(None, (row["institution"], row["dept"])))}] if row["institution"] else None
    arrived = any(told["outcome"] != "not_arrived" for told in outcomes)
    yield _filled(
        resourceType="ServiceRequest", id=safe_id(uid),
        identifier=[*_own(uid), {"system": systems()["slip"] + quote(row["origin"], safe=""), "value": row["slip"]}],
        status="completed" if arrived else "active", intent="order", priority=_PRIORITIES[row["urgency"]],
        subject=whose(row["person_uid"]), authoredOn=row["made_on"],
        requester={"display": row["doctor"]} if row["doctor"] else None, performer=performers,
        reasonCode=[concept(row["reason"])],
    )  # fmt: skip
    for told in outcomes:
        yield outcome(told, here)


def outcome(told: Row, focus: str | None) -> Resource:
    """What was reported of a referral, as its people wrote it. `focus`: the slip; None: what was only advised."""
    said = [
        {"type": concept(name), "valueString": told[name]}
        for name in ("diagnosis", "advice", "findings", "treatment", "hospital_no", "confirmed")
        if told[name]
    ]
    return _filled(
        resourceType="Task", id=f"{safe_id(str(told['uid']))}-outcome",
        status="failed" if told["outcome"] == "not_arrived" else "completed",
        businessStatus=concept(None, coding("outcome", told["outcome"])), intent="order",
        code=concept("转诊结果"), focus={"reference": focus} if focus else None, **{"for": whose(told["person_uid"])},
        executionPeriod={"end": told["outcome_on"]},
        owner={"display": told["institution"]} if told["institution"] else None, output=said,
    )  # fmt: skip


def flag(person: str, codes: Sequence[str], since: str | None) -> Resource:
    """Danger that nothing has settled yet."""
    words = table()["dangers"]
    said = [coding("reason", code, words.get(code)) for code in codes]
    return _filled(
        resourceType="Flag", id=f"{safe_id(person)}-danger", status="active",
        category=[concept(None, coding("flag", "clinical"))],
        code=concept("; ".join(words.get(code, code) for code in codes), *said), subject=whose(person),
        period={"start": since} if since else None,
    )  # fmt: skip


def _observation(uid: str, what: str, told: Row, answer: Resource) -> Resource:
    return {
        "resourceType": "Observation", "id": f"{safe_id(uid)}-{what}", "status": "final",
        "category": [_category(told["category"])],
        "code": concept(None, coding("loinc", told["code"], told["name"]), coding("column", f"{what}_status")),
        "subject": whose(uid), **answer,
    }  # fmt: skip


def _code(measure: Measure, code: str, name: str) -> Resource:
    zh = BY_COLUMN[measure.column].zh
    return concept(zh, coding("loinc", code, name), coding("column", measure.column, zh))


def _category(code: str) -> Resource:
    return concept(None, coding("category", code))


def _quantity(value: float, ucum: str) -> Resource:
    return {"value": value, "unit": ucum, "system": systems()["ucum"], "code": ucum}


def _item(column: str, value: Any, kind: str) -> Resource:
    field = BY_COLUMN[column]
    answers = value if isinstance(value, list) else [value]
    return {"linkId": column, "text": field.zh, "answer": [_answer(column, part, kind) for part in answers]}


def _answer(column: str, value: Any, kind: str) -> Resource:
    if kind in ("code", "codes"):
        return {"valueCoding": coding(systems()["answer"] + column, value, (BY_COLUMN[column].codes or {}).get(value))}
    typed = {"integer": "valueInteger", "decimal": "valueDecimal", "day": "valueDate"}
    return {typed.get(kind, "valueString"): value}


def _extension(part: str, name: str, value: str) -> Resource:
    kind = "valueDate" if name.endswith("_on") else "valueString"
    return {"url": systems()[part] + name, kind: value}


def _filled(**elements: Any) -> Resource:
    """FHIR has no empty elements."""
    return {name: value for name, value in elements.items() if value is not None and value not in ([], {})}
