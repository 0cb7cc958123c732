"""One byte of a registry flips: `check` reports it, or everything that was recorded is still the same to the byte.

python -m tests.soak.flips [--flips 1000] [--people 60] [--seed 1]
"""

import argparse
import contextlib
import json
import random
import sqlite3
import tempfile
from collections import Counter
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from chronic.errors import RegistryUnusable
from chronic.office import checking, demo
from chronic.store import opening, registry, seals, transactions

TODAY = date(2026, 11, 21)


class Told(NamedTuple):
    """`found`: reported; `harmless`: unreported and nothing recorded differs; `silent`: offsets of neither; `by`: parts."""

    found: int
    harmless: int
    silent: list[int]
    by: Counter[str]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--flips", type=int, default=1000)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "registry.db")
        demo.make(path, TODAY, asked.people, asked.seed)
        told = flip(path, asked.flips, random.Random(asked.seed))
        print(f"{path.stat().st_size} bytes, {asked.flips} flips: reported {told.found}, harmless {told.harmless},")
        print(f"silent {len(told.silent)} {told.silent[:10]}; first reported by {dict(told.by.most_common())}")
    raise SystemExit(bool(told.silent))


def flip(path: Path, times: int, rng: random.Random) -> Told:
    """Flip a byte of a copy, so many times, each time another."""
    whole, wanted = path.read_bytes(), canonical(path)
    copy = path.with_name("flipped.db")
    found, harmless, silent, by = 0, 0, list[int](), Counter[str]()
    for place in rng.sample(range(len(whole)), times):
        flipped = bytearray(whole)
        flipped[place] ^= rng.randrange(1, 256)
        copy.write_bytes(flipped)
        part = reported(copy)
        if part:
            found += 1
            by[part] += 1
        elif canonical(copy) == wanted:
            harmless += 1
        else:
            silent.append(place)
    for left in copy.parent.glob("flipped.db*"):
        left.unlink()
    return Told(found, harmless, silent, by)


def reported(path: Path) -> str:
    """The part that reported something first, '' where none did."""
    try:
        with contextlib.closing(registry.connect(path)) as db, transactions.translated(path):
            return next((found.part for found in checking.problems(db, TODAY)), "")
    except (RegistryUnusable, sqlite3.DatabaseError):
        return "open"


def canonical(path: Path, without: str = "") -> str:
    """A digest of all that was recorded: every fact, in the order of its table's key; without tables that begin so."""
    digest = sha256()
    with contextlib.closing(opening.opened(path)) as db:  # with its log, if it has one
        for table in sorted(seals.tables(db)):
            if without and table.name.startswith(without):
                continue
            digest.update(table.name.encode())
            for row in db.execute(f'SELECT * FROM "{table.name}" ORDER BY {table.order}'):
                digest.update(json.dumps(row, default=bytes.hex).encode() + b"\n")
    return digest.hexdigest()


if __name__ == "__main__":
    main()
