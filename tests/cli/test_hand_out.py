"""A county hands lists out to villages; they travel there as bundles, come back done, and are accepted or given back."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from chronic.protocol import DEFAULT, load
from chronic.protocol.reporting import Reporting
from tests.runner import Chronic, Row
from tests.travels import with_its_key

DAYS = Reporting.of(load(DEFAULT)).handed_out.overdue.days
TODAY = "2026-11-21"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A village and a county that trust each other; of the village two are long overdue, one just, one not."""
    folder = tmp_path_factory.mktemp("both")
    sites = {name: Chronic(folder / name) for name in ("village", "county")}
    for name, site in sites.items():
        site.folder.mkdir()
        site.ok("init", "--name", name, "--level", name, "--doctor", f"{name}医生", "--yes")
        site.ok("bundle", "key", "new")
        site.ok("bundle", "key", "show", "--out", folder / f"{name}.txt")
    village, county = sites["village"], sites["county"]
    village.ok("bundle", "key", "trust", "county", folder / "county.txt", "--yes")
    county.ok("bundle", "key", "trust", "village", folder / "village.txt", "--yes")
    for name, day in (
        ("王秀兰", "2026-05-01"),
        ("李建国", "2026-06-01"),
        ("周玉珍", "2026-07-22"),
        ("陈志强", "2026-10-01"),
    ):
        person = village.person(name, "--htn-enrolled-on", "2026-01-10", "--township", "下各镇", "--village", "下各村",
                                "--responsible-doctor", "李医生")  # fmt: skip
        village.visit(person, day, "--bp", "128/78")
    deliver(village, county)
    return folder


@pytest.fixture
def both(made: Path, tmp_path: Path) -> tuple[Chronic, Chronic]:
    village, county = (with_its_key(made / name / "registry.db", tmp_path / name) for name in ("village", "county"))
    return village, county


def deliver(one: Chronic, other: Chronic, today: str = TODAY) -> None:
    out = one.folder / "out.bundle"
    one.ok("bundle", "make", "--to", other.folder.name, "--out", out, today=today)
    other.ok("bundle", "merge", out, "--yes", today=today)


def standing(county: Chronic, today: str = TODAY) -> Row:
    (row,) = county.rows("task", "list", "--by", "village", "--kind", "typed", today=today)
    return row


def state(site: Chronic, today: str = TODAY) -> str:
    (row,) = site.rows("task", "list", "--all", "--kind", "typed", today=today)
    return str(row["task_state"])


def test_the_story_of_a_list_from_the_county_to_the_village_and_back(both: tuple[Chronic, Chronic]) -> None:
    village, county = both
    (row,) = county.rows("task", "hand-out", "overdue", "--due", "2026-12-05", "--yes")
    assert (row["village"], row["people"], row["owner"]) == ("下各村", 2, "李医生")
    deliver(county, village)
    (task,) = village.rows("task", "list", "--kind", "typed")
    assert task["title"] == "overdue for a follow-up for more than 30 days: 2 people"
    shown = village.ok("task", "show", task["task"]).out
    assert "王秀兰" in shown
    assert "李建国" in shown
    assert "周玉珍" not in shown
    # on day 10 the village says it is done
    village.ok("task", "close", task["task"], "--evidence", "2人均已上门随访", today="2026-12-01")
    deliver(village, county, today="2026-12-01")
    assert standing(county, "2026-12-01") | {"tasks_done": 1, "tasks_open": 0} == standing(county, "2026-12-01")
    # on day 11 the county finds it is not, and gives it back
    county.ok("task", "return", row["task"], "--reason", "李建国仍未随访", "--due", "2026-12-10", today="2026-12-02")
    assert state(county, "2026-12-02") == "reopened"
    deliver(county, village, today="2026-12-02")
    (again,) = village.rows("task", "list", "--kind", "typed", today="2026-12-02")
    assert (again["task_state"], again["deadline"]) == ("reopened", "2026-12-10")
    # on day 20 it is late, and on day 21 done and accepted
    assert standing(county, "2026-12-11")["tasks_late"] == 1
    village.ok("task", "close", again["task"], "--evidence", "李建国已随访", today="2026-12-12")
    deliver(village, county, today="2026-12-12")
    county.ok("task", "accept", row["task"], "--note", "已电话核实", today="2026-12-12")
    assert state(county, "2026-12-12") == "accepted"
    deliver(county, village, today="2026-12-12")
    assert state(village, "2026-12-12") == "accepted"
    assert standing(county, "2026-12-12")["tasks_accepted"] == 1
    story = [(line["on"], line["task_event"]) for line in village.rows("task", "show", again["task"], today="2026-12-12")]
    assert story == [("2026-11-21", "found"), ("2026-12-01", "closed"), ("2026-12-02", "reopened"),
                     ("2026-12-12", "closed"), ("2026-12-12", "accepted")]  # fmt: skip


