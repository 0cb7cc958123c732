"""A check-up on the screen: danger and results first, then scores, what is missing, and the form block by block."""

from collections.abc import Iterator

import click

from chronic.cli.cards import numbers_of
from chronic.cli.people import plan_lines
from chronic.cli.session import Session
from chronic.forms import checkup as form_of_checkups
from chronic.i18n import _, language
from chronic.i18n.terms import FINDING_STATES, FOLLOW_UP_OF_FINDINGS, PARTS, term
from chronic.model.checkup import Checkup
from chronic.model.checkup_fields import BLOCKS, CONSTITUTIONS, LEVELS, TCM_ANSWERS, Block
from chronic.model.report import Report
from chronic.model.visit import METER_HIGH, METER_LOW
from chronic.model.wording import code_label, field_label, say
from chronic.reports.checkups import Card, card
from chronic.reports.findings import OPEN, PLANNED, Stand
from chronic.rules.checkup import Completeness
from chronic.store import checkups

_MISSING_SHOWN = 12


def show(session: Session, person: int, number: int | None, style: str) -> bool:
    """Print a person's check-up, the latest or the one with this number; False where there is none."""
    found = card(session.db, person, session.today, session.desk.editions, number)
    if found is None:
        return False
    if style == "json":
        session.show(Report("checkup", session.today.isoformat(), (), [row(found)]), "json", None)
    else:
        for line in lines(session, found):
            click.echo(line)
    return True


def lines(session: Session, found: Card) -> Iterator[str]:
    typed = found.typed
    kind = "" if checkups.kind_of(session.db, typed.id) == "exam" else _("TCM part only, no yearly check-up")
    yield "  ".join(
        filter(None, (_("Check-up of {day}").format(day=typed.checkup_date), _("number {n}").format(n=typed.id), kind))
    )
    yield from _danger(session, found)
    yield from _results(found)
    yield from _scores(found)
    said: set[str] = set()
    for part in found.completeness:
        yield _completeness(part, said)
        said.update(part.missing)
    if found.age_unknown:
        yield _("No birth date: whether the list for 65 and over applies is not known.")
    yield from (line for block in BLOCKS if (line := _block(block, found)))
    if found.others:
        told = ", ".join(f"{other.checkup_date} ({other.id})" for other in found.others)
        yield _("Other check-ups (number): {list}").format(list=told)
    yield from plan_lines(session, typed.person)


def _danger(session: Session, found: Card) -> Iterator[str]:
    numbers = numbers_of(session.desk.editions.on(found.typed.checkup_date))
    codes = [stand.finding.code for stand in found.stands if stand.finding.action == "emergency"]
    if codes:
        yield _("DANGER: {what}. Treat now and refer as an emergency; contact again within {within}.").format(
            what="; ".join(say(code, **numbers) for code in codes), within=numbers["contact"]
        )


def _results(found: Card) -> Iterator[str]:
    """One line for each abnormal result: what it is, what it calls for, what became of it."""
    shown = [stand for stand in found.stands if stand.finding.action != "emergency"]
    if shown:
        yield _("Abnormal results")
        yield from (f"  {_stand(stand)}" for stand in shown)
    if any(stand.state == OPEN for stand in shown):
        yield "  " + _("When something was done: chronic checkup resolve {id} FIELD --note ...").format(id=found.who.id)
    if any(stand.finding.action == "follow_up" and stand.state == OPEN for stand in shown):
        yield "  " + _("Under management: record the follow-up too, chronic visit add {id}").format(id=found.who.id)


def _stand(stand: Stand) -> str:
    finding = stand.finding
    state = " ".join(map(str, filter(None, (term(FINDING_STATES, stand.state), stand.on, stand.note))))
    name = result_name(finding.field)
    said = [name, told(finding.field, finding.value), "->", term(FOLLOW_UP_OF_FINDINGS, finding.action), f"({state})"]
    cite = form_of_checkups().cites.get(finding.cite)
    said += [f"[{cite.mark}] {cite.source}"] if cite else []
    said += [f"<{finding.field}>"] if stand.state != PLANNED else []
    return " ".join(said)


def _scores(found: Card) -> Iterator[str]:
    if found.bmi is not None:
        yield _("BMI {value}").format(value=f"{found.bmi:.1f}")
    care = found.self_care
    if "self_care_score" in found.values:
        grade = found.values.get("self_care")
        yield _("Self-care {score}: {level}").format(score=found.values["self_care_score"], level=_level(grade))
    elif care.missing and len(care.missing) < len(form_of_checkups().self_care.points):
        yield _("Self-care: no score, missing {fields}").format(fields=_names(care.missing))
    results = [name for name in CONSTITUTIONS if f"tcm_{name}" in found.values]
    if results:
        said = [_constitution(name, found) for name in results if found.values[f"tcm_{name}"] != "no"]
        yield _("TCM constitution: {said}").format(said=", ".join(said) or _("none of the nine"))
    if found.constitution.missing:
        numbers = " ".join(name.removeprefix("tcm_") for name in found.constitution.missing)
        yield _("TCM questions without an answer: {numbers}").format(numbers=numbers)


