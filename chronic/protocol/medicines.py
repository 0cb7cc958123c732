"""The shape of the book of medicines: what they are called, their classes, and what is asked about them."""

from chronic.model.person import PROGRAMMES
from chronic.protocol.book import Book
from chronic.protocol.sections import Cite, Interval, Names, Section


class Supply(Section):
    """`remind`: so long before a supply runs out it is asked for. More than `longest` is odd, than `possible` a slip."""

    cite: str
    remind: Interval
    longest: Interval
    possible: Interval


class Kidney(Section):
    """Whoever takes a medicine of this class: an eGFR below, or none within the time, is a question."""

    cite: str
    of: str
    egfr_below: float
    within: Interval


class Pair(Section):
    """Two classes that are not usually taken together."""

    cite: str
    one: str
    other: str


class Benefit(Section):
    """Who the outpatient benefit is for: managed for one of these."""

    cite: str
    programmes: list[str]


class Written(Section):
    """What a name may hold beside the medicine's own."""

    cite: str
    salts: list[str]
    forms: list[str]


class Twice(Section):
    cite: str


class Class(Section):
    """`twice`: whether two of this class are a question."""

    cite: str
    name: Names
    twice: bool


class Drug(Section):
    """One substance of a class; the first name is the one it is shown by."""

    cite: str
    of: str
    names: list[str]


class Combination(Section):
    """Names that do not say which substances they hold."""

    cite: str
    holds: list[str]
    names: list[str]


class Medicines(Book):
    table = "medicines"

    supply: Supply
    kidney: Kidney
    pairs: dict[str, Pair]
    benefit: Benefit
    written: Written
    twice: Twice
    classes: dict[str, Class]
    drugs: dict[str, Drug]
    combinations: dict[str, Combination]
    cites: dict[str, Cite]

    def wrong(self) -> list[tuple[str, str]]:
        used = {"kidney.of": [self.kidney.of]}
        used |= {f"pairs.{code}": [pair.one, pair.other] for code, pair in self.pairs.items()}
        used |= {f"drugs.{code}.of": [drug.of] for code, drug in self.drugs.items()}
        bad = [(at, word) for at, words in used.items() for word in words if word not in self.classes]
        for code, mixed in self.combinations.items():
            bad += [(f"combinations.{code}.holds", part) for part in mixed.holds if part not in self.drugs]
        bad += [(f"drugs.{code}.names", "-") for code, drug in self.drugs.items() if not drug.names]
        return bad + [("benefit.programmes", word) for word in self.benefit.programmes if word not in PROGRAMMES]
