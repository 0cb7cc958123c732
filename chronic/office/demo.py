"""A made-up village to try things on: a registry filled through the same door as every other.

Of more than a few villages most people repeat the story of someone who came through that door (`demo_models`).
The same number of people, seed and day give the same rows, uids and instants included. Nothing is dated after
the day asked for, and everything is recorded as of that day's beginning, so what is typed afterwards is later.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, islice
from os import getpid
from pathlib import Path
from random import Random
from typing import NamedTuple

from chronic.care import manage, record, register
from chronic.care.desk import Desk
from chronic.care.manage import Wanted
from chronic.care.register import Given
from chronic.care.replan import replan
from chronic.errors import RegistryUnusable, ValueRefused
from chronic.model.person import Outcome, Person
from chronic.model.referral import Report
from chronic.model.visit import Contact, Visit
from chronic.office import demo_story as stories
from chronic.office.demo_hospitals import HOSPITALS, settle
from chronic.office.demo_loop import close
from chronic.office.demo_models import Kind, Models
from chronic.office.demo_people import DOCTOR, villagers
from chronic.office.demo_story import Story
from chronic.office.demo_visits import followup, habits, screening
from chronic.protocol import DEFAULT, Protocol, load
from chronic.rules.assessment import assess
from chronic.store import copies, editions, histories, opening, people, referrals, registry, transactions, twins
from chronic.store.stamp import Stamp
from chronic.store.transactions import immediate

ORIGIN = "demo"
_NAME, _AREA = "下各村卫生室 (演示)", "331024106200"
_MANAGED = {"managed": 17, "resident": 3}
_BATCH = 2000  # people in a transaction
_RECENT = timedelta(days=45)
_UNANSWERED = 0.4
_NOT_ARRIVED = 0.12
_HOSPITALS = tuple(place.name for place in HOSPITALS)
_MIDNIGHT = time(tzinfo=UTC)
_CHINA = timedelta(hours=8)


class _Resident(NamedTuple):
    """One person to enter: what the register says, the contacts, and what else happened."""

    given: Given
    visits: tuple[Visit, ...]
    story: Story
    kind: Kind


def make(path: Path, today: date, people: int, seed: int, done: Callable[[int], None] | None = None) -> None:
    """Make a demo registry, in place of an older demo; an interrupted one leaves that as it was.

    Raises ValueRefused (`demo.not_demo`, `registry.folder`), RegistryUnusable.
    """
    _check_replaceable(path)
    edition = load(DEFAULT)
    stamp = _stamp(today, seed)
    settings = {"name": _NAME, "area": _AREA, "level": "village", "doctor": DOCTOR, "origin": ORIGIN, "demo": "yes"}
    part = path.with_name(f".{path.name}.{getpid()}.part")
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        registry.create(part, settings, [(edition.effective_from.isoformat(), edition.id, stamp.at, stamp.by)])
        db = registry.connect(part)
        try:
            with transactions.translated(part):
                fill(Desk(db, today, editions.read(db), stamp), people, seed, done)
        finally:
            db.close()
        _check_replaceable(path)
        part.replace(path)
    except OSError as error:
        raise ValueRefused("registry.folder", path=path, problem=error.strerror or error) from None
    finally:
        for leftover in (part, *copies.logs(part)):
            with suppress(OSError):
                leftover.unlink(missing_ok=True)


def fill(desk: Desk, people: int, seed: int, done: Callable[[int], None] | None = None, villages: int | None = None) -> None:
    """Enter so many made-up residents with their histories. `done` is told how many were entered since last time;
    `villages`: so many, as many as that makes of a usual size if left out."""
    desk = desk._replace(stamp=_stamp(desk.today, seed))
    rng = Random(f"chronic demo {seed}")
    protocol = desk.editions.on(desk.today)
    models, tellers = Models(desk.today, protocol), _Tellers(rng, desk.today, protocol)
    everyone = villagers(rng, desk.today, people, villages)
    while batch := list(islice(everyone, _BATCH)):
        fresh: list[_Resident] = []
        alike: list[tuple[Person, Kind]] = []
        for person in batch:
            kind = models.kind(person)
            if models.enough(kind):
                alike.append((person, kind))
            else:
                fresh.append(tellers.tell(person, kind))
        with immediate(desk.db):
            _enter(desk, fresh, rng, models)
            _repeat(desk, alike, rng, models)
        if done is not None:
            done(len(batch))
    with immediate(desk.db):
        settle(desk)
        close(desk)


def _check_replaceable(path: Path) -> None:
    """A demo nobody has open may be replaced, anything else may not."""
    if not path.exists():
        for log in copies.logs(path):
            raise ValueRefused("demo.not_demo", path=log)
        return
    try:
        with transactions.translated(path), closing(opening.opened(path)) as db:
            registry.recognised(db)  # of an earlier version it may be: its settings are read all the same
            is_demo = registry.settings(db).get("demo") == "yes"
    except RegistryUnusable as error:
        raise (error if error.code == "registry.locked" else ValueRefused("demo.not_demo", path=path)) from None
    if not is_demo:
        raise ValueRefused("demo.not_demo", path=path)
    if copies.logs(path):  # another program has it open and would write into the new file
        raise RegistryUnusable("registry.locked", path=path)


def _stamp(today: date, seed: int) -> Stamp:
    """The beginning of the business day (UTC+8), and uids that follow one another: random as usual they would
    scatter over the indexes of a large demo."""
    at = datetime.combine(today, _MIDNIGHT) - _CHINA
    rng, number = Random(f"chronic demo uid {seed}"), count()

    def random(size: int) -> bytes:
        return (next(number) << 40 | rng.getrandbits(40)).to_bytes(size, "big")

    text = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Stamp(text, int(at.timestamp() * 1000), DOCTOR, ORIGIN, random=random)


class _Tellers:
    """What happened to whom, dealt so that every kind of story comes as often as it should."""

    def __init__(self, rng: Random, today: date, protocol: Protocol) -> None:
        self._rng, self._today, self._protocol = rng, today, protocol
        self._kinds, self._fates = stories.dealt(rng, _MANAGED), stories.dealt(rng, stories.FATES)
        self._programmes, self._suspicions = stories.dealt(rng, stories.PROGRAMMES), stories.dealt(rng, stories.SUSPICIONS)

    def tell(self, person: Person, kind: Kind) -> _Resident:
        rng, today, protocol = self._rng, self._today, self._protocol
        if next(self._kinds) == "managed":
            story = stories.story(rng, today, protocol, next(self._fates), next(self._programmes))
            return _managed(rng, person, story, protocol, kind)
        return _screened(rng, today, person, next(self._suspicions), protocol, kind)


def _managed(rng: Random, person: Person, story: Story, protocol: Protocol, kind: Kind) -> _Resident:
    mine = habits(rng, person, story.programmes)
    visits = tuple(followup(rng, person, mine, step, protocol) for step in story.steps)
    began = story.enrolled_on
    wanted = tuple(Wanted(name, began, began - timedelta(days=rng.randint(0, 900))) for name in story.programmes)
    registered_on = began - timedelta(days=rng.choice((0, 0, rng.randint(1, 1000))))
    return _Resident(Given(person._replace(registered_on=registered_on), wanted), visits, story, kind)


def _screened(rng: Random, today: date, person: Person, why: str, protocol: Protocol, kind: Kind) -> _Resident:
    days = stories.suspicion(rng, today, why)
    visits = tuple(screening(rng, person, on, what, protocol) for on, what in days)
    registered_on = today - timedelta(days=rng.randint(400, 4000))
    return _Resident(Given(person._replace(registered_on=registered_on)), visits, Story((), today), kind)


def _enter(desk: Desk, batch: list[_Resident], rng: Random, models: Models) -> None:
    """People, their contacts, what became of their referrals, their plans, and who went away."""
    told: dict[int, _Resident] = {}
    seen: list[Visit] = []
    for resident in batch:
        entered = register.enter(desk, resident.given)
        assert entered.state == "added", entered
        told[entered.id] = resident
        seen += [visit._replace(person=entered.id) for visit in resident.visits]
    for recorded in record.record(desk, seen, typed=False):
        assert recorded.state == "added", recorded
    _answer(desk, [id_ for id_, resident in told.items() if resident.story.referred], rng)
    replan(desk, told)
    for id_, (given, _, story, kind) in told.items():
        if story.paused is not None:
            manage.pause(desk, id_, *story.paused)
        if story.ended is not None:
            register.close(desk, id_, *story.ended)
        closed_on, reason = story.ended or (None, None)
        models.add(kind, given.person._replace(id=id_, closed_on=closed_on, closed_reason=reason))


def _repeat(desk: Desk, batch: list[tuple[Person, Kind]], rng: Random, models: Models) -> None:
    """The others of the batch, each with the story of someone alike."""
    pairs = [models.like(rng, person, kind) for person, kind in batch]
    ids = people.add_all(desk.db, [person for person, _ in pairs], desk.stamp)
    twins.copy(desk.db, zip(ids, (model for _, model in pairs), strict=True), desk.stamp)


def _answer(desk: Desk, ids: list[int], rng: Random) -> None:
    """Hospitals and families reported on referrals some days after each; of the latest some are still open.

    Written before planning and for many people at once, where `care.refer.reply` would plan each anew every time.
    """
    for id_, history in histories.read(desk.db, ids):
        contacts = {contact.id: contact for contact in history.contacts}
        verdicts = assess(history, desk.editions).verdicts
        in_danger = verdicts[-1].refer == "emergency"  # and nothing has been heard since
        until = contacts[verdicts[-1].visit].on if in_danger else desk.today
        answered_on = date.min
        for contact in (contacts[verdict.visit] for verdict in verdicts if verdict.refer == "routine"):
            if contact.on <= answered_on:
                continue
            if desk.today - contact.on < _RECENT and rng.random() < _UNANSWERED:
                break
            for outcome in _outcomes(rng, contact, until):
                where = rng.choice(_HOSPITALS) if outcome.outcome != "not_arrived" else None
                referrals.add(desk.db, id_, outcome, Report(where), desk.stamp)
                answered_on = outcome.outcome_on


def _outcomes(rng: Random, contact: Contact, until: date) -> Iterator[Outcome]:
    """Seen there, or sent back; some went only when they were reminded."""
    on = contact.on + timedelta(days=rng.randint(4, 15))
    while on < until and rng.random() < _NOT_ARRIVED:
        yield Outcome(on, "not_arrived", answers=contact.uid)
        on += timedelta(days=rng.randint(3, 14))
    if on < until:
        yield Outcome(on, rng.choices(("seen", "returned"), (80, 20))[0], answers=contact.uid)
