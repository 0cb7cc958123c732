"""One registry, several programs at a time; paths and clocks as computers have them."""

import contextlib
import os
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chronic.store import opening, transactions
from tests.runner import TODAY, Chronic

WRITER = """
import sys
from chronic.cli import main
for day in range(1, 9):
    try:
        main(["visit", "add", sys.argv[1], "--bp", "150/95", "--on", f"2026-{sys.argv[2]}-{day:02}"])
    except SystemExit as stop:
        assert stop.code == 0, stop.code
"""


def test_two_programs_that_write_at_once_both_succeed(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-01")
    checkout = str(Path(__file__).resolve().parents[2])
    environ = {**os.environ, "PYTHONPATH": checkout, "CHRONIC_DB": str(chronic.path), "CHRONIC_TODAY": TODAY}
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(person), month], env=environ, stdout=subprocess.DEVNULL)
        for month in ("09", "10")
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert len(chronic.rows("visit", "list", person)) == 16
    ((in_a_row,),) = chronic.sql("SELECT max(consecutive) FROM verdict")
    assert in_a_row == 16
    assert [path.name for path in chronic.folder.iterdir()] == ["registry.db"]


def test_who_waits_says_so_after_a_second_and_goes_on_when_the_other_is_done(
    chronic: Chronic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "_SAID_AFTER_S", 0.05)
    person = chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-01")
    other = sqlite3.connect(chronic.path, isolation_level=None, check_same_thread=False)
    with contextlib.closing(other):
        other.execute("BEGIN IMMEDIATE")
        done = threading.Timer(0.3, other.execute, ("ROLLBACK",))
        done.start()
        run = chronic.ok("visit", "add", person, "--bp", "128/78")
        done.join()
    assert run.err.count("waiting for it") == 1
    assert str(chronic.path) in run.err
    assert len(chronic.rows("visit", "list", person)) == 1


def test_who_need_not_wait_says_nothing(chronic: Chronic) -> None:
    assert "waiting" not in chronic.ok("person", "add", "王秀兰").err


def test_who_waited_a_minute_in_vain_gives_up(chronic: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (transactions._SAID_AFTER_S, opening.PATIENCE_S) == (1, 60)
    monkeypatch.setattr(transactions, "PATIENCE_S", 0.2)
    with contextlib.closing(sqlite3.connect(chronic.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        run = chronic("person", "add", "王秀兰")
    assert (run.code, run.out, len(run.err.splitlines())) == (10, "", 1)
    assert chronic.rows("person", "list") == []


def test_who_waited_longer_looks_more_often_and_a_long_wait_costs_little() -> None:
    pauses = [transactions._pause(waited / 100) for waited in range(200)]
    assert pauses == sorted(pauses, reverse=True)
    assert transactions._pause(30) > max(pauses)


@pytest.mark.parametrize("name", ["my registry.db", "a?b#c%20d.db", "下各村.db", "x'y.db"])
def test_any_name_of_a_file_will_do(bare: Chronic, name: str) -> None:
    path = bare.folder / name
    bare.ok("--db", path, "init", "--yes")
    bare.ok("--db", path, "person", "add", "王秀兰")
    assert [row["name"] for row in bare.rows("--db", path, "person", "list")] == ["王秀兰"]
    assert [found.name for found in bare.folder.iterdir()] == [name]


def test_without_a_given_day_it_is_today_in_china(chronic: Chronic) -> None:
    before = (datetime.now(UTC) + timedelta(hours=8)).date()
    title = chronic.ok("overdue", today=None).out.splitlines()[0]
    after = (datetime.now(UTC) + timedelta(hours=8)).date()
    assert any(str(day) in title for day in (before, after))


def test_who_wrote_is_the_user_named_or_the_doctor_of_the_registry(chronic: Chronic) -> None:
    chronic.person("王秀兰")
    chronic("person", "add", "李建国", CHRONIC_USER="王医生")
    assert chronic.sql("SELECT recorded_by FROM person ORDER BY id") == [("李医生",), ("王医生",)]


def test_a_copy_of_the_file_is_a_whole_registry(chronic: Chronic) -> None:
    person = chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-01")
    chronic.visit(person, "2026-10-01", "--bp", "150/95")
    stick = chronic.folder / "stick"
    stick.mkdir()
    (stick / "registry.db").write_bytes(chronic.path.read_bytes())
    assert Chronic(stick).rows("overdue") == chronic.rows("overdue")
