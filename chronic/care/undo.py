"""`undo`: take back the last thing a user recorded, as if it had never been.

What a deed added is taken away and what it changed gets its old value, all in one transaction, and everyone touched
is re-planned. How, by what it is:

- A visit is withdrawn, never deleted: its row stays with a void beside it, and the visit it had replaced counts again.
- An undone void is deleted and its visit counts again under its own uid and number, because a new row would change
  the order of the day's contacts, the outcome that answers it and what a sheet imported again finds. A plan is a
  function of the live facts, so it is the old plan; the day is free, because undo refuses whatever came later.
- A check-up goes the way of a visit, and so does the contact that carries its readings; what was said to be done about
  a result is deleted.
- A changed field of a person, an enrolment or a pause is changed back, with `person_change` rows of its own: the
  first change is history too, and both travel.
- Tasks and what became of them are deleted, with what a check wrote about them meanwhile. What a check found stays until
  the next one, which puts it right.
- Enrolments, pauses, outcomes, facts, test results, supplies, orders, health education, contracts, what was said of
  households, and people that should not be there are deleted; the journal keeps their uids. People take along what had
  been recorded and undone about them.
- An answer to a transfer is deleted: it waits again, and whoever was taken on lives where they lived.
- The end of a contract leaves room for the one that another registry wrote, and so does what was said to meet a need.
- Two people who were merged are two again, each with what was theirs; the number of the one who went was kept free.
- A place gets back what it was called and what it lay in, and whoever moved with it moves back.
- A sheet that was taken back may come again: its visits then get new uids, made from the old ones.

Undo goes back step by step and there is no redo. It does not reach across anything newer about the same person; an
import may be taken back from under what was recorded of others meanwhile, whoever imported it.
"""

from datetime import date
from itertools import groupby
from typing import NamedTuple

from chronic.care.desk import Desk
from chronic.care.replan import replan
from chronic.errors import NotAllowed, ValueRefused
from chronic.model.codes import PROGRAMMES
from chronic.model.days import china_minute, day_or_none
from chronic.store import (
    batches,
    bundles,
    checkups,
    education,
    households,
    institutions,
    journal,
    medicines,
    merges,
    numbers,
    orders,
    people,
    place_changes,
    places,
    programmes,
    referrals,
    registers,
    results,
    settling,
    spares,
    tasks,
    transfers,
    visits,
)
from chronic.store.journal import Deed
from chronic.store.people import Change
from chronic.store.transactions import checked_late

_DID = {
    "handed_to": "task.assign",
    "note": "task.note",
    "closed": "task.close",
    "reopened": "task.return",
    "accepted": "task.accept",
}
_VOIDS = ("visit_void", "checkup_void", "test_void")
_UNIQUE = ("id_number", "archive_no")
_HOME = ("township", "village", "hamlet")
_DAYS = (*people.DAYS, "enrolled_on", "diagnosed_on", "ended_on")


class Old(NamedTuple):
    """What one person had before: own columns, tags if they changed, columns by enrolment, pauses, source numbers."""

    columns: dict[str, str | None]
    tags: list[str]
    stays: dict[str, dict[str, str | None]]
    pauses: dict[str, None]
    refs: list[tuple[str, str]]


def last(desk: Desk) -> Deed:
    """What `undo` would take back. Raises NotAllowed (`undo.nothing`, `undo.newer`)."""
    found = journal.last(desk.db, desk.stamp.by)
    if found is None:
        raise NotAllowed("undo.nothing", by=desk.stamp.by)
    _check_last(desk, found)
    return found


def of_batch(desk: Desk, batch: int) -> Deed:
    """What one import recorded. Raises ValueRefused (`batch.none`), NotAllowed (`batch.undone`, `batch.empty`)."""
    known = batches.by_id(desk.db, batch)
    if known is None:
        raise ValueRefused("batch.none", batch=batch)
    deed = journal.of_batch(desk.db, batch)
    if deed is None:
        raise NotAllowed("batch.empty", batch=batch, file=known.file)
    if not journal.stands(desk.db, deed):
        raise NotAllowed("batch.undone", batch=batch, file=known.file)
    return deed


