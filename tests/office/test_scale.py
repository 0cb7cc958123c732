"""The same integers on every engine: SQLite over the registry, DuckDB and Spark over its Parquet export."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chronic.exchange import dialects
from chronic.model.period import Period, read_period
from chronic.model.tags import spellings
from chronic.office import demo, scale
from chronic.office.parquet import Wishes, export
from chronic.reports import indicators
from chronic.reports.indicators import Asked, Cell, known
from chronic.reports.indicators.sources import sources
from chronic.reports.tagged import Tagged
from chronic.store import editions, registry, transactions
from tests.indicators_rows import Rows, months
from tests.runner import TODAY, Chronic

pytest.importorskip("duckdb", reason="the extra `analytics` is not installed")
ON = date.fromisoformat(TODAY)
PERIODS = [read_period(name) for name in (*list(months(date(2024, 1, 1), 36))[::5], "2026Q2", "2025")]
WANTED = [(programme, name) for name, figure in indicators.book().figures.items() for programme in figure.programmes]
BY = ("doctor", "sex", "age", "monitored")
LIMITS = scale.Limits(2**30, 2, "local[2]")


@pytest.fixture(scope="module")
def odd(made_once: Chronic, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry of rows that no day at a clinic brings together."""
    folder = tmp_path_factory.mktemp("odd")
    shutil.copy(made_once.path, folder / "registry.db")
    with closing(registry.connect(folder / "registry.db")) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        with transactions.immediate(db):
            Rows(db, seed=20261122).people(400)
    exported(folder)
    return folder


