"""Every figure of 36 months against its definition in plain loops; what is behind it; sums; the same on DuckDB."""

import json
import re
import shutil
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chronic.model.period import read_period
from chronic.model.place import Where
from chronic.model.tags import spellings
from chronic.protocol import Editions
from chronic.reports import indicators
from chronic.reports.indicators import Asked, Cell, arrivals, known
from chronic.reports.tagged import Tagged
from chronic.store import editions, registry, transactions
from tests import indicators_naive as naive
from tests.indicators_rows import Rows, months
from tests.runner import Chronic

PERIODS = [read_period(name) for name in months(date(2024, 1, 1), 36)]
WANTED = [(programme, name) for name, figure in indicators.book().figures.items() for programme in figure.programmes]
Totals = Counter[tuple[str, str]]


@pytest.fixture(scope="module")
def path(made_once: Chronic, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("indicators") / "registry.db"
    shutil.copy(made_once.path, path)
    with closing(registry.connect(path)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        with transactions.immediate(db):
            Rows(db, seed=20261130).people(500)
    return path


@pytest.fixture(scope="module")
def db(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(registry.connect(path)) as db:
        yield db


@pytest.fixture(scope="module")
def rules(db: sqlite3.Connection) -> Editions:
    return editions.read(db)


@pytest.fixture(scope="module")
def found(db: sqlite3.Connection, rules: Editions) -> list[Counter[Cell]]:
    return indicators.tallies(db, PERIODS, WANTED, rules)


@pytest.fixture(scope="module")
def people(db: sqlite3.Connection) -> list[naive.Person]:
    return naive.read(db)


def totals(cells: Counter[Cell]) -> Totals:
    added: Totals = Counter()
    for cell, people in cells.items():
        added[cell.programme, cell.figure] += people
    return added


def test_every_figure_of_every_month_is_what_its_definition_says(
    people: list[naive.Person], found: list[Counter[Cell]]
) -> None:
    for period, cells in zip(PERIODS, found, strict=True):
        expected = Counter(figure for person in people for figure in naive.figures(person, period.first, period.last))
        assert totals(cells) == expected, period.name
    seen: Totals = Counter()
    for cells in found:
        seen += totals(cells)
    assert {name for _, name in WANTED} == {name for _, name in seen}  # or the comparison would show nothing


def test_cells_tell_village_doctor_sex_age_and_household(
    db: sqlite3.Connection, people: list[naive.Person], found: list[Counter[Cell]]
) -> None:
    watched, period = naive.monitored(db), PERIODS[-1]
    expected = Counter(
        Cell(
            *figure, person.row["village"], person.row["responsible_doctor"], person.row["sex"],
            naive.age(person.row["birth_date"], period.last), person.row["id"] in watched,
        )
        for person in people for figure in naive.figures(person, period.first, period.last)
    )  # fmt: skip
    assert found[-1] == expected
    assert {cell.monitored for cell in expected} == {True, False}


@pytest.mark.parametrize("name", ["2026", "2026Q2", "2025S1"])
def test_longer_periods_too(db: sqlite3.Connection, people: list[naive.Person], rules: Editions, name: str) -> None:
    period = read_period(name)
    expected = Counter(figure for person in people for figure in naive.figures(person, period.first, period.last))
    assert totals(indicators.tally(db, period, WANTED, rules)) == expected


def test_thirteen_months_at_once_are_the_months_one_by_one(
    db: sqlite3.Connection, rules: Editions, found: list[Counter[Cell]]
) -> None:
    for period, cells in list(zip(PERIODS, found, strict=True))[::17]:
        assert indicators.tally(db, period, WANTED, rules) == cells


def test_the_number_of_those_behind_a_figure_is_the_figure(
    db: sqlite3.Connection, people: list[naive.Person], rules: Editions, found: list[Counter[Cell]]
) -> None:
    period, added = PERIODS[-2], totals(found[-2])
    by_id = {person.row["id"]: person for person in people}
    for programme, name in WANTED[1::16]:
        listed = indicators.behind(db, period, programme, name, rules)
        assert len(listed) == added[programme, name]
        for person, times in Counter(one.person for one in listed).items():
            figures = Counter(naive.figures(by_id[person], period.first, period.last))
            assert figures[programme, name] == times
        if indicators.book().figures[name].events:
            assert len({(one.on, one.uid) for one in listed}) == len(listed)
            assert all(one.on is not None and period.first <= one.on <= period.last for one in listed)
        else:
            assert len({one.person for one in listed}) == len(listed)


@pytest.mark.parametrize(
    ("asked", "keeps"),
    [
        (Asked(where=Where((1,))), lambda cell: cell.village == 1),
        (Asked(doctor="赵医生"), lambda cell: cell.doctor == "赵医生"),
        (Asked(sex="F"), lambda cell: cell.sex == "F"),
        (Asked(ages=(60, 69)), lambda cell: cell.age is not None and 60 <= cell.age <= 69),
        (Asked(monitored=True), lambda cell: cell.monitored),
        (Asked(tags=(Tagged(spellings("monitored")),)), lambda cell: cell.monitored),
        (Asked(where=Where((1,)), sex="M", monitored=True), lambda c: c.village == 1 and c.sex == "M" and c.monitored),
        (Asked(where=Where(())), lambda _cell: False),
    ],
)  # fmt: skip
def test_a_filter_leaves_the_same_people_in_a_number_and_behind_it(
    db: sqlite3.Connection, rules: Editions, found: list[Counter[Cell]], asked: Asked, keeps: Callable[[Cell], bool]
) -> None:
    period = PERIODS[-3]
    expected = Counter({cell: people for cell, people in found[-3].items() if keeps(cell)})
    assert indicators.tally(db, period, WANTED, rules, asked=asked) == expected
    for programme, name in WANTED[3::40]:
        assert len(indicators.behind(db, period, programme, name, rules, asked=asked)) == totals(expected)[programme, name]


def test_parts_that_are_not_asked_for_are_added_up(
    db: sqlite3.Connection, rules: Editions, found: list[Counter[Cell]]
) -> None:
    whole = indicators.tally(db, PERIODS[-1], WANTED, rules, by=())
    assert {(cell.programme, cell.figure): people for cell, people in whole.items()} == totals(found[-1])
    assert all(cell[2:] == (None,) * 5 for cell in whole)
    by_village = indicators.tally(db, PERIODS[-1], WANTED, rules, by=("village",))
    added: Counter[Cell] = Counter()
    for cell, people in found[-1].items():
        added[cell._replace(doctor=None, sex=None, age=None, monitored=None)] += people
    assert by_village == added


RATIOS = {
    (one.numerator, one.denominator)
    for name, one in indicators.book().indicators.items()
    if one.denominator not in (None, indicators.ESTIMATED) and name != "hearts_overdue"  # which is of another day
}


def the_parts_add_up(cells: Counter[Cell]) -> None:
    """For every place, doctor, sex, age and household."""
    kinds: dict[tuple[Any, ...], Counter[str | None]] = defaultdict(Counter)
    for cell, people in cells.items():
        kinds[cell.programme, *cell[2:]][cell.figure] = people
    for of in kinds.values():
        assert of["hearts_judged"] == of["controlled"] + of["uncontrolled"] + of["no_reading"] + of["no_visit"]
        assert of["under_care"] == of["under_care_new"] + of["hearts_judged"]
        assert of["registered"] == of["under_care"] + of["lost"]
        assert of["registered"] >= of["contracted"]
        assert of["overdue"] >= of["called"] >= of["returned"]
        assert of["managed"] >= of["judged"] >= of["at_target"]
        assert of["managed"] >= of["enough_visits"] >= of["standard"]
        for preset, cohort in indicators.cohorts().items():
            classes = [of[indicators.in_cohort(preset, name)] for name in cohort.classes]
            assert of[indicators.in_cohort(preset)] == sum(classes)
        for above, under in RATIOS:
            assert of[above] <= of[under]


def test_the_parts_add_up_in_every_cell_of_every_month(found: list[Counter[Cell]]) -> None:
    for cells in found:
        the_parts_add_up(cells)


def test_whoever_was_ever_registered_stays_counted(people: list[naive.Person], found: list[Counter[Cell]]) -> None:
    for programme in indicators.PROGRAMMES:
        begun = [person.stays[programme][0].begin for person in people if person.stays[programme]]
        ever = sum(on < PERIODS[0].first for on in begun)
        for period, cells in zip(PERIODS, found, strict=True):
            ever += totals(cells)[programme, "newly_registered"]
            assert ever == sum(on <= period.last for on in begun)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), number=st.integers(1, 36))
def test_the_parts_add_up_on_any_registry(made_once: Chronic, tmp_path: Path, seed: int, number: int) -> None:
    shutil.copy(made_once.path, tmp_path / "registry.db")
    with closing(registry.connect(tmp_path / "registry.db")) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        with transactions.immediate(db):
            Rows(db, seed).people(25)
        period, rules = PERIODS[number - 1], editions.read(db)
        cells = indicators.tally(db, period, WANTED, rules)
        the_parts_add_up(cells)
        expected = Counter(
            figure for person in naive.read(db) for figure in naive.figures(person, period.first, period.last)
        )
        assert totals(cells) == expected


def test_the_same_texts_give_the_same_rows_on_duckdb(db: sqlite3.Connection, rules: Editions) -> None:
    duckdb = pytest.importorskip("duckdb", reason="the extra `analytics` is not installed")
    periods = [read_period(name) for name in ("202409", "2025Q1", "2026")]
    book = indicators.book()
    names = known.needed(indicators.text(figure.sql) for figure in book.figures.values())
    with (
        duckdb.connect(":memory:") as other,
        known.relations(db, periods, rules, names, arrivals.ALWAYS, Asked()) as lots,
    ):
        for lot in lots:
            for table in (*TABLES, *lot.given):
                copy(db, other, table)
            for name in names:
                if name not in lot.given:
                    ask(other, f"CREATE TABLE {name} AS {lot.texts[name]}", lot.values)
            for programme, name, preset in sorted(
                {
                    (programme, figure.sql, figure.preset)
                    for figure in book.figures.values()
                    for programme in figure.programmes
                }
            ):
                values = known.bound(programme, indicators.text(name), preset)
                ours = db.execute(indicators.text(name), values).fetchall()
                assert ask(other, indicators.text(name), values) == ours, name
                assert ours, name


TABLES = (
    "person", "enrolment", "visit", "visit_void", "verdict", "referral", "referral_void", "referral_outcome", "checkup",
    "checkup_void", "checkup_value", "contract", "contract_end", "call", "test_result", "test_void", "person_change",
)  # fmt: skip


def ask(other: Any, sql: str, values: dict[str, object]) -> list[Any]:
    """Run a text on DuckDB: a parameter is written otherwise there, and nothing else."""
    text = re.sub(r":(\w+)", r"$\1", re.sub("--.*", "", sql))
    return list(other.execute(text, {key: value for key, value in values.items() if f"${key}" in text}).fetchall())


def copy(db: sqlite3.Connection, other: Any, table: str) -> None:
    rows = db.execute(f"SELECT * FROM {table}")
    names = [column[0] for column in rows.description]
    declared = {name: kind for _, name, kind, *_ in db.execute(f"PRAGMA table_info({table})")}
    kinds = {"INTEGER": "BIGINT", "INT": "BIGINT", "NUM": "BIGINT", "REAL": "DOUBLE", "TEXT": "VARCHAR", "ANY": "VARCHAR"}
    found = rows.fetchall()
    for place, name in enumerate(names):
        if not declared[name]:  # of a relation: what its values are
            sort = {type(row[place]) for row in found} - {type(None)}
            declared[name] = "TEXT" if str in sort else "REAL" if float in sort else "INTEGER"
    cells = ", ".join(f'CAST(cells[{place}] AS {kinds[declared[name]]}) AS "{name}"' for place, name in enumerate(names, 1))
    listed = json.dumps([[None if value is None else str(value) for value in row] for row in found])
    unpacked = """SELECT unnest(from_json(CAST(? AS JSON), '[["VARCHAR"]]')) AS cells"""
    other.execute(f"CREATE TABLE {table} AS SELECT {cells} FROM ({unpacked})", [listed])


def test_so_many_people_at_a_time_make_no_difference(
    db: sqlite3.Connection, rules: Editions, found: list[Counter[Cell]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "_PEOPLE", 77)
    assert indicators.tally(db, PERIODS[-1], WANTED, rules) == found[-1]
    listed = indicators.behind(db, PERIODS[-1], "htn", "registered", rules)
    assert len(listed) == totals(found[-1])["htn", "registered"]
    assert listed == sorted(listed, key=lambda one: one.person)
