"""Work that puts a whole file, or somebody's whole history, in the place of another: to be interrupted."""

import contextlib
import io
import shutil
from pathlib import Path

from chronic.exchange import keys
from chronic.office import demo
from chronic.store import copies, opening, registry, transactions
from tests import travels
from tests.soak.case import ACKNOWLEDGED, Case, once
from tests.soak.clinic import TODAY, command
from tests.soak.flips import canonical

_WITH_NUMBER = "SELECT id, name, id_number FROM person WHERE id_number IS NOT NULL"


def encrypting(village: Path, before: str) -> Case:
    """Plain and as before, or encrypted and as before with its key in the key file."""
    words = village.with_name("words")
    words.write_text("soak of the county\n", "utf-8")
    where = village.parent / "working" / "keys"

    def holds(path: Path, said: str) -> str:
        sealed = bool(opening.sealed_head(path))
        if ACKNOWLEDGED in said and not sealed:
            return "acknowledged, but not encrypted"
        if canonical(path, "audit") != before:
            return "another registry"
        left = [one.name for one in path.parent.iterdir() if sealed and one.name.endswith(".old")]
        return f"the plain one is still there: {left}" if left and ACKNOWLEDGED in said else ""

    args = ("encrypt", "--keep", "file", "--key-file", where, "--passphrase-file", words)
    return Case("encrypt", village, once(*args), holds)


def close_one(village: Path) -> None:
    """Somebody dies, so that there is somebody to erase."""
    with contextlib.closing(registry.connect(village)) as db:
        (who, *_) = db.execute(f"{_WITH_NUMBER} AND closed_on IS NULL ORDER BY id DESC").fetchone()
    _do(village, "person", "close", who, "--reason", "died", "--on", TODAY, "--yes")


def _who_died(village: Path) -> tuple[int, str, str]:
    with contextlib.closing(registry.connect(village)) as db:
        who, name, number = db.execute(f"{_WITH_NUMBER} AND closed_on IS NOT NULL ORDER BY id DESC").fetchone()
    return who, name, str(number)


def erasing(village: Path, before: str) -> Case:
    """Somebody is there as before, or nothing of who they were is in the registry's files."""
    who, known_as, number = _who_died(village)

    def holds(path: Path, said: str) -> str:
        with contextlib.closing(opening.opened(path)) as db:
            name, has = db.execute("SELECT name, id_number FROM person WHERE id = ?", (who,)).fetchone()
            erased = db.execute("SELECT count(*) FROM erasure WHERE person = ?", (who,)).fetchone()[0]
        if not erased:
            whole = canonical(path, "audit") == before
            return "acknowledged, but not there" if ACKNOWLEDGED in said else "" if whole else "half erased"
        if has is not None or name == known_as:
            return f"half erased: {name}"
        if ACKNOWLEDGED in said:
            still = [one.name for one in path.parent.glob("registry.db*") if number.encode() in one.read_bytes()]
            return f"the number is still in {still}" if still else ""
        return ""

    return Case("erase", village, once("person", "erase", who, "--basis", "soak", "--yes"), holds)


def purging(village: Path, before: str) -> Case:
    """Every older copy is whole, as it was or without whom somebody erased since."""
    who, _name, number = _who_died(village)
    erase = (["person", "erase", str(who), "--basis", "soak", "--yes"], "erased")
    lines = [*once("backup"), erase, *once("backup", "--purge", "--yes")]

    def holds(path: Path, said: str) -> str:
        purged = said.count(f"{ACKNOWLEDGED}\n") == 2
        for one in (path.parent / "backups").glob("*.db"):
            copies.sound(one)
            with contextlib.closing(opening.opened_with(one, "immutable", None)) as db:
                (has,) = db.execute("SELECT id_number FROM person WHERE id = ?", (who,)).fetchone()
            if has is not None and (purged or canonical(one, "audit") != before):
                return "acknowledged, and the number is still in a copy" if purged else "another copy"
            if purged and number.encode() in one.read_bytes():
                return "the number is still in the file of a copy"
        return ""

    return Case("purge", village, lines, holds)


