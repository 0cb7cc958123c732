"""The key of a registry's bundles goes where the registry goes, in the clear nowhere but beside one that is in the clear."""

import shutil
from pathlib import Path

import pytest

from chronic.exchange import keys
from chronic.store import keys as kept_keys
from chronic.store import passphrases
from tests.office.test_bundles import merged, sent, trusting
from tests.runner import Chronic

pytest.importorskip("pyrage")
pytest.importorskip("cryptography")
pytest.importorskip("sqlcipher3")

Both = tuple[Chronic, Chronic]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A passphrase is stretched in a moment, and no test asks the keyring of whoever runs it."""
    monkeypatch.setattr(passphrases, "_N", 1 << 4)
    monkeypatch.setattr(kept_keys, "_keyring", lambda: None)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    village, _town = trusting(folder)
    village.person("王秀兰", "--village", "下各村", "--phone", "13812345512", "--htn-enrolled-on", "2026-01-05")
    village.visit(1, "2026-09-01", "--bp", "152/94", "--fpg", "7.6")
    return folder


@pytest.fixture
def both(made: Path, tmp_path: Path) -> Both:
    shutil.copytree(made, tmp_path / "both")
    return Chronic(tmp_path / "both" / "village"), Chronic(tmp_path / "both" / "town")


def test_who_encrypts_has_the_key_of_bundles_inside_and_it_comes_out_again(both: Both) -> None:
    village, town = both
    secret, key = village.folder / "passphrase.txt", keys.file_of(village.path)
    secret.write_text("一二三四五六七八九十一二", encoding="utf-8")
    kept, before = ("--key-file", str(village.folder / "chronic.keys")), key.read_bytes()
    assert str(key) in village.ok("encrypt", "--passphrase-file", secret, *kept).out
    assert not key.exists()
    assert village("bundle", "key", "new", *kept).code == 2
    out = village.folder / "out.bundle"
    village.ok("bundle", "make", "--to", "镇卫生院", "--out", out, *kept)
    merged(town, out)
    back = sent(town, "下各村")
    village.ok("bundle", "merge", back, "--yes", *kept)
    assert town.rows("person", "list", "--full") == village.rows("person", "list", "--full", *kept)

    assert str(key) not in village.ok("backup", *kept).out  # it is in there
    (backup,) = (village.folder / "backups").iterdir()
    village.path.unlink()
    village.ok("restore", backup, "--yes", *kept)
    shown = village.ok("bundle", "key", "show", *kept).out

    assert str(key) in village.ok("decrypt", "--yes", *kept).out
    assert (key.read_bytes(), key.stat().st_mode & 0o077) == (before, 0)
    assert b"AGE-SECRET-KEY" not in village.path.read_bytes()
    assert village.ok("bundle", "key", "show").out == shown
    village.ok("restore", backup, "--yes", *kept)  # an encrypted one over a plain one
    assert key.read_bytes() == before
    assert b"AGE-SECRET-KEY" not in village.path.read_bytes()


def test_a_backup_under_a_passphrase_has_the_key_in_it(both: Both) -> None:
    village, _town = both
    words, key = village.folder / "words.txt", keys.file_of(village.path)
    words.write_text("words to be said", encoding="utf-8")
    run = village.ok("backup", "--passphrase-file", words)
    assert "Not in it" not in run.out
    (backup,) = (village.folder / "backups").iterdir()
    assert [text for text in (b"SQLite format", b"AGE-SECRET", "下各村".encode()) if text in backup.read_bytes()] == []
    assert "Everything in the registry" in village.ok("backup", "--verify", backup, "--passphrase-file", words).out
    before, people = key.read_bytes(), village.rows("person", "list", "--full")
    (words.parent / "bad.txt").write_text("other words", encoding="utf-8")
    run = village("restore", backup, "--passphrase-file", words.parent / "bad.txt", "--yes")
    assert (run.code, len(run.err.splitlines())) == (10, 1)
    assert "key.wrong" in village.path.with_name("registry.db.log").read_text("utf-8")
    for lost in (key, village.path):
        lost.unlink()
    assert "chronic passphrase" in village.ok("restore", backup, "--passphrase-file", words, "--yes").out
    assert village("bundle", "key", "show", stdin="words to be said\n").code == 0  # it is encrypted as the backup was
    village("decrypt", "--yes", stdin="words to be said\n")
    assert (key.read_bytes(), village.rows("person", "list", "--full")) == (before, people)


def test_a_backup_to_a_trusted_registry_is_opened_by_it_and_by_us(both: Both) -> None:
    village, town = both
    village.ok("backup", "--for", "镇卫生院")
    (backup,) = (village.folder / "backups").iterdir()
    assert backup.suffix == ".age"
    assert backup.stat().st_mode & 0o077 == 0
    assert [row["file"] for row in village.rows("backup", "--list")] == [str(backup)]
    assert b"SQLite format" not in backup.read_bytes()
    assert "Everything in the registry" in village.ok("backup", "--verify", backup).out
    people = village.rows("person", "list", "--full")
    village.ok("restore", backup, "--yes")
    assert village.rows("person", "list", "--full") == people
    town.ok("open", backup, "--out", town.folder / "village.db")
    assert town.rows("person", "list", "--full", "--db", town.folder / "village.db") == people
    assert not [path for path in village.folder.iterdir() if "trial" in path.name]


def test_an_interruption_leaves_the_key_in_both_places_until_the_next_command(both: Both) -> None:
    village, _town = both
    key, words = keys.file_of(village.path), village.folder / "words.txt"
    words.write_text("words to be said", encoding="utf-8")
    before, kept = key.read_bytes(), ("--key-file", str(village.folder / "chronic.keys"))
    village.ok("encrypt", "--passphrase-file", words, *kept)
    shown = village.ok("bundle", "key", "show", *kept).out
    key.write_bytes(before)  # as if it had been stopped before the file went
    assert village.ok("bundle", "key", "show", *kept).out == shown
    assert not key.exists()
    key.write_text("another key, that somebody put there", encoding="utf-8")
    assert village.ok("bundle", "key", "show", *kept).out == shown
    assert key.exists()


def test_the_key_of_what_was_there_goes_with_its_safety_copy(both: Both) -> None:
    """The town's backup is restored over the village."""
    village, town = both
    words, own = town.folder / "words.txt", keys.file_of(village.path).read_bytes()
    words.write_text("words to be said", encoding="utf-8")
    town.ok("backup", "--passphrase-file", words)
    (backup,) = (town.folder / "backups").iterdir()
    village.ok("restore", backup, "--passphrase-file", words, "--yes")
    (aside,) = village.folder.glob("registry-before-restore-*.db")
    assert keys.file_of(aside).read_bytes() == own
    assert keys.file_of(village.path).read_bytes() == keys.file_of(town.path).read_bytes()
