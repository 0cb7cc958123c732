"""Three timetables, each with its own quoting. The only place where the program starts another one.

systemd and Windows make up for a night the computer slept through. cron does not, so a second line asks once an hour
for the rest of the day whether the day's lists are there.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from datetime import time
from hashlib import blake2b
from html import escape
from pathlib import Path
from shlex import quote
from tempfile import TemporaryDirectory
from typing import NamedTuple

from chronic.errors import ProblemsFound

_CONTROL = r"[\x00-\x1f\x7f]"
_TIMEOUT_S = 30


class Job(NamedTuple):
    """What to run every day, and when by the computer's clock. `registry` is absolute."""

    command: tuple[str, ...]
    registry: Path
    at: time

    @property
    def name(self) -> str:
        return f"chronic-nightly-{blake2b(os.fsencode(self.registry), digest_size=4).hexdigest()}"


class Timetable(NamedTuple):
    """`unsayable`: what no entry of this kind can hold. `install` gives the code of a sentence worth adding, or ''."""

    unsayable: re.Pattern[str]
    text: Callable[[Job], str]
    holds: Callable[[Job], bool]
    install: Callable[[Job], str]
    remove: Callable[[Job], None]


def _start(program: str, *args: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run a program of the system, in English. Raises ProblemsFound."""
    path = shutil.which(program)
    if path is None:
        raise ProblemsFound("schedule.missing", program=program)
    try:
        around = {**os.environ, "LC_ALL": "C"}
        return subprocess.run([path, *args], input=given, capture_output=True, env=around, timeout=_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProblemsFound("schedule.refused", program=program, problem=error) from None


def _must(program: str, *args: str, given: bytes = b"") -> None:
    run = _start(program, *args, given=given)
    if run.returncode:
        raise _refused(program, run)


def _refused(program: str, run: subprocess.CompletedProcess[bytes]) -> ProblemsFound:
    said = (run.stderr or run.stdout).decode(errors="replace").split("\n")[0].strip()
    return ProblemsFound("schedule.refused", program=program, problem=said or f"exit {run.returncode}")


# crontab ------------------------------------------------------------------------------------------


def _cron_text(job: Job) -> str:
    """% begins the input of a command, inside quotes too, unless a backslash stands before it."""
    command = " ".join(map(quote, job.command)).replace("%", r"\%")
    quiet = f">/dev/null # {job.name}"
    lines = [f"{job.at.minute} {job.at.hour} * * * {command} {quiet}\n"]
    if job.at.hour < 23:
        lines.append(f"{job.at.minute} {job.at.hour + 1}-23 * * * {command} --once {quiet}\n")
    return "".join(lines)


def _crontab() -> bytes:
    """The user's crontab. Raises ProblemsFound where it cannot be read, for then it must not be written either."""
    run = _start("crontab", "-l")
    if run.returncode == 0:
        return run.stdout
    if re.search(rb"no crontab|no such file|can't open", run.stderr, re.IGNORECASE):
        return b""
    raise _refused("crontab", run)


def _others(job: Job, crontab: bytes) -> bytes:
    """Everybody else's lines, as they are."""
    lines = crontab.split(b"\n")
    if lines[-1] != b"":
        lines.append(b"")
    return b"\n".join(line for line in lines if not line.rstrip().endswith(f"# {job.name}".encode()))


def _cron_holds(job: Job) -> bool:
    with suppress(ProblemsFound):  # there is no cron, or this user may not have a crontab
        return f"# {job.name}".encode() in _crontab()
    return False


def _cron_install(job: Job) -> str:
    _must("crontab", "-", given=_others(job, _crontab()) + os.fsencode(_cron_text(job)))
    return ""


def _cron_remove(job: Job) -> None:
    _must("crontab", "-", given=_others(job, _crontab()))


# systemd ------------------------------------------------------------------------------------------


def _units(job: Job) -> dict[Path, str]:
    """The two unit files."""
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"
    program, *words = job.command
    command = " ".join([_word(program), *(_word(word.replace("$", "$$")) for word in words)])
    about = f"[Unit]\nDescription=chronic nightly, {job.registry.name.replace('%', '%%')}\n\n"
    timer = f"[Timer]\nOnCalendar=*-*-* {job.at:%H:%M}:00\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n"
    return {
        folder / f"{job.name}.service": f"{about}[Service]\nType=oneshot\nExecStart={command}\n",
        folder / f"{job.name}.timer": about + timer,
    }


def _word(word: str) -> str:
    """One word of ExecStart: % names a property of the unit unless doubled; quotes where anything else is special."""
    word = word.replace("%", "%%")
    if re.fullmatch(r"[\w/.:,=+@%-]+", word):
        return word
    return '"{}"'.format(word.replace("\\", "\\\\").replace('"', '\\"'))


def _wanted(job: Job) -> Path:
    """The link that starts the timer at every login, as `systemctl enable` would make it."""
    *_, timer = _units(job)
    return timer.parent / "timers.target.wants" / timer.name


def _systemd_text(job: Job) -> str:
    return "\n".join(f"# {path}\n{unit}" for path, unit in _units(job).items())


def _systemd_holds(job: Job) -> bool:
    return any(path.exists() for path in _units(job))


def _systemd_install(job: Job) -> str:
    link = _wanted(job)
    try:
        link.parent.mkdir(parents=True, exist_ok=True)
        for path, unit in _units(job).items():
            path.write_text(unit, "utf-8")
        link.unlink(missing_ok=True)
        link.symlink_to(Path("..", link.name))
    except OSError as error:
        raise ProblemsFound("schedule.refused", program=link.parent, problem=error.strerror or error) from None
    return "schedule.log_in" if _told(("daemon-reload",), ("restart", link.name)) else "schedule.next_log_in"


def _systemd_remove(job: Job) -> None:
    link = _wanted(job)
    _told(("stop", link.name))
    for path in (link, *_units(job)):
        path.unlink(missing_ok=True)
    _told(("daemon-reload",))


def _told(*commands: tuple[str, ...]) -> bool:
    """Did the running systemd hear of it? Where none runs (a ssh session, a container) the files still count later."""
    with suppress(ProblemsFound):
        return all(_start("systemctl", "--user", *command).returncode == 0 for command in commands)
    return False


# the Windows task scheduler -----------------------------------------------------------------------

_TASK = """\
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>chronic nightly, {registry}</Description>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>2026-01-01T{at:%H:%M}:00</StartBoundary>
      <Enabled>true</Enabled>
      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT2H</ExecutionTimeLimit>
    <Enabled>true</Enabled>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{program}</Command>
      <Arguments>{arguments}</Arguments>
    </Exec>
  </Actions>
</Task>
"""


def _task(job: Job) -> str:
    program, *words = job.command
    return _TASK.format(
        registry=escape(job.registry.name, quote=False),
        at=job.at,
        program=escape(program, quote=False),
        arguments=escape(subprocess.list2cmdline(words), quote=False),
    )


def _task_text(job: Job) -> str:
    """Without an encoding in its head, the file may be saved in UTF-8 or in UTF-16."""
    how = f"<!-- schtasks /Create /TN {job.name} /XML nightly.xml /F -->"
    return f'<?xml version="1.0"?>\n{how}\n{_task(job)}'


def _task_holds(job: Job) -> bool:
    return shutil.which("schtasks") is not None and _start("schtasks", "/Query", "/TN", job.name).returncode == 0


def _task_install(job: Job) -> str:
    with TemporaryDirectory() as folder:
        file = Path(folder, "task.xml")
        file.write_text(f'<?xml version="1.0" encoding="UTF-16"?>\n{_task(job)}', "utf-16", newline="\r\n")
        _must("schtasks", "/Create", "/TN", job.name, "/XML", str(file), "/F")
    return ""


def _task_remove(job: Job) -> None:
    _must("schtasks", "/Delete", "/TN", job.name, "/F")


TIMETABLES = {
    # cron's own use of the backslash differs from one cron to the next
    "crontab": Timetable(re.compile(rf"{_CONTROL}|\\"), _cron_text, _cron_holds, _cron_install, _cron_remove),
    "systemd": Timetable(re.compile(_CONTROL), _systemd_text, _systemd_holds, _systemd_install, _systemd_remove),
    # the scheduler fills these in, and knows no way to write them as they are
    "schtasks": Timetable(re.compile(rf"{_CONTROL}|%[^%]+%|\$\("), _task_text, _task_holds, _task_install, _task_remove),
}
