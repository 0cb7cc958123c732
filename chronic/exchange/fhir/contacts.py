"""Visits, check-ups, test results and told facts as FHIR R4 resources: plain dicts, the same rows give the same bytes.

What has a public code is an Observation under it; what a form asks beyond that is one QuestionnaireResponse a form, so
that nothing of a row is lost. Which codes: codes.toml.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from chronic.exchange.fhir.codes import Measure, measures, safe_id, systems, table
from chronic.exchange.fhir.resources import category, coding, concept, own, smoked, whose
from chronic.model.checkup_fields import FORM_FIELDS, by_column
from chronic.model.fields import BY_COLUMN, RISK_FACTS, VISIT_FIELDS, Field

Resource = dict[str, Any]
Row = Mapping[str, Any]

CHECKUP = "checkup"
"""What the encounter of a check-up is called, beside the kinds of visits."""
METER = {"HI": ">", "LO": "<"}
"""Off scale high, off scale low."""
_SMOKING = "smoking_status"


class Form(NamedTuple):
    """What is filled in of a visit or a check-up. `system`: whose column a measurement is; `url`: of the questionnaire;
    `day`: its day's column; `pairs`: each pressure with the arm it was taken on."""

    holds: str
    system: str
    url: str
    day: str
    pairs: tuple[tuple[str, str], ...]
    fields: dict[str, Field]
    measured: dict[str, Measure]
    """Columns with a public code, but for pressures: each of those is a part of a panel."""
    asked: frozenset[str]
    """Columns of the questionnaire."""


def _form(holds: str, system: str, url: str, day: str, arms: Sequence[str], fields: Iterable[Field], *beside: str) -> Form:
    """`beside`: columns that are neither measured nor asked."""
    pairs = tuple((f"bp{arm}", arm) for arm in arms)
    panels = {f"{part}{arm}" for arm in arms for part in ("sbp", "dbp")}
    known = {field.column: field for field in fields}
    measured = {name: measure for name, measure in _MEASURES[holds].items() if name in known.keys() - panels}
    asked = frozenset(known.keys() - measured.keys() - panels - {day, *beside})
    return Form(holds, system, url, day, pairs, known, measured, asked)


_MEASURES = {"visits": measures("of"), "checkups": measures("of") | measures("test")}
VISIT = _form("visits", "column", "form", "visit_date", ("",), VISIT_FIELDS, "way")
_CHECKUP = _form(
    "checkups", "checkup", "checkup_form", "checkup_date", ("_left", "_right", ""), FORM_FIELDS, _SMOKING
)  # fmt: skip
FORMS = {form.system: form for form in (VISIT, _CHECKUP)}


def visit(row: Row) -> Iterator[Resource]:
    """One contact: the encounter, an observation for each measurement, and the rest of the form."""
    way = table()["ways"][row["way"]]
    yield _encounter(row, row["visit_date"], coding("act", way["code"], way["name"]), row["kind"], row["visit_doctor"])
    yield from _filled_in(VISIT, row)


def checkup(row: Row) -> Iterator[Resource]:
    """One check-up, as a visit is. `row`: what was filled in, by column, with its `uid` and `person_uid`."""
    here = table()["ways"]["clinic"]
    day = row["checkup_date"]
    yield _encounter(row, day, coding("act", here["code"], here["name"]), CHECKUP, row.get("checkup_doctor"))
    if row.get(_SMOKING):
        answer = smoked(row[_SMOKING]) | _around(row, day)
        yield _observed(row, "smoking", table()["smoking"], coding("checkup", _SMOKING), answer)
    yield from _filled_in(_CHECKUP, row)


def _encounter(row: Row, day: str, how: Resource, kind: str, doctor: str | None) -> Resource:
    uid = str(row["uid"])
    by = {"participant": [{"individual": {"display": doctor}}]} if doctor else {}
    return {
        "resourceType": "Encounter", "id": safe_id(uid), "identifier": own(uid), "status": "finished", "class": how,
        "type": [concept(None, coding("kind", kind))], "subject": whose(str(row["person_uid"])), **by,
        "period": {"start": day, "end": day},
    }  # fmt: skip


def _around(row: Row, day: str) -> Resource:
    here = {"reference": f"Encounter/{safe_id(str(row['uid']))}"}
    return {"subject": whose(str(row["person_uid"])), "encounter": here, "effectiveDateTime": day}


