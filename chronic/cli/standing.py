"""What a person's tests call for, in lines: for the card, and after a result was recorded."""

from collections.abc import Iterator

from chronic.cli.session import Session
from chronic.i18n import _
from chronic.model.wording import either
from chronic.protocol.complications import Complications
from chronic.reports import complications as reports


def standing_lines(session: Session, person: int, name: str | None = None) -> Iterator[str]:
    """What calls for something, what was never done and what is due again; of one test, or of all in two lines."""
    book = Complications.of(session.desk.editions.on(session.today))
    found = reports.of_person(session.db, session.today, session.desk.editions, person)
    mine = [s for s in found if name is None or name == s.code or name in book.tests[s.code].columns]
    for standing in mine:
        if standing.flag is not None and standing.last is not None:
            item = book.tests[standing.code]
            yield _("ACT: {test} {result} ({day}): {does}, by {due}").format(
                test=either(item.name), result=reports.result_text(item, standing.last) or "", day=standing.last.done_on,
                does=either(item.flags[standing.flag].does), due=standing.due_on,
            )  # fmt: skip
        elif name is not None and standing.due_on is not None:
            yield _("{test}: counts until {day}").format(test=either(book.tests[standing.code].name), day=standing.due_on)
    wanted = [either(book.tests[s.code].name) for s in mine if s.state in ("never", "due") and book.tests[s.code].needed]
    if wanted:
        yield _("Tests due: {tests}").format(tests=", ".join(wanted))
