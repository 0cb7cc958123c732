"""Every case of tests/rules/cases, run as written: exact equality on the keys a case expects.

A case reads as a doctor would tell it: who, in which programmes since when, what was found on which day,
and what must follow. What may be left out:

- `born`: 60 years old in 2026. `born = "unknown"` is an unknown birth date.
- `programmes = ["htn"]`: enrolled, on a given day, 100 days before the first visit. A day that matters is
  `enrolled = { htn = 2026-01-01 }`, or `{ on =, assumed =, ended_on = }`, or a list of these for several stays.
- `way` clinic and `kind` follow-up. A reading is `bp = "149/89"`, one component `"150/-"` or `"-/95"`, a glucose
  in mmol/L or, as `fpg_mg_dl`, in mg/dL; `"HI"` and `"LO"` are the meter's. A question left out was not asked.

`expect` is after the last visit; a visit may carry `then`, what was found on that visit itself. `"none"` is
nothing at all: no class, no referral, no plan. `outside` in the place of a programme is danger outside any. `plans`
counts without the yearly check-up, which `checkup_by` is about; `checkups` are the days of those done.
"""

import tomllib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from chronic.model.person import PROGRAMMES, Enrolment, Outcome, Pause
from chronic.model.plan import RANKS, Assessment, History, Plan, Verdict
from chronic.model.units import GLUCOSE_MG_DL_PER_MMOL_L, mmol_from_mg
from chronic.model.visit import METER_HIGH, METER_LOW, Contact, Visit
from chronic.protocol import Editions, load
from chronic.rules.assessment import assess

CASES = Path(__file__).parent / "cases"
EDITIONS = Editions([(load("cn-nbphs-2017").effective_from, load("cn-nbphs-2017"))])
BORN = date(1966, 5, 5)
ENROLLED_BEFORE = timedelta(days=100)
VECTORS = {*range(1, 24), 25, 26, 39, *range(44, 51)}
"""Numbers of the rule book's golden vectors that are about these rules."""

GLUCOSE = ("fpg", "ppg_2h", "random_glucose")
NOT_SEEN = set(Visit._fields) - set(Contact._fields)
"""Fields of a form that the rules cannot see: a case may name them to show that they change nothing."""


def only(table: dict[str, Any], known: set[str], where: str) -> dict[str, Any]:
    """The table, if every key of it is known: a misspelt expectation must never pass silently."""
    unknown = sorted(set(table) - known)
    if unknown:
        raise KeyError(f"{where}: unknown {', '.join(unknown)}")
    return table


def glucose(value: float | str) -> float:
    return {"HI": METER_HIGH, "LO": METER_LOW}[value] if isinstance(value, str) else float(value)


def contact(visit: dict[str, Any], place: int) -> Contact:
    """One visit of a case. Its uid sorts as the case lists it, its id is its place."""
    fields = dict(only(visit, {*Contact._fields, *NOT_SEEN, "bp", "fpg_mg_dl", "then"} - {"id", "uid"}, "visit"))
    seen = {name: value for name, value in fields.items() if name in Contact._fields}
    if "bp" in fields:
        sbp, dbp = fields["bp"].split("/")
        seen |= {"sbp": None if sbp == "-" else int(sbp), "dbp": None if dbp == "-" else int(dbp)}
    if "fpg_mg_dl" in fields:
        seen["fpg"] = mmol_from_mg(fields["fpg_mg_dl"], GLUCOSE_MG_DL_PER_MMOL_L)
    seen |= {name: glucose(seen[name]) for name in GLUCOSE if name in seen}
    return Contact(uid=f"visit-{place:03}", id=place, **seen)


def enrolments(case: dict[str, Any], first: date) -> Iterator[Enrolment]:
    for programme in case.get("programmes", ()):
        yield Enrolment(programme, first - ENROLLED_BEFORE, uid=f"{programme}-default")
    for programme, given in case.get("enrolled", {}).items():
        for number, stay in enumerate(given if isinstance(given, list) else [given]):
            table = only(stay if isinstance(stay, dict) else {"on": stay}, {"on", "assumed", "ended_on"}, "enrolled")
            yield Enrolment(
                programme,
                table["on"],
                table.get("assumed", False),
                None,
                table.get("ended_on"),
                None,
                f"{programme}-{number}",
            )


