"""A county's hypertension programme: 47,759 people, 34,292 visits, dirty. The longest of these tests."""

import os
import shutil
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.real import convert, shared
from tests.real.clinic import Clinic, folder, opened, rows
from tests.runner import TODAY as _USUAL
from tests.runner import Chronic, Run

TODAY = "2023-01-15"
PEAK = Path("/proc/self/status")
"""Where Linux tells the peak memory of one process. (getrusage counts that of the process which started it, too.)"""
MAY_GROW_KB = 28 * 1024
"""SQLite's page cache and some look-ups fill up to their limits; twice the rows, all of them kept, would be far more."""
_CHILD = """
import sys
from chronic.cli import main
try:
    main(sys.argv[1:])
finally:
    print(*(line.split()[1] for line in open(%r) if line.startswith("VmHWM")), file=sys.stderr)
"""


class Measured(Chronic):
    """Each command in a process of its own; the peak memory of the latest in KiB."""

    peak = 0

    def __call__(
        self, *args: object, today: str | None = _USUAL, lang: str = "en", stdin: str | None = None, **environ: str
    ) -> Run:
        if not PEAK.exists() or "import" not in args:
            return super().__call__(*args, today=today, lang=lang, stdin=stdin, **environ)
        around = {**os.environ, "CHRONIC_DB": str(self.path), "CHRONIC_TODAY": today or "", "CHRONIC_LANG": lang, **environ}
        command = [sys.executable, "-c", _CHILD % str(PEAK), *map(str, args)]
        done = subprocess.run(
            command, env=around, cwd=Path(__file__).parents[2], capture_output=True, encoding="utf-8", check=False
        )
        err, _, peak = done.stderr.rstrip("\n").rpartition("\n")
        self.peak = int(peak)
        return Run(done.returncode, done.stdout, err)


class County(NamedTuple):
    """The clinic, a copy of its registry with nothing but the people, and the peak memory of each import."""

    clinic: Clinic
    people_only: Path
    peaks: dict[str, int]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    files = ("facilities", "patients", "htn_initial_visits", "htn_follow_up_visits")
    data = folder("hearts", *(f"fppm_{name}.csv.gz" for name in files))
    into = tmp_path_factory.mktemp("hearts")
    chronic, copy, peaks = Measured(into), into / "people_only.db", dict[str, int]()

    def between() -> None:
        shutil.copy(chronic.path, copy)
        peaks["people"] = chronic.peak

    clinic = opened(chronic, convert.hearts(data, into), TODAY, between)
    clinic.report("hearts")
    return County(clinic, copy, {**peaks, "visits": chronic.peak})


@pytest.fixture
def clinic(county: County) -> Clinic:
    return county.clinic


def test_people_born_in_the_future_are_refused(clinic: Clinic) -> None:
    shared.check_refusals(clinic, "people")
    assert clinic.told["people"].lines


def test_visits_in_the_future_crossed_and_impossible_pressures_and_strangers_are_refused(clinic: Clinic) -> None:
    shared.check_refusals(clinic, "visits")
    assert {"visit.future", "bp.crossed", "value.out_of_range", "value.unit_slip", "person.unknown"} == {
        *clinic.told["visits"].refusals
    }
    late = sum(row["visit_date"] > TODAY for _, row in rows(clinic.sheets.visits))
    assert clinic.told["visits"].refusals["visit.future"] == late
    assert clinic.told["visits"].warnings["bp.decimal"] == clinic.expected.decimals


def test_every_visit_has_the_class_of_the_plain_rules(clinic: Clinic) -> None:
    shared.check_verdicts(clinic)


def test_overdue_lists_thousands_in_the_documented_order(clinic: Clinic) -> None:
    late = shared.check_overdue(clinic)
    print(f"\n  overdue {len(late):,}, with open danger {sum(bool(row['danger']) for row in late):,}")
    assert len(late) > 1_000


def test_the_same_sheets_again_change_nothing(clinic: Clinic) -> None:
    shared.check_taken_again(clinic)


@pytest.mark.skipif(not PEAK.exists(), reason="the peak memory of a process is read from /proc")
@pytest.mark.parametrize("holds", ["people", "visits"])
def test_memory_does_not_grow_with_the_file(county: County, holds: str, tmp_path: Path) -> None:
    """Half of a sheet, taken in the same way, needs as much as the whole of it."""
    sheet, half = getattr(county.clinic.sheets, holds), tmp_path / "half.csv"
    with sheet.open(encoding="utf-8") as lines, half.open("w", encoding="utf-8") as out:
        out.writelines(islice(lines, 1 + sum(1 for _ in rows(sheet)) // 2))
    chronic = Measured(tmp_path)
    if holds == "people":
        chronic.ok("init", "--yes")
    else:
        shutil.copy(county.people_only, chronic.path)
    assert chronic("import", half, "--dry-run", today=TODAY).code in (0, 3)
    print(f"\n  {holds}: {chronic.peak // 1024} MiB for half of the sheet, {county.peaks[holds] // 1024} MiB for all of it")
    assert county.peaks[holds] - chronic.peak < MAY_GROW_KB
