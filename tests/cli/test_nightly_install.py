"""`nightly install`: put in and taken away, with everybody else's entries as they were."""

import contextlib
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.computer import CRONTAB, LOGGING, Computer, odd, posix
from tests.cli.nights import stamp
from tests.runner import Chronic

pytestmark = posix


@pytest.fixture
def computer(chronic: Chronic, tmp_path: Path) -> Computer:
    return odd(chronic, tmp_path)


# in and out again ----------------------------------------------------------------------------------


def test_the_crontab_keeps_everybody_elses_lines(computer: Computer) -> None:
    computer.has("crontab", CRONTAB)
    computer.crontab = "MAILTO=li\r\n# 备份\n0 1 * * * tar c /home | gzip > b\\%a.gz"
    run = computer.install("--yes")
    assert (run.code, run.err) == (0, "")
    others, ours = computer.crontab[: computer.crontab.index("10 2")], computer.crontab.splitlines()[-2:]
    assert others == "MAILTO=li\r\n# 备份\n0 1 * * * tar c /home | gzip > b\\%a.gz\n"
    assert ours == computer.install().out.splitlines()
    assert computer.install("--remove", "--yes").code == 0
    assert computer.crontab == others


def test_installing_again_replaces_the_entry(computer: Computer) -> None:
    computer.has("crontab", CRONTAB)
    computer.install("--yes")
    computer.install("--yes", "--at", "04:30")
    assert computer.crontab == computer.install("--at", "04:30").out


def test_two_registries_have_an_entry_each(computer: Computer, chronic: Chronic, tmp_path: Path) -> None:
    computer.has("crontab", CRONTAB)
    computer.install("--yes")
    before = computer.crontab
    computer.install("--yes", "--db", chronic.path)
    assert len(computer.crontab.splitlines()) == 4
    computer.install("--remove", "--yes", "--db", chronic.path)
    assert computer.crontab == before


def test_a_crontab_that_cannot_be_read_is_not_written(computer: Computer) -> None:
    computer.has("crontab", "import sys\nsys.exit('crontab: out of memory' if sys.argv[1:] == ['-l'] else 0)")
    run = computer.install("--yes")
    assert (run.code, run.out) == (30, "")
    assert "out of memory" in run.err


def test_the_user_timer_is_enabled_by_files_alone(computer: Computer) -> None:
    run = computer.install("--kind", "systemd", "--yes")
    assert run.code == 0
    assert "next login" in run.err
    folder = computer.config / "systemd" / "user"
    service, timer = sorted(path for path in folder.iterdir() if path.is_file())
    assert (service.suffix, timer.suffix) == (".service", ".timer")
    assert (folder / "timers.target.wants" / timer.name).resolve() == timer
    assert computer.install("--remove", "--yes").code == 0
    assert computer.units == []


def test_a_systemd_that_runs_is_told(computer: Computer) -> None:
    computer.has("systemctl", LOGGING)
    run = computer.install("--kind", "systemd", "--yes")
    assert "logged in" in run.err
    name = computer.units[-1]
    assert computer.said == ["--user daemon-reload", f"--user restart {name}"]
    computer.install("--remove", "--yes")
    assert computer.said[2:] == [f"--user stop {name}", "--user daemon-reload"]


def test_another_timetable_takes_the_place_of_the_first(computer: Computer) -> None:
    computer.has("crontab", CRONTAB)
    computer.install("--kind", "crontab", "--yes")
    computer.install("--kind", "systemd", "--yes")
    assert (computer.crontab, len(computer.units)) == ("", 3)
    computer.install("--kind", "crontab", "--yes")
    assert (len(computer.crontab.splitlines()), computer.units) == (2, [])


def test_the_windows_task_goes_through_a_file_and_away_again(computer: Computer) -> None:
    computer.has("schtasks", LOGGING)
    assert computer.install("--kind", "schtasks", "--yes").code == 0
    task = (computer.bin / "task.xml").read_bytes()
    assert task.startswith((b"\xff\xfe", b"\xfe\xff"))
    assert "StartWhenAvailable" in task.decode("utf-16")
    run = computer.install("--remove", "--yes")
    assert "schtasks" in run.out
    assert [line.split()[0] for line in computer.said] == ["/Create", "/Query", "/Delete"]


def test_a_program_that_is_not_there_is_one_sentence(computer: Computer) -> None:
    run = computer.install("--kind", "crontab", "--yes")
    assert (run.code, run.out, len(run.err.splitlines())) == (30, "", 1)
    assert "crontab" in run.err


def test_taking_away_asks_and_works_without_a_registry_too(computer: Computer) -> None:
    computer.has("crontab", CRONTAB)
    computer.install("--yes")
    assert computer.install("--remove").code == 2
    assert computer.crontab
    computer.chronic.path.unlink()
    assert computer.install("--remove", "--yes").code == 0
    assert computer.crontab == ""
    run = computer.install("--remove", "--yes")
    assert run.code == 0
    assert "no nightly run" in run.out


# what today makes of it ----------------------------------------------------------------------------


def test_a_run_installed_but_never_made_is_missed_after_a_day_and_not_once_it_is_taken_away(computer: Computer) -> None:
    computer.has("crontab", CRONTAB)
    computer.install("--yes")
    assert "nightly" not in computer.chronic.ok("today").out
    yesterday = stamp(datetime.now(UTC) - timedelta(hours=30))
    with contextlib.closing(sqlite3.connect(computer.chronic.path)) as db, db:
        db.execute("UPDATE setting SET value = ? WHERE key = 'nightly_installed'", (yesterday,))
    assert "has not run since it was installed" in computer.chronic.ok("today").out
    computer.install("--remove", "--yes")
    assert "nightly" not in computer.chronic.ok("today").out
