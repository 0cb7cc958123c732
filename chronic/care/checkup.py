"""Record, correct and withdraw check-ups, and say what was done about their results: one path for keyboard and sheets.

A check-up is no follow-up and makes no class. What it measures in someone not managed for it is a screening reading,
and what is dangerous is that for anybody: both are recorded as a screening contact in the same transaction, so that the
suspicion and the emergency referral are planned as for every other contact. Its uid is a hash of the check-up's, so
it goes with it when that is corrected, withdrawn or taken back.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from chronic.care.desk import Desk
from chronic.care.ours import closed_by_then
from chronic.care.record import Recorded, refusal
from chronic.care.replan import replan
from chronic.errors import NotAllowed
from chronic.forms import CheckupForm
from chronic.forms import checkup as form_of_checkups
from chronic.model import checkup_checks as checks
from chronic.model.checkup import Checkup, Values
from chronic.model.plan import Problem
from chronic.model.visit import Visit
from chronic.rules import checkup as rules
from chronic.rules.danger import dangers
from chronic.store import checkups, histories, journal, people, settling, visits
from chronic.store.checkups import Row
from chronic.store.people import Dates
from chronic.store.stamp import content_uid

_NOT_ALONE = ("checkup_doctor", "checkup_org", "notes")
"""Say nothing about anybody's health."""

AFTER_CLOSING = "checkup.after_closing"
"""Refuses a check-up, unless it is only asked about: another registry had it before it knew of the closing."""


class Done(NamedTuple):
    """What was done about an abnormal result."""

    field: str
    on: date
    note: str


def record(desk: Desk, forms: Sequence[Checkup], typed: bool = True) -> list[Recorded]:
    """Check and write check-ups, in their order. `typed` ones are re-planned at once, a sheet by its importer.

    A second form of a day fills blanks; where it disagrees it is refused. Refused ones write nothing.
    """
    with journal.deed(desk.db, desk.stamp, "checkup.add") as doing:
        known = {form.person: people.dates(desk.db, form.person) for form in forms}
        doing.person = next(iter(known)) if len(known) == 1 else None
        forms = _come_again(desk, forms)
        uids = checkups.known_uids(desk.db, (form.uid for form in forms if form.uid))
        live = checkups.live_on(desk.db, {(form.person, form.checkup_date) for form in forms})
        results = [_enter(desk, form, known[form.person], uids, live, typed) for form in forms]
        if typed:
            replan(desk, known)
    return results


def tried(desk: Desk, form: Checkup) -> Recorded:
    """What would become of this check-up; nothing is written."""
    live = checkups.live_on(desk.db, [(form.person, form.checkup_date)])
    return _judge(desk, form, people.dates(desk.db, form.person), live.get((form.person, form.checkup_date)), True)[0]


def fix(desk: Desk, id_: int, changes: Values) -> tuple[Checkup, Recorded]:
    """Correct a check-up: a new row with these fields changed (None clears one) takes the old row's place.

    Raises NotAllowed (`checkup.none`, `checkup.ended`, `checkup.day_taken`), ValueRefused.
    """
    with journal.deed(desk.db, desk.stamp, "checkup.fix") as doing:
        old = _live(desk, id_)
        doing.person = old.person
        day = changes.get("checkup_date", old.checkup_date)
        merged = {**old.values, **{name: value for name, value in changes.items() if name != "checkup_date"}}
        values = {name: value for name, value in merged.items() if value is not None}
        assert isinstance(day, date)
        new = Checkup(old.person, day, values, desk.stamp.uid())
        taken = checkups.live_on(desk.db, [(new.person, day)]).get((new.person, day))
        if taken is not None and taken.id != id_:
            raise NotAllowed("checkup.day_taken", day=day, number=taken.id)
        result, _ = _judge(desk, new, people.dates(desk.db, new.person), None, True)
        for problem in result.refusals:
            raise refusal(problem)
        _write(desk, new, result.warnings, old)
        settling.reconsider(desk.db, new.person)
        replan(desk, [new.person])
    return new, Recorded("fixed", new.uid, (), result.warnings)


