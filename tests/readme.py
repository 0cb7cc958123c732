"""The README is played: `python -m tests.readme` types its console blocks and writes down what comes; `--check` for CI.

One clinic for each language, in a folder of its own, on the day the blocks themselves set. A block behind a comment
(`<!-- test-command -->`) is not for here: .ci/run types it. A sheet shown with `cat` is a sheet the doctor made:
it is put there as shown. Only the time of day of an entry is not what came: the clock of an entry is always the real one.
"""

import argparse
import contextlib
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.cli.computer import CRONTAB, Computer
from tests.runner import Chronic

README = Path(__file__).resolve().parent.parent / "README.md"
CHINESE = "# 中文说明"
_BLOCK = re.compile(r"(?<! -->\n)^```console\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
_ENTERED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(?=  李医生)")


class Player:
    """Somebody at a keyboard of a computer of their own."""

    def __init__(self, folder: Path, lang: str) -> None:
        self.folder, self.lang = folder, lang
        self.computer = Computer(Chronic(folder), folder)
        self.computer.has("crontab", CRONTAB)
        self.computer.chronic.together = True
        self.environ = {"PATH": str(self.computer.bin), "XDG_CONFIG_HOME": str(self.computer.config)}

    def play(self, block: str) -> str:
        """The block with what the commands really answer."""
        answers = [self.answer(*part.split("\n", 1)) for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
        return "".join(answers)

    def answer(self, line: str, shown: str) -> str:
        program, *words = shlex.split(line)
        match program:
            case "export":
                self.environ |= dict(word.split("=", 1) for word in words)
                shown = ""
            case "cat":
                (self.folder / words[0]).write_text(shown, "utf-8")
            case "chronic":
                run = self.computer.chronic(*words, today=None, lang=self.lang, **self.environ)
                assert run.code in (0, 2, 3), f"{line}: {run.out}"  # 1 is a bug, the others a story gone wrong
                shown = _ENTERED.sub("2026-11-21 09:30", run.out)
            case _:
                raise AssertionError(f"{line}: only chronic, export and cat are played")
        return f"$ {line}\n{shown}"


def played(text: str) -> str:
    """The README as it should be."""
    english, mark, chinese = text.partition(CHINESE)
    return _played(english, "en") + mark + _played(chinese, "zh")


def _played(text: str, lang: str) -> str:
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        player = Player(Path(folder), lang)
        return _BLOCK.sub(lambda found: f"```console\n{player.play(found[1])}```\n", text)


def blocks(text: str) -> Iterator[str]:
    """What is typed and answered, block by block."""
    return (found[1] for found in _BLOCK.finditer(text))


def main() -> int:
    """Write the README anew, or say that it is out of date. The exit code is 1 when --check finds it so."""
    parser = argparse.ArgumentParser(description="Type the console blocks of the README and write down what comes.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something would change")
    check = parser.parse_args().check
    text = README.read_text("utf-8")
    wanted = played(text)
    if not check:
        README.write_text(wanted, "utf-8")
    print("nothing to update" if wanted == text else "README.md is out of date" if check else "README.md updated")
    return 1 if check and wanted != text else 0


if __name__ == "__main__":
    sys.exit(main())
