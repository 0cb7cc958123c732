"""Import of visits: the same checks as the keyboard, once and once only, in any order."""

import itertools

import pytest

from tests.runner import Chronic, id_number
from tests.sheets import portrait, sheet, take, taken

WANG, LI = "11010519491231002X", id_number("33102419550612341")
PEOPLE = (
    {"name": "王秀兰", "id_number": WANG, "person_ref": "7",
     "htn_enrolled_on": "2026-01-05", "dm_enrolled_on": "2026-01-05"},
    {"name": "李建国", "id_number": LI, "person_ref": "8", "archive_no": "12345678", "programmes": "htn"},
)  # fmt: skip
VISITS = (
    {"id_number": WANG, "visit_date": "2026-08-01", "way": "home", "sbp": "150", "dbp": "95", "fpg": "7.4"},
    {"id_number": WANG, "visit_date": "2026-09-01", "sbp": "152", "dbp": "96", "danger": "no"},
    {"id_number": LI, "visit_date": "2026-10-01", "sbp": "186", "dbp": "98", "notes": "急"},
)  # fmt: skip


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    taken(chronic, PEOPLE)
    return chronic


def live(chronic: Chronic) -> list[tuple[object, ...]]:
    return chronic.sql("SELECT person, visit_date, way, sbp, dbp, fpg FROM live_visit ORDER BY person, visit_date")


def test_visits_are_taken_judged_and_planned(village: Chronic) -> None:
    found = taken(village, VISITS)
    assert found.counts == {"new": 3}
    assert live(village) == [
        (1, "2026-08-01", "home", 150, 95, 7.4),
        (1, "2026-09-01", "clinic", 152, 96, None),  # a missing way is clinic
        (2, "2026-10-01", "clinic", 186, 98, None),
    ]
    rows = {row["person_id"]: row for row in village.rows("overdue")}
    assert list(rows) == [2, 1]
    assert rows[2]["danger"] == ["danger.bp"]
    assert (rows[1]["class"]["htn"], rows[1]["due_on"]) == ("uncontrolled", "2026-08-15")
    assert village.ok("why", 1, "--format", "json").row["programmes"]["htn"]["consecutive"] == 2


def test_another_name_beside_a_number_is_asked_about(village: Chronic) -> None:
    found = taken(village, [VISITS[0] | {"name": "王秀 兰"}, VISITS[2] | {"name": "李建军"}])
    assert found.counts == {"new": 2}
    assert "Please check  1" in found.run.out
    assert "line 3: 李建军 stands there, and the register has 李建国 under this number" in found.run.out
    assert village.sql("SELECT name FROM person ORDER BY id") == [("王秀兰",), ("李建国",)]


