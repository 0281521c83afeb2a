"""Draws flows between columns of nodes (a Sankey): ribbons as thick as what flows, nodes with names and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indgang.plots.frame import Shape, element, picture, pixels, text_width, words
from indgang.plots.numbers import written
from indgang.plots.plot import SankeyNode, SankeyPlot

_NODE, _TOP = 12.0, 26.0


@dataclass(frozen=True, slots=True)
class _Placed:
    """A node in the picture: its left edge, its top and its height."""

    x: float
    top: float
    height: float


def draw(plot: SankeyPlot, shape: Shape, *, key: str, nothing: str) -> str:
    """The picture. `nothing` is written when nothing flows."""
    columns = plot.by_column()
    most = max((sum(map(plot.size, column)) for column in columns), default=0.0)
    if not most:
        middle, room = shape.width / 2, shape.width - 20.0
        said = words(nothing, middle, 34, room=room, shape=shape, style="plot-soft", anchor="middle")
        return picture(shape, 60, key=key, title=plot.title, about=plot.about, inside=[said])
    tall = max(shape.tall, max(map(len, columns)) * shape.line * 1.9)
    scale = (tall - max(map(len, columns)) * shape.line * 0.7) / most
    placed: dict[str, _Placed] = {}
    for place, column in enumerate(columns):
        placed |= _column(plot, column, _left(place, len(columns), shape), tall, scale, shape)
    inside = [*_ribbons(plot, placed, scale)]
    bottom = max(each.top + each.height for each in placed.values())
    for place, column in enumerate(columns):
        inside += _names(plot, column, placed, place, len(columns), shape)
    return picture(shape, bottom + shape.line, key=key, title=plot.title, about=plot.about, inside=inside)


def _left(place: int, columns: int, shape: Shape) -> float:
    return 4 + place * (shape.width - 8 - _NODE) / max(columns - 1, 1)


def _column(
    plot: SankeyPlot, column: Sequence[SankeyNode], x: float, tall: float, scale: float, shape: Shape
) -> Mapping[str, _Placed]:
    """Nodes below each other, each with room for its line of text."""
    heights = [max(plot.size(each) * scale, 1.0) for each in column]
    rooms = [max(height, shape.line * 0.95) for height in heights]
    free = max(tall - sum(rooms), 0.0) / max(len(column), 1)
    found, top = {}, _TOP
    for each, height, room in zip(column, heights, rooms, strict=True):
        found[each.code] = _Placed(x, top + (room - height) / 2, height)
        top += room + min(free, shape.line * 1.2)
    return found


def _ribbons(plot: SankeyPlot, placed: Mapping[str, _Placed], scale: float) -> Iterator[str]:
    """From each node downwards in the order of where they go."""
    order = {code: (place.x, place.top) for code, place in placed.items()}
    leaving, coming = dict.fromkeys(placed, 0.0), dict.fromkeys(placed, 0.0)
    flows = [each for each in plot.flows if each.value > 0]
    begins = {}
    for each in sorted(flows, key=lambda flow: (order[flow.start], order[flow.end])):
        begins[each] = leaving[each.start]
        leaving[each.start] += each.value * scale
    for each in sorted(flows, key=lambda flow: (order[flow.end], order[flow.start])):
        start, end = placed[each.start], placed[each.end]
        left, right = start.x + _NODE, end.x
        top, to = start.top + begins[each], end.top + coming[each.end]
        coming[each.end] += each.value * scale
        thick, middle = max(each.value * scale, 0.6), (left + right) / 2
        there = f"M{_at(left, top)}C{_at(middle, top)} {_at(middle, to)} {_at(right, to)}"
        back = f"V{pixels(to + thick)}C{_at(middle, to + thick)} {_at(middle, top + thick)} {_at(left, top + thick)}Z"
        yield element("path", "plot-flow", d=there + back)


def _at(x: float, y: float) -> str:
    return f"{pixels(x)} {pixels(y)}"


def _names(plot: SankeyPlot, column: Sequence[SankeyNode], placed: Mapping[str, _Placed], place: int, columns: int,
           shape: Shape) -> Iterator[str]:  # fmt: skip
    """The nodes of a column with their words: right of them, and left of those of the last column."""
    is_last = place == columns - 1
    before = _left(place - 1, columns, shape)
    beside_names = sorted(each.top + each.height / 2 for each in placed.values() if each.x == before)
    room = (shape.width - columns * _NODE) / max(columns - 1, 1) - 12
    x = _left(place, columns, shape)
    if place < len(plot.columns_named):
        anchor = "end" if is_last else "start"
        yield words(plot.columns_named[place], x + _NODE if is_last else x, shape.text + 2.0, room=room, shape=shape,
                    style="plot-soft", anchor=anchor)  # fmt: skip
    for each in column:
        node = placed[each.code]
        yield element("rect", "plot-bar", x=node.x, y=node.top, width=_NODE, height=node.height)
        whole = f"{each.name} {written(plot.size(each), plot.unit)}"
        # a number that is cut off would be read as another one
        said = whole if text_width(whole, shape) <= room else each.name
        middle = node.top + node.height / 2
        y = (_between(middle, beside_names) if is_last and not shape.names else middle) + shape.text / 3
        beside = node.x - 5 if is_last else node.x + _NODE + 5
        yield words(said, beside, y, room=room, shape=shape, style="plot-label", anchor="end" if is_last else "start")


def _between(wanted: float, others: Sequence[float]) -> float:
    """The height nearest to the wanted one that lies half-way between the names of the column before."""
    halves = [(a + b) / 2 for a, b in pairwise(others)]
    return min(halves, key=lambda each: abs(each - wanted), default=wanted)