def void(desk: Desk, id_: int, reason: str) -> Checkup:
    """Withdraw a check-up that should not be there. Raises NotAllowed (`checkup.none`, `checkup.ended`)."""
    with journal.deed(desk.db, desk.stamp, "checkup.void") as doing:
        old = _live(desk, id_)
        doing.person = old.person
        checkups.void(desk.db, id_, old.uid, reason, desk.stamp)
        _end_contact(desk, old, reason)
        settling.reconsider(desk.db, old.person)
        replan(desk, [old.person])
    return old


def settle(desk: Desk, person: int, done: Sequence[Done]) -> None:
    """Say what was done about these results, so that they leave the list.

    Raises ValueRefused (`value.future`), NotAllowed (`checkup.nothing_open`).
    """
    with journal.deed(desk.db, desk.stamp, "checkup.resolve", person):
        known = {field for found in checkups.of(desk.db, person) for field in _results(found.values)}
        for field, on, note in done:
            if on > desk.today:
                raise refusal(Problem("value.future", "settled_on", on))
            if field not in known:
                raise NotAllowed("checkup.nothing_open", name=people.get(desk.db, person).name, column=field)
            checkups.settle(desk.db, person, field, on, note, desk.stamp)


def _results(values: Values) -> set[str]:
    """What can be abnormal on a form, by the names of findings: one for both pressures, one for the pulse."""
    pressure = {"sbp"} if rules.pressures(values) else set()
    return {*values, *pressure, *({"heart_rate"} if "pulse" in values else ())}


def managed_on(desk: Desk, person: int, on: date) -> set[str]:
    """The programmes open on that day."""
    stays = histories.stays(desk.db, person)
    return {s.programme for s in stays if s.enrolled_on <= on and (s.ended_on is None or on <= s.ended_on)}


def _live(desk: Desk, id_: int) -> Checkup:
    found = checkups.by_id(desk.db, id_)
    if found is None:
        raise NotAllowed("checkup.none", number=id_)
    if found[1] is not None:
        raise NotAllowed("checkup.ended", number=id_)
    return found[0]


def _come_again(desk: Desk, forms: Sequence[Checkup]) -> list[Checkup]:
    """The forms, with another uid where `undo` took one back."""
    if not journal.any_undone(desk.db):
        return list(forms)
    found = list(forms)
    while taken := checkups.taken_back(desk.db, (form.uid for form in found if form.uid)):
        found = [form._replace(uid=content_uid("anew", form.uid)) if form.uid in taken else form for form in found]
    return found


def _enter(
    desk: Desk,
    form: Checkup,
    person: Dates,
    uids: dict[str, tuple[int, date] | None],
    live: dict[tuple[int, date], Checkup],
    typed: bool,
) -> Recorded:
    key = (form.person, form.checkup_date)
    if form.uid in uids:
        there = uids[form.uid]
        if there is None:  # corrected or withdrawn since: the old sheet does not bring it back
            return Recorded("unchanged", form.uid)
        if there != key:
            return Recorded("refused", None, (Problem("checkup.uid_elsewhere", "uid", form.uid, there[1]),))
    there_now = live.get(key)
    result, merged = _judge(desk, form, person, there_now, typed)
    if result.state not in ("added", "filled"):
        return result
    kept = _write(desk, merged, (*result.warnings,), there_now)
    live[key], uids[kept.uid] = kept, key
    if there_now is not None:
        uids[there_now.uid] = None
    return result._replace(uid=kept.uid)


def _judge(desk: Desk, form: Checkup, person: Dates, there: Checkup | None, typed: bool) -> tuple[Recorded, Checkup]:
    """What becomes of a form beside the day's live one, and the form to write."""
    if there is not None and form.values.items() <= there.values.items():
        return Recorded("unchanged", there.uid), form
    if not set(form.values) - set(_NOT_ALONE):
        return Recorded("refused", None, (Problem("checkup.nothing", "checkup_date", form.checkup_date),)), form
    if there is not None:
        clash = [name for name, value in form.values.items() if there.values.get(name, value) != value]
        if clash:
            found = Problem("checkup.same_day_conflict", clash[0], form.values[clash[0]], there.values[clash[0]])
            return Recorded("refused", None, (found,)), form
        uid = content_uid("merged", *sorted((there.uid, form.uid))) if form.uid else ""
        form = form._replace(values={**there.values, **form.values}, uid=uid)
    look = checks.look(form, desk.today, typed)
    refused = (*look.refusals, *_refused_for(desk, person, form), *contradictions(form.values))
    if refused:
        return Recorded("refused", None, refused), form
    return Recorded("added" if there is None else "filled", None, (), tuple(look.warnings)), form


