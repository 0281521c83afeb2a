"""The gateway that the settings choose."""

from __future__ import annotations

from django.conf import settings

from indgang.messaging.sms import gatewayapi
from indgang.messaging.sms.contract import SmsGateway
from indgang.messaging.sms.gatewayapi import GatewayApi
from indgang.messaging.sms.simulator import SimulatedSmsGateway

NONE, SIMULATOR, GATEWAYAPI = "none", "simulator", gatewayapi.NAME


def chosen() -> SmsGateway | None:
    """The gateway, ready to be used; None where there is none, and then no SMS can be written."""
    if settings.SMS_GATEWAY == SIMULATOR:
        return SimulatedSmsGateway()
    if settings.SMS_GATEWAY == GATEWAYAPI:
        return GatewayApi(settings.SMS_ADDRESS, settings.SMS_TOKEN, settings.SMS_SENDER)
    return None


def is_there() -> bool:
    return settings.SMS_GATEWAY != NONE


def simulates() -> bool:
    """Whether messages go to the simulated telephones of the demo and nowhere else."""
    return settings.SMS_GATEWAY == SIMULATOR
