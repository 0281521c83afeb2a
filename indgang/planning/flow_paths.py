"""How a caller comes through flows to a queue: the keys that lead there. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from indgang.routing.flows.steps import (
    Announcement,
    CancelCallback,
    Condition,
    Fact,
    Flow,
    GreetingStep,
    LanguageStep,
    Menu,
    OpeningHours,
    QueueStep,
    SendElsewhere,
    Step,
    ToFlow,
)

#: what holds for no caller of a simulation: nobody is known, nobody was promised a call before, no queue is closed
_NEVER = frozenset({
    Fact.CALLER_KNOWN, Fact.CALLER_WITHHELD, Fact.CALLER_FROM_ELSEWHERE, Fact.CALLBACK_WAITING, Fact.CALLBACK_MISSED,
    Fact.QUEUE_CLOSED, Fact.PHASE,
})  # fmt: skip

#: a step of a flow
_Place = tuple[str, str]


def keys_to(flow: Flow, flows: Mapping[str, Flow]) -> dict[str, str]:
    """By queue, keys that lead there, one for each menu in turn; the way with the fewest steps.

    A caller who presses nothing in one menu presses nothing in those after it.
    """
    ways = deque([((flow.code, flow.start), "", False)])
    seen, found = {(flow.code, flow.start, False)}, dict[str, str]()
    while ways:
        (code, step_id), keys, is_silent = ways.popleft()
        step = (flow if code == flow.code else flows[code]).step(step_id)
        if isinstance(step, QueueStep):
            found.setdefault(step.queue, keys)
        for (to_code, to_step), key, silently in _onwards(step, code, flows):
            if key and is_silent:
                continue
            silent = is_silent or silently
            if (to_code, to_step, silent) not in seen:
                seen.add((to_code, to_step, silent))
                ways.append(((to_code, to_step), keys + key, silent))
    return found


def _onwards(step: Step | None, code: str, flows: Mapping[str, Flow]) -> Iterator[tuple[_Place, str, bool]]:
    """Where a step leads before anybody has waited, the key that is pressed for it, and whether none is."""
    match step:
        case Menu():
            yield from (((code, target), key, False) for key, target in step.keys)
            yield (code, step.on_exhausted), "", True
        case OpeningHours():
            yield (code, step.on_open), "", False
        case Condition():
            yield (code, step.on_false), "", False
            if not any(test.fact in _NEVER for test in step.all):
                yield (code, step.on_true), "", False
        case Announcement() | GreetingStep() | LanguageStep() | CancelCallback() | SendElsewhere() if step.next:
            yield (code, step.next), "", False
        case ToFlow() if step.flow in flows:
            yield (step.flow, flows[step.flow].start), "", False


def queues_named(flows: Iterable[Flow]) -> set[str]:
    """Queues that the flows send callers to; names that stand for another queue are left out."""
    return {queue for flow in flows for step in flow.steps for queue in step.queues()}


def schedules_named(flows: Iterable[Flow]) -> set[str]:
    return {schedule for flow in flows for step in flow.steps for schedule in step.schedules()}
