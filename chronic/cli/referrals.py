"""`refer list` and `refer back`: what is open, and who came back."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.cli import people
from chronic.cli.commands import Command, full_option, output_options, yes_option
from chronic.cli.session import Session
from chronic.cli.types import DAY, PERSON, PROGRAMME, Found
from chronic.cli.whose import whom, whose_options
from chronic.i18n import _
from chronic.model.wording import either

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    "list",
    cls=Command,
    help=_(
        "Every open referral with the clock of its outcome: emergencies first, then the oldest. Who did not go stays on it."
    ),
    example="chronic refer list\nchronic refer list --village 下各村 --late\nchronic refer list --all --format csv",
)
@click.option("--programme", type=PROGRAMME, help=_("Only this programme."))
@click.option("--late", is_flag=True, help=_("Only those whose outcome is late."))
@click.option("--all", "answered", is_flag=True, help=_("Slips that have been answered, too."))
@whose_options
@full_option
@output_options
@click.pass_obj
def list_(session: Session, /, full: bool, style: str, out: "Path | None", **asked: Any) -> None:
    from chronic.reports import referrals as reports

    wanted = reports.Asked(whom=whom(session, asked), full=session.note_full(full), **asked)
    session.show(reports.referrals(session.db, session.today, wanted), style, out)


@click.command(
    cls=Command,
    help=_(
        "Record a return slip: the person is back with a diagnosis and a plan, and is to be followed up within two weeks. "
        "It also takes people who went without a slip of ours."
    ),
    example=(
        "chronic refer back 42 --diagnosis 高血压3级 --advice 氨氯地平5mg每日一次 --on 2026-11-20\n"
        "chronic refer back 42 --institution 县人民医院 --treatment 住院7天 --hospital-no 20261120"
    ),
)
@click.argument("person", type=PERSON)
@click.option("--slip", help=_("Which slip it answers, where several are open."))
@click.option("--on", type=DAY, help=_("The day they came back; today if left out."))
@click.option("--at", "--institution", "institution", help=_("From where."))
@click.option("--diagnosis", help=_("What the hospital wrote."))
@click.option("--findings", help=_("Main results."))
@click.option("--treatment", help=_("What was done, and the medicines."))
@click.option("--advice", help=_("The hospital's plan."))
@click.option("--hospital-no", help=_("The hospital's record number."))
@click.option("--doctor", help=_("Who signed it."))
@yes_option
@click.pass_obj
def back(session: Session, /, person: Found, on: date | None, yes: bool, **told: str | None) -> None:
    from chronic.care import refer as care
    from chronic.store import plans

    id_ = people.about_to_write(session, person, yes)
    slip = care.back(session.desk, id_, care.Reply("returned", on or session.today, **told))
    click.echo(_("Return slip recorded for {slip}.").format(slip=slip) if slip else _("Return slip recorded."))
    left = plans.read(session.db, id_).plans
    for line in people.plan_lines(session, id_):
        click.echo(line)
    if any(plan.reasons == ("referral_outcome",) and plan.kind == "followup" for plan in left):
        protocol = session.desk.editions.on(session.today)
        cite = protocol.cites[protocol.referral.returned.cite]
        click.echo(f"[{cite.mark}] {cite.source}: {either((cite.zh, cite.en))}")
    if not any(plan.kind == "followup" for plan in left):
        click.echo(_("Not under management here; if they are to be followed up: chronic enrol {id} htn").format(id=id_))
