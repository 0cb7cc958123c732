"""What is said about one person: the verdict on a visit, and why they stand where they stand."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from chronic.cli.session import Session
from chronic.i18n import _, language, ngettext
from chronic.i18n.sentences import sentence
from chronic.i18n.terms import CLASSES, MEASURES, PROGRAMMES, QUESTIONS, REASONS, URGENCY, term
from chronic.model.plan import Plan, Problem, Verdict
from chronic.model.report import Report
from chronic.model.visit import Visit
from chronic.model.wording import code_label, field_label, say, say_problem
from chronic.protocol import Editions, Interval, Protocol
from chronic.reports import why
from chronic.rules import hypertension

if TYPE_CHECKING:
    from chronic.protocol.beside import Guideline


def visit_card(session: Session, visit: int, asked: tuple[Problem, ...], style: str) -> None:
    """Print the verdict on one contact: danger first, then class and reasons, then the next date."""
    found = why.of_visit(session.db, visit)
    for problem in asked:
        click.echo(_("Please check: {sentence}").format(sentence=say_problem(problem)), err=True)
    if style == "json":
        session.show(Report("visit", session.today.isoformat(), (), [found.row]), "json", None)
        return
    lines = list(verdict_lines(found, session.desk.editions))
    danger = tuple(code for verdict in found.verdicts for code in verdict.danger)
    if danger:
        from chronic.cli.slips import centre_lines

        lines[1:1] = centre_lines(session, danger)
    for line in lines:
        click.echo(line)
    if any(plan.kind == "referral" and plan.visit == visit and not plan.slip for plan in found.plans):
        click.echo(_("Write the referral slip: chronic refer out {id}").format(id=found.row["person_id"]))


_BLOOD = ("hba1c", "ldl_c", "non_hdl_c")
"""Measures of which neither a class nor a line of advice speaks when a visit is recorded."""


def verdict_lines(found: why.Why, editions: Editions) -> Iterator[str]:
    """Danger, alerts, one line a programme, advice, what was not asked, the next date, the document."""
    numbers = numbers_of(editions.named(found.verdicts[0].protocol)) if found.verdicts else {}
    if not found.verdicts:
        yield from (f"{_('Outside any programme')}  {_readings_line(seen)}" for seen in found.seen.values())
    danger = dict.fromkeys(code for verdict in found.verdicts for code in verdict.danger)
    if danger:
        yield _("DANGER: {what}. Treat now and refer as an emergency; contact again within {within}.").format(
            what="; ".join(say(code, **numbers) for code in danger), within=numbers["contact"]
        )
    advice = list(dict.fromkeys(code for verdict in found.verdicts for code in verdict.advice))
    yield from (_("ATTENTION: {what}").format(what=say(code)) for code in advice if code.startswith("alert."))
    for verdict in found.verdicts:
        if verdict.programme:
            yield programme_line(verdict, found.seen[verdict.visit], editions)
    yield from (say(code, **numbers) for code in advice if not code.startswith("alert."))
    unasked = dict.fromkeys(name for verdict in found.verdicts for name in verdict.not_asked)
    if unasked:
        names = ", ".join(term(QUESTIONS, name) for name in unasked)
        yield _("Not asked: {questions}.").format(questions=names)
    missed = dict.fromkeys(code.partition(".")[2] for verdict in found.verdicts for code in verdict.misses)
    if blood := [measure for measure in missed if measure in _BLOOD]:
        names = ", ".join(term(MEASURES, measure) for measure in blood)
        yield _("Second opinion, not at the target of another guideline: {measures}.").format(measures=names)
    yield from next_lines(found.plans)
    titles = dict.fromkeys(title_of(editions.named(verdict.protocol)) for verdict in found.verdicts)
    for title in titles:
        yield _("By {title}; details: chronic why {id}").format(title=title, id=found.row["person_id"])


def programme_line(verdict: Verdict, seen: why.Seen, editions: Editions) -> str:
    """高血压  控制不满意 (连续 2 次)  152/94, 目标 <140/90  建议转诊  2026-12-05 前"""
    klass = term(CLASSES, verdict.klass) if verdict.klass else _("no class")
    if verdict.consecutive and verdict.klass != "controlled":
        again = _("({n} times in a row)") if verdict.consecutive > 1 else _("(1st time)")
        klass += " " + again.format(n=verdict.consecutive)
    parts = [
        term(PROGRAMMES, verdict.programme),
        klass,
        _measured(verdict.programme, seen, editions.named(verdict.protocol)),
    ]
    parts += [term(URGENCY, verdict.refer)] if verdict.refer else []
    parts += [_("next by {day}").format(day=verdict.due_on)] if verdict.due_on else []
    return "  ".join(part for part in parts if part)


def _measured(programme: str, seen: why.Seen, protocol: Protocol) -> str:
    """The deciding value beside its target."""
    if programme == "htn" and seen.bp is not None:
        return _("{value}, target below {limit}").format(value=seen.bp, limit=hypertension.limit(seen.age, protocol))
    fpg = seen.readings["fpg"]
    if programme == "lipid" and seen.readings["ldl_c"] is not None:
        return _("LDL-C {value}").format(value=seen.readings["ldl_c"])
    if programme == "dm" and fpg is not None:
        return _("fasting {value}, target below {limit}").format(value=fpg, limit=protocol.dm.target.fpg_below)
    return ""


def why_card(session: Session, found: why.Why) -> Iterator[str]:
    """Readings, rule, edition and sentence behind each programme's class and date."""
    editions = session.desk.editions
    for verdict in found.verdicts:
        seen, protocol = found.seen[verdict.visit], editions.named(verdict.protocol)
        yield programme_line(verdict, seen, editions) if verdict.programme else _("Outside any programme")
        yield "  " + _readings_line(seen)
        yield "  " + _("Rule {rule}, {title}").format(rule=verdict.rule, title=title_of(protocol))
        yield from (f"  {line}" for line in _cite_lines(verdict, protocol))
        yield from (f"  {say(code, **numbers_of(protocol))}" for code in (*verdict.danger, *verdict.advice))
        yield from (f"  {line}" for line in _second_opinion(verdict))
    judged = {verdict.programme for verdict in found.verdicts}
    for plan in found.plans:
        if plan.kind == "followup" and plan.programme not in judged:
            yield _("{programme}: no visit judged yet").format(programme=term(PROGRAMMES, plan.programme))
    yield from next_lines(found.plans)


