from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from indgang.core import clock
from indgang.entry.models import Queue
from indgang.messaging.sms import gateways
from indgang.messaging.sms.contract import OutgoingSms, SmsAccepted, SmsAnswer
from tests.world import MORNING, World


class Gateway:
    """A gateway that keeps what it was given and answers what a test wants; an exception is a worker that dies."""

    def __init__(self) -> None:
        self.sent: list[OutgoingSms] = []
        self.answers: list[SmsAnswer | BaseException] = []

    def send(self, message: OutgoingSms) -> SmsAnswer:
        self.sent.append(message)
        answer = self.answers.pop(0) if self.answers else SmsAccepted(f"g-{len(self.sent)}")
        if isinstance(answer, BaseException):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def morning() -> Iterator[clock.FrozenTime]:
    with clock.frozen(MORNING + timedelta(minutes=10)) as time:
        yield time


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    stand_in = Gateway()
    monkeypatch.setattr(gateways, "chosen", lambda: stand_in)
    monkeypatch.setattr(gateways, "is_there", lambda: True)
    return stand_in


@pytest.fixture
def written(world: World) -> Queue:
    """A queue for written enquiries."""
    queue: Queue = world.queues["tmf-byggeri"]
    queue.work = Queue.Work.WRITTEN
    queue.save()
    return queue
