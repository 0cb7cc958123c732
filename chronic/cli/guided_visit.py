"""A follow-up or a screening, asked at the terminal and saved at the end, all of it or nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import click

from chronic.care import sitting as care
from chronic.care.desk import Desk
from chronic.care.record import refusal, tried
from chronic.care.refer import Reply, answerable, impossible_day
from chronic.care.screen import measures
from chronic.cli import cards, guided, guided_due
from chronic.cli import guided_terminal as terminal
from chronic.cli.guided_answers import ENTERED, Values
from chronic.cli.guided_questions import FORMS, SCREEN, VISIT, Question
from chronic.cli.session import Session
from chronic.cli.visit import announce
from chronic.errors import NotAllowed, ValueRefused
from chronic.i18n import _
from chronic.model.checks import weight_changed
from chronic.model.days import age_on
from chronic.model.fields import CHILDBEARING_AGE
from chronic.model.person import Person
from chronic.model.plan import Assessment, Plan, Problem
from chronic.model.visit import Contact, Visit
from chronic.model.wording import either, say, say_problem
from chronic.reports import criteria, history
from chronic.reports.history import Last
from chronic.rules.danger import dangers
from chronic.rules.followup import must_ask_danger
from chronic.rules.sitting import counted
from chronic.store import histories, plans, visits

_REPLY = Reply._fields[2:]
_NOT_OF_THE_VISIT = ("outcome", "outcome_on", *_REPLY, "save")
_IDENTITY = ("person", "visit_date", "kind", "uid", "readings", "entered", "warnings")
_GLUCOSE = ("fpg", "ppg_2h", "random_glucose", "ogtt_2h")
_MEASURED = ("sbp", *_GLUCOSE)


@dataclass(kw_only=True)
class Sitting(guided.Interview):
    """One visit or screening under way. `referred`: what was open before this day."""

    desk: Desk
    who: Person
    kind: str
    referred: tuple[Plan, ...] = ()
    there: Values = field(default_factory=dict)
    """What the day's visit already says."""

    def visit(self, values: Values) -> Visit:
        """The visit as answered so far, with these values."""
        told = {**self.answers, **values}
        mine = {name for name in told if name not in _NOT_OF_THE_VISIT and not name.startswith(ENTERED)}
        given: Any = {name: told[name] for name in mine if told[name] is not None}
        typed = {name.removeprefix(ENTERED): str(text) for name, text in told.items() if name.startswith(ENTERED)}
        if given.get("readings"):
            given["sbp"], given["dbp"] = counted(given["readings"], self.desk.editions.on(self.day))
        if typed:
            given["entered"] = tuple((dict(given.get("entered", ())) | typed).items())
        return Visit(self.who.id, self.day, **{"way": "", "kind": self.kind, **given})

    def check(self, values: Values) -> guided.Checked:
        if "outcome_on" in values and isinstance(values["outcome_on"], date):
            since_on = min(plan.since_on for plan in self.referred)
            problem = impossible_day(values["outcome_on"], since_on, self.desk.today)
            return guided.Checked((say_problem(problem),) if problem else ())
        found = tried(self.desk, self.visit(values))
        return guided.Checked(tuple(map(say_problem, found.refusals)), (*found.warnings, *self.changed(values)))

    def changed(self, values: Values) -> tuple[Problem, ...]:
        """A weight far from the last one is worth asking about."""
        now, before = values.get("weight_kg"), self.last.get("weight_kg")
        if not isinstance(now, (int, float)) or before is None or not isinstance(before.value, (int, float)):
            return ()
        problem = weight_changed(now, before.value)
        return (problem,) if problem else ()

    def reply(self) -> Reply | None:
        """The outcome of the older referral, as far as it is known."""
        told = self.answers
        if told.get("outcome") is None:
            return None
        rest: Any = {name: told.get(name) for name in _REPLY}
        on = told.get("outcome_on")
        return Reply(str(told["outcome"]), on if isinstance(on, date) else self.day, **rest)

    def foreseen(self) -> Assessment:
        return care.foresee(self.desk, self.visit({}), self.reply())

    def whole(self) -> Visit:
        """The visit to record, with the warnings only this sitting could raise."""
        asked = tuple(f"{problem.code}:{problem.column}" for problem in self.changed(self.answers))
        return self.visit({})._replace(warnings=asked)

    def holds(self, fact: str) -> bool:
        if fact == "refer":
            return any(verdict.refer for verdict in self.foreseen().verdicts if verdict.visit == 0)
        if fact == "glucose":
            return any(self.answers.get(name) is not None for name in _GLUCOSE)
        return super().holds(fact)

    def choices(self, question: Question) -> tuple[str, ...]:
        """The symptoms of the forms this person is followed by, numbered as on the form where it is only one."""
        words = super().choices(question)
        asked = {"dm"} if self.kind == "screening" else self.facts
        forms = [form for programme, form in FORMS.items() if programme in asked]
        if question.field.column != "symptoms" or not forms:
            return words
        return tuple(word for word in words if any(word in form for form in forms))

    def before(self, question: Question) -> Iterable[str]:
        if question.field.column == "danger":
            return list(self._before_danger())
        if question.field.column == "next_visit_date":
            due = min((plan.due_on for plan in self.foreseen().plans if plan.kind == "followup"), default=None)
            self.last["next_visit_date"] = Last(due, self.day)
        if question.field.column == "save":
            return [self.summary()]
        return ()

    def after(self, values: Values) -> Iterable[str]:
        """What is dangerous is said the moment it is measured."""
        if not any(name in values for name in _MEASURED):
            return ()
        return list(self._danger(self.visit(values)))

    def explain(self, question: Question) -> Sequence[str]:
        if question.field.column != "danger":
            return ()
        protocol = self.desk.editions.on(self.day)
        signs = criteria.signs(self.day, self.desk.editions, self.facts)
        cite = protocol.cites[protocol.danger.signs.cite]
        return [*(f"{code}  {sign}" for code, sign in signs.items()), either((cite.zh, cite.en))]

    def summary(self) -> str:
        """The figures in one line, the mean of several readings among them."""
        seen = self.visit({})
        mean = f" ({_('mean of {n}').format(n=len(seen.readings))})" if seen.readings else ""
        shown = [f"{seen.sbp}/{seen.dbp}{mean}"] if seen.sbp else []
        shown += [_("fasting {value}").format(value=f"{seen.fpg:g}")] if seen.fpg is not None else []
        if seen.weight_kg and seen.height_cm:
            shown.append(f"BMI {seen.weight_kg / (seen.height_cm / 100) ** 2:.1f}")
        return "  ".join([str(self.day), *shown])

    def _before_danger(self) -> Iterator[str]:
        signs = criteria.signs(self.day, self.desk.editions, self.facts)
        yield _("Any of these now: {signs}?").format(signs="; ".join(signs.values()))
        for problem in must_ask_danger(str(self.answers.get("symptoms") or ""), None, self.desk.editions.on(self.day)):
            if problem.code == "ask.breathlessness":
                yield _("Breathlessness: can the person lie flat? If not, answer y.")

    def _danger(self, seen: Visit) -> Iterator[str]:
        protocol = self.desk.editions.on(self.day)
        values: Any = {name: getattr(seen, name) for name in Contact._fields[5:]}
        for code in dangers(Contact(self.day, "", **values), protocol):
            yield _("DANGER: {what}").format(what=say(code, **cards.numbers_of(protocol)))


