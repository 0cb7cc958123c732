"""Shapes shared by commands: lazily loaded groups, translated help with an example, output options."""

import importlib
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from chronic.errors import ValueRefused
from chronic.i18n import _
from chronic.model.report import ENCODINGS, HEADERS
from chronic.model.unseen import harmful, neutral
from chronic.model.wide import width

if TYPE_CHECKING:
    from pathlib import Path

    from click.shell_completion import CompletionItem

F = TypeVar("F", bound=Callable[..., Any])
EVERYTHING = "chronic.help_all"
_SHORT = 100  # letters; no word shorter than that is too long for a sheet
_STYLES = {".xlsx": "xlsx", ".html": "html", ".htm": "html", ".pdf": "pdf"}
"""What a file is by its name."""


# click counts characters where it lines up and wraps help; a Chinese character takes two cells
vars(click.formatting)["term_len"] = width

_echo = click.echo


def _echo_seen(message: Any | None = None, *args: Any, **kwargs: Any) -> None:
    """Everything that is said passes here: whatever a name or an argument holds, it moves no cursor."""
    _echo(neutral(message) if isinstance(message, str) else message, *args, **kwargs)


vars(click)["echo"] = _echo_seen


class FileType(click.Path):
    """A file as a Path. `pathlib` costs more than all of our help, so it is imported when a path is given."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail(_("A file needs a name."), param, ctx)
        return super().convert(value, param, ctx)

    def coerce_path_result(self, value: str | os.PathLike[str]) -> "Path":
        from pathlib import Path

        return Path(value)


class FileName(FileType):
    """The same as a text, for what a list needs: it does without `pathlib` altogether."""

    def coerce_path_result(self, value: str | os.PathLike[str]) -> str:  # type: ignore[override]
        return os.fspath(value)


FILE = FileType()
NEW_FILE = FileType(dir_okay=False)


class TextType(click.ParamType[Any]):
    """Words as they are typed: of any sheet's length at most, without control characters; blank is not given."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str | None:
        text = str(value).strip()
        if not text.isprintable() or len(text) > _SHORT:
            from chronic.exchange.cells import LONGEST

            if len(text) > LONGEST:
                self.fail(_("the text is too long."), param, ctx)
            if harmful().search(text):
                self.fail(_("the text holds invisible control characters."), param, ctx)
        if text or not isinstance(param, click.Option) or param.required or param.multiple:
            return text
        return param.default if isinstance(param.default, str) else None


class FilterType(TextType):
    """Words that choose something. Blank, as an unset variable of a script leaves them, they are not taken as left out:
    that would show everybody, or write in the clear."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str | None:
        if not str(value).strip():
            self.fail(_("nothing is named; name something, or leave the option out."), param, ctx)
        return super().convert(value, param, ctx)


TEXT, FILTER = TextType(), FilterType()


class Command(click.Command):
    """A command whose help ends with a worked example, and whose words are looked at before anybody stores them."""

    def __init__(self, *args: Any, example: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.example = example
        for param in self.params:
            if param.type is click.STRING:
                param.type = TEXT

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_examples(formatter, self.example.splitlines())

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [_("[OPTIONS]") if piece == "[OPTIONS]" else piece for piece in super().collect_usage_pieces(ctx)]


class Group(click.Group):
    """A command group defined in one file."""

    command_class = Command

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The first example of each command below."""
        below = [command.example for command in self.commands.values() if isinstance(command, Command)]
        _write_examples(formatter, [example.splitlines()[0] for example in below if example])

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [_("COMMAND [ARGS]...")]


def _write_examples(formatter: click.HelpFormatter, lines: Sequence[str]) -> None:
    """A line is never broken: it is there to be copied."""
    if lines:
        with formatter.section(_("Example")):
            for line in lines:
                formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


