"""One person who was registered twice becomes one, by decision: which values count, which stays of a programme are one,
which contacts are the same and which stand in the way. Nothing is merged by a rule alone."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from chronic.care.desk import Desk
from chronic.care.ours import named
from chronic.care.record import refusal
from chronic.care.register import complete
from chronic.care.replan import replan
from chronic.errors import NotAllowed, ValueRefused
from chronic.model.person import Enrolment, Person
from chronic.model.plan import Problem
from chronic.model.visit import Visit
from chronic.store import (
    aliases,
    histories,
    merges,
    numbers,
    overlaps,
    people,
    programmes,
    referrals,
    registers,
    results,
    transfers,
    visits,
)
from chronic.store.aliases import Alias
from chronic.store.journal import deed
from chronic.store.overlaps import Both

OURS, THEIRS = "ours", "theirs"
"""Of the one who stays; of the one who goes."""
ALL = "all"
MERGED = "chronic.merge"
"""The reason of a void of what two people had both."""
_HOME = ("village", "township", "hamlet", "household_no")
_CLOSED = ("closed_on", "closed_reason")
_OF_THE_ID = ("birth_date", "sex")
COLUMNS = tuple(name for name in Person._fields if name not in ("id", "uid"))


class Field(NamedTuple):
    """One column: what either has, and whose counts; None where that is still to be decided."""

    column: str
    ours: object
    theirs: object
    whose: str | None

    @property
    def value(self) -> object:
        return self.theirs if self.whose == THEIRS else self.ours


class Joined(NamedTuple):
    """Stays of one programme that are one: the one that goes on, as it will be, and those that go up in it."""

    old: Enrolment
    new: Enrolment
    gone: tuple[Enrolment, ...]


class Plan(NamedTuple):
    """What a merger will come to. `same`: numbers of the visits and test results of the one who goes that the other has
    just so; `moves`: table -> rows handed over; `looked`: that somebody said these are two people."""

    fields: tuple[Field, ...]
    joined: tuple[Joined, ...]
    same_visits: tuple[Both, ...]
    same_tests: tuple[Both, ...]
    moves: dict[str, int]
    looked: merges.Looked | None

    @property
    def undecided(self) -> list[Field]:
        return [field for field in self.fields if field.whose is None]


def plan(desk: Desk, stays: int, goes: int, choices: Mapping[str, str]) -> Plan:
    """What merging the second into the first would do; nothing is written. `choices`: column (or all) -> ours, theirs.

    Raises ValueRefused (`merge.self`, `merge.field`), NotAllowed (`merge.visits`, `merge.tests`, `merge.checkups`).
    """
    if stays == goes:
        raise ValueRefused("merge.self")
    ours, theirs = (transfers.everywhere(desk.db, named(desk, one)) for one in (stays, goes))
    fields = tuple(_fields(ours, theirs, choices))
    strange = choices.keys() - {ALL, *(field.column for field in fields)}
    if strange:
        known = ", ".join(field.column for field in fields)
        raise ValueRefused("merge.field", field=", ".join(sorted(strange)), known=known or "-")
    for mine, other, day in overlaps.checkups(desk.db, stays, goes):
        raise NotAllowed("merge.checkups", day=day, one=mine, other=other)
    return Plan(
        fields,
        tuple(_joined(programmes.of(desk.db, stays), programmes.of(desk.db, goes))),
        tuple(_same_visits(desk, stays, goes)),
        tuple(_same_tests(desk, stays, goes)),
        merges.counts(desk.db, goes),
        merges.looked(desk.db, stays, goes),
    )


def merge(desk: Desk, stays: int, goes: int, choices: Mapping[str, str]) -> Plan:
    """Make one of two. Raises as `plan` does, and ValueRefused (`merge.undecided`, and what a person cannot be)."""
    with deed(desk.db, desk.stamp, "person.merge"):
        lifted = transfers.lift(desk.db)
        found = plan(desk, stays, goes, choices)
        if found.undecided:
            columns = ", ".join(field.column for field in found.undecided)
            raise ValueRefused("merge.undecided", missing=columns, field=found.undecided[0].column)
        old, theirs = people.get(desk.db, stays), people.get(desk.db, goes).uid
        new = old._replace(**{field.column: field.value for field in found.fields})  # type: ignore[arg-type]
        new, refused = complete(new, desk.today)
        for problem in (*refused, *_before_birth(desk, (stays, goes), new.birth_date)):
            raise refusal(problem)
        had = numbers.held(desk.db, [stays, goes])
        sure = numbers.is_one(desk.db, stays, goes)
        _write(desk, stays, goes, found, new)
        if sure:  # whoever else has the two lists that number for somebody to decide, which was done now
            aliases.note(desk.db, [Alias(theirs, stays, by_number=True)])
        transfers.settle(desk.db, [stays])
        waited = registers.hand_on(desk.db, had, desk.today, desk.stamp)
        replan(desk, {stays} | waited | (lifted ^ transfers.lay(desk.db, desk.stamp.origin)) - {goes})
    return found


def distinct(desk: Desk, one: int, other: int, note: str | None) -> None:
    """Write down that these are two people. Raises ValueRefused (`merge.self`), NotAllowed (`merge.said`)."""
    if one == other:
        raise ValueRefused("merge.self")
    with deed(desk.db, desk.stamp, "person.distinct"):
        said = merges.looked(desk.db, one, other)
        if said is not None:
            raise NotAllowed("merge.said", day=said.on, by=said.by)
        merges.say_distinct(desk.db, one, other, desk.today, note, desk.stamp)


def _write(desk: Desk, stays: int, goes: int, found: Plan, new: Person) -> None:
    for both in found.same_visits:
        seen = visits.by_id(desk.db, both.other)
        assert seen is not None
        visits.void(desk.db, both.other, seen[0].uid, MERGED, desk.stamp)
    for both in found.same_tests:
        results.void(desk.db, both.other, MERGED, desk.stamp)
    tags = (*people.tags(desk.db, stays), *people.tags(desk.db, goes))
    refs = people.refs(desk.db, goes)
    gone = [stay.uid for joined in found.joined for stay in joined.gone]
    merges.merge(desk.db, stays, goes, gone, desk.stamp)
    for joined in found.joined:
        programmes.change(desk.db, stays, joined.old, joined.new, desk.stamp)
    columns = {name: getattr(new, name) for name in COLUMNS}
    changed = {name for name, _before, _after in people.change(desk.db, stays, columns, desk.stamp)}
    for name in (field.column for field in found.fields if field.column not in changed):
        # what stood here already was decided all the same: else a later bundle brings the other value back
        people.note_change(desk.db, stays, name, columns[name], columns[name], desk.stamp)
    people.set_tags(desk.db, stays, tags, desk.stamp)
    for source, ref in refs:
        people.link(desk.db, stays, source, ref, desk.stamp)


def _fields(ours: Person, theirs: Person, choices: Mapping[str, str]) -> Iterator[Field]:
    """Every column in which the two differ. What only one has is taken; a home goes as a whole, and so does a closing;
    birth date and sex follow an ID number."""
    taken: set[str] = set()
    for column in COLUMNS:
        mine, other = _of(ours, column), _of(theirs, column)
        if mine == other or column in taken:
            continue
        whose: str | None = None
        if other is None and column != "closed_on":
            whose = OURS
        elif mine is None and column != "closed_on":
            whose = THEIRS
        elif column in _OF_THE_ID and (ours.id_number or theirs.id_number):
            whose = _of_card(ours, theirs, choices)
        else:
            whose = choices.get(column) or choices.get(ALL)
        yield Field(column, getattr(ours, column), getattr(theirs, column), whose)
        group = _HOME if column == "village" else _CLOSED if column == "closed_on" else ()
        for follower in group[1:]:
            taken.add(follower)
            if getattr(ours, follower) != getattr(theirs, follower):
                yield Field(follower, getattr(ours, follower), getattr(theirs, follower), whose or "")


def _of_card(ours: Person, theirs: Person, choices: Mapping[str, str]) -> str | None:
    """Whose birth date and sex count, where at least one has an ID number: they are those of the number that counts."""
    if ours.id_number is None or theirs.id_number is None:
        return OURS if theirs.id_number is None else THEIRS
    return OURS if ours.id_number == theirs.id_number else choices.get("id_number") or choices.get(ALL) or OURS


def _of(person: Person, column: str) -> object:
    value = getattr(person, column)
    return None if value in ("", "unknown") else value


def _joined(ours: Sequence[Enrolment], theirs: Sequence[Enrolment]) -> Iterator[Joined]:
    """Stays of one programme that overlap are one: from the first told beginning to the last end, open if one is."""
    for programme in dict.fromkeys(stay.programme for stay in ours):
        mine = [stay for stay in ours if stay.programme == programme]
        together: list[list[Enrolment]] = []
        every = [*mine, *(stay for stay in theirs if stay.programme == programme)]
        for stay in sorted(every, key=lambda stay: (stay.enrolled_on, stay.ended_on or date.max)):
            if together and stay.enrolled_on < max(other.ended_on or date.max for other in together[-1]):
                together[-1].append(stay)
            else:
                together.append([stay])
        for group in together:
            first = next((stay for stay in group if stay in mine), None)
            if first is not None and any(stay not in mine for stay in group):
                yield Joined(first, _one(first, group), tuple(stay for stay in group if stay is not first))


def _one(first: Enrolment, group: Sequence[Enrolment]) -> Enrolment:
    told = [stay for stay in group if not stay.assumed] or list(group)
    begun = min(told, key=lambda stay: stay.enrolled_on)
    last = max(group, key=lambda stay: stay.ended_on or date.max)
    days = [stay.diagnosed_on for stay in group if stay.diagnosed_on is not None]
    return first._replace(
        enrolled_on=begun.enrolled_on, assumed=begun.assumed, diagnosed_on=min(days, default=None),
        ended_on=last.ended_on, end_reason=last.end_reason,
    )  # fmt: skip


def _same_visits(desk: Desk, stays: int, goes: int) -> Iterator[Both]:
    """Follow-ups that say the same. Raises NotAllowed (`merge.visits`) where they do not."""
    for both in overlaps.visits(desk.db, stays, goes):
        one, other = visits.by_id(desk.db, both.one), visits.by_id(desk.db, both.other)
        assert one is not None
        assert other is not None
        if referrals.spoken_of(desk.db, other[0].uid) or _said(one[0]) != _said(other[0]):
            raise NotAllowed("merge.visits", day=both.day, one=both.one, other=both.other)
        yield both


def _same_tests(desk: Desk, stays: int, goes: int) -> Iterator[Both]:
    for both, same in overlaps.tests(desk.db, stays, goes):
        if not same:
            raise NotAllowed("merge.tests", day=both.day, one=both.one, other=both.other)
        yield both


def _said(visit: Visit) -> Visit:
    """What a visit says, without whose it is and what was asked when it was recorded."""
    return visit._replace(person=0, uid="", warnings=())


def _before_birth(desk: Desk, both: Sequence[int], born: date | None) -> Iterator[Problem]:
    for person in both:
        first = histories.first_day(desk.db, person)
        if born is not None and first is not None and first < born:
            yield Problem("visit.before_birth", "visit_date", first, born)
        for stay in programmes.of(desk.db, person):
            if born is not None and stay.enrolled_on < born:
                yield Problem("value.before_birth", f"{stay.programme}_enrolled_on", stay.enrolled_on)
