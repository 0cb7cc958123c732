"""Make a county to try things on: its registry and a bundle of each village for it, in one folder.

python -m tests.bench.county --villages 30 --people 300 [--seed 1] [--registries] [--to county]
python -m tests.bench.county --villages 300 --people 300    a whole county
"""

import argparse
from pathlib import Path
from time import perf_counter

from tests import counties


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--villages", type=int, default=30)
    parser.add_argument("--people", type=int, default=300, help="of each village")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--registries", action="store_true", help="each village's own registry too")
    parser.add_argument("--to", type=Path, default=Path("county"))
    asked = parser.parse_args()
    began = perf_counter()
    made = counties.villages(asked.to, asked.villages, asked.people, asked.seed, asked.registries)
    size = sum(village.bundle.stat().st_size for village in made)
    print(
        f"{len(made)} villages, {sum(village.people for village in made)} people, {size / 1e6:.1f} MB of bundles "
        f"in {perf_counter() - began:.1f} s: {asked.to}"
    )
    print(f"chronic --db {counties.county(asked.to)} --today {counties.TODAY} bundle merge {asked.to}/*.bundle --yes")


if __name__ == "__main__":
    main()
