"""What a flow may ask about a caller and the house: one answer for live calls and for flows that are tried out.

Queues are asked of whoever knows them: the distributor, or the person who tries a flow. Who tries one may also say what
time it is, whether the number is known and which phase it is; the rest is as the plan has it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from indgang.routing.centre.plan import Plan
from indgang.routing.flows import state as fs


def of_caller(
    plan: Plan,
    *,
    at: datetime,
    number: str,
    centre: str,
    queue: Callable[[str], fs.QueueFigures | None],
    position: int | None = None,
    expected_wait: float | None = None,
    is_known: bool | None = None,
    phase: str | None = None,
) -> fs.FlowFacts:
    """The facts about who calls from `number` and is at `centre` now. None for `is_known` and `phase`: as it is."""
    return fs.FlowFacts(
        is_open=plan.open_state,
        queue=queue,
        flow=plan.flows.get,
        disturbance=lambda flow: plan.disturbances_for(plan.flow_centres.get(flow, centre), at),
        caller_number=number,
        caller_known=number in plan.known_numbers if is_known is None else is_known,
        may_call=lambda other: plan.barring.number(other) is None,
        position=position,
        expected_wait=expected_wait,
        phase=plan.phase if phase is None else phase,
        safe_queue=plan.safe_queue,
    )
