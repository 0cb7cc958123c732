"""A real terminal for tests: the program in a pseudo-terminal of its own, keys typed into it, its screen read back."""

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.runner import TODAY, Chronic

TOP = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
"""Seconds a busy computer may take to answer."""
_QUIET = 3.0
PROGRAM = """
import fcntl, signal, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C reaches this process and no other
signal.signal(signal.SIGINT, signal.default_int_handler)  # tests run in the background ignore it, and so would this
from chronic.cli import main
main()
"""


def environ(chronic: Chronic, lang: str) -> dict[str, str]:
    """What the program finds around it: its registry, a fixed day, UTF-8, and no colours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {
        "PYTHONPATH": str(TOP), "CHRONIC_DB": str(chronic.path), "CHRONIC_TODAY": TODAY, "CHRONIC_LANG": lang,
        "XDG_DATA_HOME": str(chronic.folder / "data"), "LC_ALL": "C.UTF-8", "TERM": "dumb",
    }  # fmt: skip


class Keyboard:
    """Someone at the terminal. `strokes` counts keys, without those of `figures`."""

    def __init__(self, child: "subprocess.Popen[bytes]", terminal: int) -> None:
        self.child, self._terminal = child, terminal
        self.screen, self._read, self.strokes = "", 0, 0

    def wait_for(self, text: str) -> None:
        """Wait until this appears behind what was waited for before."""
        while text not in self.screen[self._read :]:
            assert self._more(), f"it ended without {text!r}:\n{self.screen}"
        self._read = self.screen.index(text, self._read) + len(text)

    def type(self, keys: str = "", figures: str = "") -> None:
        """An answer and Enter."""
        os.write(self._terminal, f"{figures}{keys}\n".encode())
        self.strokes += len(keys) + 1

    def press(self, key: bytes) -> None:
        os.write(self._terminal, key)

    def stop(self, key: bytes = b"\x03") -> int:
        """Ctrl-C, as often as it takes: Python overlooks one that comes while it begins to wait for a key.

        One that comes with keys typed ahead throws these away, and readline waits for another key before it
        looks whether somebody wants to stop: whoever sits there would type one, so this does too.
        """
        for attempt in range(int(PATIENCE / _QUIET)):
            self.press(b" " if attempt % 2 and key == b"\x03" else key)
            while select.select([self._terminal], [], [], _QUIET)[0]:
                if not self._more():
                    return self.child.wait(PATIENCE)
        raise AssertionError(f"it does not stop:\n{self.screen}")

    def ends(self) -> int:
        """The exit code, once everything is on the screen."""
        while self._more():
            pass
        return self.child.wait(PATIENCE)

    def _more(self) -> bool:
        ready, _, _ = select.select([self._terminal], [], [], PATIENCE)
        assert ready, f"it neither asks nor ends:\n{self.screen}"
        try:
            read = os.read(self._terminal, 65536)
        except OSError:  # Linux says so when the other side has closed
            return False
        self.screen += read.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(read)


@contextmanager
def keyboard(chronic: Chronic, *args: object, lang: str = "en") -> Iterator[Keyboard]:
    """Run one command in a terminal."""
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", PROGRAM, *map(str, args)]
    child = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ(chronic, lang), start_new_session=True
    )
    os.close(theirs)
    try:
        yield Keyboard(child, ours)
    finally:
        child.kill()
        child.wait()
        os.close(ours)
