"""All indicators of 13 months for all villages over Parquet, on DuckDB: minutes and under 4 GB at a million people and ten
million visits; and the heaviest of them beside a bare query of the same files.

    python -m tests.bench.bench_scale [--people 10000 100000 1000000] [--folder DIR] [--memory 3GB] [--spark]

A registry of up to 100,000 people (ten visits each, as in `bench_indicators`) is exported; what is above that are copies of
the export with other numbers, a folder each, as the counties of a city would send them. Seconds are the processor's, of all
threads, and on the wall.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chronic.office import scale as office
from chronic.office.parquet import SCHEMA
from chronic.reports import indicators
from chronic.reports.analytical import tables
from chronic.store import editions
from tests.bench import bench_export, bench_indicators
from tests.bench.yardstick import CHRONIC, print_table, run

PERIODS, GIB = bench_indicators.PERIODS, 2**30
AT_MOST = 100_000
"""People of one registry here."""
_NUMBERS = 2**63
_BARE = """
SELECT month.n, person.village, COUNT(*) AS managed,
       SUM(CASE WHEN visits >= 4 THEN 1 ELSE 0 END) AS enough, SUM(CASE WHEN sbp < 140 THEN 1 ELSE 0 END) AS below
FROM (SELECT month.n, enrolment.person, COUNT(visit.uid) AS visits, ARG_MAX(visit.sbp, visit.visit_date) AS sbp
      FROM month CROSS JOIN enrolment JOIN visit ON visit.person = enrolment.person
        AND visit.visit_date BETWEEN month.first_on AND month.last_on AND visit.kind = 'followup' AND visit.way <> 'phone'
      WHERE enrolment.programme = 'htn' AND enrolment.enrolled_on <= month.last_on
        AND (enrolment.ended_on IS NULL OR enrolment.ended_on > month.first_on)
      GROUP BY month.n, enrolment.person) AS year
