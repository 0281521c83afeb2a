"""`indgang privacy record`: print the record of processing. `indgang privacy scrub`: scrub now what is due tonight."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from indgang.config import database_roles
from indgang.core import clock
from indgang.privacy import record


class Command(BaseCommand):
    help = "Personal data: `record` prints the record of processing, `scrub` scrubs what is due now"

    def add_arguments(self, parser: Any) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("record", help="print the record of processing as Markdown, in Danish")
        actions.add_parser("scrub", help="scrub now what is due tonight, and carry out open erasures")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "record":
            with translation.override("da"):
                self.stdout.write(record.markdown(), ending="")
            return
        database_roles.scrub_due(at=clock.now())
        waiting = database_roles.erase(at=clock.now())
        self.stdout.write(f"everything due is scrubbed; {waiting} erasures wait for something in use")
