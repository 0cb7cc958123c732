"""What was done is written down for good: every change, every look at unmasked numbers, every export."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.runner import Chronic, id_number

PHONE = "13800001234"


@pytest.fixture
def used(chronic: Chronic) -> Chronic:
    """One person registered, changed and visited; the visit taken back; numbers looked at; a sheet written."""
    chronic.person("张三", "--sex", "M", "--birth-date", "1950-03-04", "--phone", PHONE, "--htn-enrolled-on", "2026-01-05")
    chronic.ok("person", "edit", 1, "--phone", "13900005678")
    chronic.visit(1, "2026-11-20", "--bp", "150/95", "--notes", "女儿小红陪同")
    chronic.ok("undo", "--yes")
    chronic.ok("overdue", "--full")
    chronic.ok("export", "people")
    return chronic


def actions(chronic: Chronic, *asked: object) -> list[str]:
    """Oldest first."""
    return [row["action"] for row in reversed(chronic.rows("audit", "show", *asked))]


def change(chronic: Chronic, sql: str) -> None:
    with sqlite3.connect(chronic.path) as db:
        db.execute(sql)
    db.close()


def test_every_step_is_there_in_its_order_with_who_did_it(used: Chronic) -> None:
    rows = used.rows("audit", "show")
    assert [row["action"] for row in reversed(rows)] == [
        "init", "person.add", "person.edit", "visit.add", "undo", "full", "export",
    ]  # fmt: skip
    assert {row["by"] for row in rows} == {"李医生"}
    assert [row["about"] for row in rows[:3]] == ["chronic export people", "chronic overdue", "visit.add"]
    assert actions(used, "--person", 1) == ["person.add", "person.edit", "visit.add", "undo"]
    assert used("audit", "show", "--limit", "1").out.count("\n") == 2


def test_a_named_user_stands_beside_what_they_did(used: Chronic) -> None:
    assert used("person", "edit", 1, "--address", "河边", CHRONIC_USER="王护士").code == 0
    assert used.rows("audit", "show", "--limit", 1)[0]["by"] == "王护士"


def test_before_and_after_are_masked_unless_asked_for(used: Chronic) -> None:
    def edited(*asked: str) -> str:
        return next(str(row["changes"]) for row in used.rows("audit", "show", *asked) if row["action"] == "person.edit")

    assert edited() == "phone: 138****1234 -> 139****5678"
    assert edited("--full") == f"phone: {PHONE} -> 13900005678"
    assert actions(used)[-1] == "full"


def test_every_deed_of_the_journal_has_its_row(used: Chronic) -> None:
    assert used.sql("SELECT count(*) FROM deed WHERE id NOT IN (SELECT deed FROM audit WHERE action = deed.kind)") == [(0,)]


def test_a_sheet_is_one_row_without_anybody_s_data(used: Chronic, tmp_path: Path) -> None:
    sheet = tmp_path / "people.csv"
    sheet.write_text(f"name,id_number,phone\n李四,{id_number('11010119500101001')},13700001111\n", encoding="utf-8")
    used.ok("import", sheet, "--yes")
    row = used.rows("audit", "show", "--limit", 1)[0]
    assert (row["action"], row["person_id"]) == ("import.sheet", None)
    assert used.sql("SELECT count(*) FROM audit_told WHERE told LIKE '%李四%' OR told LIKE '%13700001111%'") == [(0,)]


def test_what_was_refused_leaves_no_row(used: Chronic) -> None:
    before = actions(used)
    assert used("visit", "add", 1, "--bp", "20/10").code == 2
    assert used("export", "visits", "--pseudonymous", "--full").code == 2
    assert used("export", "people", "--out", used.folder / "no" / "where.csv").code == 2
    assert actions(used) == before


def test_a_blank_sheet_is_no_export(used: Chronic) -> None:
    used.ok("export", "template", "people")
    assert actions(used).count("export") == 1


# is it whole? --------------------------------------------------------------------------------------


def test_a_whole_record_says_so_and_prints_its_newest_hash(used: Chronic) -> None:
    run = used.ok("audit", "verify")
    head = used.rows("audit", "show", "--limit", 1)[0]["head"]
    assert run.out == f"7 entries, the record is whole.\n{head}\n"
    assert used("audit", "verify", lang="zh").out.startswith("7 条, 操作记录完整")
    assert used("audit", "verify", "--head", head[:12].upper()).code == 0


def test_the_line_of_the_night_has_the_newest_hash(used: Chronic) -> None:
    noted = used.ok("nightly").out.splitlines()[0].rpartition("audit=")[2].split()[0]
    assert used("audit", "verify", "--head", noted).code == 0
    assert used.rows("audit", "show", "--limit", 1)[0]["head"].startswith(noted)


@pytest.mark.parametrize("row", range(1, 8))
@pytest.mark.parametrize("column", ["action", "about", "person", "deed", "digest", "head", "recorded_at", "recorded_by"])
def test_a_changed_row_is_found_and_named(used: Chronic, column: str, row: int) -> None:
    value = "coalesce(deed, 0) + 1" if column == "deed" else f"coalesce({column}, '') || 'x'"
    change(used, f"UPDATE audit SET {column} = {value} WHERE id = {row}")
    run = used("audit", "verify")
    assert run.code == 30
    assert f"Entry {row} of the audit was changed" in run.last


@pytest.mark.parametrize("column", ["salt", "told"])
def test_what_a_row_says_cannot_be_changed(used: Chronic, column: str) -> None:
    change(used, f"UPDATE audit_told SET {column} = replace({column}, substr({column}, 5, 1), '#') WHERE audit = 3")
    run = used("audit", "verify")
    assert (run.code, "entry 3" in run.last) == (30, True)


def test_every_byte_of_what_was_said_counts(used: Chronic) -> None:
    ((told,),) = used.sql("SELECT told FROM audit_told WHERE audit = 3")
    assert json.loads(told)["person_change"][0]["new"] == "13900005678"
    for place in range(0, len(told), 7):
        other = told[:place] + ("a" if told[place] != "a" else "b") + told[place + 1 :]
        change(used, f"UPDATE audit_told SET told = '{other}' WHERE audit = 3")
        assert used("audit", "verify").code == 30, other


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("DELETE FROM audit WHERE id = 6", "Entry 6 of the audit is missing"),
        ("DELETE FROM audit WHERE id = 7", "ends before entry 7"),
        ("DELETE FROM audit_told WHERE audit = 4", "entry 4 of the audit said is gone"),
        ("INSERT INTO audit_told (audit, salt, told) SELECT 99, salt, told FROM audit_told LIMIT 1", "entry 99"),
    ],
)
def test_a_row_left_out_or_put_in_is_found(used: Chronic, sql: str, said: str) -> None:
    change(used, sql)
    run = used("audit", "verify")
    assert run.code == 30
    assert said in run.last


def test_who_cuts_the_end_off_tidily_is_found_by_whoever_noted_the_hash(used: Chronic) -> None:
    head = used.rows("audit", "show", "--limit", 1)[0]["head"]
    change(used, "DELETE FROM audit WHERE id = 7")
    change(used, "UPDATE sqlite_sequence SET seq = 6 WHERE name = 'audit'")
    assert used("audit", "verify").code == 0
    run = used("audit", "verify", "--head", head)
    assert (run.code, "no hash" in run.last) == (30, True)


def test_rows_renumbered_after_a_cut_do_not_pass(used: Chronic) -> None:
    change(used, "DELETE FROM audit WHERE id = 5")
    change(used, "UPDATE audit SET id = id - 1 WHERE id > 5")
    assert used("audit", "verify").code == 30


def test_what_was_done_is_no_evidence_of_a_task(used: Chronic) -> None:
    head = used.ok("audit", "show", lang="zh").out.splitlines()[0]
    assert "操作" in head
    assert "办结" not in head
