"""Values as people type them: a person, a day, a pressure, a span, and every field of the dictionary."""

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from chronic.cli.commands import FILTER
from chronic.cli.session import Session
from chronic.errors import PersonNotFound, ValueRefused
from chronic.i18n import _
from chronic.model.days import FarYear, parse_day, parse_span

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from chronic.model.fields import Field
    from chronic.model.person import Person

F = TypeVar("F", bound=Callable[..., Any])
_BP = r"(\d{1,3})/(\d{1,3})(?:mmhg)?"
_BP_KPA = r"(\d{1,2}(?:\.\d{1,2})?)/(\d{1,2}(?:\.\d{1,2})?)\s*kpa"
_ENTERED = "chronic.entered"
_MOST, _DAYS = 10**12, 36_525
ASKED = "-"
_PRIVATE = ("id_number", "phone", "archive_no")
_NUMBERS = ("integer", "decimal", "glucose")


class WholeNumber(click.IntRange):
    """A whole number of at least so many, and of no more than what a registry, or a calendar for `days`, can hold."""

    def __init__(self, min: int, days: bool = False) -> None:
        super().__init__(min=min)
        self._most = _DAYS if days else _MOST

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        number: int = super().convert(value, param, ctx)
        if abs(number) > self._most:
            self.fail(_("{value} is too large; at most {most}.").format(value=value, most=self._most), param, ctx)
        return number


class Found(NamedTuple):
    """A person as found on the command line. `exact`: named by registry id or full ID number."""

    person: "Person"
    exact: bool


class PersonType(click.ParamType[Any]):
    """PERSON: registry id, ID number, archive number, *tail, part of a name, or pinyin initials; `-` asks for it."""

    name = "person"

    def __init__(self, moving: bool = False) -> None:
        self._moving = moving

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Found:
        if isinstance(value, Found):
            return value
        session: Session = click.get_current_context().obj
        return find_person(session, _unseen(str(value), _("Who")), self._moving)


def _unseen(text: str, question: str) -> str:
    """What a word on the command line says; for `-` what is typed now, which no history and no list of programs shows."""
    if text != ASKED:
        return text
    if not sys.stdin.isatty():
        raise ValueRefused("type.no_terminal")
    return str(click.prompt(question, err=True))


def find_person(session: Session, text: str, moving: bool = False) -> Found:
    """Exactly one person, else PersonNotFound with the matches. Closed people only by id, ID or archive number, unless they
    were transferred and `moving` are looked for, too."""
    from chronic.model.idcard import BadIdCard, parse_id, tidy
    from chronic.store import people

    text = unicodedata.normalize("NFKC", text).strip()
    number = tidy(text)
    if text.isascii() and text.isdigit() and len(text) <= 6:
        return Found(_numbered(session, text), True)
    if text.isdigit() and len(text) in (8, 17):
        return Found(_one(session, text, people.find_by_number(session.db, "archive_no", text)), False)
    if re.fullmatch(r"\d{17}[\dX]|\d{15}", number):
        try:
            number = parse_id(number, session.today).number
        except BadIdCard as error:
            raise ValueRefused(f"id.{error.args[0]}", value=text) from None
        named = people.id_by(session.db, "id_number", number)
        return Found(_one(session, text, [people.get(session.db, named)] if named else ()), True)
    if re.fullmatch(r"\*\d{3}[\dX]", number):
        return Found(_one(session, text, people.find_by_tail(session.db, number[1:])), False)
    if not text or number.isdigit():
        raise PersonNotFound("person.shape", text=text)
    return Found(_one(session, text, by_words(session, text, moving)), False)


def _numbered(session: Session, text: str) -> "Person":
    """The person with this registry id; of one who was merged with another, the error says with whom."""
    from chronic.store import people

    for found in people.read(session.db, "WHERE id = ?", (int(text),)):
        return found
    from chronic.store import merges

    merged = merges.stayed(session.db, int(text))
    if merged is None:
        raise PersonNotFound("person.none", text=text, today=session.today)
    into = people.get(session.db, merged.person)
    raise PersonNotFound("person.merged", number=int(text), name=merged.name, id=into.id, into=into.name)


def by_words(session: Session, text: str, moving: bool = False) -> "list[Person]":
    """People not closed whose name holds the text, or whose pinyin initials it is; `moving` as in `find_person`."""
    from chronic.model.pinyin import is_initials
    from chronic.store import people

    found = people.find_by_name(session.db, text, moving=moving)
    return found or (people.find_by_initials(session.db, text, moving=moving) if is_initials(text) else [])


def _one(session: Session, text: str, matches: "Iterable[Person]") -> "Person":
    found = tuple(matches)
    if len(found) == 1:
        return found[0]
    raise PersonNotFound("person.many" if found else "person.none", found, text=text, today=session.today)


class DayType(click.ParamType[Any]):
    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return parse_day(str(value))
        except FarYear:
            self.fail(_("{text} is a day of a year that cannot be meant.").format(text=value), param, ctx)
        except ValueError:
            self.fail(_("{text} is not a day; write it as 2026-11-21.").format(text=value), param, ctx)


class SpanType(click.ParamType[Any]):
    name = "days"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return value if isinstance(value, int) else parse_span(str(value))
        except ValueError:
            self.fail(_("{text} is not a number of days; write it as 14d or 2w.").format(text=value), param, ctx)


