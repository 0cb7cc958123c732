"""The residents' register: enter, change, close and reopen people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from chronic.care import keeping, manage
from chronic.care.desk import Desk
from chronic.care.manage import Wanted
from chronic.care.ours import named, not_elsewhere, ours
from chronic.care.record import refusal
from chronic.care.replan import replan
from chronic.errors import NotAllowed
from chronic.model.checks import person_refusals
from chronic.model.idcard import BadIdCard, IdCard, parse_id
from chronic.model.person import Person
from chronic.model.plan import Problem
from chronic.model.sounds import ways
from chronic.model.unseen import is_name, usual
from chronic.store import conflicts, erasing, histories, merges, numbers, people, places, registers
from chronic.store.journal import deed

KEYS = ("uid", "id_number", "archive_no")
NUMBERS = ("id_number", "archive_no")
ONE_LINE = ("name", "village", "township", "hamlet", "household_no", "responsible_doctor")


class Given(NamedTuple):
    """A person as a sheet or the keyboard gives them; None and empty mean "not said"."""

    person: Person
    wanted: tuple[Wanted, ...] = ()
    tags: tuple[str, ...] = ()
    ref: str | None = None
    source: str = "default"
    dated: date | None = None
    """The day the sheet says the row was written."""


class Entered(NamedTuple):
    """What became of them: added, changed, unchanged or refused."""

    state: str
    id: int
    refusals: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    changed: tuple[str, ...] = ()
    villages_made: tuple[str, ...] = ()
    kept: tuple[keeping.Difference, ...] = ()
    """Where the register's value stayed against the row's."""
    replaced: tuple[keeping.Difference, ...] = ()
    """Where the row's value came in the place of the register's."""


def enter(desk: Desk, given: Given, keep: keeping.Keep = keeping.theirs) -> Entered:
    """Add a person or bring what is known up to date. Blank never overwrites, nothing reopens or un-enrols.

    Not re-planned here: the caller does that, for one person or for a whole sheet.
    """
    found = _matches(desk, given)
    if len(found) > 1:
        return Entered("refused", 0, (Problem("person.keys_disagree", "", ", ".join(map(str, sorted(found)))),))
    known = people.get(desk.db, found.pop()) if found else None
    if known is not None and erasing.on(desk.db, known.id or 0) is not None:
        return Entered("refused", 0, (Problem("person.erased", "", known.id),))
    said = {name: value for name, value in given.person._asdict().items() if name not in ("id", "uid") and _said(value)}
    if known is not None:
        given, said = _without_decided(desk, known, given, said)
    settled = keeping.settle(keep, known, said, given.dated)
    said = settled.said
    merged = _birth(known, (known or Person("", uid=given.person.uid))._replace(**said), set(said))  # type: ignore[arg-type]
    merged, refused = complete(_rederived(known, merged, set(said), desk.today), desk.today)
    wanted, refused_too = manage.proposed(desk, known.id if known else None, merged, given.wanted)
    wanted, stays_kept, undecided = keeping.settle_stays(keep, known, wanted, given.dated)
    refused += [*settled.undecided, *undecided]
    refused += [*refused_too, *(_disproved(desk, known, merged, wanted) if known else ())]
    if not merged.name:
        refused.append(Problem("value.missing", "name"))
    if refused:
        return Entered("refused", known.id if known else 0, tuple(dict.fromkeys(refused)))
    return _write(desk, given, known, merged, wanted)._replace(kept=(*settled.kept, *stays_kept))


def add(desk: Desk, given: Given) -> Entered:
    """Register someone new. Raises ValueRefused, NotAllowed (`person.known`)."""
    with deed(desk.db, desk.stamp, "person.add") as doing:
        for found in _matches(desk, given):
            raise NotAllowed("person.known", id=found, name=people.get(desk.db, found).name)
        entered = enter(desk, given)
        for problem in entered.refusals:
            raise refusal(problem)
        doing.person = entered.id
        replan(desk, [entered.id])
    return entered


def edit(
    desk: Desk, person: int, changes: dict[str, object], tags: Iterable[str] | None = None
) -> list[tuple[str, object, object]]:
    """Change a person's own columns (None clears one). Where two registries disagree, saying what stands here already
    decides it. Raises ValueRefused, NotAllowed (`person.known`, and as `named`)."""
    with deed(desk.db, desk.stamp, "person.edit", person):
        old = named(desk, person)
        had = numbers.held(desk.db, [person])
        new = old._replace(**changes)  # type: ignore[arg-type]
        if "birth_date" in changes and "birth_approximate" not in changes:
            new = new._replace(birth_approximate=None)
        new, refused = complete(_rederived(old, new, set(changes), desk.today), desk.today)
        for problem in (*refused, *_disproved(desk, old, new)):
            raise refusal(problem)
        for column in ("id_number", "archive_no"):
            for other in people.find_by_number(desk.db, column, getattr(new, column) or ""):
                if other.id != person and getattr(other, column) == getattr(new, column):
                    raise NotAllowed("person.known", id=other.id, name=other.name)
        wanted = {name: getattr(new, name) for name in Person._fields if name not in ("id", "uid")}
        changed = people.change(desk.db, person, wanted, desk.stamp)
        undecided = conflicts.disputed(desk.db, person) | numbers.claimed(desk.db, person)
        for name in (changes.keys() & undecided) - {name for name, _, _ in changed}:
            people.note_change(desk.db, person, name, wanted[name], wanted[name], desk.stamp)
            changed.append((name, wanted[name], wanted[name]))
        if tags is not None and people.set_tags(desk.db, person, tags, desk.stamp):
            changed.append(("tags", None, ";".join(tags)))
        replan(desk, {person} | registers.hand_on(desk.db, had, desk.today, desk.stamp))
    return changed


def close(desk: Desk, person: int, on: date, reason: str) -> None:
    """死亡 or 迁出: ends every programme with it. Raises NotAllowed (as `ours`), ValueRefused."""
    with deed(desk.db, desk.stamp, "person.close", person):
        old = ours(desk, person)
        new = old._replace(closed_on=on, closed_reason=reason)
        for problem in (*person_refusals(new, desk.today), *_disproved(desk, old, new)):
            raise refusal(problem)
        people.change(desk.db, person, {"closed_on": on, "closed_reason": reason}, desk.stamp)
        replan(desk, [person])


def reopen(desk: Desk, person: int) -> None:
    """Undo a mistaken closing; the same enrolments go on. Raises NotAllowed (`person.not_closed`, and as
    `named` and `not_elsewhere`)."""
    with deed(desk.db, desk.stamp, "person.reopen", person):
        old = named(desk, person)
        if old.closed_on is None:
            raise NotAllowed("person.not_closed", name=old.name)
        not_elsewhere(desk, old)
        people.change(desk.db, person, {"closed_on": None, "closed_reason": None}, desk.stamp)
        replan(desk, [person])


def complete(person: Person, today: date) -> tuple[Person, list[Problem]]:
    """Fill birth date and sex from the ID number; what contradicts it, or cannot be, comes back as problems."""
    found: list[Problem] = []
    if person.id_number is not None:
        try:
            card = parse_id(person.id_number, today)
        except BadIdCard as error:
            return person, [Problem(f"id.{error.args[0]}", "id_number", person.id_number)]
        found += _contradictions(person, card)
        person = person._replace(id_number=card.number, birth_date=card.birth_date, sex=card.sex, birth_approximate=None)
    if person.birth_date is None or person.birth_approximate == "no":
        person = person._replace(birth_approximate=None)
    lines = {name: text for name in ONE_LINE if (text := getattr(person, name))}
    for name, text in lines.items():
        if usual(text) != text:
            person = person._replace(**{name: usual(text)})  # type: ignore[arg-type]  # a column of text
    found += [Problem("value.control", name) for name, text in lines.items() if not is_name(text)]
    return person, [*found, *person_refusals(person, today)]


def _birth(old: Person | None, new: Person, said: set[str]) -> Person:
    """A birth date reckoned from an age gives way to a known one, and never replaces what is there."""
    if "birth_date" not in said or old is None or old.birth_date is None:
        return new
    if new.birth_approximate == "yes" and "birth_approximate" in said:
        return new._replace(birth_date=old.birth_date, birth_approximate=old.birth_approximate)
    return new._replace(birth_approximate=None)


def _rederived(old: Person | None, new: Person, said: set[str], today: date) -> Person:
    """With another ID number, a birth date and sex that only came from the old one follow it."""
    if old is None or old.id_number is None or new.id_number == old.id_number:
        return new
    card = parse_id(old.id_number, today)
    if "birth_date" not in said and old.birth_date == card.birth_date:
        new = new._replace(birth_date=None)
    return new._replace(sex="unknown") if "sex" not in said and old.sex == card.sex else new


def _disproved(desk: Desk, old: Person, new: Person, changes: Sequence[manage.Change] = ()) -> Iterator[Problem]:
    """What is recorded already and cannot be with a new birth date. `changes`: of enrolments, made together.

    A closing before a recorded contact is no contradiction: a death is often known days later, by the phone call
    that is recorded too.
    """
    born = new.born
    if born is None or born == old.born:
        return
    first = histories.first_day(desk.db, old.id)
    if first is not None and first < born:
        yield Problem("visit.before_birth", "visit_date", first, born)
    yield from manage.before_birth(desk, old.id, born, changes)


def _contradictions(person: Person, card: IdCard) -> list[Problem]:
    found = []
    if person.born not in (None, card.birth_date):
        found.append(Problem("id.birth_differs", "birth_date", person.birth_date, card.birth_date))
    if person.sex not in ("unknown", card.sex):
        found.append(Problem("id.sex_differs", "sex", person.sex, card.sex))
    return found


def _matches(desk: Desk, given: Given) -> set[int]:
    """Everyone whom one of the row's keys names. A number somebody merged away had names who stayed only together with
    a name that sounds the same: it may have been wrong, and somebody else's by right."""
    keys = [(column, getattr(given.person, column)) for column in KEYS] + [("person_ref", given.ref)]
    found: set[int] = set()
    for column, value in keys:
        person = people.id_by(desk.db, column, value, given.source) if value else None
        if person is not None and (column not in NUMBERS or _is_theirs(desk, person, column, given.person)):
            found.add(person)
    return found