def numbers_of(protocol: Protocol) -> dict[str, object]:
    """A guideline's numbers for the sentences that name them."""
    return {
        "sbp": protocol.danger.bp.at_or_above.sbp,
        "dbp": protocol.danger.bp.at_or_above.dbp,
        "glucose_high": protocol.danger.glucose.at_or_above,
        "glucose_low": protocol.danger.glucose.at_or_below,
        "contact": span(protocol.danger.contact.within),
        "not_assessed": span(protocol.contact.not_assessed.within),
        "general": protocol.htn.advice.general,
        "comorbid": protocol.htn.advice.with_diabetes_or_kidney_disease,
        "non_fasting": protocol.dm.advice.non_fasting_below,
        "random": protocol.screening.dm_tests.random_at_or_above,
        "further": protocol.screening.further_test.fpg_at_or_above,
        "tg_severe": protocol.lipid.severe.tg_at_or_above,
    }


def span(interval: Interval) -> str:
    if interval.months:
        return ngettext("{n} month", "{n} months", interval.months).format(n=interval.months)
    weeks, rest = divmod(interval.days, 7)
    if rest == 0:
        return ngettext("{n} week", "{n} weeks", weeks).format(n=weeks)
    return ngettext("{n} day", "{n} days", interval.days).format(n=interval.days)


def title_of(protocol: "Protocol | Guideline") -> str:
    return protocol.title.zh if language() == "zh" else protocol.title.en


