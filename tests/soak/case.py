"""One kind of work that is killed, or done on a disk that fails, and what must hold afterwards."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from chronic.store import keys, opening
from chronic.store.cipher import Key
from tests.soak import clinic
from tests.soak.clinic import Lines, child

ACKNOWLEDGED = "done"


def once(*args: object) -> Lines:
    return [([*map(str, args)], ACKNOWLEDGED)]


def unlocked(path: str | Path, head: bytes) -> Key:
    """By the key file that lies beside an encrypted one here."""
    found = keys.in_file(Path(path).with_name("keys"), head)
    assert found is not None, "encrypted, and its key is not in the file"
    return found


class Case:
    """One kind of work: what a child does, and what must hold of the registry when it was killed."""

    def __init__(self, name: str, village: Path, lines: Lines, holds: Callable[[Path, str], str]) -> None:
        self.name, self.village, self.lines, self.holds = name, village, lines, holds

    def lasts(self) -> float:
        """Seconds of one undisturbed run, which must succeed."""
        with clinic.working(self.village) as path:
            began = time.monotonic()
            code = os.waitpid(child(lambda: clinic.perform(path, self.lines), path.parent / "said"), 0)[1]
            lasted = time.monotonic() - began
            said = (path.parent / "said").read_text("utf-8")
            assert code == 0, f"{self.name}: {said}"
            problem = self.found(path, said)
            assert not problem, f"{self.name}: {problem}"
        return lasted

    def killed(self, after: float) -> tuple[str, bool]:
        """What was wrong after the kill, '' if nothing; and whether it was killed before it had ended."""
        with clinic.working(self.village) as path:
            said = path.parent / "said"
            number = child(lambda: clinic.perform(path, self.lines), said)
            time.sleep(after)
            os.kill(number, signal.SIGKILL)
            status = os.waitpid(number, 0)[1]
            told = said.read_text("utf-8") if said.exists() else ""
            return self.found(path, told), os.WIFSIGNALED(status)

    def found(self, path: Path, said: str) -> str:
        """What is wrong with what there is now, '' if nothing."""
        with opening.unlocked_by(unlocked):
            return self.holds(path, said) or "; ".join(clinic.wrong(path))
