"""Export against `sqlite3 -csv` of the same SQL: all visits, and the full overdue list. Bars: 2.2 times, 60 MB.

    python -m tests.bench.bench_export [--rows 1000000] [--rounds 5] [--folder DIR]

The registry is filled by plain inserts: ten visits a person, everybody late.
"""

import argparse
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from chronic.reports import exports, overdue
from tests.bench.yardstick import CHRONIC, paired, print_runs, run

TODAY = date(2026, 11, 21)
VISITS_EACH = 10
SQLITE = "sqlite3 -csv"
_STAMP = "'bench', '2026-11-21T00:00:00.000Z', 'bench'"
_PEOPLE = f"""
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :people)
INSERT INTO person (id, uid, name, sex, birth_date, id_number, phone, village, hamlet, responsible_doctor, registered_on,
                    origin, recorded_at, recorded_by)
SELECT i,
       printf('%08x-0000-7000-8000-%012x', i * 2654435761 % 4294967296, i),
       substr('王李张刘陈杨赵黄', i % 8 + 1, 1) || '秀兰',
       CASE i % 2 WHEN 0 THEN 'M' ELSE 'F' END, date('1940-01-01', (i % 9000) || ' days'),
       printf('1101051%010dX', i), '138' || printf('%08d', i), i % 200 * 2 + 2, i % 200 * 2 + 3,
       '李医生', '2020-01-01', {_STAMP}
FROM n"""
_PLACES = """
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 401)
INSERT INTO place (id, uid, level, name, parent)
SELECT i, 'place' || i, CASE WHEN i = 1 THEN 'township' WHEN i % 2 = 0 THEN 'village' ELSE 'hamlet' END,
       CASE WHEN i = 1 THEN '下镇' WHEN i % 2 = 0 THEN '村' || i ELSE '1组' END,
       CASE WHEN i = 1 THEN NULL WHEN i % 2 = 0 THEN 1 ELSE i - 1 END
FROM n"""
_VISITS = f"""
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :visits - 1)
INSERT INTO visit (uid, person, kind, visit_date, way, sbp, dbp, heart_rate, weight_kg, weight_target_kg, height_cm,
  waist_cm, fpg, ldl_c, symptoms, danger, adherence, adr, hypoglycemia, complication, smoke_per_day, smoke_target,
  exercise_per_week, exercise_minutes, salt, salt_target, psych, compliance, medicines, visit_doctor, notes,
  origin, recorded_at, recorded_by)
SELECT printf('%08x-0000-7000-8000-%012x', i * 2654435761 % 4294967296, i), i / {VISITS_EACH} + 1, 'followup',
  date('2024-01-01', (i % {VISITS_EACH} * 90 + i % 89) || ' days'), 'clinic', 120 + i % 50, 70 + i % 25, 60 + i % 40,
  50 + i % 300 / 10.0, 62, 158, 84.5, 5 + i % 40 / 10.0, 2 + i % 30 / 10.0, 'headache_dizziness;thirst', 'no',
  'regular', 'no', 'none', 'none', 0, 0, 5, 30, 'medium', 'light', 'good', 'good', '氨氯地平片, 1, 5, mg', '李医生',
  CASE i % 5 WHEN 0 THEN '步行困难, 需上门' END, {_STAMP}
FROM n"""
_ENROLMENTS = f"""
INSERT INTO enrolment (uid, person, programme, enrolled_on, assumed, origin, recorded_at, recorded_by)
SELECT 'e' || id, id, 'htn', '2020-01-01', 0, {_STAMP} FROM person"""
_PLANS = """
INSERT INTO plan (person, kind, programme, slip, due_on, reasons, since_on, found, paused, rank)
SELECT id, 'followup', 'htn', '', date('2026-11-20', '-' || (id % 300) || ' days'), 'followup_due', '2026-05-01', '',
       0, 2 + id % 6
FROM person"""
_AGENDA = """
INSERT INTO agenda (person, village, hamlet, paused, rank, due_followup, last_visit_on, last_contact_on, last_bp, last_fpg,
                    danger, class_htn, assessed_htn)
SELECT p.id, p.village, p.hamlet, 0, q.rank, q.due_on, '2026-05-01', '2026-05-01', '152/94', '6.8', '', 'uncontrolled',
       'uncontrolled' FROM person AS p JOIN plan AS q ON q.person = p.id"""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--folder", type=Path, help="where the registry and the files lie, for as long as it runs")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        os.environ |= {"CHRONIC_DB": str(folder / "registry.db"), "CHRONIC_TODAY": TODAY.isoformat(), "CHRONIC_LANG": "en"}
        fill(folder / "registry.db", options.rows)
        for title, commands in benchmarks(folder).items():
            out = folder / "out.csv"  # both write a file: a pipe would be emptied by somebody's work
            runs = paired(
                {n: ["sh", "-c", f'exec "$@" > {out} 2> {folder}/said', n, *c] for n, c in commands.items()}, options.rounds
            )
            print_runs(f"{title}, {os.path.getsize(out) / 1e6:.0f} MB", runs, SQLITE)


def benchmarks(folder: Path) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Title -> the commands to compare."""
    sqlite = shutil.which("sqlite3")
    if sqlite is None:
        raise SystemExit("there is no sqlite3 to compare with")
    registry = str(folder / "registry.db")
    late, values = overdue.listing(overdue.Asked(), date.min, TODAY - timedelta(days=1))
    for key, value in values.items():
        late = late.replace(f":{key}", str(value) if isinstance(value, int) else f"'{value}'")
    return {
        "visits": {
            SQLITE: [sqlite, "-csv", "-header", registry, exports.visits_sql(full=True)],
            "chronic export visits": [*CHRONIC, "export", "visits", "--full"],
        },
        "the full overdue list": {
            SQLITE: [sqlite, "-csv", "-header", registry, late],
            "chronic export overdue": [*CHRONIC, "export", "overdue"],
        },
    }


def fill(path: Path, visits: int) -> None:
    """A registry of so many visits."""
    run([*CHRONIC, "init", "--name", "bench", "--yes"])
    values = {"people": visits // VISITS_EACH, "visits": visits // VISITS_EACH * VISITS_EACH}
    with closing(sqlite3.connect(path)) as db, db:
        for sql in (_PLACES, _PEOPLE, _ENROLMENTS, _VISITS, _PLANS, _AGENDA):
            db.execute(sql, values)


if __name__ == "__main__":
    main()
