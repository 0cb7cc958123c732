"""56,017 adults of NHANES 1999–2020: what a first screening says of their pressure, against the survey's own columns."""

import csv
import gzip
from collections.abc import Iterator
from datetime import date

import pytest

from chronic.model.visit import Contact
from chronic.protocol import DEFAULT, Editions, load
from chronic.rules import hypertension
from chronic.rules.screening import suspicion
from tests.real.clinic import folder

FILE = "nhanes_1999_2020_cardioStatsUSA_subset.csv.gz"
EDITION = load(DEFAULT)
EDITIONS = Editions([(EDITION.effective_from, EDITION)])
ROWS = 56_017
DAY = date(2020, 3, 1)

Row = dict[str, str]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    with gzip.open(folder("nhanes", FILE) / FILE, "rt", encoding="utf-8") as stream:
        found = [row for row in csv.DictReader(stream) if row["svy_subpop_htn"] == "1.0"]
    assert len(found) == ROWS
    return found


def sittings(rows: list[Row]) -> Iterator[tuple[Row, Contact]]:
    """Each row with its mean pressure, not rounded; the survey has both parts of everyone in it."""
    for row in rows:
        sbp, dbp = float(row["bp_sys_mean"]), float(row["bp_dia_mean"])
        yield row, Contact(DAY, row["svy_id"], 1, "screening", sbp=sbp, dbp=dbp)  # type: ignore[arg-type]


def test_suspected_or_treated_is_the_surveys_hypertension(rows: list[Row]) -> None:
    agreeing = 0
    for row, sitting in sittings(rows):
        suspected = suspicion("htn", [sitting], (), EDITIONS) is not None
        agreeing += (suspected or row["bp_med_use"] == "Yes") == (row["htn_jnc7"] == "Yes")
    assert agreeing == ROWS


def test_below_the_limit_is_the_surveys_control(rows: list[Row]) -> None:
    adult = EDITION.htn.target.older_from - 1
    agreeing = 0
    for row, sitting in sittings(rows):
        agreeing += hypertension.decided(sitting, adult, EDITION) is (row["bp_control_140_90"] == "Yes")
    assert agreeing == ROWS
