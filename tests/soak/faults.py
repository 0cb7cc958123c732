"""A disk that fails: `check` is clean afterwards, and exactly what was acknowledged is there.

    python -m tests.soak.faults [--each 20] [--people 60]

The n-th write, then the n-th sync, of a command fails, once or from then on, for many n; needs cc and a glibc Linux
(fail.c is put before the program). Besides: files may grow no further, and a registry that is write-protected.
"""

import argparse
import contextlib
import ctypes
import errno
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from chronic.errors import RegistryUnusable
from tests.soak import clinic
from tests.soak.case import Case
from tests.soak.kills import cases

SOURCE = Path(__file__).with_name("fail.c")
TOP = SOURCE.resolve().parents[2]
_CODES = {0, 2, 10, 30}
_LIMIT, _NOBODY = "SOAK_LIMIT", "SOAK_NOBODY"


class Fault(NamedTuple):
    """What fails: `on` w (writes) or s (syncs), with which error, and whether it stays so."""

    name: str
    on: str
    errno: int
    stays: bool


FAULTS = (
    Fault("one write", "w", errno.EIO, stays=False),
    Fault("disk full", "w", errno.ENOSPC, stays=True),
    Fault("one sync", "s", errno.EIO, stays=False),
    Fault("all syncs", "s", errno.EIO, stays=True),
)


def shim(folder: Path) -> Path:
    """fail.c compiled."""
    made = folder / "fail.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", made, SOURCE, "-ldl"], check=True)
    return made


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--each", type=int, default=20, help="moments of each fault in each kind of work")
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--only", default="", help="the kind of work")
    asked = parser.parse_args()
    if shutil.which("cc") is None:
        raise SystemExit("there is no cc to compile fail.c with")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library = shim(folder)
        every = [case for case in cases(folder, asked.people) if asked.only in case.name]
        print(f"{'':<14}{'fault':<12}{'calls':>7}{'moments':>9}{'refused':>9}{'wrong':>7}")
        failures = 0
        for case in every:
            for fault in FAULTS:
                failures += tried(folder, library, case, fault, asked.each)
            failures += limited(folder, case, asked.each)
        failures += protected(every)
    raise SystemExit(bool(failures))


def tried(folder: Path, library: Path, case: Case, fault: Fault, each: int) -> int:
    around = {
        "LD_PRELOAD": str(library), "FAIL_UNDER": str(folder / "working"), "FAIL_COUNT": str(folder / "count"),
        "FAIL_ON": fault.on, "FAIL_ERRNO": str(fault.errno), "FAIL_STAYS": str(int(fault.stays)),
    }  # fmt: skip
    _run(case, {**around, "FAIL_AT": "0"})
    calls = int((folder / "count").read_text())
    moments = sorted({1 + n * calls // each for n in range(each)} & set(range(1, calls + 1)))
    ended = Counter[bool]()
    wrong = 0
    for moment in moments:
        code, problem = _run(case, {**around, "FAIL_AT": str(moment)})
        ended[code != 0] += 1
        if problem:
            wrong += 1
            print(f"{case.name}, {fault.name}, call {moment}: exit {code}, {problem}")
    print(f"{case.name:<14}{fault.name:<12}{calls:>7}{len(moments):>9}{ended[True]:>9}{wrong:>7}")
    return wrong


def limited(folder: Path, case: Case, each: int) -> int:
    """No file may grow beyond so many bytes."""
    size = case.village.stat().st_size
    ended, wrong = Counter[bool](), 0
    limits = [size * n // each for n in range(1, each + 1)]
    for limit in limits:
        code, problem = _run(case, {_LIMIT: str(limit)})
        ended[code != 0] += 1
        if problem:
            wrong += 1
            print(f"{case.name}, files up to {limit} bytes: exit {code}, {problem}")
    print(f"{case.name:<14}{'size limit':<12}{'':>7}{len(limits):>9}{ended[True]:>9}{wrong:>7}")
    return wrong


def protected(every: list[Case]) -> int:
    """A registry nobody may write: reading goes on, writing says so. Root may all the same, so it is kept from that."""
    wrong = 0
    for case in every:
        with clinic.working(case.village) as path, _protected(path):
            before = path.read_bytes()
            run = _child(case, path, {_NOBODY: "1"})
            code, lines = run.returncode, run.stderr.splitlines()
            if code not in (2, 10, 30) or any("Traceback" in line for line in lines) or path.read_bytes() != before:
                wrong += 1
                print(f"{case.name}, write-protected: exit {code}, {run.stderr}")
    print(f"{'all of them':<14}{'protected':<12}{'':>7}{len(every):>9}{len(every) - wrong:>9}{wrong:>7}")
    return wrong


@contextlib.contextmanager
def _protected(path: Path) -> Iterator[None]:
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        yield
    finally:
        path.parent.chmod(0o700)
        path.chmod(0o600)


def _run(case: Case, around: dict[str, str]) -> tuple[int, str]:
    """The exit code, and what is wrong after it."""
    with clinic.working(case.village) as path:
        run = _child(case, path, around)
        try:
            problem = case.found(path, run.stdout)
        except (RegistryUnusable, AssertionError, sqlite3.Error) as error:
            problem = str(error)
        if "Traceback" in run.stderr or run.returncode not in _CODES:
            problem += f" {run.stderr}"
        return run.returncode, problem


def _child(case: Case, path: Path, around: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tests.soak.clinic", str(path), json.dumps(case.lines)]
    limit = int(around.get(_LIMIT, 0))

    def before() -> None:
        if limit:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        if _NOBODY in around and os.getuid() == 0:
            for capability in (1, 2):  # to write and to read what the bits of a file forbid; lost with the exec
                ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)

    return subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(TOP), "PYTHONDONTWRITEBYTECODE": "1", **around}, check=False,
        capture_output=True, text=True, encoding="utf-8", preexec_fn=before if limit or _NOBODY in around else None,
    )  # fmt: skip


if __name__ == "__main__":
    main()
