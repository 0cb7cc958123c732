"""`undo` takes back the last thing a user recorded: afterwards everything is as if it had never been."""

import shutil
from pathlib import Path

import pytest

from tests.care.undoing import facts, lists, make_village, plain, stale
from tests.runner import Chronic


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    return make_village(chronic)


COMMANDS: dict[str, list[str]] = {
    "a visit": ["visit", "add", "1", "--bp", "138/84", "--fpg", "6.8", "--danger", "no"],
    "a visit of several readings": ["visit", "add", "1", "--bp", "138/84", "--bp", "142/88", "--danger", "no"],
    "what was filled into the day's visit": ["visit", "add", "1", "--on", "2026-11-01", "--fpg", "6.8", "--weight-kg", "62"],
    "a visit typed in late": ["visit", "add", "1", "--on", "2025-12-01", "--bp", "190/100"],
    "a phone call": ["visit", "add", "1", "--way", "phone", "--danger", "no"],
    "a correction": ["visit", "fix", "1", "--bp", "128/78"],
    "a correction to another day": ["visit", "fix", "2", "--bp", "138/84", "--on", "2026-10-20"],
    "a withdrawal": ["visit", "void", "2", "--reason", "记错人", "--yes"],
    "the withdrawal of a screening": ["visit", "void", "3", "--reason", "记错人", "--yes"],
    "a screening": ["screen", "add", "2", "--bp", "150/96", "--on", "2026-11-10"],
    "a person": ["person", "add", "周玉珍", "--village", "上各村", "--hamlet", "1组", "--programmes", "htn", "--tags", "x"],
    "a change": ["person", "edit", "1", "--name", "王秀岚", "--phone", "13900000000", "--tags", "贫困"],
    "a removal to a new village": ["person", "edit", "1", "--village", "新村", "--township", "新镇", "--hamlet", "9组"],
    "another ID number": ["person", "edit", "1", "--id-number", "110105196001010017"],
    "a cleared field": ["person", "edit", "1", "--clear", "phone", "--clear", "hamlet", "--clear", "tags"],
    "a closing": ["person", "close", "1", "--reason", "died", "--on", "2026-11-20", "--yes"],
    "a reopening": ["person", "reopen", "3"],
    "an enrolment": ["enrol", "2", "htn", "--on", "2026-11-02", "--diagnosed-on", "2026-10-01"],
    "the end of a programme": ["programme", "end", "1", "htn", "--reason", "refused", "--on", "2026-11-20", "--yes"],
    "the end of a programme that began on an assumed day":
        ["programme", "end", "1", "dm", "--reason", "withdrawn", "--on", "2026-08-01", "--yes"],
    "a pause": ["pause", "1", "--on", "2026-11-10", "--reason", "外出打工"],
    "a check-up": ["checkup", "add", "1", "--bp-left", "138/84", "--set", "hearing=hears"],
    "a check-up that finds something": ["checkup", "add", "2", "--bp-left", "148/94", "--fpg", "7.4", "--ecg", "abnormal"],
    "a dangerous check-up": ["checkup", "add", "1", "--bp-left", "190/100"],
    "what was filled into the day's check-up": ["checkup", "add", "1", "--on", "2026-06-01", "--set", "hearing=hears"],
    "a correction of a check-up": ["checkup", "fix", "1", "--bp-left", "192/100", "--clear", "ecg"],
    "a check-up moved to another day": ["checkup", "fix", "1", "--on", "2026-06-02"],
    "a withdrawn check-up": ["checkup", "void", "1", "--reason", "记错人", "--yes"],
    "a settled result": ["checkup", "resolve", "1", "ecg", "--note", "县医院复查正常"],
    "a test result": ["test", "add", "1", "--test", "ecg", "--result", "abnormal", "--at", "县医院", "--on", "2026-11-10"],
    "a task": ["task", "add", "血压计未校准", "--village", "下各村"],
    "a task about someone": ["task", "add", "随访表未签字", "--person", "2", "--due", "2026-12-01"],
    "a closed task": ["task", "close", "1", "--evidence", "已补签"],
    "a task handed on": ["task", "assign", "1", "--owner", "王医生", "--due", "2026-12-24"],
    "a note on a task": ["task", "note", "1", "已电话联系"],
    "a check of the registry": ["task", "check"],
    "a lecture": ["educate", "add", "--topic", "diet", "--form", "lecture", "--place", "village", "--people", "35"],
    "someone told": ["educate", "add", "--topic", "diet", "--form", "personal", "--person", "2"],
    "withdrawn education": ["educate", "void", "1", "--reason", "记错", "--yes"],
    "a referral slip": ["refer", "out", "1", "--to", "县人民医院"],
    "a slip by hand": ["refer", "out", "2", "--criterion", "htn_chest_tightness", "--to", "1"],
    "a slip that waits": ["refer", "out", "2", "--reason", "复查", "--to", "1", "--wait"],
    "a return slip": ["refer", "back", "1", "--diagnosis", "高血压3级", "--on", "2026-11-10"],
    "an institution": ["institution", "add", "镇卫生院", "--level", "township"],
    "a changed institution": ["institution", "edit", "1", "--phone", "120"],
    "a clinic day called off": ["institution", "clinic", "1", "--day", "2026-11-26", "--dept", "心内科", "--off"],
    "a transfer": ["transfer", "out", "1", "--to", "新镇/新村"],
    "a move out of reach": ["transfer", "out", "1", "--to-outside", "浙江省", "--yes"],
    "the outcome of a referral": ["refer", "reply", "1", "--outcome", "returned", "--on", "2026-11-10"],
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())
def test_after_undo_it_never_happened(village: Chronic, command: list[str]) -> None:
    before, listed = facts(village), lists(village)
    village.ok(*command)
    assert facts(village) != before
    village.ok("undo", "--yes")
    assert facts(village) == before
    assert lists(village) == listed
    assert stale(village) == []


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())
def test_after_undo_the_same_can_be_done_again(village: Chronic, command: list[str]) -> None:
    village.ok(*command)
    listed = plain(village)
    village.ok("undo", "--yes")
    village.ok(*command)
    assert plain(village) == listed
    village.ok("undo", "--yes")
    assert stale(village) == []


