"""The Asterisk nodes of this installation, from the environment and the telephone file."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from indgang.telephony.asterisk import telephone_file
from indgang.telephony.asterisk.configuration import ExchangeSettings


def read() -> tuple[ExchangeSettings, ...]:
    """All nodes, each with its trunks. Raises `telephone_file.BadTelephoneFile`."""
    if not settings.TELEPHONE_FILE:
        return (of_environment(),)
    return telephone_file.read(Path(settings.TELEPHONE_FILE), of_environment())


def of_environment() -> ExchangeSettings:
    """The Asterisk that the environment describes, with defaults for its other settings."""
    return ExchangeSettings(
        directory=Path(settings.EXCHANGE_FOLDER).absolute(),
        ari_user=settings.ARI_USER,
        ari_password=settings.ARI_PASSWORD,
        http_address=settings.ARI_ADDRESS,
        http_port=settings.ARI_PORT,
        websocket_url=settings.SIP_WEBSOCKET_URL,
    )
