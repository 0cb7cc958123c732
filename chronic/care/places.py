"""The tree of places: added to, renamed, moved, and two spellings of one place made one.

People stay with their place by its id. Where that changes what their village, township or hamlet is called, each of them
gets a row in person_change, so that other registries learn of it; the old name still finds the place.
"""

from collections.abc import Sequence

from chronic.care.desk import Desk
from chronic.care.replan import replan
from chronic.errors import NotAllowed, ValueRefused
from chronic.model.place import ABOVE, DIGITS, above, level_of, padded
from chronic.model.unseen import usual
from chronic.store import people, place_changes, places
from chronic.store.journal import deed
from chronic.store.place_changes import Known

_FIELDS = ("township", "village", "hamlet")
"""What of a place is part of a person."""
_LIVING = ("village", "hamlet")


def add(
    desk: Desk, level: str, name: str, under: int | None = None, code: str | None = None, over: Sequence[int] = ()
) -> Known:
    """A new place in that one, over those.

    Raises ValueRefused (`place.name`, `place.under`, `place.code`, `place.code_under`), NotAllowed (`place.there`,
    `place.code_taken`).
    """
    with deed(desk.db, desk.stamp, "place.add"):
        new = Known(0, level, _named(name), _code(level, code), None, under)
        _fits(desk, new)
        made = place_changes.get(desk.db, place_changes.make(desk.db, new, desk.stamp))
        for id_ in over:
            old = place_changes.get(desk.db, id_)
            _fits(desk, old._replace(parent=made.id))
            write(desk, old, old._replace(parent=made.id))
    return made


def edit(desk: Desk, id_: int, name: str | None = None, under: int | None = None, code: str | None = None) -> Known:
    """Another name, another place above it, another code. Raises as `add` does, and ValueRefused (`edit.nothing`)."""
    with deed(desk.db, desk.stamp, "place.edit"):
        old = place_changes.get(desk.db, id_)
        new = old._replace(
            name=old.name if name is None else _named(name), parent=old.parent if under is None else under,
            code=old.code if code is None else _code(old.level, code),
        )  # fmt: skip
        if new == old:
            raise ValueRefused("edit.nothing")
        _fits(desk, new)
        write(desk, old, new)
        return place_changes.get(desk.db, id_)


def write(desk: Desk, old: Known, new: Known) -> None:
    """Make a place what it is said to be, inside a deed of the caller."""
    for field in ("code", "urban_class"):
        if getattr(new, field) != getattr(old, field):
            place_changes.change(desk.db, old.id, field, getattr(new, field), desk.stamp)
    if new.parent != old.parent:
        was, now = (_called(desk, parent, "township") for parent in (old.parent, new.parent))
        place_changes.change(desk.db, old.id, "parent", new.parent, desk.stamp)
        if old.level == "village":  # sheets that still name the old township find it
            place_changes.make(desk.db, old._replace(code=None, urban_class=None), desk.stamp, same_as=old.id)
        if old.level == "village" and was != now:
            _tell(desk, old, "township", was, now)
    if new.name != old.name:
        place_changes.change(desk.db, old.id, "name", new.name, desk.stamp)
        place_changes.call_also(desk.db, old.id, old.name, desk.stamp)
        _tell(desk, old, old.level, old.name, new.name)


def merge(desk: Desk, gone: int, kept: int) -> Known:
    """Two spellings of one place: everybody and everything of the first is of the second, which the first name finds too.

    Raises ValueRefused (`place.not_two`), NotAllowed (`place.two_codes`, `place.households`).
    """
    with deed(desk.db, desk.stamp, "place.merge"):
        touched = _merge(desk, place_changes.get(desk.db, gone), place_changes.get(desk.db, kept))
        replan(desk, touched)
    return place_changes.get(desk.db, kept)