def take_back(desk: Desk, deed: Deed) -> set[int]:
    """Undo this deed; the people it was about who are still there.

    Raises NotAllowed: `undo.nothing`, `undo.newer`, `undo.depended`, `undo.number_taken`.
    """
    first, end = deed.span("person")
    gone = set(range(first, end + 1))
    with checked_late(desk.db, many=len(gone) > 1):
        _check_last(desk, deed)
        whose = journal.touched(desk.db, deed)
        had = numbers.held(desk.db, whose)
        parted = _part(desk, deed) if deed.span("person_merge")[1] else []
        visits.take_back(desk.db, *deed.span("visit"), desk.stamp)
        removed = parted + visits.unvoid(desk.db, *deed.span("visit_void"))
        checkups.take_back(desk.db, *deed.span("checkup"), desk.stamp)
        removed += checkups.unvoid(desk.db, *deed.span("checkup_void"))
        removed += results.unvoid(desk.db, *deed.span("test_void"))
        removed += education.unvoid(desk.db, *deed.span("education_void"))
        worked_on = tasks.touched(desk.db, deed.span("task"), deed.span("task_event"))
        tasks.loosen(desk.db, deed.span("task"))
        removed += medicines.unvoid(desk.db, *deed.span("medicine_void"))
        orders.reopen(desk.db, *deed.span("exam_order_event"))
        removed += referrals.unvoid(desk.db, *deed.span("referral_void"))
        place_changes.take_back(desk.db, *deed.span("place_change"))
        removed += journal.remove(desk.db, deed)
        for person, changes in groupby(people.changes(desk.db, *deed.span("person_change")), lambda change: change.person):
            if person not in gone and not parted:
                _change_back(desk, person, list(changes))
        tasks.derive(desk.db, worked_on)
        if gone:
            removed += _forget(desk, deed)
        households.remove_unspoken(desk.db, *deed.span("household"))
        places.remove_empty(desk.db, *deed.span("place"))
        journal.undone(desk.db, deed, desk.stamp, removed)
        spares.come_forward(desk.db, whose - gone)
        _reconsider(desk, deed, whose - gone)
        waited = registers.hand_on(desk.db, had, desk.today, desk.stamp)
        replan(desk, waited | whose - gone | transfers.follow(desk.db, whose - gone, desk.stamp.origin))
    return whose - gone


def _check_last(desk: Desk, deed: Deed) -> None:
    """Nothing that still stands may be newer and about the same people."""
    if not journal.stands(desk.db, deed):
        raise NotAllowed("undo.nothing", by=desk.stamp.by)
    changed = place_changes.changed_later(desk.db, *deed.span("place_change"))
    for place in [*([changed] if changed else []), *institutions.spoken_of(desk.db, *deed.span("institution"))]:
        raise NotAllowed("undo.depended", name=place)
    found = journal.newer(desk.db, deed)
    if found is not None:
        other, person = found
        who = people.known_as(desk.db, person)
        raise NotAllowed("undo.newer", name=who, by=other.by, at=china_minute(other.at), did=other.kind)
    worked_on = tasks.worked_on(desk.db, deed.span("task"), deed.span("task_event"))
    if worked_on is not None:
        event, by, at, number = worked_on
        raise NotAllowed("undo.task", number=number, by=by, at=china_minute(at), did=_DID[event])


