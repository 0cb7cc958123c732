"""A dated folder that appears whole or not at all, and a pointer to the latest one.

Everything is written into a hidden folder beside, synced, and renamed. A folder of the same day is replaced as a
whole. Only the user may read any of it: what is listed here are people and their diseases.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import IO, Self

from chronic.store.opening import sync_folder

LATEST = "latest"
_BEGUN = re.compile(r"\.(?P<day>\d{4}-\d\d-\d\d)\.[0-9a-f]{8}\.(?P<what>part|old|gone)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ABANDONED_S = 24 * 3600
_TRIES = 5  # two runs at once: the later one wins


class DatedFolder:
    """`with DatedFolder(home, day, now) as folder`: write files into it, then `publish`. Raises OSError."""

    def __init__(self, home: Path, day: str, now: float) -> None:
        """`now`: the instant in seconds, to tell what an interrupted run left from what another one is writing."""
        self.home, self.path, self._now = home, home / day, now
        self._part = self._beside("part")

    def _beside(self, what: str) -> Path:
        return self.home / f".{self.path.name}.{token_hex(4)}.{what}"

    def __enter__(self) -> Self:
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._sweep()
        self._part.mkdir(mode=0o700)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        shutil.rmtree(self._part, ignore_errors=True)

    @contextmanager
    def file(self, name: str, mark: str = "") -> Iterator[IO[str]]:
        """A new file in it, on the disk when the block ends; none if the block fails."""
        path = self._part / name
        try:
            with private(path, "x") as stream:
                stream.write(mark)
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def publish(self) -> None:
        """Put it in its place, over an older one of the same day; if that fails, the older one stays."""
        sync_folder(self._part)
        try:
            self._swap()
        finally:
            self._sweep()
        sync_folder(self.home)

    def _swap(self) -> None:
        for tries_left in reversed(range(_TRIES)):
            with suppress(FileNotFoundError):
                self.path.rename(self._beside("old"))
            try:
                self._part.rename(self.path)
                return
            except OSError:
                if not tries_left:
                    raise

    def _sweep(self) -> None:
        """Clear up after interrupted runs; a day's folder that one of them had only moved aside goes back."""
        for left in self.home.iterdir():
            begun = _BEGUN.fullmatch(left.name)
            if begun is None:
                continue
            with suppress(OSError):
                if begun["what"] == "old" and not (self.home / begun["day"]).exists():
                    left.rename(self.home / begun["day"])
                elif begun["what"] != "part" or self._now - left.stat().st_mtime > _ABANDONED_S:
                    shutil.rmtree(left)


def point(home: Path, name: str) -> None:
    """`latest` leads to this folder: a link, or where there are none (Windows, FAT sticks) a file with its name."""
    link, text = home / LATEST, home / f"{LATEST}.txt"
    part = home / f".{LATEST}.{token_hex(4)}"
    try:
        try:
            part.symlink_to(name, target_is_directory=True)
            part.replace(link)
            text.unlink(missing_ok=True)
        except (OSError, NotImplementedError):
            part.unlink(missing_ok=True)
            with private(part, "x") as stream:
                stream.write(name + "\n")
            part.replace(text)
            if link.is_symlink():
                link.unlink()
    finally:
        part.unlink(missing_ok=True)


def prune(home: Path, keep: int, failed: str, kept: str) -> list[str]:
    """Remove the oldest dated folders beyond so many; the names of those that went.

    One with a file like `kept` stays, and so does the latest one without a file `failed`. Only folders of days are touched.
    """
    days = sorted((path for path in home.iterdir() if _DAY.fullmatch(path.name) and path.is_dir()), reverse=True)
    good = next((path for path in days if not (path / failed).exists()), None)
    old = [path for path in days[keep:] if path != good and not any(path.glob(kept))]
    for path in old:
        gone = home / f".{path.name}.{token_hex(4)}.gone"
        path.rename(gone)  # interrupted here it is swept away the next time: never half a folder that looks whole
        shutil.rmtree(gone)
    return [path.name for path in old]


def put(path: Path, data: bytes) -> None:
    """A file for the user's eyes only, in the place of an older one of that name; it appears whole. Raises OSError."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with open(part, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)


def private(path: Path, mode: str) -> IO[str]:
    """A text file for the user's eyes only: `x` a new one, `a` to add to it."""
    return open(path, mode, encoding="utf-8", newline="", opener=lambda name, flags: os.open(name, flags, 0o600))
