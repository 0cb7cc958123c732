"""`upload`: what the county's platform has, what it still needs, what it returned."""

from pathlib import Path

import pytest

from tests.runner import Chronic


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    chronic.person("王秀兰", "--archive-no", "33102410020000123", "--htn-enrolled-on", "2026-01-05")
    chronic.visit(1, "2026-03-01", "--bp", "138/84", "--danger", "no")
    chronic.visit(1, "2026-06-01", "--bp", "140/88", "--danger", "no")
    chronic.person("李建国", "--archive-no", "33102410020000124")
    return chronic


def states(chronic: Chronic, *args: object) -> list[tuple[str, str]]:
    """(day or name, state) of what is listed."""
    rows = chronic.rows("upload", "list", *(args or ("visits", "--unsent", "--returned", "--withdrawn", "--sent")))
    return [(row["record_on"] or row["name"], row["upload_state"]) for row in rows]


def send(chronic: Chronic, what: str, *more: object) -> Path:
    path = chronic.folder / f"{what}.xlsx"
    chronic.ok("upload", "sheet", what, "--out", path)
    chronic.ok("upload", "sent", path, *more)
    return path


def test_a_record_is_unsent_until_its_sheet_was_sent_and_what_is_corrected_later_is_to_be_sent_again(
    village: Chronic,
) -> None:
    assert states(village, "visits") == [("2026-06-01", "unsent"), ("2026-03-01", "unsent")]
    send(village, "visits", "--on", "2026-11-20")
    assert states(village, "visits") == []
    assert states(village) == [("2026-06-01", "sent"), ("2026-03-01", "sent")]
    village.ok("visit", "fix", 1, "--bp", "136/84")
    assert states(village, "visits") == [("2026-03-01", "changed")]
    assert states(village, "visits", "--unsent") == [("2026-03-01", "changed")]
    village.ok("visit", "fix", 3, "--bp", "134/84")
    assert states(village, "visits") == [("2026-03-01", "changed")]
    path = send(village, "visits")
    assert states(village, "visits") == []
    again = village.ok("upload", "sent", path)
    assert "Already noted: 1" in again.out


def test_what_was_returned_says_why_until_it_is_sent_again(village: Chronic) -> None:
    send(village, "visits", "--on", "2026-11-01")
    village.ok("upload", "returned", 2, "--reason", "身份证号与姓名不符", "--on", "2026-11-05")
    (row,) = village.rows("upload", "list", "visits", "--returned")
    assert (row["upload_on"], row["returned_reason"], row["name"]) == ("2026-11-05", "身份证号与姓名不符", "王秀兰")
    send(village, "visits")
    assert village.rows("upload", "list", "visits", "--returned") == []
    assert len(village.rows("upload", "list", "visits", "--sent")) == 2


def test_a_record_withdrawn_here_is_to_be_taken_out_there(village: Chronic) -> None:
    send(village, "visits")
    village.ok("visit", "fix", 1, "--bp", "136/84")
    village.ok("visit", "void", 3, "--reason", "记错人", "--yes")
    village.ok("visit", "void", 2, "--reason", "记错人", "--yes")
    assert states(village, "visits") == [("2026-06-01", "withdrawn"), ("2026-03-01", "withdrawn")]
    village.ok("upload", "removed", 1)
    assert states(village, "visits") == [("2026-06-01", "withdrawn")]
    assert village("upload", "removed", 1).code == 21


def test_a_withdrawal_that_is_undone_after_the_record_was_taken_out_is_to_be_sent_again(village: Chronic) -> None:
    send(village, "visits")
    village.ok("visit", "void", 2, "--reason", "记错人", "--yes")
    village.ok("upload", "removed", 2)
    village.ok("undo", "--yes")
    assert states(village, "visits") == [("2026-06-01", "withdrawn")]
    village.ok("undo", "--yes")
    assert states(village, "visits") == []


def test_somebody_whose_data_changed_is_to_be_sent_again(village: Chronic) -> None:
    send(village, "people")
    assert states(village, "people") == []
    village.ok("person", "edit", 2, "--phone", "13812345512", "--yes")
    assert [row["name"] for row in village.rows("upload", "list", "people")] == ["李建国"]
    village.ok("enrol", 1, "dm")
    assert {row["name"] for row in village.rows("upload", "list", "people")} == {"李建国", "王秀兰"}


def test_the_records_of_an_import_came_from_there(village: Chronic) -> None:
    sheet = village.folder / "v.csv"
    sheet.write_text("archive_no,visit_date,sbp,dbp\n33102410020000123,2026-09-01,136,82\n", "utf-8")
    village.ok("import", sheet)
    village.ok("upload", "sent", "--batch", 1)
    assert ("2026-09-01", "sent") in states(village)
    assert states(village, "visits") == [("2026-06-01", "unsent"), ("2026-03-01", "unsent")]
    assert village("upload", "sent", "--batch", 7).code == 2


def test_undo_takes_back_a_whole_sheet(village: Chronic) -> None:
    send(village, "visits")
    village.ok("upload", "returned", 2, "--reason", "重复")
    village.ok("undo", "--yes")
    assert states(village, "visits") == []
    village.ok("undo", "--yes")
    assert states(village, "visits") == [("2026-06-01", "unsent"), ("2026-03-01", "unsent")]


def test_checkups_are_records_too(village: Chronic) -> None:
    village.ok("checkup", "add", 1, "--on", "2026-06-01", "--bp-left", "138/84")
    send(village, "checkups")
    assert states(village, "checkups") == []
    village.ok("checkup", "fix", 1, "--bp-left", "136/84")
    assert states(village, "checkups") == [("2026-06-01", "changed")]


@pytest.mark.parametrize(
    "args",
    [["sent"], ["sent", "FILE", "--batch", "1"], ["sent", "FILE", "--on", "2027-01-01"], ["returned", "1", "--reason", " "],
     ["sent", "NOUID"], ["sent", "MISSING"]],
    ids=" ".join,
)  # fmt: skip
def test_what_cannot_be_meant_is_one_sentence_and_nothing_is_noted(village: Chronic, args: list[str]) -> None:
    path, bare = village.folder / "v.xlsx", village.folder / "bare.csv"
    village.ok("upload", "sheet", "visits", "--out", path)
    bare.write_text("archive_no,visit_date,sbp,dbp\n33102410020000123,2026-09-01,136,82\n", "utf-8")
    names = {"FILE": str(path), "NOUID": str(bare), "MISSING": str(village.folder / "none.csv")}
    run = village("upload", *(names.get(arg, arg) for arg in args))
    assert (run.code, run.err.count("\n")) == (2, 1)
    assert village.sql("SELECT * FROM upload") == []


def test_what_was_not_sent_cannot_be_returned(village: Chronic) -> None:
    assert village("upload", "returned", 1, "--reason", "重复").code == 21
    assert village("upload", "returned", "nobody", "--reason", "重复").code == 21


def test_rows_that_are_no_record_here_are_counted_and_the_others_noted(village: Chronic) -> None:
    path = village.folder / "v.csv"
    village.ok("export", "visits", "--out", path)
    village.ok("visit", "void", 1, "--reason", "记错人", "--yes")
    run = village("upload", "sent", path)
    assert run.code == 3
    assert states(village, "visits", "--sent") == [("2026-06-01", "sent")]
