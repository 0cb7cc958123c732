"""Questions to ask of whatever stands in a file: each takes any value, and answers with an empty one where it must."""

from datetime import UTC, datetime
from typing import Any

from chronic.exchange.fhir.codes import systems
from chronic.exchange.fhir.files import Number
from chronic.model.days import china_day

Resource = dict[str, Any]
_SHOWN = 60
_DAY = len("2026-11-21")


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
    if len(written) <= _DAY or "T" not in written:
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


def named(kind: str, concept: object) -> str:
    """What this is about, as a file calls it."""
    coding = next(iter(many(one(concept).get("coding"))), {})
    name = text(one(concept).get("text")) or text(coding.get("display"))
    said = " ".join(filter(None, (kind, text(coding.get("code")), name)))
    return said if len(said) <= _SHOWN else said[:_SHOWN] + "..."
