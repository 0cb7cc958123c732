"""Case files: what a guideline must say of made-up histories, written as a doctor would tell them.

    [[case]]
    says = "the day before the 65th birthday the limit is still 140"
    born = 1961-09-01
    programmes = ["htn"]
    visits = [{ on = 2026-08-31, bp = "149/89" }]
    expect = { htn.class = "uncontrolled", htn.due_on = 2026-09-14 }

What may be left out:

- `born`: 60 years old in 2026. `born = "unknown"` is an unknown birth date.
- `programmes = ["htn"]`: enrolled, on a given day, 100 days before the first visit. A day that matters is
  `enrolled = { htn = 2026-01-01 }`, or `{ on =, assumed =, ended_on = }`, or a list of these for several stays.
- `sex`, `ascvd`, `smoker`: unknown. `ckd`: not known of, which the rules take as no.
- `way` clinic and `kind` follow-up. A reading is `bp = "149/89"`, one component `"150/-"` or `"-/95"`, a glucose
  in mmol/L or, as `fpg_mg_dl` and the like, in mg/dL; `"HI"` and `"LO"` are the meter's. A question left out was not asked.

`expect` is after the last visit; a visit may carry `then`, what was found on that visit itself. `"none"` is
nothing at all: no class, no referral, no plan. `outside` in the place of a programme is danger outside any. `plans`
counts without the yearly check-up, which `checkup_by` is about; `checkups` are the days of those done. `slips` are
referrals that were written; an outcome names one by its place, and `expect.slips` lists the open ones of a programme.
"""

import tomllib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from chronic.errors import ValueRefused
from chronic.model.person import PROGRAMMES, Enrolment, Outcome, Pause, Slip
from chronic.model.plan import RANKS, Assessment, History, Plan, Verdict
from chronic.model.units import GLUCOSE_MG_DL_PER_MMOL_L, mmol_from_mg
from chronic.model.visit import METER_HIGH, METER_LOW, Contact, Visit
from chronic.protocol import Editions
from chronic.rules.assessment import assess

BORN = date(1966, 5, 5)
ENROLLED_BEFORE = timedelta(days=100)
GLUCOSE = ("fpg", "ppg_2h", "random_glucose")
IN_MG_DL = {f"{column}_mg_dl": column for column in (*GLUCOSE, "ogtt_2h")}
NOT_SEEN = set(Visit._fields) - set(Contact._fields)
"""Fields of a form that the rules cannot see: a case may name them to show that they change nothing."""
KEYS = {
    "says",
    "vector",
    "born",
    "sex",
    "ckd",
    "ascvd",
    "smoker",
    "programmes",
    "enrolled",
    "visits",
    "slips",
    "outcomes",
    "pauses",
    "closed_on",
    "checkups",
    "expect",
}
NONE = "none"


class Checked(NamedTuple):
    """One expectation of a case: where it stands, what it wants, what came out."""

    says: str
    where: str
    wanted: object
    got: object

    @property
    def holds(self) -> bool:
        return self.wanted == self.got