def outcomes(case: dict[str, Any], contacts: list[Contact]) -> Iterator[Outcome]:
    """`answers` is the day of the visit whose referral this is the outcome of."""
    by_day = {known.on: known.uid for known in contacts}
    for number, told in enumerate(case.get("outcomes", ())):
        only(told, {"on", "outcome", "answers"}, "outcome")
        yield Outcome(
            told["on"], told["outcome"], f"outcome-{number}", by_day[told["answers"]] if "answers" in told else None
        )


def history(case: dict[str, Any]) -> History:
    known = {
        "says",
        "vector",
        "born",
        "ckd",
        "programmes",
        "enrolled",
        "visits",
        "outcomes",
        "pauses",
        "closed_on",
        "checkups",
        "expect",
    }
    only(case, known, "case")
    contacts = [contact(visit, place) for place, visit in enumerate(case.get("visits", ()), 1)]
    contacts.sort(key=lambda met: (met.on, met.uid))
    born = case.get("born", BORN)
    pauses = (only(pause, {"from_on", "ended_on"}, "pause") for pause in case.get("pauses", ()))
    return History(
        None if born == "unknown" else born,
        case.get("ckd", False),
        case.get("closed_on"),
        tuple(enrolments(case, contacts[0].on if contacts else date.max)),
        tuple(contacts),
        tuple(outcomes(case, contacts)),
        tuple(Pause(**pause) for pause in pauses),
        tuple(case.get("checkups", ())),
    )


def found(assessment: Assessment, programme: str, visit: int) -> Verdict | None:
    name = "" if programme == "outside" else programme
    return next((v for v in assessment.verdicts if v.visit == visit and v.programme == name), None)


def open_plan(assessment: Assessment, kind: str, programme: str) -> Plan | None:
    name = "" if programme == "outside" else programme
    return next((plan for plan in assessment.plans if plan.kind == kind and plan.programme == name), None)


OF_A_VERDICT: dict[str, Callable[[Verdict], Any]] = {
    "class": lambda verdict: verdict.klass or "none",
    "danger": lambda verdict: list(verdict.danger),
    "consecutive": lambda verdict: verdict.consecutive,
    "refer": lambda verdict: verdict.refer or "none",
    "planned": lambda verdict: verdict.due_on or "none",
    "rule": lambda verdict: verdict.rule,
    "cites": lambda verdict: list(verdict.cites),
    "not_asked": lambda verdict: list(verdict.not_asked),
    "advice": lambda verdict: list(verdict.advice),
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
    "checkup_by": lambda assessment: getattr(open_plan(assessment, "checkup", ""), "due_on", "none"),
    "rank": lambda assessment: RANKS[assessment.standing.rank] if assessment.standing else "none",
    "open_danger": lambda assessment: list(assessment.standing.danger) if assessment.standing else [],
    "last_visit_on": lambda assessment: (assessment.standing and assessment.standing.last_visit_on) or "none",
    "last_contact_on": lambda assessment: (assessment.standing and assessment.standing.last_contact_on) or "none",
    "paused_on": lambda assessment: (assessment.standing and assessment.standing.paused_on) or "none",
    "last_bp": lambda assessment: (assessment.standing and assessment.standing.last_bp) or "none",
    "last_fpg": lambda assessment: (assessment.standing and assessment.standing.last_fpg) or "none",
}

BY_PROGRAMME: dict[str, Callable[[Assessment, str], Any]] = {
    "suspect": lambda assessment, programme: next(
        (plan.days_high for plan in assessment.plans if plan.programme == programme and plan.days_high), "none"
    ),
    "recheck_on": lambda assessment, programme: getattr(open_plan(assessment, "screening", programme), "due_on", "none"),
    "referral": lambda assessment, programme: getattr(open_plan(assessment, "referral", programme), "urgency", "none"),
    "outcome_by": lambda assessment, programme: getattr(open_plan(assessment, "referral", programme), "due_on", "none"),
    "latest": lambda assessment, programme: (assessment.standing and assessment.standing.klass.get(programme)) or "none",
    "assessed": lambda assessment, programme: (
        (assessment.standing and assessment.standing.assessed.get(programme)) or "none"
    ),
}


