"""Somebody's identity is erased: nothing of it is left in the file, and every number stays what it was."""

from pathlib import Path

import pytest

from tests.runner import TODAY, Chronic, id_number

NUMBER = id_number("11010119500304001")
PHONE = "13800001234"
TOLD = {
    "name": "张三丰", "phone": PHONE, "id_number": NUMBER, "archive_no": "33102410620009999", "address": "河边路七号",
    "household_no": "H-0815",
}  # fmt: skip


@pytest.fixture
def gone(chronic: Chronic) -> Chronic:
    """1 died, and left words in every place where words can be typed; 2 lives."""
    options = [text for name, value in TOLD.items() if name != "name" for text in (f"--{name.replace('_', '-')}", value)]
    chronic.person(TOLD["name"], "--sex", "M", "--birth-date", "1950-03-04", "--village", "下各村", "--hamlet", "九组",
                   *options, "--htn-enrolled-on", "2026-01-05")  # fmt: skip
    chronic.person("李四", "--sex", "F", "--birth-date", "1960-01-01", "--htn-enrolled-on", "2026-01-05")
    chronic.ok("person", "edit", 1, "--phone", "13900005678")
    chronic.visit(1, "2026-09-20", "--bp", "150/95", "--notes", "小红陪同", "--medicines", "氨氯地平片, 1, 5, mg")
    chronic.visit(1, "2026-10-20", "--bp", "150/95", "--adr", "yes", "--adr-text", "小红说头晕")
    chronic.ok("call", 1, "--outcome", "other", "--note", "小红接的电话", "--yes")
    chronic.ok("opinion", "add", 1, "--complaint", "小红嫌等太久")
    chronic.ok("task", "add", "小红要来取表", "--person", 1)
    chronic.ok("checkup", "add", 1, "--ecg", "abnormal", "--set", "tests_other=小红陪做", "--on", "2026-11-01")
    chronic.ok("refer", "out", 1, "--reason", "小红要求", "--to", "县人民医院", "--by-hand", "--yes")
    chronic.ok("household", "visit", 1, "--need", "小红要轮椅")
    chronic.ok("person", "close", 1, "--reason", "died", "--on", "2026-11-15", "--yes")
    return chronic


def erased(chronic: Chronic) -> Chronic:
    chronic.ok("person", "erase", 1, "--basis", "2026-11-20 书面申请", "--yes")
    return chronic


def test_nothing_of_who_it_was_is_left_in_the_file(gone: Chronic) -> None:
    words = [*TOLD.values(), "13900005678", "1950-03-04", "小红", "九组"]
    before = gone.path.read_bytes()
    assert [word for word in words if word.encode() not in before] == []
    erased(gone)
    left = b"".join(path.read_bytes() for path in gone.folder.glob("registry.db*"))
    assert [word for word in words if word.encode() in left and word != "九组"] == []


def test_the_numbers_stay_and_the_record_is_whole(gone: Chronic) -> None:
    counted = "SELECT count(*), sum(sbp), group_concat(visit_date) FROM visit"
    before, timeline = gone.sql(counted), len(gone.rows("person", "timeline", 1))
    erased(gone)
    assert gone.sql(counted) == before
    assert len(gone.rows("person", "timeline", 1)) == timeline
    assert gone("audit", "verify").code == 0
    assert gone.sql("SELECT person, person_uid = (SELECT uid FROM person WHERE id = 1), basis FROM erasure") == [
        (1, 1, "2026-11-20 书面申请")
    ]
    assert gone.sql("SELECT name, birth_date, birth_approximate, phone FROM person") == [
        ("***", "1950-01-01", "yes", None), ("李四", "1960-01-01", None, None),
    ]  # fmt: skip


def test_others_keep_every_word(gone: Chronic) -> None:
    gone.visit(2, "2026-10-21", "--bp", "150/95", "--notes", "照旧")
    erased(gone)
    assert gone.sql("SELECT notes FROM visit WHERE person = 2") == [("照旧",)]
    assert [row["action"] for row in gone.rows("audit", "show", "--person", 2)] == ["visit.add", "person.add"]
    assert gone.sql("SELECT count(*) FROM audit_told AS t JOIN audit AS a ON a.id = t.audit WHERE a.person = "
                    "(SELECT uid FROM person WHERE id = 2)") == [(2,)]  # fmt: skip


