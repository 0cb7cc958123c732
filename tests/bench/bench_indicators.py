"""All indicators of 13 months for all villages, beside one ordered read of all live visits. Bars: 60 times; 18 times the
time of a fifteenth of the people.

    python -m tests.bench.bench_indicators [--people 10000 150000] [--rounds 3]

Ten visits a person, everybody managed for hypertension, one in four for diabetes, one in ten for lipids. The refresh of a
published toolkit took 342 s for less than this at 10,000 people and 81,000 visits (wall clock, two cores).
"""

import argparse
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

from chronic.model.period import read_period
from chronic.reports import indicators
from chronic.store import editions, registry
from tests.bench import bench_export
from tests.bench.yardstick import print_table, run
from tests.indicators_rows import months

PERIODS = [read_period(name) for name in months(date(2025, 6, 1), 13)]
TOOLKIT_S = 342
_READ = "SELECT id, person, visit_date, way, sbp, dbp, fpg, hba1c FROM live_visit ORDER BY person, visit_date"
_STAMP = "'bench', '2026-11-21T00:00:00.000Z', 'bench'"
_VERDICTS = """
INSERT INTO verdict (person, visit, programme, class, danger, consecutive, due_on, rule, protocol, cites, not_asked, advice,
                     meets, misses)
SELECT v.person, v.id, e.programme, CASE v.id % 4 WHEN 0 THEN 'uncontrolled' ELSE 'controlled' END,
       CASE v.id % 200 WHEN 0 THEN 'danger.bp' ELSE '' END, v.id % 3, date(v.visit_date, '+90 days'), 'htn.controlled',
       'cn-nbphs-2017', 'htn-classify', '', '', CASE v.id % 3 WHEN 0 THEN 'htn-pc25.bp htn24.bp' ELSE '' END, ''
FROM visit AS v JOIN enrolment AS e ON e.person = v.person"""
_MORE = (
    f"""INSERT INTO enrolment (uid, person, programme, enrolled_on, assumed, origin, recorded_at, recorded_by)
    SELECT 'd' || id, id, 'dm', '2024-02-01', 0, {_STAMP} FROM person WHERE id % 4 = 0""",
    f"""INSERT INTO enrolment (uid, person, programme, enrolled_on, assumed, origin, recorded_at, recorded_by)
    SELECT 'l' || id, id, 'lipid', '2024-02-01', 0, {_STAMP} FROM person WHERE id % 10 = 0""",
    """UPDATE person SET closed_on = date('2025-01-01', (id % 500) || ' days'), closed_reason = 'died' WHERE id % 40 = 0""",
    _VERDICTS,
    f"""INSERT INTO checkup (uid, person, checkup_date, kind, origin, recorded_at, recorded_by)
    SELECT 'c' || id, id, date('2025-01-01', (id % 500) || ' days'), 'exam', {_STAMP} FROM person WHERE id % 3""",
    f"""INSERT INTO contract (uid, person, team, package, start_on, end_on, origin, recorded_at, recorded_by)
    SELECT 'k' || id, id, '1', '01', date('2025-01-01', (id % 300) || ' days'), date('2026-01-01', (id % 300) || ' days'),
    {_STAMP} FROM person WHERE id % 2""",
    f"""INSERT INTO test_result (uid, person, test, done_on, result, origin, recorded_at, recorded_by)
    SELECT 't' || p.id || t.value, p.id, t.value, date('2025-01-01', (p.id % 500) || ' days'), 'normal', {_STAMP}
    FROM person AS p, json_each('["ecg", "urine", "uacr", "lipids", "fundus"]') AS t WHERE p.id % 3 = 0""",
    f"""INSERT INTO call (uid, person, called_on, way, outcome, origin, recorded_at, recorded_by)
    SELECT 'a' || id, id, date('2025-06-01', (id % 390) || ' days'), 'phone', 'not_reached', {_STAMP}
    FROM person WHERE id % 2""",
    f"""INSERT INTO referral (uid, person, slip, made_on, urgency, reason, origin, recorded_at, recorded_by)
    SELECT 'r' || id, id, 's' || id, date('2025-06-01', (id % 390) || ' days'), 'routine', 'x', {_STAMP}
    FROM person WHERE id % 20 = 0""",
)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--people", type=int, nargs="+", default=[10_000, 150_000])
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--folder", type=Path, help="where the registries lie, for as long as it runs")
    asked.add_argument("--measure", type=Path, help="one registry, in this process; prints JSON")
    options = asked.parse_args()
    if options.measure is not None:
        print(json.dumps(measured(options.measure, options.rounds)))
        return
    rows, times = [], []
    for people in options.people:
        with tempfile.TemporaryDirectory(dir=options.folder) as name:
            path = Path(name) / "registry.db"
            os.environ |= {"CHRONIC_DB": str(path), "CHRONIC_TODAY": bench_export.TODAY.isoformat(), "CHRONIC_LANG": "en"}
            fill(path, people)
            command = [sys.executable, "-m", "tests.bench.bench_indicators", "--rounds", str(options.rounds)]
            said = Path(name) / "said.json"
            whole = run([*command, "--measure", str(path)], out=said)
            found = json.loads(said.read_text("utf-8"))
        times.append(found["all"])
        beside = f"{TOOLKIT_S} s there" if people == 10_000 else ""
        rows.append(
            (f"{people:,}", f"{found['read']:.2f}", f"{found['all']:.1f}", f"{found['all'] / found['read']:.1f}",
             f"{found['month']:.1f}", f"{whole.peak_mib:.0f}", beside)
        )  # fmt: skip
    headers = ("people", "read s", "13 months s", "times", "one month s", "peak MiB", "toolkit")
    print_table(f"{len(wanted())} figures, CPU seconds", headers, rows)
    if len(times) > 1:
        print(f"{options.people[-1]:,} people take {times[-1] / times[0]:.1f} times as long as {options.people[0]:,}")


def wanted() -> list[tuple[str, str]]:
    return [(each, name) for name, figure in indicators.book().figures.items() for each in figure.programmes]


def measured(path: Path, rounds: int) -> dict[str, float]:
    """CPU seconds, the best of some rounds each: other work on the machine only adds to them."""
    with closing(registry.connect(path)) as db:
        rules = editions.read(db)
        return {
            "read": best(lambda: sum(1 for _ in db.execute(_READ)), rounds),
            "all": best(lambda: indicators.tallies(db, PERIODS, wanted(), rules, by=("village",)), rounds),
            "month": best(lambda: indicators.tally(db, PERIODS[-1], wanted(), rules), rounds),
        }


def best(work: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        before = time.process_time()
        work()
        times.append(time.process_time() - before)
    return min(times)


def fill(path: Path, people: int) -> None:
    """So many people with ten visits each, judged; and everything else that is counted."""
    bench_export.fill(path, people * bench_export.VISITS_EACH)
    with closing(sqlite3.connect(path)) as db, db:
        for sql in _MORE:
            db.execute(sql)


if __name__ == "__main__":
    main()
