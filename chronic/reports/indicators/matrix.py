"""The tests against complications as relations: who needs which, what a result is called, how long it counts."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise, product
from typing import Any

from chronic.model.codes import PROGRAMMES
from chronic.model.fields import VISIT_FIELDS
from chronic.model.period import Period
from chronic.protocol import Editions
from chronic.protocol.complications import Complications
from chronic.reports.indicators.definitions import before
from chronic.rules.complications import Who, concerns

COLUMNS = {
    "meant": ("word", "test"),
    "since": ("n", "test", "day"),
    "era": ("n", "book"),
    "need": ("number", "book", *PROGRAMMES, "smoker", "from_age", "to_age", "diseases"),
    "needed": ("number", "disease", "test", "tests"),
}
INDEXES = {
    "meant": ("word",), "since": ("n",), "era": ("n",), "need": ("book, htn, dm, lipid, smoker, from_age",),
    "needed": ("number, test",),
}  # fmt: skip
_OLDEST = 1000
_ON_VISITS = {field.column for field in VISIT_FIELDS}
_MEASURED = """
SELECT contact.person, '{test}' AS test, contact.day FROM contact JOIN visit ON visit.id = contact.visit
WHERE contact.face = 1 AND ({there})"""


def relations(periods: Sequence[Period], editions: Editions) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of each. A result counts for as long as the test is due again in, wherever it was done."""
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in COLUMNS}
    words: dict[str, str] = {}
    books: list[Complications] = []
    for n, period in enumerate(periods):
        book, after = Complications.of(editions.on(period.last)), period.last + timedelta(days=1)
        rows["since"] += [(n, code, before(after, item.every).toordinal()) for code, item in book.tests.items()]
        if book not in books:
            books.append(book)
            words |= {word: code for code, item in book.tests.items() for word in (code, *item.columns)}
            _needs(book, len(books), rows)
        rows["era"].append((n, books.index(book) + 1))
    rows["meant"] = list(words.items())
    return rows


def _needs(book: Complications, number_of_book: int, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    for profile, tests in _profiles(book):
        number = len(rows["need"])
        diseases = {code: [test for test in tests if code in book.tests[test].diseases] for code in book.in_force.diseases}
        rows["need"].append((number, number_of_book, *profile, " ".join(code for code, mine in diseases.items() if mine)))
        rows["needed"] += [(number, code, test, len(mine)) for code, mine in diseases.items() for test in mine]


def measured(periods: Sequence[Period], editions: Editions) -> str:
    """SQL for the results that stand on contacts; the columns are fields of a visit, checked by the book."""
    columns = {
        (code, column)
        for period in periods
        for code, item in Complications.of(editions.on(period.last)).tests.items()
        for column in item.columns
        if column in _ON_VISITS
    }
    texts = [
        _MEASURED.format(
            test=test, there=" OR ".join(f"visit.{column} IS NOT NULL" for code, column in sorted(columns) if code == test)
        )
        for test in sorted({code for code, _ in columns})
    ]
    return "\nUNION ALL".join(texts)


def _profiles(book: Complications) -> Iterator[tuple[tuple[int, ...], list[str]]]:
    """Each kind of person (programmes, smoker, age from, age below) with the tests they need."""
    ages = sorted({0, _OLDEST, *(line.from_age for item in book.tests.values() for line in item.whom)})
    for *managed, smoker in product((0, 1), repeat=len(PROGRAMMES) + 1):
        programmes = frozenset(name for name, is_in in zip(PROGRAMMES, managed, strict=True) if is_in)
        for first, below in pairwise(ages):
            who = Who(programmes, first, smoker == 1)
            tests = [code for code, item in book.tests.items() if item.needed and concerns(item, who)[0]]
            yield (*managed, smoker, first, below), tests
