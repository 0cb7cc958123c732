"""People and visits go out as sheets and come into an empty registry, which then sends the same sheets, byte for byte."""

import shutil
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chronic.care.desk import Desk
from chronic.model.report import ENCODINGS, HEADERS
from chronic.office import imports
from chronic.render.files import write_csv
from chronic.reports import exports
from tests.care.test_properties import TODAY, desk_at
from tests.office.registries import SOURCE, Act, acts, play
from tests.runner import Chronic
from tests.sheets import portrait

SHEETS = ("people", "visits")
MORE_THAN_THE_SHEETS = """
SELECT p.uid FROM person AS p WHERE p.id IN (SELECT person FROM visit WHERE kind = 'screening' AND ended_by IS NULL
  UNION SELECT person FROM referral_outcome UNION SELECT person FROM pause)"""
"""People whose verdicts and plans also come from what no sheet carries."""
EQUAL = ("person", "tag", "key", "verdict", "plan", "agenda")


class Look(NamedTuple):
    """How the files are written."""

    headers: str
    encoding: str


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty registry to copy."""
    path = tmp_path_factory.mktemp("empty") / "registry.db"
    desk_at(path, 0).db.close()
    return path


@given(acts(), st.builds(Look, st.sampled_from(HEADERS), st.sampled_from(ENCODINGS)))
@settings(max_examples=100, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_what_goes_out_comes_back(empty: Path, chosen: list[Act], look: Look) -> None:
    with tempfile.TemporaryDirectory() as name:
        first, second = (Path(name, part) for part in ("first", "second"))
        for folder in (first, second):
            folder.mkdir()
            shutil.copy(empty, folder)
        desk = desk_at(first / "registry.db", 1)
        with closing(desk.db) as db:
            play(desk, first, chosen)
            left_out = {uid for (uid,) in db.execute(MORE_THAN_THE_SHEETS)}
            sent = export(desk, first, look)
        copy = desk_at(second / "registry.db", 2)
        with closing(copy.db):
            for summary in take(copy, first):
                assert summary.refused == []
            assert export(copy, second, look) == sent
            for summary in take(copy, first):
                assert summary.states.keys() <= {"unchanged"}
        assert derived(first, left_out) == derived(second, left_out)


def export(desk: Desk, folder: Path, look: Look) -> dict[str, bytes]:
    """Both sheets as they lie in this folder then."""
    reports = {
        "people": exports.people(desk.db, TODAY, SOURCE, True, Counter()),
        "visits": exports.visits(desk.db, TODAY, True),
    }
    for name, report in reports.items():
        with (folder / f"{name}.csv").open("w", encoding=look.encoding, newline="") as out:
            write_csv(report, out, look.headers)
    return {name: (folder / f"{name}.csv").read_bytes() for name in SHEETS}


def take(desk: Desk, folder: Path) -> list[imports.Summary]:
    """Import both sheets of this folder."""
    wishes = imports.Wishes(source=SOURCE)
    return [imports.run(desk, folder / f"{name}.csv", wishes, lambda _: None) for name in SHEETS]


def derived(folder: Path, left_out: set[str]) -> dict[str, list[tuple[object, ...]]]:
    """Who there is, and what the rules say of those who are all in the sheets."""
    found = portrait(Chronic(folder))
    return {name: [row for row in found[name] if name == "person" or row[0] not in left_out] for name in EQUAL}