def check_verdict(
    assessment: Assessment, programme: str, visit: int, told: dict[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    verdict = found(assessment, programme, visit)
    for key, wanted in told.items():
        where = f"visit {visit}: {programme}.{key}"
        if key == "judged":
            yield where, wanted, verdict is not None
        elif key in INSIDE:
            line = INSIDE[key](verdict) if verdict else ()
            yield where, wanted, [code for code in wanted if code in line]
        elif key in OF_A_VERDICT:
            yield where, wanted, OF_A_VERDICT[key](verdict) if verdict else "no verdict"


def check(case: dict[str, Any], assessment: Assessment) -> Iterator[tuple[str, Any, Any]]:
    """What was expected and what was found, for every key a case names."""
    whose = {*PROGRAMMES, "outside"}
    visits = case.get("visits", ())
    for place, visit in enumerate(visits, 1):
        for programme, told in only(visit.get("then", {}), whose, "then").items():
            yield from check_verdict(assessment, programme, place, only(told, OF_A_PROGRAMME - set(OF_A_PLAN), "then"))
    last = max(range(1, len(visits) + 1), key=lambda place: (visits[place - 1]["on"], place), default=0)
    for key, told in only(case["expect"], {*whose, *OF_THE_PERSON, *BY_PROGRAMME}, "expect").items():
        if key in OF_THE_PERSON:
            yield key, told, OF_THE_PERSON[key](assessment)
        elif key in BY_PROGRAMME:
            for programme, wanted in only(told, whose, key).items():
                yield f"{key}.{programme}", wanted, BY_PROGRAMME[key](assessment, programme)
        else:
            yield from check_verdict(assessment, key, last, only(told, OF_A_PROGRAMME, key))
            plan = open_plan(assessment, "followup", key)
            for name in set(told) & set(OF_A_PLAN):
                yield f"{key}.{name}", told[name], OF_A_PLAN[name](plan) if plan else "none"


def cases() -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = []
    for path in sorted(CASES.glob("*.toml")):
        read += only(tomllib.loads(path.read_text(encoding="utf-8")), {"case"}, path.name)["case"]
    return read


ALL = cases()


@pytest.mark.parametrize("case", ALL, ids=[case["says"] for case in ALL])
def test_the_case_holds(case: dict[str, Any]) -> None:
    checked = list(check(case, assess(history(case), EDITIONS)))
    assert checked, "a case that expects nothing proves nothing"
    assert [(where, got) for where, _, got in checked] == [(where, wanted) for where, wanted, _ in checked]


def test_no_two_cases_say_the_same() -> None:
    said = [case["says"] for case in ALL]
    assert sorted(said) == sorted(set(said))


def test_every_vector_of_the_rule_book_about_these_rules_is_a_case() -> None:
    assert {case["vector"] for case in ALL if "vector" in case} == VECTORS


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        ("case", {"colour": "red"}),
        ("case", {"enrolled": {"htn": {"on": date(2026, 1, 1), "since": 1}}}),
        ("case", {"outcomes": [{"on": date(2026, 1, 1), "outcome": "seen", "by": "me"}]}),
        ("case", {"pauses": [{"from": date(2026, 1, 1)}]}),
        ("visit", {"pressure": "120/80"}),
        ("visit", {"then": {"htn": {"due_on": date(2026, 1, 1)}}}),
        ("expect", {"htn": {"klass": "controlled"}}),
        ("expect", {"suspect": {"sugar": 1}}),
        ("expect", {"danger": []}),
    ],
)
def test_an_unknown_key_in_a_case_is_an_error(place: str, wrong: dict[str, Any]) -> None:
    visit = {"on": date(2026, 2, 1), "bp": "120/80"} | (wrong if place == "visit" else {})
    case = {"says": "-", "programmes": ["htn"], "visits": [visit], "expect": wrong if place == "expect" else {}}
    case |= wrong if place == "case" else {}
    with pytest.raises(KeyError, match="unknown"):
        list(check(case, assess(history(case), EDITIONS)))