def test_it_cannot_be_taken_back_nor_what_came_before_it(gone: Chronic) -> None:
    gone.ok("person", "edit", 2, "--address", "山上")
    erased(gone)
    assert "person changed" in gone.ok("undo", "--yes").out  # of the other
    run = gone("undo", "--yes")
    assert (run.code, "identity erased" in run.last) == (21, True)


def test_only_somebody_closed_once_and_with_a_yes(gone: Chronic) -> None:
    before = gone.dump()
    assert (gone("person", "erase", 2, "--basis", "x", "--yes").code, gone("person", "erase", 1, "--basis", "x").code) == (
        21,
        2,
    )
    assert gone("person", "erase", 1, "--yes").code == 2
    assert gone.dump() == before
    run = erased(gone)("person", "erase", 1, "--basis", "x", "--yes", lang="zh")
    assert (run.code, run.last.startswith("身份信息已于")) == (21, True)


def test_nothing_names_them_again(gone: Chronic, tmp_path: Path) -> None:
    """Not the sheet that was written out before, nor somebody at the keyboard."""
    sheet = tmp_path / "before.csv"
    gone.ok("export", "people", "--full", "--out", sheet)
    before = facts(erased(gone))
    for lang, words in (("en", "has been erased"), ("zh", "身份信息已清除")):
        run = gone("import", sheet, "--yes", lang=lang)
        assert words in run.out + run.err
        for command in (
            ("edit", 1, "--name", "张三"),
            ("reopen", 1),
            ("merge", 2, 1, "--field", "all=ours"),
            ("merge", 1, 2),
        ):
            run = gone("person", *command, "--yes", lang=lang)
            assert (run.code, words in run.last) == (21, True), command
    assert facts(gone) == before


def facts(site: Chronic) -> list[str]:
    return [line for line in site.dump().split("\n") if "audit" not in line and "batch" not in line and "seal" not in line]


def test_nobody_signs_a_contract_for_who_is_closed(gone: Chronic) -> None:
    gone.ok("contract", "sign", 2, "--team", "甲队", "--on", "2025-01-01", "--until", "2025-12-31")
    assert "contract renew" in gone.ok("person", "show", 2).out
    gone.ok("person", "close", 2, "--reason", "died", "--yes")
    assert "contract" not in gone.ok("person", "show", 2).out


def test_whoever_was_merged_into_them_is_erased_too(chronic: Chronic) -> None:
    for name, phone in (("张三丰", PHONE), ("张三峰", "13700002222")):
        chronic.person(name, "--sex", "M", "--birth-date", "1950-03-04", "--phone", phone)
    chronic.ok("person", "merge", 1, 2, "--field", "all=ours", "--yes")
    chronic.ok("person", "close", 1, "--reason", "moved", "--on", TODAY, "--yes")
    erased(chronic)
    left = chronic.path.read_bytes()
    assert [word for word in ("张三丰", "张三峰", PHONE, "13700002222") if word.encode() in left] == []
    assert chronic("audit", "verify").code == 0


def test_a_sheet_for_analysis_names_nobody_and_is_the_same_each_time(gone: Chronic, tmp_path: Path) -> None:
    uids = {uid for (uid,) in gone.sql("SELECT uid FROM person UNION SELECT uid FROM visit")}
    for what in ("people", "visits", "checkups", "screenings", "tests", "facts"):
        out = tmp_path / f"{what}.csv"
        gone.ok("export", what, "--pseudonymous", "--out", out)
        text = out.read_bytes().decode("utf-8-sig")
        assert [word for word in (*TOLD.values(), "小红", "1950-03-04", *uids) if word in text] == [], what
        assert gone.ok("export", what, "--pseudonymous").out == text
    people = gone.rows("export", "people", "--pseudonymous")
    visits = gone.rows("export", "visits", "--pseudonymous")
    assert {visit["person_uid"] for visit in visits} < {person["uid"] for person in people}
    assert {person["birth_year"] for person in people} == {"1950", "1960"}
    assert [visit["sbp"] for visit in visits] == [150, 150]
