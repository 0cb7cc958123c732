"""`python -m tests.real.watch import …`: one command of `chronic`, and then, as the last line of stderr, what became
of the sheet by code, and the peak memory of the process in KiB (0 where the system does not tell)."""

import json
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

from chronic.cli import main
from chronic.office import account, imports

STATUS = Path("/proc/self/status")
"""Where Linux tells the peak of this process alone; getrusage would count the process that started it."""


def peak() -> int:
    lines = STATUS.read_text().splitlines() if STATUS.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def watched(args: list[str]) -> None:
    """Run it as it is; only the summary of the import is looked at on its way to the screen."""
    told: dict[str, Any] = {}
    run = imports.run

    def watch(*given: Any) -> account.Summary:
        summary = run(*given)
        told.update(states=summary.states, refusals=summary.refusals, warnings=summary.warnings)
        return summary

    try:
        with patch.object(imports, "run", watch):
            main(args)
    finally:
        print(json.dumps({**told, "peak": peak()}), file=sys.stderr)


if __name__ == "__main__":
    watched(sys.argv[1:])
