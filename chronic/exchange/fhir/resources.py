"""Rows of the registry as FHIR R4 resources: plain dicts, the same rows give the same bytes.

A person is a Patient with everything of theirs behind it: their stays, what is open and what is due of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from chronic.exchange.fhir.codes import safe_id, systems, table
from chronic.model.codes import PROGRAMMES
from chronic.model.fields import BY_COLUMN

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


def own(uid: str) -> list[Resource]:
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
        resourceType="Patient", id=safe_id(person.uid), extension=told, identifier=[*own(person.uid), *numbers, *refs],
        active=row["closed_on"] is None, name=[{"use": "official", "text": row["name"]}],
        telecom=[{"system": "phone", "value": phone}] if phone else None, gender=_GENDERS[row["sex"]],
        birthDate=row["birth_date"], deceasedDateTime=row["closed_on"] if row["closed_reason"] == "died" else None,
        address=[{"use": "home", "text": home}] if home else None,
    )  # fmt: skip


def smoking(person: Person) -> Iterator[Resource]:
    """What is recorded of smoking, without a day because none is."""
    told, word = table()["smoking"], person.rows[0]["smoking_status"]
    if word:
        yield {
            "resourceType": "Observation", "id": f"{safe_id(person.uid)}-smoking", "status": "final",
            "category": [category(told["category"])],
            "code": concept(None, coding("loinc", told["code"], told["name"]), coding("column", "smoking_status")),
            "subject": whose(person.uid), **smoked(word),
        }  # fmt: skip


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


def plan(person: str, rows: Sequence[Row], today: str) -> Iterator[Resource]:
    """What is due of a person: a plan and a task for each item. `rows`: `kind`, `programme`, `slip`, `due_on`, `since_on`,
    `urgency`, `reasons`; a task is ready from the day it is due."""
    if not rows:
        return
    tasks, id_ = [_due(person, row, today) for row in rows], f"{safe_id(person)}-plan"
    yield {
        "resourceType": "CarePlan", "id": id_, "status": "active", "intent": "plan", "title": table()["plan"]["title"],
        "subject": whose(person), "period": {"start": min(row["since_on"] for row in rows)},
        "activity": [{"reference": {"reference": f"Task/{task['id']}"}} for task in tasks],
    }  # fmt: skip
    yield from tasks


def _due(person: str, row: Row, today: str) -> Resource:
    key = "-".join(filter(None, (row["kind"], row["programme"], row["slip"])))
    reasons = [coding("reason", reason) for reason in str(row["reasons"]).split()]
    about = [coding("programme", row["programme"])] if row["programme"] else []
    return _filled(
        resourceType="Task", id=safe_id(f"{safe_id(person)}-{key}"),
        basedOn=[{"reference": f"CarePlan/{safe_id(person)}-plan"}],
        status="ready" if row["due_on"] <= today else "requested", intent="plan",
        priority=_PRIORITIES[row["urgency"]] if row["urgency"] else None,
        code=concept(table()["tasks"][row["kind"]], coding("task", row["kind"]), *about),
        **{"for": whose(person)}, authoredOn=row["since_on"],
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
        identifier=[*own(uid), {"system": systems()["slip"] + quote(row["origin"], safe=""), "value": row["slip"]}],
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


def smoked(word: str) -> Resource:
    """The answer that a word about smoking is."""
    known = table()["smoking"]["words"][word]
    return {"valueCodeableConcept": concept(word, coding("snomed", known["code"], known["name"]))}


def category(code: str) -> Resource:
    return concept(None, coding("category", code))


def _extension(part: str, name: str, value: str) -> Resource:
    kind = "valueDate" if name.endswith("_on") else "valueString"
    return {"url": systems()[part] + name, kind: value}


def _filled(**elements: Any) -> Resource:
    """FHIR has no empty elements."""
    return {name: value for name, value in elements.items() if value is not None and value not in ([], {})}
