"""Import of visits against `sqlite3 .import` of the same file into an unindexed text table.

    python -m tests.bench.bench_import [--rows 100000] [--rounds 3]

Ten visits each of a tenth as many people, in the order of their days, as a register grows: all canonical columns, 25
of them filled. The people are there already; every round begins with a fresh copy of that registry.
"""

import argparse
import csv
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from chronic.model.fields import PERSON_FIELDS, VISIT_FIELDS
from tests.bench.yardstick import CHRONIC, paired, print_runs, run

VISITS_EACH, DAYS_BETWEEN = 10, 110
FIRST_DAY = date(2023, 9, 1)
TODAY = "2026-11-21"
KEYS = ("uid", "person_uid", "id_number", "archive_no", "person_ref")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MEDICINES = ("氨氯地平, 1, 5, mg", "缬沙坦, 1, 80, mg", "二甲双胍, 2, 0.5, g", "氨氯地平, 1, 5, mg; 二甲双胍, 2, 0.5, g")


def id_number(person: int) -> str:
    born = date(1940, 1, 1) + timedelta(days=person * 7919 % 14_000)
    first17 = f"3301{person // 100_000 % 100:02}{born:%Y%m%d}{person // 14_000 % 1000:03}"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first17, strict=True))
    return first17 + "10X98765432"[total % 11]


def write_people(path: Path, people: int) -> None:
    chance = random.Random(1)
    columns = ("name", "id_number", "village", "township", "hamlet", "programmes", "htn_enrolled_on", "dm_enrolled_on")
    assert set(columns) <= {field.column for field in PERSON_FIELDS}
    with path.open("w", encoding="utf-8", newline="") as stream:
        add = csv.writer(stream).writerow
        add(columns)
        for person in range(people):
            dm = chance.random() < 0.3
            name = chance.choice("王李张刘陈杨赵黄周吴") + chance.choice("建秀国玉志桂") + chance.choice("国英华兰强明")
            home = (f"第{person * 31 % 300}村", f"第{person * 31 % 300 % 12}镇", f"{person % 8}组")
            add((name, id_number(person), *home, "htn;dm" if dm else "htn", FIRST_DAY, FIRST_DAY if dm else ""))


def visits(rows: int) -> Iterator[dict[str, object]]:
    """One visit of each person every so many days, the days in order."""
    people, chance = rows // VISITS_EACH, random.Random(2)
    for day in range(VISITS_EACH * DAYS_BETWEEN):
        for person in range(day % DAYS_BETWEEN, people, DAYS_BETWEEN):
            yield _visit(person, FIRST_DAY + timedelta(days=day), chance)


def _visit(person: int, on: date, chance: random.Random) -> dict[str, object]:
    sbp = round(chance.gauss(138, 14))
    return {
        "id_number": id_number(person),
        "visit_date": on,
        "way": chance.choice(("clinic", "clinic", "home")),
        "sbp": sbp,
        "dbp": min(sbp - 25, round(chance.gauss(82, 8))),
        "heart_rate": round(chance.gauss(74, 7)),
        "weight_kg": f"{max(42, chance.gauss(63, 8)):.1f}",
        "height_cm": 150 + person % 30,
        "waist_cm": round(chance.gauss(86, 7)),
        "fpg": f"{max(3.9, chance.gauss(6.4, 1.1)):.1f}",
        "symptoms": chance.choice(("none", "none", "none", "headache_dizziness", "thirst;polyuria")),
        "danger": "no",
        "adherence": chance.choice(("regular", "regular", "intermittent")),
        "adr": "yes" if chance.random() < 0.01 else "no",
        "hypoglycemia": "none",
        "complication": "new" if chance.random() < 0.005 else "none",
        "smoke_per_day": chance.choice((0, 0, 0, 10, 20)),
        "alcohol_liang_per_day": chance.choice((0, 0, 0, 1, 1.5)),
        "exercise_per_week": chance.randrange(8),
        "exercise_minutes": chance.choice((20, 30, 40, 60)),
        "salt": chance.choice(("light", "medium", "heavy")),
        "psych": chance.choice(("good", "good", "fair")),
        "compliance": chance.choice(("good", "good", "fair")),
        "medicines": chance.choice(_MEDICINES),
        "visit_doctor": f"医生{person % 40}",
    }


def write_visits(path: Path, rows: int) -> None:
    columns = (*KEYS, *(field.column for field in VISIT_FIELDS))
    with path.open("w", encoding="utf-8", newline="") as stream:
        sheet = csv.DictWriter(stream, columns, restval="")
        sheet.writeheader()
        for visit in visits(rows):
            assert len(visit) == 25
            sheet.writerow(visit)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    write_people(asked.folder / "people.csv", asked.rows // VISITS_EACH)
    write_visits(asked.folder / "visits.csv", asked.rows)
