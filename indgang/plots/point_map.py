"""Draws a map of points by two measures, with the limits that divide it; the upward one grows by factors of ten."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indgang.plots.frame import Shape, element, picture, pixels, text_width, words
from indgang.plots.numbers import ValueUnit, written
from indgang.plots.plot import MapPoint, PointMark, PointPlot

_TOP, _RADIUS = 24.0, 5.0


@dataclass(frozen=True, slots=True)
class _MapArea:
    shape: Shape
    low: float
    high: float
    first: int
    last: int

    @property
    def bottom(self) -> float:
        return _TOP + self.tall

    @property
    def tall(self) -> float:
        return self.shape.tall * 1.7

    @property
    def left(self) -> float:
        return float(self.shape.left)

    @property
    def right(self) -> float:
        return self.shape.width - 14.0

    def x(self, value: float) -> float:
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)

    def y(self, value: float) -> float:
        place = (math.log10(max(value, 1.0)) - self.first) / (self.last - self.first)
        return self.bottom - place * self.tall


def draw(plot: PointPlot, shape: Shape, *, key: str, nothing: str) -> str:
    """The picture. `nothing` is written when there are no points."""
    across = [each.across for each in plot.points] or [0.0]
    up = max((each.up for each in plot.points), default=10.0)
    tens = math.ceil(math.log10(max(up, 10)))
    area = _MapArea(shape, math.floor(min(across)) - 0.5, math.ceil(max(across)) + 0.5, 0, tens)
    inside = [*_axes(plot, area), *_limits(plot, area), *_points(plot, area)]
    if not plot.points:
        inside.append(words(nothing, shape.width / 2, _TOP + area.tall / 2, room=shape.width - 20.0, shape=shape,
                            style="plot-soft", anchor="middle"))  # fmt: skip
    return picture(shape, area.bottom + 2.6 * shape.line, key=key, title=plot.title, about=plot.about, inside=inside)


def _axes(plot: PointPlot, area: _MapArea) -> Iterator[str]:
    shape = area.shape
    for power in range(area.first, area.last + 1):
        y = area.y(10.0**power)
        yield element("path", "plot-grid", d=f"M{pixels(area.left)} {pixels(y)}H{pixels(area.right)}")
        yield words(written(10.0**power, ValueUnit.COUNT), area.left - 6, y + shape.text / 3, room=area.left - 6,
                    shape=shape, style="plot-soft", anchor="end")  # fmt: skip
    for value in range(math.ceil(area.low), math.floor(area.high) + 1):
        yield words(str(value), area.x(value), area.bottom + shape.line, room=40, shape=shape, style="plot-soft",
                    anchor="middle")  # fmt: skip
    yield words(plot.up_name, 4, shape.text + 1.0, room=shape.width - 8.0, shape=shape, style="plot-soft")
    yield words(plot.across_name, area.right, area.bottom + 2.2 * shape.line, room=area.right, shape=shape,
                style="plot-soft", anchor="end")  # fmt: skip


def _limits(plot: PointPlot, area: _MapArea) -> Iterator[str]:
    """The lines that divide the map, and the words of its corners."""
    x, y = area.x(plot.across_limit), area.y(plot.up_limit)
    yield element("path", "plot-target", d=f"M{pixels(x)} {pixels(_TOP)}V{pixels(area.bottom)}")
    yield element("path", "plot-target", d=f"M{pixels(area.left)} {pixels(y)}H{pixels(area.right)}")
    low_small, high_small, low_large, high_large = plot.corners
    shape, top, bottom = area.shape, _TOP + area.shape.line, area.bottom - 8
    for text, place, height, anchor in (
        (low_large, area.left + 6, top, "start"), (high_large, area.right - 4, top, "end"),
        (low_small, area.left + 6, bottom, "start"), (high_small, area.right - 4, bottom, "end"),
    ):  # fmt: skip
        room = (x - area.left if anchor == "start" else area.right - x) - 10
        if text_width(text, shape) <= room:
            yield words(text, place, height, room=room, shape=shape, style="plot-label", anchor=anchor)


def _points(plot: PointPlot, area: _MapArea) -> Iterator[str]:
    """Points at the same place are drawn beside each other; large ones get their names where there is room."""
    there: dict[tuple[int, int], int] = {}
    placed = []
    for each in sorted(plot.points, key=lambda point: -point.up):
        x, y = area.x(each.across), area.y(each.up)
        cell = (round(x / 8), round(y / 8))
        there[cell] = there.get(cell, 0) + 1
        x += (there[cell] - 1) * 7.0 * (1 if there[cell] % 2 else -1)
        placed.append((each, x, y))
        yield _point(each, x, y)
    if area.shape.names:
        yield from _point_names(plot, placed, area)


def _point(point: MapPoint, x: float, y: float) -> str:
    match point.mark:
        case PointMark.CHANGED:
            return element("rect", "plot-bar", x=x - _RADIUS, y=y - _RADIUS, width=2 * _RADIUS, height=2 * _RADIUS)
        case PointMark.PROPOSED:
            return element("circle", "plot-ring", cx=x, cy=y, r=_RADIUS + 1)
    return element("circle", "plot-bar", cx=x, cy=y, r=_RADIUS)


def _point_names(plot: PointPlot, placed: Sequence[tuple[MapPoint, float, float]], area: _MapArea) -> Iterator[str]:
    """The names of points above the limit that cover no other point and no other name."""
    shape, taken = area.shape, list[tuple[float, float, float]]()
    for point, x, y in placed:
        width = text_width(point.name, shape)
        begin = x + 8 if x + 8 + width < area.right else x - 8 - width
        end = begin + width
        covers = any(begin - _RADIUS < px < end + _RADIUS and abs(py - y) < shape.text for _p, px, py in placed
                     if (px, py) != (x, y))  # fmt: skip
        crosses = any(abs(y - other) < shape.line and begin < last and end > first for first, last, other in taken)
        if (
            point.mark is not PointMark.PROPOSED
            and point.up >= plot.up_limit
            and not covers
            and not crosses
            and y > _TOP + 2 * shape.line
        ):
            taken.append((begin, end, y))
            yield words(point.name, begin, y + shape.text / 3, room=width + 4, shape=shape, style="plot-label")
