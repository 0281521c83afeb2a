"""Draws when something was: a lane for each kind, with a bar from the start to the end of each span."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from indgang.plots.frame import Shape, element, picture, pixels, text_width, words
from indgang.plots.plot import PlotLane, PlotSpan, SpanPlot

#: bars of one lane that are drawn apart; the table has all
MOST_SPANS = 2_000
_THICK = 16.0
#: a shorter span would not be seen
_THINNEST = 1.0


@dataclass(frozen=True, slots=True)
class _TimeScale:
    shape: Shape
    start: datetime
    end: datetime

    @property
    def left(self) -> float:
        return self.shape.names + 8.0

    @property
    def right(self) -> float:
        return self.shape.width - self.shape.text * 2.0

    def x(self, at: datetime) -> float:
        place = (at - self.start) / (self.end - self.start)
        return self.left + min(max(place, 0.0), 1.0) * (self.right - self.left)


def draw(plot: SpanPlot, shape: Shape, *, key: str, nothing: str) -> str:
    """The picture. `nothing` is written where there are no lanes."""
    scale = _TimeScale(shape, plot.start, plot.end)
    step = _THICK + 12 + (0 if shape.names else shape.line)
    bottom = 8 + max(len(plot.lanes), 1) * step
    inside = list(_hours(plot, scale, bottom))
    if not plot.lanes:
        inside.append(words(nothing, scale.left, 8 + _THICK, room=scale.right - scale.left, shape=shape))
    for row, lane in enumerate(plot.lanes):
        inside += _lane(lane, 8 + row * step, scale)
    height = bottom + shape.line * 1.5
    return picture(shape, height, key=key, title=plot.title, about=plot.about, inside=inside)


def _hours(plot: SpanPlot, scale: _TimeScale, bottom: float) -> Iterator[str]:
    """A line for each named moment; names that would overlap the one before are left out."""
    shape, taken = scale.shape, -scale.shape.text / 2.0
    yield element("path", "plot-axis", d=f"M{pixels(scale.left)} {pixels(bottom)}H{pixels(scale.right)}")
    for at, name in plot.ticks:
        x, wide = scale.x(at), text_width(name, shape)
        yield element("path", "plot-grid", d=f"M{pixels(x)} 2V{pixels(bottom)}")
        if x - wide / 2 >= taken + shape.text / 2 and x + wide / 2 <= shape.width:
            taken = x + wide / 2
            yield words(name, x, bottom + shape.line, room=wide + shape.text, shape=shape, style="plot-soft",
                        anchor="middle")  # fmt: skip


def _lane(lane: PlotLane, top: float, scale: _TimeScale) -> Iterator[str]:
    shape = scale.shape
    if shape.names:
        yield words(lane.name, shape.names, top + _THICK - 3, room=shape.names - 4.0, shape=shape,
                    style="plot-label", anchor="end")  # fmt: skip
    else:
        yield words(lane.name, 4, top + shape.text, room=shape.width - 8.0, shape=shape, style="plot-label")
        top += shape.line
    for span in lane.spans[:MOST_SPANS]:
        yield _bar(span, "plot-bar" if lane.is_strong else "plot-baseline", top, scale)


def _bar(span: PlotSpan, style: str, top: float, scale: _TimeScale) -> str:
    begins, ends = scale.x(span.start), scale.x(span.end)
    wide = max(ends - begins, _THINNEST)
    return element("rect", style, x=min(begins, scale.right - wide), y=top, width=wide, height=_THICK)