def follow_up(session: Session, who: Person, on: date, given: Values, also: tuple[str, ...], style: str) -> None:
    """Ask for a whole visit, save it, show the card and what else is due."""
    sitting = _prepared(session, who, on, "followup", also)
    stopped = _("Stopped: nothing of this visit was saved; what was saved before is as it was.")
    with terminal.stopping(stopped, lambda: _so_far(session, "visit add", sitting)):
        _begin(session, sitting, given)
        guided.walk(VISIT, sitting)
        _save_or_stop(sitting)
    seen = sitting.whole()
    announce(session, seen, care.hold(session.desk, seen, sitting.reply()), style, sitting.confirmed)


def screening(session: Session, who: Person, on: date, given: Values, style: str) -> None:
    """Ask for a screening. Raises NotAllowed (`screen.enrolled`) where both readings belong to a programme."""
    sitting = _prepared(session, who, on, "screening", ())
    managed = [programme for programme in ("htn", "dm") if programme in sitting.facts]
    if len(managed) == 2:
        raise NotAllowed("screen.enrolled", name=who.name, programme=managed[0], id=who.id)
    sitting.facts |= {"no_pressure", "sugar"} if "htn" in managed else {"pressure"}
    sitting.facts |= {"no_sugar"} if "dm" in managed else set()
    stopped = _("Stopped: nothing of this screening was saved; what was saved before is as it was.")
    with terminal.stopping(stopped, lambda: _so_far(session, "screen add", sitting)):
        _begin(session, sitting, given)
        guided.walk(SCREEN, sitting)
        if not measures(sitting.visit({})):
            raise ValueRefused("screen.nothing")
        _save_or_stop(sitting)
    seen = sitting.whole()
    announce(session, seen, care.hold(session.desk, seen, None), style, sitting.confirmed)


