"""`indgang web`: serve pages and API."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indgang.config import serving
from indgang.config.supervisor import AddressTaken


class Command(BaseCommand):
    help = "Serve pages and API at INDGANG_WEB_ADDRESS"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            serving.serve("web")
        except AddressTaken as error:
            raise CommandError(str(error)) from error
