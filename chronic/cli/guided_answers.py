"""What a typed line answers: pure, and every value read as import reads a cell.

Numbers choose from the list on the screen; a unit slip or a swapped pressure comes back as an offer, never as a value.
"""

import re
import unicodedata
from datetime import date, timedelta
from typing import NamedTuple

from chronic.cli.guided_questions import KEEP, Question
from chronic.cli.guided_terminal import NO, YES
from chronic.exchange.cells import MASKED
from chronic.exchange.cells import read as read_cell
from chronic.i18n import _
from chronic.model.days import parse_span
from chronic.model.fields import BY_COLUMN, YES_NO, Field
from chronic.model.plan import Problem
from chronic.model.units import STORED, amount, converted, mmhg
from chronic.model.wording import say, say_problem
from chronic.rules.sitting import mean

Values = dict[str, object]

_DASHES = ("-", "–", "—", "——")
"""Also what an input method makes of the key."""
_YES, _NO = (*YES, "有"), (*NO, "无", "没有")
_PAIR = re.compile(r"(\d{1,3}(?:\.\d+)?)[/、\\](\d{1,3}(?:\.\d+)?)")
_APART = re.compile(r"[\s,;、]+")
_SPAN = re.compile(r"\d{1,3}[dw天日周]")
ENTERED = "entered "
"""Before a column: how its value was typed in another unit."""
_NUMBERS = ("integer", "decimal", "glucose")
_JIN, _NEAR = "斤", 0.1
"""A weight within a tenth of twice the last one was read in half kilograms."""


class Known(NamedTuple):
    """What is on the screen beside a question. `day` is the day of the sitting."""

    day: date
    choices: tuple[str, ...] = ()
    last: object = None
    must: bool = False


class Answer(NamedTuple):
    """`move`: take, offer (take only when agreed), again, back, help. `says`: the offer, or what was wrong."""

    move: str
    values: Values
    says: str = ""
    typed: Values | None = None
    """Of a refused offer: the values as they were typed, where they are possible."""


def columns(question: Question) -> tuple[str, ...]:
    """What a question fills in."""
    if question.field.kind != "pair":
        return (question.field.column,)
    arm = question.field.column.removeprefix("bp")
    return (f"sbp{arm}", f"dbp{arm}", *(() if arm else ("readings",)))


def read(question: Question, text: str, known: Known) -> Answer:
    """The answer in a line that was typed."""
    short = unicodedata.normalize("NFKC", text).strip()
    if short in ("?", "<"):
        return Answer("help" if short == "?" else "back", {})
    if not short:
        return _entered(question, known)
    if short in _DASHES:
        return _again(_("This must be answered.")) if question.strict else _taken(question, None)
    if question.field.kind == "pair":
        return _of_arm(question, pressures(short))
    if question.field.codes == YES_NO or question.field.kind == "save":
        return _yes_or_no(question, short.casefold())
    if known.choices:
        return _chosen(question, short, known)
    return _read(question, text, short, known)


def pressures(text: str) -> Answer:
    """One reading of a sitting, or several; kPa and swapped ones as an offer."""
    pairs, offered = [], []
    for part in re.split(r"[\s,;]+", text):
        match = _PAIR.fullmatch(part)
        if match is None:
            return _again(say("bp.shape", text=part))
        pair, offer, wrong = _pressure(match[1], match[2])
        if wrong:
            return _again(wrong)
        pairs.append(pair)
        offered += [offer] if offer else []
    sbp, dbp = mean(pairs)
    values: Values = {"sbp": sbp, "dbp": dbp, "readings": tuple(pairs) if len(pairs) > 1 else ()}
    if not offered:
        return Answer("take", values)
    in_kpa = any("kPa" in offer for offer in offered)
    return Answer("offer", {**values, **({f"{ENTERED}bp": f"{text} kPa"} if in_kpa else {})}, "; ".join(offered))


def _of_arm(question: Question, answer: Answer) -> Answer:
    """The mean of the readings, where one arm is asked for."""
    names = columns(question)
    if len(names) > 2 or not answer.values:
        return answer
    pair = (answer.values["sbp"], answer.values["dbp"])
    return answer._replace(values=dict(zip(names, pair, strict=True)))


def choice(text: str, words: tuple[str, ...], labels: dict[str, str]) -> str | None:
    """A word by its number in the list, by itself, or by a beginning that only one has."""
    if text.isascii() and text.isdigit():
        return words[int(text) - 1] if 0 < int(text) <= len(words) else None
    forms = {word: (word.casefold(), _plain(labels.get(word, word))) for word in words}
    exact = [word for word, names in forms.items() if text in names]
    begun = [word for word, names in forms.items() if any(name.startswith(text) for name in names)]
    return exact[0] if exact else begun[0] if len(begun) == 1 else None


