"""Twelve synthetic people as another system's FHIR bundles: what must come of them is counted from the JSON, plainly."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.real.clinic import DATA
from tests.runner import Chronic

BUNDLES = sorted((DATA / "synthea_fhir" / "bundles").glob("*.json.gz"))
TODAY = "2021-04-15"
VISIT_CODES = {
    "55284-4",
    "29463-7",
    "8302-2",
    "4548-4",
    "2093-3",
    "2571-8",
    "18262-6",
    "2085-9",
    "2339-0",
    "38483-4",
    "14959-1",
}

pytestmark = pytest.mark.skipif(len(BUNDLES) < 12, reason=f"no synthea_fhir/bundles in {DATA}")


def resources(kind: str) -> Iterator[dict[str, Any]]:
    for path in BUNDLES:
        for entry in json.loads(gzip.decompress(path.read_bytes()))["entry"]:
            if entry["resource"]["resourceType"] == kind:
                yield entry["resource"]


def of(code: str) -> list[dict[str, Any]]:
    return [found for found in resources("Observation") if found["code"]["coding"][0]["code"] == code]


def day(resource: dict[str, Any]) -> str:
    """In China."""
    return (datetime.fromisoformat(resource["effectiveDateTime"]) + timedelta(hours=8)).date().isoformat()


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    chronic = Chronic(tmp_path_factory.mktemp("bundles"))
    chronic.ok("init", "--yes", today=TODAY)
    states: Counter[str] = Counter()
    for path in BUNDLES:
        run = chronic("import", path, "--enrol", today=TODAY)
        states[str(run.code)] += 1
        print(run.out.splitlines()[:3])
    assert states == {"0": 12}, states
    return chronic


def test_everybody_is_there(taken: Chronic) -> None:
    wanted = {
        (p["id"], p["birthDate"], p["gender"][0].upper(), (p.get("deceasedDateTime") or "")[:10])
        for p in resources("Patient")
    }
    found = taken.sql(
        """SELECT ref, birth_date, sex, coalesce(closed_on, '') FROM person
           JOIN person_source ON person_source.person = person.id"""
    )
    assert len(found) == 12
    assert {row[:3] for row in found} == {row[:3] for row in wanted}
    assert sum(1 for row in found if row[3]) == sum(1 for row in wanted if row[3])


def test_a_visit_is_a_day_with_something_measured(taken: Chronic) -> None:
    days = {
        (found["subject"]["reference"].removeprefix("urn:uuid:"), day(found))
        for found in resources("Observation")
        if found["code"]["coding"][0]["code"] in VISIT_CODES
    }
    rows = taken.sql("SELECT ref, visit_date FROM visit JOIN person_source USING (person)")
    assert set(rows) == days
    assert len(rows) == len(days)


def test_every_pressure_weight_and_height_is_there(taken: Chronic) -> None:
    def parts(found: dict[str, Any]) -> tuple[int, int]:
        said = {part["code"]["coding"][0]["code"]: part["valueQuantity"]["value"] for part in found["component"]}
        return int(said["8480-6"] + 0.5), int(said["8462-4"] + 0.5)

    assert Counter(taken.sql("SELECT sbp, dbp FROM visit WHERE sbp IS NOT NULL")) == Counter(map(parts, of("55284-4")))
    for code, column in (("29463-7", "weight_kg"), ("8302-2", "height_cm"), ("4548-4", "hba1c")):
        wanted = Counter(float(found["valueQuantity"]["value"]) for found in of(code))
        assert (
            Counter(value for (value,) in taken.sql(f"SELECT {column} FROM visit WHERE {column} IS NOT NULL")) == wanted
        ), code


def test_lipids_and_glucose_are_converted_once(taken: Chronic) -> None:
    factors = {"2093-3": ("tc", 38.67), "2571-8": ("tg", 88.57), "18262-6": ("ldl_c", 38.67), "2085-9": ("hdl_c", 38.67),
               "2339-0": ("random_glucose", 18.016)}  # fmt: skip
    for code, (column, factor) in factors.items():
        wanted = Counter(round(found["valueQuantity"]["value"] / factor + 1e-9, 1) for found in of(code))
        assert wanted.total() > 0
        assert (
            Counter(value for (value,) in taken.sql(f"SELECT {column} FROM visit WHERE {column} IS NOT NULL")) == wanted
        ), code


def test_tests_stand_by_themselves(taken: Chronic) -> None:
    wanted = Counter(("egfr", found["valueQuantity"]["value"]) for found in of("33914-3"))
    wanted += Counter(("potassium", found["valueQuantity"]["value"]) for found in of("6298-4"))
    found = Counter(taken.sql("SELECT test, value FROM test_result"))
    assert {row: n for row, n in found.items() if row[0] == "egfr"} == {
        row: n for row, n in wanted.items() if row[0] == "egfr"
    }


def test_confirmed_hypertension_and_diabetes_enrol(taken: Chronic) -> None:
    names = {"38341003": "htn", "44054006": "dm"}
    wanted = Counter(
        names[code] for found in resources("Condition") if (code := found["code"]["coding"][0]["code"]) in names
    )
    assert Counter(name for (name,) in taken.sql("SELECT programme FROM enrolment")) == wanted


def test_the_same_bundles_again_change_nothing(taken: Chronic) -> None:
    before = taken.sql(
        "SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM visit), (SELECT count(*) FROM person_change)"
    )
    for path in BUNDLES[:4]:
        assert " new " not in taken("import", Path(path), "--enrol", today=TODAY).out.split("Not read")[0]
    assert (
        taken.sql("SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM visit), (SELECT count(*) FROM person_change)")
        == before
    )
