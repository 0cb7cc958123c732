"""What is looked for in the records themselves, and from where on it is asked about."""

from chronic.model.visit import Visit
from chronic.protocol.book import Book
from chronic.protocol.sections import Cite, Interval, Names, Section

KINDS = (
    "after_death", "alike", "copied", "backfilled", "cadence", "regular", "crowded", "digits", "near_limit", "phone_bp",
    "late", "missing",
)  # fmt: skip
"""What can be looked for (`reports.quality`)."""


class InForce(Section):
    """What is looked for here, in the order it is shown."""

    cite: str
    findings: list[str]


class Words(Section):
    """A finding's name, and the question it comes to."""

    cite: str
    name: Names
    asks: Names


class Digits(Section):
    """`odd_below`: with a smaller percentage of odd digits a device that is not electronic was read in steps of two."""

    cite: str
    readings: int
    p_below: float
    score_from: float
    odd_below: float
    manual: list[str]
    electronic: list[str]


class NearLimit(Section):
    """`band`: its width in mmHg; `each`: what each of the two outer bands needs at least."""

    cite: str
    band: int
    readings: int
    each: int
    ratio_from: float
    p_below: float


class Copied(Section):
    """So many `values`, all as at the visit before, or the same pressure at `running` visits; `back`: how long ago the
    visits before may lie."""

    cite: str
    values: int
    running: int
    back: Interval
    fields: list[str]


class Alike(Section):
    cite: str
    values: int
    people: int


class Cadence(Section):
    """Face to face with one person in a calendar month."""

    cite: str
    visits: int


class Regular(Section):
    cite: str
    visits: int
    back: Interval


class Backfilled(Section):
    cite: str
    visits: int
    after: Interval


class Crowded(Section):
    """More than so many a day face to face, or at people's homes."""

    cite: str
    visits: int
    home: int


class PhoneBp(Section):
    cite: str
    visits: int


class Late(Section):
    """At least so many visits, and so many percent of a doctor's."""

    cite: str
    visits: int
    percent: float
    after: Interval


class Missing(Section):
    """The same. Which columns a visit of a programme needs stands with the test of standard management."""

    cite: str
    visits: int
    percent: float


class Quality(Book):
    table = "quality"

    in_force: InForce
    alike: Alike
    copied: Copied
    backfilled: Backfilled
    cadence: Cadence
    regular: Regular
    crowded: Crowded
    digits: Digits
    near_limit: NearLimit
    phone_bp: PhoneBp
    late: Late
    missing: Missing
    words: dict[str, Words]
    cites: dict[str, Cite]

    def rule(self, kind: str) -> Cite:
        """The sentence behind a finding: that of its limits, where it has any."""
        limits = vars(self).get(kind)
        return self.cites[vars(limits or self.words[kind])["cite"]]

    def wrong(self) -> list[tuple[str, str]]:
        """Findings there are not or that have no words, and columns there are not."""
        bad = [("in_force.findings", code) for code in self.in_force.findings if code not in KINDS]
        bad += [("words", code) for code in set(self.words) ^ set(KINDS)]
        return bad + [("copied.fields", word) for word in self.copied.fields if word not in Visit._fields]
