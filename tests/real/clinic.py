"""Taking a real data set in as a clinic would, and what a plain re-computation expects of it.

The data are not part of the project: they are looked for in `../shared/data`, or where CHRONIC_TEST_DATA says.
"""

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from tests.real import plain, refused
from tests.real.convert import Sheets
from tests.real.plain import Known, Line, Seen, Verdict
from tests.real.refused import Row
from tests.runner import Chronic

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("CHRONIC_TEST_DATA") or ROOT.parent / "shared" / "data")

Key = tuple[str, date, str]
"""Whose verdict: source number, day, programme."""


def folder(name: str, *files: str) -> Path:
    """The folder of a data set; the tests are skipped where one of its files is absent."""
    for file in files:
        if not (DATA / name / file).is_file():
            pytest.skip(f"no {name}/{file} in {DATA}: real data are not part of the project")
    return DATA / name


@dataclass
class Expected:
    """What must become of two sheets: lines refused, reasons counted, who is known and what was seen of them."""

    lines: dict[str, set[int]] = field(default_factory=lambda: {"people": set(), "visits": set()})
    reasons: dict[str, Counter[str]] = field(default_factory=lambda: {"people": Counter(), "visits": Counter()})
    states: dict[str, Counter[str]] = field(default_factory=lambda: {"people": Counter(), "visits": Counter()})
    decimals: int = 0
    known: dict[str, Known] = field(default_factory=dict)
    seen: dict[str, list[Seen]] = field(default_factory=dict)

    def verdicts(self) -> dict[Key, Verdict]:
        found = {}
        for ref, whose in self.known.items():
            for (on, programme), verdict in plain.all_verdicts(whose, self.seen.get(ref, [])).items():
                found[ref, on, programme] = verdict
        return found

    def lists(self) -> dict[str, Line]:
        found = {ref: plain.line(whose, self.seen.get(ref, [])) for ref, whose in self.known.items()}
        return {ref: line for ref, line in found.items() if line is not None}


def expected(sheets: Sheets, today: date) -> Expected:
    """Read both sheets row by row, by the plain rules."""
    found = Expected()
    for number, row in rows(sheets.people):
        _account(found, "people", number, sorted(refused.person_refusals(row, today)), "added")
        if number not in found.lines["people"]:
            found.known[row["person_ref"]] = _known(row, today)
    live: dict[tuple[str, str], dict[str, float]] = {}
    for number, row in rows(sheets.visits):
        key, values = (row["person_ref"], row["visit_date"]), refused.numbers(row)
        reasons, state = list(refused.visit_refusals(row, found.known.get(row["person_ref"]), today)), "added"
        if not reasons and key in live:
            state = "unchanged"
            reasons = ["visit.same_day_conflict"] if values.items() - live[key].items() else []
        _account(found, "visits", number, reasons, state)
        if not reasons and state == "added":
            live[key] = values
            found.decimals += sum(bool(row[column].partition(".")[2].strip("0")) for column in ("sbp", "dbp"))
            found.seen.setdefault(row["person_ref"], []).append(Seen(date.fromisoformat(row["visit_date"]), values))
    for visits in found.seen.values():
        visits.sort(key=lambda visit: visit.on)
    return found


def _account(found: Expected, holds: str, number: int, reasons: list[str], state: str) -> None:
    found.reasons[holds].update(reasons)
    found.states[holds]["refused" if reasons else state] += 1
    if reasons:
        found.lines[holds].add(number)


def _known(row: Row, today: date) -> Known:
    enrolled = {}
    for programme in ("htn", "dm"):
        given = plain.day(row[f"{programme}_enrolled_on"])
        if given or programme in row["programmes"].split(";"):
            enrolled[programme] = (given or plain.day(row["registered_on"]) or today, given is not None)
    return Known(plain.day(row["birth_date"]), enrolled, plain.day(row["closed_on"]), row["village"])


def rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Each row with its line; no cell of these sheets has a line end inside."""
    with path.open(encoding="utf-8", newline="") as stream:
        yield from enumerate(csv.DictReader(stream), 2)


@dataclass(frozen=True)
class Told:
    """What the program said of a sheet: its exit code, rows by state, problems by code, the lines in its file of
    rejects, and the peak memory of the process in KiB."""

    code: int
    states: Counter[str]
    refusals: Counter[str]
    warnings: Counter[str]
    lines: set[int]
    peak: int


def take(registry: Path, sheet: Path, today: str, *options: str) -> Told:
    """`chronic import` in a process of its own."""
    rejects = registry.with_name("rejects.csv")
    words = [sys.executable, "-m", "tests.real.watch", "import", str(sheet), "--rejects", str(rejects), *options]
    around = {name: value for name, value in os.environ.items() if not name.startswith("CHRONIC_")}
    around |= {"CHRONIC_DB": str(registry), "CHRONIC_TODAY": today, "CHRONIC_LANG": "en"}
    done = subprocess.run(words, env=around, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode in (0, 3), done.stderr
    told = json.loads(done.stderr.splitlines()[-1])
    with rejects.open(encoding="utf-8-sig", newline="") as stream:
        lines = {int(row["行号"]) for row in csv.DictReader(stream)}
    states, refusals, warnings = (Counter[str](told[name]) for name in ("states", "refusals", "warnings"))
    return Told(done.returncode, states, refusals, warnings, lines, told["peak"])


@dataclass
class Clinic:
    """A registry with both sheets taken in on one day."""

    chronic: Chronic
    sheets: Sheets
    today: str
    expected: Expected
    told: dict[str, Told]

    def numbers(self) -> dict[str, int]:
        """Registry ids by source number."""
        return dict(self.chronic.sql("SELECT ref, person FROM person_source WHERE source = 'default'"))

    def contents(self) -> int:
        """A hash of every row of every table except the log of imports, and the seals, which that log has too."""
        tables = self.chronic.sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            " AND name NOT IN ('batch', 'seal')"
        )
        return hash(tuple((name, tuple(map(hash, self.chronic.sql(f"SELECT * FROM {name}")))) for (name,) in tables))

    def stored_verdicts(self) -> dict[Key, Verdict]:
        found = self.chronic.sql("""
            SELECT s.ref, v.visit_date, j.programme, j.class, j.danger, j.consecutive, j.refer, j.due_on
            FROM verdict AS j JOIN visit AS v ON v.id = j.visit JOIN person_source AS s ON s.person = j.person""")
        return {
            (ref, date.fromisoformat(on), programme): Verdict(
                klass, tuple(danger.split()), in_a_row, refer, plain.day(due_on or "")
            )
            for ref, on, programme, klass, danger, in_a_row, refer, due_on in found
        }

    def report(self, name: str) -> None:
        """Counts for whoever runs the tests with -s."""
        print(f"\n{name}, as of {self.today}")
        for holds, told in self.told.items():
            for title, counts in (("", told.states), ("refused", told.refusals), ("to check", told.warnings)):
                print(f"  {holds:6}  {title:8}  {', '.join(f'{code} {n:,}' for code, n in counts.most_common())}")
        verdicts = self.stored_verdicts()
        classes = Counter(f"{programme}.{v.klass}" for (_, _, programme), v in verdicts.items())
        print(f"  classes {', '.join(f'{name} {n:,}' for name, n in sorted(classes.items()))}")


def opened(chronic: Chronic, sheets: Sheets, today: str, between: Callable[[], object] = lambda: None) -> Clinic:
    """A fresh registry, people and then visits, as the user would; `between` is done when only the people are in."""
    chronic.ok("init", "--name", "下各村卫生室", "--yes", today=today)
    people = take(chronic.path, sheets.people, today)
    between()
    told = {"people": people, "visits": take(chronic.path, sheets.visits, today)}
    return Clinic(chronic, sheets, today, expected(sheets, date.fromisoformat(today)), told)
