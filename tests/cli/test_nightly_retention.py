"""`nightly`: the months it sends, and which of the older folders go."""

import csv
import io

from tests.cli.nights import folder, settled
from tests.runner import Chronic


def days(village: Chronic) -> list[str]:
    return sorted(path.name for path in folder(village).parent.iterdir() if path.name.startswith("202"))


def test_missed_months_are_sent_oldest_first_and_their_folder_outlives_the_others(chronic: Chronic) -> None:
    village = settled(chronic)
    first = village.ok("nightly", today="2027-01-01").out
    assert " frozen=2026-11,2026-12 " in first
    made = {name: (folder(village, "2027-01-01") / f"indicators-{name}.csv").read_bytes() for name in ("2026-11", "2026-12")}
    rows = list(csv.DictReader(io.StringIO(made["2026-12"].decode("utf-8-sig"))))
    assert {row["period"] for row in rows} == {"2026-12"}
    told = village.ok("report", "indicators", "--frozen", "2026-12", "--format", "csv", today="2027-01-05").out
    assert made["2026-12"].decode("utf-8-sig").splitlines() == told.splitlines()

    again = village.ok("nightly", today="2027-01-01").out
    assert "frozen=" not in again
    for name, data in made.items():
        assert (folder(village, "2027-01-01") / f"indicators-{name}.csv").read_bytes() == data

    village.ok("nightly", today="2027-01-02")
    assert days(village) == ["2027-01-01", "2027-01-02"]
    village.ok("nightly", "--keep", 1, today="2027-01-03")
    assert days(village) == ["2027-01-01", "2027-01-03"]
    village.ok("nightly", today="2027-01-04")  # the number is remembered
    assert days(village) == ["2027-01-01", "2027-01-04"]
    assert village("nightly", "--keep", 0).code == 2
