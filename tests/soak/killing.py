"""An import that is killed at a random moment leaves the registry whole: as it was before, or with the whole sheet.

    python -m tests.soak.killing [--moments 200] [--rows 2000] [--seed 1]

Killed as the system kills it (SIGKILL; on Windows TerminateProcess), then looked at, then imported again.
"""

import argparse
import contextlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from tests.bench.bench_import import write_people, write_visits
from tests.runner import TODAY, Chronic
from tests.sheets import portrait

TOP = Path(__file__).resolve().parents[2]
_CHILD = """
import sys
from chronic.cli import imports, main
import chronic.exchange.sheets, chronic.care.replan, chronic.render.files
print("ready", file=sys.stderr, flush=True)
main(sys.argv[1:])
"""
_BROKEN = "not a day"
BEFORE, AFTER = "as before", "the whole sheet"


class Ground(NamedTuple):
    """What every round begins with and must end with. `seconds`: how long an import takes that nobody kills."""

    people: Chronic
    sheet: Path
    rows: int
    before: object
    after: object
    seconds: float


def prepared(folder: Path, rows: int) -> Ground:
    """A registry with people, and a sheet of their visits with one row that is refused."""
    people = Chronic(_empty(folder / "people"))
    people.ok("init", "--name", "下各村卫生室", "--yes")
    write_people(folder / "people.csv", rows // 10)
    people.ok("import", folder / "people.csv")
    write_visits(sheet := folder / "visits.csv", rows)
    lines = sheet.read_text("utf-8").splitlines(keepends=True)
    column = lines[0].split(",").index("visit_date")
    cells = lines[-1].split(",")
    cells[column] = _BROKEN
    sheet.write_text("".join([*lines[:-1], ",".join(cells)]), "utf-8", newline="")
    whole = _copied(people, folder / "whole")
    child = _importing(whole, sheet)
    begun = time.monotonic()
    child.communicate()
    assert child.returncode == 3
    seconds = time.monotonic() - begun
    _looked_at(whole)
    return Ground(people, sheet, rows, portrait(people), portrait(whole), seconds)


def killed_once(ground: Ground, folder: Path, delay: float) -> str:
    """Kill an import after this many seconds; which of the two it left. Raises AssertionError where it left neither, or
    where importing the same sheet again ends elsewhere."""
    chronic = _copied(ground.people, folder)
    child = _importing(chronic, ground.sheet)
    time.sleep(delay)
    child.kill()
    child.communicate()
    _looked_at(chronic)
    left = portrait(chronic)
    assert left in (ground.before, ground.after), f"killed after {delay:.4f} s: a part of the sheet is in"
    rejects = chronic.folder / "rejects.csv"
    assert not rejects.exists() or _BROKEN in rejects.read_text("utf-8-sig"), f"after {delay:.4f} s: half a file of rejects"
    again = chronic("import", ground.sheet)
    assert again.code == 3, again.err
    assert portrait(chronic) == ground.after, f"killed after {delay:.4f} s: imported again, the registry is another"
    batches = chronic.sql("SELECT count(*) FROM batch WHERE holds = 'visits'")
    assert batches in ([(1,)], [(2,)]), batches
    shutil.rmtree(chronic.folder)
    return BEFORE if left == ground.before else AFTER


def _importing(chronic: Chronic, sheet: Path) -> "subprocess.Popen[str]":
    """An import in a process of its own, which is about to begin."""
    around = {**os.environ, "PYTHONPATH": str(TOP), "CHRONIC_DB": str(chronic.path), "CHRONIC_TODAY": TODAY}
    around |= {"XDG_DATA_HOME": str(chronic.folder / "data"), "CHRONIC_LANG": "en"}
    command = [sys.executable, "-c", _CHILD, "import", str(sheet), "--rejects", str(chronic.folder / "rejects.csv")]
    child = subprocess.Popen(command, env=around, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8")
    assert child.stderr is not None
    assert child.stderr.readline() == "ready\n"
    return child


def _looked_at(chronic: Chronic) -> None:
    """Open it as the next command does, which takes up what a killed one left behind."""
    with contextlib.closing(sqlite3.connect(chronic.path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def _copied(chronic: Chronic, folder: Path) -> Chronic:
    copy = Chronic(_empty(folder))
    shutil.copy(chronic.path, copy.path)
    return copy


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moments", type=int, default=200)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as name:
        ground = prepared(Path(name), asked.rows)
        left = Counter(
            killed_once(ground, Path(name, "killed"), chance.uniform(0, ground.seconds)) for _ in range(asked.moments)
        )
    print(f"{asked.moments} imports of {asked.rows} rows ({ground.seconds:.2f} s each) killed: {dict(left)}")


if __name__ == "__main__":
    main()
