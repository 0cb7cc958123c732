"""A row that a table would take and the program could not read again is refused; whatever a registry writes is not."""

from typing import Any

import pytest

from chronic.exchange.bundled import Rows

STAMP = {"origin": "o", "recorded_at": "2026-11-21T01:02:03.004Z", "recorded_by": "李医生"}
VISIT = {"at": "visit", "uid": "v1", "person": "p1", "kind": "followup", "visit_date": "2026-11-20", "sbp": 148, "dbp": 92,
         "fpg": 7.6, "symptoms": "thirst;hunger", "visit_reading": [[1, 150, 94], [2, 146, 90]], **STAMP}  # fmt: skip
CHECKUP = {"at": "checkup", "uid": "c1", "person": "p1", "checkup_date": "2026-06-01",
           "checkup_value": [["sbp_left", 138], ["ecg", "abnormal"]], **STAMP}  # fmt: skip
PERSON = {"at": "person", "uid": "p1", "name": "王秀兰", "sex": "F", "birth_date": "1949-12-31", "tags": ["低保"],
          "refs": [["台账", "1"]], "village": "下各村", **STAMP}  # fmt: skip
CHANGE = {"at": "person_change", "uid": "x1", "person": "p1", "field": "phone", "new": "13800138000", "counter": 3,
          "recorded_at": STAMP["recorded_at"], "recorded_by": "李医生"}  # fmt: skip
TASK = {"at": "task", "uid": "t1", "person": "p1", "place": [["township", "下各镇"], ["village", "下各村"]], "title": "复查",
        "found_on": "2026-11-20", "due_on": "2026-12-01", **STAMP}  # fmt: skip


def sound(*lines: dict[str, Any]) -> None:
    seen = Rows()
    for line in lines:
        seen.check(line)


@pytest.mark.parametrize(
    "line", [VISIT, CHECKUP, PERSON, CHANGE, {**CHANGE, "field": "htn_ended_on", "new": "2026-01-05"}, TASK]
)
def test_what_a_registry_writes_is_sound(line: dict[str, Any]) -> None:
    sound(line)


@pytest.mark.parametrize(
    ("line", "column", "value"),
    [
        (VISIT, "visit_date", "1899-12-31"), (VISIT, "visit_date", "9999-12-31"), (VISIT, "visit_date", "now"),
        (VISIT, "visit_date", "2026-11-20T00:00"), (VISIT, "visit_date", 20261120), (VISIT, "visit_date", "2026/11/20"),
        (VISIT, "recorded_at", "yesterday"), (VISIT, "recorded_at", "2026-11-21T25:00:00Z"),
        (VISIT, "recorded_at", "2026-11-21"),
        (VISIT, "sbp", 301), (VISIT, "sbp", 49), (VISIT, "sbp", 2**63), (VISIT, "fpg", 1e308),
        (VISIT, "fpg", float("nan")),
        (VISIT, "symptoms", "thirst;dying"), (VISIT, "notes", "王\u202e兰"), (VISIT, "notes", "\x1b[31m"),
        (VISIT, "notes", "\ud800"),
        (VISIT, "notes", "x" * 2001), (VISIT, "notes", None), (VISIT, "uid", "x" * 65), (VISIT, "uid", "王"),
        (VISIT, "person", 7),
        (VISIT, "visit_reading", [[[[[[1]]]]]]), (VISIT, "visit_reading", [[1, 2**63, 3]]),
        (PERSON, "sex", "X"), (PERSON, "birth_date", "0001-01-01"), (PERSON, "tags", ["\u202e"]), (PERSON, "name", "a\x00"),
        (CHANGE, "field", "id"), (CHANGE, "field", "uid"), (CHANGE, "counter", -1), (CHANGE, "counter", 2**62),
        (TASK, "place", [{"\x07": 1}]), (TASK, "due_on", "2026-02-30"),
    ],
)  # fmt: skip
def test_what_none_would_write_is_not(line: dict[str, Any], column: str, value: object) -> None:
    """Nor after a sound one, whose values are not looked at again."""
    with pytest.raises(ValueError, match=r"."):
        sound({**line, column: value})
    with pytest.raises(ValueError, match=r"."):
        sound(line, {**line, column: value})


@pytest.mark.parametrize(("field", "value"), [("nothing", 1), ("sbp_left", 1000), ("ecg", "so-so")])
def test_a_check_up_has_the_fields_and_words_of_the_form(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=field):
        sound({**CHECKUP, "checkup_value": [[field, value]]})


def test_a_change_is_measured_like_the_field_it_changes() -> None:
    with pytest.raises(ValueError, match="closed_reason"):
        sound({**CHANGE, "field": "closed_reason", "new": "eaten"})