class BpType(click.ParamType[Any]):
    name = "bp"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        text = unicodedata.normalize("NFKC", str(value)).strip()
        kpa = re.fullmatch(_BP_KPA, text, re.IGNORECASE)
        if kpa is not None:
            from chronic.model.units import mmhg

            sbp, dbp = mmhg(float(kpa[1])), mmhg(float(kpa[2]))
            _note("bp", f"{kpa[1]}/{kpa[2]} kPa", f"{sbp}/{dbp} mmHg")
            return sbp, dbp
        match = re.fullmatch(_BP, text, re.IGNORECASE)
        if match is None:
            from chronic.model.wording import say

            self.fail(say("bp.shape", text=value), param, ctx)
        return int(match[1]), int(match[2])


class FieldType(click.ParamType[Any]):
    """One field of the data dictionary, read exactly as import reads a cell (typed: no rounding)."""

    def __init__(self, column: str, kind: str = "code", field: "Field | None" = None) -> None:
        self.column, self.name, self._own = column, kind, field

    @property
    def field(self) -> "Field":
        """Looked up when a value is given: a list has one such option and hardly ever a value for it."""
        from chronic.model.fields import BY_COLUMN

        return self._own or BY_COLUMN[self.column]

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        return "|".join(self.field.codes) if self.field.codes and self.field.kind == "code" else None

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list["CompletionItem[Any]"]:
        from click.shell_completion import CompletionItem

        from chronic.model.wording import code_label

        words = {word: code_label(self.field.column, word) for word in self.field.codes or () if word.startswith(incomplete)}
        return [CompletionItem(word, help=label if label != word else None) for word, label in words.items()]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> object:
        from chronic.exchange.cells import read
        from chronic.model.wording import field_label, say_problem

        session: Session = click.get_current_context().obj
        if self.column in _PRIVATE:
            value = _unseen(str(value), field_label(self.column))
        if self.field.kind in _NUMBERS:
            from chronic.model.units import amount

            measured = amount(str(value))
            if measured is not None:
                return self._in_our_unit(*measured, param, ctx)
        found = read(self.field, str(value), session.today, typed=True)
        if found.refusal is not None:
            self.fail(say_problem(found.refusal), param, ctx)
        if found.warning is not None:
            click.echo(_("Please check: {sentence}").format(sentence=say_problem(found.warning)), err=True)
        return found.value

    def _in_our_unit(self, number: float, unit: str, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """The value as the registry holds it; what was typed is kept beside it where the unit is another."""
        from chronic.model.units import STORED, converted
        from chronic.model.wording import say

        column = self.field.column
        ours = STORED.get(column, "")
        if unit == ours:
            whole = self.field.kind == "integer"
            if whole and number != int(number):
                self.fail(say("value.integer", column=column, value=number), param, ctx)
            return int(number) if whole else number
        value = converted(column, number, unit)
        if value is None:
            self.fail(say("value.unit", column=column, value=f"{number:g} {unit}", detail=ours or "-"), param, ctx)
        _note(column, f"{number:g} {unit}", f"{value:g} {ours}")
        return value


def _note(column: str, typed: str, meant: str) -> None:
    """Say what a value in another unit comes to, and remember how it was typed."""
    click.echo(f"{typed} = {meant}", err=True)
    noted: dict[str, list[str]] = click.get_current_context().meta.setdefault(_ENTERED, {})
    noted.setdefault(column, []).append(typed)


def as_entered() -> tuple[tuple[str, str], ...]:
    """(column, text) of what this command line gave in other units than the registry's."""
    noted: dict[str, list[str]] = click.get_current_context().meta.get(_ENTERED, {})
    return tuple((column, ", ".join(texts)) for column, texts in noted.items())


class TagType(click.ParamType[Any]):
    """A tag by its code or any of its names, or an age as in 65+; as the lists want it (`reports.tagged`)."""

    name = "tag"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> object:
        from chronic.reports import tagged

        if not isinstance(value, str):
            return value
        session: Session = click.get_current_context().obj
        return tagged.wanted(session.db, FILTER.convert(value, param, ctx) or "", session.today)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list["CompletionItem[Any]"]:
        from click.shell_completion import CompletionItem

        from chronic.model.tags import TAGS, tag_name

        return [CompletionItem(code, help=tag_name(code)) for code in TAGS if code.startswith(incomplete)]


def tag_option(function: F) -> F:
    """--tag for a list: `tags`, a tuple of `reports.tagged.Tagged`."""
    text = _("Only people with this tag, as in 独居, alone or 65+; given several times, with all of them.")
    return click.option("--tag", "tags", type=TagType(), multiple=True, help=text)(function)


PERSON, DAY, SPAN, BP = PersonType(), DayType(), SpanType(), BpType()
MOVING = PersonType(moving=True)
PROGRAMME = FieldType("programme")


def field_options(fields: "Iterable[Field]", leave_out: Iterable[str] = ()) -> Callable[[F], F]:
    """An option for every field of the dictionary, in its order."""
    from chronic.model.wording import field_label

    wanted = [field for field in fields if field.column not in leave_out]

    def add(function: F) -> F:
        for field in reversed(wanted):
            flag = "--" + field.column.replace("_", "-")
            kind = FieldType(field.column, field.kind, field)
            function = click.option(flag, field.column, type=kind, help=field_label(field.column))(function)
        return function

    return add


def programme_argument(function: F) -> F:
    return click.argument("programme", type=PROGRAMME, metavar="PROGRAMME")(function)
