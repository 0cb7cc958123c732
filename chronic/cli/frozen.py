"""`report indicators --frozen` and `--restated`: a month as it was sent, and what is known of it now."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from chronic.cli import figures as command
from chronic.cli.session import Session
from chronic.errors import ValueRefused
from chronic.i18n import _
from chronic.model.days import china_day_of, china_minute

if TYPE_CHECKING:
    from pathlib import Path

    from chronic.store.frozen import Month

_OF_NOW = ("period", "first", "last", "as_of", "known_on", "tags", "sex", "monitored", "cell", "group")
"""What says when and of whom, and cannot be asked of a month that is kept as it was."""


def show(
    session: Session, frozen: str | None, restated: str | None, opened: bool, style: str, out: "Path | None",
    options: dict[str, Any],
) -> None:  # fmt: skip
    from chronic.reports import figures
    from chronic.reports import restated as sent
    from chronic.reports.measures import chosen

    if frozen is not None and restated is not None:
        raise ValueRefused("frozen.both")
    if any(options[name] for name in _OF_NOW) or options["by"] not in (None, *sent.GROUPS):
        raise ValueRefused("frozen.filter")
    whose = command.whose(session, options)
    if whose.where is not None and whose.where.hamlets is not None:
        raise ValueRefused("frozen.filter")
    if opened and (frozen is not None or options["by"]):
        raise ValueRefused("frozen.list")
    if options["limit"] is not None and not opened:
        raise ValueRefused("figures.with_list")
    period = sent.period_of(frozen or restated or "")
    month = sent.get(session.db, period)
    names, sets, programme = (options.pop(key) for key in ("indicator", "sets", "programme"))
    measures = chosen(sent.meanings(month), names, sets, programme)
    question = figures.Question(measures, period, None, options["by"], whose)
    head = list(_head(session, month, frozen is not None))
    if frozen is not None:
        rows = sent.sent(session.db, month, question)
        report = figures.kept(rows, question)
        command.told(session, report, rows, head, question.by, style, out)
        return
    if style == "text":
        raise ValueRefused("figures.text")
    gone = [one for one in measures if not sent.still_counted(one)]
    if gone:
        head.append(_("Not counted any more: {names}").format(names=", ".join(dict.fromkeys(one.code for one in gone))))
        question = question._replace(measures=[one for one in measures if one not in gone])
    editions = session.desk.editions
    if opened:
        report = sent.late(session.db, editions, month, question, options["limit"])
    else:
        report = sent.beside(session.db, editions, month, question)
    session.show(report._replace(title=head[0], lines=tuple(head[1:])), style, out)


def _head(session: Session, month: "Month", as_sent: bool) -> Iterator[str]:
    from chronic.office import freezing

    title = _("Indicators as sent") if as_sent else _("Indicators as sent and as known now")
    yield "  ".join([title, session.settings.get("name", ""), month.month])
    yield _("Frozen on {minute} (business day {day}) by {name}, under {edition}.").format(
        minute=china_minute(month.frozen_at), day=month.frozen_on, name=month.frozen_by, edition=month.edition
    )
    if not month.intact:
        yield _("WARNING: what is kept of this month was changed after it was frozen; its check sum does not fit.")
    if min(month.frozen_on, china_day_of(month.frozen_at).isoformat())[:7] <= month.month:
        yield _("It was frozen before the month was over.")
    if not as_sent:
        yield _("As known on {day}.").format(day=session.today)
        if freezing.changed(session.desk.editions, month):
            yield _("Definitions or targets are others than they were then; numbers differ for that reason too.")
