"""Import of visits against `sqlite3 .import` of the same file into an unindexed text table.

    python -m tests.bench.bench_import [--rows 100000] [--rounds 3]
    python -m tests.bench.bench_import --rows 1000000 --rounds 1 --fast   the bar of a messy file: 2 x the canonical one

Ten visits each of a tenth as many people, in the order of their days, as a register grows: all canonical columns, 25
of them filled. The people are there already; every round begins with a fresh copy of that registry.
"""

import argparse
import csv
import random
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from hashlib import blake2b
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import Any

from chronic.care import replan as replanning
from chronic.care.desk import Desk
from chronic.model.fields import PERSON_FIELDS, VISIT_FIELDS
from chronic.office import imports, taking
from chronic.store import editions, histories, plans, registry
from chronic.store import visits as visits_stored
from chronic.store.stamp import Stamp
from tests.bench.yardstick import CHRONIC, paired, print_runs, print_table, ratios, run

SQLITE, SQLITE_UTILS = "sqlite3 .import", "sqlite_utils insert --csv"
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
            yield one_visit(person, FIRST_DAY + timedelta(days=day), chance)


def one_visit(person: int, on: date, chance: random.Random) -> dict[str, object]:
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


MESSY = {
    "id_number": "身份证号码", "visit_date": "本次随访日期", "way": "随访方式", "sbp": "高压", "dbp": "低压",
    "heart_rate": "心率次/分",
    "weight_kg": "体重(斤)", "height_cm": "基本身高", "waist_cm": "waistline", "fpg": "空腹血糖值", "symptoms": "目前症状",
    "danger": "danger", "adherence": "服药情况代码", "adr": "有无药物不良反应", "hypoglycemia": "低血糖反应代码",
    "complication": "complication", "smoke_per_day": "rxyl", "alcohol_liang_per_day": "ryjl",
    "exercise_per_week": "周运动次数",
    "exercise_minutes": "每次持续时间", "salt": "摄盐量分级代码", "psych": "心理调整评价结果代码",
    "compliance": "随访遵医行为",
    "medicines": "用药情况", "visit_doctor": "随访医生签名",
}  # fmt: skip
"""The headers of another system, one of them with a unit."""
_CODES = {
    "adherence": {"regular": "1", "intermittent": "2"}, "salt": {"light": "1", "medium": "2", "heavy": "3"},
    "psych": {"good": "1", "fair": "2"}, "compliance": {"good": "1", "fair": "2"}, "hypoglycemia": {"none": "1"},
    "way": {"clinic": "门诊随访", "home": "上门"}, "adr": {"yes": "有", "no": "无"}, "danger": {"no": "F"},
}  # fmt: skip


def write_messy(path: Path, rows: int) -> None:
    """The same visits as another system writes them: GB18030, semicolons, a title, codes, 斤, Chinese dates."""
    with path.open("w", encoding="gb18030", newline="") as stream:
        add = csv.writer(stream, delimiter=";").writerow
        add(["2026年随访台账"])
        add(MESSY.values())
        for visit in visits(rows):
            told = {name: _CODES.get(name, {}).get(str(value), value) for name, value in visit.items()}
            day = told["visit_date"]
            assert isinstance(day, date)
            told |= {"visit_date": f"{day:%Y年%m月%d日}", "weight_kg": f"{2 * float(str(told['weight_kg'])):.1f}",
                     "exercise_per_week": f"{told['exercise_per_week']}次/周"}  # fmt: skip
            add(told[name] for name in MESSY)


def write_workbook(path: Path, sheet: Path) -> None:
    """The canonical sheet as a workbook, every cell a text but the numbers."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False})
    page = book.add_worksheet()
    with sheet.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        header = next(rows)
        texts = {header.index(name) for name in KEYS}
        page.write_row(0, 0, header)
        for line, cells in enumerate(rows, 1):
            for place, cell in enumerate(cells):
                if place not in texts and cell.replace(".", "", 1).isdecimal():
                    page.write_number(line, place, float(cell))
                elif cell:
                    page.write_string(line, place, cell)
    book.close()


WORKBOOK = 100_000
"""A workbook with more visits than that has more cells than an import looks at."""


def prepare(folder: Path, rows: int) -> None:
    """The sheets, and a registry with the people."""
    write_people(folder / "people.csv", rows // VISITS_EACH)
    write_visits(folder / "visits.csv", rows)
    write_messy(folder / "messy.csv", rows)
    if rows <= WORKBOOK:
        write_workbook(folder / "visits.xlsx", folder / "visits.csv")
    run([*CHRONIC, "--db", str(folder / "people.db"), "init", "--yes", "--name", "bench"])
    run(chronic(folder / "people.db", "import", folder / "people.csv"))


def chronic(db: Path, *args: object) -> list[str]:
    return [*CHRONIC, "--db", str(db), "--today", TODAY, "--lang", "en", *map(str, args)]


def fresh(folder: Path, name: str) -> None:
    """What the next run begins with: the people's registry for the first import, no file for the others."""
    for leftover in folder.glob(f"{name}.db*"):
        leftover.unlink()
    if name in ("first", "messy", "workbook"):
        shutil.copy(folder / "people.db", folder / f"{name}.db")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--fast", action="store_true", help="leave sqlite-utils out, which takes by far the longest")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder by default")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        compare(Path(name), asked.rows, asked.rounds, asked.fast)


