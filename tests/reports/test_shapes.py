"""What other programs may rely on: the keys and types of the JSON rows, masking, and files."""

import csv
import json
from typing import Any

import pytest

from tests.runner import Chronic

LISTED = {
    "person_id", "uid", "name", "sex", "age", "village", "hamlet", "phone", "programmes", "due_on", "last_visit_on",
    "last_contact_on", "last_bp", "last_fpg", "class", "last_assessed", "danger", "risk", "reasons", "calls", "next_call_on",
}  # fmt: skip
VERDICT = {"class", "danger", "consecutive", "refer", "due_on", "rule", "protocol", "cites", "not_asked"}
SEEN = {"person_id", "visit_uid", "visit_date", "programmes", "danger", "next_due_on", "advice"}
REASONS = {
    "never_seen", "followup_due", "recheck_due", "not_assessed", "danger_contact", "referral_outcome", "doctor_date",
}  # fmt: skip
CLASSES = {"controlled", "uncontrolled", "adverse_reaction", "complication", "not_assessed", None}


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """Someone with both diseases and a danger, someone never seen, someone whose phone and birth date are unknown."""
    wang = ("--id-number", "11010519491231002X", "--village", "下各村", "--hamlet", "3组", "--phone", "13812345512")
    chronic.person("王秀兰", *wang, "--htn-enrolled-on", "2026-01-05", "--dm-enrolled-on", "2026-01-05")
    chronic.visit(1, "2026-10-01", "--bp", "186/98", "--fpg", "7.6", "--hypoglycemia", "none")
    chronic.visit(1, "2026-10-20", "--way", "phone", "--danger", "yes")
    chronic.person("李建国", "--htn-enrolled-on", "2026-06-01")
    chronic.person("陈志强", "--dm-enrolled-on", "2026-11-08")
    return chronic


def test_one_object_holds_the_report_its_day_and_its_rows(village: Chronic) -> None:
    for name, args in {"overdue": ["overdue"], "due": ["due"], "why": ["why", "1"], "people": ["person", "list"]}.items():
        told = json.loads(village.ok(*args, "--format", "json").out)
        assert (set(told), told["report"], told["as_of"]) == ({"report", "as_of", "rows"}, name, "2026-11-21")


def test_overdue_rows_have_exactly_the_documented_keys(village: Chronic) -> None:
    rows = village.rows("overdue")
    assert [set(row) for row in rows] == [LISTED | {"days_overdue", "band"}] * 2
    for row in rows:
        _check_types(row)
        assert row["days_overdue"] >= 1
        assert row["band"] in ("1-30", "31-90", "over-90")
    assert rows[0] | {"uid": None} == {
        "person_id": 1, "uid": None, "name": "王秀兰", "sex": "F", "age": 76, "village": "下各村", "hamlet": "3组",
        "phone": "138****5512", "programmes": ["htn", "dm"], "due_on": "2026-10-15", "days_overdue": 37, "band": "31-90",
        "last_visit_on": "2026-10-01", "last_contact_on": "2026-10-20", "last_bp": "186/98", "last_fpg": 7.6,
        "class": {"htn": "uncontrolled", "dm": "uncontrolled", "lipid": None},
        "last_assessed": {"htn": "uncontrolled", "dm": "uncontrolled", "lipid": None},
        "danger": ["danger.bp", "danger.signs"], "risk": None, "reasons": rows[0]["reasons"],
        "calls": 0, "next_call_on": None,
    }  # fmt: skip
    assert "danger_contact" in rows[0]["reasons"]


def test_due_rows_have_days_left_and_no_band(village: Chronic) -> None:
    (row,) = village.rows("due")
    assert set(row) == LISTED | {"days_left"}
    _check_types(row)
    assert (row["person_id"], row["days_left"], row["due_on"]) == (3, 1, "2026-11-22")


def test_a_paused_row_says_since_when(village: Chronic) -> None:
    village.ok("pause", 2)
    (row,) = village.rows("overdue", "--paused")
    assert set(row) == LISTED | {"days_overdue", "band", "paused_on"}


def test_a_verdict_has_exactly_the_documented_keys(village: Chronic) -> None:
    row = village.visit(1, "2026-11-20", "--bp", "150/95")
    assert set(row) == SEEN
    assert set(row["programmes"]) == {"htn", "dm"}
    for programme in row["programmes"].values():
        _check_verdict(programme)
    assert row["programmes"]["dm"]["class"] == "not_assessed"
    assert row["visit_uid"] in [known["visit_uid"] for known in village.rows("visit", "list", 1)]
    assert row["next_due_on"] == min(programme["due_on"] for programme in row["programmes"].values())