def read(text: str) -> list[dict[str, Any]]:
    """The cases of a file. Raises ValueRefused (`cases.unreadable`, `cases.key`)."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueRefused("cases.unreadable", problem=str(error)) from None
    return list(_only(table, {"case"}, "-").get("case", ()))


def run(case: dict[str, Any], editions: Editions) -> list[Checked]:
    """Every expectation of one case. Raises ValueRefused (`cases.key`, `cases.value`)."""
    says = str(case.get("says", "-"))
    try:
        checked = list(_checked(case, assess(history(case), editions)))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueRefused("cases.value", case=says, problem=error) from None
    if not checked:  # a case that expects nothing proves nothing
        raise ValueRefused("cases.key", case=says, key="expect")
    return [Checked(says, *one) for one in checked]


def history(case: dict[str, Any]) -> History:
    """The history a case tells. Raises ValueRefused (`cases.key`)."""
    _only(case, KEYS, str(case.get("says", "-")))
    contacts = [_contact(visit, place) for place, visit in enumerate(case.get("visits", ()), 1)]
    contacts.sort(key=lambda met: (met.on, met.uid))
    born = case.get("born", BORN)
    pauses = (_only(pause, {"from_on", "ended_on"}, "pauses") for pause in case.get("pauses", ()))
    return History(
        None if born == "unknown" else born,
        case.get("ckd", False),
        case.get("closed_on"),
        tuple(_enrolments(case, contacts[0].on if contacts else date.max)),
        tuple(contacts),
        tuple(_outcomes(case, contacts)),
        tuple(Pause(**pause) for pause in pauses),
        case.get("sex", "unknown"),
        case.get("ascvd"),
        case.get("smoker"),
        tuple(case.get("checkups", ())),
        slips=tuple(_slips(case, contacts)),
    )


def _only(table: dict[str, Any], known: set[str], where: str) -> dict[str, Any]:
    """The table, if every key of it is known: a misspelt expectation must never pass silently."""
    for name in sorted(set(table) - known):
        raise ValueRefused("cases.key", case=where, key=name)
    return table


def _contact(visit: dict[str, Any], place: int) -> Contact:
    """One visit of a case. Its uid sorts as the case lists it, its id is its place."""
    known = {*Contact._fields, *NOT_SEEN, "bp", *IN_MG_DL, "then"} - {"id", "uid"}
    fields = _only(visit, known, f"visits {place}")
    seen = {name: value for name, value in fields.items() if name in Contact._fields}
    if "bp" in fields:
        sbp, dbp = fields["bp"].split("/")
        seen |= {"sbp": None if sbp == "-" else int(sbp), "dbp": None if dbp == "-" else int(dbp)}
    for name, column in IN_MG_DL.items():
        if name in fields:
            seen[column] = mmol_from_mg(fields[name], GLUCOSE_MG_DL_PER_MMOL_L)
    seen |= {name: _glucose(seen[name]) for name in GLUCOSE if name in seen}
    return Contact(uid=f"visit-{place:03}", id=place, **seen)


def _glucose(value: float | str) -> float:
    return {"HI": METER_HIGH, "LO": METER_LOW}[value] if isinstance(value, str) else float(value)


def _enrolments(case: dict[str, Any], first: date) -> Iterator[Enrolment]:
    for programme in case.get("programmes", ()):
        yield Enrolment(programme, first - ENROLLED_BEFORE, uid=f"{programme}-default")
    for programme, given in case.get("enrolled", {}).items():
        for number, stay in enumerate(given if isinstance(given, list) else [given]):
            table = _only(stay if isinstance(stay, dict) else {"on": stay}, {"on", "assumed", "ended_on"}, "enrolled")
            assumed, ended_on = table.get("assumed", False), table.get("ended_on")
            yield Enrolment(programme, table["on"], assumed, None, ended_on, None, f"{programme}-{number}")


def _outcomes(case: dict[str, Any], contacts: list[Contact]) -> Iterator[Outcome]:
    """`answers` is the day of the visit whose referral this is the outcome of, `slip` the place of the slip it names."""
    by_day = {known.on: known.uid for known in contacts}
    for number, told in enumerate(case.get("outcomes", ())):
        _only(told, {"on", "outcome", "answers", "confirmed", "programme", "slip"}, "outcomes")
        answers = by_day[told["answers"]] if "answers" in told else None
        confirmed = (told.get("confirmed"), told.get("programme"))
        slip = f"slip-{told['slip']}" if "slip" in told else None
        yield Outcome(told["on"], told["outcome"], f"outcome-{number}", answers, *confirmed, slip)


def _slips(case: dict[str, Any], contacts: list[Contact]) -> Iterator[Slip]:
    """`contact` is the day of the visit that advised it; their numbers are their places."""
    by_day = {known.on: known.uid for known in contacts}
    for number, told in enumerate(case.get("slips", ()), 1):
        _only(told, {"on", "urgency", "programme", "contact", "wait_until"}, "slips")
        contact = by_day[told["contact"]] if "contact" in told else None
        rest = (told.get("programme"), contact, told.get("wait_until"))
        yield Slip(f"slip-{number}", str(number), told["on"], told.get("urgency", "routine"), *rest)


# what is expected -----------------------------------------------------------------------------------

OF_A_VERDICT: dict[str, Callable[[Verdict], Any]] = {
    "class": lambda verdict: verdict.klass or NONE,
    "danger": lambda verdict: list(verdict.danger),
    "consecutive": lambda verdict: verdict.consecutive,
    "refer": lambda verdict: verdict.refer or NONE,
    "planned": lambda verdict: verdict.due_on or NONE,
    "rule": lambda verdict: verdict.rule,
    "cites": lambda verdict: list(verdict.cites),
    "not_asked": lambda verdict: list(verdict.not_asked),
    "advice": lambda verdict: list(verdict.advice),
    "meets": lambda verdict: list(verdict.meets),
    "misses": lambda verdict: list(verdict.misses),
}
"""What a visit's own verdict says; `planned` is the date as it stood after that visit."""

INSIDE: dict[str, Callable[[Verdict], tuple[str, ...]]] = {
    "advice_includes": lambda verdict: verdict.advice,
    "cites_include": lambda verdict: verdict.cites,
}

OF_A_PLAN: dict[str, Callable[[Plan], Any]] = {
    "due_on": lambda plan: plan.due_on,
    "reasons": lambda plan: list(plan.reasons),
}
"""What the open follow-up of a programme says."""

