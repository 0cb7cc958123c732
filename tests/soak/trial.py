"""Given one hostile input after the other: what the program made of it, and whether the registry is still what it may be."""

import argparse
import json
import os
import shlex
import shutil
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import NamedTuple, NoReturn, Protocol

from chronic.model.unseen import harmful
from tests.runner import TODAY
from tests.soak import forked, goods

CODES = (0, 1, 2, 3, 10, 20, 21, 30)
_WRITTEN = (0, 3, 30)
"""Exit codes after which something may have been written."""
_ONE_IN = 500
_TALK = 20_000  # characters of complaints


class Input(NamedTuple):
    """A command line. `registry`: the file it is about, where that is not the usual one. `honest`: may be taken."""

    kind: str
    args: list[str]
    registry: Path | None = None
    honest: bool = True


class Told(NamedTuple):
    """What became of one input; `wrong`: what is wrong with that, "" if nothing."""

    number: int
    kind: str
    code: int
    seconds: float
    grown: int
    wrong: str


def soak(told: str, n: int, inputs: Callable[[Path, Path, int], "Inputs"], trial: "type[Trial] | None" = None) -> NoReturn:
    """A script: its options, its workers, its figures. `n`: so many, if nothing else is said."""
    parser = argparse.ArgumentParser(description=told, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=n)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", type=int)
    parser.add_argument("--keep", type=Path, help="a folder for the files of what went wrong")
    asked = parser.parse_args()
    forked.without_power()
    with forked.ground() as folder:
        good = goods.made(folder, asked.people)

        def begun(worker: int) -> Trial:
            here = folder / f"worker{worker}" / "here"
            ground = forked.Ground(here, ("en", "zh")[worker % 2])
            return (trial or Trial)(ground, good, inputs(good, here, asked.seed))

        if asked.only is not None:
            one = begun(asked.only % asked.workers)
            print(one.told(asked.only), one.ran.out, one.ran.err, sep="\n")
            raise SystemExit
        numbers, began = range(asked.first, asked.first + asked.n), monotonic()

        def work(worker: int, mine: range) -> None:
            one = begun(worker)
            with open(folder / f"told.{worker}", "w", encoding="utf-8") as out:
                for number in mine:
                    told = one.told(number)
                    out.write(json.dumps(told) + "\n")
                    out.flush()
                    if told.wrong:
                        print(told, flush=True)
                        if asked.keep:
                            shutil.copytree(one.kept, asked.keep / str(number), dirs_exist_ok=True)

        ended = forked.shared(numbers, asked.workers, work)
        every = [Told(*json.loads(line)) for file in folder.glob("told.*") for line in file.open(encoding="utf-8")]
        raise SystemExit(_summed(every, monotonic() - began) or any(ended) or len(every) != asked.n)


def _summed(every: list[Told], seconds: float) -> bool:
    kinds = defaultdict[str, list[Told]](list)
    for told in every:
        kinds[told.kind].append(told)
    print(f"{len(every)} inputs in {seconds:.0f} s, {1000 * seconds / len(every):.1f} ms each")
    print(f"{'':<10}{'inputs':>8}{'slowest s':>11}{'most MB':>9}{'wrong':>7}  exit codes")
    for kind, some in sorted(kinds.items(), key=lambda pair: -len(pair[1])):
        codes = dict(sorted(Counter(told.code for told in some).items()))
        slowest, most = max(told.seconds for told in some), max(told.grown for told in some)
        print(f"{kind:<10}{len(some):>8}{slowest:>11.2f}{most:>9}{sum(bool(told.wrong) for told in some):>7}  {codes}")
    return any(told.wrong for told in every)


class Inputs(Protocol):
    def of(self, number: int) -> Input: ...


