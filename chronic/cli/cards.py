"""What is said about one person: the verdict on a visit, and why they stand where they stand."""

from collections.abc import Iterator

import click

from chronic.cli.session import Session
from chronic.i18n import _, language
from chronic.i18n.terms import CLASSES, PROGRAMMES, QUESTIONS, REASONS, URGENCY, term
from chronic.model.plan import Plan, Problem, Verdict
from chronic.model.report import Report
from chronic.model.wording import code_label, field_label, say, say_problem
from chronic.protocol import Editions
from chronic.reports import why


def visit_card(session: Session, visit: int, asked: tuple[Problem, ...], style: str) -> None:
    """Print the verdict on one contact: danger first, then class and reasons, then the next date."""
    found = why.of_visit(session.db, visit)
    for problem in asked:
        click.echo(_("Please check: {sentence}").format(sentence=say_problem(problem)), err=True)
    if style == "json":
        session.show(Report("visit", session.today.isoformat(), (), [found.row]), "json", None)
        return
    for line in verdict_lines(found.verdicts, found.plans, session.desk.editions):
        click.echo(line)


def why_card(session: Session, found: why.Why) -> Iterator[str]:
    """Readings, rule, edition and sentence behind each programme's class and date."""
    editions = session.desk.editions
    for verdict in found.verdicts:
        protocol = editions.named(verdict.protocol)
        yield programme_line(verdict) if verdict.programme else _("Outside any programme")
        yield "  " + _readings_line(why.readings(session.db, verdict.visit))
        yield "  " + _("Rule {rule}, {title}").format(
            rule=verdict.rule, title=protocol.title.zh if language() == "zh" else protocol.title.en
        )
        for key in verdict.cites:
            cite = protocol.cites[key]
            unsure = " " + _("(not verified)") if cite.unverified else ""
            yield f"  [{cite.mark}] {cite.source}: {cite.zh if language() == 'zh' else cite.en}{unsure}"
        for code in (*verdict.danger, *verdict.advice):
            yield "  " + say(code)
    judged = {verdict.programme for verdict in found.verdicts}
    for plan in found.plans:
        if plan.kind == "followup" and plan.programme not in judged:
            yield _("{programme}: no visit judged yet").format(programme=term(PROGRAMMES, plan.programme))
    yield from next_lines(found.plans)


def _readings_line(readings: dict[str, object]) -> str:
    shown = [str(readings.pop("visit_date")), code_label("way", str(readings.pop("way")))]
    readings.pop("kind")
    sbp, dbp = readings.pop("sbp", None), readings.pop("dbp", None)
    if sbp is not None or dbp is not None:
        shown.append(f"{'-' if sbp is None else sbp}/{'-' if dbp is None else dbp}")
    coded = ("danger", "adr", "complication")
    shown += [f"{field_label(name)} {code_label(name, str(v)) if name in coded else v}" for name, v in readings.items()]
    return "  ".join(shown)


def verdict_lines(verdicts: tuple[Verdict, ...], open_plans: tuple[Plan, ...], editions: Editions) -> Iterator[str]:
    danger = list(dict.fromkeys(code for verdict in verdicts for code in verdict.danger))
    if danger:
        yield _("DANGER: {what}. Treat now and refer as an emergency; contact again within 2 weeks.").format(
            what="; ".join(say(code) for code in danger)
        )
    advice = list(dict.fromkeys(code for verdict in verdicts for code in verdict.advice))
    for code in (code for code in advice if code.startswith("alert.")):
        yield _("ATTENTION: {what}").format(what=say(code))
    for verdict in verdicts:
        if verdict.programme:
            yield programme_line(verdict)
    for code in (code for code in advice if not code.startswith("alert.")):
        yield say(code)
    unasked = dict.fromkeys(name for verdict in verdicts for name in verdict.not_asked)
    if unasked:
        names = ", ".join(term(QUESTIONS, name) for name in unasked)
        yield _("Not asked: {questions}.").format(questions=names)
    yield from next_lines(open_plans)
    for protocol in dict.fromkeys(verdict.protocol for verdict in verdicts):
        title = editions.named(protocol).title
        yield _("By {title}; details: chronic why").format(title=title.zh if language() == "zh" else title.en)


def programme_line(verdict: Verdict) -> str:
    """高血压  控制不满意 (连续 2 次)  建议转诊"""
    klass = term(CLASSES, verdict.klass) if verdict.klass else _("no class")
    times = ""
    if verdict.consecutive and verdict.klass not in (None, "controlled"):
        times = " " + (_("({n} times in a row)") if verdict.consecutive > 1 else _("(1st time)")).format(
            n=verdict.consecutive
        )
    refer = "  " + term(URGENCY, verdict.refer) if verdict.refer else ""
    return f"{term(PROGRAMMES, verdict.programme)}  {klass}{times}{refer}"


def next_lines(open_plans: tuple[Plan, ...]) -> Iterator[str]:
    followups = [plan for plan in open_plans if plan.kind == "followup"]
    if followups:
        first = min(followups, key=lambda plan: plan.due_on)
        yield _("Next follow-up by {day} ({reasons}).").format(day=first.due_on, reasons=reason_words(first.reasons))
    for plan in open_plans:
        if plan.kind == "screening":
            yield _("Suspected {programme}, high on {n} day(s): measure again by {day}.").format(
                programme=term(PROGRAMMES, plan.programme), n=plan.days_high, day=plan.due_on
            )
        elif plan.kind == "referral":
            yield _("Open referral since {since}: find out the outcome by {day}.").format(
                since=plan.since_on, day=plan.due_on
            )


def reason_words(reasons: tuple[str, ...]) -> str:
    return ", ".join(term(REASONS, reason) for reason in reasons)
