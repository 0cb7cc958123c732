"""`scale indicators` prints what `report indicators` prints, without a registry."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.runner import Chronic

pytest.importorskip("duckdb", reason="the extra `analytics` is not installed")


@pytest.fixture(scope="module")
def clinic(made_once: Chronic, tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    clinic = Chronic(tmp_path_factory.mktemp("scale"))
    shutil.copy(made_once.path, clinic.path)
    for number, (village, doctor) in enumerate([("下各村", "李医生"), ("下各村", "赵医生"), ("上各村", "李医生")], 1):
        born, programme = f"19{40 + number}-03-01", "dm" if number == 2 else "htn"
        clinic.ok(
            "person",
            "add",
            f"王秀{number}",
            "--birth-date",
            born,
            "--sex",
            "F",
            "--village",
            village,
            "--responsible-doctor",
            doctor,
        )
        clinic.ok("enrol", number, programme, "--on", "2026-01-10")
        clinic.ok("visit", "add", number, "--bp", "138/84", "--fpg", "6.1", "--on", "2026-10-12", "--yes")
    clinic.ok("export", "parquet", "--out", clinic.folder / "tables")
    return clinic


@pytest.mark.parametrize(
    "options",
    [
        "--format json", "", "--by village", "--by township --format csv", "--by age --period 2026Q3", "--format text",
        "--by doctor --sex F --programme htn", "--from 2026-09-15 --to 2026-10-14", "--village 下各村", "--as-of 2026-10-31",
    ],
)  # fmt: skip
def test_the_same_report_without_a_registry(clinic: Chronic, tmp_path: Path, options: str) -> None:
    elsewhere = Chronic(tmp_path)
    data = clinic.folder / "tables"
    assert (
        elsewhere.ok("scale", "indicators", "--data", data, *options.split()).out
        == clinic.ok("report", "indicators", *options.split()).out
    )
    assert not elsewhere.path.exists()


def test_the_figures_are_of_the_day_of_the_export(clinic: Chronic) -> None:
    run = clinic("--today", "2027-03-01", "scale", "indicators", "--data", clinic.folder / "tables", "--period", "2027-02")
    assert run.code == 2
    assert "2026-11-21" in run.last


@pytest.mark.parametrize("size", ["4", "x", "1MB", "-4GB", ""])
def test_memory_is_a_size(clinic: Chronic, size: str) -> None:
    run = clinic("scale", "indicators", "--data", clinic.folder / "tables", "--memory", size)
    assert (run.code, run.out) == (2, "")
    assert "is not a size of memory" in run.last


def test_without_the_library_one_sentence_says_how_to_get_it(clinic: Chronic) -> None:
    held = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "pyspark"}
    sys.modules["pyspark.sql"] = sys.modules["pyspark"] = None  # type: ignore[assignment]
    try:
        run = clinic("scale", "indicators", "--engine", "spark", "--data", clinic.folder / "tables")
    finally:
        del sys.modules["pyspark"], sys.modules["pyspark.sql"]
        sys.modules.update(held)
    assert (run.code, run.out) == (2, "")
    assert run.last == 'Spark needs a library that is not installed: pip install "chronic[spark]"'


def test_a_key_of_several_registries_is_long_enough(clinic: Chronic, tmp_path: Path) -> None:
    short = tmp_path / "short.key"
    short.write_text("secret", encoding="utf-8")
    run = clinic("export", "parquet", "--name-key", short, "--out", tmp_path / "tables")
    assert (run.code, run.last) == (2, f"The key {short} is too short to keep a secret: 32 characters at least.")
    assert "cannot be read" in clinic("export", "parquet", "--name-key", tmp_path, "--out", tmp_path / "tables").last
