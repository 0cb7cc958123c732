"""What somebody meant who typed a command or an option that is not there."""

from difflib import get_close_matches

import click
from click.exceptions import NoSuchCommand, NoSuchOption


def sharpen(error: NoSuchCommand | NoSuchOption) -> None:
    """One guess instead of click's up to three; a command that stands below others is shown with them in front."""
    if error.possibilities is None:
        return
    del error.possibilities[1:]
    if isinstance(error, NoSuchCommand) and error.ctx is not None and (below := _below(error.ctx, error.command_name)):
        near = get_close_matches(error.command_name, error.possibilities, cutoff=0.75)
        error.possibilities[:] = near + below


def _below(ctx: click.Context, name: str) -> list[str]:
    """`visit add`, `person add` … for `add`."""
    if not isinstance(ctx.command, click.Group):
        return []
    groups = {above: ctx.command.get_command(ctx, above) for above in ctx.command.list_commands(ctx)}
    return [
        f"{above} {name}" for above, group in groups.items() if isinstance(group, click.Group) and name in group.commands
    ]
