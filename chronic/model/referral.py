"""A referral as it was written, and what came back."""

from datetime import date
from typing import NamedTuple


class Referral(NamedTuple):
    """One slip 转出单. `slip`: its number, 2026-0012; `contact`: uid of the contact that advised it, None by hand;
    `criterion`: code of the referrals book; `reason`, `institution` and `dept` as they stand on the slip; `wait_until`: the
    clinic day it waits for."""

    made_on: date
    urgency: str
    reason: str
    slip: str = ""
    programme: str | None = None
    contact: str | None = None
    criterion: str | None = None
    institution: str | None = None
    dept: str | None = None
    wait_until: date | None = None
    doctor: str | None = None
    id: int = 0
    uid: str = ""


class Report(NamedTuple):
    """What the hospital wrote, in its own words; the last four only on a return slip 回转单."""

    institution: str | None = None
    diagnosis: str | None = None
    advice: str | None = None
    hospital_no: str | None = None
    findings: str | None = None
    treatment: str | None = None
    doctor: str | None = None
