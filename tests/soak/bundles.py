"""What takes too long for every change: `python -m tests.soak.bundles converge|business|mutate|kill [--many N] [--seed S]`.

converge  N long runs of four registries that work and exchange bundles end with the same facts everywhere
business  N long runs of a county, a township and three villages: each ends with the facts of its own people, and is sent
          nobody else's
mutate    N mutated bundles are refused in one sentence, and the registry is byte for byte what it was
kill      a merge is killed at N random moments: it is merged whole or not at all, and the file is sound
"""

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from chronic.store import registry, seals, transactions
from tests.office import test_bundle_business as tiers
from tests.office import test_bundle_convergence as convergence
from tests.office.test_bundles import mutants, sent, trusting
from tests.runner import TODAY, Chronic
from tests.travels import known


def converge(many: int, seed: int, folder: Path) -> None:
    like = Chronic(folder)
    like.ok("init", "--name", "下各村卫生室", "--doctor", "李医生", "--yes")
    convergence.Exchanging.like = like.path
    for number in range(seed, seed + many):
        convergence.long_run(number, 120, 4)
    print(f"{many} runs of 120 steps, 4 registries: the same facts everywhere")


def business(many: int, seed: int, folder: Path) -> None:
    like = Chronic(folder)
    like.ok("init", "--name", "下各村卫生室", "--doctor", "李医生", "--yes")
    convergence.Exchanging.like = like.path
    for number in range(seed, seed + many):
        convergence.long_run(number, 120, 5, tiers.Tiers)
    print(f"{many} runs of 120 steps, 5 registries of three levels: everybody's own people and nobody else's")


def mutate(many: int, seed: int, folder: Path) -> None:
    village, town = trusting(folder)
    _fill(village, 20)
    data = sent(village, "镇卫生院").read_bytes()
    before, file, tried = town.path.read_bytes(), folder / "in.bundle", 0
    for made in mutants(data, seed, many):
        file.write_bytes(made)
        run = town("bundle", "merge", file, "--yes")
        assert run.code == 2, (run, made)
        assert len(run.err.splitlines()) == 1, run.err
        tried += 1
    assert town.path.read_bytes() == before
    print(f"{tried} mutated bundles refused, nothing changed")


def kill(many: int, seed: int, folder: Path) -> None:
    village, town = trusting(folder)
    _fill(village, 300)
    file = sent(village, "镇卫生院")
    clean, chance = town.path.read_bytes(), random.Random(seed)
    began = time.monotonic()
    _merging(town, file).wait()
    whole, took = _facts(town.path), time.monotonic() - began
    ends = {"whole": 0, "nothing": 0}
    for _number in range(many):
        for beside in folder.glob("town/registry.db-*"):
            beside.unlink()
        town.path.write_bytes(clean)
        nothing = _facts(town.path)
        merging = _merging(town, file)
        with contextlib.suppress(subprocess.TimeoutExpired):
            merging.wait(chance.uniform(0, took * 1.1))
        merging.send_signal(signal.SIGKILL)
        merging.wait()
        found = _facts(town.path)
        assert found in (whole, nothing)
        ends["whole" if found == whole else "nothing"] += 1
    print(f"killed at {many} moments of {took:.1f} s: {ends}")


def _merging(town: Chronic, file: Path) -> "subprocess.Popen[bytes]":
    args = [sys.executable, "-m", "chronic", "--db", str(town.path), "bundle", "merge", str(file), "--yes"]
    around = {**os.environ, "CHRONIC_TODAY": TODAY, "CHRONIC_LANG": "en"}
    return subprocess.Popen(args, env=around, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _facts(path: Path) -> tuple[list[str], int]:
    with contextlib.closing(registry.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert list(seals.broken(db)) == []
        (plans,) = db.execute("SELECT count(*) FROM plan").fetchone()
        return known(db), plans


def _fill(village: Chronic, people: int) -> None:
    """A made-up village of so many in the place of the empty one, under the same name and key."""
    village.ok("demo", "--people", people, "--to", village.folder / "demo.db")
    shutil.move(village.folder / "demo.db", village.path)
    with contextlib.closing(registry.connect(village.path)) as db, transactions.immediate(db):
        db.execute("DELETE FROM setting WHERE key = 'demo'")
    village.ok("bundle", "key", "trust", "镇卫生院", village.folder.parent / "town.txt", "--yes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["converge", "business", "mutate", "kill"])
    parser.add_argument("--many", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kinds = {"converge": converge, "business": business, "mutate": mutate, "kill": kill}
        kinds[given.what](given.many, given.seed, Path(folder))


if __name__ == "__main__":
    main()