@pytest.fixture(scope="module", params=[300, 5000])
def clinic(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(f"demo-{request.param}")
    demo.make(folder / "registry.db", ON, request.param, 1)
    exported(folder)
    return folder


def exported(folder: Path, name: str = "tables", wishes: Wishes | None = None) -> None:
    with closing(registry.connect(folder / "registry.db")) as db:
        export(db, registry.settings(db), ON, folder / name, wishes or Wishes())


def here(folder: Path, periods: list[Period], asked: Asked = indicators.ALL) -> list[Counter[Cell]]:
    with closing(registry.connect(folder / "registry.db")) as db:
        return indicators.tallies(db, periods, WANTED, editions.read(db), asked=asked, by=BY)


def there(data: Path, periods: list[Period], engine: str = "duckdb", asked: Asked = indicators.ALL) -> list[Counter[Cell]]:
    with scale.opened(engine, [data], LIMITS) as found:
        return indicators.tallies(found.db, periods, WANTED, editions.read(found.db), asked=asked, by=BY)


def test_every_figure_is_the_same_on_duckdb(odd: Path) -> None:
    ours, theirs = here(odd, PERIODS), there(odd / "tables", PERIODS)
    for period, one, other in zip(PERIODS, ours, theirs, strict=True):
        assert one == other, period.name
    assert len({cell.figure for cells in ours for cell in cells}) > 65  # or it would show nothing


def test_of_a_clinic_too(clinic: Path) -> None:
    periods = [read_period(name) for name in ("202510", "202610", "2026Q2")]
    assert there(clinic / "tables", periods) == here(clinic, periods)


def test_so_many_people_at_a_time_make_no_difference(odd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chronic.exchange.duck._PEOPLE_A_GIB", 150)
    with scale.opened("duckdb", [odd / "tables"], LIMITS) as found:
        assert len(found.db.lots) > 2
        assert all(after[0] == before[1] + 1 for before, after in zip(found.db.lots, found.db.lots[1:], strict=False))
    assert there(odd / "tables", PERIODS[:2]) == here(odd, PERIODS[:2])


@pytest.mark.parametrize(
    "asked",
    [
        Asked(doctor="赵医生"), Asked(sex="F", ages=(60, 69)), Asked(monitored=True),
        Asked(tags=(Tagged(spellings("monitored")), Tagged(born_by="1960-01-01"))),
    ],
)  # fmt: skip
def test_filters_leave_the_same_people(odd: Path, asked: Asked) -> None:
    found = here(odd, PERIODS[-2:], asked)
    assert any(found)
    assert there(odd / "tables", PERIODS[-2:], asked=asked) == found


@pytest.fixture(scope="module")
def keyed(odd: Path) -> Path:
    """The same registry under a key of several."""
    key = odd / "names.key"
    key.write_text("a secret of the province and its counties", encoding="utf-8")
    exported(odd, "keyed", Wishes(key_file=key))
    return odd / "keyed"


def test_somebody_in_two_exports_under_one_key_is_one_person(odd: Path, keyed: Path, tmp_path: Path) -> None:
    for name in ("east", "west"):
        shutil.copytree(keyed, tmp_path / name)
    one = here(odd, PERIODS[-1:])
    assert there(tmp_path, PERIODS[-1:]) == one
    shutil.rmtree(tmp_path / "west")
    shutil.copytree(odd / "tables", tmp_path / "west")  # under a key of its own
    with scale.opened("duckdb", [tmp_path], LIMITS) as found:
        assert [code for code, _ in found.notes] == ["scale.keys"]
    assert there(tmp_path, PERIODS[-1:]) == [Counter({cell: 2 * people for cell, people in one[0].items()})]


def test_who_moved_counts_where_they_are_now(odd: Path, keyed: Path, tmp_path: Path) -> None:
    """Registered in two counties, closed in one: one person, as the other has them."""
    shutil.copy(odd / "registry.db", tmp_path / "registry.db")
    with closing(sqlite3.connect(tmp_path / "registry.db")) as db, db:
        db.execute(
            """UPDATE person SET closed_on = '2026-11-01', closed_reason = 'moved', responsible_doctor = 'x'
               WHERE closed_on IS NULL"""
        )
        db.execute("UPDATE person SET registered_on = NULL, sex = 'unknown' WHERE closed_reason = 'died'")
    (tmp_path / "province").mkdir()
    exported(tmp_path, "province/before", Wishes(key_file=odd / "names.key"))
    shutil.copytree(keyed, tmp_path / "province" / "now")
    theirs, ours = there(tmp_path / "province", PERIODS[-1:]), here(odd, PERIODS[-1:])
    open_now = [cell for cell in ours[0] if cell.figure == "residents"]
    assert open_now
    assert {cell: theirs[0][cell] for cell in open_now} == {cell: ours[0][cell] for cell in open_now}


TEXTS = {
    **{name: known.text(name) for name in known.needed(indicators.text(f.sql) for f in indicators.book().figures.values())
       if name != "calendar"},
    **{figure.sql: indicators.text(figure.sql) for figure in indicators.book().figures.values()},
}  # fmt: skip


def test_what_is_written_otherwise_is_in_one_table_and_all_of_it_is_needed() -> None:
    for engine, rows in dialects.DIFFERS.items():
        for pattern, _instead, why in rows:
            assert why
            assert any(re.search(pattern, re.sub("--.*", "", sql)) for sql in TEXTS.values()), (engine, pattern)
    sql, values = dialects.said("SELECT :a -- :b\nFROM x", "duckdb", {"a": 1, "b": 2, "ab": 3})
    assert (sql, values) == ("SELECT $a \nFROM x", {"a": 1})


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_says_what_only_one_engine_knows(name: str) -> None:
    """Days are numbers and text; whole numbers are never divided; nothing of SQLite's own, and no order left to chance."""
    text = re.sub("--.*", "", TEXTS[name]).lower()
    own = r"\b(julianday|strftime|date\(|iif\(|ifnull|group_concat|total\(|glob|rowid|typeof|printf|unixepoch|isnull|limit)"
    assert re.search(own, text) is None
    assert re.search(r"\bis\s+(?!null|not null)", text) is None


def test_every_table_that_a_relation_reads_is_made_of_the_files() -> None:
    made = {name for name, _sql in sources(0, 1, several=False)}
    reads = {word for sql in TEXTS.values() for word in re.findall(r"(?:FROM|JOIN)\s+(\w+)", re.sub("--.*", "", sql))}
    with sqlite3.connect(":memory:") as db:
        registry.lay_out(db)
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")}
    assert reads & tables <= made
    assert not made - tables


# what is refused -----------------------------------------------------------------------------------


def spoilt(odd: Path, tmp_path: Path) -> Path:
    shutil.copytree(odd / "tables", tmp_path / "data" / "tables")
    return tmp_path / "data" / "tables"


def _schema(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def spoil(data: Path) -> None:
        said = json.loads((data / "_schema.json").read_text("utf-8"))
        change(said)
        (data / "_schema.json").write_text(json.dumps(said), encoding="utf-8")

    return spoil


def _visits(data: Path) -> Path:
    return next((data / "visit").rglob("*.parquet"))


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "no schema": (lambda data: (data / "_schema.json").unlink(), "holds no folder that export parquet made"),
    "half a schema": (lambda data: (data / "_schema.json").write_text('{"made_by": "chr'), "its list of tables is damaged"),
    "a list": (lambda data: (data / "_schema.json").write_text("[]"), "its list of tables is damaged"),
    "no tables": (_schema(lambda said: said.pop("tables")), "its list of tables is damaged"),
    "somebody else's": (_schema(lambda said: said.update(made_by="x")), "was not made by export parquet"),
    "older": (_schema(lambda said: said.pop("format")), "an earlier version of this program; export it again"),
    "newer": (_schema(lambda said: said.update(format=99)), "a later version of this program; update"),
    "for analysts": (_schema(lambda said: said.update(exact=False)), "without birth dates nobody's age is known"),
    "a file missing": (lambda data: _visits(data).unlink(), "a folder was copied halfway"),
    "cut off": (lambda data: _visits(data).write_bytes(_visits(data).read_bytes()[:2000]), "cannot be read: "),
    "no Parquet": (lambda data: _visits(data).write_text("letters" * 99), "cannot be read: "),
    "an unknown guideline": (
        _schema(lambda said: said.update(editions=[{"in_force_from": "2017-02-28", "protocol": "xx", "text": None}])), "xx",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", SPOILT)
def test_what_cannot_be_counted_is_one_sentence(odd: Path, made_once: Chronic, tmp_path: Path, what: str) -> None:
    data = spoilt(odd, tmp_path)
    spoil, sentence = SPOILT[what]
    spoil(data)
    run = made_once("scale", "indicators", "--data", data.parent)
    assert (run.code, run.out, len(run.err.splitlines())) == (2, "", 1)
    assert sentence in run.last


def test_folders_of_different_guidelines_are_told_apart(odd: Path, made_once: Chronic, tmp_path: Path) -> None:
    other = spoilt(odd, tmp_path)
    shutil.copytree(odd / "tables", tmp_path / "data" / "county")
    _schema(lambda said: said["editions"][0].update(in_force_from="2011-01-01"))(other)
    run = made_once("scale", "indicators", "--data", tmp_path / "data")
    assert run.code == 2
    assert "go by different guidelines; say with --rules-of county" in run.last
    made_once.ok("scale", "indicators", "--data", tmp_path / "data", "--rules-of", "county", "--indicator", "standard_rate")
    assert "is none of the folders" in made_once("scale", "indicators", "--data", other, "--rules-of", "x").last


def test_too_little_memory_is_one_sentence(odd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from chronic.errors import ValueRefused

    with pytest.raises(ValueRefused) as refused, scale.opened("duckdb", [odd / "tables"], LIMITS._replace(memory=2**20)):
        pass
    assert refused.value.code == "scale.memory"


# Spark ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def spark() -> None:
    pytest.importorskip("pyspark", reason="the extra `spark` is not installed")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, and there is none")


@pytest.mark.usefixtures("spark")
def test_every_figure_is_the_same_on_spark(odd: Path) -> None:
    periods = PERIODS[-3:]
    assert there(odd / "tables", periods, "spark") == here(odd, periods)


def test_no_java_is_one_sentence(odd: Path) -> None:
    """In a process of its own: where Java runs already, it does not have to be started."""
    pytest.importorskip("pyspark", reason="the extra `spark` is not installed")
    around = {name: value for name, value in os.environ.items() if name != "JAVA_HOME"} | {"PATH": str(odd)}
    asked = ["scale", "indicators", "--engine", "spark", "--data", str(odd / "tables")]
    run = subprocess.run(
        [sys.executable, "-m", "chronic", *asked],
        env=around | {"CHRONIC_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.splitlines()[-1] == "Spark needs Java 17 or later, and it cannot be started here."
