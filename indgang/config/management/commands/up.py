"""`indgang up`: run the pages, the streams, the switchboard and a worker of this machine in the foreground."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indgang.config import machine, newer_tables, secret
from indgang.config.supervisor import AddressTaken


class Command(BaseCommand):
    help = "Run all processes of this machine in the foreground; Ctrl-C stops them"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        secret.check()
        newer_tables.check()
        try:
            machine.run(lambda line: self.stdout.write(line))
        except AddressTaken as error:
            raise CommandError(str(error)) from error
