"""`chain` as a doctor meets it: day by day, by village, who is stuck, and one person's stages."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from chronic.care.desk import Desk
from chronic.office import demo
from chronic.reports import at_risk, chain, referrals, residents, suspects
from chronic.store import editions, people, registry
from chronic.store.stamp import Stamp
from tests.care.test_loop_properties import computed
from tests.care.undoing import facts
from tests.runner import Chronic

DAY = date(2026, 11, 1)


def on(days: int) -> str:
    return (DAY + timedelta(days=days)).isoformat()


@pytest.fixture
def clinic(chronic: Chronic) -> Chronic:
    """王秀兰, 40, of whom nothing is known yet."""
    chronic.person("王秀兰", "--birth-date", "1986-03-01", "--village", "下各村", "--phone", "13812345512", today=on(0))
    return chronic


def stages(chronic: Chronic, days: int, *args: str) -> list[tuple[str, str | None, int]]:
    """(stage, why stuck, days in it) of everybody listed, by the stage asked for."""
    rows = chronic.rows("chain", *args, today=on(days))
    return [(row["stage"], row["stuck_for"], row["days_since"]) for row in rows]


def test_from_suspicion_to_management_and_back_from_the_hospital_day_by_day(clinic: Chronic) -> None:
    clinic.ok("screen", "add", 1, "--bp", "150/95", "--on", on(0), today=on(0))
    assert stages(clinic, 28, "--stage", "suspected") == [("suspected", None, 28)]
    assert stages(clinic, 29, "--stage", "suspected") == [("suspected", "unconfirmed", 29)]
    for days in (7, 14):
        clinic.ok("screen", "add", 1, "--bp", "150/95", "--on", on(days), today=on(days))
    assert stages(clinic, 14, "--limit", "9") == [("referred", None, 0)]
    clinic.ok("refer", "reply", 1, "--outcome", "seen", "--confirmed", "yes", "--on", on(16), today=on(16))
    assert stages(clinic, 16, "--limit", "9") == [("suspected", None, 0)]
    clinic.ok("enrol", 1, "htn", "--on", on(17), today=on(17))
    assert stages(clinic, 17, "--limit", "9") == [("managed", None, 0)]
    clinic.ok("refer", "back", 1, "--on", on(20), today=on(20))
    assert stages(clinic, 34, "--stage", "returned") == [("returned", None, 14)]
    assert stages(clinic, 35, "--stuck") == [("returned", "no_followup", 15)]
    clinic.ok("visit", "add", 1, "--bp", "128/78", "--danger", "no", "--on", on(35), today=on(35))
    assert stages(clinic, 35, "--stage", "returned") == []
    clinic.ok("person", "close", 1, "--reason", "moved", "--on", on(40), "--yes", today=on(40))
    assert stages(clinic, 41, "--limit", "9") == [("ended", None, 1)]
    spells = clinic.rows("chain", 1, today=on(41))
    assert [(row["stage"], row["from_on"], row["to_on"]) for row in spells] == [
        ("suspected", on(0), on(14)), ("referred", on(14), on(16)), ("suspected", on(14), on(16)),
        ("suspected", on(16), on(17)), ("managed", on(17), on(40)), ("returned", on(20), on(35)), ("ended", on(40), None),
    ]  # fmt: skip


def test_a_stroke_told_begins_rehabilitation_and_a_word_ends_it(clinic: Chronic) -> None:
    before = facts(clinic)
    clinic.ok("person", "fact", 1, "stroke=yes", "--on", on(0), today=on(0))
    assert stages(clinic, 1, "--stage", "rehabilitation") == [("rehabilitation", None, 1)]
    assert "had a stroke" in clinic.ok("chain", "--stage", "rehabilitation", today=on(1)).out
    assert stages(clinic, 92, "--stuck") == []
    assert stages(clinic, 93, "--stuck") == [("rehabilitation", "not_met", 93)]
    clinic.ok("person", "fact", 1, "rehabilitation=no", "--on", on(50), today=on(50))
    assert stages(clinic, 50, "--stage", "rehabilitation") == []
    (spell,) = [row for row in clinic.rows("chain", 1, today=on(60)) if row["stage"] == "rehabilitation"]
    assert (spell["from_on"], spell["to_on"], spell["days_since"]) == (on(0), on(50), 50)
    clinic.ok("undo", "--yes", today=on(50))
    clinic.ok("undo", "--yes", today=on(50))
    assert facts(clinic) == before


def test_it_counts_filters_and_says_by_whom_the_limits_are(clinic: Chronic) -> None:
    clinic.person("李建国", "--htn-enrolled-on", "2026-01-01", "--village", "上各村", "--tags", "独居")
    rows = {row["stage"]: row for row in clinic.rows("chain", today=on(0))}
    assert list(rows) == ["at_risk", "suspected", "managed", "referred", "returned", "rehabilitation", "ended"]
    assert (rows["managed"]["people"], rows["managed"]["htn"], rows["managed"]["stuck"]) == (1, 1, 1)
    assert [(row["village"], row["managed"]) for row in clinic.rows("chain", "--by", "village", today=on(0))] == [
        ("下各村", 0), ("上各村", 1)]  # fmt: skip
    assert clinic.ids("chain", "--stage", "managed", "--tag", "alone") == [2]
    assert clinic.ids("chain", "--stage", "managed", "--village", "下各村") == []
    assert clinic.ids("chain", "--stage", "managed", "--programme", "dm") == []
    for out in (clinic.ok("chain").out, clinic.ok("chain", "--stuck").out, clinic.ok("chain", 2).out):
        assert "[PROPOSED]" in out
    assert "[PROPOSED]" not in clinic.ok("chain", "--stage", "ended").out
    csv = clinic.ok("chain", "--stuck", "--format", "csv", "--headers", "zh").out
    assert "停滞原因" in csv.splitlines()[0]
    assert "138****5512" not in csv
    shown = clinic.ok("chain", "--stage", "at_risk", "--full", "--format", "csv").out
    assert "13812345512" in shown
    assert clinic.sql("SELECT about FROM audit WHERE action = 'full'") == [("chronic chain",)]


def test_the_rows_have_exactly_these_keys(clinic: Chronic) -> None:
    clinic.person("李建国", "--htn-enrolled-on", "2026-01-01", "--village", "上各村")
    who = {"person_id", "uid", "name", "sex", "age", "village", "hamlet", "phone"}
    (row,) = clinic.rows("chain", "--stuck", today=on(0))
    assert set(row) == who | {
        "stage", "programmes", "since_on", "days_since", "limit_on", "stuck_for", "days_stuck", "about_stage", "stages",
    }  # fmt: skip
    assert (row["limit_on"], row["days_stuck"], row["stages"]) == ("2026-07-01", 123, ["managed", "at_risk"])
    assert {frozenset(row) for row in clinic.rows("chain", today=on(0))} == {
        frozenset({"stage", "people", "htn", "dm", "lipid", "stuck", "longest"})
    }
    assert {frozenset(row) for row in clinic.rows("chain", 2, today=on(0))} == {
        frozenset({"from_on", "to_on", "stage", "programmes", "days_since", "limit_on", "stuck_for", "about_stage"})
    }


def test_what_cannot_be_is_one_sentence(clinic: Chronic) -> None:
    for args, code in (
        ([1, "--stuck"], 2), ([1, "--by", "village"], 2), (["--by", "village", "--stuck"], 2), ([9], 20),
        (["--stage", "healed"], 2), (["--village", "无此村"], 2), (["--by", "village", "--limit", 3], 2),
    ):  # fmt: skip
        run = clinic("chain", *args)
        assert (run.code, run.err.count("\n")) == (code, 1), args


def test_over_a_whole_village_the_fast_way_and_the_history_agree(tmp_path: Path) -> None:
    """Also with the lists that show the same people."""
    demo.make(tmp_path / "demo.db", day := date(2026, 11, 21), 300, 1)
    db = registry.connect(tmp_path / "demo.db")
    desk = Desk(db, day, editions.read(db), Stamp("2026-11-21T00:00:00.000Z", 0, "test", "test"))
    everyone = [person.id for person in people.read(db, "ORDER BY id")]
    standing = {row[0]: places for row, places in chain.standing(
        db, day, desk.editions.on(day), residents.Among())}  # fmt: skip
    assert standing == computed(desk, everyone, day)
    assert len(standing) == len(everyone)
    who = {stage: {id_ for id_, places in standing.items() if stage in {place.stage for place in places}}
           for stage in ("referred", "suspected", "managed", "at_risk", "ended")}  # fmt: skip
    assert all(who.values())
    assert who["referred"] == {row["person_id"] for row in referrals.referrals(db, day, referrals.Asked()).rows}
    assert who["suspected"] == {row["person_id"] for row in suspects.suspects(db, day, desk.editions).rows}
    assert who["at_risk"] <= {row["person_id"] for row in at_risk.listing(db, day, desk.editions, residents.Among()).rows}
    counted = {row["stage"]: row["people"] for row in chain.counts(db, day, desk.editions, chain.Asked()).rows}
    assert {stage: len(ids) for stage, ids in who.items()} == {stage: counted[stage] for stage in who}
    for stage, number in counted.items():
        assert len(list(chain.listing(db, day, desk.editions, chain.Asked(stage=str(stage))).rows)) == number
    for person in everyone[:40]:
        now = [row for row in chain.of_person(db, day, desk.editions, person).rows if row["to_on"] is None]
        assert sorted((str(row["stage"]), str(row["from_on"])) for row in now) == sorted(
            (place.stage, str(place.since_on)) for place in standing[person]
        )
    db.close()
