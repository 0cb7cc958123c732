"""The benchmarks run: small ones, so that a change of the schema or of a function does not leave them behind."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
SMALL = {
    "bench_export": ["--rows", "300", "--rounds", "1"],
    "bench_indicators": ["--people", "100", "200", "--rounds", "1"],
    "bench_import": ["--rows", "300", "--rounds", "1", "--fast"],
    "bench_backup": ["--people", "120", "--rounds", "1"],
    "bench_plan": ["--people", "120", "--hamlets", "4", "--instances", "20", "--rounds", "1"],
    "bench_replan": ["--people", "120"],
    "bench_bundles": ["--villages", "2", "--people", "40", "--sizes", "40"],
    "bench_scale": ["--people", "100", "--memory", "1"],
}


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="the yardstick, the sqlite3 program, is not here")
@pytest.mark.parametrize("name", SMALL)
def test_the_benchmark_runs_and_prints_a_table(name: str, tmp_path: Path) -> None:
    around = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(TOP)}
    command = [sys.executable, "-m", f"tests.bench.{name}", *SMALL[name]]
    run = subprocess.run(command, cwd=TOP, env=around, capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    assert "peak MiB" in run.stdout or "ratio" in run.stdout
