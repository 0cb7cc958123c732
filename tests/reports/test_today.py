"""The screen of the morning is one screen in a county too: long parts are cut, the numbers count everyone."""

from collections import Counter
from contextlib import closing
from datetime import date

import pytest

from chronic.cli import today as screen
from chronic.office import demo
from chronic.reports import quota
from chronic.reports import today as report
from chronic.store import editions, registry
from tests.runner import Chronic

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    chronic = Chronic(tmp_path_factory.mktemp("village"))
    demo.make(chronic.path, TODAY, 600, 1)
    return chronic


def sections(village: Chronic) -> Counter[str]:
    """How many there are of each, from the file, which is never cut."""
    rows = village.rows("today")
    return Counter("danger" if row["danger"] and row["section"] == "first" else str(row["section"]) for row in rows)


def test_long_parts_are_cut_and_say_so(village: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    village.ok("today")  # imported anew where another language was spoken before
    monkeypatch.setattr("chronic.cli.today._MOST", 2)
    monkeypatch.setattr("chronic.cli.today._SHOWN", 3)
    found, out = sections(village), village.ok("today").out
    assert min(found[section] for section in ("danger", "first", "due", "recheck")) > 3
    assert f"danger {found['danger']}   referral outcomes {found['first']}   due today {found['due']}" in out
    assert f"recheck {found['recheck']}" in out
    assert f"and {found['danger'] - 2} more in danger; all: chronic today --format csv" in out
    assert f"and {found['first'] - 3} more referrals" in out
    assert out.count("    chronic refer reply") == 5
    for others in ("The first 2; all: chronic due --within 0d", "The first 2; all: chronic screen suspects"):
        assert others in out
    assert "The first 3; all: chronic overdue" in out
    assert len(out.splitlines()) < 40


def test_a_village_sees_all_of_it(village: Chronic) -> None:
    found, out = sections(village), village.ok("today").out
    assert max(found["danger"], found["due"], found["recheck"]) <= screen._MOST
    assert "more in danger" not in out
    assert "--within 0d" not in out
    assert "screen suspects" not in out


def test_the_longest_open_come_first_whatever_is_cut(village: Chronic) -> None:
    with closing(registry.connect(village.path)) as db:
        known = editions.read(db)
        everyone = report.today(db, TODAY, known, 1000, 1000)
        some = report.today(db, TODAY, known, 4, 2)
        danger = [row for row in everyone.first if row["danger"]]
        referrals = [row for row in everyone.first if not row["danger"]]
        assert some.first == [*danger[:2], *referrals[:4]]
        assert (some.dangers, some.referrals) == (len(danger), len(referrals))
        assert list(some.due.rows) == list(everyone.due.rows)[:2]
        assert list(some.rechecks.rows) == list(everyone.rechecks.rows)[:2]
        assert some.recheck == len(list(everyone.rechecks.rows))
        assert some.days[TODAY] == len(list(everyone.due.rows))
        assert (some.bands, some.quota) == (everyone.bands, everyone.quota)


def test_the_year_of_more_people_than_a_doctor_has_is_not_looked_at(village: Chronic) -> None:
    with closing(registry.connect(village.path)) as db:
        known = editions.read(db)
        (people,) = db.execute("SELECT count(*) FROM agenda WHERE paused = 0").fetchone()
        assert quota.count(db, TODAY, known, people) == len(quota.at_risk(db, TODAY, known)) > 0
        asked: list[str] = []
        db.set_trace_callback(asked.append)
        assert quota.count(db, TODAY, known, people - 1) is None
        db.set_trace_callback(None)
    assert len(asked) == 1
    assert f"LIMIT 1 OFFSET {people - 1}" in asked[0]


def test_a_county_is_told_where_the_year_stands(village: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "_COUNTED", 10)
    assert "yearly visits at risk chronic due --quota" in village.ok("today").out


def test_what_a_large_registry_is_asked_walks_an_index(village: Chronic) -> None:
    with closing(registry.connect(village.path)) as db:
        plan = [row[3] for row in db.execute("EXPLAIN QUERY PLAN " + report._FIRST, {"today": "", "some": 1, "most": 1})]
    assert "INDEX agenda_referral (paused=? AND rank=?" in next(step for step in plan if step.startswith("SEARCH a "))
    assert not {"SCAN a", "SCAN q", "SCAN p", "SCAN h"} & {step.partition(" USING")[0] for step in plan}