def test_the_end_of_a_pause_is_taken_back(village: Chronic) -> None:
    village.ok("pause", 1, "--on", "2026-11-10")
    before = facts(village)
    village.ok("pause", 1, "--end")
    assert facts(village) != before
    village.ok("undo", "--yes")
    assert facts(village) == before


def test_an_enrolment_that_ended_a_pause_gives_the_pause_back(village: Chronic) -> None:
    village.ok("pause", 1, "--on", "2026-11-10")
    before = facts(village)
    village.ok("enrol", 1, "lipid")
    assert village.ids("overdue", "--paused") == []
    village.ok("undo", "--yes")
    assert facts(village) == before
    assert village.ids("overdue", "--paused") == [1]


def test_step_by_step_everything_goes_back_to_the_beginning(chronic: Chronic) -> None:
    empty = facts(chronic)
    steps = [
        ["person", "add", "王秀兰", "--village", "下各村", "--programmes", "htn"],
        ["visit", "add", "1", "--bp", "186/98", "--on", "2026-11-01"],
        ["visit", "fix", "1", "--bp", "176/98"],
        ["visit", "void", "2", "--reason", "记错人", "--yes"],
        ["visit", "add", "1", "--bp", "152/94", "--on", "2026-11-01"],
        ["visit", "add", "1", "--bp", "156/94", "--on", "2026-11-15"],
        ["refer", "reply", "1", "--outcome", "seen"],
        ["person", "edit", "1", "--phone", "13812345512"],
        ["pause", "1", "--on", "2026-11-16"],
        ["programme", "end", "1", "htn", "--reason", "refused", "--yes"],
        ["person", "close", "1", "--reason", "moved", "--yes"],
        ["person", "reopen", "1"],
    ]
    seen = []
    for step in steps:
        seen.append(facts(chronic))
        chronic.ok(*step)
    for before in reversed(seen):
        chronic.ok("undo", "--yes")
        assert facts(chronic) == before
        assert stale(chronic) == []
    assert facts(chronic) == empty
    assert chronic("undo", "--yes").code == 21


