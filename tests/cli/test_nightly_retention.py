"""`nightly`: which of the older folders go, and which never do."""

import csv
import io
import shutil

import pytest

from tests.cli.nights import folder, settled
from tests.runner import Chronic


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """Its month was sent on the 20th, and nobody keeps that folder any more."""
    village = settled(chronic)
    village.ok("nightly", today="2026-11-20")
    shutil.rmtree(folder(village, "2026-11-20"))
    return village


def days(village: Chronic) -> list[str]:
    return sorted(path.name for path in folder(village).parent.iterdir() if path.name.startswith("2026-") and path.is_dir())


def test_the_oldest_folders_beyond_so_many_go_and_the_number_is_remembered(village: Chronic) -> None:
    for day in ("2026-11-21", "2026-11-22", "2026-11-25"):
        village.ok("nightly", today=day)
    assert days(village) == ["2026-11-21", "2026-11-22", "2026-11-25"]
    village.ok("nightly", "--keep", 2, today="2026-11-26")
    assert days(village) == ["2026-11-25", "2026-11-26"]
    village.ok("nightly", today="2026-11-27")
    assert days(village) == ["2026-11-26", "2026-11-27"]
    assert village("nightly", "--keep", 0).code == 2


def test_a_folder_that_figures_were_sent_from_never_goes(village: Chronic) -> None:
    village.ok("nightly", today="2026-12-01")
    sent = folder(village, "2026-12-01") / "indicators-2026-11.csv"
    rows = list(csv.DictReader(io.StringIO(sent.read_text("utf-8-sig"))))
    assert {row["period"] for row in rows} == {"2026-11"}
    for day in ("2026-12-02", "2026-12-03"):
        village.ok("nightly", "--keep", 1, today=day)
    assert days(village) == ["2026-12-01", "2026-12-03"]


def test_months_that_were_missed_are_sent_oldest_first_in_one_folder_and_again_with_a_second_run(village: Chronic) -> None:
    first = village.ok("nightly", today="2027-02-10").out
    assert " frozen=2026-11,2026-12,2027-01 " in first
    names = {"indicators-2026-11.csv", "indicators-2026-12.csv", "indicators-2027-01.csv"}
    made = {name: (folder(village, "2027-02-10") / name).read_bytes() for name in names}
    second = village.ok("nightly", today="2027-02-10").out
    assert "frozen=" not in second
    assert {name: (folder(village, "2027-02-10") / name).read_bytes() for name in names} == made


def test_what_is_sent_is_what_the_report_says_as_sent(village: Chronic) -> None:
    village.ok("nightly", today="2026-12-01")
    sent = folder(village, "2026-12-01") / "indicators-2026-11.csv"
    told = village.ok("report", "indicators", "--frozen", "2026-11", "--format", "csv", today="2026-12-05").out
    assert sent.read_text("utf-8-sig").splitlines() == told.splitlines()


def test_the_last_folder_in_which_nothing_failed_never_goes(village: Chronic) -> None:
    village.ok("nightly")
    for day in ("2026-11-22", "2026-11-23"):
        village.ok("nightly", today=day)
        (folder(village, day) / "failed.txt").write_text("calls.json: no room")
    village.ok("nightly", "--keep", 1, today="2026-11-24")
    assert days(village) == ["2026-11-24"]
    (folder(village, "2026-11-24") / "failed.txt").write_text("calls.json: no room")
    village.ok("nightly", today="2026-11-25")
    assert days(village) == ["2026-11-25"]


def test_only_folders_of_days_are_touched(village: Chronic) -> None:
    village.ok("nightly")
    home = folder(village).parent
    (home / "2025").mkdir()
    (home / "2026-11-20.txt").write_text("a note")
    village.ok("nightly", "--keep", 1, today="2026-11-22")
    assert {"2025", "2026-11-20.txt", "nightly.log", "2026-11-22"} <= {path.name for path in home.iterdir()}
    assert days(village) == ["2026-11-22"]


def test_what_was_being_removed_when_the_power_went_is_swept_away(village: Chronic) -> None:
    village.ok("nightly")
    home = folder(village).parent
    (home / ".2026-11-01.0a1b2c3d.gone").mkdir()
    (home / ".2026-11-01.0a1b2c3d.gone" / "calls.csv").write_text("half of it")
    village.ok("nightly", today="2026-11-22")
    assert days(village) == ["2026-11-21", "2026-11-22"]
    assert not (home / ".2026-11-01.0a1b2c3d.gone").exists()
