"""The nightly run on the computer's own timetable: a crontab, a systemd user timer, or the Windows task scheduler.

Every entry carries the name of its registry (a hash of the path), so that two registries on one computer do not
take each other's place.
"""

import os
import shutil
import sys
from collections.abc import Mapping
from datetime import time
from pathlib import Path

from chronic.errors import ValueRefused
from chronic.office.timetables import TIMETABLES, Job

KINDS = tuple(TIMETABLES)


def job(registry: Path, lang: str, out: Path, at: time, full: bool, key_file: str = "") -> Job:
    """The nightly run of a registry, every path absolute: a timetable starts in a folder and a language of its own."""
    registry, out = registry.absolute(), out.absolute()
    options = ["--db", str(registry), "--lang", lang, *(["--key-file", os.path.abspath(key_file)] if key_file else [])]
    options += ["nightly", "--out", str(out), *(["--full"] if full else [])]
    return Job((*program(), *options), registry, at)


def program() -> tuple[str, ...]:
    """How to start this very program: its command if that stands beside this Python, else this Python."""
    python = Path(sys.executable).absolute()
    if getattr(sys, "frozen", False):
        return (str(python),)
    command = python.with_name("chronic.exe" if os.name == "nt" else "chronic")
    return (str(command),) if command.is_file() else (str(python), "-m", "chronic")


def detected(environ: Mapping[str, str]) -> str:
    """The timetable of this computer. systemd before cron: it makes up for a missed night. Raises ValueRefused."""
    if os.name == "nt":
        return "schtasks"
    if shutil.which("systemctl") and Path(environ.get("XDG_RUNTIME_DIR") or "/nowhere", "systemd").is_dir():
        return "systemd"
    if shutil.which("crontab"):
        return "crontab"
    raise ValueRefused("schedule.unknown", kinds=", ".join(KINDS))


def text(job: Job, kind: str) -> str:
    """What is put on the timetable, to read or to paste. Raises ValueRefused (`schedule.unsayable`)."""
    table = TIMETABLES[kind]
    for word in job.command:
        if table.unsayable.search(word):
            raise ValueRefused("schedule.unsayable", text=word, kind=kind)
    return table.text(job)


def install(job: Job, kind: str) -> str:
    """Put the run on one timetable, in place of an earlier entry on any; the code of a sentence worth adding, or ''.

    Raises ValueRefused as `text`, ProblemsFound (`schedule.refused`, `schedule.missing`).
    """
    text(job, kind)
    note = TIMETABLES[kind].install(job)
    for other, table in TIMETABLES.items():
        if other != kind and table.holds(job):
            table.remove(job)
    return note


def remove(job: Job) -> list[str]:
    """Take the registry's run off every timetable; the kinds it was found on. Raises ProblemsFound."""
    found = [kind for kind, table in TIMETABLES.items() if table.holds(job)]
    for kind in found:
        TIMETABLES[kind].remove(job)
    return found
