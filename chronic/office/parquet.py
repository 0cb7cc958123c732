"""The analytical tables as one folder of Parquet files, there whole or not at all.

DIR/_schema.json
DIR/visit/county=331024/data_0.parquet

Whole people lie beside each other, in the order of their numbers: so `scale` reads some of them at a time, however many
there are.
"""

import json
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from typing import NamedTuple

from chronic import __version__
from chronic.errors import ValueRefused
from chronic.exchange.parquet import Files
from chronic.reports import analytical
from chronic.store.pseudonyms import fingerprint, numbers, own_key
from chronic.store.transactions import streaming

SCHEMA = "_schema.json"
MADE_BY = "chronic export parquet"
FORMAT = 2
"""Of the folder; 1 was by year and had no verdicts' `meets`."""
_KEY_CHARACTERS = 32
_PAGES_KIB = 65_536
_EDITION = ("in_force_from", "protocol", "text")
_EDITIONS = f"SELECT {', '.join(_EDITION)} FROM edition ORDER BY in_force_from"
_ABOUT = {
    "zh": "统计分析用表: 没有姓名, 证件号, 电话, 地址和自由文字; 编号都是化名, 同一密钥每次导出相同",
    "en": "Tables for figures, without names, ID numbers, phones, addresses and free text. Every uid is a pseudonym, the "
    "same in each export under one key; a person's follows from the ID number. county is the first 6 digits of the area "
    "code.",
}  # fmt: skip


class Wishes(NamedTuple):
    """`exact`: with birth dates and responsible doctors, without which no age and no doctor's figures can be told.
    `key_file`: a secret of several registries, so that somebody in two of them is one person."""

    exact: bool = True
    key_file: Path | None = None


def export(
    db: sqlite3.Connection,
    settings: dict[str, str],
    today: date,
    out: Path,
    wishes: Wishes = Wishes(),  # noqa: B008 - it never changes
) -> dict[str, int]:
    """Rows by table. An earlier export in that place is replaced.

    Raises ValueRefused: `extra.missing`, `parquet.there`, `parquet.folder`, `parquet.key`.
    """
    _check_replaceable(out)
    key = own_key(db) if wishes.key_file is None else key_in(wishes.key_file)
    place = out.absolute()
    part, old = place.with_name(f".{place.name}.part"), place.with_name(f".{place.name}.old")
    try:
        with closing(Files()) as files:
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(mode=0o700, parents=True)
            counts = _write(db, settings, today, part, files, wishes.exact, key)
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
            and (not any(out.iterdir()) or json.loads((out / SCHEMA).read_text("utf-8"))["made_by"] == MADE_BY)
        ):
            return
    raise ValueRefused("parquet.there", path=out)


def key_in(path: Path) -> bytes:
    """The key that a file holds: of any file of 32 characters or more, which nobody outside may have.

    Raises ValueRefused (`parquet.key`).
    """
    import hashlib

    try:
        text = path.read_bytes().strip()
    except OSError as error:
        raise ValueRefused("parquet.key", path=path, problem=error.strerror or error) from None
    if len(text) < _KEY_CHARACTERS:
        raise ValueRefused("parquet.key_short", path=path, n=_KEY_CHARACTERS)
    return hashlib.blake2b(text, digest_size=32).digest()


def _write(
    db: sqlite3.Connection, settings: dict[str, str], today: date, part: Path, files: Files, exact: bool, key: bytes
) -> dict[str, int]:
    own = settings.get("area", "")[: analytical.COUNTY_DIGITS] or analytical.UNKNOWN
    counts, described = {}, {}
    with streaming(db):
        db.execute(f"PRAGMA cache_size = -{_PAGES_KIB}")  # people come in the order of their numbers, which is none here
        try:
            counties = analytical.prepare(db, own, numbers(key))
            for table in analytical.tables():
                columns = [(column.name, column.type) for column in table.shown(exact)]
                counts[table.name] = sum(
                    files.write(part / table.name / f"county={county}", columns, analytical.rows(db, table, county, exact))
                    for county in analytical.counties_of(table, counties, own)
                )
                described[table.name] = {
                    "rows": counts[table.name], "columns": [{"name": name, "type": kind} for name, kind in columns],
                }  # fmt: skip
            judged = [dict(zip(_EDITION, row, strict=True)) for row in db.execute(_EDITIONS)]
        finally:
            analytical.forget(db)
    schema = {
        "made_by": MADE_BY, "format": FORMAT, "version": __version__, "as_of": today.isoformat(), "about": _ABOUT,
        "exact": exact, "key": fingerprint(key), "name": settings.get("name", ""), "area": settings.get("area", ""),
        "partitions": {"county": "VARCHAR"}, "editions": judged, "tables": described,
    }  # fmt: skip
    (part / SCHEMA).write_text(json.dumps(schema, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
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
