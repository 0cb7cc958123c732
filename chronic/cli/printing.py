"""`print`: official forms and cards as pages to print, filled in or blank. The pages are Chinese like the forms."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from chronic.cli import papers
from chronic.cli.commands import FILTER, Group
from chronic.cli.session import Session
from chronic.cli.types import DAY, PERSON, PROGRAMME, SPAN, F, Found, tag_option
from chronic.cli.where import place_options, within
from chronic.errors import NotAllowed, ValueRefused
from chronic.i18n import _

if TYPE_CHECKING:
    from datetime import date

    from chronic.model.person import Person
    from chronic.render.paper import Paper

_ROWS = 18
"""That many fit on one page."""


@click.group(cls=Group, help=_("Official forms and cards as pages to print from a browser, or as a PDF."))
def print() -> None:
    pass


@print.result_callback()
@click.pass_context
def noted(ctx: click.Context, /, _result: object, **_options: object) -> None:
    ctx.obj.note_export(ctx, "campaign")


_out_options = papers.paper_options(required=True)


def _whom_options(function: F) -> F:
    """PERSON …, or who is due; `wanted` reads them."""
    options: list[Callable[[Any], Any]] = [
        click.argument("persons", type=PERSON, nargs=-1, metavar="[PERSON]..."),
        click.option("--due", "within", type=SPAN, help=_("Everyone late or due within so many days, as in 14d or 2w.")),
        place_options,
        click.option("--doctor", type=FILTER, help=_("With --due: only this responsible doctor's people.")),
        tag_option,
        click.option("--blank", is_flag=True, help=_("To be filled in by hand; without PERSON also without a name.")),
    ]
    for option in reversed(options):
        function = option(function)
    return function


@print.command(
    help=_("The official follow-up record sheet: the year's visits, four side by side, with room for the next."),
    example=(
        "chronic print followup 42 --out sheet.html\n"
        "chronic print followup --due 14d --village 下各村 --out due.pdf\n"
        "chronic print followup --blank --programme dm --out blank.html"
    ),
)
@_whom_options
@click.option("--programme", type=PROGRAMME, help=_("Only this programme's sheet."))
@_out_options
@click.pass_obj
def followup(session: Session, /, programme: str | None, blank: bool, **whom: Any) -> None:
    from chronic.render.papers import record_sheets
    from chronic.reports.record_sheet import sheets
    from chronic.reports.visit_form import TITLES
    from chronic.store import programmes as store

    if programme is not None and programme not in TITLES:
        raise ValueRefused("print.no_sheet")
    everyone = _wanted(session, whom, blank)
    day, made = session.today, list[Any]()
    for who in everyone:
        managed = {stay.programme for stay in store.of(session.db, who.id) if stay.ended_on is None} if who else set(TITLES)
        asked = [programme] if programme else [name for name in TITLES if name in managed]
        if who is not None and not asked and whom["within"] is None:
            raise NotAllowed("form.no_programme", name=who.name)
        for name in asked:
            made += (
                sheets(session.db, who, name, day, room=True) if not (blank and who) else _named_blank(session, who, name)
            )
    _write(session, record_sheets, made, whom)


def _named_blank(session: Session, who: "Person", programme: str) -> list[Any]:
    from chronic.reports.record_sheet import sheets
    from chronic.reports.visit_form import form_number

    return [
        sheet._replace(name=who.name, number=form_number(who))
        for sheet in sheets(session.db, None, programme, session.today)
    ]


@print.command(
    help=_("The official check-up form: the last check-up of a person, or blank."),
    example="chronic print checkup 42 --out checkup.html\nchronic print checkup --due 30d --blank --out blank.html",
)
@_whom_options
@_out_options
@click.pass_obj
def checkup(session: Session, /, blank: bool, **whom: Any) -> None:
    from chronic.render.papers import checkup_forms
    from chronic.reports.checkup_form import form

    everyone = _wanted(session, whom, blank, kind="checkup")
    made = [form(session.db, who, session.today, blank) for who in everyone]
    _write(session, checkup_forms, made, whom)


@print.command(
    help=_("A card for the patient: what is managed, targets, last values, medicines as written down, next visit."),
    example=(
        "chronic print card 42 --phone 0571-8888123 --out card.html\n"
        "chronic print card --due 30d --village 下各村 --masked --out cards.html"
    ),
)
@_whom_options
@click.option("--phone", help=_("The clinic's phone; a line to write it on if left out."))
@click.option("--masked", is_flag=True, help=_("The surname alone."))
@_out_options
@click.pass_obj
def card(session: Session, /, blank: bool, phone: str | None, masked: bool, **whom: Any) -> None:
    from chronic.render.papers import cards
    from chronic.reports import patient_card

    if blank:
        raise ValueRefused("print.card_blank")
    everyone = [who for who in _wanted(session, whom, False) if who is not None]
    made = [
        (who.name, patient_card.card(session.db, who, session.today, session.desk.editions, masked, phone))
        for who in everyone
    ]
    _write(session, cards, made, whom)


@print.command(
    help=_(
        "A blank sheet for a day of screening, on paper or as a workbook. Filled in, it is imported twice: as it is for "
        "who is new, and with --screened-on for the readings."
    ),
    example=(
        "chronic print campaign --village 下各村 --rows 30 --out screening.pdf\n"
        "chronic print campaign --rows 100 --out screening.xlsx"
    ),
)
@click.option("--village", help=_("Where it is."))
@click.option("--on", type=DAY, help=_("The day, if it is to be printed."))
@click.option("--rows", type=click.IntRange(1, 500), default=_ROWS, show_default=True, help=_("So many lines."))
@papers.paper_options("xlsx", required=True)
@click.pass_obj
def campaign(session: Session, /, village: str | None, on: "date | None", rows: int, **where: Any) -> None:
    from chronic.render import papers as laid_out
    from chronic.reports.visit_form import day_in_words

    day = day_in_words(on) if on else "　　年　月　日"
    if where["style"] == "xlsx":
        from chronic.render import xlsx

        with session.making(where["out"]) as path:
            xlsx.write_blank(laid_out.CAMPAIGN_TITLE, laid_out.CAMPAIGN, rows, path)
        papers.said(where["out"], "pdf", 1)
        return
    _out(session, laid_out.campaign(session.settings.get("name", ""), village or "", day, rows), 1, where)


def _wanted(session: Session, whom: dict[str, Any], blank: bool, kind: str = "followup") -> "list[Person | None]":
    """The people named, or those who are due along the way; nobody where the form is to have no name."""
    named: tuple[Found, ...] = whom["persons"]
    days: int | None = whom["within"]
    if bool(named) + (days is not None) + (blank and not named and days is None) != 1:
        raise ValueRefused("print.whom")
    if days is None and any(whom[name] for name in ("village", "place", "doctor", "tags")):
        raise ValueRefused("print.whom")
    if days is None:
        return [found.person for found in named] or [None]
    from chronic.reports import overdue as lists
    from chronic.store import people

    asked = lists.Asked(kind=kind, where=within(session, whom), doctor=whom["doctor"], tags=whom["tags"], order="route")
    rows = lists.until(session.db, session.today, asked, session.today + timedelta(days=days))
    return [people.get(session.db, int(str(row["person_id"]))) for row in rows]


def _write(session: Session, lay: "Callable[[list[Any]], Paper]", made: list[Any], where: dict[str, Any]) -> None:
    if not made:
        raise NotAllowed("print.nobody")
    _out(session, lay(made), len(made), where)


def _out(session: Session, paper: "Paper", number: int, where: dict[str, Any]) -> None:
    out, style = where["out"], where["style"]
    papers.write(session, paper, out, style, where["font"])
    papers.said(out, style, number)
