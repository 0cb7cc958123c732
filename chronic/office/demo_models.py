"""Whose story is told anew, and who has the story of someone else.

Entering and judging a person costs many times more than copying a record, so the stories of the first few
villages happen to everybody else too: a million people take minutes, not an hour. A story fits whoever is alike
in all the rules look at.
"""

from datetime import date
from random import Random
from typing import NamedTuple

from chronic.model.days import age_on
from chronic.model.person import Person
from chronic.office.demo_story import LONGEST
from chronic.protocol import Protocol
from chronic.protocol.beside import guidelines

_MODELS = 400  # of a sex and age
_OF_A_DAY = 2  # of those born on one day who came to an age at which the guideline changes
_OF_STORY = ("registered_on", "smoking_status", "ascvd", "ckd", "closed_on", "closed_reason")


class Kind(NamedTuple):
    """What the rules look at in a person: who agrees in it may have the same story."""

    sex: str
    older: tuple[bool | date, ...]
    """Beyond each of the ages at which the guideline changes; the birth date of who came to it during the story."""


class Models:
    """Those whose stories may be repeated, by kind."""

    def __init__(self, today: date, protocol: Protocol) -> None:
        self._days = (today - LONGEST, today)
        self._ages = {sex: _ages(protocol, sex) for sex in ("M", "F")}
        self._told: dict[Kind, int] = {}
        self._known: dict[Kind, list[Person]] = {}

    def kind(self, person: Person) -> Kind:
        born = person.birth_date
        assert born is not None
        before, now = (age_on(born, day) for day in self._days)
        ages = self._ages[person.sex]
        return Kind(person.sex, tuple(now >= age if (now >= age) == (before >= age) else born for age in ages))

    def enough(self, kind: Kind) -> bool:
        """Are there models of this kind? If not, one more is about to be told."""
        told = self._told.get(kind, 0)
        if told == (_OF_A_DAY if any(isinstance(age, date) for age in kind.older) else _MODELS):
            return True
        self._told[kind] = told + 1
        return False

    def add(self, kind: Kind, model: Person) -> None:
        self._known.setdefault(kind, []).append(model)

    def like(self, rng: Random, person: Person, kind: Kind) -> tuple[Person, int]:
        """The person with a model's story, and the model's id."""
        model = rng.choice(self._known[kind])
        return person._replace(**{name: getattr(model, name) for name in _OF_STORY}), model.id


def _ages(protocol: Protocol, sex: str) -> list[int]:
    """At which somebody of this sex is judged otherwise, by the guideline or by those beside it."""
    factors, htn = protocol.lipid.factors, protocol.htn
    found = {htn.target.older_from, htn.advice.general_below_age, protocol.lipid.high.diabetes_from_age}
    found.add(factors.men_from_age if sex == "M" else factors.women_from_age)
    found |= {target.from_age for beside in guidelines() for target in beside.target if target.from_age is not None}
    return sorted(found)
