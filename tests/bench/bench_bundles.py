"""Bundles of many villages merged into one county, against importing the same people and visits as sheets.

    python -m tests.bench.bench_bundles [--villages 30] [--people 300] [--folder DIR]
    python -m tests.bench.bench_bundles --villages 300        the bar: 90,000 people, 900,000 visits, at most 2 x the import

Ten visits each. Then a day's new visits, 0 to 4 % of what is there, in one bundle of each village; and one bundle of a
village of each size, for its memory. Every merge and every import is a process of its own; the county's registry is
brought to the sheets it is compared with by its own export.
"""

import argparse
import csv
import random
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from tests.bench.yardstick import CHRONIC, Run, print_table, run

TODAY = "2026-11-21"
SHARES = (0, 1, 2, 4)
"""Percent of the visits that are there."""
SIZES = (300, 3_000, 30_000)
COUNTY = "county"


def chronic(db: Path, *args: object) -> list[str]:
    return [*CHRONIC, "--db", str(db), "--today", TODAY, "--lang", "en", *map(str, args)]


def fill(folder: Path, name: str, first: int, people: int) -> Path:
    """A village's registry with these people and ten visits of each."""
    from chronic.model.fields import VISIT_FIELDS
    from tests.bench.bench_import import FIRST_DAY, KEYS, VISITS_EACH, _visit, id_number
    from tests.runner import Chronic

    site = Chronic(folder / name)
    site.folder.mkdir()
    chance = random.Random(first)
    sheet, told = site.folder / "people.csv", site.folder / "visits.csv"
    with sheet.open("w", encoding="utf-8", newline="") as stream:
        add = csv.writer(stream).writerow
        add(("name", "id_number", "village", "township", "hamlet", "programmes", "htn_enrolled_on", "dm_enrolled_on"))
        for person in range(first, first + people):
            dm = chance.random() < 0.3
            called = chance.choice("王李张刘陈杨赵黄周吴") + chance.choice("建秀国玉志桂") + chance.choice("国英华兰强明")
            home = (name, f"第{first // people % 12}镇", f"{person % 8}组")
            add((called, id_number(person), *home, "htn;dm" if dm else "htn", FIRST_DAY, FIRST_DAY if dm else ""))
    with told.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.DictWriter(stream, (*KEYS, *(field.column for field in VISIT_FIELDS)), restval="")
        rows.writeheader()
        for number in range(VISITS_EACH):
            for person in range(first, first + people):
                rows.writerow(_visit(person, FIRST_DAY + timedelta(days=110 * number + person % 110), chance))
    site.ok("init", "--name", name, "--yes")
    site.ok("bundle", "key", "new")
    site.ok("import", sheet)
    site.ok("import", told)
    return site.path
