"""Where a registry may lie: write-protected it can be read, on another computer's drive it is refused."""

import os
import shutil
from pathlib import Path

import pytest

from chronic.store import drives, opening
from tests.runner import Chronic

MOUNTS = """\
/dev/sda2 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
//server/share /mnt/county cifs rw 0 0
server:/home /home/li\\040wei nfs4 rw 0 0
/dev/sdb1 /mnt/county/stick vfat rw 0 0
tmpfs /tmp tmpfs rw 0 0
"""


@pytest.fixture
def clinic(chronic: Chronic) -> Chronic:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-09-01")
    return chronic


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/doctor/registry.db", "ext4"),
        ("/mnt/county/registry.db", "cifs"),
        ("/mnt/county-copy/registry.db", "ext4"),
        ("/home/li wei/registry.db", "nfs4"),
        ("/mnt/county/stick/registry.db", "vfat"),
        ("/tmp/registry.db", "tmpfs"),
    ],
)
def test_the_deepest_mount_says_where_a_file_lies(path: str, kind: str) -> None:
    assert drives._kind(path, MOUNTS) == kind


def test_on_a_network_drive_it_is_refused_in_one_sentence(clinic: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    before = clinic.path.read_bytes()
    mounts = clinic.folder / "mounts"
    mounts.write_text(f"//server/share {os.path.realpath(clinic.folder)} cifs rw 0 0\n", "utf-8")
    monkeypatch.setattr(drives, "_MOUNTS", str(mounts))
    for args in (["overdue"], ["visit", "add", "1", "--bp", "128/78"]):
        run = clinic(*args)
        assert (run.code, run.out, len(run.err.splitlines())) == (10, "", 1)
        assert "network drive" in run.err
    assert clinic("--db", clinic.folder / "new.db", "init", "--yes").code == 10
    assert clinic.path.read_bytes() == before


def test_a_backup_may_go_to_a_network_drive(clinic: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    share, mounts = clinic.folder / "share", clinic.folder / "mounts"
    share.mkdir()
    mounts.write_text(f"//server/share {os.path.realpath(share)} cifs rw 0 0\n", "utf-8")
    monkeypatch.setattr(drives, "_MOUNTS", str(mounts))
    clinic.ok("backup", "--to", share)
    (made,) = share.iterdir()
    clinic.ok("backup", "--verify", made)
    clinic.ok("restore", made, "--yes")


def _protected(path: Path) -> bool:
    path.chmod(0o444)
    path.parent.chmod(0o555)
    return not os.access(path, os.W_OK)


def test_a_write_protected_registry_can_be_read_and_says_that_nothing_was_saved(
    clinic: Chronic, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, there = clinic.path.read_bytes(), sorted(clinic.folder.iterdir())
    if not _protected(clinic.path):  # the superuser may write all the same
        monkeypatch.setattr(opening, "only_readable", lambda path: Path(path) == clinic.path)
    try:
        for args in (["overdue"], ["today"], ["person", "show", "1"], ["check"], ["export", "people"]):
            assert clinic(*args).code == 0, args
        for args in (["visit", "add", "1", "--bp", "128/78"], ["person", "add", "李建国"], ["undo", "--yes"]):
            run = clinic(*args)
            assert run.code == 10, args
            assert "write-protected" in run.last
            assert "Traceback" not in run.err
        assert clinic.path.read_bytes() == before
        assert sorted(clinic.folder.iterdir()) == there
    finally:
        clinic.path.parent.chmod(0o700)
        clinic.path.chmod(0o600)


def test_a_protected_registry_of_an_earlier_version_says_that_it_cannot_be_brought_up_to_date(
    bare: Chronic, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.store.test_upgrades import SCHEMAS, _written_by

    village = bare.folder / "village.db"
    bare.ok("--db", village, "init", "--yes")
    shutil.copy(_written_by(SCHEMAS[0], village, bare.folder), bare.path)
    monkeypatch.setattr(opening, "only_readable", lambda path: Path(path) == bare.path)
    run = bare("overdue")
    assert (run.code, run.out, len(run.err.splitlines())) == (10, "", 1)
    assert "write-protected" in run.err
