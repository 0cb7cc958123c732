"""`nightly install`: the entries for three timetables, whatever the paths look like."""

import shlex
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.computer import CRONTAB, LOGGING, Computer, odd, posix
from tests.runner import TODAY, Chronic

TOP = Path(__file__).resolve().parents[2]
pytestmark = posix


@pytest.fixture
def computer(chronic: Chronic, tmp_path: Path) -> Computer:
    return odd(chronic, tmp_path)


def words(computer: Computer) -> list[str]:
    """What the timetable must start in the end."""
    lists = str(computer.chronic.folder / "nightly")
    return ["--db", str(computer.chronic.path), "--lang", "en", "nightly", "--out", lists]


def runs(argv: list[str], computer: Computer) -> None:
    """It is a command that works, from another folder and with next to nothing in the environment."""
    around = {"PYTHONPATH": str(TOP), "CHRONIC_TODAY": TODAY}
    subprocess.run(argv, env=around, cwd=computer.bin, check=True, capture_output=True)
    assert (computer.chronic.folder / "nightly" / TODAY / "calls.csv").is_file()


# what is printed -----------------------------------------------------------------------------------


def test_printing_is_what_happens_unless_yes_is_said(computer: Computer) -> None:
    computer.has("crontab", CRONTAB)
    plain, printed = computer.install(), computer.install("--print")
    assert plain == printed
    assert plain.code == 0
    assert "--yes" in plain.err
    assert [path.name for path in computer.bin.iterdir()] == ["crontab"]
    assert computer.chronic.sql("SELECT * FROM setting WHERE key LIKE 'nightly%'") == []


def test_the_crontab_line_is_what_a_shell_starts_once_cron_has_read_its_percent_signs(computer: Computer) -> None:
    first, second = computer.install("--kind", "crontab", "--at", "2:05").out.splitlines()
    for line, when, extra in ((first, "5 2 * * *", []), (second, "5 3-23 * * *", ["--once"])):
        minute, hour, *rest, command = line.split(" ", 5)
        assert " ".join((minute, hour, *rest)) == when
        assert "%" not in command.replace(r"\%", "")
        argv = shlex.split(command.replace(r"\%", "%").partition(" >/dev/null # chronic-nightly-")[0])
        assert argv[-len([*words(computer), *extra]) :] == [*words(computer), *extra]
        assert Path(argv[0]).is_absolute()
        runs(["/bin/sh", "-c", command.replace(r"\%", "%")], computer)


def test_late_in_the_evening_there_is_no_hour_left_to_make_up_for_it(computer: Computer) -> None:
    assert len(computer.install("--kind", "crontab", "--at", "23:30").out.splitlines()) == 1


def test_the_systemd_units_quote_as_systemd_reads_and_make_up_for_a_missed_night(computer: Computer) -> None:
    out = computer.install("--kind", "systemd", "--at", "03:00").out
    assert "OnCalendar=*-*-* 03:00:00\nPersistent=true\n" in out
    (line,) = [line for line in out.splitlines() if line.startswith("ExecStart=")]
    read = shlex.split(line.removeprefix("ExecStart="))  # in double quotes both know \\ and \"
    assert [word.replace("%%", "%").replace("$$", "$") for word in read][-7:] == words(computer)
    assert "%" not in line.replace("%%", "")
    assert "$" not in line.replace("$$", "")


def test_the_windows_task_starts_late_rather_than_never(computer: Computer) -> None:
    out = computer.install("--kind", "schtasks").out
    task = ElementTree.fromstring(out)
    found = {element.tag.partition("}")[2]: element.text for element in task.iter()}
    assert (found["StartWhenAvailable"], found["DaysInterval"]) == ("true", "1")
    assert (found["StartBoundary"] or "").endswith("T02:10:00")
    assert Path(found["Command"] or "").is_absolute()
    assert (found["Arguments"] or "").endswith(subprocess.list2cmdline(words(computer)))


def test_language_full_and_folder_go_into_the_entry(computer: Computer) -> None:
    run = computer.install("--kind", "crontab", "--full", "--out", computer.bin / "lists", lang="zh")
    assert f"--lang zh nightly --out {computer.bin / 'lists'} --full >/dev/null" in run.out


def test_options_before_install_mean_the_same(computer: Computer) -> None:
    after = computer.install("--kind", "crontab", "--out", "/lists", "--full").out
    assert computer.chronic("nightly", "--out", "/lists", "--full", "install", "--kind", "crontab").out == after


@pytest.mark.parametrize(
    ("kind", "out"),
    [("crontab", "a\nb"), ("crontab", "a\\b"), ("systemd", "a\tb"), ("schtasks", "%USERNAME%"), ("schtasks", "$(Arg0)")],
)
def test_what_a_timetable_cannot_say_is_refused(computer: Computer, kind: str, out: str) -> None:
    run = computer.install("--kind", kind, "--out", computer.bin / out)
    assert (run.code, run.out) == (2, "")


@pytest.mark.parametrize("at", ["24:00", "2", "02:60", "night"])
def test_a_time_that_is_none_is_refused(computer: Computer, at: str) -> None:
    assert computer.install("--at", at).code == 2


def test_print_contradicts_yes_and_remove(computer: Computer) -> None:
    assert computer.install("--print", "--yes").code == 2
    assert computer.install("--print", "--remove").code == 2


def test_a_missing_registry_is_said_now_and_not_at_night(computer: Computer) -> None:
    computer.has("crontab", CRONTAB)
    computer.chronic.path.unlink()
    assert computer.install().code == 10
    assert computer.install("--yes").code == 10
    assert not (computer.bin / "table").exists()


# which timetable -----------------------------------------------------------------------------------


def test_the_computers_own_timetable_is_found(computer: Computer) -> None:
    run = computer.install()
    assert run.code == 2
    assert "--kind" in run.err
    computer.has("crontab", CRONTAB)
    assert "* * *" in computer.install().out
    computer.has("systemctl", LOGGING)
    assert "* * *" in computer.install().out  # the program alone is not a systemd that runs
    (computer.runtime / "systemd").mkdir(parents=True)
    assert "Persistent=true" in computer.install().out
