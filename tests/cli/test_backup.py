"""Backups: made while others write, tried out before they count, thinned out by age; restored with nothing lost unseen."""

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chronic.office import backups, restoring
from chronic.office.backups import KEPT, Backup
from chronic.store import copies, differences, opening, registry, seals, transactions
from tests.runner import TODAY, Chronic

ABOUT_ITSELF = tuple(f'INSERT INTO "{table}"' for table in ("audit", "seal", "sqlite_sequence"))
TOP = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    made = Chronic(tmp_path_factory.mktemp("made"))
    made.ok("init", "--name", "下各村卫生室", "--doctor", "李医生", "--yes")
    for name in ("王秀兰", "李建国", "陈志强"):
        made.person(name, "--htn-enrolled-on", "2026-09-01", "--village", "下各村")
    made.visit(1, "2026-10-01", "--bp", "150/95")
    return made


@pytest.fixture
def clinic(made: Chronic, bare: Chronic) -> Chronic:
    shutil.copy(made.path, bare.path)
    return bare


def backup_of(clinic: Chronic, *args: object) -> Path:
    clinic.ok("backup", *args)
    (path,) = (Path(row["file"]) for row in clinic.rows("backup", "--list", *args)[:1])
    return path


def facts(path: Path) -> list[str]:
    """Every row of every table, as it lies there, but for what says that a backup was made or put in its place."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as db:
        return [line for line in db.iterdump() if not line.startswith(ABOUT_ITSELF)]


def test_a_backup_is_the_whole_registry_in_one_file_for_its_user_only(clinic: Chronic) -> None:
    path = backup_of(clinic)
    assert facts(path) == facts(clinic.path)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    assert sorted(one.name for one in clinic.folder.iterdir()) == ["backups", "registry.db"]


def test_a_stick_that_is_not_plugged_in_is_one_sentence_and_not_made(clinic: Chronic) -> None:
    run = clinic("backup", "--to", clinic.folder / "usb")
    assert (run.code, run.out, len(run.err.splitlines())) == (2, "", 1)
    assert not (clinic.folder / "usb").exists()


def test_a_backup_that_does_not_hold_what_it_should_does_not_count(clinic: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    older = backup_of(clinic)
    older.rename(older.with_name(older.name.replace("2026", "2025")))
    sync = copies._sync

    def wear_off(path: Path) -> None:
        sync(path)
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2] + b"\xa5" * (len(whole) - len(whole) // 2))

    monkeypatch.setattr(copies, "_sync", wear_off)
    run = clinic("backup")
    assert run.code == 10
    assert [one.name for one in older.parent.iterdir()] == [older.name.replace("2026", "2025")]


def test_a_full_disk_is_one_sentence_and_leaves_the_older_backups(clinic: Chronic) -> None:
    folder = clinic.folder / "usb"
    folder.mkdir()
    kept = backup_of(clinic, "--to", folder)
    small = kept.stat().st_size // 2
    program = (
        f"import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({small}, {small}))\n"
        f"from chronic.cli import main\nmain(sys.argv[1:])"
    )
    around = {**os.environ, "PYTHONPATH": str(TOP), "CHRONIC_DB": str(clinic.path), "CHRONIC_LANG": "en"}
    run = subprocess.run(
        [sys.executable, "-c", program, "backup", "--to", str(folder)],
        env=around,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert len(run.stderr.splitlines()) == 1
    assert [one.name for one in folder.iterdir()] == [kept.name]
    assert facts(kept) == facts(clinic.path)


def test_others_write_while_it_is_made_and_it_is_of_one_moment(clinic: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "_PAGES", 16)
    before = facts(clinic.path)
    with contextlib.closing(registry.connect(clinic.path)) as db:

        class Busy(opening.Registry):
            """Between two steps of the copy somebody writes."""

            def backup(self, target: sqlite3.Connection, **how: object) -> None:
                def write(*_: object) -> None:
                    clinic.ok("person", "add", "周玉珍")

                super().backup(target, pages=64, progress=write)

        db.close()
        monkeypatch.setattr(opening, "Registry", Busy)
        path = backup_of(clinic)
    assert facts(path) == before
    assert len(clinic.rows("person", "list")) > 4


def kept_of(days: list[datetime]) -> list[datetime]:
    """The moments of those that stay."""
    found = [Backup(Path(f"{day:%Y%m%d%H%M}"), day, 1) for day in sorted(days, reverse=True)]
    kept = dict(backups._kept(found))
    return [one.made_at for one in found if one.path in kept]


def test_the_latest_of_the_last_days_weeks_and_months_stays() -> None:
    last = datetime(2026, 11, 21, 2, 10)  # noqa: DTZ001
    every = [last - timedelta(hours=24 * n) for n in range(400)]
    stay = kept_of(every)
    assert stay[: KEPT["day"]] == [last - timedelta(days=n) for n in range(KEPT["day"])]
    assert len({f"{day:%Y-%m}" for day in stay}) == KEPT["month"]
    assert len(stay) <= sum(KEPT.values())


def test_one_after_the_other_night_by_night_leaves_what_all_at_once_would() -> None:
    last = datetime(2026, 11, 21, 2, 10)  # noqa: DTZ001
    nights = [last - timedelta(days=400 - n) for n in range(401)]
    there: list[datetime] = []
    for night in nights:
        there = kept_of([*there, night])
    assert there[0] == last
    assert len({f"{day:%Y-%m}" for day in there}) == KEPT["month"]
    assert len({f"{day:%G-%V}" for day in there[: KEPT["day"] + KEPT["week"]]}) >= KEPT["week"]


def test_backups_of_other_registries_and_other_files_stay(clinic: Chronic, chronic: Chronic) -> None:
    folder = clinic.folder / "usb"
    folder.mkdir()
    mine = backup_of(clinic, "--to", folder)
    for day in range(1, 29):
        shutil.copy(mine, folder / f"{mine.name[: len('registry-123456')]}-2020-02-{day:02}-021000.db")
        shutil.copy(mine, folder / f"registry-000000-2020-02-{day:02}-021000.db")
    (folder / "photo.jpg").write_bytes(b"x")
    run = clinic.ok("backup", "--to", folder)
    assert "removed" in run.out
    names = [one.name for one in folder.iterdir()]
    assert len([name for name in names if name.startswith("registry-000000-")]) == 28
    assert "photo.jpg" in names
    assert len(names) < 28 + 1 + 28


def test_verify_restores_it_for_a_try_and_says_what_it_has_not(clinic: Chronic) -> None:
    path = backup_of(clinic)
    assert "Everything in the registry is in the backup." in clinic.ok("backup", "--verify", path).out
    clinic.visit(2, "2026-11-20", "--bp", "128/78")
    said = clinic.ok("backup", "--verify", path).out
    assert "3 people, 1 visits" in said
    assert "Not in the backup: 1 rows in 1 entries" in said
    assert "李建国" in said


def test_verify_finds_a_byte_that_is_not_as_it_was_written(clinic: Chronic) -> None:
    path = backup_of(clinic)
    whole = path.read_bytes()
    assert whole.count("王秀兰".encode()) >= 1
    path.write_bytes(whole.replace("王秀兰".encode(), "王秀蓝".encode()))
    run = clinic("backup", "--verify", path)
    assert run.code in (10, 30)
    assert clinic.ok("check").code == 0


def test_restore_shows_what_would_be_lost_asks_and_keeps_what_was_there(clinic: Chronic) -> None:
    path = backup_of(clinic)
    then = facts(clinic.path)
    clinic.visit(2, "2026-11-20", "--bp", "128/78")
    clinic.person("周玉珍")
    now = facts(clinic.path)
    run = clinic("restore", path)
    assert run.code == 2
    assert "Not in the backup: 2 rows in 2 entries" in run.err
    assert "周玉珍" in run.err
    assert facts(clinic.path) == now
    run = clinic.ok("restore", path, "--yes")
    (aside,) = (one for one in clinic.folder.glob("registry-before-restore-*"))
    assert str(aside) in run.out
    assert facts(aside) == now
    assert facts(clinic.path) == then
    assert [row["action"] for row in clinic.rows("audit", "show", "--limit", "2")] == ["restore", "backup"]
    clinic.ok("audit", "verify")
    assert clinic.person("刘大山") == 5  # 4 was given to somebody, if only for a while
    assert clinic.ok("check").code == 0


def test_numbers_on_paper_slips_are_not_given_twice(clinic: Chronic) -> None:
    path = backup_of(clinic)
    clinic.ok("refer", "out", "1", "--reason", "复查", "--yes")
    clinic.ok("restore", path, "--yes")
    clinic.ok("refer", "out", "1", "--reason", "复查", "--yes")
    assert clinic.sql("SELECT slip FROM referral") == [("2026-0002",)]
    assert clinic.ok("check").code == 0


def test_a_missing_registry_is_simply_restored(clinic: Chronic) -> None:
    path = backup_of(clinic)
    clinic.path.unlink()
    clinic.ok("restore", path, "--yes")
    assert clinic.ids("person", "list") == [1, 2, 3]


def test_the_log_of_a_registry_that_is_gone_is_not_read_as_the_next_ones(clinic: Chronic, tmp_path: Path) -> None:
    """After a power cut a log lies beside the registry; somebody deletes that one alone."""
    path = backup_of(clinic)
    with contextlib.closing(registry.connect(clinic.path)) as db:
        with transactions.immediate(db):
            db.execute("UPDATE person SET name = '无此人'")
        log = Path(f"{clinic.path}-wal").read_bytes()
    clinic.path.unlink()
    Path(f"{clinic.path}-wal").write_bytes(log)
    run = clinic("check", "--rescue", clinic.path)
    assert run.code != 0
    assert clinic("demo", "--to", clinic.path, "--yes").code != 0
    said = clinic.ok("restore", path, "--yes").out
    (aside,) = clinic.folder.glob("registry-before-restore-*-wal")
    assert (aside.read_bytes(), aside.name in said) == (log, True)
    assert clinic.ids("person", "list") == [1, 2, 3]
    assert "无此人" not in clinic.ok("person", "list").out
    assert clinic.ok("check").code == 0


def test_the_log_beside_a_backup_is_read_with_it(clinic: Chronic, tmp_path: Path) -> None:
    """The files of a computer that lost power, on a stick."""
    stick = tmp_path / "stick"
    stick.mkdir()
    with contextlib.closing(registry.connect(clinic.path)) as another:  # as long as it is open the log stays
        another.execute("SELECT count(*) FROM person").fetchone()
        clinic.ok("person", "edit", 2, "--name", "李大山", "--yes")
        for name in ("registry.db", "registry.db-wal"):
            shutil.copy(clinic.folder / name, stick)
    clinic.ok("person", "edit", 2, "--name", "李建国", "--yes")
    assert clinic.ok("backup", "--verify", stick / "registry.db").code == 0
    clinic.ok("restore", stick / "registry.db", "--yes")
    assert "李大山" in clinic.ok("person", "list").out
    assert (stick / "registry.db-wal").stat().st_size > 0


def test_a_registry_that_is_only_locked_is_not_taken_for_damaged(clinic: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    path = backup_of(clinic)
    monkeypatch.setattr(opening, "PATIENCE_S", 0.2)
    with contextlib.closing(sqlite3.connect(clinic.path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        run = clinic("restore", path, "--yes")
        other.execute("ROLLBACK")
    assert run.code == 10
    assert "Another program" in run.last
    assert list(clinic.folder.glob("registry-before-restore-*")) == []


def test_a_damaged_registry_that_somebody_has_open_is_not_moved_away(clinic: Chronic) -> None:
    path = backup_of(clinic)
    with contextlib.closing(sqlite3.connect(clinic.path)) as other:
        other.execute("SELECT count(*) FROM person").fetchone()
        pages = clinic.path.read_bytes()
        clinic.path.write_bytes(pages[:40960] + b"\xa5" * 40960 + pages[81920:])
        run = clinic("restore", path, "--yes")
        assert (run.code, "Another program" in run.last) == (10, True), run.err
    clinic.ok("restore", path, "--yes")


def test_a_restore_that_was_interrupted_still_knows_who_was_erased(clinic: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    path = backup_of(clinic)
    clinic.ok("person", "close", 1, "--reason", "died", "--yes")
    clinic.ok("person", "erase", 1, "--basis", "依法", "--yes")
    clinic.path.rename(clinic.folder / "registry-before-restore-2026-11-21-090000.db")
    said = clinic.ok("restore", path, "--yes").out
    assert "Erased since the backup" in said
    assert "王秀兰" not in clinic.ok("person", "list", "--closed").out


def test_an_encrypted_backup_for_somebody_else_leaves_ones_own() -> None:
    day = datetime(2026, 11, 21, 8, tzinfo=UTC)
    mine, theirs = (Backup(Path(f"r{suffix}"), day, 1) for suffix in (".db", ".db.age"))
    assert set(dict(backups._kept([theirs, mine]))) == {mine.path, theirs.path}


def test_a_damaged_registry_is_moved_aside_and_restored(clinic: Chronic) -> None:
    path = backup_of(clinic)
    damaged = clinic.path.read_bytes()[:20000] + b"\xa5" * 60000
    clinic.path.write_bytes(damaged)
    clinic.ok("restore", path, "--yes")
    (aside,) = clinic.folder.glob("registry-before-restore-*")
    assert aside.read_bytes() == damaged
    assert clinic.ids("person", "list") == [1, 2, 3]
    assert clinic.ok("check").code == 0


def test_of_two_restores_in_one_second_each_keeps_what_was_there(clinic: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    path = backup_of(clinic)
    monkeypatch.setattr(restoring, "china_file", lambda _at: "2026-11-21-090000")
    for name in ("李一山", "李二山"):
        clinic.ok("person", "edit", 2, "--name", name, "--yes")
        clinic.ok("restore", path, "--yes")
    kept = [facts(one) for one in sorted(clinic.folder.glob("registry-before-restore-*"))]
    assert [any(name in line for line in one) for one in kept for name in ("李一山", "李二山")] == [True, False, False, True]


def killed_at(clinic: Chronic, monkeypatch: pytest.MonkeyPatch, move: int, *args: object) -> bool:
    """Run a command in a child that dies instead of giving a file its new name for the `move`-th time; did it die?"""
    moves = []

    def dies(real: Callable[[Path, object], Path]) -> Callable[[Path, object], Path]:
        def moved(one: Path, to: object) -> Path:
            moves.append(to)
            if len(moves) == move:
                os._exit(99)
            return real(one, to)

        return moved

    if (number := os.fork()) == 0:
        code = 1
        try:
            with monkeypatch.context() as patched:
                for name in ("rename", "replace"):
                    patched.setattr(Path, name, dies(getattr(Path, name)))
                code = clinic(*args).code
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
    assert code in (0, 99)
    return code == 99


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a child that can be killed at a chosen moment")
def test_wherever_the_restore_of_a_damaged_registry_is_killed_the_next_one_ends_it_and_leaves_no_copy(
    clinic: Chronic, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = backup_of(clinic)
    damaged = clinic.path.read_bytes()[:20000] + b"\xa5" * 60000
    ready, found = clinic.folder / ".registry.db.restored", []
    for move in range(1, 9):
        clinic.path.write_bytes(damaged)
        if not killed_at(clinic, monkeypatch, move, "restore", path, "--yes"):
            break
        found.append((clinic.path.exists(), ready.exists()))
        if not clinic.path.exists():  # the backup was about to take its name
            for command in (("today",), ("init", "--yes")):
                run = clinic(*command)
                assert (run.code, f"chronic restore {ready}" in run.last) == (10, True)
        clinic.ok("restore", path if clinic.path.exists() else ready, "--yes")
        assert clinic.ids("person", "list") == [1, 2, 3]
        assert clinic.ok("check").code == 0
        assert not ready.exists()
    assert {(True, False), (True, True), (False, True)} <= set(found)


def test_what_a_killed_restore_left_goes_with_a_backup_a_day_later_and_not_sooner(clinic: Chronic) -> None:
    names = (
        ".registry.db.restored", "..registry.db.restored.77.part", ".registry-before-restore-2026-11-20-090000.db.77.part",
        ".registry.db.77.upgrade", ".registry.db.77.upgrade-wal", "backups/.registry-123456-2026-11-20-090000.db.77.part",
    )  # fmt: skip
    others = (".other.db.restored", ".other.db.77.part", "registry-before-restore-2026-11-20-090000.db")
    (clinic.folder / "backups").mkdir()
    for name in (*names, *others):
        (clinic.folder / name).write_bytes(b"somebody")
    clinic.ok("backup")
    assert all((clinic.folder / name).exists() for name in (*names, *others))
    for name in (*names, *others):
        os.utime(clinic.folder / name, (0, 0))
    clinic.ok("backup")
    assert [name for name in (*names, *others) if (clinic.folder / name).exists()] == list(others)


@pytest.mark.parametrize("what", ["text", "cut", "none"])
def test_what_is_no_backup_is_refused_and_nothing_is_changed(clinic: Chronic, what: str) -> None:
    path = backup_of(clinic)
    if what == "text":
        path.write_text("a letter")
    elif what == "cut":
        path.write_bytes(path.read_bytes()[:30000])
    else:
        path.unlink()
    before = clinic.path.read_bytes()
    run = clinic("restore", path, "--yes")
    assert run.code in (2, 10)
    assert len(run.err.splitlines()) == 1
    assert clinic.path.read_bytes() == before
    assert clinic("restore", clinic.path, "--yes").code == 2


@pytest.mark.parametrize(
    ("pages", "why"),
    [(b"a letter", "不是数据库文件"), (None, "内容已损坏"), (b"\xa5" * 4096, "有一页已损坏")],
    ids=["text", "cut", "a page"],
)
@pytest.mark.parametrize("command", [("restore", "--yes"), ("backup", "--verify")])
def test_what_is_the_matter_with_a_file_is_said_in_chinese(
    clinic: Chronic, command: tuple[str, ...], pages: bytes | None, why: str
) -> None:
    path, good = clinic.folder / "stick.db", clinic.path.read_bytes()
    whole = {
        "不是数据库文件": pages,
        "内容已损坏": good[:30000],
        "有一页已损坏": good[:40960] + (pages or b"") + good[45056:],
    }
    path.write_bytes(whole[why] or b"")
    run = clinic(*command, path, lang="zh")
    assert run.code == 10
    assert why in run.last
    assert len(run.err.splitlines()) == 1
    assert not re.search("database|malformed", run.err)


def test_a_restore_that_somebody_overtakes_is_done_anew_with_their_work_kept(
    clinic: Chronic, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = backup_of(clinic)
    carry, times = differences.carry_numbers, []

    def slow(*args: opening.Registry) -> None:
        carry(*args)
        times.append(1)
        if len(times) == 1:
            clinic.ok("person", "add", "周玉珍")

    monkeypatch.setattr(differences, "carry_numbers", slow)
    clinic.ok("restore", path, "--yes")
    assert len(times) == 2
    kept = sorted(clinic.folder.glob("registry-before-restore-*"))[-1]
    assert any("周玉珍" in line for line in facts(kept))
    assert clinic.ids("person", "list") == [1, 2, 3]


def test_everything_a_restored_registry_holds_is_sealed(clinic: Chronic) -> None:
    path = backup_of(clinic)
    clinic.visit(2, "2026-11-20", "--bp", "128/78", "--on", TODAY)
    clinic.ok("restore", path, "--yes")
    with contextlib.closing(registry.connect(clinic.path)) as db:
        assert list(seals.broken(db)) == []


@pytest.mark.parametrize("command", [("backup", "--verify"), ("restore", "--yes")])
def test_a_sheet_is_no_backup_in_words(clinic: Chronic, tmp_path: Path, command: tuple[str, ...]) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("", "utf-8")
    run = clinic(*command, sheet)
    assert run.code == 10
    assert "is not a chronic registry" in run.last
    assert "('" not in run.last
