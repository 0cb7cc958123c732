"""Guided entry: walks through a table of questions, each asked until its answer can be taken.

Nothing is written here. What an answer means is read in `guided_answers`, how a question looks in
`guided_prompts`; an `Interview` knows what is known already and what speaks against a value.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import click

from chronic.cli import guided_prompts as prompts
from chronic.cli import guided_terminal as terminal
from chronic.cli.guided_answers import Answer, Known, Values, columns, read
from chronic.cli.guided_questions import KEEP, Question
from chronic.i18n import _
from chronic.model.fields import BY_COLUMN, YES_NO
from chronic.model.plan import Problem
from chronic.model.visit import METER_HIGH, METER_LOW
from chronic.model.wording import say_problem
from chronic.reports.history import Last

REMARKS = ("bp.by_phone", "visit.late_entry", "visit.before_enrolment")
"""Warnings that are said, not asked: they are about the visit, not about a slip of the finger."""


class Checked(NamedTuple):
    """What speaks against values: sentences that refuse them, and what is worth asking once."""

    refusals: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()


class Step(NamedTuple):
    """One question behind us, so that `<` can come back to it."""

    at: int
    filled: tuple[str, ...]
    group: str = ""


@dataclass
class Interview:
    """One questionnaire under way; each kind of it says what it knows and how it checks."""

    day: date
    facts: set[str]
    last: dict[str, Last]
    answers: Values = field(default_factory=dict)
    confirmed: set[Problem] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)

    def check(self, values: Values) -> Checked:
        """What speaks against these answers beside the earlier ones."""
        return Checked()

    def before(self, question: Question) -> Iterable[str]:
        """Lines to read before a question."""
        return ()

    def after(self, values: Values) -> Iterable[str]:
        """Lines to read after an answer."""
        return ()

    def explain(self, question: Question) -> Sequence[str]:
        """What `?` says beside what the data dictionary knows."""
        return ()

    def choices(self, question: Question) -> tuple[str, ...]:
        """The words to choose from."""
        codes = question.field.codes
        return tuple(codes) if codes and codes != YES_NO else ()

    def holds(self, fact: str) -> bool:
        """Is this so: a fact, a column that has an answer, or `column=answer`?"""
        column, _equals, wanted = fact.partition("=")
        answer = self.answers.get(column)
        return fact in self.facts or (answer is not None and (not wanted or answer == wanted))

    def wanted(self, question: Question) -> bool:
        open_still = columns(question)[0] not in self.answers
        return open_still and all(map(self.holds, question.needs)) and not any(map(self.holds, question.unless))

    def known(self, question: Question) -> Known:
        """What stands on the screen beside the question."""
        must = self.holds(question.must) and not self.holds("way=phone")
        last = self.last.get(question.field.column)
        return Known(self.day, self.choices(question), last.value if last else None, must)


def greet() -> None:
    """What the keys mean, once."""
    tell(_("Enter keeps or leaves out, - leaves out, ? explains, < goes back, Ctrl-C stops without saving."), "")


def walk(questions: Sequence[Question], interview: Interview) -> None:
    """Ask what is wanted, in order, going back as often as asked to. Fills `interview.answers`."""
    behind: list[Step] = []
    at = 0
    while at < len(questions):
        question = questions[at]
        if not interview.wanted(question):
            at += 1
            continue
        members = _members(questions, question, interview)
        filled = _ask_group(members, interview) if members else ask(question, interview)
        if filled is None:
            at = _back(behind, interview) if behind else at
            continue
        behind.append(Step(at, filled, question.group if members else ""))


def ask(question: Question, interview: Interview) -> tuple[str, ...] | None:
    """One question until it is answered; the columns it filled, None to go back."""
    for text in interview.before(question):
        tell(text, "")
    while True:
        known = interview.known(question)
        last = interview.last.get(question.field.column)
        *lines, typing = prompts.prompt(question, known, last.on if last else None, terminal.columns())
        for line in lines:
            click.echo(line)
        answer = read(question, terminal.line(typing), known)
        if answer.move == "back":
            return None
        if answer.move == "help":
            for text in prompts.explanation(question, known, interview.explain(question)):
                tell(text)
            continue
        values = _accepted(answer, interview)
        if values is not None:
            interview.answers |= values
            return tuple(values)


def _accepted(answer: Answer, interview: Interview) -> Values | None:
    """The values that are taken: as typed, or as offered and agreed to. None: ask again."""
    if answer.says and answer.move != "offer":
        tell(answer.says)
    if answer.move == "again":
        return None
    values: Values | None = answer.values
    if answer.move == "offer" and not terminal.agreed(f"  {answer.says}?"):
        values = answer.typed
    return values if values is not None and sure(values, interview) else None


def sure(values: Values, interview: Interview) -> bool:
    """No refusal, and every warning agreed to once."""
    found = interview.check(values)
    if found.refusals:
        tell(found.refusals[0])
        return False
    for problem in found.warnings:
        if problem in interview.confirmed:
            continue
        tell(_("Please check: {sentence}").format(sentence=say_problem(problem)))
        if problem.code not in REMARKS and not terminal.agreed("  " + _("Is that right?")):
            return False
        interview.confirmed.add(problem)
    for text in interview.after(values):
        tell(text)
    return True


def _members(questions: Sequence[Question], first: Question, interview: Interview) -> list[tuple[Question, object]]:
    """The questions that one Enter can keep together with this one; none where it stands alone."""
    if not first.group or first.group in interview.opened:
        return []
    same = [question for question in questions if question.group == first.group and interview.wanted(question)]
    kept = [(question, interview.known(question).last) for question in same if question.enter == KEEP]
    members = [(question, last) for question, last in kept if last is not None]
    return members if len(members) > 1 else []


def _ask_group(members: Sequence[tuple[Question, object]], interview: Interview) -> tuple[str, ...] | None:
    """Keep all the last values, or go through them one by one; None to go back."""
    *lines, typing = prompts.group_prompt(members, terminal.columns())
    for line in lines:
        click.echo(line)
    while True:
        typed = terminal.line(typing).casefold()
        if typed == "<":
            return None
        values: Values = {question.field.column: last for question, last in members}
        if typed in ("c", "改", *terminal.NO) or (not typed and not sure(values, interview)):
            interview.opened.add(members[0][0].group)
            return ()
        if not typed:
            interview.opened.add(members[0][0].group)
            interview.answers |= values
            return tuple(values)


def _back(behind: list[Step], interview: Interview) -> int:
    """The place of the question before, its answer forgotten."""
    step = behind.pop()
    for column in step.filled:
        interview.answers.pop(column, None)
    interview.opened.discard(step.group)
    return step.at


def command_line(start: str, answers: Values) -> str:
    """The one-line command that says the same as these answers; '' where there are none."""
    told = {column: value for column, value in answers.items() if column in BY_COLUMN and value not in (None, "")}
    sbp, dbp, readings = told.pop("sbp", None), told.pop("dbp", None), answers.get("readings") or ()
    pairs = readings or (((sbp, dbp),) if sbp is not None and dbp is not None else ())
    told |= {} if pairs else {name: value for name, value in (("sbp", sbp), ("dbp", dbp)) if value is not None}
    parts = [f"--bp {high}/{low}" for high, low in pairs]  # type: ignore[attr-defined]
    parts += [f"--{column.replace('_', '-')} {_quoted(value)}" for column, value in told.items()]
    return " ".join((start, *parts)) if parts else ""


def _quoted(value: object) -> str:
    text = {METER_HIGH: "HI", METER_LOW: "LO"}.get(value) or f"{value:g}" if isinstance(value, float) else str(value)
    return text if text.isalnum() else '"{}"'.format(text.replace('"', ""))


def tell(text: str, indent: str = "  ") -> None:
    """A sentence between the questions, no wider than the screen."""
    for line in prompts.folded(text, terminal.columns(), indent):
        click.echo(line)
