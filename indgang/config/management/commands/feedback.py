"""`indgang feedback import FILE`: import results of earlier measurements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from indgang.audit.trail import System
from indgang.core import clock
from indgang.feedback import earlier
from indgang.tables.reading import UnreadableTable


class Command(BaseCommand):
    help = "Feedback: `import` brings in results of earlier measurements, each with its scale"

    def add_arguments(self, parser: Any) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        import_action = actions.add_parser("import", help="CSV or Excel: " + ", ".join(earlier.COLUMNS))
        import_action.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with translation.override("da"):
                found = earlier.import_results(options["file"].read_bytes(), by=System("import"), at=clock.now())
        except (OSError, UnreadableTable) as error:
            raise CommandError(str(error)) from error
        for each in found.wrong:
            self.stderr.write(f"line {each.line}: {each.reason}")
        if found.wrong:
            raise CommandError(f"{len(found.wrong)} rows are wrong; nothing was imported")
        self.stdout.write(f"{found.new} new results, {found.changed} changed")
