"""The parts of a guideline that few commands need, each a file of its own in protocols/books.

A guideline names its books; a county's file lays tables of the same name over them (`[complications.tests.ecg]`),
as it does over its base. They are read when asked for: judging a visit needs none of them.
"""

import os
from functools import cache
from string import Formatter
from typing import Any

from chronic.errors import ValueRefused
from chronic.model.facts import FACTS
from chronic.model.fields import BY_COLUMN
from chronic.model.person import PROGRAMMES
from chronic.protocol import medicines as medicine_book
from chronic.protocol.duties import Education, Tasks, wrong_tasks
from chronic.protocol.medicines import Medicines
from chronic.protocol.named import CRITERIA, LINES, NUMBERS, Named, When, Whom
from chronic.protocol.orders import Orders
from chronic.protocol.reading import FOLDER, merged, table_of, whole
from chronic.protocol.sections import Cite, Interval, Names, Protocol, Section

KINDS = ("emergency", "first", "followup", "down")
"""Kinds of referral: an ambulance now, on the first visit, during follow-up, back from the hospital."""
ACTIONS = ("refer", "repeat")
_LIMITED = ("suspected", "managed", "rehabilitation")
_AGAIN = ("came_already", "not_reached", "wrong_number", "has_medicine", "seen_elsewhere", "refused", "other")
"""Outcomes of a call that may leave the day of the next one open."""


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


class Referrals(Section):
    recent: Recent
    centres: dict[str, Centre]
    signs: dict[str, Sign]
    criteria: dict[str, Criterion]
    cites: dict[str, Cite]


class Disease(Section):
    """One of the six diseases; `asks` is its symptom question, `then` what a yes calls for."""

    cite: str
    name: Names
    asks: Names
    then: Names


class Flag(Section):
    """A result that calls for something, and until when."""

    cite: str
    when: When
    action: str
    within: Interval
    does: Names


class Item(Section):
    """One test of the matrix. `columns`: the values it has, in these `units`; `valid`: how long a result from elsewhere
    counts; `needed = false`: only where it can be done."""

    cite: str
    name: Names
    diseases: list[str]
    whom: list[Whom]
    every: Interval
    valid: Interval
    columns: list[str]
    units: list[str]
    needed: bool
    flags: dict[str, Flag]


class Egfr(Section):
    """The score (protocols/scores) that estimates filtration from creatinine."""

    cite: str
    formula: str


class InForce(Section):
    """The six diseases as this place counts them, in the order shown."""

    cite: str
    diseases: list[str]


class Complications(Section):
    in_force: InForce
    egfr: Egfr
    diseases: dict[str, Disease]
    tests: dict[str, Item]
    cites: dict[str, Cite]


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


class Advice(Section):
    known: Known
    lines: dict[str, Line]
    cites: dict[str, Cite]


class Wait(Section):
    """So long after something."""

    cite: str
    within: Interval


class PauseRule(Section):
    """A pause is proposed after failed attempts on so many days in a row, the first so long ago."""

    cite: str
    attempts: int
    over: Interval


class Recall(Section):
    """Calling back. `again`: until the next attempt, by outcome; `promise`: after the day promised; `contact`: after a
    contact that settled nothing; `danger`: at the latest, while one is open; `longest`: the furthest date one may set."""

    again: dict[str, Wait]
    promise: Wait
    contact: Wait
    danger: Wait
    longest: Wait
    pause: PauseRule
    cites: dict[str, Cite]


class Term(Section):
    cite: str
    length: Interval


class Renewal(Section):
    """How long before its last day a contract's renewal is due."""

    cite: str
    before: Interval


class Coded(Section):
    """A package or a reason, with the number it has in the contract system."""

    cite: str
    code: str
    name: Names


class Contracts(Section):
    """家庭医生签约."""

    term: Term
    renewal: Renewal
    packages: dict[str, Coded]
    reasons: dict[str, Coded]
    cites: dict[str, Cite]


