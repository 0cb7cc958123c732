"""Sheets: records, rows, and any bytes at all."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chronic.errors import ChronicError
from chronic.exchange import files
from chronic.exchange.cells import MASKED
from tests.sheets import Write, codes, opened, read

ID = "11010519491231002X"


def test_lines_are_counted_where_a_record_starts(write: Write) -> None:
    path = write('\n\nperson_ref,visit_date,notes\n\n1,2026-01-02,"一\r\n二, ""三"""\n,,\n2,2026-01-03,x\n')
    assert opened(path).layout.line == 3
    assert [(row.line, row.values["notes"]) for row in read(path)] == [(5, '一\r\n二, "三"'), (8, "x")]


def test_problems_carry_column_and_value_and_leave_the_rest(write: Write) -> None:
    (row,) = read(write("person_ref,visit_date,sbp,dbp,way\n7,12,134.5,x,1\n"))
    assert row.values == {"person_ref": "7", "sbp": 135}
    assert [(p.code, p.column, p.value) for p in row.refusals] == [
        ("value.day", "visit_date", "12"),
        ("value.number", "dbp", "x"),
        ("value.code_number", "way", "1"),
    ]
    assert [p.code for p in row.warnings] == ["bp.decimal"]


def test_short_rows_are_blank_at_their_end(write: Write) -> None:
    (row,) = read(write("person_ref,visit_date,sbp,dbp\n7,2026-01-02\n"))
    assert (row.raw, row.refusals) == (("7", "2026-01-02"), ())


def test_rows_longer_than_the_headers_are_refused(write: Write) -> None:
    fine, long = read(write("person_ref,visit_date,sbp\n7,2026-01-02,140,, \n8,2026-01-02,140,90\n"))
    assert fine.values["sbp"] == 140
    assert (codes(long), long.values, long.raw) == (["row.too_long"], {}, ("8", "2026-01-02", "140", "90"))
    assert (long.refusals[0].value, long.refusals[0].detail) == (4, 3)


def test_a_row_says_what_it_lacks(write: Write) -> None:
    path = write("id_number,person_ref,visit_date,sbp,村\n,,2026-01-02,140,\n,7,,140,\n,,,,合计\n110,,12,140,\n")
    assert [codes(row) for row in read(path)] == [
        ["row.no_key"],
        ["value.missing"],
        ["value.missing", "row.no_key"],
        ["id.shape", "value.day"],
    ]
    assert read(path)[0].refusals[0].detail == "id_number, person_ref"


def test_a_masked_number_is_left_to_the_caller(write: Write) -> None:
    (row,) = read(write(f"uid,name,id_number,phone\nu1,王,{ID[:6]}********{ID[-4:]},138****8000\n"))
    assert row.values == {"uid": "u1", "name": "王", "id_number": MASKED, "phone": MASKED}
    assert row.refusals == ()


@pytest.mark.parametrize("header", ["姓名,源编号", "person_ref,visit_date,sbp"])
def test_headers_that_come_again_are_refused(write: Write, header: str) -> None:
    (row,) = read(write(f"{header}\n{header}\n"))
    assert (row.line, codes(row)) == (2, ["row.header"])


@pytest.mark.parametrize("open_quote", ['"王,1', 'x,"1', '"王"x,1'])
def test_a_stray_quote_costs_its_own_row_only(write: Write, open_quote: str) -> None:
    path = write(f'姓名,源编号\n甲,1\n{open_quote}\n乙,2\n丙,"3"\n丁,4\n')
    found = read(path)
    assert [row.line for row in found] == [2, 3, 4, 5, 6]
    assert [row.values.get("name") for row in found] == ["甲", None, "乙", "丙", "丁"]
    assert (codes(found[1]), found[1].raw) == (["row.quotes"], (open_quote,))


def test_many_stray_quotes_are_as_many_rows(write: Write) -> None:
    path = write("姓名,源编号\n" + '"王,1\n李,2\n' * 5000)
    found = read(path)
    assert len(found) == 10_000
    assert sum(1 for row in found if row.refusals) in range(5000, 10_001)


def test_a_cell_beyond_all_measure_is_refused_alone(write: Write) -> None:
    path = write(f"姓名,源编号\n{'x' * 200_000},1\n{'y' * 2001},2\n王,3\n")
    big, long, fine = read(path)
    assert codes(big) == ["row.too_big"]
    assert codes(long) == ["value.too_long"]
    assert fine.values == {"name": "王", "person_ref": "3"}


def test_a_record_without_end_does_not_fill_the_memory(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_RECORD", 1000)
    path = write("姓名,源编号\n" + '"a\n","b\n",' * 500 + "\n王,1\n")
    found = read(path)
    assert max(len(row.raw) for row in found) < 500
    assert found[-1].values == {"name": "王", "person_ref": "1"}


LINES = st.lists(
    st.text('姓名,源编号"\r\n\t王李x1=\u3000\u202e㛃') | st.sampled_from(["姓名,源编号", "name,person_ref", '"王"', ",,"])
)
CONTENT = st.one_of(
    st.binary(),
    st.binary().map(lambda rest: b"name,person_ref\n" + rest),
    LINES.map(lambda lines: "\n".join(["姓名,源编号", *lines]).encode()),
    LINES.map(lambda lines: "\r\n".join(["姓名,源编号", *lines]).encode("gb18030")),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=CONTENT)
def test_any_bytes_end_in_rows_or_in_one_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    try:
        found = read(path)
    except ChronicError:
        return
    lines = [row.line for row in found]
    assert lines == sorted(set(lines))
    for row in found:
        assert row.refusals or {"name", "person_ref"} <= row.values.keys()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=3, max_size=3)
    ),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    dialect=st.sampled_from(["excel", "unix"]),
)
def test_what_a_spreadsheet_writes_comes_in_cell_by_cell(
    tmp_path: Path, table: list[list[str]], encoding: str, dialect: str
) -> None:
    path = tmp_path / "table.csv"
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, dialect).writerows([["姓名", "源编号", "备注说明", "村"], *([*row, "村"] for row in table)])
    assert [list(row.raw[:3]) for row in read(path)] == table


def test_a_long_sheet_is_read_as_its_rows_stand(tmp_path: Path) -> None:
    """Rows are read many at a time; what is odd about one touches no other."""
    lines = [f"{number},2026-01-{number % 28 + 1:02},{100 + number % 90}," for number in range(1700)]
    lines[600], lines[750], lines[900] = (
        "600,2026-01-02,120,,too long",
        "person_ref,visit_date,sbp,notes",
        '900,2026-01-02,"120,',
    )
    lines[1200], lines[1250] = "", "1250,2026-01-02,high,x"
    path = tmp_path / "long.csv"
    path.write_text("\n".join(["person_ref,visit_date,sbp,notes", *lines]), "utf-8")
    found = {row.line - 2: row for row in read(path)}
    assert sorted(found) == [number for number in range(1700) if number != 1200]
    refused = {number: codes(row) for number, row in found.items() if row.refusals}
    assert refused == {600: ["row.too_long"], 750: ["row.header"], 900: ["row.quotes"], 1250: ["value.number"]}
    assert all(
        row.values == {"person_ref": str(number), "visit_date": date(2026, 1, number % 28 + 1), "sbp": 100 + number % 90}
        for number, row in found.items()
        if number not in refused
    )
