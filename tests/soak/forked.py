"""Command lines in children of a process that has everything imported: a few milliseconds each instead of a third of a second.

What such a child does not show is start-up: an import that is missing, slow or different in a fresh process. So one in so
many is a process of its own.
"""

import contextlib
import gc
import importlib
import os
import pkgutil
import resource
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import monotonic
from typing import NamedTuple, NoReturn

import chronic
from chronic import i18n

SLOWEST_S, MOST_MB = 10, 500
TOP = Path(chronic.__file__).resolve().parents[1]
_PATIENCE_S = 90
LATE = (-signal.SIGPROF, -signal.SIGALRM)
"""Ended for having worked longer than the first (of the processor's time: others may be busy too), or waited longer than
the second."""
_ROOM = 2 << 30
_READS = "dac_read_search"  # the interpreter may lie in a home of root's own
_LIBRARIES = (
    "python_calamine", "xlsxwriter", "pyrage", "cryptography.hazmat.primitives.asymmetric.ed25519", "sqlcipher3", "keyring",
    "keyring.backends.fail", "keyring.backends.null", "icalendar", "fpdf", "zoneinfo", "tomllib", "gzip", "uuid",
)  # fmt: skip


class Ran(NamedTuple):
    """How it ended. `code`: below 0 the signal that ended it; `grown`: MB beyond what its parent had; `left`: a process
    it began was still there."""

    code: int
    seconds: float
    grown: int
    out: str
    err: str
    left: bool = False


def without_power() -> None:
    """Of root only: begin this script again as nobody. A hostile word may be any path, and root may write everywhere."""
    if os.getuid() != 0:
        return
    words = [
        "setpriv",
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        f"--inh-caps=+{_READS}",
        f"--ambient-caps=+{_READS}",
    ]
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    module = Path(sys.argv[0]).stem
    os.execvp("setpriv", [*words, sys.executable, "-m", f"tests.soak.{module}", *sys.argv[1:]])


@contextlib.contextmanager
def ground() -> Iterator[Path]:
    """A folder in memory where there is one: what is asked here is not how fast the disk is."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name:
        yield Path(name)


def warm(lang: str) -> None:
    """Import every module of the program, in this language, and what it imports late."""
    i18n.activate(lang)
    gc.set_threshold(50_000)  # as main does
    for found in pkgutil.walk_packages(chronic.__path__, "chronic."):
        if not found.name.endswith("__main__"):
            with contextlib.suppress(ImportError):
                importlib.import_module(found.name)
    for name in _LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


class Ground:
    """Where command lines run: a folder, a registry in it, and the environment they see."""

    def __init__(self, folder: Path, lang: str) -> None:
        self.folder, self.lang = folder, lang
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "registry.db"
        self.log = folder / "data" / "chronic" / "chronic-error.log"
        self._out, self._err = (
            os.open(folder.parent / f"{folder.name}.{name}", os.O_RDWR | os.O_CREAT, 0o600) for name in "oe"
        )
        self._none, self._idle = os.open(os.devnull, os.O_RDONLY), 0

    def ready(self, rehearsed: Sequence[Sequence[str]], today: str) -> None:
        """Run these in this very process, so that what is read once and kept is there for every child. A child that does
        nothing then has so much memory, and beyond that a command line grows."""
        from chronic.cli import main

        before, here = dict(os.environ), os.getcwd()
        os.environ.clear()
        os.environ.update(self.around(today))
        os.chdir(self.folder)
        for args in rehearsed:
            with contextlib.suppress(SystemExit), open(os.devnull, "w", encoding="utf-8") as nowhere:
                with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
                    main(args)
        os.chdir(here)
        os.environ.clear()
        os.environ.update(before)
        gc.collect()
        gc.freeze()
        number = os.fork()
        if not number:
            os._exit(0)
        self._idle = os.wait4(number, 0)[2].ru_maxrss

    def around(self, today: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CHRONIC_")}
        ours = {"CHRONIC_DB": str(self.path), "CHRONIC_TODAY": today, "CHRONIC_LANG": self.lang, "HOME": str(self.folder)}
        return {**kept, **ours, "XDG_DATA_HOME": str(self.folder / "data"), "PYTHONPATH": str(TOP)}

    def forked(self, args: Sequence[str], today: str) -> Ran:
        """In a child of this process, by the program's own entry."""
        for stream in (self._out, self._err):
            os.ftruncate(stream, 0)
            os.lseek(stream, 0, os.SEEK_SET)
        began = monotonic()
        number = os.fork()
        if not number:
            self._child(args, today)
        _number, status, used = os.wait4(number, 0)
        return Ran(
            os.waitstatus_to_exitcode(status), monotonic() - began, (used.ru_maxrss - self._idle) >> 10,
            self._said(self._out), self._said(self._err), _left(number),
        )  # fmt: skip

    def process(self, args: Sequence[str], today: str) -> Ran:
        """In a process of its own; what it has grown by is not asked."""
        began = monotonic()
        with subprocess.Popen(
            [sys.executable, "-m", "chronic", *args], cwd=self.folder, env=self.around(today), start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as run:  # fmt: skip
            try:
                out, err = run.communicate(timeout=_PATIENCE_S)
            except subprocess.TimeoutExpired:
                os.killpg(run.pid, signal.SIGKILL)
                out, err = run.communicate()
                return Ran(-signal.SIGALRM, monotonic() - began, 0, out.decode(), err.decode())
        return Ran(run.returncode, monotonic() - began, 0, out.decode(), err.decode(), _left(run.pid))

    def _child(self, args: Sequence[str], today: str) -> NoReturn:
        code = 99
        try:
            os.setpgid(0, 0)
            for late in (signal.SIGPROF, signal.SIGALRM):
                signal.signal(late, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_PROF, SLOWEST_S)
            signal.alarm(_PATIENCE_S)
            room = _virtual() + _ROOM
            resource.setrlimit(resource.RLIMIT_AS, (room, room))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            for here, there in ((self._none, 0), (self._out, 1), (self._err, 2)):
                os.dup2(here, there)
            os.chdir(self.folder)
            os.environ.clear()
            os.environ.update(self.around(today))
            from chronic.cli import main

            main(args)
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        except BaseException:  # nothing is to come out of main but SystemExit
            traceback.print_exc()
        finally:
            with contextlib.suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def _said(self, stream: int) -> str:
        return os.pread(stream, 1 << 24, 0).decode("utf-8", "replace")


def shared(numbers: range, workers: int, work: Callable[[int, range], None]) -> list[int]:
    """The numbers dealt out to so many processes, worker 0 having the first, the ...; their exit codes."""
    children = []
    for worker in range(workers):
        sys.stdout.flush()
        number = os.fork()
        if not number:
            code = 1
            try:
                work(worker, numbers[worker::workers])
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                os._exit(code)
        children.append(number)
    return [os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]) for number in children]


def _left(group: int) -> bool:
    """Is anybody of this group still there? They are ended."""
    try:
        os.killpg(group, signal.SIGKILL)
    except OSError:
        return False
    return True


def _virtual() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
