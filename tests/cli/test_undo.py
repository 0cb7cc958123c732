"""`undo` at the keyboard: it shows what, whose and when, asks, and says what is planned afterwards."""

import re

import pytest

from chronic.store import journal
from tests.runner import Chronic
from tests.sheets import taken


@pytest.fixture
def managed(chronic: Chronic) -> Chronic:
    chronic.person("王秀兰", "--id-number", "11010519491231002X", "--village", "下各村", "--phone", "13812345512",
                   "--htn-enrolled-on", "2026-06-01")  # fmt: skip
    chronic.visit(1, "2026-11-01", "--bp", "152/94", "--fpg", "7.6")
    return chronic


SHOWN: list[tuple[list[str], str, list[str]]] = [
    (["visit", "add", "1", "--bp", "138/84", "--fpg", "HI"], "visit recorded",
     ["  2026-11-21  clinic  138/84  fasting HI"]),
    (["visit", "add", "1", "--way", "phone", "--danger", "no"], "visit recorded", ["  2026-11-21  phone"]),
    (["visit", "fix", "1", "--sbp", "148"], "visit corrected",
     ["  2026-11-01  clinic  148/94  fasting 7.6", "  in place of: 2026-11-01  clinic  152/94  fasting 7.6"]),
    (["visit", "void", "1", "--reason", "记错人", "--yes"], "visit withdrawn",
     ["  2026-11-01  clinic  152/94  fasting 7.6", "  reason: 记错人"]),
    (["person", "edit", "1", "--phone", "13900000000", "--tags", "低保"], "person changed",
     ["  Phone: 138****5512 -> 139****0000", "  Tags: - -> 低保"]),
    (["person", "close", "1", "--reason", "moved", "--on", "2026-11-18", "--yes"], "person closed",
     ["  Closed on: - -> 2026-11-18", "  Closing reason: - -> moved"]),
    (["enrol", "1", "dm", "--on", "2026-11-02"], "programme begun", ["  Managed for type 2 diabetes from 2026-11-02."]),
    (["programme", "end", "1", "htn", "--reason", "refused", "--yes"], "programme ended",
     ["  Ended on: - -> 2026-11-21", "  End reason: - -> refused"]),
    (["pause", "1", "--on", "2026-11-10"], "pause begun", ["  Paused from 2026-11-10."]),
]  # fmt: skip


@pytest.mark.parametrize(("command", "kind", "lines"), SHOWN, ids=[kind for _, kind, _ in SHOWN])
def test_it_shows_what_whose_and_when_before_it_asks(
    managed: Chronic, command: list[str], kind: str, lines: list[str]
) -> None:
    managed.ok(*command)
    run = managed.ok("undo", "--yes")
    head, who, *rest = run.err.splitlines()
    assert re.fullmatch(rf"{kind}  \d{{4}}-\d\d-\d\d \d\d:\d\d  李医生", head)
    assert who.startswith("王秀兰  female  76 years  下各村")
    assert rest == lines
    assert run.out.startswith(f"Taken back: {kind}.\n")


def test_afterwards_it_says_what_is_planned(managed: Chronic) -> None:
    managed.visit(1, "2026-11-20", "--bp", "128/78")
    assert "Next follow-up by 2026-11-15" in managed.ok("undo", "--yes").out


def test_a_referral_outcome_and_a_screening_are_shown(managed: Chronic) -> None:
    managed.visit(1, "2026-11-10", "--bp", "186/98")
    managed.ok("refer", "reply", 1, "--outcome", "seen", "--on", "2026-11-12")
    assert "  2026-11-12  seen there\n" in managed.ok("undo", "--yes").err
    managed.person("李建国")
    managed.ok("screen", "add", 2, "--bp", "148/92")
    assert "screening recorded" in managed.ok("undo", "--yes").err