def _prepared(session: Session, who: Person, on: date, kind: str, also: tuple[str, ...]) -> Sitting:
    """What is known before the first question. Raises ValueRefused where there can be no visit on this day."""
    last = history.last_values(session.db, who.id, on)
    if "sbp" in last and "dbp" in last and last["sbp"].on == last["dbp"].on:
        last["bp"] = Last((last["sbp"].value, last["dbp"].value), last["sbp"].on)
    last["outcome_on"] = Last(on, on)
    open_plans = plans.read(session.db, who.id).plans
    referred = tuple(p for p in open_plans if kind == "followup" and p.kind == "referral" and p.since_on < on)
    managed = {stay.programme for stay in histories.stays(session.db, who.id) if stay.ended_on is None}
    facts = {*_facts(who, on, {*managed, *also}, open_plans), *(["height"] if "height_cm" in last else [])}
    facts |= {"referral"} if referred and answerable(open_plans) else set()
    facts |= {"suspected"} if sum(plan.days_high is not None for plan in referred) == 1 else set()
    sitting = Sitting(on, facts, last, desk=session.desk, who=who, kind=kind, referred=referred)
    for problem in tried(session.desk, sitting.visit({})).refusals:
        raise refusal(problem)
    return sitting


def _facts(who: Person, on: date, managed: set[str], open_plans: Sequence[Plan]) -> set[str]:
    """Programmes, the readings that decide today, and whether pregnancy is to be asked."""
    suspected = {plan.programme for plan in open_plans if plan.kind == "screening" and plan.since_on <= on}
    facts = set(managed)
    facts |= {"pressure"} if "htn" in managed | suspected else set()
    facts |= {"sugar"} if "dm" in managed | suspected else set()
    age = age_on(who.birth_date, on) if who.birth_date else None
    youngest, oldest = CHILDBEARING_AGE
    return facts | ({"fertile"} if who.sex == "F" and age is not None and youngest <= age <= oldest else set())


def _begin(session: Session, sitting: Sitting, given: Values) -> None:
    """What the doctor wants to see first, and what the day already has."""
    terminal.prepare()
    managed = sitting.facts & {"htn", "dm", "lipid"}
    for line in guided_due.standing_lines(session, sitting.who, managed, sitting.day):
        guided.tell(line, "")
    day = (sitting.who.id, sitting.day)
    there = visits.live_on(session.db, [day], "followup").get(day) if sitting.kind == "followup" else None
    if there is not None:
        number = visits.id_of(session.db, there.uid)
        known = {name: value for name, value in there._asdict().items() if value not in (None, "", ())}
        sitting.there = {name: value for name, value in known.items() if name not in _IDENTITY}
        sitting.answers |= sitting.there
        says = _("{day} already has visit {n}; answers are added to it, corrections go through: chronic visit fix {n}")
        guided.tell(says.format(day=sitting.day, n=number), "")
    if given and not guided.sure(given, sitting):
        raise click.Abort
    sitting.answers |= given
    guided.sure({}, sitting)
    guided.greet()


def _so_far(session: Session, command: str, sitting: Sitting) -> str:
    """What was answered in this sitting as one command; with --ask it goes on asking."""
    answers = {name: value for name, value in sitting.answers.items() if sitting.there.get(name) != value}
    start = f"chronic {command} {sitting.who.id}"
    start += f" --on {sitting.day}" if sitting.day != session.today else ""
    asked = next((programme for programme in ("htn", "dm", "lipid") if programme in sitting.facts), None)
    line = guided.command_line(start, answers)
    return f"{line} --ask {asked}" if line and asked and command == "visit add" else line


def _save_or_stop(sitting: Sitting) -> None:
    if sitting.answers.pop("save", None) != "yes":
        raise click.Abort
