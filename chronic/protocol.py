"""Load and check a guideline file.

A protocol is a tree of small frozen dataclasses that mirrors the TOML file one to one. An unknown, missing
or ill-typed key stops the program with the address of the key; a file in use is never edited.
"""

import tomllib
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from math import isfinite
from typing import Any, NamedTuple, get_type_hints

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


@dataclass(frozen=True, slots=True)
class Names:
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Cite:
    source: str
    mark: str
    zh: str
    en: str

    @property
    def unverified(self) -> bool:
        return self.mark.startswith("UNVERIFIED")


@dataclass(frozen=True, slots=True)
class HtnTarget:
    cite: str
    adult: BpLimit
    older: BpLimit
    older_from: int


@dataclass(frozen=True, slots=True)
class Branches:
    cite: str
    controlled: Interval
    uncontrolled: Interval


@dataclass(frozen=True, slots=True)
class InARow:
    cite: str
    in_a_row: int


@dataclass(frozen=True, slots=True)
class HtnAdvice:
    cite: str
    general: BpLimit
    general_below_age: int
    with_diabetes_or_kidney_disease: BpLimit


@dataclass(frozen=True, slots=True)
class Htn:
    target: HtnTarget
    followup: Branches
    referral: InARow
    advice: HtnAdvice


@dataclass(frozen=True, slots=True)
class DmTarget:
    cite: str
    fpg_below: float


@dataclass(frozen=True, slots=True)
class DmAdvice:
    cite: str
    non_fasting_below: float


@dataclass(frozen=True, slots=True)
class Dm:
    target: DmTarget
    followup: Branches
    referral: InARow
    advice: DmAdvice


@dataclass(frozen=True, slots=True)
class LipidFollowup:
    cite: str
    seen: Interval
    complaint: Interval


@dataclass(frozen=True, slots=True)
class Lipid:
    followup: LipidFollowup


@dataclass(frozen=True, slots=True)
class DangerBp:
    cite: str
    at_or_above: BpLimit


@dataclass(frozen=True, slots=True)
class DangerGlucose:
    cite: str
    at_or_above: float
    at_or_below: float


@dataclass(frozen=True, slots=True)
class DangerSigns:
    cite: str
    ask_when: list[str]


@dataclass(frozen=True, slots=True)
class DangerPregnancy:
    cite: str
    bp_at_or_above: BpLimit
    fpg_at_or_above: float
    ppg_2h_at_or_above: float
    random_at_or_above: float


@dataclass(frozen=True, slots=True)
class Within:
    cite: str
    within: Interval


@dataclass(frozen=True, slots=True)
class Danger:
    bp: DangerBp
    glucose: DangerGlucose
    signs: DangerSigns
    pregnancy: DangerPregnancy
    contact: Within


@dataclass(frozen=True, slots=True)
class AlertBp:
    cite: str
    below: BpLimit


@dataclass(frozen=True, slots=True)
class AlertPulse:
    cite: str
    below: int
    above: int


@dataclass(frozen=True, slots=True)
class Alert:
    bp: AlertBp
    pulse: AlertPulse
    contact: Within


@dataclass(frozen=True, slots=True)
class ContactRules:
    not_assessed: Within


@dataclass(frozen=True, slots=True)
class EnrolmentRules:
    first_followup: Within


@dataclass(frozen=True, slots=True)
class ReferralRules:
    outcome: Within
    returned: Within


@dataclass(frozen=True, slots=True)
class ScreeningHtn:
    cite: str
    at_or_above: BpLimit
    days: int
    recheck: Interval
    keep_open: Interval


@dataclass(frozen=True, slots=True)
class ScreeningDm:
    cite: str
    fpg_at_or_above: float
    days: int
    recheck: Interval
    keep_open: Interval


@dataclass(frozen=True, slots=True)
class Screening:
    htn: ScreeningHtn
    dm: ScreeningDm


@dataclass(frozen=True, slots=True)
class YearlyVisits:
    cite: str
    programmes: list[str]
    needed: int


@dataclass(frozen=True, slots=True)
class PartYear:
    cite: str
    days_each: int
    one_from_days: int


@dataclass(frozen=True, slots=True)
class QuarterGuard:
    cite: str
    last_days: int


@dataclass(frozen=True, slots=True)
class Reach:
    cite: str
    visits_a_quarter: int


@dataclass(frozen=True, slots=True)
class YearlyCheckup:
    cite: str
    ask_from_month: int


@dataclass(frozen=True, slots=True)
class Entitlement:
    visits: YearlyVisits
    part_year: PartYear
    quarter: QuarterGuard
    reach: Reach
    checkup: YearlyCheckup


@dataclass(frozen=True, slots=True, eq=False)
class Protocol:
    """One guideline edition. Every section that holds a number names its citation. Equal to itself only, and so a key."""

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
        self._later = [day for day, _ in rows[1:]]
        self._protocols = [protocol for _, protocol in rows]

    def on(self, day: date) -> Protocol:
        return self._protocols[bisect_right(self._later, day)]

    def named(self, protocol: str) -> Protocol:
        """The edition a stored verdict names."""
        return next((known for known in self._protocols if known.id == protocol), None) or load(protocol)


@cache
def load(name: str) -> Protocol:
    """The protocol shipped under this id. Raises ValueRefused (`protocol.unknown`, `protocol.key`)."""
    path = resources.files("chronic") / "protocols" / f"{name}.toml"
    if not path.is_file():
        raise ValueRefused("protocol.unknown", protocol=name)
    return parse(path.read_text(encoding="utf-8"))


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
    """`table` as the dataclass `shape`; every key must be there and no other."""
    if not isinstance(table, dict):
        raise ValueRefused("protocol.key", key=address.rstrip("."), problem="table")
    hints = get_type_hints(shape)
    names = {field.name for field in fields(shape)}
    for key in (*sorted(set(table) - names), *sorted(names - set(table))):
        raise ValueRefused("protocol.key", key=f"{address}{key}", problem="unknown" if key in table else "missing")
    return shape(**{name: _value(hints[name], table[name], f"{address}{name}") for name in names})


def _value(hint: Any, raw: Any, address: str) -> Any:
    try:
        if is_dataclass(hint):
            return _build(hint, raw, f"{address}.")
        if hint in (BpLimit, Interval):
            return hint.read(raw)
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


def _uncited(protocol: Protocol) -> Iterable[str]:
    """Addresses of `cite` keys that name no sentence."""
    stack: list[tuple[Any, str]] = [(protocol, "")]
    while stack:
        section, address = stack.pop()
        for field in fields(section):
            value = getattr(section, field.name)
            if field.name == "cite" and value not in protocol.cites:
                yield f"{address}cite = {value}"
            elif is_dataclass(value):
                stack.append((value, f"{address}{field.name}."))
