"""One place per number: thresholds and intervals are in a protocol file with their citation, never in a rule."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import chronic.rules

RULES = sorted(Path(chronic.rules.__file__).parent.rglob("*.py"))
HARMLESS = {0, 1, 2, 10, 100}
"""Counting, halves and percentages; none of them is a threshold in days, mmHg, mmol/L or years."""


def numbers(source: str) -> Iterator[tuple[int, object]]:
    """(line, number) for every numeric literal that could hide a threshold."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float, complex) and node.value not in HARMLESS:
            yield node.lineno, node.value


def figures(source: str) -> Iterator[tuple[int, object]]:
    """(line, text) for every string with a figure in it that is not a docstring: "14 days" would be one too."""
    tree = ast.parse(source)
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in told:
            continue
        text = re.sub("ppg_2h|ogtt_2h|hba1c", "", node.value)  # columns are called so
        if any(character.isdigit() for character in text):
            yield node.lineno, node.value


@pytest.mark.parametrize("path", RULES, ids=[path.name for path in RULES])
def test_a_rule_holds_no_number_of_its_own(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert list(numbers(source)) == []
    assert list(figures(source)) == []


def test_the_rules_are_really_read() -> None:
    assert {"hypertension.py", "diabetes.py", "danger.py", "followup.py", "screening.py"} <= {path.name for path in RULES}
    assert {"who.py", "chinapar.py", "points.py", "kidney.py", "signs.py", "strata.py"} <= {path.name for path in RULES}


@pytest.mark.parametrize(
    "source", ["x = 140", "y = z >= 7.0", "f(days=14)", "a = -90", "b = '14 days'", "c = f'{d} in 28 days'"]
)
def test_a_number_would_be_found(source: str) -> None:
    assert [*numbers(source), *figures(source)]


@pytest.mark.parametrize("source", ["x = 0", "y = z[1:]", "'in 14 days'", "a = 'danger.bp'", "b = 'ppg_2h'"])
def test_what_is_no_threshold_is_let_through(source: str) -> None:
    assert [*numbers(source), *figures(source)] == []
