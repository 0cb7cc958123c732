"""`backup` and `restore`: a copy of the whole registry, tried out, and the way back."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from chronic.cli import people
from chronic.cli.commands import Command, output_options, yes_option
from chronic.cli.session import Session
from chronic.errors import ProblemsFound, RegistryUnusable, ValueRefused
from chronic.exchange import keys
from chronic.i18n import N_, _, ngettext
from chronic.i18n.terms import term
from chronic.model.days import china_minute
from chronic.model.report import Column, Report
from chronic.model.wording import say
from chronic.office import backups as office
from chronic.store import bundles
from chronic.store import people as store

_SHOWN = 10
_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)
KEPT = {"day": N_("daily"), "week": N_("weekly"), "month": N_("monthly")}
_COLUMNS = (
    Column("file", N_("File"), last=True),
    Column("made_at", N_("Made")),
    Column("size", N_("Bytes"), right=True),
    Column("kept_as", N_("Kept as")),
)


@click.command(
    cls=Command,
    help=_(
        "Back the registry up, also while others write in it; the copy is opened and checked. Of the last 7 days, 4 weeks "
        "and 12 months with a backup the latest one stays, older ones go."
    ),
    example=("chronic backup\nchronic backup --to /media/usb/\nchronic backup --list\nchronic backup --verify backup.db"),
)
@click.option("--to", type=_FOLDER, help=_("The folder, on a stick say; a folder backups beside the registry if left out."))
@click.option("--verify", type=_FILE, help=_("Restore this backup into a place of its own, check it and compare it."))
@click.option("--list", "listing", is_flag=True, help=_("The backups there are."))
@output_options
@click.pass_obj
def backup(session: Session, /, to: Path | None, verify: Path | None, listing: bool, style: str, out: Path | None) -> None:
    if verify is not None:
        _verify(session, verify)
        return
    if listing:
        report = _listed(session, to)
        if style == "table":
            report = report._replace(rows=map(_in_words, report.rows))
        session.show(report, style, out, stored=False)
        return
    made = office.make(session.db, to, session.stamp())
    click.echo(_("Backed up and checked: {path} ({size} kB)").format(path=made.backup.path, size=made.backup.size // 1024))
    key = keys.file_of(session.path)
    if key.exists():
        click.echo(_("Not in it: {path}, the key of bundles. Keep a copy of it apart.").format(path=key))
    if made.removed:
        click.echo(
            ngettext("{n} older backup was removed.", "{n} older backups were removed.", len(made.removed)).format(
                n=len(made.removed)
            )
        )


@click.command(
    cls=Command,
    help=_("Put a backup in the place of the registry; shows first what would be lost, and keeps what was there beside it."),
    example="chronic restore backup.db",
)
@click.argument("file", type=_FILE)
@yes_option
@click.pass_obj
def restore(session: Session, /, file: Path, yes: bool) -> None:
    path = _there(session, file)
    try:
        found = office.losses(session.path, path)
    except RegistryUnusable as error:
        raise RegistryUnusable("restore.unusable", path=path, problem=say(error.code, **error.values)) from None
    for line in _loss_lines(session, found):
        click.echo(line, err=True)
    people.really(_("Put the backup in its place?"), yes, str(path))
    session.release()
    kept = office.restore(session.path, path, session.today, session.plain_stamp())
    click.echo(_("Restored {path} from {backup}.").format(path=session.path, backup=path))
    if kept is not None:
        click.echo(_("What was there is kept at {path}.").format(path=kept))
    key = keys.file_of(session.path)
    if bundles.standings(session.db) and not key.exists():
        click.echo(_("No backup holds {path}, the key of bundles: copy it there, or make another one.").format(path=key))


def _there(session: Session, file: Path) -> Path:
    if not file.is_file():
        raise ValueRefused("file.missing", path=file)
    if session.path.exists() and file.samefile(session.path):
        raise ValueRefused("file.registry", path=file)
    return file


def _verify(session: Session, file: Path) -> None:
    path = _there(session, file)
    tried = office.verify(session.path, path, session.today, session.plain_stamp())
    if tried.problems:
        for one in tried.problems:
            click.echo(say(one.wrong.code, **one.wrong.values))
        raise ProblemsFound("check.found", n=len(tried.problems))
    click.echo(
        _("Restored for a try and whole: {people} people, {visits} visits, newest entry {newest}").format(
            people=tried.rows["person"], visits=tried.rows["visit"], newest=_when(tried.losses.newest)
        )
    )
    for line in _loss_lines(session, tried.losses):
        click.echo(line)


def _loss_lines(session: Session, found: office.Losses) -> Iterator[str]:
    """What the registry has and the backup has not."""
    if found.missing is None:
        yield _("There is no registry at {path} that could be compared with it.").format(path=session.path)
        return
    if not found.same:
        yield _("It is a backup of another registry: {name}").format(name=found.name)
    yield _("The newest entry in the backup is of {newest}.").format(newest=_when(found.newest))
    if not found.missing.rows:
        yield _("Everything in the registry is in the backup.")
        return
    rows, entries = found.missing.rows.total(), found.missing.entries
    yield _("Not in the backup: {rows} rows in {entries} entries").format(rows=rows, entries=len(entries))
    for kind, n in Counter(entry.kind for entry in entries).most_common():
        yield f"  {say(kind)}  {n}"
    if entries:
        yield _("The latest of them:")
    for entry in entries[:_SHOWN]:
        who = store.known_as(session.db, entry.person) if entry.person is not None else ""
        yield "  " + "  ".join(filter(None, (china_minute(entry.at), say(entry.kind), who, entry.by)))
    if len(entries) > _SHOWN:
        yield "  ..."


def _when(at: str | None) -> str:
    return china_minute(at) if at else "-"


def _listed(session: Session, to: Path | None) -> Report:
    found = office.listed(session.db, office.folder_of(session.path, to))
    rows: Iterator[dict[str, object]] = (
        {
            "file": str(one.path), "made_at": f"{one.made_at:%Y-%m-%d %H:%M}", "size": one.size,
            "kept_as": list(one.kept),
        }
        for one in found
    )  # fmt: skip
    return Report("backups", session.today.isoformat(), _COLUMNS, rows)


def _in_words(row: dict[str, object]) -> dict[str, object]:
    kept: list[str] = row["kept_as"]  # type: ignore[assignment]
    return {**row, "kept_as": " ".join(term(KEPT, what) for what in kept) or None}
