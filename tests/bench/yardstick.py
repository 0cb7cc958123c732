"""What the benchmarks share: commands run in turns, each measured against a yardstick of the same rounds.

Absolute times say little on a busy machine. A ratio is taken within a round, so what slows the machine down slows
both sides; of the rounds the median counts. Nothing here asserts.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

CHRONIC = [sys.executable, "-m", "chronic"]
"""The program as installed beside this interpreter, its bytecode compiled by the first (warming) run."""


class Run(NamedTuple):
    """One whole process: seconds on the wall, the most memory it ever held in MiB, seconds of the processor."""

    seconds: float
    peak_mib: float
    cpu: float


def run(command: Sequence[str], out: Path | None = None, okay: Sequence[int] = (0,)) -> Run:
    """Run one command to its end, stdout into a file or nowhere. Raises RuntimeError for an exit code not in `okay`.

    The peak is the kernel's figure, which counts the parent's memory as it was when the child began: keep a benchmark
    itself small. It is in KiB on Linux.
    """
    with open(out or os.devnull, "wb") as stream:
        start = perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stream)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in okay:
        raise RuntimeError(f"exit {process.returncode}: {' '.join(command)}")
    return Run(seconds, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)


def paired(
    commands: Mapping[str, Sequence[str]], rounds: int, before: Callable[[str], object] = lambda name: None
) -> dict[str, list[Run]]:
    """name -> its run in each round. `before` is called with the name before each run and is not timed."""
    found: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            before(name)
            found[name].append(run(command))
    return found


def ratios(
    runs: Mapping[str, Sequence[Run]], to: str, of: Callable[[Run], float] = attrgetter("seconds")
) -> dict[str, float]:
    """name -> the median over the rounds of its time / the yardstick's time in the same round."""
    return {
        name: median(of(own) / of(base) for own, base in zip(each, runs[to], strict=True)) for name, each in runs.items()
    }


def seconds(runs: Sequence[Run]) -> float:
    return median(one.seconds for one in runs)


def peak(runs: Sequence[Run]) -> float:
    return max(one.peak_mib for one in runs)


def print_table(title: str, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """First column left, the others right; floats with two decimals."""
    cells = [[f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row] for row in (headers, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    print(f"\n{title}")
    for first, *others in cells:
        print("  ".join([first.ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(others, widths[1:], strict=True))]))


def print_runs(title: str, runs: Mapping[str, Sequence[Run]], to: str) -> None:
    """The usual table. Where others use the machine too, the ratio of processor time is the steadier one."""
    times, cpu = ratios(runs, to), ratios(runs, to, attrgetter("cpu"))
    rows = [(name, seconds(each), times[name], cpu[name], round(peak(each))) for name, each in runs.items()]
    print_table(title, ("", "s", f"/ {to}", "the same, cpu", "peak MiB"), rows)