def _completeness(part: Completeness, said: set[str]) -> str:
    """高血压体检  26/28  缺: 视力 …  [B] NB3 §…. What a list before it has named already is not named again."""
    cite = form_of_checkups().cites[part.cite]
    new = tuple(name for name in part.missing if name not in said)
    missing = [_("missing: {fields}").format(fields=_names(new))] if new else []
    missing += [_("{n} named above").format(n=len(part.missing) - len(new))] if len(new) < len(part.missing) else []
    source = f"[{cite.mark}] {cite.source}" + (" " + _("(not verified)") if cite.unverified else "")
    rest = "; ".join(missing) or _("complete")
    return f"{term(PARTS, part.part)}  {part.needed - len(part.missing)}/{part.needed}  {rest}  {source}"


def _block(block: Block, found: Card) -> str:
    """The block's values on one line; the answers to the 33 questions as figures."""
    typed, answers = found.typed.values, [str(found.typed.values.get(name, "-")) for name in TCM_ANSWERS]
    given = [f for f in block.fields if f.column in typed and f.column not in TCM_ANSWERS]
    said = [f"{field_label(f.column)} {told(f.column, typed[f.column])}" for f in given]
    if block.key == "tcm" and set(answers) != {"-"}:
        said.insert(0, "".join(answers))
    return f"{block.zh if language() == 'zh' else block.label}: {'; '.join(said)}" if said else ""


def told(column: str, value: object) -> str:
    """A value as the form writes it."""
    if value in (METER_HIGH, METER_LOW):
        return "HI" if value == METER_HIGH else "LO"
    if isinstance(value, float):
        return f"{value:g}"
    return ", ".join(code_label(column, word) for word in str(value).split(";"))


def _names(columns: tuple[str, ...]) -> str:
    """The first of them by their names, and how many more."""
    names = ", ".join(field_label(column) for column in columns[:_MISSING_SHOWN])
    more = len(columns) - _MISSING_SHOWN
    return names + (" " + _("and {n} more").format(n=more) if more > 0 else "")


def _level(word: object) -> str:
    return LEVELS.get(str(word), "") if language() == "zh" else str(word)


def _constitution(name: str, found: Card) -> str:
    """气虚质 倾向是 (9): the sum where the answers are there."""
    said = f"{CONSTITUTIONS[name] if language() == 'zh' else name.replace('_', ' ')} "
    said += code_label(f"tcm_{name}", str(found.values[f"tcm_{name}"]))
    total = found.constitution.sums[name]
    return said if total is None else f"{said} ({total})"


def row(found: Card) -> dict[str, object]:
    """The same for other programs. `values` have what follows from the answers beside what was typed."""
    cites = form_of_checkups().cites
    return {
        "person_id": found.who.id,
        "checkup": found.number,
        "checkup_uid": found.typed.uid,
        "checkup_date": found.typed.checkup_date.isoformat(),
        "values": {name: _plain(value) for name, value in found.values.items()},
        "derived": [name for name in found.values if name not in found.typed.values],
        "bmi": found.bmi,
        "danger": [stand.finding.code for stand in found.stands if stand.finding.action == "emergency"],
        "findings": [
            {
                "field": s.finding.field, "value": _plain(s.finding.value), "action": s.finding.action, "state": s.state,
                "on": s.on.isoformat() if s.on else None, "note": s.note or None, "cite": s.finding.cite or None,
            }
            for s in found.stands
        ],
        "completeness": [
            {
                "part": part.part, "for": part.who, "needed": part.needed, "filled": part.needed - len(part.missing),
                "missing": list(part.missing), "source": cites[part.cite].source, "mark": cites[part.cite].mark,
            }
            for part in found.completeness
        ],
        "self_care": {"score": found.values.get("self_care_score"), "level": found.values.get("self_care"),
                      "missing": list(found.self_care.missing)},
        "tcm": {"sums": found.constitution.sums, "missing": list(found.constitution.missing),
                "results": {name: found.values.get(f"tcm_{name}") for name in CONSTITUTIONS}},
    }  # fmt: skip


def in_words(row: dict[str, object]) -> dict[str, object]:
    """A row of the work list as people read it."""
    field = str(row["field"])
    return {**row, "field": result_name(field), "value": told(field, row["value"])}


def result_name(field: str) -> str:
    """What was measured; both pressures go by one name."""
    return _("blood pressure") if field == "sbp" else field_label(field)


def one_line(form: Checkup) -> str:
    """2026-11-20  左侧收缩压 138  … : enough to see which one it is."""
    said = [f"{field_label(name)} {told(name, value)}" for name, value in list(form.values.items())[:6]]
    more = len(form.values) - len(said)
    return "  ".join([str(form.checkup_date), *said, *([_("and {n} more").format(n=more)] if more > 0 else [])])


def _plain(value: object) -> object:
    return {METER_HIGH: "HI", METER_LOW: "LO"}.get(value, value)  # type: ignore[call-overload]
