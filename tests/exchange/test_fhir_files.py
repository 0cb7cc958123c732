"""Whatever stands in a file that looks like FHIR: rows or one sentence, never a traceback, never a hang."""

import json
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chronic.errors import ChronicError
from chronic.exchange.fhir import files
from chronic.exchange.fhir.elements import day, last
from chronic.exchange.fhir.files import Number
from chronic.exchange.fhir.observed import measured
from chronic.exchange.fhir.read import Wanted
from chronic.exchange.fhir.rows import open_fhir
from chronic.exchange.fhir.taken import READ
from chronic.store.staging import staging
from tests.fhir import amount, bundle, observation, patient, pressure

TODAY = date(2026, 11, 21)
LOOSE = settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
_NAMES = (
    "id", "code", "coding", "system", "subject", "reference", "valueQuantity", "value", "unit", "status", "identifier",
    "extension", "url", "period", "start", "effectiveDateTime", "component", "name", "telecom", "class", "type", "item",
    "linkId", "answer", "questionnaire", "encounter", "patient", "interpretation",
)  # fmt: skip
_WORDS = (
    "final", "http://loinc.org", "85354-9", "1558-6", "8480-6", "urn:chronic:uid", "urn:chronic:column", "fpg", "mm[Hg]",
    "urn:chronic:stay", "x/htn-0", "urn:chronic:visit-form", "Patient/p1", "2026-03-05", "2026-03-05T25:00:00Z", "", "\0",
    "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "http://snomed.info/sct", "72166-2",
)  # fmt: skip
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.sampled_from(_WORDS), st.text(max_size=5)
)
anything = st.recursive(
    leaves, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(_NAMES), inner, max_size=5))
)
wild = st.builds(
    lambda kind, elements: elements | {"resourceType": kind},
    st.sampled_from(sorted(READ)), st.dictionaries(st.sampled_from(_NAMES), anything, max_size=8),
)  # fmt: skip


def end(path: Path) -> str:
    try:
        with staging(path, 0) as said:
            found = open_fhir(path, TODAY, Wanted("default", True), said)
            return f"rows {sum(1 for part in found.parts for _ in part.rows())}"
    except ChronicError as error:
        return error.code


@given(st.lists(wild, max_size=4), st.booleans())
@LOOSE
def test_resources_of_any_shape_end_in_rows_or_a_sentence(resources: list[dict[str, Any]], surrounded: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        told = [patient(), *resources, pressure(amount(150, "mm[Hg]"), amount(90, "mm[Hg]"), "bp-of-p1")]
        assert end(bundle(Path(name), told if surrounded else resources)).startswith(("fhir.", "rows "))


@given(st.data())
@LOOSE
def test_a_file_with_something_changed_ends_in_rows_or_a_sentence(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = bundle(Path(name), [patient(), observation("1558-6", amount(126, "mg/dL"), "o")])
        text = path.read_bytes()
        at, width = data.draw(st.integers(0, len(text) - 1)), data.draw(st.integers(0, 9))
        path.write_bytes(text[:at] + data.draw(st.binary(max_size=6)) + text[at + width :])
        assert end(path).startswith(("fhir.", "file.", "rows "))


@pytest.mark.parametrize("chunk", [1, 2, 7, 64])
def test_where_the_file_is_cut_for_reading_makes_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    told = [patient(), observation("1558-6", amount(126.5, "mg/dL"), "o")]
    path = bundle(tmp_path, told)
    wanted = list(files.resources(path))
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")), indent=1), encoding="utf-8")
    monkeypatch.setattr(files, "_CHUNK", chunk)
    monkeypatch.setattr(files, "_FIRST_LINE", chunk)
    assert list(files.resources(path)) == wanted
    assert [found.resource["resourceType"] for found in wanted] == ["Patient", "Observation"]


def test_a_resource_beyond_measure_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LONGEST", 2000)
    monkeypatch.setattr(files, "_CHUNK", 100)
    monkeypatch.setattr(files, "_FIRST_LINE", 100)
    big = patient("big", text={"div": "x" * 5000})
    assert end(bundle(tmp_path, [patient(), big])) == "fhir.too_big"
    (tmp_path / "f").write_text(f'{{"resourceType": "Patient", "id": "a"}}\n{json.dumps(big)}\n', "utf-8")
    assert end(tmp_path / "f") == "fhir.too_big"


def test_numbers_stay_as_they_are_written() -> None:
    assert [Number(text).plain() for text in ("1e1", "1.50", "-0.5E-3", "1e999999999")] == [
        "10",
        "1.50",
        "-0.0005",
        "1e999999999",
    ]


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("2026-03-05", "2026-03-05"), ("2026-03-05T23:30:00Z", "2026-03-06"), ("2026-03-05T23:30:00+08:00", "2026-03-05"),
        ("2026-03-05T10:00:00", "2026-03-05"), ("2026-03", "2026-03"), ("Thursday, the 5th", "Thursday, the 5th"),
    ],
)  # fmt: skip
def test_a_day_is_the_day_in_china(written: str, wanted: str) -> None:
    assert day(written) == wanted


def test_references_of_every_form_name_the_same_resource() -> None:
    forms = ("Patient/a", "urn:uuid:a", "https://x.cn/fhir/Patient/a", "Patient/a/_history/3", "a")
    assert {last(reference) for reference in forms} == {"a"}


def test_a_converted_value_is_rounded_once_by_the_registrys_factors() -> None:
    def said(column: str, value: str, code: str, unit: str) -> tuple[str, str, str]:
        return measured(column, {"valueQuantity": {"value": Number(value), "code": code}}, unit)

    assert said("fpg", "126", "mg/dL", "mmol/L") == ("7.0", "", "")
    assert said("hba1c", "53", "mmol/mol", "%") == ("7.0", "", "")
    assert said("creatinine", "1", "mg/dL", "μmol/L") == ("88.4", "", "")
    assert said("tc", "5.20", "mmol/L", "mmol/L") == ("5.20", "", "")
    assert said("weight_kg", "150", "[lb_av]", "kg") == ("150", "fhir.unit", "[lb_av]")
