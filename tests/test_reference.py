"""The command reference is what the commands say of themselves."""

import subprocess
import sys
from pathlib import Path

from tests import reference

TOP = Path(__file__).resolve().parent.parent


def test_the_reference_is_up_to_date() -> None:
    check = [sys.executable, "-m", "tests.reference", "--check"]
    run = subprocess.run(check, capture_output=True, encoding="utf-8", cwd=TOP, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_it_holds_every_command_in_both_languages() -> None:
    paths = [ctx.command_path for ctx in reference.commands()]
    assert len(paths) > 30
    for lang in reference.LANGUAGES:
        headings = [
            line.lstrip("# ") for line in reference.page(lang).read_text("utf-8").splitlines() if line.startswith("##")
        ]
        assert headings == paths
