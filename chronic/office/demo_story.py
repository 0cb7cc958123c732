"""What happened to a made-up villager over the last year and a half: when they came, and how each visit turned out.

A story is told backwards from how it should stand today (late, due, in danger, away …), so that every doctor's
list shows everything there is to see. What a visit turned out to be becomes readings in `demo_visits`.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from chronic.model.codes import PROGRAMMES as ALL_PROGRAMMES
from chronic.model.days import add_months
from chronic.protocol import Interval, Protocol

FATES = {
    "danger_bp": 1, "danger_other": 1, "danger_low": 1, "never_seen": 5, "paused": 3, "died": 1, "moved": 1,
    "not_assessed": 1, "late_30": 26, "late_90": 13, "late_more": 7, "due_today": 5, "due_soon": 30, "due_later": 105,
}  # fmt: skip
"""How 200 managed people stand today."""
SUSPICIONS = {"never": 12, "normal": 18, "cleared": 2, "htn_1": 4, "htn_2": 2, "htn_3": 1, "dm_1": 1}
"""How 40 residents in no programme stand."""
PROGRAMMES = {"htn": 75, "htn dm": 12, "dm": 13}
LEVELS = {0.1: 55, 0.32: 30, 0.65: 15}
"""Chance of a high reading at a visit: how well people are looked after by themselves and their medicines."""

_WINDOW = 548  # days of history in the file
LONGEST = timedelta(days=_WINDOW + 120)
"""No contact is older: the window, and a visit that should have been within it."""
_LATE = {
    "late_30": (1, 30),
    "late_90": (31, 90),
    "late_more": (91, 260),
    "paused": (65, 200),
    "died": (1, 200),
    "moved": (1, 200),
}
_SOON = 14
_DANGERS = {"danger_bp": ("htn", "danger"), "danger_other": ("htn", "crisis"), "danger_low": ("dm", "low")}
_DANGER = 0.008  # of earlier visits
_NEW = 0.15  # enrolled not long ago
_AWAY = ("外出打工", "随子女外出居住", "电话停机, 家中无人", "住院治疗")


class Turn(NamedTuple):
    """How a visit turned out: for each programme ok, high, danger, crisis, low or missing; and a complaint."""

    result: dict[str, str]
    complaint: str | None = None

    @property
    def controlled(self) -> bool:
        return self.complaint is None and set(self.result.values()) == {"ok"}


class Step(NamedTuple):
    """A contact; without a turn it was a call. `next_on`: a date the doctor set."""

    on: date
    turn: Turn | None
    next_on: date | None = None


class Story(NamedTuple):
    """`programmes` is empty for a resident who is only screened. `ended`: (day, died or moved); `paused`: (day, reason).

    `referred`: a routine referral may have been opened.
    """

    programmes: tuple[str, ...]
    enrolled_on: date
    steps: tuple[Step, ...] = ()
    ended: tuple[date, str] | None = None
    paused: tuple[date, str] | None = None
    referred: bool = False


def dealt(rng: Random, cards: Mapping[str, int]) -> Iterator[str]:
    """Cards without end, each pack shuffled: shares come out nearly exact in a single village already."""
    while True:
        pack = [card for card, number in cards.items() for _ in range(number)]
        rng.shuffle(pack)
        yield from pack


def story(rng: Random, today: date, protocol: Protocol, fate: str, programmes: str) -> Story:
    """The story of one managed person, in these programmes and the one the fate is about."""
    mine = tuple(programmes.split())
    needed = _DANGERS[fate][0] if fate in _DANGERS else "dm" if fate == "not_assessed" else mine[0]
    mine = tuple(name for name in ALL_PROGRAMMES if name in (*mine, needed))
    if fate == "never_seen":
        return Story(mine, today - timedelta(days=rng.randint(1, 32)))
    level = rng.choices(list(LEVELS), list(LEVELS.values()))[0]
    last = _last(rng, today, protocol, fate, _turn(rng, mine, level))
    since_days = rng.randint(600, 4000)
    enrolled_on = (
        last.on - timedelta(days=rng.randint(0, 400)) if rng.random() < _NEW else today - timedelta(days=since_days)
    )
    enrolled_on = min(enrolled_on, last.on)
    earlier = _earlier(rng, protocol, last.on, max(enrolled_on, today - timedelta(days=_WINDOW)), (mine, level))
    steps = (*reversed(list(earlier)), last)
    referred = any(map(_refers, (None, *steps), steps))
    return _ending(rng, today, fate, Story(mine, enrolled_on, steps, referred=referred))


def suspicion(rng: Random, today: date, kind: str) -> list[tuple[date, str]]:
    """Screening days of someone in no programme, with ok, high (pressure) or sweet (glucose)."""
    if kind == "never":
        return []
    last = today - timedelta(days=rng.randint(1, 20 if "_" in kind else 360))
    if kind == "normal":
        return [(last, "ok")]
    programme, _, days = kind.partition("_")
    found = ["high", "ok"] if kind == "cleared" else [{"htn": "high", "dm": "sweet"}[programme]] * int(days)
    told = []
    for what in reversed(found):
        told.append((last, what))
        last -= timedelta(days=rng.randint(5, 18))
    return told[::-1]


def _turn(rng: Random, programmes: tuple[str, ...], level: float) -> Turn:
    complaint = rng.choices((None, "adverse_reaction", "complication"), (980, 14, 6))[0]
    return Turn({programme: "high" if rng.random() < level else "ok" for programme in programmes}, complaint)


def _earlier(rng: Random, protocol: Protocol, last: date, first: date, who: tuple[tuple[str, ...], float]) -> Iterator[Step]:
    """The visits before the last one, backwards; now and then a dangerous one, answered by the visit after it."""
    programmes, level = who
    day = last
    while True:
        turn = _turn(rng, programmes, level)
        if "htn" in programmes and rng.random() < _DANGER:
            turn = Turn(turn.result | {"htn": "crisis"})
        day -= _gap(rng, protocol, turn)
        if day < first:
            return
        yield Step(day, turn)


def _last(rng: Random, today: date, protocol: Protocol, fate: str, turn: Turn) -> Step:
    """The last face-to-face visit, set so that its next date stands where the fate wants it."""
    if fate in _DANGERS:
        programme, how = _DANGERS[fate]
        result = dict.fromkeys(turn.result, "ok") | {programme: how}
        return Step(today - timedelta(days=rng.randint(1, 8)), Turn(result))
    if fate == "not_assessed":
        return Step(today - timedelta(days=rng.randint(1, 5)), Turn(turn.result | {"dm": "missing"}))
    controlled = protocol.htn.followup.controlled
    if fate == "due_later":
        due = today + timedelta(days=rng.randint(_SOON + 1, (controlled.after(today) - today).days - 1))
        return Step(_before(due, controlled), Turn(dict.fromkeys(turn.result, "ok")))
    due = today + timedelta(days=_offset(rng, fate))
    if turn.controlled and fate == "due_soon" and rng.random() < 0.25:
        return Step(due - timedelta(days=rng.randint(20, 40)), turn, due)
    return Step(_before(due, controlled if turn.controlled else protocol.htn.followup.uncontrolled), turn)


def _offset(rng: Random, fate: str) -> int:
    if fate in _LATE:
        low, high = _LATE[fate]
        return -(low + int(rng.random() ** 1.5 * (high - low + 1)))
    return rng.randint(1, _SOON) if fate == "due_soon" else 0


def _gap(rng: Random, protocol: Protocol, turn: Turn) -> timedelta:
    """From a visit that turned out so to the next: mostly on time, sometimes late."""
    branches = protocol.htn.followup
    interval = branches.controlled if turn.controlled else branches.uncontrolled
    usual = (-14, 5) if turn.controlled else (-4, 3)
    slip = rng.choices((usual, (6, 25), (26, 75)), (72, 22, 6))[0]
    return timedelta(days=interval.months * 365 // 12 + interval.days + rng.randint(*slip))


def _refers(before: Step | None, now: Step) -> bool:
    """Twice in a row, or a complication: there may be a referral to answer."""
    if now.turn is None or now.turn.controlled:
        return False
    again = before is not None and before.turn is not None and not before.turn.controlled
    return again or now.turn.complaint is not None


def _ending(rng: Random, today: date, fate: str, told: Story) -> Story:
    """Calls to those who are late, and what took others away."""
    last = told.steps[-1].on
    if fate in ("died", "moved"):
        return told._replace(ended=(min(last + timedelta(days=rng.randint(5, 90)), today), fate))
    if fate == "paused":
        since = today - timedelta(days=rng.randint(2, 50))
        return told._replace(paused=(since, rng.choice(_AWAY)))
    if fate in ("late_90", "late_more") and rng.random() < 0.4:
        call = Step(today - timedelta(days=rng.randint(1, 25)), None)
        return told._replace(steps=(*told.steps, call))
    return told


def _before(due: date, interval: Interval) -> date:
    """The day whose next date this is."""
    return add_months(due, -interval.months) - timedelta(days=interval.days)
