"""An encrypted registry: the same registry to whoever has its key, and noise to everybody else."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from chronic import store
from chronic.errors import RegistryUnusable
from chronic.store import cipher, keys, opening, passphrases, registry, sealing
from tests.runner import Chronic, Run

pytest.importorskip("sqlcipher3")

PASSPHRASE = "下各村 correct horse"
ID, PHONE, NAME = "11010519491231002X", "13812345512", "王秀兰"
TERMINAL = f"{PASSPHRASE}\n{PASSPHRASE}\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A passphrase is stretched in a moment, and no test asks the keyring of whoever runs it."""
    monkeypatch.setattr(passphrases, "_N", 1 << 4)
    monkeypatch.setattr(keys, "_keyring", lambda: None)


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    chronic.person(NAME, "--id-number", ID, "--phone", PHONE, "--village", "下各村", "--htn-enrolled-on", "2026-09-01")
    chronic.visit(1, "2026-10-01", "--bp", "150/95")
    return chronic


@pytest.fixture
def locked(village: Chronic) -> Chronic:
    assert village("encrypt", stdin=TERMINAL).code == 0
    return village


def key_file(chronic: Chronic) -> Path:
    return chronic.folder / "data" / "chronic" / "registry-keys"


def names(chronic: Chronic) -> list[str]:
    return sorted(path.name for path in chronic.folder.iterdir() if path.name != "data")


def recovery_of(run: Run) -> str:
    found = re.search(r"^  ([A-Z2-7-]{64})$", run.out, re.MULTILINE)
    assert found is not None
    return found[1]


READS = (
    "today", "overdue", "due", "person list", "person show 1", "why 1", "visit list 1", "export people --full", "calls",
    "plan", "report workload", "checkup due", "screen suspects", "refer list", "task list",
)  # fmt: skip


def test_every_list_says_the_same_and_the_file_is_noise(village: Chronic) -> None:
    before = [village.ok(*command.split()).out for command in READS]
    assert village("encrypt", stdin=TERMINAL).code == 0
    assert [village.ok(*command.split()).out for command in READS] == before
    content = village.path.read_bytes()
    assert content.startswith(opening.SEALED)
    for text in (NAME, ID, PHONE, "SQLite format", "CREATE TABLE"):
        assert text.encode() not in content
    assert village.path.stat().st_mode & 0o077 == 0
    assert names(village) == ["registry.db"]


def test_everything_can_be_written_into_it(locked: Chronic) -> None:
    locked.visit(1, "2026-11-01", "--bp", "128/78")
    locked.ok("undo", "--yes")
    locked.person("李建国", "--htn-enrolled-on", "2026-11-10")
    locked.ok("refer", "out", 1, "--reason", "复查", "--yes")
    sheet = locked.folder / "people.csv"
    sheet.write_text("name,person_ref\n张三,1\n李四,2\n", encoding="utf-8")
    locked.ok("import", sheet)
    locked.ok("export", "parquet", "--out", locked.folder / "tables")
    locked.ok("nightly", "--out", locked.folder / "lists")
    assert len(locked.rows("person", "list")) == 4
    assert locked("person", "add", NAME, "--id-number", ID).code == 21  # a unique index, and sqlite3's own exception
    assert not [name for name in names(locked) if name.startswith("registry.db-")]


def test_a_registry_is_encrypted_from_its_first_byte(bare: Chronic) -> None:
    assert bare("init", "--yes", "--encrypt", stdin=TERMINAL).code == 0
    assert bare.path.read_bytes().startswith(opening.SEALED)
    assert bare.ok("person", "add", NAME).code == 0
    assert bare("init", "--yes", "--encrypt", stdin=TERMINAL).code == 2
    assert bare("init", "--yes", "--keep", "file").code == 2


