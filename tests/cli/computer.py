"""A computer to install a nightly run on: small programs stand where crontab, systemctl and schtasks would."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.runner import Chronic, Run

ODD = '下各 村 100% "a" it\'s $HOME & <b>'
posix = pytest.mark.skipif(os.name == "nt", reason="the programs stood in for here are scripts")

CRONTAB = """\
import sys
from pathlib import Path

table = Path(__file__).with_name("table")
if sys.argv[1:] == ["-l"]:
    if not table.exists():
        sys.exit("no crontab for li")
    sys.stdout.buffer.write(table.read_bytes())
elif sys.argv[1:] == ["-"]:
    table.write_bytes(sys.stdin.buffer.read())
else:
    sys.exit(2)
"""
LOGGING = """\
import sys
from pathlib import Path

with Path(__file__).with_name("said").open("a") as out:
    out.write(" ".join(sys.argv[1:]) + "\\n")
if "/XML" in sys.argv:
    Path(__file__).with_name("task.xml").write_bytes(Path(sys.argv[sys.argv.index("/XML") + 1]).read_bytes())
task = Path(__file__).with_name("task.xml")
if "/Delete" in sys.argv:
    task.unlink()
sys.exit("/Query" in sys.argv and not task.exists())
"""


class Computer:
    """A computer of its own: the programs on its PATH, its configuration, and a registry in a folder."""

    def __init__(self, chronic: Chronic, folder: Path) -> None:
        self.bin, self.config = folder / "bin", folder / "config"
        self.chronic, self.runtime = chronic, folder / "runtime"
        self.bin.mkdir()

    def has(self, name: str, script: str) -> None:
        program = self.bin / name
        program.write_text(f"#!{sys.executable}\n{script}")
        program.chmod(0o755)

    def install(self, *args: object, lang: str = "en") -> Run:
        around = {"PATH": str(self.bin), "XDG_CONFIG_HOME": str(self.config), "XDG_RUNTIME_DIR": str(self.runtime)}
        return self.chronic("nightly", "install", *args, lang=lang, **around)

    @property
    def crontab(self) -> str:
        return (self.bin / "table").read_bytes().decode()

    @crontab.setter
    def crontab(self, text: str) -> None:
        (self.bin / "table").write_bytes(text.encode())

    @property
    def units(self) -> list[str]:
        return sorted(path.name for path in self.config.rglob("chronic-nightly-*"))

    @property
    def said(self) -> list[str]:
        return (self.bin / "said").read_text("utf-8").splitlines()


def odd(chronic: Chronic, folder: Path) -> Computer:
    """Its registry lies where every character is one that some timetable treats as special."""
    place = folder / ODD
    place.mkdir()
    moved = Chronic(place)
    shutil.copy(chronic.path, moved.path)
    moved.person("王秀兰", "--htn-enrolled-on", "2026-05-01")
    return Computer(moved, folder)