class Limit(Section):
    """A stage that has lasted longer than this is stuck."""

    cite: str
    after: Interval


class Event(Section):
    """What rehabilitation follows, for how long, and the `field.code` of a check-up form that names it."""

    cite: str
    name: Names
    found: list[str]
    lasts: Interval


class Chain(Section):
    """Stages of the chain: `limits` of suspected, managed and rehabilitation."""

    limits: dict[str, Limit]
    events: dict[str, Event]
    cites: dict[str, Cite]


SHAPES: dict[str, type[Section]] = {
    "referrals": Referrals, "complications": Complications, "advice": Advice, "tasks": Tasks, "education": Education,
    "medicines": Medicines, "orders": Orders, "tracing": Recall, "contracts": Contracts,
    "chain": Chain,
}  # fmt: skip


def referrals(protocol: Protocol) -> Referrals:
    """When to refer, and the signs the danger question asks for."""
    found = book(protocol, "referrals")
    assert isinstance(found, Referrals)
    return found


def complications(protocol: Protocol) -> Complications:
    """The matrix of the six diseases."""
    found = book(protocol, "complications")
    assert isinstance(found, Complications)
    return found


def advice(protocol: Protocol) -> Advice:
    """What to say to a person."""
    found = book(protocol, "advice")
    assert isinstance(found, Advice)
    return found


def tracing(protocol: Protocol) -> Recall:
    """When to call again, and when to propose a pause."""
    found = book(protocol, "tracing")
    assert isinstance(found, Recall)
    return found


def tasks(protocol: Protocol) -> Tasks:
    """What is checked, and until when a task is to be done."""
    found = book(protocol, "tasks")
    assert isinstance(found, Tasks)
    return found


def education(protocol: Protocol) -> Education:
    """The words of health education."""
    found = book(protocol, "education")
    assert isinstance(found, Education)
    return found


def medicines(protocol: Protocol) -> Medicines:
    """What medicines are called, and what is asked about them."""
    found = book(protocol, "medicines")
    assert isinstance(found, Medicines)
    return found


def orders(protocol: Protocol) -> Orders:
    """How long the result of an ordered test may take."""
    found = book(protocol, "orders")
    assert isinstance(found, Orders)
    return found


def contracts(protocol: Protocol) -> Contracts:
    """How family-doctor contracts run and end."""
    found = book(protocol, "contracts")
    assert isinstance(found, Contracts)
    return found


def chain(protocol: Protocol) -> Chain:
    """How long a stage of the chain may last, and what rehabilitation follows."""
    found = book(protocol, "chain")
    assert isinstance(found, Chain)
    return found


def check(protocol: Protocol) -> None:
    """Read every book. Raises ValueRefused (`protocol.key`, `protocol.unknown`)."""
    for name in SHAPES:
        book(protocol, name)


def book(protocol: Protocol, name: str) -> Section:
    """One book as this guideline has it. Raises ValueRefused (`protocol.key`, `protocol.unknown`)."""
    over = protocol.own.get(name, {})
    if not over:
        return _shipped(name, protocol.books.get(name, ""))
    table = merged(_table(protocol.books.get(name, "")), over)
    table["cites"] = {**table["cites"], **{key: cite._asdict() for key, cite in protocol.cites.items()}}
    return _checked(name, table)


@cache
def _shipped(name: str, file: str) -> Section:
    return _checked(name, _table(file))


def _table(file: str) -> dict[str, Any]:
    path = os.path.join(FOLDER, "books", f"{file}.toml")
    if not file or not os.path.isfile(path):
        raise ValueRefused("protocol.unknown", protocol=file or "-")
    return table_of(path)


def _checked(name: str, table: dict[str, Any]) -> Section:
    found = whole(SHAPES[name], table, f"{name}.")
    for address, problem in _wrong(found):
        raise ValueRefused("protocol.key", key=f"{name}.{address}", problem=problem)
    return found


