"""The mutants are made, run and told, so that the command is there when somebody asks for it."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.mutate.changes import mutants

TOP = Path(__file__).resolve().parent.parent
EQUIVALENT = tomllib.loads((TOP / "tests" / "rules" / "equivalent.toml").read_text("utf-8"))["mutant"]


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        ("return a < b", ["return a < b -> return None", "a < b -> a <= b"]),
        ("x = a and not b", ["a and (not b) -> a or not b", "not b -> b"]),
        ("x = a + 2", ["a + 2 -> a - 2", "2 -> 1", "2 -> 3"]),
        ("x = True", ["True -> False"]),
        ("x = max(a, b)", ["max(a, b) -> min(a, b)"]),
        ("x: int | None = 0", ["0 -> 1"]),
        ("if a: return 'text'", ["if a -> if not a"]),
        ("x = zip(a, b, strict=True)", []),
        ("'a docstring'", []),
    ],
)
def test_what_is_changed(line: str, changes: list[str]) -> None:
    found = list(mutants(f"def f(a, b):\n    {line}\n", "f.py"))
    assert [mutant.change for mutant in found] == changes
    assert {(mutant.where, mutant.line) for mutant in found} <= {("f", 2)}


def test_each_mutant_is_another_program() -> None:
    source = "def f(a):\n    for b in a:\n        if b > 1:\n            break\n    return b\n"
    original = compile(source, "f.py", "exec").co_consts[0]
    changed = [mutant.code.co_consts[0] for mutant in mutants(source, "f.py")]
    assert len({*changed, original}) == len(changed) + 1


def test_every_equivalent_is_a_mutant_that_there_is_and_has_its_reason() -> None:
    for row in EQUIVALENT:
        path = TOP / "chronic" / "rules" / f"{row['module']}.py"
        there = [(mutant.where, mutant.text, mutant.change) for mutant in mutants(path.read_text("utf-8"), str(path))]
        assert there.count((row["in"], row["line"], row["change"])) == 1, row
        assert len(row["why"]) > 20, row


def test_a_sample_of_a_small_module_is_run() -> None:
    command = [sys.executable, "-m", "tests.mutate", "sitting", "--sample", "6", "--tests", "tests/rules/test_sitting.py"]
    run = subprocess.run(command, cwd=TOP, env={**os.environ}, capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    assert re.search(r"^sitting +6 +6 +0 +0 ", run.stdout, re.MULTILINE), run.stdout


def test_without_tests_that_pass_nothing_is_said_of_the_mutants() -> None:
    command = [sys.executable, "-m", "tests.mutate", "sitting", "--tests", "tests/rules/test_there_is_none.py"]
    run = subprocess.run(command, cwd=TOP, env={**os.environ}, capture_output=True, encoding="utf-8", check=False)
    assert (run.returncode, "run them first" in run.stderr) == (2, True)


def test_a_module_that_nothing_tests_is_all_survivors() -> None:
    command = [sys.executable, "-m", "tests.mutate", "quota", "--sample", "2", "--tests", "tests/rules/test_sitting.py"]
    run = subprocess.run(command, cwd=TOP, env={**os.environ}, capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 1, run.stderr
    assert run.stdout.count("  chronic/rules/quota.py:") == 2
