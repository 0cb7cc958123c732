"""Load and check a guideline file.

A protocol is a tree of small named tuples that mirrors the TOML file one to one. (Frozen dataclasses took 25 ms to
set up, which every command that judges waited for.) An unknown, missing or ill-typed key stops the program with
the address of the key; a file in use is never edited.
"""

import os
import tomllib
from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from math import isfinite
from typing import Any, NamedTuple

from chronic.errors import ValueRefused
from chronic.model.days import add_months

DEFAULT = "cn-nbphs-2017"


class BpLimit(NamedTuple):
    """A pair of limits, mmHg, written 140/90."""

    sbp: int
    dbp: int

    @classmethod
    def read(cls, text: str) -> "BpLimit":
        sbp, dbp = text.split("/")
        return cls(int(sbp), int(dbp))

    def __str__(self) -> str:
        return f"{self.sbp}/{self.dbp}"


class Interval(NamedTuple):
    """So many calendar months or days, written "3 months" or "14 days"."""

    months: int
    days: int

    @classmethod
    def read(cls, text: str) -> "Interval":
        number, unit = text.split()
        if int(number) <= 0:
            raise ValueError(text)
        return {"months": cls(int(number), 0), "days": cls(0, int(number))}[unit]

    def after(self, day: date) -> date:
        """The last day of the interval; that day itself is still on time."""
        return add_months(day, self.months) if self.months else day + timedelta(days=self.days)


class Names(NamedTuple):
    zh: str
    en: str


class Cite(NamedTuple):
    source: str
    mark: str
    zh: str
    en: str

    @property
    def unverified(self) -> bool:
        return self.mark.startswith("UNVERIFIED")


class HtnTarget(NamedTuple):
    cite: str
    adult: BpLimit
    older: BpLimit
    older_from: int


class Branches(NamedTuple):
    cite: str
    controlled: Interval
    uncontrolled: Interval


class InARow(NamedTuple):
    cite: str
    in_a_row: int


class HtnAdvice(NamedTuple):
    cite: str
    general: BpLimit
    general_below_age: int
    with_diabetes_or_kidney_disease: BpLimit


class Htn(NamedTuple):
    target: HtnTarget
    followup: Branches
    referral: InARow
    advice: HtnAdvice


class DmTarget(NamedTuple):
    cite: str
    fpg_below: float


class DmAdvice(NamedTuple):
    cite: str
    non_fasting_below: float


class Dm(NamedTuple):
    target: DmTarget
    followup: Branches
    referral: InARow
    advice: DmAdvice


class LipidFollowup(NamedTuple):
    cite: str
    seen: Interval
    complaint: Interval


class Lipid(NamedTuple):
    followup: LipidFollowup


class DangerBp(NamedTuple):
    cite: str
    at_or_above: BpLimit


class DangerGlucose(NamedTuple):
    cite: str
    at_or_above: float
    at_or_below: float


class DangerSigns(NamedTuple):
    cite: str
    ask_when: list[str]


class DangerPregnancy(NamedTuple):
    cite: str
    bp_at_or_above: BpLimit
    fpg_at_or_above: float
    ppg_2h_at_or_above: float
    random_at_or_above: float


class Within(NamedTuple):
    cite: str
    within: Interval


class Danger(NamedTuple):
    bp: DangerBp
    glucose: DangerGlucose
    signs: DangerSigns
    pregnancy: DangerPregnancy
    contact: Within


class AlertBp(NamedTuple):
    cite: str
    below: BpLimit


class AlertPulse(NamedTuple):
    cite: str
    below: int
    above: int


class Alert(NamedTuple):
    bp: AlertBp
    pulse: AlertPulse
    contact: Within


class ContactRules(NamedTuple):
    not_assessed: Within


class EnrolmentRules(NamedTuple):
    first_followup: Within


class ReferralRules(NamedTuple):
    outcome: Within
    returned: Within


class ScreeningHtn(NamedTuple):
    cite: str
    at_or_above: BpLimit
    days: int
    recheck: Interval
    keep_open: Interval


class ScreeningDm(NamedTuple):
    cite: str
    fpg_at_or_above: float
    days: int
    recheck: Interval
    keep_open: Interval


class Screening(NamedTuple):
    htn: ScreeningHtn
    dm: ScreeningDm


class YearlyVisits(NamedTuple):
    cite: str
    programmes: list[str]
    needed: int