def test_the_village_does_not_sign_off_what_the_county_wants_done(both: tuple[Chronic, Chronic]) -> None:
    village, county = both
    (row,) = county.rows("task", "hand-out", "overdue", "--due", "2026-12-05", "--yes")
    deliver(county, village)
    (task,) = village.rows("task", "list", "--kind", "typed")
    village.ok("task", "close", task["task"], "--evidence", "已上门")
    before = village.dump()
    for args in (("accept", task["task"], "--note", "自己核实"), ("return", task["task"], "--reason", "再看看")):
        run = village("task", *args)
        assert (run.code, run.last) == (
            21, f"Task {task['task']} comes from another registry: what was done is accepted or given back there.",
        )  # fmt: skip
    assert village.dump() == before
    deliver(village, county)
    county.ok("task", "return", row["task"], "--reason", "李建国仍未随访")
    assert state(county) == "reopened"


def test_an_acceptance_that_the_village_wrote_with_an_earlier_version_counts_for_nothing(
    both: tuple[Chronic, Chronic],
) -> None:
    village, county = both
    (row,) = county.rows("task", "hand-out", "overdue", "--due", "2026-12-05", "--yes")
    deliver(county, village)
    (task,) = village.rows("task", "list", "--kind", "typed")
    village.ok("task", "close", task["task"], "--evidence", "已上门")
    with contextlib.closing(sqlite3.connect(village.path)) as db, db:
        db.execute(
            """INSERT INTO task_event (uid, task, turn, event, happened_on, by_rule, origin, recorded_at, recorded_by)
            SELECT uid || 'x', task, turn + 1, 'accepted', happened_on, 0, origin, recorded_at, recorded_by
            FROM task_event"""
        )
    deliver(village, county)
    assert state(county) == state(village) == "closed"
    assert standing(county)["tasks_accepted"] == 0
    county.ok("task", "return", row["task"], "--reason", "李建国仍未随访")
    assert state(county) == "reopened"


@pytest.mark.parametrize(("days", "people"), [(29, 3), (30, 2), (31, 2)])
def test_only_who_is_overdue_for_more_days_is_on_the_list(both: tuple[Chronic, Chronic], days: int, people: int) -> None:
    """The third was due on 22 October, 30 days ago."""
    _village, county = both
    (row,) = county.rows("task", "hand-out", "overdue", "--days", days, "--dry-run")
    assert row["people"] == people
    assert DAYS == 30


def test_who_is_on_an_open_list_is_not_handed_out_again_until_it_is_done(both: tuple[Chronic, Chronic]) -> None:
    _village, county = both
    (row,) = county.rows("task", "hand-out", "overdue", "--yes")
    assert county.rows("task", "hand-out", "overdue", "--yes") == []
    assert county.rows("task", "hand-out", "overdue", "--days", 29, "--dry-run")[0]["people"] == 1
    county.ok("task", "close", row["task"], "--evidence", "已随访")
    assert county.rows("task", "hand-out", "overdue", "--dry-run")[0]["people"] == 2


def test_of_another_village_nobody_is_on_a_list_already(both: tuple[Chronic, Chronic]) -> None:
    _village, county = both
    county.person("周玉珍", "--township", "横溪镇", "--village", "下孙村")
    county.ok("task", "hand-out", "overdue", "--yes")
    run = county.ok("task", "hand-out", "overdue", "--village", "下孙村", "--dry-run")
    assert "already" not in run.out + run.err
    assert "already" in county.ok("task", "hand-out", "overdue", "--dry-run").out


