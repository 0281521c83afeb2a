"""Digital Post's adapter over HTTP, and the simulator, keep one contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from indgang.core import clock
from indgang.messaging.models import SimulatedPost
from indgang.messaging.secure_post.digital_post import DigitalPost
from indgang.messaging.secure_post.simulator import SimulatedSecurePost
from tests.messaging.secure_post import stand_in
from tests.messaging.secure_post.contract_suite import SecurePostSuite
from tests.messaging.secure_post.letters import AT, citizen
from tests.messaging.secure_post.stand_in import StandIn


class OverHttp:
    not_registered, undeliverable = stand_in.NOT_REGISTERED, stand_in.UNDELIVERABLE
    exempt, no_answer = stand_in.EXEMPT, stand_in.NO_ANSWER

    def __init__(self, server: StandIn) -> None:
        self.server = server
        self.service = DigitalPost(server.address, stand_in.SYSTEM, stand_in.KEY)

    def received(self, uuid: str) -> bytes | None:
        return self.server.sent.get(uuid)

    def let_receipts_come(self) -> None:
        pass

    def deliver(self, uuid: str, content: bytes) -> None:
        self.server.memos[uuid] = content

    def confirmed(self, uuid: str) -> bool | None:
        status = self.server.confirmed.get(uuid)
        return None if status is None else status == "COMPLETED"


class Simulated:
    not_registered, undeliverable, no_answer, exempt = "0101700001", "0101700002", "0101700003", "0101700004"

    def __init__(self, time: clock.FrozenTime) -> None:
        self.time, self.service = time, SimulatedSecurePost("tmf")

    def received(self, uuid: str) -> bytes | None:
        row = SimulatedPost.objects.filter(uuid=uuid, is_incoming=False).first()
        return bytes(row.memo) if row else None

    def let_receipts_come(self) -> None:
        self.time.move(timedelta(seconds=10))

    def deliver(self, uuid: str, content: bytes) -> None:
        self.service.deliver(UUID(uuid), citizen(), content, at=clock.now())

    def confirmed(self, uuid: str) -> bool | None:
        state = SimulatedPost.objects.get(uuid=uuid).state
        return None if state == "waiting" else state == "arrived"


class TestDigitalPost(SecurePostSuite):
    @pytest.fixture
    def rig(self) -> Iterator[OverHttp]:
        with stand_in.running() as server:
            yield OverHttp(server)


@pytest.mark.django_db
class TestSimulator(SecurePostSuite):
    @pytest.fixture
    def rig(self) -> Iterator[Simulated]:
        with clock.frozen(AT) as time:
            yield Simulated(time)