def test_a_sheet_is_shown_by_its_name_and_its_counts(managed: Chronic) -> None:
    taken(managed, [{"person_ref": str(n), "name": f"张{n}", "programmes": "htn"} for n in range(12)])
    run = managed.ok("undo", "--yes")
    assert "  sheet.csv   new 12   12 people\n" in run.err
    assert run.out == "Taken back: sheet imported.\n"


def test_without_a_terminal_it_needs_yes(managed: Chronic) -> None:
    before = managed.dump()
    run = managed("undo")
    assert run.code == 2
    assert "--yes" in run.last
    assert "152/94" in run.err
    assert managed.dump() == before


@pytest.mark.parametrize(("answer", "code", "visits"), [("y\n", 0, 0), ("n\n", 1, 1), ("\n", 1, 1)])
def test_on_a_terminal_it_asks_and_no_is_the_answer_to_nothing(
    managed: Chronic, answer: str, code: int, visits: int
) -> None:
    run = managed("undo", stdin=answer)
    assert run.code == code
    assert "Take this back?" in run.err
    assert len(managed.rows("visit", "list", 1)) == visits


def test_nothing_to_take_back_is_said_in_one_sentence(chronic: Chronic) -> None:
    run = chronic("undo", "--yes")
    assert (run.code, run.out, len(run.err.splitlines())) == (21, "", 1)
    assert "李医生" in run.last
    assert "李医生 没有可以撤销的记录" in chronic("undo", "--yes", lang="zh").last


def test_reading_is_nothing_to_take_back(managed: Chronic) -> None:
    for command in (["today"], ["overdue"], ["person", "show", "1", "--full"], ["why", "1"]):
        managed.ok(*command)
    assert "visit recorded" in managed.ok("undo", "--yes").out


def test_a_demo_has_nothing_to_take_back(bare: Chronic) -> None:
    demo = bare.folder / "demo.db"
    bare.ok("demo", "--people", 20, "--to", demo)
    assert bare("--db", demo, "undo", "--yes").code == 21


def test_the_other_users_newer_work_is_named_with_its_time(managed: Chronic) -> None:
    assert managed("visit", "add", 1, "--bp", "128/78", CHRONIC_USER="王护士").code == 0
    run = managed("undo", "--yes")
    assert (run.code, run.out) == (21, "")
    said = r"王秀兰: 王护士 recorded something newer \(visit recorded, \d{4}-\d\d-\d\d \d\d:\d\d\); .*"
    assert re.fullmatch(said, run.err.strip())
    assert "记录随访" in managed("undo", "--yes", lang="zh").last


def test_everything_is_said_in_chinese(managed: Chronic) -> None:
    for command, _, _ in SHOWN:
        managed.ok(*command)
        run = managed.ok("undo", "--yes", lang="zh")
        said = re.sub(r"chronic [a-z]+( [a-z]+)?|HI", "", run.out + run.err)
        assert re.findall("[A-Za-z]{2,}", said) == [], said


def test_the_help_says_that_there_is_no_redo(bare: Chronic) -> None:
    assert "no redo" in " ".join(bare.ok("undo", "--help").out.split())
    assert "撤销后不能恢复" in "".join(bare.ok("undo", "--help", lang="zh").out.split())


def test_every_table_with_facts_is_known_to_the_journal(chronic: Chronic) -> None:
    """A new table whose rows a command adds must be taken back with it, or be named here with its reason."""
    counted = chronic.sql("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'")
    not_undone = {"deed", "audit", "audit_told"}  # the journal itself, and what was done here
    not_undone |= {
        "aside",
        "person_alias",
        "tombstone",
        "bundle_sent",
        "bundle_taken",
        "bundle_given",
    }  # what bundles bring stays
    assert {name for (name,) in counted} - not_undone == {*journal.TABLES, *journal.SHARED, *journal.BESIDE}


def test_a_command_that_was_refused_is_nothing_to_take_back(managed: Chronic) -> None:
    before = managed.dump()
    assert managed("visit", "fix", 1, "--sbp", "20").code == 2
    assert managed.dump() == before
    assert "visit recorded" in managed.ok("undo", "--yes").out
