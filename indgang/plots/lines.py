"""Draws series over time, with targets, baseline, control limits and happenings in the same picture."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indgang.plots import thinning
from indgang.plots.frame import Shape, element, entry, picture, pixels, text_width, words
from indgang.plots.numbers import between, ticks, written
from indgang.plots.plot import Band, PlotRange, PlotTarget, TimePlot

#: lines that the eye can tell apart
MOST_SERIES = 6
#: happenings that are drawn; all of them stand below the table
MOST_HAPPENINGS = 12
#: up to so many points, each has a mark
_MOST_MARKS = 62
_DASHES = ("none", "7 3", "3 3", "10 3 2 3", "14 4", "1 4")
#: marks of the series: circle, square, diamond, triangle up, triangle down, cross
_MARKS = (
    "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0", "m-4 -4h8v8h-8z", "m0 -5l5 5l-5 5l-5 -5z", "m0 -5l5 9h-10z",
    "m0 5l5 -9h-10z", "m-4 -4l8 8m0 -8l-8 8",
)  # fmt: skip
_TOP = 22.0


@dataclass(frozen=True, slots=True)
class Area:
    """Where values lie: from days and values to pixels."""

    shape: Shape
    first: float
    last: float
    ticks: Sequence[float]

    @property
    def bottom(self) -> float:
        return _TOP + self.shape.tall

    @property
    def right(self) -> float:
        return float(self.shape.width - self.shape.right)

    def x(self, position: float) -> float:
        left = float(self.shape.left)
        if self.first == self.last:
            return (left + self.right) / 2
        return left + (position - self.first) / (self.last - self.first) * (self.right - left)

    def y(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return self.bottom - (value - low) / (high - low) * self.shape.tall


def draw(plot: TimePlot, shape: Shape, *, key: str, nothing: str) -> str:
    """The picture. `nothing` is written where no number is known."""
    if len(plot.series) > MOST_SERIES:
        raise ValueError(f"more than {MOST_SERIES} lines cannot be told apart")
    values = list(_values(plot))
    inside: list[str] = []
    bottom = _TOP + shape.tall
    if plot.moments and values:
        positions = [each.position for each in plot.moments]
        area = Area(shape, positions[0], positions[-1], ticks(min(values), max(values), plot.unit))
        inside = [*_axes(plot, area), *_expected(plot, area), *_series(plot, area), *_ends(plot, area)]
        bottom = area.bottom + shape.line
        if not any(value is not None for each in plot.series for value in each.values):
            inside.append(_nothing(shape, nothing))
    else:
        inside.append(_nothing(shape, nothing))
    legend = list(_legend(plot, shape))
    inside += [entry(sample, name, bottom + row * shape.line, shape) for row, (sample, name) in enumerate(legend, 1)]
    height = bottom + len(legend) * shape.line + shape.line / 2
    return picture(shape, height, key=key, title=plot.title, about=plot.about, inside=inside)


def _values(plot: TimePlot) -> Iterator[float]:
    """Everything that the axis must hold."""
    for series in plot.series:
        yield from (value for value in series.values if value is not None)
    for each in plot.ranges:
        yield from (value for side in (each.low, each.high) for value in side if value is not None)
    yield from (each.value for each in plot.targets)
    for band in (plot.baseline, plot.limits):
        if band:
            yield from (band.low, band.high)


def _nothing(shape: Shape, nothing: str) -> str:
    middle = shape.width / 2
    return words(
        nothing, middle, _TOP + shape.tall / 2, room=shape.width - 20, shape=shape, style="plot-soft", anchor="middle"
    )


def _axes(plot: TimePlot, area: Area) -> Iterator[str]:
    shape = area.shape
    for tick in area.ticks:
        y = area.y(tick)
        yield element("path", "plot-grid", d=f"M{shape.left} {pixels(y)}H{pixels(area.right)}")
        yield words(
            written(tick, plot.unit), shape.left - 8.0, y + shape.text / 3, room=shape.left - 8.0, shape=shape,
            style="plot-soft", anchor="end",
        )  # fmt: skip
    yield element("path", "plot-axis", d=f"M{shape.left} {pixels(area.bottom)}H{pixels(area.right)}")
    yield from _moments(plot, area)


def _moments(plot: TimePlot, area: Area) -> Iterator[str]:
    """The names of moments below the axis: the last, and from the first as many as do not touch each other."""
    shape = area.shape
    widest = min(max(text_width(each.name, shape) for each in plot.moments) + 14, shape.width / 2)
    stride = math.ceil(len(plot.moments) / max((area.right - shape.left) // widest, 1))
    free_until = _room_for(plot.moments[-1].name, area.x(plot.moments[-1].position), shape)[0] - 14
    after = -math.inf
    for index, moment in enumerate(plot.moments):
        x = area.x(moment.position)
        begin, end = _room_for(moment.name, x, shape)
        is_last = index == len(plot.moments) - 1
        if is_last or (index % stride == 0 and begin >= after and end <= free_until):
            yield element("path", "plot-axis", d=f"M{pixels(x)} {pixels(area.bottom)}v5")
            yield words(
                moment.name, (begin + end) / 2, area.bottom + shape.text + 7, room=end - begin + 1, shape=shape,
                style="plot-soft", anchor="middle",
            )  # fmt: skip
            after = end + 14


def _room_for(name: str, x: float, shape: Shape) -> tuple[float, float]:
    """Where a name centred at `x` begins and ends, moved into the picture."""
    width = min(text_width(name, shape), shape.width / 2)
    begin = min(max(x - width / 2, 1.0), shape.width - width - 1.0)
    return begin, begin + width


def _expected(plot: TimePlot, area: Area) -> Iterator[str]:
    """Bands, ranges, targets and happenings, behind the series."""
    for number, shown in enumerate(plot.ranges):
        yield from _range(plot, shown, f"plot-range-{number}", area)
    for band, style in ((plot.baseline, "plot-baseline"), (plot.limits, "plot-limits")):
        if band:
            yield _band(band, style, area)
    for target in plot.targets:
        ends = _target_ends(target, area)
        if ends:
            d = f"M{pixels(ends[0])} {pixels(area.y(target.value))}H{pixels(ends[1])}"
            yield element("path", "plot-target", d=d)
    for number, happening in enumerate(plot.happenings[:MOST_HAPPENINGS], 1):
        if area.first <= happening.position <= area.last:
            x = area.x(happening.position)
            yield element("path", "plot-happening", d=f"M{pixels(x)} {pixels(_TOP)}V{pixels(area.bottom)}")
            yield words(str(number), x, _TOP - 6, room=40, shape=area.shape, anchor="middle")


def _range(plot: TimePlot, shown: PlotRange, style: str, area: Area) -> Iterator[str]:
    """A surface over each run of moments that have the range; over a single moment, a line."""
    run: list[tuple[float, float, float]] = []
    for moment, low, high in [*zip(plot.moments, shown.low, shown.high, strict=True), (None, None, None)]:
        if moment is not None and low is not None and high is not None:
            run.append((area.x(moment.position), area.y(high), area.y(low)))
        elif run:
            edge = [f"{pixels(x)} {pixels(top)}" for x, top, _low in run]
            edge += [f"{pixels(x)} {pixels(bottom)}" for x, _top, bottom in reversed(run)]
            yield element("path", style, d=f"M{'L'.join(edge)}")
            run = []


def _band(band: Band, style: str, area: Area) -> str:
    top, bottom = sorted((area.y(band.low), area.y(band.high)))
    left = float(area.shape.left)
    return element("rect", style, x=left, y=top, width=area.right - left, height=max(bottom - top, 0.5))


def _target_ends(target: PlotTarget, area: Area) -> tuple[float, float] | None:
    """From where to where the target holds in the picture; None where it does not."""
    if area.first == area.last:
        return float(area.shape.left), area.right
    since = area.first if target.since is None else max(area.first, target.since.toordinal())
    until = area.last if target.until is None else min(area.last, target.until.toordinal())
    return (area.x(since), area.x(until)) if since <= until else None


def _series(plot: TimePlot, area: Area) -> Iterator[str]:
    for number, series in enumerate(plot.series):
        pairs = [(each.position, value) for each, value in zip(plot.moments, series.values, strict=True)]
        found = thinning.runs(pairs, slots=(area.shape.width - area.shape.left - area.shape.right) // 2)
        lines = [[f"{pixels(area.x(place))} {pixels(area.y(value))}" for place, value in run] for run in found]
        style = f"plot-series-{number}"
        path = "".join("M" + "L".join(run) for run in lines if len(run) > 1)
        if path:
            yield element("path", style, d=path, stroke_dasharray=_DASHES[number], stroke_linejoin="round")
        marked = lines if sum(map(len, lines)) <= _MOST_MARKS else [run for run in lines if len(run) == 1]
        marks = "".join(f"M{point}{_MARKS[number]}" for run in marked for point in run)
        if marks:
            yield element("path", style, d=marks, stroke_width=1.5)


def _ends(plot: TimePlot, area: Area) -> Iterator[str]:
    """At the right edge, the last number of each series and each target, moved apart where they would touch."""
    shape = area.shape
    ends = [(area.y(each.value), each.value) for each in plot.targets]
    for series in plot.series:
        known = [value for value in series.values if value is not None]
        ends += [(area.y(known[-1]), known[-1])] if known else []
    wanted = sorted(set(ends))[: int(shape.tall / shape.line)]
    lowest = area.bottom
    placed: list[float] = []
    for y, _value in reversed(wanted):
        placed.append(min(y, lowest))
        lowest = placed[-1] - shape.line
    shift = max(_TOP - min(placed, default=_TOP), 0.0)
    for y, (_y, value) in zip(reversed(placed), wanted, strict=True):
        text = written(value, plot.unit)
        yield words(text, area.right + 8, y + shift + shape.text / 3, room=shape.right - 8.0, shape=shape)


def _legend(plot: TimePlot, shape: Shape) -> Iterator[tuple[str, str]]:
    """Each thing in the picture: a sample of it, and its name."""
    for number, series in enumerate(plot.series):
        style = f"plot-series-{number}"
        sample = element("path", style, d="M4 -5h32", stroke_dasharray=_DASHES[number])
        yield sample + element("path", style, d=f"M20 -5{_MARKS[number]}", stroke_width=1.5), series.name
    for number, shown in enumerate(plot.ranges):
        yield element("rect", f"plot-range-{number}", x=4.0, y=-11.0, width=32.0, height=12.0), shown.name
    for target in plot.targets:
        sample = element("path", "plot-target", d="M4 -5h32")
        yield sample, f"{target.name}: {written(target.value, plot.unit)}"
    for band, style in ((plot.baseline, "plot-baseline"), (plot.limits, "plot-limits")):
        if band:
            sides = between(band.low, band.high, plot.unit)
            sample = element("rect", style, x=4.0, y=-11.0, width=32.0, height=12.0)
            yield sample, f"{band.name}: {sides}"
    for number, happening in enumerate(plot.happenings[:MOST_HAPPENINGS], 1):
        sample = words(str(number), 20, 0, room=40, shape=shape, anchor="middle")
        yield sample, f"{happening.at:%d.%m.%Y}: {happening.name}"
