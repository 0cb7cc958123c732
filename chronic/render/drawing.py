"""Pictures as inline SVG, drawn by hand: no script, no library, nothing fetched.

Places are per cent of the picture, sizes of letters and marks are pixels: a picture gets narrower with its page and its
letters do not. What differs differs by shape, dash or hatching as well as by colour, so that a copier shows it. Each has
its summary for who cannot see it; its numbers stand in a table beside it.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple, Protocol

from markupsafe import Markup

HEIGHT, TREND = 150, 104
"""Of a plot over months, and of a person's readings, in pixels."""
_WHOLE = 100.0
EDGES = {"HI": 12.0, "LO": 88.0}
"""Where a reading beyond its meter stands: beyond every number, inside the picture."""
_MARK = 3.4
_GRID = (0, 25, 50, 75, 100)
MARKS = ("circle", "square", "diamond")
"""How the points of the first, second and third line look; each line has its own dash too (in the style sheet)."""
HATCHES = ("solid", "slant", "dots", "lines", "blank")
"""How the parts of a stack are filled, from below."""


class Line(NamedTuple):
    """One line of a chart: per cent at each place, None where there is none. `said`: each value as it is read out."""

    name: str
    values: Sequence[float | None]
    said: Sequence[str]


def chart(places: Sequence[tuple[str, str]], lines: Sequence[Line], target: float | None, summary: str) -> Markup:
    """Lines over 0 to 100 %. `places`: what stands under each place, in two lines."""
    parts = [*_grid(), *_under(places, [_at(place, len(places)) for place in range(len(places))])]
    if target is not None:
        parts.append(_line(0, _WHOLE - target, _WHOLE, _WHOLE - target, "target"))
    for number, line in enumerate(lines):
        parts += _drawn(line, number, len(places))
    return _svg(parts, summary, HEIGHT)


def stack(places: Sequence[tuple[str, str]], columns: Sequence[Sequence[int]], summary: str, said: Sequence[str]) -> Markup:
    """Columns of parts that sum to 100 %, the first part at the bottom; nothing where there is nobody."""
    wide = _WHOLE / len(columns)
    parts = [*_grid(), *_under(places, [wide * (place + 0.5) for place in range(len(columns))])]
    for place, (column, words) in enumerate(zip(columns, said, strict=True)):
        total, below = sum(column), 0
        shapes = []
        for number, part in enumerate(column):
            if part:
                top = _WHOLE - _WHOLE * (below + part) / total
                shapes.append(_box(wide * (place + 0.12), top, wide * 0.76, _WHOLE * part / total, HATCHES[number]))
            below += part
        parts.append(Markup("<g>{}<title>{}</title></g>").format(Markup("").join(shapes), words))
    return _svg(parts, summary, HEIGHT)


class Trace(Protocol):
    """A measure over readings (`reports.patient_card.Trace`)."""

    @property
    def name(self) -> str: ...
    @property
    def values(self) -> Sequence[float | str | None]: ...
    @property
    def below(self) -> Sequence[float]: ...


