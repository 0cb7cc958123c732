"""What happens in a forked child: it says nothing, leaves nothing behind, and forgets everything."""

import functools
import gc
import os
import pickle
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest

TOP = Path(__file__).resolve().parent.parent.parent
Function = FunctionType
Lines = dict[int, list[int]]
"""Line -> places of the tests that run it, the quickest first."""
_MEMORY = 4 * 2**30


def fork(survives: Callable[[], bool], folder: str) -> int:
    """The number of a child that ends with 0 when its mutant survives. Its files are in that folder."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        _quietly(folder)
        code = 0 if survives() else 1
    finally:
        os._exit(code)


def answer(work: Callable[[], Any]) -> Any:
    """What comes of some work that must leave no trace here; None where it failed."""
    with tempfile.TemporaryDirectory(prefix="mutate-") as folder:
        path = Path(folder) / "answer"
        os.waitpid(fork(lambda: bool(path.write_bytes(pickle.dumps(work()))), folder), 0)
        return pickle.loads(path.read_bytes()) if path.exists() else None


def passes(session: pytest.Session, place: int) -> bool:
    """Run one test."""
    item = session.items[place]
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
    return not session.testsfailed


def recorded(session: pytest.Session, files: list[str]) -> dict[str, Lines]:
    """Which test runs which line of these files. Raises AssertionError where a test fails as it is."""
    found: dict[str, dict[int, list[tuple[float, int]]]] = {file: {} for file in files}
    now: set[tuple[str, int]] = set()

    def inside(frame: FrameType, event: str, told: object) -> Callable[..., Any]:
        now.add((frame.f_code.co_filename, frame.f_lineno))
        return inside

    def outside(frame: FrameType, event: str, told: object) -> Callable[..., Any] | None:
        return inside(frame, event, told) if frame.f_code.co_filename in found else None

    caches = _caches()
    for place in range(len(session.items)):
        for cached in caches:
            cached.cache_clear()
        begun = time.monotonic()
        sys.settrace(outside)
        passed = passes(session, place)
        sys.settrace(None)
        assert passed, session.items[place].nodeid
        for file, line in now:
            found[file].setdefault(line, []).append((time.monotonic() - begun, place))
        now.clear()
    return {file: {line: [place for _, place in sorted(run)] for line, run in its.items()} for file, its in found.items()}


def anew(path: Path, code: CodeType, arguments: list[str]) -> bool:
    """Do the tests pass in a program that has this code in place of a module's own?"""
    wanted = ".".join(path.relative_to(TOP).with_suffix("").parts)

    class Loader(SourceFileLoader):
        def get_code(self, fullname: str) -> CodeType:
            return code

    class Finder:
        @staticmethod
        def find_spec(name: str, *_: object) -> ModuleSpec | None:
            return spec_from_file_location(name, path, loader=Loader(name, str(path))) if name == wanted else None

    for name in [name for name in sys.modules if name.split(".")[0] in ("chronic", "tests")]:
        del sys.modules[name]
    sys.meta_path.insert(0, Finder)
    return pytest.main(arguments) == 0


def _quietly(folder: str) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.environ["PYTEST_DEBUG_TEMPROOT"] = tempfile.tempdir = folder
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    for cached in _caches():
        cached.cache_clear()


def _caches() -> list[Any]:
    """What the rules remember from one call to the next."""
    every = [one for one in gc.get_objects() if isinstance(one, functools._lru_cache_wrapper)]
    return [cached for cached in every if cached.__module__.startswith("chronic.rules")]
