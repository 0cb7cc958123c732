"""A file that a cron job writes has the same shape on a day without anybody."""

import csv

import pytest

from tests.runner import Chronic


@pytest.mark.parametrize("args", [("overdue",), ("due", "--within", "400d"), ("today",), ("overdue", "--paused")])
def test_a_csv_without_rows_has_the_header_of_one_with_rows(chronic: Chronic, args: tuple[str, ...]) -> None:
    def header() -> list[str]:
        return next(csv.reader(chronic.ok(*args, "--format", "csv").out.splitlines()))

    empty = header()
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-01-01")
    chronic.person("李建国", "--htn-enrolled-on", "2026-11-20")
    chronic.visit(1, "2026-11-01", "--bp", "186/112")
    assert header() == empty
    assert "class_htn" in empty
