"""`refer out`: write a referral slip. Its rules are imported when it is used: the lists beside it need none of them."""

import sys
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from chronic.cli import people
from chronic.cli.commands import Command, full_option, yes_option
from chronic.cli.session import Session
from chronic.cli.types import DAY, PERSON, PROGRAMME, Found
from chronic.errors import NotAllowed, ValueRefused
from chronic.i18n import _
from chronic.i18n.terms import PROGRAMMES, URGENCY, term
from chronic.model.wording import either

if TYPE_CHECKING:
    from chronic.care.slips import Basis
    from chronic.model.institution import Institution, Sitting
    from chronic.model.referral import Referral
    from chronic.protocol.referrals import Criterion

_OFFERED = 5


@click.command(
    cls=Command,
    help=_(
        "Write a referral slip, for what the latest verdict advised or by hand, and print it. Without --to it offers the "
        "institutions that fit. Its outcome is asked for within two weeks."
    ),
    example=(
        "chronic refer out 42 --to 县人民医院 --dept 心内科\n"
        "chronic refer out 42 --criterion htn_swings --to 镇卫生院\n"
        "chronic refer out 42 --reason 眼底复查 --to 县人民医院 --dept 眼科 --wait --by-hand"
    ),
)
@click.argument("person", type=PERSON)
@click.option("--criterion", help=_("Which criterion for referring: a code of chronic refer criteria."))
@click.option("--reason", help=_("Why, as it stands on the slip."))
@click.option("--urgency", type=click.Choice(list(URGENCY)), help=_("As the verdict or the criterion says, if left out."))
@click.option("--programme", type=PROGRAMME, help=_("For which programme, where several are advised."))
@click.option("--to", help=_("Institution: its number, its name or part of it, or a name that is not in the table."))
@click.option("--dept", help=_("Its department."))
@click.option("--on", type=DAY, help=_("The day of the slip; today if left out."))
@click.option("--wait", is_flag=True, help=_("Wait for the next clinic day of that department."))
@click.option("--doctor", help=_("Who refers; whoever writes in the registry if left out."))
@click.option("--by-hand", is_flag=True, help=_("Not for what a visit advised."))
@full_option
@yes_option
@click.pass_obj
def out(session: Session, /, person: Found, to: str | None, wait: bool, full: bool, yes: bool, **told: Any) -> None:
    from chronic.care import slips
    from chronic.cli.slip_sheet import show_slip
    from chronic.model.referral import Referral

    id_ = people.about_to_write(session, person, yes)
    criterion = _criterion(session, told["criterion"]) if told["criterion"] else None
    standing = None if told["by_hand"] else slips.basis(session.desk, id_, _programmes(told["programme"], criterion))
    form = _form(session, standing)
    to, told["dept"], told["reason"] = to or form[0], told["dept"] or form[1], told["reason"] or form[2]
    if standing is None and criterion is None and not told["reason"]:
        raise NotAllowed("referral.nothing", name=person.person.name)
    urgency = told["urgency"] or _urgency(standing, criterion)
    reason = told["reason"] or (either(criterion.says) if criterion else _reason(session, id_, standing))
    on = told["on"] or session.today
    place, clinics = _where(session, to, on, wait, urgency, told, yes)
    held = clinics[0] if clinics and wait else None
    new = Referral(
        on, urgency, reason, programme=told["programme"] or _only(criterion), criterion=told["criterion"],
        institution=place.name if place else to, dept=told["dept"] or (held.clinic.dept if held else None),
        wait_until=held.on if held else on if wait else None, doctor=told["doctor"] or session.user,
    )  # fmt: skip
    made = slips.out(session.desk, id_, new, standing)
    show_slip(session, id_, made, session.note_full(full))
    click.echo("")
    for line in _after(session, id_, made, clinics[0].on if clinics and not wait else None):
        click.echo(line)


def _form(session: Session, standing: "Basis | None") -> tuple[str | None, str | None, str | None]:
    """Institution, department and reason as they stand on the visit's own form."""
    from chronic.store import visits

    visit = standing.plans[0].visit if standing is not None else None
    found = visits.by_id(session.db, visit) if visit is not None else None
    return (found[0].referral_org, found[0].referral_dept, found[0].referral_reason) if found else (None, None, None)


def _programmes(programme: str | None, criterion: "Criterion | None") -> list[str] | None:
    if programme is not None:
        return [programme]
    return [*criterion.programmes, ""] if criterion is not None else None


def _criterion(session: Session, code: str) -> "Criterion":
    from chronic.protocol.referrals import Referrals

    found = Referrals.of(session.desk.editions.on(session.today)).criteria.get(code)
    if found is None or found.kind == "down":
        raise ValueRefused("referral.criterion", criterion=code)
    return found


def _only(criterion: "Criterion | None") -> str | None:
    return criterion.programmes[0] if criterion is not None and len(criterion.programmes) == 1 else None


def _urgency(standing: "Basis | None", criterion: "Criterion | None") -> str:
    urgent = (standing is not None and standing.urgency == "emergency") or (
        criterion is not None and criterion.kind == "emergency"
    )
    return "emergency" if urgent else "routine"