def _pressure(high: str, low: str) -> tuple[tuple[int, int], str, str]:
    """(reading, the offer it needs, what is wrong with it)."""
    slip = BY_COLUMN["sbp"].slip
    sbp, dbp = float(high), float(low)
    if slip is not None and slip.low <= sbp <= slip.high and dbp < sbp:
        fixed = (mmhg(sbp), mmhg(dbp))
        return fixed, f"{high}/{low} {slip.unit} = {fixed[0]}/{fixed[1]} mmHg", ""
    for column, part in (("sbp", high), ("dbp", low)):
        found = read_cell(BY_COLUMN[column], part, date.min, typed=True)
        if found.refusal is not None:
            return (0, 0), "", say_problem(found.refusal)
    if sbp == dbp:
        return (0, 0), "", say_problem(Problem("bp.crossed", "dbp", f"{high}/{low}"))
    reading = (int(sbp), int(dbp))
    return (reading, "", "") if sbp > dbp else ((reading[1], reading[0]), f"{high}/{low} -> {low}/{high}", "")


def _entered(question: Question, known: Known) -> Answer:
    """Enter alone."""
    if question.enter == KEEP and known.last is not None:
        return _taken(question, known.last)
    if question.enter in (question.field.codes or {}) or question.field.kind == "save":
        return _taken(question, question.enter)
    if question.strict:
        yes_no = question.field.codes == YES_NO
        return _again(_("Please answer y or n.") if yes_no else _("This must be answered."))
    if known.must:
        return _again(_("Please measure it; - leaves it out."))
    return _taken(question, None)


def _yes_or_no(question: Question, text: str) -> Answer:
    if text in _YES or text in _NO:
        return _taken(question, "yes" if text in _YES else "no")
    return _again(_("Please answer y or n."))


def _chosen(question: Question, text: str, known: Known) -> Answer:
    """One word of the list, or several where the field holds several."""
    several = question.field.kind == "codes"
    words = []
    for part in filter(None, _APART.split(text)) if several else (text,):
        word = choice(_plain(part), known.choices, question.field.codes or {})
        if word is None:
            return _again(
                _("{text} is not in the list: choose 1 to {n}, or a word of it.").format(text=part, n=len(known.choices))
            )
        words.append(word)
    return _cell(question, question.field, ";".join(words), known)


def _read(question: Question, text: str, short: str, known: Known) -> Answer:
    field = question.field
    measured = amount(short) if field.kind in _NUMBERS else None
    if measured is not None:
        return _in_our_unit(field, *measured)
    if field.kind in _NUMBERS:
        return _offered(question, _cell(question, field, short.replace("。", "."), known), known)
    if field.column == "next_visit_date" and _SPAN.fullmatch(short.lower().replace("日", "天")):
        return _taken(question, known.day + timedelta(days=parse_span(short.replace("日", "天"))))
    return _cell(question, field, text, known)


def _cell(question: Question, field: Field, text: str, known: Known) -> Answer:
    found = read_cell(field, text, known.day, typed=True)
    if found.refusal is not None:
        return _again(say_problem(found.refusal))
    if found.value is MASKED:
        return _again(say("id.shape", value=text))
    says = say_problem(found.warning) if found.warning is not None else ""
    return Answer("take", {field.column: found.value}, says)


def _offered(question: Question, answer: Answer, known: Known) -> Answer:
    """The same value in the unit it looks like, where it looks like one."""
    field, value = question.field, answer.values.get(question.field.column)
    if answer.move != "take" or not isinstance(value, (int, float)):
        return answer
    unit = field.slip.unit if field.slip is not None and field.slip.low <= value <= field.slip.high else ""
    if field.column == "weight_kg" and isinstance(known.last, (int, float)) and _near(value, 2 * known.last):
        unit = _JIN
    better = converted(field.column, value, unit) if unit else None
    if better is None:
        return answer
    possible = field.hard is None or field.hard[0] <= value <= field.hard[1]
    shown = f"{better:.1f}" if isinstance(better, float) else str(better)
    says = f"{value:g} {unit} = {shown} {question.unit}"
    entered = {f"{ENTERED}{field.column}": f"{value:g} {unit}"}
    return Answer("offer", {field.column: better, **entered}, says, answer.values if possible else None)


def _in_our_unit(field: Field, number: float, unit: str) -> Answer:
    """A value whose unit was typed behind it, taken as it is meant."""
    ours = STORED.get(field.column, "")
    if unit == ours and not (field.kind == "integer" and number != int(number)):
        return Answer("take", {field.column: int(number) if field.kind == "integer" else number})
    value = converted(field.column, number, unit)
    if value is None:
        return _again(say("value.unit", column=field.column, value=f"{number:g} {unit}", detail=ours or "-"))
    typed = f"{number:g} {unit}"
    return Answer("take", {field.column: value, f"{ENTERED}{field.column}": typed}, f"{typed} = {value:g} {ours}")


def _near(value: float, expected: float) -> bool:
    return abs(value - expected) <= _NEAR * expected


def _taken(question: Question, value: object) -> Answer:
    return Answer("take", dict.fromkeys(columns(question), value) if value is None else {question.field.column: value})


def _again(says: str) -> Answer:
    return Answer("again", {}, says)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