def test_people_perhaps_registered_twice_are_handed_out_where_they_live(both: tuple[Chronic, Chronic]) -> None:
    _village, county = both
    county.person("王秀兰", "--birth-date", "1956-03-01", "--sex", "F", "--township", "横溪镇", "--village", "上张村",
                  "--phone", "13812345512")  # fmt: skip
    county.ok("person", "edit", 1, "--birth-date", "1956-03-01", "--sex", "F", "--phone", "13812345512")
    rows = county.rows("task", "hand-out", "duplicates", "--yes")
    assert [(row["village"], row["people"]) for row in rows] == [("上张村", 1), ("下各村", 1)]
    assert "task" in county.ok("person", "show", 1).out.lower()


def test_a_dry_run_writes_nothing_and_undo_takes_a_hand_out_back(both: tuple[Chronic, Chronic]) -> None:
    _village, county = both
    before = county.sql("SELECT count(*) FROM task")
    assert "Nothing was handed out." in county.ok("task", "hand-out", "overdue", "--dry-run").out
    assert county.sql("SELECT count(*) FROM task") == before
    county.ok("task", "hand-out", "overdue", "--yes")
    county.ok("undo", "--yes")
    assert county.sql("SELECT count(*) FROM task") == before
    assert county.sql("SELECT count(*) FROM task_about") == [(0,)]


def test_at_a_terminal_it_asks_first(both: tuple[Chronic, Chronic]) -> None:
    _village, county = both
    run = county("task", "hand-out", "overdue", stdin="n\n")
    assert run.code == 1
    assert county.sql("SELECT count(*) FROM task") == [(0,)]


@pytest.mark.parametrize(
    ("before", "args", "code", "said"),
    [
        ([], ["task", "accept", 1], 21, "Task 1 is not closed: nobody has said yet what was done."),
        ([], ["task", "return", 1, "--reason", "x"], 21, "Task 1 is not closed: nobody has said yet what was done."),
        (["task close 1 --evidence 已办", "task accept 1"], ["task", "return", 1, "--reason", "x"], 21,
         "Task 1 was accepted already; chronic task show 1 says when."),
        (["task close 1 --evidence 已办"], ["task", "return", 1, "--reason", " "], 2,
         "Say what is still missing: --reason TEXT."),
        (["task close 1 --evidence 已办"], ["task", "return", 1, "--reason", "x", "--due", "2026-11-20"], 2,
         "2026-11-20 is over; a task is due today or later."),
        ([], ["task", "accept", 99], 2, "There is no task 99; chronic task list --all shows their numbers."),
        ([], ["task", "hand-out", "quality", "--days", 3], 2, "--days belongs to overdue."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_in_one_sentence(
    both: tuple[Chronic, Chronic], before: list[str], args: list[object], code: int, said: str
) -> None:
    _village, county = both
    county.ok("task", "add", "血压计没电")
    for line in before:
        county.ok(*line.split())
    dump = county.dump()
    run = county(*args)
    assert (run.code, run.last) == (code, said)
    assert county.dump() == dump


def test_what_happened_last_is_the_same_everywhere_whatever_the_clocks_say(both: tuple[Chronic, Chronic]) -> None:
    """The county's clock is decades slow: what it gives back was closed before that, as it knows."""
    village, county = both
    (row,) = county.rows("task", "hand-out", "overdue", "--yes")
    deliver(county, village)
    (task,) = village.rows("task", "list", "--kind", "typed")
    village.ok("task", "close", task["task"], "--evidence", "已随访")
    deliver(village, county)
    county.ok("task", "return", row["task"], "--reason", "仍未随访")
    with contextlib.closing(sqlite3.connect(county.path)) as db, db:  # as a clock of 1970 would have named it
        db.execute("UPDATE task_event SET uid = '00000000' || substr(uid, 9) WHERE event = 'reopened'")
    deliver(county, village)
    assert (state(village), state(county)) == ("reopened", "reopened")
    turns = county.sql("SELECT event, turn FROM task_event ORDER BY turn")
    assert turns == village.sql("SELECT event, turn FROM task_event ORDER BY turn") == [("closed", 1), ("reopened", 2)]
