"""The adapter of GatewayAPI and the simulator keep the same contract."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from indgang.core import clock
from indgang.messaging.models import SimulatedSms
from indgang.messaging.sms import arrivals, simulator
from indgang.messaging.sms.arrivals import Report
from indgang.messaging.sms.contract import ReceiptState, SmsGateway
from indgang.messaging.sms.gatewayapi import GatewayApi
from tests.messaging.sms import stand_in
from tests.messaging.sms.contract_suite import GatewaySuite, Rig
from tests.messaging.sms.stand_in import StandIn


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[Report]:
    """What is reported, instead of what the domain does with it."""
    reports: list[Report] = []
    monkeypatch.setattr(arrivals, "_listeners", [lambda report, at: reports.append(report)])
    return reports


class GatewayApiRig:
    def __init__(self, server: StandIn, taken: list[Report]) -> None:
        self.server, self.taken = server, taken
        self.gateway: SmsGateway = GatewayApi(server.address, stand_in.TOKEN, "Kommunen")
        self._keys = itertools.count(1_000_001)
        server.misbehave = self._misbehave

    def _misbehave(self, handler: BaseHTTPRequestHandler, message: dict[str, Any]) -> bool:
        return message["recipients"][0]["msisdn"] == 4599990003 and stand_in.cut(handler, message)

    def received(self, number: str) -> list[str]:
        return self.server.texts_to(number)

    def settle(self) -> None:
        for message in self.server.sent:
            gone = f"+{message['recipients'][0]['msisdn']}" == self.unreachable_number()
            assert self.server.report(message, "UNDELIVERABLE" if gone else "DELIVERED") == 204

    settle_again = settle

    def write(self, number: str, text: str) -> None:
        assert self.server.write(number, text, key=next(self._keys)) == 204

    def unknown_number(self) -> str:
        return f"+{stand_in.BLACKLISTED}"

    def unreachable_number(self) -> str:
        return "+4599990002"

    def number_without_answer(self) -> str:
        return "+4599990003"


class SimulatorRig:
    def __init__(self, taken: list[Report]) -> None:
        self.taken = taken
        self.gateway: SmsGateway = simulator.SimulatedSmsGateway()

    def received(self, number: str) -> list[str]:
        rows = SimulatedSms.objects.filter(number=number, from_telephone=False, arrives=True)
        return list(rows.order_by("pk").values_list("text", flat=True))

    def settle(self) -> None:
        for job in ProcrastinateJob.objects.filter(task_name=simulator.TASK).order_by("id"):
            simulator.report(**job.args)

    settle_again = settle

    def write(self, number: str, text: str) -> None:
        simulator.write(number=number, text=text, at=clock.now())

    def unknown_number(self) -> str:
        return "+4599990001"

    def unreachable_number(self) -> str:
        return "+4599990002"

    def number_without_answer(self) -> str:
        return "+4599990003"


@pytest.mark.django_db
class TestGatewayApi(GatewaySuite):
    @pytest.fixture
    def rig(self, taken: list[Report], client: Client, settings: Any) -> Iterator[Rig]:
        settings.SMS_GATEWAY, settings.SMS_WEBHOOK_SECRET = "gatewayapi", stand_in.SECRET
        with stand_in.running() as server:
            server.report_to = lambda signature: (
                client.post(
                    "/api/sms/", b"{}", content_type="application/json", headers={"X-Gwapi-Signature": signature}
                ).status_code
            )
            yield GatewayApiRig(server, taken)


@pytest.mark.django_db
class TestSimulator(GatewaySuite):
    @pytest.fixture
    def rig(self, taken: list[Report]) -> Rig:
        return SimulatorRig(taken)


@pytest.mark.django_db
def test_a_receipt_of_the_simulator_comes_some_seconds_later(taken: list[Report]) -> None:
    simulator.SimulatedSmsGateway().send(_outgoing())
    job = ProcrastinateJob.objects.get(task_name=simulator.TASK)
    assert taken == []
    assert job.scheduled_at is not None
    simulator.report(**job.args)
    [receipt] = taken
    assert getattr(receipt, "state", None) is ReceiptState.DELIVERED


def _outgoing() -> Any:
    from tests.messaging.sms.contract_suite import outgoing

    return outgoing()