def test_words_for_no_medicine_leave_the_list_of_medicines_as_it_was(village: Chronic) -> None:
    first = VISITS[0] | {"medicines": "缬沙坦80mg 1次/日+氨氯地平5mg 1次/日"}
    found = taken(village, [first, VISITS[1] | {"medicines": "未服药"}, VISITS[2] | {"medicines": "无"}])
    assert "Please check  2" in found.run.out
    assert village.sql("SELECT medicines FROM visit ORDER BY person, visit_date") == [
        ("缬沙坦, 1, 80, mg; 氨氯地平, 1, 5, mg",), (None,), (None,)
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_headers_and_words_mean_the_same(village: Chronic, encoding: str) -> None:
    blank = village.path.read_bytes()
    canonical = {"id_number": WANG, "visit_date": "2026-08-01", "way": "home", "sbp": "150", "dbp": "95", "adherence":
                 "intermittent", "danger": "no", "salt": "heavy", "symptoms": "none", "fpg": "7.4"}  # fmt: skip
    taken(village, [canonical])
    expected = portrait(village)
    village.path.write_bytes(blank)
    chinese = {"身份证号": WANG, "随访日期": "2026年8月1日", "随访方式": "家庭", "收缩压": "150", "舒张压": "９５",
               "服药依从性": "间断",
               "危急情况": "否", "摄盐情况": "重", "症状": "无症状", "空腹血糖": "7.4"}  # fmt: skip
    taken(village, [chinese], encoding=encoding)
    assert portrait(village) == expected


def test_the_same_sheet_again_is_the_same_visits(village: Chronic) -> None:
    taken(village, VISITS)
    before = portrait(village)
    rows = village.sql("SELECT count(*) FROM visit")
    assert taken(village, VISITS).counts == {"unchanged": 3}
    assert portrait(village) == before
    assert village.sql("SELECT count(*) FROM visit") == rows


def test_the_order_of_rows_and_of_sheets_changes_nothing(village: Chronic) -> None:
    extra = {"id_number": WANG, "visit_date": "2026-09-01", "weight_kg": "62"}  # fills the second row's day
    blank = village.path.read_bytes()
    seen = []
    for rows in itertools.permutations([*VISITS, extra]):
        village.path.write_bytes(blank)
        taken(village, rows)
        seen.append(portrait(village))
    village.path.write_bytes(blank)
    for row in (extra, *reversed(VISITS)):
        taken(village, [row])
    assert all(found == seen[0] for found in (*seen, portrait(village)))


def test_the_order_of_columns_changes_nothing(village: Chronic) -> None:
    """Nor does a column more that is blank: a row is what it says."""
    blank = village.path.read_bytes()
    rows = [*VISITS, {"person_ref": "7", "visit_date": "2026/10/02", "sbp": "139.5", "dbp": "88", "weight_kg": "61.0"}]
    taken(village, rows)
    expected = portrait(village)
    village.path.write_bytes(blank)
    taken(village, [{"tc": "", **dict(reversed([*row.items()])), "insulin": ""} for row in rows])
    assert portrait(village) == expected


def test_any_one_key_is_enough_and_source_numbers_need_their_source(village: Chronic) -> None:
    ((uid,),) = village.sql("SELECT uid FROM person WHERE id = 2")
    taken(village, [{"archive_no": "12345678", "visit_date": "2026-08-01", "sbp": "150", "dbp": "95"}])
    taken(village, [{"person_ref": "8", "visit_date": "2026-08-02", "sbp": "150", "dbp": "95"}])
    taken(village, [{"uid of person": uid, "visit_date": "2026-08-03", "sbp": "150", "dbp": "95"}])
    assert [row[:2] for row in live(village)] == [(2, "2026-08-01"), (2, "2026-08-02"), (2, "2026-08-03")]
    elsewhere = take(
        village, [{"person_ref": "8", "visit_date": "2026-08-04", "sbp": "150", "dbp": "95"}], "--source", "别处"
    )
    assert (elsewhere.code, elsewhere.refused) == (3, ["person.unknown"])


def test_one_number_in_two_sources_is_two_people_with_a_visit_each(village: Chronic) -> None:
    visit = {"person_ref": "7", "visit_date": "2026-08-01", "sbp": "150", "dbp": "95"}
    taken(village, [{"name": "陈志强", "person_ref": "7", "programmes": "htn"}], "--source", "别处")
    taken(village, [visit])
    assert taken(village, [visit], "--source", "别处").counts == {"new": 1}
    assert [row[0] for row in live(village)] == [1, 3]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"visit_date": "2026-11-22"}, "visit.future"),
        ({"visit_date": "1949-01-01"}, "visit.before_birth"),
        ({"visit_date": "soon"}, "value.day"),
        ({"visit_date": ""}, "value.missing"),
        ({"id_number": LI, "archive_no": "12345678", "person_ref": "7"}, "person.keys_disagree"),
        ({"id_number": id_number("33102419550612342")}, "person.unknown"),
        ({"id_number": "110105********002X"}, "person.masked"),
        ({"sbp": "95", "dbp": "150"}, "bp.crossed"),
        ({"sbp": "19.9", "dbp": "12.1"}, "value.unit_slip"),
        ({"sbp": "500"}, "value.out_of_range"),
        ({"fpg": "126"}, "value.unit_slip"),
        ({"tc": "4.1", "ldl_c": "4.2"}, "lipid.part_above_total"),
        ({"way": "1"}, "value.code_number"),
        ({"way": "pigeon"}, "value.code"),
        ({"next_visit_date": "2026-08-01"}, "visit.next_not_after"),
        ({"medicines": "氨氯地平, often"}, "value.medicine"),
    ],
)  # fmt: skip
def test_what_is_refused_and_why(village: Chronic, cells: dict[str, object], code: str) -> None:
    bad = {"id_number": WANG, "visit_date": "2026-08-01", "sbp": "150", "dbp": "95", "archive_no": "", "person_ref": ""}
    found = take(village, [{**bad, **cells}, VISITS[2]])
    assert (found.code, found.counts) == (3, {"new": 1, "refused": 1})
    assert set(found.refused) == {code}
    assert [row[0] for row in live(village)] == [2]


