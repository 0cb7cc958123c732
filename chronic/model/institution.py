"""Hospitals and clinics people are referred to, and the days on which specialists sit in."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import count
from typing import NamedTuple

from chronic.i18n import N_
from chronic.model.days import add_months

LEVELS = {"village": N_("village"), "township": N_("township"), "county": N_("county"), "city": N_("city")}
CAPABILITIES = {
    "emergency": N_("emergency room"),
    "chest_pain_centre": N_("chest pain centre"),
    "stroke_centre": N_("stroke centre"),
    "heart_failure_centre": N_("heart failure centre"),
    "inpatient": N_("wards"),
    "ecg": N_("ECG"),
    "remote_ecg": N_("remote ECG"),
    "lab": N_("laboratory"),
    "hba1c": N_("HbA1c"),
    "fundus": N_("fundus photograph"),
    "foot": N_("foot examination"),
    "ct": N_("CT"),
    "ultrasound": N_("ultrasound"),
    "dialysis": N_("dialysis"),
    "rehabilitation": N_("rehabilitation"),
}
EVERY = {"week": N_("every week"), "fortnight": N_("every two weeks"), "month": N_("every month")}
"""How a clinic day comes again; every month on the day of that number, in a shorter month on its last."""
_DAYS = {"week": 7, "fortnight": 14}


class Institution(NamedTuple):
    """`number` is what people call it by; `level`: one of LEVELS; `capabilities`: codes of CAPABILITIES."""

    name: str
    level: str
    phone: str | None = None
    address: str | None = None
    capabilities: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    closed: bool = False
    number: int = 0
    place: int | None = None
    """In which township or village it stands."""
    superior: int | None = None
    """The number of the institution that leads it."""


class Post(NamedTuple):
    """Where a doctor works from a day on: the number of the institution, the team; neither: here no more."""

    doctor: str
    institution: int | None
    team: str | None
    since: date

    @property
    def left(self) -> bool:
        return self.institution is None and self.team is None


class Clinic(NamedTuple):
    """A specialist of a department sits in on this day, and `every` so often up to a day; `held` False calls it off."""

    institution: int
    dept: str
    on: date
    every: str | None = None
    until: date | None = None
    doctor: str | None = None
    held: bool = True


class Sitting(NamedTuple):
    """One clinic day."""

    on: date
    clinic: Clinic


def sittings(clinics: Iterable[Clinic], since: date, until: date) -> list[Sitting]:
    """The clinic days of [since, until], earliest first; of one department a later word on a day counts."""
    days: dict[tuple[date, int, str], Clinic] = {}
    for clinic in clinics:
        for day in _days(clinic, since, until):
            days[day, clinic.institution, clinic.dept] = clinic
    return [Sitting(day, clinic) for (day, _, _), clinic in sorted(days.items(), key=lambda item: item[0]) if clinic.held]


def _days(clinic: Clinic, since: date, until: date) -> Iterator[date]:
    last = min(until, clinic.until) if clinic.until else until
    for day in _from(clinic.on, clinic.every, since):
        if day > last:
            return
        if day >= since:
            yield day


def _from(first: date, every: str | None, since: date) -> Iterator[date]:
    if every is None:
        yield first
        return
    if every in _DAYS:
        step = _DAYS[every]
        start = max(0, (since - first).days // step)
        yield from (first + timedelta(days=step * n) for n in count(start))
        return
    months = (since.year - first.year) * 12 + since.month - first.month
    yield from (add_months(first, n) for n in count(max(0, months)))
