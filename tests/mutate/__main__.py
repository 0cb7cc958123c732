"""`python -m tests.mutate [MODULE …]`: a table of the modules, and below each what no test noticed.

The exit code is 1 when more than one mutant in twenty survives, 2 when the tests cannot be run.
"""

import argparse
import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutate.running import OPTIONS, Mutation, Result

TOP = Path(__file__).resolve().parent.parent.parent
RULES = TOP / "chronic" / "rules"
EQUIVALENT = TOP / "tests" / "rules" / "equivalent.toml"
MOST = 0.05
TESTS = (
    "tests/rules/test_cases.py", "tests/rules", "tests/office/test_risk_cases.py",
    "--ignore=tests/rules/test_properties.py", "--ignore=tests/rules/test_no_numbers.py",
)  # fmt: skip
"""The rules' own tests. Those with made-up histories are left out: what they find by chance is to be a case."""
_LINE = "{:<16}{:>8}{:>8}{:>11}{:>12}{:>6}"


def _paths(names: list[str]) -> Iterator[tuple[str, Path]]:
    """The modules of these names (`screening`, `risk/who`), all of them where none is named."""
    found = (path for path in sorted(RULES.rglob("*.py")) if path.name != "__init__.py")
    modules = {str(path.relative_to(RULES).with_suffix("")): path for path in found}
    for name in names or modules:
        if name not in modules:
            sys.exit(f"{name}: no module of the rules; they are {', '.join(modules)}")
        yield name, modules[name]


def _print(result: Result) -> None:
    print(_LINE.format(*result.counts, f"{result.seconds:.0f}"))
    for one in result.survivors:
        print(f"  {result.path.relative_to(TOP)}:{one.line} {one.where or '-'}: {one.change}", flush=True)


def main() -> int:
    """Mutate, and say what survived."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutate", description="Would the tests notice a wrong rule?")
    parser.add_argument("module", nargs="*", help="such as screening or risk/who; all of them unless named")
    parser.add_argument("--sample", type=int, default=0, help="so many mutants of each module, not all")
    parser.add_argument("--seed", type=int, default=0, help="which sample")
    parser.add_argument("--jobs", type=int, default=2, help="so many at a time")
    parser.add_argument("--tests", nargs="+", default=list(TESTS), help="other tests than the rules' own")
    asked = parser.parse_args()
    os.chdir(TOP)
    os.nice(10)
    os.environ.pop("PYTEST_ADDOPTS", None)  # one child a mutant: nobody else spreads the tests
    known = tomllib.loads(EQUIVALENT.read_text("utf-8"))["mutant"]
    equivalent = {(row["module"], row["in"], row["line"], row["change"]) for row in known}
    mutation = Mutation(dict(_paths(asked.module)), asked.tests, equivalent, asked.jobs, _print)
    mutation.sample, mutation.seed = asked.sample, asked.seed
    print(_LINE.format("module", "mutants", "killed", "survivors", "equivalent", "s"), flush=True)
    if pytest.main([*OPTIONS, *asked.tests], plugins=[mutation]) != 0 or not mutation.results:
        print("the tests do not pass as they are: run them first", file=sys.stderr)
        return 2
    total, killed, survived, left_out = (
        sum(counts) for counts in zip(*(r.counts[1:] for r in mutation.results), strict=True)
    )
    print(_LINE.format("all", total, killed, survived, left_out, ""))
    return int(survived > MOST * (total - left_out))


if __name__ == "__main__":
    sys.exit(main())
