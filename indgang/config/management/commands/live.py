"""`indgang live`: serve the live streams."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indgang.config import serving
from indgang.config.supervisor import AddressTaken


class Command(BaseCommand):
    help = "Serve the live streams at INDGANG_LIVE_ADDRESS"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            serving.serve("live")
        except AddressTaken as error:
            raise CommandError(str(error)) from error
