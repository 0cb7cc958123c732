"""`screen`: people not enrolled."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.care.screen import check_not_enrolled, measures
from chronic.cli import people
from chronic.cli.cards import numbers_of
from chronic.cli.commands import Group, output_options, style_option, yes_option
from chronic.cli.guided_terminal import present
from chronic.cli.risk import risk
from chronic.cli.screen_day import campaign
from chronic.cli.screen_lists import at_risk, due
from chronic.cli.session import Session
from chronic.cli.types import BP, DAY, PERSON, Found, field_options
from chronic.cli.visit import show_recorded, values_given
from chronic.cli.whose import whom, whose_options
from chronic.errors import ValueRefused
from chronic.i18n import _
from chronic.model.fields import BY_COLUMN
from chronic.model.visit import Contact, Visit
from chronic.model.wording import say
from chronic.reports import suspects as waiting
from chronic.rules.glycaemia import remarks

if TYPE_CHECKING:
    from pathlib import Path

_FIELDS = (
    "way", "arm", "device", "heart_rate", "fpg", "ppg_2h", "random_glucose", "ogtt_2h", "glucose_sample", "hba1c",
    "hba1c_on", "tc", "tg", "ldl_c", "hdl_c", "weight_kg", "height_cm", "waist_cm", "symptoms", "bp_drugs", "secondary",
    "danger", "pregnant", "salt", "alcohol_liang_per_day", "exercise_per_week", "visit_doctor", "notes",
)  # fmt: skip


@click.group(cls=Group, help=_("Screen people not enrolled; who waits for a recheck."))
def screen() -> None:
    pass


@screen.command(
    help=_(
        "Record a screening of someone not enrolled. A high reading books a recheck. Without values it asks, at a terminal."
    ),
    example=(
        "chronic screen add 203\n"
        "chronic screen add 203 --bp 148/92 --bp 144/90 --arm right --waist-cm 92\n"
        "chronic screen add 203 --fpg 126mg/dl --glucose-sample venous"
    ),
)
@click.argument("person", type=PERSON)
@click.option("--bp", type=BP, multiple=True, help=_("Blood pressure, as in 148/92; once for each reading of the sitting."))
@click.option("--on", type=DAY, help=_("Day of the screening; today if left out."))
@field_options([BY_COLUMN[name] for name in _FIELDS])
@style_option
@yes_option
@click.pass_obj
def add(
    session: Session,
    /,
    person: Found,
    bp: tuple[tuple[int, int], ...],
    on: date | None,
    style: str,
    yes: bool,
    **fields: Any,
) -> None:
    given = values_given(session, fields, bp, on)
    guided = not given and not yes and present()
    seen = Visit(person.person.id, on or session.today, kind="screening", **given)
    if not guided and not measures(seen):
        raise ValueRefused("screen.nothing")
    people.about_to_write(session, person, yes)
    if guided:
        from chronic.cli.guided_visit import screening

        screening(session, person.person, on or session.today, given, style)
        return
    check_not_enrolled(session.desk, seen)
    show_recorded(session, seen, style)


@screen.command(
    help=_("Who waits for another measurement, confirmation or enrolment."),
    example=("chronic screen suspects\nchronic screen suspects --format csv --out suspects.csv"),
)
@whose_options
@output_options
@click.pass_obj
def suspects(session: Session, /, limit: int | None, style: str, out: "Path | None", **whose: Any) -> None:
    report = waiting.suspects(session.db, session.today, session.desk.editions, None, limit, whom(session, whose))
    session.show(report, style, out)


def remark_lines(session: Session, seen: Visit) -> Iterator[str]:
    """What a screening calls for beside a suspicion, and the factors that make it come sooner next time."""
    protocol = session.desk.editions.on(seen.visit_date)
    values: Any = {name: getattr(seen, name) for name in Contact._fields[4:]}
    contact = Contact(seen.visit_date, "", 0, seen.kind, **{**values, "way": seen.way or "clinic"})
    for code in remarks(contact, protocol):
        yield say(code, **numbers_of(protocol))
    from chronic.reports.at_risk import next_lines

    yield from next_lines(session.db, seen.person, seen.visit_date, session.desk.editions)


for command in (due, at_risk, risk, campaign):
    screen.add_command(command)
