"""How a person's family-doctor contract stands, in a line: on the card, and after a visit."""

from collections.abc import Iterator

from chronic.cli.session import Session
from chronic.i18n import _, ngettext
from chronic.model.contract import Contract
from chronic.reports import contracts as reports
from chronic.store import people


def stand_lines(session: Session, person: int, quiet: bool = False) -> Iterator[str]:
    """How the contract of a person stands; `quiet`: only what there is to do about one that there was."""
    found = reports.stand(session.db, session.today, session.desk.editions, person)
    if people.get(session.db, person).closed_on is not None:  # nothing is signed for them any more
        return
    known, days = found.contract, ngettext("{n} day", "{n} days", found.days).format(n=found.days)
    if known is None:
        return
    if found.state == reports.EXPIRED:
        said = _("The family-doctor contract ran out on {day} ({n} ago): chronic contract renew {id}")
        yield said.format(day=known.last_on, n=days, id=person)
    elif found.state == reports.DUE:
        said = _("The family-doctor contract ends on {day} ({n} left): chronic contract renew {id}")
        yield said.format(day=known.last_on, n=days, id=person)
    elif not quiet:
        yield _("Family-doctor contract: {what}").format(what=told(session, known))


def told(session: Session, known: Contract) -> str:
    """李医生团队  基本服务包  2026-01-01 至 2026-12-31"""
    package = reports.package_name(session.desk.editions, session.today, known.package)
    return "  ".join([known.team, package, _("{start} to {end}").format(start=known.start_on, end=known.end_on)])
