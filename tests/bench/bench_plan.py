"""Rounds of 10,000 people due in 300 hamlets: how long, how much memory, how near the best.

    python -m tests.bench.bench_plan [--people 10000] [--hamlets 300] [--instances 20000] [--rounds 5]

The bar is 5 s for `chronic plan`, whole process, the same file each time. Three capacities: the 12 a day of one doctor,
as much as is needed, and half as much again. The yardstick is `chronic overdue` of the same registry. Then many
instances of up to 8 people beside the best there is, found by trying everything: the worst ratio of lateness, which
may be 1.05, and where the best is 0 what was not.
"""

import argparse
import random
import sqlite3
import tempfile
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from tests.bench.yardstick import CHRONIC, paired, peak, print_table, ratios, run, seconds
from tests.rules.rounds import at_random, best, made, score

TODAY = date(2026, 11, 23)
DAYS = 10
"""Working days in the fourteen that follow."""


def sheet(folder: Path, people: int, hamlets: int) -> Path:
    """Everybody is due within the fourteen days, four in ten are late; a third of the homes hold several people."""
    chance = random.Random(20261123)
    path = folder / "people.csv"
    with path.open("w", encoding="utf-8") as out:
        print("person_ref,name,sex,birth_date,village,hamlet,household_no,programmes,htn_enrolled_on", file=out)
        number = home = 0
        while number < people:
            home += 1
            place = chance.randrange(hamlets)
            for _ in range(min(people - number, chance.choice((1, 1, 1, 1, 2, 2, 3, 4)))):
                number += 1
                due = TODAY + timedelta(days=chance.randint(0, 13) if chance.random() < 0.6 else -chance.randint(1, 200))
                enrolled = due - timedelta(days=14)
                print(number, "李建国", "M", "1955-03-01", f"{place // 10}村", f"{place % 10}组", home, "htn", enrolled,
                      sep=",", file=out)  # fmt: skip
    return path


def worst(instances: int) -> tuple[float, int, int]:
    """(the worst ratio of lateness, how many are late where the best is not, how many leave more people out)."""
    chance = random.Random(1)
    ratio, late, left = 1.0, 0, 0
    for _ in range(instances):
        asked = at_random(chance)
        mine, theirs = score(made(asked), asked), best(asked)
        left += mine.left > theirs.left
        late += mine.lateness > 0 == theirs.lateness
        if mine.left == theirs.left and theirs.lateness:
            ratio = max(ratio, mine.lateness / theirs.lateness)
    return ratio, late, left


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--hamlets", type=int, default=300)
    parser.add_argument("--instances", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begun = [*CHRONIC, "--db", str(folder / "registry.db"), "--today", TODAY.isoformat()]
        run([*begun, "init", "--yes"])
        run([*begun, "import", str(sheet(folder, asked.people, asked.hamlets))])
        with closing(sqlite3.connect(folder / "registry.db")) as db:
            (due,) = db.execute("SELECT count(*) FROM agenda").fetchone()
        needed = -(-due // DAYS)
        capacities = {"a doctor's 12": 12, "as needed": needed, "half as much again": needed * 3 // 2}
        commands = {"overdue": [*begun, "overdue", "--format", "json"]} | {
            title: [*begun, "plan", "--per-day", str(capacity), "--format", "json"] for title, capacity in capacities.items()
        }
        runs = paired(commands, asked.rounds)
        same = set()
        for _ in range(2):
            run(commands["as needed"], folder / "plan.json")
            same.add((folder / "plan.json").read_bytes())
    times = ratios(runs, "overdue")
    rows = [
        (title, seconds(each), median(one.cpu for one in each), times[title], round(peak(each)))
        for title, each in runs.items()
    ]
    print_table(
        f"Rounds of {due:,} people due in {asked.hamlets} hamlets", ("", "s", "cpu s", "/ overdue", "peak MiB"), rows
    )
    print("the same file twice" if len(same) == 1 else "NOT the same file twice")
    ratio, late, left = worst(asked.instances)
    print(f"{asked.instances:,} instances of up to 8 people: worst lateness / the best {ratio:.3f}, "
          f"late where the best is not {late}, more left out {left}")  # fmt: skip


if __name__ == "__main__":
    main()