def test_why_gives_one_row_per_person_also_for_someone_never_seen(village: Chronic) -> None:
    seen = village.ok("why", 1, "--format", "json").row
    assert set(seen) == SEEN
    assert seen["visit_date"] == "2026-10-20"  # a danger told by phone counts
    assert seen["programmes"]["htn"]["danger"] == ["danger.signs"]
    never = village.ok("why", 2, "--format", "json").row
    assert set(never) == SEEN
    assert (never["visit_uid"], never["visit_date"], never["next_due_on"]) == (None, None, "2026-06-15")
    assert set(never["programmes"]) == {"htn"}
    _check_verdict(never["programmes"]["htn"])
    assert [never["programmes"]["htn"][key] for key in ("class", "refer", "due_on")] == [None, None, "2026-06-15"]


def test_a_phone_contact_without_danger_leaves_why_as_it_was(village: Chronic) -> None:
    village.visit(2, "2026-11-02", "--bp", "150/95")
    before = village.ok("why", 2, "--format", "json").out
    village.visit(2, "2026-11-03", "--way", "phone", "--danger", "no")
    assert village.ok("why", 2, "--format", "json").out == before


def test_the_meters_words_stay_words_and_numbers_stay_numbers(village: Chronic) -> None:
    village.visit(3, "2026-11-20", "--fpg", "HI")
    (row,) = [row for row in village.rows("due") if row["person_id"] == 3]
    assert row["last_fpg"] == "HI"
    assert row["danger"] == ["danger.glucose_high"]


@pytest.mark.parametrize("style", ["table", "json", "csv"])
@pytest.mark.parametrize("args", [["overdue"], ["person", "list"], ["person", "find", "王秀兰"]])
def test_numbers_are_masked_everywhere_unless_asked_for_and_then_it_is_logged(
    village: Chronic, args: list[str], style: str
) -> None:
    masked = village.ok(*args, "--format", style).out
    assert "13812345512" not in masked
    assert "11010519491231002X" not in masked
    assert "138****5512" in masked
    assert village.sql("SELECT count(*) FROM audit WHERE action = 'full'") == [(0,)]
    assert "13812345512" in village.ok(*args, "--format", style, "--full").out
    ((command, who),) = village.sql("SELECT about, recorded_by FROM audit WHERE action = 'full'")
    assert (command, who) == ("chronic " + " ".join(args).replace(" 王秀兰", ""), "李医生")


def test_person_show_masks_too(village: Chronic) -> None:
    assert "110105********002X" in village.ok("person", "show", 1).out
    assert "11010519491231002X" in village.ok("person", "show", 1, "--full").out
    assert village.sql("SELECT about FROM audit WHERE action = 'full'") == [("chronic person show",)]


def test_a_listing_goes_into_a_file_in_one_step(village: Chronic) -> None:
    target = village.folder / "overdue.csv"
    run = village.ok("overdue", "--format", "csv", "--out", target)
    assert run.out == ""
    assert target.read_bytes().startswith(b"\xef\xbb\xbfperson_id,")
    assert [path.name for path in village.folder.iterdir() if "part" in path.name] == []
    assert village.ok("overdue", "--format", "csv").out.startswith("person_id,")
    rows = list(csv.DictReader(target.read_text("utf-8-sig").splitlines()))
    assert [row["name"] for row in rows] == ["王秀兰", "李建国"]
    assert rows[0]["class_htn"] == "uncontrolled"


def test_a_name_that_looks_like_a_formula_is_harmless_in_csv_and_unchanged_in_json(village: Chronic) -> None:
    village.person("=HYPERLINK(1)", "--htn-enrolled-on", "2026-01-01")
    assert "'=HYPERLINK(1)" in village.ok("overdue", "--format", "csv").out
    assert "=HYPERLINK(1)" in [row["name"] for row in village.rows("overdue")]


def _check_types(row: dict[str, Any]) -> None:
    shapes: dict[str, tuple[type, ...]] = {
        "person_id": (int,), "uid": (str,), "name": (str,), "sex": (str,), "age": (int, type(None)),
        "phone": (str, type(None)), "programmes": (list,), "due_on": (str,), "last_bp": (str, type(None)),
        "last_fpg": (int, float, str, type(None)), "class": (dict,), "last_assessed": (dict,), "danger": (list,),
        "reasons": (list,), "calls": (int,),
    }  # fmt: skip
    for key, kinds in shapes.items():
        assert isinstance(row[key], kinds), key
    assert set(row["class"]) == set(row["last_assessed"]) == {"htn", "dm", "lipid"}
    assert set(row["class"].values()) <= CLASSES
    assert row["reasons"]
    assert set(row["reasons"]) <= REASONS
    assert (row["risk"], row["calls"], row["next_call_on"]) == (None, 0, None)


def _check_verdict(programme: dict[str, Any]) -> None:
    assert set(programme) == VERDICT
    assert programme["class"] in CLASSES
    assert programme["refer"] in (None, "routine", "emergency")
    assert isinstance(programme["consecutive"], int)
    for key in ("danger", "cites", "not_asked"):
        assert isinstance(programme[key], list)
