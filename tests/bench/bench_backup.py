"""What safety costs: a backup against `cp` and a sync of the file; the check of derived rows against one pass over the
visits; sealing against the import of a sheet without it.

    python -m tests.bench.bench_backup [--people 150000] [--rounds 5]

The bars: an online backup at most 2.5 times the copy, one that is checked at most 7 times; the check of derived rows at
most 2 times `GROUP BY person` over the visits.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

from chronic.office import demo
from chronic.store import checks, copies, registry
from tests.bench.yardstick import print_table

TODAY = date(2026, 11, 21)
_PASS = "SELECT person, max(visit_date), count(*) FROM visit WHERE ended_by IS NULL GROUP BY person"
BARS = {"backup": 2.5, "backup, checked": 7.0, "check of derived rows": 2.0}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=150_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        path, other = Path(name, "registry.db"), Path(name, "copy.db")
        demo.make(path, TODAY, asked.people, 1)
        with closing(registry.connect(path)) as db:
            timed: dict[str, Callable[[], object]] = {
                "cp and sync": lambda: _cp(path, other),
                "backup": lambda: copies.copy(db, other, lambda _path: None),
                "backup, checked": lambda: copies.copy(db, other, copies.sound),
                "one pass over the visits": lambda: db.execute(_PASS).fetchall(),
                "check of derived rows": lambda: list(checks.of_derived_rows(db)),
            }
            took: dict[str, list[float]] = {what: [] for what in timed}
            for _ in range(asked.rounds):
                for what, work in timed.items():
                    began = time.perf_counter()
                    work()
                    took[what].append(time.perf_counter() - began)
        print(f"{asked.people} people, {path.stat().st_size / 2**20:.1f} MiB")
        print_table("times the yardstick", ("", "seconds", "ratio", "bar"), _rows(took))


def _rows(took: dict[str, list[float]]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    yardstick: list[float] = []
    for what, times in took.items():
        if what not in BARS:
            yardstick = times
        ratio = statistics.median(mine / its for mine, its in zip(times, yardstick, strict=True))
        rows.append((what, f"{statistics.median(times):.3f}", f"{ratio:.2f}", BARS.get(what, "")))
    return rows


def _cp(path: Path, other: Path) -> None:
    shutil.copyfile(path, other)
    with other.open("rb+") as written:
        os.fsync(written.fileno())


if __name__ == "__main__":
    main()
