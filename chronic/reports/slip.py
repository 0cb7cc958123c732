"""A referral slip 转诊单 as it is printed: the stub that stays, the letter that goes along, and what came back.

Field by field the national form's; what the registry does not hold is a blank to be filled in by hand.
"""

import sqlite3
from datetime import date
from typing import NamedTuple

from chronic.i18n import _
from chronic.i18n.terms import OUTCOMES, PROGRAMMES, SEXES, URGENCY, term
from chronic.model.days import age_on
from chronic.model.facts import FACTS
from chronic.model.idcard import masked_phone
from chronic.model.person import PROGRAMMES as ORDER
from chronic.model.person import Person
from chronic.model.referral import Referral
from chronic.model.wording import code_label, field_label
from chronic.store import facts, institutions, people, referrals, registry

_SEEN = """
SELECT visit_date, sbp, dbp, coalesce(fpg_meter, fpg), coalesce(random_glucose_meter, random_glucose), heart_rate
FROM live_contact WHERE person = ? AND visit_date <= ? ORDER BY visit_date DESC, id DESC LIMIT 1"""
_MANAGED = "SELECT programme FROM open_enrolment WHERE person = ?"
BLANK = "____________"

Lines = tuple[tuple[str, str], ...]


class Document(NamedTuple):
    """(label, value) pairs in the order of the form. `slip`: its number; `address`: whom the letter speaks to; `returns`: a
    block for each outcome reported."""

    title: str
    slip: str
    stub: Lines
    address: str
    letter: Lines
    returns: tuple[tuple[str, Lines], ...]
    foot: str


def document(db: sqlite3.Connection, day: date, person: int, slip: Referral, full: bool) -> Document:
    """The slip with what is known of the person on its day."""
    who, here = people.get(db, person), registry.settings(db)
    phone = who.phone if full else masked_phone(who.phone)
    age = str(age_on(who.birth_date, slip.made_on)) if who.birth_date else BLANK
    place = next((known for known in institutions.read(db, closed=True) if known.name == slip.institution), None)
    to = "  ".join(filter(None, (slip.institution, place.phone if place else None, place.address if place else None)))
    home = who.address or "".join(filter(None, (who.township, who.village, who.hamlet)))
    stub = (
        (_("Name"), who.name), (_("Sex"), term(SEXES, who.sex)), (_("Age"), age),
        (_("Archive number"), who.archive_no or BLANK), (_("Home"), home or BLANK), (_("Contact phone"), phone or BLANK),
        (_("Receiving institution"), to or BLANK), (_("Receiving department"), slip.dept or BLANK),
        (_("Receiving doctor"), BLANK),
        (_("Referring doctor"), slip.doctor or BLANK), (_("Date"), slip.made_on.isoformat()),
        *(((_("Clinic day"), slip.wait_until.isoformat()),) if slip.wait_until else ()),
    )  # fmt: skip
    letter = (
        (_("Patient"), "  ".join((who.name, term(SEXES, who.sex), age))),
        (_("Urgency"), term(URGENCY, slip.urgency)),
        (_("Impression"), _managed(db, person)),
        (_("Present history (reason for referral)"), _present(db, person, slip)),
        (_("Past history"), _past(db, who)),
        (_("Treatment so far"), _treatment(db, person, slip.made_on)),
        (_("Referring doctor (signature)"), slip.doctor or BLANK),
        (_("Contact phone"), BLANK),
        (_("Institution"), here.get("name") or BLANK),
        (_("Date"), slip.made_on.isoformat()),
    )
    returns = tuple(
        (f"{on}  {term(OUTCOMES, outcome)}", _told(told._asdict())) for on, outcome, told in referrals.answers(db, slip.uid)
    )
    foot = _("Printed on {day}. Please send the return slip back with the patient.").format(day=day)
    number = _("No. {slip}").format(slip=slip.slip)
    return Document(_("Two-way referral slip (out)"), number, stub, slip.institution or BLANK, letter, returns, foot)


def return_labels() -> dict[str, str]:
    """The return slip's fields in their order."""
    return {
        "institution": _("Institution"), "hospital_no": _("Hospital record number"), "diagnosis": _("Diagnosis"),
        "findings": _("Main results"), "treatment": _("Treatment given"), "advice": _("Plan and advice on rehabilitation"),
        "doctor": _("Doctor"),
    }  # fmt: skip


def _told(told: dict[str, str | None]) -> Lines:
    return tuple((label, str(told[name])) for name, label in return_labels().items() if told[name])


def _managed(db: sqlite3.Connection, person: int) -> str:
    """What the person is managed for; never a diagnosis of this program."""
    names = {name for (name,) in db.execute(_MANAGED, (person,))}
    managed = ", ".join(term(PROGRAMMES, name) for name in ORDER if name in names)
    return _("managed here for {programmes}").format(programmes=managed) if managed else BLANK


def _present(db: sqlite3.Connection, person: int, slip: Referral) -> str:
    seen = db.execute(_SEEN, (person, slip.made_on.isoformat())).fetchone()
    if seen is None:
        return slip.reason
    on, sbp, dbp, fpg, random, pulse = seen
    bp = f"{'-' if sbp is None else sbp}/{'-' if dbp is None else dbp} mmHg" if sbp is not None or dbp is not None else None
    measured = (
        bp,
        f"{field_label('fpg')} {fpg} mmol/L" if fpg is not None else None,
        f"{field_label('random_glucose')} {random} mmol/L" if random is not None else None,
        f"{field_label('heart_rate')} {pulse}" if pulse is not None else None,
    )
    given = ", ".join(filter(None, measured))
    return "; ".join(filter(None, (slip.reason, f"{on}: {given}" if given else None)))


def _past(db: sqlite3.Connection, who: Person) -> str:
    """Known illnesses, as yes or no; what nobody said stays a blank."""
    said = {fact.fact: fact.value for fact in facts.of(db, who.id)}
    said |= {name: value for name in ("ascvd", "ckd") if (value := getattr(who, name)) is not None}
    known = [
        f"{term(FACTS, name) if name in FACTS else field_label(name)} {code_label('danger', value)}"
        for name, value in said.items()
    ]
    known += [f"{field_label('family_history')} {who.family_history}"] if who.family_history else []
    return "; ".join(known) or BLANK


def _treatment(db: sqlite3.Connection, person: int, until: date) -> str:
    sql = """SELECT medicines, insulin FROM live_contact WHERE person = ? AND visit_date <= ?
      AND coalesce(medicines, insulin) IS NOT NULL ORDER BY visit_date DESC, id DESC LIMIT 1"""
    row = db.execute(sql, (person, until.isoformat())).fetchone()
    return "; ".join(filter(None, row)) if row else BLANK
