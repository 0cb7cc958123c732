"""Record, correct and withdraw contacts: one path for a typed visit and for a sheet of any size."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from chronic.care.desk import Desk
from chronic.care.ours import closed_by_then
from chronic.care.replan import replan
from chronic.errors import NotAllowed, ValueRefused
from chronic.model import checks
from chronic.model.plan import Problem
from chronic.model.visit import Visit
from chronic.rules.sitting import third_needed
from chronic.store import checkups, journal, people, settling, visits
from chronic.store.people import Dates
from chronic.store.stamp import content_uid

_COMPARED = tuple(name for name in visits.FIELDS if name not in ("person", "visit_date", "kind", "uid"))


AFTER_CLOSING = "visit.after_closing"
"""Refuses a visit, unless it is only asked about: another registry had it before it knew of the closing."""


class Recorded(NamedTuple):
    """What became of one visit: added, filled (blank fields of the day's visit), unchanged or refused."""

    state: str
    uid: str | None
    refusals: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def record(
    desk: Desk, seen: Sequence[Visit], typed: bool = True, dates: Mapping[int, Dates] | None = None
) -> list[Recorded]:
    """Check and write visits, in their order. `typed` visits are re-planned at once, a sheet by its importer, which may
    also know the `dates` of the people from the rows before.

    A blank `way` is clinic. A visit without uid gets a new one. Refused visits write nothing.
    """
    with journal.deed(desk.db, desk.stamp, "screen.add" if seen and seen[0].kind == "screening" else "visit.add") as doing:
        whose = {visit.person for visit in seen}
        doing.person = next(iter(whose)) if len(whose) == 1 else None
        seen, uids = _come_again(desk, seen)
        live = _live(desk, seen)
        if dates is None:
            dates = {person: people.dates(desk.db, person) for person in whose}
        book = _Book(desk, dates, uids, live, typed)
        results = [book.enter(visit) for visit in seen]
        for old, new in book.ended.items():  # first, because a day has room for one live follow-up
            visits.end(desk.db, old, new)
        visits.add(desk.db, ((*written, book.ended.get(written[0].uid)) for written in book.new), desk.stamp)
        if typed:
            replan(desk, whose)
    return results


def tried(desk: Desk, seen: Visit) -> Recorded:
    """What would become of this visit, the same day's visit considered; nothing is written."""
    dates = {seen.person: people.dates(desk.db, seen.person)}
    return _Book(desk, dates, {}, _live(desk, [seen]), typed=True).enter(seen)


class _Book:
    """One batch being entered: what is live on each day, what is new, what ends."""

    def __init__(
        self,
        desk: Desk,
        dates: Mapping[int, Dates],
        uids: dict[str, tuple[int, date] | None],
        live: dict[tuple[int, date, str], Visit],
        typed: bool,
    ) -> None:
        self.desk, self.dates, self.uids, self.live, self.typed = desk, dates, uids, live, typed
        self.new: list[tuple[Visit, str | None]] = []
        self.ended: dict[str, str] = {}

    def enter(self, visit: Visit) -> Recorded:
        if visit.uid in self.uids:
            there = self.uids[visit.uid]
            if (
                there is None or visit.kind != "followup"
            ):  # corrected or withdrawn since: the old sheet does not bring it back
                return Recorded("unchanged", visit.uid)
            if there != (visit.person, visit.visit_date):
                return Recorded("refused", None, (Problem("visit.uid_elsewhere", "uid", visit.uid, there[1]),))
        key = (visit.person, visit.visit_date, visit.kind)
        same_day = self.live.get(key) if visit.kind == "followup" else None
        if visit.uid in self.uids and (same_day is None or same_day.uid != visit.uid):  # a screening of that day
            return Recorded("refused", None, (Problem("visit.uid_elsewhere", "uid", visit.uid, visit.visit_date),))
        if same_day is not None and _says_no_more(visit, same_day):  # whatever was learned since
            return Recorded("unchanged", same_day.uid)
        refused, asked = _looked_at(self.desk, self.dates[visit.person], visit, self.typed)
        if refused:
            return Recorded("refused", None, tuple(refused))
        if same_day is not None:
            return self._merge(key, same_day, visit)
        if not (visit.way and visit.uid):
            visit = visit._replace(way=visit.way or "clinic", uid=visit.uid or self.desk.stamp.uid())
        self._write(key, visit, asked, None)
        return Recorded("added", visit.uid, (), tuple(asked))

    def _merge(self, key: tuple[int, date, str], there: Visit, visit: Visit) -> Recorded:
        """A second sheet row or entry of the same day fills blanks; where it disagrees it is refused."""
        given = _given(visit)
        clash = [name for name, value in given.items() if getattr(there, name) not in (None, value)]
        if clash:
            found = Problem("visit.same_day_conflict", clash[0], given[clash[0]], getattr(there, clash[0]))
            return Recorded("refused", None, (found,))
        uid = self._merged_uid(there, visit) if visit.uid else self.desk.stamp.uid()
        readings = visit.readings or there.readings or visits.readings(self.desk.db, there.uid)
        entered = tuple((dict(visits.entered(self.desk.db, there.uid)) | dict(visit.entered)).items())
        merged = there._replace(**given, uid=uid, readings=readings, entered=entered, warnings=())
        refused, asked = _looked_at(self.desk, self.dates[visit.person], merged, self.typed)
        if refused:
            return Recorded("refused", None, tuple(refused))
        # the row is kept beside the merged one, so that it is known again whatever became of the day
        if visit.uid and visit.uid != there.uid:
            self._write(key, visit._replace(way=merged.way), [], None)
            self._end(visit.uid, uid)
        self._write(key, merged, asked, there.uid)
        self._end(there.uid, uid)
        return Recorded("filled", uid, (), tuple(asked))

    def _merged_uid(self, there: Visit, visit: Visit) -> str:
        uid = content_uid("merged", *sorted((there.uid, visit.uid)))
        return visits.anew(self.desk.db, [uid]).get(uid, uid) if journal.any_undone(self.desk.db) else uid

    def _end(self, old: str, new: str) -> None:
        self.ended[old] = new
        self.uids[old] = None

    def _write(self, key: tuple[int, date, str], visit: Visit, asked: list[Problem], replaces: str | None) -> None:
        noted = (*visit.warnings, *[f"{problem.code}:{problem.column}" for problem in asked])
        if noted:
            visit = visit._replace(warnings=tuple(dict.fromkeys(noted)))
        self.new.append((visit, replaces))
        self.uids[visit.uid] = (visit.person, visit.visit_date)
        self.live[key] = visit


def fix(desk: Desk, visit_id: int, changes: dict[str, object]) -> tuple[Visit, Recorded]:
    """Correct a visit: a new row with these fields changed (None clears one) takes the old row's place.

    Raises NotAllowed (`visit.none`, `visit.ended`, `visit.of_checkup`, `visit.day_taken`) and ValueRefused.
    """
    with journal.deed(desk.db, desk.stamp, "visit.fix") as doing:
        old = _live_visit(desk, visit_id)
        doing.person = old.person
        new = old._replace(**changes, uid=desk.stamp.uid(), warnings=())  # type: ignore[arg-type]
        if "readings" not in changes and (new.sbp, new.dbp) != (old.sbp, old.dbp):
            new = new._replace(readings=())
        new = new._replace(entered=_still_as_entered(old, new, changes))
        refused, asked = _looked_at(desk, people.dates(desk.db, new.person), new, typed=True)
        for problem in refused:
            raise refusal(problem)
        taken = visits.live_id(desk.db, new.person, new.visit_date) if new.kind == "followup" else None
        if taken not in (None, visit_id):
            raise NotAllowed("visit.day_taken", day=new.visit_date, visit=taken)
        new = new._replace(warnings=tuple(f"{problem.code}:{problem.column}" for problem in asked))
        visits.end(desk.db, old.uid, new.uid)
        visits.add(desk.db, [(new, old.uid, None)], desk.stamp)
        settling.reconsider(desk.db, new.person)
        replan(desk, [new.person])
    return new, Recorded("fixed", new.uid, (), tuple(asked))


def _still_as_entered(old: Visit, new: Visit, changes: dict[str, object]) -> tuple[tuple[str, str], ...]:
    """What was typed in other units, as far as it still stands or was typed now."""
    pressures = {"bp": (old.sbp, old.dbp) == (new.sbp, new.dbp)}
    kept = [
        (column, text)
        for column, text in old.entered
        if (pressures[column] if column in pressures else getattr(old, column) == getattr(new, column))
    ]
    now = new.entered if "entered" in changes else ()
    return tuple((dict(kept) | dict(now)).items())


def void(desk: Desk, visit_id: int, reason: str) -> Visit:
    """Withdraw a visit that should not be there. Raises NotAllowed (`visit.none`, `visit.ended`, `visit.of_checkup`)."""
    with journal.deed(desk.db, desk.stamp, "visit.void") as doing:
        old = _live_visit(desk, visit_id)
        doing.person = old.person
        visits.void(desk.db, visit_id, old.uid, reason, desk.stamp)
        settling.reconsider(desk.db, old.person)
        replan(desk, [old.person])
    return old


def refusal(problem: Problem) -> ValueRefused:
    """A refused value as the error the user sees."""
    return ValueRefused(problem.code, column=problem.column, value=problem.value, detail=problem.detail)


def _live_visit(desk: Desk, visit_id: int) -> Visit:
    found = visits.by_id(desk.db, visit_id)
    if found is None:
        raise NotAllowed("visit.none", visit=visit_id)
    if found[1] is not None:
        raise NotAllowed("visit.ended", visit=visit_id)
    seen = found[0]
    checkup = checkups.of_contact(desk.db, seen.person, seen.visit_date, seen.uid) if seen.kind == "screening" else None
    if checkup is not None:
        raise NotAllowed("visit.of_checkup", number=checkup)
    return seen


def _come_again(desk: Desk, seen: Sequence[Visit]) -> tuple[Sequence[Visit], dict[str, tuple[int, date] | None]]:
    """The visits, with another uid where `undo` took one back, and what is known of their uids."""
    known = visits.known_uids(desk.db, (visit.uid for visit in seen if visit.uid))
    anew = visits.anew(desk.db, known) if known and journal.any_undone(desk.db) else {}
    if not anew:
        return seen, known
    return [v._replace(uid=anew.get(v.uid, v.uid)) for v in seen], known | visits.known_uids(desk.db, anew.values())


def _live(desk: Desk, seen: Sequence[Visit]) -> dict[tuple[int, date, str], Visit]:
    keys = {(visit.person, visit.visit_date) for visit in seen if visit.kind == "followup"}
    found = visits.live_on(desk.db, sorted(keys), "followup")
    return {(*key, "followup"): visit for key, visit in found.items()}


def _says_no_more(visit: Visit, there: Visit) -> bool:
    """Is all that a visit says there already? Most are simply the same."""
    return visit[: len(visits.FIELDS)] == there[: len(visits.FIELDS)] or _given(visit).items() <= _given(there).items()


def _given(visit: Visit) -> dict[str, Any]:
    """What a visit says, blanks left out."""
    return {name: value for name in _COMPARED if (value := getattr(visit, name)) not in (None, "")}


def _looked_at(desk: Desk, person: Dates, visit: Visit, typed: bool) -> checks.Look:
    """What no visit can be, and what is odd about this one; of several readings each must be possible, not only their
    mean."""
    found = checks.look(visit, desk.today, typed)
    for sbp, dbp in visit.readings:
        found.refusals.extend(checks.look(visit._replace(sbp=sbp, dbp=dbp, readings=()), desk.today, typed).refusals)
    if person.born is not None and visit.visit_date < person.born:
        found.refusals.append(Problem("visit.before_birth", "visit_date", visit.visit_date, person.born))
    after = person.closed_on is not None and visit.visit_date > person.closed_on
    if after and f"{AFTER_CLOSING}:visit_date" not in visit.warnings:
        found.refusals.append(
            closed_by_then(desk, visit.person, AFTER_CLOSING, "visit_date", visit.visit_date, person.closed_on)
        )
    if visit.readings and third_needed(visit.readings, desk.editions.on(visit.visit_date)):
        found.warnings.append(Problem("bp.third", "sbp", ", ".join(f"{sbp}/{dbp}" for sbp, dbp in visit.readings)))
    if visit.kind == "followup" and person.enrolled_on is not None and visit.visit_date < person.enrolled_on:
        found.warnings.append(Problem("visit.before_enrolment", "visit_date", visit.visit_date, person.enrolled_on))
    return found