def contradictions(values: Values) -> Iterator[Problem]:
    """Scores and results that were written down and differ from the answers beside them."""
    form = form_of_checkups()
    care, tcm = rules.self_care(values, form), rules.constitution(values, form)
    computed: Values = {"self_care_score": care.score, "self_care": care.level}
    computed |= {f"tcm_{name}": result for name, result in tcm.results.items()}
    for name, value in computed.items():
        if value is not None and values.get(name, value) != value:
            yield Problem("checkup.score_differs", name, values[name], value)
    if care.level is None and isinstance(values.get("self_care_score"), int):
        said = rules.level(int(str(values["self_care_score"])), form)
        if values.get("self_care", said) != said:
            yield Problem("checkup.score_differs", "self_care", values["self_care"], said)
    yield from _scales(values, form)


def _scales(values: Values, form: CheckupForm) -> Iterator[Problem]:
    """Answers that a measurement of the same form decides."""
    for name, answer in rules.scaled(values, form).items():
        if values.get(name, answer) != answer:
            yield Problem("checkup.scale_differs", name, values[name], answer)


def _refused_for(desk: Desk, person: Dates, form: Checkup) -> list[Problem]:
    found = []
    if person.born is not None and form.checkup_date < person.born:
        found.append(Problem("checkup.before_birth", "checkup_date", form.checkup_date, person.born))
    after = person.closed_on is not None and form.checkup_date > person.closed_on
    if after and f"{AFTER_CLOSING}:checkup_date" not in form.warnings:
        found.append(closed_by_then(desk, form.person, AFTER_CLOSING, "checkup_date", form.checkup_date, person.closed_on))
    return found


def _write(desk: Desk, form: Checkup, asked: Sequence[Problem], replaced: Checkup | None) -> Checkup:
    """Write a form in the place of another, with the contact that carries its readings."""
    codes = dict.fromkeys((*form.warnings, *(f"{problem.code}:{problem.column}" for problem in asked)))
    new = form._replace(uid=form.uid or desk.stamp.uid(), warnings=tuple(codes))
    kind = "exam" if rules.is_exam(new.values) else "tcm"
    if replaced is not None:
        checkups.end(desk.db, replaced.uid, new.uid)
    checkups.add(desk.db, [Row(new, kind, replaced.uid if replaced is not None else None)], desk.stamp)
    _write_contact(desk, new, replaced)
    return new


def _write_contact(desk: Desk, new: Checkup, replaced: Checkup | None) -> None:
    """The screening contact of a form: readings of programmes the person is not in, and whatever is dangerous."""
    old_uid = checkups.contact_uid(replaced.uid) if replaced is not None else None
    there = old_uid is not None and visits.known_uids(desk.db, [old_uid]).get(old_uid) is not None
    contact = _contact(desk, new)
    if contact is None:
        if replaced is not None and there:
            _end_contact(desk, replaced, "checkup.fix")
        return
    if there and old_uid is not None:
        visits.end(desk.db, old_uid, contact.uid)
    visits.add(desk.db, [(contact, old_uid if there else None, None)], desk.stamp)


def _contact(desk: Desk, form: Checkup) -> Visit | None:
    protocol = desk.editions.on(form.checkup_date)
    seen = rules.contact(form.values, form.checkup_date, protocol)
    managed, danger = managed_on(desk, form.person, form.checkup_date), dangers(seen, protocol)
    pressure = "htn" not in managed or "danger.bp" in danger
    sugar = "dm" not in managed or any("glucose" in code for code in danger)
    own = {
        "sbp": seen.sbp if pressure else None,
        "dbp": seen.dbp if pressure else None,
        "fpg": seen.fpg if sugar else None,
    }
    if all(value is None for value in own.values()):
        return None
    return Visit(form.person, form.checkup_date, kind="screening", uid=checkups.contact_uid(form.uid), **own)  # type: ignore[arg-type]


def _end_contact(desk: Desk, form: Checkup, reason: str) -> None:
    uid = checkups.contact_uid(form.uid)
    if visits.known_uids(desk.db, [uid]).get(uid) is not None:
        visits.void(desk.db, visits.id_of(desk.db, uid), uid, reason, desk.stamp)
