"""A new guideline for everybody: how long, how much memory, and how long somebody else who writes must wait.

    python -m tests.bench.bench_replan [--people 150000] [--large FILE]

The yardstick is SQLite alone rewriting as many verdicts. `protocol use` reads every history twice over: once to show
who changes, once to write. Meanwhile another program asks for the right to write again and again.
"""

import argparse
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

from tests.bench.yardstick import CHRONIC, Run, print_table, run
from tests.county import COUNTY

TODAY = "2026-11-21"
REWRITE = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db:
    db.execute("CREATE TABLE copy AS SELECT * FROM verdict")
    db.execute("DELETE FROM verdict")
    db.execute("INSERT INTO verdict SELECT * FROM copy")
"""


class Neighbour(threading.Thread):
    """Asks for the right to write, gives it back, and remembers the longest wait in seconds."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self.path, self.over, self.longest, self.turns = path, threading.Event(), 0.0, 0

    def run(self) -> None:
        with closing(sqlite3.connect(self.path, timeout=60, isolation_level=None)) as db:
            while not self.over.wait(0.05):
                began = time.perf_counter()
                db.execute("BEGIN IMMEDIATE")
                db.execute("ROLLBACK")
                self.longest, self.turns = max(self.longest, time.perf_counter() - began), self.turns + 1


def measured(folder: Path, registry: Path) -> tuple[Run, Neighbour]:
    """Put the county's guideline in force in a registry."""
    county = folder / "county.toml"
    county.write_text(COUNTY, encoding="utf-8")
    neighbour = Neighbour(registry)
    neighbour.start()
    begun = [*CHRONIC, "--db", str(registry), "--today", TODAY]
    took = run([*begun, "protocol", "use", str(county), "--from", "2026-01-01", "--yes"])
    neighbour.over.set()
    neighbour.join()
    return took, neighbour


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--large", type=Path, help="a demo registry to copy instead of making one")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        registry, other = folder / "registry.db", folder / "other.db"
        if asked.large:
            shutil.copy(asked.large, registry)
        else:
            run([*CHRONIC, "--today", TODAY, "demo", "--people", str(asked.people), "--to", str(registry)])
        shutil.copy(registry, other)
        with closing(sqlite3.connect(registry)) as db:
            people, verdicts = db.execute("SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM verdict)").fetchone()
        alone = run([sys.executable, "-c", REWRITE, str(other)])
        took, neighbour = measured(folder, registry)
    rows = [
        ("SQLite rewrites the verdicts", alone.seconds, alone.seconds / people * 1e6, 1.0, round(alone.peak_mib)),
        ("protocol use", took.seconds, took.seconds / people * 1e6, took.seconds / alone.seconds, round(took.peak_mib)),
    ]
    title = f"A new guideline for {people:,} people, {verdicts:,} verdicts"
    print_table(title, ("", "s", "µs a person", "/ SQLite", "peak MiB"), rows)
    print(f"longest wait of another writer {neighbour.longest:.2f} s, {neighbour.turns} turns")


if __name__ == "__main__":
    main()