def _cite_lines(verdict: Verdict, protocol: Protocol) -> Iterator[str]:
    for key in verdict.cites:
        cite = protocol.cites[key]
        unsure = " " + _("(not verified)") if cite.unverified else ""
        yield f"[{cite.mark}] {cite.source}: {cite.zh if language() == 'zh' else cite.en}{unsure}"


def _second_opinion(verdict: Verdict) -> Iterator[str]:
    """What other guidelines say of the same contact; the class stays as it is."""
    from chronic.protocol.beside import guidelines

    for guideline in guidelines():
        for codes, word in ((verdict.meets, _("at target")), (verdict.misses, _("not at target"))):
            for measure in [code.partition(".")[2] for code in codes if code.startswith(f"{guideline.id}.")]:
                name = term(MEASURES, measure)
                yield _("Second opinion, {title}: {measure} {word}").format(
                    title=title_of(guideline), measure=name, word=word
                )


def _readings_line(seen: why.Seen) -> str:
    given = {name: value for name, value in seen.readings.items() if value is not None}
    shown = [seen.visit_date, code_label("way", str(given.pop("way"))), *([seen.bp] if seen.bp else [])]
    for name, value in given.items():
        if name not in ("sbp", "dbp"):
            coded = name in ("danger", "adr", "complication")
            shown.append(f"{field_label(name)} {code_label(name, str(value)) if coded else value}")
    return "  ".join(shown)


_MAIN = ("confirm.yes", "confirm.unknown", "dm.random_high")
_BESIDE = ("dm.venous_needed", "htn.slow")
"""Codes of a suspicion: what it comes to by itself, and what is only said beside something else."""


def suspicion_line(plan: Plan) -> str:
    """How far a suspicion is, and the next step with its day."""
    values = {"programme": term(PROGRAMMES, plan.programme), "n": plan.days_high, "day": plan.due_on}
    main = [code for code in plan.found if code in _MAIN]
    if main or plan.kind == "referral":
        told = sentence(main[0] if main else plan.found[0], **values)
    else:
        told = _("Suspected {programme}, high on {n} day(s): measure again by {day}.").format(**values)
    beside = [] if "confirm.yes" in main else [sentence(code) for code in plan.found if code in _BESIDE]
    return " ".join([told, *beside])


def sitting_lines(seen: Visit, protocol: Protocol) -> Iterator[str]:
    """The readings of one sitting and what counts of them."""
    if not seen.readings:
        return
    last = protocol.measuring.sitting.average_last
    words = (
        _("{readings}: the mean counts") if len(seen.readings) <= last else _("{readings}: the mean of the last {n} counts")
    )
    readings = "  ".join(f"{sbp}/{dbp}" for sbp, dbp in seen.readings)
    yield f"{words.format(readings=readings, n=last)}, {seen.sbp}/{seen.dbp}"


def next_lines(open_plans: tuple[Plan, ...]) -> Iterator[str]:
    """What is planned: the next follow-up, rechecks, open referrals (one line where programmes share it)."""
    followups = [plan for plan in open_plans if plan.kind == "followup"]
    if followups:
        first = min(followups, key=lambda plan: plan.due_on)
        reasons = ", ".join(term(REASONS, reason) for reason in first.reasons)
        yield _("Next follow-up by {day} ({reasons}).").format(day=first.due_on, reasons=reasons)
    for plan in open_plans:
        if plan.days_high is not None:
            yield suspicion_line(plan)
    referrals = dict.fromkeys(
        (p.slip, p.since_on, p.due_on) for p in open_plans if p.kind == "referral" and (p.days_high is None or p.slip)
    )
    for slip, since_on, due_on in sorted(referrals):
        told = (
            _("Open referral, slip {slip} of {since}: find out the outcome by {day}.")
            if slip
            else _("Open referral since {since}: find out the outcome by {day}.")
        )
        yield told.format(slip=slip, since=since_on, day=due_on)