JOIN person ON person.uid = year.person JOIN month ON month.n = year.n GROUP BY month.n, person.village"""
"""The year's work of every village at every month's end, as somebody writes it who knows no rule but "four visits"."""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--people", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    asked.add_argument("--folder", type=Path, help="where registries and exports lie, and stay; else a temporary one")
    asked.add_argument("--memory", type=float, default=3, help="GiB that DuckDB may take")
    asked.add_argument("--spark", action="store_true", help="the first size on Spark too, local[2]")
    asked.add_argument("--measure", type=Path, help="one folder, in this process; prints JSON")
    asked.add_argument("--engine", default="duckdb")
    options = asked.parse_args()
    if options.measure is not None:
        print(json.dumps(measured(options.measure, options.engine, int(options.memory * GIB))))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        rows = [_row(people, made(folder, people), folder, "duckdb", options.memory) for people in options.people]
        if options.spark:
            rows.append(_row(options.people[0], made(folder, options.people[0]), folder, "spark", options.memory))
    headers = (
        "people", "engine", "Parquet MiB", "all cpu s", "wall s", "peak MiB", "heaviest", "its cpu s", "with relations",
        "bare cpu s", "ratio", "with relations",
    )  # fmt: skip
    print_table(f"{len(bench_indicators.wanted())} figures, {len(PERIODS)} months, by village", headers, rows)


def _row(people: int, data: Path, folder: Path, engine: str, memory: float) -> tuple[object, ...]:
    said = folder / "said.json"
    command = [sys.executable, "-m", "tests.bench.bench_scale", "--measure", str(data), "--engine", engine]
    whole = run([*command, "--memory", str(memory)], out=said)
    found = json.loads(said.read_text("utf-8"))
    size = sum(file.stat().st_size for file in data.rglob("*.parquet")) / 2**20
    bare = found["bare"]
    ratio = [f"{found[part] / bare:.1f}" if bare else "-" for part in ("text", "alone")]
    return (
        f"{people:,}", engine, f"{size:.0f}", f"{found['all']:.1f}", f"{found['wall']:.1f}", f"{whole.peak_mib:.0f}",
        found["heaviest"], f"{found['text']:.2f}", f"{found['alone']:.2f}", f"{bare:.2f}", *ratio,
    )  # fmt: skip


def made(folder: Path, people: int) -> Path:
    """The exports of so many people, as one folder of folders."""
    data = folder / f"people-{people}"
    if not data.exists():
        part = data.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        first = min(people, AT_MOST)
        os.environ |= {"CHRONIC_TODAY": bench_export.TODAY.isoformat(), "CHRONIC_LANG": "en"}
        one = folder / f"export-{first}"
        if not one.exists():
            path = folder / f"registry-{first}.db"
            os.environ["CHRONIC_DB"] = str(path)
            bench_indicators.fill(path, first)
            run([*CHRONIC, "export", "parquet", "--out", str(one)])
        for copy in range(-(-people // first)):
            again(one, part / f"county-{copy}", copy * (_NUMBERS // 1_000))
        part.rename(data)
    return data


def again(export: Path, copy: Path, further: int) -> None:
    """The same export with all numbers so much further, in their order."""
    import duckdb

    if not further:
        shutil.copytree(export, copy)
        return
    copy.mkdir()
    shutil.copy(export / SCHEMA, copy / SCHEMA)
    with duckdb.connect(":memory:", config={"memory_limit": "2GB"}) as db:
        for table in tables():
            for folder in (export / table.name).glob("county=*") if table.name != "place" else ():
                (copy / table.name / folder.name).mkdir(parents=True)
                if not any(folder.iterdir()):
                    continue
                shown = ", ".join(_further(column.name, column.type, further) for column in table.columns)
                whose = "person" if any(column.name == "person" for column in table.columns) else "uid"
                db.execute(
                    f"""COPY (SELECT {shown} FROM read_parquet('{folder}/*.parquet', hive_partitioning = false) AS t
                        ORDER BY {whose}) TO '{copy / table.name / folder.name / "data_0.parquet"}'
                        (FORMAT parquet, COMPRESSION zstd)"""
                )
    shutil.copytree(export / "place", copy / "place")


def _further(column: str, kind: str, further: int) -> str:
    if kind != "BIGINT" or column == "village":
        return f"t.{column}"
    return f"CAST((CAST(t.{column} AS HUGEINT) + {further}) % {_NUMBERS} AS BIGINT) AS {column}"


def measured(data: Path, engine: str, memory: int) -> dict[str, Any]:
    """Seconds of the processor, of this process (Spark's are not in it), and on the wall."""
    wanted = bench_indicators.wanted()
    with office.opened(engine, [data], office.Limits(memory, 2, "local[2]")) as found:
        rules, worker = editions.read(found.db), found.db.engine
        texts: dict[str, float] = {}
        ask = worker.ask

        def timed(sql: str, values: dict[str, object]) -> list[tuple[Any, ...]]:
            began = _clock(engine)
            rows = ask(sql, values)
            its = next((name for name in TEXTS if TEXTS[name] in sql), "")
            texts[its] = texts.get(its, 0) + _clock(engine) - began
            return rows

        worker.ask = timed  # type: ignore[method-assign]
        wall = time.perf_counter()
        every = _took(engine, lambda: indicators.tallies(found.db, PERIODS, wanted, rules, by=("village",)))
        wall = time.perf_counter() - wall
        worker.ask = ask  # type: ignore[method-assign]
        heaviest = max(texts, key=lambda name: texts[name])
        its = [(each, name) for each, name in wanted if indicators.book().figures[name].sql == heaviest]
        alone = _took(engine, lambda: indicators.tallies(found.db, PERIODS, its, rules, by=("village",)))
        bare = _took(engine, lambda: _bare(data)) if engine == "duckdb" else 0
    return {"all": every, "wall": wall, "heaviest": heaviest, "text": texts[heaviest], "alone": alone, "bare": bare}


TEXTS = {
    figure.sql: indicators.text(figure.sql).rpartition("ORDER BY")[0] for figure in indicators.book().figures.values()
}  # fmt: skip


def _clock(engine: str) -> float:
    return time.process_time() if engine == "duckdb" else time.perf_counter()


def _took(engine: str, work: Callable[[], object]) -> float:
    began = _clock(engine)
    work()
    return _clock(engine) - began


def _bare(data: Path) -> int:
    import duckdb

    months = ", ".join(f"({n}, DATE '{each.last.year}-01-01', DATE '{each.last}')" for n, each in enumerate(PERIODS))
    with duckdb.connect(":memory:", config={"threads": "2"}) as db:
        for table in ("person", "enrolment", "visit"):
            db.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{data}/*/{table}/*/*.parquet')")
        db.execute(f"CREATE TABLE month AS SELECT * FROM (VALUES {months}) AS each (n, first_on, last_on)")
        return len(db.execute(_BARE).fetchall())


if __name__ == "__main__":
    main()
