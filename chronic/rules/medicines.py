"""Medicines as they were supplied: until when each lasts; and the questions for the prescriber.

A plan of supplies is a pure function of what was given and stopped. What is left when a new supply comes is carried over,
so the new one begins the day the old one would have run out. A stop ends a medicine and what is left of it is not counted
again; on one day a supply comes before a stop.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from chronic.model.medicine import KINDS, Course, Entry, Taken, names_in
from chronic.protocol.medicines import Medicines
from chronic.rules.drugs import meaning


class Flag(NamedTuple):
    """A question for the prescriber. `code`: twice, together, egfr_low; `unknown` ones cannot be answered from what is
    recorded: egfr_none, egfr_old. `names` as they were written, `classes` are codes of the book."""

    code: str
    names: tuple[str, ...]
    classes: tuple[str, ...]
    cite: str
    value: float | None = None
    on: date | None = None

    @property
    def unknown(self) -> bool:
        return self.code in ("egfr_none", "egfr_old")


class Measured(NamedTuple):
    """The latest eGFR, reported or estimated, and its day."""

    value: float
    on: date


def courses(entries: Iterable[Entry], key: Callable[[str], str]) -> list[Course]:
    """The medicines being supplied, the one that runs out first in front. `key` says which names are one medicine."""
    going: dict[str, Course] = {}
    for entry in sorted(entries, key=lambda entry: (entry.on, KINDS.index(entry.kind), entry.uid)):
        same = key(entry.name)
        if entry.kind == "stop":
            going.pop(same, None)
            continue
        before = going.get(same)
        begins = entry.on if before is None else max(entry.on, before.run_out_on)
        since = entry.on if before is None else before.since_on
        going[same] = Course(same, entry.name, since, entry.on, begins + timedelta(days=entry.days or 0))
    return sorted(going.values(), key=lambda course: (course.run_out_on, course.key))


def taken(
    entries: Sequence[Entry], lists: Sequence[tuple[date, str]], key: Callable[[str], str]
) -> tuple[list[Taken], date | None]:
    """What is taken, what runs out first in front, and the day of the latest list. `lists` oldest first.

    A medicine that was supplied is taken until it is stopped, whatever a later list leaves out: that is said, not
    concluded. A list speaks for what it names until the next one.
    """
    stopped: dict[str, date] = {}
    for entry in entries:
        if entry.kind == "stop":
            stopped[key(entry.name)] = max(entry.on, stopped.get(key(entry.name), entry.on))
    named: dict[str, tuple[date, tuple[str, ...]]] = {}
    latest = None
    for latest, text in lists:
        now: dict[str, list[str]] = {}
        for name in names_in(text):
            now.setdefault(key(name), []).append(name)
        named = {
            same: (named[same][0] if same in named else latest, tuple(dict.fromkeys(names)))
            for same, names in now.items()
            if same not in stopped or stopped[same] < latest
        }
    supplied = {course.key: course for course in courses(entries, key)}
    found = [_taken(same, supplied.get(same), named.get(same), latest) for same in dict.fromkeys((*supplied, *named))]
    return sorted(found, key=lambda one: one.run_out_on or date.max), latest


def _taken(same: str, course: Course | None, named: tuple[date, tuple[str, ...]] | None, latest: date | None) -> Taken:
    if course is None:
        assert named is not None
        return Taken(same, named[1], named[0], last_on=latest)
    since = course.since_on if named is None else min(course.since_on, named[0])
    names = (course.name,) if named is None else named[1]
    left_out = latest if named is None and latest is not None and latest > course.last_on else None
    last = course.last_on if named is None or latest is None else max(course.last_on, latest)
    return Taken(same, names, since, course.run_out_on, left_out, last)


def flags(names: Sequence[str], egfr: Measured | None, today: date, book: Medicines) -> list[Flag]:
    """What to ask the prescriber about these medicines, one name for each way of writing. Unknown names take no part."""
    classes = _by_class(names, book)
    found = [
        Flag("twice", tuple(written), (code,), book.twice.cite)
        for code, written in classes.items()
        if len(written) > 1 and book.classes[code].twice
    ]
    for pair in book.pairs.values():
        if pair.one in classes and pair.other in classes:
            both = tuple(dict.fromkeys((*classes[pair.one], *classes[pair.other])))
            found.append(Flag("together", both, (pair.one, pair.other), pair.cite))
    kidney = book.kidney
    if kidney.of in classes:
        taken = tuple(classes[kidney.of])
        code = _kidneys(egfr, today, book)
        if code is not None:
            value, on = egfr or (None, None)
            found.append(Flag(code, taken, (kidney.of,), kidney.cite, value, on))
    return found


def _kidneys(egfr: Measured | None, today: date, book: Medicines) -> str | None:
    """A low value stays a question however old; one that is not low says nothing once it is old."""
    if egfr is None:
        return "egfr_none"
    if egfr.value < book.kidney.egfr_below:
        return "egfr_low"
    return "egfr_old" if book.kidney.within.after(egfr.on) < today else None


def _by_class(names: Sequence[str], book: Medicines) -> Mapping[str, list[str]]:
    """Class -> the names that hold a substance of it; a name that holds two of a class stands there twice."""
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        known = meaning(name, book)
        for drug in known.drugs if known is not None else ():
            found.setdefault(book.drugs[drug].of, []).append(name)
    return found
