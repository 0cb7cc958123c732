"""What a start costs: which modules a command imports. Counted, because a stopwatch is never the same twice."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.runner import TODAY, Chronic

HEAVY = {"rich", "sqlite_utils", "dateutil", "jinja2", "pandas", "numpy", "babel"}
PROGRAM = """
import sys
sys.argv = ["chronic", *sys.argv[1:]]
from chronic.cli import main
try:
    main()
finally:
    print("imported:", *sorted(sys.modules), file=sys.stderr)
"""


def imported(chronic: Chronic, *args: str) -> set[str]:
    """The modules one command has imported when it ends, in a process of its own."""
    checkout = str(Path(__file__).resolve().parents[2])
    environ = {**os.environ, "PYTHONPATH": checkout, "CHRONIC_DB": str(chronic.path), "CHRONIC_TODAY": TODAY}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, *args], env=environ, capture_output=True, text=True, encoding="utf-8", check=True
    )
    return set(run.stderr.rpartition("imported:")[2].split())


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    chronic = Chronic(tmp_path_factory.mktemp("seen"))
    chronic.ok("init", "--yes")
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-09-01", "--village", "下各村")
    chronic.visit(1, "2026-10-01", "--bp", "150/95")
    chronic.person("李建国", "--htn-enrolled-on", "2026-11-10")
    return chronic


@pytest.mark.parametrize(
    "args",
    [
        ["overdue", "--format", "json"],
        ["due", "--format", "json"],
        ["overdue"],  # a table in a pipe is set plainly
        ["overdue", "--format", "csv", "--village", "下各村", "--order", "route"],
        ["due", "--within", "30d", "--programme", "htn"],
        ["--help"],
        ["--version"],
    ],
    ids=" ".join,
)
def test_the_lists_import_nothing_heavy(seen: Chronic, args: list[str]) -> None:
    assert HEAVY & {name.partition(".")[0] for name in imported(seen, *args)} == set()


def test_help_imports_no_command(seen: Chronic) -> None:
    ours = {name for name in imported(seen, "--help") if name.startswith("chronic.cli.")}
    assert ours <= {"chronic.cli.root", "chronic.cli.commands", "chronic.cli.session"}
    assert not {name for name in imported(seen, "--help") if name.startswith(("chronic.rules", "chronic.care"))}


def test_a_list_imports_its_own_command_and_no_rules(seen: Chronic) -> None:
    modules = imported(seen, "overdue", "--format", "json")
    assert "chronic.cli.lists" in modules
    for other in ("chronic.cli.visit", "chronic.cli.person", "chronic.care", "chronic.rules", "chronic.exchange", "tomllib"):
        assert other not in modules


def test_a_command_explains_itself_with_an_example(bare: Chronic) -> None:
    for args in (["visit", "add"], ["person", "add"], ["import"], ["overdue"], ["enrol"], ["refer", "reply"]):
        assert "Example:" in bare.ok(*args, "--help").out
    chinese = bare.ok("visit", "add", "--help", lang="zh").out
    assert "收缩压" in chinese
    assert "Usage" not in chinese
