"""A made-up village to try things on: a registry filled through the same door as every other.

The same number of people, seed and day give the same rows, uids and instants included. Nothing is dated after
the day asked for, and everything is recorded as of that day's beginning, so what is typed afterwards is later.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
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
from chronic.model.visit import Contact, Visit
from chronic.office import demo_story as stories
from chronic.office.demo_people import DOCTOR, villagers
from chronic.office.demo_story import Story
from chronic.office.demo_visits import followup, habits, screening
from chronic.protocol import DEFAULT, Protocol, load
from chronic.rules.assessment import assess
from chronic.store import editions, histories, referrals, registry
from chronic.store.registry import immediate
from chronic.store.stamp import Stamp

ORIGIN = "demo"
_NAME, _AREA = "下各村卫生室 (演示)", "331024106200"
_MANAGED = {"managed": 17, "resident": 3}
_BATCH = 500  # people in a transaction
_RECENT = timedelta(days=45)
_UNANSWERED = 0.4
_NOT_ARRIVED = 0.12
_HOSPITALS = ("仙居县人民医院", "仙居县中医院", "中心卫生院")
_MIDNIGHT = time(tzinfo=UTC)
_CHINA = timedelta(hours=8)


class _Resident(NamedTuple):
    """One person to enter: what the register says, the contacts, and what else happened."""

    given: Given
    visits: tuple[Visit, ...]
    story: Story


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
            with registry.translated(part):
                fill(Desk(db, today, editions.read(db), stamp), people, seed, done)
        finally:
            db.close()
        _check_replaceable(path)
        part.replace(path)
    except OSError as error:
        raise ValueRefused("registry.folder", path=path, problem=error.strerror or error) from None
    finally:
        for leftover in (part, *_logs(part)):
            with suppress(OSError):
                leftover.unlink(missing_ok=True)


def fill(desk: Desk, people: int, seed: int, done: Callable[[int], None] | None = None) -> None:
    """Enter so many made-up residents with their histories. `done` is told how many were entered since last time."""
    desk = desk._replace(stamp=_stamp(desk.today, seed))
    rng = Random(f"chronic demo {seed}")
    batch: list[_Resident] = []
    for resident in _residents(rng, desk, people):
        batch.append(resident)
        if len(batch) == _BATCH:
            _enter(desk, batch, rng)
            if done is not None:
                done(len(batch))
            batch = []
    _enter(desk, batch, rng)
    if done is not None:
        done(len(batch))


def _check_replaceable(path: Path) -> None:
    """A demo nobody has open may be replaced, anything else may not."""
    if not path.exists():
        return
    try:
        db = registry.connect(path)
    except RegistryUnusable as error:
        raise (error if error.code == "registry.locked" else ValueRefused("demo.not_demo", path=path)) from None
    try:
        is_demo = registry.settings(db).get("demo") == "yes"
    finally:
        db.close()
    if not is_demo:
        raise ValueRefused("demo.not_demo", path=path)
    if any(log.exists() for log in _logs(path)):  # another program has it open and would write into the new file
        raise RegistryUnusable("registry.locked", path=path)


def _logs(path: Path) -> tuple[Path, Path]:
    return Path(f"{path}-wal"), Path(f"{path}-shm")


def _stamp(today: date, seed: int) -> Stamp:
    """The beginning of the business day (UTC+8), and uids that follow one another: random as usual they would
    scatter over the indexes of a large demo."""
    at = datetime.combine(today, _MIDNIGHT) - _CHINA
    rng, number = Random(f"chronic demo uid {seed}"), count()

    def random(size: int) -> bytes:
        return (next(number) << 40 | rng.getrandbits(40)).to_bytes(size, "big")

    text = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Stamp(text, int(at.timestamp() * 1000), DOCTOR, ORIGIN, random=random)


def _residents(rng: Random, desk: Desk, people: int) -> Iterator[_Resident]:
    protocol = desk.editions.on(desk.today)
    kinds, fates = stories.dealt(rng, _MANAGED), stories.dealt(rng, stories.FATES)
    programmes, suspicions = stories.dealt(rng, stories.PROGRAMMES), stories.dealt(rng, stories.SUSPICIONS)
    for person in villagers(rng, desk.today, people):
        if next(kinds) == "managed":
            story = stories.story(rng, desk.today, protocol, next(fates), next(programmes))
            yield _managed(rng, person, story, protocol)
        else:
            yield _screened(rng, desk.today, person, next(suspicions), protocol)


def _managed(rng: Random, person: Person, story: Story, protocol: Protocol) -> _Resident:
    mine = habits(rng, person, story.programmes)
    visits = tuple(followup(rng, person, mine, step, protocol) for step in story.steps)
    began = story.enrolled_on
    wanted = tuple(Wanted(name, began, began - timedelta(days=rng.randint(0, 900))) for name in story.programmes)
    registered_on = began - timedelta(days=rng.choice((0, 0, rng.randint(1, 1000))))
    return _Resident(Given(person._replace(registered_on=registered_on), wanted), visits, story)


def _screened(rng: Random, today: date, person: Person, kind: str, protocol: Protocol) -> _Resident:
    days = stories.suspicion(rng, today, kind)
    visits = tuple(screening(rng, person, on, what, protocol) for on, what in days)
    return _Resident(
        Given(person._replace(registered_on=today - timedelta(days=rng.randint(400, 4000)))), visits, Story((), today)
    )


def _enter(desk: Desk, batch: list[_Resident], rng: Random) -> None:
    """One transaction: people, their contacts, what became of their referrals, their plans, and who went away."""
    with immediate(desk.db):
        told: dict[int, Story] = {}
        seen: list[Visit] = []
        for resident in batch:
            entered = register.enter(desk, resident.given)
            assert entered.state == "added", entered
            told[entered.id] = resident.story
            seen += [visit._replace(person=entered.id) for visit in resident.visits]
        for recorded in record.record(desk, seen, typed=False):
            assert recorded.state == "added", recorded
        _answer(desk, [id_ for id_, story in told.items() if story.referred], rng)
        replan(desk, told)
        for id_, story in told.items():
            if story.paused is not None:
                manage.pause(desk, id_, *story.paused)
            if story.ended is not None:
                register.close(desk, id_, *story.ended)


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
                referrals.add(desk.db, id_, outcome, (where, None, None), desk.stamp)
                answered_on = outcome.outcome_on


def _outcomes(rng: Random, contact: Contact, until: date) -> Iterator[Outcome]:
    """Seen there, or sent back; some went only when they were reminded."""
    on = contact.on + timedelta(days=rng.randint(4, 15))
    while on < until and rng.random() < _NOT_ARRIVED:
        yield Outcome(on, "not_arrived", answers=contact.uid)
        on += timedelta(days=rng.randint(3, 14))
    if on < until:
        yield Outcome(on, rng.choices(("seen", "returned"), (80, 20))[0], answers=contact.uid)