def _change_back(desk: Desk, person: int, changes: list[Change]) -> None:
    """Give a person the values from before these changes; where a field changed twice the first old value counts."""
    old = _before(changes)
    if old.columns:
        _check_free(desk, person, old.columns)
        _note_place(desk, person, old.columns, changes)
        people.change(desk.db, person, {name: _typed(name, text) for name, text in old.columns.items()}, desk.stamp)
    if any(change.field == "tags" for change in changes):
        people.set_tags(desk.db, person, old.tags, desk.stamp)
    for stay in programmes.of(desk.db, person) if old.stays else ():
        if stay.uid in old.stays:
            dates = {name: _typed(name, text) for name, text in old.stays[stay.uid].items()}
            before = stay._replace(**dates)  # type: ignore[arg-type]
            programmes.change(desk.db, person, stay, before, desk.stamp)
    for pause in old.pauses:
        programmes.run_on(desk.db, person, pause, desk.stamp)
    for source, ref in old.refs:
        people.unlink(desk.db, person, source, ref, desk.stamp)


def _note_place(desk: Desk, person: int, old: dict[str, str | None], changes: list[Change]) -> None:
    """What they live in is called as before already: other registries have to learn of it all the same."""
    now = people.get(desk.db, person)
    for change in changes:
        if change.field in _HOME and getattr(now, change.field) == old[change.field] != change.new:
            people.note_change(desk.db, person, change.field, change.new, old[change.field], desk.stamp)


def _reconsider(desk: Desk, deed: Deed, whose: set[int]) -> None:
    """Of several rows about one day, which bundles bring, another one may count now."""
    if not any(deed.span(table)[1] for table in _VOIDS):
        whose = settling.contested(desk.db, whose)
    for table in ("visit", "checkup", "test_result") if whose else ():
        settling.settle(desk.db, table, whose)


def _part(desk: Desk, deed: Deed) -> list[str]:
    """Make two people of one again; the uid of the merger. The one who stayed first gets the old columns back, because
    two people cannot have one number."""
    span = deed.span("person_merge")
    for columns in merges.numbers(desk.db, *span):
        stayed = [found.person for found in merges.between(desk.db, *span)]
        _check_free(desk, stayed[0], columns)
    for person, changes in groupby(people.changes(desk.db, *deed.span("person_change")), lambda change: change.person):
        _change_back(desk, person, list(changes))
    both = [(found.person, found.merged) for found in merges.between(desk.db, *span)]
    gone = merges.take_back(desk.db, *span)
    for one, other in both if bundles.has_sent(desk.db, "person_merge", span[0]) else ():
        merges.say_distinct(desk.db, one, other, desk.today, None, desk.stamp)  # others will go on saying that they are one
    return gone


def _before(changes: list[Change]) -> Old:
    found = Old({}, [], {}, {}, [])
    for change in changes:
        programme, _, part = change.field.partition("_")
        if change.field == "tags":
            found.tags[:] = change.old.split(";") if change.old else []
        elif change.field == "pause_ended_on":
            found.pauses[str(change.about)] = None
        elif change.field == "person_ref":
            found.refs.append((str(change.about), str(change.new)))
        elif programme in PROGRAMMES and change.about is not None:
            found.stays.setdefault(change.about, {})[part] = change.old
        else:
            found.columns[change.field] = change.old
    return found


def _typed(column: str, text: str | None) -> date | str | bool | None:
    """A value of person_change as the model holds it."""
    if column == "assumed":
        return text == "1"
    return day_or_none(text) if column in _DAYS else text


def _check_free(desk: Desk, person: int, columns: dict[str, str | None]) -> None:
    """A number that comes back must not have gone to someone else in the meantime."""
    for column in _UNIQUE:
        number = columns.get(column)
        for other in people.find_by_number(desk.db, column, number) if number else ():
            if other.id != person and getattr(other, column) == number:
                raise NotAllowed("undo.number_taken", column=column, id=other.id, name=other.name)


def _forget(desk: Desk, deed: Deed) -> list[str]:
    """Take the people away that this deed registered. Raises NotAllowed (`undo.depended`)."""
    span = deed.span("person")
    for person in people.still_spoken_of(desk.db, *span):
        raise NotAllowed("undo.depended", name=people.get(desk.db, person).name)
    return people.forget(desk.db, *span)
