"""Figures of more people than one registry has: the folders of `export parquet`, counted on DuckDB or Spark.

DIR is one such folder, or holds any number of them, one for each registry.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from chronic.errors import ValueRefused
from chronic.model.days import from_iso
from chronic.office.parquet import FORMAT, MADE_BY, SCHEMA
from chronic.reports.indicators import Elsewhere
from chronic.reports.indicators.sources import FILED, filed
from chronic.store import registry

ENGINES = ("duckdb", "spark")
_LAST = 2**63 - 1
_PLACES = f"SELECT uid, level, name, code, parent FROM {FILED}place ORDER BY uid"
_PLACE = "INSERT OR IGNORE INTO place (id, uid, level, name, code, parent) VALUES (?, ?, ?, ?, ?, ?)"
_EDITION = "INSERT INTO edition (in_force_from, protocol, text, recorded_at, recorded_by) VALUES (?, ?, ?, '', '')"
_LEVELS = ("county", "area", "township", "village", "hamlet")


class Limits(NamedTuple):
    """`memory` in bytes; `threads` None: as many as there are; `master`: of Spark."""

    memory: int
    threads: int | None = None
    master: str = "local[*]"


class Export(NamedTuple):
    """One folder of `export parquet`, and what its schema says."""

    folder: Path
    said: dict[str, Any]

    @property
    def as_of(self) -> date:
        return from_iso(self.said["as_of"])


class Found(NamedTuple):
    """`as_of`: the day of the oldest export; `notes`: what has to be known of the whole of them, (code, values)."""

    db: Elsewhere
    as_of: date
    exports: list[Export]
    notes: list[tuple[str, dict[str, object]]]


@contextmanager
def opened(engine: str, data: Sequence[Path], limits: Limits, rules_of: str | None = None) -> Iterator[Found]:
    """Everybody in these folders as a registry that counts elsewhere. `rules_of`: whose guidelines the figures go by, where
    they are not all the same.

    Raises ValueRefused: `scale.*`, `extra.missing`.
    """
    found = [export for path in data for export in exports(path)]
    judged = _editions(found, rules_of)
    worker = _engine(engine, limits)
    try:
        for table in filed():
            columns = [(column.name, column.type) for column in table.columns]
            paths = [file for export in found for file in _files(export, table.name)]
            worker.files(f"{FILED}{table.name}", paths, columns)
        _whole(worker, found)
        yield Found(_registry(worker, found, judged), min(one.as_of for one in found), found, list(_notes(found)))
    finally:
        worker.close()


def exports(path: Path) -> list[Export]:
    """The export that is here, or those in the folders here. Raises ValueRefused."""
    if not path.is_dir():
        raise ValueRefused("scale.none", path=path)
    folders = [path] if (path / SCHEMA).is_file() else sorted(inside for inside in path.iterdir() if inside.is_dir())
    found = [_export(folder) for folder in folders if (folder / SCHEMA).is_file()]
    if not found:
        raise ValueRefused("scale.no_export", path=path)
    return found


def _export(folder: Path) -> Export:
    try:
        said = json.loads((folder / SCHEMA).read_text("utf-8"))
        made_by, version = said["made_by"], said.get("format", 1)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise ValueRefused("scale.schema", path=folder) from None
    if made_by != MADE_BY or not isinstance(version, int):
        raise ValueRefused("scale.schema", path=folder)
    if version != FORMAT:
        raise ValueRefused("scale.older" if version < FORMAT else "scale.newer", path=folder)
    try:
        if not said["exact"]:
            raise ValueRefused("scale.pseudonymous", path=folder)
        from_iso(said["as_of"])
        whole = all(isinstance(said["tables"][table.name]["rows"], int) for table in filed())
        whole = whole and all(isinstance(one["protocol"], str) for one in said["editions"]) and isinstance(said["key"], str)
    except (ValueError, TypeError, KeyError):
        whole = False
    if not whole:
        raise ValueRefused("scale.schema", path=folder)
    return Export(folder, said)


def _editions(found: Sequence[Export], rules_of: str | None) -> list[dict[str, Any]]:
    if rules_of is not None:
        chosen = [export for export in found if export.folder.name == rules_of]
        if not chosen:
            raise ValueRefused("scale.rules_of", text=rules_of, known=", ".join(export.folder.name for export in found))
        return list(chosen[0].said["editions"])
    first = found[0]
    for other in found:
        if other.said["editions"] != first.said["editions"]:
            raise ValueRefused("scale.rules", path=first.folder, other=other.folder, name=first.folder.name)
    return list(first.said["editions"])


def _engine(name: str, limits: Limits) -> Any:
    if name == "spark":
        from chronic.exchange.spark import Spark

        return Spark(limits.master, limits.memory, limits.threads)
    from chronic.exchange.duck import Duck

    return Duck(limits.memory, limits.threads)


def _files(export: Export, table: str) -> list[Path]:
    return sorted((export.folder / table).glob("county=*/*.parquet"))


def _whole(worker: Any, found: Sequence[Export]) -> None:
    """Are all rows there that were written? A folder that was copied halfway is not counted."""
    names = [table.name for table in filed()]
    counts = "\nUNION ALL ".join(f"SELECT '{name}' AS name, COUNT(*) AS n FROM {FILED}{name}" for name in names)
    there = dict(worker.ask(counts, {}))
    for name in names:
        written = sum(export.said["tables"][name]["rows"] for export in found)
        if there[name] != written:
            raise ValueRefused("scale.incomplete", table=name, n=there[name], written=written)


def _registry(worker: Any, found: Sequence[Export], judged: Sequence[dict[str, Any]]) -> Elsewhere:
    db = registry.in_memory(Elsewhere)
    people = sum(export.said["tables"]["person"]["rows"] for export in found)
    db.engine, db.several, db.lots = worker, len(found) > 1, lots(people, worker.people_at_once)
    names = [export.said.get("name") or export.folder.name for export in found]
    db.execute(
        "INSERT INTO setting (key, value) VALUES ('name', ?)", (", ".join(dict.fromkeys(names)) if len(names) < 4 else "",)
    )
    db.executemany(_EDITION, [(one["in_force_from"], one["protocol"], one.get("text")) for one in judged])
    db.execute("PRAGMA foreign_keys = OFF")
    places = sorted(worker.ask(_PLACES, {}), key=lambda row: _LEVELS.index(row[1]))
    coded = {code: uid for uid, _level, _name, code, _parent in reversed(places)}  # a code finds one place, here too
    db.executemany(_PLACE, [
        (uid, str(uid), level, name, code if coded[code] == uid else None, parent)
        for uid, level, name, code, parent in places
    ])  # fmt: skip
    db.execute("CREATE TEMP TABLE tagged (tag TEXT, person INTEGER)")  # which tags there are; who has them the engine knows
    tags = worker.ask(f"SELECT DISTINCT tag FROM {FILED}tag ORDER BY tag", {})
    db.executemany("INSERT INTO tagged VALUES (?, 0)", tags)
    return db


def lots(people: int, at_once: int) -> list[tuple[int, int]]:
    """Numbers are spread evenly, so equal spans of them hold about as many people each."""
    parts = max(1, -(-people // at_once))
    bounds = [place * (_LAST + 1) // parts for place in range(parts + 1)]
    return [(first, after - 1) for first, after in pairwise(bounds)]


def _notes(found: Sequence[Export]) -> Iterator[tuple[str, dict[str, object]]]:
    days = sorted(export.as_of for export in found)
    if days[0] != days[-1]:
        yield "scale.days", {"first": days[0], "last": days[-1]}
    if len({export.said["key"] for export in found}) > 1:
        yield "scale.keys", {}
