"""`report workload`: visits to expect, week by week for twelve months."""

from typing import Any

import pytest

from tests.runner import Chronic

SATURDAY = "2026-11-21"


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """1 is controlled and late, 2 is not controlled and due in a week, 3 was never seen, 4 is a suspect."""
    chronic.person("王秀兰", "--village", "下各村", "--htn-enrolled-on", "2026-07-01", "--responsible-doctor", "李医生")
    chronic.visit(1, "2026-08-01", "--bp", "130/80")
    chronic.person("李建国", "--village", "上各村", "--htn-enrolled-on", "2026-07-01")
    chronic.visit(2, "2026-11-14", "--bp", "150/95")
    chronic.person("陈志强", "--village", "上各村", "--dm-enrolled-on", "2026-11-10")
    chronic.person("周玉珍", "--village", "上各村")
    chronic.ok("screen", "add", 4, "--bp", "150/95", "--on", "2026-11-14")
    return chronic


def weeks(chronic: Chronic, *args: str, what: str = "followups") -> dict[str, Any]:
    """week -> how many, where there are any."""
    rows = chronic.rows("report", "workload", *args, today=SATURDAY)
    return {row["week"]: row[what] for row in rows if row[what]}


def test_there_is_a_row_for_each_week_of_twelve_months(village: Chronic) -> None:
    rows = village.rows("report", "workload", today=SATURDAY)
    assert (rows[0]["week_on"], rows[0]["week"]) == ("2026-11-23", "2026-W48")  # the weekend itself is not worked
    assert (rows[-1]["week_on"], len(rows)) == ("2027-11-15", 52)
    assert set(rows[0]) == {"week_on", "week", "workdays", "followups", "checkups", "others", "people"}
    assert rows[0]["workdays"] == 5


def test_each_class_has_its_own_rhythm(village: Chronic) -> None:
    village.ok("person", "close", 3, "--reason", "moved", "--on", SATURDAY, "--yes")
    village.ok("person", "close", 2, "--reason", "moved", "--on", SATURDAY, "--yes")
    assert weeks(village) == {"2026-W48": 1, "2027-W08": 1, "2027-W20": 1, "2027-W34": 1}
    village.ok("person", "reopen", 2, "--yes")
    village.ok("person", "close", 1, "--reason", "died", "--on", SATURDAY, "--yes")
    fortnights = weeks(village)
    assert list(fortnights)[:3] == ["2026-W48", "2026-W50", "2026-W52"]
    assert len(fortnights) == 26


def test_a_recheck_is_counted_once_and_people_once_a_week(village: Chronic) -> None:
    assert weeks(village, what="others") == {"2026-W48": 1}
    first = village.rows("report", "workload", today=SATURDAY)[0]
    assert (first["followups"], first["others"], first["people"]) == (3, 1, 4)


def test_check_ups_come_once_a_year(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--bp-left", "130/80", "--on", "2026-02-02", "--yes")
    assert weeks(village, "--village", "下各村", what="checkups") == {"2027-W05": 1}


@pytest.mark.parametrize(("by", "groups"), [("village", ["上各村", "下各村"]), ("doctor", [None, "李医生"])])
def test_it_is_told_by_village_or_by_doctor(village: Chronic, by: str, groups: list[str | None]) -> None:
    rows = village.rows("report", "workload", "--by", by, today=SATURDAY)
    assert [row[by] for row in rows[:2]] == groups
    assert len(rows) == 2 * 52
    alone = village.rows("report", "workload", today=SATURDAY)
    for week in alone[:6]:
        assert sum(row["people"] for row in rows if row["week"] == week["week"]) == week["people"]


def test_paused_people_are_not_expected(village: Chronic) -> None:
    village.ok("pause", 1)
    assert weeks(village, "--village", "下各村") == {}


def test_it_says_what_it_takes_for_granted(village: Chronic) -> None:
    out = village.ok("report", "workload").out
    assert "4 people, as if every class stayed as it is" in out
    assert "1 of them have no class yet: counted with the year's visits alone." in out
    assert "2027 has no published holidays here; only weekends were left out." in out
    assert "2027 has no published holidays" in village.ok("report", "workload", "--format", "csv").err


def test_a_week_with_holidays_has_fewer_working_days(village: Chronic) -> None:
    rows = village.rows("report", "workload", today="2026-02-10")
    assert {row["week"]: row["workdays"] for row in rows[:3]} == {"2026-W07": 5, "2026-W08": 0, "2026-W09": 5}


def test_it_is_read_in_chinese_too(village: Chronic) -> None:
    run = village.ok("report", "workload", lang="zh")
    assert "预计走访量" in run.out
    assert "其中 1 人还没有分类" in run.out


def test_an_empty_registry_expects_nobody(chronic: Chronic) -> None:
    assert {row["people"] for row in chronic.rows("report", "workload")} == {0}
    assert "0 people" in chronic.ok("report", "workload").out
