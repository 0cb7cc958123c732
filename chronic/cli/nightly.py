"""`nightly`: the unattended run, and `nightly install`: put it on the computer's timetable."""

import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import time
from pathlib import Path
from typing import Any

import click

from chronic.cli.commands import Command, Group, yes_option
from chronic.cli.logbook import note
from chronic.cli.people import really
from chronic.cli.session import Session
from chronic.cli.types import WholeNumber
from chronic.errors import ChronicError, ProblemsFound
from chronic.i18n import _, language
from chronic.model.wording import say
from chronic.office import nightly as office
from chronic.office import parts, schedule
from chronic.office.timetables import Job
from chronic.store import audit, nights, registry


class TimeType(click.ParamType[Any]):
    """A time of the day by the computer's clock."""

    name = "HH:MM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> time:
        if isinstance(value, time):
            return value
        match = re.fullmatch(r"(\d{1,2}):(\d{2})", unicodedata.normalize("NFKC", str(value)).strip())
        if match is None or int(match[1]) > 23 or int(match[2]) > 59:
            self.fail(_("{text} is not a time of the day; write it as 02:10.").format(text=value), param, ctx)
        return time(int(match[1]), int(match[2]))


class NightlyGroup(Command, Group):
    """A command that also has one below it."""

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [_("[OPTIONS]"), "[install]"]


FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(
    cls=NightlyGroup,
    invoke_without_command=True,
    help=_("Everything of a night in one folder: who is overdue, whom to call, the month's figures and their page."),
    example=(
        "chronic nightly\n"
        "chronic nightly --out /srv/lists --full\n"
        "chronic nightly --incoming /srv/bundles\n"
        "chronic nightly install --at 02:10"
    ),
)
@click.option("--out", type=FOLDER, help=_("Where the dated folders go; a folder nightly beside the registry if left out."))
@click.option("--full", is_flag=True, help=_("Show phones unmasked in the call list; this is logged."))
@click.option(
    "--backup-to",
    type=FOLDER,
    help=_("Where the backup goes from now on, a stick say; a folder backups beside the registry if never said."),
)
@click.option(
    "--incoming",
    type=FOLDER,
    help=_("Where bundles arrive, from now on: what lies there is merged first, then moved to done or refused in it."),
)
@click.option(
    "--outgoing",
    type=FOLDER,
    help=_("From now on put the next bundle for each trusted registry into this folder."),
)
@click.option("--once", is_flag=True, help=_("Do nothing if today's lists are there already."))
@click.option(
    "--keep",
    type=WholeNumber(min=1),
    help=_("From now on keep so many dated folders (60 if never said); those of figures that were sent always stay."),
)
@click.pass_context
def nightly(
    ctx: click.Context, /, out: Path | None, full: bool, once: bool, keep: int | None, backup_to: Path | None,
    incoming: Path | None, outgoing: Path | None,
) -> None:  # fmt: skip
    if ctx.invoked_subcommand is not None:
        return
    session: Session = ctx.obj
    folder, day = _folder(session, out), session.today.isoformat()
    if once and not office.missing(folder, day):
        click.echo(_("Today's lists are there already: {path}").format(path=folder / day))
        return
    if keep is not None:
        nights.remember_kept(session.db, keep)
    if backup_to is not None:
        nights.remember_backup_to(session.db, str(backup_to.absolute()))
    if incoming is not None:
        with suppress(OSError):  # where it cannot be made the night says so
            incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        nights.remember_incoming(session.db, str(incoming.absolute()))
    if outgoing is not None:
        nights.remember_outgoing(session.db, str(outgoing.absolute()))
    journal = office.Journal(folder, session.instant.isoformat(), day, session.seconds)
    with _logged(session), office.watched(journal):
        night = office.run(session.desk, _wishes(session, folder, full))
    click.echo(office.close(journal, night, audit.head(session.db)))
    click.echo(_("The lists are in {path}").format(path=night.folder))
    if night.failed:
        parts = "; ".join(f"{part} ({problem})" for part, problem in night.failed.items())
        with _logged(session):
            raise ProblemsFound("nightly.failed", parts=parts, path=night.folder)


