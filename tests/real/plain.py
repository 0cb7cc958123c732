"""The rules once more, written plainly from the rule book and the decisions, to check the program against.

Nothing of `chronic` is imported: a mistake made there is not repeated here by using the same code. Only what the
real files can hold is covered: face-to-face visits with pressures, glucose, weight and height.
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

TWO_WEEKS = timedelta(days=14)
NEEDED = {"htn": 3, "dm": 2}
"""High days before a suspicion is sent for confirmation."""
ORDER = (
    "danger", "referral", "complication", "adverse_reaction", "uncontrolled", "not_assessed", "never_seen", "controlled",
)  # fmt: skip


class Known(NamedTuple):
    """Someone the registry took. `enrolled`: programme -> (day, whether somebody gave it)."""

    born: date | None
    enrolled: dict[str, tuple[date, bool]]
    closed_on: date | None
    village: str


class Seen(NamedTuple):
    """One visit the registry took; `values` are numbers by column, pressures rounded."""

    on: date
    values: dict[str, float]


class Verdict(NamedTuple):
    """What one visit meant for one programme ('': danger of someone in none)."""

    klass: str | None
    danger: tuple[str, ...]
    in_a_row: int
    refer: str | None
    due_on: date | None


class Line(NamedTuple):
    """What the lists say of someone with a follow-up planned."""

    due_on: date
    rank: int
    programmes: list[str]
    klass: dict[str, str | None]
    assessed: dict[str, str | None]
    danger: list[str]


class Suspected(NamedTuple):
    """High on so many days, what comes next (recheck or confirm), and by when."""

    days_high: int
    step: str
    due_on: date


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def months_after(on: date, months: int) -> date:
    """The same day number, or the month's last day."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def age(born: date | None, on: date) -> int | None:
    if born is None:
        return None
    return on.year - born.year - (1 if (on.month, on.day) < (born.month, born.day) else 0)


def dangers(values: dict[str, float]) -> tuple[str, ...]:
    sugars = [values[column] for column in ("fpg", "random_glucose") if column in values]
    codes = []
    if values.get("sbp", 0) >= 180 or values.get("dbp", 0) >= 110:
        codes.append("danger.bp")
    if any(sugar >= 16.7 for sugar in sugars):
        codes.append("danger.glucose_high")
    if any(sugar <= 3.9 for sugar in sugars):
        codes.append("danger.glucose_low")
    return tuple(codes)


def is_low(values: dict[str, float]) -> bool:
    return values.get("sbp", 999) < 90 or values.get("dbp", 999) < 50


def klass(programme: str, values: dict[str, float], years: int | None) -> str:
    """Below the limits is controlled, one value at a limit is not, and without the values nothing is said."""
    if programme == "dm":
        if "fpg" not in values:
            return "not_assessed"
        return "controlled" if values["fpg"] < 7.0 else "uncontrolled"
    limit = 150 if years is not None and years >= 65 else 140
    if values.get("sbp", 0) >= limit or values.get("dbp", 0) >= 90:
        return "uncontrolled"
    return "controlled" if "sbp" in values and "dbp" in values else "not_assessed"


def verdicts(whose: Known, seen: list[Seen], programme: str) -> dict[date, Verdict]:
    """The verdict on each visit inside the stay, `seen` being in date order."""
    began, given = whose.enrolled[programme]
    if not given and seen:
        began = min(began, seen[0].on)
    found: dict[date, Verdict] = {}
    due, last, in_a_row = began + TWO_WEEKS, None, 0
    for on, values in seen:
        if on < began or (whose.closed_on is not None and on > whose.closed_on):
            continue
        this, codes = klass(programme, values, age(whose.born, on)), dangers(values)
        if this == "not_assessed":
            due = min(due, on + TWO_WEEKS)
        else:
            in_a_row = in_a_row + 1 if this == last else 1
            last = this
            due = months_after(on, 3) if this == "controlled" else on + TWO_WEEKS
        if codes or is_low(values):
            due = min(due, on + TWO_WEEKS)
        counted = in_a_row if this == last else 0
        routine = "routine" if this == "uncontrolled" and counted >= 2 else None
        found[on] = Verdict(this, codes, counted, "emergency" if codes else routine, due)
    return found


def outside(whose: Known, seen: list[Seen], inside: dict[str, dict[date, Verdict]]) -> dict[date, Verdict]:
    """Danger and low pressure on days when no programme was open."""
    found = {}
    for on, values in seen:
        if not any(on in mine for mine in inside.values()):
            if codes := dangers(values):
                found[on] = Verdict(None, codes, 0, "emergency", on + TWO_WEEKS)
            elif is_low(values):
                found[on] = Verdict(None, (), 0, None, None)
    return found


def all_verdicts(whose: Known, seen: list[Seen]) -> dict[tuple[date, str], Verdict]:
    inside = _inside(whose, seen)
    every = {**inside, "": outside(whose, seen, inside)}
    return {(on, programme): verdict for programme, mine in every.items() for on, verdict in mine.items()}


