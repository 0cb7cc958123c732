"""Help with major illness, and where people were treated."""

from datetime import date

from chronic.care.desk import Desk
from chronic.care.record import refusal
from chronic.errors import NotAllowed
from chronic.model.aid import Rescue, Treated
from chronic.model.plan import Problem
from chronic.store import aid, people
from chronic.store.journal import deed


def rescue(desk: Desk, person: int, new: Rescue) -> None:
    """Note that help with an illness began or ended.

    Raises ValueRefused (`value.missing`, `value.future`, `value.before_birth`), NotAllowed (`rescue.open`, `rescue.none`,
    `rescue.before`).
    """
    new = new._replace(illness=new.illness.strip())
    _check(desk, person, ("illness", new.illness), ("happened_on", new.on))
    with deed(desk.db, desk.stamp, "person.rescue", person):
        known = aid.open_rescues(desk.db, person)
        there, name = known.get(new.illness), people.get(desk.db, person).name
        if new.state == "begun" and there is not None:
            raise NotAllowed("rescue.open", name=name, illness=new.illness, day=there.on)
        if new.state == "ended" and there is None:
            raise NotAllowed("rescue.none", name=name, illness=new.illness, known=", ".join(known) or "-")
        latest = max((one.on for one in aid.rescues(desk.db, person) if one.illness == new.illness), default=new.on)
        if new.on < latest:
            raise NotAllowed("rescue.before", illness=new.illness, day=latest)
        aid.add_rescue(desk.db, person, new, desk.stamp)


def treated(desk: Desk, person: int, new: Treated) -> None:
    """Note where somebody was treated. Raises ValueRefused (`value.missing`, `value.future`, `value.before_birth`)."""
    new = new._replace(institution=new.institution.strip())
    _check(desk, person, ("institution", new.institution), ("treated_on", new.on))
    with deed(desk.db, desk.stamp, "person.treated", person):
        aid.add_treated(desk.db, person, new, desk.stamp)


def _check(desk: Desk, person: int, word: tuple[str, str], day: tuple[str, date]) -> None:
    """A word that is there, and a day between birth and today; each with its column."""
    born, on = people.get(desk.db, person).born, day[1]
    if not word[1]:
        raise refusal(Problem("value.missing", word[0]))
    if on > desk.today:
        raise refusal(Problem("value.future", *day))
    if born is not None and on < born:
        raise refusal(Problem("value.before_birth", *day))
