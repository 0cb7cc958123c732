"""What encryption costs: whole commands on a registry, and on the same one encrypted with its key in a file.

    python -m tests.bench.bench_encryption [--people 2000] [--rounds 15]

Bar: 1.3 for each command. Printed beside: what a passphrase costs, and asking a keyring instead of a file.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from datetime import date
from operator import attrgetter
from pathlib import Path
from time import perf_counter

from chronic.office import demo
from tests.bench.yardstick import CHRONIC, paired, print_table, ratios, seconds

TODAY = "2026-11-21"
COMMANDS = (
    "today", "overdue --limit 50", "overdue --format csv", "calls", "person show 1", "why 1", "visit list 1", "plan",
    "visit add 1 --bp 138/84 --yes", "report workload", "export visits", "check",
)  # fmt: skip
RING = """
import time
began = time.perf_counter()
import keyring
keyring.get_keyring()
print(time.perf_counter() - began)
"""
STRETCH = """
import time
from chronic.store import passphrases
began = time.perf_counter()
passphrases.new_key("correct horse battery")
print(time.perf_counter() - began)
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ |= {"CHRONIC_TODAY": TODAY, "CHRONIC_LANG": "en", "XDG_DATA_HOME": name}
        plain, locked = folder / "plain.db", folder / "locked.db"
        demo.make(plain, date.fromisoformat(TODAY), asked.people, 1)
        locked.write_bytes(plain.read_bytes())
        (folder / "words").write_text("correct horse battery\n", encoding="utf-8")
        began = perf_counter()
        subprocess.run(
            [*CHRONIC, "--db", str(locked), "encrypt", "--keep", "file", "--passphrase-file", str(folder / "words")],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        print(f"{plain.stat().st_size / 1e6:.1f} MB encrypted in {perf_counter() - began:.1f} s")
        rows = []
        for command in COMMANDS:
            runs = paired({of.stem: [*CHRONIC, "--db", str(of), *command.split()] for of in (plain, locked)}, asked.rounds)
            rows.append(
                (
                    command,
                    seconds(runs["plain"]),
                    seconds(runs["locked"]),
                    ratios(runs, "plain")["locked"],
                    ratios(runs, "plain", attrgetter("cpu"))["locked"],
                    1.3,
                )
            )
        print_table("whole commands", ("", "plain s", "encrypted s", "ratio", "of processor", "bar"), rows)
    print(f"\na keyring instead of the file: {_printed(RING):.2f} s more; a passphrase: {_printed(STRETCH):.2f} s more")


def _printed(script: str) -> float:
    """Median of three, in a process of its own each."""
    times = sorted(
        float(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout)
        for _ in range(3)
    )
    return times[1]


if __name__ == "__main__":
    main()
