"""Draws a plan: a row for each thing that takes its time or has its day, and a line for today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from indgang.plots.bars import MOST_BARS
from indgang.plots.frame import Shape, element, entry, picture, pixels, text_width, words
from indgang.plots.plot import TimelinePlot, TimelineRow

_THICK = 14.0
#: half the width of a diamond
_HALF = 7.0


@dataclass(frozen=True, slots=True)
class _DayScale:
    shape: Shape
    start: date
    end: date

    @property
    def left(self) -> float:
        return self.shape.names + 8.0 + _HALF

    @property
    def right(self) -> float:
        return self.shape.width - self.shape.text * 2.0

    def x(self, day: date) -> float:
        place = (day - self.start) / (self.end - self.start)
        return self.left + min(max(place, 0.0), 1.0) * (self.right - self.left)


def draw(plot: TimelinePlot, shape: Shape, *, key: str, nothing: str) -> str:
    """The picture. `nothing` is written where there are no rows."""
    scale = _DayScale(shape, plot.start, plot.end)
    step = _THICK + 12 + (0 if shape.names else shape.line)
    rows = plot.entries[:MOST_BARS]
    bottom = 8 + max(len(rows), 1) * step
    inside = list(_ticks(plot, scale, bottom))
    if not rows:
        inside.append(words(nothing, scale.left, 8 + _THICK, room=scale.right - scale.left, shape=shape))
    for number, each in enumerate(rows):
        inside += _row(each, 8 + number * step, scale)
    inside.append(element("path", "plot-target", d=f"M{pixels(scale.x(plot.today))} 2V{pixels(bottom)}"))
    height = bottom + 1.5 * shape.line
    for sample, name in _legend(plot):
        height += shape.line
        inside.append(entry(sample, name, height, shape))
    return picture(shape, height + shape.line / 2, key=key, title=plot.title, about=plot.about, inside=inside)


def _ticks(plot: TimelinePlot, scale: _DayScale, bottom: float) -> Iterator[str]:
    """A line for each named day; names that would overlap the one before are left out."""
    shape, taken = scale.shape, 0.0
    yield element("path", "plot-axis", d=f"M{pixels(scale.left)} {pixels(bottom)}H{pixels(scale.right)}")
    for day, name in plot.ticks:
        x, wide = scale.x(day), text_width(name, shape)
        yield element("path", "plot-grid", d=f"M{pixels(x)} 2V{pixels(bottom)}")
        if x - wide / 2 >= taken and x + wide / 2 <= shape.width:
            taken = x + wide / 2 + shape.text / 2
            yield words(name, x, bottom + shape.line, room=wide + shape.text, shape=shape, style="plot-soft",
                        anchor="middle")  # fmt: skip


def _row(row: TimelineRow, top: float, scale: _DayScale) -> Iterator[str]:
    shape = scale.shape
    if shape.names:
        yield words(row.name, shape.names, top + _THICK - 2, room=shape.names - 4.0, shape=shape, style="plot-label",
                    anchor="end")  # fmt: skip
    else:
        yield words(row.name, 4, top + shape.text, room=shape.width - 8.0, shape=shape, style="plot-label")
        top += shape.line
    style = "plot-bar" if row.is_done else "plot-baseline"
    if row.ends is None:
        return
    if row.starts is not None and row.starts < row.ends:
        begins, ends = scale.x(row.starts), scale.x(row.ends)
        yield element("rect", style, x=begins, y=top, width=max(ends - begins, 1.0), height=_THICK)
    if row.has_mark:
        yield _diamond(scale.x(row.ends), top + _THICK / 2, style)


def _diamond(x: float, y: float, style: str) -> str:
    corners = ((x, y - _HALF), (x + _HALF, y), (x, y + _HALF), (x - _HALF, y))
    return element("polygon", style, points=" ".join(f"{pixels(a)},{pixels(b)}" for a, b in corners))


def _legend(plot: TimelinePlot) -> Iterator[tuple[str, str]]:
    yield element("path", "plot-target", d="M4 -5h32"), plot.today_name
    yield element("rect", "plot-bar", x=4, y=-12, width=32, height=_THICK), plot.done_name
    if len(plot.entries) > MOST_BARS:
        yield "", f"… +{len(plot.entries) - MOST_BARS}"