def test_decrypted_it_is_the_registry_it_was(village: Chronic) -> None:
    def facts() -> list[str]:
        return sorted(line for line in village.dump().splitlines() if "audit" not in line and '"seal"' not in line)

    before = facts()
    village("encrypt", stdin=TERMINAL)
    assert village("decrypt").code == 2
    village.ok("decrypt", "--yes")
    assert facts() == before
    with closing(sqlite3.connect(village.path)) as db:
        assert db.execute("PRAGMA application_id").fetchone() == (registry.APPLICATION_ID,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert village("decrypt", "--yes").code == 21
    assert village("passphrase", stdin=TERMINAL).code == 21


def test_the_passphrase_opens_it_on_another_computer(locked: Chronic) -> None:
    key_file(locked).unlink()
    assert NAME in locked("person", "list", stdin=f"{PASSPHRASE}\n").out
    run = locked("person", "list", stdin="wrong\nwrong too\nand again\n")
    assert (run.code, run.out) == (10, "")
    assert "not the key" in run.last
    assert (locked.folder / "registry.db.log").read_text("utf-8").count("key.wrong") == 3


def test_the_recovery_key_opens_it_however_it_is_typed(village: Chronic) -> None:
    recovery = recovery_of(village("encrypt", stdin=TERMINAL))
    key_file(village).unlink()
    for typed in (recovery, recovery.lower().replace("-", " "), recovery.replace("-", "")):
        assert NAME in village("person", "list", stdin=f"{typed}\n").out
    assert village("person", "list", stdin=f"{recovery[:-1]}\n\n\n").code == 10


def test_another_passphrase_is_another_key(locked: Chronic) -> None:
    old = locked.path.read_bytes()
    assert locked("passphrase", stdin="new words to say\nnew words to say\n").code == 0
    assert NAME in locked.ok("person", "list").out  # the key file was told
    copy = Chronic(locked.folder / "stick")
    copy.folder.mkdir()
    copy.path.write_bytes(old)
    assert NAME in locked("--db", copy.path, "person", "list").out  # its key is still in the file
    key_file(locked).unlink()
    assert locked("person", "list", stdin=f"{PASSPHRASE}\n\n\n").code == 10
    assert NAME in locked("person", "list", stdin="new words to say\n").out
    assert NAME in copy("person", "list", stdin=f"{PASSPHRASE}\n").out


def _none(chronic: Chronic) -> tuple[str, ...]:
    key_file(chronic).unlink()
    return ()


def _another(chronic: Chronic) -> tuple[str, ...]:
    other = chronic.folder / "other.keys"
    keys.add_to_file(other, passphrases.new_key("another passphrase"))
    return ("--key-file", str(other))


def _not_there(chronic: Chronic) -> tuple[str, ...]:
    return ("--key-file", str(chronic.folder / "no.keys"))


def _rubbish(chronic: Chronic) -> tuple[str, ...]:
    (chronic.folder / "rubbish").write_bytes(bytes(range(256)))
    return ("--key-file", str(chronic.folder / "rubbish"))


@pytest.mark.parametrize("without", [_none, _another, _not_there, _rubbish])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_without_its_key_one_sentence_and_nothing_is_touched(
    locked: Chronic, without: Callable[[Chronic], tuple[str, ...]], lang: str
) -> None:
    options, before = without(locked), locked.path.read_bytes()
    for command in ("overdue", "visit add 1 --bp 128/78", "person add 李建国", "decrypt --yes", "passphrase", "today"):
        run = locked(*options, *command.split(), lang=lang)
        assert (run.code, run.out) == (10, ""), run
        assert len(run.err.splitlines()) == 1
    assert locked.path.read_bytes() == before
    log = locked.folder / "registry.db.log"
    assert len(log.read_text("utf-8").splitlines()) == 6
    assert log.stat().st_mode & 0o077 == 0
    for secret in (ID, PHONE, NAME, PASSPHRASE):
        assert secret not in log.read_text("utf-8")


def test_the_key_file_may_lie_elsewhere_and_is_for_its_owner_alone(
    village: Chronic, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = village.folder / "stick" / "chronic.keys"
    assert village("--key-file", stick, "encrypt", stdin=TERMINAL).code == 0
    assert stick.stat().st_mode & 0o077 == 0
    assert not key_file(village).exists()
    assert village("today").code == 10
    assert village.ok("today", "--key-file", stick).code == 0
    assert village("today", CHRONIC_KEY_FILE=str(stick)).code == 0


def test_kept_nowhere_each_command_asks(village: Chronic) -> None:
    assert village("encrypt", "--keep", "nowhere", stdin=TERMINAL).code == 0
    assert not key_file(village).exists()
    assert village("today").code == 10
    assert village("today", stdin=f"{PASSPHRASE}\n").code == 0


def test_a_keyring_is_asked_where_there_is_one(village: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    class Ring:
        """One that lives in memory."""

        def __init__(self) -> None:
            self.held: dict[tuple[str, str], str] = {}

        def set_password(self, service: str, name: str, secret: str) -> None:
            self.held[service, name] = secret

        def get_password(self, service: str, name: str) -> str | None:
            return self.held.get((service, name))

    ring = Ring()
    monkeypatch.setattr(keys, "_keyring", lambda: ring)
    assert village("encrypt", stdin=TERMINAL).code == 0
    assert not key_file(village).exists()
    assert village.ok("today").code == 0
    monkeypatch.setattr(keys, "_keyring", lambda: None)
    assert village("today").code == 10
    assert village("passphrase", "--keep", "keyring", stdin=f"{PASSPHRASE}\n{TERMINAL}").code == 10


@pytest.mark.parametrize(
    ("typed", "said"),
    [("short\nshort\n", "at least 8"), ("long enough\nlong enouhg\n", "not the same"), (None, "--passphrase-file")],
)
def test_a_passphrase_that_will_not_do(village: Chronic, typed: str | None, said: str) -> None:
    before = village.path.read_bytes()
    run = village("encrypt", stdin=typed)
    assert run.code == 2
    assert said in run.last
    assert village.path.read_bytes() == before
    assert not key_file(village).exists()


def test_a_damaged_encrypted_registry_is_called_damaged(locked: Chronic) -> None:
    whole = locked.path.read_bytes()
    locked.path.write_bytes(whole[:3000] + bytes([whole[3000] ^ 1]) + whole[3001:])
    run = locked("overdue")
    assert run.code == 10
    assert "damaged" in run.last
    assert len(run.err.splitlines()) == 1  # nothing that SQLCipher says by itself


def test_without_the_library_one_sentence_names_it(locked: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(store, "sqlcipher", raising=False)
    monkeypatch.setitem(sys.modules, "chronic.store.sqlcipher", None)
    run = locked("overdue")
    assert run.code == 10
    assert 'pip install "chronic[encryption]"' in run.last
    assert locked("encrypt", stdin=TERMINAL).code == 10


READS_ON = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("SELECT * FROM person").fetchone()
print(flush=True)
input()
"""


def test_nothing_is_encrypted_under_somebody_who_has_it_open(village: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_WAIT_S", 0.05)
    with subprocess.Popen(
        [sys.executable, "-c", READS_ON, village.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        run = village("encrypt", stdin=TERMINAL)
        assert run.code == 10
        assert "Another program" in run.last
        other.communicate("\n")
    assert names(village) == ["registry.db"]
    assert village.ok("today").code == 0


def test_the_old_file_is_overwritten(village: Chronic) -> None:
    with village.path.open("rb") as old:
        assert village("encrypt", stdin=TERMINAL).code == 0
        assert set(old.read()) == {0}


def test_whoever_waited_for_the_old_file_does_not_write_into_it(village: Chronic) -> None:
    """A program that opened the file before it was replaced finds zeros, not a registry nobody will look at again."""
    with closing(sqlite3.connect(village.path)) as late:
        village("encrypt", stdin=TERMINAL)
        with pytest.raises(sqlite3.DatabaseError):
            late.execute("INSERT INTO setting VALUES ('a', 'b')")


def test_an_old_file_that_was_left_lying_is_overwritten_by_the_next_command(village: Chronic) -> None:
    plain = village.path.read_bytes()
    village("encrypt", stdin=TERMINAL)
    left = village.folder / ".registry.db.old"
    left.write_bytes(plain)
    with left.open("rb") as old:
        village.ok("today")
        assert set(old.read()) == {0}
    assert names(village) == ["registry.db"]


def test_an_old_file_stays_while_the_one_in_its_place_is_not_whole(village: Chronic) -> None:
    plain = village.path.read_bytes()
    village("encrypt", stdin=TERMINAL)
    left = village.folder / ".registry.db.old"
    left.write_bytes(plain)
    whole = village.path.read_bytes()
    village.path.write_bytes(whole[:40960] + b"\xa5" * 4096 + whole[45056:])
    village("today")
    assert left.read_bytes() == plain
    village.path.write_bytes(whole)
    village.ok("today")
    assert names(village) == ["registry.db"]


def test_what_a_kill_left_of_decrypting_is_overwritten_by_the_next_command(locked: Chronic) -> None:
    left = locked.folder / ".registry.db.new"
    left.write_bytes(b"SQLite format 3\x00 13912345678")
    with left.open("rb") as half:
        locked.ok("today")
        assert set(half.read()) == {0}
    assert ".registry.db.new" not in names(locked)


def test_a_log_begun_before_the_lock_is_folded_in_under_it(village: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody opens the registry between the look for a log and the lock, and closes it again."""
    seen = list[Path]()
    looked = sealing._no_log

    def come_in(db: object, path: Path) -> None:
        looked(db, path)  # type: ignore[arg-type]
        if not seen:
            seen.append(path)
            registry.connect(path).close()
            with closing(sqlite3.connect(path)) as other:
                assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)

    monkeypatch.setattr(sealing, "_no_log", come_in)
    village("encrypt", stdin=TERMINAL)
    assert seen
    assert names(village) == ["registry.db"]
    village.ok("check")


def test_the_second_name_of_a_registry_that_was_not_replaced_is_only_a_name(village: Chronic) -> None:
    """Killed between the two, encrypting has left the registry itself under another name, too."""
    os.link(village.path, village.folder / ".registry.db.old")
    before = village.path.read_bytes()
    sealing.forget_old(village.path)
    assert village.path.read_bytes() == before
    assert names(village) == ["registry.db"]


ENCRYPTS = """
import sys
from pathlib import Path
from chronic.store import passphrases, sealing
passphrases._N = 16
key = passphrases.new_key("correct horse battery")
print(key.text, key.head.hex(), flush=True)
sealing.reseal(Path(sys.argv[1]), None, key)
print("done", flush=True)
"""


def test_killed_at_any_moment_one_whole_registry_is_left(village: Chronic, tmp_path: Path) -> None:
    plain = village.path.read_bytes()
    before = village.dump()
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    for place in range(24):
        path = tmp_path / "killed" / "registry.db"
        path.parent.mkdir(exist_ok=True)
        for left in path.parent.iterdir():
            left.unlink()
        path.write_bytes(plain)
        run = subprocess.Popen([sys.executable, "-c", ENCRYPTS, str(path)], env=environ, stdout=subprocess.PIPE, text=True)
        assert run.stdout is not None
        text, head = run.stdout.readline().split()
        time.sleep(place * 0.004)
        run.send_signal(signal.SIGKILL)
        run.communicate()
        key, is_plain = cipher.Key(bytes.fromhex(text), bytes.fromhex(head)), not opening.sealed_head(path)
        with opening.unlocked_by(lambda _path, _head, key=key: key), closing(registry.connect(path)) as db:  # type: ignore[misc]
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            if is_plain:
                assert "\n".join(db.iterdump()) == before


def test_two_connections_of_one_process_keep_their_locks(locked: Chronic) -> None:
    """Looking at the first bytes of a file that is open, and closing it, would give up the locks on it."""
    found = keys.in_file(key_file(locked), opening.sealed_head(locked.path))
    assert found is not None
    with opening.unlocked_by(lambda _path, _head: found), closing(registry.connect(locked.path)) as one:
        one.execute("BEGIN IMMEDIATE")
        one.execute("INSERT INTO setting VALUES ('a', 'b')")
        with closing(registry.connect(locked.path)) as other:
            other.execute("SELECT * FROM setting").fetchall()
        assert locked_elsewhere(locked.path, found)
        one.execute("ROLLBACK")


def locked_elsewhere(path: Path, key: cipher.Key) -> bool:
    """Does another process find that somebody writes?"""
    script = f"""
from chronic.store import cipher, opening
key = cipher.Key(bytes.fromhex({key.text!r}), bytes.fromhex({key.head.hex()!r}))
db = cipher.opened(opening.uri({str(path)!r}, "rw"), key, 0)
try:
    db.execute("BEGIN IMMEDIATE")
except Exception as error:
    print(error)
"""
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    run = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True)
    return "locked" in run.stdout


def test_sqlcipher_raises_what_sqlite_raises(locked: Chronic) -> None:
    found = keys.in_file(key_file(locked), opening.sealed_head(locked.path))
    assert found is not None
    with opening.unlocked_by(lambda _path, _head: found), closing(registry.connect(locked.path)) as db:
        with pytest.raises(sqlite3.OperationalError):
            db.execute("SELECT nothing FROM nowhere")
        with pytest.raises(sqlite3.IntegrityError):
            db.execute("INSERT INTO setting VALUES ('name', 'again')")
        assert list(db.execute("SELECT 1 UNION SELECT 2")) == [(1,), (2,)]
        assert next(db.execute("SELECT 3")) == (3,)
        assert list(pairwise(db.execute("SELECT 1 UNION SELECT 2"))) == [((1,), (2,))]


def test_a_key_never_shows_what_it_opens_with() -> None:
    key = passphrases.new_key(PASSPHRASE)
    assert key.text not in f"{key!r} {key}"
    assert passphrases.key_of_words(PASSPHRASE, key.head) is not None
    assert passphrases.key_of_words(PASSPHRASE + "x", key.head) is None
    assert passphrases.new_key(PASSPHRASE).text != key.text  # a salt of its own


def test_no_key_at_hand_is_an_error_of_ours(locked: Chronic) -> None:
    with pytest.raises(RegistryUnusable):
        registry.connect(locked.path)


def test_a_nightly_run_and_its_timetable_know_the_key_file(locked: Chronic) -> None:
    stick = locked.folder / "stick.keys"
    key_file(locked).rename(stick)
    run = locked("--key-file", stick, "nightly", "install", "--kind", "crontab")
    assert run.code == 0
    assert f"--key-file {stick}" in run.out


def backed_up(chronic: Chronic) -> Path:
    """A backup on a stick."""
    stick = chronic.folder / "stick"
    stick.mkdir()
    chronic.ok("backup", "--to", stick)
    (path,) = stick.iterdir()
    return path


def test_a_backup_of_it_is_encrypted_with_its_key_and_comes_back(locked: Chronic) -> None:
    backup = backed_up(locked)
    assert opening.sealed_head(backup) == opening.sealed_head(locked.path)
    locked.ok("backup", "--verify", backup)
    locked.visit(1, "2026-11-01", "--bp", "128/78")
    locked.ok("restore", backup, "--yes")
    assert len(locked.rows("visit", "list", 1)) == 1
    assert opening.sealed_head(locked.path)
    (kept,) = (path for path in locked.folder.iterdir() if "before-restore" in path.name)
    assert opening.sealed_head(kept)
    assert NAME.encode() not in kept.read_bytes()


@pytest.mark.parametrize("then", ["passphrase", "decrypt"])
def test_a_backup_under_another_key_comes_back_under_that_of_the_registry(locked: Chronic, then: str) -> None:
    backup = backed_up(locked)
    options = ["--yes"] if then == "decrypt" else []
    assert locked(then, *options, stdin="other words\nother words\n").code == 0
    head = opening.sealed_head(locked.path)
    locked.ok("restore", backup, "--yes")
    assert opening.sealed_head(locked.path) == head
    assert NAME in locked.ok("person", "list").out


def test_a_plain_backup_comes_back_encrypted(village: Chronic) -> None:
    backup = backed_up(village)
    village("encrypt", stdin=TERMINAL)
    village.ok("restore", backup, "--yes")
    assert opening.sealed_head(village.path)
    assert len(village.rows("visit", "list", 1)) == 1
    assert not [name for name in names(village) if name.startswith(".")]


def test_it_is_checked_and_rescued_without_leaving_a_plain_page(locked: Chronic) -> None:
    locked.ok("check")
    locked.ok("check", "--rescue", locked.folder / "saved.db")
    assert opening.sealed_head(locked.folder / "saved.db")
    for path in locked.folder.rglob("*"):
        assert path.is_dir() or path.name == "registry-keys" or NAME.encode() not in path.read_bytes()


def test_a_registry_of_an_earlier_version_stays_encrypted(locked: Chronic) -> None:
    found = keys.in_file(key_file(locked), opening.sealed_head(locked.path))
    assert found is not None
    with opening.unlocked_by(lambda _path, _head: found), closing(opening.opened(locked.path)) as db:
        db.execute("DROP TABLE seal")
        db.execute(f"PRAGMA user_version = {registry.SCHEMA_VERSION - 1}")
    assert NAME in locked("person", "list").out
    for path in locked.folder.glob("*.db"):
        assert opening.sealed_head(path)


def test_who_encrypts_and_decrypts_is_in_the_audit(locked: Chronic) -> None:
    assert locked("passphrase", stdin=TERMINAL).code == 0
    locked.ok("decrypt", "--yes")
    rows = locked.rows("audit", "show")
    assert [row["action"] for row in reversed(rows)][-3:] == ["encrypt", "passphrase", "decrypt"]
    assert {row["by"] for row in rows} == {"李医生"}
    assert locked("audit", "verify").code == 0
