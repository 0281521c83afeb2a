"""`indgang enquiries verify --sample 1000`: replay the events of enquiries and report where the rows differ."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indgang.enquiries.verification import Deviation, Verification


class Command(BaseCommand):
    help = "Work on enquiries: `verify` replays their events and compares, column by column"
    requires_system_checks: list[str] = []  # they load every page

    def add_arguments(self, parser: Any) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        verify = actions.add_parser("verify", help="replay events and print what differs; exit code 1 if anything does")
        verify.add_argument("--sample", type=int, metavar="N", help="only so many enquiries, picked at random")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sample"] is not None and options["sample"] < 1:
            raise CommandError("--sample must be at least 1", returncode=2)
        verification = Verification()
        for each in verification.run(sample=options["sample"]):
            self.stdout.write(_line(each))
        counted = f"{verification.enquiries} enquiries with {verification.events} events"
        if verification.wrong:
            raise CommandError(f"{counted} replayed: {verification.wrong} differ")
        self.stdout.write(f"{counted} replayed: no differences")


def _line(found: Deviation) -> str:
    if found.personal:
        return f"{found.enquiry} {found.column}: differs (personal data)"
    return f"{found.enquiry} {found.column}: {found.kept} in the row, {found.replayed} by its events"
