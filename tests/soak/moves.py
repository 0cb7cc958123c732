"""Work that puts a whole file, or somebody's whole history, in the place of another: to be interrupted."""

import contextlib
import io
from pathlib import Path

from chronic.exchange import keys
from chronic.office import demo
from chronic.store import opening, registry, transactions
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
    _done(command(village, "person", "close", who, "--reason", "died", "--on", TODAY, "--yes"))


def erasing(village: Path, before: str) -> Case:
    """Somebody is there as before, or nothing of who they were is in the registry's files."""
    with contextlib.closing(registry.connect(village)) as db:
        row = db.execute(f"{_WITH_NUMBER} AND closed_on IS NOT NULL ORDER BY id DESC").fetchone()
    who, number = row[0], str(row[2])

    def holds(path: Path, said: str) -> str:
        with contextlib.closing(opening.opened(path)) as db:
            name, has = db.execute("SELECT name, id_number FROM person WHERE id = ?", (who,)).fetchone()
            erased = db.execute("SELECT count(*) FROM erasure WHERE person = ?", (who,)).fetchone()[0]
        if not erased:
            whole = canonical(path, "audit") == before
            return "acknowledged, but not there" if ACKNOWLEDGED in said else "" if whole else "half erased"
        if has is not None or name == row[1]:
            return f"half erased: {name}"
        if ACKNOWLEDGED in said:
            still = [one.name for one in path.parent.glob("registry.db*") if number.encode() in one.read_bytes()]
            return f"the number is still in {still}" if still else ""
        return ""

    return Case("erase", village, once("person", "erase", who, "--basis", "soak", "--yes"), holds)


def merging(folder: Path, people: int) -> Case:
    """A bundle is merged whole or not at all, and merging it again ends the same."""
    sites = folder / "exchange"
    sites.mkdir()
    town, village = (_site(sites / f"{name}.db", people, seed) for seed, name in ((1, "town"), (2, "village")))
    file = sites / "village.bundle"
    for one, other in ((town, village), (village, town)):
        key = sites / f"{other.stem}.txt"
        _done(command(other, "bundle", "key", "show", "--out", key))
        _done(command(one, "bundle", "key", "trust", other.stem, key, "--yes"))
    _done(command(village, "bundle", "make", "--to", "town", "--since", "all", "--out", file))
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


def _done(code: int) -> None:
    assert code == 0, code