def line(whose: Known, seen: list[Seen]) -> Line | None:
    """Where someone stands on the lists; None for who is closed or in no programme."""
    if whose.closed_on is not None or not whose.enrolled:
        return None
    inside, danger = _inside(whose, seen), open_danger(whose, seen)
    referred = any(verdict.refer == "routine" for mine in inside.values() for verdict in mine.values())
    to_confirm = any(suspicion.step == "confirm" for suspicion in suspected(whose, seen).values())
    latest = {programme: [verdict.klass for verdict in mine.values()] for programme, mine in inside.items()}
    if danger or referred or to_confirm:
        rank = ORDER.index("danger" if danger else "referral")
    else:
        rank = min(ORDER.index((classes[-1] if classes else None) or "never_seen") for classes in latest.values())
    began = {programme: day_of_enrolment + TWO_WEEKS for programme, (day_of_enrolment, _) in whose.enrolled.items()}
    planned = [list(mine.values())[-1].due_on if mine else began[programme] for programme, mine in inside.items()]
    said = {name: [k for k in latest.get(name, []) if k != "not_assessed"] for name in ("htn", "dm", "lipid")}
    return Line(
        min(filter(None, planned)), rank, list(inside),
        {name: (latest.get(name) or [None])[-1] for name in said},
        {name: (classes or [None])[-1] for name, classes in said.items()},
        danger,
    )  # fmt: skip


def _inside(whose: Known, seen: list[Seen]) -> dict[str, dict[date, Verdict]]:
    """Programme -> day -> verdict, hypertension first."""
    return {programme: verdicts(whose, seen, programme) for programme in sorted(whose.enrolled, reverse=True)}


def open_danger(whose: Known, seen: list[Seen]) -> list[str]:
    """Codes of danger that nothing has settled yet: in a programme a visit without danger that has a class there, or
    in another programme if what was dangerous is measured again; outside any, measuring it again."""
    if whose.closed_on is not None:
        return []
    inside, found = _inside(whose, seen), dict(seen)
    assessed = {on for mine in inside.values() for on, verdict in mine.items() if verdict.klass != "not_assessed"}
    open_now: list[str] = []
    for mine in inside.values():
        codes: list[str] = []
        for on, verdict in mine.items():
            if verdict.danger:
                codes += verdict.danger
            elif verdict.klass != "not_assessed" or (on in assessed and _measured_again(codes, found[on])):
                codes = []
        open_now += codes
    codes = []
    for on, values in seen:
        if dangers(values) and not any(on in mine for mine in inside.values()):
            codes += dangers(values)
        elif not dangers(values) and _measured_again(codes, values):
            codes = []
    return list(dict.fromkeys([*open_now, *codes]))


def _measured_again(codes: list[str], values: dict[str, float]) -> bool:
    """Both pressures where a pressure was dangerous, a glucose where a glucose was."""
    pressure = "danger.bp" not in codes or {"sbp", "dbp"} <= values.keys()
    return pressure and (set(codes) <= {"danger.bp"} or not values.keys().isdisjoint({"fpg", "random_glucose"}))


def suspected(whose: Known, seen: list[Seen]) -> dict[str, Suspected]:
    """Programme -> what high readings of someone not enrolled in it ask for, by programme."""
    if whose.closed_on is not None:
        return {}
    found = {}
    for programme, needed in NEEDED.items():
        days = _high_days(programme, seen) if programme not in whose.enrolled else []
        high = sum(1 for _, tests in days if tests)
        if high >= needed or any(len(tests) > 1 for _, tests in days):  # two tests at once are enough
            found[programme] = Suspected(high, "confirm", days[-1][0] + TWO_WEEKS)
        elif days:
            found[programme] = Suspected(high, "recheck", days[-1][0] + TWO_WEEKS)
    return found


HighDay = tuple[date, set[str]]


def _high_days(programme: str, seen: list[Seen]) -> list[HighDay]:
    """Days of high readings with the tests that were high, none more than 90 days after the one before, and the same
    test not normal since. Once there are enough they stay: only the outcome of a referral, which these data do not
    have, answers that. Glucose at random is none that counts, but it is not forgotten either: a day without a test."""
    days: list[HighDay] = []
    for on, values in seen:
        if programme == "htn":
            high = {"bp"} if values.get("sbp", 0) >= 140 or values.get("dbp", 0) >= 90 else set()
            normal, hint = {"bp"} if {"sbp", "dbp"} <= values.keys() else set(), False
        else:
            limits = {"fpg": 7.0, "hba1c": 6.5}
            high = {test for test, limit in limits.items() if values.get(test, 0) >= limit}
            normal, hint = set(limits) & values.keys(), values.get("random_glucose", 0) >= 11.1
        if sum(1 for _, tests in days if tests) >= NEEDED[programme] or any(len(tests) > 1 for _, tests in days):
            break
        if high or hint:
            days = [*(days if days and on <= days[-1][0] + timedelta(days=90) else []), (on, high)]
        elif normal and set().union(*(tests for _, tests in days)) <= normal:
            days = []
    return days
