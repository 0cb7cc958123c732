"""What a bundle brought was not known here before it was merged, whatever the sender's clock said."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from tests.office.test_bundles import merged, sent, trusting
from tests.runner import Chronic

CAME = "2026-11-10T04:00:00.000Z"
DAYS = ("2026-11-09", "2026-11-10")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    """Of its own it has one person with a visit. On 10 November a village's came: one written down in October, one by a
    clock that is two years ahead; and in the village the township's own person had moved away the year before."""
    village, town = trusting(tmp_path_factory.mktemp("both"))
    town.person("李建国", "--village", "下各村", "--htn-enrolled-on", "2025-01-05", "--registered-on", "2025-01-05")
    town.visit(1, "2025-08-10", "--bp", "136/84")
    stamped(town.path, "2025-08-10T04:00:00.000Z")
    merged(village, sent(town, "下各村"))
    for name, day, clock in (("王秀兰", "2026-10-12", "2026-10-12"), ("赵前", "2026-10-13", "2028-10-13")):
        number = village.person(
            name, "--village", "下各村", "--htn-enrolled-on", "2026-01-05", "--registered-on", "2026-01-05"
        )
        village.visit(number, day, "--bp", "150/96")
        stamped(village.path, f"{clock}T04:00:00.000Z", number)
    village.ok("person", "close", 1, "--reason", "moved", "--on", "2025-12-20", "--yes")
    stamped(village.path, "2025-12-20T04:00:00.000Z", 1)
    merged(town, sent(village, "镇卫生院"))
    with contextlib.closing(sqlite3.connect(town.path)) as db:
        db.execute("UPDATE deed SET recorded_at = ? WHERE kind = 'bundle.merge'", (CAME,))
        db.commit()
    return town


def stamped(path: Path, at: str, person: int | None = None) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        for table, whose in (("person", "id"), ("visit", "person"), ("enrolment", "person"), ("person_change", "person")):
            sql = f"UPDATE {table} SET recorded_at = ?1 WHERE ?2 IS NULL OR {whose} = ?2"
            db.execute(sql, (at, person))
        db.commit()


def counted(town: Chronic, code: str, day: str) -> tuple[object, object]:
    (row,) = town.rows("report", "indicators", "--period", "2026-10", "--programme", "htn", "--indicator", code,
                       "--known-on", day)  # fmt: skip
    return row["numerator"], row["denominator"]


def test_a_report_of_an_earlier_state_has_what_had_come_by_then(town: Chronic) -> None:
    assert [counted(town, "control_rate", day) for day in DAYS] == [(0, 0), (0, 2)]


def test_who_moved_away_there_was_managed_here_until_the_bundle_came(town: Chronic) -> None:
    def managed(day: str) -> list[str]:
        rows = town.rows("report", "indicators", "--period", "2026-10", "--programme", "htn", "--indicator", "contract_rate",
                         "--list", "--cell", "denominator", "--known-on", day)  # fmt: skip
        return sorted(str(row["name"]) for row in rows)

    assert [managed(day) for day in DAYS] == [["李建国"], ["王秀兰", "赵前"]]


def test_nothing_stays_in_front_of_the_tables(town: Chronic) -> None:
    before = town.dump()
    counted(town, "management_rate", DAYS[0])
    assert town.dump() == before
