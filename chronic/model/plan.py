"""What the rules say of a person: verdicts on contacts, open plans, and the one line for the lists."""

from datetime import date
from typing import NamedTuple

from chronic.model.call import NOT_CALLED, Call, Tracing
from chronic.model.codes import CLASSES as CLASSES
from chronic.model.codes import KINDS as KINDS
from chronic.model.codes import RANKS as RANKS
from chronic.model.person import Enrolment, Outcome, Pause, Slip
from chronic.model.visit import Contact


class Verdict(NamedTuple):
    """judge(history up to this contact) for one programme; '' is danger outside any programme."""

    visit: int
    programme: str
    klass: str | None
    danger: tuple[str, ...]
    consecutive: int
    refer: str | None
    due_on: date | None
    rule: str
    protocol: str
    cites: tuple[str, ...]
    not_asked: tuple[str, ...]
    advice: tuple[str, ...]
    meets: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    """Targets of other guidelines met and missed by this contact: a second opinion, never the class."""


class Plan(NamedTuple):
    """One open expectation. `visit` is the contact it comes from, None for the enrolment itself."""

    kind: str
    programme: str
    due_on: date
    reasons: tuple[str, ...]
    since_on: date
    visit: int | None = None
    urgency: str | None = None
    days_high: int | None = None
    """Of a suspicion, which may also rest on none: see `found`."""
    found: tuple[str, ...] = ()
    """Of a suspicion: codes of what speaks for it, what is missing, and what was answered."""
    slip: str = ""
    """Of a referral: the number of its slip, empty while it is only advised."""


class Standing(NamedTuple):
    """The line about a person that every list shows."""

    rank: int
    paused_on: date | None
    last_visit_on: date | None
    last_contact_on: date | None
    last_bp: str | None
    last_fpg: str | None
    danger: tuple[str, ...]
    klass: dict[str, str | None]
    assessed: dict[str, str | None]
    tracing: Tracing = NOT_CALLED


class Assessment(NamedTuple):
    """All that is derived from one history. `standing` is None when nothing is planned."""

    verdicts: tuple[Verdict, ...]
    plans: tuple[Plan, ...]
    standing: Standing | None


class History(NamedTuple):
    """Everything the rules may know of a person, contacts in date order (same day: by uid)."""

    birth_date: date | None
    ckd: bool
    closed_on: date | None
    enrolments: tuple[Enrolment, ...]
    contacts: tuple[Contact, ...]
    outcomes: tuple[Outcome, ...] = ()
    pauses: tuple[Pause, ...] = ()
    sex: str = "unknown"
    ascvd: bool | None = None
    smoker: bool | None = None
    """None: unknown."""
    checkups: tuple[date, ...] = ()
    """Days of check-ups, those of the TCM part alone left out."""
    calls: tuple[Call, ...] = ()
    """Attempts to call, in order."""
    slips: tuple[Slip, ...] = ()
    """Referrals that were written, by day (same day: by uid)."""


class Problem(NamedTuple):
    """Something about a value that refuses it or is worth asking: a code, where, and what stood there."""

    code: str
    column: str = ""
    value: object = None
    detail: object = None
