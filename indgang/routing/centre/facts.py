"""What a flow may ask about a caller and the house.

Queues and the caller's place are asked of whoever knows them, the distributor; the rest is as the plan has it.
"""

from __future__ import annotations

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