def test_a_visit_after_the_closing_day_is_refused(village: Chronic) -> None:
    village.ok("person", "close", 1, "--reason", "died", "--on", "2026-08-15", "--yes")
    found = take(village, VISITS)
    assert (found.code, found.refused) == (3, ["visit.after_closing"])
    assert [row[:2] for row in live(village)] == [(1, "2026-08-01"), (2, "2026-10-01")]


def test_a_row_that_is_in_stays_in_whatever_was_learned_since(village: Chronic) -> None:
    taken(village, VISITS)
    village.ok("person", "close", 1, "--reason", "died", "--on", "2026-08-15", "--yes")
    before = portrait(village)
    assert taken(village, VISITS).counts == {"unchanged": 3}
    assert portrait(village) == before


def test_decimals_of_a_pressure_are_rounded_half_up_with_a_warning(village: Chronic) -> None:
    rows = [{"id_number": WANG, "visit_date": "2026-08-01", "sbp": "139.5", "dbp": "89.4"},
            {"id_number": WANG, "visit_date": "2026-08-02", "sbp": "150.0", "dbp": "95.50"}]  # fmt: skip
    found = taken(village, rows)
    assert found.asked.count("bp.decimal") == 3
    assert [row[3:5] for row in live(village)] == [(140, 89), (150, 96)]
    stored = village.sql("SELECT warnings FROM live_visit ORDER BY visit_date")
    assert stored == [("bp.decimal:sbp bp.decimal:dbp",), ("bp.decimal:dbp",)]


def test_a_warning_never_refuses_and_is_counted_listed_and_stored(village: Chronic) -> None:
    rows = [{"id_number": WANG, "visit_date": "2025-12-01", "sbp": "205", "dbp": "", "archive_no": "99999999"}]
    found = taken(village, rows)
    assert found.asked == ["person.key_unknown", "value.unusual", "bp.single", "visit.before_enrolment"]
    ((stored,),) = village.sql("SELECT warnings FROM live_visit")
    assert [code.partition(":")[0] for code in stored.split()] == found.asked


def test_a_second_row_of_the_day_fills_what_is_blank(village: Chronic) -> None:
    taken(village, VISITS[:1])
    found = taken(village, [{"id_number": WANG, "visit_date": "2026-08-01", "weight_kg": "62", "fpg": "7.4", "way": ""}])
    assert found.counts == {"filled": 1}
    assert village.sql("SELECT way, sbp, fpg, weight_kg FROM live_visit") == [("home", 150, 7.4, 62.0)]


def test_a_disagreeing_row_of_the_day_is_refused_and_names_visit_fix(village: Chronic) -> None:
    taken(village, VISITS[:1])
    before = portrait(village)
    found = take(village, [{"id_number": WANG, "visit_date": "2026-08-01", "sbp": "128", "dbp": "95", "weight_kg": "62"}])
    assert (found.code, found.refused) == (3, ["visit.same_day_conflict"])
    assert "chronic visit fix" in found.run.out
    assert portrait(village) == before


FILL = {"id_number": WANG, "visit_date": "2026-08-01", "weight_kg": "62"}


