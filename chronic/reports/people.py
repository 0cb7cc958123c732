"""The register as a listing, and one person's details."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date

from chronic.i18n import N_
from chronic.i18n.terms import PROGRAMMES as PROGRAMME_NAMES
from chronic.i18n.terms import term
from chronic.model.codes import PROGRAMMES
from chronic.model.days import age_on
from chronic.model.idcard import masked_id, masked_phone
from chronic.model.person import Person
from chronic.model.report import Column, Report
from chronic.model.tags import tag_name
from chronic.model.wording import code_label, field_label
from chronic.reports import listed, tagged
from chronic.store import histories, programmes
from chronic.store import people as store

_COLUMNS = (
    *listed.PERSON,
    Column("village", N_("Village")),
    Column("hamlet", N_("Hamlet")),
    Column("programmes", N_("Programmes")),
    Column("id_number", N_("ID number")),
    Column("phone", N_("Phone")),
    Column("closed_on", N_("Closed on"), hidden=True),
)
_OPEN = "(SELECT person FROM open_enrolment WHERE programme = :programme)"


def people(db: sqlite3.Connection, day: date, found: Iterable[Person], full: bool) -> Report:
    """These people as a listing, numbers masked unless `full`."""
    return Report("people", day.isoformat(), _COLUMNS, (_row(db, person, day, full) for person in found))


def register(
    db: sqlite3.Connection,
    whom: tagged.Whom,
    programme: str | None = None,
    closed: bool = False,
    limit: int | None = None,
) -> Iterable[Person]:
    """People by village, hamlet and household."""
    values: dict[str, object] = {"programme": programme}
    where = f"closed_on IS {'NOT ' if closed else ''}NULL" + (f" AND id IN {_OPEN}" if programme is not None else "")
    where += tagged.filters(whom, values, person="person_card")
    tail = f" LIMIT {limit:d}" if limit is not None else ""
    order = "ORDER BY village_name, hamlet_name, household_no, id"
    return store.read(db, f"WHERE {where} {order}{tail}", values)


def details(db: sqlite3.Connection, person: int, full: bool) -> Iterator[tuple[str, object]]:
    """(label, value) of everything known of a person, blanks left out."""
    who = store.get(db, person)
    shown = {**who._asdict(), "id_number": who.id_number if full else masked_id(who.id_number)}
    shown["phone"] = who.phone if full else masked_phone(who.phone)
    for column in ("name", *(name for name in Person._fields if name not in ("id", "uid", "name"))):
        value = shown[column]
        if value is not None:
            coded = column in ("sex", "ascvd", "ckd", "smoking_status", "closed_reason", "birth_approximate")
            yield field_label(column), code_label(column, str(value)) if coded else value
    tags = store.tags(db, person)
    if tags:
        yield field_label("tags"), "; ".join(map(tag_name, tags))
    for stay in histories.stays(db, person):
        begun = f"{stay.enrolled_on}" + ("*" if stay.assumed else "")
        ended = f" – {stay.ended_on} {code_label('htn_end_reason', stay.end_reason or '')}" if stay.ended_on else ""
        yield term(PROGRAMME_NAMES, stay.programme), begun + ended


def _row(db: sqlite3.Connection, person: Person, day: date, full: bool) -> dict[str, object]:
    managed = {e.programme for e in programmes.of(db, person.id) if e.ended_on is None and person.closed_on is None}
    return {
        "person_id": person.id, "uid": person.uid, "name": person.name, "sex": person.sex,
        "age": age_on(person.birth_date, day) if person.birth_date else None, "village": person.village,
        "hamlet": person.hamlet, "programmes": [name for name in PROGRAMMES if name in managed],
        "id_number": person.id_number if full else masked_id(person.id_number),
        "phone": person.phone if full else masked_phone(person.phone),
        "closed_on": person.closed_on.isoformat() if person.closed_on else None,
    }  # fmt: skip
