"""What the registry's columns are called in FHIR R4, read from codes.toml once."""

import re
import tomllib
from functools import cache
from hashlib import blake2b
from importlib import resources
from typing import Any, NamedTuple

_ID = re.compile(r"[A-Za-z0-9\-.]{1,40}")
"""A uid that can be a FHIR id (64 characters) with a column behind it."""


class Measure(NamedTuple):
    """One column of a visit or one test as an Observation. `unit`: UCUM. `by_sample`: (code, name) of a blood sample."""

    column: str
    code: str
    name: str
    unit: str
    category: str
    by_sample: dict[str, tuple[str, str]]
    shared: bool
    """Another column has the same code, so the code alone does not mean this one."""
    read: tuple[str, ...]


@cache
def table() -> dict[str, Any]:
    return tomllib.loads(resources.files("chronic").joinpath("exchange", "fhir", "codes.toml").read_text("utf-8"))


@cache
def systems() -> dict[str, str]:
    known: dict[str, str] = table()["systems"]
    return known


@cache
def measures(part: str) -> dict[str, Measure]:
    """Column -> how it is written. `part`: of (visits) or test."""
    return {column: _measure(column, told) for column, told in table()[part].items()}


def _measure(column: str, told: dict[str, Any]) -> Measure:
    samples: dict[str, tuple[str, str]] = {}
    for name in ("venous", "capillary"):
        if name in told:
            samples[name] = (told[name]["code"], told[name]["name"])
    read = (told["code"], *(code for code, _ in samples.values()), *told.get("read", ()))
    shared = told.get("shared", False)
    return Measure(column, told["code"], told["name"], told["unit"], told["category"], samples, shared, read)


@cache
def by_loinc() -> dict[str, tuple[str, str]]:
    """LOINC code -> (part, column) that it is read as."""
    return {
        code: (part, measure.column)
        for part in ("of", "test")
        for measure in measures(part).values()
        if not measure.shared
        for code in measure.read
    }


@cache
def conditions() -> dict[str, str]:
    """A condition's code, ICD-10 or SNOMED -> programme."""
    return {code: programme for programme, told in table()["conditions"].items() for code in told["read"]}


def safe_id(uid: str) -> str:
    """A uid as a FHIR id: itself where it can be one, else a hash of it."""
    return uid if _ID.fullmatch(uid) else blake2b(uid.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
