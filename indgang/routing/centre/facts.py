"""Facts about an item's contact and the centre, for flows.

Facts are computed on demand, because most turns of a flow ask for none. Queues and the contact's place come from the
distributor; the rest comes from the plan.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from indgang.routing.centre import callbacks, offers
from indgang.routing.centre.core import Core
from indgang.routing.centre.work import WorkItem
from indgang.routing.flows import state as fs
from indgang.routing.flows.steps import Flow


class ItemFacts:
    """`fs.Facts` about an item at the centre's current time."""

    __slots__ = ("_core", "_item")

    zone: ClassVar[ZoneInfo] = ZoneInfo("Europe/Copenhagen")

    def __init__(self, core: Core, item: WorkItem) -> None:
        self._core, self._item = core, item

    # --- the house -------------------------------------------------------------------------------

    def is_open(self, schedule: str, at: datetime) -> fs.OpenState:
        return self._core.plan.open_state(schedule, at)

    def flow(self, code: str) -> Flow | None:
        return self._core.plan.flows.get(code)

    def queue(self, code: str) -> fs.Figures | None:
        return offers.figures(self._core, code)

    def disturbance(self, flow: str) -> tuple[str, ...]:
        plan = self._core.plan
        if not plan.disturbances:
            return ()
        return plan.disturbances_for(plan.flow_centres.get(flow, self._item.centre), self._core.at)

    def greeting(self, flow: str) -> str:
        plan = self._core.plan
        return plan.greetings.get(plan.flow_centres.get(flow, self._item.centre), "")

    def may_call(self, number: str) -> bool:
        return self._core.plan.barring.number(number) is None

    def on_duty(self, rota: str, at: datetime) -> str:
        return self._core.plan.on_duty(rota, at)

    @property
    def phase(self) -> str:
        return self._core.plan.phase

    @property
    def safe_queue(self) -> str:
        return self._core.plan.safe_queue

    # --- the contact -----------------------------------------------------------------------------

    @property
    def caller_number(self) -> str:
        return self._item.contact

    @property
    def caller_known(self) -> bool:
        return self._item.contact in self._core.plan.known_numbers

    @property
    def position(self) -> int | None:
        return self._core.distributor.position(self._item.id) if self._item.waits else None

    @property
    def expected_wait(self) -> float | None:
        core = self._core
        return core.distributor.expected_wait(self._item.id, core.now) if self._item.waits else None

    @property
    def callback(self) -> fs.CallerCallback | None:
        return callbacks.known_to(self._core, self._item.contact)

    @property
    def elsewhere(self) -> fs.Elsewhere | None:
        return self._core.plan.from_elsewhere(self._item.contact)
