"""The mutants of some modules, each in a child of its own."""

import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.mutate import children
from tests.mutate.changes import Mutant, mutants
from tests.mutate.code import codes, fitting, functions

OPTIONS = ["-o", "addopts=--import-mode=importlib", "-p", "no:terminal", "-p", "no:cacheprovider", "-s"]
_SECONDS = 20
"""What a mutant may take beside three for each of its tests: a change may make a loop endless."""


class Result(NamedTuple):
    """How one module did."""

    name: str
    path: Path
    killed: int
    equivalent: int
    survivors: list[Mutant]
    seconds: float

    @property
    def counts(self) -> tuple[str, int, int, int, int]:
        """Name, mutants, killed, survivors, left out as equivalent."""
        survived = len(self.survivors)
        return self.name, self.killed + survived + self.equivalent, self.killed, survived, self.equivalent


class Mutation:
    """A pytest plugin: in place of the tests, the mutants of these modules; `told` is called with the result of each.

    `equivalent`: (module, function, line, change) of those to leave out. `sample`: so many of each module, 0 for all.
    """

    sample = seed = 0

    def __init__(
        self,
        modules: dict[str, Path],
        tests: list[str],
        equivalent: set[tuple[str, str, str, str]],
        jobs: int,
        told: Callable[[Result], None],
    ) -> None:
        self.modules, self.tests, self.equivalent, self.jobs, self.told = modules, tests, equivalent, jobs, told
        # read now: who edits meanwhile disturbs nothing
        self.sources = {name: path.read_text("utf-8") for name, path in modules.items()}
        self.results: list[Result] = []

    def pytest_configure(self) -> None:
        from hypothesis import Phase, settings  # pytest wants to be there first

        settings.register_profile("mutate", database=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
        settings.load_profile("mutate")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        files = [str(path) for path in self.modules.values()]
        self.runs = {} if session.testsfailed else children.answer(lambda: children.recorded(session, files)) or {}
        for name, path in self.modules.items() if self.runs else ():
            self.results.append(self._module(session, name, path))
            self.told(self.results[-1])
        return True

    def _module(self, session: pytest.Session, name: str, path: Path) -> Result:
        begun, source = time.monotonic(), self.sources[name]
        found = list(mutants(source, str(path)))
        if self.sample:
            found = random.Random(self.seed).sample(found, min(self.sample, len(found)))
        wanted = [mutant for mutant in found if (name, mutant.where, mutant.text, mutant.change) not in self.equivalent]
        there = functions(compile(source, path, "exec"), path)
        works = ((mutant, partial(self._survives, session, path, mutant, there)) for mutant in wanted)
        survivors = sorted(self._survivors(works), key=lambda mutant: mutant.line)
        killed = len(wanted) - len(survivors)
        return Result(name, path, killed, len(found) - len(wanted), survivors, time.monotonic() - begun)

    def _survivors(self, works: Iterator[tuple[Mutant, Callable[[], bool]]]) -> Iterator[Mutant]:
        """The mutants whose child says so; never more children at a time than jobs."""
        running: dict[int, tuple[Mutant, str]] = {}
        for work in [*works, *[None] * self.jobs]:
            if running and (work is None or len(running) == self.jobs):
                pid, status = os.wait()
                mutant, folder = running.pop(pid)
                shutil.rmtree(folder, ignore_errors=True)
                if status == 0:
                    yield mutant
            if work is not None:
                folder = tempfile.mkdtemp(prefix="mutate-")
                running[children.fork(work[1], folder)] = work[0], folder

    def _survives(
        self, session: pytest.Session, path: Path, mutant: Mutant, there: list[tuple[children.Function, int]]
    ) -> bool:
        """In a child: does every test pass with the mutant?"""
        run, changed = self.runs[str(path)], codes(mutant.code)
        places = dict.fromkeys(place for line in mutant.lines for place in run.get(line, ()))
        signal.alarm(_SECONDS + 3 * (len(places) or len(session.items)))
        if not mutant.where or not places or not fitting(there, changed):  # what runs when the module is read, if at all
            return children.anew(path, mutant.code, [*OPTIONS, "-x", *self.tests])
        for function, at in there:
            function.__code__ = changed[at]
        return all(children.passes(session, place) for place in places)