def _merge(desk: Desk, gone: Known, kept: Known) -> set[int]:
    if gone.level != kept.level or gone.id == kept.id:
        raise ValueRefused("place.not_two", name=gone.name, other=kept.name)
    if gone.code is not None and kept.code is not None and gone.level in DIGITS:
        raise NotAllowed("place.two_codes", name=gone.name, digits=gone.code, other=kept.name, others=kept.code)
    touched: set[int] = set()
    if gone.level in _LIVING:
        touched |= _rehouse(desk, gone, kept)
    else:
        for one in place_changes.inside(desk.db, gone.id):
            same = place_changes.there(desk.db, one.level, one.name, kept.id)
            if same is not None:
                touched |= _merge(desk, one, place_changes.get(desk.db, same))
            else:
                write(desk, one, one._replace(parent=kept.id))
    if gone.code is not None and kept.code is None:
        place_changes.change(desk.db, gone.id, "code", None, desk.stamp)
        place_changes.change(desk.db, kept.id, "code", gone.code, desk.stamp)
    for row, _name in place_changes.also_called(desk.db, gone.id):
        place_changes.change(desk.db, row, "same_as", kept.id, desk.stamp)
    place_changes.change(desk.db, gone.id, "same_as", kept.id, desk.stamp)
    return touched


def _rehouse(desk: Desk, gone: Known, kept: Known) -> set[int]:
    """The people, hamlets and households of a village or hamlet are another one's; who lives there."""
    db, hamlets, village, to = desk.db, {gone.id: kept.id}, gone.parent, kept.parent
    if gone.level == "village":
        mine = {one.id: place_changes.there(db, "hamlet", one.name, kept.id) for one in place_changes.inside(db, gone.id)}
        hamlets, village, to = {id_: same or id_ for id_, same in mine.items()}, gone.id, kept.id
    assert village is not None
    assert to is not None
    living = places.living(db, gone.id)
    met = place_changes.move_households(db, village, to, hamlets, gone.level == "hamlet", desk.stamp)
    if met:
        raise NotAllowed("place.households", name=gone.name, other=kept.name, numbers=", ".join(met))
    for id_ in living:
        people.move(db, id_, to, hamlets, desk.stamp)
    for old, new in hamlets.items() if gone.level == "village" else ():
        field, value = ("parent", kept.id) if old == new else ("same_as", new)
        for row, _name in place_changes.also_called(db, old) if old != new else ():
            place_changes.change(db, row, "same_as", new, desk.stamp)
        place_changes.change(db, old, field, value, desk.stamp)
    return set(living)


def _tell(desk: Desk, place: Known, field: str, old: str | None, new: str | None) -> None:
    """Note in everybody's changes that what they live in is called otherwise now."""
    if field not in _FIELDS:
        return
    for id_ in places.living(desk.db, place.id):
        people.note_change(desk.db, id_, field, old, new, desk.stamp)


def _called(desk: Desk, id_: int | None, level: str) -> str | None:
    return next((name for _id, its, name in places.lineage(desk.db, id_) if its == level), None) if id_ is not None else None


def _named(name: str) -> str:
    told = usual(name.strip())
    if not told or "/" in told or "／" in told:
        raise ValueRefused("place.name", name=name)
    return told


def _code(level: str, code: str | None) -> str | None:
    """As it is stored. Raises ValueRefused (`place.code`)."""
    if code is None:
        return None
    full = padded(code.strip()) if level in DIGITS else usual(code.strip())
    if not full or (level in DIGITS and level_of(full) != level):
        raise ValueRefused("place.code", digits=code)
    return full


def _fits(desk: Desk, new: Known) -> None:
    """Does it lie in what it can lie in, under a name and a code of its own?"""
    around = None if new.parent is None else place_changes.get(desk.db, new.parent)
    if around is None:
        if new.level == "hamlet":
            raise ValueRefused("place.under", name=new.name, level=new.level)
    elif around.level not in ABOVE[new.level]:
        raise ValueRefused("place.under", name=new.name, level=new.level)
    if place_changes.there(desk.db, new.level, new.name, new.parent) not in (None, new.id):
        raise NotAllowed("place.there", name=new.name)
    taken = None if new.code is None else place_changes.coded(desk.db, new.code)
    if taken not in (None, new.id):
        raise NotAllowed("place.code_taken", digits=new.code, name=places.path(desk.db, int(str(taken))))
    for id_, _level, _name in places.lineage(desk.db, new.parent) if new.parent is not None and new.level in DIGITS else ():
        its = place_changes.get(desk.db, id_)
        if new.code and its.code and its.level in DIGITS and above(new.code, its.level) != its.code:
            raise ValueRefused("place.code_under", digits=new.code, name=its.name, its=its.code)
