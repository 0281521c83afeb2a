"""A diagram of a flow: its steps in reading order, each below the steps that lead to it.

The diagram is decorative; the list of steps with their branches holds the same information.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indgang.routing.flows import Flow, Step

BOX_WIDTH, BOX_HEIGHT = 168, 46
GAP_X, GAP_Y = 28, 44
MARGIN = 16


@dataclass(frozen=True, slots=True)
class Box:
    step: Step
    #: the subject of the step, without its kind
    about: str
    x: int
    y: int

    @property
    def middle(self) -> int:
        return self.x + BOX_WIDTH // 2


@dataclass(frozen=True, slots=True)
class Arrow:
    """An SVG path from one box to another; `back` when it goes up."""

    path: str
    back: bool


@dataclass(frozen=True, slots=True)
class Chart:
    boxes: list[Box]
    arrows: list[Arrow]
    width: int
    height: int


def reading_order(flow: Flow) -> list[Step]:
    """The steps in reading order: from the start along the first branch, then the next; unreachable steps last."""
    steps = {step.id: step for step in flow.steps}
    found: dict[str, Step] = {}
    ahead = [flow.start]
    while ahead:
        step = steps.get(ahead.pop())
        if step is not None and step.id not in found:
            found[step.id] = step
            ahead.extend(reversed(targets_of(step)))
    return [*found.values(), *(step for step in flow.steps if step.id not in found)]


def targets_of(step: Step) -> list[str]:
    """Ids of the steps that a step can lead to, without duplicates, in the order of its fields."""
    return list(dict.fromkeys(target for _, target in step.targets() if target))


def chart(flow: Flow, names: Mapping[str, str]) -> Chart:
    """Boxes in layers by their distance from the start, and an arrow for each branch.

    `names` gives step names by id.
    """
    layers = _layers(flow)
    widest = max((len(layer) for layer in layers), default=0)
    width = 2 * MARGIN + widest * BOX_WIDTH + max(widest - 1, 0) * GAP_X
    boxes: dict[str, Box] = {}
    for row, layer in enumerate(layers):
        line = len(layer) * BOX_WIDTH + (len(layer) - 1) * GAP_X
        left = (width - line) // 2
        for column, step in enumerate(layer):
            x = left + column * (BOX_WIDTH + GAP_X)
            boxes[step.id] = Box(
                step, names.get(step.id, "").partition(": ")[2], x, MARGIN + row * (BOX_HEIGHT + GAP_Y)
            )
    arrows = [
        _arrow(boxes[step.id], boxes[target])
        for step in flow.steps
        for target in targets_of(step)
        if target in boxes and target != step.id
    ]
    height = 2 * MARGIN + len(layers) * BOX_HEIGHT + max(len(layers) - 1, 0) * GAP_Y
    return Chart(list(boxes.values()), arrows, width, height)


def _layers(flow: Flow) -> list[list[Step]]:
    """Steps by their shortest distance from the start; unreachable steps form the last layer."""
    order = {step.id: number for number, step in enumerate(reading_order(flow))}
    steps = {step.id: step for step in flow.steps}
    distance: dict[str, int] = {flow.start: 0} if flow.start in steps else {}
    ahead = list(distance)
    for step_id in ahead:
        for target in targets_of(steps[step_id]):
            if target in steps and target not in distance:
                distance[target] = distance[step_id] + 1
                ahead.append(target)
    last = max(distance.values(), default=-1) + 1
    layers: dict[int, list[Step]] = {}
    for step in sorted(flow.steps, key=lambda each: order[each.id]):
        layers.setdefault(distance.get(step.id, last), []).append(step)
    return _nearer_to_parents([layers[row] for row in sorted(layers)])


def _nearer_to_parents(layers: list[list[Step]]) -> list[list[Step]]:
    """Each layer in the order of its parents, so that fewer arrows cross."""
    for above, layer in pairwise(layers):
        place = {step.id: number for number, step in enumerate(above)}
        parents: dict[str, list[int]] = {}
        for step in above:
            for target in targets_of(step):
                parents.setdefault(target, []).append(place[step.id])
        layer.sort(key=lambda step: _mean(parents.get(step.id, ())))
    return layers


def _mean(places: Sequence[int]) -> float:
    return sum(places) / len(places) if places else float("inf")


def _arrow(start: Box, end: Box) -> Arrow:
    if end.y > start.y:
        x1, y1, x2, y2 = start.middle, start.y + BOX_HEIGHT, end.middle, end.y
        bend = (y2 - y1) // 2
        return Arrow(f"M{x1} {y1} C{x1} {y1 + bend} {x2} {y2 - bend} {x2} {y2}", back=False)
    # up or sideways: a curve that leaves and enters on the right side
    x1, y1, x2, y2 = start.x + BOX_WIDTH, start.y + BOX_HEIGHT // 2, end.x + BOX_WIDTH, end.y + BOX_HEIGHT // 2
    bow = max(x1, x2) + GAP_X - 6
    return Arrow(f"M{x1} {y1} C{bow} {y1} {bow} {y2} {x2} {y2}", back=True)