def _wrong(found: Section) -> list[tuple[str, str]]:
    """Words that name nothing: (address, the word)."""
    wrong: list[tuple[str, str]] = []
    if isinstance(found, Referrals):
        named = {f"signs.{code}": sign.programmes for code, sign in found.signs.items()}
        named |= {f"criteria.{code}": one.programmes for code, one in found.criteria.items()}
        for code, one in found.criteria.items():
            wrong += [] if one.kind in KINDS else [(f"criteria.{code}.kind", one.kind)]
            wrong += [] if one.decides.name in CRITERIA else [(f"criteria.{code}.decides", one.decides.name)]
        for code, centre in found.centres.items():
            wrong += [(f"centres.{code}.criteria", word) for word in centre.criteria if word not in found.criteria]
    elif isinstance(found, Advice):
        named = {f"lines.{code}": line.programmes for code, line in found.lines.items()}
        for code, line in found.lines.items():
            wrong += [] if line.when.name in LINES else [(f"lines.{code}.when", line.when.name)]
            known = NUMBERS.get(line.when.name, {"value", "limit"})
            wrong += [(f"lines.{code}.tells", word) for text in line.tells for word in _braces(text) if word not in known]
    elif isinstance(found, Medicines):
        return medicine_book.wrong(found)
    elif isinstance(found, Recall):
        return [("again", word) for word in set(found.again) ^ set(_AGAIN)]
    elif isinstance(found, Complications):
        return _wrong_matrix(found)
    elif isinstance(found, Chain):
        return _wrong_chain(found)
    elif isinstance(found, Tasks):
        return wrong_tasks(found, _braces)
    else:
        return wrong
    wrong += [(f"{at}.programmes", word) for at, words in named.items() for word in words if word not in PROGRAMMES]
    return wrong


def _braces(text: str) -> list[str]:
    """The names in braces; a text whose braces do not match names "{"."""
    try:
        return [name for _, name, spec, _ in Formatter().parse(text) if name is not None or spec]  # type: ignore[misc]
    except ValueError:
        return ["{"]


def _wrong_matrix(found: Complications) -> list[tuple[str, str]]:
    formula = os.path.join(FOLDER, "scores", f"{found.egfr.formula}.toml")
    wrong = (
        []
        if found.egfr.formula.startswith("ckd-epi-") and os.path.isfile(formula)
        else [("egfr.formula", found.egfr.formula)]
    )
    wrong += [("in_force.diseases", code) for code in found.in_force.diseases if code not in found.diseases]
    for code, item in found.tests.items():
        wrong += [(f"tests.{code}.columns", word) for word in item.columns if word not in BY_COLUMN]
        wrong += [] if len(item.columns) == len(item.units) else [(f"tests.{code}.units", str(len(item.units)))]
        wrong += [(f"tests.{code}.diseases", word) for word in item.diseases if word not in found.diseases]
        for name, flag in item.flags.items():
            if flag.action not in ACTIONS:
                wrong.append((f"tests.{code}.flags.{name}.action", flag.action))
            if flag.when.is_ and flag.when.column not in item.columns:
                wrong.append((f"tests.{code}.flags.{name}.when", flag.when.column))
    return wrong


def _wrong_chain(found: Chain) -> list[tuple[str, str]]:
    """Limits of stages that have one, events that can be told, and codes of the check-up form."""
    from chronic.model.checkup_fields import by_column

    wrong = [("limits", word) for word in set(found.limits) ^ set(_LIMITED)]
    wrong += [(f"events.{code}", code) for code in found.events if code not in FACTS]
    for code, event in found.events.items():
        for text in event.found:
            field, _, word = text.partition(".")
            if field not in by_column() or word not in (by_column()[field].codes or {}):
                wrong.append((f"events.{code}.found", text))
    return wrong
