"""A file of reference cases: the one that lies beside the project, the rule book's vectors, and files that are wrong."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from chronic.errors import ValueRefused
from chronic.office import risk_cases
from tests.real.clinic import DATA

REFERENCE = DATA / "risk" / "risk_cases.json"
VECTORS = Path(__file__).parents[1] / "rules" / "risk_vectors.json"
CASE: dict[str, Any] = {
    "id": "one", "model": "bmi", "inputs": {"weight_kg": 70, "height_cm": 175}, "expect": {"bmi": 22.86}, "tolerance": 0.01,
}  # fmt: skip


def answered(path: Path, *cases: object) -> list[risk_cases.Answer]:
    path.write_text(json.dumps(list(cases)), "utf-8")
    return list(risk_cases.answers(risk_cases.read(path)))


def test_every_reference_case_passes() -> None:
    if not REFERENCE.exists():
        pytest.skip(f"no reference cases at {REFERENCE}")
    found = list(risk_cases.answers(risk_cases.read(REFERENCE)))
    assert [answer for answer in found if answer.status != "pass"] == []
    assert len(found) > 1000
    assert len(Counter(answer.model for answer in found)) == 17


def test_every_vector_of_the_rule_book_passes() -> None:
    found = list(risk_cases.answers(risk_cases.read(VECTORS)))
    assert [answer for answer in found if answer.status != "pass"] == []


def test_an_answer_has_the_keys_that_were_expected(tmp_path: Path) -> None:
    (answer,) = answered(tmp_path / "c.json", CASE)
    assert answer.row == {"id": "one", "model": "bmi", "status": "pass", "got": {"bmi": 22.8571}}


@pytest.mark.parametrize(
    ("change", "status", "got"),
    [
        ({"expect": {"bmi": 22.87}, "tolerance": 0.01}, "fail", {"bmi": 22.8571}),
        ({"expect": {"bmi": None}}, "fail", {"bmi": 22.8571}),
        ({"expect": {"bmi": "22.8571"}}, "fail", {"bmi": 22.8571}),
        ({"expect": {"bmi": True}}, "fail", {"bmi": 22.8571}),
        ({"inputs": {}}, "fail", {"bmi": None}),
        ({"inputs": {"weight_kg": 70}, "expect": {"bmi": None}}, "pass", {"bmi": None}),
        ({"inputs": {"weight_kg": "70", "height_cm": 175}, "expect": {"bmi": None}}, "pass", {"bmi": None}),
        ({"inputs": {"weight_kg": True, "height_cm": 175}, "expect": {"bmi": None}}, "pass", {"bmi": None}),
        ({"inputs": {"weight_kg": 10**400, "height_cm": 175}, "expect": {"bmi": None}}, "pass", {"bmi": None}),
        ({"expect": {"bmi": 10**400}}, "fail", {"bmi": 22.8571}),
        ({"expect": {"bmi": float("nan")}}, "fail", {"bmi": 22.8571}),
        ({"inputs": {"weight_kg": -70, "height_cm": 175}, "expect": {"bmi": None}}, "pass", {"bmi": None}),
        ({"inputs": {"weight_kg": float("inf"), "height_cm": 175}, "expect": {"bmi": None}}, "pass", {"bmi": None}),
        ({"inputs": {"weight_kg": [70], "height_cm": {}}, "expect": {"bmi": None}}, "pass", {"bmi": None}),
        ({"model": "framingham"}, "unsupported", {"bmi": None}),
        ({"expect": {"bmi": 22.86, "body_fat": 20}}, "unsupported", {"bmi": 22.8571, "body_fat": None}),
    ],
)
def test_pass_fail_and_unsupported(tmp_path: Path, change: dict[str, Any], status: str, got: dict[str, object]) -> None:
    (answer,) = answered(tmp_path / "c.json", {**CASE, **change})
    assert (answer.status, answer.got) == (status, got)


def test_the_tolerance_holds_for_every_number_and_words_must_be_equal(tmp_path: Path) -> None:
    inputs = {"sex": "male", "age": 62, "sbp": 150, "smoker": False, "diabetes": False, "tc_mmol": 5.5}
    exact = risk_cases.asked("who2019_lab", inputs).parts
    expect = {key: exact[key] for key in ("percent", "mi_chd_percent", "stroke_percent", "category")}
    who = {"id": 1, "model": "who2019_lab", "inputs": inputs, "expect": expect, "tolerance": 0.001}
    for change, status in (
        ({}, "pass"),
        ({"stroke_percent": float(str(exact["stroke_percent"])) + 0.01}, "fail"),
        ({"category": "5-<10 "}, "fail"),
    ):
        (answer,) = answered(tmp_path / "c.json", {**who, "expect": {**expect, **change}})
        assert answer.status == status


@pytest.mark.parametrize(("yes", "no"), [(True, False), (1, 0), ("yes", "no")])
def test_answers_may_be_written_in_three_ways_and_nothing_else_is_one(yes: object, no: object) -> None:
    inputs = {"sex": "male", "age": 62, "sbp": 150, "smoker": yes, "diabetes": no, "tc_mmol": 5.5}
    assert risk_cases.asked("who2019_lab", inputs) == risk_cases.asked(
        "who2019_lab", {**inputs, "smoker": True, "diabetes": False}
    )
    odd: object
    for odd in (2, "true", "", [], None):
        assert risk_cases.asked("who2019_lab", {**inputs, "smoker": odd}).missing == ("smoker",)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[1]", "null", "[{]", '[{"id": "a"}]', "[" * 100_000, '{"cases": []}', "\udcff"],
)
def test_what_is_no_list_of_cases_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ValueRefused) as refused:
        risk_cases.read(path)
    assert refused.value.code in ("risk.cases", "risk.case")


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"id": None}, "id"), ({"id": []}, "id"), ({"model": 3}, "model"), ({"inputs": []}, "inputs"),
        ({"expect": "x"}, "expect"),
        ({"tolerance": -1}, "tolerance"), ({"tolerance": "0"}, "tolerance"), ({"tolerance": 10**400}, "tolerance"),
        ({"tolerance": float("nan")}, "tolerance"),
    ],
)  # fmt: skip
def test_a_case_that_is_none_is_named_by_its_place(tmp_path: Path, change: dict[str, Any], key: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        answered(tmp_path / "c.json", CASE, {**CASE, **change})
    assert (refused.value.code, refused.value.values["number"], refused.value.values["key"]) == ("risk.case", 2, key)


def test_a_tolerance_may_be_left_out_and_is_then_none_at_all(tmp_path: Path) -> None:
    plain = {key: value for key, value in CASE.items() if key != "tolerance"}
    assert [a.status for a in answered(tmp_path / "c.json", plain, {**plain, "expect": {"bmi": 22.8571}})] == [
        "fail",
        "pass",
    ]
    assert answered(tmp_path / "c.json") == []


def test_a_file_that_is_not_there_or_a_folder(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "none.json", "file.missing"), (tmp_path, "file.not_a_file")):
        with pytest.raises(ValueRefused) as refused:
            risk_cases.read(path)
        assert refused.value.code == code


def test_a_byte_order_mark_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text(json.dumps([CASE]), "utf-8-sig")
    assert len(risk_cases.read(path)) == 1
