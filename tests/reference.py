"""The command reference, written from the commands themselves: `python -m tests.reference`, and `--check` for CI.

docs/commands.zh.md and docs/commands.en.md hold every command with its options, their meaning and an example.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from chronic import i18n

TOP = Path(__file__).resolve().parent.parent
LANGUAGES = ("zh", "en")
HEAD = {
    "zh": "# 命令大全\n\n由程序自己的帮助生成 (`poe reference`), 请勿手改. English: [commands.en.md](commands.en.md)",
    "en": "# Every command\n\nWritten from the program's own help (`poe reference`); not edited by hand. "
    "中文: [commands.zh.md](commands.zh.md)",
}


def page(lang: str) -> Path:
    return TOP / "docs" / f"commands.{lang}.md"


def commands() -> Iterator[click.Context]:
    """A context for every command: the root, then in the order of its table, what stands below a command after it."""
    from chronic.cli.root import root

    waiting = [click.Context(root, info_name="chronic", **root.context_settings)]
    while waiting:
        ctx = waiting.pop(0)
        yield ctx
        if isinstance(ctx.command, click.Group):
            found = {name: ctx.command.get_command(ctx, name) for name in ctx.command.list_commands(ctx)}
            below = [click.Context(command, parent=ctx, info_name=name) for name, command in found.items() if command]
            waiting = below + waiting


def examples(command: click.Command) -> list[str]:
    """The command lines its help ends with."""
    return str(getattr(command, "example", "")).strip().splitlines()


def text() -> str:
    """The reference in the language that is active; commands must not have been imported in another one."""
    blocks = [HEAD[i18n.language()], _contents(), *(block for ctx in commands() for block in _blocks(ctx) if block)]
    return "\n\n".join(blocks) + "\n"


def _contents() -> str:
    from chronic.cli.root import SECTIONS, TABLE

    links = {
        title: ", ".join(f"[{name}](#chronic-{name})" for name, (_module, kind, _line) in TABLE.items() if kind == section)
        for section, title in SECTIONS.items()
    }
    return "\n".join(f"- {i18n._(title)}: {names}" for title, names in links.items())


def _blocks(ctx: click.Context) -> Iterator[str]:
    command = ctx.command
    yield f"{'##' if ctx.parent is None or ctx.parent.parent is None else '###'} {ctx.command_path}"
    yield str(command.help)
    yield f"```\n{' '.join([ctx.command_path, *command.collect_usage_pieces(ctx)])}\n```"
    options = [param for param in command.get_params(ctx) if isinstance(param, click.Option)]
    if ctx.parent is not None:
        options = [option for option in options if "--help" not in option.opts]
    yield "\n".join(line for option in options if (line := _option(option, ctx)))
    if lines := examples(command):
        yield "```console\n" + "\n".join(f"$ {line}" for line in lines) + "\n```"


def _option(option: click.Option, ctx: click.Context) -> str:
    """What it is called and means, and the words a coded value may be where that does not say so already."""
    from chronic.cli.types import FieldType
    from chronic.model.wording import code_label

    record = option.get_help_record(ctx)
    if record is None:
        return ""
    names, meaning = record
    line = f"- `{names}` {' '.join(meaning.split())}"
    field = option.type.field if isinstance(option.type, FieldType) else None
    if field is None or not field.codes or any(f" {word} " in line for word in field.codes):
        return line
    if i18n.language() == "zh":
        return f"{line}: " + ", ".join(f"{word} {code_label(field.column, word)}" for word in field.codes)
    return f"{line}: {', '.join(field.codes)}" if field.kind == "codes" else line


def main() -> int:
    """Write both pages, or say which are out of date. The exit code is 1 when --check finds one."""
    parser = argparse.ArgumentParser(description="Write docs/commands.*.md from the commands.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something would change")
    parser.add_argument("--show", choices=LANGUAGES, help=argparse.SUPPRESS)
    wish = parser.parse_args()
    if wish.show:  # commands are translated while they are imported: a process for each language
        i18n.activate(wish.show)
        sys.stdout.buffer.write(text().encode())
        return 0
    stale = []
    for lang in LANGUAGES:
        around = {**os.environ, "PYTHONPATH": str(TOP)}
        wanted = subprocess.run([sys.executable, __file__, "--show", lang], stdout=subprocess.PIPE, env=around, check=True)
        if not page(lang).exists() or page(lang).read_bytes() != wanted.stdout:
            stale.append(page(lang).name)
            if not wish.check:
                page(lang).parent.mkdir(exist_ok=True)
                page(lang).write_bytes(wanted.stdout)
    print(f"{', '.join(stale) or 'nothing'} {'is out of date: python -m tests.reference' if wish.check else 'updated'}")
    return 1 if wish.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
