"""The simulated telephones of the demo."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from indgang.messaging.models import SimulatedSms
from indgang.messaging.sms import arrivals
from indgang.messaging.sms.contract import IncomingSms, OutgoingSms
from indgang.messaging.sms.parts import SmsEncoding
from indgang.messaging.sms.simulator import SimulatedSmsGateway
from tests.office.conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def simulates(settings: Any) -> None:
    settings.SMS_GATEWAY = "simulator"


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    reports: list[Any] = []
    monkeypatch.setattr(arrivals, "_listeners", [lambda report, at: reports.append(report)])
    return reports


def test_one_sees_what_was_sent_and_answers_as_the_citizen(as_person: SignIn, taken: list[Any]) -> None:
    SimulatedSmsGateway().send(OutgoingSms("r-1", "+4599990101", "Her: https://x.example/a", SmsEncoding.GSM))
    anna, page = as_person("anna"), reverse("office:simulated-sms")
    shown = anna.get(page).content.decode()
    assert "Til 99 99 01 01" in shown
    assert 'href="https://x.example/a"' in shown
    answer = anna.post(page, {"number": "99 99 01 01", "text": "Tak!\nJens"}, follow=True)
    assert "Fra 99 99 01 01" in answer.content.decode()
    [report] = taken
    assert isinstance(report, IncomingSms)
    assert (report.number, report.text) == ("+4599990101", "Tak!\nJens")


@pytest.mark.parametrize("number", ["", "112", "anonym", "abc", "+46888888888888888"])
def test_a_number_without_a_telephone_is_asked_for_again(as_person: SignIn, taken: list[Any], number: str) -> None:
    answer = as_person("anna").post(reverse("office:simulated-sms"), {"number": number, "text": "Hej med jer"})
    assert answer.status_code == 422
    assert "Hej med jer" in answer.content.decode()
    assert not taken
    assert not SimulatedSms.objects.exists()


def test_without_the_simulated_network_there_is_no_page(as_person: SignIn, settings: Any) -> None:
    settings.SMS_GATEWAY = "gatewayapi"
    assert as_person("anna").get(reverse("office:simulated-sms")).status_code == 404
