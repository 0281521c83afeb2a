"""`indgang seed`: add the demo municipality to the database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from indgang.core import clock
from indgang.demo import municipality


class Command(BaseCommand):
    help = "Add the demo municipality (repeatable: what is there already stays)"

    def handle(self, *args: Any, **options: Any) -> None:
        municipality.seed(at=clock.now(), say=lambda line: self.stdout.write(f"  seeding {line}"))
        self.stdout.write("The demo municipality is in place.")
