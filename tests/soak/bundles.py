"""Long runs of four registries that work and exchange bundles end with the same facts everywhere.

python -m tests.soak.bundles [--many 100] [--seed 1]

Bundles that are mutated: tests.soak.mutants. Merges that are killed: tests.soak.kills.
"""

import argparse
import tempfile
from pathlib import Path

from tests.office import test_bundle_convergence as convergence
from tests.runner import Chronic


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--many", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        like = Chronic(Path(folder))
        like.ok("init", "--name", "下各村卫生室", "--doctor", "李医生", "--yes")
        convergence.Exchanging.like = like.path
        for number in range(asked.seed, asked.seed + asked.many):
            convergence.long_run(number, 120, 4)
    print(f"{asked.many} runs of 120 steps, 4 registries: the same facts everywhere")


if __name__ == "__main__":
    main()