def compare(folder: Path, rows: int, rounds: int, fast: bool) -> None:
    prepare(folder, rows)
    visits, first = folder / "visits.csv", folder / "first.db"
    commands = {
        SQLITE: sqlite3_import(visits, folder / f"{SQLITE}.db"),
        "first": chronic(first, "import", visits),
        "again": chronic(first, "import", visits),
        "messy": chronic(folder / "messy.db", "import", folder / "messy.csv", "--codes", "form2017-htn"),
    }
    if rows <= WORKBOOK:
        commands["workbook"] = chronic(folder / "workbook.db", "import", folder / "visits.xlsx")
    if not fast:
        target = str(folder / f"{SQLITE_UTILS}.db")
        commands[SQLITE_UTILS] = [sys.executable, "-m", *SQLITE_UTILS.split(), target, "visit", str(visits), "--silent"]
    before: list[bytes] = []

    def begin(name: str) -> None:
        if name == "again":
            before.append(fingerprint(first))
        else:
            fresh(folder, name)

    runs = paired(commands, rounds, begin)
    print_runs(f"Import of {rows:,} visits, {visits.stat().st_size / 2**20:.0f} MiB", runs, SQLITE)
    print(f"the messy sheet takes {ratios(runs, 'first')['messy']:.2f} times as long as the canonical one (bar: 2)")
    print(f"the same file again changed {'nothing' if before[-1] == fingerprint(first) else 'SOMETHING'}")
    print_table("First import by stage", ("", "µs a row", "%"), stages(folder, rows))


def sqlite3_import(visits: Path, db: Path) -> list[str]:
    if shutil.which("sqlite3"):
        return ["sqlite3", str(db), ".mode csv", f".import '{visits}' visit"]
    print("no sqlite3 program here: the yardstick is Python's csv and sqlite3 modules, which are slower")
    return [sys.executable, "-c", _PLAIN_IMPORT, str(visits), str(db)]


_PLAIN_IMPORT = """
import csv, sqlite3, sys
with open(sys.argv[1], newline="") as stream, sqlite3.connect(sys.argv[2]) as db:
    rows = csv.reader(stream)
    names = next(rows)
    db.execute(f"CREATE TABLE visit ({', '.join(n + ' TEXT' for n in names)})")
    db.executemany(f"INSERT INTO visit VALUES ({', '.join('?' * len(names))})", rows)
"""


def fingerprint(db: Path) -> bytes:
    """Of everything that stands in a registry but the list of imports itself."""
    found = blake2b()
    with closing(sqlite3.connect(db)) as connection:
        for table in ("person", "visit", "verdict", "plan", "agenda", "deed"):
            for row in connection.execute(f"SELECT * FROM {table}"):
                found.update(repr(row).encode())
    return found.digest()


def stages(folder: Path, rows: int) -> list[tuple[str, float, float]]:
    """The first import once more, in this process, with a clock at the doors between its stages."""
    fresh(folder, "first")
    clock = Clock()
    clock.watch(imports, "islice", "reading")
    clock.watch(taking, "visits", "whose and what")
    clock.watch(taking, "record", "checking")
    clock.watch(visits_stored, "add", "writing visits")
    clock.watch(histories, "_batch", "reading histories")
    clock.watch(replanning, "assess", "judging")
    clock.watch(plans, "rewrite", "writing verdicts and plans")
    with closing(registry.connect(folder / "first.db")) as db:
        start = perf_counter()
        desk = Desk(db, date.fromisoformat(TODAY), editions.read(db), Stamp("2026-11-21T00:00:00Z", 0, "bench", "bench"))
        imports.run(desk, folder / "visits.csv", imports.Wishes(), lambda n: None)
        total = perf_counter() - start
    parts = {**clock.spent, "the rest": total - sum(clock.spent.values()), "all": total}
    return [(name, spent / rows * 1e6, 100 * spent / total) for name, spent in parts.items()]


class Clock:
    """Seconds spent in functions, without those spent in other watched functions they call."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._inner = [0.0]

    def watch(self, module: ModuleType, name: str, stage: str) -> None:
        inner = getattr(module, name)

        def watched(*args: Any, **options: Any) -> Any:
            self._inner.append(0.0)
            start = perf_counter()
            found = inner(*args, **options)
            found = list(found) if isinstance(found, Iterator) else found
            spent = perf_counter() - start
            self.spent[stage] = self.spent.get(stage, 0.0) + spent - self._inner.pop()
            self._inner[-1] += spent
            return found

        setattr(module, name, watched)


if __name__ == "__main__":
    main()
