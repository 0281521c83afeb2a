"""Fewer points for the same picture: of many points that share a few pixels, those that the eye can tell apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Point = tuple[float, float]


def runs(points: Sequence[tuple[float, float | None]], slots: int) -> list[list[Point]]:
    """The lines to draw: the points between two gaps. `points` are places (rising) and values, None for a gap.

    Above four points a slot, each of the equal slots keeps its first, lowest, highest and last point, and one gap if
    it has any. Each kept point is one that was given.
    """
    found: list[list[Point]] = [[]]
    for place, value in points if len(points) <= 4 * slots else _thinned(points, slots):
        if value is not None:
            found[-1].append((place, value))
        elif found[-1]:
            found.append([])
    return [run for run in found if run]


def _thinned(points: Sequence[tuple[float, float | None]], slots: int) -> Iterator[tuple[float, float | None]]:
    first, span = points[0][0], points[-1][0] - points[0][0]
    slot: list[tuple[float, float | None]] = []
    end = 1
    for point in points:
        while point[0] > first + span * end / slots and end < slots:
            yield from _kept(slot)
            slot, end = [], end + 1
        slot.append(point)
    yield from _kept(slot)


def _kept(slot: Sequence[tuple[float, float | None]]) -> Iterator[tuple[float, float | None]]:
    known = [(value, index) for index, (_place, value) in enumerate(slot) if value is not None]
    gaps = [index for index, (_place, value) in enumerate(slot) if value is None]
    kept = {known[0][1], known[-1][1], min(known)[1], max(known)[1]} if known else set()
    for index in sorted(kept | set(gaps[:1])):
        yield slot[index]
