"""A registry to maltreat, commands run in children of a process that has everything imported, and what must hold after."""

import contextlib
import json
import os
import shutil
import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from chronic.office import checking, demo
from chronic.store import registry, seals

TODAY = date(2026, 11, 21)
SCHEMAS = Path(__file__).resolve().parents[1] / "store" / "schemas"
TABLES = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


Lines = Sequence[tuple[Sequence[str], str]]


def made(folder: Path, people: int) -> Path:
    """A village in a file of its own."""
    path = folder / "village.db"
    demo.make(path, TODAY, people, 1)
    _around(path)
    return path


def older(village: Path) -> Path:
    """The same village as the last version before this one had written it."""
    schema = max(SCHEMAS.glob("*.sql"), key=lambda file: int(file.stem))
    path = village.with_name("older.db")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(schema.read_text("utf-8"))
        db.execute("ATTACH ? AS now", (str(village),))
        now = {name for (name,) in db.execute("SELECT name FROM now.sqlite_schema")}
        for (table,) in db.execute(TABLES).fetchall():
            if table in now and table not in seals.DERIVED:
                names = ", ".join(row[1] for row in db.execute(f"PRAGMA main.table_info({table})"))
                db.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM now.{table}")
        db.execute(f"PRAGMA application_id = {registry.APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {schema.stem}")
    return path


def _around(path: Path) -> None:
    os.environ |= {"CHRONIC_TODAY": TODAY.isoformat(), "CHRONIC_LANG": "en", "XDG_DATA_HOME": str(path.parent / "data")}


@contextlib.contextmanager
def working(village: Path) -> Iterator[Path]:
    """A copy of it in a folder of its own."""
    folder = village.parent / "working"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    path = folder / "registry.db"
    for one in village.parent.glob(f"{village.name}*"):  # its key of bundles too
        shutil.copy(one, folder / one.name.replace(village.name, path.name))
    yield path


def child(work: Callable[[], int], said: Path) -> int:
    """Do it in a child, whose output goes to this file; its number."""
    sys.stdout.flush()
    number = os.fork()
    if number:
        return number
    code = 1
    try:
        handle = os.open(said, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        code = work()
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def command(path: Path, *args: object) -> int:
    """One command line on this registry, in this process; its exit code."""
    from chronic.cli.root import run

    return run(["--db", str(path), *map(str, args)])


def perform(path: Path, lines: Lines) -> int:
    """Command lines, each with what is said once it is done; the exit code of the first that fails."""
    for args, said in lines:
        if code := command(path, *args):
            return code
        print(said, flush=True)
    return 0


def wrong(path: Path) -> list[str]:
    """What `check` finds."""
    with contextlib.closing(registry.connect(path)) as db:
        return [f"{part}: {code} {values} {person or ''}" for part, (code, values, person) in checking.problems(db, TODAY)]


def visits(path: Path) -> set[tuple[int, str]]:
    """(person, day) of every live follow-up."""
    with contextlib.closing(registry.connect(path)) as db:
        return set(db.execute("SELECT person, visit_date FROM live_visit"))


if __name__ == "__main__":
    raise SystemExit(perform(Path(sys.argv[1]), json.loads(sys.argv[2])))
