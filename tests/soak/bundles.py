"""Long runs of registries that work and exchange bundles end with the same facts everywhere.

python -m tests.soak.bundles [converge|business] [--many 100] [--seed 1]

converge: four of them, each of which is sent everything. business: a county, a township and three villages, each of which
is sent its own people. Bundles that are mutated: tests.soak.mutants. Merges that are killed: tests.soak.kills.
"""

import argparse
import tempfile
from pathlib import Path

from tests.office import test_bundle_business as tiers
from tests.office import test_bundle_convergence as convergence
from tests.runner import Chronic

KINDS = {"converge": (4, convergence.Exchanging), "business": (5, tiers.Tiers)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=list(KINDS), default="converge")
    parser.add_argument("--many", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    registries, kind = KINDS[asked.what]
    with tempfile.TemporaryDirectory() as folder:
        like = Chronic(Path(folder))
        like.ok("init", "--name", "下各村卫生室", "--doctor", "李医生", "--yes")
        convergence.Exchanging.like = like.path
        for number in range(asked.seed, asked.seed + asked.many):
            convergence.long_run(number, 120, registries, kind)
    print(f"{asked.many} runs of 120 steps, {registries} registries: everybody knows what they are to know")


if __name__ == "__main__":
    main()
