"""`nightly`: the lists of a day in one folder, and the line the run leaves."""

import os
import re

import pytest

from tests.cli.nights import FILES, ID, PHONE, folder, posix, rows_of, settled, table
from tests.runner import TODAY, Chronic


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    return settled(chronic)


# the lists -----------------------------------------------------------------------------------------


def test_the_lists_of_a_day_lie_in_one_folder(village: Chronic) -> None:
    run = village.ok("nightly")
    assert {path.name for path in folder(village).iterdir()} == FILES
    assert str(folder(village)) in run.out
    assert run.err == ""


def test_the_overdue_list_is_the_one_of_the_screen(village: Chronic) -> None:
    village.ok("nightly")
    assert rows_of(village, "overdue.json") == village.rows("overdue")
    assert (folder(village) / "overdue.csv").read_bytes().startswith(b"\xef\xbb\xbfperson_id,")
    printed = village.ok("overdue", "--format", "csv").out
    assert (folder(village) / "overdue.csv").read_text("utf-8-sig").splitlines() == printed.splitlines()


def test_the_call_list_begins_with_danger_then_referrals_then_the_late_then_those_due_in_a_week(village: Chronic) -> None:
    village.ok("nightly")
    listed = [(row["section"], row["person_id"]) for row in rows_of(village, "calls.json")]
    assert listed == [("danger", 2), ("referral", 3), ("overdue", 1), ("overdue", 5), ("due", 4)]
    assert [(row["section"], int(row["person_id"])) for row in table(village, "calls.csv")] == listed


def test_a_call_row_counts_the_days_late_or_left(village: Chronic) -> None:
    village.ok("nightly")
    days = {row["person_id"]: (row["days_overdue"], row["days_left"]) for row in rows_of(village, "calls.json")}
    assert days == {1: (37, None), 2: (None, 12), 3: (None, 4), 4: (None, 2), 5: (6, None)}


def test_open_danger_and_referrals_are_called_though_nobody_could_reach_them(village: Chronic) -> None:
    for person in (1, 2, 3):
        village.ok("pause", person)
    village.ok("nightly")
    calls = rows_of(village, "calls.json")
    assert [row["person_id"] for row in calls] == [2, 3, 5, 4]
    assert [row["paused_on"] for row in calls] == [TODAY, TODAY, None, None]


def test_among_the_urgent_the_longest_unsettled_comes_first(village: Chronic) -> None:
    village.visit(6, "2026-11-21", "--bp", "190/100", "--danger", "no")
    village.visit(5, "2026-10-20", "--bp", "184/100", "--danger", "no")
    village.ok("nightly")
    assert [row["person_id"] for row in rows_of(village, "calls.json") if row["section"] == "danger"] == [5, 2, 6]


def test_a_suspect_to_measure_again_is_called_too(village: Chronic) -> None:
    village.person("孙丽华", "--village", "下各村")
    village.ok("screen", "add", 7, "--bp", "150/95", "--on", "2026-11-01")
    village.ok("nightly")
    (row,) = [row for row in rows_of(village, "calls.json") if row["person_id"] == 7]
    assert row["reasons"] == ["recheck_due"]
    assert 7 not in [row["person_id"] for row in rows_of(village, "overdue.json")]


def test_phones_are_masked_unless_full_is_asked_for_and_then_only_the_calls_show_them(village: Chronic) -> None:
    village.ok("nightly")
    for name in FILES:
        text = (folder(village) / name).read_text("utf-8")
        assert PHONE not in text
        assert ID not in text
    assert village.sql("SELECT * FROM audit WHERE action = 'full'") == []
    village.ok("nightly", "--full")
    shown = {name for name in FILES if PHONE in (folder(village) / name).read_text("utf-8")}
    assert shown == {"calls.csv", "calls.json", "nightly.html"}
    assert not any(ID in (folder(village) / name).read_text("utf-8") for name in FILES)
    assert village.sql("SELECT about, recorded_by FROM audit WHERE action = 'full'") == [("chronic nightly", "李医生")]


def test_files_keep_their_shape_whatever_language_the_screen_speaks(village: Chronic) -> None:
    village.ok("nightly", lang="en")
    english = {name: (folder(village) / name).read_bytes() for name in FILES if name.startswith(("overdue", "calls"))}
    heads = {name: (folder(village) / name).read_bytes().split(b"\r\n")[0] for name in FILES if name.endswith(".csv")}
    line = re.sub(r"frozen=\S+ audit=\S+ seconds=\S+", "", (folder(village).parent / "nightly.log").read_text())[16:]
    village.ok("nightly", lang="zh")
    assert {name: (folder(village) / name).read_bytes() for name in english} == english
    assert {name: (folder(village) / name).read_bytes().split(b"\r\n")[0] for name in heads} == heads
    assert re.sub(r"audit=\S+ seconds=\S+", "", (folder(village).parent / "nightly.log").read_text().splitlines()[1])[
        16:
    ] == line.strip("\n")


