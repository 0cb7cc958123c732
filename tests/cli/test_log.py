"""What failed stands in one file beside the registry, and names nobody."""

import shutil
import stat
from pathlib import Path

import pytest

from chronic.store import keys, passphrases
from tests.runner import Chronic

WORDS = "下各村 correct horse"
NAME, PHONE = "王秀兰", "13812345512"


@pytest.fixture
def clinic(chronic: Chronic) -> Chronic:
    chronic.person(NAME, "--phone", PHONE, "--htn-enrolled-on", "2026-09-01")
    return chronic


def log_of(clinic: Chronic) -> Path:
    return clinic.path.with_name("registry.db.log")


def test_nothing_failed(clinic: Chronic) -> None:
    assert clinic.rows("log") == []
    assert not log_of(clinic).exists()


def test_a_registry_that_is_not_there_has_no_log(bare: Chronic) -> None:
    assert bare("log").code == 10


def test_openings_that_failed_are_listed_the_latest_first_without_opening_it(
    clinic: Chronic, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sqlcipher3")
    monkeypatch.setattr(passphrases, "_N", 1 << 4)
    monkeypatch.setattr(keys, "_keyring", lambda: None)
    assert clinic("encrypt", stdin=f"{WORDS}\n{WORDS}\n").code == 0
    shutil.rmtree(clinic.folder / "data")
    assert clinic("person", "show", NAME).code == 10
    assert clinic("overdue", stdin="no\nnor this\nstill not\n").code == 10
    rows = clinic.rows("log")
    assert [(row["code"], row["command"]) for row in rows] == [
        *[("key.wrong", "chronic overdue")] * 3, ("key.missing", "chronic person show"),
    ]  # fmt: skip
    assert [row["code"] for row in clinic.rows("log", "--limit", 2)] == ["key.wrong"] * 2
    assert "口令" in clinic.ok("log", lang="zh").out
    text = log_of(clinic).read_text(encoding="utf-8")
    assert [word for word in (NAME, PHONE, WORDS, "nor this") if word in text] == []
    assert stat.S_IMODE(log_of(clinic).stat().st_mode) == 0o600


def test_a_night_that_failed_stands_there_too(clinic: Chronic) -> None:
    (clinic.folder / "no-folder").write_text("", encoding="utf-8")
    assert clinic("nightly", "--out", clinic.folder / "no-folder" / "lists").code == 30
    assert clinic("nightly", "--backup-to", clinic.folder / "no-stick").code == 30  # the lists are made, the backup is not
    assert [row["code"] for row in clinic.rows("log")] == ["nightly.failed", "nightly.folder"]
    clinic.ok("nightly", "--backup-to", clinic.folder)
    assert len(clinic.rows("log")) == 2


def test_a_line_of_somebody_else_stands_as_it_is_and_moves_no_cursor(clinic: Chronic) -> None:
    log_of(clinic).write_bytes(b"\xff\x1b[2J what\n\n" + b"x" * 100_000 + b"\n")
    run = clinic.ok("log", "--limit", 100)
    assert "what" in run.out
    assert "\x1b" not in run.out
