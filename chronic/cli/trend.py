"""A picture that any console can draw: a person's pressure and glucose beside their targets.

One line a visit, oldest first. `|` marks the edges of the target band, `=` what lies inside it and `#` what lies
outside: plain ASCII, because old Chinese consoles draw block characters two cells wide.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from chronic.cli.session import Session
from chronic.i18n import _
from chronic.protocol import Editions
from chronic.reports import history
from chronic.rules import hypertension

_SHOWN = 8
_NARROW = 76  # columns; below them only the figures are shown
_BEYOND = {"HI": float("inf"), "LO": float("-inf")}


class Scale(NamedTuple):
    """What a bar shows: from, up to, and how much one character stands for."""

    low: int
    high: int
    step: int

    def cell(self, value: float) -> int:
        """The character a value falls into; beyond the ends, the last one."""
        inside = min(max(value, self.low), self.high - self.step)
        return int(inside - self.low) // self.step


PRESSURE, GLUCOSE = Scale(50, 200, 5), Scale(3, 18, 1)  # mmHg, mmol/L


def trend_lines(session: Session, person: int) -> Iterator[str]:
    """The latest readings as a picture; nothing before there are two of them."""
    seen = history.readings(session.db, person, _SHOWN)
    if len(seen) < 2:
        return
    editions = session.desk.editions
    from shutil import get_terminal_size

    drawn = get_terminal_size().columns >= _NARROW
    yield _heading(seen, editions)
    for reading in seen:
        yield _line(reading, editions, drawn).rstrip()


def pressure_bar(sbp: float | None, dbp: float | None, limits: tuple[int, int]) -> str:
    """From diastolic to systolic. `limits` are systolic, diastolic; a diastolic at its limit makes its end stand out."""
    high, low = limits
    known = [value for value in (dbp, sbp) if value is not None]
    ends = (min(known), max(known)) if known else None
    diastolic = PRESSURE.cell(dbp) if dbp is not None and dbp >= low else None
    return _bar(PRESSURE, ends, (low, high), lambda cell, start: start >= high or cell == diastolic)


def glucose_bar(value: float | None, limits: tuple[float, float]) -> str:
    """Up to the value. `limits`: dangerous at or below the first, not controlled at or above the second."""
    low, below = limits
    ends = None if value is None else (GLUCOSE.low, value)
    return _bar(GLUCOSE, ends, limits, lambda cell, start: start >= below or (value is not None and value <= low))


def _bar(
    scale: Scale, ends: tuple[float, float] | None, marks: tuple[float, float], outside: Callable[[int, int], bool]
) -> str:
    touched = range(scale.cell(ends[0]), scale.cell(ends[1]) + 1) if ends else range(0)
    drawn = []
    for cell, start in enumerate(range(*scale)):
        drawn += ["|" for mark in marks if start - scale.step < mark <= start]
        drawn.append(" " if cell not in touched else "#" if outside(cell, start) else "=")
    return "".join(drawn)


def _heading(seen: list[history.Reading], editions: Editions) -> str:
    latest = seen[-1]
    protocol = editions.on(latest.on)
    parts = [_("Pressure, target below {limit}").format(limit=hypertension.limit(latest.age, protocol))]
    if any(reading.fpg is not None for reading in seen):
        parts.append(_("fasting glucose, target below {limit}").format(limit=protocol.dm.target.fpg_below))
    return "; ".join(parts)


def _line(reading: history.Reading, editions: Editions, drawn: bool) -> str:
    """2026-08-20  168/98         |  #========|######        7.6  =|===|#"""
    protocol = editions.on(reading.on)
    sbp, dbp = ("-" if value is None else str(value) for value in (reading.sbp, reading.dbp))
    pressure = "" if reading.sbp is None and reading.dbp is None else f"{sbp}/{dbp}"
    sugar = "" if reading.fpg is None else f"{reading.fpg:g}" if isinstance(reading.fpg, float) else str(reading.fpg)
    value = None if reading.fpg is None else _BEYOND.get(sugar) or float(sugar)
    parts = [str(reading.on), f"{pressure:<7}"]
    parts += [pressure_bar(reading.sbp, reading.dbp, hypertension.limit(reading.age, protocol))] if drawn else []
    parts.append(f"{sugar:>4}")
    limits = (protocol.danger.glucose.at_or_below, protocol.dm.target.fpg_below)
    parts += [glucose_bar(value, limits)] if drawn and value is not None else []
    return "  ".join(parts)
