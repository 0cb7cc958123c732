"""The made-up village: always the same, always true to the rules, and never in place of a real registry."""

import shlex
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest

from chronic.errors import RegistryUnusable, ValueRefused
from chronic.model.idcard import parse_id
from chronic.office import demo, demo_models
from chronic.office.demo_people import villagers
from chronic.office.demo_story import LONGEST
from chronic.reports import overdue
from chronic.store import editions, registry
from tests.derived import stale
from tests.runner import Chronic

TODAY = date(2026, 11, 21)
PEOPLE = 300


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    demo.make(path, TODAY, PEOPLE, 1)
    return path


def ask(path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as db:
        return db.execute(query).fetchall()


def dump(path: Path) -> str:
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as db:
        return "\n".join(db.iterdump())


def test_the_same_people_seed_and_day_give_the_same_registry(village: Path, tmp_path: Path) -> None:
    demo.make(tmp_path / "again.db", TODAY, PEOPLE, 1)
    assert dump(tmp_path / "again.db") == dump(village)


def test_another_seed_gives_other_people(village: Path, tmp_path: Path) -> None:
    demo.make(tmp_path / "other.db", TODAY, 20, 2)
    names = "SELECT name, id_number FROM person WHERE id <= 20"
    assert not set(ask(tmp_path / "other.db", names)) & set(ask(village, names))


def test_every_id_number_is_valid_and_agrees_with_the_person(village: Path) -> None:
    rows = ask(village, "SELECT id_number, birth_date, sex FROM person")
    assert len(rows) == len({number for number, _, _ in rows}) == PEOPLE
    for number, born, sex in rows:
        card = parse_id(number, TODAY)
        assert (card.number, card.birth_date.isoformat(), card.sex) == (number, born, sex)


def test_numbers_stay_unique_over_many_villages() -> None:
    people = list(villagers(Random(1), TODAY, 6000))
    assert (
        len({person.id_number for person in people}) == len({person.archive_no for person in people}) == len(people) == 6000
    )
    assert max(Counter((person.birth_date, person.sex) for person in people).values()) <= 6  # of 500; for a million too
    villages = Counter((person.township, person.village) for person in people)
    assert len(villages) == 17
    assert max(villages.values()) - min(villages.values()) <= 1


def test_people_look_like_a_village(village: Path) -> None:
    ages = [(TODAY - date.fromisoformat(born)).days // 365 for (born,) in ask(village, "SELECT birth_date FROM person")]
    assert (min(ages) >= 38, max(ages) <= 91) == (True, True)
    assert Counter(age // 10 for age in ages).most_common(1)[0][0] == 6
    households = Counter(row for row in ask(village, "SELECT hamlet, household_no FROM person"))
    assert set(households.values()) == {1, 2, 3}
    assert len({hamlet for hamlet, _ in households}) == 8


def test_programmes_come_in_their_usual_shares(village: Path) -> None:
    found = dict(
        ask(village, "SELECT coalesce(programmes, ''), count(*) FROM person_card WHERE closed_on IS NULL GROUP BY 1")
    )
    managed = found["htn"] + found["dm"] + found["htn dm"]
    assert managed / PEOPLE == pytest.approx(0.85, abs=0.03)
    assert (found["htn"] + found["htn dm"]) / managed == pytest.approx(0.87, abs=0.04)
    assert found["htn dm"] / managed == pytest.approx(0.12, abs=0.03)


def test_a_quarter_is_late_in_every_band_and_the_rest_is_on_its_way(village: Path) -> None:
    with closing(registry.connect(village)) as db:
        bands = overdue.counts(db, TODAY, overdue.Asked())
        due = list(overdue.due(db, TODAY, 14, overdue.Asked()).rows)
        paused = list(overdue.overdue(db, TODAY, overdue.Asked(paused=True)).rows)
    assert bands.total() / 255 == pytest.approx(0.25, abs=0.05)
    assert bands["1-30"] > bands["31-90"] > bands["over-90"] > 0
    assert 3 <= sum(row["days_left"] == 0 for row in due) <= 12
    assert sum(row["days_left"] != 0 for row in due) >= 20
    assert len(paused) >= 2


def test_there_is_something_of_everything(village: Path) -> None:
    danger = ask(
        village, "SELECT danger, last_bp, last_fpg FROM agenda WHERE danger <> '' AND last_contact_on >= '2026-11-11'"
    )
    assert 3 <= len(danger) <= 6
    assert "186/112" in {bp for _, bp, _ in danger}
    assert "3.6" in {fpg for _, _, fpg in danger}
    suspects = "SELECT programme, days_high FROM plan WHERE days_high IS NOT NULL"
    assert {("htn", 1), ("htn", 2), ("htn", 3), ("dm", 1)} <= set(ask(village, suspects))
    assert {reason for (reason,) in ask(village, "SELECT closed_reason FROM person")} == {None, "died", "moved"}
    assert len(ask(village, "SELECT 1 FROM plan WHERE kind = 'referral' AND urgency = 'routine' AND days_high IS NULL")) >= 3
    outcomes = {outcome for (outcome,) in ask(village, "SELECT outcome FROM referral_outcome")}
    assert outcomes == {"seen", "returned", "not_arrived"}
    classes = {klass for (klass,) in ask(village, "SELECT class FROM verdict WHERE class IS NOT NULL")}
    assert classes == {"controlled", "uncontrolled", "adverse_reaction", "complication", "not_assessed"}
    assert ask(village, "SELECT 1 FROM plan WHERE reasons = 'never_seen'")


def test_every_outcome_answers_a_referral(village: Path) -> None:
    stray = """SELECT o.id FROM referral_outcome AS o LEFT JOIN visit AS v ON v.uid = o.answers AND v.person = o.person
               LEFT JOIN verdict AS d ON d.visit = v.id AND d.refer = 'routine'
               WHERE d.visit IS NULL OR v.visit_date >= o.outcome_on"""
    assert ask(village, stray) == []


def test_the_forms_are_filled_in(village: Path) -> None:
    filled = """SELECT count(sbp), count(weight_kg), count(medicines), count(insulin), count(salt), count(dorsalis_pedis),
                count(hba1c), count(tc), count(next_visit_date) FROM live_visit"""
    assert all(ask(village, filled)[0])
    assert ask(village, "SELECT count(*) > 0 FROM visit_reading") == [(1,)]


@pytest.mark.parametrize("today", ["2026-11-21", "2026-05-31", "2024-02-29", "2018-01-01"])
def test_stored_plans_are_what_the_rules_say_and_nothing_lies_in_the_future(tmp_path: Path, today: str) -> None:
    path = tmp_path / "demo.db"
    demo.make(path, date.fromisoformat(today), 120, 3)
    with closing(registry.connect(path)) as db:
        assert stale(db, editions.read(db), range(1, 121)) == []
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    for table, column in (
        ("person", "registered_on"), ("person", "closed_on"), ("enrolment", "enrolled_on"), ("enrolment", "diagnosed_on"),
        ("visit", "visit_date"), ("pause", "from_on"), ("referral_outcome", "outcome_on"), ("visit", "recorded_at"),
    ):  # fmt: skip
        latest = ask(path, f"SELECT max({column}) FROM {table}")[0][0]
        assert latest is None or latest <= today, (table, column)


# a large one: most people repeat a story that was told once -------------------------------------------


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More people than stories."""
    path = tmp_path_factory.mktemp("county") / "demo.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo_models, "_MODELS", 60)
        patch.setattr(demo, "_BATCH", 500)
        demo.make(path, TODAY, 2600, 1)
    return path


def test_what_the_rules_say_of_a_repeated_story_is_what_is_stored(county: Path) -> None:
    with closing(registry.connect(county)) as db:
        assert stale(db, editions.read(db), range(1, 2601)) == []
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_repeated_story_happened_to_someone_of_their_own(county: Path) -> None:
    everyone = ask(county, "SELECT count(*), count(DISTINCT uid), count(DISTINCT id_number) FROM person")
    assert everyone == [(2600, 2600, 2600)]
    (first,) = ask(county, "SELECT min(visit_date) FROM visit")[0]
    assert date.fromisoformat(first) > TODAY - LONGEST
    travelling = ("person", "visit", "enrolment", "pause", "person_change", "referral_outcome", "place")
    uids = " UNION ALL ".join(f"SELECT uid FROM {table}" for table in travelling)
    assert ask(county, f"SELECT count(*) - count(DISTINCT uid) FROM ({uids})") == [(0,)]
    assert all(UUID(uid).version == 7 for (uid,) in ask(county, uids))
    elsewhere = """SELECT count(*) FROM person AS p JOIN agenda AS a ON a.person = p.id
                   WHERE (a.village, a.hamlet, a.household_no) IS NOT (p.village, p.hamlet, p.household_no)"""
    assert ask(county, elsewhere) == [(0,)]
    doctors = "SELECT count(*) FROM visit JOIN person ON person.id = visit.person WHERE visit_doctor <> responsible_doctor"
    assert ask(county, doctors) == [(0,)]
    answered = """SELECT count(*) FROM referral_outcome AS o LEFT JOIN visit AS v ON v.uid = o.answers
                  WHERE v.person IS NOT o.person OR v.visit_date >= o.outcome_on"""
    assert ask(county, answered) == [(0,)]
    readings = "SELECT count(*) AS n FROM visit_reading GROUP BY visit"
    assert ask(county, f"SELECT n, count(*) > 20 FROM ({readings}) GROUP BY n") == [(2, 1)]
    first, last = ask(county, "SELECT min(n), max(n) FROM (SELECT count(*) AS n FROM visit GROUP BY person)")[0]
    assert (first, last > 8) == (1, True)


def test_the_shares_hold_for_repeated_stories_too(county: Path) -> None:
    with closing(registry.connect(county)) as db:
        late = overdue.counts(db, TODAY, overdue.Asked()).total()
    (managed,) = ask(county, "SELECT count(DISTINCT person) FROM enrolment")[0]
    (closed,) = ask(county, "SELECT count(*) FROM person WHERE closed_on IS NOT NULL")[0]
    (paused,) = ask(county, "SELECT count(*) FROM agenda WHERE paused")[0]
    assert managed / 2600 == pytest.approx(0.85, abs=0.04)
    assert late / managed == pytest.approx(0.25, abs=0.05)
    assert (closed / managed, paused / managed) == (pytest.approx(0.01, abs=0.01), pytest.approx(0.015, abs=0.01))
    assert closed * paused > 0
    changed = "EXISTS (SELECT 1 FROM person_change AS c WHERE c.person = p.id AND c.field = 'closed_on')"
    assert ask(county, f"SELECT count(*) FROM person AS p WHERE closed_on IS NOT NULL AND NOT {changed}") == [(0,)]


def test_a_large_one_is_the_same_again(county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_models, "_MODELS", 60)
    monkeypatch.setattr(demo, "_BATCH", 500)
    demo.make(tmp_path / "again.db", TODAY, 2600, 1)
    assert dump(tmp_path / "again.db") == dump(county)


@pytest.mark.parametrize("people", [1, 2, 9, 360])
def test_any_number_of_people_can_be_had(tmp_path: Path, people: int) -> None:
    told: list[int] = []
    demo.make(tmp_path / "demo.db", TODAY, people, 1, told.append)
    assert ask(tmp_path / "demo.db", "SELECT count(*) FROM person") == [(people,)]
    assert sum(told) == people


def test_a_demo_takes_the_place_of_a_demo_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    demo.make(path, TODAY - timedelta(days=1), 5, 1)
    demo.make(path, TODAY, 7, 1)
    assert ask(path, "SELECT count(*) FROM person") == [(7,)]
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupted_demo_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "demo.db"
    demo.make(path, TODAY, 5, 1)
    before = path.read_bytes()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "fill", interrupt)
    with pytest.raises(KeyboardInterrupt):
        demo.make(path, TODAY, 9, 1)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_demo_another_program_has_open_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    demo.make(path, TODAY, 5, 1)
    with closing(registry.connect(path)) as db:
        db.execute("SELECT count(*) FROM person").fetchone()
        with pytest.raises(RegistryUnusable) as refused:
            demo.make(path, TODAY, 9, 1)
    assert refused.value.code == "registry.locked"
    assert ask(path, "SELECT count(*) FROM person") == [(5,)]


@pytest.mark.parametrize("content", [b"", b"my notes", b"SQLite format 3\x00 but not really"])
def test_a_file_that_is_no_registry_is_never_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.db"
    path.write_bytes(content)
    with pytest.raises(ValueRefused) as refused:
        demo.make(path, TODAY, 5, 1)
    assert (refused.value.code, path.read_bytes()) == ("demo.not_demo", content)
    assert list(tmp_path.iterdir()) == [path]


def test_a_real_registry_is_never_replaced(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--phone", "13812345512")
    before = chronic.path.read_bytes()
    run = chronic("demo", "--to", chronic.path, "--people", 5)
    assert run.code == 2
    assert "not a demo registry" in run.last
    assert chronic.path.read_bytes() == before


def test_the_command_shows_today_and_who_is_late_and_how_to_go_on(bare: Chronic) -> None:
    path = bare.folder / "my village.db"
    out = bare.ok("demo", "--people", 120, "--to", path).out
    assert out.startswith("下各村卫生室 (演示)    2026-11-21 Sat")
    late = out[out.rindex("Overdue  ") :].splitlines()
    assert len([line for line in late if " d  " in line]) == 15
    words = shlex.split(out.splitlines()[-1].partition(": ")[2])
    assert words == ["chronic", "--db", str(path), "--today", "2026-11-21", "today"]
    assert len(bare.rows(*words[1:-1], "overdue")) > 15
    assert not bare.path.exists()


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the data folder cannot be moved there")
def test_without_a_place_the_demo_goes_to_the_data_folder_again_and_again(bare: Chronic) -> None:
    for _ in range(2):
        bare.ok("demo", "--people", 3)
    assert (bare.folder / "data" / "chronic" / "demo.db").is_file()


@pytest.mark.parametrize("people", [0, 1_000_001])
def test_the_number_of_people_has_bounds(bare: Chronic, people: int) -> None:
    assert bare("demo", "--people", people).code == 2
    assert not bare.folder.joinpath("data").exists()


LISTS = (
    "overdue", "due", "plan", "calls", "person list", "person rescue", "person treated", "screen suspects", "screen at-risk",
    "test due", "checkup due", "refer list", "institution list", "institution clinics", "medicine refill", "order list",
    "order list --overdue", "benefit list --missing", "contract list", "contract list --due 60d", "contract list --none",
    "household list --staff 李卫平", "household needs", "task list", "opinion list", "educate list", "report workload",
    "person list --tag 独居", "household list --tag 监测户",
)  # fmt: skip


@pytest.mark.parametrize("command", LISTS)
def test_every_list_of_the_demo_shows_something(village: Path, command: str) -> None:
    clinic = Chronic(village.parent)
    assert clinic.rows(*command.split(), "--db", village), command
