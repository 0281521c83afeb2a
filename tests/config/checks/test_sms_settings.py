"""The doctor says what is wrong with the settings of the SMS gateway."""

from __future__ import annotations

from typing import Any

import pytest

from indgang.config.checks import configuration
from indgang.health.finding import Level


@pytest.fixture(autouse=True)
def works(settings: Any) -> None:
    settings.SMS_GATEWAY, settings.SMS_TOKEN, settings.SMS_SENDER = "gatewayapi", "token", "Kommunen"
    settings.SMS_ADDRESS, settings.SMS_WEBHOOK_SECRET = "https://gatewayapi.eu", "x" * 32


def findings() -> list[tuple[Level, str]]:
    return [(finding.level, finding.text) for finding in configuration.look() if "INDGANG_SMS" in finding.text]


def test_a_gateway_that_can_be_used_is_not_mentioned() -> None:
    assert findings() == []


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
