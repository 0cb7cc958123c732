"""The analytical tables as one folder of Parquet files, there whole or not at all.

DIR/_schema.json
DIR/visit/county=331024/year=2026/data_0.parquet
"""

import json
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

from chronic import __version__
from chronic.errors import ValueRefused
from chronic.exchange.parquet import Files
from chronic.reports import analytical
from chronic.store.pseudonyms import pseudonyms
from chronic.store.transactions import streaming

_SCHEMA = "_schema.json"
_MADE_BY = "chronic export parquet"
_COUNTY_DIGITS = 6
_ABOUT = {
    "zh": "用于统计分析的表: 没有姓名, 证件号, 电话, 地址和自由文字; 各 uid 为化名, 同一登记库每次导出相同",
    "en": "Tables for analysis, without names, ID numbers, phones, addresses and free text. Every uid is a pseudonym, the "
    "same in each export of one registry. county is the first 6 digits of the area code, year that of partitioned_by_day.",
}


def export(db: sqlite3.Connection, settings: dict[str, str], today: date, out: Path) -> dict[str, int]:
    """Rows by table. An earlier export in that place is replaced.

    Raises ValueRefused: `extra.missing`, `parquet.there`, `parquet.folder`.
    """
    _check_replaceable(out)
    place = out.absolute()
    part, old = place.with_name(f".{place.name}.part"), place.with_name(f".{place.name}.old")
    try:
        with closing(Files()) as files:
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(mode=0o700, parents=True)
            counts = _write(db, settings, today, part, files)
        _replace(part, place, old)
    except OSError as error:
        raise ValueRefused("parquet.folder", path=out, problem=error.strerror or error) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return counts


def _check_replaceable(out: Path) -> None:
    """Only an empty folder, or one of ours."""
    if not out.exists() and not out.is_symlink():
        return
    with suppress(OSError, ValueError, AttributeError):
        if (
            out.is_dir()
            and out.name not in ("", "..")
            and (not any(out.iterdir()) or json.loads((out / _SCHEMA).read_text("utf-8"))["made_by"] == _MADE_BY)
        ):
            return
    raise ValueRefused("parquet.there", path=out)


def _write(db: sqlite3.Connection, settings: dict[str, str], today: date, part: Path, files: Files) -> dict[str, int]:
    county = settings.get("area", "")[:_COUNTY_DIGITS] or analytical.UNKNOWN
    db.create_function("pseudonym", 1, pseudonyms(db), deterministic=True)
    counts, described = {}, {}
    with streaming(db):
        for table in analytical.tables():
            columns = [(column.name, column.type) for column in table.columns]
            counts[table.name] = sum(
                files.write(
                    part / table.name / f"county={found.county}" / f"year={found.year}",
                    columns,
                    analytical.rows(db, table, county, found),
                )
                for found in analytical.parts(db, table, county)
            )
            described[table.name] = {
                "rows": counts[table.name],
                "partitioned_by_day": table.day.partition(".")[2],
                "columns": [{"name": name, "type": kind} for name, kind in columns],
            }
    schema = {
        "made_by": _MADE_BY, "version": __version__, "as_of": today.isoformat(), "about": _ABOUT,
        "partitions": {"county": "VARCHAR", "year": "VARCHAR"}, "tables": described,
    }  # fmt: skip
    (part / _SCHEMA).write_text(json.dumps(schema, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return counts


def _replace(part: Path, out: Path, old: Path) -> None:
    """The old folder goes only when the new one stands in its place."""
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.replace(old)
    try:
        part.replace(out)
    except OSError:
        if old.exists():
            old.replace(out)
        raise
    shutil.rmtree(old, ignore_errors=True)
