"""What other systems write above their columns, and into their cells."""

import csv
from collections import defaultdict
from datetime import date
from typing import Any

import pytest

from chronic.exchange.cells import read
from chronic.exchange.headers import FIELDS, aliases, normal, recognise
from chronic.exchange.reading import Reading
from tests.real.clinic import folder

TODAY = date(2026, 11, 21)
OLDER = {
    "visit_way": "way", "registration_date": "registered_on", "aux_exam": "aux_tests",
    "target_weight_kg": "weight_target_kg",
    "target_smoke_per_day": "smoke_target", "target_salt": "salt_target", "lab_date": "hba1c_on",
    "bp_medication_use": "bp_drugs", "bp_combined": "bp",
    "diagnosis_date": "diagnosed_on", "termination_date": "ended_on", "termination_reason": "end_reason",
    "death_date": "died_on", "drug_name": "medicine_name", "drug_usage": "medicine_usage",
}  # fmt: skip
"""Names of the collected list that the data dictionary has under another one."""

OURS = ("compliance", "原因")
"""Mean one column in the data dictionary, whatever they mean elsewhere."""


def test_every_collected_header_is_read_or_unread_or_ambiguous() -> None:
    with (folder("import", "header_aliases.csv") / "header_aliases.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    wanted = defaultdict(set)
    for row in rows:
        wanted[normal(row["alias"])].add(OLDER.get(row["canonical"], row["canonical"]))
    known = aliases()
    wrong = []
    for name, meanings in wanted.items():
        (column,) = recognise([name])
        found = {column} if column else set(known.ambiguous.get(name, [])) or {known.unread.get(name, "")}
        if not meanings <= found and name not in OURS:
            wrong.append((name, found, meanings))
    assert (len(rows), wrong) == (954, [])


def test_a_header_with_two_meanings_is_not_read() -> None:
    for name, columns in aliases().ambiguous.items():
        assert len(columns) > 1
        assert recognise([name]) == (None,)


def test_no_alias_says_anything_else_elsewhere() -> None:
    known = aliases()
    parts = [set(known.read), set(known.ambiguous), set(known.unread)]
    assert sum(map(len, parts)) == len(set().union(*parts))
    assert set(known.read.values()) <= set(FIELDS)


def cell(column: str, text: str) -> tuple[Any, str | None, str | None]:
    found: Reading = read(FIELDS[column], text, TODAY)
    return found.value, found.refusal and found.refusal.code, found.warning and found.warning.code


@pytest.mark.parametrize("text", ["140/90", " 140 / 90 ", "１４０／９０", "140/90mmHg", "140\\90", "140.0/90"])
def test_two_pressures_in_one_cell(text: str) -> None:
    assert cell("bp", text) == ((140, 90), None, None)


@pytest.mark.parametrize(
    ("column", "text", "found"),
    [
        ("bp", "未查", (None, None, "value.not_done")),
        ("bp", "弃查", (None, None, "value.not_done")),
        ("bp", "140", (None, "bp.pair", None)),
        ("bp", "140/", (None, "bp.pair", None)),
        ("bp", "140/90/80", (None, "bp.pair", None)),
        ("bp", "高/低", (None, "value.number", None)),
        ("bp", "18.6/12", ((19, 12), None, "bp.decimal")),
        ("tc", "4.15+", (4.15, None, "value.flagged")),
        ("tg", "16.04++", (16.04, None, "value.flagged")),
        ("ldl_c", "3.6↑", (3.6, None, "value.flagged")),
        ("ldl_c", "3.6 H", (3.6, None, "value.flagged")),
        ("tg", "7.75轻度乳糜", (None, "value.number", None)),
        ("tg", "2.2.8", (None, "value.number", None)),
        ("tg", "> 6.22", (None, "value.beyond", None)),
        ("fpg", "> 33.3", (None, "glucose.beyond", None)),
        ("fpg", "n/a", (None, None, "value.not_done")),
        ("smoke_per_day", "无", (None, "value.nothing", None)),
        ("notes", "未查", ("未查", None, None)),
        ("visit_date", "45000", (date(2023, 3, 15), None, "day.serial")),
        ("visit_date", "[2025, 2, 10]", (date(2025, 2, 10), None, None)),
        ("visit_date", "2025/08/05 09:04:06", (date(2025, 8, 5), None, None)),
        ("visit_date", "1970年12月28日", (date(1970, 12, 28), None, None)),
        ("visit_date", "19/10/2017", (None, "value.day_order", None)),
        ("visit_date", "01-12-2025 00:00:00", (None, "value.day_order", None)),
        ("visit_date", "24/02/21", (None, "value.day_short", None)),
        ("visit_date", "24年2月1日", (None, "value.day_short", None)),
        ("visit_date", "9999", (None, "value.day", None)),
        ("visit_date", "[2025, 13, 10]", (None, "value.day", None)),
    ],
)
def test_cells_seen_in_real_sheets(column: str, text: str, found: object) -> None:
    assert cell(column, text) == found


@pytest.mark.parametrize(("column", "text"), [("tc", "4.15+"), ("fpg", "未查"), ("visit_date", "45000"), ("sbp", "弃查")])
def test_at_the_keyboard_none_of_it_is_read(column: str, text: str) -> None:
    assert read(FIELDS[column], text, TODAY, typed=True).refusal is not None


def test_one_cell_or_two_are_the_same_visit() -> None:
    from chronic.exchange.rows import _apart

    assert list(_apart({"bp": (140, 90), "notes": "x", "way": "home"}).items()) == [
        ("dbp", 90), ("notes", "x"), ("sbp", 140), ("way", "home"),
    ]  # fmt: skip
