"""Pictures drawn by hand: where things stand in them."""

import re
from datetime import date
from typing import NamedTuple

from chronic.render import drawing
from chronic.render.drawing import Line

PLACES = [("11", "2025"), ("12", ""), ("1", "2026")]


class Trace(NamedTuple):
    name: str
    values: tuple[float | str | None, ...]
    below: tuple[float, ...]


def boxes(svg: str, kind: str) -> list[tuple[float, ...]]:
    """x, y, width and height of every rectangle of a kind, in per cent."""
    found = re.findall(rf'<rect class="{kind}" x="(.*?)%" y="(.*?)%" width="(.*?)%" height="(.*?)%"', svg)
    return [tuple(map(float, box)) for box in found]


def lines(svg: str, kind: str) -> list[tuple[float, ...]]:
    found = re.findall(rf'<line class="{kind}" x1="(.*?)%" y1="(.*?)%" x2="(.*?)%" y2="(.*?)%"', svg)
    return [tuple(map(float, line)) for line in found]


def test_a_line_stands_at_its_values_and_breaks_where_there_is_none() -> None:
    svg = drawing.chart(
        PLACES, [Line("a", [25, 75, 100], ["", "", ""]), Line("b", [10, None, 30], ["", "", ""])], 60, "said"
    )
    assert lines(svg, "line line0") == [(0, 75, 50, 25), (50, 25, 100, 0)]
    assert lines(svg, "line line1") == []
    assert lines(svg, "target") == [(0, 40, 100, 40)]
    assert re.findall(r'<svg x="([\d.]+)%" y="([\d.]+)%" class="mark mark1">', svg) == [
        ("0.00", "90.00"),
        ("100.00", "70.00"),
    ]


def test_the_parts_of_a_column_fill_it_from_below() -> None:
    svg = drawing.stack(PLACES, [[6, 3, 1], [0, 0, 0], [1, 0, 1]], "said", ["", "", ""])
    assert [(y, high) for _x, y, _wide, high in boxes(svg, "solid")] == [(40, 60), (50, 50)]
    assert [(y, high) for _x, y, _wide, high in boxes(svg, "slant")] == [(10, 30)]
    assert [(y, high) for _x, y, _wide, high in boxes(svg, "dots")] == [(0, 10), (0, 50)]


def test_a_bar_never_leaves_its_track() -> None:
    assert boxes(drawing.bar(0.25), "solid") == [(0, 0, 25, 100)]
    assert boxes(drawing.bar(1.7), "solid") == [(0, 0, 100, 100)]
    assert boxes(drawing.bar(0), "solid") == [(0, 0, 0, 100)]


def test_a_band_reaches_from_the_target_down_and_values_at_its_edge_touch_it() -> None:
    upper, lower = Trace("sbp", (140, 160), (140, 150)), Trace("dbp", (90, None), (90, 90))
    svg = drawing.trend([date(2026, 1, 2), date(2026, 2, 3)], [upper, lower], "said")
    (first, second), below = boxes(svg, "band band0"), boxes(svg, "band band1")
    assert (first[0], second[0], first[2]) == (0, 50, 50)
    assert first[1] > second[1]  # the second day's limit is higher
    assert [round(top + high, 2) for _x, top, _wide, high in (first, second)] == [round(box[1], 2) for box in below]
    one, other = re.findall(r'<svg x="([\d.]+)%" y="([\d.]+)%" class="mark mark0">', svg)
    assert (float(one[0]), float(one[1])) == (25, first[1])
    assert float(other[1]) < second[1]


def test_what_a_meter_cannot_tell_stands_beyond_every_number() -> None:
    days = [date(2026, month, 1) for month in range(1, 5)]
    svg = drawing.trend(days, [Trace("fpg", ("HI", 15.0, 4.4, "LO"), (7.0,) * 4)], "said")
    down = [float(y) for y in re.findall(r'<svg x="[\d.]+%" y="([\d.]+)%" class="mark mark0">', svg)]
    assert down == sorted(down)
    assert 0 < down[0] < down[1]
    assert down[2] < down[3] < 100
    assert ">HI</text>" in svg


def test_names_cannot_break_out_of_a_picture() -> None:
    svg = drawing.chart([("<b>", '"')], [Line("a", [50], ["<script>"])], None, '"><script>')
    assert "<script" not in svg
    assert "<b>" not in svg
