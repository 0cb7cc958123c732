"""A village for the tests of `nightly`, and what to look at in its folders."""

import contextlib
import csv
import io
import json
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chronic.store import seals
from tests.runner import TODAY, Chronic, Row, id_number

SENT = "indicators-2026-10.csv"
LISTS = ("overdue", "calls", "quality", "warning")
FILES = {
    "nightly.html",
    "dashboard.html",
    "check.csv",
    "backup.csv",
    SENT,
    *(f"{name}.{kind}" for name in LISTS for kind in ("csv", "json")),
}
"""Of the first night: the month before it is frozen."""
ID, PHONE = id_number("11010519491231002"), "13812345512"
posix = pytest.mark.skipif(os.name == "nt", reason="modes and links as POSIX has them")


def settled(chronic: Chronic) -> Chronic:
    """Late: 1 and 5; in danger: 2, not due for 12 days; referred: 3, outcome due in 4; due within a week: 4; later: 6."""
    enrolled = ("--htn-enrolled-on", "2026-05-01", "--village", "下各村")
    chronic.person("王秀兰", *enrolled, "--id-number", ID, "--phone", PHONE)
    for name in ("李建国", "周玉珍", "陈志强", "刘桂英", "赵明"):
        chronic.person(name, *enrolled)
    chronic.visit(1, "2026-10-01", "--bp", "150/95")
    chronic.visit(2, "2026-11-19", "--bp", "186/112", "--danger", "no")
    chronic.visit(3, "2026-10-27", "--bp", "152/94")
    chronic.visit(3, "2026-11-11", "--bp", "156/96")
    chronic.visit(4, "2026-08-23", "--bp", "128/78")
    chronic.visit(5, "2026-08-15", "--bp", "128/78")
    chronic.visit(6, "2026-11-20", "--bp", "128/78")
    return chronic


def folder(chronic: Chronic, day: str = TODAY) -> Path:
    return chronic.folder / "nightly" / day


def rows_of(chronic: Chronic, name: str) -> list[Row]:
    rows: list[Row] = json.loads((folder(chronic) / name).read_text("utf-8"))["rows"]
    return rows


def table(chronic: Chronic, name: str) -> list[dict[str, str]]:
    text = (folder(chronic) / name).read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def change(chronic: Chronic, statement: str, *values: object, sealed: bool = True) -> None:
    """What another computer or time itself did to the file; with its seals, unless a bad stick did it."""
    with contextlib.closing(sqlite3.connect(chronic.path)) as db, db:
        db.execute(statement, values)
        if sealed:
            seals.seal_all(db)


def stamp(at: datetime) -> str:
    """An instant as the registry writes it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
