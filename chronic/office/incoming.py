"""Many bundles at once, a stick full of them or a folder they arrive in: each merged by itself, in the order that fits.

A bundle that is refused changes nothing and does not stop the others; one that builds on another waits for that one. In
the folder for arriving bundles nothing is ever deleted: what was merged goes to `done`, what was refused to `refused`
with a line of why, and what builds on a bundle that has not come yet stays where it is.
"""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from chronic.care.desk import Desk
from chronic.errors import ValueRefused
from chronic.model.bundled import Outcome, Refusal
from chronic.model.wording import say
from chronic.office.folders import private
from chronic.store.stamp import Stamp

SUFFIX = ".bundle"
DONE, REFUSED, JOURNAL = "done", "refused", "refused.ndjson"
_GAP, _DAMAGED, _UNREADABLE = "bundle.gap", "bundle.damaged", "file.unreadable"
_OURS = ("bundle.library", "bundle.no_key", "bundle.bad_key")
"""Trouble of this registry, not of a file."""
_STILL_COPIED = timedelta(minutes=10)
"""A damaged file that was written to so lately may be one that somebody is copying here now."""


def found(paths: Iterable[Path]) -> list[Path]:
    """These files, and every bundle in these folders and below; each once. Raises ValueRefused (`bundle.none_there`)."""
    listed: dict[Path, None] = {}
    for path in paths:
        inside = list(_inside(path)) if path.is_dir() else [path]
        if not inside:
            raise ValueRefused("bundle.none_there", path=path)
        listed.update(dict.fromkeys(inside))
    return list(listed)


def waiting(folder: Path) -> list[Path]:
    """The bundles that lie in a folder for arriving ones."""
    return list(_inside(folder))


def merge(
    desk: Desk, paths: Sequence[Path], dry: bool = False, told: Callable[[Outcome], None] | None = None
) -> list[Outcome]:
    """Merge these files, each in a transaction of its own, those that others build on first. In the order they were given.

    `dry`: nothing is written, so one that builds on another of them is only named. `told` hears of each as it is done.
    """
    ordered, uids = _ordered(paths)
    outcomes: dict[Path, Outcome] = {}
    left = ordered
    while left:
        again: list[Path] = []
        for path in left:
            outcome = _one(desk, path, dry)
            if outcome.code == _GAP and dry and _after(path) in uids:
                outcome = outcome._replace(problem=say("bundle.after_another"))
            outcomes[path] = outcome
            if outcome.code == _GAP:
                again.append(path)
            elif told is not None:
                told(outcome)
        if len(again) == len(left):  # nothing came that any of them was waiting for
            if told is not None:
                for path in again:
                    told(outcomes[path])
            break
        left = again
    return [outcomes[path] for path in paths]


def take_in(desk: Desk, folder: Path, told: Callable[[Outcome], None] | None = None) -> list[Outcome]:
    """Merge what lies in the folder for arriving bundles, and put each file where it belongs."""
    outcomes = merge(desk, waiting(folder), told=told)
    return [_put_away(folder, outcome, desk.stamp) for outcome in outcomes]


def refused(folder: Path) -> Iterator[Refusal]:
    """What lies in `refused`, oldest first; a file that somebody took away is no longer waiting for anybody."""
    with suppress(FileNotFoundError), (folder / REFUSED / JOURNAL).open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            with suppress(ValueError, TypeError):
                told = Refusal(**json.loads(line))
                if (folder / REFUSED / told.file).exists():
                    yield told


def _inside(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob(f"*{SUFFIX}")):
        parts = path.relative_to(folder).parts
        if parts[0] not in (DONE, REFUSED) and not any(part.startswith(".") for part in parts) and path.is_file():
            yield path


def _ordered(paths: Sequence[Path]) -> tuple[list[Path], set[str]]:
    """Those that others build on first, and the uids of all that can be read."""
    from chronic.exchange import bundles as files

    headers: dict[str, tuple[Path, str]] = {}
    for path in paths:
        with suppress(ValueRefused):
            header = files.read(path).header
            headers.setdefault(header["uid"], (path, header["after"]))
    placed: dict[Path, None] = {}
    for path, after in headers.values():
        chain = [path]
        while after in headers and headers[after][0] not in (*chain, *placed):
            chain.append(headers[after][0])
            after = headers[after][1]
        placed.update(dict.fromkeys(reversed(chain)))
    placed.update(dict.fromkeys(paths))
    return list(placed), set(headers)


def _after(path: Path) -> str:
    from chronic.exchange import bundles as files

    with suppress(ValueRefused):
        return str(files.read(path).header["after"])
    return ""


def _one(desk: Desk, path: Path, dry: bool) -> Outcome:
    from chronic.office import bundles

    outcome = Outcome(path, None)
    try:
        seen = bundles.look(desk, path)
        name = seen.peer or str(seen.header["name"])
        outcome = outcome._replace(sender=name, peer=seen.peer, uid=str(seen.header["uid"]))
        _seen, merged = bundles.merge(desk, path, dry)
    except ValueRefused as error:
        if error.code in _OURS:
            raise
        return outcome._replace(code=error.code, problem=say(error.code, **error.values))
    new, conflicts = sum(merged.new.values()), len(merged.conflicts)
    return outcome._replace(new=new, people=merged.touched, conflicts=conflicts, again=merged.again)


def _put_away(folder: Path, outcome: Outcome, stamp: Stamp) -> Outcome:
    """Move a file where it belongs; never over another one."""
    path = outcome.path
    if outcome.code in (_GAP, _UNREADABLE) or (outcome.code == _DAMAGED and _still_copied(path)):
        return outcome
    into = folder / (REFUSED if outcome.code else DONE)
    into.mkdir(exist_ok=True)
    to, number = into / path.name, 1
    while to.exists():
        number += 1
        to = into / f"{path.stem}-{number}{path.suffix}"
    path.rename(to)
    if outcome.code:
        line = Refusal(stamp.at, to.name, outcome.code, outcome.problem or "", outcome.peer, outcome.uid)
        with private(into / JOURNAL, "a") as out:
            torn = "\n" if out.tell() and not _ends_a_line(into / JOURNAL) else ""  # by a full disk
            out.write(torn + json.dumps(line._asdict(), ensure_ascii=False) + "\n")
    return outcome._replace(path=to)


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as lines:
        lines.seek(-1, os.SEEK_END)
        return lines.read() == b"\n"


def _still_copied(path: Path) -> bool:
    return time.time() - path.stat().st_mtime < _STILL_COPIED.total_seconds()
