"""Whoever was erased stays erased: a restore does not bring them back, and older copies can be rewritten without them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from chronic.store import keys, passphrases
from tests.runner import Chronic

NAME, PHONE, OTHER = "张三丰", "13800001234", "李四"
GONE = [NAME.encode(), PHONE.encode(), "小红".encode()]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    """1 was in two backups, one of them on a stick, before they died and were erased; 2 lives."""
    made = Chronic(tmp_path_factory.mktemp("made"))
    made.ok("init", "--doctor", "李医生", "--yes")
    made.person(NAME, "--sex", "M", "--birth-date", "1950-03-04", "--phone", PHONE, "--htn-enrolled-on", "2026-01-05")
    made.person(OTHER, "--sex", "F", "--birth-date", "1960-01-01", "--htn-enrolled-on", "2026-01-05")
    made.visit(1, "2026-09-20", "--bp", "150/95", "--notes", "小红陪同")
    made.ok("backup")
    (made.folder / "usb").mkdir()
    made.ok("backup", "--to", made.folder / "usb")
    return made


@pytest.fixture
def clinic(made: Chronic, tmp_path: Path) -> Chronic:
    shutil.copytree(made.folder, tmp_path / "clinic")
    return Chronic(tmp_path / "clinic")


def erase(clinic: Chronic) -> str:
    clinic.ok("person", "close", 1, "--reason", "died", "--on", "2026-11-15", "--yes")
    return clinic.ok("person", "erase", 1, "--basis", "书面申请", "--yes").out


def backups(clinic: Chronic) -> list[Path]:
    return sorted(clinic.folder.glob("*/registry-*.db"))


def named(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.db*"):
        if any(text in path.read_bytes() for text in GONE):
            yield path.name


def test_a_backup_from_before_does_not_bring_them_back(clinic: Chronic) -> None:
    erase(clinic)
    shutil.rmtree(clinic.folder / "usb")
    run = clinic.ok("restore", *backups(clinic), "--yes")
    assert "erased again: 1 person (1)" in run.out
    assert [row["name"] for row in clinic.rows("person", "list")] == [OTHER]
    assert clinic.sql("SELECT name, phone, closed_on, closed_reason FROM person WHERE id = 1") == [
        ("***", None, "2026-11-15", "died")
    ]
    assert clinic.sql("SELECT count(*), sum(sbp) FROM visit WHERE person = 1") == [(1, 150)]
    assert [text for text in GONE if text in clinic.path.read_bytes()] == []
    assert clinic("audit", "verify").code == 0
    assert clinic("check").code == 0
    assert clinic.ok("restore", *backups(clinic), "--yes").out.count("(1)") == 1  # and the next time


def test_nobody_erased_nobody_told(clinic: Chronic) -> None:
    assert "erased again" not in clinic.ok("restore", backups(clinic)[0], "--yes").out


def test_a_damaged_registry_that_cannot_say_who_was_erased_is_said_to(clinic: Chronic) -> None:
    erase(clinic)
    clinic.path.write_bytes(b"SQLite format 3\0" + bytes(5000))
    run = clinic("restore", backups(clinic)[0], "--yes")
    assert (run.code, "cannot say who was erased" in run.err) == (0, True)


def test_erasing_says_which_copies_still_have_them_and_purging_takes_them_out(clinic: Chronic) -> None:
    beside, stick = backups(clinic)
    clinic.ok("restore", beside, "--yes")  # which keeps a copy of its own
    said = erase(clinic)
    kept = next(clinic.folder.glob("registry-before-restore-*.db"))
    assert [str(path) in said for path in (beside, kept, stick)] == [True, True, False]
    assert "chronic backup --purge" in said
    assert clinic("backup", "--purge").code == 2  # it asks
    assert sorted(named(clinic.folder)) == sorted(path.name for path in (beside, kept, stick))
    clinic.ok("backup", "--purge", "--to", clinic.folder / "usb", "--yes")
    assert list(named(clinic.folder)) == []
    for path in (beside, kept, stick):
        assert path.stat().st_mode & 0o077 == 0
        assert clinic("backup", "--verify", path).code == 0
        assert clinic("audit", "verify", "--db", path).code == 0
        assert OTHER in clinic.ok("person", "list", "--db", path).out
    assert "has the name of anybody" in clinic.ok("backup", "--purge", "--to", clinic.folder / "usb", "--yes").out
    assert not [path for path in clinic.folder.iterdir() if "trial" in path.name]


def test_copies_of_an_encrypted_registry_too_and_one_under_other_words_is_to_be_destroyed(
    clinic: Chronic, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sqlcipher3")
    monkeypatch.setattr(passphrases, "_N", 1 << 4)
    monkeypatch.setattr(keys, "_keyring", lambda: None)
    plain = backups(clinic)[0]
    plain = plain.rename(plain.with_name(plain.name.replace("2026", "2025")))  # else one of the same day takes its place
    assert clinic("encrypt", stdin="words to be said\nwords to be said\n").code == 0
    clinic.ok("backup")
    (sealed,) = set((clinic.folder / "backups").iterdir()) - {plain}
    said = erase(clinic)
    assert [str(path) in said for path in (plain, sealed)] == [True, True]
    clinic.ok("backup", "--purge", "--yes")
    assert list(named(clinic.folder / "backups")) == []
    assert OTHER in clinic.ok("person", "list", "--db", sealed).out
    assert clinic("audit", "verify", "--db", sealed).code == 0
    assert "***" in clinic.ok("person", "show", 1, "--db", sealed).out
    assert clinic("passphrase", stdin="other words to say\nother words to say\n").code == 0
    run = clinic.ok("backup", "--purge", "--yes")
    assert "cannot be opened here" in run.out