OF_A_PROGRAMME = {"judged", *OF_A_VERDICT, *INSIDE, *OF_A_PLAN}

OF_THE_PERSON: dict[str, Callable[[Assessment], Any]] = {
    "plans": lambda assessment: sum(plan.kind != "checkup" for plan in assessment.plans),
    "checkup_by": lambda assessment: getattr(_open(assessment, "checkup", ""), "due_on", NONE),
    "rank": lambda assessment: RANKS[assessment.standing.rank] if assessment.standing else NONE,
    "open_danger": lambda assessment: list(assessment.standing.danger) if assessment.standing else [],
    "last_visit_on": lambda assessment: (assessment.standing and assessment.standing.last_visit_on) or NONE,
    "last_contact_on": lambda assessment: (assessment.standing and assessment.standing.last_contact_on) or NONE,
    "paused_on": lambda assessment: (assessment.standing and assessment.standing.paused_on) or NONE,
    "last_bp": lambda assessment: (assessment.standing and assessment.standing.last_bp) or NONE,
    "last_fpg": lambda assessment: (assessment.standing and assessment.standing.last_fpg) or NONE,
}

BY_PROGRAMME: dict[str, Callable[[Assessment, str], Any]] = {
    "suspect": lambda assessment, programme: next(
        (plan.days_high for plan in assessment.plans if plan.programme == programme and plan.days_high), NONE
    ),
    "suspicion": lambda assessment, programme: list(
        next((plan.found for plan in assessment.plans if plan.programme == programme and plan.days_high is not None), ())
    ),
    "next": lambda assessment, programme: " ".join(getattr(_open(assessment, "screening", programme), "reasons", (NONE,))),
    "recheck_on": lambda assessment, programme: getattr(_open(assessment, "screening", programme), "due_on", NONE),
    "referral": lambda assessment, programme: getattr(_open(assessment, "referral", programme), "urgency", NONE),
    "slips": lambda assessment, programme: [
        plan.slip
        for plan in assessment.plans
        if plan.kind == "referral" and plan.slip and plan.programme == ("" if programme == "outside" else programme)
    ],
    "outcome_by": lambda assessment, programme: getattr(_open(assessment, "referral", programme), "due_on", NONE),
    "latest": lambda assessment, programme: (assessment.standing and assessment.standing.klass.get(programme)) or NONE,
    "assessed": lambda assessment, programme: (assessment.standing and assessment.standing.assessed.get(programme)) or NONE,
}


def _checked(case: dict[str, Any], assessment: Assessment) -> Iterator[tuple[str, Any, Any]]:
    """(where, wanted, got) for every key a case names."""
    whose = {*PROGRAMMES, "outside"}
    visits = case.get("visits", ())
    for place, visit in enumerate(visits, 1):
        for programme, told in _only(visit.get("then", {}), whose, "then").items():
            yield from _of_verdict(assessment, programme, place, _only(told, OF_A_PROGRAMME - set(OF_A_PLAN), "then"))
    last = max(range(1, len(visits) + 1), key=lambda place: (visits[place - 1]["on"], place), default=0)
    for key, told in _only(case.get("expect", {}), {*whose, *OF_THE_PERSON, *BY_PROGRAMME}, "expect").items():
        if key in OF_THE_PERSON:
            yield key, told, OF_THE_PERSON[key](assessment)
        elif key in BY_PROGRAMME:
            for programme, wanted in _only(told, whose, key).items():
                yield f"{key}.{programme}", wanted, BY_PROGRAMME[key](assessment, programme)
        else:
            yield from _of_verdict(assessment, key, last, _only(told, OF_A_PROGRAMME, key))
            plan = _open(assessment, "followup", key)
            for name in [name for name in told if name in OF_A_PLAN]:
                yield f"{key}.{name}", told[name], OF_A_PLAN[name](plan) if plan else NONE


def _of_verdict(assessment: Assessment, programme: str, visit: int, told: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    name = "" if programme == "outside" else programme
    verdict = next((v for v in assessment.verdicts if v.visit == visit and v.programme == name), None)
    for key, wanted in told.items():
        where = f"visit {visit}: {programme}.{key}"
        if key == "judged":
            yield where, wanted, verdict is not None
        elif key in INSIDE:
            line = INSIDE[key](verdict) if verdict else ()
            yield where, wanted, [code for code in wanted if code in line]
        elif key in OF_A_VERDICT:
            yield where, wanted, OF_A_VERDICT[key](verdict) if verdict else "no verdict"


def _open(assessment: Assessment, kind: str, programme: str) -> Plan | None:
    name = "" if programme == "outside" else programme
    return next((plan for plan in assessment.plans if plan.kind == kind and plan.programme == name), None)