def restoring(village: Path, before: str) -> Case:
    """As before, or as an earlier copy was, and then what it replaced is beside it."""
    earlier = village.with_name("earlier.db")
    shutil.copy(village, earlier)
    with contextlib.closing(registry.connect(earlier)) as db:
        (who,) = db.execute("SELECT id FROM person WHERE closed_on IS NULL ORDER BY id").fetchone()
    _do(earlier, "person", "edit", who, "--phone", "13800000000")
    known = canonical(earlier, "audit")

    def holds(path: Path, said: str) -> str:
        found = canonical(path, "audit")
        if found == before:
            return "acknowledged, but not there" if ACKNOWLEDGED in said else ""
        if found != known:
            return "neither the one nor the other"
        beside = [one for one in path.parent.rglob("*.db*") if one.name.endswith(".db") and one != path]
        return "" if any(canonical(one, "audit") == before for one in beside) else f"what it replaced is gone: {beside}"

    return Case("restore", village, once("restore", earlier, "--yes"), holds)


def restoring_a_damaged(village: Path) -> Case:
    """The same restore, done again after the kill, ends well, with what was damaged beside it and nothing else left."""
    earlier, broken = village.with_name("earlier.db"), village.with_name("broken.db")
    whole, known = village.read_bytes(), canonical(earlier, "audit")
    damaged = whole[:20000] + b"\xa5" * 60000
    broken.write_bytes(damaged)

    def holds(path: Path, said: str) -> str:
        before = path.read_bytes() if path.exists() else None
        ready = Path(opening.left_by_restoring(path))
        if before is None and canonical(ready, "audit") != known:
            return "gone, and nothing whole in its place"
        _do(path, "restore", ready if before is None else earlier, "--yes")
        if canonical(path, "audit") != known:
            return "not as the backup"
        if damaged not in [one.read_bytes() for one in path.parent.glob("*-before-restore-*")]:
            return "what was damaged is gone"
        return f"{ready} is still there" if ready.exists() else ""

    return Case("restore (damaged)", broken, once("restore", earlier, "--yes"), holds)


def merging(folder: Path, people: int) -> Case:
    """A bundle is merged whole or not at all, and merging it again ends the same."""
    town, village = (_site(folder / f"{name}.db", people, seed) for seed, name in ((1, "town"), (2, "sender")))
    file = folder / "sender.bundle"
    for one, other in ((town, village), (village, town)):
        key = folder / f"{other.stem}.txt"
        _do(other, "bundle", "key", "show", "--out", key)
        _do(one, "bundle", "key", "trust", other.stem, key, "--yes")
    _do(village, "bundle", "make", "--to", "town", "--since", "all", "--out", file)
    known = _known(town)
    whole: list[str] = []

    def holds(path: Path, said: str) -> str:
        found = _known(path)
        if not whole:
            assert found != known
            whole.append(found)
        if found not in (known, whole[0]):
            return "half merged"
        if found == known and ACKNOWLEDGED in said:
            return "acknowledged, but not there"
        nobody = io.StringIO()
        with contextlib.redirect_stdout(nobody), contextlib.redirect_stderr(nobody):
            code = command(path, "bundle", "merge", file, "--yes")
        return "" if code == 0 and _known(path) == whole[0] else f"merged again: exit {code}, and not the same"

    return Case("bundle merge", town, once("bundle", "merge", file, "--yes"), holds)


def _site(path: Path, people: int, seed: int) -> Path:
    """A made-up place that says it is a real one, with a key."""
    demo.make(path, TODAY, people, seed)
    with contextlib.closing(registry.connect(path)) as db, transactions.immediate(db):
        db.execute("DELETE FROM setting WHERE key = 'demo'")
    with contextlib.closing(registry.connect(path)) as db:
        keys.make(db)
    return path


def _known(path: Path) -> str:
    with contextlib.closing(registry.connect(path)) as db:
        return travels.digest(db)


def _do(path: Path, *args: object) -> None:
    """One command line that has to succeed, and to say nothing here."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = command(path, *args)
    assert code == 0, said.getvalue()