def test_there_is_no_redo(village: Chronic) -> None:
    village.ok("visit", "add", 1, "--bp", "138/84")
    village.ok("visit", "void", 4, "--reason", "x", "--yes")
    village.ok("undo", "--yes")
    assert village.sql("SELECT ended_by FROM visit WHERE id = 4") == [(None,)]
    village.ok("undo", "--yes")
    assert village.sql("SELECT reason FROM visit_void WHERE visit = 4") == [("chronic.undo",)]


def test_a_visit_taken_back_is_kept_as_a_withdrawn_one(village: Chronic) -> None:
    village.visit(1, "2026-11-20", "--bp", "138/84")
    village.ok("undo", "--yes")
    (last, *_) = village.rows("visit", "list", 1, "--all")
    assert (last["visit_date"], last["bp"], last["state"]) == ("2026-11-20", "138/84", "withdrawn")


def test_changes_are_kept_both_ways(village: Chronic) -> None:
    village.ok("person", "edit", 1, "--phone", "13900000000")
    village.ok("undo", "--yes")
    changes = village.sql("SELECT old, new FROM person_change WHERE field = 'phone' ORDER BY id")
    assert changes == [("13812345512", "13900000000"), ("13900000000", "13812345512")]


def test_the_journal_remembers_what_was_taken_away(village: Chronic) -> None:
    village.ok("enrol", 2, "htn")
    ((uid,),) = village.sql("SELECT uid FROM enrolment WHERE person = 2")
    village.ok("undo", "--yes")
    ((kind, person, by, undone_by, removed),) = village.sql(
        "SELECT kind, person, recorded_by, undone_by, removed FROM deed WHERE undone_at IS NOT NULL"
    )
    assert (kind, person, by, undone_by, removed) == ("programme.begin", 2, "李医生", "李医生", f'["{uid}"]')


def test_a_number_that_went_to_someone_else_is_not_taken_back(village: Chronic) -> None:
    village.ok("person", "edit", 1, "--id-number", "110105196001010017", today="2026-11-21")
    assert village("person", "add", "新人", "--id-number", "11010519491231002X", CHRONIC_USER="王护士").code == 0
    before = village.dump()
    run = village("undo", "--yes")
    assert run.code == 21
    assert "新人" in run.last
    assert village.dump() == before


def test_what_changes_nothing_is_nothing_to_take_back(village: Chronic) -> None:
    village.visit(1, "2026-11-20", "--bp", "138/84")
    village.ok("visit", "add", 1, "--on", "2026-11-20", "--bp", "138/84")
    village.ok("person", "edit", 1, "--phone", "13812345512")
    village.ok("undo", "--yes")
    assert [row["visit_date"] for row in village.rows("visit", "list", 1)] == ["2026-11-01", "2026-09-01"]


def test_a_copy_of_the_registry_without_the_deed_is_the_same_registry(village: Chronic, tmp_path: Path) -> None:
    """Not only equal tables: what is done next has the same effect."""
    other = Chronic(tmp_path / "other")
    other.folder.mkdir()
    shutil.copy(village.path, other.path)
    village.ok("visit", "fix", 2, "--bp", "128/78")
    village.ok("undo", "--yes")
    for chronic in (village, other):
        chronic.ok("refer", "reply", 1, "--outcome", "seen", "--on", "2026-11-01")
        chronic.visit(1, "2026-11-20", "--bp", "152/94")
    assert plain(village) == plain(other)
