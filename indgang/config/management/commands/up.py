"""`indgang up`: run pages, streams and the switchboard of this machine in the foreground."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indgang.config import machine
from indgang.config.supervisor import AddressTaken


class Command(BaseCommand):
    help = "Run all processes of this machine in the foreground; Ctrl-C stops them"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            machine.run(lambda line: self.stdout.write(line))
        except AddressTaken as error:
            raise CommandError(str(error)) from error
