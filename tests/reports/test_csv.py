"""Listings as CSV: a column for every part of a row, whatever the first row happens to hold."""

import csv
from collections.abc import Sequence

import pytest

from tests.runner import Chronic


def table(chronic: Chronic, *args: object) -> list[dict[str, str]]:
    return list(csv.DictReader(chronic.ok(*args, "--format", "csv").out.splitlines()))


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-06-01", "--dm-enrolled-on", "2026-10-10", "--village", "下各村")
    chronic.visit(1, "2026-09-01", "--bp", "150/95")
    chronic.visit(1, "2026-10-20", "--bp", "186/98", "--fpg", "7.4")
    chronic.person("李建国", "--dm-enrolled-on", "2026-06-01")
    return chronic


def test_every_visit_has_a_column_for_every_programme(village: Chronic) -> None:
    village.visit(1, "2026-09-15", "--way", "phone", "--danger", "no")
    rows = table(village, "visit", "list", 1)
    classes = [(row["visit_date"], row["class_htn"], row["class_dm"], row["class_lipid"]) for row in rows]
    assert classes == [
        ("2026-10-20", "uncontrolled", "uncontrolled", ""), ("2026-09-15", "", "", ""),
        ("2026-09-01", "uncontrolled", "", ""),
    ]  # fmt: skip
    assert [set(row["class"]) for row in village.rows("visit", "list", 1)] == [{"htn", "dm", "lipid"}] * 3


def test_the_morning_as_csv_keeps_the_classes_of_whom_is_late(village: Chronic) -> None:
    rows = table(village, "today")
    assert [(row["section"], row["person_id"]) for row in rows] == [("first", "1"), ("overdue", "1"), ("overdue", "2")]
    assert rows[1]["class_htn"] == "uncontrolled"
    assert rows[1]["days_overdue"] == "18"


@pytest.mark.parametrize(
    "args", [["overdue"], ["due", "--within", "400d"], ["person", "list"], ["overdue", "--by", "village"]], ids=" ".join
)
def test_csv_and_json_say_the_same(village: Chronic, args: Sequence[str]) -> None:
    for line, row in zip(table(village, *args), village.rows(*args), strict=True):
        flat: dict[str, object] = {}
        for key, value in row.items():
            flat |= {f"{key}_{part}": cell for part, cell in value.items()} if isinstance(value, dict) else {key: value}
        assert list(line) == list(flat)
        for key, cell in flat.items():
            text = ";".join(cell) if isinstance(cell, list) else "" if cell is None else str(cell)
            assert line[key] == text


def test_tables_line_up_with_chinese_in_them(village: Chronic) -> None:
    _, _, head, *lines = village.ok("overdue", lang="zh").out.splitlines()
    start = _cells(head[: head.index("应随访")])
    assert [_cells(line[: line.index("2026-")]) for line in lines] == [start, start]


def _cells(text: str) -> int:
    return sum(1 if character.isascii() else 2 for character in text)
