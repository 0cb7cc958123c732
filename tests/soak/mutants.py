"""Mutated bundles: each is refused in one sentence and nothing has changed, or merged and `check` has nothing to say.

    python -m tests.soak.mutants [--n 10000] [--seed 1] [--people 30] [--workers 2] [--only NUMBER] [--keep FOLDER]

Bits that flipped, files cut short, parts of two bundles, headers that say something else, other keys, strangers, bombs,
and bundles signed by somebody trusted whose rows are nonsense. Only the last may be merged at all. After a merge the lists
of the day still come, and merging the same file again changes nothing.
"""

import random
from pathlib import Path

from tests.runner import TODAY
from tests.soak import forging, trial
from tests.soak.trial import Input

_LOOKS = [
    ["today"], ["overdue", "--kind", "all"], ["person", "list"], ["bundle", "conflicts"], ["report",
    "indicators"], ["task", "list"],
    ["person", "show", "31"], ["person", "timeline", "31"], ["export", "people", "--full"], ["export", "visits", "--full"],
    ["nightly"], ["calls"], ["refer", "list"], ["household", "list"], ["bundle", "list"], ["export", "fhir",
    "--out", "all.json"],
    ["chain"], ["audit", "show"], ["test", "due"], ["checkup", "due"], ["medicine", "refill"], ["person", "duplicates"],
]  # fmt: skip


class Mutants:
    def __init__(self, good: Path, here: Path, seed: int) -> None:
        self._forger, self._here, self._seed = forging.Forger(good), here, seed

    def of(self, number: int) -> Input:
        made = self._forger.forged(random.Random(f"{self._seed} {number}"))
        path = self._here / "in.bundle"
        path.write_bytes(made.data)
        return Input(made.kind, ["bundle", "merge", str(path), "--yes"], honest=made.honest)


class Merging(trial.Trial):
    """After each bundle: what a merge leaves, or does not."""

    allowed = ("contradictions",)
    _turn = 0

    def wrong(self, given: Input, before: bytes) -> str:
        return super().wrong(given, before) or self._merged(given)

    def _merged(self, given: Input) -> str:
        ran = self.ran
        if ran.code not in (0, 2):
            return f"exit {ran.code} {ran.err}"
        if ran.code == 2:
            return "" if len(ran.err.splitlines()) == 1 else f"not one sentence: {ran.err}"
        if not given.honest:
            return f"taken: {ran.out}"
        again = self.ground.forked(given.args, TODAY)
        if again.code != 0 or not again.out.startswith(("0 ", "新增 0 ")):
            return f"merged again: {again.code} {again.out} {again.err}"
        for _ in range(2):
            self._turn += 1
            look = _LOOKS[self._turn % len(_LOOKS)]
            run = self.ground.forked(look, TODAY)
            nothing_came = look[2:] == ["31"] and run.code == 20 and given.kind == "no_rows"
            if run.code != 0 and not nothing_came and not (run.code == 30 and self._only_asks()):
                return f"merged, and then {look}: {run.code} {run.err[-600:]} {self.traced()}"
        return ""

    def _only_asks(self) -> bool:
        """Did the night find nothing but what `check` may find here?"""
        failed = (self.ground.folder / "nightly" / "latest" / "failed.txt").read_text("utf-8").splitlines()
        return bool(failed) and all(line.startswith("check.csv") for line in failed)


if __name__ == "__main__":
    trial.soak(str(__doc__), 10_000, Mutants, Merging)