class Trial:
    """One worker: its ground, its inputs, and what the registry was."""

    def __init__(self, ground: forked.Ground, good: Path, inputs: "Inputs") -> None:
        self.ground, self._inputs = ground, inputs
        self._whole = (good / "registry.db").read_bytes()
        (ground.folder / "registry.db.key").write_bytes((good / "registry.db.key").read_bytes())
        ground.path.write_bytes(self._whole)
        self._rows = dump(ground.path)
        self.ran, self.kept = forked.Ran(0, 0.0, 0, "", ""), ground.folder
        forked.warm(ground.lang)
        ground.ready(_rehearsed(good), TODAY)
        self._as_before()

    allowed: tuple[str, ...] = ()
    """Parts of `check` in which something may be found after what was taken; after a bundle contradictions always: two
    registries may each be right, and both together not; somebody decides."""

    def told(self, number: int) -> Told:
        given = self._inputs.of(number)
        before = given.registry.read_bytes() if given.registry is not None else b""
        run = self.ground.process if number % _ONE_IN == 0 else self.ground.forked
        self.ran = ran = run(given.args, TODAY)
        problem = self.wrong(given, before)
        if problem:
            self.kept = self.ground.folder.with_name("kept")
            shutil.rmtree(self.kept, ignore_errors=True)
            shutil.copytree(self.ground.folder, self.kept)
            if given.registry is not None:
                (self.kept / "given").write_bytes(before)
        self._as_before()
        return Told(
            number, given.kind, ran.code, ran.seconds, ran.grown, problem and f"{problem} {shlex.join(given.args)[:400]}"
        )

    def wrong(self, given: Input, before: bytes) -> str:
        ran = self.ran
        if trace := self.traced():
            return trace
        if ran.code in forked.LATE:
            return "late"
        said = ran.out + ran.err
        if ran.code not in CODES or "Traceback" in said:
            return f"exit {ran.code} {ran.err[-900:]}"
        if ran.code not in (0, 3, 30) and not ran.err.strip() and not ran.out.strip():
            return f"exit {ran.code} and not a word"
        if len(ran.err) > _TALK:
            return f"{len(ran.err)} characters of complaints"
        if found := harmful().search(said.replace("\n", "")):
            return f"{found[0]!r} reaches the screen"
        if ran.grown > forked.MOST_MB:
            return f"{ran.grown} MB"
        if ran.left:
            return "a process is left behind"
        if given.registry is not None and ran.code not in _WRITTEN and before != given.registry.read_bytes():
            return f"refused with {ran.code} and changed the registry given"
        return self.unlike(given)

    def traced(self) -> str:
        """The end of the program's own traceback, if it wrote one."""
        log = self.ground.log
        if not log.exists():
            return ""
        trace = log.read_text("utf-8")
        log.unlink()
        return trace[-900:]

    def unlike(self, given: Input) -> str:
        """What is wrong with the registry itself."""
        path = self.ground.path
        wal = path.with_name(f"{path.name}-wal")
        if wal.exists() and wal.stat().st_size:
            return "a log is left behind"
        if path.read_bytes() == self._whole:
            return ""
        with closing(sqlite3.connect(path)) as db:
            if db.execute("PRAGMA quick_check").fetchall() != [("ok",)] or db.execute("PRAGMA foreign_key_check").fetchall():
                return "the registry is not whole"
        if self.ran.code not in _WRITTEN and dump(path) != self._rows:
            return f"refused with {self.ran.code} and changed all the same"
        if self.ran.code == 0:
            run = self.ground.forked(["check", "--format", "json"], TODAY)
            found = json.loads(run.out)["rows"] if run.code in (0, 30) else [{"part": "none"}]
            allowed = (*self.allowed, *(["contradictions"] if given.kind == "bundle" else []))
            if any(row["part"] not in allowed for row in found):
                return f"taken, and then check says: {run.out} {run.err}"
        return ""

    def _as_before(self) -> None:
        here = self.ground.folder
        kept = {"registry.db", "registry.db.key"}
        for path in [path for path in here.iterdir() if path.name not in kept]:
            _away(path)
        if self.ground.path.read_bytes() != self._whole:
            self.ground.path.write_bytes(self._whole)


def _rehearsed(good: Path) -> list[list[str]]:
    files = [*sorted(good.glob("*.csv")), *sorted(good.glob("*.xlsx")), good / "all.json"]
    looks = [["today"], ["check"], ["person", "show", "1"], ["bundle", "show", str(good / "plain.bundle")]]
    return [
        *looks,
        ["bundle", "merge", "--dry-run", str(good / "whole.bundle")],
        *(["import", str(file), "--dry-run"] for file in files),
    ]


def dump(path: Path) -> str:
    """Every row of every table."""
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as db:
        return "\n".join(db.iterdump())


def _away(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        for inside in path.iterdir():
            _away(inside)
        os.rmdir(path)
    else:
        path.unlink()