class PartYear(NamedTuple):
    cite: str
    days_each: int
    one_from_days: int


class QuarterGuard(NamedTuple):
    cite: str
    last_days: int


class Reach(NamedTuple):
    cite: str
    visits_a_quarter: int


class YearlyCheckup(NamedTuple):
    cite: str
    ask_from_month: int


class Entitlement(NamedTuple):
    visits: YearlyVisits
    part_year: PartYear
    quarter: QuarterGuard
    reach: Reach
    checkup: YearlyCheckup


class Protocol(NamedTuple):
    """One guideline edition. Every section that holds a number names its citation."""

    id: str
    effective_from: date
    title: Names
    htn: Htn
    dm: Dm
    lipid: Lipid
    danger: Danger
    alert: Alert
    contact: ContactRules
    enrolment: EnrolmentRules
    referral: ReferralRules
    screening: Screening
    entitlement: Entitlement
    cites: dict[str, Cite]


class Editions:
    """Which protocol judges a day: the latest one in force on it; before the first, the first."""

    def __init__(self, in_force: Iterable[tuple[date, Protocol]]) -> None:
        rows = sorted(in_force, key=lambda row: row[0])
        self._days = [day for day, _ in rows]
        self._protocols = [protocol for _, protocol in rows]

    def on(self, day: date) -> Protocol:
        return self._protocols[max(bisect_right(self._days, day) - 1, 0)]

    def named(self, protocol: str) -> Protocol:
        """The edition a stored verdict names."""
        return next((known for known in self._protocols if known.id == protocol), None) or load(protocol)


@cache
def load(name: str) -> Protocol:
    """The protocol shipped under this id. Raises ValueRefused (`protocol.unknown`, `protocol.key`)."""
    try:
        with open(os.path.join(os.path.dirname(__file__), "protocols", f"{name}.toml"), encoding="utf-8") as file:
            return parse(file.read())
    except FileNotFoundError:
        raise ValueRefused("protocol.unknown", protocol=name) from None


def parse(text: str) -> Protocol:
    """Check a guideline file's text. Raises ValueRefused with the address of the first wrong key."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueRefused("protocol.key", key="-", problem=str(error)) from None
    protocol: Protocol = _build(Protocol, table, "")
    for address in _uncited(protocol):
        raise ValueRefused("protocol.key", key=address, problem="cite")
    return protocol


def _build(shape: Any, table: Any, address: str) -> Any:
    """`table` as the section `shape`; every key must be there and no other."""
    if not isinstance(table, dict):
        raise ValueRefused("protocol.key", key=address.rstrip("."), problem="table")
    hints = shape.__annotations__
    names = set(shape._fields)
    for key in (*sorted(set(table) - names), *sorted(names - set(table))):
        raise ValueRefused("protocol.key", key=f"{address}{key}", problem="unknown" if key in table else "missing")
    return shape(**{name: _value(hints[name], table[name], f"{address}{name}") for name in names})


def _value(hint: Any, raw: Any, address: str) -> Any:
    try:
        if hint in (BpLimit, Interval):
            return hint.read(raw)
        if is_section(hint):
            return _build(hint, raw, f"{address}.")
        if hint == dict[str, Cite]:
            return {key: _build(Cite, cite, f"{address}.{key}.") for key, cite in raw.items()}
        if hint is float and type(raw) in (int, float) and isfinite(raw):
            return float(raw)
        if hint == list[str] and type(raw) is list and all(type(item) is str for item in raw):
            return raw
        if type(raw) is hint and hint is not float:
            return raw
    except (TypeError, ValueError, KeyError, AttributeError):
        pass
    raise ValueRefused("protocol.key", key=address, problem=repr(raw))


def is_section(shape: Any) -> bool:
    """A table of the file, not a value written as one text."""
    return isinstance(shape, type) and issubclass(shape, tuple) and shape not in (BpLimit, Interval)


def _uncited(protocol: Protocol) -> Iterable[str]:
    """Addresses of `cite` keys that name no sentence."""
    stack: list[tuple[Any, str]] = [(protocol, "")]
    while stack:
        section, address = stack.pop()
        for name, value in section._asdict().items():
            if name == "cite" and value not in protocol.cites:
                yield f"{address}cite = {value}"
            elif is_section(type(value)):
                stack.append((value, f"{address}{name}."))
