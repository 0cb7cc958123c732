"""The tables for analysis, read back with DuckDB and compared with the registry they come from."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chronic.office import demo
from chronic.reports import analytical
from chronic.store import registry
from tests.runner import TODAY, Chronic

duckdb = pytest.importorskip("duckdb", reason="the extra `analytics` is not installed")
COUNTED = {
    "person": "person", "enrolment": "enrolment", "pause": "pause", "visit": "live_contact", "verdict": "verdict",
    "plan": "plan", "referral_outcome": "referral_outcome",
}  # fmt: skip
MEASURED = ("sbp", "dbp", "fpg", "weight_kg", "waist_cm", "hba1c", "smoke_per_day")


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    clinic = Chronic(tmp_path_factory.mktemp("parquet"))
    demo.make(clinic.path, date.fromisoformat(TODAY), 300, 1)
    with closing(registry.connect(clinic.path)) as db:  # what the made-up village lacks
        db.execute("UPDATE visit SET fpg = NULL, fpg_meter = 'HI', notes = '住在王秀兰家' WHERE id = 7")
        db.execute("UPDATE visit SET weight_kg = 61.299999999999997, ended_by = NULL WHERE id = 8")
        db.execute("UPDATE place SET code = '331082103210' WHERE id = (SELECT village FROM person WHERE id = 3)")
        db.execute("UPDATE person SET village = NULL, hamlet = NULL WHERE id = 4")
        db.execute("UPDATE person SET registered_on = NULL, birth_date = NULL WHERE id = 3")
    clinic.ok("visit", "void", 9, "--reason", "x", "--yes")
    clinic.ok("checkup", "add", 5, "--bp-left", "148/84", "--ecg", "abnormal", "--notes", "住在王秀兰家", "--yes")
    clinic.ok("test", "add", 5, "--test", "ecg", "--result", "normal")
    clinic.ok("call", 6, "--outcome", "not_reached")
    clinic.ok("refer", "out", 7, "--reason", "王秀兰请求", "--yes")
    clinic.ok("export", "parquet", "--out", clinic.folder / "tables")
    return clinic


@pytest.fixture
def reader(clinic: Chronic) -> Iterator[Any]:
    with duckdb.connect(":memory:") as db:
        for folder in (clinic.folder / "tables").iterdir():
            if folder.is_dir():
                db.execute(
                    f"""CREATE VIEW {folder.name} AS SELECT * FROM read_parquet('{folder}/*/*.parquet',
                        hive_partitioning = true, hive_types = {{'county': VARCHAR}})"""
                )
        yield db


def test_counts_and_sums_are_those_of_the_registry(clinic: Chronic, reader: Any) -> None:
    for table, ours in COUNTED.items():
        assert reader.execute(f"SELECT count(*) FROM {table}").fetchall() == clinic.sql(f"SELECT count(*) FROM {ours}"), (
            table
        )
    for column in MEASURED:
        sums = f"SELECT count({column}), sum(CAST({column} AS REAL)) FROM "
        ((people, total),) = reader.execute(sums.replace("REAL", "DOUBLE") + "visit").fetchall()
        assert clinic.sql(sums + "live_contact") == [(people, pytest.approx(total))], column
    classes = (
        "SELECT programme, class, count(*), min(due_on), max(due_on) FROM verdict GROUP BY 1, 2 ORDER BY 1, 2 NULLS LAST"
    )
    theirs = [(*row[:3], str(row[3]), str(row[4])) for row in reader.execute(classes).fetchall()]
    assert theirs == [(*row[:3], str(row[3]), str(row[4])) for row in clinic.sql(classes)]


def test_rows_find_each_other_by_their_pseudonyms(clinic: Chronic, reader: Any) -> None:
    per_person = "SELECT count(*) AS n FROM {visit} GROUP BY person ORDER BY n"
    theirs = reader.execute(per_person.format(visit="person AS p JOIN visit AS v ON v.person = p.uid")).fetchall()
    assert theirs == clinic.sql(per_person.format(visit="live_contact"))
    joined = "SELECT count(*) FROM verdict AS d JOIN visit AS v ON v.uid = d.visit AND v.visit_date = d.visit_date"
    assert reader.execute(joined).fetchall() == clinic.sql("SELECT count(*) FROM verdict")


def test_values_come_back_as_they_were(clinic: Chronic, reader: Any) -> None:
    meters = reader.execute("SELECT fpg, fpg_meter FROM visit WHERE fpg_meter IS NOT NULL").fetchall()
    assert meters == [(None, "HI")]
    assert reader.execute("SELECT count(*) FROM visit WHERE weight_kg = 61.299999999999997").fetchone()[0] >= 1
    kinds = dict(reader.execute("SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'visit'").fetchall())
    assert (kinds["visit_date"], kinds["sbp"], kinds["fpg"]) == ("DATE", "INTEGER", "DOUBLE")
    values = dict(reader.execute("SELECT field, value FROM checkup_value").fetchall())
    assert (values["sbp_left"], values["ecg"]) == ("148", "abnormal")


def test_each_row_lies_in_its_county(clinic: Chronic, reader: Any) -> None:
    by_county = "SELECT county, count(*) FROM person GROUP BY 1 ORDER BY 1"
    villages = """SELECT coalesce(substr(v.code, 1, 6), '331024'), count(*) FROM person AS p
                  LEFT JOIN place AS v ON v.id = p.village GROUP BY 1 ORDER BY 1"""
    assert reader.execute(by_county).fetchall() == clinic.sql(villages)
    assert [county for county, _people in clinic.sql(villages)] == ["331024", "331082"]
    apart = "SELECT count(*) FROM visit JOIN person ON person.uid = visit.person WHERE person.county <> visit.county"
    assert reader.execute(apart).fetchone() == (0,)


def test_the_rows_of_a_person_lie_together_in_the_order_of_their_numbers(clinic: Chronic) -> None:
    for file in (clinic.folder / "tables").glob("*/*/*.parquet"):
        whose = {"person": "uid", "place": None}.get(file.parent.parent.name, "person")
        if whose is not None:
            with duckdb.connect(":memory:", config={"threads": 1}) as db:
                numbers = [number for (number,) in db.execute(f"SELECT {whose} FROM read_parquet('{file}')").fetchall()]
            assert numbers == sorted(numbers), file


def test_analysts_get_no_birth_date_and_no_doctor(clinic: Chronic, tmp_path: Path) -> None:
    clinic.ok("export", "parquet", "--pseudonymous", "--out", tmp_path / "analysts")
    shown = duckdb.sql(f"DESCRIBE SELECT * FROM '{tmp_path}/analysts/person/*/*.parquet'").fetchall()
    names = {row[0] for row in shown}
    assert "birth_year" in names
    assert not {"birth_date", "responsible_doctor"} & names


def test_nobody_is_named(clinic: Chronic, reader: Any) -> None:
    """No name, number, phone, address or free text, and no uid of the registry, stands in any column."""
    known = {value for row in clinic.sql(
        "SELECT uid, name, id_number, archive_no, phone, address, birth_date FROM person"
    ) for value in row if value}  # fmt: skip
    known |= {
        uid for table in ("visit", "enrolment", "referral", "checkup") for (uid,) in clinic.sql(f"SELECT uid FROM {table}")
    }
    for table in analytical.tables():
        if not (clinic.folder / "tables" / table.name).exists():
            continue
        for column in (column for column in table.columns if column.type == "VARCHAR" and table.name != "place"):
            held = {value for (value,) in reader.execute(f'SELECT DISTINCT "{column.name}" FROM {table.name}').fetchall()}
            assert not held & known, (table.name, column.name)
            assert not any("王秀兰" in value for value in held if value), (table.name, column.name)


def test_the_same_registry_gives_the_same_files_and_another_one_other_pseudonyms(clinic: Chronic, tmp_path: Path) -> None:
    clinic.ok("export", "parquet", "--out", tmp_path / "again")
    assert _bytes(tmp_path / "again") == _bytes(clinic.folder / "tables")
    other = Chronic(tmp_path)
    shutil.copy(clinic.path, other.path)
    with closing(sqlite3.connect(other.path)) as db, db:
        db.execute("DELETE FROM setting WHERE key = 'pseudonym_key'")
    other.ok("export", "parquet", "--out", tmp_path / "other")
    sql = "SELECT DISTINCT uid FROM '{}/person/*/*.parquet'"
    ours, theirs = (set(duckdb.sql(sql.format(tmp_path / name)).fetchall()) for name in ("again", "other"))
    assert len(ours) == len(theirs) == 300
    assert not ours & theirs


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_schema_says_what_is_in_it(clinic: Chronic, reader: Any) -> None:
    schema = json.loads((clinic.folder / "tables" / "_schema.json").read_text(encoding="utf-8"))
    assert (schema["made_by"], schema["as_of"]) == ("chronic export parquet", TODAY)
    for name, table in schema["tables"].items():
        if table["rows"]:
            found = reader.execute(f"DESCRIBE {name}").fetchall()
            told = [(column["name"], column["type"]) for column in table["columns"]]
            assert told == [row[:2] for row in found if row[0] not in schema["partitions"]]


def test_an_earlier_export_is_replaced_and_nothing_else_ever(clinic: Chronic, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    clinic.ok("export", "parquet", "--out", mine)  # an empty folder may become one
    (mine / "person" / "left over.txt").write_text("x", encoding="utf-8")
    clinic.ok("export", "parquet", "--out", mine)
    assert not (mine / "person" / "left over.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    letters = tmp_path / "letters"
    letters.mkdir()
    (letters / "letter.txt").write_text("x", encoding="utf-8")
    for place in (letters, letters / "letter.txt", clinic.path):
        run = clinic("export", "parquet", "--out", place)
        assert (run.code, run.out) == (2, "")
        assert run.last == f"{place} is there already and was not made by export parquet; name another folder."
    assert [path.name for path in letters.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("place", [".", "..", "/"])
def test_a_folder_that_holds_other_things_is_left_alone(
    clinic: Chronic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "letter.txt").write_text("x", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    run = clinic("export", "parquet", "--out", place)
    assert (run.code, run.out) == (2, "")
    assert run.last.startswith(f"{place} is there already")


def test_a_folder_that_cannot_be_made_is_one_sentence(clinic: Chronic, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    run = clinic("export", "parquet", "--out", tmp_path / "file" / "tables")
    assert (run.code, len(run.err.splitlines())) == (2, 1)
    assert "cannot be written into" in run.last


def test_an_export_that_stops_in_the_middle_leaves_the_earlier_one(clinic: Chronic, tmp_path: Path) -> None:
    damaged = Chronic(tmp_path)
    shutil.copy(clinic.path, damaged.path)
    out = tmp_path / "tables"
    damaged.ok("export", "parquet", "--out", out)
    before = _bytes(out)
    with closing(sqlite3.connect(damaged.path)) as db, db:
        db.execute("DROP TABLE contract")  # the last one that is read
    assert damaged("export", "parquet", "--out", out).code != 0
    assert _bytes(out) == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_without_the_library_one_sentence_says_how_to_get_it(clinic: Chronic, tmp_path: Path) -> None:
    import sys

    held = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in ("duckdb", "_duckdb")}
    sys.modules["duckdb"] = None  # type: ignore[assignment]
    try:
        run = clinic("export", "parquet", "--out", tmp_path / "tables")
    finally:
        del sys.modules["duckdb"]
        sys.modules.update(held)
    assert (run.code, run.out) == (2, "")
    assert run.last == 'Parquet needs a library that is not installed: pip install "chronic[analytics]"'
    assert not list(tmp_path.iterdir())
