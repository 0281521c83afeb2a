"""`indgang dump --scrubbed FILE`: write a copy for testing without personal data. `--load FILE` loads one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indgang.config import database_roles
from indgang.core import clock
from indgang.privacy import scrubbed_copy


class Command(BaseCommand):
    help = "Make a copy of the database for testing with all personal data replaced, or load one"

    def add_arguments(self, parser: Any) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--scrubbed", type=Path, metavar="FILE", help="write the copy to this file")
        what.add_argument("--load", type=Path, metavar="FILE", help="put a copy into this migrated, empty database")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["scrubbed"]:
            rows = scrubbed_copy.write(options["scrubbed"], at=clock.now())
            self.stdout.write(f"{sum(rows.values())} rows of {len(rows)} tables in {options['scrubbed']}")
            return
        try:
            with database_roles.as_owner():
                rows = scrubbed_copy.load(options["load"])
        except scrubbed_copy.CannotLoad as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{sum(rows.values())} rows of {len(rows)} tables loaded; now `indgang search rebuild`")