# the folder ----------------------------------------------------------------------------------------


def test_running_again_the_same_day_replaces_the_folder_as_a_whole(village: Chronic) -> None:
    village.ok("nightly")
    (folder(village) / "left over.txt").write_text("from this morning")
    village.visit(1, "2026-11-21", "--bp", "128/78")
    village.ok("nightly")
    assert {path.name for path in folder(village).iterdir()} == FILES
    assert 1 not in [row["person_id"] for row in rows_of(village, "overdue.json")]
    assert {path.name for path in folder(village).parent.iterdir()} - {"latest.txt"} == {TODAY, "latest", "nightly.log"}


def test_whatever_was_missed_there_is_one_run_for_today(village: Chronic) -> None:
    village.ok("nightly")
    village.ok("nightly", today="2026-11-30")
    days = sorted(path.name for path in folder(village).parent.iterdir() if path.name.startswith("2026"))
    assert days == [TODAY, "2026-11-30"]


@posix
def test_latest_leads_to_the_last_folder_made(village: Chronic) -> None:
    latest = folder(village).parent / "latest"
    village.ok("nightly")
    assert os.readlink(latest) == TODAY
    village.ok("nightly", today="2026-11-22")
    assert os.readlink(latest) == "2026-11-22"
    assert (latest / "calls.csv").is_file()


@posix
def test_only_the_user_can_read_any_of_it(village: Chronic) -> None:
    before = os.umask(0)
    try:
        village.ok("nightly")
    finally:
        os.umask(before)
    home = folder(village).parent
    assert {path.stat().st_mode & 0o777 for path in (home, folder(village))} == {0o700}
    files = [*folder(village).iterdir(), home / "nightly.log"]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_out_names_another_place(village: Chronic) -> None:
    out = village.folder / "深" / "lists"
    village.ok("nightly", "--out", out)
    assert {path.name for path in (out / TODAY).iterdir()} == FILES
    assert not (village.folder / "nightly").exists()


def test_once_does_nothing_when_todays_lists_are_there(village: Chronic) -> None:
    village.ok("nightly", "--once")
    made = (folder(village) / "calls.csv").stat().st_mtime_ns
    run = village.ok("nightly", "--once")
    assert str(folder(village)) in run.out
    assert (folder(village) / "calls.csv").stat().st_mtime_ns == made
    assert len((folder(village).parent / "nightly.log").read_text().splitlines()) == 1
    village.ok("nightly", "--once", today="2026-11-22")
    assert folder(village, "2026-11-22").is_dir()


# what the run says ---------------------------------------------------------------------------------


def test_every_run_leaves_one_line_in_the_log_and_says_the_same_line(village: Chronic) -> None:
    first = village.ok("nightly").out.splitlines()[0]
    second = village.ok("nightly", today="2026-11-22").out.splitlines()[0]
    assert (folder(village).parent / "nightly.log").read_text("utf-8").splitlines() == [first, second]
    facts = r"overdue=2 calls=5 danger=1 referral=1 due=1 tasks=11 frozen=2026-10 audit=[0-9a-f]{16} seconds=\d+\.\d exit=0"
    assert re.fullmatch(rf"\d{{4}}-\d\d-\d\d \d\d:\d\d day={TODAY} {facts}", first), first


def test_people_overdue_are_no_problem_of_the_run(village: Chronic) -> None:
    assert village("nightly").code == 0


def test_it_makes_tasks_of_what_the_checks_find(village: Chronic) -> None:
    village.ok("nightly")
    made = village.rows("task", "list")
    assert {row["check"] for row in made} == {"missing", "quality"}  # phones, and adherence at most visits
    assert {row["task_state"] for row in made} == {"open"}
    assert village.sql("SELECT count(*) FROM deed WHERE kind = 'task.check'") == [(0,)]


def test_it_changes_nothing_but_its_tasks_the_month_it_freezes_and_what_it_remembers_of_itself(village: Chronic) -> None:
    kept = ('"setting"', '"audit"', "'audit'", '"seal"')  # that it ran, that it made a backup, the seals of both

    def facts(*but: str) -> list[str]:
        return [line for line in village.dump().splitlines() if not any(map(line.count, (*kept, *but)))]

    before = facts("task", 'INTO "frozen_')
    village.ok("nightly")
    assert facts("task", 'INTO "frozen_') == before
    after = facts()
    village.ok("nightly")
    assert facts() == after
    assert [path.name for path in village.folder.glob("registry.db*")] == ["registry.db"]
