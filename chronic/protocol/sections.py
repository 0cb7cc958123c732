"""The shape of a guideline file: one small class for each of its tables, key by key.

A section is read once and never changes. It is not a dataclass: thirty of those cost every command that judges
more time than reading the file does.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple, Self

from chronic.model.days import add_months


class Section:
    """One table of a guideline file; the annotations of a subclass are its keys and their kinds."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(name)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    __hash__ = object.__hash__

    def but(self, **changes: Any) -> Self:
        """The same with other values."""
        return type(self)(**{**self.__dict__, **changes})

    def parts(self) -> Iterator[tuple[str, "Section"]]:
        """The sections in it by their addresses; those of a table or a list of sections as `name.key`, `name.1`."""
        for name, value in self.__dict__.items():
            if isinstance(value, Section):
                yield name, value
            elif isinstance(value, (dict, list)):
                named = value.items() if isinstance(value, dict) else enumerate(value, 1)
                yield from ((f"{name}.{key}", part) for key, part in named if isinstance(part, Section))


class BpLimit(NamedTuple):
    """A pair of limits, mmHg, written 140/90."""

    sbp: int
    dbp: int

    @classmethod
    def read(cls, text: str) -> "BpLimit":
        sbp, dbp = text.split("/")
        return cls(int(sbp), int(dbp))

    def reached(self, sbp: int | None, dbp: int | None) -> bool:
        """At or above: one of the two pressures is enough."""
        return (sbp is not None and sbp >= self.sbp) or (dbp is not None and dbp >= self.dbp)

    def kept(self, sbp: int | None, dbp: int | None) -> bool | None:
        """True: both were measured and are below. False: one is at or above. None: cannot be said."""
        if self.reached(sbp, dbp):
            return False
        return None if sbp is None or dbp is None else True

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

    def __str__(self) -> str:
        return f"{self.months} months" if self.months else f"{self.days} days"

    def after(self, day: date) -> date:
        """The last day of the interval; that day itself is still on time."""
        return add_months(day, self.months) if self.months else day + timedelta(days=self.days)

    def before(self, day: date) -> date:
        """The day that lies so long before."""
        return (add_months(day, -self.months) if self.months else day) - timedelta(days=self.days)


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


class HtnTarget(Section):
    cite: str
    adult: BpLimit
    older: BpLimit
    older_from: int


class Branches(Section):
    cite: str
    controlled: Interval
    uncontrolled: Interval


class InARow(Section):
    cite: str
    in_a_row: int


class HtnAdvice(Section):
    cite: str
    general: BpLimit
    general_below_age: int
    with_diabetes_or_kidney_disease: BpLimit


class Htn(Section):
    target: HtnTarget
    followup: Branches
    referral: InARow
    advice: HtnAdvice


class DmTarget(Section):
    cite: str
    fpg_below: float


class DmAdvice(Section):
    cite: str
    non_fasting_below: float


class Dm(Section):
    target: DmTarget
    followup: Branches
    referral: InARow
    advice: DmAdvice


class LipidTarget(Section):
    cite: str
    low_below: float
    raised_below: float
    very_high_below: float
    very_high_fall_percent: int


class LipidHigh(Section):
    cite: str
    ldl_c_at_or_above: float
    tc_at_or_above: float
    diabetes_from_age: int


class LipidFactors(Section):
    cite: str
    hdl_c_below: float
    men_from_age: int
    women_from_age: int


class LipidGrid(Section):
    cite: str
    ldl_c_columns: list[float]
    tc_columns: list[float]
    without_hypertension: list[str]
    with_hypertension: list[str]


class LipidSevere(Section):
    cite: str
    tg_at_or_above: float


class LipidFollowup(Section):
    cite: str
    controlled: Interval
    uncontrolled: Interval
    seen: Interval
    complaint: Interval


class Lipid(Section):
    target: LipidTarget
    high: LipidHigh
    factors: LipidFactors
    grid: LipidGrid
    severe: LipidSevere
    followup: LipidFollowup
    referral: InARow


class DangerBp(Section):
    cite: str
    at_or_above: BpLimit


class DangerGlucose(Section):
    cite: str
    at_or_above: float
    at_or_below: float


class DangerSigns(Section):
    cite: str
    ask_when: list[str]


