"""`nightly`: what is refused, what may fail without the rest, and what `today` says of it."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.nights import FILES, change, folder, posix, settled, stamp, table
from tests.runner import TODAY, Chronic


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    return settled(chronic)


# refusals ------------------------------------------------------------------------------------------


def test_a_registry_that_is_missing_or_empty_ends_with_10_and_makes_no_folder(bare: Chronic, made_once: Chronic) -> None:
    assert (bare("nightly").code, list(bare.folder.iterdir())) == (10, [])
    bare.path.write_bytes(made_once.path.read_bytes())
    run = bare("nightly")
    assert (run.code, run.out, len(run.err.splitlines())) == (10, "", 1)
    assert str(bare.path) in run.err
    assert not (bare.folder / "nightly").exists()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_clock_behind_the_newest_entry_is_refused_in_one_sentence(village: Chronic, lang: str) -> None:
    village.ok("nightly", today=None)
    before = sorted(village.folder.rglob("*.csv"))
    tomorrow = stamp(datetime.now(UTC) + timedelta(days=1))
    change(village, "UPDATE person SET recorded_at = ? WHERE id = 4", tomorrow)
    run = village("nightly", today=None, lang=lang)
    assert (run.code, run.out, len(run.err.splitlines())) == (21, "", 1)
    shown = datetime.fromisoformat(tomorrow) + timedelta(hours=8)
    assert f"{shown:%Y-%m-%d %H:%M}" in run.err
    assert sorted(village.folder.rglob("*.csv")) == before
    log = (village.folder / "nightly" / "nightly.log").read_text().splitlines()
    assert log[1].endswith("exit=21")
    assert "error=nightly.clock" in log[1]


def test_a_clock_behind_is_nobodys_business_when_the_day_was_given(village: Chronic) -> None:
    change(village, "UPDATE visit SET recorded_at = '2099-01-01T00:00:00.000Z'")
    assert village("nightly", today=None).code == 21
    assert village("nightly").code == 0  # CHRONIC_TODAY
    assert village("nightly", "--today", "2026-11-22", today=None).code == 0


def test_a_clock_set_right_by_a_minute_is_no_clock_behind(village: Chronic) -> None:
    soon = stamp(datetime.now(UTC) + timedelta(minutes=1))
    change(village, "UPDATE person SET recorded_at = ?", soon)
    assert village("nightly", today=None).code == 0


def test_tasks_made_under_a_wrong_clock_do_not_stop_the_nights_after_it(village: Chronic) -> None:
    village.ok("nightly")
    change(village, "UPDATE task SET recorded_at = '2099-01-01T00:00:00.000Z'")
    assert village("nightly", today=None).code == 0
    village.ok("task", "add", "血压计未校准")
    change(village, "UPDATE task SET recorded_at = '2099-01-01T00:00:00.000Z'")
    assert village("nightly", today=None).code == 21


def test_a_check_that_fails_does_not_stop_the_lists(village: Chronic) -> None:
    change(village, "ALTER TABLE task_open RENAME TO task_away")
    run = village("nightly")
    assert run.code == 30
    assert "tasks" in run.last
    assert {path.name for path in folder(village).iterdir()} == FILES | {"failed.txt"}
    assert (folder(village) / "failed.txt").read_text("utf-8").startswith("tasks: ")


def test_every_table_that_says_when_it_was_written_counts_for_the_clock(village: Chronic) -> None:
    village.ok("overdue", "--full")
    for table_ in ("edition", "person", "enrolment", "visit", "audit"):
        change(village, f"UPDATE {table_} SET recorded_at = '2099' || substr(recorded_at, 5)")
        assert village("nightly", today=None).code == 21, table_
        change(village, f"UPDATE {table_} SET recorded_at = '2026-01-01T00:00:00.000Z'")
    run = village("nightly", today=None)
    assert (run.code, "failed=check.csv " in run.out) == (30, True)  # no clock behind; but the audit was touched


def test_a_place_that_cannot_be_written_is_one_sentence_and_30(village: Chronic) -> None:
    blocked = village.folder / "a file"
    blocked.write_text("")
    run = village("nightly", "--out", blocked / "lists")
    assert (run.code, run.out, len(run.err.splitlines())) == (30, "", 1)
    assert str(blocked / "lists") in run.err


# a part that fails ---------------------------------------------------------------------------------


def test_a_part_that_fails_is_named_and_the_others_are_there(village: Chronic) -> None:
    change(village, "UPDATE agenda SET last_fpg = 'inf' WHERE person = 1")  # JSON has no such number
    run = village("nightly")
    assert run.code == 30
    assert "overdue.json" in run.err
    assert "calls.json" in run.err
    assert len(run.err.splitlines()) == 1
    made = FILES - {"overdue.json", "calls.json"} | {"failed.txt"}
    assert {path.name for path in folder(village).iterdir()} == made
    line = run.out.splitlines()[0]
    assert line.endswith("exit=30")
    assert "failed=overdue.json,calls.json" in line
    assert "calls=5" in line
    assert "Traceback" in (folder(village).parent / "nightly-error.log").read_text("utf-8")
    assert "failed in part" in village.ok("today").out


def test_when_no_part_can_be_made_yesterdays_and_todays_folders_stay(village: Chronic) -> None:
    village.ok("nightly")
    before = {name: (folder(village) / name).read_bytes() for name in FILES}
    change(village, "UPDATE agenda SET due_followup = '2026-10-99' WHERE person = 1")
    run = village("nightly")
    assert run.code == 1
    assert {name: (folder(village) / name).read_bytes() for name in FILES} == before
    assert "exit=1" in (folder(village).parent / "nightly.log").read_text().splitlines()[-1]


@posix
def test_a_pointer_that_cannot_be_set_is_named_beside_lists_that_are_whole(village: Chronic) -> None:
    home = folder(village).parent
    for name in ("latest", "latest.txt"):
        (home / name / "something").mkdir(parents=True)
    run = village("nightly")
    assert (run.code, len(run.err.splitlines())) == (30, 1)
    assert "latest" in run.err
    assert {path.name for path in folder(village).iterdir()} == FILES


@posix
def test_where_there_are_no_links_a_file_names_the_latest_folder(village: Chronic) -> None:
    home = folder(village).parent
    (home / "latest" / "a folder of the user's").mkdir(parents=True)
    assert village("nightly").code == 0
    assert (home / "latest.txt").read_text() == TODAY + "\n"


def test_a_backup_that_cannot_be_made_is_named_beside_everything_else(village: Chronic) -> None:
    stick = village.folder / "stick"
    run = village("nightly", "--backup-to", stick)
    assert (run.code, len(run.err.splitlines())) == (30, 1)
    assert "backup" in run.err
    assert str(stick) in run.err
    assert {path.name for path in folder(village).iterdir()} == FILES | {"failed.txt"}
    stick.mkdir()
    village.ok("nightly")  # the place is remembered
    (made,) = stick.iterdir()
    assert [row["file"] for row in table(village, "backup.csv")] == [str(made)]


def test_what_the_check_finds_is_in_its_file_and_ends_with_30(village: Chronic) -> None:
    village.ok("nightly")
    assert table(village, "check.csv") == []
    change(village, "UPDATE visit SET sbp = 151 WHERE id = 1", sealed=False)  # behind the program's back
    run = village("nightly")
    assert run.code == 30
    assert "check.csv" in run.err
    assert table(village, "check.csv")
    assert {path.name for path in folder(village).iterdir()} == FILES | {"failed.txt"}


# the screen of the morning -------------------------------------------------------------------------


def _aged(village: Chronic, hours: float) -> str:
    at = stamp(datetime.now(UTC) - timedelta(hours=hours))
    change(village, "UPDATE setting SET value = json_set(value, '$.at', ?) WHERE key = 'nightly'", at)
    return f"{datetime.fromisoformat(at) + timedelta(hours=8):%m-%d %H:%M}"


def test_today_says_nothing_of_nights_nobody_asked_for(village: Chronic) -> None:
    assert "nightly" not in village.ok("today").out


def test_today_shows_when_the_last_nightly_was(village: Chronic) -> None:
    village.ok("nightly")
    at = _aged(village, 20)
    first, second, *_ = village.ok("today").out.splitlines()
    assert first.endswith(f"nightly {at}")
    assert first.startswith(f"下各村卫生室    {TODAY}")
    assert "nightly" not in second
    assert village.ok("today", lang="zh").out.splitlines()[0].endswith(f"夜间报告 {at}")


def test_today_says_when_the_last_nightly_is_older_than_a_day(village: Chronic) -> None:
    village.ok("nightly")
    _aged(village, 25)
    assert "older than a day" in village.ok("today").out.splitlines()[1]
    assert "超过一天" in village.ok("today", lang="zh").out.splitlines()[1]


def test_the_day_of_the_screen_does_not_age_the_run(village: Chronic) -> None:
    """The age of a run is a matter of the real clock, as everything recorded is."""
    village.ok("nightly")
    assert "older than a day" not in village.ok("today", today="2027-06-01").out
