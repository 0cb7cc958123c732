"""The log of health education 健康教育: what was held where, and withdrawing what should not be there."""

from chronic.care.dated import impossible
from chronic.care.desk import Desk
from chronic.care.record import refusal
from chronic.errors import NotAllowed, ValueRefused
from chronic.model.plan import Problem
from chronic.model.wording import either
from chronic.protocol.education import Education
from chronic.store import education
from chronic.store.education import Held
from chronic.store.journal import deed


def add(desk: Desk, new: Held) -> tuple[Held, bool]:
    """Record one: (it with its number and the book's codes, is it new?); exactly the same again is the same one.

    Raises ValueRefused: `education.word` for a topic, form or setting that the book does not know, `education.setting`
    where neither a place nor a person is said, `value.future`.
    """
    told = (("topic", new.topic), ("form", new.form), ("setting", new.setting))
    topic, form, setting = (word if word is None else meant(desk, column, word) for column, word in told)
    new = new._replace(topic=str(topic), form=str(form), setting=setting)
    if new.setting is None and new.person is None:
        raise ValueRefused("education.setting")
    if new.on > desk.today:
        raise refusal(Problem("value.future", "held_on", new.on))
    if new.person is not None:
        for problem in impossible(desk, new.person, new.on, "held_on"):
            raise refusal(problem)
    with deed(desk.db, desk.stamp, "education.add", new.person):
        there = education.same(desk.db, new)
        if there is not None:
            return new._replace(number=there), False
        return new._replace(number=education.add(desk.db, new, desk.stamp)), True


def meant(desk: Desk, column: str, text: str) -> str:
    """The book's code for a topic, a form or a setting, given as its code or its name. Raises ValueRefused
    (`education.word`)."""
    known = Education.of(desk.editions.on(desk.today))
    words = {"topic": known.topics, "form": known.forms, "setting": known.settings}[column]
    for code, word in words.items():
        if text in (code, *word.name):
            return code
    listed = "; ".join(" ".join(dict.fromkeys((code, either(word.name)))) for code, word in words.items())
    raise ValueRefused("education.word", value=text, known=listed)


def void(desk: Desk, number: int, reason: str) -> Held:
    """Withdraw one. Raises ValueRefused (`education.none`), NotAllowed (`education.ended`)."""
    found = education.by_id(desk.db, number)
    if found is None:
        raise ValueRefused("education.none", number=number)
    old, ended_by = found
    if ended_by is not None:
        raise NotAllowed("education.ended", number=number)
    with deed(desk.db, desk.stamp, "education.void", old.person):
        education.void(desk.db, number, reason, desk.stamp)
    return old
