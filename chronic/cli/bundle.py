"""`bundle`: records to and from other registries, one signed file at a time."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from chronic.cli import people
from chronic.cli.bundle_key import key
from chronic.cli.commands import FILE, NEW_FILE, Group, full_option, output_options, yes_option
from chronic.cli.session import Session
from chronic.i18n import _, ngettext
from chronic.i18n.terms import BUNDLED, term
from chronic.model.days import china_minute

if TYPE_CHECKING:
    from pathlib import Path

    from chronic.office.bundles import Seen


@click.group(cls=Group, help=_("Records to and from other registries as one signed file, without a network."))
def bundle() -> None:
    pass


bundle.add_command(key)


@bundle.command(
    help=_(
        "Make a file for somebody: everything that is new or changed since the last one they said they have, signed by "
        "this registry and encrypted to theirs."
    ),
    example="chronic bundle make --to 镇卫生院 --out for-town.bundle\n"
    "chronic bundle make --to 镇卫生院 --since all --out all.bundle",
)
@click.option("--to", required=True, metavar="NAME", help=_("For whom, as they are called in bundle key trust."))
@click.option(
    "--since", type=click.Choice(["last", "all"]), default="last", show_default=True,
    help=_("What they have not acknowledged, or everything."),
)  # fmt: skip
@click.option("--plain", is_flag=True, help=_("Not encrypted: whoever has the file reads names and illnesses."))
@click.option(
    "--pseudonymous", is_flag=True, help=_("For analysis: no names, numbers, homes or typed texts; it cannot be merged.")
)
@click.option("--out", type=NEW_FILE, required=True, help=_("Write to this file."))
@click.pass_obj
def make(session: Session, /, to: str, since: str, plain: bool, pseudonymous: bool, out: "Path") -> None:
    from chronic.office import bundles as office

    with ExitStack() as files:
        temporary = files.enter_context(session.making(out))
        made = office.make(session.desk, to, since == "all", plain, pseudonymous)
        temporary.write_bytes(made.data)
        others = [out.with_name(f"{out.stem}-{number}{out.suffix}") for number in range(2, 2 + len(made.more))]
        for path, data in zip(others, made.more, strict=True):
            files.enter_context(session.making(path)).write_bytes(data)
        session.note("export", "chronic bundle make")
    rows = sum(made.counts.values())
    click.echo(ngettext("{n} row for {name}: {path}", "{n} rows for {name}: {path}", rows).format(n=rows, name=to, path=out))
    for line in _counted(made.counts):
        click.echo(line)
    if others:
        click.echo(_("It is too much for one file; to be merged in this order: {paths}").format(
            paths=", ".join(str(path) for path in (out, *others))))  # fmt: skip
    if plain and not pseudonymous:
        click.echo(_("The file is not encrypted: whoever has it reads names and illnesses."), err=True)


@bundle.command(
    help=_("Say what a file holds and from whom it is; nothing is changed."), example="chronic bundle show village.bundle"
)
@click.argument("file", type=FILE, metavar="FILE")
@click.pass_obj
def show(session: Session, /, file: "Path") -> None:
    from chronic.office import bundles as office

    for line in _told(office.look(session.desk, file)):
        click.echo(line)


@bundle.command(
    help=_(
        "Take in what other registries recorded: each file wholly or not at all, a folder with every bundle in it, those "
        "that others build on first. One that is refused does not stop the others. It cannot be undone; --dry-run says what "
        "would come of it. Merging the same file again changes nothing."
    ),
    example="chronic bundle merge village.bundle --dry-run\n"
    "chronic bundle merge village.bundle --yes\n"
    "chronic bundle merge /media/usb/ --yes",
)
@click.argument("files", type=FILE, metavar="FILE|FOLDER...", nargs=-1, required=True)
@click.option("--dry-run", "dry", is_flag=True, help=_("Only say what would be merged."))
@yes_option
@click.pass_obj
def merge(session: Session, /, files: "tuple[Path, ...]", dry: bool, yes: bool) -> None:
    if len(files) == 1 and not files[0].is_dir():
        _merge_one(session, files[0], dry, yes)
        return
    from chronic.cli import bundles_many

    bundles_many.merge(session, files, dry, yes)


def _merge_one(session: Session, file: "Path", dry: bool, yes: bool) -> None:
    from chronic.office import bundles as office
    from chronic.reports import bundles as reports

    if not dry and sys.stdin.isatty():
        seen = office.look(session.desk, file)
        for line in _told(seen):
            click.echo(line, err=True)
        people.really(_("Merge this bundle?"), yes, seen.header["name"])
    _seen, found = office.merge(session.desk, file, dry)
    rows = sum(found.new.values())
    click.echo(ngettext("{n} new row", "{n} new rows", rows).format(n=rows) + (_(" (not written)") if dry else ""))
    for line in _counted(found.new):
        click.echo(line)
    click.echo(_("People planned anew: {n}").format(n=found.touched))
    for gone in found.joined:
        click.echo(_("One person by their ID number: {gone} {name} is {id} from now on").format(
            gone=gone.merged, name=gone.name, id=gone.person))  # fmt: skip
    for person in found.kept:
        click.echo(_("Closed elsewhere as moved away, and goes on here: {id}").format(id=person))
    for conflict in found.conflicts:
        row = reports.in_words(conflict._asdict())
        click.echo(_("To decide: {id} {name}, {field}").format(id=conflict.person, name=conflict.name, field=row["field"]))
    if found.conflicts and not dry:
        click.echo(_("Both values were kept: chronic bundle conflicts"))


@bundle.command(
    "list", help=_("Who is trusted, how old what they sent is, and what they said they have."), example="chronic bundle list"
)
@output_options
@click.pass_obj
def list_(session: Session, /, style: str, out: "Path | None") -> None:
    from chronic.reports import bundles as reports

    session.show(reports.listing(session.db, session.today), style, out)


@bundle.command(
    help=_(
        "What two registries wrote differently without knowing of each other, and what to type to decide it: a later edit, "
        "correction or merger counts everywhere, for the decision travels too."
    ),
    example="chronic bundle conflicts",
)
@full_option
@output_options
@click.pass_obj
def conflicts(session: Session, /, full: bool, style: str, out: "Path | None") -> None:
    from chronic.reports import bundles as reports

    report = reports.conflicts(session.db, session.today, session.note_full(full))
    if style == "table":
        report = report._replace(rows=map(reports.in_words, report.rows))
    session.show(report, style, out)


def _counted(counts: Mapping[str, int]) -> Iterator[str]:
    for name, count in sorted((name, count) for name, count in counts.items() if count):
        yield f"  {count:>7}  {term(BUNDLED, name) if name in BUNDLED else name}"


def _told(seen: "Seen") -> Iterator[str]:
    from chronic.exchange.keys import fingerprint

    header = seen.header
    yield _("From {name}, made {at} (their clock), for {to}").format(
        name=header["name"], at=china_minute(header["made_at"]), to=header["to"]
    )
    yield (
        _("Made here, with the key {key}").format(key=fingerprint(header["key"]))
        if seen.own
        else _("Signed by {peer}, key {key}").format(peer=seen.peer, key=fingerprint(header["key"]))
        if seen.peer
        else _("Signed with the key {key}, which is not trusted here").format(key=fingerprint(header["key"]))
    )
    yield _("Not encrypted") if header["plain"] else _("Encrypted")
    if header["pseudonymous"]:
        yield _("Without names, for analysis: it cannot be merged")
    yield _("What is new since an earlier one") if header["after"] else _("Everything")
    yield from _counted(header["counts"])
