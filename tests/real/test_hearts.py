"""A county's hypertension programme: 47,759 people, 34,292 visits, dirty. The longest of these tests."""

import shutil
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.real import checks, convert
from tests.real.clinic import Clinic, folder, opened, rows, take
from tests.real.watch import STATUS
from tests.runner import Chronic

TODAY = "2023-01-15"
MAY_GROW_KIB = 28 * 1024
"""SQLite's page cache and some look-ups fill up to their limits; twice the rows, all of them kept, would be far more."""


class County(NamedTuple):
    """The clinic, and a copy of its registry from when nothing but the people was in."""

    clinic: Clinic
    people_only: Path


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    files = ("facilities", "patients", "htn_initial_visits", "htn_follow_up_visits")
    data = folder("hearts", *(f"fppm_{name}.csv.gz" for name in files))
    into = tmp_path_factory.mktemp("hearts")
    chronic, copy = Chronic(into), into / "people_only.db"
    clinic = opened(chronic, convert.hearts(data, into), TODAY, lambda: shutil.copy(chronic.path, copy))
    clinic.report("hearts")
    return County(clinic, copy)


@pytest.fixture
def clinic(county: County) -> Clinic:
    return county.clinic


def test_people_born_in_the_future_are_refused(clinic: Clinic) -> None:
    checks.check_refusals(clinic, "people")
    assert clinic.told["people"].lines


def test_visits_in_the_future_crossed_and_impossible_pressures_and_strangers_are_refused(clinic: Clinic) -> None:
    checks.check_refusals(clinic, "visits")
    assert {"visit.future", "bp.crossed", "value.out_of_range", "value.unit_slip", "person.unknown"} == {
        *clinic.told["visits"].refusals
    }
    late = sum(row["visit_date"] > TODAY for _, row in rows(clinic.sheets.visits))
    assert clinic.told["visits"].refusals["visit.future"] == late
    assert clinic.told["visits"].warnings["bp.decimal"] == clinic.expected.decimals


def test_every_visit_has_the_class_of_the_plain_rules(clinic: Clinic) -> None:
    checks.check_verdicts(clinic)


def test_overdue_lists_thousands_in_the_documented_order(clinic: Clinic) -> None:
    late = checks.check_overdue(clinic)
    print(f"\n  overdue {len(late):,}")
    assert len(late) > 1_000


def test_danger_stays_open_until_someone_sees_to_it(clinic: Clinic) -> None:
    print(f"\n  open danger {checks.check_danger(clinic):,}")


def test_the_same_sheets_again_change_nothing(clinic: Clinic) -> None:
    checks.check_taken_again(clinic)


@pytest.mark.skipif(not STATUS.exists(), reason="the system does not tell the peak memory of a process")
@pytest.mark.parametrize("holds", ["people", "visits"])
def test_memory_does_not_grow_with_the_file(county: County, holds: str, tmp_path: Path) -> None:
    """Half of a sheet, taken in the same way, needs as much as the whole of it."""
    sheet, half = getattr(county.clinic.sheets, holds), tmp_path / "half.csv"
    with sheet.open(encoding="utf-8") as lines, half.open("w", encoding="utf-8") as out:
        out.writelines(islice(lines, 1 + sum(1 for _ in rows(sheet)) // 2))
    chronic = Chronic(tmp_path)
    if holds == "people":
        chronic.ok("init", "--yes")
    else:
        shutil.copy(county.people_only, chronic.path)
    needed, whole = take(chronic.path, half, TODAY, "--dry-run").peak, county.clinic.told[holds].peak
    print(f"\n  {holds}: {needed // 1024} MiB for half of the sheet, {whole // 1024} MiB for all of it")
    assert whole - needed < MAY_GROW_KIB