class DangerPregnancy(Section):
    cite: str
    bp_at_or_above: BpLimit
    fpg_at_or_above: float
    ppg_2h_at_or_above: float
    random_at_or_above: float


class Within(Section):
    cite: str
    within: Interval


class Danger(Section):
    bp: DangerBp
    glucose: DangerGlucose
    signs: DangerSigns
    pregnancy: DangerPregnancy
    contact: Within


class AlertBp(Section):
    cite: str
    below: BpLimit


class AlertPulse(Section):
    cite: str
    below: int
    above: int


class Alert(Section):
    bp: AlertBp
    pulse: AlertPulse
    contact: Within


class ContactRules(Section):
    not_assessed: Within


class EnrolmentRules(Section):
    first_followup: Within


class ReferralRules(Section):
    outcome: Within
    returned: Within


class ScreeningHtn(Section):
    cite: str
    at_or_above: BpLimit
    days: int
    recheck: Interval
    keep_open: Interval


class ScreeningDm(Section):
    cite: str
    fpg_at_or_above: float
    days: int
    recheck: Interval
    keep_open: Interval


class VeryHigh(Section):
    cite: str
    at_or_above: BpLimit
    sittings: int


class DmTests(Section):
    cite: str
    ogtt_2h_at_or_above: float
    hba1c_at_or_above: float
    random_at_or_above: float
    same_time: int


class DmSymptoms(Section):
    cite: str
    typical: list[str]
    needed: int


class Prediabetes(Section):
    cite: str
    fpg_from: float
    ogtt_2h_from: float
    hba1c_from: float


class FurtherTest(Section):
    cite: str
    fpg_at_or_above: float


class Cadence(Section):
    cite: str
    from_age: int
    every: Interval


class Screening(Section):
    htn: ScreeningHtn
    window: Within
    very_high: VeryHigh
    dm: ScreeningDm
    dm_tests: DmTests
    dm_symptoms: DmSymptoms
    prediabetes: Prediabetes
    further_test: FurtherTest
    confirmed: Within
    bp: Cadence
    bp_at_risk: Cadence
    fpg_at_risk: Cadence
    checkup: Cadence


class BodyLimits(Section):
    cite: str
    bmi_from: float
    waist_from_male: float
    waist_from_female: float


class AtRiskHtn(Section):
    cite: str
    bp_from: BpLimit
    salt: list[str]
    alcohol_liang_from: float
    from_age: int


class AtRiskDm(Section):
    cite: str
    from_age: int
    exercise_below_per_week: int
    hdl_at_or_below: float
    tg_at_or_above: float


class AtRisk(Section):
    body: BodyLimits
    htn: AtRiskHtn
    dm: AtRiskDm


class Sitting(Section):
    cite: str
    third_if_apart_more_than: int
    average_last: int


class Measuring(Section):
    sitting: Sitting


class YearlyVisits(Section):
    cite: str
    programmes: list[str]
    needed: int


class PartYear(Section):
    cite: str
    days_each: int
    one_from_days: int


class QuarterGuard(Section):
    cite: str
    last_days: int


class Reach(Section):
    cite: str
    visits_a_quarter: int


class YearlyCheckup(Section):
    cite: str
    every: Interval
    ask_from_month: int


class Entitlement(Section):
    visits: YearlyVisits
    part_year: PartYear
    quarter: QuarterGuard
    reach: Reach
    checkup: YearlyCheckup


class OlderPeople(Section):
    """Who counts as an older person for the yearly check-up, where a county has a rule of its own."""

    cite: str
    from_age: int
    whole_year: bool
    """Throughout the year of that birthday, not from the day on."""


class Protocol(Section):
    """One guideline edition. Every section that holds a number names its citation."""

    id: str
    base: str = ""
    """The edition an overlay lies over, '' for an edition of its own."""
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
    measuring: Measuring
    screening: Screening
    at_risk: AtRisk
    entitlement: Entitlement
    older_people: OlderPeople | None = None
    """None: as the check-up form has it."""
    books: dict[str, str]
    """The files of the parts that few commands need, see `protocol.book`; a table named like one lies over it."""
    own: dict[str, Any]
    """What a county's file lays over them."""
    cites: dict[str, Cite]
