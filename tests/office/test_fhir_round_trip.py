"""Everything that is read back goes out as FHIR and comes into an empty registry, which then sends the same bytes."""

import json
import shutil
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from chronic.care.desk import Desk
from chronic.office import account, fhir, imports
from tests.care.test_properties import TODAY, desk_at
from tests.fhir import REQUIRED, dangling, unknown, unlisted
from tests.office.registries import SOURCE, Act, acts, checkups, play, tellings
from tests.runner import Chronic
from tests.sheets import portrait

CARRIED = ("Patient", "EpisodeOfCare", "Condition", "Encounter", "Observation", "QuestionnaireResponse")
MORE_THAN_IT_CARRIES = """
SELECT p.uid FROM person AS p WHERE p.id IN (SELECT person FROM referral_outcome UNION SELECT person FROM pause
  UNION SELECT e.person FROM enrolment AS e JOIN checkup AS c ON c.person = e.person WHERE e.assumed)"""
"""People whose verdicts and plans also come from what is not read back. An assumed day of enrolment, which the export says
it writes as if it were given, decides whether a check-up before it is a screening too."""

QUICK = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate], report_multiple_bugs=False,
)  # fmt: skip
"""A registry takes minutes to shrink: the first one that fails is shown as it is."""
EQUAL = ("person", "tag", "key", "fact", "verdict", "plan", "agenda")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty registry to copy."""
    path = tmp_path_factory.mktemp("empty") / "registry.db"
    desk_at(path, 0).db.close()
    return path


@pytest.mark.parametrize("style", ["bundle", "ndjson"])
@given(chosen=acts(checkups(), tellings()))
@settings(QUICK, max_examples=15)
def test_what_goes_out_comes_back(empty: Path, style: str, chosen: list[Act]) -> None:
    with tempfile.TemporaryDirectory() as name:
        first, second = (Path(name, part) for part in ("first", "second"))
        for folder in (first, second):
            folder.mkdir()
            shutil.copy(empty, folder)
        desk = desk_at(first / "registry.db", 1)
        with closing(desk.db) as db:
            play(desk, first, chosen)
            left_out = {uid for (uid,) in db.execute(MORE_THAN_IT_CARRIES)}
            sent = export(desk, first, style)
            if db.execute("SELECT count(*) FROM person").fetchone() == (0,):
                return  # everything was refused: an empty file
        copy = desk_at(second / "registry.db", 2)
        with closing(copy.db):
            summary = take(copy, first)
            assert summary.refused == []
            back = export(copy, second, style)
            assert of_types(back, style) == of_types(sent, style)
            assert take(copy, first).states.keys() <= {"unchanged"}
        there, here = (portrait(Chronic(folder)) for folder in (first, second))
        for what in EQUAL:
            wanted, found = (
                [row for row in rows[what] if what == "person" or row[0] not in left_out] for rows in (there, here)
            )
            assert found == wanted, what


@given(chosen=acts(checkups(), tellings()))
@settings(QUICK, max_examples=15)
def test_every_resource_is_valid_r4(empty: Path, chosen: list[Act]) -> None:
    models = {kind: _model(kind) for kind in REQUIRED}
    with tempfile.TemporaryDirectory() as name:
        shutil.copy(empty, name)
        desk = desk_at(Path(name) / "registry.db", 1)
        with closing(desk.db):
            play(desk, Path(name), chosen)
            lines = export(desk, Path(name), "ndjson").decode().splitlines()
        for resource in map(json.loads, lines):
            models[resource["resourceType"]].model_validate(resource)
            assert [*unlisted(resource), *unknown(resource)] == []
            assert set(REQUIRED[resource["resourceType"]]) <= resource.keys()
        assert dangling(map(json.loads, lines)) == set()
        named = [(resource["resourceType"], resource["id"]) for resource in map(json.loads, lines)]
        assert len(set(named)) == len(named)


def _model(kind: str) -> Any:
    r4b = pytest.importorskip("fhir.resources.R4B", reason="fhir.resources is not installed")
    return r4b.get_fhir_model_class(kind)


def export(desk: Desk, folder: Path, style: str) -> bytes:
    """The file as it lies in this folder then; written twice it is the same."""
    found = []
    for _ in range(2):
        with (folder / "file.json").open("w", encoding="utf-8", newline="") as out:
            fhir.write(desk.db, TODAY, style, fhir.Wanted(full=True), out)
        found.append((folder / "file.json").read_bytes())
    assert found[0] == found[1]
    return found[0]


def take(desk: Desk, folder: Path) -> account.Summary:
    return imports.run(desk, folder / "file.json", imports.Wishes(source=SOURCE), lambda _: None)


def of_types(sent: bytes, style: str) -> list[dict[str, Any]]:
    """The resources that are read back, in their order. Numbers of other sources than ours stay behind."""
    lines = (
        [entry["resource"] for entry in json.loads(sent)["entry"]]
        if style == "bundle"
        else map(json.loads, sent.splitlines())
    )
    found = [resource for resource in lines if resource["resourceType"] in CARRIED]
    for resource in found:
        if resource["resourceType"] == "Patient":
            resource["identifier"] = [
                part for part in resource["identifier"] if not part["system"].startswith("urn:chronic:source:other")
            ]
    return found