@pytest.mark.parametrize("filled", [False, True], ids=["one row", "two rows"])
def test_a_corrected_visit_is_not_brought_back_by_its_sheet(village: Chronic, filled: bool) -> None:
    rows = [VISITS[0], FILL] if filled else [VISITS[0]]
    taken(village, rows)
    number = village.visit_number(1, "2026-08-01")
    village.ok("visit", "fix", number, "--bp", "128/78", "--clear", "weight_kg", "--on", "2026-08-02")
    before = portrait(village)
    assert taken(village, rows).counts == {"unchanged": len(rows)}
    assert portrait(village) == before


@pytest.mark.parametrize("filled", [False, True], ids=["one row", "two rows"])
def test_a_withdrawn_visit_is_not_brought_back_by_its_sheet(village: Chronic, filled: bool) -> None:
    rows = [VISITS[0], FILL] if filled else [VISITS[0]]
    taken(village, rows)
    village.ok("visit", "void", village.visit_number(1, "2026-08-01"), "--reason", "记错人", "--yes")
    before = portrait(village)
    assert taken(village, rows).counts == {"unchanged": len(rows)}
    assert portrait(village) == before
    assert live(village) == []


def test_a_typed_visit_and_the_same_row_of_a_sheet_are_one_visit(village: Chronic) -> None:
    village.visit(1, "2026-08-01", "--bp", "150/95", "--fpg", "7.4", "--way", "home")
    assert taken(village, VISITS[:1]).counts == {"unchanged": 1}
    assert len(live(village)) == 1


def test_import_and_keyboard_come_to_the_same_end(village: Chronic) -> None:
    blank = village.path.read_bytes()
    taken(village, VISITS)
    imported = portrait(village)
    village.path.write_bytes(blank)
    village.visit(1, "2026-09-01", "--bp", "152/96", "--danger", "no")
    village.visit(2, "2026-10-01", "--bp", "186/98", "--notes", "急")
    village.visit(1, "2026-08-01", "--way", "home", "--bp", "150/95", "--fpg", "7.4")
    typed = portrait(village)
    uids = {
        new[1]: old[1]
        for old, new in zip(*(sorted(p["visit"], key=lambda v: str(v[3])) for p in (imported, typed)), strict=True)
    }
    for part in ("verdict", "plan", "agenda"):
        there = sorted((tuple(uids.get(str(cell), cell) for cell in row) for row in typed[part]), key=repr)
        assert there == imported[part]


def test_an_early_visit_moves_an_assumed_beginning_back(village: Chronic) -> None:
    taken(village, [{"id_number": LI, "visit_date": "2026-03-01", "sbp": "128", "dbp": "78"}])
    assert [row["enrolled_on"] for row in village.rows("programme", "list", 2)] == ["2026-03-01"]


def test_an_import_ends_a_pause(village: Chronic) -> None:
    village.ok("pause", 1, "--on", "2026-08-15")
    assert village.ids("overdue", "--paused") == [1]
    taken(village, VISITS)
    assert village.ids("overdue", "--paused") == []


def test_many_rows_are_one_transaction_and_one_batch(village: Chronic) -> None:
    days = [f"2026-0{1 + n // 28}-{1 + n % 28:02}" for n in range(200)]
    rows = [{"id_number": who, "visit_date": day, "sbp": "150", "dbp": "95"} for day in days for who in (WANG, LI)]
    assert taken(village, rows).counts == {"new": 400}
    assert village.sql("SELECT count(*), count(DISTINCT batch), count(DISTINCT recorded_at) FROM visit") == [(400, 1, 1)]
    assert [path.name for path in village.folder.iterdir() if "registry" in path.name] == ["registry.db"]


def test_a_sheet_of_visits_before_the_people_says_so(chronic: Chronic) -> None:
    found = take(chronic, VISITS)
    assert (found.code, found.counts) == (3, {"refused": 3})
    assert "import people first" in found.run.out
    assert sheet(chronic.folder, VISITS).exists()
