"""What to say to a person about how they live, and what to ask where that is not known."""

from chronic.model.person import PROGRAMMES
from chronic.protocol.book import Book, braces
from chronic.protocol.named import LINES, NUMBERS, Named
from chronic.protocol.sections import Cite, Interval, Names, Section


class Line(Section):
    """Something to say to a person with this factor, and the question where the factor is not known.

    `in_danger`: said while a danger is open, and only then.
    """

    cite: str
    programmes: list[str]
    in_danger: bool
    when: Named
    tells: Names
    asks: Names


class Known(Section):
    """How old what is known of a person may be; older than that is asked again."""

    cite: str
    within: Interval


class Advice(Book):
    table = "advice"

    known: Known
    lines: dict[str, Line]
    cites: dict[str, Cite]

    def wrong(self) -> list[tuple[str, str]]:
        bad: list[tuple[str, str]] = []
        for code, line in self.lines.items():
            bad += [] if line.when.name in LINES else [(f"lines.{code}.when", line.when.name)]
            known = NUMBERS.get(line.when.name, {"value", "limit"})
            bad += [(f"lines.{code}.tells", word) for text in line.tells for word in braces(text) if word not in known]
        for code, line in self.lines.items():
            bad += [(f"lines.{code}.programmes", word) for word in line.programmes if word not in PROGRAMMES]
        return bad
