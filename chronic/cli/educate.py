"""`educate`: the log of health education by topic, form and place."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.care import education as care
from chronic.cli import people
from chronic.cli.commands import FILTER, Group, output_options, void_options, yes_option
from chronic.cli.session import Session
from chronic.cli.types import DAY, PERSON, Found, WholeNumber, tag_option
from chronic.errors import ValueRefused
from chronic.i18n import _
from chronic.model.wording import either
from chronic.protocol.education import Education
from chronic.reports import education as reports
from chronic.store.education import Held

if TYPE_CHECKING:
    from pathlib import Path


@click.group(cls=Group, help=_("Health education: what was held where, for how many."))
def educate() -> None:
    pass


@educate.command(
    help=_("Record a lecture, a consultation, a board …, or that one person was told."),
    example=(
        "chronic educate add --topic hypertension --form lecture --place village --where 村委会 --people 35\n"
        "chronic educate add --topic diet --form personal --person 42"
    ),
)
@click.option("--on", type=DAY, help=_("The day; today if left out."))
@click.option("--topic", required=True, help=_("What about; see: chronic educate words"))
@click.option("--form", required=True, help=_("In what form, as in lecture; see: chronic educate words"))
@click.option("--place", "setting", help=_("Which of the five places: office, school, community, village, enterprise."))
@click.option("--where", "venue", help=_("Where exactly."))
@click.option("--people", "count", type=WholeNumber(min=0), help=_("How many came."))
@click.option("--person", type=PERSON, help=_("Who was told, where it was one person."))
@click.option("--doctor", help=_("Who held it; else whoever records it."))
@click.option("--note", help=_("A note."))
@yes_option
@click.pass_obj
def add(
    session: Session, /, on: date | None, topic: str, form: str, count: int | None, person: Found | None,
    doctor: str | None, yes: bool, **told: Any,
) -> None:  # fmt: skip
    id_ = people.about_to_write(session, person, yes) if person is not None else None
    new = Held(on or session.today, topic, form, people=count, person=id_, doctor=doctor or session.user, **told)
    held, made = care.add(session.desk, new)
    words = _("Recorded as {number}: {what}") if made else _("Already recorded as {number}: {what}")
    click.echo(words.format(number=held.number, what=reports.line(session.desk.editions.on(session.today), held)))


@educate.command(
    "list",
    help=_("What was held, the latest first; or counted by topic and place."),
    example="chronic educate list --from 2026-01-01 --to 2026-12-31\nchronic educate list --summary --from 2026-01-01",
)
@click.option("--from", "since", type=DAY, help=_("From this day on."))
@click.option("--to", "until", type=DAY, help=_("Up to this day."))
@click.option("--topic", type=FILTER, help=_("Only this topic."))
@click.option("--form", type=FILTER, help=_("Only this form."))
@click.option("--place", "setting", type=FILTER, help=_("Only this of the five places."))
@click.option("--person", type=PERSON, help=_("Only this person."))
@tag_option
@click.option("--summary", is_flag=True, help=_("Count by topic and place instead."))
@output_options
@click.pass_obj
def list_(
    session: Session, /, since: date | None, until: date | None, person: Found | None, tags: Any, summary: bool,
    style: str, out: "Path | None", **words: str | None,
) -> None:  # fmt: skip
    if since is not None and until is not None and since > until:
        raise ValueRefused("education.days_crossed", since=since, until=until)
    given: dict[str, Any] = {name: text and care.meant(session.desk, name, text) for name, text in words.items()}
    asked = reports.Asked(since, until, person=person.person.id if person is not None else None, tags=tags, **given)
    make = reports.summary if summary else reports.listing
    session.show(make(session.db, session.today, session.desk.editions.on(session.today), asked), style, out)


@educate.command(
    help=_("Withdraw health education that should not be there; the record of it stays."),
    example="chronic educate void 1 --reason 日期记错",
)
@click.argument("number", type=WholeNumber(min=1))
@void_options
@click.pass_obj
def void(session: Session, /, number: int, reason: str, yes: bool) -> None:
    what = _("health education {n}").format(n=number)
    people.really(_("Withdraw health education {n}?").format(n=number), yes, what)
    old = care.void(session.desk, number, reason)
    line = reports.line(session.desk.editions.on(session.today), old)
    click.echo(_("Withdrawn: {what}").format(what=line))


@educate.command(help=_("The words for topics, forms and the five places."), example="chronic educate words")
@click.pass_obj
def words(session: Session, /) -> None:
    known = Education.of(session.desk.editions.on(session.today))
    for option, listed in (("--topic", known.topics), ("--form", known.forms), ("--place", known.settings)):
        click.echo(option)
        for code, word in listed.items():
            click.echo(f"  {code}  {either(word.name)}")
