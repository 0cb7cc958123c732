"""A resident, and the dated facts about how they are managed."""

from datetime import date
from typing import NamedTuple

from chronic.model.codes import PROGRAMMES as PROGRAMMES


class Person(NamedTuple):
    """What the register holds of one resident. `id` is local to the file, `uid` travels."""

    name: str
    id: int = 0
    uid: str = ""
    sex: str = "unknown"
    birth_date: date | None = None
    id_number: str | None = None
    archive_no: str | None = None
    phone: str | None = None
    village: str | None = None
    township: str | None = None
    hamlet: str | None = None
    household_no: str | None = None
    address: str | None = None
    responsible_doctor: str | None = None
    registered_on: date | None = None
    family_history: str | None = None
    ascvd: str | None = None
    ckd: str | None = None
    smoking_status: str | None = None
    closed_on: date | None = None
    closed_reason: str | None = None
    birth_approximate: str | None = None
    """yes: `birth_date` was reckoned from an age."""

    @property
    def born(self) -> date | None:
        """The birth date that rules may rest on: an approximate one is as good as none."""
        return self.birth_date if self.birth_approximate is None else None


class Enrolment(NamedTuple):
    """One stay in a programme. `assumed`: nobody gave the day, so an earlier visit moves it back."""

    programme: str
    enrolled_on: date
    assumed: bool = False
    diagnosed_on: date | None = None
    ended_on: date | None = None
    end_reason: str | None = None
    uid: str = ""


class Pause(NamedTuple):
    """暂时失访: from this day nobody expects visits; any later contact ends it by itself."""

    from_on: date
    ended_on: date | None = None


class Slip(NamedTuple):
    """A referral that was written: open until an outcome names it. `contact`: uid of the contact that advised it, None
    by hand. `wait_until`: the clinic day it waits for, from which its clock runs."""

    uid: str
    number: str
    made_on: date
    urgency: str
    programme: str | None = None
    contact: str | None = None
    wait_until: date | None = None


class Outcome(NamedTuple):
    """What became of a referral: seen (到诊), returned (回转), not_arrived (未到)."""

    outcome_on: date
    outcome: str
    uid: str = ""
    answers: str | None = None
    """uid of the contact whose referral it answers, where that was on the same day."""
    confirmed: str | None = None
    """What the hospital found of a suspicion: yes, no, or nothing was said."""
    programme: str | None = None
    """Whose suspicion that is."""
    referral: str | None = None
    """uid of the slip it answers; None: what was only advised."""
