"""`scale`: figures of more people than one registry has."""

import re
from typing import TYPE_CHECKING, Any

import click

from chronic.cli.commands import FILE, Command, Group, file_options, format_option
from chronic.cli.figures import BY, measure_options, show, whose_figures
from chronic.cli.periods import period_options, span
from chronic.cli.session import Session
from chronic.cli.where import by_option
from chronic.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

_BY = tuple(by for by in BY if by not in ("hamlet", "team", "institution"))
"""Hamlets and the directory of doctors are in no export."""
_STYLES = ["table", "json", "csv", "html", "xlsx", "text"]
_ENGINES = ["duckdb", "spark"]
_SIZE = re.compile(r"(\d{1,6})\s*([KMGT])I?B?", re.IGNORECASE)
_UNITS = {"K": 10, "M": 20, "G": 30, "T": 40}


class SizeType(click.ParamType[Any]):
    """Bytes, as in 4GB; a GB is 2^30 of them."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        found = _SIZE.fullmatch(str(value).strip())
        size = int(found[1]) << _UNITS[found[2].upper()] if found else 0
        if size < _LEAST:
            self.fail(
                _("{text} is not a size of memory, or less than 256MB; write it as 4GB.").format(text=value), param, ctx
            )
        return size


_LEAST = 256 << 20
_MOST_THREADS = 256


@click.group(cls=Group, help=_("Figures of more people than one registry has, from the files of export parquet."))
def scale() -> None:
    pass


@scale.command(
    cls=Command,
    help=_(
        "report indicators over the folders of export parquet: one of them, or a folder that holds those of many "
        "registries. DuckDB counts a city or a province on one computer, Spark more on a cluster that is there already."
    ),
    example=(
        "chronic scale indicators --data tables\n"
        "chronic scale indicators --data tables --period 2026Q3 --by township --out figures.csv"
    ),
)
@click.option("--engine", type=click.Choice(_ENGINES), default="duckdb", show_default=True, help=_("What counts."))
@click.option("--data", type=FILE, multiple=True, required=True, help=_("The folder; may be given several times."))
@period_options
@by_option(_BY, _("A row for each of these; places, doctors, teams and institutions by rank."))
@measure_options
@whose_figures
@click.option("--rules-of", metavar="FOLDER", help=_("Whose guidelines it goes by, where those of the folders differ."))
@click.option("--memory", type=SizeType(), default="4GB", show_default=True, help=_("As much memory as it may take."))
@click.option("--threads", type=click.IntRange(1, _MOST_THREADS), help=_("So many at a time; all processors if left out."))
@click.option("--master", default="local[*]", show_default=True, help=_("Of Spark: where it runs, as in spark://host:7077."))
@format_option(_STYLES)
@file_options
@click.pass_obj
def indicators(
    session: Session, /, engine: str, data: "tuple[Path, ...]", rules_of: str | None, memory: int, threads: int | None,
    master: str, style: str, out: "Path | None", **options: Any,
) -> None:  # fmt: skip
    from chronic.model.wording import say
    from chronic.office import scale as office

    with office.opened(engine, data, office.Limits(memory, threads, master), rules_of) as found:
        for code, values in found.notes:
            click.echo(say(code, **values), err=True)
        session.work_on(found.db, min(session.today, found.as_of))
        show(session, span(session, options), style, out, {**options, "known_on": None})
