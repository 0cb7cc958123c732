"""`backup`: a copy of the whole registry, tried out; encrypted for the way; without whom was erased since."""

from collections.abc import Iterator
from pathlib import Path

import click

from chronic.cli import envelopes, unlock
from chronic.cli.commands import Command, output_options, sealing_options, yes_option
from chronic.cli.people import really
from chronic.cli.restore import readable, told_losses, when
from chronic.cli.session import Session
from chronic.errors import NotAllowed, ProblemsFound
from chronic.exchange import keys
from chronic.i18n import N_, _, ngettext
from chronic.i18n.terms import term
from chronic.model.report import Column, Report
from chronic.model.wording import say
from chronic.office import backups as office
from chronic.office import purging, restoring
from chronic.store import cipher, erasing

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
    example=(
        "chronic backup\nchronic backup --to /media/usb/\nchronic backup --to /media/usb/ --passphrase-file words.txt\n"
        "chronic backup --list\nchronic backup --verify backup.db\nchronic backup --purge --yes"
    ),
)
@click.option("--to", type=_FOLDER, help=_("The folder, on a stick say; a folder backups beside the registry if left out."))
@click.option(
    "--verify", type=_FILE, help=_("Restore this backup into a place of its own beside the registry, check and compare it.")
)
@click.option("--list", "listing", is_flag=True, help=_("The backups there are."))
@click.option("--purge", is_flag=True, help=_("Take whoever was erased (person erase) out of the older copies too."))
@yes_option
@sealing_options
@output_options
@click.pass_obj
def backup(
    session: Session, /, to: Path | None, verify: Path | None, listing: bool, purge: bool, yes: bool, style: str,
    out: Path | None,
) -> None:  # fmt: skip
    if verify is not None:
        _verify(session, verify)
        return
    if listing:
        report = _listed(session, to)
        if style == "table":
            report = report._replace(rows=map(_in_words, report.rows))
        session.sealing.clear()
        session.show(report, style, out, stored=False)
        return
    if purge:
        _purge(session, to, yes)
        return
    keys.settle(session.db)
    made = office.make(session.db, to, session.stamp(), _seal(session))
    click.echo(_("Backed up and checked: {path} ({size} kB)").format(path=made.backup.path, size=made.backup.size // 1024))
    key = keys.file_of(session.path)
    if key.exists() and not (session.sealing and "whom" not in session.sealing):
        click.echo(_("Not in it: {path}, the key of bundles. Keep a copy of it apart.").format(path=key))
    if made.removed:
        click.echo(
            ngettext("{n} older backup was removed.", "{n} older backups were removed.", len(made.removed)).format(
                n=len(made.removed)
            )
        )


def _seal(session: Session) -> office.Seal | None:
    """How the backup is encrypted for the way, as the options say."""
    if not session.sealing:
        return None
    from chronic.office import sealed_backups

    if session.db.key is not None:
        raise NotAllowed("seal.backup", path=session.path)
    if "whom" in session.sealing:
        ours = (keys.of(session.db).public.age,) if keys.known(session.db) else ()
        return sealed_backups.to_keys((*envelopes.to(session).keys, *ours))
    cipher.loaded()
    from chronic.store import passphrases

    key = passphrases.new_key(unlock.new_passphrase(session.sealing.get("passphrase_file")))
    session.keys[key.head] = unlock.Found(key, unlock.TYPED)
    beside = keys.file_of(session.path)
    return sealed_backups.under(key, beside.read_text(encoding="utf-8") if beside.exists() else None)


def _verify(session: Session, file: Path) -> None:
    session.passphrase_file = session.sealing.get("passphrase_file")
    with readable(session, file) as path:
        session.release()
        tried = restoring.verify(session.path, path, session.today, session.plain_stamp())
    if tried.problems:
        for one in tried.problems:
            click.echo(say(one.wrong.code, **one.wrong.values))
        raise ProblemsFound("check.found", n=len(tried.problems))
    click.echo(
        _("Restored for a try and whole: {people} people, {visits} visits, newest entry {newest}").format(
            people=tried.rows["person"], visits=tried.rows["visit"], newest=when(tried.losses.newest)
        )
    )
    for line in told_losses(session, tried.losses):
        click.echo(line)


def _purge(session: Session, to: Path | None, yes: bool) -> None:
    known = erasing.known(session.db)
    folders = [office.folder_of(session.path, to)] if to else []
    held = purging.holding(session.db, known, folders) if known else []
    for line in holding_lines(held):
        click.echo(line)
    can = [one for one in held if one.people is not None]
    if not can:
        click.echo(_("No copy that can be opened here has the name of anybody who was erased."))
        return
    really(_("Rewrite these copies without them?"), yes, _("Rewriting the copies"))
    for one in can:
        purging.purge(session.db, one.path, known, session.today, session.plain_stamp())
        session.note("purge", one.path.name)
        click.echo(_("Rewritten: {path}").format(path=one.path))


def holding_lines(held: list[purging.Holding]) -> Iterator[str]:
    """The copies that still have who was erased, and what can be done about each."""
    for one in held:
        if one.people is None:
            yield _("{path} cannot be opened here; if it is older than the erasure, destroy it.").format(path=one.path)
        else:
            yield ngettext(
                "{path} still has {n} person who was erased.", "{path} still has {n} people who were erased.", one.people
            ).format(path=one.path, n=one.people)


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
