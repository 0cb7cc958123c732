"""When to refer, the signs the danger question asks for, and the centres an emergency goes to."""

from chronic.model.person import PROGRAMMES
from chronic.protocol.book import Book
from chronic.protocol.named import CRITERIA, Named
from chronic.protocol.sections import Cite, Interval, Names, Section

KINDS = ("emergency", "first", "followup", "down")
"""Kinds of referral: an ambulance now, on the first visit, during follow-up, back from the hospital."""


class Sign(Section):
    """One thing the danger question asks for."""

    cite: str
    codes: list[str]
    programmes: list[str]
    says: Names


class Criterion(Section):
    """One reason to refer. `then_ask`: what decides is only a part; a person must say the rest."""

    cite: str
    kind: str
    programmes: list[str]
    decides: Named
    then_ask: bool
    says: Names


class Recent(Section):
    """How old an answer, a measurement and a test result may be and still count."""

    cite: str
    answers: Interval
    measured: Interval
    tests: Interval


class Centre(Section):
    """A centre an emergency goes to: for which criteria, and what it could be about where `danger` is open."""

    cite: str
    criteria: list[str]
    danger: list[str]
    says: Names


class Referrals(Book):
    table = "referrals"

    recent: Recent
    centres: dict[str, Centre]
    signs: dict[str, Sign]
    criteria: dict[str, Criterion]
    cites: dict[str, Cite]

    def wrong(self) -> list[tuple[str, str]]:
        said = {f"signs.{code}": sign.programmes for code, sign in self.signs.items()}
        said |= {f"criteria.{code}": one.programmes for code, one in self.criteria.items()}
        bad = [(f"criteria.{code}.kind", one.kind) for code, one in self.criteria.items() if one.kind not in KINDS]
        for code, one in self.criteria.items():
            bad += [] if one.decides.name in CRITERIA else [(f"criteria.{code}.decides", one.decides.name)]
        for code, centre in self.centres.items():
            bad += [(f"centres.{code}.criteria", word) for word in centre.criteria if word not in self.criteria]
        return bad + [(f"{at}.programmes", word) for at, words in said.items() for word in words if word not in PROGRAMMES]
