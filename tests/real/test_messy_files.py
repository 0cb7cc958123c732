"""Other people's test files: every dialect is read as documented, and what is no sheet of ours ends in one sentence."""

import json
from datetime import date
from pathlib import Path

import pytest

from chronic.errors import ChronicError
from chronic.exchange.files import inspect
from chronic.exchange.sheets import open_sheet
from tests.real.clinic import DATA
from tests.runner import Chronic

SPECTRUM = sorted((DATA / "messy_csv" / "csv-spectrum" / "csvs").glob("*.csv"))
OTHERS = [
    *(path for path in sorted((DATA / "messy_csv" / "csvkit-examples").rglob("*")) if path.is_file()),
    *sorted((DATA / "hearts").glob("patient_import_*")),
]
ABSENT = "no messy_csv beside the project: real data are not part of it"


@pytest.mark.skipif(not SPECTRUM, reason=ABSENT)
@pytest.mark.parametrize("path", SPECTRUM, ids=lambda path: path.stem)
def test_a_dialect_is_read_as_its_authors_document(path: Path) -> None:
    header, *rows = [record.cells for record in inspect(path).records()]
    documented = json.loads((path.parents[1] / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
    expected = documented if isinstance(documented, list) else [documented]
    found = [dict(zip(header, row, strict=True)) for row in rows]
    for row in [*found, *expected]:
        row.pop("Contact Phone Number", None)  # one file and its JSON have different ones
    assert found == expected


@pytest.mark.skipif(not OTHERS, reason=ABSENT)
@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.name)
def test_a_file_that_is_no_sheet_of_ours_ends_in_a_sentence(path: Path) -> None:
    assert end(path).startswith(("file.", "rows "))


def end(path: Path) -> str:
    try:
        return f"rows {sum(1 for _ in open_sheet(path, date(2026, 11, 21)).rows())}"
    except ChronicError as error:
        return error.code


@pytest.mark.skipif(not OTHERS, reason=ABSENT)
def test_the_sentence_reaches_the_desk_and_nothing_is_written(tmp_path: Path) -> None:
    chronic = Chronic(tmp_path)
    chronic.ok("init", "--yes")
    before = chronic.path.read_bytes()
    for path in OTHERS[:: max(1, len(OTHERS) // 12)]:
        run = chronic("import", str(path))
        assert (run.code, run.out) == (2, "")
        assert len(run.err.strip().splitlines()) == 1
        assert chronic.path.read_bytes() == before