class Trend(Protocol):
    """The latest readings beside their targets (`reports.patient_card.Trend`)."""

    @property
    def title(self) -> str: ...
    @property
    def note(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def days(self) -> Sequence[date]: ...
    @property
    def traces(self) -> Sequence[Trace]: ...


def trend(days: Sequence[date], traces: Sequence[Trace], summary: str) -> Markup:
    """Readings of one unit with what each of them should lie below: a shaded band that ends in a broken line.

    The first trace is the upper one. HI and LO stand near the edge of the picture.
    """
    low, high = span(traces)

    def down(value: float | str) -> float:
        if isinstance(value, str):
            return EDGES[value]
        return _WHOLE * (high - value) / (high - low)

    wide = _WHOLE / len(days)
    middles = [wide * (place + 0.5) for place in range(len(days))]
    parts: list[Markup] = []
    for number, trace in enumerate(traces):
        floors = traces[number + 1].below if number + 1 < len(traces) else [low] * len(days)
        for place, (below, floor) in enumerate(zip(trace.below, floors, strict=True)):
            top = down(below)
            parts.append(_box(wide * place, top, wide, down(floor) - top, f"band band{number}"))
            parts.append(_line(wide * place, top, wide * (place + 1), top, "target"))
    for number, trace in enumerate(traces):
        known = [(x, down(v), v, at) for at, (x, v) in enumerate(zip(middles, trace.values, strict=True)) if v is not None]
        for (x, y, _, at), (next_x, next_y, _, following) in pairwise(known):
            if following == at + 1:
                parts.append(_line(x, y, next_x, next_y, f"line line{number}"))
        for x, y, value, _ in known:
            parts.append(_mark(x, y, number, ""))
            away = 15 if number else -7
            text = value if isinstance(value, str) else f"{value:g}"
            parts.append(Markup('<text class="value" x="{:.2f}%" y="{:.2f}%" dy="{}">{}</text>').format(x, y, away, text))
        last = down(trace.below[-1])
        parts.append(Markup('<text class="limit" x="100%" y="{:.2f}%" dx="4" dy="4">&lt;{:g}</text>').format(
            last, trace.below[-1]))  # fmt: skip
    years = [str(day.year) if not at or day.year != days[at - 1].year else "" for at, day in enumerate(days)]
    names = [(f"{day:%m-%d}", year) for day, year in zip(days, years, strict=True)]
    return _svg([*parts, *_under(names, middles, TREND)], summary, TREND, "plot trend")


def span(traces: Sequence[Trace]) -> tuple[float, float]:
    """What the picture reaches from and to: all values and targets, and room for their numbers."""
    known = [value for trace in traces for value in (*trace.values, *trace.below) if isinstance(value, int | float)]
    room = (max(known) - min(known) or 1) * 0.22
    return min(known) - room, max(known) + room


def bar(share: float, hatch: str = HATCHES[0], target: float | None = None) -> Markup:
    """A lying bar of this share (0 to 1) with a tick at its target; its number stands beside it, so it is not read out."""
    parts = [Markup('<rect class="track" width="100%" height="100%"/>')]
    parts.append(_box(0, 0, _WHOLE * min(max(share, 0), 1), _WHOLE, hatch))
    if target is not None:
        parts.append(_line(target, -20, target, 120, "tick"))
    return Markup('<svg class="bar" aria-hidden="true" focusable="false">{}</svg>').format(Markup("").join(parts))


def swatch(hatch: str) -> Markup:
    """A piece of a hatching for a legend."""
    return Markup('<svg class="swatch" aria-hidden="true" focusable="false">{}</svg>').format(
        _box(0, 0, _WHOLE, _WHOLE, hatch)
    )


def key(number: int) -> Markup:
    """A piece of a line for a legend."""
    parts = (_line(0, 50, _WHOLE, 50, f"line line{number}"), _mark(50, 50, number, ""))
    return Markup('<svg class="key" aria-hidden="true" focusable="false">{}</svg>').format(Markup("").join(parts))


def target_key() -> Markup:
    return Markup('<svg class="key" aria-hidden="true" focusable="false">{}</svg>').format(
        _line(0, 50, _WHOLE, 50, "target")
    )


def patterns() -> Markup:
    """The hatchings, once a page; CSS names them."""
    return _PATTERNS


def _at(place: int, places: int) -> float:
    return _WHOLE * place / max(places - 1, 1)


def _grid() -> Iterator[Markup]:
    for level in _GRID:
        yield _line(0, _WHOLE - level, _WHOLE, _WHOLE - level, "axis" if not level else "grid")
        if level % 50 == 0:
            yield Markup('<text class="level" x="-6" y="{}%" dy="4">{}</text>').format(_WHOLE - level, level)


def _under(places: Sequence[tuple[str, str]], at: Sequence[float], high: int = HEIGHT) -> Iterator[Markup]:
    for (first, second), x in zip(places, at, strict=True):
        yield Markup('<text class="place" x="{:.2f}%" y="{}">{}</text>').format(x, high + 15, first)
        if second:
            yield Markup('<text class="place year" x="{:.2f}%" y="{}">{}</text>').format(x, high + 29, second)


def _drawn(line: Line, number: int, places: int) -> Iterator[Markup]:
    known = [(_at(place, places), _WHOLE - value, place) for place, value in enumerate(line.values) if value is not None]
    for (x, y, place), (next_x, next_y, following) in pairwise(known):
        if following == place + 1:
            yield _line(x, y, next_x, next_y, f"line line{number}")
    for x, y, place in known:
        yield _mark(x, y, number, line.said[place])


def _mark(x: float, y: float, number: int, said: str) -> Markup:
    """A point. Its nested picture begins where it stands, so that its shape can be in pixels."""
    shapes = {
        "circle": Markup('<circle r="{}"/>').format(_MARK),
        "square": Markup('<rect x="{0}" y="{0}" width="{1}" height="{1}"/>').format(-_MARK, 2 * _MARK),
        "diamond": Markup('<path d="M0 -{0}L{0} 0L0 {0}L-{0} 0Z"/>').format(_MARK * 1.35),
    }
    title = Markup("<title>{}</title>").format(said) if said else Markup("")
    return Markup('<svg x="{:.2f}%" y="{:.2f}%" class="mark mark{}">{}{}</svg>').format(
        x, y, number, shapes[MARKS[number]], title
    )


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    return Markup('<line class="{}" x1="{:.2f}%" y1="{:.2f}%" x2="{:.2f}%" y2="{:.2f}%"/>').format(kind, x1, y1, x2, y2)


def _box(x: float, y: float, wide: float, high: float, hatch: str) -> Markup:
    return Markup('<rect class="{}" x="{:.2f}%" y="{:.2f}%" width="{:.2f}%" height="{:.2f}%"/>').format(
        hatch, x, y, wide, high
    )


def _svg(parts: Sequence[Markup], summary: str, high: int, kind: str = "plot") -> Markup:
    inner = Markup("").join(parts)
    return Markup('<svg class="{}" role="img" aria-label="{}" height="{}" focusable="false">{}</svg>').format(
        kind, summary, high, inner
    )


_PATTERNS = Markup("""<svg width="0" height="0" aria-hidden="true" focusable="false" class="patterns"><defs>
<pattern id="slant" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect class="ground" width="6" height="6"/><rect class="stroke" width="2.2" height="6"/></pattern>
<pattern id="dots" width="6" height="6" patternUnits="userSpaceOnUse">
<rect class="ground" width="6" height="6"/><circle class="stroke" cx="3" cy="3" r="1.3"/></pattern>
<pattern id="lines" width="5" height="5" patternUnits="userSpaceOnUse">
<rect class="ground" width="5" height="5"/><rect class="stroke" width="5" height="1.2"/></pattern>
</defs></svg>""")
