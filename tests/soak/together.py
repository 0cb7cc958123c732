"""Several programs write visits while the nightly run goes round and round: nothing is lost and nobody is turned away.

    python -m tests.soak.together [--writers 8] [--seconds 60] [--people 300]

Prints how many visits were acknowledged and how long it took from asking for the lock to the end of the commit.
"""

import argparse
import os
import random
import sqlite3
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from chronic.store import opening
from tests.soak import clinic
from tests.soak.clinic import TODAY, child, command, visits

ACKNOWLEDGED, TOOK = "done", "took"


class Timed(opening.Registry):
    """Says for each transaction how long it took from asking for the lock to the end of the commit."""

    _asked = 0.0

    def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
        if sql == "BEGIN IMMEDIATE" and not self._asked:
            self._asked = time.monotonic()
        cursor = super().execute(sql, *values)  # type: ignore[arg-type]
        if sql in ("COMMIT", "ROLLBACK") and self._asked:
            print(TOOK, f"{time.monotonic() - self._asked:.6f}")
            self._asked = 0.0
        return cursor


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--people", type=int, default=300)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        village = clinic.made(folder, asked.people)
        with clinic.working(village) as path:
            wrong = together(path, asked.writers, asked.seconds)
    raise SystemExit(wrong)


def together(path: Path, writers: int, seconds: float) -> int:
    """Let them write; how many things are wrong."""
    before = visits(path)
    people = sorted({person for person, _ in before})
    opening.Registry = Timed  # type: ignore[misc]
    until = time.monotonic() + seconds
    files = [path.parent / f"writer {number}" for number in range(writers)]
    children = [
        child(lambda mine=people[number::writers], seed=number: write(path, mine, before, seed, until), file)  # type: ignore[misc]
        for number, file in enumerate(files)
    ]
    night = path.parent / "night"
    children.append(child(lambda: nights(path, until), night))
    ended = [os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]) for number in children]
    said = [file.read_text("utf-8") for file in files]
    acknowledged = {
        (int(words[1]), words[2])
        for text in said
        for words in map(str.split, text.splitlines())
        if words[:1] == [ACKNOWLEDGED]
    }
    took = sorted(float(line.split()[1]) for text in said for line in text.splitlines() if line.startswith(TOOK))
    night_took = sorted(float(line.split()[1]) for line in night.read_text("utf-8").splitlines() if line.startswith(TOOK))
    lost = acknowledged - visits(path)
    more = visits(path) - before - acknowledged
    turned_away = sum("locked" in text or "Another program" in text for text in said)
    problems = clinic.wrong(path)
    print(f"{writers} writers, {seconds:g} s: {len(acknowledged)} visits acknowledged, {len(night_took)} nightly writes")
    print(f"lost {len(lost)}, not acknowledged {len(more)}, told to wait or turned away {turned_away}, problems {problems}")
    for name, times in (("visits", took), ("nightly", night_took)):
        shown = "  ".join(
            f"p{p} {1000 * times[min(len(times) - 1, len(times) * p // 100)]:.1f} ms" for p in (50, 90, 99, 100)
        )
        print(f"{name}: from asking for the lock to commit  {shown}")
    if any(ended):
        print("exit codes", ended, said[0][-500:])
    return len(lost) + len(more) + len(problems) + sum(map(bool, ended))


def _times(told: list[list[str]]) -> list[float]:
    return sorted(float(words[1]) for words in told if words[:1] == [TOOK])


def write(path: Path, people: list[int], there: set[tuple[int, str]], seed: int, until: float) -> int:
    """Visits of these people, one after the other, as fast as it goes."""
    rng = random.Random(seed)
    there = set(there)
    while time.monotonic() < until:
        one = rng.choice(people), (TODAY - timedelta(days=rng.randrange(400))).isoformat()
        if one in there:
            continue
        there.add(one)
        readings = f"{rng.randrange(110, 180)}/{rng.randrange(60, 100)}"
        code = command(path, "visit", "add", one[0], "--bp", readings, "--on", one[1])
        if code in (2, 21):  # closed by then
            continue
        if code:
            return code
        print(ACKNOWLEDGED, *one, flush=True)
    return 0


def nights(path: Path, until: float) -> int:
    while time.monotonic() < until:
        if code := command(path, "nightly"):
            return code
    return 0


if __name__ == "__main__":
    main()
