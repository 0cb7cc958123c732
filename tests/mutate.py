"""Would the tests notice a wrong rule? `python -m tests.mutate [MODULE …]` changes the rules, one place at a time, and looks.

Nothing is written: a mutant lives in a child process, which is forked after the tests have been collected once, takes
the changed code into its own memory and runs the tests that come by the changed lines until one of them fails. A mutant
that no test notices is a survivor: a case is missing, or the code does nothing there, or the change changes nothing.
The last are listed with the reason in tests/rules/equivalent.toml and left out. The exit code is 1 when more than one
mutant in twenty survives.
"""

import argparse
import functools
import gc
import os
import pickle
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, NamedTuple

import pytest

from tests.mutants import Mutant, mutants

TOP = Path(__file__).resolve().parent.parent
RULES = TOP / "chronic" / "rules"
EQUIVALENT = TOP / "tests" / "rules" / "equivalent.toml"
MOST = 0.05
TESTS = (
    "tests/rules/test_cases.py", "tests/rules", "tests/office/test_risk_cases.py",
    "--ignore=tests/rules/test_properties.py", "--ignore=tests/rules/test_no_numbers.py",
)  # fmt: skip
"""The rules' own tests. Those with made-up histories are left out: what they find by chance is to be a case."""
_MEMORY = 4 * 2**30
_SECONDS = 20
"""What a mutant may take beside three times the time of its tests: a change may make a loop endless."""

Lines = dict[int, list[int]]
"""Line -> places of the tests that run it, the quickest first."""


class Result(NamedTuple):
    """How one module did."""

    path: Path
    all: int
    killed: int
    equivalent: int
    survivors: list[Mutant]
    seconds: float

    def __str__(self) -> str:
        row = _name(self.path), self.all, self.killed, len(self.survivors), self.equivalent, f"{self.seconds:.0f}"
        where = self.path.relative_to(TOP)
        return "\n".join([
            _LINE.format(*row), *(f"  {where}:{one.line} {one.where or '-'}: {one.change}" for one in self.survivors)
        ])  # fmt: skip


