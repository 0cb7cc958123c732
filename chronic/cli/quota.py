"""The yearly entitlement in words: one line about a person, one about a list."""

from collections import Counter
from collections.abc import Iterable, Iterator

from chronic.cli.session import Session
from chronic.i18n import _, ngettext
from chronic.i18n.terms import QUOTA, term
from chronic.reports import quota as yearly
from chronic.rules.quota import Quota


def quota_lines(session: Session, person: int) -> Iterator[str]:
    """面访 2/4, 本季度还没有; 年度体检本库未记录"""
    found = yearly.of_person(session.db, session.today, session.desk.editions, person)
    if found is not None:
        yield "; ".join((", ".join(_visits(found)), *_checkup(found)))


def risk_line(rows: Iterable[dict[str, object]]) -> str:
    """23 人   本季度未面访 20   需要加访 5"""
    codes: Counter[str] = Counter()
    people = 0
    for row in rows:
        people += 1
        codes.update(row["quota"] if isinstance(row["quota"], list) else ())
    counted = (f"{term(QUOTA, code)} {codes[code]}" for code in QUOTA)
    return "   ".join([ngettext("{n} person", "{n} people", people).format(n=people), *counted])


def _visits(found: Quota) -> Iterator[str]:
    if not found.needed:
        yield _("Face to face {done} this year, for whose last days none is required").format(done=found.done)
        return
    yield _("Face to face {done} of {needed} this year").format(done=found.done, needed=found.needed)
    if found.this_quarter:
        yield _("this quarter {n}").format(n=found.this_quarter)
    elif "none_this_quarter" in found.at_risk:
        yield _("none yet this quarter, which ends on {day}").format(day=found.quarter_ends_on)
    else:
        yield _("none yet this quarter")
    if "out_of_reach" in found.at_risk:
        yield _("{missing} missing and {left} quarter(s) left: extra visits needed").format(
            missing=found.missing, left=found.quarters_left
        )


def _checkup(found: Quota) -> Iterator[str]:
    """One done elsewhere is not known here, so all that can be said is that none is recorded."""
    if found.checkup_open:
        yield _("yearly check-up: none recorded here")
