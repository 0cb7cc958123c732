"""Management of a programme: begin, pause, end."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from chronic.care.desk import Desk
from chronic.care.ours import ours
from chronic.care.record import refusal
from chronic.care.replan import replan
from chronic.errors import NotAllowed
from chronic.model.person import Enrolment, Person
from chronic.model.plan import Problem
from chronic.store import histories, people, plans, programmes
from chronic.store.journal import deed

_DAYS = ("enrolled_on", "diagnosed_on", "ended_on")
_DATED = (*_DAYS, "end_reason")


class Wanted(NamedTuple):
    """What a sheet or the keyboard says of one programme; None means "not said"."""

    programme: str
    enrolled_on: date | None = None
    diagnosed_on: date | None = None
    ended_on: date | None = None
    end_reason: str | None = None


class Change(NamedTuple):
    """An enrolment to write: `old` is None for a new one."""

    old: Enrolment | None
    new: Enrolment


def proposed(desk: Desk, person: int | None, merged: Person, wanted: Sequence[Wanted]) -> tuple[list[Change], list[Problem]]:
    """What these wishes change. Enrolled on: the day given, else registered_on, else the first visit, else today.

    A programme that was ended here is not begun again by a sheet that simply still lists it.
    """
    changes: list[Change] = []
    refused: list[Problem] = []
    for wish in wanted:
        refused += _dates_refused(wish, merged, desk.today)
        mine = [e for e in programmes.of(desk.db, person) if e.programme == wish.programme] if person else []
        last = mine[-1] if mine else None
        meant = _meant(wish, mine)
        if meant is not None:
            new = _updated(wish, meant)
            changes += [Change(meant, new)] if new != meant else []
        else:
            new = _begun(desk, person, merged, wish, last)
            changes.append(Change(None, new))
        if new.ended_on is not None and new.ended_on < new.enrolled_on:
            refused.append(
                Problem("enrolment.end_before_begin", f"{wish.programme}_ended_on", new.ended_on, new.enrolled_on)
            )
    return changes, refused


def apply(desk: Desk, person: int, changes: Sequence[Change]) -> list[str]:
    """Write enrolments; the canonical columns that changed."""
    fields = []
    for old, new in changes:
        if old is None:
            programmes.add(desk.db, person, new, desk.stamp)
            fields.append(f"{new.programme}_enrolled_on")
        else:
            programmes.change(desk.db, person, old, new, desk.stamp)
            fields += [f"{new.programme}_{name}" for name in _changed(old, new)]
    return fields


def enrol(desk: Desk, person: int, wish: Wanted) -> tuple[Enrolment, list[Problem]]:
    """Begin managing a programme; the enrolment, and what is worth asking about it.

    Someone already under management is enrolled from today unless a day is given: what the register or an
    earlier visit says belongs to the other programme. Raises NotAllowed (as `ours`, `enrolment.open`).
    """
    with deed(desk.db, desk.stamp, "programme.begin", person):
        who = ours(desk, person)
        known = programmes.of(desk.db, person)
        if any(e.programme == wish.programme and e.ended_on is None for e in known):
            raise NotAllowed("enrolment.open", name=who.name, programme=wish.programme)
        if known and wish.enrolled_on is None:
            wish = wish._replace(enrolled_on=desk.today)
        for problem in _dates_refused(wish, who, desk.today):
            raise refusal(problem)
        last = next((e for e in reversed(known) if e.programme == wish.programme), None)
        if (
            last is not None
            and last.ended_on is not None
            and wish.enrolled_on is not None
            and wish.enrolled_on < last.ended_on
        ):
            raise refusal(Problem("enrolment.overlaps", f"{wish.programme}_enrolled_on", wish.enrolled_on, last.ended_on))
        new = _begun(desk, person, who, wish, last)
        programmes.add(desk.db, person, new, desk.stamp)
        programmes.end_pauses(desk.db, person, desk.today, desk.stamp)
        replan(desk, [person])
    return new, enrolment_warnings(who, new)


def end(desk: Desk, person: int, programme: str, on: date, reason: str) -> None:
    """End one programme with a dated reason. Raises NotAllowed (`enrolment.none`), ValueRefused."""
    with deed(desk.db, desk.stamp, "programme.end", person):
        who = people.get(desk.db, person)
        open_now = [e for e in programmes.of(desk.db, person) if e.programme == programme and e.ended_on is None]
        if not open_now:
            raise NotAllowed("enrolment.none", name=who.name, programme=programme)
        if on > desk.today:
            raise refusal(Problem("value.future", f"{programme}_ended_on", on))
        new = _updated(Wanted(programme, ended_on=on, end_reason=reason), open_now[0])
        if on < new.enrolled_on:
            raise refusal(Problem("enrolment.end_before_begin", f"{programme}_ended_on", on, new.enrolled_on))
        programmes.change(desk.db, person, open_now[0], new, desk.stamp)
        replan(desk, [person])


def pause(desk: Desk, person: int, on: date | None, reason: str | None) -> date:
    """暂时失访 from this day (the day after today's contact, if there was one); returns the day.

    Raises NotAllowed (as `ours`, `pause.nothing`, `pause.already`, `pause.seen_since`), ValueRefused.
    """
    with deed(desk.db, desk.stamp, "pause.begin", person):
        who = ours(desk, person)
        standing = plans.standing(desk.db, person)
        if standing is None:
            raise NotAllowed("pause.nothing", name=who.name)
        if standing.paused_on is not None:
            raise NotAllowed("pause.already", name=who.name, day=standing.paused_on)
        last = standing.last_contact_on
        from_on = on or desk.today + timedelta(days=int(last == desk.today))
        if on is not None and on > desk.today:
            raise refusal(Problem("value.future", "from_on", on))
        if last is not None and last >= from_on:
            raise NotAllowed("pause.seen_since", name=who.name, day=last)
        programmes.add_pause(desk.db, person, from_on, reason, desk.stamp)
        replan(desk, [person])
    return from_on


def resume(desk: Desk, person: int) -> None:
    """End a pause by hand, without a contact. Raises NotAllowed (`pause.none`)."""
    with deed(desk.db, desk.stamp, "pause.end", person):
        standing = plans.standing(desk.db, person)
        if standing is None or standing.paused_on is None:
            raise NotAllowed("pause.none", name=people.get(desk.db, person).name)
        programmes.end_pauses(desk.db, person, max(desk.today, standing.paused_on), desk.stamp)
        replan(desk, [person])


def enrolment_warnings(who: Person, new: Enrolment) -> list[Problem]:
    """Ages outside the group a programme is for."""
    from chronic.model.days import age_on
    from chronic.model.fields import ENROLMENT_AGE_ADULT, ENROLMENT_AGE_GROUP

    if who.birth_date is None:
        return [Problem("age.unknown", "birth_date")]
    age = age_on(who.birth_date, new.enrolled_on)
    if age < ENROLMENT_AGE_ADULT:
        return [Problem("enrolment.minor", "birth_date", age, age)]
    return [Problem("enrolment.young", "birth_date", age)] if age < ENROLMENT_AGE_GROUP else []


def before_birth(desk: Desk, person: int, born: date, changes: Sequence[Change]) -> Iterator[Problem]:
    """Days of this person's enrolments, as they will be, that lie before the birth date."""
    gone = [change.old for change in changes]
    kept = [stay for stay in programmes.of(desk.db, person) if stay not in gone]
    for stay in (*kept, *(change.new for change in changes)):
        for name in _DAYS:
            day = getattr(stay, name)
            if day is not None and day < born:
                yield Problem("value.before_birth", f"{stay.programme}_{name}", day)


def _dates_refused(wish: Wanted, who: Person, today: date) -> list[Problem]:
    found = []
    for name in _DAYS:
        day, column = getattr(wish, name), f"{wish.programme}_{name}"
        if day is not None and day > today:
            found.append(Problem("value.future", column, day))
        elif day is not None and who.born is not None and day < who.born:
            found.append(Problem("value.before_birth", column, day))
    if (wish.ended_on is None) != (wish.end_reason is None):
        missing = "ended_on" if wish.ended_on is None else "end_reason"
        found.append(Problem("value.missing", f"{wish.programme}_{missing}"))
    return found


def _meant(wish: Wanted, mine: Sequence[Enrolment]) -> Enrolment | None:
    """The known stay a wish speaks of, oldest first in `mine`: the one of its day, else the last; None begins another."""
    for stay in reversed(mine):
        if wish.enrolled_on is not None and wish.enrolled_on == stay.enrolled_on:
            return stay
    if not mine:
        return None
    last = mine[-1]
    if wish.enrolled_on is None:
        return last
    if wish.ended_on is not None and wish.ended_on <= last.enrolled_on and not last.assumed:
        return None  # an older stay, over before the last one began
    return last if last.ended_on is None or wish.enrolled_on < last.ended_on else None


def _updated(wish: Wanted, last: Enrolment) -> Enrolment:
    """The stay with what the wish says. An assumed beginning gives way to an end before it."""
    given = {name: getattr(wish, name) for name in _DATED}
    new = last._replace(**{name: value for name, value in given.items() if value is not None})
    if wish.enrolled_on is not None:
        return new._replace(assumed=False)
    if new.assumed and new.ended_on is not None:
        return new._replace(enrolled_on=min(new.enrolled_on, new.ended_on))
    return new


def _changed(old: Enrolment, new: Enrolment) -> list[str]:
    """What differs; a day that was assumed and is now given differs too."""
    return [
        name
        for name in _DATED
        if getattr(old, name) != getattr(new, name) or (name == "enrolled_on" and old.assumed != new.assumed)
    ]


def _begun(desk: Desk, person: int | None, who: Person, wish: Wanted, last: Enrolment | None) -> Enrolment:
    after = last.ended_on if last else None
    day = wish.enrolled_on
    if day is None and who.registered_on is not None and (after is None or who.registered_on >= after):
        day = who.registered_on
    if day is None and person is not None:
        day = histories.first_contact(desk.db, person, after)
    day = day or desk.today
    if wish.enrolled_on is None and wish.ended_on is not None:
        day = min(day, wish.ended_on)
    return Enrolment(wish.programme, day, wish.enrolled_on is None, wish.diagnosed_on, wish.ended_on, wish.end_reason)