class Mutation:
    """A pytest plugin: in place of the tests, their mutants."""

    def __init__(self, paths: list[Path], tests: list[str], sample: int, seed: int, jobs: int) -> None:
        self.sources = {path: path.read_text("utf-8") for path in paths}
        self.tests, self.sample, self.seed, self.jobs = tests, sample, seed, jobs
        self.known = {(row["module"], row["in"], row["change"]) for row in _equivalents()}
        self.results: list[Result] = []

    def pytest_configure(self) -> None:
        from hypothesis import Phase, settings  # pytest wants to be there first

        settings.register_profile("mutate", database=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
        settings.load_profile("mutate")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Interrupted("the tests cannot be collected")
        run = _in_child(lambda: _recorded(session, list(self.sources)))
        print(f"{len(session.items)} tests")
        for path, source in self.sources.items():
            self.results.append(self._module(session, path, source, run[str(path)]))
            print(self.results[-1], flush=True)
        return True

    def _module(self, session: pytest.Session, path: Path, source: str, run: Lines) -> Result:
        begun, seen, name = time.monotonic(), 0, _name(path)
        found = list(mutants(source, str(path)))
        if self.sample:
            picked = random.Random(self.seed).sample(found, min(self.sample, len(found)))
            found = [mutant for mutant in found if mutant in picked]
        wanted = [mutant for mutant in found if (name, mutant.where, mutant.change) not in self.known]
        functions = _functions(compile(source, path, "exec"), path)
        running: dict[int, tuple[Mutant, str]] = {}
        survivors: list[Mutant] = []
        for mutant in [*wanted, *[None] * self.jobs]:
            if running and (mutant is None or len(running) == self.jobs):
                seen += 1
                pid, status = os.wait()
                done, folder = running.pop(pid)
                shutil.rmtree(folder, ignore_errors=True)
                if status == 0:
                    survivors.append(done)
            if mutant is not None:
                folder = tempfile.mkdtemp(prefix="mutate-")
                running[_fork(functools.partial(self._survives, session, path, mutant, run, functions), folder)] = (
                    mutant,
                    folder,
                )
        survivors.sort(key=lambda mutant: mutant.line)
        return Result(path, len(found), seen - len(survivors), len(found) - len(wanted), survivors, time.monotonic() - begun)

    def _survives(
        self, session: pytest.Session, path: Path, mutant: Mutant, run: Lines, functions: list[tuple[FunctionType, int]]
    ) -> bool:
        """In a child: does every test pass with the mutant?"""
        codes = _codes(mutant.code)
        fits = all(len(codes[at].co_freevars) == len(function.__code__.co_freevars) for function, at in functions)
        places = dict.fromkeys(place for line in mutant.lines for place in run.get(line, ()))
        if not fits or not places:  # what runs when the module is read, if at all
            return _anew(path, mutant.code, self.tests)
        for function, at in functions:
            function.__code__ = codes[at]
        signal.alarm(_SECONDS + 3 * len(places))
        return all(_passes(session, place) for place in places)


_LINE = "{:<16}{:>8}{:>8}{:>11}{:>12}{:>6}"


# in a child ---------------------------------------------------------------------------------------


def _fork(survives: Callable[[], bool], folder: str) -> int:
    """A child that ends with 0 when the mutant survives; its files are in that folder, and it says nothing."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        _quietly(folder)
        code = 0 if survives() else 1
    finally:
        os._exit(code)


def _in_child(work: Callable[[], Any]) -> Any:
    """What comes of some work that must leave no trace here."""
    with tempfile.TemporaryDirectory(prefix="mutate-") as folder:
        answer = Path(folder) / "answer"
        pid = os.fork()
        if not pid:
            try:
                _quietly(folder)
                answer.write_bytes(pickle.dumps(work()))
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        if not answer.exists():
            sys.exit("the tests fail without any mutant: run them first")
        return pickle.loads(answer.read_bytes())


def _quietly(folder: str) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.environ["PYTEST_DEBUG_TEMPROOT"] = tempfile.tempdir = folder
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    for cached in gc.get_objects():
        if isinstance(cached, functools._lru_cache_wrapper) and cached.__module__.startswith("chronic.rules"):
            cached.cache_clear()


def _passes(session: pytest.Session, place: int) -> bool:
    item = session.items[place]
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
    return not session.testsfailed


def _recorded(session: pytest.Session, paths: list[Path]) -> dict[str, Lines]:
    """Which test runs which line, of the modules at these paths."""
    files = {str(path): dict[int, list[tuple[float, int]]]() for path in paths}
    now: set[tuple[str, int]] = set()

    def inside(frame: FrameType, event: str, _: object) -> Callable[..., Any]:
        now.add((frame.f_code.co_filename, frame.f_lineno))
        return inside

    def outside(frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
        return inside(frame, event, _) if frame.f_code.co_filename in files else None

    caches = [one for one in gc.get_objects() if isinstance(one, functools._lru_cache_wrapper)]
    mine = [cached for cached in caches if cached.__module__.startswith("chronic.rules")]
    for place in range(len(session.items)):
        for cached in mine:
            cached.cache_clear()
        begun = time.monotonic()
        sys.settrace(outside)
        passed = _passes(session, place)
        sys.settrace(None)
        if not passed:
            raise AssertionError(session.items[place].nodeid)
        for file, line in now:
            files[file].setdefault(line, []).append((time.monotonic() - begun, place))
        now.clear()
    return {
        file: {line: [place for _, place in sorted(run)] for line, run in found.items()} for file, found in files.items()
    }


def _anew(path: Path, code: CodeType, tests: list[str]) -> bool:
    """Do the tests pass in a program that has this code in place of a module's own?"""

    class Loader(SourceFileLoader):
        def get_code(self, fullname: str) -> CodeType:
            return code

    class Finder:
        @staticmethod
        def find_spec(name: str, *_: object) -> ModuleSpec | None:
            return spec_from_file_location(name, path, loader=Loader(name, str(path))) if name == wanted else None

    wanted = ".".join(path.relative_to(TOP).with_suffix("").parts)
    for name in [name for name in sys.modules if name.split(".")[0] in ("chronic", "tests")]:
        del sys.modules[name]
    sys.meta_path.insert(0, Finder)  # type: ignore[arg-type]
    signal.alarm(30 * _SECONDS)
    return pytest.main([*_OPTIONS, "-x", *tests]) == 0


# the code of a module -----------------------------------------------------------------------------


def _codes(code: CodeType) -> list[CodeType]:
    """The code of a module and of everything in it, always in the same order."""
    return [code, *(inner for const in code.co_consts if isinstance(const, CodeType) for inner in _codes(const))]


def _functions(code: CodeType, path: Path) -> list[tuple[FunctionType, int]]:
    """The functions there are of this module, each with its code's place among `_codes`."""
    places = {(one.co_qualname, one.co_firstlineno, one.co_code): at for at, one in enumerate(_codes(code))}
    found = [one for one in gc.get_objects() if isinstance(one, FunctionType) and one.__code__.co_filename == str(path)]
    return [
        (one, places[one.__code__.co_qualname, one.__code__.co_firstlineno, one.__code__.co_code])
        for one in found
        if one.__module__.startswith("chronic.rules")
    ]


# the command --------------------------------------------------------------------------------------


_OPTIONS = ["-o", "addopts=--import-mode=importlib", "-p", "no:terminal", "-p", "no:cacheprovider", "-s"]


def _equivalents() -> list[dict[str, str]]:
    return tomllib.loads(EQUIVALENT.read_text("utf-8"))["mutant"] if EQUIVALENT.exists() else []


def _name(path: Path) -> str:
    return str(path.relative_to(RULES).with_suffix(""))


def _paths(names: list[str]) -> Iterator[Path]:
    """The modules of these names (`screening`, `risk/who`), all of them where none is named."""
    modules = {_name(path): path for path in sorted(RULES.rglob("*.py")) if path.name != "__init__.py"}
    for name in names or modules:
        if name not in modules:
            sys.exit(f"{name}: no module of the rules; they are {', '.join(modules)}")
        yield modules[name]


def main() -> int:
    """Mutate, and say what survived."""
    parser = argparse.ArgumentParser(description="Change the rules, one place at a time: do the tests notice?")
    parser.add_argument("module", nargs="*", help="such as screening or risk/who; all of them unless named")
    parser.add_argument("--sample", type=int, default=0, help="so many mutants of each module, not all")
    parser.add_argument("--seed", type=int, default=0, help="which sample")
    parser.add_argument("--jobs", type=int, default=2, help="so many at a time")
    parser.add_argument("--tests", nargs="+", default=list(TESTS), help="other tests than those this is made for")
    asked = parser.parse_args()
    os.chdir(TOP)
    os.nice(10)
    mutation = Mutation(list(_paths(asked.module)), asked.tests, asked.sample, asked.seed, asked.jobs)
    print(_LINE.format("module", "mutants", "killed", "survivors", "equivalent", "s"))
    if pytest.main([*_OPTIONS, *asked.tests], plugins=[mutation]) != 0 or not mutation.results:
        return 2
    return _summed_up(mutation.results)


def _summed_up(results: list[Result]) -> int:
    every, survived = sum(one.all - one.equivalent for one in results), sum(len(one.survivors) for one in results)
    print(
        _LINE.format(
            "all", sum(one.all for one in results), every - survived, survived, sum(one.equivalent for one in results), ""
        )
    )
    return int(survived > MOST * every)


if __name__ == "__main__":
    sys.exit(main())