def _is_theirs(desk: Desk, person: int, column: str, given: Person) -> bool:
    stays = people.get(desk.db, person)
    if getattr(stays, column) == getattr(given, column) or not given.name:
        return True
    before = merges.decided(desk.db, column, str(getattr(given, column)))
    names = (stays.name, *([str(before.columns["name"])] if before else ()))
    return any(ways(given.name) & ways(name) for name in names)


def _without_decided(desk: Desk, known: Person, given: Given, said: dict[str, object]) -> tuple[Given, dict[str, object]]:
    """Without what an old sheet says of someone merged away in just the words the register had: that was decided when the
    two were merged."""
    for column in KEYS:
        value = getattr(given.person, column)
        before = merges.decided(desk.db, column, value) if value else None
        if before is not None and before.stayed == known.id:
            said = {name: new for name, new in said.items() if _text(new) != before.columns.get(name)}
            told = [wish for wish in given.wanted if not any(_repeats(wish, stay) for stay in before.stays)]
            given = given._replace(wanted=tuple(told))
    return given, said


def _repeats(wish: Wanted, stay: Mapping[str, object]) -> bool:
    return all(_text(value) in (None, stay[name]) for name, value in wish._asdict().items())


def _text(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _said(value: object) -> bool:
    return value is not None and value not in ("", "unknown")


def _write(desk: Desk, given: Given, known: Person | None, merged: Person, wanted: Sequence[manage.Change]) -> Entered:
    changed: list[str] = []
    made: tuple[str, ...] = ()
    replaced: tuple[keeping.Difference, ...] = ()
    if known is None:
        id_, made = people.add(desk.db, merged, desk.stamp)
    else:
        id_ = known.id
        new = {name: getattr(merged, name) for name in Person._fields if name not in ("id", "uid")}
        if merged.village not in (None, known.village) and merged.village not in places.village_names(desk.db):
            made = (str(merged.village),)
        differing = people.change(desk.db, id_, new, desk.stamp)
        changed += [column for column, _, _ in differing]
        replaced = tuple(
            keeping.Difference(id_, known.name, column, ours, theirs)
            for column, ours, theirs in differing
            if ours not in keeping.BLANK
        )
    changed += manage.apply(desk, id_, wanted)
    if given.tags and people.set_tags(desk.db, id_, (*people.tags(desk.db, id_), *given.tags), desk.stamp):
        changed.append("tags")
    if given.ref:
        people.link(desk.db, id_, given.source, given.ref, desk.stamp if known else None)
    state = "added" if known is None else "changed" if changed else "unchanged"
    return Entered(state, id_, (), (), tuple(changed), made, replaced=replaced)