def _filled_in(form: Form, row: Row) -> Iterator[Resource]:
    uid, day = str(row["uid"]), row[form.day]
    around = _around(row, day)
    for name, arm in form.pairs:
        yield from _pressure(form, name, arm, row, around)
    for column, measure in form.measured.items():
        if row.get(column) is not None:
            on = row.get("hba1c_on") or day if column == "hba1c" else day
            yield _measured(form, measure, row, around | {"effectiveDateTime": on})
    items = [_item(field, row[name]) for name, field in form.fields.items() if _is_said(form, row, name)]
    if items:
        yield {
            "resourceType": "QuestionnaireResponse", "id": f"{safe_id(uid)}-form", "questionnaire": systems()[form.url],
            "status": "completed", "subject": around["subject"], "encounter": around["encounter"], "authored": day,
            "item": items,
        }  # fmt: skip


def _is_said(form: Form, row: Row, name: str) -> bool:
    return name in form.asked and row.get(name) not in (None, [])


def _pressure(form: Form, name: str, arm: str, row: Row, around: Resource) -> Iterator[Resource]:
    values = {part: row.get(f"{part}{arm}") for part in ("sbp", "dbp")}
    if all(value is None for value in values.values()):
        return
    panel, parts = table()["panel"], []
    for part, value in values.items():
        measure = measures("of")[part]
        said = {"valueQuantity": _quantity(value, measure.unit)} if value is not None else {
            "dataAbsentReason": concept(None, coding("absent", "unknown"))
        }  # fmt: skip
        parts.append({"code": _code(VISIT.system, measure, measure.code, measure.name), **said})
    site = table()["arms"].get(arm.removeprefix("_") or row.get("arm"))
    where = {"bodySite": concept(None, coding("snomed", site["code"], site["name"]))} if site else {}
    told = around | where | {"component": parts}
    yield _observed(row, name.replace("_", "."), panel, coding(form.system, name), told, "血压")


def _observed(row: Row, key: str, told: Row, ours: Resource, said: Resource, text: str | None = None) -> Resource:
    """An observation under one public code and ours; `key` makes its id."""
    return {
        "resourceType": "Observation", "id": f"{safe_id(str(row['uid']))}-{key}", "status": "final",
        "category": [category(told["category"])],
        "code": concept(text, coding("loinc", told["code"], told["name"]), ours), **said,
    }  # fmt: skip


def _measured(form: Form, measure: Measure, row: Row, around: Resource) -> Resource:
    value = row[measure.column]
    code, name = measure.by_sample.get(row.get("glucose_sample") or "", (measure.code, measure.name))
    if value in METER:
        scale = concept(None, coding("interpretation", METER[value]))
        said: Resource = {"valueString": value, "interpretation": [scale]}
    else:
        said = {"valueQuantity": _quantity(value, measure.unit)}
    return {
        "resourceType": "Observation", "id": f"{safe_id(str(row['uid']))}-{measure.column.replace('_', '.')}",
        "status": "final", "category": [category(measure.category)],
        "code": _code(form.system, measure, code, name), **around, **said,
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
        "resourceType": "Observation", "id": f"{safe_id(uid)}-test", "identifier": own(uid), "status": "final",
        "category": [category("laboratory")], "code": concept(row["test"], *public, coding("test", row["test"])),
        "subject": whose(str(row["person_uid"])), "effectiveDateTime": row["done_on"],
        **({"performer": [{"display": row["institution"]}]} if row["institution"] else {}), **said,
        **({"note": [{"text": row["detail"]}]} if row["detail"] else {}),
    }  # fmt: skip


def fact(row: Row) -> Resource:
    """What somebody said about a risk: `fact`, `value` (yes or no), `told_on`, `source`."""
    uid, name = str(row["uid"]), row["fact"]
    return {
        "resourceType": "Observation", "id": f"{safe_id(uid)}-fact", "identifier": own(uid), "status": "final",
        "category": [category("survey")], "code": concept(RISK_FACTS.get(name, name), coding("fact", name)),
        "subject": whose(str(row["person_uid"])), "effectiveDateTime": row["told_on"],
        **({"performer": [{"display": row["source"]}]} if row["source"] else {}), "valueBoolean": row["value"] == "yes",
    }  # fmt: skip


def _code(system: str, measure: Measure, code: str, name: str) -> Resource:
    field = BY_COLUMN.get(measure.column) or by_column()[measure.column]
    return concept(field.zh, coding("loinc", code, name), coding(system, measure.column, field.zh))


def _quantity(value: float, ucum: str) -> Resource:
    return {"value": value, "unit": ucum, "system": systems()["ucum"], "code": ucum}


def _item(field: Field, value: Any) -> Resource:
    answers = value if isinstance(value, list) else [value]
    return {"linkId": field.column, "text": field.zh, "answer": [_answer(field, part) for part in answers]}


def _answer(field: Field, value: Any) -> Resource:
    if field.kind in ("code", "codes"):
        return {"valueCoding": coding(systems()["answer"] + field.column, value, (field.codes or {}).get(value))}
    typed = {"integer": "valueInteger", "decimal": "valueDecimal", "day": "valueDate"}
    return {typed.get(field.kind, "valueString"): value}