class LazyGroup(Group):
    """The root: a static table of commands; a command's module is imported when it is used."""

    def __init__(self, *args: Any, table: dict[str, tuple[str, str, str]], sections: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table, self.sections = table, sections

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(error.command_name, possibilities=self.table, ctx=ctx) from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.table:
            return None
        module = importlib.import_module(f"chronic.cli.{self.table[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_" if cmd_name in ("import", "open") else cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The day's work, a line for each command; the rest by name only, unless everything was asked for."""
        more = []
        for place, (section, title) in enumerate(self.sections.items()):
            rows = [(name, _(line)) for name, (_module, kind, line) in self.table.items() if kind == section]
            if place and EVERYTHING not in ctx.meta:
                more.append((_(title), ", ".join(name for name, _line in rows)))
                continue
            with formatter.section(_(title)):
                formatter.write_dl(rows)
        if more:
            with formatter.section(_("More, explained by chronic --help-all")):
                formatter.write_dl(more)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list["CompletionItem[str]"]:
        """The commands from the table: a module imported for each of them would make the first Tab wait."""
        from click.shell_completion import CompletionItem

        names = [name for name in self.table if name.startswith(incomplete)]
        commands: list[CompletionItem[str]] = [CompletionItem(name, help=_(self.table[name][2])) for name in names]
        return commands + click.Command.shell_complete(self, ctx, incomplete)


def every_command(ctx: click.Context, _param: click.Parameter, asked: bool) -> None:
    """--help-all: the help with a line for each command."""
    if asked and not ctx.resilient_parsing:
        ctx.meta[EVERYTHING] = True
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


def output_options(function: F) -> F:
    """--format, --out, --headers, --encoding for everything that prints a listing."""
    return format_option(["table", "json", "csv", "xlsx"])(file_options(function))


def report_options(function: F) -> F:
    """The same for figures, which are also had as a page."""
    return format_option(["table", "json", "csv", "html", "xlsx"])(file_options(function))


def export_options(function: F) -> F:
    """The same for what only makes a file, which may be encrypted."""
    return format_option(["csv", "json", "xlsx"])(file_options(sealing_options(function)))


def sealing_options(function: F) -> F:
    """--encrypt, --passphrase-file and --for, which the session remembers: the file of an export is encrypted."""
    options = (
        click.option("--encrypt", is_flag=True, expose_value=False, callback=_seal,
                     help=_("Encrypt the file, for the way: a passphrase is asked for; chronic open, or import, opens it.")),
        click.option("--passphrase-file", type=FILE, expose_value=False, callback=_seal,
                     help=_("The same with the passphrase in the first line of this file.")),
        click.option("--for", "whom", metavar="NAME", type=FILTER, expose_value=False, callback=_seal,
                     help=_("Encrypt the file so that only this registry opens it, called so in bundle key trust.")),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def opening_option(function: F) -> F:
    """--passphrase-file of what opens an encrypted file."""
    text = _("Take the passphrase of an encrypted file from the first line of this one; else it is asked for.")
    return click.option("--passphrase-file", type=FILE, help=text)(function)


def _seal(ctx: click.Context, param: click.Parameter, value: object) -> None:
    if value:
        ctx.obj.sealing[str(param.name)] = value


def file_options(function: F, headers: Sequence[str] = HEADERS) -> F:
    """--out, and what a CSV looks like, which the session remembers. `headers`: the usual ones first."""
    names = _("Names of the columns in a CSV or workbook: English keys, or Chinese.")
    return sheet_options(_remembered("headers", headers, names)(function))


def sheet_options(function: F) -> F:
    """--out and --encoding."""
    out = click.option("--out", type=NEW_FILE, is_eager=True, help=_("Write to this file instead."))  # --format looks at it
    return out(_remembered("encoding", ENCODINGS, _("Encoding of a CSV."))(function))


def _remembered(name: str, choices: Sequence[str], text: str) -> Callable[[F], F]:
    """An option of the session, so that no command has to hand it on."""

    def remember(ctx: click.Context, _param: click.Parameter, value: str) -> None:
        setattr(ctx.obj, name, value)

    return click.option(
        f"--{name}", type=click.Choice(choices), default=choices[0], show_default=True, help=text,
        expose_value=False, callback=remember,
    )  # fmt: skip


def format_option(styles: Sequence[str]) -> Callable[[F], F]:
    """--format, the usual one first. A file whose name ends in .xlsx or .html is one unless --format says otherwise."""

    def as_named(ctx: click.Context, param: click.Parameter, style: str) -> str:
        out = ctx.params.get("out")
        named = _STYLES.get(_kind(out), "") if out is not None else ""
        if named in styles and ctx.get_parameter_source(str(param.name)) is ParameterSource.DEFAULT:
            return named
        if "xlsx" in (style, named) and "xlsx" in styles and style != named:
            raise ValueRefused("xlsx.name")
        return style

    return click.option(
        "--format", "style", type=click.Choice(styles), default=styles[0], show_default=True, callback=as_named,
        help=_("How to print it."),
    )  # fmt: skip


def _kind(out: "Path") -> str:
    """The end of a file's name, also of what will be encrypted: .xlsx of people.xlsx.age."""
    ends = [end.lower() for end in out.suffixes if end.lower() != ".age"]
    return ends[-1] if ends else ""


def elements_option(function: F) -> F:
    """--element-ids, which the session remembers."""

    def remember(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
        ctx.obj.elements = value

    text = _("Under the names a line of the standards' identifiers (WS 365); import skips it.")
    return click.option("--element-ids", is_flag=True, expose_value=False, callback=remember, help=text)(function)


def style_option(function: F) -> F:
    """--format table|json for a command that answers with one thing."""
    return format_option(["table", "json"])(function)


def full_option(function: F) -> F:
    return click.option("--full", is_flag=True, help=_("Show ID numbers and phones unmasked; this is logged."))(function)


def holidays_option(function: F) -> F:
    text = _("A year's holidays and make-up days (TOML) in the place of ours; else CHRONIC_HOLIDAYS.")
    return click.option("--holidays", multiple=True, type=FILE, envvar="CHRONIC_HOLIDAYS", help=text)(function)


def yes_option(function: F) -> F:
    return click.option("--yes", is_flag=True, help=_("Do not ask."))(function)


def void_options(function: F) -> F:
    """Of a command that withdraws something: why, and whether to ask."""
    return click.option("--reason", required=True, help=_("Why it should not be there."))(yes_option(function))
