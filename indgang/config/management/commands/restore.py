"""`indgang restore FOLDER`: restore a backup, migrate it, and verify it against its manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from indgang.config.backup import archive, restoring


class Command(BaseCommand):
    help = "Restore a backup into an empty database, or with --replace over what is there (docs/runbooks/restore.md)"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "folder", type=Path, help="a backup, for example /var/backups/indgang/indgang-20260301T020000Z"
        )
        parser.add_argument("--replace", action="store_true", help="put it in the place of what the database holds")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            verified = restoring.restore(options["folder"], replace=options["replace"], say=self.stdout.write)
        except (archive.Damaged, restoring.RestoreRefused, restoring.RestoreFailed) as error:
            raise CommandError(str(error)) from error
        except Error as error:
            raise CommandError(f"The database cannot be used: {str(error).strip().splitlines()[0]}") from error
        counted = f"{verified.enquiries} enquiries with {verified.events} events"
        if verified.wrong:
            raise CommandError(
                f"Restored, but {verified.wrong} of {counted} differ from their events, as they did in the backup. See "
                f"which: indgang enquiries verify"
            )
        self.stdout.write(f"Restored: {counted} replayed, rows and figures are those of the backup.")
