"""A folder for its user alone beside a file, for what may lie nowhere else: a registry tried out, a backup opened.

Nothing personal goes into the system's folder for temporary files, which others share and which may lie on another disk.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chronic.errors import ValueRefused
from chronic.store import sealing

_ABANDONED_S = 24 * 3600


@contextmanager
def backroom(beside: Path, now_ms: int, wiped: bool = False) -> Iterator[Path]:
    """An empty folder, gone afterwards, also after a failure; what a killed program left there a day ago goes too. `wiped`:
    what is in it is overwritten first. Raises ValueRefused (`copy.unwritable`)."""
    parent, prefix = beside.parent, f".{beside.name}.trial-"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for left in parent.glob(f"{prefix}*"):
            if _abandoned(left, now_ms):
                _clear(left, True)
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))  # for the user's eyes only
    except OSError as error:
        raise ValueRefused("copy.unwritable", path=parent, problem=error.strerror or error) from None
    try:
        yield folder
    finally:
        _clear(folder, wiped)


def sweep(registry: Path, folder: Path, now_ms: int) -> None:
    """Overwrite and remove what killed programs left of a whole registry in this folder a day ago: unfinished copies, and
    one that was to take its place. Only where the registry is whole: what is left may be all there is."""
    name, stem = map(re.escape, (registry.name, registry.stem))
    ours = re.compile(rf"\.{name}\.restored|\.\.?{stem}[-.].*\.\d+\.(part|upgrade)(-wal|-shm|-journal)?")
    with suppress(OSError):  # it goes the next time
        for left in folder.iterdir():
            if left.name.startswith(f".{registry.name}.trial-") and _abandoned(left, now_ms):
                _clear(left, True)
            elif ours.fullmatch(left.name) and _abandoned(left, now_ms):
                sealing.discard(left)


def _abandoned(left: Path, now_ms: int) -> bool:
    return now_ms / 1000 - left.stat().st_mtime > _ABANDONED_S


def _clear(folder: Path, wiped: bool) -> None:
    for path in folder.iterdir() if wiped else ():
        with suppress(OSError):
            sealing.discard(path)
    shutil.rmtree(folder, ignore_errors=True)
