"""Complications in monitored households, and the two reports on major illness."""

import contextlib
from datetime import date

import pytest

from chronic.protocol import DEFAULT, load
from chronic.protocol.tasks import Tasks
from chronic.reports import problems
from chronic.store import facts, registry
from chronic.store.facts import Said
from chronic.store.stamp import Stamp
from tests.runner import Chronic

DAY = date(2026, 11, 21)
HOME = ("--village", "下各村", "--hamlet", "3组", "--household-no", "012")


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """1 and 2 in a monitored household, 3 tagged alone and without a number, 4 in no such household."""
    for name, home in (("一", HOME), ("二", HOME), ("三", ()), ("四", ("--village", "下各村", "--household-no", "9"))):
        chronic.person(name, "--htn-enrolled-on", "2026-01-01", *home)
    chronic.ok("household", "tag", 1, "+监测户")
    chronic.ok("person", "tag", 3, "+监测户")
    return chronic


CHECK = Tasks.of(load(DEFAULT)).checks["notice"]


def notices(chronic: Chronic, day: date = DAY) -> list[tuple[int, str]]:
    with contextlib.closing(registry.connect(chronic.path)) as db:
        (sql,) = problems.queries(CHECK)
        return [(person, since) for _, person, _, since, *_ in db.execute(sql, problems.values(day, CHECK))]


def test_a_complication_in_a_monitored_household_is_a_notice(village: Chronic) -> None:
    for person in (2, 3, 4):
        village.visit(person, "2026-11-10", "--bp", "138/84", "--complication", "new")
    village.visit(1, "2026-11-10", "--bp", "138/84", "--complication", "none")
    assert notices(village) == [(2, "2026-11-10"), (3, "2026-11-10")]
    assert notices(village, day=date(2026, 11, 9)) == []


def test_what_was_told_and_a_rescue_are_notices_too(village: Chronic) -> None:
    stamp = Stamp("2026-11-21T00:00:00.000Z", 0, "李医生", "here")
    with contextlib.closing(registry.connect(village.path)) as db:
        facts.add(db, 1, [Said("stroke", "yes", date(2026, 11, 2)), Said("mi", "no", date(2026, 11, 2))], stamp)
    village.ok("person", "rescue", 2, "--illness", "脑卒中", "--on", "2026-11-05")
    village.ok("person", "rescue", 4, "--illness", "脑卒中", "--on", "2026-11-05")
    assert notices(village) == [(1, "2026-11-02"), (2, "2026-11-05")]


def test_a_household_no_longer_monitored_and_a_visit_withdrawn_make_none(village: Chronic) -> None:
    village.visit(2, "2026-11-10", "--bp", "138/84", "--complication", "new")
    village.visit(3, "2026-11-10", "--bp", "138/84", "--complication", "new")
    village.ok("household", "tag", 1, "-监测户")
    village.ok("visit", "void", village.visit_number(3, "2026-11-10"), "--reason", "记错", "--yes")
    assert notices(village) == []


def test_one_tagged_member_makes_the_household_monitored(village: Chronic) -> None:
    village.ok("household", "tag", 1, "-监测户")
    village.ok("person", "tag", 1, "+低收入监测户")
    village.visit(2, "2026-11-10", "--bp", "138/84", "--complication", "new")
    assert notices(village) == [(2, "2026-11-10")]


def test_what_happened_twice_on_a_day_is_one_notice(village: Chronic) -> None:
    village.visit(2, "2026-11-10", "--bp", "138/84", "--complication", "new")
    village.ok("person", "rescue", 2, "--illness", "脑卒中", "--on", "2026-11-10")
    assert notices(village) == [(2, "2026-11-10")]


def test_only_the_monitored_are_looked_at(village: Chronic) -> None:
    with contextlib.closing(registry.connect(village.path)) as db:
        (sql,) = problems.queries(CHECK)
        steps = [step[3] for step in db.execute(f"EXPLAIN QUERY PLAN {sql}", problems.values(DAY, CHECK))]
    assert not [step for step in steps if step.startswith(("SCAN v", "SCAN f ", "SCAN r ", "SCAN p", "SCAN m "))], steps


def test_a_rescue_is_open_until_it_ended_and_may_begin_again(village: Chronic) -> None:
    village.ok("person", "rescue", 1, "--illness", "脑卒中", "--at", "县医院", "--on", "2026-11-01")
    (row,) = village.rows("person", "rescue")
    assert (row["person_id"], row["illness"], row["since_on"], row["institution"]) == (1, "脑卒中", "2026-11-01", "县医院")
    assert village.rows("person", "rescue", today="2026-10-31") == []
    for args, code in ((["--illness", "脑卒中"], 21), (["--illness", "肺癌", "--ended"], 21), ([], 2)):
        assert village("person", "rescue", 1, *args).code == code
    assert village("person", "rescue", 1, "--illness", "脑卒中", "--ended", "--on", "2026-10-31").code == 21
    village.ok("person", "rescue", 1, "--illness", "脑卒中", "--ended", "--on", "2026-11-10")
    assert village.rows("person", "rescue") == []
    village.ok("person", "rescue", 1, "--illness", "脑卒中", "--on", "2026-11-15")
    assert [row["since_on"] for row in village.rows("person", "rescue", "--tag", "监测户")] == ["2026-11-15"]


def test_the_share_treated_in_the_county_is_counted_by_village(village: Chronic) -> None:
    for person, inside, on in ((1, "yes", "2026-01-01"), (2, "是", "2026-11-21"), (4, "no", "2026-05-01"),
                               (4, "no", "2025-12-31")):  # fmt: skip
        village.ok("person", "treated", person, "--in-county", inside, "--at", "某院", "--on", on)
    total = {"treated": 3, "in_county": 2, "outside": 1, "rate": 66.7}
    assert village.rows("person", "treated") == [{"village": "下各村"} | total, {"village": "*"} | total]
    assert village.rows("person", "treated", "--tag", "monitored")[-1]["rate"] == 100.0
    assert village.rows("person", "treated", "--from", "2025-01-01")[-1]["treated"] == 4
    assert village.rows("person", "treated", "--to", "2026-11-20")[-1]["treated"] == 2
    assert village("person", "treated", 1, "--in-county", "no").last == "Institution is missing."
    assert village("person", "treated", 1, "--in-county", "no", "--at", "x", "--on", "2026-11-22").code == 2
    assert village("person", "treated", "--at", "x").code == 2
