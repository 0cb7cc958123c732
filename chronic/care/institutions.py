"""The table of institutions and their clinic days: what is known of them, and which one fits a referral."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from chronic.care.desk import Desk
from chronic.errors import NotAllowed, ValueRefused
from chronic.model.institution import CAPABILITIES, LEVELS, Clinic, Institution, Sitting, sittings
from chronic.protocol.referrals import Referrals
from chronic.store import institutions, staff
from chronic.store.journal import deed

_AHEAD = timedelta(days=400)


def add(desk: Desk, new: Institution) -> Institution:
    """A new institution, with its number. Raises NotAllowed (`institution.there`), ValueRefused."""
    _check(desk, new)
    with deed(desk.db, desk.stamp, "institution.add"):
        for known in institutions.read(desk.db, closed=True):
            if known.name == new.name:
                raise NotAllowed("institution.there", name=new.name, number=known.number)
        return institutions.write(desk.db, new, desk.stamp)


def edit(desk: Desk, number: int, changes: dict[str, object]) -> Institution:
    """What is different now. Raises ValueRefused, NotAllowed (`institution.there`)."""
    with deed(desk.db, desk.stamp, "institution.edit"):
        every = {known.number: known for known in institutions.read(desk.db, closed=True)}
        if number not in every:
            raise ValueRefused("institution.none", institution=number)
        new = every.pop(number)._replace(**changes)  # type: ignore[arg-type]
        _check(desk, new)
        for other in every.values():
            if other.name == new.name:
                raise NotAllowed("institution.there", name=new.name, number=other.number)
        return institutions.write(desk.db, new, desk.stamp)


def add_clinic(desk: Desk, clinic: Clinic) -> None:
    """A clinic day, or that one is called off. Raises ValueRefused (`institution.none`, `clinic.until`)."""
    if clinic.until is not None and (clinic.every is None or clinic.until < clinic.on):
        raise ValueRefused("clinic.until", until=clinic.until, day=clinic.on)
    with deed(desk.db, desk.stamp, "clinic.add"):
        if clinic.institution not in {known.number for known in institutions.read(desk.db)}:
            raise ValueRefused("institution.none", institution=clinic.institution)
        institutions.add_clinic(desk.db, clinic, desk.stamp)


def named(desk: Desk, text: str) -> Institution | None:
    """The institution of this number, name or part of a name; None where the table knows none, which may still be written
    on a slip. Raises ValueRefused (`institution.none`, `institution.many`)."""
    known = institutions.read(desk.db)
    if text.isascii() and text.isdigit():
        for place in known:
            if place.number == int(text):
                return place
        raise ValueRefused("institution.none", institution=text)
    exact = [place for place in known if place.name == text]
    found = exact or [place for place in known if text in place.name]
    if len(found) > 1:
        raise ValueRefused("institution.many", institution=text, names=", ".join(f"{p.number} {p.name}" for p in found))
    return found[0] if found else None


def get(desk: Desk, text: str) -> Institution:
    """The institution of this number, name or part of a name. Raises ValueRefused (`institution.none`, `.many`)."""
    found = named(desk, text.strip())
    if found is None:
        raise ValueRefused("institution.none", institution=text)
    return found


def fitting(desk: Desk, urgency: str, criteria: Collection[str], dept: str | None) -> list[Institution]:
    """Where such a person can go, the best first: the centre a criterion asks for, then an emergency room, then whoever
    leads the institution of the doctor who refers; for what is not urgent the nearest level above the village."""
    centres = wanted_centres(desk, criteria)
    levels, leading = list(LEVELS), _leading(desk)

    def order(place: Institution) -> tuple[object, ...]:
        has = [centre in place.capabilities for centre in centres]
        far = levels.index(place.level)
        known = dept is not None and dept in place.departments
        urgent = "emergency" in place.capabilities if urgency == "emergency" else True
        return (not any(has), not urgent, not known, place.number not in leading, far, place.number)

    above = [place for place in institutions.read(desk.db) if place.level != levels[0]]
    return sorted(above, key=order)


def _leading(desk: Desk) -> set[int]:
    """The institution of whoever writes here, and those that lead it."""
    post = staff.on(staff.of(desk.db, desk.stamp.by), desk.today)
    led_by, found = {known.number: known.superior for known in institutions.read(desk.db)}, set[int]()
    at = post.institution if post is not None else None
    while at is not None and at not in found:
        found.add(at)
        at = led_by.get(at)
    return found


def wanted_centres(desk: Desk, criteria: Collection[str]) -> list[str]:
    """The centres that the referrals book names for these criteria."""
    book = Referrals.of(desk.editions.on(desk.today))
    return [code for code, centre in book.centres.items() if {*centre.criteria} & {*criteria}]


def centres(desk: Desk, danger: Iterable[str]) -> list[tuple[str, Institution]]:
    """(centre, where) for what these dangers could be: whatever the table has."""
    codes = {*danger}
    places = institutions.read(desk.db) if codes else []
    if not places:
        return []
    book = Referrals.of(desk.editions.on(desk.today))
    wanted = [code for code, centre in book.centres.items() if {*centre.danger} & codes]
    near = sorted(places, key=lambda place: (list(LEVELS).index(place.level), place.number))
    having = ((code, next((place for place in near if code in place.capabilities), None)) for code in wanted)
    return [(code, place) for code, place in having if place is not None]


def next_clinics(desk: Desk, place: int | None, dept: str | None, since: date) -> list[Sitting]:
    """The clinic days to come, from that day on."""
    known = {institution.number for institution in institutions.read(desk.db)}
    held = [
        clinic
        for clinic in institutions.clinics(desk.db)
        if clinic.institution in known and place in (None, clinic.institution) and dept in (None, clinic.dept)
    ]
    return sittings(held, since, since + _AHEAD) if held else []


def _check(desk: Desk, said: Institution) -> None:
    every = institutions.read(desk.db, closed=True)
    led_by, at = {known.number: known.superior for known in every}, said.superior
    while at is not None and said.number:
        if at == said.number:
            raise ValueRefused("institution.circle", name=said.name)
        at = led_by.get(at)
    for word in said.capabilities:
        if word not in CAPABILITIES:
            raise ValueRefused("institution.capability", word=word, known=", ".join(CAPABILITIES))
