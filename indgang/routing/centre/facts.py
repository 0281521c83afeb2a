"""What a flow may ask about a caller and the house: one answer for live calls and for flows that are tried out.

Queues and the caller's place are asked of whoever knows them: the distributor, or the person who tries a flow. Who
tries one may also say what time it is, whether the number is known and which phase it is; the rest is as the plan has
it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from indgang.routing.centre.plan import Plan
from indgang.routing.flows import state as fs
from indgang.routing.flows.steps import Flow


class PlanFacts:
    """The plan's part of `fs.Facts`, about who calls from `caller_number` and is at `centre` now."""

    __slots__ = ("_at", "_centre", "_plan", "caller_number")

    zone: ClassVar[ZoneInfo] = ZoneInfo("Europe/Copenhagen")

    def __init__(self, plan: Plan, *, at: datetime, number: str, centre: str) -> None:
        self._plan, self._at, self._centre = plan, at, centre
        self.caller_number = number

    def is_open(self, schedule: str, at: datetime) -> fs.OpenState:
        return self._plan.open_state(schedule, at)

    def flow(self, code: str) -> Flow | None:
        return self._plan.flows.get(code)

    def disturbance(self, flow: str) -> tuple[str, ...]:
        plan = self._plan
        return plan.disturbances_for(plan.flow_centres.get(flow, self._centre), self._at) if plan.disturbances else ()

    def may_call(self, number: str) -> bool:
        return self._plan.barring.number(number) is None

    @property
    def caller_known(self) -> bool:
        return self.caller_number in self._plan.known_numbers

    @property
    def phase(self) -> str:
        return self._plan.phase

    @property
    def safe_queue(self) -> str:
        return self._plan.safe_queue


def tried_out(
    plan: Plan,
    *,
    at: datetime,
    number: str,
    centre: str,
    queue: Callable[[str], fs.QueueFigures | None],
    position: int,
    expected_wait: float,
    is_known: bool,
    phase: str,
    callback: fs.CallerCallback | None,
) -> fs.FlowFacts:
    """The facts of a caller whom somebody makes up: what is not said here is as the plan has it."""
    facts = PlanFacts(plan, at=at, number=number, centre=centre)
    return fs.FlowFacts(
        is_open=facts.is_open,
        queue=queue,
        flow=facts.flow,
        disturbance=facts.disturbance,
        caller_number=number,
        caller_known=is_known,
        may_call=facts.may_call,
        position=position,
        expected_wait=expected_wait,
        phase=phase,
        callback=callback,
        safe_queue=facts.safe_queue,
    )
