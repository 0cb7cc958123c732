"""What became of a bundle that came here as a file."""

from pathlib import Path
from typing import NamedTuple


class Outcome(NamedTuple):
    """Of one file. `sender`: the name it is trusted by, else the one it gives itself; `peer`: only the former. `new`: rows
    that were not here; `again`: it was merged before; `code`: why it was refused, None where it was not."""

    path: Path
    sender: str | None
    new: int = 0
    people: int = 0
    conflicts: int = 0
    again: bool = False
    code: str | None = None
    problem: str | None = None
    peer: str | None = None
    uid: str | None = None


class Refusal(NamedTuple):
    """A file that was put aside, and when (UTC). `uid`: the bundle's, where that could be read."""

    at: str
    file: str
    code: str
    sentence: str
    peer: str | None
    uid: str | None
