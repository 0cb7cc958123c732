"""`import --list`, `import --undo` and `import --keep`: what came in, taking it back, and whose value counts."""

from collections.abc import Sequence
from random import Random

import pytest

from tests.care.undoing import facts, lists, make_village, stale
from tests.runner import Chronic, Run
from tests.sheets import sheet, taken

PEOPLE = [
    {
        "id_number": "11010519491231002X",
        "name": "王秀兰",
        "phone": "13900000000",
        "tags": "贫困",
        "dm_enrolled_on": "2026-02-01",
    },
    {"person_ref": "78", "name": "周玉珍", "village": "上各村", "programmes": "htn"},
    {"person_ref": "79", "name": "赵大明", "village": "上各村", "programmes": "dm"},
]
VISITS = [
    {"id_number": "11010519491231002X", "visit_date": "2026-11-01", "weight_kg": "62"},
    {"person_ref": "78", "visit_date": "2026-10-01", "sbp": "150", "dbp": "90"},
]


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    return make_village(chronic)


def batch(chronic: Chronic) -> int:
    return int(chronic.rows("import", "--list")[0]["batch"])


def test_every_import_is_listed_with_what_became_of_its_rows(village: Chronic) -> None:
    taken(village, PEOPLE)
    village.ok("import", sheet(village.folder, PEOPLE, "again.csv"), "--source", "镇卫生院")
    village("import", sheet(village.folder, [*VISITS, {"person_ref": "99", "visit_date": "2026-10-01"}], "visits.csv"))
    rows = village.rows("import", "--list")
    assert [(row["batch"], row["file"], row["source"], row["holds"], row["batch_state"]) for row in rows] == [
        (3, "visits.csv", "default", "visits", "stands"),
        (2, "again.csv", "镇卫生院", "people", "stands"),
        (1, "sheet.csv", "default", "people", "stands"),
    ]
    assert [rows[0][state] for state in ("added", "changed", "filled", "unchanged", "refused")] == [1, 0, 1, 0, 1]
    assert [rows[2][state] for state in ("added", "changed", "filled", "unchanged", "refused")] == [2, 1, 0, 0, 0]
    village.ok("import", "--undo", 3, "--yes")
    assert [row["batch_state"] for row in village.rows("import", "--list")] == ["undone", "stands", "stands"]
    assert "taken back" in village.ok("import", "--list").out
    assert village.ok("import", "--list", "--format", "csv", "--headers", "zh").out.startswith("批次,导入时间,导入人,文件")


def test_a_list_of_imports_is_found_by_index(village: Chronic) -> None:
    plan = village.sql(
        "EXPLAIN QUERY PLAN SELECT 1 FROM batch AS b LEFT JOIN deed AS d ON json_extract(d.added, '$.batch[0]') = b.id"
    )
    assert any("deed_batch" in row[3] for row in plan)


OTHERS: list[list[object]] = [
    ["visit", "add", 2, "--bp", "138/84"],
    ["screen", "add", 3, "--bp", "150/96"],
    ["person", "edit", 2, "--phone", "13711111111"],
    ["person", "add", "陈小芳", "--village", "上各村"],
    ["call", 2, "--outcome", "not_reached", "--yes"],
    ["task", "add", "血压计没电"],
    ["contract", "sign", 2, "--team", "李医生团队"],
    ["test", "add", 2, "--test", "ecg", "--result", "normal"],
]


@pytest.mark.parametrize("seed", range(6))
def test_an_import_is_taken_back_from_under_other_peoples_work(village: Chronic, seed: int) -> None:
    """What is left is what the registry would be without the import."""
    rng = Random(seed)
    work = rng.sample(OTHERS, 4)
    path = sheet(village.folder, rng.choice([PEOPLE, VISITS[:1]]))
    village.ok("import", path)
    recorded = work_on(village, work)
    village.ok("import", "--undo", batch(village), "--yes")
    assert stale(village) == []
    left = facts(village)
    for _ in range(recorded):
        village.ok("undo", "--yes")
    village.ok("import", path)
    assert village.sql("SELECT count(*) FROM batch") == [(2,)]
    village.ok("import", "--undo", 2, "--yes")
    work_on(village, work)
    assert plain(facts(village)) == plain(left)


