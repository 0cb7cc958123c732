"""The scripts of this folder run; as many times as tell that, not what they are for."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
FEW = {
    "kills": ["--times", "11", "--people", "20"],
    "faults": ["--each", "1", "--people", "20", "--only", "person merge"],
    "together": ["--writers", "3", "--seconds", "1.5", "--people", "30"],
    "flips": ["--flips", "5", "--people", "20"],
    "mutants": ["--n", "12", "--people", "12", "--workers", "1"],
    "hostile": ["--n", "12", "--people", "12", "--workers", "1"],
}


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("cc") is None, reason="forks, kills and lets calls fail")
@pytest.mark.parametrize("name", FEW)
def test_nothing_is_lost(name: str, tmp_path: Path) -> None:
    around = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(TOP)}
    command = [sys.executable, "-m", f"tests.soak.{name}", *FEW[name]]
    run = subprocess.run(command, cwd=TOP, env=around, capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stdout + run.stderr
