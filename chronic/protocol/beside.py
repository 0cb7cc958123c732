"""Guidelines beside the one that judges: their targets are a second opinion, never the class.

Each is a small file of its own with the day it counts from. The first target of a measure whose conditions hold is
the one that applies; a condition on something unknown leaves more than one open (`rules.beside`).
"""

import os
from datetime import date
from functools import cache

from chronic.protocol.reading import FOLDER, table_of, whole
from chronic.protocol.sections import BpLimit, Cite, Names, Section


class Target(Section):
    """One aim. Met is at or above `at_least` and under `below`; a pressure under both parts of `bp_below`.

    `measure`: bp, fpg, non_fasting, hba1c, ldl_c or non_hdl_c. `where`: dm, ckd, ascvd that must be so. `by_risk`: under
    the LDL-C target of the person's cardiovascular risk, `above_ldl_c` added; from `extreme_below` on nobody with known
    disease has met it for certain. mmol/L.
    """

    cite: str
    measure: str
    bp_below: BpLimit | None = None
    below: float | None = None
    at_least: float | None = None
    from_age: int | None = None
    where: list[str] = []  # noqa: RUF012 (never changed: a section has no setter)
    by_risk: bool = False
    above_ldl_c: float = 0.0
    extreme_below: float = 0.0


class Guideline(Section):
    """A guideline's targets, for people in these programmes and none of `not_in`, on days from `effective_from` on."""

    id: str
    effective_from: date
    title: Names
    programmes: list[str]
    not_in: list[str] = []  # noqa: RUF012
    target: list[Target]
    cites: dict[str, Cite]


@cache
def guidelines() -> tuple[Guideline, ...]:
    """Every guideline that comes with the program, the oldest first. Raises ValueRefused (`protocol.key`)."""
    folder = os.path.join(FOLDER, "beside")
    read = (whole(Guideline, table_of(os.path.join(folder, name))) for name in os.listdir(folder) if name.endswith(".toml"))
    return tuple(sorted(read, key=lambda known: (known.effective_from, known.id)))
