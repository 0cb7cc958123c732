"""A birth date is refused when what is recorded contradicts it; a closing, often learned of later, is not."""

from pathlib import Path

import pytest

from tests.runner import Chronic
from tests.sheets import take, taken


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    chronic.person("王秀兰", "--archive-no", "12345678", "--birth-date", "1950-01-01", "--htn-enrolled-on", "2026-01-05",
                   "--htn-diagnosed-on", "2019-05-01")  # fmt: skip
    chronic.visit(1, "2026-09-01", "--bp", "138/84")
    return chronic


def test_a_death_known_only_after_the_last_contact_is_dated_as_it_was(village: Chronic) -> None:
    village.ok("person", "close", 1, "--reason", "died", "--on", "2026-08-31", "--yes")
    assert village.rows("overdue") == []
    refused = village("visit", "add", 1, "--on", "2026-09-02", "--bp", "138/84")
    assert (refused.code, "2026-08-31" in refused.last) == (2, True)


def test_a_contact_after_the_closing_day_comes_back_from_an_export_and_is_asked_about(
    village: Chronic, tmp_path: Path
) -> None:
    village.ok("person", "close", 1, "--reason", "died", "--on", "2026-08-31", "--yes")
    for what in ("people", "visits"):
        village.ok("export", what, "--full", "--out", village.folder / f"{what}.csv")
    again = Chronic(tmp_path / "again")
    again.folder.mkdir()
    again.ok("init", "--yes")
    again.ok("import", village.folder / "people.csv")
    told = again.ok("import", village.folder / "visits.csv")
    assert "after the person was closed" in told.out
    again.ok("export", "visits", "--full", "--out", again.folder / "visits.csv")
    assert (again.folder / "visits.csv").read_bytes() == (village.folder / "visits.csv").read_bytes()


@pytest.mark.parametrize(("born", "code"), [("2019-05-02", "value.before_birth"), ("2026-09-02", "visit.before_birth")])
def test_nobody_is_born_after_what_is_recorded(village: Chronic, born: str, code: str) -> None:
    before = village.dump()
    assert village("person", "edit", 1, "--birth-date", born, "--yes").code == 2
    assert village.dump() == before
    found = take(village, [{"name": "王秀兰", "archive_no": "12345678", "birth_date": born}])
    assert (found.code, code in found.refused) == (3, True)


def test_one_row_may_correct_the_birth_date_and_the_day_that_contradicts_it(village: Chronic) -> None:
    row = {"name": "王秀兰", "archive_no": "12345678", "birth_date": "2019-05-02", "htn_diagnosed_on": "2020-05-01"}
    assert taken(village, [row]).counts == {"changed": 1}


@pytest.mark.parametrize("name", ["王\n秀兰", "王\r秀兰"])
def test_a_name_is_one_line(chronic: Chronic, name: str) -> None:
    assert chronic("person", "add", name).code == 2
