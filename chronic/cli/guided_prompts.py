"""How a question stands on the screen: its name, what may be chosen, the last value, and what Enter takes. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from chronic.cli.guided_answers import Known
from chronic.cli.guided_questions import KEEP, PLANNED, Question
from chronic.i18n import _, language
from chronic.model.fields import YES_NO, Field
from chronic.model.wide import width

_ROOM = 16  # columns left for the answer
_INDENT = "    "


def label(field: Field) -> str:
    """A field as the forms call it."""
    return field.zh if language() == "zh" else _(field.label or field.column)


def word_label(field: Field, word: str) -> str:
    """A coded value: the official Chinese label, or the canonical word."""
    return (field.codes or {}).get(word, word) if language() == "zh" else word


def value_text(question: Question, value: object) -> str:
    """A value as the forms write it."""
    if isinstance(value, tuple):
        return "/".join(str(part) for part in value)
    if question.field.codes:
        return ", ".join(word_label(question.field, word) for word in str(value).split(";"))
    return f"{value:g}" if isinstance(value, float) else str(value)


def prompt(question: Question, known: Known, last_on: date | None, columns: int) -> list[str]:
    """The lines of a question; the last one is where the answer is typed."""
    name = label(question.field) + (f" {_(question.unit)}" if question.unit else "")
    tail = _tail(question, known, last_on)
    items = choices(question, known.choices)
    whole = "  ".join(part for part in (name, *items, tail) if part)
    if width(whole) + _ROOM <= columns:
        return [f"{whole}: "]
    lines = list(wrapped(items, columns - len(_INDENT)))
    return [name, *(_INDENT + line for line in lines), f"{_INDENT}{tail}: " if tail else f"{_INDENT}: "]


def choices(question: Question, words: Sequence[str]) -> list[str]:
    """1 规律  2 间断  3 不服药; a yes or no by its letter, because forms do not agree on its number."""
    if question.field.codes == YES_NO:
        return [_("y yes"), _("n no")]
    return [f"{number} {word_label(question.field, word)}" for number, word in enumerate(words, 1)]


def wrapped(items: Iterable[str], columns: int, gap: str = "  ") -> Iterator[str]:
    """Items on as few lines as they need, none of them full: an old console adds an empty line. No item is broken."""
    line = ""
    for item in items:
        longer = f"{line}{gap}{item}" if line else item
        if line and width(longer) >= columns:
            yield line
            longer = item
        line = longer
    if line:
        yield line


def folded(text: str, columns: int, indent: str = "") -> Iterator[str]:
    """A sentence on as many lines as it needs, broken at its spaces."""
    yield from (indent + line for line in wrapped(text.split(" "), columns - len(indent), " "))


def group_prompt(members: Sequence[tuple[Question, object]], columns: int) -> list[str]:
    """What one Enter would keep."""
    items = [f"{label(question.field)} {value_text(question, value)}" for question, value in members]
    head = _("As last time") + "  "
    room = columns - width(head)
    parts = [part for item in items for part in ([item] if width(item) <= room else wrapped(item.split(" "), room, " "))]
    lines = list(wrapped(parts, room))
    shown = [head + lines[0], *(" " * width(head) + line for line in lines[1:])]
    return [*shown, _INDENT + _("Enter keeps all, c changes them one by one: ")]


def explanation(question: Question, known: Known, more: Sequence[str]) -> Iterator[str]:
    """Everything `?` says: what the field is, what it may hold, what Enter and - do."""
    field = question.field
    yield label(field) + (f" ({_(question.unit)})" if question.unit else "")
    if question.explain:
        yield _(question.explain)
    yield from more
    if field.codes == YES_NO:
        yield _("Answer y or n.")
    elif known.choices:
        several = field.kind == "codes"
        yield _("Choose by number or word, several with a space between.") if several else _("Choose by number or word.")
    if field.hard is not None:
        yield _("Possible is {low:g} to {high:g}.").format(low=field.hard[0], high=field.hard[1])
    if field.warn is not None:
        yield _("Asked again below {low:g} and above {high:g}.").format(low=field.warn[0], high=field.warn[1])
    if field.slip is not None:
        yield _("A value in {unit} is offered converted.").format(unit=field.slip.unit)
    yield _enter_line(question, known)


def _enter_line(question: Question, known: Known) -> str:
    if question.strict and not question.enter:
        return _("It must be answered.")
    if question.enter == KEEP and known.last is not None:
        return _("Enter keeps the last value, - leaves it out.")
    if question.enter == PLANNED:
        return _("Enter leaves the day to the rules.")
    if question.enter:
        return _("Enter takes what stands in brackets.")
    return _("- leaves it out.") if known.must else _("Enter leaves it out.")


def _tail(question: Question, known: Known, last_on: date | None) -> str:
    """[what Enter takes], or the last value for comparison."""
    if question.field.kind == "save":
        return "[Y/n]"
    if question.enter in (KEEP, PLANNED):
        past = question.enter == PLANNED and isinstance(known.last, date) and known.last <= known.day
        shown = "" if known.last is None else value_text(question, known.last)
        return f"[{_('{day}, already due').format(day=shown) if past else shown}]" if shown else ""
    if question.enter:
        return f"[{word_label(question.field, question.enter)}]" if question.field.codes else ""
    if known.last is None or not question.shown or last_on is None:
        return ""
    shown = value_text(question, known.last)
    return _("last {value} ({day})").format(
        value=shown, day=f"{last_on:%m-%d}" if last_on.year == known.day.year else last_on
    )
