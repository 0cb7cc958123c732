"""Killed at a random moment: `check` is clean afterwards, and exactly what was acknowledged is there.

    python -m tests.soak.kills [--times 500] [--people 60] [--seed 1] [--only "bundle merge"]

Of what was under way when the process died all is there or nothing; whatever had said "done" before is there.
"""

import argparse
import contextlib
import io
import random
import sqlite3
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from chronic.errors import RegistryUnusable
from chronic.store import copies, opening, registry
from tests.soak import clinic, moves
from tests.soak.case import ACKNOWLEDGED, Case, once
from tests.soak.clinic import TODAY, command, visits
from tests.soak.flips import canonical

_LISTS = 5  # of a night
_SHEET = 150  # visits in the sheet that is imported


def cases(folder: Path, people: int) -> list[Case]:
    village = clinic.made(folder, people)
    moves.close_one(village)
    sheet, count = _sheet(village)
    before, seen = canonical(village, "audit"), visits(village)
    free = sorted({person for person, _ in seen})
    days = [(TODAY - timedelta(days=n)).isoformat() for n in range(40)]
    typed = [(person, day) for person in free[:8] for day in days if (person, day) not in seen][:12]

    ours = ["--field", "all=ours"]

    def typed_are_there(path: Path, said: str) -> str:
        done = said.count(f"{ACKNOWLEDGED} ")
        new = visits(path) - seen
        ok = new in (set(typed[:done]), set(typed[: done + 1]))
        return "" if ok else f"{done} acknowledged, there are {len(new)}"

    def all_or_nothing(more: int) -> Callable[[Path, str], str]:
        def holds(path: Path, said: str) -> str:
            new = len(visits(path)) - len(seen)
            if new not in (0, more) or (ACKNOWLEDGED in said and new != more):
                return f"{new} of {more}"
            return ""

        return holds

    def merged(path: Path, said: str) -> str:
        if canonical(path, "audit") == before:
            return "acknowledged, but not there" if ACKNOWLEDGED in said else ""
        with contextlib.closing(opening.opened(path)) as db:
            gone = db.execute("SELECT merged FROM person_merge").fetchall()
            left = db.execute("SELECT count(*) FROM person WHERE id = ?", (free[1],)).fetchone()[0]
        return "" if gone == [(free[1],)] and left == 0 else f"half merged: {gone} {left}"

    def backed_up(path: Path, said: str) -> str:
        found = list((path.parent / "backups").glob("*.db"))
        if ACKNOWLEDGED in said and not found:
            return "acknowledged, but not there"
        for one in found:
            copies.sound(one)
            if canonical(one, "audit") != before:
                return "not the whole registry"
        return "" if canonical(path, "audit") == before else "the registry changed"

    def upgraded(path: Path, said: str) -> str:
        with contextlib.closing(opening.opened(path)) as db:
            version = registry.recognised(db)
        if version < registry.SCHEMA_VERSION:
            if ACKNOWLEDGED in said:
                return "acknowledged, but not done"
            with contextlib.redirect_stderr(io.StringIO()):
                code = command(path, "upgrade")
            if code != 0:
                return "the old file cannot be upgraded any more"
        return "" if visits(path) == seen else "visits differ"

    def noted(path: Path, said: str) -> str:
        folders = list((path.parent / "nightly").glob("2*"))
        if ACKNOWLEDGED in said and not any(len(list(one.iterdir())) >= _LISTS for one in folders):
            return "lists are missing"
        return "" if visits(path) == seen else "visits differ"

    visiting = [
        (["visit", "add", str(person), "--bp", "138/84", "--on", day], f"{ACKNOWLEDGED} {person} {day}")
        for person, day in typed
    ]
    return [
        Case("visit entry", village, visiting, typed_are_there),
        Case("import", village, once("import", sheet, "--yes"), all_or_nothing(count)),
        Case("person merge", village, once("person", "merge", free[0], free[1], *ours, "--yes"), merged),
        Case("backup", village, once("backup"), backed_up),
        Case("upgrade", clinic.older(village), once("upgrade"), upgraded),
        Case("nightly", village, once("nightly"), noted),
        moves.encrypting(village, before),
        moves.erasing(village, before),
        moves.purging(village, before),
        moves.restoring(village, before),
        moves.restoring_a_damaged(village),
        moves.merging(folder, people),
    ]


def _sheet(village: Path) -> tuple[Path, int]:
    """A sheet with new visits of people of the village; how many."""
    sheet = village.with_name("visits.csv")
    with contextlib.closing(opening.opened(village)) as db:
        uids = db.execute(
            "SELECT p.uid FROM person AS p WHERE closed_on IS NULL AND EXISTS (SELECT 1 FROM open_enrolment AS e"
            " WHERE e.person = p.id) ORDER BY id"
        ).fetchall()
    rows = [(uid, f"2018-{1 + n % 12:02}-{1 + n // 12 % 28:02}") for n in range(_SHEET) for uid in [uids[n % len(uids)][0]]]
    rows = list(dict.fromkeys(rows))
    sheet.write_text(
        "person_uid,visit_date,sbp,dbp\n" + "".join(f"{uid},{day},138,84\n" for uid, day in rows), encoding="utf-8"
    )
    return sheet, len(rows)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=500)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="the kind of work")
    asked = parser.parse_args()
    rng = random.Random(asked.seed)
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        every = [case for case in cases(Path(folder), asked.people) if asked.only in case.name]
        lasts = {case.name: case.lasts() for case in every}
        print(f"{'':<18}{'seconds':>9}{'killed':>8}{'in time':>9}{'wrong':>7}")
        for place, case in enumerate(every):
            times = len(range(place, asked.times, len(every)))
            hit = wrong = 0
            for _ in range(times):
                after = rng.uniform(0, 1.05 * lasts[case.name])
                try:
                    problem, alive = case.killed(after)
                except (RegistryUnusable, AssertionError, sqlite3.Error) as error:
                    problem, alive = str(error), True
                hit += alive
                if problem:
                    wrong += 1
                    print(f"{case.name}, killed after {after:.4f} s: {problem}")
            failures += wrong
            print(f"{case.name:<18}{lasts[case.name]:>9.2f}{times:>8}{hit:>9}{wrong:>7}")
    raise SystemExit(bool(failures))


if __name__ == "__main__":
    main()
