"""`chain`: where everybody stands between risk and rehabilitation, and who is stuck there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from chronic.cli import people
from chronic.cli.commands import FILTER, Command, full_option, output_options
from chronic.cli.session import Session
from chronic.cli.types import PERSON, PROGRAMME, Found, WholeNumber, tag_option
from chronic.cli.where import by_option, place_options, within
from chronic.errors import ValueRefused
from chronic.i18n import _
from chronic.model.chain import STAGES
from chronic.model.report import Report
from chronic.model.wording import either
from chronic.protocol.chain import Chain
from chronic.reports import chain as reports
from chronic.reports.residents import Among

if TYPE_CHECKING:
    from pathlib import Path

    from chronic.protocol.sections import Cite


@click.command(
    cls=Command,
    help=_(
        "Where everybody stands: at risk, suspected, in management, referred, returned, rehabilitation, ended; how many, "
        "since when, and who is stuck. For one person every stage with its days."
    ),
    example=(
        "chronic chain\n"
        "chronic chain --by village\n"
        "chronic chain --stuck --village 下各村\n"
        "chronic chain --stage referred --format csv --out referred.csv\n"
        "chronic chain 42"
    ),
)
@click.argument("person", type=PERSON, required=False)
@click.option("--stage", type=click.Choice(list(STAGES)), help=_("List who stands in this stage."))
@click.option("--stuck", is_flag=True, help=_("List who has stood in a stage for too long."))
@by_option()
@place_options
@click.option("--programme", type=PROGRAMME, help=_("Only this disease's stages."))
@click.option("--doctor", type=FILTER, help=_("Only this responsible doctor's people."))
@tag_option
@click.option("--limit", type=WholeNumber(min=0), help=_("At most so many people."))
@full_option
@output_options
@click.pass_obj
def chain(
    session: Session, /, person: Found | None, by: str | None, full: bool, style: str, out: "Path | None", **asked: Any
) -> None:
    listed = asked["stage"] is not None or asked["stuck"]
    if person is not None and (by or full or any(asked.values())):
        raise ValueRefused("chain.alone")
    if by is not None and (asked["stuck"] or asked["limit"] is not None):
        raise ValueRefused("chain.counts")
    if person is not None:
        report = reports.of_person(session.db, session.today, session.desk.editions, person.person.id)
        _show(session, report._replace(title=people.line(person.person, session.today)), style, out)
        return
    wanted = _asked(session, full, asked)
    here = (session.db, session.today, session.desk.editions, wanted)
    make = reports.listing if listed or asked["limit"] is not None else reports.counts
    report = reports.by_group(*here, by) if by else make(*here)
    title = "  ".join([_("Chain"), session.settings.get("name", ""), _("as of {day}").format(day=session.today)])
    _show(session, report._replace(title=title), style, out)


def _asked(session: Session, full: bool, asked: dict[str, Any]) -> reports.Asked:
    among = Among(
        where=within(session, asked), doctor=asked["doctor"], tags=asked["tags"], limit=asked["limit"],
        full=session.note_full(full), everybody=True,
    )  # fmt: skip
    return reports.Asked(among, asked["stage"], asked["programme"], asked["stuck"])


def _show(session: Session, report: Report, style: str, out: "Path | None") -> None:
    """The listing, and on the screen the sentences behind whoever is stuck."""
    if style != "table":
        session.show(report, style, out)
        return
    report = report._replace(rows=list(report.rows))
    with session.printing(out):
        session.show(report, "table", None)
        for cite in _grounds(session, report):
            click.echo(f"[{cite.mark}] {cite.source}: {either((cite.zh, cite.en))}")


def _grounds(session: Session, report: Report) -> "Iterator[Cite]":
    """What says how long is too long, of every stage in which someone is stuck."""
    protocol = session.desk.editions.on(session.today)
    book = Chain.of(protocol)
    own = {
        "referred": protocol.cites[protocol.referral.outcome.cite],
        "returned": protocol.cites[protocol.referral.returned.cite],
        **{stage: book.cites[limit.cite] for stage, limit in book.limits.items()},
    }
    stuck = {row.get("stage") for row in report.rows if row.get("stuck") or row.get("stuck_for")}
    yield from (own[stage] for stage in STAGES if stage in stuck)
