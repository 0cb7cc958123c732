"""How often one typed visit, with everything derived, makes the disk wait: its syncs, counted with strace.

    python -m tests.bench.bench_visit

The bar is one sync a visit, and that is what its transaction costs. Around it SQLite needs more, once for each program
that writes: a new log begins with two (its header, the folder it may have appeared in), and a program that was alone
folds the log back into the registry when it ends, which takes two (log, registry). Leaving the log would save those
two and lose visits: a registry copied to a stick must have everything in it.
"""

import os
import re
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from chronic.care import record
from chronic.care.desk import Desk
from chronic.model.visit import Visit
from chronic.store import editions, registry
from chronic.store.stamp import Stamp
from tests.bench.yardstick import CHRONIC, print_table, run

TODAY = date(2026, 11, 21)
MORE = 10
_SYNC = re.compile(r"(?:fsync|fdatasync|sync_file_range)\(\d+<([^>]*)>")
FILES = ("log", "folder", "registry")


def main() -> None:
    if shutil.which("strace") is None:
        raise SystemExit("there is no strace to count with")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "registry.db")
        os.environ |= {"CHRONIC_DB": str(path), "CHRONIC_TODAY": TODAY.isoformat()}
        run([*CHRONIC, "init", "--name", "bench", "--yes"])
        for name in ("王秀兰", "李建国", "陈志强"):
            run([*CHRONIC, "person", "add", name, "--programmes", "htn;dm"])
        found = {
            "visit add": counted(path, *CHRONIC, *visit(1)),
            "today": counted(path, *CHRONIC, "today"),
            f"{MORE} visits one by one in one program": counted(path, *_itself(path, MORE)),
            f"{2 * MORE} visits one by one in one program": counted(path, *_itself(path, 2 * MORE)),
        }
        with closing(sqlite3.connect(path)) as other:  # open for as long as this block lasts
            other.execute("SELECT count(*) FROM person").fetchone()
            found["visit add, another program has it open"] = counted(path, *CHRONIC, *visit(2))
            found["visit add once more, the log is there"] = counted(path, *CHRONIC, *visit(3))
    rows = ((case, syncs.total(), *(syncs[file] for file in FILES)) for case, syncs in found.items())
    print_table("syncs", ("", "all", *FILES), rows)


def visit(person: int) -> list[str]:
    return ["visit", "add", str(person), "--bp", "148/92", "--adherence", "regular", "--danger", "no", "--yes"]


def counted(path: Path, *command: str) -> Counter[str]:
    """Syncs by the file that was synced."""
    said = path.parent / "syncs"
    quiet = ["sh", "-c", 'exec "$@" 2> /dev/null', "sh"]
    run([*quiet, "strace", "-f", "-y", "-e", "trace=fsync,fdatasync,sync_file_range", "-o", str(said), *command])
    names = {f"{path}-wal": "log", str(path.parent): "folder", str(path): "registry"}
    return Counter(names.get(name, "other") for name in _SYNC.findall(said.read_text("utf-8")))


def _itself(path: Path, visits: int) -> list[str]:
    return [sys.executable, "-m", "tests.bench.bench_visit", str(path), str(visits)]


def write(path: Path, visits: int) -> None:
    """So many visits of the first person, each recorded by itself."""
    with closing(registry.connect(path)) as db:
        stamp = Stamp(f"{TODAY}T00:00:00.000Z", 1_795_000_000_000, "bench", "bench")
        desk = Desk(db, TODAY, editions.read(db), stamp)
        (last,) = db.execute("SELECT min(visit_date) FROM visit").fetchone()
        for days in range(1, visits + 1):
            on = date.fromisoformat(last) - timedelta(days=days)
            (found,) = record.record(desk, [Visit(1, on, sbp=148, dbp=92, danger="no")])
            assert found.state == "added"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        write(Path(sys.argv[1]), int(sys.argv[2]))
    else:
        main()
