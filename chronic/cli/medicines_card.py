"""A person's medicines in lines: until when each lasts, and what to ask the prescriber."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from chronic.cli.session import Session
from chronic.i18n import _, ngettext
from chronic.model.medicine import Course
from chronic.store import medicines


def supply_lines(session: Session, person: int) -> Iterator[str]:
    """氨氯地平片 到 2026-12-20 用完 (还有 29 天)."""
    yield from _phrases(session, medicines.courses(session.db, [person]).get(person, []))


def running_out(session: Session, person: int) -> list[str]:
    """The same for those that are to be asked for by now."""
    courses = medicines.courses(session.db, [person]).get(person)
    if not courses:
        return []
    from chronic.reports.medicines import remind_days

    remind = remind_days(session.desk.editions, session.today)
    return list(_phrases(session, [one for one in courses if (one.run_out_on - session.today).days <= remind]))


def question_lines(session: Session, person: int) -> Iterator[str]:
    """What to ask the prescriber, and the names that could not be looked at; nothing for who takes nothing."""
    from chronic.reports import medicines as reports

    found = reports.of_person(session.db, session.today, session.desk.editions, person)
    for flag in found.flags:
        yield _("Medicines: {question}").format(question=reports.flag_text(flag, session.today, session.desk.editions))
    if found.unknown:
        yield _("Medicines: {question}").format(question=reports.unknown_line(Counter(found.unknown)))


def _phrases(session: Session, courses: list[Course]) -> Iterator[str]:
    """One for each day; `courses` in the order of their days."""
    for day, ending in groupby(courses, key=lambda course: course.run_out_on):
        names = ", ".join(course.name for course in ending)
        left = (day - session.today).days
        if left > 0:
            rest = ngettext("{n} day left", "{n} days left", left).format(n=left)
        elif left == 0:
            rest = _("today")
        else:
            rest = ngettext("{n} day without", "{n} days without", -left).format(n=-left)
        yield _("{medicine}: runs out {day} ({rest})").format(medicine=names, day=day, rest=rest)
