"""When the lists were last made unattended, for the screen of `today`; nothing where nobody ever asked for that."""

from datetime import datetime, timedelta

from chronic.cli.session import Session
from chronic.i18n import _
from chronic.model.days import china_minute
from chronic.model.wide import width
from chronic.store import nights

_MISSED = timedelta(days=1)
_EDGE = 72  # cells


def header(session: Session, line: str) -> str:
    """The line with the last run at its right: 夜间报告 11-20 02:10."""
    ran_at = nights.read(session.settings).ran_at
    if ran_at is None:
        return line
    ran = _("nightly {minute}").format(minute=china_minute(ran_at)[len("2026-") :])
    return line + ran.rjust(len(ran) + max(4, _EDGE - width(line) - width(ran)))


def warnings(session: Session) -> list[str]:
    """It failed in part, or it is older than a day by the real clock: the computer was off, or the timetable lost it."""
    night = nights.read(session.settings)
    last = night.ran_at or night.installed_at
    if last is None:
        return []
    if session.instant - datetime.fromisoformat(last) > _MISSED:
        if night.ran_at is None:
            return [_("The nightly run has not run since it was installed; make today's lists with: chronic nightly")]
        return [_("The last nightly run is older than a day; make today's lists with: chronic nightly")]
    return [] if night.clean else [_("The last nightly run failed in part; see nightly.log.")]
