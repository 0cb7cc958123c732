"""What a start costs: whole commands against `python -c "import click"`, both from one venv with chronic installed.

    python -m venv lab && lab/bin/pip install .
    python -m tests.bench.bench_start --venv lab [--rounds 15] [--people 150000]

Bars: --help 1.3; overdue and calls (JSON, 50 rows) 1.4, overdue 1.15 of its own time on 300 people; today on 300 people
2.5; a table of 1,000 rows 6. The large registry is made by `demo` first (a minute for 150,000) unless --large names one.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.yardstick import Run, paired, print_runs, print_table, ratios, run

TODAY = "2026-11-21"
CLICK = "import click"
SMALL = 300
LIST = ("overdue", "--limit", "50", "--format", "json")


def commands(venv: Path, small: Path, large: Path) -> dict[str, list[str]]:
    """name -> command line; the first is the yardstick."""
    scripts = venv / ("Scripts" if os.name == "nt" else "bin")
    chronic = [str(scripts / "chronic"), "--today", TODAY]
    on_small, on_large = [*chronic, "--db", str(small)], [*chronic, "--db", str(large)]
    found = {
        CLICK: [str(scripts / "python"), "-c", "import click"],
        "--version": [*chronic, "--version"],
        "--help": [*chronic, "--help"],
        "--help in English": [*chronic, "--lang", "en", "--help"],
        "overdue json, small": [*on_small, *LIST],
        "overdue json, large": [*on_large, *LIST],
        "calls json, large": [*on_large, "calls", *LIST[1:]],
        "today, small": [*on_small, "today"],
        "today, large": [*on_large, "today"],
        "1,000 rows, large": [*on_large, "overdue", "--limit", "1000"],
        "person show": [*on_small, "person", "show", "1"],
        "visit list": [*on_small, "visit", "list", "1"],
        "visit add": [*on_small, "visit", "add", "2", "--bp", "128/78", "--yes"],
        "undo": [*on_small, "undo", "--yes"],
        "nightly": [*on_small, "nightly", "--out", str(small.parent / "nights")],
    }
    if shutil.which("script"):  # a terminal, where tables are drawn by rich
        for name in (CLICK, "today, small"):
            line = " ".join(f"'{word}'" for word in found[name])
            found[f"{name}, on a terminal"] = ["script", "-qec", f"stty cols 160; {line}", os.devnull]
    return found


def bars(runs: Mapping[str, Sequence[Run]]) -> list[tuple[str, float, float]]:
    """(what, found, bar)."""
    times = ratios(runs, CLICK)
    told = [
        ("--help", times["--help"], 1.3),
        ("overdue json, large", times["overdue json, large"], 1.4),
        ("overdue json, large / small", ratios(runs, "overdue json, small")["overdue json, large"], 1.15),
        ("calls json, large", times["calls json, large"], 1.4),
        ("today, small", times["today, small"], 2.5),
        ("1,000 rows, large", times["1,000 rows, large"], 6.0),
    ]
    terminal = f"{CLICK}, on a terminal"
    if terminal in runs:
        told.append(("today, on a terminal", ratios(runs, terminal)["today, small, on a terminal"], 2.5))
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description="Start-up times as ratios to importing click.")
    parser.add_argument("--venv", type=Path, default=Path(sys.prefix), help="where the wheel is installed")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--people", type=int, default=150_000)
    parser.add_argument("--large", type=Path, help="a registry made before")
    asked = parser.parse_args()
    for name in [name for name in os.environ if name.startswith("CHRONIC_") or name == "PYTHONDONTWRITEBYTECODE"]:
        del os.environ[name]
    os.environ["CHRONIC_LANG"] = "zh"
    venv, made = asked.venv.absolute(), asked.large and asked.large.absolute()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # or the checkout would be imported instead of the wheel
        small, large = Path(folder, "small.db"), made or Path(folder, "large.db")
        every = commands(venv, small, large)
        for path, people in ((small, SMALL), (large, asked.people)):
            if not path.exists():
                taken = run([every["--help"][0], "--today", TODAY, "demo", "--people", str(people), "--to", str(path)])
                print(f"demo of {people:,}: {taken.seconds:.1f} s, peak {taken.peak_mib:.0f} MiB")
        paired(every, 1)  # warm: bytecode and pages
        runs = paired(every, asked.rounds)
    print_runs(f"{asked.rounds} rounds", runs, CLICK)
    print_table("bars", ("", "found", "bar"), bars(runs))


if __name__ == "__main__":
    main()
