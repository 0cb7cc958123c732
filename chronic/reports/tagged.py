"""Whose lines a list is to have; above all `--tag`: people with a tag, their own or their household's, or of an age.

A list that wants it takes `tags: tuple[Tagged, ...]` and adds `conditions(tags, "p.id", values)` to its WHERE.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from chronic.errors import ValueRefused
from chronic.model.days import add_months
from chronic.model.place import Where
from chronic.model.tags import TAGS, age_in, code_of, spellings


class Tagged(NamedTuple):
    """One tag as it may be spelt in the registry, or everybody born by a day (ISO text)."""

    spelt: tuple[str, ...] = ()
    born_by: str | None = None


def wanted(db: sqlite3.Connection, text: str, day: date) -> Tagged:
    """What `--tag TEXT` means on this day: 65+ is an age, the rest a tag by its code or any of its names.

    A word that is no known tag and that nobody has is a slip: ValueRefused (`tag.none`).
    """
    age = age_in(text)
    if age is not None:
        return Tagged(born_by=add_months(day, -12 * age).isoformat())
    found = Tagged(spellings(code_of(text.strip())))
    if found.spelt[0] not in TAGS and not _anybody(db, found):
        raise ValueRefused("tag.none", tag=text)
    return found


def conditions(tags: Iterable[Tagged], person: str, values: dict[str, object]) -> Iterator[str]:
    """SQL that holds for people who have every one of these; `person` is the expression of their id, and the bound
    values are added to `values`.

    The plus keeps a list on the index that puts it in order: whoever has the tag is looked up once, not walked.
    """
    for place, tag in enumerate(tags):
        if tag.born_by is not None:
            values[f"born_by_{place}"] = tag.born_by
            yield f"(SELECT birth_date FROM person WHERE person.id = {person}) <= :born_by_{place}"
            continue
        names = {f"tag_{place}_{at}": name for at, name in enumerate(tag.spelt)}
        values.update(names)
        spelt = ", ".join(f":{name}" for name in names)
        yield f"+{person} IN (SELECT tagged.person FROM tagged WHERE tagged.tag IN ({spelt}))"


class Whom(NamedTuple):
    """Whose lines a list is to have. `where` None: wherever they live."""

    where: Where | None = None
    doctor: str | None = None
    tags: tuple[Tagged, ...] = ()


def filters(whom: Whom, values: dict[str, object], village: str = "", person: str = "p") -> str:
    """SQL to put behind a WHERE: " AND …", or nothing. The bound values are added to `values`.

    `person`: what the query calls the person's row; `village`: where the line's village stands, if not there.
    """
    found = [] if whom.where is None else [whom.where.sql(person, village)]
    if whom.doctor is not None:
        values["doctor"] = whom.doctor
        found.append(f"{person}.responsible_doctor = :doctor")
    return "".join(f" AND {condition}" for condition in (*found, *conditions(whom.tags, f"{person}.id", values)))


def people(db: sqlite3.Connection, whom: Whom) -> set[int] | None:
    """Their ids, None where it is everybody; for a list that is made in memory anyway."""
    if whom == Whom():
        return None
    values: dict[str, object] = {}
    where = filters(whom, values)
    return {id_ for (id_,) in db.execute(f"SELECT p.id FROM person AS p WHERE 1{where}", values)}


def _anybody(db: sqlite3.Connection, tag: Tagged) -> bool:
    values: dict[str, object] = {}
    (condition,) = conditions([tag], "p.id", values)
    return (
        db.execute(f"SELECT 1 FROM person AS p WHERE {condition.removeprefix('+')} LIMIT 1", values).fetchone() is not None
    )
