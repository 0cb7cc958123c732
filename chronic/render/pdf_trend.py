"""A person's readings beside their targets, drawn in a PDF as `drawing.trend` draws them on a page."""

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from chronic.render.drawing import EDGES, Trend, span

if TYPE_CHECKING:
    from fpdf import FPDF

Put = Callable[[str, float, float, float], None]
"""Sets a text centred in a place: its left edge, its top and its width."""

PLOT, DAYS = 24.0, 6.0
"""How high the picture is, and the days under it, in mm."""
_LIMIT = 9.0  # room for the target's number at the right
_MARK, _ABOVE, _BELOW = 0.8, 4.0, 1.0
_BANDS = (222, 238)
_BLACK = (17, 17, 17)


def draw(document: "FPDF", put: Put, trend: Trend, x: float, top: float, width: float) -> None:
    """Bands that end in a broken line at the target, the readings on them, and the days below."""
    low, high = span(trend.traces)
    wide = (width - _LIMIT) / len(trend.days)

    def down(value: float | str) -> float:
        share = EDGES[value] / 100 if isinstance(value, str) else (high - value) / (high - low)
        return top + PLOT * share

    document.set_draw_color(*_BLACK)
    for number, trace in enumerate(trend.traces):
        floors = trend.traces[number + 1].below if number + 1 < len(trend.traces) else [low] * len(trend.days)
        document.set_fill_color(_BANDS[number])
        for place, (below, floor) in enumerate(zip(trace.below, floors, strict=True)):
            document.rect(x + wide * place, down(below), wide, down(floor) - down(below), style="F")
    document.set_line_width(0.2)
    document.set_dash_pattern(dash=1, gap=0.8)
    for trace in trend.traces:
        for place, below in enumerate(trace.below):
            document.line(x + wide * place, down(below), x + wide * (place + 1), down(below))
    document.set_dash_pattern()
    for number, trace in enumerate(trend.traces):
        known = [(x + wide * (place + 0.5), value, place) for place, value in enumerate(trace.values) if value is not None]
        document.set_line_width(0.35)
        for (left, value, place), (right, following, after) in pairwise(known):
            if after == place + 1:
                document.line(left, down(value), right, down(following))
        document.set_fill_color(*(_BLACK if not number else (255, 255, 255)))
        for middle, value, _ in known:
            document.ellipse(middle - _MARK, down(value) - _MARK, 2 * _MARK, 2 * _MARK, style="DF")
            text = value if isinstance(value, str) else f"{value:g}"
            put(text, middle - wide / 2, down(value) + (_BELOW if number else -_ABOVE), wide)
        put(f"<{trace.below[-1]:g}", x + width - _LIMIT, down(trace.below[-1]) - 1.4, _LIMIT)
    for place, day in enumerate(trend.days):
        new_year = not place or day.year != trend.days[place - 1].year
        put(f"{day:%m-%d}", x + wide * place, top + PLOT + 0.5, wide)
        if new_year:
            put(str(day.year), x + wide * place, top + PLOT + 3.2, wide)
