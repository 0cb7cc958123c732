"""`undo` of whole sheets, and between people who write in the same registry."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.care.undoing import facts, lists, make_village, plain, stale
from tests.runner import Chronic
from tests.sheets import sheet, taken


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    return make_village(chronic)


# sheets -------------------------------------------------------------------------------------------

PEOPLE = [
    {"name": "王秀兰", "id_number": "11010519491231002X", "phone": "13900000000", "person_ref": "77", "htn_ended_on":
     "2026-11-10", "htn_end_reason": "refused", "tags": "贫困"},
    {"name": "周玉珍", "person_ref": "78", "village": "上各村", "township": "上镇", "hamlet": "1组", "programmes": "htn"},
    {"name": "赵大明", "person_ref": "79", "village": "上各村", "township": "上镇", "programmes": "htn;dm", "tags": "低保"},
    {"name": "赵大明", "person_ref": "79", "phone": "13711111111"},
]  # fmt: skip
VISITS = [
    {"id_number": "11010519491231002X", "visit_date": "2026-11-01", "weight_kg": "62"},
    {"id_number": "11010519491231002X", "visit_date": "2026-11-01", "fpg": "6.9"},
    {"id_number": "11010519491231002X", "visit_date": "2026-11-15", "sbp": "138", "dbp": "84"},
    {"id_number": "11010519491231002X", "visit_date": "2025-11-15", "sbp": "150", "dbp": "84"},
]  # fmt: skip


@pytest.mark.parametrize("rows", [PEOPLE, VISITS], ids=["people", "visits"])
def test_a_sheet_is_taken_back_as_a_whole_and_may_come_again(village: Chronic, rows: list[dict[str, str]]) -> None:
    before, listed = facts(village), lists(village)
    first = taken(village, rows)
    imported = plain(village)
    for _ in range(2):
        village.ok("undo", "--yes")
        assert facts(village) == before
        assert lists(village) == listed
        assert stale(village) == []
        assert taken(village, rows).counts == first.counts
        assert plain(village) == imported
        again = taken(village, rows)
        assert again.counts.keys() == {"unchanged"}
        assert plain(village) == imported


def test_a_row_of_known_uid_that_filled_a_visit_is_taken_back_and_may_come_again(village: Chronic) -> None:
    ((uid, person),) = village.sql("SELECT v.uid, p.uid FROM visit AS v JOIN person AS p ON p.id = v.person WHERE v.id = 2")
    rows = [{"uid": uid, "person_uid": person, "visit_date": "2026-11-01", "fpg": "6.9"}]
    before = facts(village)
    for _ in range(3):
        assert taken(village, rows).counts == {"filled": 1}
        village.ok("undo", "--yes")
        assert facts(village) == before


def test_people_and_their_visits_go_one_sheet_after_the_other(chronic: Chronic) -> None:
    empty = facts(chronic)
    people = [{"person_ref": str(n), "name": f"张{n}", "village": f"村{n % 3}", "programmes": "htn"} for n in range(30)]
    visits = [{"person_ref": str(n), "visit_date": f"2026-0{1 + n % 9}-15", "sbp": "150", "dbp": "90"} for n in range(30)]
    taken(chronic, people)
    registered = facts(chronic)
    taken(chronic, visits)
    chronic.ok("undo", "--yes")
    assert facts(chronic) == registered
    chronic.ok("undo", "--yes")
    assert facts(chronic) == empty
    assert chronic.sql("SELECT count(*) FROM visit") == [(0,)]
    taken(chronic, people)
    assert taken(chronic, visits).counts == {"new": 30}
    assert len(chronic.rows("overdue")) == 30


def test_a_sheet_that_changed_nothing_is_nothing_to_take_back(village: Chronic) -> None:
    taken(village, VISITS)
    taken(village, VISITS)
    run = village.ok("undo", "--yes")
    assert "sheet imported" in run.out
    assert len(village.rows("visit", "list", 1)) == 2


def test_a_dry_run_leaves_nothing_to_take_back(village: Chronic) -> None:
    before = village.dump()
    village.ok("import", sheet(village.folder, VISITS), "--dry-run")
    assert village.dump() == before


def test_a_withdrawn_row_stays_withdrawn_when_its_sheet_comes_again(village: Chronic) -> None:
    """A void says: this is wrong; undo only says: not now."""
    taken(village, VISITS[2:3])
    village.ok("visit", "void", village.visit_number(1, "2026-11-15"), "--reason", "记错人", "--yes")
    assert taken(village, VISITS[2:3]).counts == {"unchanged": 1}
    village.ok("undo", "--yes")
    assert taken(village, VISITS[2:3]).counts == {"unchanged": 1}
    assert village.rows("visit", "list", 1)[0]["visit_date"] == "2026-11-15"


# other people's work ------------------------------------------------------------------------------


def by(chronic: Chronic, user: str, *args: object) -> None:
    run = chronic(*args, CHRONIC_USER=user)
    assert run.code == 0, run


def test_everyone_takes_back_their_own_last_thing(village: Chronic) -> None:
    before = facts(village)
    village.ok("visit", "add", 1, "--bp", "138/84")
    by(village, "王护士", "screen", "add", 2, "--bp", "150/96", "--on", "2026-11-10")
    village.ok("undo", "--yes")
    assert len(village.rows("visit", "list", 2)) == 2
    by(village, "王护士", "undo", "--yes")
    assert facts(village) == before
    assert village("undo", "--yes", CHRONIC_USER="王护士").code == 21


NEWER: list[tuple[list[str], Callable[[Path], list[str]]]] = [
    (["person", "edit", "1", "--phone", "13900000000"], lambda _: ["person", "edit", "1", "--name", "王秀岚"]),
    (["visit", "add", "1", "--bp", "138/84"], lambda _: ["person", "close", "1", "--reason", "moved", "--yes"]),
    (["person", "add", "周玉珍", "--programmes", "htn"], lambda _: ["visit", "add", "4", "--bp", "138/84"]),
    (["visit", "void", "2", "--reason", "x", "--yes"], lambda _: ["visit", "add", "1", "--fpg", "6", "--on", "2026-11-01"]),
    (["visit", "add", "1", "--bp", "138/84"], lambda folder: ["import", str(sheet(folder, VISITS[:1]))]),
]  # fmt: skip


@pytest.mark.parametrize(("mine", "theirs"), NEWER, ids=["fields", "closing", "new person", "day taken", "sheet"])
def test_undo_does_not_reach_across_another_users_newer_work(
    village: Chronic, mine: list[str], theirs: Callable[[Path], list[str]]
) -> None:
    village.ok(*mine)
    by(village, "王护士", *theirs(village.folder))
    before = village.dump()
    run = village("undo", "--yes")
    assert run.code == 21
    assert "王护士" in run.last
    assert village.dump() == before
    by(village, "王护士", "undo", "--yes")
    village.ok("undo", "--yes")
    assert stale(village) == []


def test_a_sheet_is_not_taken_back_from_under_another_users_work(village: Chronic) -> None:
    taken(village, PEOPLE)
    by(village, "王护士", "visit", "add", 5, "--bp", "138/84")
    run = village("undo", "--yes")
    assert run.code == 21
    assert "赵大明" in run.last
    assert "王护士" in run.last
    assert "visit recorded" in run.last


def test_another_users_newer_work_on_other_people_is_no_obstacle(village: Chronic) -> None:
    village.ok("visit", "add", 1, "--bp", "138/84")
    by(village, "王护士", "screen", "add", 2, "--bp", "150/96", "--on", "2026-11-10")
    village.ok("undo", "--yes")
    assert len(village.rows("visit", "list", 1)) == 2


def test_a_village_someone_else_lives_in_by_now_stays(village: Chronic) -> None:
    village.ok("person", "add", "周玉珍", "--village", "上各村", "--hamlet", "1组")
    by(village, "王护士", "person", "add", "赵大明", "--village", "上各村")
    village.ok("undo", "--yes")
    assert village.sql("SELECT name FROM place WHERE name IN ('上各村', '1组')") == [("上各村",)]


def test_a_beginning_that_was_assumed_is_assumed_again(chronic: Chronic) -> None:
    taken(chronic, [{"person_ref": "1", "name": "王秀兰", "programmes": "htn"}])
    chronic.visit(1, "2026-03-01", "--bp", "128/78")
    before = facts(chronic)
    taken(chronic, [{"person_ref": "1", "name": "王秀兰", "htn_enrolled_on": "2026-11-21"}])
    assert chronic.sql("SELECT assumed FROM enrolment") == [(0,)]
    chronic.ok("undo", "--yes")
    assert facts(chronic) == before
    assert "推定" in chronic.ok("person", "timeline", 1, lang="zh").out
