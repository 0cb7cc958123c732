"""`place`: county, areas, townships, villages and hamlets; official codes; two spellings of one place."""

from typing import TYPE_CHECKING

import click

from chronic.cli import people
from chronic.cli.commands import FILE, FILTER, NEW_FILE, Group, output_options, yes_option
from chronic.cli.session import Session
from chronic.errors import ValueRefused
from chronic.i18n import _, ngettext
from chronic.i18n.terms import term
from chronic.model.place import LEVELS
from chronic.store import places

if TYPE_CHECKING:
    from pathlib import Path

    from chronic.store.place_changes import Known


@click.group(cls=Group, help=_("The tree of places: county, area, township, village, hamlet, with their official codes."))
def place() -> None:
    pass


@place.command(
    "list",
    help=_("The tree with the people of each place; in files a place a line, with its path and code."),
    example="chronic place list\nchronic place list --in 横溪镇 --hamlets\nchronic place list --format csv --out places.csv",
)
@click.option("--in", "under", metavar="PLACE", type=FILTER, help=_("Only this place and what lies in it."))
@click.option("--level", type=click.Choice(list(LEVELS)), help=_("Only places of this level."))
@click.option("--hamlets", is_flag=True, help=_("The hamlets, too."))
@output_options
@click.pass_obj
def list_(session: Session, /, under: str | None, level: str | None, hamlets: bool, style: str, out: "Path | None") -> None:
    from chronic.reports import places as reports

    shown = (level,) if level else tuple(name for name in LEVELS if hamlets or name != "hamlet" or style != "table")
    root = None if under is None else places.find(session.db, under)
    report = reports.tree(session.db, session.today, root, shown)
    if style != "table":
        report = report._replace(rows=[{**row, "place": row["name"]} for row in report.rows])
    session.show(report, style, out)


@place.command(
    help=_("One place: where it lies, its other names, who lives there, and what became of it."),
    example="chronic place show 横溪镇/下各村\nchronic place show 331024101201",
)
@click.argument("where", metavar="PLACE")
@output_options
@click.pass_obj
def show(session: Session, /, where: str, style: str, out: "Path | None") -> None:
    from chronic.reports import places as reports

    id_ = places.find(session.db, where)
    title, *lines = reports.card(session.db, id_)
    session.show(reports.story(session.db, session.today, id_)._replace(title=title, lines=tuple(lines)), style, out)


@place.command(
    help=_("Add a place; an area is put between the county and the townships it is --over."),
    example=(
        "chronic place add 东片区 --level area --under 仙居县 --over 横溪镇 --over 白塔镇\n"
        "chronic place add 上各村 --level village --under 横溪镇 --code 331024101202"
    ),
)
@click.argument("name")
@click.option(
    "--level", type=click.Choice(list(LEVELS)), required=True, help=_("County, area, township, village or hamlet.")
)
@click.option("--under", metavar="PLACE", help=_("What it lies in."))
@click.option("--code", help=_("Its official code; of an area or hamlet any."))
@click.option("--over", multiple=True, metavar="PLACE", help=_("What is to lie in it; once for each."))
@click.pass_obj
def add(session: Session, /, name: str, level: str, under: str | None, code: str | None, over: tuple[str, ...]) -> None:
    from chronic.care import places as care

    below = [places.find(session.db, text) for text in over]
    _recorded(session, care.add(session.desk, level, name, _id(session, under), code, below))


@place.command(
    help=_(
        "Give a place another name, another place to lie in, or its code. People stay with it; the old name still finds it."
    ),
    example=(
        "chronic place edit 下各 --name 下各村\nchronic place edit 横溪镇 --under 东片区\n"
        "chronic place edit 横溪镇/下各村 --code 331024101201"
    ),
)
@click.argument("where", metavar="PLACE")
@click.option("--name", help=_("Its name."))
@click.option("--under", metavar="PLACE", help=_("What it lies in."))
@click.option("--code", help=_("Its official code; of an area or hamlet any."))
@click.pass_obj
def edit(session: Session, /, where: str, name: str | None, under: str | None, code: str | None) -> None:
    from chronic.care import places as care

    if name is None and under is None and code is None:
        raise ValueRefused("edit.nothing")
    _recorded(session, care.edit(session.desk, places.find(session.db, where), name, _id(session, under), code))


@place.command(
    help=_("Two spellings of one place: everybody of the first is of the second, which the first name finds from then on."),
    example="chronic place merge 下各 下各村 --yes",
)
@click.argument("gone", metavar="PLACE")
@click.argument("kept", metavar="KEPT")
@yes_option
@click.pass_obj
def merge(session: Session, /, gone: str, kept: str, yes: bool) -> None:
    from chronic.care import places as care

    one, other = places.find(session.db, gone), places.find(session.db, kept)
    number = len(places.living(session.db, one))
    said = ngettext("{gone} with {n} person goes up in {kept}.", "{gone} with {n} people goes up in {kept}.", number)
    click.echo(
        said.format(gone=places.path(session.db, one), n=number, kept=places.path(session.db, other)), err=True
    )  # fmt: skip
    people.really(_("Make one place of these two?"), yes, places.path(session.db, one))
    _recorded(session, care.merge(session.desk, one, other))


@place.command(
    "import",
    help=_(
        "Take the official list of places (统计用区划代码和城乡划分代码) from CSV or a workbook: what lies in "
        "this registry's own --area. Known places are found by code, then by name; the same list again changes nothing."
    ),
    example=(
        "chronic place import codes.csv --area 331024 --dry-run\n"
        "chronic place import codes.csv --area 331024 --as 331024106203=下各镇/下各村 --as 331024106204=new"
    ),
)
@click.argument("file", type=FILE)
@click.option("--area", help=_("Whose part of the list, by its code; that of init if left out."))
@click.option("--sheet", help=_("Which sheet of a workbook."))
@click.option("--as", "said", multiple=True, metavar="CODE=PLACE|new", help=_("Which place a line is that can be several."))
@click.option("--dry-run", is_flag=True, help=_("Only say what would come of it."))
@click.option("--rejects", type=NEW_FILE, help=_("Write the refused lines to this sheet."))
@click.pass_obj
def import_(
    session: Session, /, file: "Path", area: str | None, sheet: str | None, said: tuple[str, ...], dry_run: bool,
    rejects: "Path | None",
) -> None:  # fmt: skip
    from chronic.cli import place_import

    place_import.take(session, file, place_import.Wishes(area, sheet, said, dry_run, rejects))


def _id(session: Session, text: str | None) -> int | None:
    return None if text is None else places.find(session.db, text)


def _recorded(session: Session, made: "Known") -> None:
    where = "  ".join(filter(None, (places.path(session.db, made.id), term(LEVELS, made.level), made.code)))
    click.echo(_("In the tree: {place}").format(place=where))