def work_on(chronic: Chronic, work: Sequence[Sequence[object]]) -> int:
    """How many of these could be recorded."""
    return sum(chronic(*command).code == 0 for command in work)


def plain(found: dict[str, list[tuple[object, ...]]]) -> dict[str, int]:
    """How much there is of everything: ids and uids are given anew."""
    return {name: len(rows) for name, rows in found.items()}


def test_what_was_there_before_is_there_again_to_the_letter(village: Chronic) -> None:
    before, listed = facts(village), lists(village)
    taken(village, PEOPLE)
    between = facts(village)
    taken(village, VISITS)
    village.ok("import", "--undo", 2, "--yes")
    assert facts(village) == between
    village.ok("import", "--undo", 1, "--yes")
    assert facts(village) == before
    assert lists(village) == listed
    assert taken(village, PEOPLE).counts == {"new": 2, "changed": 1}


def test_an_import_stays_where_later_work_depends_on_it_which_is_named(village: Chronic) -> None:
    taken(village, PEOPLE)
    village.ok("visit", "add", 1, "--bp", "138/84")
    village.ok("screen", "add", 2, "--bp", "150/96")
    for n in range(6):
        assert village("person", "edit", 4, "--phone", f"1390000000{n}", CHRONIC_USER="王护士").code == 0
    before = village.dump()
    run = village("import", "--undo", 1, "--yes")
    assert run.code == 21
    assert village.dump() == before
    assert "1  王秀兰" in run.err
    assert "visit recorded" in run.err
    assert "王护士" in run.err
    assert "李建国" not in run.err
    assert run.last == "Import 1 stays: of its people 2 have newer entries (7 in all); take these back first."


def test_an_import_of_somebody_else_may_be_taken_back(village: Chronic) -> None:
    taken(village, PEOPLE)
    assert village("import", "--undo", 1, "--yes", CHRONIC_USER="王护士").code == 0
    assert village("undo", "--yes", CHRONIC_USER="王护士").code == 21


def test_it_asks_first(village: Chronic) -> None:
    taken(village, PEOPLE)
    before = village.dump()
    assert village("import", "--undo", 1).code == 2
    village("import", "--undo", 1, stdin="n\n")
    assert village.dump() == before
    village.ok("import", "--undo", 1, stdin="y\n")


@pytest.mark.parametrize(
    ("args", "code"),
    [(["--undo", 7], 2), (["--undo", 1, "--list"], 2), (["--list", "sheet.csv"], 2), ([], 2), (["--undo", "x"], 2)],
)
def test_what_cannot_be_meant_is_refused(village: Chronic, args: list[object], code: int) -> None:
    taken(village, PEOPLE)
    before = village.dump()
    assert village("import", *args).code == code
    assert village.dump() == before


def test_what_was_taken_back_or_brought_nothing_is_not_taken_back_again(village: Chronic) -> None:
    taken(village, PEOPLE)
    taken(village, PEOPLE)
    assert "changed nothing" in village("import", "--undo", 2, "--yes").last
    village.ok("import", "--undo", 1, "--yes")
    run = village("import", "--undo", 1, "--yes")
    assert run.code == 21
    assert "already" in run.last


# whose value counts -------------------------------------------------------------------------------

OTHER = {"id_number": "11010519491231002X", "name": "王秀岚", "phone": "13900000000", "address": "3组12号",
         "htn_enrolled_on": "2026-03-01"}  # fmt: skip


def keeping(chronic: Chronic, row: dict[str, str], *args: object, stdin: str | None = None) -> Run:
    return chronic("import", sheet(chronic.folder, [row]), *args, stdin=stdin)


def now(chronic: Chronic) -> tuple[object, ...]:
    sql = (
        "SELECT name, phone, address, (SELECT enrolled_on FROM enrolment WHERE person = 1 AND programme = 'htn') FROM person"
    )
    return chronic.sql(f"{sql} WHERE id = 1")[0]


