"""A resident, or a new registry, asked at the terminal. What comes back is what the options would have given."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import click

from chronic.care.desk import Desk
from chronic.care.register import complete
from chronic.cli import guided, people
from chronic.cli import guided_terminal as terminal
from chronic.cli.guided_answers import Values
from chronic.cli.guided_questions import INIT, LEVELS, PERSON
from chronic.cli.session import Session
from chronic.i18n import _
from chronic.i18n.terms import term
from chronic.model.person import Person
from chronic.model.place import LEVELS as PLACES
from chronic.model.place import level_of
from chronic.model.plan import Problem
from chronic.model.wording import say, say_problem
from chronic.reports.history import Last
from chronic.store import people as store
from chronic.store import places


@dataclass(kw_only=True)
class Registration(guided.Interview):
    """One resident being registered."""

    desk: Desk

    def person(self, values: Values) -> Person:
        """The person as told so far, with these values."""
        told = {**self.answers, **values}
        given: Any = {name: told[name] for name in Person._fields if told.get(name) is not None}
        return Person(**{"name": "", **given})

    def check(self, values: Values) -> guided.Checked:
        _person, problems = complete(self.person(values), self.desk.today)
        refused = [say_problem(problem) for problem in problems]
        if values.get("id_number"):
            known = store.find_by_number(self.desk.db, "id_number", str(values["id_number"]))
            refused += [say("person.known", id=who.id, name=who.name) for who in known]
        return guided.Checked(tuple(refused), tuple(self._new_village(values.get("village"))))

    def after(self, values: Values) -> Iterable[str]:
        """Who else has this name; what the ID number says of its holder."""
        if values.get("name"):
            same = [who for who in store.find_by_name(self.desk.db, str(values["name"])) if who.name == values["name"]]
            return [_("Same name: {id} {who}").format(id=who.id, who=people.line(who, self.day)) for who in same]
        if values.get("id_number"):
            person, _problems = complete(self.person(values), self.desk.today)
            return [_("Born {day}: {who}").format(day=person.birth_date, who=people.line(person, self.day))]
        return ()

    def _new_village(self, village: object) -> Iterable[Problem]:
        """A village nobody lives in yet may be a slip of the finger."""
        known = places.village_names(self.desk.db)
        return (
            [Problem("place.new", "village", village, ", ".join(known))]
            if village and known and village not in known
            else []
        )


class Founding(guided.Interview):
    """A registry being made."""

    def check(self, values: Values) -> guided.Checked:
        area, level = values.get("area"), values.get("level")
        its = level_of(str(area)) if area is not None else None
        if area is not None and its not in LEVELS:
            return guided.Checked((_("{text} is not a 12-digit area code.").format(text=area),))
        own = its or level_of(str(self.answers.get("area", "")))
        if level is not None and own not in (None, level):
            told = {"its": term(PLACES, str(own)), "level": term(PLACES, str(level))}
            return guided.Checked((say("place.area_level", digits=area or self.answers["area"], **told),))
        return guided.Checked(())


def registration(session: Session, given: Values) -> Values:
    """What the options of `person add` would have said, the name with it."""
    latest = next(store.read(session.db, "WHERE village_name IS NOT NULL ORDER BY id DESC LIMIT 1"), None)
    last = {"village": Last(latest.village, session.today)} if latest else {}
    told = Registration(session.today, set(), last, desk=session.desk)
    told.answers |= {name: value for name, value in given.items() if value is not None}
    with terminal.stopping(_("Stopped: nobody was registered."), lambda: _so_far(told.answers)):
        terminal.prepare()
        guided.greet()
        guided.walk(PERSON, told)
        if told.answers.pop("save") != "yes":
            raise click.Abort
    if latest and told.answers.get("village") == latest.village:
        told.answers.setdefault("township", latest.township)
    return {**given, **told.answers}


def _so_far(answers: Values) -> str:
    name = answers.get("name")
    others = {column: value for column, value in answers.items() if column != "name"}
    return guided.command_line(f'chronic person add "{name}"', others) if name else ""


def founding(session: Session, given: Values) -> Values:
    """What the options of `init` would have said."""
    told = Founding(session.today, set(), {"name": Last(_("Village clinic"), session.today)})
    told.answers |= {name: value for name, value in given.items() if value is not None}
    with terminal.stopping(_("Stopped: no registry was made.")):
        terminal.prepare()
        guided.greet()
        guided.walk(INIT, told)
    return told.answers
