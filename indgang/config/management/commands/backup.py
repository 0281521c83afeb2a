"""`indgang backup`: write a verified copy of the database and the sounds to INDGANG_BACKUP_FOLDER."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from indgang.config.backup import making
from indgang.core import clock


class Command(BaseCommand):
    help = "Back up the database and the sounds; the product may go on running (docs/operations.md)"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--folder", type=Path, default=settings.BACKUP_FOLDER, help="INDGANG_BACKUP_FOLDER")
        parser.add_argument("--keep", type=int, default=settings.BACKUPS_KEPT, help="INDGANG_BACKUPS_KEPT")

    def handle(self, *args: Any, **options: Any) -> None:
        began = monotonic()
        try:
            made, deleted = making.make(options["folder"], at=clock.now(), keep=options["keep"])
        except making.BackupFailed as error:
            raise CommandError(str(error)) from error
        size = making.size_of(made) / 1024 / 1024
        self.stdout.write(f"{made}: {size:.1f} MB, checked, in {monotonic() - began:.0f} s")
        for each in deleted:
            self.stdout.write(f"deleted {each.name}")
