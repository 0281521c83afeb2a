"""The doctor says what is wrong with the settings of the SMS gateway."""

from __future__ import annotations

from typing import Any

import pytest

from indgang.config.checks import configuration
from indgang.health.finding import Level
from indgang.messaging.sms.contract import OutgoingSms, SmsRefused
from indgang.messaging.sms.gatewayapi import GatewayApi
from indgang.messaging.sms.parts import SmsEncoding


@pytest.fixture(autouse=True)
def works(settings: Any) -> None:
    settings.SMS_GATEWAY, settings.SMS_TOKEN, settings.SMS_SENDER = "gatewayapi", "token", "Kommunen"
    settings.SMS_ADDRESS, settings.SMS_WEBHOOK_SECRET = "https://gatewayapi.eu", "x" * 32


def findings() -> list[tuple[Level, str]]:
    return [(finding.level, finding.text) for finding in configuration.look() if "INDGANG_SMS" in finding.text]


def test_a_gateway_that_can_be_used_is_not_mentioned() -> None:
    assert findings() == []


@pytest.mark.parametrize("address", ["http://127.0.0.1:8090", "http://localhost:8090", "https://gatewayapi.com"])
def test_the_addresses_that_are_sent_to_are_those_that_the_doctor_accepts(settings: Any, address: str) -> None:
    settings.SMS_ADDRESS = address
    assert findings() == []


@pytest.mark.parametrize("address", ["http://localhost.example.dk", "https://", "https:gatewayapi.eu", "http://[", ""])
def test_no_message_leaves_to_an_address_that_the_doctor_refuses(settings: Any, address: str) -> None:
    settings.SMS_ADDRESS = address
    [(found, text)] = findings()
    assert (found, "INDGANG_SMS_ADDRESS" in text) == (Level.ERROR, True)
    answer = GatewayApi(address, "token", "Kommunen").send(OutgoingSms("1", "+4512345678", "Hej", SmsEncoding.GSM))
    assert isinstance(answer, SmsRefused)


@pytest.mark.parametrize(
    ("name", "value", "level"),
    [
        ("SMS_TOKEN", "", Level.ERROR),
        ("SMS_ADDRESS", "http://gatewayapi.eu", Level.ERROR),
        ("SMS_SENDER", "Københavns Kommune", Level.ERROR),
        ("SMS_SENDER", "1" * 16, Level.ERROR),
        ("SMS_WEBHOOK_SECRET", "kort", Level.WARNING),
        ("SMS_GATEWAY", "simulator", Level.WARNING),
    ],
)
def test_what_is_wrong_is_named(settings: Any, name: str, value: str, level: Level) -> None:
    setattr(settings, name, value)
    [(found, text)] = findings()
    assert found is level
    assert f"INDGANG_{name}" in text


@pytest.mark.parametrize("sender", ["1204", "+", "Borger 1", "4512345678"])
def test_senders(settings: Any, sender: str) -> None:
    settings.SMS_SENDER = sender
    assert bool(findings()) == (sender == "+")