@contextmanager
def _logged(session: Session) -> Iterator[None]:
    """A night that failed leaves a line beside the registry, wherever its lists go; what unlocking says, that has said."""
    try:
        yield
    except ChronicError as error:
        if session.path.exists() and not error.code.startswith(("key.", "cipher.")):
            note(session, session.path, error.code)
        raise


@nightly.command(
    help=_("Run it every night: prints the timetable's entry; --yes installs it, --remove takes it away."),
    example="chronic nightly install\nchronic nightly install --at 02:10 --yes\nchronic nightly install --remove",
)
@click.option("--at", type=TimeType(), default="02:10", show_default=True, help=_("When, by this computer's clock."))
@click.option("--out", type=FOLDER, help=_("Where the dated folders go."))
@click.option("--full", is_flag=True, help=_("Show phones unmasked in the call list; every run is logged."))
@click.option("--kind", type=click.Choice(schedule.KINDS), help=_("Which timetable; the computer's own if left out."))
@click.option("--print", "only_print", is_flag=True, help=_("Print the entry and change nothing, as without --yes."))
@click.option("--remove", is_flag=True, help=_("Take this registry's run off the timetable."))
@yes_option
@click.pass_context
def install(
    ctx: click.Context, /, at: time, out: Path | None, full: bool, kind: str | None,
    only_print: bool, remove: bool, yes: bool,
) -> None:  # fmt: skip
    if only_print and (yes or remove):
        raise click.UsageError(_("--print changes nothing; leave out --yes and --remove, or --print."), ctx)
    session: Session = ctx.obj
    above = ctx.parent.params if ctx.parent else {}  # `nightly --out DIR install` means the same
    folder = _folder(session, out or above["out"])
    job = schedule.job(session.path, language(), folder, at, full or above["full"], session.key_file)
    if remove:
        _remove(session, job, yes)
        return
    session.stamp()  # a registry that is missing is said now, not at night
    kind = kind or schedule.detected(os.environ)
    if not yes:
        click.echo(schedule.text(job, kind), nl=False)
        click.echo(_("Nothing was changed; --yes installs this ({kind}).").format(kind=kind), err=True)
        return
    note = schedule.install(job, kind)
    nights.remember_installed(session.db, session.stamp().at)
    click.echo(_("Installed ({kind}): every day at {at}.").format(kind=kind, at=f"{at:%H:%M}"))
    click.echo(_("To take it away again: chronic nightly install --remove"))
    if note:
        click.echo(say(note), err=True)


def _remove(session: Session, job: Job, yes: bool) -> None:
    really(_("Take the nightly run off the timetable?"), yes, _("Taking the nightly run off the timetable"))
    found = schedule.remove(job)
    if session.path.exists():
        nights.forget(session.db)
    if found:
        click.echo(_("Taken away ({kinds}).").format(kinds=", ".join(found)))
    else:
        click.echo(_("This registry had no nightly run on the timetable."))


def _folder(session: Session, out: Path | None) -> Path:
    return (out or session.path.parent / "nightly").absolute()


def _wishes(session: Session, folder: Path, full: bool) -> parts.Wishes:
    """Also remembers, before anything is shown, that phones will be."""
    from chronic.cli.cards import numbers_of

    numbers = numbers_of(session.desk.editions.on(session.today))
    clinic = session.settings.get("name", "")
    settings = registry.settings(session.db)
    keep, to = nights.kept(settings) or office.KEEP, nights.backup_to(settings)
    unmasked = session.note_full(full)
    inbox, outbox = nights.incoming(settings), nights.outgoing(settings)
    return parts.Wishes(
        session.path, folder, clinic, numbers, keep, unmasked, session.today_given, Path(to) if to else None,
        Path(inbox) if inbox else None, Path(outbox) if outbox else None,
    )  # fmt: skip
