"""Nothing personal goes into the system's folder for temporary files: nothing at all does.

A folder's time changes when a file is made or removed in it, so it tells also of those that are gone again.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chronic.office import checking
from chronic.store import keys, passphrases
from tests.runner import Chronic

_FOLDER = ("SQLITE_TMPDIR", "TMPDIR", "TEMP", "TMP")
TERMINAL = "words to be said\nwords to be said\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    made = Chronic(tmp_path_factory.mktemp("made"))
    made.ok("init", "--doctor", "李医生", "--yes")
    for name in ("王秀兰", "李建国"):
        made.person(name, "--village", "下各村", "--birth-date", "1950-01-01", "--htn-enrolled-on", "2026-09-01")
    made.visit(1, "2026-10-01", "--bp", "150/95")
    made.ok("export", "fhir", "--full", "--out", made.folder / "all.json")
    (made.folder / "rows.csv").write_text("姓名,身份证号\n张三,110105194912310021\n", encoding="utf-8")
    return made


@pytest.fixture
def clinic(made: Chronic, tmp_path: Path) -> Chronic:
    shutil.copytree(made.folder, tmp_path / "clinic")
    return Chronic(tmp_path / "clinic")


@pytest.fixture
def untouched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The folder for temporary files, which is as it was afterwards."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    for name in _FOLDER:
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    before = folder.stat().st_mtime_ns
    yield
    assert (list(folder.iterdir()), folder.stat().st_mtime_ns) == ([], before)


COMMANDS = [
    "backup", "check", "check --rescue saved.db", "export people --full --out p.csv", "export visits --full --out v.xlsx",
    "export parquet --out tables", "overdue --out o.xlsx", "dashboard --out d.html", "print followup 1 --out f.html",
    "print followup 1 --out f.pdf", "print campaign --out c.xlsx", "report indicators --out i.xlsx", "nightly --out lists",
    "import all.json --dry-run", "upload sheet visits --full --out u.xlsx", "audit verify", "replan",
    "export ics --out d.ics",
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.usefixtures("untouched")
def test_nothing_lies_there_not_even_for_a_moment(clinic: Chronic, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for word, library in (("xlsx", "xlsxwriter"), ("pdf", "fpdf"), ("parquet", "duckdb"), ("ics", "icalendar")):
        if word in command:
            pytest.importorskip(library)
    monkeypatch.chdir(clinic.folder)
    run = clinic(*command.split())
    assert run.code == 0 or "font" in run.err, run.err
    assert not [path.name for path in clinic.folder.iterdir() if path.name.startswith(".")]


@pytest.mark.usefixtures("untouched")
def test_nor_of_refused_rows_of_a_backup_tried_out_or_restored(clinic: Chronic) -> None:
    pytest.importorskip("xlsxwriter")
    assert clinic("import", clinic.folder / "rows.csv", "--rejects", clinic.folder / "r.xlsx").code == 3
    clinic.ok("backup")
    (backup,) = (clinic.folder / "backups").iterdir()
    clinic.ok("backup", "--verify", backup)
    clinic.ok("restore", backup, "--yes")
    assert not [path.name for path in clinic.folder.iterdir() if path.name.startswith(".")]


@pytest.mark.usefixtures("untouched")
def test_nor_of_an_encrypted_registry(clinic: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sqlcipher3")
    monkeypatch.setattr(passphrases, "_N", 1 << 4)
    monkeypatch.setattr(keys, "_keyring", lambda: None)
    assert clinic("encrypt", stdin=TERMINAL).code == 0
    clinic.ok("import", clinic.folder / "all.json", "--dry-run")
    clinic.ok("import", clinic.folder / "all.json")
    clinic.ok("backup")
    (backup,) = (clinic.folder / "backups").iterdir()
    clinic.ok("backup", "--verify", backup)
    clinic.ok("restore", backup, "--yes")
    clinic.ok("check")
    clinic.ok("decrypt", "--yes")


def test_a_backup_that_cannot_be_tried_out_leaves_nothing_either(clinic: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    clinic.ok("backup")
    (backup,) = (clinic.folder / "backups").iterdir()
    before = sorted(clinic.folder.iterdir())

    def fails(*_: object) -> None:
        assert len(list(clinic.folder.glob(".registry.db.trial-*/registry.db"))) == 1
        assert next(clinic.folder.glob(".registry.db.trial-*")).stat().st_mode & 0o077 == 0
        raise MemoryError

    monkeypatch.setattr(checking, "problems", fails)
    assert clinic("backup", "--verify", backup).code == 1
    assert [path for path in sorted(clinic.folder.iterdir()) if path.name != "data"] == before


def test_what_a_killed_program_left_a_day_ago_goes_with_the_next_trial_and_not_what_another_has_just_begun(
    clinic: Chronic,
) -> None:
    clinic.ok("backup")
    (backup,) = (clinic.folder / "backups").iterdir()
    old, new = clinic.folder / ".registry.db.trial-old", clinic.folder / ".registry.db.trial-new"
    for folder in (old, new):
        folder.mkdir()
        (folder / "registry.db").write_bytes(b"somebody")
    os.utime(old, (0, 0))
    clinic.ok("backup", "--verify", backup)
    assert (old.exists(), new.exists()) == (False, True)