OURS = ("王秀兰", "13812345512", None, "2026-01-05")
THEIRS = ("王秀岚", "13900000000", "3组12号", "2026-03-01")


def test_the_sheet_counts_unless_somebody_says_otherwise(village: Chronic) -> None:
    assert keeping(village, OTHER).code == 0
    assert now(village) == THEIRS


def test_a_preview_shows_what_would_be_replaced_field_by_field(village: Chronic) -> None:
    run = keeping(village, {**OTHER, "village": "上村"}, "--dry-run")
    assert "line 2: 王秀兰  Name: 王秀兰 -> 王秀岚" in run.out
    assert "138****5512 -> 139****0000" in run.out
    assert "New villages: 上村" in run.out  # also of somebody who is known
    assert "Address:" not in run.out  # a blank that is filled
    assert now(village) == OURS
    run = keeping(village, {**OTHER, "更新日期": "2020-01-05"}, "--keep", "newer", "--dry-run")
    assert "Updated on" in run.out
    assert "update_date" not in run.out


def test_ours_stays_and_is_counted_and_a_blank_is_filled_all_the_same(village: Chronic) -> None:
    run = keeping(village, OTHER, "--keep", "ours")
    assert run.code == 0
    assert now(village) == (*OURS[:2], "3组12号", OURS[3])
    assert "values kept" in run.out
    assert "139****0000 -> 138****5512" in run.out
    assert "changed 1" in run.out
    assert "13812345512" not in run.out


@pytest.mark.parametrize(("day", "expected"), [("2020-01-01", OURS), ("2026-11-21", None), ("", None)])
def test_newer_goes_by_the_day_of_the_row(village: Chronic, day: str, expected: tuple[object, ...] | None) -> None:
    """Recorded by the real clock, which is later than any of these days but for the last two."""
    row = {name: OTHER[name] for name in ("id_number", "name", "phone", "htn_enrolled_on")}
    recorded = village.sql("SELECT date(recorded_at, '+8 hours') FROM person WHERE id = 1")[0][0]
    run = keeping(village, row | {"录入日期": recorded if day == "2026-11-21" else day}, "--keep", "newer")
    if expected is None:
        assert run.code == 3
        assert "which is newer" in run.out
        assert "138****5512" in run.out
        assert now(village) == OURS
    else:
        assert run.code == 0
        assert now(village) == expected


def test_a_row_written_later_than_the_register_counts(village: Chronic) -> None:
    row = {name: OTHER[name] for name in ("id_number", "name", "phone")} | {"最后修改日期": "2050-01-01"}
    path = sheet(village.folder, [row])
    assert village("import", path, "--keep", "newer", today="2050-01-02").code == 0
    assert now(village)[:2] == THEIRS[:2]


def test_at_a_terminal_every_field_is_asked_or_all_of_a_field_at_once(village: Chronic) -> None:
    run = keeping(village, OTHER, "--keep", "ask", stdin="t\no\no\ny\n")
    assert run.code == 0
    assert now(village) == ("王秀兰", "13812345512", "3组12号", "2026-03-01")
    rows = [{"id_number": "11010519491231002X", "name": "甲"}, {"person_ref": "1", "uid": _uid(village, 2), "name": "乙"}]
    before = village.sql("SELECT name FROM person WHERE id IN (1, 2) ORDER BY id")
    assert village("import", sheet(village.folder, rows), "--keep", "ask", stdin="oo\ny\n").code == 0
    assert village.sql("SELECT name FROM person WHERE id IN (1, 2) ORDER BY id") == before


def _uid(chronic: Chronic, person: int) -> str:
    return str(chronic.sql("SELECT uid FROM person WHERE id = ?", person)[0][0])


def test_without_a_terminal_nobody_can_be_asked(village: Chronic) -> None:
    before = village.dump()
    assert keeping(village, OTHER, "--keep", "ask").code == 2
    assert village.dump() == before
