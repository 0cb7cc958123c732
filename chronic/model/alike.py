"""How much two registered people look like one: points for what speaks for it, and against it, each with a reason.

A name alone, written the same or only sounding the same, is never enough: 王秀兰 is the name of thousands. Nor are two
people taken for one who each have a valid ID number of their own: its check digit finds every single slip, so another
valid number is another person, unless it is nearly the same and the rest agrees.
"""

from typing import NamedTuple

ENOUGH = 50
"""From here on a pair is shown."""
POINTS = {
    "same_name": 25,
    "sounds_same": 15,
    "same_birth_date": 30,
    "near_birth_date": 10,
    "same_phone": 20,
    "same_household": 25,
    "same_village": 10,
    "same_archive": 40,
    "near_id": 0,
    "other_birth_date": -40,
    "other_sex": -60,
    "other_id": -100,
}
_NEAR = 2
"""So many figures may differ in a number that was written wrongly; two that changed places are two."""


class Card(NamedTuple):
    """What is compared of one person. `ways`: how the name can be said; `village`: a place's id; days as ISO texts."""

    id: int
    name: str
    ways: frozenset[str]
    sex: str
    birth_date: str | None
    id_number: str | None
    archive_no: str | None
    phone: str | None
    village: int | None
    hamlet: int | None
    household_no: str | None


class Likeness(NamedTuple):
    """The points, and the codes of what gave them, what speaks for it first."""

    score: int
    reasons: tuple[str, ...]


def likeness(one: Card, other: Card) -> Likeness:
    """How alike two people are. Nothing is said of what only one of them has."""
    found = []
    if one.name == other.name:
        found.append("same_name")
    elif one.ways & other.ways:
        found.append("sounds_same")
    else:
        return Likeness(0, ())  # whatever they share they may share as a family
    for reason in (_born(one, other), _numbered(one, other), _lives(one, other)):
        found += [reason] if reason else []
    if one.phone and one.phone == other.phone:
        found.append("same_phone")
    if one.archive_no and other.archive_no and one.archive_no[-8:] == other.archive_no[-8:]:
        found.append("same_archive")
    if "unknown" not in (one.sex, other.sex) and one.sex != other.sex:
        found.append("other_sex")
    reasons = sorted(found, key=lambda reason: (-POINTS[reason], reason))
    return Likeness(sum(map(POINTS.__getitem__, found)), tuple(reasons))


def _born(one: Card, other: Card) -> str | None:
    if one.birth_date is None or other.birth_date is None:
        return None
    if one.birth_date == other.birth_date:
        return "same_birth_date"
    return "near_birth_date" if _near(one.birth_date, other.birth_date) else "other_birth_date"


def _numbered(one: Card, other: Card) -> str | None:
    if one.id_number is None or other.id_number is None:
        return None
    return "near_id" if _near(one.id_number[:-1], other.id_number[:-1]) else "other_id"


def _lives(one: Card, other: Card) -> str | None:
    if one.village is None or one.village != other.village:
        return None
    if one.household_no is None or (one.hamlet, one.household_no) != (other.hamlet, other.household_no):
        return "same_village"
    return "same_household"


def _near(one: str, other: str) -> bool:
    """Two numbers of one length with one figure written wrongly, or two that changed places."""
    places = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(places) < _NEAR:
        return True
    first, last = places[0], places[-1]
    return len(places) == _NEAR and (one[first], one[last]) == (other[last], other[first])
