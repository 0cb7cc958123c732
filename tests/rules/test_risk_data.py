"""The files of the scores: complete, cited, and refused with the address of what is wrong."""

from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest

from chronic import scores
from chronic.errors import ValueRefused
from chronic.model.checks import BMI_HARD
from chronic.model.fields import BY_COLUMN

SHAPES: dict[str, type[scores.Model]] = {
    "who-2019-lab": scores.Who, "who-2019-nonlab": scores.Who, "china-par": scores.ChinaPar, "cds-2013": scores.Points,
    "findrisc": scores.Points, "ada": scores.Points, "ckd-epi-2021": scores.CkdEpi, "ckd-epi-2009": scores.CkdEpi,
    "kdigo": scores.Kdigo, "friedewald": scores.Friedewald, "bmi-wst428": scores.Body, "waist-wst428": scores.Body,
    "metabolic-cds": scores.Syndrome, "htn-2024": scores.Strata,
}  # fmt: skip
MARKS = ("A", "B", "INFERRED", "UNVERIFIED")


def text(name: str) -> str:
    return (resources.files("chronic") / "protocols" / "scores" / f"{name}.toml").read_text("utf-8")


def test_every_file_is_known_here() -> None:
    folder = resources.files("chronic") / "protocols" / "scores"
    assert {path.name for path in folder.iterdir()} == {f"{name}.toml" for name in SHAPES}


@pytest.mark.parametrize("name", SHAPES)
def test_a_file_is_read_and_says_where_it_is_from_and_how_sure_we_are(name: str) -> None:
    model = scores.load(name, SHAPES[name])
    assert model.id == name
    assert model.cite.mark.startswith(MARKS)
    for part in (model.title.zh, model.title.en, model.cite.source, model.cite.zh, model.cite.en):
        assert part
        part.encode("gbk", errors="strict")
    assert all(accept.low < accept.high for accept in model.accept)


def test_the_inferred_coefficients_say_so_and_nothing_is_called_official() -> None:
    model = scores.load("china-par", scores.ChinaPar)
    assert model.cite.mark == "INFERRED"
    assert "非官方" in model.title.zh
    assert "not official" in model.title.en


def test_the_inferred_coefficients_round_to_the_printed_ones() -> None:
    """The two decimals that the paper prints stand at the end of each line."""
    printed = 0
    for line in text("china-par").splitlines():
        value, _, comment = line.partition("#")
        if " = " in value and comment.strip().replace("-", "").replace(".", "").isdigit():
            printed += 1
            assert float(value.split("=")[1]) == pytest.approx(float(comment), abs=0.005 + 1e-9), line
    assert printed == 26


ADULT, ANY_AGE = (18, 125), (0, 125)
LIMITS = {
    "bmi": BMI_HARD, "ogtt": BY_COLUMN["ppg_2h"].hard, "egfr": (0, 300), "uric_acid": (30, 1500), "homocysteine": (1, 500),
}  # fmt: skip
"""Plausible limits that stand in another place than under the column of the data dictionary (rule book §10.2)."""
PUBLISHED = {
    "who-2019-lab": {"age", "sbp", "tc"}, "who-2019-nonlab": {"age", "sbp", "bmi"}, "cds-2013": {"age"},
    "china-par": {"age", "sbp", "tc", "hdl_c", "waist_cm"}, "ckd-epi-2021": {"creatinine"}, "ckd-epi-2009": {"creatinine"},
}  # fmt: skip
"""Ranges of a score's own, held by its tests."""


@pytest.mark.parametrize("name", SHAPES)
def test_other_limits_are_those_of_the_data_dictionary(name: str) -> None:
    for accept in scores.load(name, SHAPES[name]).accept:
        limits = LIMITS.get(accept.input) or getattr(BY_COLUMN.get(accept.input), "hard", None)
        if accept.input in PUBLISHED.get(name, ()):
            continue
        if accept.input == "age":
            limits = ANY_AGE if name == "htn-2024" else ADULT
        if accept.unit == "mg/mmol":
            limits = (0, 2263)  # 20000 mg/g
        assert (accept.low, accept.high) == limits, accept


def test_the_span_of_the_old_begins_at_eighty() -> None:
    older = scores.load("bmi-wst428", scores.Body).older
    assert older is not None
    assert (older.input, older.low, older.high) == ("age", 80, 125)


WRONG: list[tuple[Callable[[str], str], str]] = [
    (lambda good: good.replace("scale = 142", "scale = '142'"), "x.scale"),
    (lambda good: good.replace("scale = 142", "scale = nan"), "x.scale"),
    (lambda good: good.replace("scale = 142\n", ""), "x.scale"),
    (lambda good: good.replace("scale = 142", "scale = 142\nsacle = 1"), "x.sacle"),
    (lambda good: good.replace("M = 0.9", "M = true"), "x.kappa.M"),
    (lambda good: good.replace("low = 20,", ""), "x.accept[1].low"),
    (lambda good: good + "\n[[", "x"),
]


@pytest.mark.parametrize(("spoil", "address"), WRONG)
def test_a_wrong_file_is_refused_with_its_address(spoil: Callable[[str], str], address: str) -> None:
    good = text("ckd-epi-2021")
    assert spoil(good) != good
    with pytest.raises(ValueRefused) as refused:
        scores.parse(spoil(good), scores.CkdEpi, "x")
    values: dict[str, Any] = refused.value.values
    assert (refused.value.code, values["key"]) == ("protocol.key", address)