def _reason(session: Session, person: int, standing: "Basis | None") -> str:
    """What the verdicts behind it said, as their cards say it."""
    from chronic.cli import cards
    from chronic.model.wording import say
    from chronic.reports import why

    assert standing is not None
    parts: list[str] = []
    suspected = [plan for plan in standing.plans if plan.days_high is not None]
    visit = standing.plans[0].visit
    for verdict in why.of_visit(session.db, visit).verdicts if visit is not None else ():
        numbers = cards.numbers_of(session.desk.editions.named(verdict.protocol))
        parts += [say(code, **numbers) for code in verdict.danger]
        if verdict.refer == "routine" and verdict.klass:
            seen = why.of_visit(session.db, verdict.visit).seen[verdict.visit]
            parts.append(cards.programme_line(verdict._replace(due_on=None, refer=None), seen, session.desk.editions))
    parts += [_("suspected {programme}, to be confirmed").format(programme=term(PROGRAMMES, p.programme)) for p in suspected]
    return "; ".join(dict.fromkeys(parts)) or _("advised on {day}").format(day=standing.on)


def _where(
    session: Session, to: str | None, on: date, wait: bool, urgency: str, told: dict[str, Any], yes: bool
) -> "tuple[Institution | None, list[Sitting]]":
    """Where to, and its clinic days; who waits and names nothing goes where the next one is."""
    dept, routine = told["dept"], urgency == "routine"
    if wait and routine and not to:
        clinics = _clinics(session, None, dept, on)
        place = _place(session, str(clinics[0].clinic.institution), urgency, told, yes) if clinics else None
    else:
        place = _place(session, to, urgency, told, yes)
        clinics = _clinics(session, place.number, dept, on) if place and routine else []
    if wait and routine and not clinics:
        raise ValueRefused("referral.no_clinic", where=f" {to}" if to else "")
    return place, clinics


def _place(session: Session, to: str | None, urgency: str, told: dict[str, Any], yes: bool) -> "Institution | None":
    """Where to: as named, or chosen at a terminal from those that fit."""
    from chronic.care import institutions

    if to:
        return institutions.named(session.desk, to)
    criteria = [told["criterion"]] if told["criterion"] else []
    offered = institutions.fitting(session.desk, urgency, criteria, told["dept"])[:_OFFERED]
    if not offered:
        return None
    click.echo(_("Who can take them, the best first:"), err=True)
    for place in offered:
        click.echo(f"{place.number:>4}  {institution_line(place)}", err=True)
    if yes or not sys.stdin.isatty():
        click.echo(_("Left blank on the slip; name one with --to."), err=True)
        return None
    numbers = [str(place.number) for place in offered]
    chosen = click.prompt(_("Which one"), type=click.Choice(numbers), default=numbers[0], show_choices=False, err=True)
    return next(place for place in offered if str(place.number) == chosen)


def institution_line(place: "Institution") -> str:
    """县人民医院  胸痛中心, 卒中中心  0576-85390120"""
    from chronic.model.institution import CAPABILITIES

    can = ", ".join(term(CAPABILITIES, code) for code in place.capabilities)
    return "  ".join(filter(None, (place.name, can, place.phone)))


def _clinics(session: Session, place: int | None, dept: str | None, on: date) -> "list[Sitting]":
    from chronic.care import institutions

    return institutions.next_clinics(session.desk, place, dept, on)


def _after(session: Session, person: int, made: "Referral", clinic: date | None) -> Iterator[str]:
    """What follows from the slip."""
    from chronic.store import plans

    if made.urgency == "emergency":
        danger = plans.standing(session.db, person)
        yield from centre_lines(session, danger.danger if danger else ())
    yield _("Slip {slip}: find out the outcome by {day}.").format(slip=made.slip, day=_due(session, person, made))
    if clinic is not None:
        told = _("The next clinic day there is {day}; to wait for it: chronic undo, then again with --wait")
        yield told.format(day=clinic)
    yield _("When it is known: chronic refer reply {id} --slip {slip} --outcome seen").format(id=person, slip=made.slip)


def _due(session: Session, person: int, made: "Referral") -> date | None:
    from chronic.store import plans

    mine = [plan.due_on for plan in plans.read(session.db, person).plans if plan.slip == made.slip]
    return min(mine, default=None)


def centre_lines(session: Session, danger: tuple[str, ...]) -> Iterator[str]:
    """Which centre an emergency goes to for which signs, as far as the table has one."""
    from chronic.care import institutions
    from chronic.model.institution import CAPABILITIES
    from chronic.protocol.referrals import Referrals

    for code, place in institutions.centres(session.desk, danger):
        centre = Referrals.of(session.desk.editions.on(session.today)).centres[code]
        phone = place.phone or ""
        yield (
            _("With {signs}: straight to {where}, {centre} {phone}")
            .format(signs=either(centre.says), where=place.name, centre=term(CAPABILITIES, code), phone=phone)
            .rstrip()
        )
